//! What an editor marks in a manifest: Kubernetes' own message, the place it is about, and a short hint.

use super::hint::Hint;
use super::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// kubectl or the API server refuses the manifest.
    Error,
    /// Accepted, but probably not what was meant.
    Warning,
}

/// What kind of mistake it is, so that a page can say it in its own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// No YAML, or no JSON.
    Syntax,
    /// The same key twice in a mapping.
    DuplicateKey,
    /// `apiVersion` is missing or no string.
    ApiVersion,
    /// `kind` is missing or no string.
    Kind,
    /// The document is no mapping.
    NotAnObject,
    /// A value of the wrong type.
    WrongType,
    /// A string that cannot be read as the quantity, time or base64 it should be.
    Unreadable,
    /// A field that the kind does not have.
    UnknownField,
    /// Refused by a later check of the server (made outside of this module).
    Invalid,
}

/// A remark on a place in a manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of mistake it is.
    pub code: Code,
    /// The place.
    pub span: Span,
    /// The field (`spec.containers[0].image`), or empty.
    pub path: String,
    /// Kubernetes' text, without the words around it that name the file.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Hint>,
}
