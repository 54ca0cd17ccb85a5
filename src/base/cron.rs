//! Schedules of cron: five fields or a descriptor, and when they are next due.
//! Models robfig/cron v3 parser.go ParseStandard, spec.go SpecSchedule.Next and constantdelay.go, with its error texts.

use super::calendar::{self, Civil};
use super::{SimTime, Zone, go_duration};

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// At full minutes that fit.
    Fields(Fields),
    /// So many seconds after the last time.
    Every(u64),
}

/// The minutes, hours, days of the month, months and days of the week that fit, a bit for each; [`STAR`] if a field is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    zone: Zone,
}

/// Set where a field is `*` or `?`.
const STAR: u64 = 1 << 63;
/// So many years ahead a time is looked for.
const YEARS: u64 = 5;

/// Bounds of a field and the names of its values.
struct Bounds {
    min: u64,
    max: u64,
    names: &'static [&'static str],
}

const MINUTES: Bounds = Bounds { min: 0, max: 59, names: &[] };
const HOURS: Bounds = Bounds { min: 0, max: 23, names: &[] };
const DAYS: Bounds = Bounds { min: 1, max: 31, names: &[] };
const MONTHS: Bounds =
    Bounds { min: 1, max: 12, names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] };
const WEEKDAYS: Bounds = Bounds { min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

impl Schedule {
    /// Reads a schedule, to be followed by the clocks of a zone; a zone in the text (`TZ=`) wins.
    pub fn parse(text: &str, zone: Zone) -> Result<Schedule, String> {
        if text.is_empty() {
            return Err("empty spec string".to_owned());
        }
        let (text, zone) = match text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) {
            Some(rest) => own_zone(rest)?,
            None => (text, zone),
        };
        if text.starts_with('@') {
            return descriptor(text, zone);
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
        };
        Ok(Schedule::Fields(Fields {
            minutes: field(minutes, &MINUTES)?,
            hours: field(hours, &HOURS)?,
            days: field(days, &DAYS)?,
            months: field(months, &MONTHS)?,
            weekdays: field(weekdays, &WEEKDAYS)?,
            zone,
        }))
    }

    /// The first time after a moment; None if there is none within five years.
    pub fn next(&self, after: SimTime) -> Option<SimTime> {
        match self {
            Schedule::Every(seconds) => Some(SimTime::from_seconds(after.seconds() + seconds)),
            Schedule::Fields(fields) => fields.next(after),
        }
    }
}

fn own_zone(rest: &str) -> Result<(&str, Zone), String> {
    let Some((name, text)) = rest.split_once(' ') else { return Err("invalid schedule format".to_owned()) };
    let Some(zone) = Zone::find(name) else { return Err(format!("provided bad location {name}: unknown time zone {name}")) };
    Ok((text.trim(), zone))
}

fn descriptor(text: &str, zone: Zone) -> Result<Schedule, String> {
    let fields = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => {
            let Some(length) = text.strip_prefix("@every ") else { return Err(format!("unrecognized descriptor: {text}")) };
            let nanos = go_duration(length).map_err(|why| format!("failed to parse duration {text}: {why}"))?;
            return Ok(Schedule::Every(u64::try_from(nanos / 1_000_000_000).unwrap_or_default().max(1)));
        }
    };
    Schedule::parse(fields, zone)
}

/// The bits of a field: ranges between commas.
fn field(text: &str, bounds: &Bounds) -> Result<u64, String> {
    text.split(',').filter(|part| !part.is_empty()).try_fold(0, |bits, part| Ok(bits | range(part, bounds)?))
}

/// `5`, `1-5`, `*`, `?`, each with an optional step: `*/15`; `5/15` goes on to the maximum.
fn range(text: &str, bounds: &Bounds) -> Result<u64, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let ends: Vec<&str> = parts[0].split('-').collect();
    let (start, mut end, mut star) = match ends.as_slice() {
        ["*" | "?", ..] => (bounds.min, bounds.max, STAR),
        [one] => {
            let start = value(one, bounds)?;
            (start, start, 0)
        }
        [low, high] => (value(low, bounds)?, value(high, bounds)?, 0),
        [low, ..] => {
            value(low, bounds)?;
            return Err(format!("too many hyphens: {text}"));
        }
        [] => (bounds.min, bounds.max, 0),
    };
    let step = match parts.as_slice() {
        [_] => 1,
        [_, step] => {
            let step = number(step)?;
            if ends.len() == 1 {
                end = bounds.max;
            }
            if step > 1 {
                star = 0;
            }
            step
        }
        _ => return Err(format!("too many slashes: {text}")),
    };
    let Bounds { min, max, .. } = bounds;
    match () {
        () if start < *min => Err(format!("beginning of range ({start}) below minimum ({min}): {text}")),
        () if end > *max => Err(format!("end of range ({end}) above maximum ({max}): {text}")),
        () if start > end => Err(format!("beginning of range ({start}) beyond end of range ({end}): {text}")),
        () if step == 0 => Err(format!("step of range should be a positive number: {text}")),
        () => {
            let step = usize::try_from(step).unwrap_or(usize::MAX);
            Ok((start..=end).step_by(step).fold(star, |bits, value| bits | 1 << value))
        }
    }
}

fn value(text: &str, bounds: &Bounds) -> Result<u64, String> {
    let lower = text.to_ascii_lowercase();
    match bounds.names.iter().position(|name| *name == lower) {
        Some(place) => Ok(bounds.min + place as u64),
        None => number(text),
    }
}

/// Models mustParseInt and Go's strconv.Atoi.
fn number(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let why = match text.parse::<i64>() {
        Ok(number) => return u64::try_from(number).map_err(|_| format!("negative number ({number}) not allowed: {text}")),
        Err(_) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => "value out of range",
        Err(_) => "invalid syntax",
    };
    Err(format!("failed to parse int from {text}: strconv.Atoi: parsing {text:?}: {why}"))
}

impl Fields {
    /// Models SpecSchedule.Next: the largest field that does not fit is moved on, and whenever it wraps all is looked at again.
    fn next(&self, after: SimTime) -> Option<SimTime> {
        let mut clock = Clock { zone: self.zone, at: i64::try_from(after.seconds()).ok()? + 1, is_cut: false };
        let last_year = clock.civil().year + YEARS;
        while clock.civil().year <= last_year {
            if self.step(&mut clock) {
                return u64::try_from(clock.at).ok().map(SimTime::from_seconds);
            }
        }
        None
    }

    /// Moves the clock on until all fields fit (true) or one has wrapped (false).
    fn step(&self, clock: &mut Clock) -> bool {
        while 1 << clock.civil().month & self.months == 0 {
            let Civil { year, month, .. } = clock.cut(Unit::Month);
            clock.at = clock.zone.moment(midnight(calendar::days_to_month(year, month + 1)));
            if clock.civil().month == 1 {
                return false;
            }
        }
        while !self.fits_day(&clock.civil()) {
            clock.cut(Unit::Day);
            clock.next_midnight();
            if clock.civil().day == 1 {
                return false;
            }
        }
        while 1 << clock.civil().hour & self.hours == 0 {
            clock.cut(Unit::Hour);
            clock.at += 3600;
            if clock.civil().hour == 0 {
                return false;
            }
        }
        while 1 << clock.civil().minute & self.minutes == 0 {
            clock.cut(Unit::Minute);
            clock.at += 60;
            if clock.civil().minute == 0 {
                return false;
            }
        }
        while clock.civil().second != 0 {
            clock.at += 1;
            if clock.civil().second == 0 {
                return false;
            }
        }
        true
    }

    /// If both kinds of day are restricted, either is enough.
    fn fits_day(&self, civil: &Civil) -> bool {
        let (day, weekday) = (1 << civil.day & self.days != 0, 1 << civil.weekday & self.weekdays != 0);
        if self.days & STAR != 0 || self.weekdays & STAR != 0 { day && weekday } else { day || weekday }
    }
}

fn midnight(days: u64) -> i64 {
    i64::try_from(days).unwrap_or_default() * 86_400
}

#[derive(Clone, Copy)]
enum Unit {
    Month,
    Day,
    Hour,
    Minute,
}

/// A moment on the clocks of a zone.
struct Clock {
    zone: Zone,
    /// Seconds since 1970.
    at: i64,
    /// Whether what is smaller than the unit moved has been set to its least.
    is_cut: bool,
}

impl Clock {
    fn civil(&self) -> Civil {
        calendar::civil(u64::try_from(self.zone.local(self.at)).unwrap_or_default())
    }

    /// Sets all that is smaller than a unit to its least, once; what the clock then shows.
    fn cut(&mut self, unit: Unit) -> Civil {
        if !std::mem::replace(&mut self.is_cut, true) {
            let Civil { year, month, day, hour, .. } = self.civil();
            let first = calendar::days_to_month(year, month);
            self.at = match unit {
                Unit::Month => self.zone.moment(midnight(first)),
                Unit::Day => self.zone.moment(midnight(first + day - 1)),
                Unit::Hour => self.zone.moment(midnight(first + day - 1) + i64::try_from(hour).unwrap_or_default() * 3600),
                Unit::Minute => self.at - self.at.rem_euclid(60),
            };
        }
        self.civil()
    }

    /// The same time a day later, then to midnight, should the clocks have changed meanwhile.
    fn next_midnight(&mut self) {
        self.at = self.zone.moment(self.zone.local(self.at) + 86_400);
        let hour = i64::try_from(self.civil().hour).unwrap_or_default();
        if hour > 12 {
            self.at += (24 - hour) * 3600;
        } else {
            self.at -= hour * 3600;
        }
    }
}

#[cfg(test)]
mod tests;
