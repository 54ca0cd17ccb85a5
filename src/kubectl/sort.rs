//! `--sort-by`. Models kubectl/pkg/cmd/get/sorter.go.

use std::cmp::Ordering;

use serde_json::Value;

use super::answer::Failure;
use super::item::Item;
use super::print::{compare, relaxed};
use crate::api::{Kind, Quantity};
use crate::base::{sort_by, sort_by_cached_key};

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

/// Puts a list into the order in which the server makes its table: flow schemas by their precedence. Models printFlowSchemaList.
pub(super) fn as_in_tables(items: &mut [Item]) {
    for group in items.chunk_by_mut(|a, b| a.kind() == b.kind()).filter(|group| group[0].kind() == Kind::FlowSchema) {
        let precedence = |item: &Item| item.to_value()["spec"]["matchingPrecedence"].as_i64().unwrap_or_default();
        sort_by_cached_key(group, |item| (precedence(item), item.name()));
    }
}

fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return a.is_some().cmp(&b.is_some()),
    };
    match (a, b) {
        (Value::String(a), Value::String(b)) => match (Quantity::parse(a), Quantity::parse(b)) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(b),
        },
        (a, b) => compare(a, b).unwrap_or(Ordering::Equal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_letter_by_letter_and_amounts_by_what_they_are_worth() {
        // As kubectl 1.32 sorts pods a-10 and a-2 by `.metadata.name`.
        let table = [
            ("a-10", "a-2", Ordering::Less),
            ("a", "b", Ordering::Less),
            ("1Gi", "900Mi", Ordering::Greater),
            ("2026-11-22T17:28:19Z", "2026-11-22T17:28:20Z", Ordering::Less),
        ];
        for (a, b, expected) in table {
            assert_eq!(order(Some(&Value::from(a)), Some(&Value::from(b))), expected, "{a} {b}");
        }
    }
}
