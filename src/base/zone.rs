//! Time zones: how far a place's clocks are from Greenwich at a moment. Rules as POSIX writes them in TZ, in the form that all
//! zones of today use (`Mm.w.d/time`).
//! Left out: rules of the past, leap seconds.

use super::calendar;
use super::zone_table::ZONES;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The clocks of a place. Offsets in seconds east of Greenwich.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    offset: i64,
    summer: Option<Summer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Summer {
    offset: i64,
    begins: Change,
    ends: Change,
}

/// The `week`-th (5: last) `weekday` of a month, and seconds after its local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    month: u64,
    week: u64,
    weekday: u64,
    time: i64,
}

impl Zone {
    /// Greenwich.
    pub const UTC: Zone = Zone { offset: 0, summer: None };

    /// By its name in the tz database; letters count as they are. None if there is no such zone.
    pub fn find(name: &str) -> Option<Zone> {
        if name.is_empty() {
            return Some(Zone::UTC);
        }
        let (rule, _) = ZONES.iter().find(|(_, names)| names.split(' ').any(|known| known == name))?;
        Zone::parse(rule)
    }

    /// By a rule as the table has them.
    pub(super) fn parse(rule: &str) -> Option<Zone> {
        let Some((hours, rest)) = rule.split_once(' ') else { return Some(Zone { offset: -seconds(rule)?, summer: None }) };
        let offset = -seconds(hours)?;
        let mut parts = rest.split(',');
        let own = match parts.next()? {
            "" => offset + 3600,
            hours => -seconds(hours)?,
        };
        let (begins, ends) = (Change::parse(parts.next()?)?, Change::parse(parts.next()?)?);
        Some(Zone { offset, summer: Some(Summer { offset: own, begins, ends }) })
    }

    /// How many seconds its clocks are ahead of Greenwich at a moment (seconds since 1970).
    pub fn offset(&self, moment: i64) -> i64 {
        let Some(summer) = &self.summer else { return self.offset };
        let year = calendar::civil(u64::try_from(moment + self.offset).unwrap_or_default()).year;
        let begins = summer.begins.moment(year) - self.offset;
        let ends = summer.ends.moment(year) - summer.offset;
        // South of the equator summer spans the turn of the year.
        let is_summer = if begins < ends { (begins..ends).contains(&moment) } else { !(ends..begins).contains(&moment) };
        if is_summer { summer.offset } else { self.offset }
    }

    /// What the clocks show at a moment, in seconds since their 1970.
    pub(super) fn local(&self, moment: i64) -> i64 {
        moment + self.offset(moment)
    }

    /// The moment at which the clocks show this; where they never do, or do twice, one nearby, as Go chooses it.
    /// Models Go's time.Date.
    pub(super) fn moment(&self, local: i64) -> i64 {
        let first = local - self.offset(local);
        local - self.offset(first)
    }
}

impl Change {
    /// `M3.5.0/2`; the time is 2 if it is not given.
    fn parse(text: &str) -> Option<Change> {
        let (date, time) = match text.split_once('/') {
            Some((date, time)) => (date, seconds(time)?),
            None => (text, 7200),
        };
        let mut numbers = date.strip_prefix('M')?.split('.').map(|number| number.parse().ok());
        Some(Change { month: numbers.next()??, week: numbers.next()??, weekday: numbers.next()??, time })
    }

    /// When clocks change in a year, in their own seconds before the change.
    fn moment(&self, year: u64) -> i64 {
        let (first, next) = match self.month {
            12 => (calendar::days_to_month(year, 12), calendar::days_to_month(year + 1, 1)),
            month => (calendar::days_to_month(year, month), calendar::days_to_month(year, month + 1)),
        };
        let to_weekday = (7 + self.weekday - (first + 4) % 7) % 7;
        let mut day = first + to_weekday + 7 * (self.week - 1);
        while day >= next {
            day -= 7;
        }
        i64::try_from(day).unwrap_or_default() * DAY + self.time
    }
}

/// `5:30` or `-1` in seconds.
fn seconds(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SimTime;

    #[test]
    fn clocks_show_what_they_show_there() {
        let table = [
            ("Asia/Seoul", "2026-11-22T00:00:00Z", 9 * 3600),
            ("Asia/Kolkata", "2026-11-22T00:00:00Z", 19_800),
            ("Europe/Zurich", "2026-11-22T00:00:00Z", 3600),
            ("Europe/Zurich", "2026-03-29T00:59:59Z", 3600),
            ("Europe/Zurich", "2026-03-29T01:00:00Z", 7200),
            ("Europe/Zurich", "2026-10-25T00:59:59Z", 7200),
            ("Europe/Zurich", "2026-10-25T01:00:00Z", 3600),
            ("Europe/Dublin", "2026-07-01T00:00:00Z", 3600),
            ("Europe/Dublin", "2026-01-01T00:00:00Z", 0),
            ("America/New_York", "2026-07-01T00:00:00Z", -4 * 3600),
            ("Australia/Sydney", "2026-01-01T00:00:00Z", 11 * 3600),
            ("Australia/Sydney", "2026-07-01T00:00:00Z", 10 * 3600),
            ("Etc/UTC", "2026-07-01T00:00:00Z", 0),
        ];
        for (name, moment, offset) in table {
            let zone = Zone::find(name).map(|zone| {
                zone.offset(SimTime::parse_rfc3339(moment).unwrap_or_default().seconds() as i64)
            });
            assert_eq!(zone, Some(offset), "{name} {moment}");
        }
        for name in ["Mars/Base", "europe/zurich", "Europe", " "] {
            assert_eq!(Zone::find(name), None, "{name}");
        }
    }

    #[test]
    fn every_rule_can_be_read() {
        for (rule, names) in ZONES {
            assert!(Zone::parse(rule).is_some(), "{rule} of {names}");
        }
    }
}
