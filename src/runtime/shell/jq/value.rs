//! JSON as jq has it: numbers are floating, objects keep the order of their keys. Models jq's jv.c, jv_parse.c and jv_print.c.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::base::parse_float;

/// Deeper than this nothing is nested.
const MAX_DEPTH: usize = 256;
/// Whole numbers up to here are printed without an exponent.
const LARGEST_PLAIN: f64 = 1e17;

#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<str>),
    List(Rc<Vec<Value>>),
    Object(Rc<Vec<(Rc<str>, Value)>>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        compared(self, other).is_eq()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Rc::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Rc::from(text))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Number(number as f64)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Value {
        Value::List(Rc::new(list))
    }
}

impl Value {
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::List(_) => "array",
            Value::Object(_) => "object",
        }
    }

    pub fn is_true(&self) -> bool {
        !matches!(self, Value::Null | Value::Bool(false))
    }

    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    pub fn number(&self) -> Option<f64> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }

    pub fn list(&self) -> Option<&[Value]> {
        if let Value::List(list) = self { Some(list) } else { None }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let Value::Object(fields) = self else { return None };
        fields.iter().find(|(known, _)| **known == *key).map(|(_, value)| value)
    }

    /// Itself if it is a text, else as JSON.
    pub fn plain(&self) -> String {
        self.text().map_or_else(|| self.compact(), str::to_owned)
    }

    pub fn compact(&self) -> String {
        let mut out = String::new();
        write(self, None, &mut out);
        out
    }

    pub fn pretty(&self) -> String {
        let mut out = String::new();
        write(self, Some(0), &mut out);
        out
    }

    /// As error messages show it: cut short.
    pub fn cut(&self) -> String {
        let text = self.compact();
        if text.len() <= 14 {
            return text;
        }
        let end = (0..=11).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        format!("{}...", &text[..end])
    }

    /// With the keys of all objects in their order.
    pub fn in_order(&self) -> Value {
        match self {
            Value::List(list) => Value::from(list.iter().map(Value::in_order).collect::<Vec<_>>()),
            Value::Object(fields) => {
                let mut fields: Vec<(Rc<str>, Value)> = fields.iter().map(|(key, value)| (key.clone(), value.in_order())).collect();
                crate::base::sort_by(&mut fields, |a, b| a.0.cmp(&b.0));
                Value::Object(Rc::new(fields))
            }
            other => other.clone(),
        }
    }

    /// The keys of an object in their order.
    pub fn keys(&self) -> Vec<Rc<str>> {
        let Value::Object(fields) = self else { return Vec::new() };
        let mut keys: Vec<Rc<str>> = fields.iter().map(|(key, _)| key.clone()).collect();
        crate::base::sort_by(&mut keys, |a, b| a.cmp(b));
        keys
    }
}

/// Whether something is nested deeper than so many levels. Of what is long the ends are looked at.
pub(super) fn is_deeper(value: &Value, levels: usize) -> bool {
    let inside = |value: &Value| levels == 0 || is_deeper(value, levels - 1);
    match value {
        Value::List(list) if list.len() > 4 => list.first().is_some_and(inside) || list.last().is_some_and(inside),
        Value::List(list) => list.iter().any(inside),
        Value::Object(fields) if fields.len() > 4 => fields.first().into_iter().chain(fields.last()).any(|(_, value)| inside(value)),
        Value::Object(fields) => fields.iter().any(|(_, value)| inside(value)),
        _ => false,
    }
}

/// An object with a field set.
pub(super) fn put(fields: &mut Vec<(Rc<str>, Value)>, key: Rc<str>, value: Value) {
    match fields.iter_mut().find(|(known, _)| *known == key) {
        Some((_, old)) => *old = value,
        None => fields.push((key, value)),
    }
}

/// The order of jq: null, false, true, numbers, texts, lists, objects (by their keys, then by their values).
pub(super) fn compared(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(truth) => 1 + u8::from(*truth),
        Value::Number(_) => 3,
        Value::Text(_) => 4,
        Value::List(_) => 5,
        Value::Object(_) => 6,
    };
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Less),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::List(a), Value::List(b)) => {
            let first = a.iter().zip(b.iter()).map(|(a, b)| compared(a, b)).find(|order| order.is_ne());
            first.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Value::Object(_), Value::Object(_)) => {
            let (keys, others) = (a.keys(), b.keys());
            keys.cmp(&others).then_with(|| {
                let of = |value: &Value, key: &str| value.get(key).cloned().unwrap_or(Value::Null);
                keys.iter().map(|key| compared(&of(a, key), &of(b, key))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            })
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn number(number: f64) -> String {
    match number {
        number if number.is_nan() => "null".to_owned(),
        number if number.is_infinite() => format!("{}1.7976931348623157e+308", if number < 0.0 { "-" } else { "" }),
        number if number % 1.0 == 0.0 && number.abs() < LARGEST_PLAIN => format!("{}", number as i64),
        number if number.abs() >= LARGEST_PLAIN => format!("{number:e}").replace('e', "e+"),
        number => format!("{number}"),
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// `indent`: how far what is inside another stands in; None for all in one line.
fn write(value: &Value, indent: Option<usize>, out: &mut String) {
    let line = |out: &mut String, more: usize| {
        if let Some(indent) = indent {
            out.push('\n');
            (0..indent + more).for_each(|_| out.push_str("  "));
        }
    };
    let inner = indent.map(|indent| indent + 1);
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(value) => out.push_str(&number(*value)),
        Value::Text(text) => quoted(text, out),
        Value::List(list) if list.is_empty() => out.push_str("[]"),
        Value::Object(fields) if fields.is_empty() => out.push_str("{}"),
        Value::List(list) => {
            for (at, item) in list.iter().enumerate() {
                out.push(if at == 0 { '[' } else { ',' });
                line(out, 1);
                write(item, inner, out);
            }
            line(out, 0);
            out.push(']');
        }
        Value::Object(fields) => {
            for (at, (key, item)) in fields.iter().enumerate() {
                out.push(if at == 0 { '{' } else { ',' });
                line(out, 1);
                quoted(key, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(item, inner, out);
            }
            line(out, 0);
            out.push('}');
        }
    }
}

/// Reads values one after the other.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: 0 }
    }

    fn gap(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']).len();
    }

    /// How many lines have been read, that of the last value to its end.
    pub fn line(&self) -> usize {
        let end = self.text[self.at..].find('\n').map_or(self.text.len(), |more| self.at + more + 1);
        self.text[..end].matches('\n').count()
    }

    /// The next value; None at the end. An error is jq's sentence.
    pub fn next(&mut self) -> Option<Result<Value, String>> {
        self.gap();
        if self.at >= self.text.len() {
            return None;
        }
        Some(self.value(0))
    }

    fn wrong<T>(&self, what: &str) -> Result<T, String> {
        let before = &self.text[..self.at.min(self.text.len())];
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        Err(format!("{what} at line {}, column {column}", before.matches('\n').count() + 1))
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        self.gap();
        if depth > MAX_DEPTH {
            return self.wrong("Exceeds depth limit for parsing");
        }
        match self.text[self.at..].chars().next() {
            None => self.wrong("Unfinished JSON term"),
            Some('"') => self.string().map(Value::from),
            Some('[') => self.items(depth, ']').map(|items| Value::from(items.into_iter().map(|(_, value)| value).collect::<Vec<_>>())),
            Some('{') => self.items(depth, '}').map(|items| {
                let mut fields = Vec::new();
                items.into_iter().for_each(|(key, value)| put(&mut fields, key, value));
                Value::Object(Rc::new(fields))
            }),
            Some(_) => self.word(),
        }
    }

    /// What stands between brackets: the items, those of an object with their keys.
    fn items(&mut self, depth: usize, close: char) -> Result<Vec<(Rc<str>, Value)>, String> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.gap();
            match self.text[self.at..].chars().next() {
                None => return self.wrong("Unfinished JSON term"),
                Some(c) if c == close => {
                    self.at += 1;
                    return Ok(items);
                }
                Some(',') if !items.is_empty() => self.at += 1,
                Some(_) if items.is_empty() => {}
                Some(_) => return self.wrong("Expected separator between values"),
            }
            let mut key = Rc::from("");
            if close == '}' {
                self.gap();
                if !self.text[self.at..].starts_with('"') {
                    return self.wrong("Object keys must be strings");
                }
                key = self.string()?.into();
                self.gap();
                if !self.text[self.at..].starts_with(':') {
                    return self.wrong("Objects must consist of key:value pairs");
                }
                self.at += 1;
            }
            items.push((key, self.value(depth + 1)?));
        }
    }

    fn word(&mut self) -> Result<Value, String> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-._".contains(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end.max(1).min(rest.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        match word {
            "null" => Ok(Value::Null),
            "true" | "false" => Ok(Value::Bool(word == "true")),
            "nan" => Ok(Value::Number(f64::NAN)),
            word => match parse_float(word).filter(|_| !word.starts_with('+')) {
                Some(number) => Ok(Value::Number(number)),
                None if word.starts_with(|c: char| c.is_ascii_alphabetic()) => self.wrong("Invalid literal"),
                None => self.wrong("Invalid numeric literal"),
            },
        }
    }

    fn string(&mut self) -> Result<String, String> {
        let rest = &self.text[self.at + 1..];
        let mut escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            self.at = self.text.len();
            return self.wrong("Unfinished string");
        };
        self.at += end + 2;
        unescaped(&rest[..end]).map_or_else(|| self.wrong("Invalid escape"), Ok)
    }
}

/// A text without its backslashes; None if one means nothing.
pub(super) fn unescaped(raw: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            c @ ('"' | '\\' | '/') => out.push(c),
            'u' => {
                let unit = |chars: &mut std::str::Chars<'_>| u32::from_str_radix(&chars.by_ref().take(4).collect::<String>(), 16).ok();
                let first = unit(&mut chars)?;
                let code = if (0xD800..0xDC00).contains(&first) && chars.as_str().starts_with("\\u") {
                    let mut rest = chars.as_str()[2..].chars();
                    let second = unit(&mut rest)?;
                    chars = rest;
                    0x10000 + ((first - 0xD800) << 10) + (second & 0x3FF)
                } else {
                    first
                };
                out.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
            }
            _ => return None,
        }
    }
    Some(out)
}
