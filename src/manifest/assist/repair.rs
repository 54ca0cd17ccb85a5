//! Corrections for a text that is no YAML: small changes around the place that the parser names are tried, and the one after which
//! the least is wrong is offered.

use super::super::{Code, Diagnostic, diagnose};
use super::fix::{Edit, Fix, Mending, apply_edits, difference};
use super::place::{Line, document_lines};

/// Longer texts are not tried.
const LONGEST: usize = 40_000;
/// So many lines around the place are tried.
const AROUND: usize = 2;

/// The correction of a syntax error, if one is found.
pub(super) fn repairs(text: &str, found: &Diagnostic) -> Vec<Fix> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut best: Option<(usize, Fix)> = None;
    for fix in candidates(text, found) {
        let rest = diagnose(&apply_edits(text, &fix.edits));
        let wrong = rest.iter().filter(|diagnostic| diagnostic.code == Code::Syntax && diagnostic.span.start.line <= found.span.start.line + AROUND).count();
        if wrong == 0 && best.as_ref().is_none_or(|(least, _)| rest.len() < *least) {
            best = Some((rest.len(), fix));
        }
    }
    best.map(|(_, fix)| fix).into_iter().collect()
}

fn candidates(text: &str, found: &Diagnostic) -> Vec<Fix> {
    let mut tried = Vec::new();
    if let Some(new) = without_tabs(text) {
        tried.push(Fix { mending: Mending::Spaces, edits: vec![difference(text, &new)] });
    }
    let lines = document_lines(text, found.span.start.offset);
    let Some(here) = lines.iter().rposition(|line| line.start <= found.span.start.offset) else { return tried };
    // The line itself first: what is changed there is understood best.
    let mut around: Vec<usize> = (here.saturating_sub(AROUND)..=(here + AROUND).min(lines.len() - 1)).collect();
    crate::base::sort_by_key(&mut around, |at| at.abs_diff(here));
    for at in around {
        let line = &lines[at];
        if line.is_blank() {
            continue;
        }
        tried.extend(colon(line));
        for column in columns(&lines, at) {
            // With what lies below it, or alone, where that is right already.
            tried.extend(indent(text, &lines, at, column));
            tried.extend(indent(text, &lines[..=at], at, column));
        }
    }
    tried
}

/// Tabs before the first letter as two spaces each.
fn without_tabs(text: &str) -> Option<String> {
    let mut changed = false;
    let lines = text.split_inclusive('\n').map(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = &line[..line.len() - content.len()];
        changed |= indent.contains('\t');
        indent.replace('\t', "  ") + content
    });
    let new: String = lines.collect();
    changed.then_some(new)
}

/// A space behind a colon, or a colon behind a word that stands alone.
fn colon(line: &Line<'_>) -> Vec<Fix> {
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/'));
    let start = line.start + line.column;
    let fix = |at: usize, insert: &str| Fix { mending: Mending::Colon, edits: vec![Edit { from: at, to: at, insert: insert.to_owned() }] };
    let bare = line.rest.trim_end();
    match line.rest.split_once(':') {
        Some((name, value)) if is_name(name) && !value.starts_with([' ', '/']) && !value.is_empty() => vec![fix(start + name.len() + 1, " ")],
        None if is_name(bare) => vec![fix(start + bare.len(), ":")],
        None => {
            // `name kubia`
            let Some((name, _)) = bare.split_once(' ') else { return Vec::new() };
            if is_name(name) { vec![fix(start + name.len(), ":")] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// The columns at which a line could begin: those of the lines before it, and one step deeper than the last; the nearest first.
fn columns(lines: &[Line<'_>], at: usize) -> Vec<usize> {
    let own = lines[at].first();
    let mut found = Vec::new();
    for line in lines[..at].iter().rev().filter(|line| !line.is_blank()).take(12) {
        for column in [line.first(), line.column, line.column + 2] {
            if column != own && !found.contains(&column) {
                found.push(column);
            }
        }
    }
    crate::base::sort_by_key(&mut found, |column| column.abs_diff(own));
    found.truncate(6);
    found
}

/// A line with what lies below it at another column.
fn indent(text: &str, lines: &[Line<'_>], at: usize, column: usize) -> Option<Fix> {
    let line = &lines[at];
    let own = line.first();
    let below = lines[at + 1..].iter().take_while(|next| next.is_blank() || next.first() > own);
    let mut edits = Vec::new();
    for line in std::iter::once(line).chain(below).filter(|line| !line.is_blank()) {
        let old = line.first();
        let new = (old + column).checked_sub(own)?;
        edits.push(Edit { from: line.start, to: line.start + old, insert: " ".repeat(new) });
    }
    edits.iter().all(|edit| text.is_char_boundary(edit.to)).then_some(Fix { mending: Mending::Indent, edits })
}
