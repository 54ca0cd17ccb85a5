//! Floating point numbers as Go prints them, where this differs from Rust: the exponent's form and when it is used.

use crate::base::parse_float;

/// `strconv.FormatFloat(value, 'g', -1, 64)`: what go-yaml writes. Finite values only.
pub(super) fn go_general(value: f64) -> String {
    general(&format!("{value:e}"))
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`: what a number becomes as a key.
pub(super) fn go_general_short(value: f64) -> String {
    general(&format!("{:e}", value as f32))
}

/// A float as Go's encoding/json writes it: no exponent from 1e-6 up to 1e21.
pub(super) fn go_json(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-6..1e21).contains(&size) {
        return format!("{value}");
    }
    let (digits, exponent) = parts(&format!("{value:e}"));
    format!("{digits}e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn parts(scientific: &str) -> (String, i32) {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (digits.to_string(), exponent.parse().unwrap_or(0))
}

/// From Rust's shortest scientific form (`-1.25e7`): Go keeps the exponent below 1e-4 and from 1e6 on.
fn general(scientific: &str) -> String {
    let (digits, exponent) = parts(scientific);
    if (-4..6).contains(&exponent) {
        return format!("{}", parse_float(scientific).unwrap_or(0.0));
    }
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_printed_as_go_prints_them() {
        let rows = [
            (100000.5, "100000.5", "100000.5", "100000.5"),
            (1000000.5, "1.0000005e+06", "1.0000005e+06", "1000000.5"),
            (123456789.5, "1.234567895e+08", "1.2345679e+08", "123456789.5"),
            (1e20, "1e+20", "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21", "1e+21"),
            (0.0001, "0.0001", "0.0001", "0.0001"),
            (0.00001, "1e-05", "1e-05", "0.00001"),
            (1.5e-7, "1.5e-07", "1.5e-07", "1.5e-7"),
            (-0.5, "-0.5", "-0.5", "-0.5"),
        ];
        for (value, general, short, json) in rows {
            assert_eq!(go_general(value), general);
            assert_eq!(go_general_short(value), short);
            assert_eq!(go_json(value), json);
        }
    }
}
