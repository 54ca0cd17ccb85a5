//! A manifest as kubectl reads it: cut into documents at `---` lines, each parsed on its own, and JSON when the text begins
//! with `{`. Models k8s.io/apimachinery pkg/util/yaml decoder.go and cli-runtime's StreamVisitor.

use std::rc::Rc;

use serde_json::Value;

use super::convert::{Unconvertible, to_json};
use super::diagnostic::{Code, Diagnostic, Severity};
use super::hint::{Hint, syntax_hint};
use super::json::JsonReader;
use super::path::Step;
use super::span::{Mark, Position, Span};
use super::yaml::{self, Fault, NodeId, Tree};

/// What came out of a text.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// All documents that could be read, also those behind a document that could not.
    pub documents: Vec<Document>,
    /// Why kubectl stops reading, if it does.
    pub failure: Option<Failure>,
    /// Syntax errors of all documents, and keys that were given twice.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why kubectl stops reading a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// How many of the documents come before the one that cannot be read.
    pub after: usize,
    /// What kubectl says, without `error: error parsing FILE: `.
    pub message: String,
}

impl Decoded {
    /// The documents that kubectl gets to see: those before the first that cannot be read.
    pub fn readable(&self) -> &[Document] {
        let count = self.failure.as_ref().map_or(self.documents.len(), |failure| failure.after);
        &self.documents[..count]
    }
}

/// One document of a manifest, or one item of a document of kind List.
#[derive(Clone, Debug)]
pub struct Document {
    /// The value as JSON.
    pub value: Value,
    tree: Rc<Tree>,
    root: NodeId,
    is_list_item: bool,
}

impl Document {
    fn text_at(&self, keys: &[&str]) -> &str {
        let value = keys.iter().try_fold(&self.value, |value, key| value.get(key));
        value.and_then(Value::as_str).unwrap_or("")
    }

    /// `apiVersion`, or empty.
    pub fn api_version(&self) -> &str {
        self.text_at(&["apiVersion"])
    }

    /// `kind`, or empty.
    pub fn kind(&self) -> &str {
        self.text_at(&["kind"])
    }

    /// `metadata.name`, or empty.
    pub fn name(&self) -> &str {
        self.text_at(&["metadata", "name"])
    }

    /// `metadata.namespace`, or empty.
    pub fn namespace(&self) -> &str {
        self.text_at(&["metadata", "namespace"])
    }

    /// The place of the whole document.
    pub fn span(&self) -> Span {
        self.tree.nodes[self.root].span
    }

    /// The place of a field, given as Kubernetes' messages name it (`spec.containers[0].name`, `metadata.labels[app]`). A field
    /// that is not there stands for the nearest part of the path that is.
    pub fn locate(&self, path: &str) -> Span {
        self.tree.locate(self.root, path)
    }

    /// The place of the key of a field.
    pub fn locate_key(&self, path: &str) -> Span {
        self.tree.locate_key(self.root, path)
    }

    /// Whether it stands in a `kind: List`.
    pub(super) fn is_list_item(&self) -> bool {
        self.is_list_item
    }

    /// The objects in this document: the items of a `kind: List`, or the document itself. Models cli-runtime's
    /// FlattenListVisitor.
    pub fn objects(&self) -> Vec<Document> {
        let items = self.value.get("items").and_then(Value::as_array);
        let (Some(items), "v1", "List") = (items, self.api_version(), self.kind()) else { return vec![self.clone()] };
        let nodes = self.tree.step(self.root, &Step::Key("items".to_string()));
        let objects = items.iter().enumerate().map(|(at, value)| {
            let root = nodes.and_then(|nodes| self.tree.step(nodes, &Step::Index(at))).unwrap_or(self.root);
            Document { value: value.clone(), tree: Rc::clone(&self.tree), root, is_list_item: true }
        });
        objects.flat_map(|object| object.objects()).collect()
    }
}

/// Read a manifest.
pub fn decode(text: &str) -> Decoded {
    let mut decoded = Decoded::default();
    if text.trim_start().starts_with('{') {
        decode_json(text, &mut decoded);
        return decoded;
    }
    for chunk in chunks(text) {
        match chunk {
            Chunk::Document { text: piece, line, offset } => decode_chunk(text, piece, line, offset, &mut decoded),
            Chunk::BadSeparator { rest, span } => {
                let message = format!("invalid Yaml document separator: {rest}");
                decoded.stop(message, span, Some(Hint::OnlyComment));
            }
        }
    }
    decoded
}

impl Decoded {
    fn stop(&mut self, message: String, span: Span, hint: Option<Hint>) {
        let after = self.documents.len();
        self.diagnostics.push(Diagnostic {
            severity: Severity::Error,
            code: Code::Syntax,
            span,
            path: String::new(),
            message: message.clone(),
            hint,
        });
        self.failure.get_or_insert(Failure { after, message });
    }

    /// Take a parsed document, unless it is empty.
    fn take(&mut self, tree: Tree, root: NodeId) {
        match to_json(&tree, root) {
            Err(Unconvertible { message, span }) => {
                self.stop(format!("error converting YAML to JSON: {message}"), span, None);
            }
            Ok((value, repeated)) => {
                self.diagnostics.extend(repeated.into_iter().map(|repeated| Diagnostic {
                    severity: Severity::Warning,
                    code: Code::DuplicateKey,
                    span: repeated.second,
                    path: String::new(),
                    message: format!("key {:?} already set in map", repeated.key),
                    hint: Some(Hint::Repeated(repeated.first.start.line)),
                }));
                if !value.is_null() {
                    self.documents.push(Document { value, tree: Rc::new(tree), root, is_list_item: false });
                }
            }
        }
    }
}

fn decode_json(text: &str, decoded: &mut Decoded) {
    let mut reader = JsonReader::new(text);
    loop {
        match reader.next_value() {
            Ok(None) => return,
            Ok(Some((tree, root))) => decoded.take(tree, root),
            Err(fault) => {
                let span = one_character(text, fault.mark);
                return decoded.stop(fault.message, span, None);
            }
        }
    }
}

fn decode_chunk(text: &str, chunk: &str, line: usize, offset: usize, decoded: &mut Decoded) {
    // kubectl ends every line, also the last one.
    let parsed = if chunk.ends_with('\n') { yaml::parse(chunk) } else { yaml::parse(&format!("{chunk}\n")) };
    match parsed {
        Ok((_, None)) => {}
        Ok((mut tree, Some(root))) => {
            for node in &mut tree.nodes {
                node.span = node.span.moved(line, offset);
            }
            decoded.take(tree, root);
        }
        Err(fault) => {
            let moved = |mark: Mark| Mark { line: mark.line + line, offset: mark.offset + offset, ..mark };
            let span = fault_span(text, &fault, moved);
            let message = format!("error converting YAML to JSON: {}", fault.message());
            decoded.stop(message, span, syntax_hint(&fault.problem));
        }
    }
}

/// The place to show for a fault: where it is, or where the thing began that has no end.
fn fault_span(text: &str, fault: &Fault, moved: impl Fn(Mark) -> Mark) -> Span {
    let is_unfinished = ["found unexpected end of stream", "could not find expected ':'"].contains(&fault.problem.as_str())
        || fault.problem.starts_with("did not find expected ',' or");
    match fault.context {
        Some(context) if is_unfinished => one_character(text, moved(context)),
        _ => one_character(text, moved(fault.mark)),
    }
}

fn one_character(text: &str, mark: Mark) -> Span {
    let start = Position { offset: mark.offset.min(text.len()), ..mark.position() };
    let width = text.get(start.offset..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n');
    let end = match width {
        Some(c) => Position { offset: start.offset + c.len_utf8(), column: start.column + 1, ..start },
        None => start,
    };
    Span { start, end }
}

enum Chunk<'a> {
    Document { text: &'a str, line: usize, offset: usize },
    BadSeparator { rest: &'a str, span: Span },
}

/// Cut a text at its `---` lines. The separator itself belongs to no document, but one with nothing before it begins a
/// document (which matters for the line numbers in messages). Models decoder.go `(*YAMLReader).Read`.
fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut start: Option<(usize, usize)> = None;
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                // What came before it in the same document is lost with it.
                start = None;
                let begin = Position { line: number + 1, column: 1, offset };
                let end = Position { column: 4 + rest.chars().count(), offset: offset + line.trim_end().len(), ..begin };
                chunks.push(Chunk::BadSeparator { rest, span: Span { start: begin, end } });
                offset += line.len();
                continue;
            }
            if let Some((line_number, from)) = start.take() {
                chunks.push(Chunk::Document { text: &text[from..offset], line: line_number, offset: from });
                offset += line.len();
                continue;
            }
        }
        start.get_or_insert((number, offset));
        offset += line.len();
    }
    if let Some((line, from)) = start {
        chunks.push(Chunk::Document { text: &text[from..], line, offset: from });
    }
    chunks
}
