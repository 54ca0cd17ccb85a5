//! `kubectl replace -f`. Models kubectl/pkg/cmd/replace/replace.go. With `--force` the object is deleted at once and made anew.

use super::{DryRun, Run, Tally, Teller, warnings, whole};
use crate::api::Object;
use crate::apiserver::{DeleteOptions, Write};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::{self, Item};

pub(super) const FLAGS: &[Flag] = &[
    flag("save-config", Takes::Truth),
    flag("validate", Takes::TextOr("strict")),
    flag("force", Takes::Truth),
    flag("grace-period", Takes::Number),
    flag("timeout", Takes::Duration),
    flag("wait", Takes::Truth),
    flag("cascade", Takes::TextOr("background")).not("use \"kubectl delete -f\", then \"kubectl create -f\""),
    flag("raw", Takes::Text).not("use -f"),
    flag("subresource", Takes::Text).only("status", "\"kubectl scale\" changes the scale"),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    if run.given.text("filename").is_none() {
        return Err(Failure::own("must specify one of -f and -k"));
    }
    if run.given.number("grace-period").is_some_and(|seconds| seconds >= 0) && !run.given.is_on("force") {
        return Err(Failure::own("--grace-period must have --force specified"));
    }
    let (teller, validate) = (Teller::of(run.given)?, Validate::of(run.given)?);
    if run.given.is_on("force") && teller.dry_run != DryRun::No {
        return Err(Failure::own("--dry-run can not be used when --force is set"));
    }
    let (sources, failures) = files::sources(run.given, run.session, &run.scope(), validate);
    if sources.is_empty() && failures.is_empty() {
        return Err(Failure::own("no objects passed to replace"));
    }
    let mut tally = Tally { text: String::new(), failures };
    for source in sources {
        let file = source.file.clone();
        tally.add(one(run, source, &teller, validate).map_err(|failure| failure.of_file("replacing", &file)));
    }
    Ok(tally.answer())
}

fn one(run: &mut Run<'_>, mut source: Source, teller: &Teller, validate: Validate) -> Result<String, Failure> {
    if run.given.is_on("save-config") {
        super::create::save_config(&mut source.value);
    }
    let (object, dropped) = source.object(validate)?;
    if run.given.is_on("force") {
        return force(run, object, &source, teller).map(|text| warnings(&dropped) + &text);
    }
    if source.key().name.is_empty() {
        return Err(Failure::own(super::apply::NAMELESS));
    }
    if item::find(run.view(), &source.key()).is_none() {
        return Err(crate::api::ApiError::not_found(source.kind, &source.key().name).into());
    }
    if teller.dry_run == DryRun::Client {
        return teller.tell_unsent(&Item::Object(object), &source.value, "replaced");
    }
    let write = if run.given.text("subresource") == Some("status") { Write::UpdateStatus(object) } else { Write::Update(object) };
    let committed = run.write(write, teller.dry_run)?;
    Ok(warnings(&dropped) + &teller.tell_written(committed, "replaced")?)
}

/// Deletes what is there, at once, and creates the object anew.
fn force(run: &mut Run<'_>, mut object: Object, source: &Source, teller: &Teller) -> Result<String, Failure> {
    let mut text = String::new();
    if item::find(run.view(), &source.key()).is_some() {
        let grace = run.given.number("grace-period").filter(|seconds| *seconds >= 0).unwrap_or(0);
        let options = DeleteOptions { grace_seconds: Some(grace), ..DeleteOptions::default() };
        run.write(Write::Delete { key: source.key(), options }, teller.dry_run)?;
        let named = source.kind.qualified();
        text += &format!("{named} \"{}\" deleted{}\n", source.key().name, teller.dry_run.suffix());
    }
    if teller.dry_run != DryRun::No {
        return Ok(text + &teller.tell_unsent(&Item::Object(object), &source.value, "replaced")?);
    }
    object.meta_mut().resource_version = 0;
    let committed = run.write(Write::Create(object), teller.dry_run)?;
    Ok(text + &teller.tell_written(committed, "replaced")?)
}
