//! Working out a strategic merge patch from three objects, as `kubectl apply` does. Models apimachinery pkg/util/strategicpatch
//! patch.go `diffMaps` and `CreateThreeWayMergePatch`.

use serde_json::{Value, json};

use super::order::{is_same_order, sort_like};
use super::strategic::{Purpose, merge_object};
use super::{
    DELETE_FROM_LIST, ELEMENT_ORDER, Object, PATCH, PatchError, Patched, Place, RETAIN_KEYS, go_value, holds_objects, key_value,
};
use crate::manifest::schema::{Merge, TypeId};
use crate::base::sort_by;

/// Which differences count.
#[derive(Clone, Copy, PartialEq)]
enum Take {
    ChangesAndAdditions,
    Deletions,
}

impl Take {
    fn changes(self) -> bool {
        self == Take::ChangesAndAdditions
    }

    fn deletions(self) -> bool {
        self == Take::Deletions
    }
}

/// Whether the patch has to name the fields that stay, as for a union.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    Retain,
    Ignore,
}

impl From<Merge> for Keys {
    fn from(merge: Merge) -> Keys {
        if merge.retains_keys { Keys::Retain } else { Keys::Ignore }
    }
}

/// The patch that `kubectl apply` sends: what `modified` sets differently from `current`, and what `last_applied` had and
/// `modified` has no longer. Fields that were never applied are left alone. Without a last application give null.
///
/// # Errors
/// A list whose items lack the field that identifies them, or differing values of a field that the type does not have.
pub fn three_way_patch(of: TypeId, last_applied: &Value, modified: &Value, current: &Value) -> Patched<Value> {
    let nothing = Object::new();
    let last_applied = if last_applied.is_null() { &nothing } else { object(last_applied)? };
    let (modified, current) = (object(modified)?, object(current)?);
    let place = Place::Struct(of);
    let delta = diff_objects(current, modified, place, Take::ChangesAndAdditions, Keys::Ignore)?;
    let deletions = diff_objects(last_applied, modified, place, Take::Deletions, Keys::Ignore)?;
    merge_object(deletions, delta, place, Purpose::Combine).map(Value::Object)
}

fn object(value: &Value) -> Patched<&Object> {
    value.as_object().ok_or_else(|| PatchError::new("invalid JSON document"))
}

fn diff_objects(original: &Object, modified: &Object, place: Place, take: Take, keys: Keys) -> Patched<Object> {
    let mut patch = Object::new();
    for (key, new) in modified {
        match (original.get(key), new) {
            (Some(old), new) if old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                let (inside, merge) = place.field(key)?;
                let inner = match merge.replaces {
                    true if take.changes() => new.clone(),
                    true => Object::new(),
                    false => diff_objects(old, new, inside, take, merge.into())?,
                };
                if !inner.is_empty() {
                    patch.insert(key.clone(), Value::Object(inner));
                }
            }
            (Some(Value::Array(old)), Value::Array(new_items)) => {
                let (inside, merge) = place.field(key)?;
                if merge.merges {
                    diff_lists(&mut patch, key, (old, new_items), inside, take, merge)?;
                } else if take.changes() {
                    patch.insert(key.clone(), new.clone());
                }
            }
            _ if take.changes() => drop(patch.insert(key.clone(), new.clone())),
            _ => {}
        }
    }
    if take.deletions() {
        let gone = original.keys().filter(|key| !modified.contains_key(*key));
        patch.extend(gone.map(|key| (key.clone(), Value::Null)));
    }
    let retained: Vec<&String> = modified.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key).collect();
    let has_more = original.keys().any(|key| !modified.contains_key(key));
    if keys == Keys::Retain && !retained.is_empty() && (!patch.is_empty() || has_more) {
        patch.insert(RETAIN_KEYS.to_string(), json!(retained));
    }
    Ok(patch)
}

/// The entries of a patch for a list that is merged.
fn diff_lists(
    patch: &mut Object,
    key: &str,
    (original, modified): (&[Value], &[Value]),
    place: Place,
    take: Take,
    merge: Merge,
) -> Patched<()> {
    if original.is_empty() {
        if take.changes() && !modified.is_empty() {
            patch.insert(key.to_string(), json!(modified));
        }
        return Ok(());
    }
    let (changes, order) = if holds_objects(&[original, modified])? {
        let merge_key = merge.key.ok_or_else(|| PatchError::new("cannot diff lists without merge key"))?;
        diff_object_lists(original, modified, place, take, merge, merge_key)?
    } else {
        let gone: Vec<&Value> = original.iter().filter(|item| !modified.contains(item)).collect();
        let added: Vec<&Value> = modified.iter().filter(|item| !original.contains(item)).collect();
        if take.deletions() && !gone.is_empty() {
            patch.insert(format!("{DELETE_FROM_LIST}/{key}"), json!(gone));
        }
        let is_ordered = take.deletions() && !gone.is_empty() || take.changes();
        let changes = if take.changes() { added.into_iter().cloned().collect() } else { Vec::new() };
        (changes, is_ordered.then(|| modified.to_vec()))
    };
    if !changes.is_empty() {
        patch.insert(key.to_string(), Value::Array(changes));
    }
    if let Some(order) = order.filter(|order| !order.is_empty()) {
        patch.insert(format!("{ELEMENT_ORDER}/{key}"), Value::Array(order));
    }
    Ok(())
}

/// Changed, new and deleted items, and the order of all of them where it has to be told.
fn diff_object_lists(
    original: &[Value],
    modified: &[Value],
    place: Place,
    take: Take,
    merge: Merge,
    key: &str,
) -> Patched<(Vec<Value>, Option<Vec<Value>>)> {
    let mut old = sorted_by_key(original, key)?.into_iter().peekable();
    let mut new = sorted_by_key(modified, key)?.into_iter().peekable();
    let mut changes = Vec::new();
    let mut deletions = Vec::new();
    loop {
        let ordering = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        // Equal keys pair off; the smaller key has no partner.
        let gone = if ordering.is_le() { old.next() } else { None };
        let added = if ordering.is_ge() { new.next() } else { None };
        match (gone, added) {
            (Some((_, Value::Object(before))), Some((_, Value::Object(after)))) => {
                let mut inner = diff_objects(before, after, place, take, merge.into())?;
                if !inner.is_empty() {
                    inner.insert(key.to_string(), after.get(key).cloned().unwrap_or_default());
                    changes.push(Value::Object(inner));
                }
            }
            (Some((_, item)), None) if take.deletions() => deletions.push(json!({ key: key_value(item, key)?, PATCH: "delete" })),
            (None, Some((_, item))) if take.changes() => changes.push(item.clone()),
            _ => {}
        }
    }
    let mut changes = sort_like(changes, modified, Some(key));
    changes.extend(deletions);
    let is_reordered = take.changes() && !is_same_order(original, modified, key)?;
    let order = (!changes.is_empty() || is_reordered).then(|| {
        modified.iter().map(|item| json!({ key: item.get(key) })).collect()
    });
    Ok((changes, order))
}

fn sorted_by_key<'v>(items: &'v [Value], key: &str) -> Patched<Vec<(String, &'v Value)>> {
    let named = items.iter().map(|item| Ok((go_value(key_value(item, key)?), item)));
    let mut named = named.collect::<Patched<Vec<(String, &Value)>>>()?;
    sort_by(&mut named, |a, b| a.0.cmp(&b.0));
    Ok(named)
}
