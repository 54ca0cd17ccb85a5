//! What jq's functions do that are not made of others (`library.txt` holds those). Models jq's builtin.c.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::paths;
use super::names::Scope;
use super::run::{Flow, Item, MOST_BYTES, Machine, Out, Stop};
use super::script::Filter;
use super::value::{Reader, Value, compared, put};
use crate::base::{self, Dialect, Regex, SimTime};

impl<'a> Machine<'a> {
    /// Calls a function of jq's own; None if there is none of this name.
    pub(super) fn builtin(&self, name: &str, args: &'a [Filter], scope: &Scope<'a>, input: Item, out: Out<'_>) -> Option<Flow> {
        Some(match (name, args) {
            ("empty", []) => Ok(()),
            ("error", []) => Err(Stop::Error(input.value)),
            ("path", [inner]) => self.paths(inner, scope, &input.value).and_then(|all| all.into_iter().try_for_each(|path| out(Item::plain(Value::List(path))))),
            ("getpath", [path]) => self.all(path, scope, &input.value).and_then(|all| all.into_iter().try_for_each(|path| self.led(&input, &path, out))),
            ("range", [from, to]) => self.range(from, to, scope, &input.value, out),
            ("input", []) => match self.next_input() {
                Some(value) => return Some(out(Item::plain(value))),
                None => Err(Stop::from("No more inputs".to_owned())),
            },
            ("inputs", []) => loop {
                let Some(value) = self.next_input() else { break Ok(()) };
                if let Err(stop) = out(Item::plain(value)) {
                    break Err(stop);
                }
            },
            ("now", []) => out(Item::plain(Value::Number(self.seconds))),
            _ => {
                // All others take values: one call for each choice of them.
                let known = is_known(name, args.len());
                if !known {
                    return None;
                }
                self.choices(name, args, Vec::new(), scope, &input.value, out)
            }
        })
    }

    fn choices(&self, name: &str, args: &'a [Filter], done: Vec<Value>, scope: &Scope<'a>, value: &Value, out: Out<'_>) -> Flow {
        let Some(argument) = args.get(done.len()) else {
            let fits = |value: &Value| value.text().is_none_or(|text| text.len() < MOST_BYTES);
            return called(name, value, &done)?.into_iter().try_for_each(|value| match fits(&value) {
                true => out(Item::plain(value)),
                false => fault("the text is too long".to_owned()),
            });
        };
        for choice in self.all(argument, scope, value)? {
            let more = done.iter().cloned().chain([choice]).collect();
            self.choices(name, args, more, scope, value, out)?;
        }
        Ok(())
    }

    fn led(&self, input: &Item, path: &Value, out: Out<'_>) -> Flow {
        let Some(keys) = path.list() else { return Err(Stop::from("Path must be specified as an array".to_owned())) };
        let value = paths::get(&input.value, keys).unwrap_or(Value::Null);
        let path = input.path.as_ref().map(|before| Rc::new(before.iter().chain(keys).cloned().collect()));
        out(Item { value, path })
    }

    fn range(&self, from: &'a Filter, to: &'a Filter, scope: &Scope<'a>, value: &Value, out: Out<'_>) -> Flow {
        for from in self.all(from, scope, value)? {
            for to in self.all(to, scope, value)? {
                let (Some(mut at), Some(end)) = (from.number(), to.number()) else { return Err(Stop::from("Range bounds must be numeric".to_owned())) };
                while at < end {
                    self.steps.set(self.steps.get() + 1);
                    out(Item::plain(Value::Number(at)))?;
                    if self.steps.get() > 1_000_000 {
                        return Err(Stop::from("the range is too long".to_owned()));
                    }
                    at += 1.0;
                }
            }
        }
        Ok(())
    }
}

/// Functions and how many arguments they take.
const KNOWN: [(&str, usize); 46] = [
    ("length", 0), ("not", 0), ("type", 0), ("keys", 0), ("keys_unsorted", 0), ("has", 1), ("contains", 1), ("_by", 2), ("tojson", 0), ("fromjson", 0),
    ("tonumber", 0), ("ascii_downcase", 0), ("ascii_upcase", 0), ("startswith", 1), ("endswith", 1), ("ltrimstr", 1), ("rtrimstr", 1), ("split", 1),
    ("split", 2), ("explode", 0), ("implode", 0), ("indices", 1), ("flatten", 1), ("setpath", 2), ("delpaths", 1), ("test", 2), ("match", 2),
    ("floor", 0), ("ceil", 0), ("round", 0), ("sqrt", 0), ("fabs", 0), ("utf8bytelength", 0), ("strftime", 1), ("fromdateiso8601", 0), ("infinite", 0),
    ("nan", 0), ("isnan", 0), ("env", 0), ("builtins", 0), ("halt", 0), ("mktime", 0), ("gmtime", 0), ("trim", 0), ("tojson", 1), ("pow", 2),
];

fn is_known(name: &str, count: usize) -> bool {
    KNOWN.contains(&(name, count))
}

fn fault<T>(message: String) -> Result<T, Stop> {
    Err(Stop::from(message))
}

type Answers = Result<Vec<Value>, Stop>;

fn called(name: &str, value: &Value, args: &[Value]) -> Answers {
    let one = |value: Value| Ok(vec![value]);
    match (name, value) {
        ("not", _) => one(Value::from(!value.is_true())),
        ("type", _) => one(Value::from(value.kind())),
        ("length", Value::Null) => one(Value::Number(0.0)),
        ("length", Value::List(list)) => one(Value::from(list.len())),
        ("length", Value::Object(fields)) => one(Value::from(fields.len())),
        ("length", Value::Text(text)) => one(Value::from(text.chars().count())),
        ("length", Value::Number(number)) => one(Value::Number(number.abs())),
        ("length", _) => fault(format!("{} ({}) has no length", value.kind(), value.cut())),
        ("keys", Value::Object(_)) => one(Value::from(value.keys().into_iter().map(Value::Text).collect::<Vec<_>>())),
        ("keys_unsorted", Value::Object(fields)) => one(Value::from(fields.iter().map(|(key, _)| Value::Text(key.clone())).collect::<Vec<_>>())),
        ("keys" | "keys_unsorted", Value::List(list)) => one(Value::from((0..list.len()).map(Value::from).collect::<Vec<_>>())),
        ("keys" | "keys_unsorted", _) => fault(format!("{} ({}) has no keys", value.kind(), value.cut())),
        ("has", _) => match (value, &args[0]) {
            (Value::Object(_), Value::Text(key)) => one(Value::from(value.get(key).is_some())),
            (Value::List(list), Value::Number(at)) => one(Value::from(*at >= 0.0 && (*at as usize) < list.len())),
            (_, key) => fault(format!("Cannot check whether {} has a {} key", value.kind(), if key.text().is_some() { "string" } else { key.kind() })),
        },
        ("contains", _) if value.kind() == args[0].kind() => one(Value::from(contains(value, &args[0]))),
        ("contains", _) => fault(format!("{} ({}) and {} ({}) cannot have their containment checked", value.kind(), value.cut(), args[0].kind(), args[0].cut())),
        ("_by", _) => by_key(value, args[0].text().unwrap_or_default(), &args[1]),
        ("setpath", _) => one(paths::set(value.clone(), args[0].list().unwrap_or_default(), args[1].clone())?),
        ("delpaths", _) => {
            let gone = args[0].list().unwrap_or_default().iter().filter_map(|path| path.list().map(|keys| Rc::new(keys.to_vec()))).collect();
            one(paths::without(value.clone(), gone)?)
        }
        ("flatten", Value::List(list)) => one(Value::from(flat(list, args[0].number().unwrap_or_default()))),
        ("flatten", _) => fault(format!("Cannot iterate over {} ({})", value.kind(), value.cut())),
        ("tojson", _) => one(Value::from(value.compact())),
        ("infinite", _) => one(Value::Number(f64::INFINITY)),
        ("nan", _) => one(Value::Number(f64::NAN)),
        ("env" | "builtins" | "halt", _) => one(Value::Object(Rc::default())),
        ("floor" | "ceil" | "round" | "sqrt" | "fabs" | "isnan" | "pow" | "strftime" | "gmtime" | "mktime", _) => of_number(name, value, args),
        ("indices", Value::Null) => one(Value::Null),
        ("indices", Value::List(_)) => {
            let wanted = if let Value::List(_) = args[0] { args[0].clone() } else { Value::from(vec![args[0].clone()]) };
            one(paths::at(value, &wanted)?)
        }
        _ => of_text(name, value, args),
    }
}

fn of_number(name: &str, value: &Value, args: &[Value]) -> Answers {
    let asked = if name == "pow" { &args[0] } else { value };
    let Some(number) = asked.number() else {
        return fault(match name {
            "strftime" => "strftime/1 requires parsed datetime inputs".to_owned(),
            _ => format!("{} ({}) number required", value.kind(), value.cut()),
        });
    };
    let time = SimTime::from_seconds(number.max(0.0) as u64);
    Ok(vec![match name {
        "floor" => Value::Number(number.floor()),
        "ceil" => Value::Number(number.ceil()),
        "round" => Value::Number(number.round()),
        "sqrt" => Value::Number(number.sqrt()),
        "fabs" => Value::Number(number.abs()),
        "isnan" => Value::from(number.is_nan()),
        "pow" => Value::Number(power(number, args[1].number().unwrap_or_default())),
        "strftime" => Value::from(crate::runtime::shell::formatted(args[0].text().unwrap_or_default(), time)),
        _ => Value::Number(number),
    }])
}

/// A whole power; others are left out.
fn power(base: f64, exponent: f64) -> f64 {
    let times = exponent.abs().min(1024.0) as u32;
    let power = (0..times).fold(1.0, |power, _| power * base);
    if exponent < 0.0 { 1.0 / power } else { power }
}

fn of_text(name: &str, value: &Value, args: &[Value]) -> Answers {
    let one = |value: Value| Ok(vec![value]);
    let given = |at: usize| args.get(at).and_then(Value::text);
    match name {
        "tonumber" if value.number().is_some() => return one(value.clone()),
        "implode" => {
            let letters = value.list().unwrap_or_default().iter().filter_map(Value::number).map(|code| char::from_u32(code as u32).unwrap_or('\u{FFFD}'));
            return one(Value::from(letters.collect::<String>()));
        }
        // What is no text stays as it is.
        "ltrimstr" | "rtrimstr" if value.text().is_none() || given(0).is_none() => return one(value.clone()),
        _ => {}
    }
    let Some(own) = value.text() else {
        return fault(match name {
            "startswith" | "endswith" => format!("{name}() requires string inputs"),
            "split" => "split input and separator must be strings".to_owned(),
            "ascii_downcase" | "ascii_upcase" | "explode" => "explode input must be a string".to_owned(),
            "test" | "match" => format!("{} ({}) cannot be matched, as it is not a string", value.kind(), value.cut()),
            "fromjson" => format!("{} ({}) only strings can be parsed", value.kind(), value.cut()),
            "tonumber" => format!("{} ({}) cannot be parsed as a number", value.kind(), value.cut()),
            "fromdateiso8601" => "strptime/1 requires string inputs and arguments".to_owned(),
            _ => format!("{} ({}) cannot be used by {name}", value.kind(), value.cut()),
        });
    };
    match name {
        "fromjson" | "fromdateiso8601" | "tonumber" => read_from(name, own).map(|value| vec![value]),
        "test" => Ok(vec![Value::from(!matches(own, given(0), given(1).unwrap_or_default())?.is_empty())]),
        "match" => matches(own, given(0), given(1).unwrap_or_default()),
        _ => with_text(name, own, given(0), given(1)),
    }
}

/// What a text says.
fn read_from(name: &str, own: &str) -> Result<Value, Stop> {
    match name {
        "tonumber" => match base::parse_float(own.trim()) {
            Some(number) => Ok(Value::Number(number)),
            None => fault(format!("Invalid numeric literal at EOF at line 1, column {} (while parsing '{own}')", own.len())),
        },
        "fromjson" => match Reader::new(own).next() {
            Some(Ok(value)) => Ok(value),
            Some(Err(why)) => fault(format!("{why} (while parsing '{own}')")),
            None => Ok(Value::Null),
        },
        _ => match SimTime::parse_rfc3339(own) {
            Some(time) => Ok(Value::Number(time.seconds() as f64)),
            None => fault(format!("date \"{own}\" does not match format \"%Y-%m-%dT%H:%M:%SZ\"")),
        },
    }
}

/// What is made of a text, with others or alone.
fn with_text(name: &str, own: &str, given: Option<&str>, flags: Option<&str>) -> Answers {
    let one = |value: Value| Ok(vec![value]);
    match (name, given) {
        ("ascii_downcase", _) => one(Value::from(own.to_ascii_lowercase())),
        ("ascii_upcase", _) => one(Value::from(own.to_ascii_uppercase())),
        ("trim", _) => one(Value::from(own.trim())),
        ("startswith", Some(start)) => one(Value::from(own.starts_with(start))),
        ("endswith", Some(end)) => one(Value::from(own.ends_with(end))),
        ("startswith" | "endswith", None) => fault(format!("{name}() requires string inputs")),
        ("ltrimstr", Some(start)) => one(Value::from(own.strip_prefix(start).unwrap_or(own))),
        ("rtrimstr", Some(end)) => one(Value::from(own.strip_suffix(end).unwrap_or(own))),
        ("split", Some(by)) => one(match flags {
            Some(flags) => pieces(own, by, flags)?,
            None => split(own, by),
        }),
        ("split", None) => fault("split input and separator must be strings".to_owned()),
        ("explode", _) => one(Value::from(own.chars().map(|c| Value::Number(f64::from(c as u32))).collect::<Vec<_>>())),
        ("utf8bytelength", _) => one(Value::from(own.len())),
        ("indices", Some(wanted)) => {
            let fits = own.char_indices().enumerate().filter(|(_, (at, _))| !wanted.is_empty() && own[*at..].starts_with(wanted));
            one(Value::from(fits.map(|(place, _)| Value::from(place)).collect::<Vec<_>>()))
        }
        _ => fault(format!("{name} cannot be used so")),
    }
}

/// A text cut at another one.
pub(super) fn split(text: &str, by: &str) -> Value {
    if text.is_empty() {
        return Value::from(Vec::new());
    }
    let pieces: Vec<Value> = match by {
        "" => text.chars().map(|c| Value::from(c.to_string())).collect(),
        by => text.split(by).map(Value::from).collect(),
    };
    Value::from(pieces)
}

/// An expression, and the names of its groups; `(?<name>…)` is a group with a name.
fn expression(text: Option<&str>, flags: &str) -> Result<(Regex, Vec<Value>), Stop> {
    let Some(text) = text else { return fault("the expression is not a string".to_owned()) };
    let (mut plain, mut names, mut rest) = (String::new(), Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        if let Some((name, behind)) = rest.strip_prefix("(?<").and_then(|behind| behind.split_once('>')).filter(|(name, _)| !name.starts_with(['=', '!'])) {
            names.push(Value::from(name));
            plain.push('(');
            rest = behind;
            continue;
        }
        let escaped = usize::from(c == '\\' && rest.len() > 1);
        if c == '(' && !rest.starts_with("(?") {
            names.push(Value::Null);
        }
        let end = rest.char_indices().nth(1 + escaped).map_or(rest.len(), |(at, _)| at);
        plain += &rest[..end];
        rest = &rest[end..];
    }
    let regex = Regex::parse(&plain, Dialect::Perl, flags.contains('i'));
    regex.map(|regex| (regex, names)).ok_or_else(|| Stop::from(format!("{text} (at offset 0) is not a valid regex")))
}

/// Where an expression fits, as `match` tells it.
fn matches(text: &str, wanted: Option<&str>, flags: &str) -> Answers {
    let (regex, names) = expression(wanted, flags)?;
    let (mut all, mut at) = (Vec::new(), 0);
    let place = |byte: usize| Value::from(text[..byte].chars().count());
    let told = |range: Option<(usize, usize)>| match range {
        Some((from, to)) => vec![
            (Rc::from("offset"), place(from)), (Rc::from("length"), Value::from(text[from..to].chars().count())), (Rc::from("string"), Value::from(&text[from..to])),
        ],
        None => vec![(Rc::from("offset"), Value::Number(-1.0)), (Rc::from("length"), Value::Number(0.0)), (Rc::from("string"), Value::Null)],
    };
    while let Some(groups) = regex.find(text, at) {
        let Some((from, to)) = groups.first().copied().flatten() else { break };
        let captures = groups.iter().skip(1).enumerate().map(|(at, range)| {
            let mut fields = told(*range);
            fields.push((Rc::from("name"), names.get(at).cloned().unwrap_or(Value::Null)));
            Value::Object(Rc::new(fields))
        });
        let captures = Value::from(captures.collect::<Vec<_>>());
        let mut fields = told(Some((from, to)));
        put(&mut fields, Rc::from("captures"), captures);
        all.push(Value::Object(Rc::new(fields)));
        at = if to > from { to } else { to + text[to..].chars().next().map_or(1, char::len_utf8) };
        if !flags.contains('g') || at > text.len() {
            break;
        }
    }
    Ok(all)
}

/// A text cut where an expression fits.
fn pieces(text: &str, by: &str, flags: &str) -> Result<Value, Stop> {
    let letters: Vec<char> = text.chars().collect();
    let (mut all, mut at) = (Vec::new(), 0);
    for found in matches(text, Some(by), &format!("{flags}g"))? {
        let number = |key: &str| found.get(key).and_then(Value::number).unwrap_or_default() as usize;
        all.push(Value::from(letters[at..number("offset")].iter().collect::<String>()));
        at = number("offset") + number("length");
    }
    all.push(Value::from(letters[at..].iter().collect::<String>()));
    Ok(Value::from(all))
}

fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(_), Value::Object(fields)) => fields.iter().all(|(key, part)| value.get(key).is_some_and(|value| value.kind() == part.kind() && contains(value, part))),
        (Value::List(list), Value::List(parts)) => parts.iter().all(|part| list.iter().any(|item| item.kind() == part.kind() && contains(item, part))),
        (Value::Text(text), Value::Text(part)) => text.contains(&**part),
        _ => value == part,
    }
}

fn flat(list: &[Value], depth: f64) -> Vec<Value> {
    let one = |item: &Value| match item {
        Value::List(inner) if depth > 0.0 => flat(inner, depth - 1.0),
        other => vec![other.clone()],
    };
    list.iter().flat_map(one).collect()
}

/// Items in the order of their keys, in groups of one, or one of each.
fn by_key(value: &Value, how: &str, keys: &Value) -> Answers {
    let (Some(list), Some(keys)) = (value.list(), keys.list()) else {
        return fault(format!("{} ({}) cannot be {}, as it is not an array", value.kind(), value.cut(), if how == "group" { "grouped" } else { "sorted" }));
    };
    let mut keyed: Vec<(&Value, &Value)> = keys.iter().zip(list).collect();
    base::sort_by(&mut keyed, |(a, _), (b, _)| compared(a, b));
    let mut groups: Vec<(&Value, Vec<Value>)> = Vec::new();
    for (key, item) in keyed {
        match groups.last_mut().filter(|(last, _)| *last == key) {
            Some((_, items)) => items.push(item.clone()),
            None => groups.push((key, vec![item.clone()])),
        }
    }
    let first = |(_, items): (&Value, Vec<Value>)| items.into_iter().next().unwrap_or(Value::Null);
    Ok(vec![match how {
        "min" => groups.into_iter().next().map_or(Value::Null, first),
        "max" => groups.pop().and_then(|(_, mut items)| items.pop()).unwrap_or(Value::Null),
        "group" => Value::from(groups.into_iter().map(|(_, items)| Value::from(items)).collect::<Vec<_>>()),
        "unique" => Value::from(groups.into_iter().map(first).collect::<Vec<_>>()),
        _ => Value::from(groups.into_iter().flat_map(|(_, items)| items).collect::<Vec<_>>()),
    }])
}

/// `@tsv` and the like.
pub(super) fn formatted(name: &str, value: &Value) -> Result<String, Stop> {
    let row = |cell: &dyn Fn(&Value) -> String, by: &str| match value.list() {
        Some(list) => Ok(list.iter().map(cell).collect::<Vec<_>>().join(by)),
        None => fault(format!("{} ({}) cannot be {name}-formatted, only an array can be", value.kind(), value.cut())),
    };
    if value.text().is_some_and(|text| text.len() > MOST_BYTES / 8) {
        return fault("the text is too long".to_owned());
    }
    let plain = |value: &Value| if matches!(value, Value::Null) { String::new() } else { value.plain() };
    match name {
        "text" => Ok(value.plain()),
        "json" => Ok(value.compact()),
        "tsv" => row(&|cell| plain(cell).replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"), "\t"),
        "csv" => row(&|cell| cell.text().map_or_else(|| plain(cell), |text| format!("\"{}\"", text.replace('"', "\"\""))), ","),
        "sh" => {
            let quoted = |cell: &Value| cell.text().map_or_else(|| cell.compact(), |text| format!("'{}'", text.replace('\'', "'\\''")));
            if value.list().is_some() { row(&quoted, " ") } else { Ok(quoted(value)) }
        }
        "html" => Ok(value.plain().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")),
        "uri" => Ok(value.plain().bytes().map(|byte| if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()),
        "base64" => Ok(STANDARD.encode(value.plain())),
        "base64d" => {
            let text = value.plain();
            let clean = text.trim_end_matches('=');
            let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
            let bytes = engine.decode(clean).map_err(|_| Stop::from(format!("{} ({}) is not valid base64 data", value.kind(), value.cut())))?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        other => Err(Stop::from(format!("{other} is not a valid format"))),
    }
}
