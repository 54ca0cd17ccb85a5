//! Checks a document against the schema as kubectl and the API server do when they decode it: what is missing to know its
//! kind, values of the wrong type, fields that do not exist. Models kubectl's `ParamVerifyingSchema`, cli-runtime's
//! `metadataValidatingDecoder`, and the decoding order of sigs.k8s.io/json (fields in the order of their names, the first
//! wrong type is reported, and no unknown field while there is a wrong type).
//!
//! Left out: whether a required field is set and whether a value makes sense; the server validates that later.

use serde_json::{Map, Value};

use super::decode::Document;
use super::diagnostic::{Code, Diagnostic, Severity};
use super::hint::{Hint, suggest_field, suggest_value};
use super::number::go_json;
use super::schema::{self, Field, Shape, TypeId};
use super::unreadable::{Precision, base64_problem, time_problem};
use crate::api::Quantity;
use crate::base::sort_by_key;

/// Who refuses a document, in the order in which they see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// kubectl, unless `--validate=false` is given.
    Validation,
    /// kubectl, when it makes an object of the document.
    Client,
    /// The API server, when it makes an object of what kubectl sent.
    Server,
    /// The API server in strict decoding, which kubectl asks for unless `--validate` says otherwise.
    Strict,
}

/// Something wrong with a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Who refuses it.
    pub stage: Stage,
    /// What kind of mistake it is.
    pub code: Code,
    /// The field.
    pub path: String,
    /// The message, without the words around it.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Hint>,
    /// Decoding ends here and reports this, whatever was wrong before. (The check goes on, for the editor.)
    pub(super) is_final: bool,
}

/// Everything that is wrong with a document (an item of a List is a document of its own, see [`Document::objects`]), in the
/// order in which it would be found.
pub fn check(document: &Document) -> Vec<Problem> {
    let mut problems = header_problems(document);
    let Value::Object(map) = &document.value else { return problems };
    if !document.is_list_item() {
        problems.extend(client_problems(map));
    }
    if let Some(kind) = schema::kind(document.api_version(), document.kind()) {
        let mut walk = Walk::new(schema::type_name(kind));
        walk.object(map, kind);
        problems.extend(walk.in_order());
    }
    problems
}

/// What is wrong with a text, for an editor: syntax, then every document.
pub fn diagnose(text: &str) -> Vec<Diagnostic> {
    let decoded = super::decode(text);
    let mut diagnostics = decoded.diagnostics;
    for document in decoded.documents.iter().flat_map(Document::objects) {
        let mut seen: Vec<String> = Vec::new();
        for problem in check(&document) {
            // What kubectl refuses in the metadata the server would refuse again, in other words.
            if !seen.contains(&problem.path) || problem.stage == Stage::Strict {
                seen.push(problem.path.clone());
                diagnostics.push(problem.diagnostic(&document));
            }
        }
    }
    sort_by_key(&mut diagnostics, |diagnostic| diagnostic.span);
    diagnostics
}

impl Problem {
    /// The problem with its place in the text.
    pub fn diagnostic(&self, document: &Document) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: self.code,
            span: match self.code {
                Code::UnknownField => document.locate_key(&self.path),
                _ => document.locate(&self.path),
            },
            path: self.path.clone(),
            message: self.message.clone(),
            hint: self.hint.clone(),
        }
    }
}

fn problem(stage: Stage, code: Code, path: &str, message: impl Into<String>) -> Problem {
    Problem { stage, code, path: path.to_string(), message: message.into(), hint: None, is_final: false }
}

/// What kubectl needs to know the kind. Models kubectl pkg/validation `getObjectKind`.
fn header_problems(document: &Document) -> Vec<Problem> {
    let Value::Object(map) = &document.value else {
        let mut not_an_object = problem(Stage::Validation, Code::NotAnObject, "", "invalid object to validate");
        not_an_object.hint = Some(Hint::Manifest);
        return vec![not_an_object];
    };
    let mut problems = Vec::new();
    for (name, code) in [("apiVersion", Code::ApiVersion), ("kind", Code::Kind)] {
        let message = match map.get(name) {
            None | Some(Value::Null) => format!("{name} not set"),
            Some(Value::String(text)) if name == "apiVersion" && text.matches('/').count() > 1 => {
                format!("unexpected GroupVersion string: {text}")
            }
            Some(Value::String(_)) => continue,
            Some(_) => format!("{name} isn't string type"),
        };
        problems.push(problem(Stage::Validation, code, name, message));
    }
    problems
}

/// What kubectl itself decodes: kind, API version and metadata.
fn client_problems(map: &Map<String, Value>) -> Vec<Problem> {
    let kind = map.get("kind").and_then(Value::as_str).unwrap_or("");
    let api_version = map.get("apiVersion").and_then(Value::as_str).unwrap_or("");
    if kind.is_empty() || api_version.matches('/').count() > 1 {
        let json = go_json_text(&Value::Object(map.clone()));
        let message = format!("Object 'Kind' is missing in '{json}'");
        return vec![problem(Stage::Client, Code::Kind, "kind", message)];
    }
    let mut walk = Walk::new("metadataOnlyObject");
    walk.stage = Stage::Client;
    let metadata = Field::plain("metadata", Shape::Struct(schema::object_meta()));
    let api_version = Field::plain("apiVersion", Shape::String);
    for field in [&api_version, &metadata] {
        if let Some(value) = map.get(field.name) {
            walk.field(value, field);
        }
    }
    walk.in_order().into_iter().filter(|problem| problem.stage == Stage::Client).collect()
}

/// A value on its way through the schema.
struct Walk {
    stage: Stage,
    /// The Go struct that holds the field that is being decoded.
    holder: &'static str,
    /// Names of fields from the top, as Go's messages give them.
    go_path: Vec<&'static str>,
    /// The same with places in lists and keys of maps, as Kubernetes' own messages give them.
    path: String,
    /// The structs from the top, for hints.
    types: Vec<(TypeId, String)>,
    wrong: Vec<Problem>,
    unknown: Vec<Problem>,
}

impl Walk {
    fn new(holder: &'static str) -> Walk {
        Walk {
            stage: Stage::Server,
            holder,
            go_path: Vec::new(),
            path: String::new(),
            types: Vec::new(),
            wrong: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The first final problem is reported before all others.
    fn in_order(self) -> Vec<Problem> {
        let mut problems = self.wrong;
        sort_by_key(&mut problems, |problem| !problem.is_final);
        problems.extend(self.unknown);
        problems
    }

    fn object(&mut self, map: &Map<String, Value>, of: TypeId) {
        self.types.push((of, self.path.clone()));
        for (key, value) in map {
            match schema::field(of, key) {
                Some(field) => {
                    let holder = std::mem::replace(&mut self.holder, schema::type_name(of));
                    self.field(value, field);
                    self.holder = holder;
                }
                None => self.unknown_field(key),
            }
        }
        self.types.pop();
    }

    fn field(&mut self, value: &Value, field: &Field) {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(field.name);
        self.go_path.push(field.name);
        self.value(value, field, &field.shape);
        self.go_path.pop();
        self.path.truncate(length);
    }

    fn unknown_field(&mut self, key: &str) {
        let separator = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{separator}{key}", self.path);
        let message = format!("unknown field {path:?}");
        let hint = suggest_field(key, &self.types);
        self.unknown.push(Problem { hint, ..problem(Stage::Strict, Code::UnknownField, &path, message) });
    }

    fn value(&mut self, value: &Value, field: &Field, shape: &Shape) {
        // Null leaves every type as it is.
        if value.is_null() {
            return;
        }
        match (shape, value) {
            (Shape::Any, _) | (Shape::String, Value::String(_)) | (Shape::Bool, Value::Bool(_)) => {}
            (Shape::Struct(of), Value::Object(map)) => self.object(map, *of),
            (Shape::List(item), Value::Array(values)) => {
                self.each(values.iter().enumerate().map(|(at, value)| (format!("[{at}]"), value)), field, item);
            }
            (Shape::Map(item), Value::Object(map)) => {
                self.each(map.iter().map(|(key, value)| (format!(".{key}"), value)), field, item);
            }
            (Shape::Int32, Value::Number(number)) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {}
            (Shape::Int64, Value::Number(number)) if number.as_i64().is_some() => {}
            (Shape::Int32 | Shape::Int64, Value::Number(_)) => self.wrong_type(&number(value), field, shape, value),
            (Shape::Bytes, Value::String(text)) => {
                if let Some(message) = base64_problem(text) {
                    self.wrong.push(Problem { hint: Some(Hint::Base64), ..self.unreadable(message) });
                }
            }
            (Shape::Bytes, Value::Array(values)) => self.bytes(values),
            (Shape::Quantity, value) => self.quantity(value),
            (Shape::IntOrString, value) => self.int_or_string(value, field),
            (Shape::Time, Value::String(text)) => self.time(text, Precision::Seconds),
            (Shape::MicroTime, Value::String(text)) => self.time(text, Precision::Micros),
            (Shape::Time | Shape::MicroTime, _) => {
                self.wrong_type(json_kind(value), field, &Shape::String, value);
                self.end();
            }
            _ => self.wrong_type(json_kind(value), field, shape, value),
        }
    }

    fn each<'v>(&mut self, values: impl Iterator<Item = (String, &'v Value)>, field: &Field, item: &Shape) {
        let length = self.path.len();
        for (step, value) in values {
            self.path.push_str(&step);
            self.value(value, field, item);
            self.path.truncate(length);
        }
    }

    fn wrong_type(&mut self, found: &str, field: &Field, shape: &Shape, value: &Value) {
        self.wrong_go_type(found, &field.go_name(shape));
        if let Some(problem) = self.wrong.last_mut() {
            problem.hint = suggest_value(value, shape);
        }
    }

    fn wrong_go_type(&mut self, found: &str, go_type: &str) {
        let go_path = self.go_path.join(".");
        let holder = self.holder;
        let message = format!("json: cannot unmarshal {found} into Go struct field {holder}.{go_path} of type {go_type}");
        self.wrong.push(problem(self.stage, Code::WrongType, &self.path, message));
    }

    fn unreadable(&self, message: impl Into<String>) -> Problem {
        problem(self.stage, Code::Unreadable, &self.path, message)
    }

    /// The last problem ends the decoding: it comes from a type that decodes itself.
    fn end(&mut self) {
        if let Some(problem) = self.wrong.last_mut() {
            problem.is_final = true;
        }
    }

    fn bytes(&mut self, values: &[Value]) {
        for value in values {
            match value {
                Value::Null => {}
                Value::Number(n) if n.as_u64().is_some_and(|n| n < 256) => {}
                Value::Number(_) => self.wrong_go_type(&number(value), "uint8"),
                _ => self.wrong_go_type(json_kind(value), "uint8"),
            }
        }
    }

    fn quantity(&mut self, value: &Value) {
        let text = match value {
            Value::String(text) => text.trim().to_string(),
            Value::Number(_) => number(value).trim_start_matches("number ").to_string(),
            other => other.to_string(),
        };
        if let Err(message) = Quantity::parse(&text) {
            self.wrong.push(Problem { hint: Some(Hint::Quantity), ..self.unreadable(message) });
            self.end();
        }
    }

    fn int_or_string(&mut self, value: &Value, field: &Field) {
        let found = match value {
            Value::String(_) => return,
            Value::Number(n) if n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => return,
            Value::Number(_) => number(value),
            _ => json_kind(value).to_string(),
        };
        self.wrong_type(&found, field, &Shape::Int32, value);
        self.end();
    }

    fn time(&mut self, text: &str, precision: Precision) {
        if let Some(message) = time_problem(text, precision) {
            self.wrong.push(self.unreadable(message));
            self.end();
        }
    }
}

/// Go's word for a JSON value.
fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A number that does not fit, as Go shows it.
fn number(value: &Value) -> String {
    match value.as_f64().filter(|_| value.is_f64()) {
        Some(float) => format!("number {}", go_json(float)),
        None => format!("number {value}"),
    }
}

/// A value as Go's json.Marshal writes it: `<`, `>` and `&` are escaped.
fn go_json_text(value: &Value) -> String {
    let text = value.to_string();
    let escapes = [("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029")];
    escapes.iter().fold(text, |text, (from, to)| text.replace(from, to))
}
