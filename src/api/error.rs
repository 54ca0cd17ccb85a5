//! What the API server answers when it refuses: metav1.Status as an error.

use std::fmt;

use super::Kind;
use crate::base::Name;

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 404
    NotFound,
    /// 409: a create of what is there
    AlreadyExists,
    /// 409: a stale resourceVersion or uid
    Conflict,
    /// 422
    Invalid,
    /// 400
    BadRequest,
    /// 403
    Forbidden,
    /// 405
    MethodNotAllowed,
    /// 429
    TooManyRequests,
    /// 500
    InternalError,
    /// 500 without a word for it: what etcd says.
    Unknown,
}

impl Reason {
    /// As kubectl prints it in parentheses; empty where it prints none.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NotFound => "NotFound",
            Reason::AlreadyExists => "AlreadyExists",
            Reason::Conflict => "Conflict",
            Reason::Invalid => "Invalid",
            Reason::BadRequest => "BadRequest",
            Reason::Forbidden => "Forbidden",
            Reason::MethodNotAllowed => "MethodNotAllowed",
            Reason::TooManyRequests => "TooManyRequests",
            Reason::InternalError => "InternalError",
            Reason::Unknown => "",
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldErrorKind {
    /// `Required value`
    Required,
    /// `Invalid value`
    Invalid,
    /// `Unsupported value`
    NotSupported,
    /// `Duplicate value`
    Duplicate,
    /// `Forbidden`
    Forbidden,
    /// `Not found`
    NotFound,
    /// `Too long`
    TooLong,
    /// `Too many`
    TooMany,
}

/// One cause of an Invalid refusal.
/// Models apimachinery/pkg/util/validation/field Error.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// `spec.containers[0].name`
    pub path: String,
    /// What is wrong.
    pub kind: FieldErrorKind,
    /// The value as Kubernetes prints it: texts quoted, numbers plain, others as JSON or Go.
    pub value: String,
    /// A sentence.
    pub detail: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FieldError { path, value, detail, .. } = self;
        let text = match self.kind {
            FieldErrorKind::Required => "Required value".to_owned(),
            FieldErrorKind::Forbidden => "Forbidden".to_owned(),
            FieldErrorKind::TooLong => "Too long".to_owned(),
            FieldErrorKind::Invalid => format!("Invalid value: {value}"),
            FieldErrorKind::NotSupported => format!("Unsupported value: {value}"),
            FieldErrorKind::Duplicate => format!("Duplicate value: {value}"),
            FieldErrorKind::NotFound => format!("Not found: {value}"),
            FieldErrorKind::TooMany => format!("Too many: {value}"),
        };
        if detail.is_empty() { write!(f, "{path}: {text}") } else { write!(f, "{path}: {text}: {detail}") }
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// Its reason.
    pub reason: Reason,
    /// Its sentence, as the server words it.
    pub message: String,
    /// What is wrong with which field; for Invalid alone.
    pub causes: Vec<FieldError>,
}

impl ApiError {
    /// A refusal without causes.
    pub fn new(reason: Reason, message: impl Into<String>) -> ApiError {
        ApiError { reason, message: message.into(), causes: Vec::new() }
    }

    /// `pods "x" not found`
    pub fn not_found(kind: Kind, name: &Name) -> ApiError {
        ApiError::new(Reason::NotFound, format!("{} \"{name}\" not found", kind.resource()))
    }

    /// `pods "x" already exists`
    pub fn already_exists(kind: Kind, name: &Name) -> ApiError {
        ApiError::new(Reason::AlreadyExists, format!("{} \"{name}\" already exists", kind.resource()))
    }

    /// `Operation cannot be fulfilled on pods "x": …`
    pub fn conflict(kind: Kind, name: &Name) -> ApiError {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", kind.resource());
        ApiError::new(Reason::Conflict, message)
    }

    /// `Pod "x" is invalid: …` from its causes, duplicates dropped.
    /// Models apimachinery/pkg/api/errors NewInvalid and utilerrors.NewAggregate.
    pub fn invalid(kind: Kind, name: &Name, causes: Vec<FieldError>) -> ApiError {
        let mut texts: Vec<String> = Vec::new();
        for text in causes.iter().map(FieldError::to_string) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let list = if texts.len() == 1 { texts.concat() } else { format!("[{}]", texts.join(", ")) };
        ApiError { reason: Reason::Invalid, message: format!("{} \"{name}\" is invalid: {list}", qualified(kind)), causes }
    }
}

/// `Pod`, `ReplicaSet.apps`
fn qualified(kind: Kind) -> String {
    let info = kind.info();
    if info.group.is_empty() { info.name.to_owned() } else { format!("{}.{}", info.name, info.group) }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
