//! `jq`: paths, pipes, `select`, `map`, `length`, `keys`, comparisons, `//`, lists and objects made anew; `-r` and `-c`.
//! Left out: definitions, `reduce`, `if`, arithmetic, dates, formats.

use crate::base;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Surroundings;
use super::text_tools::source;
use super::tools::Call;

const MAX_DEPTH: usize = 40;

#[derive(Clone, Debug)]
enum Filter {
    Dot,
    Field(Box<Filter>, String),
    Index(Box<Filter>, i64),
    Slice(Box<Filter>, Option<i64>, Option<i64>),
    Each(Box<Filter>),
    Pipe(Box<Filter>, Box<Filter>),
    Comma(Box<Filter>, Box<Filter>),
    Two(&'static str, Box<Filter>, Box<Filter>),
    Constant(Value),
    List(Option<Box<Filter>>),
    Object(Vec<(String, Filter)>),
    Call(String, Vec<Filter>),
}

pub(super) fn jq(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, mut rest) = super::line_tools::options(call.args, "");
    let has = |letter: char| options.iter().any(|(other, _)| *other == letter);
    let filter = if rest.is_empty() { ".".to_owned() } else { rest.remove(0) };
    let mut parser = Parser { chars: filter.chars().collect(), at: 0, depth: 0 };
    let parsed = parser.pipe().filter(|_| parser.rest_is_empty());
    let Some(parsed) = parsed else {
        call.err = format!("jq: error: syntax error in '{filter}'\njq: 1 compile error\n");
        return 3;
    };
    let Ok(text) = source(call, around, &rest, "jq") else { return 2 };
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let Ok(value) = value else {
            call.err += "jq: parse error: Invalid JSON\n";
            return 2;
        };
        match parsed.run(&value) {
            Ok(values) => values.iter().for_each(|value| call.out += &(shown(value, has('r'), has('c')) + "\n")),
            Err(why) => {
                call.err += &format!("jq: error (at <stdin>:0): {why}\n");
                return 5;
            }
        }
    }
    0
}

fn shown(value: &Value, raw: bool, compact: bool) -> String {
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

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn gap(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn rest_is_empty(&mut self) -> bool {
        self.gap();
        self.at >= self.chars.len()
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.gap();
        let is = sign.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if is { sign.chars().count() } else { 0 };
        is
    }

    fn pipe(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut left = self.comma()?;
        while !self.chars[self.at.min(self.chars.len())..].starts_with(&['|', '=']) && self.sign("|") {
            left = Filter::Pipe(Box::new(left), Box::new(self.comma()?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn comma(&mut self) -> Option<Filter> {
        let mut left = self.level(0)?;
        while self.sign(",") {
            left = Filter::Comma(Box::new(left), Box::new(self.level(0)?));
        }
        Some(left)
    }

    fn level(&mut self, level: usize) -> Option<Filter> {
        const LEVELS: [&[&str]; 5] = [&["//"], &["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"]];
        let Some(signs) = LEVELS.get(level) else { return self.postfix() };
        let mut left = self.level(level + 1)?;
        while let Some(sign) = signs.iter().copied().find(|sign| self.sign(sign)) {
            left = Filter::Two(sign, Box::new(left), Box::new(self.level(level + 1)?));
        }
        Some(left)
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn text(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        while *self.chars.get(self.at)? != '"' {
            self.at += if self.chars[self.at] == '\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(&self.chars[start..self.at].iter().collect::<String>()).ok()
    }

    fn postfix(&mut self) -> Option<Filter> {
        let mut at = self.primary()?;
        loop {
            match self.chars.get(self.at) {
                Some('.') if self.chars.get(self.at + 1).is_some_and(|c| c.is_alphabetic() || *c == '_' || *c == '"') => {
                    self.at += 1;
                    let name = if self.chars[self.at] == '"' { self.text()? } else { self.name() };
                    at = Filter::Field(Box::new(at), name);
                }
                Some('.') if self.chars.get(self.at + 1) == Some(&'[') => self.at += 1,
                Some('[') => {
                    self.at += 1;
                    at = self.bracket(at)?;
                }
                Some('?') => self.at += 1,
                _ => return Some(at),
            }
        }
    }

    fn bracket(&mut self, of: Filter) -> Option<Filter> {
        if self.sign("]") {
            return Some(Filter::Each(Box::new(of)));
        }
        if self.chars.get(self.at) == Some(&'"') {
            let name = self.text()?;
            return self.sign("]").then(|| Filter::Field(Box::new(of), name));
        }
        let from = self.number();
        if self.sign(":") {
            let to = self.number();
            return self.sign("]").then(|| Filter::Slice(Box::new(of), from, to));
        }
        let index = from?;
        self.sign("]").then(|| Filter::Index(Box::new(of), index))
    }

    fn number(&mut self) -> Option<i64> {
        self.gap();
        let start = self.at;
        self.at += usize::from(self.chars.get(self.at) == Some(&'-'));
        while self.chars.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect::<String>().parse().ok()
    }

    fn primary(&mut self) -> Option<Filter> {
        self.gap();
        match *self.chars.get(self.at)? {
            '.' => {
                self.at += 1;
                match self.chars.get(self.at) {
                    Some('"') => Some(Filter::Field(Box::new(Filter::Dot), self.text()?)),
                    Some(c) if c.is_alphabetic() || *c == '_' => Some(Filter::Field(Box::new(Filter::Dot), self.name())),
                    _ => Some(Filter::Dot),
                }
            }
            '"' => self.text().map(|text| Filter::Constant(Value::from(text))),
            '(' => {
                self.at += 1;
                let inner = self.pipe()?;
                self.sign(")").then_some(inner)
            }
            '[' => {
                self.at += 1;
                if self.sign("]") {
                    return Some(Filter::List(None));
                }
                let inner = self.pipe()?;
                self.sign("]").then(|| Filter::List(Some(Box::new(inner))))
            }
            '{' => self.object(),
            '@' => {
                self.at += 1;
                let name = self.name();
                Some(Filter::Call(format!("@{name}"), Vec::new()))
            }
            c if c.is_ascii_digit() || c == '-' => self.number().map(|number| Filter::Constant(Value::from(number))),
            _ => {
                let name = self.name();
                match name.as_str() {
                    "" => None,
                    "true" | "false" => Some(Filter::Constant(Value::from(name == "true"))),
                    "null" => Some(Filter::Constant(Value::Null)),
                    _ => {
                        let mut args = Vec::new();
                        if self.sign("(") {
                            args.push(self.pipe()?);
                            while self.sign(";") {
                                args.push(self.pipe()?);
                            }
                            self.sign(")").then_some(())?;
                        }
                        Some(Filter::Call(name, args))
                    }
                }
            }
        }
    }

    fn object(&mut self) -> Option<Filter> {
        self.at += 1;
        let mut fields = Vec::new();
        while !self.sign("}") {
            self.gap();
            let name = if self.chars.get(self.at) == Some(&'"') { self.text()? } else { self.name() };
            let value = if self.sign(":") { self.level(0)? } else { Filter::Field(Box::new(Filter::Dot), name.clone()) };
            fields.push((name, value));
            if !self.sign(",") && self.chars.get(self.at) != Some(&'}') {
                return None;
            }
        }
        Some(Filter::Object(fields))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_true(value: &Value) -> bool {
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
            Filter::Two(sign, left, right) => two(sign, left, right, value),
            Filter::Call(name, args) => called(name, args, value),
        }
    }
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
fn compared(a: &Value, b: &Value) -> std::cmp::Ordering {
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
        _ => Err(format!("{name}/{} is not defined", args.len())),
    }
}
