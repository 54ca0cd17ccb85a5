//! What a kubelet says of its node.
//! Models pkg/kubelet/nodestatus/setters.go and pkg/kubelet/kubelet_node_status.go.

use std::rc::Rc;

use crate::api::{
    Condition, EventText, EventType, Json, Node, Note, Object, ObjectKey, ObjectMeta, ObjectReference, Truth, Uid,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimTime};
use crate::runtime::{Machine, Power};
use crate::store::View;
use serde_json::json;

/// type, status when healthy, reason, message
const HEALTHY: [(&str, Truth, &str, &str); 4] = [
    ("MemoryPressure", Truth::False, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", Truth::False, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", Truth::False, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", Truth::True, "KubeletReady", "kubelet is posting ready status"),
];

fn healthy(now: SimTime) -> impl Iterator<Item = Condition> {
    HEALTHY.into_iter().map(move |(kind, status, reason, message)| Condition {
        kind: Name::fixed(kind),
        status,
        reason: Name::fixed(reason),
        message: Name::fixed(message),
        transition: now,
        heartbeat: Some(now),
        ..Condition::default()
    })
}

/// Writes the node's conditions; all are healthy, for the machine is up when its kubelet is.
pub fn report_node(view: View<'_>, machine: &Machine, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(node) = view.node(&machine.name) else { return outcome };
    if machine.kubelet == Power::Off {
        return outcome;
    }
    let mut fresh = Node::clone(node);
    for condition in healthy(now) {
        match fresh.status.conditions.iter_mut().find(|old| old.kind == condition.kind) {
            Some(old) if old.status == condition.status => old.heartbeat = Some(now),
            Some(old) => *old = condition,
            None => fresh.status.conditions.push(condition),
        }
    }
    let became_ready = !node.condition("Ready").is_some_and(|ready| ready.status == Truth::True);
    if became_ready {
        outcome.notes.extend(start_notes(machine));
    }
    fresh.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Node(Rc::new(fresh))));
    outcome
}

/// What a kubelet says when it starts.
fn start_notes(machine: &Machine) -> Vec<Note> {
    let name = &machine.name;
    let key = ObjectKey::new(crate::api::Kind::Node, Name::default(), name.clone());
    let about = Rc::new(ObjectReference { key, uid: Uid::default() });
    let say = |reason: &'static str, text: String| Note {
        about: about.clone(),
        kind: EventType::Normal,
        reason,
        text: EventText::Text(text.into()),
        component: "kubelet",
        host: name.clone(),
        container: Name::default(),
    };
    let state = |reason: &'static str| say(reason, format!("Node {name} status is now: {reason}"));
    vec![
        say("Starting", "Starting kubelet.".to_owned()),
        say("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods".to_owned()),
        state("NodeHasSufficientMemory"),
        state("NodeHasNoDiskPressure"),
        state("NodeHasSufficientPID"),
        state("NodeReady"),
    ]
}

/// The Node object that a machine of the base cluster registers.
pub fn base_node(machine: &Machine, pod_cidr: &str, now: SimTime) -> Node {
    let name = machine.name.as_str();
    let value = json!({
        "metadata": {
            "name": name,
            "labels": {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"},
            "annotations": {"node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true"},
        },
        "spec": {"podCIDR": pod_cidr, "podCIDRs": [pod_cidr]},
        "status": {
            "addresses": [{"address": machine.address.to_string(), "type": "InternalIP"}, {"address": name, "type": "Hostname"}],
            "capacity": {"cpu": "2", "ephemeral-storage": "264212084Ki", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
                "memory": "24684092Ki", "pods": "110"},
            "allocatable": {"cpu": "2", "ephemeral-storage": "267847642337", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
                "memory": "24581692Ki", "pods": "110"},
            "nodeInfo": {"architecture": "amd64", "bootID": format!("{}", Uid(1 << 100 | u128::from(u32::from(machine.address)))),
                "containerRuntimeVersion": "containerd://1.6.20", "kernelVersion": "6.1.0-18-amd64", "kubeProxyVersion": "v1.32.13",
                "kubeletVersion": "v1.32.13", "machineID": "3d1219c7c4c5404aaa1f6d2a48adfda4", "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 12 (bookworm)", "systemUUID": "3d1219c7c4c5404aaa1f6d2a48adfda4"},
        },
    });
    let part = |key: &str| value.get(key).unwrap_or(&serde_json::Value::Null).clone();
    let meta: ObjectMeta = Json::read(&part("metadata"));
    let mut node = Node { meta, spec: Json::read(&part("spec")), status: Json::read(&part("status")) };
    node.status.conditions = healthy(now).collect();
    node
}
