//! Short advice for a field that does not exist and for a value of the wrong type.

use serde_json::Value;

use super::schema::{self, Field, Shape, TypeId};

/// What may have been meant by a field that its struct does not have. `types` are the structs from the top of the document
/// down to this one, each with its path.
pub(super) fn suggest_field(name: &str, types: &[(TypeId, String)]) -> String {
    let Some(((here, _), above)) = types.split_last() else { return String::new() };
    if let Some(near) = nearest(name, schema::fields_of(*here)) {
        return format!("Did you mean {near:?}?");
    }
    let owner = above.iter().rev().find(|(of, _)| schema::field(*of, name).is_some());
    if let Some((_, path)) = owner {
        return match path.as_str() {
            "" => "It belongs to the top level: is the indentation right?".to_string(),
            path => format!("It belongs to {path}: is the indentation right?"),
        };
    }
    let inner = schema::fields_of(*here).iter().filter(|field| field.name != "status").find(|field| {
        let of = field.shape.inner_struct();
        of.is_some_and(|of| schema::field(of, name).is_some())
    });
    inner.map_or(String::new(), |field| format!("It belongs to {}: is the indentation right?", field.name))
}

/// The field that such a text suggests.
pub(super) fn suggested(hint: &str) -> Option<&str> {
    hint.strip_prefix("Did you mean \"")?.strip_suffix("\"?")
}

/// The path to which the field belongs, as such a text tells it; empty for the top level.
pub(super) fn owner(hint: &str) -> Option<&str> {
    let path = hint.strip_prefix("It belongs to ")?.strip_suffix(": is the indentation right?")?;
    Some(if path == "the top level" { "" } else { path })
}

/// The name that is most like this one, if one is like enough.
pub(super) fn nearest_of<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    let (distance, near) = names.map(|other| (distance(&lower, &other.to_ascii_lowercase()), other)).min()?;
    (distance <= name.chars().count().max(3) / 3).then_some(near)
}

/// The field whose name is most like this one, if it is like enough: one letter in three may differ.
fn nearest(name: &str, fields: &[Field]) -> Option<&'static str> {
    nearest_of(name, fields.iter().map(|field| field.name))
}

/// How many letters must be put in, taken out, replaced or exchanged with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(80).collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = replaced.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

/// How to write a value so that it has the type that is wanted.
pub(super) fn suggest_value(value: &Value, wanted: &Shape) -> String {
    match (wanted, value) {
        (Shape::String, Value::Number(_) | Value::Bool(_)) => format!("Put it in quotes: \"{value}\"."),
        (Shape::Int32 | Shape::Int64, Value::String(text)) if text.parse::<i64>().is_ok() => {
            format!("Without quotes: {text}.")
        }
        (Shape::Int32, Value::Number(number)) if number.as_i64().is_some() => "The number is too large.".to_string(),
        (Shape::Int32 | Shape::Int64, Value::Number(_)) => "A whole number is needed.".to_string(),
        (Shape::Int32 | Shape::Int64, _) => "A number is needed.".to_string(),
        (Shape::Bool, _) => "Either true or false is needed, without quotes.".to_string(),
        (Shape::List(_), Value::Object(_)) => "A list is needed: each item begins with \"- \".".to_string(),
        (Shape::List(_), _) => "A list is needed.".to_string(),
        (Shape::Struct(_) | Shape::Map(_), Value::Array(_)) => "No list is needed here: leave out the \"- \".".to_string(),
        (Shape::Struct(_) | Shape::Map(_), _) => "A mapping is needed: key: value lines, indented.".to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_field_is_recognised() {
        let pod = schema::kind("v1", "Pod").expect("a kind");
        let spec = schema::field(pod, "spec").and_then(|field| field.shape.inner_struct()).expect("a struct");
        let container = schema::shape_at(pod, &["spec", "containers"]).and_then(Shape::inner_struct).expect("a struct");
        let types = [(pod, String::new()), (spec, "spec".to_string()), (container, "spec.containers[0]".to_string())];
        let rows = [
            (3, "imagePullPolcy", "Did you mean \"imagePullPolicy\"?"),
            (3, "Image", "Did you mean \"image\"?"),
            (3, "restartpolicy", "Did you mean \"restartPolicy\"?"),
            (3, "nodeSelector", "It belongs to spec: is the indentation right?"),
            (3, "metadata", "It belongs to the top level: is the indentation right?"),
            (2, "image", "It belongs to containers: is the indentation right?"),
            (1, "containers", "It belongs to spec: is the indentation right?"),
            (2, "conatiners", "Did you mean \"containers\"?"),
            (3, "xyz", ""),
        ];
        for (depth, name, hint) in rows {
            assert_eq!(suggest_field(name, &types[..depth]), hint, "{name}");
        }
    }
}
