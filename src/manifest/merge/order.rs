//! In which order the items of a merged list stand. Models strategicpatch `normalizeElementOrder`.

use serde_json::Value;

use super::{PATCH, Patched, key_value};

/// Whether two items are the same one: by their key, or for plain values by the value.
fn is_same(a: &Value, b: &Value, key: Option<&str>) -> bool {
    match key {
        Some(key) => matches!((a.get(key), b.get(key)), (Some(a), Some(b)) if a == b),
        None => a == b,
    }
}

fn place_in(list: &[Value], item: &Value, key: Option<&str>) -> Option<usize> {
    list.iter().position(|other| is_same(other, item, key))
}

/// Put the items into the order of the patch, and between them those that only the target has, where they stood. Items that
/// are new stand before items that the patch does not name.
pub(super) fn arrange(merged: Vec<Value>, patch: &[Value], target: &[Value], key: Option<&str>) -> Vec<Value> {
    let (named, others): (Vec<Value>, Vec<Value>) =
        merged.into_iter().partition(|item| place_in(patch, item, key).is_some());
    let mut named = sort_like(named, patch, key).into_iter().peekable();
    let mut others = sort_like(others, target, key).into_iter().peekable();
    let mut arranged = Vec::new();
    loop {
        let other_first = match (others.peek(), named.peek()) {
            (None, None) => return arranged,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(other), Some(item)) => {
                let places = place_in(target, other, key).zip(place_in(target, item, key));
                places.is_some_and(|(other, item)| other < item)
            }
        };
        arranged.extend(if other_first { others.next() } else { named.next() });
    }
}

/// Sort items as they stand in another list; what does not stand there stays where it is, and deletions go to the end.
/// (Not the library's sort: this order is not total.)
pub(super) fn sort_like(items: Vec<Value>, order: &[Value], key: Option<&str>) -> Vec<Value> {
    let (deletions, items): (Vec<Value>, Vec<Value>) = items.into_iter().partition(is_deletion);
    let mut sorted: Vec<(Option<usize>, Value)> = Vec::with_capacity(items.len());
    for item in items {
        let place = place_in(order, &item, key);
        let comes_before = |other: &(Option<usize>, Value)| place.zip(other.0).is_some_and(|(place, other)| place < other);
        let at = sorted.iter().rposition(|other| !comes_before(other)).map_or(0, |at| at + 1);
        sorted.insert(at, (place, item));
    }
    sorted.into_iter().map(|(_, item)| item).chain(deletions).collect()
}

pub(super) fn is_deletion(item: &Value) -> bool {
    item.get(PATCH).is_some_and(|directive| directive == "delete")
}

/// Whether two lists hold the same items in the same order.
pub(super) fn is_same_order(a: &[Value], b: &[Value], key: &str) -> Patched<bool> {
    let mut same = a.len() == b.len();
    for (a, b) in a.iter().zip(b) {
        same &= key_value(a, key)? == key_value(b, key)?;
    }
    Ok(same)
}

/// Whether the items of a patch's list stand in the order that the patch gives for the whole list.
pub(super) fn follows(items: &[Value], order: &[Value], key: Option<&str>) -> bool {
    let mut order = order.iter();
    let mut items = items.iter().filter(|item| !is_deletion(item));
    items.all(|item| order.any(|other| is_same(item, other, key)))
}
