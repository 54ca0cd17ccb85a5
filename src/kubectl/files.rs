//! The files that `-f` names: their documents as objects, with what kubectl or the server says against them.
//! Models cli-runtime/pkg/resource/visitor.go (FileVisitor, StreamVisitor) and kubectl's validation.

use std::borrow::Cow;

use serde_json::Value;

use crate::api::{ApiError, Json, Kind, Labels, Object, ObjectKey, Reason};
use crate::base::Name;
use crate::manifest::{self, Document, Problem, Stage};

use super::Session;
use super::examples;
use super::answer::Failure;
use super::flags::Given;
use super::resource::Scope;

/// `--validate`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validate {
    /// Unknown fields are refused.
    Strict,
    /// Unknown fields are told and dropped.
    Warn,
    /// Unknown fields are dropped.
    Ignore,
}

impl Validate {
    pub fn of(given: &Given) -> Result<Validate, Failure> {
        match given.text("validate").unwrap_or("strict") {
            "strict" | "true" => Ok(Validate::Strict),
            "warn" => Ok(Validate::Warn),
            "ignore" | "false" => Ok(Validate::Ignore),
            other => {
                let options = "must be one of: strict (or true), warn, ignore (or false)";
                Err(Failure::Own(format!("invalid - validate option \"{other}\"; {options}")))
            }
        }
    }
}

/// An object of a file.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub file: String,
    pub kind: Kind,
    /// As written, with the namespace filled in.
    pub value: Value,
    document: Document,
    problems: Vec<Problem>,
}

/// What a file names.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub key: ObjectKey,
    pub file: String,
}

impl Source {
    fn text(&self, field: &str) -> &str {
        self.value.get("metadata").and_then(|meta| meta.get(field)).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn key(&self) -> ObjectKey {
        ObjectKey::new(self.kind, self.text("namespace"), self.text("name"))
    }

    pub fn labels(&self) -> Labels {
        self.value.get("metadata").and_then(|meta| meta.get("labels")).map(Json::read).unwrap_or_default()
    }

    /// `metadata.generateName`, or empty.
    pub fn generate_name(&self) -> &str {
        self.text("generateName")
    }

    /// As it is written.
    pub fn written(&self) -> &Value {
        &self.document.value
    }

    /// The version it is written in.
    pub fn api_version(&self) -> &str {
        self.document.api_version()
    }

    /// The object as the server reads it, and what it warns of.
    pub fn object(&self, validate: Validate) -> Result<(Object, Vec<String>), Failure> {
        let (value, warnings) = self.checked(validate)?;
        let object = Object::from_value(self.kind, &value);
        let object = object.ok_or_else(|| Failure::own("events are written by the cluster and cannot be changed here"))?;
        Ok((object, warnings))
    }

    /// The value without the fields that the server drops, and what it warns of.
    pub fn checked(&self, validate: Validate) -> Result<(Value, Vec<String>), Failure> {
        let (kind, version) = (self.document.kind(), self.document.api_version());
        let refuse = |message: String| Failure::from(ApiError::new(Reason::BadRequest, message));
        if kind != self.kind.name() {
            let short = version.rsplit('/').next().unwrap_or_default();
            let scheme = "\"pkg/runtime/scheme.go:100\"";
            let why = format!("no kind \"{kind}\" is registered for version \"{version}\" in scheme {scheme}");
            return Err(refuse(format!("{kind} in version \"{short}\" cannot be handled as a {}: {why}", self.kind.name())));
        }
        let unknown = || self.problems.iter().filter(|problem| problem.stage == Stage::Strict);
        let wrong = self.problems.iter().any(|problem| problem.stage == Stage::Server);
        let refusal = manifest::server_refusal(&self.document, &self.problems);
        if let Some(message) = refusal.filter(|_| wrong || validate == Validate::Strict) {
            return Err(refuse(message));
        }
        let mut value = self.value.clone();
        unknown().for_each(|problem| remove(&mut value, &problem.path));
        let warnings = if validate == Validate::Warn { manifest::strict_warnings(&self.problems) } else { Vec::new() };
        Ok((value, warnings))
    }
}

/// A value without the fields that its kind does not have, and the warnings about them; or why the server cannot read it.
pub(super) fn dropped(kind: Kind, value: &Value, validate: Validate) -> Result<(Value, Vec<String>), String> {
    let decoded = manifest::decode(&value.to_string());
    let Some(document) = decoded.readable().first() else { return Err(format!("no {}", kind.name())) };
    let problems = manifest::check(document);
    if let Some(problem) = problems.iter().find(|problem| problem.stage == Stage::Server) {
        return Err(problem.message.clone());
    }
    let messages = manifest::strict_warnings(&problems);
    if validate == Validate::Strict && !messages.is_empty() {
        return Err(format!("strict decoding error: {}", messages.join(", ")));
    }
    let mut value = value.clone();
    problems.iter().filter(|problem| problem.stage == Stage::Strict).for_each(|problem| remove(&mut value, &problem.path));
    Ok((value, if validate == Validate::Warn { messages } else { Vec::new() }))
}

/// Removes the field that a path like `spec.containers[0].foo` leads to.
fn remove(value: &mut Value, path: &str) {
    let mut place = value;
    let Some((parent, last)) = path.rsplit_once('.') else {
        if let Some(map) = place.as_object_mut() {
            map.remove(path);
        }
        return;
    };
    for step in parent.split(['.', '[']).filter(|step| !step.is_empty()) {
        let next = match step.strip_suffix(']').and_then(|index| index.parse::<usize>().ok()) {
            Some(index) => place.get_mut(index),
            None => place.get_mut(step.trim_end_matches(']')),
        };
        let Some(next) = next else { return };
        place = next;
    }
    if let Some(map) = place.as_object_mut() {
        map.remove(last);
    }
}

/// The texts of the files that a command names; a folder stands for the manifests in it.
fn texts<'a>(given: &Given, session: &'a Session) -> Result<Vec<(String, Cow<'a, str>)>, Vec<Failure>> {
    if let Some(folder) = given.text("kustomize") {
        if given.all("filename").len() > 1 {
            return Err(vec![Failure::own("only one of -f or -k can be specified")]);
        }
        let built = super::verb::kustomized(session, folder).map_err(|why| vec![Failure::Own(why)])?;
        return Ok(vec![(folder.to_owned(), Cow::Owned(built.text))]);
    }
    let plain = plain_texts(given, session)?;
    Ok(plain.into_iter().map(|(file, text)| (file, Cow::Borrowed(text))).collect())
}

fn plain_texts<'a>(given: &Given, session: &'a Session) -> Result<Vec<(String, &'a str)>, Vec<Failure>> {
    let (mut texts, mut failures) = (Vec::new(), Vec::new());
    for path in given.list("filename") {
        let name = path.strip_prefix("./").unwrap_or(path);
        match session.files.get(name) {
            Some(text) => texts.push((path.to_owned(), text.as_str())),
            None if path == "-" => texts.push(("STDIN".to_owned(), session.input.as_deref().unwrap_or_default())),
            None if path.starts_with("http://") || path.starts_with("https://") => match examples::at(path) {
                Some(text) => texts.push((path.to_owned(), text)),
                None => {
                    let instead = "no web is reached from here. Paste its text into a file, as with \"cat > a.yaml\", and name that; of https://k8s.io/examples some are known";
                    failures.push(Failure::unsupported(&format!("-f {path}"), instead));
                }
            },
            None => match folder(path, given.is_on("recursive"), session) {
                Ok(inside) => texts.extend(inside),
                Err(failure) => failures.push(failure),
            },
        }
    }
    if failures.is_empty() { Ok(texts) } else { Err(failures) }
}

/// The manifests in a folder, and in those below it if it is asked for.
/// Models cli-runtime/pkg/resource/visitor.go ExpandPathsToFileVisitors and builder.go Path.
fn folder<'a>(path: &str, deep: bool, session: &'a Session) -> Result<Vec<(String, &'a str)>, Failure> {
    let plain = path.trim_start_matches("./").trim_end_matches('/');
    let below = if plain.is_empty() || plain == "." { String::new() } else { format!("{plain}/") };
    let there = || session.files.iter().filter_map(|(name, text)| Some((name.strip_prefix(below.as_str())?, text)));
    if there().next().is_none() {
        return Err(Failure::Own(format!("the path \"{path}\" does not exist")));
    }
    let is_manifest = |name: &str| [".json", ".yaml", ".yml"].iter().any(|ending| name.ends_with(ending));
    let wanted = there().filter(|(name, _)| is_manifest(name) && (deep || !name.contains('/')));
    let found: Vec<_> = wanted.map(|(name, text)| (format!("{below}{name}"), text.as_str())).collect();
    if found.is_empty() {
        return Err(Failure::Own(format!("error reading [{path}]: recognized file extensions are [.json .yaml .yml]")));
    }
    Ok(found)
}

/// The objects of all files, in their order, and what kubectl finds wrong.
pub(super) fn sources(given: &Given, session: &Session, scope: &Scope, validate: Validate) -> (Vec<Source>, Vec<Failure>) {
    let texts = match texts(given, session) {
        Ok(texts) => texts,
        Err(failures) => return (Vec::new(), failures),
    };
    let (mut sources, mut failures) = (Vec::new(), Vec::new());
    for (file, text) in texts {
        let decoded = manifest::decode(&text);
        for document in decoded.readable().iter().flat_map(Document::objects) {
            match source(&document, &file, given, scope, validate) {
                Ok(source) => sources.push(source),
                Err(failure) => failures.push(failure),
            }
        }
        if let Some(failure) = decoded.failure {
            failures.push(Failure::Own(format!("error parsing {file}: {}", failure.message)));
        }
    }
    (sources, failures)
}

fn source(document: &Document, file: &str, given: &Given, scope: &Scope, validate: Validate) -> Result<Source, Failure> {
    let problems = manifest::check(document);
    let validates = validate != Validate::Ignore;
    let seen: Vec<Problem> = problems.iter().filter(|problem| validates || problem.stage != Stage::Validation).cloned().collect();
    if let Some(refusal) = manifest::client_refusal(file, &seen) {
        return Err(Failure::Own(refusal.strip_prefix("error: ").unwrap_or(&refusal).to_owned()));
    }
    let kind = kind(document, file)?;
    let mut value = document.value.clone();
    place(&mut value, kind, document, given, scope)?;
    Ok(Source { file: file.to_owned(), kind, value, document: document.clone(), problems })
}

/// The kind of a document; letters compare without case, as the server's mapping does.
fn kind(document: &Document, file: &str) -> Result<Kind, Failure> {
    let (version, word) = (document.api_version(), document.kind());
    let found = Kind::all().find(|kind| kind.is_served(version) && kind.name().eq_ignore_ascii_case(word));
    if let Some(kind) = found {
        return Ok(kind);
    }
    let name = document.name();
    if manifest::schema::kind(version, word).is_some() {
        return Err(Failure::Own(format!("{word} \"{name}\" from \"{file}\": kind {word} in version \"{version}\" is not simulated here")));
    }
    let namespace = document.namespace();
    Err(Failure::Own(format!(
        "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"{file}\": no matches for kind \
         \"{word}\" in version \"{version}\"\nensure CRDs are installed first"
    )))
}

/// Puts the namespace in force into an object that has none, and refuses one that contradicts `-n`.
fn place(value: &mut Value, kind: Kind, document: &Document, given: &Given, scope: &Scope) -> Result<(), Failure> {
    if !kind.info().namespaced {
        return Ok(());
    }
    let (own, wanted) = (document.namespace(), scope.namespace.as_str());
    if given.text("namespace").is_some() && !own.is_empty() && own != wanted {
        return Err(Failure::Own(format!(
            "the namespace from the provided object \"{own}\" does not match the namespace \"{wanted}\". You must pass \
             '--namespace={own}' to perform this operation."
        )));
    }
    if own.is_empty()
        && let Some(map) = value.as_object_mut()
    {
        let meta = map.entry("metadata").or_insert_with(|| serde_json::json!({}));
        if meta.is_null() {
            *meta = serde_json::json!({});
        }
        if let Some(meta) = meta.as_object_mut() {
            meta.insert("namespace".to_owned(), Value::from(wanted));
        }
    }
    Ok(())
}

/// What the files name, for verbs that only look.
pub(super) fn targets(given: &Given, session: &Session, scope: &Scope) -> (Vec<Target>, Vec<Failure>) {
    let (sources, failures) = sources(given, session, scope, Validate::Ignore);
    let target = |source: Source| {
        let mut key = source.key();
        if !key.kind.info().namespaced {
            key.namespace = Name::default();
        }
        Target { key, file: source.file }
    };
    (sources.into_iter().map(target).collect(), failures)
}
