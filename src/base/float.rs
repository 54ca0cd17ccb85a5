//! Floating point numbers from text, rounded correctly, as the standard library does it but without its ten kilobytes of tables:
//! few numbers are read here. Left out: the words for infinities and not-a-number.

/// More digits than this only matter by being there.
const MAX_DIGITS: usize = 800;

/// A decimal number with an optional sign, fraction and exponent. Too large ones become infinite.
pub fn parse_float(text: &str) -> Option<f64> {
    let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut digits: Vec<u8> = all().skip_while(|byte| *byte == b'0').map(|byte| byte - b'0').collect();
    let mut exponent = exponent - fraction.len() as i64;
    if digits.len() > MAX_DIGITS {
        exponent += (digits.len() - MAX_DIGITS) as i64;
        let more = digits.split_off(MAX_DIGITS).iter().any(|digit| *digit != 0);
        if more {
            digits.push(1);
            exponent -= 1;
        }
    }
    let size = digits.len() as i64 + exponent;
    let value = match size {
        _ if digits.is_empty() || size < -330 => 0.0,
        310.. => f64::INFINITY,
        _ => round(&digits, exponent as i32),
    };
    Some(if negative { -value } else { value })
}

/// An exponent; one too large to matter is cut short.
fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.bytes().fold(0_i64, |value, byte| (value * 10 + i64::from(byte - b'0')).min(1 << 40));
    Some(if text.starts_with('-') { -value } else { value })
}

/// Digits times a power of ten: as a whole number times a power of two, with all its digits, then rounded half to even.
fn round(digits: &[u8], exponent: i32) -> f64 {
    let mut number = Big(Vec::new());
    for digit in digits {
        number.multiply_add(10, u32::from(*digit));
    }
    let (mut scale, mut inexact) = (0, false);
    for _ in 0..exponent {
        number.multiply_add(10, 0);
    }
    if exponent < 0 {
        // A power of ten has less than four bits a digit, and more than two words must be left.
        let words = exponent.unsigned_abs() as usize / 8 + 4;
        number.0.splice(0..0, std::iter::repeat_n(0, words));
        scale = -32 * words as i32;
        for _ in exponent..0 {
            inexact |= number.divide(10) != 0;
        }
    }
    let top = number.bits() - 1 + scale;
    let weight = (top - 52).max(-1074);
    let dropped = weight - scale;
    let mut kept = number.bits_from(dropped);
    if dropped > 0 && number.bit(dropped - 1) && (kept & 1 == 1 || inexact || (0..dropped - 1).any(|place| number.bit(place))) {
        kept += 1;
    }
    // The bit before the point is not stored; a carry out of the others raises the exponent by itself.
    let bits = (((weight + 1075) as u64) << 52) + kept - (1 << 52);
    f64::from_bits(bits.min(f64::INFINITY.to_bits()))
}

/// A whole number, its lowest word first.
struct Big(Vec<u32>);

impl Big {
    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for word in &mut self.0 {
            carry += u64::from(*word) * u64::from(factor);
            *word = carry as u32;
            carry >>= 32;
        }
        if carry != 0 {
            self.0.push(carry as u32);
        }
    }

    /// Divides; answers with what is left over.
    fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0;
        for word in self.0.iter_mut().rev() {
            let here = (rest << 32) | u64::from(*word);
            *word = (here / u64::from(divisor)) as u32;
            rest = here % u64::from(divisor);
        }
        rest as u32
    }

    /// How many bits it has.
    fn bits(&self) -> i32 {
        let words = self.0.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        let top = words.checked_sub(1).map_or(0, |last| self.0[last]);
        32 * words as i32 - top.leading_zeros() as i32
    }

    fn bit(&self, place: i32) -> bool {
        self.0.get(place as usize / 32).is_some_and(|word| word >> (place % 32) & 1 == 1)
    }

    /// The bits from a place on; before the first there are zeros. They are not more than 53.
    fn bits_from(&self, place: i32) -> u64 {
        (place..self.bits().max(place)).rev().fold(0, |value, place| value << 1 | u64::from(place >= 0 && self.bit(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Random;

    #[test]
    fn it_reads_as_the_standard_library_does() {
        let long = format!("0.{}1{}", "0".repeat(40), "9".repeat(900));
        let rows = [
            "0", "-0", "1", "1.", ".5", "-1.5e3", "1e22", "1e23", "9007199254740993", "9007199254740993.0000000000000000000000001", "1e308",
            "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "1e-308", "2.2250738585072011e-308", "5e-324", "2.4703282292062327e-324",
            "2.4703282292062328e-324", "1e-400", "1e99999999999999999999", "-1e-99999999999999999999", "00012.500", "123456789012345678901234567890",
            "0.1", "0.3", "3.14159265358979323846", "8.5e-7", "", ".", "e5", "1e", "1e+", "+-1", "1_0", "0x10", " 1", "--1", "+1e+5", &long,
        ];
        let mut texts: Vec<String> = rows.iter().map(|text| (*text).to_owned()).collect();
        let mut random = Random::stream(3, "float");
        for _ in 0..3000 {
            texts.push(format!("{:e}", f64::from_bits(random.bits()).abs()).replace("NaN", "1").replace("inf", "2"));
            texts.push(format!("{}.{}e{}", random.below(1000), random.bits(), random.below(640) as i64 - 340));
        }
        for text in texts {
            assert_eq!(parse_float(&text).map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits), "{text}");
        }
    }
}
