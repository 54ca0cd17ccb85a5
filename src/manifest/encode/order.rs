//! The order of keys. Models yaml.v2 sorter.go.

use std::cmp::Ordering;

use serde_json::Value;

/// Merge sort. The order of keys is not transitive (`11Z`, `102Zb`, `10b` go round in a circle), which the standard library's
/// sorts answer with a panic.
pub(super) fn sort_by_key<'a>(mut entries: Vec<(&'a String, &'a Value)>) -> Vec<(&'a String, &'a Value)> {
    if entries.len() < 2 {
        return entries;
    }
    let right = sort_by_key(entries.split_off(entries.len() / 2));
    let left = sort_by_key(entries);
    let mut sorted = Vec::with_capacity(left.len() + right.len());
    let mut right = right.into_iter().peekable();
    for entry in left {
        while let Some(smaller) = right.next_if(|other| compare_keys(other.0, entry.0).is_lt()) {
            sorted.push(smaller);
        }
        sorted.push(entry);
    }
    sorted.extend(right);
    sorted
}

/// The order of keys: letters by their code, other characters before letters, and numbers by their value (`a9` before `a10`).
/// Models yaml.v2 sorter.go `keyList.Less`.
fn compare_keys(a: &str, b: &str) -> Ordering {
    let differs = a.char_indices().zip(b.chars()).find(|((_, x), y)| x != y);
    let Some(((at, x), y)) = differs else { return a.len().cmp(&b.len()) };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // A zero counts as a digit of the number only behind another digit.
    let mut digits_before = a[..at].bytes().rev().take_while(u8::is_ascii_digit);
    let inside_number = (x == '0' || y == '0') && digits_before.any(|digit| digit != b'0');
    let number = |text: &str| {
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit);
        digits.fold((i64::from(inside_number), 0), |(value, count), digit| {
            (value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')), count + 1)
        })
    };
    number(a).cmp(&number(b)).then(x.cmp(&y))
}
