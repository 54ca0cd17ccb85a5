//! `kubectl apply`: works out a patch from what was applied last, what is to be applied, and what is there.
//! Models kubectl/pkg/cmd/apply. Left out: field owners, apply sets.

use serde_json::{Value, json};

use super::create::{LAST_APPLIED, save_config};
use super::{DryRun, Run, Tally, Teller, apply_last, apply_prune, patch, warnings, whole};
use crate::api::{Object, Reason};
use crate::apiserver::{Committed, DeleteOptions, Write};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::manifest;

pub(super) const FLAGS: &[Flag] = &[
    flag("validate", Takes::TextOr("strict")),
    flag("server-side", Takes::Truth),
    flag("force-conflicts", Takes::Truth),
    flag("overwrite", Takes::Truth).only("true", "what is applied always wins over what others have set"),
    flag("openapi-patch", Takes::Truth),
    flag("wait", Takes::Truth),
    flag("force", Takes::Truth),
    flag("grace-period", Takes::Number),
    flag("cascade", Takes::TextOr("background")),
    flag("timeout", Takes::Duration),
    flag("prune", Takes::Truth),
    flag("prune-allowlist", Takes::Text),
    flag("applyset", Takes::Text).not("delete what is not wanted with \"kubectl delete\""),
    flag("windows-line-endings", Takes::Truth).not("lines end here as they do on Linux"),
    flag("create-annotation", Takes::Truth),
    flag("subresource", Takes::Text).not("the cluster itself writes the status"),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    if let Some(word) = run.given.args.first() {
        return match word.as_str() {
            "view-last-applied" => apply_last::view(run),
            "set-last-applied" => apply_last::set(run),
            "edit-last-applied" => apply_last::edit(run),
            _ => {
                let args = run.given.args.join(" ");
                Err(Failure::usage("apply", format!("Unexpected args: [{args}]")))
            }
        };
    }
    if run.given.text("filename").is_none() {
        return Err(Failure::own("must specify one of -f and -k"));
    }
    let (teller, validate) = (Teller::gathering(run.given)?, Validate::of(run.given)?);
    contradiction(run, teller.dry_run)?;
    let cascade = super::delete::cascade(run.given.text("cascade").unwrap_or("background"), &mut String::new())?;
    let server_side = run.given.is_on("server-side");
    let scope = run.scope();
    let (sources, failures) = files::sources(run.given, run.session, &scope, validate);
    if sources.is_empty() && failures.is_empty() {
        return Err(Failure::own("no objects passed to apply"));
    }
    let filter = scope.filter_labels()?;
    let mut tally = Tally { text: String::new(), failures };
    let mut applied = Vec::new();
    for source in sources.into_iter().filter(|source| filter.fits_labels(&source.labels())) {
        let result = match server_side {
            true if source.key().name.is_empty() => Err(Failure::own(NAMELESS)),
            true => on_server(run, &source, &teller, validate),
            false => one(run, &source, &teller, validate, &mut tally.text),
        };
        tally.add(result);
        applied.push(source.key());
    }
    // kubectl stops here if anything went wrong.
    if tally.failures.is_empty() {
        tally.text += &teller.gathered()?;
        if run.given.is_on("prune") {
            apply_prune::prune(run, &applied, cascade, &teller, &mut tally)?;
        }
    }
    Ok(tally.answer())
}

/// Flags that do not go together. Models ApplyOptions.Validate.
fn contradiction(run: &Run<'_>, dry_run: DryRun) -> Result<(), Failure> {
    let (given, scope) = (run.given, run.scope());
    let (server_side, force) = (given.is_on("server-side"), given.is_on("force"));
    let all_of_prune = "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you \
                        did not mean to prune all resources, specify a label selector";
    let table = [
        (given.is_on("force-conflicts") && !server_side, "--force-conflicts only works with --server-side"),
        (
            server_side && dry_run == DryRun::Client,
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ),
        (server_side && force, "--force cannot be used with --server-side"),
        (dry_run == DryRun::Server && force, "--dry-run=server cannot be used with --force"),
        (scope.all && scope.labels.is_some(), "cannot set --all and --selector at the same time"),
        (given.is_on("prune") && !scope.all && scope.labels.is_none(), all_of_prune),
    ];
    table.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(()), |(_, message)| Err(Failure::own(message)))
}

/// What is printed even if it fails goes to `printed`.
fn one(run: &mut Run<'_>, source: &Source, teller: &Teller, validate: Validate, printed: &mut String) -> Result<String, Failure> {
    let key = source.key();
    if key.name.is_empty() && !source.generate_name().is_empty() {
        return Err(Failure::Own(format!("from {}: cannot use generate name with apply", source.generate_name())));
    }
    if key.name.is_empty() {
        return Err(without_name(source));
    }
    let current = crate::kubectl::item::find(run.view(), &key);
    let Some(Item::Object(current)) = current else { return create(run, source, teller, validate) };
    let applied = current.meta().annotations.get(LAST_APPLIED);
    if applied.is_none() {
        *printed += &missing_annotation(&current);
    }
    let last_applied = applied.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    configure(run, source, &current, &last_applied, &Manner { teller, validate })
}

/// What is said of an object that has no name to look for. Models cli-runtime/pkg/resource Helper.Get and apply.go.
#[inline(never)]
fn without_name(source: &Source) -> Failure {
    let (kind, key) = (source.kind, source.key());
    let version = kind.api_version();
    let version = if version.contains('/') { version } else { format!("/{version}") };
    let namespace = if kind.info().namespaced { key.namespace.as_str() } else { "" };
    let asked = format!("Resource: \"{version}, Resource={}\", GroupVersionKind: \"{version}, Kind={}\"", kind.info().plural, kind.name());
    Failure::Own(format!(
        "error when retrieving current configuration of:\n{asked}\nName: \"\", Namespace: \"{namespace}\"\nfrom server for: \"{}\": {NAMELESS}",
        source.file
    ))
}

/// Said of an object that has no name to look for.
pub(super) const NAMELESS: &str = "resource name may not be empty";

struct Manner<'a> {
    teller: &'a Teller,
    validate: Validate,
}

fn create(run: &mut Run<'_>, source: &Source, teller: &Teller, validate: Validate) -> Result<String, Failure> {
    let mut source = source.clone();
    save_config(&mut source.value);
    if teller.dry_run == DryRun::Client {
        let (object, _) = source.object(Validate::Ignore).map_err(|failure| failure.of_file("creating", &source.file))?;
        return teller.tell_unsent(&Item::Object(object), &source.value, "created");
    }
    let created = source.object(validate).and_then(|(object, dropped)| {
        let committed = run.write(Write::Create(object), teller.dry_run)?;
        Ok(warnings(&dropped) + &teller.tell_written(committed, "created")?)
    });
    created.map_err(|failure| failure.of_file("creating", &source.file))
}

fn configure(
    run: &mut Run<'_>,
    source: &Source,
    current: &Object,
    last_applied: &Value,
    manner: &Manner<'_>,
) -> Result<String, Failure> {
    let teller = manner.teller;
    // A dry run of the client makes no patch: it shows what is there.
    if teller.dry_run == DryRun::Client {
        return teller.tell(&Item::Object(current.clone()), "configured");
    }
    let mut modified = source.value.clone();
    save_config(&mut modified);
    let patch = patch_for(current, last_applied, &modified)?;
    if patch == json!({}) {
        return teller.tell(&Item::Object(current.clone()), "unchanged");
    }
    let mut merged = current.to_value();
    patch::merge_strategically(current.kind(), &mut merged, &patch)?;
    let result = patch::read_applied(current.kind(), merged, &patch, manner.validate).and_then(|(object, dropped)| {
        let committed: Committed = run.write(Write::Update(object), teller.dry_run)?;
        Ok(warnings(&dropped) + &teller.tell_written(committed, "configured")?)
    });
    let forces = |failure: &Failure| matches!(failure, Failure::Api { error, .. } if matches!(error.reason, Reason::Invalid | Reason::Conflict));
    let mut text = match result {
        Err(failure) if run.given.is_on("force") && forces(&failure) => anew(run, source, teller)?,
        result => result.map_err(|failure| explain(failure, source, current, &patch))?,
    };
    if current.meta().is_deleting() {
        text += &format!("Warning: Detected changes to resource {} which is currently being deleted.\n", current.meta().name);
    }
    Ok(text)
}

/// `--force`: what cannot be changed is deleted at once and created as the file has it. Models patcher.go deleteAndCreate.
fn anew(run: &mut Run<'_>, source: &Source, teller: &Teller) -> Result<String, Failure> {
    let grace = run.given.number("grace-period").filter(|seconds| *seconds >= 0).unwrap_or(0);
    let options = DeleteOptions { grace_seconds: Some(grace), ..DeleteOptions::default() };
    run.write(Write::Delete { key: source.key(), options }, teller.dry_run)?;
    let mut source = source.clone();
    save_config(&mut source.value);
    let (mut object, _) = source.object(Validate::Ignore)?;
    object.meta_mut().resource_version = 0;
    let committed = run.write(Write::Create(object), teller.dry_run)?;
    teller.tell_written(committed, "configured")
}

fn missing_annotation(current: &Object) -> String {
    let (plural, name) = (current.kind().info().plural, &current.meta().name);
    format!(
        "Warning: resource {plural}/{name} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply \
         should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing \
         annotation will be patched automatically.\n"
    )
}

/// What differs, without what kubectl must not send.
fn patch_for(current: &Object, last_applied: &Value, modified: &Value) -> Result<Value, Failure> {
    let kind = current.kind();
    let of = manifest::schema::kind(&kind.api_version(), kind.name()).ok_or_else(|| Failure::own("an unknown kind"))?;
    let patch = manifest::three_way_patch(of, last_applied, modified, &current.to_value());
    patch.map_err(|why| Failure::Own(format!("creating patch with:\n{}", why.message)))
}

/// What an object of a file would be once it is applied; None if it would stay as it is.
pub(super) fn outcome(run: &mut Run<'_>, source: &Source, dry_run: DryRun) -> Result<Option<Object>, Failure> {
    let current = crate::kubectl::item::find(run.view(), &source.key());
    let mut modified = source.value.clone();
    save_config(&mut modified);
    let Some(Item::Object(current)) = current else {
        let (object, _) = source.object(Validate::Strict)?;
        return run.write(Write::Create(object), dry_run).map(|committed| Some(committed.object));
    };
    let last_applied = current.meta().annotations.get(LAST_APPLIED).and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let patch = patch_for(&current, &last_applied, &modified)?;
    if patch == json!({}) {
        return Ok(None);
    }
    let mut merged = current.to_value();
    patch::merge_strategically(current.kind(), &mut merged, &patch)?;
    let (object, _) = patch::read_applied(current.kind(), merged, &patch, Validate::Strict)?;
    run.write(Write::Update(object), dry_run).map(|committed| Some(committed.object))
}

/// Why a patch was refused, with all that kubectl tells about it. What is invalid stands for itself.
fn explain(failure: Failure, source: &Source, current: &Object, patch: &Value) -> Failure {
    let Failure::Api { error, .. } = failure else { return failure };
    let info = current.kind().info();
    let file = &source.file;
    if error.reason == Reason::Invalid {
        return error.into();
    }
    let when = format!(
            "error when applying patch:\n{}\nto:\nResource: \"{}/{}, Resource={}\", GroupVersionKind: \"{}/{}, Kind={}\"\n\
             Name: \"{}\", Namespace: \"{}\"\nfor: \"{file}\": error when patching \"{file}\": ",
            crate::kubectl::print::go_json(patch),
            info.group,
            info.version,
            info.plural,
            info.group,
            info.version,
            info.name,
            current.meta().name,
            current.meta().namespace
        );
    Failure::Api { error, when }
}

/// `--server-side`: what the file sets is set, whoever set it before.
fn on_server(run: &mut Run<'_>, source: &Source, teller: &Teller, validate: Validate) -> Result<String, Failure> {
    let current = crate::kubectl::item::find(run.view(), &source.key());
    let result = match current {
        Some(Item::Object(current)) => {
            let mut merged = current.to_value();
            patch::merge_strategically(current.kind(), &mut merged, &source.value)?;
            let (object, dropped) = patch::read_applied(current.kind(), merged, &source.value, validate)?;
            run.write(Write::Update(object), teller.dry_run).map(|committed| (committed, dropped))
        }
        _ => source.object(validate).and_then(|(object, dropped)| {
            run.write(Write::Create(object), teller.dry_run).map(|committed| (committed, dropped))
        }),
    };
    let (committed, dropped) = result?;
    Ok(warnings(&dropped) + &teller.tell_written(committed, "serverside-applied")?)
}
