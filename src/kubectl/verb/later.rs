//! Verbs whose world is not there yet: the editor. What is wrong with the line is told as
//! kubectl tells it; what is right is told to be not supported.

use super::{Names, Run, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};

pub(super) const EDIT_FLAGS: &[Flag] = &[
    flag("output-patch", Takes::Truth),
    flag("windows-line-endings", Takes::Truth),
    flag("save-config", Takes::Truth),
    flag("validate", Takes::TextOr("strict")),
];

pub(super) fn edit(run: &mut Run<'_>) -> Answer {
    let instead = "open the object in the editor, or use \"kubectl patch\"";
    let found = match run.given.args.is_empty() && run.given.text("filename").is_none() {
        true => Err(Failure::own("must specify one of -f and -k")),
        false => run.find(&run.scope(), Names::Optional),
    };
    whole(found.and_then(|(_, found)| refuse(found.failures, "kubectl edit", instead)))
}

/// What is wrong with the line, or else that the verb is not supported.
fn refuse(failures: Vec<Failure>, what: &str, instead: &str) -> Result<Answer, Failure> {
    if failures.is_empty() {
        return Err(Failure::unsupported(what, instead));
    }
    Ok(Answer::of(String::new(), &failures))
}
