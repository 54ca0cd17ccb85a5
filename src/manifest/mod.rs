//! Text to values and back: manifests are read as kubectl reads them and printed as kubectl prints them, and every mistake
//! in them is told in Kubernetes' own words and shown at its place in the text.
//!
//! Knows nothing of typed objects: a document is a `serde_json::Value`. The order of reading: `decode` (text), `check` (fields
//! and their types against the schema of the real API), then the caller's typed structs.

mod convert;
mod decode;
mod diagnostic;
mod encode;
mod json;
mod number;
mod path;
mod span;
mod yaml;

pub use decode::{Decoded, Document, Failure, decode};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use encode::encode;
pub use span::{Position, Span};
