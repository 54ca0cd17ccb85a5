//! CronJob: makes a job whenever its schedule says so, and keeps few of the finished ones.
//! Models pkg/controller/cronjob/cronjob_controllerv2.go. A job is noted as active when it is seen, a moment after it was made: the way that
//! the real controller goes when it was stopped between the two writes.

mod due;

use std::rc::Rc;

use crate::api::{
    ActiveJob, CronJob, EventText, EventType, Job, Kind, Labels, Note, Object, ObjectKey, ObjectMeta, ObjectReference, OwnerReference, Truth,
};
use crate::apiserver::{Action, DeleteOptions, Outcome, Report, Write};
use crate::base::{Name, Schedule, SimTime, Zone, sort_by_cached_key};
use crate::store::View;
use due::{Bound, Missed};

const COMPONENT: &str = "cronjob-controller";
/// On each job, the time of the schedule that it was made for.
const SCHEDULED: Name = Name::fixed("batch.kubernetes.io/cronjob-scheduled-timestamp");

/// One look at a cron job.
struct Sync<'a> {
    old: &'a CronJob,
    /// The cron job with its new status.
    cron: CronJob,
    jobs: Vec<Rc<Job>>,
    now: SimTime,
    about: Rc<ObjectReference>,
    outcome: Outcome,
}

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let Some(old) = view.cron_job(&key.namespace, &key.name) else { return Outcome::default() };
    let jobs = view.owned_by(old.meta.uid).filter_map(|object| if let Object::Job(job) = object { Some(job.clone()) } else { None });
    let about = Rc::new(ObjectReference { key: key.clone(), uid: old.meta.uid });
    let mut sync = Sync { old, cron: (**old).clone(), jobs: jobs.collect(), now, about, outcome: Outcome::default() };
    sync.clean_up();
    sync.note_jobs();
    sync.run();
    let makes = |action: &Action| matches!(action.write, Write::Create(_));
    if !sync.outcome.actions.is_empty() && !sync.outcome.actions.iter().any(makes) {
        // What goes for the sake of the limits goes first.
        sync.outcome.later = std::mem::take(&mut sync.outcome.notes);
    }
    if sync.cron.status != old.status {
        let meta = ObjectMeta { resource_version: 0, ..old.meta.clone() };
        sync.outcome.write(Write::UpdateStatus(Object::CronJob(Rc::new(CronJob { meta, ..sync.cron.clone() }))));
    }
    sync.outcome
}

/// `every-29922811`: minutes since 1970.
fn job_name(cron: &Name, time: SimTime) -> Name {
    format!("{cron}-{}", time.seconds() / 60).into()
}

impl Sync<'_> {
    fn is_active(&self, job: &Job) -> bool {
        self.cron.status.active.iter().any(|active| active.uid.same(job.meta.uid))
    }

    fn say(&mut self, kind: EventType, reason: &'static str, text: impl Into<Name>) {
        let (host, container) = (Name::default(), Name::default());
        let (about, text) = (self.about.clone(), EventText::Text(text.into()));
        self.outcome.notes.push(Note { about, kind, reason, text, component: COMPONENT, host, container });
    }

    fn report(&self, success: (&'static str, &'static str), failure: (&'static str, &'static str)) -> Report {
        Report { about: self.about.clone(), component: COMPONENT, success, failure, of_set: None }
    }

    /// Deletes the oldest finished jobs above the limits. Models cleanupFinishedJobs.
    fn clean_up(&mut self) {
        let limits = [
            ("Complete", self.old.spec.successful_jobs_history_limit),
            ("Failed", self.old.spec.failed_jobs_history_limit),
        ];
        for (kind, limit) in limits {
            let Some(limit) = limit else { continue };
            let ended = self.jobs.iter().filter(|job| job.finished().is_some_and(|finished| finished.kind == kind));
            let mut ended: Vec<_> = ended.filter(|job| !job.meta.is_deleting()).cloned().collect();
            sort_by_cached_key(&mut ended, |job| (job.status.start_time, job.meta.name.clone()));
            let surplus = ended.len().saturating_sub(usize::try_from(limit).unwrap_or_default());
            for job in ended.into_iter().take(surplus) {
                self.delete(&job);
            }
        }
    }

    /// Deletes a job and, after it, its pods.
    fn delete(&mut self, job: &Rc<Job>) {
        let options = DeleteOptions { uid: Some(job.meta.uid), ..DeleteOptions::default() };
        let key = ObjectKey::new(Kind::Job, job.meta.namespace.clone(), job.meta.name.clone());
        let report = self.report(("SuccessfulDelete", "Deleted job "), ("FailedDelete", "Deleted job: "));
        self.outcome.actions.push(Action { write: Write::Delete { key, options }, report: Some(report) });
        self.cron.status.active.retain(|active| !active.uid.same(job.meta.uid));
        self.jobs.retain(|other| other.meta.uid != job.meta.uid);
    }

    /// Takes jobs into account that began, ended or went missing.
    fn note_jobs(&mut self) {
        for job in self.jobs.clone() {
            let (known, finished) = (self.is_active(&job), job.finished());
            match finished {
                None if !known => self.note_active(&job),
                Some(finished) if known => {
                    self.cron.status.active.retain(|active| !active.uid.same(job.meta.uid));
                    let text = format!("Saw completed job: {}, condition: {}", job.meta.name, finished.kind);
                    self.say(EventType::Normal, "SawCompletedJob", text);
                }
                _ => {}
            }
            let is_success = finished.is_some_and(|finished| finished.kind == "Complete" && finished.status == Truth::True);
            if is_success && job.status.completion_time > self.cron.status.last_successful_time {
                self.cron.status.last_successful_time = job.status.completion_time;
            }
        }
        let missing = |active: &&ActiveJob| !self.jobs.iter().any(|job| job.meta.uid.same(active.uid));
        let missing: Vec<ActiveJob> = self.cron.status.active.iter().filter(missing).cloned().collect();
        for job in missing {
            self.cron.status.active.retain(|active| !active.uid.same(job.uid));
            self.say(EventType::Normal, "MissingJob", format!("Active job went missing: {}", job.name));
        }
    }

    /// A running job that is not in the list: the one just made, or one that somebody else made.
    fn note_active(&mut self, job: &Rc<Job>) {
        let time = job.meta.annotations.get(&SCHEDULED).and_then(|text| SimTime::parse_rfc3339(text));
        let own = time.filter(|time| job.meta.name == *job_name(&self.old.meta.name, *time));
        let Some(time) = own.filter(|time| self.cron.status.last_schedule_time.is_none_or(|last| last < *time)) else {
            let text = format!("Saw a job that the controller did not create or forgot: {}", job.meta.name);
            self.say(EventType::Warning, "UnexpectedJob", text);
            return;
        };
        self.cron.status.active.push(ActiveJob {
            api_version: Kind::Job.api_version().into(),
            kind: Name::fixed(Kind::Job.name()),
            name: job.meta.name.clone(),
            namespace: job.meta.namespace.clone(),
            resource_version: job.meta.resource_version.to_string().into(),
            uid: job.meta.uid,
            ..ActiveJob::default()
        });
        self.cron.status.last_schedule_time = Some(time);
    }

    /// Makes the job that is due, if one is.
    fn run(&mut self) {
        if self.old.meta.is_deleting() || self.old.is_suspended() {
            return;
        }
        let name = self.old.spec.time_zone.clone().unwrap_or_default();
        let Some(zone) = Zone::find(&name) else {
            self.say(EventType::Warning, "UnknownTimeZone", format!("invalid timeZone: {:?}: unknown time zone {name}", name.as_str()));
            return;
        };
        let schedule = match Schedule::parse(&self.old.spec.schedule, zone) {
            Ok(schedule) => schedule,
            Err(why) => {
                let text = format!("unparseable schedule: {:?} : {why}", self.old.spec.schedule.as_str());
                self.say(EventType::Warning, "UnparseableSchedule", text);
                return;
            }
        };
        match due::recent(&self.cron, self.now, &schedule, Bound::Deadline) {
            Err(why) => {
                let text = format!("invalid schedule schedule: {:?} : {why}", self.old.spec.schedule.as_str());
                self.say(EventType::Warning, "InvalidSchedule", text);
                return;
            }
            Ok(recent) => {
                if let Some(time) = recent.time {
                    if recent.missed == Missed::Many {
                        let advice = "Set or decrease .spec.startingDeadlineSeconds or check clock skew";
                        self.say(EventType::Warning, "TooManyMissedTimes", format!("too many missed start times. {advice}"));
                    }
                    self.start(time);
                }
            }
        }
        self.outcome.requeue = due::until_next(&self.cron, self.now, &schedule);
    }

    /// Starts the run of a time, as the concurrency policy allows.
    fn start(&mut self, time: SimTime) {
        let deadline = self.old.spec.starting_deadline_seconds.map(|seconds| u64::try_from(seconds).unwrap_or_default());
        if deadline.is_some_and(|seconds| self.now.since(time).micros() > seconds.saturating_mul(1_000_000)) {
            let date = time.rfc1123z();
            self.say(EventType::Warning, "MissSchedule", format!("Missed scheduled time to start a job: {date}"));
            return;
        }
        let name = job_name(&self.old.meta.name, time);
        if self.cron.status.active.iter().any(|active| active.name == name) || self.cron.status.last_schedule_time == Some(time) {
            return;
        }
        // A job of that name is the one that was made before; another's is left alone.
        if self.jobs.iter().any(|job| job.meta.name == name) {
            return;
        }
        match self.old.spec.concurrency_policy.as_str() {
            "Forbid" if !self.cron.status.active.is_empty() => {
                let text = "Not starting job because prior execution is running and concurrency policy is Forbid";
                self.say(EventType::Normal, "JobAlreadyActive", text);
                return;
            }
            "Replace" => {
                let active: Vec<_> = self.jobs.iter().filter(|job| self.is_active(job)).cloned().collect();
                active.iter().for_each(|job| self.delete(job));
            }
            _ => {}
        }
        let report = self.report(("SuccessfulCreate", "Created job "), ("FailedCreate", "Error creating job: "));
        let write = Write::Create(Object::Job(Rc::new(self.job(name, time))));
        self.outcome.actions.push(Action { write, report: Some(report) });
    }

    /// Models getJobFromTemplate2.
    fn job(&self, name: Name, time: SimTime) -> Job {
        let template = &self.old.spec.job_template;
        let mut annotations: Labels = (*template.meta.annotations).clone();
        let zone = self.old.spec.time_zone.as_deref().and_then(Zone::find).unwrap_or(Zone::UTC);
        annotations.insert(SCHEDULED, time.rfc3339_in(zone).into());
        let meta = ObjectMeta {
            name,
            namespace: self.old.meta.namespace.clone(),
            labels: template.meta.labels.clone(),
            annotations: Rc::new(annotations),
            owners: Rc::from([OwnerReference::controller(Kind::CronJob, &self.old.meta.name, self.old.meta.uid)]),
            ..ObjectMeta::default()
        };
        Job { meta, spec: template.spec.clone(), ..Job::default() }
    }
}

#[cfg(test)]
mod tests;
