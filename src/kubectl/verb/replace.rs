//! `kubectl replace -f`. Models kubectl/pkg/cmd/replace/replace.go. Left out: `--force`.

use super::{DryRun, Run, Tally, Teller, warnings, whole};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::{self, Item};

pub(super) const FLAGS: &[Flag] = &[
    flag("save-config", Takes::Truth),
    flag("validate", Takes::TextOr("strict")),
    flag("force", Takes::Truth).not("use \"kubectl delete -f\", then \"kubectl create -f\""),
    flag("grace-period", Takes::Number).not("use \"kubectl delete -f\", then \"kubectl create -f\""),
    flag("cascade", Takes::TextOr("background")).not("use \"kubectl delete -f\", then \"kubectl create -f\""),
    flag("raw", Takes::Text).not("use -f"),
    flag("subresource", Takes::Text).not("the cluster itself writes the status"),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    if run.given.text("filename").is_none() {
        return Err(Failure::own("must specify one of -f and -k"));
    }
    let (teller, validate) = (Teller::of(run.given)?, Validate::of(run.given)?);
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
    if item::find(run.view(), &source.key()).is_none() {
        return Err(crate::api::ApiError::not_found(source.kind, &source.key().name).into());
    }
    if teller.dry_run == DryRun::Client {
        return teller.tell_unsent(&Item::Object(object), &source.value, "replaced");
    }
    let committed = run.write(Write::Update(object), teller.dry_run)?;
    Ok(warnings(&dropped) + &teller.tell_written(committed, "replaced")?)
}
