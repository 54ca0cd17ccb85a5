//! Verbs whose world is not there yet: services, the editor. What is wrong with the line is told as
//! kubectl tells it; what is right is told to be not supported.

use super::{Names, Run, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};

pub(super) const EXPOSE_FLAGS: &[Flag] = &[
    flag("name", Takes::Text),
    flag("port", Takes::Text),
    flag("target-port", Takes::Text),
    flag("type", Takes::Text),
    flag("protocol", Takes::Text),
    flag("labels", Takes::Text),
    flag("external-ip", Takes::Text),
    flag("load-balancer-ip", Takes::Text),
    flag("session-affinity", Takes::Text),
    flag("cluster-ip", Takes::Text),
    flag("overrides", Takes::Text),
    flag("save-config", Takes::Truth),
];
pub(super) const EDIT_FLAGS: &[Flag] = &[
    flag("output-patch", Takes::Truth),
    flag("windows-line-endings", Takes::Truth),
    flag("save-config", Takes::Truth),
    flag("validate", Takes::TextOr("strict")),
];

pub(super) fn expose(run: &mut Run<'_>) -> Answer {
    let found = run.find(&run.scope(), Names::Needed);
    whole(found.and_then(|(_, found)| refuse(found.failures, "kubectl expose", "services are not simulated yet")))
}

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
