//! What a cluster says of itself: `version`, `cluster-info`, `api-resources`, `api-versions`.

use serde_json::{Value, json};

use super::Run;
use crate::api::Kind;
use crate::base::{SmallSet, sort_by_key};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::print::TabWriter;

const CLIENT: &str = "v1.32.5";
const KUSTOMIZE: &str = "v5.5.0";
pub(super) const SERVER: &str = "v1.32.13";

pub(super) const VERSION_FLAGS: &[Flag] =
    &[flag("client", Takes::Truth), flag("output", Takes::Text).or('o')];
pub(super) const API_RESOURCES_FLAGS: &[Flag] = &[
    flag("output", Takes::Text).or('o'),
    flag("no-headers", Takes::Truth),
    flag("namespaced", Takes::Truth),
    flag("api-group", Takes::Text),
    flag("sort-by", Takes::Text),
    flag("verbs", Takes::Text),
    flag("categories", Takes::Text),
    flag("cached", Takes::Truth),
];

pub(super) fn version(run: &mut Run<'_>) -> Answer {
    if !run.given.args.is_empty() {
        return Answer::failed(Failure::Own(format!("extra arguments: [{}]", run.given.args.join(" "))));
    }
    match run.given.text("output") {
        None | Some("") => {}
        Some("yaml") => return Answer::ok(crate::manifest::encode(&versions(run)) + "\n"),
        Some("json") => return Answer::ok(crate::kubectl::print::narrow_json(&versions(run))),
        Some(_) => return Answer::failed(Failure::own("--output must be 'yaml' or 'json'")),
    }
    let server = if run.given.is_on("client") { String::new() } else { format!("Server Version: {SERVER}\n") };
    Answer::ok(format!("Client Version: {CLIENT}\nKustomize Version: {KUSTOMIZE}\n{server}"))
}

/// What `version -o` prints: of what is built here, only what Kubernetes says too.
fn versions(run: &Run<'_>) -> Value {
    let of = |version: &str| json!({"compiler": "gc", "gitTreeState": "clean", "gitVersion": version, "major": "1", "minor": "32", "platform": "linux/amd64"});
    let mut value = json!({"clientVersion": of(CLIENT), "kustomizeVersion": KUSTOMIZE});
    if !run.given.is_on("client") {
        value["serverVersion"] = of(SERVER);
    }
    value
}

/// What the API server can be asked to do with a kind.
pub(super) fn verbs(kind: Kind) -> &'static str {
    match kind {
        Kind::ComponentStatus => "get,list",
        Kind::Namespace => "create,delete,get,list,patch,update,watch",
        _ if kind.info().is_review => "create",
        _ => "create,delete,deletecollection,get,list,patch,update,watch",
    }
}

fn category(kind: Kind) -> &'static str {
    match kind.info().group {
        _ if kind.info().in_all => "all",
        "admissionregistration.k8s.io" | "apiextensions.k8s.io" | "apiregistration.k8s.io" => "api-extensions",
        _ => "",
    }
}

pub(super) fn cluster_info(run: &mut Run<'_>) -> Answer {
    if run.given.args.first().is_some_and(|word| word == "dump") {
        return super::dump::run(run);
    }
    Answer::ok(
        "Kubernetes control plane is running at https://127.0.0.1:6443\n\
         CoreDNS is running at https://127.0.0.1:6443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\n\
         To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    )
}

pub(super) fn api_versions(run: &mut Run<'_>) -> Answer {
    if !run.given.args.is_empty() {
        let args = run.given.args.join(" ");
        return Answer::failed(Failure::usage("api-versions", format!("unexpected arguments: [{args}]")));
    }
    let mut versions: SmallSet<String> = Kind::all().map(Kind::api_version).collect();
    for also in ["autoscaling/v1", EVENTS] {
        versions.insert(also.to_owned());
    }
    Answer::ok(versions.into_iter().map(|version| version + "\n").collect::<String>())
}

/// The second group that events can be had in.
const EVENTS: &str = "events.k8s.io/v1";

/// The kinds, the core group first.
pub(super) fn api_resources(run: &mut Run<'_>) -> Answer {
    let given = run.given;
    if !given.args.is_empty() {
        let args = given.args.join(" ");
        return Answer::failed(Failure::usage("api-resources", format!("unexpected arguments: [{args}]")));
    }
    if given.text("sort-by").is_some_and(|field| !matches!(field, "" | "name" | "kind")) {
        return Answer::failed(Failure::own("--sort-by accepts only name or kind"));
    }
    let wide = match given.text("output") {
        None | Some("") => false,
        Some("wide") => true,
        Some("name") => {
            let names = kinds(run).into_iter().map(|(kind, version)| kind.resource() + if version == EVENTS { ".events.k8s.io\n" } else { "\n" });
            return Answer::ok(names.collect::<String>());
        }
        Some(other) => return Answer::failed(Failure::Own(format!("--output {other} is not available"))),
    };
    let mut text = String::new();
    if !given.is_on("no-headers") {
        text += "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND";
        text += if wide { "\tVERBS\tCATEGORIES\n" } else { "\n" };
    }
    for (kind, version) in kinds(run) {
        let info = kind.info();
        let (short, name) = (info.short.join(","), kind.name());
        text += &format!("{}\t{short}\t{version}\t{}\t{name}", info.plural, info.namespaced);
        if wide {
            text += &format!("\t{}\t{}", verbs(kind), category(kind));
        }
        text += "\n";
    }
    Answer::ok(TabWriter::table().set(&text))
}

/// The kinds that are asked for, each with its API version.
fn kinds(run: &Run<'_>) -> Vec<(Kind, String)> {
    let given = run.given;
    let group = given.text("api-group");
    let mut kinds: Vec<(Kind, String)> = Kind::all().map(|kind| (kind, kind.api_version())).collect();
    kinds.push((Kind::Event, EVENTS.to_owned()));
    kinds.retain(|(kind, version)| {
        let info = kind.info();
        let scope_fits = match (given.is_on("namespaced"), given.is_off("namespaced")) {
            (true, _) => info.namespaced,
            (_, true) => !info.namespaced,
            _ => true,
        };
        let (able, categories) = (given.list("verbs"), given.list("categories"));
        let able = able.iter().all(|verb| verbs(*kind).split(',').any(|known| known == *verb));
        let belongs = categories.iter().all(|wanted| category(*kind) == *wanted);
        scope_fits && able && belongs && group.is_none_or(|group| version.rsplit_once('/').map_or("", |(group, _)| group) == group)
    });
    match given.text("sort-by") {
        Some("kind") => sort_by_key(&mut kinds, |(kind, _)| kind.name()),
        Some("name") => sort_by_key(&mut kinds, |(kind, _)| kind.info().plural),
        _ => sort_by_key(&mut kinds, |(kind, version)| (version.rsplit_once('/').map_or("", |(group, _)| group).to_owned(), kind.info().plural)),
    }
    kinds
}
