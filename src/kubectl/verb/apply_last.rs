//! `kubectl apply view-last-applied | set-last-applied | edit-last-applied`: the annotation that keeps what was applied last.
//! Models kubectl/pkg/cmd/apply apply_view_last_applied.go, apply_set_last_applied.go, apply_edit_last_applied.go.

use std::rc::Rc;

use serde_json::Value;

use super::create::{LAST_APPLIED, configuration};
use super::{Names, Run, Tally, Teller, object_of};
use crate::api::Object;
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::files::{self, Validate};
use crate::kubectl::item::{self, Item};
use crate::kubectl::print::Output;
use crate::kubectl::resource::NOTHING_GIVEN;
use crate::manifest;

/// What the annotation of an object holds.
fn last_applied(object: &Object) -> Option<Value> {
    serde_json::from_str(object.meta().annotations.get(LAST_APPLIED)?).ok()
}

fn write(run: &mut Run<'_>, object: &Object, applied: &Value, deed: &str) -> Result<String, Failure> {
    let teller = Teller::of(run.given)?;
    let mut changed = object.clone();
    Rc::make_mut(&mut changed.meta_mut().annotations).insert(Name::fixed(LAST_APPLIED), Name::from(configuration(applied)));
    changed.meta_mut().resource_version = 0;
    if teller.dry_run.is_unsent() {
        return teller.tell(&Item::Object(changed), deed);
    }
    let committed = run.write(Write::Update(changed), teller.dry_run)?;
    teller.tell_written(committed, deed)
}

/// `kubectl apply view-last-applied TYPE/NAME`
pub(super) fn view(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let (_, found) = run.find_args(&run.scope(), &run.given.args[1..], Names::Needed)?;
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        let Item::Object(object) = item else { continue };
        let Some(applied) = last_applied(object) else {
            let message = format!("no last-applied-configuration annotation found on resource: {}", item.name());
            tally.failures.push(Failure::Own(message));
            continue;
        };
        tally.add(match run.given.text("output") {
            Some("json") => Output::Json.value(&applied),
            None | Some("" | "yaml") => Output::Yaml.value(&applied),
            Some(other) => Err(Failure::Own(format!("Unexpected -o output mode: {other}, the flag 'output' must be one of yaml|json"))),
        });
    }
    Ok(tally.answer())
}

/// `kubectl apply set-last-applied -f FILE`
pub(super) fn set(run: &mut Run<'_>) -> Result<Answer, Failure> {
    if run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    let (sources, failures) = files::sources(run.given, run.session, &run.scope(), Validate::Ignore);
    let mut tally = Tally { text: String::new(), failures };
    for source in sources {
        let key = source.key();
        let Some(Item::Object(object)) = item::find(run.view(), &key) else {
            tally.failures.push(crate::api::ApiError::not_found(key.kind, &key.name).into());
            continue;
        };
        if last_applied(&object).is_none() && !run.given.is_on("create-annotation") {
            tally.failures.push(Failure::Own(format!(
                "no last-applied-configuration annotation found on resource: {}, to create the annotation, run the command with --create-annotation",
                key.name
            )));
            continue;
        }
        tally.add(write(run, &object, &source.value, "configured"));
    }
    Ok(tally.answer())
}

const HEADING: &str = "\
# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
";
const UNCHANGED: &str = "Edit cancelled, no changes made.\n";

/// `kubectl apply edit-last-applied TYPE/NAME`: the host shows the annotation in its editor; what it saves is the input of the same
/// line.
pub(super) fn edit(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let (_, found) = run.find_args(&run.scope(), &run.given.args[1..], Names::Needed)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let [item] = found.items.as_slice() else {
        return Err(Failure::unsupported("kubectl apply edit-last-applied of several objects", "name one"));
    };
    let object = object_of(item)?;
    let Some(applied) = last_applied(&object) else {
        return Err(Failure::Own(format!("no last-applied-configuration annotation found on resource: {}", item.name())));
    };
    let before = manifest::encode(&applied);
    let Some(saved) = run.session.input.clone() else {
        return Ok(Answer::ok("").followed_by(Follow::Edit(format!("{HEADING}{before}"))));
    };
    let text: String = saved.split_inclusive('\n').filter(|line| !line.trim_start().starts_with('#')).collect();
    if text.trim().is_empty() {
        return Ok(Answer { output: "Edit cancelled, saved file was empty.\n".to_owned(), exit: 1, ..Answer::default() });
    }
    let decoded = manifest::decode(&text);
    match (decoded.readable().first(), &decoded.failure) {
        (Some(document), None) if document.value == applied => Ok(Answer::ok(UNCHANGED)),
        (Some(document), None) => write(run, &object, &document.value, "edited").map(Answer::ok),
        (_, failure) => {
            let why = failure.as_ref().map(|failure| failure.message.as_str()).unwrap_or_default();
            let again = format!("{HEADING}# The edited file had a syntax error: {why}\n#\n{text}");
            Ok(Answer::ok("").followed_by(Follow::Edit(again)))
        }
    }
}
