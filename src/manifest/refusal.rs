//! What is printed when a manifest is refused: the words around the message of a [`Problem`].

use super::check::{Problem, Stage};
use super::decode::Document;

/// kubectl refuses the document before it talks to the server. With `--validate=false` (or `ignore`) it does not validate:
/// give only the problems of the other stages then.
pub fn client_refusal(source: &str, problems: &[Problem]) -> Option<String> {
    let invalid: Vec<&str> = messages(problems, Stage::Validation).collect();
    let invalid = match invalid.as_slice() {
        [] => {
            let message = messages(problems, Stage::Client).next()?;
            return Some(format!("error: unable to decode {source:?}: {message}"));
        }
        [one] => (*one).to_string(),
        several => format!("[{}]", several.join(", ")),
    };
    Some(format!(
        "error: error validating {source:?}: error validating data: {invalid}; if you choose to ignore these errors, turn validation off with --validate=false"
    ))
}

/// The server refuses the document: the message of its answer (BadRequest). Wrong types come before unknown fields.
pub fn server_refusal(document: &Document, problems: &[Problem]) -> Option<String> {
    let wrong = messages(problems, Stage::Server).next().map(str::to_string);
    let message = wrong.or_else(|| {
        let unknown: Vec<&str> = messages(problems, Stage::Strict).collect();
        (!unknown.is_empty()).then(|| format!("strict decoding error: {}", unknown.join(", ")))
    })?;
    let kind = document.kind();
    let version = document.api_version().rsplit('/').next().unwrap_or("");
    Some(format!("{kind} in version {version:?} cannot be handled as a {kind}: {message}"))
}

/// The warnings of the server where kubectl was told `--validate=warn`: one for each unknown field, without `Warning: `.
pub fn strict_warnings(problems: &[Problem]) -> Vec<String> {
    messages(problems, Stage::Strict).map(str::to_string).collect()
}

fn messages(problems: &[Problem], stage: Stage) -> impl Iterator<Item = &str> {
    problems.iter().filter(move |problem| problem.stage == stage).map(|problem| problem.message.as_str())
}
