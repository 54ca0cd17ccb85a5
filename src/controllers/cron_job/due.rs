//! Which run of a schedule is due, and when to look next.
//! Models pkg/controller/cronjob/utils.go mostRecentScheduleTime, nextScheduleTime; cronjob_controllerv2.go nextScheduleTimeDuration.

use crate::api::CronJob;
use crate::base::{Schedule, SimDuration, SimTime};

/// A little later than the time itself, so that a clock that is a little fast misses nothing (nextScheduleDelta).
const DELTA: SimDuration = SimDuration::from_millis(100);
/// More missed runs than that are warned of.
const MANY: u64 = 100;

/// How many runs have been missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    None,
    Few,
    Many,
}

/// Whether startingDeadlineSeconds bounds how far back runs are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Deadline,
    Open,
}

/// The latest run that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recent {
    /// From when on runs count.
    pub earliest: SimTime,
    /// The run.
    pub time: Option<SimTime>,
    pub missed: Missed,
}

/// The latest run that is due now; an error for schedules without a second time.
pub(super) fn recent(cron: &CronJob, now: SimTime, schedule: &Schedule, bound: Bound) -> Result<Recent, &'static str> {
    let created = SimTime::from_seconds(cron.meta.creation.seconds());
    let mut earliest = cron.status.last_schedule_time.unwrap_or(created);
    if let Some(seconds) = cron.spec.starting_deadline_seconds.filter(|_| bound == Bound::Deadline) {
        let seconds = u64::try_from(seconds).unwrap_or_default().min(now.seconds());
        earliest = earliest.max(now - SimDuration::from_seconds(seconds));
    }
    let first = schedule.next(earliest);
    if first.is_some_and(|first| now < first) {
        return Ok(Recent { earliest, time: None, missed: Missed::None });
    }
    let second = first.and_then(|first| schedule.next(first));
    let (Some(first), Some(second)) = (first, second) else { return Err("time difference between two schedules is less than 1 second") };
    if now < second {
        return Ok(Recent { earliest, time: Some(first), missed: Missed::None });
    }
    // Times are not looked at one by one: how many fit is estimated from the first two, and the last of them is looked for from there.
    let interval = second.since(first).seconds();
    let count = now.since(first).seconds() / interval + 1;
    let from = match count {
        0 | 1 => first - SimDuration::from_seconds(interval),
        _ => first + SimDuration::from_seconds((count - 2) * interval),
    };
    let mut time = None;
    let mut next = schedule.next(from);
    while let Some(at) = next.filter(|at| *at <= now) {
        time = Some(at);
        next = schedule.next(at);
    }
    let missed = if count > MANY { Missed::Many } else { Missed::Few };
    Ok(Recent { earliest, time, missed })
}

/// How long until the next run.
pub(super) fn until_next(cron: &CronJob, now: SimTime, schedule: &Schedule) -> Option<SimDuration> {
    let from = match recent(cron, now, schedule, Bound::Open) {
        Err(_) => now,
        Ok(Recent { time: Some(time), .. }) => time,
        Ok(Recent { earliest, missed: Missed::None, .. }) => earliest,
        Ok(_) => now,
    };
    schedule.next(from).map(|next| (next + DELTA).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ObjectMeta;
    use crate::base::Zone;

    fn time(text: &str) -> SimTime {
        SimTime::parse_rfc3339(&format!("2016-05-{text}Z")).unwrap_or_default()
    }

    fn cron(created: &str, last: &str, deadline: i64) -> CronJob {
        let mut cron = CronJob { meta: ObjectMeta { creation: time(created), ..ObjectMeta::named("c") }, ..CronJob::default() };
        cron.status.last_schedule_time = (!last.is_empty()).then(|| time(last));
        cron.spec.starting_deadline_seconds = (deadline > 0).then_some(deadline);
        cron
    }

    fn schedule(text: &str) -> Schedule {
        Schedule::parse(text, Zone::UTC).unwrap_or(Schedule::Every(1))
    }

    #[test]
    fn the_latest_run_is_due() {
        use Missed::{Few, Many, None};
        // schedule, created, last, deadline, whether the deadline counts, now, expected, missed; 19 May 2016 is a Thursday
        let table = [
            ("0 * * * *", "19T10:00:00", "", 0, Bound::Open, "19T10:00:30", "", None),
            ("0 * * * *", "19T10:00:00", "", 0, Bound::Open, "19T11:01:00", "19T11:00:00", None),
            ("0 * * * *", "19T10:00:10", "", 0, Bound::Open, "19T15:01:00", "19T15:00:00", Few),
            ("30 6-16/4 * * 1-5", "19T10:00:00", "19T10:30:00", 0, Bound::Open, "20T10:31:00", "20T10:30:00", Few),
            ("30 10,11,12 * * 1-5", "19T10:00:00", "19T10:30:00", 0, Bound::Open, "20T16:30:00", "", Few),
            ("30 6-16/4 * * 1-5", "19T10:00:00", "19T10:30:00", 0, Bound::Open, "23T10:31:00", "23T10:30:00", Few),
            ("@every 1h", "19T09:01:00", "19T10:01:00", 10, Bound::Open, "26T10:00:00", "26T09:01:00", Many),
            ("*/5 * * * *", "19T10:00:00", "19T10:30:00", 0, Bound::Open, "19T10:31:00", "", None),
            ("*/5 * * * *", "19T10:00:00", "19T10:30:00", 60, Bound::Deadline, "19T10:32:00", "", None),
            // Hourly: the state of a controller that was stopped.
            ("0 * * * *", "19T09:50:00", "", 0, Bound::Deadline, "19T09:53:00", "", None),
            ("0 * * * *", "19T09:50:00", "", 0, Bound::Deadline, "19T10:00:02", "19T10:00:00", None),
            ("0 * * * *", "19T08:00:00", "19T10:00:00", 0, Bound::Deadline, "19T10:02:00", "", None),
            ("0 * * * *", "19T08:00:00", "19T10:00:00", 0, Bound::Deadline, "19T11:05:00", "19T11:00:00", None),
            ("0 * * * *", "19T08:00:00", "19T09:00:00", 0, Bound::Deadline, "19T11:05:00", "19T11:00:00", Few),
            ("0 * * * *", "19T08:00:00", "19T09:00:00", 0, Bound::Deadline, "29T11:05:00", "29T11:00:00", Many),
            ("0 * * * *", "19T08:00:00", "19T09:00:00", 7200, Bound::Deadline, "29T11:05:00", "29T11:00:00", Few),
        ];
        for (text, created, last, deadline, bound, now, expected, missed) in table {
            let found = recent(&cron(created, last, deadline), time(now), &schedule(text), bound);
            let expected = (!expected.is_empty()).then(|| time(expected));
            let found = found.map(|found| (found.time, found.missed));
            assert_eq!(found, Ok((expected, missed)), "{text} {created} {last} {now}");
        }
        let never = recent(&cron("19T10:00:10", "", 0), time("19T11:00:00"), &schedule("59 23 31 2 *"), Bound::Deadline);
        assert_eq!(never.err(), Some("time difference between two schedules is less than 1 second"));
    }

    #[test]
    fn every_counts_from_the_bound() {
        // The deadline moves the beginning to ten seconds before now: an hour later is not yet.
        let cron = cron("19T09:01:00", "19T10:01:00", 10);
        let found = recent(&cron, time("26T10:01:00"), &schedule("@every 1h"), Bound::Deadline);
        assert_eq!(found.map(|found| (found.time, found.missed)), Ok((None, Missed::None)));
    }

    #[test]
    fn the_next_look_is_at_the_next_run() {
        let table = [
            ("30 6-16/4 * * 1-5", "19T10:30:00", "20T10:31:00", 3 * 3600 + 59 * 60),
            ("30 10,11,12 * * 1-5", "19T10:30:00", "20T16:30:00", 66 * 3600),
            ("0 12 * * 4", "05T12:00:00", "24T11:30:00", 48 * 3600 + 30 * 60),
            ("0 12 * * 5", "", "19T16:00:00", 20 * 3600),
        ];
        for (text, last, now, seconds) in table {
            let wait = until_next(&cron("19T10:00:00", last, 0), time(now), &schedule(text));
            assert_eq!(wait, Some(SimDuration::from_seconds(seconds) + DELTA), "{text}");
        }
    }

    #[test]
    fn a_change_of_the_clocks_skips_a_run_or_has_it_twice() {
        use Missed::{Few, None};
        let moment = |text: &str| SimTime::parse_rfc3339(&format!("2016-{text}Z")).unwrap_or_default();
        // schedule, zone, last, now, expected, missed, seconds to the next look. robfig/cron's SpecSchedule.Next goes by the zone's
        // clocks: what they do not show that day does not run, what they show twice runs twice. utils.go mostRecentScheduleTime counts
        // what was missed by the distance of the first two, which a change makes shorter or longer.
        let table = [
            ("30 2 * * *", "Europe/Berlin", "03-26T01:30:00", "03-27T01:31:00", "", None, 22 * 3600 + 59 * 60),
            ("30 2 * * *", "Europe/Berlin", "03-26T01:30:00", "03-28T00:30:05", "03-28T00:30:00", None, 86_395),
            ("30 2 * * *", "Europe/Berlin", "10-29T00:30:00", "10-30T00:31:00", "10-30T00:30:00", None, 59 * 60),
            ("30 2 * * *", "Europe/Berlin", "10-30T00:30:00", "10-30T01:30:05", "10-30T01:30:00", None, 86_395),
            ("0 * * * *", "America/New_York", "03-13T06:00:00", "03-13T09:05:00", "03-13T09:00:00", Few, 55 * 60),
            ("0 0 * * *", "Europe/Berlin", "03-26T23:00:00", "03-27T22:00:05", "03-27T22:00:00", None, 86_395),
            ("0 0 * * *", "Europe/Berlin", "03-25T23:00:00", "03-29T10:00:00", "03-28T22:00:00", Few, 12 * 3600),
            ("0 0 * * *", "Asia/Seoul", "03-25T15:00:00", "03-26T15:00:05", "03-26T15:00:00", None, 86_395),
        ];
        for (text, zone, last, now, expected, missed, seconds) in table {
            let schedule = Zone::find(zone).and_then(|zone| Schedule::parse(text, zone).ok()).unwrap_or(Schedule::Every(1));
            let mut cron = cron("19T10:00:00", "", 0);
            (cron.meta.creation, cron.status.last_schedule_time) = (moment("01-01T00:00:00"), Some(moment(last)));
            let found = recent(&cron, moment(now), &schedule, Bound::Deadline).map(|found| (found.time, found.missed));
            assert_eq!(found, Ok(((!expected.is_empty()).then(|| moment(expected)), missed)), "{text} {zone} {now}");
            let wait = until_next(&cron, moment(now), &schedule);
            assert_eq!(wait, Some(SimDuration::from_seconds(seconds) + DELTA), "{text} {zone} {now}");
        }
    }
}
