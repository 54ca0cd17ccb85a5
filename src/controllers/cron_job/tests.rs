//! One sync of a cron job as a table: hourly, ten minutes before and after the hour, after nothing or a first run.

use super::*;
use crate::api::JobCondition;
use crate::apiserver::ApiServer;
use serde_json::json;

const HOUR: &str = "2016-05-19T10:00:00Z";

/// What came before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Past {
    /// Nothing.
    Never,
    /// A run an hour ago, done.
    Done,
    /// A run an hour ago that goes on.
    Active,
}

fn time(seconds: i64) -> SimTime {
    let hour = SimTime::parse_rfc3339(HOUR).unwrap_or_default();
    SimTime::from_seconds(hour.seconds().saturating_add_signed(seconds))
}

fn submit(server: &mut ApiServer, write: Write, now: SimTime) -> Object {
    server.submit(write, now).unwrap_or_else(|error| panic!("{error}")).object
}

/// A server with a cron job of this past, which was made ten minutes before a full hour.
fn server(spec: serde_json::Value, past: Past) -> ApiServer {
    let created = if past == Past::Never { -600 } else { -4200 };
    server_of(spec, past, created, -3600)
}

/// A server with a cron job of this past: when it was made, and when it ran.
fn server_of(spec: serde_json::Value, past: Past, created: i64, ran: i64) -> ApiServer {
    let mut server = ApiServer::new(1);
    let read = |kind, value| Object::from_value(kind, &value).unwrap_or_else(|| panic!("no object"));
    let created = time(created);
    submit(&mut server, Write::Create(read(Kind::Namespace, json!({"metadata": {"name": "default"}}))), created);
    let mut spec = spec;
    let pods = json!({"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]});
    spec["jobTemplate"] = json!({"spec": {"template": {"spec": pods}}});
    let cron = json!({"metadata": {"name": "c", "namespace": "default"}, "spec": spec});
    submit(&mut server, Write::Create(read(Kind::CronJob, cron)), created);
    if past != Past::Never {
        // Its run, made and noted.
        look(&mut server, time(ran));
        look(&mut server, time(ran));
    }
    if past == Past::Done {
        let Some(job) = jobs(&server).first().cloned() else { panic!("no first run") };
        let mut job = Job::clone(&job);
        job.meta.resource_version = 0;
        job.status.conditions.push(JobCondition::new("Complete", Truth::True, ("", ""), time(-3000)));
        job.status.completion_time = Some(time(-3000));
        submit(&mut server, Write::UpdateStatus(Object::Job(Rc::new(job))), time(-3000));
        look(&mut server, time(-3000));
    }
    server
}

fn jobs(server: &ApiServer) -> Vec<Rc<Job>> {
    let all = server.view().list(Kind::Job, &Name::default());
    all.filter_map(|object| if let Object::Job(job) = object { Some(job.clone()) } else { None }).collect()
}

/// One look; how many jobs it made and deleted, and the reasons of its warnings.
fn look(server: &mut ApiServer, now: SimTime) -> (usize, usize, Vec<&'static str>) {
    let outcome = reconcile(server.view(), &ObjectKey::new(Kind::CronJob, "default", "c"), now);
    let count = |is: fn(&Write) -> bool| outcome.actions.iter().filter(|action| is(&action.write)).count();
    let done = (count(|write| matches!(write, Write::Create(_))), count(|write| matches!(write, Write::Delete { .. })));
    let warnings = outcome.notes.iter().filter(|note| note.kind == EventType::Warning).map(|note| note.reason).collect();
    for action in outcome.actions {
        submit(server, action.write, now);
    }
    (done.0, done.1, warnings)
}

/// Changes the spec of the cron job.
fn change(server: &mut ApiServer, now: SimTime, change: impl FnOnce(&mut crate::api::CronJobSpec)) {
    let Some(cron) = server.view().cron_job(&"default".into(), &"c".into()).cloned() else { panic!("no cron job") };
    let mut cron = CronJob::clone(&cron);
    change(&mut cron.spec);
    submit(server, Write::Update(Object::CronJob(Rc::new(cron))), now);
}

#[test]
fn a_run_starts_when_it_is_due_and_may() {
    const WEEK: i64 = 7 * 24 * 3600 + 60;
    let (before, after) = (-60, 60);
    // policy, deadline (0: none), suspended, past, now, made, deleted, warnings, then active
    let table: [(&str, i64, bool, Past, i64, usize, usize, &[&str], usize); 25] = [
        ("Allow", 0, false, Past::Never, before, 0, 0, &[], 0),
        ("Replace", 0, false, Past::Never, before, 0, 0, &[], 0),
        ("Allow", 0, false, Past::Never, after, 1, 0, &[], 1),
        ("Replace", 0, false, Past::Never, after, 1, 0, &[], 1),
        ("Forbid", 0, false, Past::Never, after, 1, 0, &[], 1),
        ("Allow", 0, true, Past::Never, after, 0, 0, &[], 0),
        ("Allow", 1_000_000, false, Past::Never, after, 1, 0, &[], 1),
        ("Allow", 0, false, Past::Done, before, 0, 0, &[], 0),
        ("Replace", 0, false, Past::Done, before, 0, 0, &[], 0),
        ("Allow", 0, false, Past::Done, after, 1, 0, &[], 1),
        ("Forbid", 0, false, Past::Done, after, 1, 0, &[], 1),
        ("Allow", 0, true, Past::Done, after, 0, 0, &[], 0),
        ("Allow", 1_000_000, false, Past::Done, after, 1, 0, &[], 1),
        ("Allow", 0, false, Past::Active, before, 0, 0, &[], 1),
        ("Replace", 0, false, Past::Active, before, 0, 0, &[], 1),
        ("Allow", 0, false, Past::Active, after, 1, 0, &[], 2),
        ("Forbid", 0, false, Past::Active, after, 0, 0, &[], 1),
        ("Replace", 0, false, Past::Active, after, 1, 1, &[], 1),
        ("Allow", 10, false, Past::Active, after, 0, 0, &[], 1),
        ("Allow", 1_000_000, false, Past::Done, WEEK, 1, 0, &["TooManyMissedTimes"], 1),
        ("Forbid", 1_000_000, false, Past::Done, WEEK, 1, 0, &["TooManyMissedTimes"], 1),
        ("Replace", 0, false, Past::Done, WEEK, 1, 0, &["TooManyMissedTimes"], 1),
        ("Allow", 7200, false, Past::Done, WEEK, 1, 0, &[], 1),
        ("Replace", 7200, false, Past::Done, WEEK, 1, 0, &[], 1),
        ("Forbid", 7200, false, Past::Done, WEEK, 1, 0, &[], 1),
    ];
    for (policy, deadline, suspend, past, now, made, deleted, warnings, active) in table {
        let row = format!("{policy} {deadline} {suspend} {past:?} {now}");
        let mut spec = json!({"schedule": "0 * * * *", "concurrencyPolicy": policy});
        if deadline > 0 {
            spec["startingDeadlineSeconds"] = json!(1_000_000);
        }
        let mut server = server(spec, past);
        change(&mut server, time(now), |spec| {
            (spec.suspend, spec.starting_deadline_seconds) = (Some(suspend), (deadline > 0).then_some(deadline));
        });
        assert_eq!(look(&mut server, time(now)), (made, deleted, warnings.to_vec()), "{row}");
        // The job that was made is noted at the next look, which makes no other.
        let again = look(&mut server, time(now));
        assert_eq!(again.0, 0, "{row}");
        let Some(cron) = server.view().cron_job(&"default".into(), &"c".into()) else { panic!("no cron job") };
        assert_eq!(cron.status.active.len(), active, "{row}");
    }
}

/// How many jobs it counts as active.
fn active(server: &ApiServer) -> usize {
    server.view().cron_job(&"default".into(), &"c".into()).map_or(0, |cron| cron.status.active.len())
}

#[test]
fn a_run_starts_once() {
    for (policy, is_noted) in [("Allow", true), ("Replace", true), ("Allow", false), ("Replace", false)] {
        let spec = json!({"schedule": "0 * * * *", "concurrencyPolicy": policy, "startingDeadlineSeconds": 1_000_000});
        let mut server = server(spec, Past::Done);
        assert_eq!(look(&mut server, time(60)), (1, 0, vec![]), "{policy}");
        if is_noted {
            assert_eq!(look(&mut server, time(60)), (0, 0, vec![]), "{policy}");
        }
        assert_eq!(look(&mut server, time(61)), (0, 0, vec![]), "{policy} {is_noted}");
        assert_eq!(active(&server), 1, "{policy} {is_noted}");
    }
}

#[test]
fn every_hour_counts_from_the_last_run() {
    const WEEK: i64 = 7 * 24 * 3600;
    // made an hour or a minute before the minute before the hour; deadline (0: none), past, now, made, warnings, then active
    let table: [(i64, i64, Past, i64, usize, &[&str], usize); 7] = [
        (-60, 0, Past::Never, 0, 0, &[], 0),
        (-3660, 10, Past::Never, -49, 0, &[], 0),
        (-3660, 0, Past::Done, 0, 0, &[], 0),
        (-3660, 10, Past::Done, 3551, 0, &[], 0),
        (-3660, 0, Past::Active, 0, 0, &[], 1),
        (-3660, 10, Past::Active, 3551, 0, &[], 1),
        (-3660, 0, Past::Done, WEEK, 1, &["TooManyMissedTimes"], 1),
    ];
    for (created, deadline, past, now, made, warnings, left) in table {
        let mut server = server_of(json!({"schedule": "@every 1h"}), past, created, created + 3600);
        change(&mut server, time(now), |spec| spec.starting_deadline_seconds = (deadline > 0).then_some(deadline));
        let row = format!("{created} {deadline} {past:?} {now}");
        assert_eq!(jobs(&server).len(), usize::from(past != Past::Never), "{row}");
        assert_eq!(look(&mut server, time(now)), (made, 0, warnings.to_vec()), "{row}");
        look(&mut server, time(now));
        assert_eq!(active(&server), left, "{row}");
    }
}

#[test]
fn the_hour_of_another_zone_is_an_hour_too() {
    let mut server = server(json!({"schedule": "0 * * * *", "timeZone": "America/New_York"}), Past::Never);
    assert_eq!(look(&mut server, time(60)), (1, 0, vec![]));
}

#[test]
fn what_cannot_be_read_is_told_and_not_run() {
    for policy in ["Allow", "Forbid"] {
        let cron = json!({"metadata": {"name": "c", "namespace": "default"}, "spec": {"schedule": "obvious error schedule", "concurrencyPolicy": policy}});
        let mut store = crate::store::Store::default();
        let Some(cron) = Object::from_value(Kind::CronJob, &cron) else { panic!("no cron job") };
        store.put(cron);
        let outcome = reconcile(store.view(), &ObjectKey::new(Kind::CronJob, "default", "c"), time(-60));
        let text = "unparseable schedule: \"obvious error schedule\" : expected exactly 5 fields, found 3: [obvious error schedule]";
        let told: Vec<_> = outcome.notes.iter().map(|note| (note.kind, note.reason, &note.text)).collect();
        assert_eq!(told, [(EventType::Warning, "UnparseableSchedule", &EventText::Text(text.into()))]);
        assert!(outcome.actions.is_empty(), "{policy}");
    }
}

#[test]
fn jobs_are_named_by_the_minute_and_old_ones_go() {
    let mut server = server(json!({"schedule": "0 * * * *", "successfulJobsHistoryLimit": 0, "timeZone": "Europe/Zurich"}), Past::Active);
    let job = jobs(&server).first().cloned().unwrap_or_default();
    assert_eq!(*job.meta.name, *format!("c-{}", time(-3600).seconds() / 60));
    let stamp = job.meta.annotations.get("batch.kubernetes.io/cronjob-scheduled-timestamp").map(ToString::to_string);
    assert_eq!(stamp.as_deref(), Some("2016-05-19T11:00:00+02:00"));
    let mut done = Job::clone(&job);
    done.meta.resource_version = 0;
    done.status.conditions.push(JobCondition::new("Complete", Truth::True, ("", ""), time(-3000)));
    submit(&mut server, Write::UpdateStatus(Object::Job(Rc::new(done))), time(-3000));
    assert_eq!(look(&mut server, time(-3000)), (0, 1, vec![]));
    assert!(jobs(&server).is_empty());
}
