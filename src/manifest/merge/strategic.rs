//! Applying a strategic merge patch. Models apimachinery pkg/util/strategicpatch patch.go `mergeMap` and `mergeSlice`.

use serde_json::Value;

use super::order::{arrange, follows};
use super::{
    DELETE_FROM_LIST, ELEMENT_ORDER, Object, PATCH, PatchError, Patched, Place, RETAIN_KEYS, go_list, holds_objects, key_value,
};
use crate::manifest::schema::{Merge, TypeId};

/// What a patch is merged into.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Purpose {
    /// An object: directives are carried out.
    Apply,
    /// Another patch: directives are kept, and so are nulls.
    Combine,
}

/// Apply a strategic merge patch to an object of a type. The object is unchanged when this fails.
///
/// # Errors
/// A patch that does not fit the type, or with wrong directives.
pub fn strategic_merge(of: TypeId, target: &mut Value, patch: &Value) -> Patched<()> {
    let (Value::Object(original), Value::Object(patch)) = (&*target, patch) else {
        return Err(PatchError::new("invalid JSON document"));
    };
    let merged = merge_object(original.clone(), patch.clone(), Place::Struct(of), Purpose::Apply)?;
    *target = Value::Object(merged);
    Ok(())
}

pub(super) fn merge_object(mut original: Object, mut patch: Object, place: Place, purpose: Purpose) -> Patched<Object> {
    if let Some(directive) = patch.get(PATCH) {
        return match directive.as_str() {
            Some("replace") => {
                patch.remove(PATCH);
                Ok(patch)
            }
            Some("delete") => Ok(Object::new()),
            _ => Err(PatchError::patch_type(directive, &patch)),
        };
    }
    retain_keys(&mut original, &mut patch, purpose)?;
    merge_ordered_lists(&mut original, &mut patch, place, purpose)?;
    for (key, value) in patch {
        if key.starts_with(DELETE_FROM_LIST) {
            delete_from_list(&mut original, key, value, purpose)?;
            continue;
        }
        merge_field(&mut original, key, value, place, purpose)?;
    }
    Ok(original)
}

fn merge_field(original: &mut Object, key: String, value: Value, place: Place, purpose: Purpose) -> Patched<()> {
    if value.is_null() {
        original.remove(&key);
        if purpose == Purpose::Combine {
            original.insert(key, value);
        }
        return Ok(());
    }
    let merged = match (original.remove(&key), value) {
        (Some(Value::Object(old)), Value::Object(new)) => {
            let (inside, merge) = place.field(&key)?;
            Value::Object(if merge.replaces { new } else { merge_object(old, new, inside, purpose)? })
        }
        (Some(Value::Array(old)), Value::Array(new)) => {
            let (inside, merge) = place.field(&key)?;
            Value::Array(merge_list(old, new, inside, merge, purpose)?)
        }
        (_, mut new) => {
            if purpose == Purpose::Apply {
                drop_nulls(&mut new);
            }
            new
        }
    };
    original.insert(key, merged);
    Ok(())
}

/// In what is new, null says nothing.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// `$retainKeys`: fields of the object that are not named are dropped.
fn retain_keys(original: &mut Object, patch: &mut Object, purpose: Purpose) -> Patched<()> {
    let Some(keys) = patch.remove(RETAIN_KEYS) else { return Ok(()) };
    let bad_format = || PatchError::new("invalid patch format of retainKeys");
    if purpose == Purpose::Combine {
        let kept = original.entry(RETAIN_KEYS).or_insert_with(|| keys.clone());
        return if *kept == keys { Ok(()) } else { Err(bad_format()) };
    }
    let keys = keys.as_array().ok_or_else(bad_format)?;
    let is_kept = |key: &str| keys.iter().any(|kept| kept == key);
    let is_directive = |key: &str| key.starts_with(DELETE_FROM_LIST) || key.starts_with(ELEMENT_ORDER);
    if patch.iter().any(|(key, value)| !value.is_null() && !is_directive(key) && !is_kept(key)) {
        return Err(bad_format());
    }
    original.retain(|key, _| is_kept(key));
    Ok(())
}

/// `$setElementOrder/FIELD`: the list and its order are merged at once.
fn merge_ordered_lists(original: &mut Object, patch: &mut Object, place: Place, purpose: Purpose) -> Patched<()> {
    let bad_format = || PatchError::new("invalid patch format of setElementOrder list");
    let directives: Vec<String> = patch.keys().filter(|key| key.starts_with(ELEMENT_ORDER)).cloned().collect();
    for directive in directives {
        let order = patch.remove(&directive).unwrap_or_default();
        if purpose == Purpose::Combine {
            let kept = original.entry(directive.clone()).or_insert_with(|| order.clone());
            if *kept != order {
                return Err(bad_format());
            }
        }
        let Value::Array(order) = order else { return Err(bad_format()) };
        let field = directive.split_once('/').map(|(_, field)| field).ok_or_else(bad_format)?;
        let (inside, merge) = place.field(field)?;
        let list = |value: Option<Value>| match value {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(bad_format()),
        };
        let old = list(original.get(field).cloned())?;
        let new = list(patch.remove(field))?;
        if let Some(new) = new.as_ref().filter(|new| !order.is_empty() && !follows(new, &order, merge.key)) {
            let (new, order) = (go_list(new), go_list(&order));
            let message = format!("The order in patch list:\n{new}\n doesn't match {ELEMENT_ORDER} list:\n{order}\n");
            return Err(PatchError::new(message));
        }
        let before = old.clone().unwrap_or_default();
        let merged = match (old, new) {
            (None, None) => continue,
            (Some(old), None) => old,
            (None, Some(new)) => new,
            (Some(old), Some(new)) => merge_list(old, new, inside, merge, purpose)?,
        };
        original.insert(field.to_string(), Value::Array(arrange(merged, &order, &before, merge.key)));
    }
    Ok(())
}

/// `$deleteFromPrimitiveList/FIELD`: these values are taken out of a list.
fn delete_from_list(original: &mut Object, directive: String, values: Value, purpose: Purpose) -> Patched<()> {
    if purpose == Purpose::Combine {
        original.insert(directive, values);
        return Ok(());
    }
    let bad_format = || PatchError::new("invalid patch format of primitive list");
    let field = directive.split_once('/').map(|(_, field)| field).ok_or_else(bad_format)?;
    let Value::Array(values) = values else { return Err(bad_format()) };
    if let Some(Value::Array(items)) = original.get_mut(field) {
        items.retain(|item| !values.contains(item));
    }
    Ok(())
}

fn merge_list(old: Vec<Value>, new: Vec<Value>, place: Place, merge: Merge, purpose: Purpose) -> Patched<Vec<Value>> {
    if !merge.merges {
        return Ok(new);
    }
    if !holds_objects(&[&old, &new])? {
        let mut merged: Vec<Value> = Vec::new();
        for item in old.iter().chain(&new) {
            if !merged.contains(item) {
                merged.push(item.clone());
            }
        }
        return Ok(arrange(merged, &new, &old, None));
    }
    let Some(key) = merge.key else {
        return Err(PatchError::new("cannot merge lists without merge key for type map[string]interface {}"));
    };
    let (kept, changes) = obey_directives(old, new, key)?;
    let Some(changes) = changes else { return Ok(kept) };
    let mut merged = kept.clone();
    for change in &changes {
        let value = key_value(change, key)?;
        let found = merged.iter_mut().find(|item| item.get(key) == Some(value));
        match (found, change) {
            (Some(Value::Object(item)), Value::Object(change)) => {
                *item = merge_object(std::mem::take(item), change.clone(), place, purpose)?;
            }
            _ => merged.push(change.clone()),
        }
    }
    Ok(arrange(merged, &changes, &kept, Some(key)))
}

/// Carry out the items of a patch's list that are directives: what remains of the old list, and the other items (none where
/// they are the new list already).
fn obey_directives(old: Vec<Value>, new: Vec<Value>, key: &str) -> Patched<(Vec<Value>, Option<Vec<Value>>)> {
    let mut kept = old;
    let mut changes = Vec::new();
    let mut replaces = false;
    for item in new {
        let Value::Object(map) = &item else { continue };
        match map.get(PATCH) {
            None => changes.push(item),
            Some(directive) => match directive.as_str() {
                Some("delete") => {
                    let value = key_value(&item, key)?;
                    kept.retain(|other| other.get(key) != Some(value));
                }
                Some("replace") => replaces = true,
                Some("merge") => return Err(PatchError::new("merging lists cannot yet be specified in the patch")),
                _ => return Err(PatchError::patch_type(directive, map)),
            },
        }
    }
    if replaces { Ok((changes, None)) } else { Ok((kept, Some(changes))) }
}
