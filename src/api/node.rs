//! core/v1 Node.

use serde_json::Value;

use super::json::{Json, record, zero};
use super::{Condition, ObjectMeta, Quantity, Truth};
use crate::base::{Name, SimTime, SmallMap};

/// A worker machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: NodeSpec,
    /// What its kubelet reported.
    pub status: NodeStatus,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaintEffect {
    /// None that Kubernetes knows: refused by validation.
    #[default]
    Unknown,
    /// Keeps new pods away.
    NoSchedule,
    /// Makes the scheduler prefer other nodes.
    PreferNoSchedule,
    /// Keeps new pods away and evicts running ones.
    NoExecute,
}

impl TaintEffect {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            TaintEffect::Unknown => "",
            TaintEffect::NoSchedule => "NoSchedule",
            TaintEffect::PreferNoSchedule => "PreferNoSchedule",
            TaintEffect::NoExecute => "NoExecute",
        }
    }

    /// By its name.
    pub fn parse(text: &str) -> Option<TaintEffect> {
        [TaintEffect::NoSchedule, TaintEffect::PreferNoSchedule, TaintEffect::NoExecute].into_iter().find(|e| e.as_str() == text)
    }
}

impl Json for TaintEffect {
    fn read(value: &Value) -> TaintEffect {
        value.as_str().and_then(TaintEffect::parse).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
    fn loses(value: &Value) -> bool {
        value.as_str().is_some_and(|text| !text.is_empty() && TaintEffect::parse(text).is_none())
    }
}

zero! { TaintEffect => Value::from("") }

record! {
    /// A mark on a node that pods must tolerate.
    pub struct Taint {
        /// What it does.
        effect: TaintEffect = "effect",
        /// `node.kubernetes.io/unreachable`
        key: Name = "key",
        /// When a NoExecute taint was put there.
        time_added: Option<SimTime> = "timeAdded",
        /// May be empty.
        value: Name = "value",
    }

    /// What is wanted of a node.
    pub struct NodeSpec {
        /// `10.244.1.0/24`
        pod_cidr: Name = "podCIDR",
        /// The same, as a list.
        pod_cidrs: Vec<Name> = "podCIDRs",
        /// Marks that pods must tolerate.
        taints: Vec<Taint> = "taints",
        /// Cordoned.
        unschedulable: bool = "unschedulable",
    }

    /// One of a node's addresses.
    pub struct NodeAddress {
        /// `192.168.64.11`
        address: Name = "address",
        /// `InternalIP`, `Hostname`
        kind: Name = "type",
    }

    /// What the kubelet reported.
    pub struct NodeStatus {
        /// `InternalIP`, `Hostname`.
        addresses: Vec<NodeAddress> = "addresses",
        /// What pods may ask for.
        allocatable: SmallMap<Name, Quantity> = "allocatable",
        /// What the machine has.
        capacity: SmallMap<Name, Quantity> = "capacity",
        /// MemoryPressure, DiskPressure, PIDPressure, Ready.
        conditions: Vec<Condition> = "conditions",
        /// Kernel, versions …
        node_info: SmallMap<Name, Name> = "nodeInfo",
    }
}

impl Node {
    /// A condition by its type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.status.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// Whether its Ready condition holds.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(|ready| ready.status == Truth::True)
    }

    /// Its InternalIP, or an empty text.
    pub fn internal_ip(&self) -> Name {
        let address = self.status.addresses.iter().find(|address| address.kind == "InternalIP");
        address.map(|address| address.address.clone()).unwrap_or_default()
    }
}
