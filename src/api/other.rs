//! An object of a kind that has no type of its own: its metadata, and its other fields as they are.

use serde_json::{Map, Value};

use super::{Json, Kind, ObjectMeta};

/// An object whose fields are kept as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Its kind.
    pub kind: Kind,
    /// Metadata.
    pub meta: ObjectMeta,
    /// All fields but apiVersion, kind and metadata.
    pub fields: Map<String, Value>,
}

/// The fields that every object has.
const COMMON: [&str; 3] = ["apiVersion", "kind", "metadata"];

impl Other {
    /// A field; null if it is not there.
    pub fn field(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }

    /// What a path of fields leads to; null if it leads nowhere.
    pub fn at(&self, path: &[&str]) -> &Value {
        let Some((first, rest)) = path.split_first() else { return &Value::Null };
        rest.iter().try_fold(self.field(first), |value, key| value.get(key)).unwrap_or(&Value::Null)
    }

    /// Reads it from its JSON form.
    pub(super) fn read(kind: Kind, meta: ObjectMeta, value: &Value) -> Other {
        let mut fields = Map::new();
        for (key, value) in value.as_object().into_iter().flatten() {
            if !COMMON.contains(&key.as_str()) && !value.is_null() {
                fields.insert(key.clone(), value.clone());
            }
        }
        if kind == Kind::HorizontalPodAutoscaler && value.get("apiVersion").is_some_and(|version| version == "autoscaling/v1") {
            super::autoscaling::from_v1(&mut fields);
        }
        Other { kind, meta, fields }
    }

    /// Its JSON form, without apiVersion and kind.
    pub(super) fn to_value(&self) -> Value {
        let mut map = self.fields.clone();
        if let Some(meta) = self.meta.write() {
            map.insert("metadata".to_owned(), meta);
        }
        Value::Object(map)
    }
}
