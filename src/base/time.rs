//! Virtual time in whole microseconds; no floating point, no clock of the host.

use std::fmt;
use std::ops::{Add, Sub};

use super::Zone;
use super::calendar::{self, Civil};

/// A moment: microseconds since 1970-01-01T00:00:00Z on the cluster's wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

/// A length of time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

impl SimTime {
    /// A moment by its microseconds since the epoch.
    pub const fn from_micros(micros: u64) -> SimTime {
        SimTime(micros)
    }

    /// A moment by its seconds since the epoch; the last one there is if it is later.
    pub const fn from_seconds(seconds: u64) -> SimTime {
        SimTime(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch: what Kubernetes' `metav1.Time` keeps of a moment.
    pub const fn seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The time since `earlier`; zero if that is later.
    pub const fn since(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// The age that kubectl shows of something of `earlier`: Kubernetes keeps whole seconds there, so up to a second more.
    pub const fn age_of(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.seconds() * 1_000_000))
    }

    /// `2026-11-22T17:28:19Z`.
    pub fn rfc3339(self) -> String {
        let Civil { year, month, day, hour, minute, second, .. } = calendar::civil(self.seconds());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// `2026-11-22T18:28:19+01:00`, as the clocks of a zone show it.
    pub fn rfc3339_in(self, zone: Zone) -> String {
        let offset = zone.offset(i64::try_from(self.seconds()).unwrap_or_default());
        if offset == 0 {
            return self.rfc3339();
        }
        let local = SimTime::from_seconds(self.seconds().saturating_add_signed(offset)).rfc3339();
        let (sign, away) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
        format!("{}{sign}{:02}:{:02}", local.trim_end_matches('Z'), away / 3600, away / 60 % 60)
    }

    /// `2026-11-22T17:28:19.123456Z`.
    pub fn rfc3339_micro(self) -> String {
        let whole = self.rfc3339();
        format!("{}.{:06}Z", &whole[..whole.len() - 1], self.0 % 1_000_000)
    }

    /// `Sun, 22 Nov 2026 17:28:22 +0000`, as `kubectl describe` prints times.
    pub fn rfc1123z(self) -> String {
        let c = calendar::civil(self.seconds());
        let (weekday, month) = (calendar::WEEKDAYS[c.weekday as usize], calendar::MONTHS[c.month as usize - 1]);
        format!("{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} +0000", c.day, c.year, c.hour, c.minute, c.second)
    }

    /// Reads `2026-11-22T17:28:19Z`, with an optional fraction and offset. None if it is not such a time or is before 1970.
    pub fn parse_rfc3339(text: &str) -> Option<SimTime> {
        calendar::parse_rfc3339(text).map(SimTime)
    }
}

impl SimDuration {
    /// No time.
    pub const ZERO: SimDuration = SimDuration(0);

    /// Microseconds.
    pub const fn from_micros(micros: u64) -> SimDuration {
        SimDuration(micros)
    }

    /// Milliseconds; more than fit are as many as fit.
    pub const fn from_millis(millis: u64) -> SimDuration {
        SimDuration(millis.saturating_mul(1_000))
    }

    /// Seconds; more than fit are as many as fit.
    pub const fn from_seconds(seconds: u64) -> SimDuration {
        SimDuration(seconds.saturating_mul(1_000_000))
    }

    /// In microseconds.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// In whole milliseconds.
    pub const fn millis(self) -> u64 {
        self.0 / 1_000
    }

    /// In whole seconds.
    pub const fn seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    /// As kubectl prints ages: `5s`, `2m10s`, `13m`, `3h5m`, `2d4h`, `12d`, `1y20d`.
    /// Models apimachinery/pkg/util/duration HumanDuration.
    pub fn human(self) -> String {
        let seconds = self.seconds();
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        let pair = |a: u64, au: &str, b: u64, bu: &str| if b == 0 { format!("{a}{au}") } else { format!("{a}{au}{b}{bu}") };
        match () {
            _ if seconds < 120 => format!("{seconds}s"),
            _ if minutes < 10 => pair(minutes, "m", seconds % 60, "s"),
            _ if minutes < 180 => format!("{minutes}m"),
            _ if hours < 8 => pair(hours, "h", minutes % 60, "m"),
            _ if hours < 48 => format!("{hours}h"),
            _ if hours < 24 * 8 => pair(hours / 24, "d", hours % 24, "h"),
            _ if hours < 24 * 365 * 2 => format!("{}d", hours / 24),
            _ if hours < 24 * 365 * 8 => pair(hours / 24 / 365, "y", (hours / 24) % 365, "d"),
            _ => format!("{}y", hours / 24 / 365),
        }
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, duration: SimDuration) -> SimTime {
        SimTime(self.0.saturating_add(duration.0))
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = SimTime;
    fn sub(self, duration: SimDuration) -> SimTime {
        SimTime(self.0.saturating_sub(duration.0))
    }
}

impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339_micro())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_kubectl_prints_them() {
        let table = [
            (0, "0s"), (119, "119s"), (120, "2m"), (130, "2m10s"), (600, "10m"), (10_799, "179m"), (10_800, "3h"),
            (18_300, "5h5m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (187_200, "2d4h"), (691_200, "8d"),
            (63_072_000, "2y"), (64_800_000, "2y20d"),
        ];
        for (seconds, text) in table {
            assert_eq!(SimDuration::from_seconds(seconds).human(), text, "{seconds}");
        }
    }

    #[test]
    fn times_are_written_and_read() {
        let time = SimTime::from_seconds(1_795_454_902);
        assert_eq!(time.rfc3339(), "2026-11-23T17:28:22Z");
        assert_eq!(time.rfc1123z(), "Mon, 23 Nov 2026 17:28:22 +0000");
        assert_eq!(SimTime::parse_rfc3339("2026-11-23T17:28:22Z"), Some(time));
        assert_eq!(SimTime::parse_rfc3339("2026-11-23T18:28:22.500+01:00"), Some(time + SimDuration::from_millis(500)));
        for bad in ["", "2026-11-23", "2026-13-23T17:28:22Z", "2026-02-30T00:00:00Z", "x", "2026-11-23T17:28:22"] {
            assert_eq!(SimTime::parse_rfc3339(bad), None, "{bad}");
        }
    }
}
