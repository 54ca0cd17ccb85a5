//! Go values, read from JSON by the table of types.

use serde_json::Value;

use super::types;
use crate::api::{Json, Quantity};
use crate::apiserver::validation::path::quote;
use crate::base::sort_by;

/// A Go value.
#[derive(Clone, Debug, PartialEq)]
pub enum Go {
    /// An absent pointer, list or map.
    Nil,
    /// A text, number or truth value, as printed, and whether it is the type's zero.
    Scalar(String, bool),
    /// What a pointer points to.
    Pointer(Box<Go>),
    /// A struct with all its fields.
    Struct(&'static str, Vec<(&'static str, Go)>),
    /// A struct that is compared as a whole.
    Whole(&'static str, Vec<(&'static str, Go)>),
    /// A list.
    List(&'static str, Vec<Go>),
    /// A map, in the order of its keys.
    Map(&'static str, Vec<(String, Go)>),
}

impl Go {
    /// A value of a type from its JSON, if there is any.
    pub fn read(kind: &'static str, value: Option<&Value>) -> Go {
        let value = value.filter(|value| !value.is_null());
        if let Some(target) = kind.strip_prefix('*') {
            return value.map_or(Go::Nil, |value| Go::Pointer(Box::new(Go::read(target, Some(value)))));
        }
        if let Some(item) = kind.strip_prefix("[]") {
            let items = value.and_then(Value::as_array).filter(|items| !items.is_empty());
            return items.map_or(Go::Nil, |items| Go::List(kind, items.iter().map(|value| Go::read(item, Some(value))).collect()));
        }
        match kind {
            "string" | "core.Capability" => {
                let text = value.and_then(Value::as_str).unwrap_or_default();
                Go::Scalar(quote(text), text.is_empty())
            }
            "int" | "int64" => number(value.and_then(Value::as_i64).unwrap_or_default()),
            "bool" => {
                let truth = value.and_then(Value::as_bool).unwrap_or_default();
                Go::Scalar(truth.to_string(), !truth)
            }
            "port" => port(value),
            "quantity" => quantity(value),
            "map[string]string" => map(kind, "string", value),
            "core.ResourceList" => map(kind, "quantity", value),
            _ => Go::read_struct(kind, value),
        }
    }

    fn read_struct(kind: &'static str, value: Option<&Value>) -> Go {
        let field = |(name, key, kind): (&'static str, &'static str, &'static str)| {
            let part = if key == "." { value } else { value.and_then(|value| value.get(key)) };
            (name, Go::read(kind, part))
        };
        Go::Struct(kind, types::fields(kind).into_iter().flatten().map(field).collect())
    }

    /// Whether it is the zero of its type.
    pub fn is_zero(&self) -> bool {
        match self {
            Go::Nil => true,
            Go::Scalar(_, zero) => *zero,
            Go::Struct(_, fields) | Go::Whole(_, fields) => fields.iter().all(|(_, value)| value.is_zero()),
            Go::Pointer(_) | Go::List(..) | Go::Map(..) => false,
        }
    }
}

fn number(number: i64) -> Go {
    Go::Scalar(number.to_string(), number == 0)
}

fn text(text: &str) -> Go {
    Go::Scalar(quote(text), text.is_empty())
}

fn map(kind: &'static str, item: &'static str, value: Option<&Value>) -> Go {
    let entries = value.and_then(Value::as_object).filter(|entries| !entries.is_empty());
    let Some(entries) = entries else { return Go::Nil };
    let mut entries: Vec<(String, Go)> = entries.iter().map(|(key, value)| (quote(key), Go::read(item, Some(value)))).collect();
    sort_by(&mut entries, |left, right| left.0.cmp(&right.0));
    Go::Map(kind, entries)
}

fn port(value: Option<&Value>) -> Go {
    let name = value.and_then(Value::as_str);
    let number = number(value.and_then(Value::as_i64).unwrap_or_default());
    let kind = Go::Scalar(i32::from(name.is_some()).to_string(), name.is_none());
    Go::Struct("intstr.IntOrString", vec![("Type", kind), ("IntVal", number), ("StrVal", text(name.unwrap_or_default()))])
}

/// A quantity is compared by its amount. The text that it caches is not shown: whether it is there depends on what the server did before.
fn quantity(value: Option<&Value>) -> Go {
    let quantity = value.map(Quantity::read).unwrap_or_default();
    let milli = quantity.milli();
    let (amount, scale) = if milli % 1000 == 0 { (milli / 1000, 0) } else { (milli, -3) };
    let format = if quantity.to_string().ends_with('i') { "BinarySI" } else { "DecimalSI" };
    let amount = Go::Struct("resource.int64Amount", vec![("value", number(amount)), ("scale", number(scale))]);
    Go::Whole("resource.Quantity", vec![("i", amount), ("Format", text(format))])
}
