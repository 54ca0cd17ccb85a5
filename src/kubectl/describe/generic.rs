//! An object of a kind that has no describer of its own: its fields as they are, in the order of their names.
//! Models describe.go GenericDescriber, printUnstructuredContent, smartLabelFor.

use serde_json::{Map, Value};

use super::lines::Lines;
use super::{Scene, events};
use crate::api::Object;
use crate::base::sort;

/// Metadata that stands at the top.
const ABOVE: [&str; 4] = ["name", "namespace", "labels", "annotations"];
/// Parts of words that are written in capitals.
const ACRONYMS: [&str; 5] = ["API", "GUID", "OSB", "UID", "URL"];

pub(super) fn describe(object: &Object, scene: &Scene<'_>, lines: &mut Lines) {
    let meta = object.meta();
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    body(object.to_value(), lines);
    events::about(&object.key(), meta.uid, scene, lines);
}

/// The fields of a value below what every description begins with.
pub(super) fn body(mut value: Value, lines: &mut Lines) {
    if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        ABOVE.iter().for_each(|key| drop(meta.remove(*key)));
    }
    if let Value::Object(map) = &value {
        fields(0, map, lines);
    }
}

fn fields(level: usize, map: &Map<String, Value>, lines: &mut Lines) {
    let mut keys: Vec<&String> = map.keys().collect();
    sort(&mut keys);
    for key in keys {
        let title = title(key);
        match &map[key] {
            Value::Object(inner) => {
                lines.line(level, format!("{title}:"));
                fields(level + 1, inner, lines);
            }
            Value::Array(items) => {
                lines.line(level, format!("{title}:"));
                for item in items {
                    match item {
                        Value::Object(inner) => fields(level + 1, inner, lines),
                        other => lines.line(level + 1, plain(other)),
                    }
                }
            }
            other => lines.field(level, &title, plain(other)),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

/// `creationTimestamp` as `Creation Timestamp`, `apiVersion` as `API Version`; what holds anything but letters and hyphens as it is.
fn title(key: &str) -> String {
    if key.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return key.to_owned();
    }
    let dressed = |word: &String| {
        let upper = word.to_ascii_uppercase();
        if ACRONYMS.contains(&upper.as_str()) {
            return upper;
        }
        let mut letters = word.chars();
        letters.next().map(|first| std::iter::once(first.to_ascii_uppercase()).chain(letters).collect()).unwrap_or_default()
    };
    words(key).iter().map(dressed).collect::<Vec<String>>().join(" ")
}

/// Models camelcase.Split: a new word where the class of letters changes; of several capitals the last begins the next word.
fn words(key: &str) -> Vec<String> {
    let class = |c: char| if c.is_lowercase() { 0 } else { 1 + i32::from(!c.is_uppercase()) };
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for c in key.chars() {
        if before != Some(class(c)) {
            let capital = words.last_mut().filter(|_| before == Some(1) && class(c) == 0).and_then(String::pop);
            words.push(capital.map(String::from).unwrap_or_default());
            before = Some(class(c));
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_titles() {
        // As kubectl 1.32 prints them.
        let table = [
            ("creationTimestamp", "Creation Timestamp"), ("apiVersion", "API Version"), ("uid", "UID"), ("data", "Data"),
            ("openAPIV3Schema", "openAPIV3Schema"), ("nonResourceURLs", "Non Resource UR Ls"), ("caBundle", "Ca Bundle"),
            ("podCIDRs", "Pod CID Rs"), ("a-b", "A - B"), ("clientIP", "Client IP"),
        ];
        for (key, expected) in table {
            assert_eq!(title(key), expected);
        }
    }
}
