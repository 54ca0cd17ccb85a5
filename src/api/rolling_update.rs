//! The pace of rolling updates, in pods or percentages of them.

use super::IntOrString;
use super::json::record;

record! {
    /// The pace of a rolling update. A percentage is one of the pods that are wanted.
    pub struct RollingUpdate {
        /// How many pods there may be more than wanted.
        max_surge: Option<IntOrString> = "maxSurge",
        /// How many pods may be unavailable.
        max_unavailable: Option<IntOrString> = "maxUnavailable",
    }
}

impl IntOrString {
    /// The number meant where all is `total`; what is no percentage of it counts as 0.
    /// Models apimachinery/pkg/util/intstr GetScaledValueFromIntOrPercent.
    pub fn scaled(&self, total: i32, rounding: Rounding) -> i32 {
        let percent = match self {
            IntOrString::Int(number) => return *number,
            IntOrString::Text(text) => text.strip_suffix('%').and_then(|digits| digits.parse::<u32>().ok()).unwrap_or_default(),
        };
        let hundredths = i64::from(percent) * i64::from(total);
        let number = match rounding {
            Rounding::Up => hundredths.div_euclid(100) + i64::from(hundredths.rem_euclid(100) != 0),
            Rounding::Down => hundredths.div_euclid(100),
        };
        i32::try_from(number).unwrap_or(i32::MAX)
    }
}

/// Where a fraction of a pod goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It counts as one.
    Up,
    /// It does not count.
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded() {
        let table = [
            (IntOrString::Int(3), 10, 3, 3), (IntOrString::Text("25%".into()), 10, 3, 2), (IntOrString::Text("25%".into()), 4, 1, 1),
            (IntOrString::Text("0%".into()), 4, 0, 0), (IntOrString::Text("100%".into()), 7, 7, 7), (IntOrString::Text("x".into()), 7, 0, 0),
        ];
        for (value, total, up, down) in table {
            assert_eq!((value.scaled(total, Rounding::Up), value.scaled(total, Rounding::Down)), (up, down), "{value} of {total}");
        }
    }
}
