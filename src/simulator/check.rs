//! What is wrong with a manifest, with its place in the text: the reader's findings, and what the API server would say.

use super::state::State;
use crate::manifest::assist::{Fix, fixes};
use crate::kubectl;
pub use crate::manifest::Hint;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It would be refused.
    Error,
    /// It would be taken, but is worth a look.
    Warning,
}

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In characters, at least 1.
    pub length: usize,
    /// Kubernetes' own sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Hint>,
    /// Corrections, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// So many findings get corrections: each is looked for in the text anew.
const MENDED: usize = 20;
/// So many findings are told: who has more begins with these, and each costs the editor marks.
const TOLD: usize = 200;

/// All findings about a text.
pub(super) fn check(state: &State, text: &str) -> Vec<Diagnostic> {
    let found = kubectl::check(text, &state.session, &state.world).into_iter().take(TOLD).zip(0..);
    found.map(|(found, number)| of(text, found, number < MENDED)).collect()
}

fn of(text: &str, found: crate::manifest::Diagnostic, mends: bool) -> Diagnostic {
    let fixes = if mends { fixes(text, &found) } else { Vec::new() };
    let (start, end) = (found.span.start, found.span.end);
    let rest_of_line = || text.lines().nth(start.line.saturating_sub(1)).map_or(0, |line| line.chars().count()).saturating_sub(start.column - 1);
    let length = if end.line == start.line { end.column.saturating_sub(start.column) } else { rest_of_line() };
    let severity = match found.severity {
        crate::manifest::Severity::Error => Severity::Error,
        _ => Severity::Warning,
    };
    Diagnostic { severity, line: start.line, column: start.column, length: length.max(1), message: found.message, hint: found.hint, fixes }
}
