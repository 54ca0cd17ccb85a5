//! What a pod asks of any node: worked out once, compared with many.

use std::rc::Rc;

use super::affinity::AffinityRules;
use super::cache::{host_ports, others};
use super::spread::SpreadRules;
use super::terms::speaks_of_pods;
use super::volumes::VolumeRules;
use super::{Cache, Resources};
use crate::api::{Pod, Uid};
use crate::base::{Name, SmallSet};
use crate::store::View;

/// Pods that are taken for gone while it is tried out whether that helps.
#[derive(Clone, Debug, Default)]
pub(super) struct Removed(SmallSet<Uid>);

impl Removed {
    /// Whether a pod is.
    pub fn contains(&self, pod: &Pod) -> bool {
        !self.0.is_empty() && self.0.contains(&pod.meta.uid)
    }

    /// Takes one for gone.
    pub fn insert(&mut self, pod: &Pod) {
        self.0.insert(pod.meta.uid);
    }

    /// Puts one back.
    pub fn put_back(&mut self, pod: &Pod) {
        self.0.remove(&pod.meta.uid);
    }
}

/// What a pod asks of nodes.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// What it asks for.
    pub requested: Resources,
    /// What it counts as.
    pub counted: Resources,
    /// What it asks for beside CPU and memory.
    pub others: Vec<(Name, i64)>,
    /// Ports of the node that it wants.
    pub host_ports: Vec<(i32, Name)>,
    /// Its controller.
    pub owner: Option<Uid>,
    /// Whether it asks for nodes of a name or with labels.
    pub is_choosy: bool,
    /// What it and other pods say of each other; None if they say nothing.
    pub(super) affinity: Option<AffinityRules>,
    /// How it wants to be spread; None if it does not say.
    pub(super) spread: Option<SpreadRules>,
    /// What its claims ask; None if it has none.
    pub(super) volumes: Option<VolumeRules<'a>>,
    /// Room that is kept for others of no lower priority: node, and what they ask for.
    pub(super) kept: Vec<(Name, Resources)>,
}

impl<'a> Wish<'a> {
    /// A pod's.
    pub fn of(pod: &'a Pod, cache: &Cache, view: View<'a>) -> Wish<'a> {
        Wish::without(pod, cache, view, &Removed::default())
    }

    /// A pod's, as if some pods were gone.
    pub(super) fn without(pod: &'a Pod, cache: &Cache, view: View<'a>, removed: &Removed) -> Wish<'a> {
        let spec = &pod.spec;
        let speaks = speaks_of_pods(pod) || cache.affine().next().is_some() || cache.nominated().any(|(_, other)| speaks_of_pods(other));
        let above = |other: &&(Name, Rc<Pod>)| other.1.meta.uid != pod.meta.uid && other.1.spec.priority >= spec.priority;
        Wish {
            pod,
            requested: Resources::requested(pod),
            counted: Resources::counted(pod),
            others: others(pod),
            host_ports: host_ports(pod).collect(),
            owner: pod.meta.controller().map(|owner| owner.uid),
            is_choosy: !spec.node_name.is_empty() || !spec.node_selector.is_empty() || spec.affinity.is_some(),
            affinity: speaks.then(|| AffinityRules::of(pod, cache, view, removed)),
            spread: (!spec.topology_spread_constraints.is_empty()).then(|| SpreadRules::of(pod, cache, view, removed)),
            volumes: VolumeRules::of(pod, view),
            kept: cache.nominated().filter(above).map(|(node, other)| (node.clone(), Resources::requested(other))).collect(),
        }
    }
}
