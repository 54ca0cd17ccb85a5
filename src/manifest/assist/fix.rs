//! Corrections for what is wrong with a manifest, as edits of its text: the nearest field, the version that is served, the place where a field
//! belongs, the word that was meant, labels that a selector wants. Each leaves everything else as it is written.
//! Left out: moving fields that are written in braces.

use serde_json::{Map, Value};

use super::super::decode::{Document, decode};
use super::super::hint::{Hint, nearest_of};
use super::super::{Code, Diagnostic, Span, encode, schema, updated};
use super::place::{Line, document_lines};
use super::repair;

/// A change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes before what is replaced.
    pub from: usize,
    /// Bytes before its end.
    pub to: usize,
    /// What stands there then.
    pub insert: String,
}

/// What a correction does, for a page to say it in its own language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mending {
    /// Renames a field.
    Rename(String),
    /// Moves a field into another; into the object itself if empty.
    Move(String),
    /// Another `apiVersion`.
    Version(String),
    /// Another `kind`.
    Kind(String),
    /// Puts a value in quotes.
    Quote,
    /// Takes the quotes off.
    Unquote,
    /// Another word.
    Word(String),
    /// Makes it a list.
    List,
    /// Indents a line otherwise.
    Indent,
    /// Spaces in place of tabs.
    Spaces,
    /// A colon, or the space behind one.
    Colon,
    /// A selector that fits the labels of the template.
    Selector,
    /// Labels for the template that fit the selector.
    Labels,
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub mending: Mending,
    /// The edits, in the order of the text, none over another.
    pub edits: Vec<Edit>,
}

/// How many words are offered in place of one that is not supported.
const MOST_WORDS: usize = 4;

/// A text after edits that stand in its order.
pub fn apply_edits(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for edit in edits {
        out.push_str(text.get(at..edit.from).unwrap_or_default());
        out.push_str(&edit.insert);
        at = edit.to;
    }
    out + text.get(at..).unwrap_or_default()
}

/// The corrections for a finding about a text.
pub fn fixes(text: &str, found: &Diagnostic) -> Vec<Fix> {
    if found.code == Code::Syntax {
        return repair::repairs(text, found);
    }
    let decoded = decode(text);
    let documents = decoded.documents.iter().flat_map(Document::objects);
    let at = found.span.start.offset;
    let holds = |document: &Document| document.span().start.offset <= at && at <= document.span().end.offset;
    let Some(document) = documents.filter(holds).last() else { return Vec::new() };
    match found.code {
        Code::UnknownField => unknown_field(text, &document, found).into_iter().collect(),
        Code::WrongType => wrong_type(text, found).into_iter().collect(),
        Code::ApiVersion if found.message.ends_with("not set") => no_version(&document).into_iter().collect(),
        Code::Invalid => invalid(text, &document, found),
        _ => Vec::new(),
    }
}

fn one(mending: Mending, span: Span, insert: &str) -> Fix {
    let edit = Edit { from: span.start.offset, to: span.end.offset, insert: insert.to_owned() };
    Fix { mending, edits: vec![edit] }
}

fn unknown_field(text: &str, document: &Document, found: &Diagnostic) -> Option<Fix> {
    match found.hint.as_ref()? {
        Hint::Meant(name) => Some(one(Mending::Rename((*name).to_owned()), found.span, name)),
        Hint::BelongsTo(target) => moved(text, document, found, target),
        _ => None,
    }
}

/// Where a mapping written in lines of its own begins (its column) and ends (bytes).
fn block(lines: &[Line<'_>], span: Span) -> Option<(usize, usize)> {
    let first = lines.iter().position(|line| line.start + line.text.len() >= span.start.offset)?;
    let column = span.start.offset - lines[first].start;
    if lines[first].column != column || lines[first].key().is_none() {
        return None;
    }
    let mut end = lines[first].start + lines[first].text.len();
    for line in &lines[first + 1..] {
        if line.is_blank() {
            continue;
        }
        if line.first() < column {
            break;
        }
        end = line.start + line.text.len();
    }
    Some((column, end))
}

/// The lines of a field that has lines of its own: where they begin and end, and the field's column.
fn field_lines(lines: &[Line<'_>], span: Span) -> Option<(usize, usize, usize)> {
    let first = lines.iter().position(|line| line.start + line.column == span.start.offset)?;
    let line = &lines[first];
    if !line.dashes.is_empty() || line.key().is_none() {
        return None;
    }
    let mut end = line.start + line.text.len();
    for next in &lines[first + 1..] {
        let inside = next.first() > line.column || (next.first() == line.column && !next.dashes.is_empty());
        if !next.is_blank() && !inside {
            break;
        }
        if !next.is_blank() {
            end = next.start + next.text.len();
        }
    }
    Some((line.start, end, line.column))
}

/// The value at a path as [`Document::locate`] takes it.
fn value_at<'a>(document: &'a Document, path: &str) -> Option<&'a Value> {
    let mut steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    steps.try_fold(&document.value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// Moves a field with all its lines to the end of the mapping to which it belongs.
fn moved(text: &str, document: &Document, found: &Diagnostic, target: &str) -> Option<Fix> {
    let lines = document_lines(text, found.span.start.offset);
    let (from, end, column) = field_lines(&lines, found.span)?;
    let parent = found.path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let is_above = target.is_empty() || parent == target || parent.starts_with(&format!("{target}.")) || parent.starts_with(&format!("{target}["));
    let mut path = target.to_owned();
    if !is_above {
        path = if parent.is_empty() { target.to_owned() } else { format!("{parent}.{target}") };
        if value_at(document, &path)?.is_array() {
            path.push_str("[0]");
        }
    }
    let into = value_at(document, &path)?.as_object()?;
    if into.is_empty() {
        return None;
    }
    let (new_column, place) = block(&lines, document.locate(&path))?;
    let body = text.get(from..end)?;
    let mut insert = String::new();
    for line in body.lines() {
        insert.push('\n');
        if !line.trim().is_empty() {
            let deeper = line.get(column..).unwrap_or(line.trim_start());
            insert.push_str(&" ".repeat(new_column));
            insert.push_str(deeper);
        }
    }
    let cut_to = (end + 1).min(text.len());
    let mut edits = vec![Edit { from, to: cut_to, insert: String::new() }];
    if place <= end && place >= from {
        // It is the last thing there: the place is where it stood.
        edits[0].insert = insert[1..].to_owned() + if cut_to > end { "\n" } else { "" };
    } else {
        edits.push(Edit { from: place, to: place, insert });
        crate::base::sort_by_key(&mut edits, |edit| edit.from);
    }
    Some(Fix { mending: Mending::Move(target.to_owned()), edits })
}

fn wrong_type(text: &str, found: &Diagnostic) -> Option<Fix> {
    let written = text.get(found.span.start.offset..found.span.end.offset)?;
    match found.hint.as_ref()? {
        Hint::Quote(_) => Some(one(Mending::Quote, found.span, &format!("\"{written}\""))),
        Hint::Unquote(bare) => Some(one(Mending::Unquote, found.span, bare)),
        Hint::List if !written.contains('\n') && !written.is_empty() => Some(one(Mending::List, found.span, &format!("[{written}]"))),
        Hint::Items => items(text, found),
        _ => None,
    }
}

/// Makes the lines of a mapping the first item of a list.
fn items(text: &str, found: &Diagnostic) -> Option<Fix> {
    let lines = document_lines(text, found.span.start.offset);
    let (column, end) = block(&lines, found.span)?;
    let inside = lines.iter().filter(|line| line.start + line.column >= found.span.start.offset && line.start < end && !line.is_blank());
    let edits = inside.zip(0..).map(|(line, number)| {
        let at = line.start + column;
        Edit { from: at, to: at, insert: if number == 0 { "- " } else { "  " }.to_owned() }
    });
    Some(Fix { mending: Mending::List, edits: edits.collect() })
}

/// The version in which a kind is served.
fn version_of(kind: &str) -> Option<&'static str> {
    schema::kinds().find(|(_, name)| *name == kind).map(|(version, _)| version)
}

fn no_version(document: &Document) -> Option<Fix> {
    let version = version_of(document.kind())?;
    let at = document.span().start.offset;
    let edit = Edit { from: at, to: at, insert: format!("apiVersion: {version}\n") };
    Some(Fix { mending: Mending::Version(version.to_owned()), edits: vec![edit] })
}

fn invalid(text: &str, document: &Document, found: &Diagnostic) -> Vec<Fix> {
    let message = &found.message;
    if message.starts_with("no matches for kind") {
        return no_matches(text, document, found).into_iter().collect();
    }
    if message.ends_with("`selector` does not match template `labels`") {
        return labels(text, document).into_iter().collect();
    }
    if found.path == "spec.selector" && message.contains("Required value") {
        return selector(text, document).into_iter().collect();
    }
    if let Some((wrong, words)) = message.split_once("Unsupported value: ").and_then(|(_, rest)| rest.split_once(": supported values: ")) {
        return words_for(text, found, wrong, words);
    }
    Vec::new()
}

fn no_matches(text: &str, document: &Document, found: &Diagnostic) -> Option<Fix> {
    let (version, kind) = (document.api_version(), document.kind());
    if let Some(Hint::Removed(served)) = found.hint {
        let new = updated(text)?;
        return Some(Fix { mending: Mending::Version(served.to_owned()), edits: vec![difference(text, &new)] });
    }
    if let Some(version) = version_of(kind) {
        return Some(one(Mending::Version(version.to_owned()), document.locate("apiVersion"), version));
    }
    let near = nearest_of(kind, schema::kinds().map(|(_, kind)| kind))?;
    let mut fix = one(Mending::Kind(near.to_owned()), document.locate("kind"), near);
    if schema::kind(version, near).is_none() {
        fix.edits.extend(one(Mending::Quote, document.locate("apiVersion"), version_of(near)?).edits);
        crate::base::sort_by_key(&mut fix.edits, |edit| edit.from);
    }
    Some(fix)
}

/// The least edit that makes one text of another.
pub(super) fn difference(old: &str, new: &str) -> Edit {
    let prefix = old.char_indices().zip(new.chars()).find(|((_, a), b)| a != b).map_or(old.len().min(new.len()), |((at, _), _)| at);
    let tails = old[prefix..].chars().rev().zip(new[prefix..].chars().rev());
    let tail: usize = tails.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    Edit { from: prefix, to: old.len() - tail, insert: new[prefix..new.len() - tail].to_owned() }
}

fn words_for(text: &str, found: &Diagnostic, wrong: &str, words: &str) -> Vec<Fix> {
    let Some(written) = text.get(found.span.start.offset..found.span.end.offset) else { return Vec::new() };
    if written.contains('\n') || written.trim_matches(['"', '\'']) != wrong.trim_matches('"') {
        return Vec::new();
    }
    let all: Vec<&str> = words.split(", ").map(|word| word.trim_matches('"')).filter(|word| !word.is_empty()).collect();
    let near = nearest_of(wrong.trim_matches('"'), all.iter().copied());
    let chosen = near.into_iter().chain(all.iter().copied().filter(|word| Some(*word) != near));
    chosen.take(MOST_WORDS).map(|word| one(Mending::Word(word.to_owned()), found.span, word)).collect()
}

/// Puts lines at the beginning of a mapping that has lines of its own.
fn into_mapping(text: &str, span: Span, lines: &str) -> Option<Edit> {
    let at = span.start.offset;
    if text[at..].starts_with(['{', '[']) {
        return None;
    }
    let pad = " ".repeat(span.start.column - 1);
    let insert: String = lines.lines().map(|line| format!("{line}\n{pad}")).collect();
    Some(Edit { from: at, to: at, insert })
}

fn indented(text: &str, depth: usize) -> String {
    let pad = " ".repeat(depth);
    text.lines().map(|line| format!("{pad}{line}\n")).collect()
}

fn pairs(labels: &Map<String, Value>) -> String {
    encode(&Value::Object(labels.clone()))
}

fn selector(text: &str, document: &Document) -> Option<Fix> {
    let labels = value_at(document, "spec.template.metadata.labels")?.as_object().filter(|labels| !labels.is_empty())?;
    let lines = format!("selector:\n  matchLabels:\n{}", indented(&pairs(labels), 4));
    Some(Fix { mending: Mending::Selector, edits: vec![into_mapping(text, document.locate("spec"), &lines)?] })
}

fn labels(text: &str, document: &Document) -> Option<Fix> {
    let selector = value_at(document, "spec.selector.matchLabels").or_else(|| value_at(document, "spec.selector"))?.as_object()?;
    let path = "spec.template.metadata.labels";
    let there = value_at(document, path).and_then(Value::as_object);
    let has = |key: &str| there.and_then(|labels| labels.get(key));
    let mut missing: Map<String, Value> = selector.clone();
    missing.retain(|key, value| value.is_string() && has(key) != Some(value));
    let mut edits = Vec::new();
    for (key, value) in missing.iter().filter(|(key, _)| has(key).is_some()) {
        let span = document.locate(&format!("{path}[{key}]"));
        let plain = encode(value);
        edits.push(Edit { from: span.start.offset, to: span.end.offset, insert: plain.trim_end().to_owned() });
    }
    missing.retain(|key, _| has(key).is_none());
    if !missing.is_empty() {
        let (place, lines) = match (there.filter(|labels| !labels.is_empty()), value_at(document, "spec.template.metadata").and_then(Value::as_object)) {
            (Some(_), _) => (path, pairs(&missing)),
            (None, Some(meta)) if !meta.is_empty() && !meta.contains_key("labels") => {
                ("spec.template.metadata", format!("labels:\n{}", indented(&pairs(&missing), 2)))
            }
            (None, None) => ("spec.template", format!("metadata:\n  labels:\n{}", indented(&pairs(&missing), 4))),
            _ => return None,
        };
        edits.push(into_mapping(text, document.locate(place), &lines)?);
    }
    crate::base::sort_by_key(&mut edits, |edit| edit.from);
    Some(Fix { mending: Mending::Labels, edits })
}
