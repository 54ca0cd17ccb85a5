//! What `jq` calls beside its most used functions: of texts, entries, ranges, tests of lists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::jq::{compared, is_true, kind, shown};
use crate::base::{Dialect, Regex};

/// The values of an argument: of the call's own input, or of another value.
type Argument<'a> = &'a dyn Fn(usize) -> Result<Vec<Value>, String>;
type ArgumentOf<'a> = &'a dyn Fn(&Value, usize) -> Result<Vec<Value>, String>;

pub(super) fn called(name: &str, count: usize, value: &Value, argument: Argument<'_>, of: ArgumentOf<'_>) -> Result<Vec<Value>, String> {
    let one = |value: Value| Ok(vec![value]);
    let text = |at: usize| argument(at).map(|values| values.first().and_then(Value::as_str).unwrap_or_default().to_owned());
    let own = value.as_str().unwrap_or_default();
    let list = value.as_array().map_or(&[] as &[Value], Vec::as_slice);
    match (name, count) {
        ("ascii_upcase", 0) => one(Value::from(own.to_ascii_uppercase())),
        ("ascii_downcase", 0) => one(Value::from(own.to_ascii_lowercase())),
        ("split", 1) => {
            let by = text(0)?;
            one(Value::from(own.split(by.as_str()).filter(|piece| !by.is_empty() || !piece.is_empty()).collect::<Vec<_>>()))
        }
        ("ltrimstr", 1) => one(Value::from(own.strip_prefix(text(0)?.as_str()).unwrap_or(own))),
        ("rtrimstr", 1) => one(Value::from(own.strip_suffix(text(0)?.as_str()).unwrap_or(own))),
        ("sub" | "gsub", 2) => one(Value::from(replaced(own, &text(0)?, &text(1)?, name == "gsub"))),
        ("tonumber", 0) => match own.trim().parse::<i64>() {
            _ if value.is_number() => one(value.clone()),
            Ok(number) => one(Value::from(number)),
            Err(_) => Err(format!("Cannot parse '{own}' as JSON")),
        },
        ("tojson", 0) | ("@json", 0) => one(Value::from(value.to_string())),
        ("@text", 0) => one(Value::from(shown(value, true, true))),
        ("fromjson", 0) => serde_json::from_str(own).map(|value| vec![value]).map_err(|_| "Invalid JSON".to_owned()),
        ("@base64", 0) => one(Value::from(STANDARD.encode(shown(value, true, true)))),
        ("@base64d", 0) => one(Value::from(STANDARD.decode(own).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default())),
        ("reverse", 0) => one(Value::from(list.iter().rev().cloned().collect::<Vec<_>>())),
        ("flatten", 0) => one(Value::from(flat(list))),
        ("values", 0) => Ok(if value.is_null() { Vec::new() } else { vec![value.clone()] }),
        ("error", _) => Err(text(0).unwrap_or_default()),
        ("range", 1) => {
            let end = argument(0)?.first().and_then(Value::as_i64).unwrap_or_default().clamp(0, 10_000);
            Ok((0..end).map(Value::from).collect())
        }
        _ => of_items(name, count, value, of),
    }
}

/// What is called with a filter for each item.
fn of_items(name: &str, count: usize, value: &Value, of: ArgumentOf<'_>) -> Result<Vec<Value>, String> {
    let one = |value: Value| Ok(vec![value]);
    let list = value.as_array().map_or(&[] as &[Value], Vec::as_slice);
    match (name, count) {
        ("min" | "max", 0) => {
            let order = |a: &&Value, b: &&Value| compared(a, b);
            one(if name == "min" { list.iter().min_by(order) } else { list.iter().max_by(order) }.cloned().unwrap_or_default())
        }
        ("min_by" | "max_by", 1) => {
            let mut best: Option<(Value, &Value)> = None;
            for item in list {
                let key = of(item, 0)?.into_iter().next().unwrap_or_default();
                let better = best.as_ref().is_none_or(|(known, _)| if name == "min_by" { compared(&key, known).is_lt() } else { compared(&key, known).is_ge() });
                if better {
                    best = Some((key, item));
                }
            }
            one(best.map(|(_, item)| item.clone()).unwrap_or_default())
        }
        ("any" | "all", _) => {
            let mut holds = Vec::new();
            for item in list {
                holds.push(if count == 0 { is_true(item) } else { of(item, 0)?.iter().any(is_true) });
            }
            one(Value::from(if name == "any" { holds.contains(&true) } else { !holds.contains(&false) }))
        }
        ("from_entries", 0) => one(Value::Object(list.iter().map(entry).collect())),
        ("with_entries", 1) => {
            let mut map = Map::new();
            for (key, value) in value.as_object().into_iter().flatten() {
                map.extend(of(&json!({"key": key, "value": value}), 0)?.iter().map(entry));
            }
            one(Value::Object(map))
        }
        ("map_values", 1) => {
            let mut map = Map::new();
            for (key, inner) in value.as_object().into_iter().flatten() {
                map.extend(of(inner, 0)?.into_iter().next().map(|value| (key.clone(), value)));
            }
            one(Value::Object(map))
        }
        _ if matches!(name, "reduce" | "foreach" | "def" | "del" | "as" | "limit" | "paths") => {
            Err(format!("{name} is not supported here, use -o jsonpath or simpler paths"))
        }
        _ => Err(format!("{name}/{count} is not defined at <top-level>, line 1 ({})", kind(value))),
    }
}

fn entry(entry: &Value) -> (String, Value) {
    let key = ["key", "k", "name"].iter().find_map(|field| entry.get(field)).unwrap_or(&Value::Null);
    (shown(key, true, true), entry.get("value").cloned().unwrap_or_default())
}

fn flat(list: &[Value]) -> Vec<Value> {
    list.iter().flat_map(|item| item.as_array().map_or_else(|| vec![item.clone()], |inner| flat(inner))).collect()
}

/// A text with what a pattern fits replaced, once or everywhere.
fn replaced(text: &str, pattern: &str, by: &str, everywhere: bool) -> String {
    let Some(regex) = Regex::parse(pattern, Dialect::Extended, false) else { return text.to_owned() };
    let (mut out, mut at) = (String::new(), 0);
    while let Some((start, end)) = regex.find(text, at).and_then(|found| found[0]).filter(|(start, end)| end > start) {
        out += &text[at..start];
        out += by;
        at = end;
        if !everywhere {
            break;
        }
    }
    out + &text[at..]
}
