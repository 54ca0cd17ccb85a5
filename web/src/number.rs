//! Numbers of the drawing as text. Whole arithmetic: how the standard library writes any `f64` to any precision is several
//! kilobytes of code, which the page would load first.

use std::fmt::{Display, Formatter, Result};

/// To the nearest whole number.
pub fn whole(value: f64) -> i32 {
    (value + 0.5).floor() as i32
}

/// To so many digits behind the point.
pub fn decimal(value: f64, digits: u32) -> Decimal {
    Decimal { scaled: whole(value * f64::from(10_i32.pow(digits))), digits }
}

/// A number with a fixed number of digits behind the point.
#[derive(Clone, Copy)]
pub struct Decimal {
    /// The number times a power of ten.
    scaled: i32,
    /// Which power.
    digits: u32,
}

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.scaled < 0 {
            f.write_str("-")?;
        }
        let digits = self.scaled.unsigned_abs().to_string();
        let behind = self.digits as usize;
        let whole = digits.len().saturating_sub(behind);
        f.write_str(if whole == 0 { "0" } else { &digits[..whole] })?;
        if behind > 0 {
            f.write_str(".")?;
            (digits.len()..behind).try_for_each(|_| f.write_str("0"))?;
            f.write_str(&digits[whole..])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        for value in [0.0, 0.04, 0.06, 0.97, 1.0, 3.24159, 28.0, 1234.5678, -0.06, -3.49, -284.0] {
            assert_eq!(whole(value).to_string(), format!("{value:.0}").replace("-0", "0"));
            for digits in 1..4 {
                let expected = format!("{value:.0$}", digits as usize);
                assert_eq!(decimal(value, digits).to_string(), expected, "{value} to {digits}");
            }
        }
    }

    #[test]
    fn no_digits_are_no_point() {
        assert_eq!(decimal(41.7, 0).to_string(), "42");
    }
}
