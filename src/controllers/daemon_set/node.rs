//! Which nodes a daemon's pod may be on, and how it is held to its node.
//! Models pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod and util/daemonset_util.go.

use std::rc::Rc;

use crate::api::{
    Affinity, EventText, EventType, Node, NodeAffinity, NodeSelector, NodeSelectorTerm, Note, Operator, Pod, PodPhase, PodSpec,
    Requirement, TaintEffect, Toleration,
};
use crate::base::Name;

use super::Maker;

/// The event of a pod that failed.
pub(super) const FAILED: &str = "FailedDaemonPod";
const NAME_FIELD: Name = Name::fixed("metadata.name");
/// Taints that every daemon bears, beside those of nodes without a network, which only daemons on the node's network bear.
/// Models AddOrUpdateDaemonPodTolerations.
const BORNE: [(&str, TaintEffect); 6] = [
    ("node.kubernetes.io/not-ready", TaintEffect::NoExecute),
    ("node.kubernetes.io/unreachable", TaintEffect::NoExecute),
    ("node.kubernetes.io/disk-pressure", TaintEffect::NoSchedule),
    ("node.kubernetes.io/memory-pressure", TaintEffect::NoSchedule),
    ("node.kubernetes.io/pid-pressure", TaintEffect::NoSchedule),
    ("node.kubernetes.io/unschedulable", TaintEffect::NoSchedule),
];

/// What a daemon's pod has to expect of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::controllers) enum Fate {
    /// The node should have one.
    Wanted,
    /// One that is there may stay, but none is put there.
    Borne,
    /// One that is there has to go.
    Refused,
}

impl Fate {
    /// Of pods of a spec, with the tolerations of daemons, on a node.
    pub fn of(spec: &PodSpec, node: &Node) -> Fate {
        let named = spec.node_name.is_empty() || spec.node_name == *node.meta.name;
        if !named || !spec.selects(node) {
            return Fate::Refused;
        }
        let repels = |effect| node.spec.taints.iter().any(|taint| taint.effect == effect && !spec.tolerates(taint));
        match () {
            () if repels(TaintEffect::NoExecute) => Fate::Refused,
            () if repels(TaintEffect::NoSchedule) => Fate::Borne,
            () => Fate::Wanted,
        }
    }
}

/// The spec of a template with the tolerations of daemons.
pub(in crate::controllers) fn daemon_spec(template: &Rc<PodSpec>) -> Rc<PodSpec> {
    let mut spec = PodSpec::clone(template);
    let network = ("node.kubernetes.io/network-unavailable", TaintEffect::NoSchedule);
    for (key, effect) in BORNE.into_iter().chain(Some(network).filter(|_| template.host_network)) {
        let toleration = Toleration {
            key: Name::fixed(key),
            operator: Name::fixed("Exists"),
            effect: Some(effect),
            ..Toleration::default()
        };
        let same = |other: &Toleration| other.key == key && other.effect == Some(effect) && other.value.is_empty();
        spec.tolerations.retain(|other| !same(other));
        spec.tolerations.push(toleration);
    }
    Rc::new(spec)
}

/// The spec of the pod of one node: an affinity holds it there.
/// Models ReplaceDaemonSetPodNodeNameNodeAffinity.
pub(super) fn bound_to(spec: &PodSpec, node: &Name) -> Rc<PodSpec> {
    let mut spec = spec.clone();
    let wanted = Requirement::new(NAME_FIELD, Operator::In, [node.clone()]);
    let term = NodeSelectorTerm { match_fields: vec![wanted], ..NodeSelectorTerm::default() };
    let affinity: &mut Affinity = spec.affinity.get_or_insert_with(Affinity::default);
    let affinity: &mut NodeAffinity = affinity.node_affinity.get_or_insert_with(NodeAffinity::default);
    affinity.required.get_or_insert_with(NodeSelector::default).terms = vec![term];
    Rc::new(spec)
}

/// The node that a pod is on or meant for; empty if there is none.
/// Models GetTargetNodeName.
pub(super) fn target(pod: &Pod) -> Name {
    if !pod.node_name.is_empty() {
        return pod.node_name.clone();
    }
    let required = pod.spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()?.required.as_ref());
    let fields = required.into_iter().flat_map(|required| &required.terms).flat_map(|term| &term.match_fields);
    let mut names = fields.filter(|field| field.key == NAME_FIELD && field.operator == Operator::In).flat_map(|field| &field.values);
    names.next().cloned().unwrap_or_default()
}

/// The event that a pod which ended makes room for a new one.
pub(super) fn ended(pod: &Pod, node: &Name, maker: &Maker) -> Note {
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    let (kind, reason, text) = match pod.status.phase {
        PodPhase::Failed => (EventType::Warning, FAILED, format!("Found failed daemon pod {namespace}/{name} on node {node}, will try to kill it")),
        _ => {
            let text = format!("Found succeeded daemon pod {namespace}/{name} on node {node}, will try to delete it");
            (EventType::Normal, "SucceededDaemonPod", text)
        }
    };
    maker.note(kind, reason, EventText::Text(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Json, Taint};
    use serde_json::{Value, json};

    #[test]
    fn nodes_that_should_have_a_pod() {
        let node = |labels: Value, taints: Value| Node { meta: Json::read(&json!({"name": "n", "labels": labels})), spec: Json::read(&json!({"taints": taints})), ..Node::default() };
        let plain = || json!({"containers": [{"name": "c"}]});
        let with = |key: &str, value: Value| {
            let mut spec = plain();
            spec[key] = value;
            spec
        };
        let taint = |key: &str, effect: &str| json!([{"key": key, "effect": effect}]);
        let affinity = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}]}}});
        let table = [
            (plain(), json!({}), json!([]), Fate::Wanted),
            (json!({"containers": [{"name": "c", "resources": {"requests": {"memory": "999Gi"}}}]}), json!({}), json!([]), Fate::Wanted),
            (with("nodeName", json!("other")), json!({}), json!([]), Fate::Refused),
            (with("nodeSelector", json!({"disk": "ssd"})), json!({}), json!([]), Fate::Refused),
            (with("nodeSelector", json!({"disk": "ssd"})), json!({"disk": "ssd"}), json!([]), Fate::Wanted),
            (with("affinity", affinity), json!({"disk": "hdd"}), json!([]), Fate::Refused),
            (plain(), json!({}), taint("node.kubernetes.io/unschedulable", "NoSchedule"), Fate::Wanted),
            (plain(), json!({}), taint("node.kubernetes.io/unreachable", "NoExecute"), Fate::Wanted),
            (plain(), json!({}), taint("node.kubernetes.io/not-ready", "NoExecute"), Fate::Wanted),
            (plain(), json!({}), taint("dedicated", "NoSchedule"), Fate::Borne),
            (plain(), json!({}), taint("dedicated", "NoExecute"), Fate::Refused),
        ];
        for (spec, labels, taints, fate) in table {
            let template: Rc<PodSpec> = Rc::new(Json::read(&spec));
            assert_eq!(Fate::of(&daemon_spec(&template), &node(labels, taints.clone())), fate, "{spec} {taints}");
        }
    }

    #[test]
    fn taints_that_are_borne() {
        let taint = |key: &str, value: &str, effect: &str| -> Taint { Json::read(&json!({"key": key, "value": value, "effect": effect})) };
        let table = [
            (json!({"key": "k", "operator": "Exists", "effect": "NoSchedule"}), taint("k", "v", "NoSchedule"), true),
            (json!({"operator": "Exists", "effect": "NoSchedule"}), taint("any", "", "NoSchedule"), true),
            (json!({"operator": "Exists"}), taint("any", "x", "NoExecute"), true),
            (json!({"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"}), taint("k", "v", "NoSchedule"), true),
            (json!({"key": "k", "operator": "Equal", "value": "w", "effect": "NoSchedule"}), taint("k", "v", "NoSchedule"), false),
            (json!({"key": "k", "value": "v", "effect": "NoExecute"}), taint("k", "v", "NoSchedule"), false),
            (json!({"key": "k", "value": "v", "effect": "NoSchedule"}), taint("k", "v", "NoSchedule"), true),
            (json!({"key": "k", "value": "v"}), taint("k", "v", "NoExecute"), true),
        ];
        for (toleration, taint, borne) in table {
            let read: Toleration = Json::read(&toleration);
            assert_eq!(read.tolerates(&taint), borne, "{toleration} {taint:?}");
        }
    }
}
