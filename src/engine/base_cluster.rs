//! The cluster that a scenario begins with: settled nodes and the usual namespaces.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::{Wakeup, World};
use crate::api::{Json, Namespace, Object, ObjectMeta};
use crate::apiserver::Write;
use crate::base::{Name, Random, SimDuration, SimTime};
use crate::kubelet;
use crate::runtime::Machine;
use serde_json::json;

/// What a cluster is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseCluster {
    /// The seed of all that is drawn at random.
    pub seed: u64,
    /// The wall clock at the beginning.
    pub start: SimTime,
    /// The names of the nodes.
    pub nodes: Vec<String>,
    /// Namespaces beside the usual ones.
    pub namespaces: Vec<String>,
}

/// So old is the cluster when a scenario begins.
const AGE: SimDuration = SimDuration::from_seconds(5400);
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

impl BaseCluster {
    /// Three nodes.
    pub fn of_three(seed: u64, start: SimTime) -> BaseCluster {
        let nodes = (1..=3).map(|n| format!("node{n}")).collect();
        BaseCluster { seed, start, nodes, namespaces: Vec::new() }
    }

    pub(super) fn build(&self, world: &mut World) {
        world.now = self.start - AGE;
        let extra = self.namespaces.iter().map(String::as_str).filter(|name| !NAMESPACES.contains(name));
        for name in NAMESPACES.into_iter().chain(extra) {
            let mut meta = ObjectMeta::named(name);
            meta.labels = Rc::new([(Name::fixed("kubernetes.io/metadata.name"), Name::from(name))].into());
            let spec = Json::read(&json!({"finalizers": ["kubernetes"]}));
            let status = Json::read(&json!({"phase": "Active"}));
            let created = world.request(Write::Create(Object::Namespace(Rc::new(Namespace { meta, spec, status }))));
            assert!(created.is_ok(), "BUG: the base cluster has a namespace that cannot be made");
        }
        let mut phases = Random::stream(self.seed, "phases");
        for (index, name) in self.nodes.iter().enumerate() {
            self.add_node(world, index, name, phases.below(10_000_000));
        }
        // What all this set off has long happened.
        while world.step(self.start) {}
    }

    fn add_node(&self, world: &mut World, index: usize, name: &str, phase: u64) {
        let (address, network) = addresses(index);
        let machine = Machine::new(name.into(), address, network, phase, world.now);
        world.network.nodes.insert(machine.name.clone(), address, network);
        let node = kubelet::base_node(&machine, &format!("{network}/24"), world.now);
        let created = world.request(Write::Create(Object::Node(Rc::new(node))));
        let Ok(created) = created else { panic!("BUG: the base cluster has a node that cannot be made") };
        // Long ready: the taint of a new node is gone.
        let mut object = created.object;
        if let Object::Node(node) = &mut object {
            Rc::make_mut(node).spec.taints.clear();
        }
        assert!(world.request(Write::Update(object)).is_ok(), "BUG: a node of the base cluster cannot be made ready");
        world.agenda.put(self.start + SimDuration::from_micros(phase * 30), Wakeup::Node(machine.name.clone()));
        world.machines.insert(machine.name.clone(), Rc::new(machine));
    }
}

/// node1 is 192.168.64.11 with pods in 10.244.1.0/24, and so on; beyond what those ranges hold, 10.128.0.0/9 serves the pods.
fn addresses(index: usize) -> (Ipv4Addr, Ipv4Addr) {
    let number = u32::try_from(index).unwrap_or_default() + 1;
    let node = u32::from(Ipv4Addr::new(192, 168, 64, 10)) + number;
    let pods = match number {
        1..=255 => u32::from(Ipv4Addr::new(10, 244, 0, 0)) + (number << 8),
        _ => u32::from(Ipv4Addr::new(10, 128, 0, 0)) + (number << 8),
    };
    (Ipv4Addr::from(node), Ipv4Addr::from(pods))
}
