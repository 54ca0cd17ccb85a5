//! Strings that hold something else: times, base64. Says in Go's words what is wrong with them.

/// The layout in which Kubernetes writes and reads times.
const TIME_LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// The layout with microseconds.
const MICRO_TIME_LAYOUT: &str = "2006-01-02T15:04:05.000000Z07:00";

/// What is wrong with a time. Models Go's time.Parse.
pub(super) fn time_problem(text: &str, micro: Precision) -> Option<String> {
    let layout = if micro == Precision::Micros { MICRO_TIME_LAYOUT } else { TIME_LAYOUT };
    let problem = match parse_time(text, micro) {
        Ok(()) => return None,
        Err(TimeProblem::Element { rest, element }) => {
            format!("parsing time {text:?} as {layout:?}: cannot parse {rest:?} as {element:?}")
        }
        Err(TimeProblem::Range(what)) => format!("parsing time {text:?}: {what} out of range"),
        Err(TimeProblem::Extra(rest)) => format!("parsing time {text:?}: extra text: {rest:?}"),
    };
    Some(problem)
}

/// How finely a time is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Precision {
    Seconds,
    Micros,
}

enum TimeProblem<'a> {
    Element { rest: &'a str, element: &'static str },
    Range(&'static str),
    Extra(&'a str),
}

fn parse_time(text: &str, precision: Precision) -> Result<(), TimeProblem<'_>> {
    let mut rest = text;
    let mut fields = [0u32; 6];
    let elements = [("2006", 4, "-"), ("01", 2, "-"), ("02", 2, "T"), ("15", 2, ":"), ("04", 2, ":"), ("05", 2, "")];
    for (field, (element, width, separator)) in fields.iter_mut().zip(elements) {
        let digits = rest.bytes().take(width).take_while(u8::is_ascii_digit).count();
        // Hours may have one digit only.
        if digits != width && !(element == "15" && digits == 1) {
            return Err(TimeProblem::Element { rest, element });
        }
        *field = rest[..digits].parse().unwrap_or(0);
        rest = &rest[digits..];
        let range = match element {
            "01" => (1..=12).contains(field).then_some(()).ok_or("month"),
            "15" => (*field < 24).then_some(()).ok_or("hour"),
            "04" => (*field < 60).then_some(()).ok_or("minute"),
            "05" => (*field < 60).then_some(()).ok_or("second"),
            _ => Ok(()),
        };
        range.map_err(TimeProblem::Range)?;
        rest = rest.strip_prefix(separator).ok_or(TimeProblem::Element { rest, element: separator })?;
    }
    let is_leap = fields[0].is_multiple_of(4) && (!fields[0].is_multiple_of(100) || fields[0].is_multiple_of(400));
    let days = match fields[1] {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day_ok = (1..=days).contains(&fields[2]);
    let rest = fraction(rest, precision)?;
    let rest = zone(rest)?;
    if !rest.is_empty() {
        return Err(TimeProblem::Extra(rest));
    }
    if day_ok { Ok(()) } else { Err(TimeProblem::Range("day")) }
}

/// A fraction of a second may always follow; six digits of it must, where microseconds are kept.
fn fraction(rest: &str, precision: Precision) -> Result<&str, TimeProblem<'_>> {
    let digits = rest.strip_prefix(['.', ',']).map_or(0, |digits| digits.bytes().take_while(u8::is_ascii_digit).count());
    match precision {
        Precision::Micros if digits != 6 => Err(TimeProblem::Element { rest, element: ".000000" }),
        _ if digits == 0 => Ok(rest),
        _ => Ok(&rest[1 + digits..]),
    }
}

fn zone(rest: &str) -> Result<&str, TimeProblem<'_>> {
    if let Some(rest) = rest.strip_prefix('Z') {
        return Ok(rest);
    }
    let bytes = rest.as_bytes();
    let is_offset = bytes.len() >= 6
        && matches!(bytes[0], b'+' | b'-')
        && bytes[3] == b':'
        && [1, 2, 4, 5].iter().all(|at| bytes[*at].is_ascii_digit());
    if is_offset { Ok(&rest[6..]) } else { Err(TimeProblem::Element { rest, element: "Z07:00" }) }
}

/// Where base64 goes wrong. Models Go's encoding/base64 `CorruptInputError`; line breaks are passed over.
pub(super) fn base64_problem(text: &str) -> Option<String> {
    let bytes: Vec<(usize, u8)> = text.bytes().enumerate().filter(|(_, b)| !matches!(b, b'\n' | b'\r')).collect();
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    let digits = bytes.iter().take_while(|(_, b)| is_digit(*b)).count();
    let at = match &bytes[digits..] {
        [] if digits % 4 == 0 => return None,
        [] => text.len() - digits % 4,
        [(_, b'=')] if digits % 4 == 3 => return None,
        [(_, b'='), (_, b'=')] if digits % 4 == 2 => return None,
        [(_, b'=')] if digits % 4 == 2 => text.len(),
        [(_, b'='), (_, b'='), (after, _), ..] if digits % 4 == 2 => *after,
        [(_, b'='), (after, _), ..] if digits % 4 == 3 => *after,
        [(_, b'='), (after, _), ..] if digits % 4 == 2 => after - 1,
        [(at, _), ..] => *at,
    };
    Some(format!("illegal base64 data at input byte {at}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let layout = "\"2006-01-02T15:04:05Z07:00\"";
        let rows = [
            ("2026-11-22T17:30:53Z", None),
            ("2026-11-22T7:30:53.25+09:00", None),
            ("abc", Some(format!("parsing time \"abc\" as {layout}: cannot parse \"abc\" as \"2006\""))),
            ("2026-11-22", Some(format!("parsing time \"2026-11-22\" as {layout}: cannot parse \"\" as \"T\""))),
            ("2026-13-22T17:30:53Z", Some("parsing time \"2026-13-22T17:30:53Z\": month out of range".to_string())),
            ("2026-02-29T17:30:53Z", Some("parsing time \"2026-02-29T17:30:53Z\": day out of range".to_string())),
            ("2026-11-22T17:30:53Zx", Some("parsing time \"2026-11-22T17:30:53Zx\": extra text: \"x\"".to_string())),
        ];
        for (text, problem) in rows {
            assert_eq!(time_problem(text, Precision::Seconds), problem, "{text:?}");
        }
        assert!(time_problem("2026-11-22T17:30:53Z", Precision::Micros).is_some());
        assert_eq!(time_problem("2026-11-22T17:30:53.000000Z", Precision::Micros), None);
    }

    #[test]
    fn base64() {
        let rows = [
            ("", None),
            ("aGVsbG8=", None),
            ("aGVs\nbG8=", None),
            ("hello", Some(4)),
            ("hello!", Some(5)),
            ("aGVsbG8", Some(4)),
            ("aG=", Some(3)),
            ("a===", Some(1)),
            ("aGVsbG8=x", Some(8)),
        ];
        for (text, at) in rows {
            let problem = at.map(|at: usize| format!("illegal base64 data at input byte {at}"));
            assert_eq!(base64_problem(text), problem, "{text:?}");
        }
    }
}
