//! The data plane: what becomes of a packet between the one who sends it and the one who takes it. Pure: what it remembers is in
//! [`Network`], what it needs of the cluster it is given.
//!
//! Left out: IPv6, fragments, bandwidth.

pub mod dns;
mod fault;
pub mod ingress;
pub mod iptables;
mod nodes;
mod place;
mod plane;
mod policy;
mod route;
mod rules;
mod track;
mod travel;

use std::net::Ipv4Addr;

use crate::base::{LargeMap, Name, Random, SimTime, SmallMap};

pub use fault::{Fault, Loss, Scope, Trouble, cuts_off};
pub use nodes::{CLIENT, CONTROL_PLANE, Nodes, Owner};
pub use place::{Address, Packet, Place, Protocol};
pub use plane::DataPlane;
pub use policy::judge;
pub use route::{Choice, Door, End, Hop, Kept, Masquerade, Outcome, Route, Step, Translation, Verdict};
pub use rules::{Endpoint, PortRules, Reach, Spot, Usable};
pub use track::{Tables, Tracked};
pub use travel::{Ground, Sender, route};

/// How the cluster's network is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The addresses of all pods (--cluster-cidr).
    pub cluster_cidr: (Ipv4Addr, u8),
    /// Whether kube-proxy replaces every sender's address (--masquerade-all).
    pub masquerade_all: bool,
    /// Whether the CNI enforces network policies. Not all do; one that does is what a reader of a policy expects.
    pub enforces_policies: bool,
    /// Whether there is a cloud that makes load balancers.
    pub cloud: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { cluster_cidr: (Ipv4Addr::new(10, 244, 0, 0), 16), masquerade_all: false, enforces_policies: true, cloud: false }
    }
}

/// The network of a cluster and what it remembers.
#[derive(Clone, Debug)]
pub struct Network {
    /// What kube-proxies know.
    pub plane: DataPlane,
    /// Faults.
    pub faults: Vec<Fault>,
    /// Machines without power, and since when.
    pub dark: SmallMap<Name, SimTime>,
    /// How it is made.
    pub settings: Settings,
    /// The nodes.
    pub nodes: Nodes,
    /// What is drawn at random on the way.
    pub random: Random,
    tables: LargeMap<Name, Tables>,
    /// Whose turn it is: by who asks and for which Service.
    turns: SmallMap<(Place, Name), usize>,
}

impl Network {
    /// A network without nodes.
    pub fn new(seed: u64) -> Network {
        Network {
            plane: DataPlane::default(),
            faults: Vec::new(),
            dark: SmallMap::new(),
            settings: Settings::default(),
            nodes: Nodes::default(),
            random: Random::stream(seed, "network"),
            tables: LargeMap::new(),
            turns: SmallMap::new(),
        }
    }

    /// What a node remembers.
    pub fn tables(&mut self, node: &str) -> &mut Tables {
        if !self.tables.contains_key(node) {
            self.tables.insert(node.into(), Tables::default());
        }
        let Some(tables) = self.tables.get_mut(node) else { panic!("BUG: what was put in is not there") };
        tables
    }

    /// Round robin: whose turn it is of so many, for one who asks.
    pub fn turn(&mut self, who: &Place, service: &Name, of: usize) -> usize {
        let random = &mut self.random;
        let turn = self.turns.entry((who.clone(), service.clone())).or_insert_with(|| random.below(of as u64) as usize);
        *turn = (*turn + 1) % of;
        *turn
    }

    /// A port for a new connection (net.ipv4.ip_local_port_range).
    pub fn local_port(&mut self) -> u16 {
        32_768 + self.random.below(28_232) as u16
    }
}
