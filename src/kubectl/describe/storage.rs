//! Storage at length: volumes, claims, classes, the drivers of nodes. Models describe.go PersistentVolumeDescriber,
//! PersistentVolumeClaimDescriber, StorageClassDescriber, CSINodeDescriber. Left out: a claim's data source and conditions.

use serde_json::Value;

use super::lines::Lines;
use super::other::{events, head, in_a_row, text};
use super::volume::{self, Owner};
use super::{Scene, time};
use crate::api::{Labels, Other};
use crate::kubectl::print::other_cells as cells;

fn finalizers(object: &Other) -> String {
    let all: Vec<&str> = object.meta.finalizers.iter().map(|name| name.as_str()).collect();
    format!("[{}]", all.join(" "))
}

/// The phase, or for how long it has been going.
fn status(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    match object.meta.deletion {
        Some(deletion) => lines.field(0, "Status", format!("Terminating (lasts {})", scene.context.age(deletion))),
        None => lines.field(0, "Status", cells::phase(object)),
    }
}

pub(super) fn volume(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    head(object, lines);
    lines.field(0, "Finalizers", finalizers(object));
    lines.field(0, "StorageClass", cells::storage_class(object));
    status(object, scene, lines);
    lines.field(0, "Claim", cells::claim(object));
    lines.field(0, "Reclaim Policy", text(object, "spec.persistentVolumeReclaimPolicy", ""));
    lines.field(0, "Access Modes", cells::volume_modes(object));
    lines.field(0, "VolumeMode", text(object, "spec.volumeMode", ""));
    lines.field(0, "Capacity", text(object, "spec.capacity.storage", "0"));
    node_affinity(cells::at(object, "spec.nodeAffinity.required"), lines);
    lines.field(0, "Message", text(object, "status.message", ""));
    lines.line(0, "Source:");
    volume::source(object.field("spec"), Owner::Persistent, lines);
    events(object, scene, lines);
}

/// Models describe.go printVolumeNodeAffinity and printNodeSelectorTermsMultilineWithIndent.
fn node_affinity(required: &Value, lines: &mut Lines) {
    if required.is_null() {
        lines.field(0, "Node Affinity", "<none>");
        return;
    }
    lines.field(0, "Node Affinity", "");
    let terms = list(&required["nodeSelectorTerms"]);
    lines.field(1, "Required Terms", if terms.is_empty() { "<none>" } else { "" });
    for (at, term) in terms.iter().enumerate() {
        let text = |of: &Value| condition(&of["key"], &of["operator"].as_str().unwrap_or_default().to_ascii_lowercase(), &of["values"]);
        lines.column(&format!("    Term {at}"), list(&term["matchExpressions"]).iter().map(text).collect());
    }
}

/// `kubernetes.io/hostname in [node1]`
fn condition(key: &Value, operator: &str, values: &Value) -> String {
    let values: Vec<&str> = values.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let condition = format!("{} {operator}", key.as_str().unwrap_or_default());
    if values.is_empty() { condition } else { format!("{condition} [{}]", values.join(", ")) }
}

pub(super) fn claim(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Namespace", &object.meta.namespace);
    lines.field(0, "StorageClass", cells::storage_class(object));
    status(object, scene, lines);
    lines.field(0, "Volume", text(object, "spec.volumeName", ""));
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
    lines.field(0, "Finalizers", finalizers(object));
    lines.field(0, "Capacity", cells::claim_capacity(object));
    lines.field(0, "Access Modes", cells::claim_modes(object));
    lines.field(0, "VolumeMode", text(object, "spec.volumeMode", ""));
    let uses = |volume: &Value| volume.pointer("/persistentVolumeClaim/claimName").is_some_and(|name| name == object.meta.name.as_str());
    let pods = scene.context.view.pods(&object.meta.namespace).filter(|pod| pod.spec.volumes.iter().any(uses));
    lines.column("Used By", pods.map(|pod| pod.meta.name.to_string()).collect());
    events(object, scene, lines);
}

pub(super) fn class(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    let marks = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
    let is_default = marks.iter().any(|mark| object.meta.annotations.get(*mark).is_some_and(|value| value == "true"));
    let pairs = object.field("parameters").as_object().into_iter().flatten();
    let parameters: Labels = pairs.map(|(key, value)| (key.as_str().into(), cells::shown(value, "").into())).collect();
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "IsDefaultClass", if is_default { "Yes" } else { "No" });
    lines.field(0, "Annotations", in_a_row(&object.meta.annotations));
    lines.field(0, "Provisioner", text(object, "provisioner", ""));
    lines.field(0, "Parameters", in_a_row(&parameters));
    lines.field(0, "AllowVolumeExpansion", text(object, "allowVolumeExpansion", "<unset>").replace("true", "True").replace("false", "False"));
    match list(object.field("mountOptions")) {
        [] => lines.field(0, "MountOptions", "<none>"),
        options => {
            lines.line(0, "MountOptions:");
            options.iter().for_each(|option| lines.line(1, cells::shown(option, "")));
        }
    }
    lines.field(0, "ReclaimPolicy", text(object, "reclaimPolicy", ""));
    lines.field(0, "VolumeBindingMode", text(object, "volumeBindingMode", ""));
    let topologies = list(object.field("allowedTopologies"));
    if !topologies.is_empty() {
        lines.field(0, "AllowedTopologies", "");
    }
    for (at, term) in topologies.iter().enumerate() {
        let label = |label: &Value| condition(&label["key"], "in", &label["values"]);
        lines.column(&format!("  Term {at}"), list(&term["matchLabelExpressions"]).iter().map(label).collect());
    }
    events(object, scene, lines);
}

pub(super) fn node(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    head(object, lines);
    lines.field(0, "CreationTimestamp", time(object.meta.creation));
    lines.line(0, "Spec:");
    let drivers = cells::at(object, "spec.drivers");
    if drivers.is_array() {
        lines.line(1, "Drivers:");
    }
    for driver in list(drivers) {
        lines.line(2, format!("{}:", cells::shown(&driver["name"], "")));
        lines.field(3, "Node ID", cells::shown(&driver["nodeID"], ""));
        if let Some(count) = driver["allocatable"]["count"].as_i64() {
            lines.line(3, "Allocatables:");
            lines.field(4, "Count", count);
        }
        if let Value::Array(keys) = &driver["topologyKeys"] {
            let keys: Vec<String> = keys.iter().map(|key| cells::shown(key, "")).collect();
            lines.field(3, "Topology Keys", format!("[{}]", keys.join(" ")));
        }
    }
    events(object, scene, lines);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
