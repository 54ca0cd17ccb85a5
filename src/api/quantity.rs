//! Quantities of resources: `100m`, `64Mi`, `2`, `1e3`.
//! Models apimachinery/pkg/api/resource. Numbers finer than a thousandth are rounded up, as Kubernetes does for finer than nano.

use std::fmt;

use serde_json::Value;

use super::json::{Json, zero};
use crate::base::Name;

/// A quantity: the canonical text and its value.
#[derive(Clone, Debug, Default)]
pub struct Quantity {
    text: Name,
    milli: i64,
}

impl Quantity {
    /// Reads a quantity. None if it is none.
    pub fn parse(text: &str) -> Option<Quantity> {
        let (milli, suffix) = parse_milli(text)?;
        Some(Quantity { text: canonical(milli, suffix).into(), milli: i64::try_from(milli).unwrap_or(i64::MAX) })
    }

    /// Its value in thousandths.
    pub fn milli(&self) -> i64 {
        self.milli
    }

    /// Its value, rounded up to a whole number.
    pub fn whole(&self) -> i64 {
        self.milli.div_euclid(1000) + i64::from(self.milli.rem_euclid(1000) != 0)
    }

    /// A whole number.
    pub fn of(number: i64) -> Quantity {
        Quantity { text: Name::from(canonical(i128::from(number) * 1000, Format::Decimal)), milli: number.saturating_mul(1000) }
    }

    /// The sum, written as the first of the two that is not 0.
    /// Models apimachinery/pkg/api/resource Quantity.Add.
    pub fn plus(&self, other: &Quantity) -> Quantity {
        let read = |quantity: &Quantity| parse_milli(&quantity.text).unwrap_or((0, Format::Decimal));
        let ((own, own_format), (more, more_format)) = (read(self), read(other));
        let (sum, format) = (own + more, if own == 0 { more_format } else { own_format });
        Quantity { text: canonical(sum, format).into(), milli: i64::try_from(sum).unwrap_or(i64::MAX) }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.milli == other.milli
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Json for Quantity {
    fn read(value: &Value) -> Quantity {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Quantity::default(),
        };
        Quantity::parse(&text).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        Some(Value::from(if self.text.is_empty() { "0" } else { self.text.as_str() }))
    }
}

zero! { Quantity => Value::from("0") }

/// How a quantity is scaled and printed.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Decimal,
    Binary,
    Exponent,
}

const DECIMAL: [(&str, i128); 8] = [
    ("m", 1),
    ("", 1_000),
    ("k", 1_000_000),
    ("M", 1_000_000_000),
    ("G", 1_000_000_000_000),
    ("T", 1_000_000_000_000_000),
    ("P", 1_000_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000_000),
];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

fn parse_milli(text: &str) -> Option<(i128, Format)> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let end = rest.bytes().position(|b| !b.is_ascii_digit() && b != b'.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') || whole.len() > 18 || fraction.len() > 12 {
        return None;
    }
    let (scale, format) = scale_of(suffix)?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let divisor = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let product = digits.checked_mul(scale)?;
    Some((sign * (product / divisor + i128::from(product % divisor != 0)), format))
}

/// The factor of a suffix in thousandths. `u` and `n` round up to a thousandth.
fn scale_of(suffix: &str) -> Option<(i128, Format)> {
    if let Some((_, scale)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((*scale, Format::Decimal));
    }
    if let Some(power) = BINARY.iter().position(|name| *name == suffix) {
        return Some((1000 * 1024_i128.pow(u32::try_from(power).ok()?), Format::Binary));
    }
    let exponent: u32 = suffix.strip_prefix(['e', 'E'])?.trim_start_matches('+').parse().ok()?;
    (exponent <= 18).then(|| (1000 * 10_i128.pow(exponent), Format::Exponent))
}

/// The shortest text with a whole number: Kubernetes' canonical form.
fn canonical(milli: i128, format: Format) -> String {
    match format {
        Format::Binary if milli % 1000 == 0 && milli.abs() >= 1_024_000 => {
            let (mut number, mut power) = (milli / 1000, 0);
            while number % 1024 == 0 && power + 1 < BINARY.len() && number != 0 {
                (number, power) = (number / 1024, power + 1);
            }
            format!("{number}{}", BINARY[power])
        }
        Format::Exponent if milli % 1000 == 0 => {
            let (mut number, mut exponent) = (milli / 1000, 0);
            while number % 1000 == 0 && number != 0 {
                (number, exponent) = (number / 1000, exponent + 3);
            }
            if exponent == 0 { number.to_string() } else { format!("{number}e{exponent}") }
        }
        _ => {
            let (name, scale) = DECIMAL.iter().rev().find(|(_, scale)| milli % scale == 0).unwrap_or(&DECIMAL[0]);
            if milli == 0 { "0".to_owned() } else { format!("{}{name}", milli / scale) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_as_their_first_part() {
        let table = [("500m", "500m", "1"), ("512Mi", "512Mi", "1Gi"), ("0", "1Ki", "1Ki"), ("1Gi", "1M", "1074741824"), ("2", "0", "2")];
        for (a, b, sum) in table {
            let read = |text: &str| Quantity::parse(text).unwrap_or_default();
            assert_eq!(read(a).plus(&read(b)).to_string(), sum, "{a} + {b}");
        }
        assert_eq!(Quantity::of(1500).to_string(), "1500");
    }

    #[test]
    fn quantities_are_read_and_made_canonical() {
        let table = [
            ("100m", "100m", 100), ("0.5", "500m", 500), ("1000m", "1", 1000), ("64Mi", "64Mi", 67_108_864_000),
            ("1024Mi", "1Gi", 1_073_741_824_000), ("2", "2", 2000), ("1500", "1500", 1_500_000), ("2000", "2k", 2_000_000),
            ("1e3", "1e3", 1_000_000), ("0", "0", 0), ("0.1Gi", "107374182400m", 107_374_182_400),
            ("24684092Ki", "24684092Ki", 25_276_510_208_000),
        ];
        for (text, canonical, milli) in table {
            let quantity = Quantity::parse(text).unwrap_or_default();
            assert_eq!((quantity.to_string().as_str(), quantity.milli()), (canonical, milli), "{text}");
        }
        for bad in ["", "m", "1x", "1.2.3", "Mi", "--1", "1 Mi"] {
            assert!(Quantity::parse(bad).is_none(), "{bad}");
        }
    }
}
