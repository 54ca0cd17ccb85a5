//! Patches: JSON merge patches, strategic merge patches (lists are merged by the keys that the schema names), and the patch that
//! `kubectl apply` works out from what was applied last, what is applied now and what the cluster holds.
//!
//! Left out: JSON patches (`--type=json`), server-side apply.

mod diff;
mod order;
mod strategic;

use serde_json::{Map, Value};

use super::number::go_general;
use super::schema::{self, Merge, Shape, TypeId};

pub use diff::three_way_patch;
pub use strategic::strategic_merge;

/// Why a patch does not fit: the message of apimachinery's `strategicpatch` or `mergepatch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    /// The message.
    pub message: String,
}

impl PatchError {
    fn new(message: impl Into<String>) -> PatchError {
        PatchError { message: message.into() }
    }

    fn no_merge_key(item: &Map<String, Value>, key: &str) -> PatchError {
        PatchError::new(format!("map: {} does not contain declared merge key: {key}", go_map(item)))
    }

    fn patch_type(directive: &Value, map: &Map<String, Value>) -> PatchError {
        PatchError::new(format!("unknown patch type: {} in map: {}", go_value(directive), go_map(map)))
    }
}

type Patched<T> = Result<T, PatchError>;

type Object = Map<String, Value>;

/// Names in a patch that are no fields.
const PATCH: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const DELETE_FROM_LIST: &str = "$deleteFromPrimitiveList";
const ELEMENT_ORDER: &str = "$setElementOrder";

/// What the schema says of the object at hand.
#[derive(Clone, Copy)]
enum Place {
    Struct(TypeId),
    /// A map whose values have this shape.
    Map(&'static Shape),
    Unknown,
}

impl Place {
    /// What lies in a field, or in the items of a list.
    fn inside(shape: Option<&'static Shape>) -> Place {
        match shape {
            Some(Shape::Struct(of)) => Place::Struct(*of),
            Some(Shape::Map(values)) => Place::Map(values),
            Some(Shape::List(items)) => Place::inside(Some(items)),
            _ => Place::Unknown,
        }
    }

    /// What a field is, and how it is merged.
    fn field(self, key: &str) -> Patched<(Place, Merge)> {
        match self {
            Place::Struct(of) => {
                let field = schema::field(of, key).ok_or_else(|| {
                    let name = schema::type_name(of);
                    PatchError::new(format!("unable to find api field in struct {name} for the json field {key:?}"))
                })?;
                Ok((Place::inside(Some(&field.shape)), field.merge))
            }
            Place::Map(values) => Ok((Place::inside(Some(values)), Merge::default())),
            Place::Unknown => Ok((Place::Unknown, Merge::default())),
        }
    }
}

/// Apply a JSON merge patch (RFC 7386): objects are merged, null takes a field away, all else replaces.
pub fn json_merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { unreachable!("BUG: the target has just been made an object") };
    for (key, value) in patch {
        if value.is_null() {
            map.remove(key);
        } else {
            json_merge(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The value of the field that identifies an item.
fn key_value<'v>(item: &'v Value, key: &str) -> Patched<&'v Value> {
    let Value::Object(map) = item else { return Err(PatchError::new(format!("value {} is not a map", go_value(item)))) };
    map.get(key).ok_or_else(|| PatchError::no_merge_key(map, key))
}

/// Whether the items of these lists are objects; lists may not be mixed.
fn holds_objects(lists: &[&[Value]]) -> Patched<bool> {
    let kinds = || lists.iter().flat_map(|list| list.iter()).map(Value::is_object);
    if kinds().any(|is_object| is_object) && !kinds().all(|is_object| is_object) {
        let shown: Vec<String> = lists.iter().map(|list| go_list(list)).collect();
        return Err(PatchError::new(format!("list element types are not identical: [{}]", shown.join(" "))));
    }
    Ok(kinds().any(|is_object| is_object))
}

/// A value in Go's `%v` notation.
fn go_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_string(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => go_general(float),
            None => number.to_string(),
        },
        Value::Bool(value) => value.to_string(),
        Value::Array(items) => go_list(items),
        Value::Object(map) => go_map(map),
    }
}

fn go_list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(go_value).collect();
    format!("[{}]", items.join(" "))
}

fn go_map(map: &Object) -> String {
    let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", go_value(value))).collect();
    format!("map[{}]", entries.join(" "))
}

#[cfg(test)]
mod tests;
