//! Schedules as tables: what is read, what is refused, when they fire.

use super::*;

fn time(text: &str) -> SimTime {
    SimTime::parse_rfc3339(text).unwrap_or_default()
}

fn schedule(text: &str, zone: &str) -> Schedule {
    let Some(zone) = Zone::find(zone) else { panic!("no zone {zone}") };
    Schedule::parse(text, zone).unwrap_or_else(|why| panic!("{text}: {why}"))
}

#[test]
fn schedules_are_due_at_minutes_that_fit() {
    let table = [
        ("0/15 * * * *", "2012-07-09T15:00:00Z", true),
        ("0/15 * * * *", "2012-07-09T15:45:00Z", true),
        ("0/15 * * * *", "2012-07-09T15:40:00Z", false),
        ("5/15 * * * *", "2012-07-09T15:05:00Z", true),
        ("5/15 * * * *", "2012-07-09T15:20:00Z", true),
        ("5/15 * * * *", "2012-07-09T15:50:00Z", true),
        ("0/15 * * Jul *", "2012-07-15T15:00:00Z", true),
        ("0/15 * * Jun *", "2012-07-15T15:00:00Z", false),
        ("30 08 ? Jul Sun", "2012-07-15T08:30:00Z", true),
        ("30 08 15 Jul ?", "2012-07-15T08:30:00Z", true),
        ("30 08 ? Jul Sun", "2012-07-16T08:30:00Z", false),
        ("30 08 15 Jul ?", "2012-07-16T08:30:00Z", false),
        ("@hourly", "2012-07-09T15:00:00Z", true),
        ("@hourly", "2012-07-09T15:04:00Z", false),
        ("@daily", "2012-07-09T15:00:00Z", false),
        ("@daily", "2012-07-09T00:00:00Z", true),
        ("@weekly", "2012-07-09T00:00:00Z", false),
        ("@weekly", "2012-07-08T00:00:00Z", true),
        ("@weekly", "2012-07-08T01:00:00Z", false),
        ("@monthly", "2012-07-08T00:00:00Z", false),
        ("@monthly", "2012-07-01T00:00:00Z", true),
        ("* * 1,15 * Sun", "2012-07-15T00:00:00Z", true),
        ("* * 1,15 * Sun", "2012-06-15T00:00:00Z", true),
        ("* * 1,15 * Sun", "2012-08-01T00:00:00Z", true),
        ("* * */10 * Sun", "2012-07-15T00:00:00Z", true),
        ("* * * * Mon", "2012-07-15T00:00:00Z", false),
        ("* * 1,15 * *", "2012-07-09T00:00:00Z", false),
        ("* * 1,15 * *", "2012-07-15T00:00:00Z", true),
        ("* * */2 * Sun", "2012-07-15T00:00:00Z", true),
    ];
    for (text, moment, due) in table {
        let moment = time(moment);
        let next = schedule(text, "UTC").next(SimTime::from_micros(moment.micros() - 1_000_000));
        assert_eq!(next == Some(moment), due, "{text} {moment}");
    }
}

#[test]
fn the_next_time_follows_the_clocks_of_the_zone() {
    let table = [
        ("0/15 * * * *", "UTC", "2012-07-09T14:45:00Z", "2012-07-09T15:00:00Z"),
        ("0/15 * * * *", "UTC", "2012-07-09T14:59:00Z", "2012-07-09T15:00:00Z"),
        ("0/15 * * * *", "UTC", "2012-07-09T14:59:59Z", "2012-07-09T15:00:00Z"),
        ("20-35/15 * * * *", "UTC", "2012-07-09T15:45:00Z", "2012-07-09T16:20:00Z"),
        ("*/15 * * * *", "UTC", "2012-07-09T23:46:00Z", "2012-07-10T00:00:00Z"),
        ("20-35/15 * * * *", "UTC", "2012-07-09T23:45:00Z", "2012-07-10T00:20:00Z"),
        ("0 0 9 Apr-Oct ?", "UTC", "2012-07-09T23:35:00Z", "2012-08-09T00:00:00Z"),
        ("0 0 */5 Apr,Aug,Oct Mon", "UTC", "2012-07-09T23:35:00Z", "2012-08-01T00:00:00Z"),
        ("0 0 */5 Oct Mon", "UTC", "2012-07-09T23:35:00Z", "2012-10-01T00:00:00Z"),
        ("0 0 * Feb Mon", "UTC", "2012-07-09T23:35:00Z", "2013-02-04T00:00:00Z"),
        ("0 0 * Feb Mon/2", "UTC", "2012-07-09T23:35:00Z", "2013-02-01T00:00:00Z"),
        ("* * * * *", "UTC", "2012-12-31T23:59:45Z", "2013-01-01T00:00:00Z"),
        ("0 0 29 Feb ?", "UTC", "2012-07-09T23:35:00Z", "2016-02-29T00:00:00Z"),
        ("30 2 11 Mar ?", "America/New_York", "2012-03-11T00:00:00-05:00", "2013-03-11T02:30:00-04:00"),
        ("0 * * * ?", "America/New_York", "2012-03-11T00:00:00-05:00", "2012-03-11T01:00:00-05:00"),
        ("0 * * * ?", "America/New_York", "2012-03-11T01:00:00-05:00", "2012-03-11T03:00:00-04:00"),
        ("0 * * * ?", "America/New_York", "2012-03-11T03:00:00-04:00", "2012-03-11T04:00:00-04:00"),
        ("0 * * * ?", "America/New_York", "2012-03-11T04:00:00-04:00", "2012-03-11T05:00:00-04:00"),
        ("0 1 * * ?", "America/New_York", "2012-03-11T00:00:00-05:00", "2012-03-11T01:00:00-05:00"),
        ("0 1 * * ?", "America/New_York", "2012-03-11T01:00:00-05:00", "2012-03-12T01:00:00-04:00"),
        ("0 2 * * ?", "America/New_York", "2012-03-11T00:00:00-05:00", "2012-03-12T02:00:00-04:00"),
        ("30 2 04 Nov ?", "America/New_York", "2012-11-04T00:00:00-04:00", "2012-11-04T02:30:00-05:00"),
        ("30 1 04 Nov ?", "America/New_York", "2012-11-04T01:45:00-04:00", "2012-11-04T01:30:00-05:00"),
        ("0 * * * ?", "America/New_York", "2012-11-04T00:00:00-04:00", "2012-11-04T01:00:00-04:00"),
        ("0 * * * ?", "America/New_York", "2012-11-04T01:00:00-04:00", "2012-11-04T01:00:00-05:00"),
        ("0 * * * ?", "America/New_York", "2012-11-04T01:00:00-05:00", "2012-11-04T02:00:00-05:00"),
        ("0 1 * * ?", "America/New_York", "2012-11-04T00:00:00-04:00", "2012-11-04T01:00:00-04:00"),
        ("0 1 * * ?", "America/New_York", "2012-11-04T01:00:00-04:00", "2012-11-04T01:00:00-05:00"),
        ("0 1 * * ?", "America/New_York", "2012-11-04T01:00:00-05:00", "2012-11-05T01:00:00-05:00"),
        ("0 2 * * ?", "America/New_York", "2012-11-04T00:00:00-04:00", "2012-11-04T02:00:00-05:00"),
        ("0 2 * * ?", "America/New_York", "2012-11-04T02:00:00-05:00", "2012-11-05T02:00:00-05:00"),
        ("0 3 * * ?", "America/New_York", "2012-11-04T00:00:00-04:00", "2012-11-04T03:00:00-05:00"),
        ("0 3 * * ?", "America/New_York", "2012-11-04T03:00:00-05:00", "2012-11-05T03:00:00-05:00"),
        ("0 0 30 Feb ?", "UTC", "2012-07-09T23:35:00Z", ""),
        ("0 0 31 Apr ?", "UTC", "2012-07-09T23:35:00Z", ""),
    ];
    for (text, zone, from, next) in table {
        let expected = (!next.is_empty()).then(|| time(next));
        assert_eq!(schedule(text, zone).next(time(from)), expected, "{text} {zone} {from}");
    }
}

#[test]
fn days_that_begin_late_have_their_runs() {
    // The clocks of São Paulo as they were in 2018: summer time began and ended at midnight.
    let zone = Zone::parse("3 ,M11.1.0/0,M2.3.0/0").unwrap_or(Zone::UTC);
    let table = [
        ("0 9 10 * ?", "2018-10-17T05:00:00-04:00", "2018-11-10T06:00:00-05:00"),
        ("0 9 22 * ?", "2018-02-14T05:00:00-05:00", "2018-02-22T07:00:00-05:00"),
    ];
    for (text, from, next) in table {
        let schedule = Schedule::parse(text, zone).unwrap_or(Schedule::Every(1));
        assert_eq!(schedule.next(time(from)), Some(time(next)), "{text} {from}");
    }
}

#[test]
fn every_counts_from_the_last_time() {
    let table = [
        ("@every 1m", "2026-01-01T00:00:30.500Z", "2026-01-01T00:01:30Z"),
        ("@every 1h30m", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z"),
        ("@every 10ms", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
        ("@every 1.5h", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z"),
    ];
    for (text, from, next) in table {
        assert_eq!(schedule(text, "UTC").next(time(from)), Some(time(next)), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_in_the_words_of_the_library() {
    let table = [
        ("* * * *", "expected exactly 5 fields"),
        ("* * * * * *", "expected exactly 5 fields"),
        ("5 j * * *", "failed to parse int from"),
        ("xyz", "expected exactly 5 fields"),
        ("60 0 * * *", "above maximum"),
        ("0 60 * * *", "above maximum"),
        ("0 0 * * XYZ", "failed to parse int from"),
        ("0 0 * * 7", "end of range (7) above maximum (6): 7"),
        ("0 0 0 * *", "below minimum"),
        ("15/0 * * * *", "should be a positive number"),
        ("@every Xm", "failed to parse duration"),
        ("@unrecognized", "unrecognized descriptor"),
        ("5--5 * * * *", "too many hyphens"),
        ("*//2 * * * *", "too many slashes"),
        ("*/-12 * * * *", "negative number"),
        ("30-20 * * * *", "beyond end of range"),
        ("TZ=0", "invalid schedule format"),
        ("", "empty spec string"),
        ("a b c d e", "failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax"),
        ("99999999999999999999 * * * *", "strconv.Atoi: parsing \"99999999999999999999\": value out of range"),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("1-70 * * * *", "end of range (70) above maximum (59): 1-70"),
        ("TZ=Mars/Base * * * * *", "provided bad location Mars/Base: unknown time zone Mars/Base"),
        ("@every 5", "failed to parse duration @every 5: time: missing unit in duration \"5\""),
        ("@every", "unrecognized descriptor: @every"),
    ];
    for (text, why) in table {
        let error = Schedule::parse(text, Zone::UTC).err().unwrap_or_default();
        assert!(error.contains(why), "{text}: {error}");
    }
}
