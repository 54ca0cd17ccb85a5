//! `--sort-by`. Models kubectl/pkg/cmd/get/sorter.go.

use std::cmp::Ordering;

use serde_json::Value;

use super::answer::Failure;
use super::item::Item;
use super::print::{compare, relaxed};
use crate::api::Quantity;
use crate::base::sort_by;

/// Sorts by the value at a path; what has none comes first.
pub(super) fn by_path(items: &mut [Item], path: &str) -> Result<(), Failure> {
    let expression = relaxed(path).map_err(Failure::Own)?;
    let mut keyed: Vec<(Option<Value>, Item)> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let value = item.to_value();
        let found = expression.find(&value).map_err(Failure::Own)?;
        keyed.push((found.first().map(|found| (*found).clone()).filter(|found| !found.is_null()), item.clone()));
    }
    if !keyed.is_empty() && keyed.iter().all(|(key, _)| key.is_none()) {
        let shown = if path.starts_with('{') { path.to_owned() } else { format!("{{.{}}}", path.trim_start_matches('.')) };
        return Err(Failure::Own(format!("couldn't find any field with path \"{shown}\" in the list of objects")));
    }
    sort_by(&mut keyed, |(a, _), (b, _)| order(a.as_ref(), b.as_ref()));
    for (place, (_, item)) in items.iter_mut().zip(keyed) {
        *place = item;
    }
    Ok(())
}

fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_some().cmp(&b.is_some()),
    };
    match (a, b) {
        (Value::String(a), Value::String(b)) => match (Quantity::parse(a), Quantity::parse(b)) {
            (Some(a), Some(b)) => a.milli().cmp(&b.milli()),
            _ => natural(a, b),
        },
        (a, b) => compare(a, b).unwrap_or(Ordering::Equal),
    }
}

/// Runs of digits by their value: `pod-2` before `pod-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
        if digits_a > 0 && digits_b > 0 {
            let (number_a, number_b) = (a[..digits_a].trim_start_matches('0'), b[..digits_b].trim_start_matches('0'));
            let by_value = number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b));
            if by_value != Ordering::Equal {
                return by_value;
            }
            (a, b) = (&a[digits_a..], &b[digits_b..]);
            continue;
        }
        let (Some(first_a), Some(first_b)) = (a.chars().next(), b.chars().next()) else { return a.len().cmp(&b.len()) };
        if first_a != first_b {
            return first_a.cmp(&first_b);
        }
        (a, b) = (&a[first_a.len_utf8()..], &b[first_b.len_utf8()..]);
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_are_compared_by_value() {
        let table = [
            ("pod-2", "pod-10", Ordering::Less),
            ("a", "b", Ordering::Less),
            ("a1b", "a1c", Ordering::Less),
            ("a", "a1", Ordering::Less),
            ("x02", "x2", Ordering::Equal),
            ("2026-11-22T17:28:19Z", "2026-11-22T17:28:20Z", Ordering::Less),
        ];
        for (a, b, expected) in table {
            assert_eq!(natural(a, b), expected, "{a} {b}");
        }
    }
}
