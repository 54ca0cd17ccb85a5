//! A port of a Service as kube-proxy has it, and which of its endpoints a connection may go to. Models pkg/proxy/serviceport.go,
//! pkg/proxy/endpoint.go and pkg/proxy/topology.go CategorizeEndpoints. Hints count as pkg/proxy/topology.go canUseTopology says: only where each ready endpoint has
//! one, and one of them is for the node's zone.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use super::{Address, Protocol};
use crate::base::Name;

/// Which endpoints may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of the cluster.
    Cluster,
    /// Those of the node.
    Local,
}

/// An endpoint of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Where it is.
    pub address: Address,
    /// Its node; empty if it has none.
    pub node: Name,
    /// New connections may go there.
    pub ready: bool,
    /// It answers, whether or not it is about to go.
    pub serving: bool,
    /// It is about to go.
    pub terminating: bool,
    /// The zones that it is for (hints); may be none.
    pub zones: Vec<Name>,
}

/// Where a connection enters: a node, and the zone that its label names; empty without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot<'a> {
    /// The node.
    pub node: &'a str,
    /// Its zone.
    pub zone: &'a str,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRules {
    /// The Service's namespace.
    pub namespace: Name,
    /// The Service's name.
    pub service: Name,
    /// The port's name; may be empty.
    pub port_name: Name,
    /// Its protocol.
    pub protocol: Protocol,
    /// The Service's own address.
    pub cluster_ip: Ipv4Addr,
    /// The Service's port.
    pub port: u16,
    /// The port on every node; 0 for none.
    pub node_port: u16,
    /// Addresses that lead to a node and are taken for the Service's.
    pub external_ips: Vec<Ipv4Addr>,
    /// Addresses of load balancers.
    pub load_balancer_ips: Vec<Ipv4Addr>,
    /// Whom the load balancers' addresses answer: networks by their first address and length; all if there are none.
    pub source_ranges: Vec<(Ipv4Addr, u8)>,
    /// externalTrafficPolicy
    pub external: Reach,
    /// internalTrafficPolicy
    pub internal: Reach,
    /// With sessionAffinity ClientIP: for so many seconds.
    pub affinity_seconds: Option<u32>,
    /// Where the node says whether it has endpoints; 0 for none.
    pub health_check_port: u16,
    /// In the order of their addresses.
    pub endpoints: Vec<Endpoint>,
    /// Those of all nodes that may be used, by their place in the list: see [`PortRules::with_endpoints`].
    pub(super) everywhere: Vec<u32>,
    /// Whether each of these has hints.
    pub(super) hinted: bool,
}

/// The endpoints that a connection may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Usable<'a> {
    /// These, by their place among the endpoints.
    Some(Cow<'a, [u32]>),
    /// The Service has no endpoint at all: refused.
    None,
    /// None of them is on this node, and no other may be used: dropped.
    NoneLocal,
}

impl PortRules {
    /// A port that only the cluster's inside reaches, without endpoints.
    pub fn inside(namespace: Name, service: Name, protocol: Protocol, cluster_ip: Ipv4Addr, port: u16) -> PortRules {
        PortRules {
            namespace,
            service,
            port_name: Name::default(),
            protocol,
            cluster_ip,
            port,
            node_port: 0,
            external_ips: Vec::new(),
            load_balancer_ips: Vec::new(),
            source_ranges: Vec::new(),
            external: Reach::Cluster,
            internal: Reach::Cluster,
            affinity_seconds: None,
            health_check_port: 0,
            endpoints: Vec::new(),
            everywhere: Vec::new(),
            hinted: false,
        }
    }

    /// The same with these endpoints. The ready ones are used, or if there are none those that go but still serve.
    pub fn with_endpoints(mut self, mut endpoints: Vec<Endpoint>) -> PortRules {
        crate::base::sort_by_key(&mut endpoints, |endpoint| endpoint.address);
        endpoints.dedup_by_key(|endpoint| endpoint.address);
        self.endpoints = endpoints;
        let ready = self.those(|endpoint| endpoint.ready);
        self.hinted = !ready.is_empty() && ready.iter().all(|index| !self.endpoints[*index as usize].zones.is_empty());
        self.everywhere = if ready.is_empty() { self.those(|endpoint| endpoint.serving && endpoint.terminating) } else { ready };
        self
    }

    /// `net/kubia:http`, as kube-proxy names it.
    pub fn title(&self) -> String {
        let mut text = String::with_capacity(48);
        text.push_str(&self.namespace);
        text.push('/');
        text.push_str(&self.service);
        if !self.port_name.is_empty() {
            text.push(':');
            text.push_str(&self.port_name);
        }
        text
    }

    /// Whether any policy is Local.
    pub fn uses_local(&self) -> bool {
        self.internal == Reach::Local || self.external == Reach::Local && self.is_external()
    }

    /// Whether it can be reached from outside the cluster.
    pub fn is_external(&self) -> bool {
        self.node_port != 0 || !self.external_ips.is_empty() || !self.load_balancer_ips.is_empty()
    }

    fn those(&self, wanted: impl Fn(&Endpoint) -> bool) -> Vec<u32> {
        (0_u32..).zip(&self.endpoints).filter(|(_, endpoint)| wanted(endpoint)).map(|(index, _)| index).collect()
    }

    /// The endpoints that a connection that enters at a node may go to.
    pub fn usable(&self, spot: Spot<'_>, reach: Reach) -> Usable<'_> {
        if self.everywhere.is_empty() {
            return Usable::None;
        }
        let chosen = match reach {
            Reach::Cluster => self.of_zone(spot.zone).map_or(Cow::Borrowed(self.everywhere.as_slice()), Cow::Owned),
            Reach::Local => Cow::Owned(self.local_endpoints(spot.node)),
        };
        if chosen.is_empty() { Usable::NoneLocal } else { Usable::Some(chosen) }
    }

    /// The endpoints for a zone; None if hints do not count, or none is for it.
    pub fn of_zone(&self, zone: &str) -> Option<Vec<u32>> {
        if !self.hinted || zone.is_empty() {
            return None;
        }
        let is_for = |index: &u32| self.endpoints[*index as usize].zones.iter().any(|name| *name == *zone);
        let found: Vec<u32> = self.everywhere.iter().copied().filter(is_for).collect();
        (!found.is_empty()).then_some(found)
    }

    /// The same for the endpoints of a node alone.
    pub fn local_endpoints(&self, node: &str) -> Vec<u32> {
        let ready = self.those(|endpoint| endpoint.ready && endpoint.node == *node);
        if ready.is_empty() {
            self.those(|endpoint| endpoint.serving && endpoint.terminating && endpoint.node == *node)
        } else {
            ready
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a+` is ready on node a, `a~` goes but serves, `a-` does neither.
    fn rules(endpoints: &[&str], internal: Reach, external: Reach) -> PortRules {
        let endpoint = |(index, text): (usize, &&str)| {
            let (node, state) = text.split_at(1);
            Endpoint {
                address: Address::new(Ipv4Addr::new(10, 244, 1, index as u8 + 2), 8080),
                node: node.into(),
                ready: state == "+",
                serving: state != "-",
                terminating: state == "~",
                zones: Vec::new(),
            }
        };
        let node_port = if external == Reach::Local { 31_777 } else { 0 };
        let rules = PortRules::inside("net".into(), "kubia".into(), Protocol::Tcp, Ipv4Addr::new(10, 96, 1, 1), 80);
        PortRules { node_port, external, internal, ..rules }.with_endpoints(endpoints.iter().enumerate().map(endpoint).collect())
    }

    #[test]
    fn endpoints_are_chosen_as_kube_proxy_does() {
        use Reach::{Cluster, Local};
        let some = |indexes: &[u32]| Usable::Some(indexes.to_vec().into());
        // What there is, both policies, by which of them the question goes, what may be used on node a.
        let table = [
            (&["a-", "b-"] as &[&str], Cluster, Cluster, Cluster, Usable::None),
            (&["a-", "b+"], Cluster, Cluster, Cluster, some(&[1])),
            (&["a~", "b~"], Cluster, Cluster, Cluster, some(&[0, 1])),
            (&["b+", "c+"], Local, Cluster, Local, Usable::NoneLocal),
            (&["a+", "b+"], Local, Cluster, Local, some(&[0])),
            (&[], Local, Cluster, Local, Usable::None),
            (&["a+", "b+"], Cluster, Local, Local, some(&[0])),
            (&["a+", "b+"], Cluster, Local, Cluster, some(&[0, 1])),
            (&["b+", "c+"], Cluster, Local, Local, Usable::NoneLocal),
            (&["b+", "c+"], Cluster, Local, Cluster, some(&[0, 1])),
            (&["b+", "a~"], Cluster, Local, Local, some(&[1])),
            (&["b+", "a~"], Cluster, Local, Cluster, some(&[0])),
        ];
        for (endpoints, internal, external, reach, expected) in table {
            let rules = rules(endpoints, internal, external);
            assert_eq!(rules.usable(Spot { node: "a", zone: "" }, reach), expected, "{endpoints:?} {internal:?} {external:?} by {reach:?}");
        }
    }

    #[test]
    fn hints_keep_connections_in_their_zone() {
        // The zones that each endpoint is for, the node's zone, what may be used. Models pkg/proxy/topology_test.go.
        let table: [(&[&str], &str, &[u32]); 6] = [
            (&["a", "b", "a"], "a", &[0, 2]),
            (&["a", "b", "a"], "b", &[1]),
            (&["a", "b", "a"], "c", &[0, 1, 2]),
            (&["a", "b", "a"], "", &[0, 1, 2]),
            (&["a", "", "a"], "a", &[0, 1, 2]),
            (&["a b", "b"], "a", &[0]),
        ];
        for (zones, zone, expected) in table {
            let mut rules = rules(&vec!["a+"; zones.len()], Reach::Cluster, Reach::Cluster);
            let mut endpoints = std::mem::take(&mut rules.endpoints);
            for (endpoint, zones) in endpoints.iter_mut().zip(zones) {
                endpoint.zones = zones.split_whitespace().map(Name::from).collect();
            }
            let rules = rules.with_endpoints(endpoints);
            assert_eq!(rules.usable(Spot { node: "a", zone }, Reach::Cluster), Usable::Some(expected.to_vec().into()), "{zones:?} in {zone}");
        }
    }
}
