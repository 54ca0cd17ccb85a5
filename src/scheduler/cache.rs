//! What the scheduler knows of each node: what it offers and what its pods have taken.
//! Models pkg/scheduler/framework NodeInfo.

use std::ops::Bound;
use std::rc::Rc;

use super::terms::speaks_of_pods;
use crate::api::{Node, Object, Pod, Quantity, Uid};
use crate::base::{LargeMap, LargeSet, Name, SmallMap, SmallSet};
use crate::store::{WatchEvent, WatchKind};

/// Milli-CPU that a pod without requests counts as when nodes are scored (DefaultMilliCPURequest).
const DEFAULT_CPU: i64 = 100;
/// Bytes of memory that a pod without requests counts as when nodes are scored (DefaultMemoryRequest).
const DEFAULT_MEMORY: i64 = 200 * 1024 * 1024;

/// Nothing counts as more than this, which is more than any node has: so that sums over pods do not overflow.
const MOST: i64 = 1 << 45;

const DEFAULT: Resources = Resources { cpu: DEFAULT_CPU, memory: DEFAULT_MEMORY };

/// CPU in thousandths, memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Milli-CPU.
    pub cpu: i64,
    /// Bytes.
    pub memory: i64,
}

impl Resources {
    /// What a pod asks for.
    pub fn requested(pod: &Pod) -> Resources {
        let asked = |resource: &str| pod.spec.requested(resource);
        Resources { cpu: asked("cpu").milli().min(MOST), memory: asked("memory").whole().min(MOST) }
    }

    /// What a pod counts as when nodes are scored.
    pub fn counted(pod: &Pod) -> Resources {
        let Resources { cpu, memory } = Resources::requested(pod);
        let or = |value, default| if value == 0 { default } else { value };
        Resources { cpu: or(cpu, DEFAULT_CPU), memory: or(memory, DEFAULT_MEMORY) }
    }

    fn add(&mut self, other: Resources, sign: i64) {
        self.cpu += sign * other.cpu;
        self.memory += sign * other.memory;
    }
}

/// A node as the scheduler sees it.
#[derive(Clone, Debug)]
pub struct NodeInfo {
    /// The node.
    pub node: Rc<Node>,
    /// What pods may ask for in all.
    pub allocatable: Resources,
    /// How many pods it takes.
    pub max_pods: u32,
    /// How many it has.
    pub pods: u32,
    /// What they ask for.
    pub requested: Resources,
    /// What they count as.
    pub counted: Resources,
    /// How free the node would be with one more pod that asks for nothing.
    free_with_default: i64,
    /// Nothing of the node itself keeps a pod away that asks for no node in particular: no taint, not cordoned.
    pub is_open: bool,
    /// Ports of the node that pods hold: (port, protocol).
    pub host_ports: Vec<(i32, Name)>,
    /// What its pods ask for beside CPU and memory.
    pub others: SmallMap<Name, i64>,
    /// The images that it holds.
    pub(super) images: SmallSet<Name>,
}

impl NodeInfo {
    fn new(node: Rc<Node>) -> NodeInfo {
        let mut info = NodeInfo {
            node: node.clone(),
            allocatable: Resources::default(),
            max_pods: 0,
            pods: 0,
            requested: Resources::default(),
            counted: Resources::default(),
            free_with_default: 0,
            is_open: false,
            host_ports: Vec::new(),
            others: SmallMap::new(),
            images: SmallSet::new(),
        };
        info.set_node(node);
        info
    }

    /// The share of CPU and memory left free with one more pod, in hundredths, as a mean.
    /// Models noderesources/least_allocated.go.
    pub fn least_allocated(&self, own: Resources) -> i64 {
        if own == DEFAULT { self.free_with_default } else { self.free_with(own) }
    }

    fn free_with(&self, own: Resources) -> i64 {
        let free = |allocatable: i64, taken: i64| if allocatable == 0 || taken > allocatable { 0 } else { (allocatable - taken) * 100 / allocatable };
        let cpu = free(self.allocatable.cpu, self.counted.cpu + own.cpu);
        let memory = free(self.allocatable.memory, self.counted.memory + own.memory);
        (cpu + memory) / 2
    }

    fn set_node(&mut self, node: Rc<Node>) {
        let amount = |name: &str| node.status.allocatable.get(name);
        self.allocatable.cpu = amount("cpu").map_or(0, Quantity::milli).min(MOST);
        self.allocatable.memory = amount("memory").map_or(0, Quantity::whole).min(MOST);
        self.max_pods = amount("pods").and_then(|pods| u32::try_from(pods.whole()).ok()).unwrap_or(0);
        self.free_with_default = self.free_with(DEFAULT);
        self.is_open = node.spec.taints.is_empty() && !node.spec.unschedulable;
        self.node = node;
    }

    pub(super) fn change(&mut self, pod: &Pod, sign: i64) {
        for (name, amount) in others(pod) {
            *self.others.entry(name).or_default() += sign * amount;
        }
        self.pods = self.pods.saturating_add_signed(sign as i32);
        self.requested.add(Resources::requested(pod), sign);
        self.counted.add(Resources::counted(pod), sign);
        self.free_with_default = self.free_with(DEFAULT);
        for port in host_ports(pod) {
            match sign {
                1 => self.host_ports.push(port),
                _ => self.host_ports.retain(|held| *held != port),
            }
        }
    }
}

/// What a pod asks for beside CPU and memory: `nvidia.com/gpu`, `ephemeral-storage`.
pub(super) fn others(pod: &Pod) -> Vec<(Name, i64)> {
    let mut found: Vec<(Name, i64)> = Vec::new();
    for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
        for name in container.resources.requests.keys().filter(|name| !matches!(name.as_str(), "cpu" | "memory")) {
            if !found.iter().any(|(known, _)| known == name) {
                found.push((name.clone(), pod.spec.requested(name).whole().min(MOST)));
            }
        }
    }
    for name in pod.spec.overhead().filter(|name| !matches!(name.as_str(), "cpu" | "memory")) {
        if !found.iter().any(|(known, _)| *known == name) {
            let amount = pod.spec.requested(&name).whole().min(MOST);
            found.push((name, amount));
        }
    }
    found
}

/// The ports of the node that a pod wants.
pub(super) fn host_ports(pod: &Pod) -> impl Iterator<Item = (i32, Name)> + '_ {
    let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    ports.filter(|port| port.host_port != 0).map(|port| (port.host_port, port.protocol.clone()))
}

/// All nodes as the scheduler sees them.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// In the order in which they came.
    nodes: Vec<Rc<NodeInfo>>,
    /// Their places in that order.
    places: Rc<LargeMap<Name, usize>>,
    /// How many pods of each controller are on which node, by its place.
    by_owner: LargeMap<Uid, LargeMap<usize, u32>>,
    /// Pods on nodes that say something of other pods.
    affine: LargeSet<(Name, Name)>,
    /// How many pods on nodes have which priority.
    priorities: SmallMap<i32, u32>,
    /// Pods for which others were evicted, and the nodes that wait for them.
    nominated: SmallMap<(Name, Name), (Name, Rc<Pod>)>,
    /// Images that nodes hold: bytes, and on how many nodes.
    images: SmallMap<Name, (u64, u32)>,
    /// Where the next look begins.
    pub(super) next_start: u32,
}

impl Cache {
    /// How many pods of a controller the nodes from one place up to another have, where there are any.
    pub(super) fn owned(&self, owner: Uid, places: std::ops::Range<usize>) -> impl Iterator<Item = (usize, u32)> {
        let counts = self.by_owner.get(&owner).into_iter().flat_map(move |counts| counts.range_from(Bound::Included(&places.start)).take_while(move |(place, _)| **place < places.end));
        counts.map(|(place, count)| (*place, *count))
    }

    /// Takes note of the images that a node holds, with their sizes in bytes. None is ever given up.
    pub fn note_images(&mut self, node: &str, images: impl Iterator<Item = (Name, u64)>) {
        let Some(place) = self.place(node) else { return };
        let info = Rc::make_mut(&mut self.nodes[place]);
        for (image, size) in images {
            if info.images.insert(image.clone()) {
                self.images.entry(image).or_insert((size, 0)).1 += 1;
            }
        }
    }

    /// Bytes of an image, and how many nodes hold it.
    pub(super) fn image(&self, name: &Name) -> Option<(u64, u32)> {
        self.images.get(name).copied()
    }

    /// Pods on nodes that say something of other pods.
    pub(super) fn affine(&self) -> impl Iterator<Item = &(Name, Name)> {
        self.affine.iter()
    }

    /// Whether any pod on a node has a lower priority.
    pub(super) fn has_lower(&self, priority: i32) -> bool {
        self.priorities.first_key_value().is_some_and(|(least, _)| *least < priority)
    }

    /// The pods that nodes wait for.
    pub(super) fn nominated(&self) -> impl Iterator<Item = &(Name, Rc<Pod>)> {
        self.nominated.values()
    }

    /// A node.
    pub fn node(&self, name: &str) -> Option<&Rc<NodeInfo>> {
        self.places.get(name).map(|place| &self.nodes[*place])
    }

    /// All nodes, in the order in which they came.
    pub fn nodes(&self) -> impl Iterator<Item = &Rc<NodeInfo>> {
        self.nodes.iter()
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Where a node stands.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub(super) fn at(&self, index: usize) -> &Rc<NodeInfo> {
        &self.nodes[index]
    }

    /// Takes account of a change.
    pub fn on_change(&mut self, event: &WatchEvent) {
        match (&event.object, event.kind) {
            (Object::Node(node), kind) => match (self.places.get(&node.meta.name).copied(), kind) {
                (Some(place), WatchKind::Deleted) => self.remove(place),
                (Some(place), _) => Rc::make_mut(&mut self.nodes[place]).set_node(node.clone()),
                (None, WatchKind::Deleted) => {}
                (None, _) => {
                    Rc::make_mut(&mut self.places).insert(node.meta.name.clone(), self.nodes.len());
                    self.nodes.push(Rc::new(NodeInfo::new(node.clone())));
                }
            },
            (Object::Pod(pod), kind) => {
                let old = event.old.as_ref().and_then(Object::as_pod).filter(|pod| holds(pod));
                let new = Some(pod).filter(|pod| kind != WatchKind::Deleted && holds(pod));
                self.nominate(pod, kind);
                self.replace(old, new);
            }
            _ => {}
        }
    }

    /// A pod that it was told of before and after a change. One that only changed its status moves nothing.
    fn replace(&mut self, old: Option<&Rc<Pod>>, new: Option<&Rc<Pod>>) {
        if let (Some(old), Some(new)) = (old, new) {
            let owner = |pod: &Pod| pod.meta.controller().map(|owner| owner.uid);
            if old.node_name == new.node_name && owner(old) == owner(new) && Rc::ptr_eq(&old.spec, &new.spec) {
                return;
            }
        }
        for (pod, sign) in [(old, -1), (new, 1)] {
            let Some(pod) = pod else { continue };
            self.note_pod(pod, sign);
            let Some(place) = self.places.get(&pod.node_name).copied() else { continue };
            Rc::make_mut(&mut self.nodes[place]).change(pod, sign);
            if let Some(owner) = pod.meta.controller() {
                self.count(owner.uid, place, sign);
            }
        }
    }

    /// Counts the pods that are bound to a node which has come back.
    pub fn count_again<'a>(&mut self, node: &str, pods: impl Iterator<Item = &'a Rc<Pod>>) {
        let Some(place) = self.place(node) else { return };
        for pod in pods.filter(|pod| holds(pod)) {
            Rc::make_mut(&mut self.nodes[place]).change(pod, 1);
            if let Some(owner) = pod.meta.controller() {
                self.count(owner.uid, place, 1);
            }
        }
    }

    fn note_pod(&mut self, pod: &Pod, sign: i64) {
        let priority = pod.spec.priority.unwrap_or_default();
        let count = self.priorities.entry(priority).or_default();
        *count = count.saturating_add_signed(sign as i32);
        if *count == 0 {
            self.priorities.remove(&priority);
        }
        if !speaks_of_pods(pod) {
            return;
        }
        let name = (pod.meta.namespace.clone(), pod.meta.name.clone());
        if sign > 0 {
            self.affine.insert(name);
        } else {
            self.affine.remove(&name);
        }
    }

    fn nominate(&mut self, pod: &Rc<Pod>, kind: WatchKind) {
        let waits = kind != WatchKind::Deleted && pod.node_name.is_empty();
        match pod.status.nominated_node.as_deref().filter(|_| waits) {
            Some(node) => {
                let name = (pod.meta.namespace.clone(), pod.meta.name.clone());
                self.nominated.insert(name, (node.clone(), pod.clone()));
            }
            None if self.nominated.is_empty() => {}
            None => {
                self.nominated.remove(&(pod.meta.namespace.clone(), pod.meta.name.clone()));
            }
        }
    }
}

impl Cache {
    fn count(&mut self, owner: Uid, place: usize, sign: i64) {
        let counts = self.by_owner.get_or_insert_with(owner, LargeMap::new);
        let count = counts.get_or_insert_with(place, || 0);
        *count = count.saturating_add_signed(sign as i32);
        if *count == 0 {
            counts.remove(&place);
        }
        if counts.is_empty() {
            self.by_owner.remove(&owner);
        }
    }

    /// Takes a node out; those that came after it move up.
    fn remove(&mut self, gone: usize) {
        let info = self.nodes.remove(gone);
        for image in info.images.iter() {
            if let Some((_, nodes)) = self.images.get_mut(image) {
                *nodes -= 1;
            }
        }
        let moved = |place: usize| if place > gone { place - 1 } else { place };
        self.places = Rc::new(self.nodes.iter().enumerate().map(|(place, info)| (info.node.meta.name.clone(), place)).collect());
        let left = |counts: &LargeMap<usize, u32>| {
            let left = counts.iter().filter(|(place, _)| **place != gone);
            left.map(|(place, count)| (moved(*place), *count)).collect()
        };
        self.by_owner = self.by_owner.iter().map(|(owner, counts)| (*owner, left(counts))).collect();
    }
}

/// Whether a pod takes room on a node.
fn holds(pod: &Pod) -> bool {
    !pod.node_name.is_empty() && !pod.status.phase.is_terminal()
}
