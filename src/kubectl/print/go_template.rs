//! `-o go-template=…`: fields, `range`, `if`, `with`, `else`, variables, pipes and the functions that people use in one line.
//! Models Go's text/template as far as that. Left out: `define`, `template`, `break`, functions of types other than texts and numbers.

use serde_json::Value;

use super::go_functions::{called, is_true, shown};

/// A template that has been read.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kubectl) struct GoTemplate {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    /// `{{.a | f}}`; with a name: `{{$x := .a}}`.
    Print(Option<String>, Pipe),
    /// `{{range $k, $v := .a}}…{{else}}…{{end}}`
    Range(Vec<String>, Pipe, Vec<Node>, Vec<Node>),
    If(Pipe, Vec<Node>, Vec<Node>),
    With(Pipe, Vec<Node>, Vec<Node>),
}

/// Calls, each with the result of the one before as its last argument.
type Pipe = Vec<Vec<Operand>>;

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    /// `.a.b`, `$x.a`; the name is empty for the dot.
    Path(String, Vec<String>),
    Constant(Value),
    Function(String),
    /// `(…).a`
    Inner(Pipe, Vec<String>),
}

/// Deeper than this nothing is nested that a person writes.
const MAX_DEPTH: usize = 40;
/// Not more is printed.
const MAX_OUTPUT: usize = 4 * 1024 * 1024;

impl GoTemplate {
    pub fn parse(text: &str) -> Result<GoTemplate, String> {
        let mut parser = Parser { pieces: pieces(text)?, at: 0 };
        let (nodes, end) = parser.nodes(0)?;
        match end {
            None => Ok(GoTemplate { nodes }),
            Some(word) => Err(format!("unexpected {{{{{word}}}}}")),
        }
    }

    pub fn print(&self, value: &Value) -> Result<String, String> {
        let mut run = Run { out: String::new(), variables: vec![("$".to_owned(), value.clone())] };
        run.nodes(&self.nodes, value)?;
        Ok(run.out)
    }
}

enum Piece {
    Text(String),
    Action(Vec<String>),
}

/// Cuts a template into texts and actions; `{{-` and `-}}` take the white space beside them away.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let (mut pieces, mut rest, mut trims) = (Vec::new(), text, false);
    loop {
        let (plain, action) = rest.split_once("{{").map_or((rest, None), |(plain, action)| (plain, Some(action)));
        let mut plain = if trims { plain.trim_start() } else { plain };
        if action.is_some_and(|action| action.starts_with("- ")) {
            plain = plain.trim_end();
        }
        pieces.push(Piece::Text(plain.to_owned()));
        let Some(action) = action else { return Ok(pieces) };
        let end = end_of_action(action).ok_or("unclosed action")?;
        let inner = &action[..end];
        let inner = inner.strip_prefix("- ").unwrap_or(inner);
        trims = inner.ends_with(" -");
        let inner = inner.strip_suffix(" -").unwrap_or(inner);
        if !inner.starts_with("/*") {
            pieces.push(Piece::Action(words(inner)?));
        }
        rest = &action[end + 2..];
    }
}

/// Where `}}` stands outside quotes.
fn end_of_action(text: &str) -> Option<usize> {
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match quote {
            Some('"') if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '`' => quote = Some(c),
            None if text[at..].starts_with("}}") => return Some(at),
            None => {}
        }
    }
    None
}

fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => {}
            '(' | ')' | '|' | ',' => words.push(c.to_string()),
            '"' | '`' => {
                let mut escaped = false;
                let end = chars.by_ref().find(|(_, other)| {
                    let ends = *other == c && !escaped;
                    escaped = c == '"' && *other == '\\' && !escaped;
                    ends
                });
                let (end, _) = end.ok_or("unterminated quoted string")?;
                words.push(text[at..=end].to_owned());
            }
            _ => {
                let mut end = at + c.len_utf8();
                while let Some((next, other)) = chars.next_if(|(_, other)| !" \t\n\r()|,\"`".contains(*other)) {
                    end = next + other.len_utf8();
                }
                words.push(text[at..end].to_owned());
            }
        }
    }
    Ok(words)
}

struct Parser {
    pieces: Vec<Piece>,
    at: usize,
}

impl Parser {
    /// Nodes up to `end` or `else`, and which of them it was.
    fn nodes(&mut self, depth: usize) -> Result<(Vec<Node>, Option<String>), String> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get_mut(self.at) {
            self.at += 1;
            let words = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(std::mem::take(text)));
                    continue;
                }
                Piece::Action(words) => std::mem::take(words),
            };
            let Some((first, rest)) = words.split_first() else { return Err("missing value for command".to_owned()) };
            match first.as_str() {
                "end" => return Ok((nodes, Some("end".to_owned()))),
                "else" => return Ok((nodes, Some(words.join(" ")))),
                "break" | "continue" if rest.is_empty() && depth == 0 => return Err(format!("{{{{{first}}}}} outside {{{{range}}}}")),
                "range" | "if" | "with" => nodes.push(self.block(first, rest, depth)?),
                _ => {
                    let (name, words) = assigned(&words);
                    nodes.push(Node::Print(name.first().cloned(), pipe(words)?));
                }
            }
        }
        Ok((nodes, None))
    }

    fn block(&mut self, keyword: &str, words: &[String], depth: usize) -> Result<Node, String> {
        let (names, words) = assigned(words);
        if words.is_empty() {
            return Err(format!("missing value for {keyword}"));
        }
        let condition = pipe(words)?;
        let (body, end) = self.nodes(depth + 1)?;
        let otherwise = match end.as_deref() {
            Some("end") => Vec::new(),
            Some("else") => {
                let (nodes, end) = self.nodes(depth + 1)?;
                if end.as_deref() != Some("end") {
                    return Err("unexpected EOF".to_owned());
                }
                nodes
            }
            Some(words) if words.starts_with("else if ") => {
                let inner: Vec<String> = self::words(&words["else if ".len()..])?;
                vec![self.block("if", &inner, depth + 1)?]
            }
            _ => return Err("unexpected EOF".to_owned()),
        };
        Ok(match keyword {
            "range" => Node::Range(names.to_vec(), condition, body, otherwise),
            "if" => Node::If(condition, body, otherwise),
            _ => Node::With(condition, body, otherwise),
        })
    }
}

/// `$k, $v := …`: the names and what follows.
fn assigned(words: &[String]) -> (Vec<String>, &[String]) {
    match words.iter().position(|word| word == ":=" || word == "=") {
        Some(at) => (words[..at].iter().filter(|word| *word != ",").cloned().collect(), &words[at + 1..]),
        None => (Vec::new(), words),
    }
}

fn pipe(words: &[String]) -> Result<Pipe, String> {
    let mut at = 0;
    let pipe = inner_pipe(words, &mut at, 0)?;
    if at < words.len() { Err(format!("unexpected <{}> in command", words[at])) } else { Ok(pipe) }
}

fn inner_pipe(words: &[String], at: &mut usize, depth: usize) -> Result<Pipe, String> {
    if depth > MAX_DEPTH {
        return Err("nested too deeply".to_owned());
    }
    let (mut pipe, mut call) = (Vec::new(), Vec::new());
    while let Some(word) = words.get(*at) {
        *at += 1;
        match word.as_str() {
            ")" => {
                *at -= 1;
                break;
            }
            "|" => pipe.push(std::mem::take(&mut call)),
            "(" => {
                let inner = inner_pipe(words, at, depth + 1)?;
                if words.get(*at).map(String::as_str) != Some(")") {
                    return Err("unclosed left paren".to_owned());
                }
                *at += 1;
                let fields = words.get(*at).and_then(|word| word.strip_prefix('.')).map(|word| word.split('.').map(str::to_owned).collect());
                *at += usize::from(fields.is_some());
                call.push(Operand::Inner(inner, fields.unwrap_or_default()));
            }
            word => call.push(operand(word)?),
        }
    }
    pipe.push(call);
    if pipe.iter().any(Vec::is_empty) { Err("missing value for command".to_owned()) } else { Ok(pipe) }
}

fn operand(word: &str) -> Result<Operand, String> {
    let fields = |text: &str| text.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    match word.chars().next() {
        Some('.') => Ok(Operand::Path(String::new(), fields(word))),
        Some('$') => {
            let (name, rest) = word.split_once('.').unwrap_or((word, ""));
            Ok(Operand::Path(name.to_owned(), fields(rest)))
        }
        Some('"') => serde_json::from_str(word).map(Operand::Constant).map_err(|_| format!("invalid syntax {word}")),
        Some('`') => Ok(Operand::Constant(Value::from(word.trim_matches('`')))),
        Some(c) if c.is_ascii_digit() || c == '-' => word.parse::<i64>().map(|n| Operand::Constant(n.into())).map_err(|_| format!("bad number syntax: \"{word}\"")),
        _ => match word {
            "true" | "false" => Ok(Operand::Constant(Value::from(word == "true"))),
            "nil" => Ok(Operand::Constant(Value::Null)),
            "print" | "printf" | "println" | "index" | "len" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "and" | "or" | "not" | "exists"
            | "base64decode" | "html" | "js" | "slice" => Ok(Operand::Function(word.to_owned())),
            _ => Err(format!("function \"{word}\" not defined")),
        },
    }
}

struct Run {
    out: String,
    variables: Vec<(String, Value)>,
}

impl Run {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), String> {
        let known = self.variables.len();
        for node in nodes {
            if self.out.len() > MAX_OUTPUT {
                return Err("too much output".to_owned());
            }
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Print(None, pipe) => {
                    let value = self.pipe(pipe, dot)?;
                    self.out.push_str(&value.filter(|value| !value.is_null()).map_or("<no value>".to_owned(), |value| shown(&value)));
                }
                Node::Print(Some(name), pipe) => {
                    let value = self.pipe(pipe, dot)?.unwrap_or(Value::Null);
                    self.variables.push((name.clone(), value));
                }
                Node::If(pipe, body, otherwise) => {
                    let holds = self.pipe(pipe, dot)?.is_some_and(|value| is_true(&value));
                    self.nodes(if holds { body } else { otherwise }, dot)?;
                }
                Node::With(pipe, body, otherwise) => match self.pipe(pipe, dot)?.filter(is_true) {
                    Some(value) => self.nodes(body, &value)?,
                    None => self.nodes(otherwise, dot)?,
                },
                Node::Range(names, pipe, body, otherwise) => {
                    let items = items(&self.pipe(pipe, dot)?.unwrap_or(Value::Null))?;
                    if items.is_empty() {
                        self.nodes(otherwise, dot)?;
                    }
                    for (key, value) in items {
                        match names.as_slice() {
                            [name] => self.variables.push((name.clone(), value.clone())),
                            [first, second] => self.variables.extend([(first.clone(), key), (second.clone(), value.clone())]),
                            _ => {}
                        }
                        self.nodes(body, &value)?;
                        self.variables.truncate(self.variables.len() - names.len().min(2));
                    }
                }
            }
        }
        // Names that were given in here are known in here alone.
        self.variables.truncate(known.max(1));
        Ok(())
    }

    /// None for a field that is not there.
    fn pipe(&self, pipe: &Pipe, dot: &Value) -> Result<Option<Value>, String> {
        let mut last: Option<Option<Value>> = None;
        for call in pipe {
            let (first, rest) = call.split_first().ok_or("missing value for command")?;
            let Operand::Function(name) = first else {
                if last.is_some() || !rest.is_empty() {
                    return Err("can't give argument to non-function".to_owned());
                }
                last = Some(self.operand(first, dot)?);
                continue;
            };
            let mut args: Vec<Value> = Vec::new();
            for operand in rest {
                args.push(self.operand(operand, dot)?.unwrap_or(Value::Null));
            }
            args.extend(last.take().map(Option::unwrap_or_default));
            last = Some(Some(called(name, &args)?));
        }
        Ok(last.flatten())
    }

    fn operand(&self, operand: &Operand, dot: &Value) -> Result<Option<Value>, String> {
        match operand {
            Operand::Constant(value) => Ok(Some(value.clone())),
            Operand::Inner(pipe, fields) => match self.pipe(pipe, dot)? {
                Some(value) => below(&value, fields),
                None => Ok(None),
            },
            Operand::Function(name) => called(name, &[]).map(Some),
            Operand::Path(name, fields) => {
                let at = match name.as_str() {
                    "" => dot,
                    name => &self.variables.iter().rev().find(|(known, _)| known == name).ok_or_else(|| format!("undefined variable \"{name}\""))?.1,
                };
                below(at, fields)
            }
        }
    }
}

/// What stands at these fields; None if one of them is not there.
fn below(value: &Value, fields: &[String]) -> Result<Option<Value>, String> {
    let mut at = value;
    for field in fields {
        match at {
            Value::Object(map) => match map.get(field) {
                Some(inner) => at = inner,
                None => return Ok(None),
            },
            Value::Null => return Ok(None),
            other => return Err(format!("can't evaluate field {field} in type {}", type_name(other))),
        }
    }
    Ok(Some(at.clone()))
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "[]interface {}",
        Value::String(_) => "string",
        _ => "interface {}",
    }
}

fn items(value: &Value) -> Result<Vec<(Value, Value)>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => Ok(list.iter().enumerate().map(|(at, item)| (Value::from(at), item.clone())).collect()),
        Value::Object(map) => Ok(map.iter().map(|(key, item)| (Value::from(key.as_str()), item.clone())).collect()),
        other => Err(format!("range can't iterate over {}", shown(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn templates_print_what_go_prints() {
        let value = json!({"items": [{"name": "a", "n": 1, "labels": {"x": "y"}}, {"name": "b", "n": 2}], "kind": "List"});
        let table = [
            ("{{.kind}}", Ok("List")),
            ("{{range .items}}{{.name}}{{\"\\n\"}}{{end}}", Ok("a\nb\n")),
            ("{{range $i, $x := .items}}{{$i}}={{$x.name}} {{end}}", Ok("0=a 1=b ")),
            ("{{range .items}}{{if .labels}}{{.labels.x}}{{else}}-{{end}}{{end}}", Ok("y-")),
            ("{{.nosuch}} {{.nosuch.more}}", Ok("<no value> <no value>")),
            ("{{len .items}} {{(index .items 0).name}}", Ok("2 a")),
            ("{{len .items}} {{index .items 1 \"name\"}}", Ok("2 b")),
            ("{{.items}}", Ok("[map[labels:map[x:y] n:1 name:a] map[n:2 name:b]]")),
            ("{{printf \"%-3s|%s\" .kind \"x\"}}", Ok("List|x")),
            // The genuine client 1.32.4 prints so.
            ("{{printf \"%s:%d|%v|%q\" .nosuch.x .b .c .d}}", Ok("%!s(<nil>):%!d(<nil>)|<nil>|%!q(<nil>)")),
            ("{{range .items}}{{if eq .name \"b\"}}{{.n}}{{end}}{{end}}", Ok("2")),
            ("a {{- \"b\" -}} c", Ok("abc")),
            ("{{with .kind}}{{.}}{{end}}{{$x := 3}}{{$x}}", Ok("List3")),
            ("{{range .none}}x{{else}}empty{{end}}", Ok("empty")),
            ("{{.kind", Err("unclosed action")),
            ("{{nosuch .kind}}", Err("function \"nosuch\" not defined")),
            ("{{if .kind}}x", Err("unexpected EOF")),
        ];
        for (template, expected) in table {
            let got = GoTemplate::parse(template).and_then(|template| template.print(&value));
            match expected {
                Ok(text) => assert_eq!(got.as_deref(), Ok(text), "{template}"),
                Err(why) => assert!(got.as_ref().is_err_and(|got| got.contains(why)), "{template}: {got:?}"),
            }
        }
    }
}
