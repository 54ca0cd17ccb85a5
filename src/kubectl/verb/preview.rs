//! What `kubectl apply` would do with a text, object by object, with the fields that would become otherwise. It is found out by applying the text
//! to a copy of the cluster, so that each object finds what those before it made.
//! Left out: what only a server writes (`status`, `uid`, managed fields).

use serde_json::Value;

use super::create::LAST_APPLIED;
use super::{DryRun, Run, apply};
use crate::api::ObjectKey;
use crate::engine::World;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::item;
use crate::kubectl::{Invocation, Session, parse};

/// What becomes of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// It is made.
    Created,
    /// It is changed.
    Configured,
    /// It stays as it is.
    Unchanged,
    /// The answer that refuses it.
    Refused(String),
}

/// A field that becomes otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// `spec.containers[main].image`
    pub path: String,
    /// What it was; None if it was not there.
    pub before: Option<String>,
    /// What it will be; None if it goes.
    pub after: Option<String>,
}

/// What becomes of an object of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The object.
    pub key: ObjectKey,
    /// What becomes of it.
    pub effect: Effect,
    /// Its fields that become otherwise; of a new one those that are written.
    pub fields: Vec<FieldChange>,
}

/// Metadata that a server writes.
const SERVERS: [&str; 6] = ["resourceVersion", "uid", "creationTimestamp", "generation", "managedFields", "selfLink"];
/// A longer value is cut.
const LONGEST: usize = 80;

/// What applying a text would do. The cluster and the session that are handed in are used up.
pub fn preview(text: &str, session: &mut Session, world: &mut World) -> Vec<Change> {
    let Ok(Invocation { verb, given, .. }) = parse("kubectl apply -f -") else { return Vec::new() };
    session.input = Some(text.to_owned());
    let run = &mut Run { verb: verb.name, given: &given, session, world };
    let (sources, _) = files::sources(run.given, run.session, &run.scope(), Validate::Strict);
    sources.iter().map(|source| one(run, source)).collect()
}

fn one(run: &mut Run<'_>, source: &Source) -> Change {
    let key = source.key();
    let find = |run: &Run<'_>| item::find(run.view(), &key).map(|item| item.to_value());
    let before = find(run);
    let (effect, fields) = match (apply::outcome(run, source, DryRun::No), before) {
        (Err(failure), _) => (Effect::Refused(told(failure)), Vec::new()),
        (Ok(_), None) => (Effect::Created, differences(&Value::Null, &source.value)),
        (Ok(None), _) => (Effect::Unchanged, Vec::new()),
        (Ok(Some(object)), Some(before)) => (Effect::Configured, differences(&before, &object.to_value())),
    };
    Change { key, effect, fields }
}

fn told(failure: Failure) -> String {
    Answer::failed(failure).output.trim_end().to_owned()
}

fn differences(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

/// Whether a field is left out.
fn is_left_out(path: &str, key: &str) -> bool {
    match path {
        "" => matches!(key, "status" | "apiVersion" | "kind"),
        "metadata" => SERVERS.contains(&key),
        "metadata.annotations" => key == LAST_APPLIED,
        _ => false,
    }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    let children = |value: Option<&Value>| -> Option<Vec<(String, Value)>> {
        match value? {
            Value::Object(map) if !map.is_empty() || path.is_empty() => {
                let kept = map.iter().filter(|(key, _)| !is_left_out(path, key));
                Some(kept.map(|(key, value)| (joined(path, key), value.clone())).collect())
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                Some(items.iter().zip(0..).map(|(item, at)| (format!("{path}[{}]", named(item, at)), item.clone())).collect())
            }
            _ => None,
        }
    };
    let (old, new) = (children(before), children(after));
    let empty = |value: Option<&Value>| value.is_none_or(Value::is_null);
    if (old.is_none() && !empty(before)) || (new.is_none() && !empty(after)) || (old.is_none() && new.is_none()) {
        let shown = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(print);
        found.push(FieldChange { path: path.to_owned(), before: shown(before), after: shown(after) });
        return;
    }
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let of = |list: &[(String, Value)], path: &str| list.iter().find(|(name, _)| name == path).map(|(_, value)| value.clone());
    for (path, value) in &old {
        compare(path, Some(value), of(&new, path).as_ref(), found);
    }
    for (path, value) in new.iter().filter(|(path, _)| of(&old, path).is_none()) {
        compare(path, None, Some(value), found);
    }
}

fn joined(path: &str, key: &str) -> String {
    match (path, key.contains('.')) {
        ("", _) => key.to_owned(),
        (_, true) => format!("{path}[{key}]"),
        _ => format!("{path}.{key}"),
    }
}

/// How an item of a list is told: by its name, else by its place.
fn named(item: &Value, at: usize) -> String {
    item.get("name").and_then(Value::as_str).map_or_else(|| at.to_string(), str::to_owned)
}

fn print(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.replace('\n', "\u{23ce}"),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_that_become_otherwise_are_listed() {
        let line = |change: &FieldChange| format!("{}: {} > {}", change.path, change.before.as_deref().unwrap_or("-"), change.after.as_deref().unwrap_or("-"));
        let of = |replicas: i64, image: &str| json!({"metadata": {"uid": replicas, "annotations": {LAST_APPLIED: image}}, "spec": {"replicas": replicas, "containers": [{"name": "main", "image": image}]}, "status": {"x": replicas}});
        let table = [
            (of(1, "a"), of(2, "b"), vec!["spec.containers[main].image: a > b", "spec.replicas: 1 > 2"]),
            (of(1, "a"), of(1, "a"), vec![]),
            (json!({"a": [1]}), json!({"a": [1, 2]}), vec!["a: [1] > [1,2]"]),
            (json!({"a": {"b": 1}}), json!({}), vec!["a.b: 1 > -"]),
            (json!({}), json!({"data": {"x.y": "l1\nl2"}}), vec!["data[x.y]: - > l1⏎l2"]),
            (json!({"a": {}}), json!({"a": {"b": 1}}), vec!["a: {} > {\"b\":1}"]),
        ];
        for (before, after, expected) in table {
            let lines: Vec<String> = differences(&before, &after).iter().map(line).collect();
            assert_eq!(lines, expected, "{before}");
        }
    }
}
