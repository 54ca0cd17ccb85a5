//! What a kubelet says of its node.
//! Models pkg/kubelet/nodestatus/setters.go and pkg/kubelet/kubelet_node_status.go.

use std::rc::Rc;

use crate::api::{
    Condition, EventText, EventType, Json, Kind, Node, Note, Object, ObjectKey, ObjectMeta, ObjectReference, Truth, Uid,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimTime};
use crate::runtime::{Machine, Power};
use crate::store::View;
use serde_json::json;

/// type, status when healthy, reason, message; reason of the event when it becomes so
const HEALTHY: [(&str, Truth, &str, &str, &str); 4] = [
    ("MemoryPressure", Truth::False, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", "NodeHasSufficientMemory"),
    ("DiskPressure", Truth::False, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", "NodeHasNoDiskPressure"),
    ("PIDPressure", Truth::False, "KubeletHasSufficientPID", "kubelet has sufficient PID available", "NodeHasSufficientPID"),
    ("Ready", Truth::True, "KubeletReady", "kubelet is posting ready status", "NodeReady"),
];

fn healthy(now: SimTime) -> impl Iterator<Item = Condition> {
    HEALTHY.into_iter().map(move |(kind, status, reason, message, _)| Condition {
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
    let Some(node) = view.node(&machine.name).filter(|_| machine.kubelet == Power::On) else { return outcome };
    let mut fresh = Node::clone(node);
    let voice = Voice::of(machine);
    for (condition, (.., event)) in healthy(now).zip(HEALTHY) {
        match fresh.status.conditions.iter_mut().find(|old| old.kind == condition.kind) {
            Some(old) if old.status == condition.status => {
                old.heartbeat = Some(now);
                continue;
            }
            Some(old) => *old = condition,
            None => fresh.status.conditions.push(condition),
        }
        outcome.notes.push(voice.state(event));
    }
    fresh.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Node(Rc::new(fresh))));
    outcome
}

/// Says whether the node takes new pods, if that is other than the kubelet has said. Models recordNodeSchedulableEvent.
pub fn say_schedulable(view: View<'_>, machine: &mut Machine) -> Option<Note> {
    let node = view.node(&machine.name).filter(|node| machine.kubelet == Power::On && node.spec.unschedulable != machine.unschedulable)?;
    machine.unschedulable = node.spec.unschedulable;
    Some(Voice::of(machine).state(if machine.unschedulable { "NodeNotSchedulable" } else { "NodeSchedulable" }))
}

/// What a kubelet says when it starts, in this order. Models BirthCry, checkCgroupVersion, GarbageCollect, updateNodeAllocatable and the first
/// setNodeStatus; the warnings are those of the recorded machines, which still have cgroups of the first version.
pub fn start_notes(machine: &Machine) -> Vec<Note> {
    let voice = Voice::of(machine);
    let mut notes = vec![
        voice.say(EventType::Normal, "Starting", "Starting kubelet."),
        voice.say(EventType::Warning, "CgroupV1", "cgroup v1 support is in maintenance mode, please migrate to cgroup v2"),
        voice.say(EventType::Warning, "InvalidDiskCapacity", "invalid capacity 0 on image filesystem"),
        voice.say(EventType::Normal, "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods"),
    ];
    notes.extend(HEALTHY.into_iter().filter(|(kind, ..)| *kind != "Ready").map(|(.., event)| voice.state(event)));
    notes
}

/// Who speaks of a node in events.
struct Voice {
    about: Rc<ObjectReference>,
}

impl Voice {
    fn of(machine: &Machine) -> Voice {
        let key = ObjectKey::new(Kind::Node, Name::default(), machine.name.clone());
        Voice { about: Rc::new(ObjectReference { key, uid: Uid::default() }) }
    }

    fn say(&self, kind: EventType, reason: &'static str, text: impl Into<Name>) -> Note {
        let (about, host) = (self.about.clone(), self.about.key.name.clone());
        Note { about, kind, reason, text: EventText::Text(text.into()), component: "kubelet", host, container: Name::default() }
    }

    fn state(&self, reason: &'static str) -> Note {
        self.say(EventType::Normal, reason, format!("Node {} status is now: {reason}", self.about.key.name))
    }
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
