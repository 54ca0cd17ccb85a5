//! Seconds since 1970 to and from the proleptic Gregorian calendar, UTC. Years 1970 to 9999.

/// A moment taken apart. `weekday` 0 is Sunday, `month` 1 is January.
pub(super) struct Civil {
    pub year: u64,
    pub month: u64,
    pub day: u64,
    pub hour: u64,
    pub minute: u64,
    pub second: u64,
    pub weekday: u64,
}

pub(super) const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
pub(super) const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of January of `year`.
fn days_to_year(year: u64) -> u64 {
    let before = year - 1;
    365 * (year - 1970) + (before / 4 - 492) - (before / 100 - 19) + (before / 400 - 4)
}

/// Days from 1970-01-01 to the first of a month.
pub(super) fn days_to_month(year: u64, month: u64) -> u64 {
    days_to_year(year) + (1..month).map(|earlier| days_of_month(year, earlier)).sum::<u64>()
}

pub(super) fn civil(seconds: u64) -> Civil {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970 + days / 366;
    while days_to_year(year + 1) <= days {
        year += 1;
    }
    let (mut month, mut day) = (1, days - days_to_year(year));
    while day >= days_of_month(year, month) {
        day -= days_of_month(year, month);
        month += 1;
    }
    Civil { year, month, day: day + 1, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60, weekday: (days + 4) % 7 }
}

/// Microseconds since the epoch of an RFC 3339 time.
pub(super) fn parse_rfc3339(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() < 20 || bytes[10] != b'T' && bytes[10] != b't' {
        return None;
    }
    let shape = bytes[4] == b'-' && bytes[7] == b'-' && bytes[13] == b':' && bytes[16] == b':';
    let (year, month, day) = (number(&text[0..4])?, number(&text[5..7])?, number(&text[8..10])?);
    let (hour, minute, second) = (number(&text[11..13])?, number(&text[14..16])?, number(&text[17..19])?);
    let date = (1970..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_of_month(year, month);
    if !shape || !date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_to_month(year, month) + day - 1;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    let (micros, zone) = fraction(&text[19..])?;
    let offset = offset_seconds(zone)?;
    Some(u64::try_from(i64::try_from(seconds).ok()? - offset).ok()? * 1_000_000 + micros)
}

fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// An optional `.123` in microseconds, and what follows it.
fn fraction(text: &str) -> Option<(u64, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let len = rest.bytes().take_while(u8::is_ascii_digit).count();
    if len == 0 {
        return None;
    }
    let padded: String = rest[..len].chars().chain("000000".chars()).take(6).collect();
    Some((padded.parse().ok()?, &rest[len..]))
}

fn offset_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" || zone == "z" {
        return Some(0);
    }
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if zone.len() != 6 || zone.as_bytes()[3] != b':' {
        return None;
    }
    let (hours, minutes) = (number(&zone[1..3])?, number(&zone[4..6])?);
    (hours < 24 && minutes < 60).then_some(sign * i64::try_from(hours * 3600 + minutes * 60).ok()?)
}
