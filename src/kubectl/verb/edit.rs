//! `kubectl edit`: the host shows the object in its editor; what it saves comes back as the input of the same line. Models
//! kubectl/pkg/cmd/util/editor/editoptions.go.
//! Left out: several objects at a time, `--output-patch`, files that keep what was refused.

use serde_json::Value;

use super::{Names, Run, Teller, object_of, whole};
use crate::api::{Object, Reason};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::files::{Validate, dropped};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::manifest;

pub(super) const FLAGS: &[Flag] = &[
    flag("output-patch", Takes::Truth).not("use \"kubectl diff -f\" with a file"),
    flag("windows-line-endings", Takes::Truth),
    flag("save-config", Takes::Truth),
    flag("subresource", Takes::Text).not("the cluster itself writes the status"),
    flag("validate", Takes::TextOr("strict")),
];

const HEADING: &str = "\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";
const UNCHANGED: &str = "Edit cancelled, no changes made.\n";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let (_, found) = run.find(&run.scope(), Names::Optional)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let object = match found.items.as_slice() {
        [item] => object_of(item)?,
        [] => return Ok(Answer { output: "edit cancelled, no objects found\n".to_owned(), exit: 1, ..Answer::default() }),
        _ => return Err(Failure::unsupported("kubectl edit of several objects", "name one")),
    };
    let before = manifest::encode(&object.to_value());
    match run.session.input.clone() {
        None => Ok(Answer::ok("").followed_by(Follow::Edit(format!("{HEADING}{before}")))),
        Some(saved) => save(run, &object, &before, &saved),
    }
}

/// What the editor saved. What is refused is shown in the editor again, with the reasons above it.
fn save(run: &mut Run<'_>, object: &Object, before: &str, saved: &str) -> Result<Answer, Failure> {
    let text: String = saved.split_inclusive('\n').filter(|line| !line.trim_start().starts_with('#')).collect();
    if text.trim().is_empty() {
        return Ok(Answer { output: "Edit cancelled, saved file was empty.\n".to_owned(), exit: 1, ..Answer::default() });
    }
    if text == before {
        return Ok(Answer::ok(UNCHANGED));
    }
    let again = |why: &str| {
        let reasons: String = why.lines().map(|line| format!("# {line}\n")).collect();
        Answer::ok("").followed_by(Follow::Edit(format!("{HEADING}{reasons}#\n{text}")))
    };
    let (plural, name) = (object.kind().info().plural, &object.meta().name);
    let decoded = manifest::decode(&text);
    let value = match (decoded.readable().first(), &decoded.failure) {
        (Some(document), None) => document.value.clone(),
        (_, Some(failure)) => return Ok(again(&format!("The edited file had a syntax error: {}", failure.message))),
        (None, None) => Value::Null,
    };
    if value == object.to_value() {
        return Ok(Answer::ok(UNCHANGED));
    }
    let (value, _) = match dropped(object.kind(), &value, Validate::of(run.given)?) {
        Ok(read) => read,
        Err(why) => return Ok(again(&format!("{plural} \"{name}\" was not valid:\n* patch: Invalid value: {why}"))),
    };
    let edited = Object::from_value(object.kind(), &value).filter(|edited| edited.key() == object.key());
    let Some(edited) = edited else { return Ok(again("At least one of apiVersion, kind and name was changed")) };
    let teller = Teller::of(run.given)?;
    match run.write(Write::Update(edited), teller.dry_run) {
        Ok(committed) if committed.changes.is_empty() => Ok(Answer::ok(UNCHANGED)),
        Ok(committed) => Ok(Answer::ok(teller.tell_written(committed, "edited")?)),
        Err(Failure::Api { error, .. }) if error.reason == Reason::Invalid => {
            let causes: String = error.causes.iter().map(|cause| format!("* {cause}\n")).collect();
            Ok(again(&format!("{plural} \"{name}\" was not valid:\n{causes}")))
        }
        Err(failure) => Err(failure),
    }
}
