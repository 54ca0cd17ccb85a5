//! How fields are read from and written to JSON. Reading is lenient, for values are checked against the schema table before;
//! a value of the wrong type reads as the field's zero. Writing follows Go's `omitempty`: a zero is left out, a set `Option`
//! is not.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::base::{Name, SimTime, SmallMap};

/// A type with a JSON form.
pub trait Json: Sized {
    /// Reads it; never fails.
    fn read(value: &Value) -> Self;
    /// Writes it; None where the field is to be left out.
    fn write(&self) -> Option<Value>;
    /// Whether reading drops what is there, as closed enums do with words that they do not know. A record keeps such a value in `rest`, so that
    /// validation can name it and writing gives it back.
    fn loses(_value: &Value) -> bool {
        false
    }
    /// Writes it as an item of a list, which is never left out.
    fn write_item(&self) -> Value {
        self.write().unwrap_or(Value::Null)
    }
}

/// Fields of an object that have no effect here but are kept and printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rest(Option<Rc<Map<String, Value>>>);

impl Rest {
    /// Keeps a field, but for empty lists: the server leaves those out when it writes.
    pub fn insert(&mut self, key: &str, value: &Value) {
        if is_empty_list(value) {
            return;
        }
        let map = self.0.get_or_insert_with(Rc::default);
        Rc::make_mut(map).insert(key.to_owned(), without_empty_lists(value));
    }

    /// Sets a field, or takes it away.
    pub fn replace(&mut self, key: &str, value: Option<&Value>) {
        match value {
            Some(value) => self.insert(key, value),
            None if self.get(key).is_some() => {
                let map = self.0.get_or_insert_with(Rc::default);
                Rc::make_mut(map).remove(key);
                if map.is_empty() {
                    self.0 = None;
                }
            }
            None => {}
        }
    }

    /// A kept field.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.as_ref()?.get(key)
    }

    /// A copy of all kept fields.
    pub fn to_map(&self) -> Map<String, Value> {
        self.0.as_deref().cloned().unwrap_or_default()
    }

    /// The names of the kept fields.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|map| map.keys().map(String::as_str))
    }
}

fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

fn without_empty_lists(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut kept = Map::new();
            for (key, value) in map.iter().filter(|(_, value)| !is_empty_list(value)) {
                kept.insert(key.clone(), without_empty_lists(value));
            }
            Value::Object(kept)
        }
        Value::Array(items) => Value::Array(items.iter().map(without_empty_lists).collect()),
        other => other.clone(),
    }
}

impl Json for Value {
    fn read(value: &Value) -> Value {
        value.clone()
    }
    fn write(&self) -> Option<Value> {
        (!self.is_null()).then(|| self.clone())
    }
}

impl Json for Name {
    fn read(value: &Value) -> Name {
        value.as_str().map(Name::from).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Value::from(self.as_str()))
    }
    fn write_item(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Json for String {
    fn read(value: &Value) -> String {
        value.as_str().unwrap_or_default().to_owned()
    }
    fn write(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Value::from(self.as_str()))
    }
    fn write_item(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Json for bool {
    fn read(value: &Value) -> bool {
        value.as_bool().unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        self.then_some(Value::Bool(true))
    }
}

impl Json for i32 {
    fn read(value: &Value) -> i32 {
        value.as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        (*self != 0).then(|| Value::from(*self))
    }
    fn write_item(&self) -> Value {
        Value::from(*self)
    }
}

impl Json for i64 {
    fn read(value: &Value) -> i64 {
        value.as_i64().unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        (*self != 0).then(|| Value::from(*self))
    }
    fn write_item(&self) -> Value {
        Value::from(*self)
    }
}

impl Json for SimTime {
    fn read(value: &Value) -> SimTime {
        value.as_str().and_then(SimTime::parse_rfc3339).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        Some(Value::from(self.rfc3339()))
    }
}

/// A set `Option` is written even if it holds a zero, as Go's pointers are.
impl<T: Json + Zero> Json for Option<T> {
    fn read(value: &Value) -> Option<T> {
        (!value.is_null()).then(|| T::read(value))
    }
    fn write(&self) -> Option<Value> {
        self.as_ref().map(|inner| inner.write().unwrap_or_else(T::zero))
    }
    fn loses(value: &Value) -> bool {
        T::loses(value)
    }
}

impl<T: Json> Json for Vec<T> {
    fn read(value: &Value) -> Vec<T> {
        value.as_array().map(|items| items.iter().map(T::read).collect()).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Value::Array(self.iter().map(T::write_item).collect()))
    }
}

impl<T: Json> Json for SmallMap<Name, T> {
    fn read(value: &Value) -> SmallMap<Name, T> {
        let entries = value.as_object().into_iter().flatten();
        entries.map(|(key, value)| (Name::from(key), T::read(value))).collect()
    }
    fn write(&self) -> Option<Value> {
        // One by one: collecting would compile a sort of its own.
        let mut map = Map::new();
        for (key, value) in self {
            map.insert(key.to_string(), value.write().unwrap_or_else(|| Value::from("")));
        }
        (!map.is_empty()).then_some(Value::Object(map))
    }
}

impl<T: Json> Json for Rc<T> {
    fn read(value: &Value) -> Rc<T> {
        Rc::new(T::read(value))
    }
    fn write(&self) -> Option<Value> {
        T::write(self)
    }
}

impl<T: Json> Json for Box<T> {
    fn read(value: &Value) -> Box<T> {
        Box::new(T::read(value))
    }
    fn write(&self) -> Option<Value> {
        T::write(self)
    }
}

/// What a set `Option` of a zero is written as.
pub trait Zero {
    /// `0`, `""`, `false`, `{}` …
    fn zero() -> Value;
}

macro_rules! zero {
    ($($type:ty => $value:expr),* $(,)?) => { $(impl $crate::api::json::Zero for $type { fn zero() -> Value { $value } })* };
}
pub(super) use zero;

zero! {
    Name => Value::from(""),
    String => Value::from(""),
    bool => Value::Bool(false),
    i32 => Value::from(0),
    i64 => Value::from(0),
    Value => Value::Null,
    SimTime => Value::Null,
}

impl<T> Zero for Vec<T> {
    fn zero() -> Value {
        Value::Array(Vec::new())
    }
}

impl<T> Zero for SmallMap<Name, T> {
    fn zero() -> Value {
        Value::Object(Map::new())
    }
}

impl<T: Zero> Zero for Rc<T> {
    fn zero() -> Value {
        T::zero()
    }
}

impl<T: Zero> Zero for Box<T> {
    fn zero() -> Value {
        T::zero()
    }
}

/// A number or the name of one: ports, `maxUnavailable`.
#[derive(Clone, Debug, PartialEq)]
pub enum IntOrString {
    /// A number.
    Int(i32),
    /// A name or a percentage.
    Text(Name),
}

impl Default for IntOrString {
    fn default() -> IntOrString {
        IntOrString::Int(0)
    }
}

impl Json for IntOrString {
    fn read(value: &Value) -> IntOrString {
        match value {
            Value::String(text) => IntOrString::Text(text.as_str().into()),
            other => IntOrString::Int(i32::read(other)),
        }
    }
    fn write(&self) -> Option<Value> {
        Some(match self {
            IntOrString::Int(number) => Value::from(*number),
            IntOrString::Text(text) => Value::from(text.as_str()),
        })
    }
}

zero! { IntOrString => Value::from(0) }

impl std::fmt::Display for IntOrString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            IntOrString::Int(number) => write!(f, "{number}"),
            IntOrString::Text(text) => f.write_str(text),
        }
    }
}

/// Declares a struct of an API type with its JSON form: `field: Type = "jsonName"`. Adds `rest` for all other fields.
macro_rules! record {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* $field:ident : $type:ty = $key:literal),* $(,)? })*) => {
        $(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)*
            /// Fields without effect here, kept to be printed back.
            pub rest: $crate::api::Rest,
        }

        impl $crate::api::Json for $name {
            fn read(value: &serde_json::Value) -> Self {
                let mut out = Self::default();
                for (key, value) in value.as_object().into_iter().flatten() {
                    if value.is_null() {
                        continue;
                    }
                    match key.as_str() {
                        $($key => {
                            out.$field = $crate::api::Json::read(value);
                            if <$type as $crate::api::Json>::loses(value) {
                                out.rest.insert($key, value);
                            }
                        })*
                        other => out.rest.insert(other, value),
                    }
                }
                out
            }

            fn write(&self) -> Option<serde_json::Value> {
                let mut map = self.rest.to_map();
                $(if let Some(value) = $crate::api::Json::write(&self.$field) {
                    map.entry($key).or_insert(value);
                })*
                Some(serde_json::Value::Object(map))
            }
        }

        impl $crate::api::json::Zero for $name {
            fn zero() -> serde_json::Value {
                serde_json::Value::Object(serde_json::Map::new())
            }
        }
        )*
    };
}
pub(super) use record;
