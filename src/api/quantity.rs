//! Quantities of resources: `100m`, `64Mi`, `2`, `1e3`.
//! Models apimachinery/pkg/api/resource. Left out: amounts beyond 1e27, which count as that much; texts that are kept as they were
//! written although there is a shorter one (`+5`).

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

use super::json::{Json, zero};

/// A quantity: an amount, and the form in which it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quantity {
    /// In billionths. What is finer counts as one.
    nano: i128,
    format: Format,
}

/// How a quantity is scaled and printed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Format {
    #[default]
    Decimal,
    Binary,
    Exponent,
}

/// One, in billionths.
const ONE: i128 = 1_000_000_000;
/// The greatest amount there is here, in billionths.
const MOST: i128 = ONE.pow(4);
/// The greatest binary amount, in billionths (quantity.go maxAllowed).
const MOST_BINARY: i128 = i64::MAX as i128 * ONE;
/// The greatest amount in thousandths that fits, a whole number too.
const MOST_MILLI: i128 = (i64::MAX / 1000 * 1000) as i128;
/// So many digits behind the point are reckoned with. No unit below billionths has a name; the rest makes a billionth more.
const FRACTION_DIGITS: i64 = 10;

/// From billionths up.
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
/// From ones up.
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

const BAD_FORM: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const BAD_SUFFIX: &str = "unable to parse quantity's suffix";

impl Quantity {
    /// Reads a quantity. An error says what is wrong with it, in Kubernetes' words. Models quantity.go ParseQuantity.
    pub fn parse(text: &str) -> Result<Quantity, &'static str> {
        let digits_of = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, rest) = unsigned.split_at(digits_of(unsigned));
        let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), |rest| rest.split_at(digits_of(rest)));
        let letters = suffix.bytes().take_while(|b| b"eEinumkKMGTP".contains(b)).count();
        let exponent = suffix[letters..].strip_prefix(['-', '+']).unwrap_or(&suffix[letters..]);
        if text.is_empty() || !exponent.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BAD_FORM);
        }
        // A suffix without any digit is let through: it counts as zero.
        let (mut format, exponent, factor) = unit(suffix).ok_or(BAD_SUFFIX)?;
        let mut nano = billionths(whole, fraction, exponent, factor);
        if format == Format::Binary {
            nano = nano.min(MOST_BINARY);
            format = if (1..ONE).contains(&nano) { Format::Decimal } else { format };
        }
        Ok(Quantity { nano: if text.starts_with('-') { -nano } else { nano }, format })
    }

    /// Its value in thousandths, rounded up; what does not fit is cut off at a whole number.
    pub fn milli(&self) -> i64 {
        round_up(self.nano, ONE / 1000).clamp(-MOST_MILLI, MOST_MILLI) as i64
    }

    /// Its value, rounded up to a whole number.
    pub fn whole(&self) -> i64 {
        round_up(self.nano, ONE).clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// How many times another goes into it, rounded up; one that is zero counts as 1, as `resourceFieldRef` has it.
    pub fn divided_up(&self, divisor: &Quantity) -> i64 {
        let by = if divisor.nano > 0 { divisor.nano } else { ONE };
        round_up(self.nano, by).clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// A whole number.
    pub fn of(number: i64) -> Quantity {
        Quantity { nano: i128::from(number) * ONE, format: Format::Decimal }
    }

    /// The sum, written as the first of the two that is not 0. Models Quantity.Add.
    pub fn plus(&self, other: &Quantity) -> Quantity {
        let first = if self.nano == 0 { other } else { self };
        Quantity { nano: (self.nano + other.nano).clamp(-MOST, MOST), format: first.format }
    }

    /// The difference, written as the first of the two that is not 0. Models Quantity.Sub.
    pub fn minus(&self, other: &Quantity) -> Quantity {
        self.plus(&Quantity { nano: -other.nano, format: other.format })
    }
}

fn round_up(amount: i128, unit: i128) -> i128 {
    // What is below zero was rounded up by the division.
    let whole = amount / unit;
    whole + i128::from(whole * unit < amount)
}

/// What a suffix stands for: a form, a power of ten, a factor. None if it is none.
fn unit(suffix: &str) -> Option<(Format, i64, i128)> {
    if let Some(place) = DECIMAL.iter().position(|name| *name == suffix) {
        return Some((Format::Decimal, 3 * place as i64 - 9, 1));
    }
    if let Some(power) = BINARY.iter().position(|name| *name == suffix) {
        return Some((Format::Binary, 0, 1 << (10 * power)));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    Some((Format::Exponent, exponent, 1))
}

/// A decimal number with its point moved to the right by `exponent` places, times `factor`, in billionths.
fn billionths(whole: &str, fraction: &str, exponent: i64, factor: i128) -> i128 {
    let digits: Vec<i128> = whole.bytes().chain(fraction.bytes()).map(|digit| i128::from(digit - b'0')).collect();
    let Some(last) = digits.iter().rposition(|digit| *digit != 0) else { return 0 };
    // On both sides of the digits there are zeros.
    let digit = |place: i64| usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or_default();
    let point = (whole.len() as i64).saturating_add(exponent);
    let mut units = 0;
    for place in 0..point {
        units = units * 10 + digit(place);
        if units > MOST / ONE {
            return MOST;
        }
    }
    let end = point.saturating_add(FRACTION_DIGITS);
    let parts = (point..end).fold(0, |parts, place| parts * 10 + digit(place)) * factor * ONE;
    let scale = 10_i128.pow(FRACTION_DIGITS as u32);
    let more = i128::from(parts % scale != 0 || last as i64 >= end);
    units.saturating_mul(factor).saturating_mul(ONE).saturating_add(parts / scale + more).min(MOST)
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Quantity) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Quantity) -> Ordering {
        self.nano.cmp(&other.nano)
    }
}

/// The shortest text with a whole number. Models quantity.go CanonicalizeBytes.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        if self.format == Format::Binary && self.nano % ONE == 0 && self.nano.abs() >= 1024 * ONE {
            let (number, power) = without_factor(self.nano / ONE, 1024, BINARY.len() - 1);
            return write!(f, "{number}{}", BINARY[power]);
        }
        if self.format != Format::Exponent {
            let (number, power) = without_factor(self.nano, 1000, DECIMAL.len() - 1);
            return write!(f, "{number}{}", DECIMAL[power]);
        }
        match without_factor(self.nano, 1000, usize::MAX) {
            (number, 3) => write!(f, "{number}"),
            (number, power) => write!(f, "{number}e{}", 3 * power as i64 - 9),
        }
    }
}

/// Takes a factor out of a number other than 0, as often as it is in it, but at most `most` times; and how often that was.
fn without_factor(mut number: i128, factor: i128, most: usize) -> (i128, usize) {
    let mut times = 0;
    while times < most && number % factor == 0 {
        (number, times) = (number / factor, times + 1);
    }
    (number, times)
}

impl Json for Quantity {
    fn read(value: &Value) -> Quantity {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return Quantity::default(),
        };
        Quantity::parse(&text).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        Some(Value::from(self.to_string()))
    }
}

zero! { Quantity => Value::from("0") }

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_default()
    }

    #[test]
    fn sums_are_written_as_their_first_part() {
        let table: [(&[&str], &str); 9] = [
            (&["500m", "500m"], "1"), (&["512Mi", "512Mi"], "1Gi"), (&["0", "1Ki"], "1Ki"), (&["1Gi", "1M"], "1074741824"), (&["2", "0"], "2"),
            (&["1Gi", "512Mi"], "1536Mi"), (&["0", "64Mi", "64Mi"], "128Mi"), (&["1Gi", "258176"], "1074000000"), (&[], "0"),
        ];
        for (parts, sum) in table {
            let total = parts.iter().fold(Quantity::default(), |total, part| total.plus(&read(part)));
            assert_eq!(total.to_string(), sum, "{parts:?}");
        }
        assert_eq!(read("1Gi").minus(&read("512Mi")).to_string(), "512Mi");
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
            assert_eq!((read(text).to_string().as_str(), read(text).milli()), (canonical, milli), "{text}");
        }
    }

    /// As `kubectl create quota --dry-run=client` of 1.32 writes them.
    #[test]
    fn rare_forms_are_made_canonical() {
        let table = [
            ("m", "0"), ("Mi", "0"), (".", "0"), ("-", "0"), ("1e-3", "1e-3"), ("100u", "100u"), ("250n", "250n"), ("12E", "12E"),
            ("8Ei", "9223372036854775807"), ("999999999999999999Ei", "9223372036854775807"), ("1.5e0", "1500e-3"), ("0.5Ki", "512"),
            ("1024000Ki", "1000Mi"), ("1e18", "1e18"), ("1e27", "1e27"), ("123456789123456789123456789", "123456789123456789123456789"),
            ("0.0000000001", "1n"), ("-5m", "-5m"), ("-1Ki", "-1Ki"), ("1234567u", "1234567u"), ("0.3333333333Gi", "357913941297541940n"),
            ("15e2", "1500"), ("1.0000000001k", "1000000000100n"), ("-0", "0"), ("0.0005Ki", "512m"), ("3e-10", "1e-9"), ("1e-12", "1e-9"),
        ];
        for (text, canonical) in table {
            assert_eq!(read(text).to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn amounts_that_do_not_fit_are_cut_off() {
        let table = [
            ("8Ei", i64::MAX / 1000 * 1000, i64::MAX), ("-8Ei", i64::MIN / 1000 * 1000, -i64::MAX), ("1e400", i64::MAX / 1000 * 1000, i64::MAX),
            ("1e9223372036854775807", i64::MAX / 1000 * 1000, i64::MAX), ("1e-9223372036854775808", 1, 1), ("0e9223372036854775807", 0, 0),
        ];
        for (text, milli, whole) in table {
            assert_eq!((read(text).milli(), read(text).whole()), (milli, whole), "{text}");
            assert!([milli, milli.saturating_mul(2).clamp(i64::MIN / 1000 * 1000, i64::MAX / 1000 * 1000)].contains(&read(text).plus(&read(text)).milli()), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused_in_the_words_of_kubernetes() {
        let (suffix, form) = (Err(BAD_SUFFIX), Err(BAD_FORM));
        let rows = [
            ("1", Ok(())), ("0.5", Ok(())), (".5", Ok(())), ("1.", Ok(())), ("-100m", Ok(())), ("1e3", Ok(())), ("1E-3", Ok(())), ("1E", Ok(())),
            ("64Mi", Ok(())), ("100MB", form), ("64Mib", form), ("", form), ("lots", form), ("1 Gi", form), ("1..2", form), ("5K", suffix),
            ("5mm", suffix), ("1e", suffix), ("m", Ok(())), (".", Ok(())), ("1x", form), ("1.2.3", form), ("--1", suffix), ("1 Mi", form),
            ("1Ei5", suffix), ("é", form),
        ];
        for (text, expected) in rows {
            assert_eq!(Quantity::parse(text).map(|_| ()), expected, "{text:?}");
        }
    }
}
