//! What a scalar without quotes means in YAML 1.1: `yes` is true, `0755` is 493, `~` is nothing. Models yaml.v2 resolve.go.

/// The meaning of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    /// Looks like a date; it is read as a string, but such a string must be quoted when it is written.
    Timestamp,
    String,
}

/// What these characters mean where quotes do not say that they are a string.
pub fn resolve(text: &str) -> Resolved {
    match text.bytes().next() {
        None => Resolved::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => resolve_word(text),
        Some(b'.') => match text {
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" => Resolved::Float(f64::INFINITY),
            _ => parse_grouped_float(text).map_or(Resolved::String, Resolved::Float),
        },
        Some(b'+' | b'-' | b'0'..=b'9') => resolve_number(text),
        Some(_) => Resolved::String,
    }
}

fn resolve_word(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Resolved::Bool(false),
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        _ => Resolved::String,
    }
}

fn resolve_number(text: &str) -> Resolved {
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ if is_timestamp(text) => return Resolved::Timestamp,
        _ => {}
    }
    let digits = text.replace('_', "");
    if let Some(integer) = parse_integer(&digits) {
        return integer;
    }
    if is_decimal_float(&digits) {
        return parse_float(&digits).map_or(Resolved::String, Resolved::Float);
    }
    Resolved::String
}

/// An integer as Go reads it with base 0: `0x`, `0o`, `0b` or a leading `0` choose the base. One of more than 64 bits is none
/// (if it is decimal, it will do as a float).
fn parse_integer(text: &str) -> Option<Resolved> {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (base, digits) = match rest.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &rest[2..]),
        [b'0', b'o' | b'O', ..] => (8, &rest[2..]),
        [b'0', b'b' | b'B', ..] => (2, &rest[2..]),
        [b'0', _, ..] => (8, &rest[1..]),
        _ => (10, rest),
    };
    if !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    let value = u64::from_str_radix(digits, base).ok()?;
    if text.starts_with('-') {
        return 0i64.checked_sub_unsigned(value).map(Resolved::Int);
    }
    match i64::try_from(value) {
        Ok(value) => Some(Resolved::Int(value)),
        // ParseUint, which comes second, knows no signs.
        Err(_) => (!text.starts_with('+')).then_some(Resolved::Uint(value)),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_ok = all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        !e.is_empty() && all_digits(e)
    });
    mantissa_ok && exponent_ok
}

/// A finite float; a number too large for one is none.
fn parse_float(text: &str) -> Option<f64> {
    crate::base::parse_float(text).filter(|value| value.is_finite())
}

/// A float in which underscores may stand between digits, as Go's ParseFloat reads it.
fn parse_grouped_float(text: &str) -> Option<f64> {
    let is_digit = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let well_grouped = text.match_indices('_').all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    if well_grouped { parse_float(&text.replace('_', "")) } else { None }
}

/// Whether go-yaml takes this for a date, with or without a time.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 5 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return false;
    }
    let year: u32 = text[..4].parse().unwrap_or(0);
    let Some((month, rest)) = short_number(&text[5..]) else { return false };
    let Some((day, rest)) = rest.strip_prefix('-').and_then(short_number) else { return false };
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return false;
    }
    match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => time_of_day(&rest[1..]).is_some_and(is_zone),
        Some(b' ') => time_of_day(&rest[1..]).is_some_and(str::is_empty),
        Some(_) => false,
    }
}

/// One or two digits and what follows.
fn short_number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

fn days_in(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Hours, minutes, seconds with an optional fraction; gives back what follows.
fn time_of_day(text: &str) -> Option<&str> {
    let (hour, rest) = short_number(text)?;
    let (minute, rest) = short_number(rest.strip_prefix(':')?)?;
    let (second, rest) = short_number(rest.strip_prefix(':')?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &fraction[digits..])
}

/// `Z` or an offset such as `+09:00`.
fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let number = |a: &u8, b: &u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| (a - b'0') * 10 + (b - b'0'));
            number(h1, h2).is_some_and(|h| h <= 24) && number(m1, m2).is_some_and(|m| m < 60)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_go_yaml_takes_them_for() {
        let rows = [
            ("", Resolved::Null),
            ("~", Resolved::Null),
            ("nULL", Resolved::String),
            ("y", Resolved::Bool(true)),
            ("yES", Resolved::String),
            ("off", Resolved::Bool(false)),
            ("0755", Resolved::Int(493)),
            ("0o755", Resolved::Int(493)),
            ("0x1F", Resolved::Int(31)),
            ("0b101", Resolved::Int(5)),
            ("-0b101", Resolved::Int(-5)),
            ("089", Resolved::Float(89.0)),
            ("1_000", Resolved::Int(1000)),
            ("+7", Resolved::Int(7)),
            ("-", Resolved::String),
            ("18446744073709551615", Resolved::Uint(u64::MAX)),
            ("18446744073709551616", Resolved::Float(18446744073709551616.0)),
            ("-9223372036854775808", Resolved::Int(i64::MIN)),
            ("1e3", Resolved::Float(1000.0)),
            ("1.", Resolved::Float(1.0)),
            (".5", Resolved::Float(0.5)),
            (".1_5", Resolved::Float(0.15)),
            ("._5", Resolved::String),
            (".", Resolved::String),
            ("1e400", Resolved::String),
            (".inf", Resolved::Float(f64::INFINITY)),
            ("-.INF", Resolved::Float(f64::NEG_INFINITY)),
            ("1.2.3", Resolved::String),
            ("10m", Resolved::String),
            ("1:30", Resolved::String),
            ("2026-11-22", Resolved::Timestamp),
            ("2026-02-29", Resolved::String),
            ("2024-2-29", Resolved::Timestamp),
            ("2026-11-22T17:30:53Z", Resolved::Timestamp),
            ("2026-11-22t7:3:5.25+09:00", Resolved::Timestamp),
            ("2026-11-22 17:30:53", Resolved::Timestamp),
            ("2026-11-22 17:30:53Z", Resolved::String),
            ("20261122", Resolved::Int(20261122)),
        ];
        for (text, meaning) in rows {
            assert_eq!(resolve(text), meaning, "{text:?}");
        }
    }
}
