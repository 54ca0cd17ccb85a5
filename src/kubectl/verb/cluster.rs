//! What a cluster says of itself: `version`, `cluster-info`, `api-resources`, `api-versions`.

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
    &[flag("client", Takes::Truth), flag("output", Takes::Text).or('o').not("leave it out")];
pub(super) const API_RESOURCES_FLAGS: &[Flag] = &[
    flag("output", Takes::Text).or('o'),
    flag("no-headers", Takes::Truth),
    flag("namespaced", Takes::Truth),
    flag("api-group", Takes::Text),
    flag("sort-by", Takes::Text),
    flag("verbs", Takes::Text).not("every kind takes all verbs here"),
    flag("categories", Takes::Text).not("leave it out"),
    flag("cached", Takes::Truth).not("nothing is cached, so leave it out"),
];

pub(super) fn version(run: &mut Run<'_>) -> Answer {
    let server = if run.given.is_on("client") { String::new() } else { format!("Server Version: {SERVER}\n") };
    Answer::ok(format!("Client Version: {CLIENT}\nKustomize Version: {KUSTOMIZE}\n{server}"))
}

pub(super) fn cluster_info(run: &mut Run<'_>) -> Answer {
    if let Some(word) = run.given.args.first() {
        return Answer::failed(Failure::unsupported(&format!("kubectl cluster-info {word}"), "use \"kubectl get all -A\""));
    }
    Answer::ok(
        "Kubernetes control plane is running at https://127.0.0.1:6443\n\
         CoreDNS is running at https://127.0.0.1:6443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\n\
         To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    )
}

pub(super) fn api_versions(_: &mut Run<'_>) -> Answer {
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
            let category = if info.in_all { "all" } else { "" };
            let verbs = match kind {
                Kind::ComponentStatus => "get,list",
                _ if info.is_review => "create",
                _ => "create,delete,deletecollection,get,list,patch,update,watch",
            };
            text += &format!("\t{verbs}\t{category}");
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
        scope_fits && group.is_none_or(|group| version.rsplit_once('/').map_or("", |(group, _)| group) == group)
    });
    match given.text("sort-by") {
        Some("kind") => sort_by_key(&mut kinds, |(kind, _)| kind.name()),
        Some("name") => sort_by_key(&mut kinds, |(kind, _)| kind.info().plural),
        _ => sort_by_key(&mut kinds, |(kind, version)| (version.rsplit_once('/').map_or("", |(group, _)| group).to_owned(), kind.info().plural)),
    }
    kinds
}
