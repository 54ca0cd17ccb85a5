//! `kubectl cluster-info dump`: the nodes, and of each namespace its events, workloads and pods as lists, then what the containers printed.
//! Models kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go.
//! Left out: `--output-directory`.

use serde_json::json;

use super::{Run, whole};
use crate::api::{Kind, Object};
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::{self, Item};
use crate::kubectl::print::Output;
use crate::runtime::Which;

pub(super) const FLAGS: &[Flag] = &[
    flag("namespaces", Takes::Text),
    flag("output-directory", Takes::Text).only("-", "it is printed; \">FILE\" behind the line keeps it"),
    flag("pod-running-timeout", Takes::Duration),
];
/// What is listed of a namespace, in this order.
const KINDS: [Kind; 7] = [Kind::Event, Kind::ReplicationController, Kind::Service, Kind::DaemonSet, Kind::Deployment, Kind::ReplicaSet, Kind::Pod];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &Run<'_>) -> Result<Answer, Failure> {
    let output = Output::of_write(Some(&super::get::template(run.given)))?.unwrap_or(Output::Json).typed();
    let scope = run.scope();
    let mut namespaces: Vec<Name> = run.given.list("namespaces").into_iter().map(Name::from).collect();
    if scope.everywhere {
        namespaces = item::list(run.view(), Kind::Namespace, &Name::default()).iter().map(Item::name).collect();
    } else if namespaces.is_empty() {
        namespaces = vec![Name::fixed("kube-system"), scope.namespace];
    }
    let mut text = list(run, &output, Kind::Node, &Name::default())?;
    for namespace in &namespaces {
        for kind in KINDS {
            text += &list(run, &output, kind, namespace)?;
        }
        for item in item::list(run.view(), Kind::Pod, namespace) {
            let Item::Object(Object::Pod(pod)) = item else { continue };
            for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
                let about = format!("logs for container {} of pod {namespace}/{} ====\n", container.name, pod.meta.name);
                text += &format!("==== START {about}");
                match run.world.log(&pod, &container.name, Which::Present) {
                    Ok(lines) => lines.unwrap_or_default().iter().for_each(|(_, line)| text += &format!("{line}\n")),
                    Err(why) => text += &format!("Request log error: {why}\n"),
                }
                text += &format!("==== END {about}");
            }
        }
    }
    Ok(Answer::ok(text))
}

/// All of a kind as the list that the server sends, whose items do not name their kind.
fn list(run: &Run<'_>, output: &Output, kind: Kind, namespace: &Name) -> Result<String, Failure> {
    let bare = |item: &Item| {
        let mut value = item.to_value();
        if let Some(map) = value.as_object_mut() {
            map.remove("kind");
            map.remove("apiVersion");
        }
        value
    };
    let items: Vec<_> = item::list(run.view(), kind, namespace).iter().map(bare).collect();
    let version = run.view().revision().to_string();
    output.value(&json!({"apiVersion": kind.api_version(), "kind": format!("{}List", kind.name()), "metadata": {"resourceVersion": version}, "items": items}))
}
