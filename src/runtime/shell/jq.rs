//! `jq`: paths, pipes, `select`, `map`, `length`, `keys`, comparisons, `//`, lists and objects made anew; `-r` and `-c`.
//! Left out: definitions, `reduce`, `as`, updates, arithmetic beyond `+` and `-`, dates. Objects made anew have their keys sorted.

use crate::base;
use serde::Serialize;
use serde_json::{Map, Value};

use super::jq_script::{Filter, read};
use super::Surroundings;
use super::text_tools::source;
use super::tools::Call;

pub(super) fn jq(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (given, args) = arguments(call.args);
    let (options, mut rest) = super::line_tools::options(&args, "");
    let has = |letter: char| options.iter().any(|(other, _)| *other == letter);
    let filter = if rest.is_empty() { ".".to_owned() } else { rest.remove(0) };
    let Some(parsed) = read(&filter, given) else {
        call.err = format!("jq: error: syntax error in '{filter}'\njq: 1 compile error\n");
        return 3;
    };
    let Ok(text) = source(call, around, &rest, "jq") else { return 2 };
    let mut status = 0;
    let inputs: Box<dyn Iterator<Item = serde_json::Result<Value>>> = match () {
        () if has('n') => Box::new(std::iter::once(Ok(Value::Null))),
        () if has('R') => Box::new(text.lines().map(|line| Ok(Value::from(line))).collect::<Vec<_>>().into_iter()),
        () => Box::new(serde_json::Deserializer::from_str(&text).into_iter::<Value>()),
    };
    for value in inputs {
        let Ok(value) = value else {
            call.err += "jq: parse error: Invalid JSON\n";
            return 2;
        };
        match parsed.run(&value) {
            Ok(values) => {
                let end = if has('j') { "" } else { "\n" };
                values.iter().for_each(|value| call.out += &(shown(value, has('r') || has('j'), has('c')) + end));
                status = i32::from(has('e') && values.last().is_none_or(|value| !is_true(value)));
            }
            Err(why) => {
                call.err += &format!("jq: error (at <stdin>:0): {why}\n");
                return 5;
            }
        }
    }
    status
}

/// `--arg name text` and `--argjson name value`, and the arguments without them.
fn arguments(args: &[String]) -> (Vec<(String, Value)>, Vec<String>) {
    let (mut given, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    while at < args.len() {
        match (args[at].as_str(), args.get(at + 1), args.get(at + 2)) {
            ("--arg", Some(name), Some(text)) => given.push((name.clone(), Value::from(text.as_str()))),
            ("--argjson", Some(name), Some(text)) => given.push((name.clone(), serde_json::from_str(text).unwrap_or_default())),
            (long, ..) => {
                let short = match long {
                    "--raw-output" => "-r",
                    "--compact-output" => "-c",
                    "--exit-status" => "-e",
                    "--null-input" => "-n",
                    "--raw-input" => "-R",
                    other => other,
                };
                rest.push(short.to_owned());
                at += 1;
                continue;
            }
        }
        at += 3;
    }
    (given, rest)
}

pub(super) fn shown(value: &Value, raw: bool, compact: bool) -> String {
    match value {
        Value::String(text) if raw => text.clone(),
        value if compact => value.to_string(),
        value => {
            let mut bytes = Vec::new();
            let formatter = serde_json::ser::PrettyFormatter::with_indent(b"  ");
            let _ = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter));
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

impl Filter {
    fn run(&self, value: &Value) -> Result<Vec<Value>, String> {
        match self {
            Filter::Dot => Ok(vec![value.clone()]),
            Filter::Constant(constant) => Ok(vec![constant.clone()]),
            Filter::Pipe(left, right) => on_each(left.run(value)?, |inner| right.run(inner)),
            Filter::Comma(left, right) => Ok(left.run(value)?.into_iter().chain(right.run(value)?).collect()),
            Filter::Field(of, name) => on_each(of.run(value)?, |inner| match inner {
                Value::Object(map) => Ok(vec![map.get(name).cloned().unwrap_or_default()]),
                Value::Null => Ok(vec![Value::Null]),
                other => Err(format!("Cannot index {} with \"{name}\"", kind(other))),
            }),
            Filter::Index(of, index) => on_each(of.run(value)?, |inner| match inner {
                Value::Array(list) => {
                    let at = if *index < 0 { list.len() as i64 + index } else { *index };
                    Ok(vec![usize::try_from(at).ok().and_then(|at| list.get(at)).cloned().unwrap_or_default()])
                }
                Value::Null => Ok(vec![Value::Null]),
                other => Err(format!("Cannot index {} with number", kind(other))),
            }),
            Filter::Slice(of, from, to) => on_each(of.run(value)?, |inner| {
                let Value::Array(list) = inner else { return Err(format!("Cannot index {} with object", kind(inner))) };
                let place = |at: i64| usize::try_from(if at < 0 { list.len() as i64 + at } else { at }).unwrap_or_default().min(list.len());
                let (from, to) = (from.map_or(0, place), to.map_or(list.len(), place));
                Ok(vec![Value::Array(list.get(from..to).unwrap_or_default().to_vec())])
            }),
            Filter::Each(of) => on_each(of.run(value)?, |inner| match inner {
                Value::Array(list) => Ok(list.clone()),
                Value::Object(map) => Ok(map.values().cloned().collect()),
                other => Err(format!("Cannot iterate over {}", kind(other))),
            }),
            Filter::List(None) => Ok(vec![Value::Array(Vec::new())]),
            Filter::List(Some(inner)) => Ok(vec![Value::Array(inner.run(value)?)]),
            Filter::Object(fields) => {
                let mut map = Map::new();
                for (name, filter) in fields {
                    map.insert(name.clone(), filter.run(value)?.into_iter().next().unwrap_or_default());
                }
                Ok(vec![Value::Object(map)])
            }
            Filter::Text(pieces) => mixed(pieces, value),
            Filter::If(branches, otherwise) => {
                for (condition, then) in branches {
                    if condition.run(value)?.first().is_some_and(is_true) {
                        return then.run(value);
                    }
                }
                otherwise.run(value)
            }
            Filter::Deep => Ok(below(value)),
            Filter::Two(sign, left, right) => two(sign, left, right, value),
            Filter::Call(name, args) => called(name, args, value),
        }
    }
}

/// A text with what is put into it.
fn mixed(pieces: &[(String, Option<Filter>)], value: &Value) -> Result<Vec<Value>, String> {
    let mut text = String::new();
    for (piece, inner) in pieces {
        text += piece;
        if let Some(inner) = inner {
            text += &inner.run(value)?.first().map(|value| shown(value, true, true)).unwrap_or_default();
        }
    }
    Ok(vec![Value::from(text)])
}

/// A value and all that is in it.
fn below(value: &Value) -> Vec<Value> {
    let mut all = vec![value.clone()];
    match value {
        Value::Array(list) => list.iter().for_each(|item| all.extend(below(item))),
        Value::Object(map) => map.values().for_each(|item| all.extend(below(item))),
        _ => {}
    }
    all
}

fn on_each(values: Vec<Value>, mut run: impl FnMut(&Value) -> Result<Vec<Value>, String>) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    for value in &values {
        all.extend(run(value)?);
    }
    Ok(all)
}

fn two(sign: &str, left: &Filter, right: &Filter, value: &Value) -> Result<Vec<Value>, String> {
    if sign == "//" {
        let values: Vec<Value> = left.run(value).unwrap_or_default().into_iter().filter(is_true).collect();
        return if values.is_empty() { right.run(value) } else { Ok(values) };
    }
    let rights = right.run(value)?;
    on_each(left.run(value)?, |a| {
        Ok(rights.iter().map(|b| {
            let order = match (a, b) {
                (Value::String(a), Value::String(b)) => a.cmp(b),
                _ => a.as_i64().cmp(&b.as_i64()),
            };
            match sign {
                "==" => Value::from(a == b),
                "!=" => Value::from(a != b),
                "<" => Value::from(order.is_lt()),
                "<=" => Value::from(order.is_le()),
                ">" => Value::from(order.is_gt()),
                ">=" => Value::from(order.is_ge()),
                "and" => Value::from(is_true(a) && is_true(b)),
                "or" => Value::from(is_true(a) || is_true(b)),
                "+" => match (a, b) {
                    (Value::String(a), Value::String(b)) => Value::from(format!("{a}{b}")),
                    _ => Value::from(a.as_i64().unwrap_or_default().wrapping_add(b.as_i64().unwrap_or_default())),
                },
                _ => Value::from(a.as_i64().unwrap_or_default().wrapping_sub(b.as_i64().unwrap_or_default())),
            }
        }).collect())
    })
}

/// The order of jq: null, false, true, numbers, texts, and the rest as written.
pub(super) fn compared(a: &Value, b: &Value) -> std::cmp::Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(truth) => 1 + u8::from(*truth),
        Value::Number(_) => 3,
        Value::String(_) => 4,
        _ => 5,
    };
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn called(name: &str, args: &[Filter], value: &Value) -> Result<Vec<Value>, String> {
    let one = |value: Value| Ok(vec![value]);
    match (name, args) {
        ("select", [condition]) => Ok(condition.run(value)?.iter().filter(|holds| is_true(holds)).map(|_| value.clone()).collect()),
        ("map", [inner]) => match value {
            Value::Array(list) => on_each(list.clone(), |item| inner.run(item)).map(|list| vec![Value::Array(list)]),
            other => Err(format!("Cannot iterate over {}", kind(other))),
        },
        ("length", []) => one(Value::from(match value {
            Value::Array(list) => list.len(),
            Value::Object(map) => map.len(),
            Value::String(text) => text.chars().count(),
            _ => 0,
        })),
        ("keys", []) => match value {
            Value::Object(map) => one(Value::Array(map.keys().map(|key| Value::from(key.as_str())).collect())),
            other => Err(format!("{} has no keys", kind(other))),
        },
        ("not", []) => one(Value::from(!is_true(value))),
        ("empty", []) => Ok(Vec::new()),
        ("type", []) => one(Value::from(kind(value))),
        ("tostring", []) => one(Value::from(shown(value, true, true))),
        ("has", [key]) => {
            let key = key.run(value)?.into_iter().next().unwrap_or_default();
            one(Value::from(key.as_str().is_some_and(|key| value.get(key).is_some())))
        }
        ("join", [by]) => {
            let by = by.run(value)?.into_iter().next().unwrap_or_default();
            let items: Vec<String> = value.as_array().into_iter().flatten().map(|item| shown(item, true, true)).collect();
            one(Value::from(items.join(by.as_str().unwrap_or_default())))
        }
        ("to_entries", []) => {
            let entry = |(key, value): (&String, &Value)| serde_json::json!({"key": key, "value": value});
            one(Value::Array(value.as_object().into_iter().flatten().map(entry).collect()))
        }
        _ => of_lists(name, args, value),
    }
}

/// Items in the order of a key, in groups of it, or one of each.
fn by_key(name: &str, by: &Filter, value: &Value) -> Result<Vec<Value>, String> {
    let mut keyed = Vec::new();
    for item in value.as_array().into_iter().flatten() {
        keyed.push((by.run(item)?.into_iter().next().unwrap_or_default(), item.clone()));
    }
    base::sort_by(&mut keyed, |(a, _), (b, _)| compared(a, b));
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for (key, item) in keyed {
        match groups.last_mut().filter(|(last, _)| *last == key) {
            Some((_, items)) => items.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    let items = groups.into_iter().map(|(_, items)| items);
    Ok(vec![Value::Array(match name {
        "group_by" => items.map(Value::Array).collect(),
        "unique_by" => items.filter_map(|items| items.into_iter().next()).collect(),
        _ => items.flatten().collect(),
    })])
}

/// What is called on lists and texts.
fn of_lists(name: &str, args: &[Filter], value: &Value) -> Result<Vec<Value>, String> {
    let one = |value: Value| Ok(vec![value]);
    match (name, args) {
        ("unique" | "sort", []) => {
            let mut list = value.as_array().cloned().unwrap_or_default();
            base::sort_by(&mut list, compared);
            if name == "unique" {
                list.dedup();
            }
            one(Value::Array(list))
        }
        ("sort_by" | "group_by" | "unique_by", [by]) => by_key(name, by, value),
        ("add", []) => {
            let list = value.as_array().map_or(&[] as &[Value], Vec::as_slice);
            one(match list.first() {
                Some(Value::String(_)) => Value::from(list.iter().filter_map(Value::as_str).collect::<String>()),
                Some(Value::Array(_)) => Value::Array(list.iter().filter_map(Value::as_array).flatten().cloned().collect()),
                Some(_) => Value::from(list.iter().filter_map(Value::as_i64).sum::<i64>()),
                None => Value::Null,
            })
        }
        ("first" | "last", []) => {
            let list = value.as_array().map_or(&[] as &[Value], Vec::as_slice);
            one(if name == "first" { list.first() } else { list.last() }.cloned().unwrap_or_default())
        }
        ("startswith" | "endswith" | "contains" | "test", [text]) => {
            let text = text.run(value)?.into_iter().next().unwrap_or_default();
            let (value, text) = (value.as_str().unwrap_or_default(), text.as_str().unwrap_or_default());
            one(Value::from(match name {
                "startswith" => value.starts_with(text),
                "endswith" => value.ends_with(text),
                _ => value.contains(text),
            }))
        }
        ("@tsv" | "@csv", []) => {
            let cell = |item: &Value| match item {
                Value::String(text) if name == "@csv" => format!("\"{}\"", text.replace('"', "\"\"")),
                Value::Null => String::new(),
                item => shown(item, true, true),
            };
            let cells: Vec<String> = value.as_array().into_iter().flatten().map(cell).collect();
            one(Value::from(cells.join(if name == "@tsv" { "\t" } else { "," })))
        }
        _ => super::jq_calls::called(name, args.len(), value, &|at| args.get(at).map_or(Ok(Vec::new()), |arg| arg.run(value)), &|item, at| {
            args.get(at).map_or(Ok(Vec::new()), |arg| arg.run(item))
        }),
    }
}
