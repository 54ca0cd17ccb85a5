//! The cluster that a scenario begins with: settled nodes and the usual namespaces.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::{Wakeup, World};
use crate::api::{Json, Kind, Namespace, Object, ObjectMeta, Truth};
use crate::apiserver::Write;
use crate::base::{Name, Random, SimDuration, SimTime};
use crate::controllers::{CONTROL_PLANE, kubernetes_service_objects};
use crate::kubelet;
use crate::runtime::{Machine, OwnImage};
use serde_json::{Value, json};

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
    /// Images beside the catalogue's.
    pub images: Vec<Rc<OwnImage>>,
    /// Whether it is in a cloud, which makes load balancers.
    pub cloud: bool,
}

/// So old is the cluster when a scenario begins.
const AGE: SimDuration = SimDuration::from_seconds(5400);
/// The tenth address of the services' range.
const DNS_ADDRESS: &str = "10.96.0.10";
const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

impl BaseCluster {
    /// Three nodes.
    pub fn of_three(seed: u64, start: SimTime) -> BaseCluster {
        let nodes = (1..=3).map(|n| format!("node{n}")).collect();
        BaseCluster { seed, start, nodes, namespaces: Vec::new(), images: Vec::new(), cloud: false }
    }

    pub(super) fn build(&self, world: &mut World) {
        world.now = self.start - AGE;
        world.network.settings.cloud = self.cloud;
        let extra = self.namespaces.iter().map(String::as_str).filter(|name| !NAMESPACES.contains(name));
        for name in NAMESPACES.into_iter().chain(extra) {
            let mut meta = ObjectMeta::named(name);
            meta.labels = Rc::new([(Name::fixed("kubernetes.io/metadata.name"), Name::from(name))].into());
            let spec = Json::read(&json!({"finalizers": ["kubernetes"]}));
            let status = Json::read(&json!({"phase": "Active"}));
            let created = world.request(Write::Create(Object::Namespace(Rc::new(Namespace { meta, spec, status }))));
            assert!(created.is_ok(), "BUG: the base cluster has a namespace that cannot be made");
        }
        for (kind, manifest) in kubernetes_service_objects().into_iter().chain(dns_objects()) {
            let object = Object::from_value(kind, &manifest);
            let created = object.map(|object| world.request(Write::Create(object)));
            assert!(matches!(created, Some(Ok(_))), "BUG: the base cluster has an object that cannot be made: {created:?}");
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
        let mut machine = Machine::new(name.into(), address, network, phase, world.now);
        machine.own_images = self.images.clone().into();
        world.network.nodes.insert(machine.name.clone(), address, network);
        let mut node = kubelet::base_node(&machine, &format!("{network}/24"), world.now);
        if self.cloud {
            node.spec.rest.insert("providerID", &json!(format!("podscape://{name}")));
        }
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

impl World {
    /// A machine joins: its kubelet registers a node, which becomes ready a moment later. An error says why the name cannot be.
    /// Models pkg/kubelet/kubelet_node_status.go registerWithAPIServer.
    pub(super) fn join(&mut self, name: &str) -> Result<(), String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = !name.is_empty() && name.len() <= 63 && name.chars().all(fits) && !name.starts_with('-') && !name.ends_with('-');
        if !is_name {
            return Err(format!("\"{name}\" is no name for a node"));
        }
        let (address, network) = addresses(self.machines.len());
        let phase = self.latency.below(10_000_000);
        let mut machine = Machine::new(name.into(), address, network, phase, self.now);
        machine.own_images = self.machines.values().next().map(|other| other.own_images.clone()).unwrap_or_default();
        self.network.nodes.insert(machine.name.clone(), address, network);
        self.machines.insert(machine.name.clone(), Rc::new(machine));
        self.start_kubelet(&name.into());
        self.register(&name.into());
        Ok(())
    }

    /// The kubelet of a machine makes its node, unless that is there.
    pub(super) fn register(&mut self, name: &Name) {
        let Some(machine) = self.machines.get(name).filter(|_| self.view().node(name).is_none()) else { return };
        let network = Ipv4Addr::from(machine.pod_network());
        let mut node = kubelet::base_node(machine, &format!("{network}/24"), self.now);
        if self.network.settings.cloud {
            node.spec.rest.insert("providerID", &json!(format!("podscape://{name}")));
        }
        for ready in node.status.conditions.iter_mut().filter(|condition| condition.kind == "Ready") {
            (ready.status, ready.reason) = (Truth::False, Name::fixed("KubeletNotReady"));
            ready.message = Name::fixed("[container runtime status check may not have completed yet]");
        }
        // Its name has been checked.
        let _ = self.request(Write::Create(Object::Node(Rc::new(node))));
        self.agenda.put(self.now + SimDuration::from_millis(900), Wakeup::Node(name.clone()));
    }
}

/// The service of DNS, which runs beside the API server. Models kubeadm's addon, whose pods are not shown here.
fn dns_objects() -> [(Kind, Value); 2] {
    let dns_ports = [("dns", "UDP", 53), ("dns-tcp", "TCP", 53), ("metrics", "TCP", 9153)];
    let ports = |target: bool| -> Vec<Value> {
        let port = |(name, protocol, number): &(&str, &str, i32)| match target {
            true => json!({"name": name, "port": number, "protocol": protocol, "targetPort": number}),
            false => json!({"name": name, "port": number, "protocol": protocol}),
        };
        dns_ports.iter().map(port).collect()
    };
    let labels = json!({"k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"});
    let meta = json!({"name": "kube-dns", "namespace": "kube-system", "labels": labels});
    let service = json!({"metadata": meta, "spec": {"clusterIP": DNS_ADDRESS, "ports": ports(true)}});
    let endpoints = json!({"metadata": meta, "subsets": [{"addresses": [{"ip": CONTROL_PLANE}], "ports": ports(false)}]});
    [(Kind::Service, service), (Kind::Endpoints, endpoints)]
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
