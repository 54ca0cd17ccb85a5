//! A pod at length. Models describe.go describePod.

use serde_json::Value;

use super::lines::Lines;
use super::{Scene, container, events, time, volume};
use crate::api::{Kind, ObjectKey, Pod, Toleration, TopologySpreadConstraint};
use crate::base::sort_by;

pub(super) fn describe(pod: &Pod, scene: &Scene<'_>, lines: &mut Lines) {
    identity(pod, lines);
    state(pod, scene, lines);
    containers(pod, lines);
    readiness_gates(pod, lines);
    if !pod.status.conditions.is_empty() {
        lines.line(0, "Conditions:\n  Type\tStatus");
        for other in pod.status.other_conditions.iter().flat_map(|others| others.iter()) {
            let text = |key: &str| other[key].as_str().unwrap_or_default().to_owned();
            lines.line(1, format!("{} \t{} ", text("type"), text("status")));
        }
        for condition in &pod.status.conditions {
            lines.line(1, format!("{} \t{} ", condition.kind.as_str(), condition.status.as_str()));
        }
    }
    volume::describe(&volumes(pod), "", lines);
    lines.field(0, "QoS Class", pod.qos_class());
    lines.labels("Node-Selectors", pod.spec.node_selector.iter());
    tolerations("Tolerations", &pod.spec.tolerations, lines);
    spread("", &pod.spec.topology_spread_constraints, lines);
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    events::about(&key, pod.meta.uid, scene, lines);
}

/// The conditions that a pod waits for beside its own, and whether they hold.
fn readiness_gates(pod: &Pod, lines: &mut Lines) {
    if pod.readiness_gates().next().is_some() {
        lines.line(0, "Readiness Gates:\n  Type\tStatus");
    }
    for kind in pod.readiness_gates() {
        lines.line(1, format!("{kind} \t{} ", pod.status.status_of(kind).unwrap_or("<none>")));
    }
}

fn identity(pod: &Pod, lines: &mut Lines) {
    lines.field(0, "Name", &pod.meta.name);
    lines.field(0, "Namespace", &pod.meta.namespace);
    if let Some(priority) = pod.spec.priority {
        lines.field(0, "Priority", priority.to_string());
    }
    if !pod.spec.priority_class_name.is_empty() {
        lines.field(0, "Priority Class Name", &pod.spec.priority_class_name);
    }
    if let Some(name) = pod.spec.rest.get("runtimeClassName").and_then(Value::as_str) {
        lines.field(0, "Runtime Class Name", name);
    }
    if !pod.spec.service_account_name.is_empty() {
        lines.field(0, "Service Account", &pod.spec.service_account_name);
    }
    match pod.node_name.as_str() {
        "" => lines.field(0, "Node", "<none>"),
        node => {
            let address = pod.status.host_ip.map(|ip| ip.to_string()).unwrap_or_default();
            lines.field(0, "Node", format!("{node}/{address}"));
        }
    }
    if let Some(start) = pod.status.start_time {
        lines.field(0, "Start Time", time(start));
    }
    lines.labels("Labels", pod.meta.labels.iter());
    lines.annotations("Annotations", &pod.meta.annotations);
}

fn state(pod: &Pod, scene: &Scene<'_>, lines: &mut Lines) {
    match pod.meta.deletion.filter(|_| !pod.status.phase.is_terminal()) {
        Some(deletion) => {
            lines.field(0, "Status", format!("Terminating (lasts {})", scene.context.age(deletion)));
            lines.field(0, "Termination Grace Period", format!("{}s", pod.meta.grace_seconds.unwrap_or_default()));
        }
        None => lines.field(0, "Status", pod.status.phase.as_str()),
    }
    if let Some(detail) = &pod.status.detail {
        for (title, text) in [("Reason", &detail.0), ("Message", &detail.1)] {
            if !text.is_empty() {
                lines.field(0, title, text);
            }
        }
    }
    let profile = pod.spec.security_context.as_ref().and_then(|context| context.get("seccompProfile")?.get("type")?.as_str());
    if let Some(profile) = profile {
        lines.field(0, "SeccompProfile", profile);
    }
    let address = pod.status.pod_ip.map(|ip| ip.to_string());
    lines.field(0, "IP", address.as_deref().unwrap_or_default());
    match &address {
        None => lines.field(0, "IPs", "<none>"),
        Some(address) => {
            lines.line(0, "IPs:");
            lines.field(1, "IP", address);
        }
    }
    if let Some(owner) = pod.meta.controller() {
        lines.field(0, "Controlled By", format!("{}/{}", owner.kind, owner.name));
    }
}

fn containers(pod: &Pod, lines: &mut Lines) {
    if !pod.spec.init_containers.is_empty() {
        let of = container::Of::Pod(pod, &pod.status.init_containers);
        container::list("Init Containers", &pod.spec.init_containers, of, lines);
    }
    let of = container::Of::Pod(pod, &pod.status.containers);
    container::list("Containers", &pod.spec.containers, of, lines);
    if !pod.spec.ephemeral_containers.is_empty() {
        let statuses = pod.status.ephemeral_containers.as_ref().map_or(&[] as &[_], |statuses| statuses.as_slice());
        container::list("Ephemeral Containers", &pod.spec.ephemeral_containers, container::Of::Added(pod, statuses), lines);
    }
}

/// All volumes, that of the token included.
fn volumes(pod: &Pod) -> Vec<Value> {
    let spec = pod.spec_value();
    spec.get("volumes").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Tolerations below each other, by key. Models printTolerationsMultilineWithIndent.
pub(super) fn tolerations(title: &str, tolerations: &[Toleration], lines: &mut Lines) {
    let mut sorted: Vec<&Toleration> = tolerations.iter().collect();
    sort_by(&mut sorted, |a, b| a.key.cmp(&b.key));
    lines.column(title, sorted.into_iter().map(toleration).collect());
}

fn toleration(toleration: &Toleration) -> String {
    let mut text = toleration.key.to_string();
    if !toleration.value.is_empty() {
        text += &format!("={}", toleration.value);
    }
    if let Some(effect) = toleration.effect {
        text += &format!(":{}", effect.as_str());
    }
    if toleration.operator == "Exists" && toleration.value.is_empty() {
        text += if text.is_empty() { "op=Exists" } else { " op=Exists" };
    }
    if let Some(seconds) = toleration.toleration_seconds {
        text += &format!(" for {seconds}s");
    }
    text
}

/// Models describeTopologySpreadConstraints.
pub(super) fn spread(indent: &str, constraints: &[TopologySpreadConstraint], lines: &mut Lines) {
    if constraints.is_empty() {
        return;
    }
    let mut sorted: Vec<&TopologySpreadConstraint> = constraints.iter().collect();
    sort_by(&mut sorted, |a, b| a.topology_key.cmp(&b.topology_key));
    let text = |constraint: &&TopologySpreadConstraint| {
        let TopologySpreadConstraint { topology_key, when_unsatisfiable, max_skew, label_selector, .. } = constraint;
        let selector = label_selector.as_ref();
        let selector = selector.map(|selector| format!(" for selector {selector}")).unwrap_or_default();
        format!("{topology_key}:{when_unsatisfiable} when max skew {max_skew} is exceeded{selector}")
    };
    lines.column(&format!("{indent}Topology Spread Constraints"), sorted.iter().map(text).collect());
}

/// A field of a pod by its path, as far as kubectl can tell it: only the name and the namespace, the others stay empty.
pub(super) fn downward(pod: &Pod, path: &str) -> String {
    match path {
        "metadata.name" => pod.meta.name.to_string(),
        "metadata.namespace" => pod.meta.namespace.to_string(),
        _ => String::new(),
    }
}
