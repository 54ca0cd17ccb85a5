//! The text of a template to its parts. Models client-go/util/jsonpath/parser.go.

use serde_json::Value;

use super::{Comparison, Operand, Path, Piece, Step};
use crate::base::parse_float;

/// Actions nested deeper than this are refused, so that no template exhausts the stack.
const DEEPEST: usize = 64;

/// The parts of a template.
pub(super) fn template(text: &str) -> Result<Vec<Piece>, String> {
    let mut actions = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        if start > 0 {
            actions.push(Action::Text(rest[..start].to_owned()));
        }
        let inner = &rest[start + 1..];
        let end = end_of_action(inner).ok_or_else(|| left_open(inner))?;
        action(&inner[..end], &mut actions)?;
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() {
        actions.push(Action::Text(rest.to_owned()));
    }
    let mut actions = actions.into_iter();
    nest(&mut actions, 0)
}

/// What stands between braces.
enum Action {
    Text(String),
    Path(Path),
    Range(Path),
    End,
}

/// Puts what stands between `range` and `end` into the range.
fn nest(actions: &mut std::vec::IntoIter<Action>, depth: usize) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    while let Some(action) = actions.next() {
        match action {
            Action::Text(text) => pieces.push(Piece::Text(text)),
            Action::Path(path) => pieces.push(Piece::Path(path)),
            Action::Range(path) if depth < DEEPEST => pieces.push(Piece::Range(path, nest(actions, depth + 1)?)),
            Action::Range(_) => return Err("ranges are nested too deep".to_owned()),
            Action::End if depth > 0 => return Ok(pieces),
            Action::End => pieces.push(Piece::Path(vec![Step::Wrong("not in range, nothing to end".to_owned())])),
        }
    }
    Ok(pieces)
}

/// Where the closing brace is, quotes and brackets considered.
fn end_of_action(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (_, '\\') => drop(chars.next()),
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '}') => return Some(at),
            (None, _) => {}
        }
    }
    None
}

/// What a template lacks that ends within an action.
fn left_open(text: &str) -> &'static str {
    match text.rfind('[').filter(|at| !text[*at..].contains(']')) {
        Some(at) if text[at..].starts_with("[?(") => "unterminated filter",
        Some(_) => "unterminated array",
        None => "unclosed action",
    }
}

/// One action: a quoted text, `range`, `end`, or a path.
fn action(text: &str, actions: &mut Vec<Action>) -> Result<(), String> {
    let text = text.trim();
    if text == "end" {
        actions.push(Action::End);
        return Ok(());
    }
    if let Some(rest) = text.strip_prefix("range").filter(|rest| rest.starts_with([' ', '\t', '.', '[', '$', '@'])) {
        actions.push(Action::Range(path(rest.trim())?));
        return Ok(());
    }
    if text.starts_with(['"', '\'']) {
        let (quoted, rest) = quoted(text)?;
        actions.push(Action::Text(quoted));
        return if rest.trim().is_empty() { Ok(()) } else { action(rest, actions) };
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    if is_number || matches!(text, "true" | "false") {
        actions.push(Action::Text(text.to_owned()));
        return Ok(());
    }
    // A quoted text behind a path takes its place.
    if let Some(at) = quote_behind(text) {
        return action(&text[at..], actions);
    }
    actions.push(Action::Path(path(text)?));
    Ok(())
}

/// Where a quoted text begins outside of brackets.
fn quote_behind(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        (depth == 0 && matches!(c, '"' | '\'')).then_some(at)
    })
}

/// A quoted text at the start, without its quotes, and what follows.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut chars = text.char_indices();
    let open = chars.next().map(|(_, c)| c);
    let mut out = String::new();
    while let Some((at, c)) = chars.next() {
        if Some(c) == open {
            return Ok((out, &text[at + c.len_utf8()..]));
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next().map(|(_, c)| c) {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(other) => out.push(other),
            None => break,
        }
    }
    Err("unterminated quoted string".to_owned())
}

/// A path: `.a[0].b`, `@.x`, `$..y`.
pub(super) fn path(text: &str) -> Result<Path, String> {
    let (mut path, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        match c {
            ' ' | '\t' | '@' => rest = &rest[1..],
            '$' => {
                path.push(Step::Root);
                rest = &rest[1..];
            }
            '[' => {
                let end = end_of_brackets(rest).ok_or("unterminated array")?;
                path.push(brackets(rest[1..end].trim())?);
                rest = &rest[end + 1..];
            }
            '.' if rest.starts_with("..") => {
                path.push(Step::Descend);
                rest = &rest[1..];
                if !rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                    rest = &rest[1..];
                }
            }
            '.' => {
                let (name, after) = name(&rest[1..]);
                // A dot alone asks for the field without a name, which nothing has.
                path.push(if name == "*" { Step::All } else { Step::Field(name) });
                rest = after;
            }
            // Only what is carried out is refused.
            c if c.is_alphanumeric() || c == '_' => {
                let (word, after) = name(rest);
                path.push(Step::Wrong(format!("unrecognized identifier {word}")));
                rest = after;
            }
            c => return Err(format!("unrecognized character in action: U+{:04X} '{c}'", u32::from(c))),
        }
    }
    Ok(path)
}

/// A field's name at the start; a backslash takes the next character as it is.
fn name(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}' | ' ' | '\t' => return (out, &text[at..]),
            _ => out.push(c),
        }
    }
    (out, "")
}

/// Where the bracket that opens the text is closed.
fn end_of_brackets(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            (None, _) => {}
        }
    }
    None
}

/// What stands in brackets.
fn brackets(text: &str) -> Result<Step, String> {
    if text == "*" {
        return Ok(Step::All);
    }
    if let Some(rest) = text.strip_prefix("?(") {
        let end = end_of_filter(rest).ok_or("unterminated filter")?;
        return if end + 1 == rest.len() { filter(&rest[..end]) } else { Err("unclosed array expect ]".to_owned()) };
    }
    let parts = split_union(text);
    if parts.len() > 1 {
        return parts.into_iter().map(|part| in_union(part.trim())).collect::<Result<_, _>>().map(Step::Union);
    }
    if text.starts_with('\'') {
        // A quoted text with dots is a path in kubectl's dialect only in unions; alone it is a field, or a path that is one.
        let (name, _) = quoted(text)?;
        return Ok(Step::Field(name));
    }
    slice(text).ok_or_else(|| format!("invalid array index {text}"))
}

fn in_union(text: &str) -> Result<Path, String> {
    if text.starts_with('\'') {
        let (name, _) = quoted(text)?;
        return path(&format!(".{name}"));
    }
    slice(text).map(|step| vec![step]).ok_or_else(|| format!("invalid array index {text}"))
}

fn split_union(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ',') => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// `0`, `-1`, `0:2`, `::2`
fn slice(text: &str) -> Option<Step> {
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse::<i64>().ok().map(Some) };
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        // `[]` is the first: what follows an index that is left out is 0 too. Models parser.go parseArray.
        [""] => Some(Step::Index(0)),
        [index] => index.parse().ok().map(Step::Index),
        [from, to] => Some(Step::Slice { from: number(from)?, to: number(to)?, step: 1 }),
        [from, to, step] => Some(Step::Slice { from: number(from)?, to: number(to)?, step: number(step)?.unwrap_or(1) }),
        _ => None,
    }
}

const OPERATORS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::Differs),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Where the first closing parenthesis is outside quotes.
fn end_of_filter(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ')') => return Some(at),
            _ => {}
        }
        None
    })
}

fn filter(text: &str) -> Result<Step, String> {
    let signs = ['=', '!', '<', '>'];
    let is_pair = |at: &usize| *at > 0 && !text[*at..].trim_start_matches(signs).is_empty();
    let Some(at) = text.find(signs).filter(is_pair) else {
        let right = Operand::Value(Value::Null);
        return Ok(Step::Filter { left: operand(text)?, operator: Comparison::Exists, right });
    };
    let (left, rest) = text.split_at(at);
    let signs = rest.bytes().take_while(|b| matches!(b, b'=' | b'!' | b'<' | b'>')).count();
    let (sign, right) = rest.split_at(signs);
    let operator = OPERATORS.iter().find(|(text, _)| *text == sign).map(|(_, operator)| *operator);
    let (left, right) = (operand(left)?, operand(right)?);
    Ok(match operator {
        Some(operator) => Step::Filter { left, operator, right },
        None => Step::Wrong(format!("unrecognized filter operator {sign}")),
    })
}

fn operand(text: &str) -> Result<Operand, String> {
    let text = text.trim();
    if text.starts_with(['"', '\'']) {
        let (text, rest) = quoted(text)?;
        path(rest)?;
        return Ok(Operand::Value(Value::from(text)));
    }
    match text {
        "true" => return Ok(Operand::Value(Value::Bool(true))),
        "false" => return Ok(Operand::Value(Value::Bool(false))),
        _ => {}
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Operand::Value(Value::from(number)));
    }
    if let Some(number) = parse_float(text) {
        return Ok(Operand::Value(Value::from(number)));
    }
    path(text).map(Operand::Path)
}
