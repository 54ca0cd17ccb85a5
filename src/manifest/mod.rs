//! Text to values and back: manifests are read as kubectl reads them and printed as kubectl prints them, and every mistake
//! in them is told in Kubernetes' own words and shown at its place in the text.
//!
//! Knows nothing of typed objects: a document is a `serde_json::Value`. The order of reading: `decode` (text), `check` (fields
//! and their types against the schema of the real API), then the caller's typed structs.

pub mod assist;
mod check;
mod convert;
mod decode;
mod diagnostic;
mod encode;
mod hint;
mod json;
pub mod merge;
mod number;
mod path;
mod refusal;
pub mod schema;
mod span;
mod unreadable;
mod updated;
mod yaml;

pub use check::{Problem, Stage, check, diagnose};
pub use decode::{Decoded, Document, Failure, decode};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use encode::encode;
pub use hint::Hint;
pub use merge::{PatchError, json_merge, strategic_merge, three_way_patch};
pub use refusal::{client_refusal, server_refusal, strict_warnings};
pub use span::{Position, Span};
pub use updated::{successor, updated};
