//! A value in an object's JSON form together with its path.

use serde_json::Value;

use crate::api::{Json, Other, Quantity};
use crate::apiserver::validation::path::{Causes, FieldPath};

/// Where an object does not go on.
const NOTHING: &Value = &Value::Null;

/// A value and where it stands.
pub(super) struct Place<'a> {
    pub value: &'a Value,
    pub path: FieldPath,
}

impl<'a> Place<'a> {
    /// A field of an object.
    pub fn of(object: &'a Other, name: &str) -> Place<'a> {
        Place { value: object.field(name), path: FieldPath::new(name) }
    }

    /// A field of this one.
    pub fn child(&self, name: &str) -> Place<'a> {
        Place { value: self.value.get(name).unwrap_or(NOTHING), path: self.path.child(name) }
    }

    /// The items of a list.
    pub fn items(&self) -> impl Iterator<Item = Place<'a>> {
        let items = self.value.as_array().map_or(&[] as &[Value], Vec::as_slice);
        items.iter().enumerate().map(|(index, value)| Place { value, path: self.path.index(index) })
    }

    /// The entries of a map.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Place<'a>)> {
        let entries = self.value.as_object().into_iter().flatten();
        entries.map(|(key, value)| (key.as_str(), Place { value, path: self.path.key(key) }))
    }

    /// Its text; empty if it is none.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// Its number; 0 if it is none.
    pub fn number(&self) -> i64 {
        self.value.as_i64().unwrap_or_default()
    }

    /// Its amount; 0 if it is none.
    pub fn quantity(&self) -> Quantity {
        Quantity::read(self.value)
    }

    /// Whether nothing is there.
    pub fn is_unset(&self) -> bool {
        match self.value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        }
    }

    /// Something must be there. Whether it is.
    pub fn require(&self, detail: &str, causes: &mut Causes) -> bool {
        if self.is_unset() {
            causes.required(&self.path, detail);
        }
        !self.is_unset()
    }

    /// A word must be one of these, if it is there.
    pub fn one_of(&self, words: &[&str], causes: &mut Causes) {
        if !self.is_unset() && !words.contains(&self.text()) {
            causes.not_supported(&self.path, self.text(), words);
        }
    }
}
