//! Lengths of time as Go writes them: `1h30m`, `90s`, `500ms`, `-1.5s`. Models Go's time.ParseDuration, with its errors.

/// Nanoseconds of each unit.
const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// So many digits of a number are read; the rest is less than a nanosecond, or beyond all use.
const MAX_DIGITS: usize = 18;

/// Nanoseconds; or Go's text about what is wrong.
pub fn go_duration(text: &str) -> Result<i64, String> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let invalid = || format!("time: invalid duration \"{text}\"");
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let is_number = |b: u8| b.is_ascii_digit() || b == b'.';
    let mut nanos: i128 = 0;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.bytes().position(|b| !is_number(b)).unwrap_or(rest.len()));
        let (unit, left) = after.split_at(after.bytes().position(is_number).unwrap_or(after.len()));
        if number.bytes().all(|b| b == b'.') {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration \"{text}\""));
        }
        let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("time: unknown unit \"{unit}\" in duration \"{text}\""));
        };
        nanos = scaled(number, *scale).and_then(|more| nanos.checked_add(more)).ok_or_else(invalid)?;
        rest = left;
    }
    // Go keeps them in 63 bits.
    i64::try_from(nanos).map(|nanos| if negative { -nanos } else { nanos }).map_err(|_| invalid())
}

/// A decimal number times `scale`; None if it has two points, or is too large.
fn scaled(number: &str, scale: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.get(..MAX_DIGITS).unwrap_or(fraction);
    if whole.len() > MAX_DIGITS {
        return None;
    }
    let value = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let divisor = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    Some(value(whole)? * scale + value(fraction)? * scale / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_does() {
        let table = [
            ("30s", Ok(30_000_000_000)),
            ("1m30s", Ok(90_000_000_000)),
            ("1.5h", Ok(5_400_000_000_000)),
            ("-1s", Ok(-1_000_000_000)),
            ("+5ns", Ok(5)),
            ("0", Ok(0)),
            (".5µs", Ok(500)),
            ("0.3333333333333333333h", Ok(1_200_000_000_000 - 1)),
            ("5", Err("time: missing unit in duration \"5\"")),
            ("5d", Err("time: unknown unit \"d\" in duration \"5d\"")),
            (".s", Err("time: invalid duration \".s\"")),
            ("1.2.3s", Err("time: invalid duration \"1.2.3s\"")),
            ("", Err("time: invalid duration \"\"")),
            ("abc", Err("time: invalid duration \"abc\"")),
            ("3000000h", Err("time: invalid duration \"3000000h\"")),
        ];
        for (text, nanos) in table {
            assert_eq!(go_duration(text), nanos.map_err(str::to_owned), "{text}");
        }
    }
}
