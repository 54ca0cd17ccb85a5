//! Whose an address is: the nodes with their addresses and the ranges of their pods, and the machines around the cluster.

use std::net::Ipv4Addr;

use super::Place;
use super::plane::contains;
use crate::base::{LargeMap, Name};

/// The client outside the cluster.
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 168, 64, 100);
/// The machine of the control plane.
pub const CONTROL_PLANE: Ipv4Addr = Ipv4Addr::new(192, 168, 64, 1);
/// The range of Services' addresses (--service-cluster-ip-range).
const SERVICES: (Ipv4Addr, u8) = (Ipv4Addr::new(10, 96, 0, 0), 12);

/// Whose an address is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A node's own.
    Node(Name),
    /// In the range of a node's pods.
    Pod(Name),
    /// In the range of Services.
    Service,
    /// A machine beside the nodes.
    Place(Place),
    /// Nobody's that is known here.
    Unknown,
}

#[derive(Clone, Debug)]
struct NodeNetwork {
    address: Ipv4Addr,
    pods: u32,
}

/// The nodes and their addresses.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    all: LargeMap<Name, NodeNetwork>,
    by_address: LargeMap<u32, Name>,
    /// By the first three bytes of the pods' range.
    by_range: LargeMap<u32, Name>,
}

impl Nodes {
    /// A node with its address and its pods' range, a /24.
    pub fn insert(&mut self, name: Name, address: Ipv4Addr, pods: Ipv4Addr) {
        let pods = u32::from(pods);
        self.by_address.insert(u32::from(address), name.clone());
        self.by_range.insert(pods >> 8, name.clone());
        self.all.insert(name, NodeNetwork { address, pods });
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.all.keys()
    }

    /// A node's address.
    pub fn address(&self, node: &str) -> Option<Ipv4Addr> {
        self.all.get(node).map(|node| node.address)
    }

    /// Whose an address is.
    pub fn owner(&self, ip: Ipv4Addr) -> Owner {
        let number = u32::from(ip);
        if let Some(node) = self.by_range.get(&(number >> 8)) {
            return Owner::Pod(node.clone());
        }
        if let Some(node) = self.by_address.get(&number) {
            return Owner::Node(node.clone());
        }
        match ip {
            CLIENT => Owner::Place(Place::Client),
            CONTROL_PLANE => Owner::Place(Place::ControlPlane),
            _ if contains(SERVICES, ip) => Owner::Service,
            _ => Owner::Unknown,
        }
    }

    /// The address that a node puts on what it sends: that of the bridge towards its own pods, its own towards all others.
    pub fn source_towards(&self, node: &str, to: Ipv4Addr) -> Ipv4Addr {
        let Some(own) = self.all.get(node) else { return Ipv4Addr::UNSPECIFIED };
        let bridge = own.pods >> 8 == u32::from(to) >> 8;
        if bridge { Ipv4Addr::from(own.pods + 1) } else { own.address }
    }
}
