//! The functions of Go templates and how Go shows values. Models text/template/funcs.go as far as people use it in one line.

use serde_json::Value;

use crate::base::printf;

/// Whether a value counts as true.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(holds) => *holds,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// As Go prints it: `map[a:1 b:2]`, `[a b]`.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => format!("[{}]", list.iter().map(shown).collect::<Vec<_>>().join(" ")),
        Value::Object(map) => format!("map[{}]", map.iter().map(|(key, item)| format!("{key}:{}", shown(item))).collect::<Vec<_>>().join(" ")),
        other => other.to_string(),
    }
}

pub(super) fn called(name: &str, args: &[Value]) -> Result<Value, String> {
    let number = |at: usize| args.get(at).and_then(Value::as_i64).unwrap_or_default();
    let texts = || args.iter().map(shown).collect::<Vec<_>>();
    let first = || args.first().ok_or_else(|| format!("wrong number of args for {name}: want at least 1 got 0"));
    Ok(match name {
        "print" => Value::from(printed(args)),
        "html" => Value::from(printed(args).chars().map(escaped).collect::<String>()),
        "js" => Value::from(texts().concat()),
        "slice" => {
            let part = |length: usize| {
                let end = |at: usize, default: usize| args.get(at).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok()).unwrap_or(default);
                let (from, to) = (end(1, 0), end(2, length));
                if from <= to && to <= length { Ok(from..to) } else { Err(format!("error calling slice: index out of range: {}", from.max(to))) }
            };
            match first()? {
                Value::String(text) => Value::from(text.get(part(text.len())?).unwrap_or_default()),
                Value::Array(list) => Value::from(list[part(list.len())?].to_vec()),
                _ => return Err("error calling slice: can't slice item".to_owned()),
            }
        }
        "println" => Value::from(texts().join(" ") + "\n"),
        "printf" => Value::from(formatted(args)),
        "len" => match first()? {
            Value::String(text) => Value::from(text.len()),
            Value::Array(list) => Value::from(list.len()),
            Value::Object(map) => Value::from(map.len()),
            _ => return Err("error calling len: len of nil pointer".to_owned()),
        },
        "index" => {
            let mut at = first()?;
            for key in &args[1..] {
                let inner = match (at, key) {
                    (Value::Object(map), Value::String(key)) => map.get(key),
                    (Value::Array(list), key) => {
                        let index = key.as_i64().and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX);
                        Some(list.get(index).ok_or_else(|| format!("error calling index: index out of range: {}", shown(key)))?)
                    }
                    _ => None,
                };
                at = inner.unwrap_or(&Value::Null);
            }
            at.clone()
        }
        "eq" => Value::from(args[1..].iter().any(|other| shown(other) == shown(&args[0]))),
        "ne" => Value::from(args.len() == 2 && shown(&args[0]) != shown(&args[1])),
        "lt" => Value::from(number(0) < number(1)),
        "le" => Value::from(number(0) <= number(1)),
        "gt" => Value::from(number(0) > number(1)),
        "ge" => Value::from(number(0) >= number(1)),
        "and" => args.iter().find(|arg| !is_true(arg)).or(args.last()).cloned().unwrap_or_default(),
        "or" => args.iter().find(|arg| is_true(arg)).or(args.last()).cloned().unwrap_or_default(),
        "not" => Value::from(!is_true(first()?)),
        "exists" => Value::from(args.len() > 1 && !called("index", args).unwrap_or_default().is_null()),
        "base64decode" => {
            use base64::Engine;
            let bytes = base64::engine::general_purpose::STANDARD.decode(shown(first()?)).map_err(|_| "illegal base64 data".to_owned())?;
            Value::from(String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => return Err(format!("function \"{name}\" is not supported here")),
    })
}

/// Values one after the other, with a space between two that are no texts. Models fmt.Sprint.
fn printed(args: &[Value]) -> String {
    let mut out = String::new();
    for (at, arg) in args.iter().enumerate() {
        if at > 0 && !arg.is_string() && !args[at - 1].is_string() {
            out.push(' ');
        }
        out += &shown(arg);
    }
    out
}

/// Models text/template's HTMLEscape.
fn escaped(c: char) -> String {
    match c {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '"' => "&#34;".to_owned(),
        '\'' => "&#39;".to_owned(),
        c => c.to_string(),
    }
}

/// `printf` with `%s`, `%d`, `%v`, `%q`, widths.
fn formatted(args: &[Value]) -> String {
    let Some((format, rest)) = args.split_first() else { return String::new() };
    let mut rest = rest.iter();
    printf(&shown(format), &mut |verb| {
        let value = rest.next();
        if value == Some(&Value::Null) && verb != 'v' {
            return format!("%!{verb}(<nil>)");
        }
        let text = value.map(shown).unwrap_or_default();
        if verb == 'q' { Value::from(text).to_string() } else { text }
    })
}
