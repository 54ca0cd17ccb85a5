//! What the scheduler knows of each node: what it offers and what its pods have taken.
//! Models pkg/scheduler/framework NodeInfo.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::api::{Node, Object, Pod, Quantity, Uid};
use crate::base::Name;
use crate::store::{WatchEvent, WatchKind};

/// Milli-CPU that a pod without requests counts as when nodes are scored (DefaultMilliCPURequest).
const DEFAULT_CPU: i64 = 100;
/// Bytes of memory that a pod without requests counts as when nodes are scored (DefaultMemoryRequest).
const DEFAULT_MEMORY: i64 = 200 * 1024 * 1024;

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
        Resources { cpu: pod.request_milli("cpu"), memory: pod.request_milli("memory") / 1000 }
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
    /// How many there are of each controller.
    pub by_owner: BTreeMap<Uid, u32>,
    /// Nothing of the node itself keeps a pod away that asks for no node in particular: no taint, not cordoned.
    pub is_open: bool,
    /// Ports of the node that pods hold: (port, protocol).
    pub host_ports: Vec<(i32, Name)>,
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
            by_owner: BTreeMap::new(),
            is_open: false,
            host_ports: Vec::new(),
        };
        info.set_node(node);
        info
    }

    fn set_node(&mut self, node: Rc<Node>) {
        let amount = |name: &str| node.status.allocatable.get(name);
        self.allocatable.cpu = amount("cpu").map_or(0, Quantity::milli);
        self.allocatable.memory = amount("memory").map_or(0, Quantity::whole);
        self.max_pods = amount("pods").and_then(|pods| u32::try_from(pods.whole()).ok()).unwrap_or(0);
        self.is_open = node.spec.taints.is_empty() && !node.spec.unschedulable;
        self.node = node;
    }

    fn change(&mut self, pod: &Pod, sign: i64) {
        self.pods = self.pods.saturating_add_signed(sign as i32);
        self.requested.add(Resources::requested(pod), sign);
        self.counted.add(Resources::counted(pod), sign);
        if let Some(owner) = pod.meta.controller() {
            let count = self.by_owner.entry(owner.uid).or_default();
            *count = count.saturating_add_signed(sign as i32);
            if *count == 0 {
                self.by_owner.remove(&owner.uid);
            }
        }
        for port in host_ports(pod) {
            match sign {
                1 => self.host_ports.push(port),
                _ => self.host_ports.retain(|held| *held != port),
            }
        }
    }
}

/// What a pod asks of any node: worked out once, compared with many.
#[derive(Debug)]
pub struct Wish<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// What it asks for.
    pub requested: Resources,
    /// What it counts as.
    pub counted: Resources,
    /// Ports of the node that it wants.
    pub host_ports: Vec<(i32, Name)>,
    /// Its controller.
    pub owner: Option<Uid>,
    /// Whether it asks for nodes of a name or with labels.
    pub is_choosy: bool,
}

impl<'a> Wish<'a> {
    /// A pod's.
    pub fn of(pod: &'a Pod) -> Wish<'a> {
        let spec = &pod.spec;
        Wish {
            pod,
            requested: Resources::requested(pod),
            counted: Resources::counted(pod),
            host_ports: host_ports(pod).collect(),
            owner: pod.meta.controller().map(|owner| owner.uid),
            is_choosy: !spec.node_name.is_empty() || !spec.node_selector.is_empty() || spec.affinity.is_some(),
        }
    }
}

/// The ports of the node that a pod wants.
fn host_ports(pod: &Pod) -> impl Iterator<Item = (i32, Name)> + '_ {
    let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    ports.filter(|port| port.host_port != 0).map(|port| (port.host_port, port.protocol.clone()))
}

/// All nodes as the scheduler sees them.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// By name.
    nodes: Vec<Rc<NodeInfo>>,
    /// Where the next look begins.
    pub(super) next_start: u32,
}

impl Cache {
    fn index(&self, name: &str) -> Result<usize, usize> {
        self.nodes.binary_search_by(|info| info.node.meta.name.as_str().cmp(name))
    }

    /// A node.
    pub fn node(&self, name: &str) -> Option<&Rc<NodeInfo>> {
        self.index(name).ok().map(|index| &self.nodes[index])
    }

    /// All nodes, by name.
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

    pub(super) fn at(&self, index: usize) -> &Rc<NodeInfo> {
        &self.nodes[index]
    }

    /// Takes account of a change.
    pub fn on_change(&mut self, event: &WatchEvent) {
        match (&event.object, event.kind) {
            (Object::Node(node), kind) => match (self.index(&node.meta.name), kind) {
                (Ok(index), WatchKind::Deleted) => drop(self.nodes.remove(index)),
                (Ok(index), _) => Rc::make_mut(&mut self.nodes[index]).set_node(node.clone()),
                (Err(_), WatchKind::Deleted) => {}
                (Err(index), _) => self.nodes.insert(index, Rc::new(NodeInfo::new(node.clone()))),
            },
            (Object::Pod(pod), kind) => {
                let old = event.old.as_ref().and_then(Object::as_pod).filter(|pod| holds(pod));
                let new = Some(pod).filter(|pod| kind != WatchKind::Deleted && holds(pod));
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
            if let Ok(index) = self.index(&pod.node_name) {
                Rc::make_mut(&mut self.nodes[index]).change(pod, sign);
            }
        }
    }
}

/// Whether a pod takes room on a node.
fn holds(pod: &Pod) -> bool {
    !pod.node_name.is_empty() && !pod.status.phase.is_terminal()
}
