//! `kubectl get`. Models kubectl/pkg/cmd/get/get.go.

use crate::api::Kind;
use crate::base::{Name, SimDuration};

use super::{Run, raw};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Given, Takes, duration_millis, flag};
use crate::kubectl::item::Item;
use crate::kubectl::print::{Context, Decoration, Output, TablePrinter};
use crate::kubectl::resource::{Found, Scope, Wanted};
use crate::kubectl::sort;
use crate::kubectl::watch::{Form, Watch};

/// What the server says before it shows the state of components.
pub(super) const COMPONENTS_ARE_OLD: &str = "Warning: v1 ComponentStatus is deprecated in v1.19+\n";

pub(super) const FLAGS: &[Flag] = &[
    flag("output", Takes::Text).or('o'),
    flag("no-headers", Takes::Truth),
    flag("show-labels", Takes::Truth),
    flag("show-kind", Takes::Truth),
    flag("label-columns", Takes::Text).or('L'),
    flag("sort-by", Takes::Text),
    flag("watch", Takes::Truth).or('w'),
    flag("watch-only", Takes::Truth),
    flag("output-watch-events", Takes::Truth),
    flag("ignore-not-found", Takes::Truth),
    flag("chunk-size", Takes::Number),
    flag("show-managed-fields", Takes::Truth).not("field owners are not kept, so leave it out"),
    flag("allow-missing-template-keys", Takes::Truth).only("true", "absent fields always print nothing, so leave it out"),
    flag("server-print", Takes::Truth),
    flag("raw", Takes::Text),
    flag("subresource", Takes::Text),
    flag("template", Takes::Text),
];

const NOTHING_GIVEN: &str = "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
    supported resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description \
    of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    match answer(run) {
        Ok(answer) => answer,
        Err(failure) => Answer::failed(failure),
    }
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    if let Some(path) = given.text("raw").filter(|path| !path.is_empty()) {
        return raw::run(run, path);
    }
    if given.args.is_empty() && given.text("filename").is_none() {
        return Err(Failure::Bare(NOTHING_GIVEN.to_owned()));
    }
    let output = Output::of_get(&template(given), given.is_on("no-headers"), &run.session.files)?;
    if given.is_on("show-labels") && matches!(output, Some(Output::Name)) {
        return Err(Failure::own("--show-labels option cannot be used with name printer"));
    }
    let scope = run.scope();
    if given.is_on("watch") || given.is_on("watch-only") {
        return watch(run, &scope, output);
    }
    if given.is_on("output-watch-events") {
        return Err(Failure::own("--output-watch-events option can only be used with --watch or --watch-only"));
    }
    let (wanted, mut found) = run.find(&scope, super::Names::Optional)?;
    if let Some(word) = given.text("subresource").filter(|word| !word.is_empty()) {
        return subresource(run, word, &wanted, found, output.as_ref());
    }
    if given.is_on("ignore-not-found") {
        found.failures.retain(|failure| !failure.is_not_found());
    }
    if output.is_none() && matches!(wanted, Wanted::Kinds(_)) {
        sort::as_in_tables(&mut found.items);
    }
    if let Some(path) = given.text("sort-by").filter(|path| !path.is_empty()) {
        sort::by_path(&mut found.items, path)?;
    }
    let asks_for_components = wanted.kinds().contains(&Kind::ComponentStatus);
    let mut answer = match output {
        Some(output) => generic(run, &wanted, found, &output)?,
        None => tables(run, &scope, &wanted, found),
    };
    if asks_for_components {
        answer.output.insert_str(0, COMPONENTS_ARE_OLD);
    }
    Ok(answer)
}

/// `--subresource=status | scale`, of named objects. Models autoscaling/v1 Scale and printers.go printScale.
#[inline(never)]
fn subresource(run: &Run<'_>, word: &str, wanted: &Wanted, found: Found, output: Option<&Output>) -> Result<Answer, Failure> {
    let Wanted::Named(_) = wanted else { return Err(Failure::own("subresource cannot be used when bulk resources are specified")) };
    let missing = || Failure::from(crate::api::ApiError::new(crate::api::Reason::NotFound, "the server could not find the requested resource"));
    if word == "status" {
        return match output {
            Some(output) => generic(run, wanted, found, output),
            None => Ok(tables(run, &run.scope(), wanted, found)),
        };
    }
    if word != "scale" {
        return Err(missing());
    }
    let mut text = String::new();
    for item in &found.items {
        let scale = scale_of(item).ok_or_else(missing)?;
        text += &match output {
            Some(Output::Name) => format!("scale.autoscaling/{}\n", item.name()),
            Some(output) => output.value(&scale)?,
            None => {
                let heading = if text.is_empty() && !run.given.is_on("no-headers") { "NAME\tDESIRED\tAVAILABLE\tAGE\n" } else { "" };
                let Item::Object(object) = item else { return Err(missing()) };
                crate::kubectl::print::TabWriter::table().set(&format!(
                    "{heading}{}\t{}\t{}\t{}\n",
                    item.name(),
                    scale["spec"]["replicas"],
                    scale["status"]["replicas"],
                    run.context().age(object.meta().creation)
                ))
            }
        };
    }
    Ok(Answer::of(text, &found.failures))
}

/// What the server shows of an object's replicas; None of a kind that has none.
pub(super) fn scale_of(item: &Item) -> Option<serde_json::Value> {
    let scalable = [Kind::Deployment, Kind::ReplicaSet, Kind::ReplicationController, Kind::StatefulSet];
    if !scalable.contains(&item.kind()) {
        return None;
    }
    let value = item.to_value();
    let labels = value.pointer("/spec/selector/matchLabels").or_else(|| value.pointer("/spec/selector")).and_then(serde_json::Value::as_object);
    let pair = |(key, value): (&String, &serde_json::Value)| format!("{key}={}", value.as_str().unwrap_or_default());
    let selector: Vec<String> = labels.into_iter().flatten().map(pair).collect();
    let number = |path: &str| value.pointer(path).cloned().unwrap_or_else(|| 0.into());
    let meta = |key: &str| value["metadata"][key].clone();
    Some(serde_json::json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale",
        "metadata": {
            "creationTimestamp": meta("creationTimestamp"), "name": meta("name"), "namespace": meta("namespace"),
            "resourceVersion": meta("resourceVersion"), "uid": meta("uid"),
        },
        "spec": {"replicas": number("/spec/replicas")},
        "status": {"replicas": number("/status/replicas"), "selector": selector.join(",")},
    }))
}

/// What `-o` says, with `--template` behind it where it needs one.
pub(super) fn template(given: &Given) -> String {
    match (given.text("output").unwrap_or_default(), given.text("template")) {
        ("", Some(template)) => format!("go-template={template}"),
        (output, Some(template)) if !output.contains('=') => format!("{output}={template}"),
        (output, _) => output.to_owned(),
    }
}

/// One object as it is, all else as a list.
fn generic(run: &Run<'_>, wanted: &Wanted, found: Found, output: &Output) -> Result<Answer, Failure> {
    let single = matches!(wanted, Wanted::Named(named) if named.len() == 1);
    let text = match found.items.as_slice() {
        [] if single || run.given.is_on("ignore-not-found") || !found.failures.is_empty() => String::new(),
        [item] if single => output.one(item)?,
        items => output.several(items)?,
    };
    Ok(Answer::of(text, &found.failures))
}

fn decoration(run: &Run<'_>, scope: &Scope, kind: Kind) -> Decoration {
    let given = run.given;
    Decoration {
        wide: given.text("output") == Some("wide"),
        no_headers: given.is_on("no-headers"),
        with_namespace: scope.everywhere && kind.info().namespaced,
        with_kind: given.is_on("show-kind"),
        show_labels: given.is_on("show-labels"),
        label_columns: given.list("label-columns").into_iter().map(str::to_owned).collect(),
        event_types: given.is_on("output-watch-events"),
        plain: given.is_off("server-print"),
    }
}

/// A table for each run of items of one kind, with empty lines between.
fn tables(run: &Run<'_>, scope: &Scope, wanted: &Wanted, found: Found) -> Answer {
    let context = run.context();
    let several_kinds = match wanted {
        Wanted::Kinds(kinds) => kinds.len() > 1,
        Wanted::Named(_) => found.items.windows(2).any(|pair| pair[0].kind() != pair[1].kind()),
    };
    let mut text = String::new();
    for group in found.items.chunk_by(|a, b| a.kind() == b.kind()) {
        let mut decoration = decoration(run, scope, group[0].kind());
        decoration.with_kind |= several_kinds;
        let mut printer = TablePrinter::new(decoration);
        if !text.is_empty() && !run.given.is_on("no-headers") {
            text.push('\n');
        }
        text.push_str(&printer.print(group, "", &context));
    }
    if text.is_empty() && found.failures.is_empty() && !run.given.is_on("ignore-not-found") {
        text = nothing_found(scope, &wanted.kinds());
    }
    Answer::of(text, &found.failures)
}

/// `No resources found in default namespace.`
pub(super) fn nothing_found(scope: &Scope, kinds: &[Kind]) -> String {
    if scope.everywhere || kinds.iter().any(|kind| !kind.info().namespaced) {
        return "No resources found\n".to_owned();
    }
    format!("No resources found in {} namespace.\n", scope.namespace)
}

const ONE_KIND_ONLY: &str = "watch is only supported on individual resources and resource collections";
const SINGLE_TYPE: &str = "you may only specify a single resource type";

fn watch(run: &mut Run<'_>, scope: &Scope, output: Option<Output>) -> Result<Answer, Failure> {
    let (wanted, found) = run.find(scope, super::Names::Optional)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let kinds = wanted.kinds();
    let (kind, name) = match (kinds.as_slice(), &wanted) {
        ([kind], Wanted::Kinds(..)) => (*kind, Name::default()),
        ([kind], Wanted::Named(named)) => match named.as_slice() {
            [(_, name)] => (*kind, name.clone()),
            several => return Err(Failure::Own(format!("{ONE_KIND_ONLY} - {} resources were found", several.len()))),
        },
        _ => return Err(Failure::own(SINGLE_TYPE)),
    };
    let form = match output {
        Some(output) => Form::Other(output, 0),
        None => Form::Table(TablePrinter::new(decoration(run, scope, kind))),
    };
    let everywhere = scope.everywhere || !kind.info().namespaced;
    let mut watch = Watch {
        kind,
        namespace: if everywhere { Name::default() } else { scope.namespace.clone() },
        filter: scope.filter(kind)?,
        form,
        event_types: run.given.is_on("output-watch-events"),
        until: time_limit(run),
        name,
    };
    // A watch of one object begins with its present state, even when only changes are asked for.
    let begins_with_state = !run.given.is_on("watch-only") || !watch.name.is_empty();
    let context = run.context();
    let text = if begins_with_state { first_print(&mut watch, &found.items, &context) } else { String::new() };
    Ok(Answer::ok(text).followed_by(Follow::Watch(Box::new(watch))))
}

fn first_print(watch: &mut Watch, items: &[Item], context: &Context<'_>) -> String {
    watch.print(items, "ADDED", context)
}

/// When `--request-timeout` ends a watch.
fn time_limit(run: &Run<'_>) -> Option<crate::base::SimTime> {
    let text = run.given.text("request-timeout")?;
    // A bare number is in seconds.
    let millis = text.parse::<i64>().ok().map(|seconds| seconds.saturating_mul(1000)).or_else(|| duration_millis(text).ok())?;
    let millis = u64::try_from(millis).ok().filter(|millis| (1..1_000_000_000_000).contains(millis))?;
    Some(run.world.now() + SimDuration::from_millis(millis))
}
