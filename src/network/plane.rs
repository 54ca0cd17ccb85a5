//! What the kube-proxies of all nodes know: each node sees the Services and their endpoints as they were a little while ago.
//! Models pkg/proxy/iptables/proxier.go, what it derives its rules from, and when. A node's rules are not kept: a Service keeps its
//! former states for as long as any node may still go by them, and the one that a node goes by is found when a packet asks.
//!
//! Left out: the time that a sync itself takes; that it is tried again after a failure.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::rules::{Endpoint, PortRules, Reach};
use super::{Address, Door, Protocol};
use crate::api::{EndpointSlice, Object, Service};
use crate::base::{LargeMap, Name, SimDuration, SimTime, SmallMap, SmallSet, fnv32};
use crate::store::{WatchEvent, WatchKind};

/// Between two syncs (minSyncPeriod).
const MIN_SYNC: SimDuration = SimDuration::from_seconds(1);
/// Two may follow at once (burstSyncs).
const BURST: u64 = 2;
/// A kube-proxy that starts lists everything and syncs after about this time.
const START_UP: SimDuration = SimDuration::from_seconds(2);
/// No node is later than this after a sync.
const LATEST: SimDuration = SimDuration::from_millis(200);

/// A node's label for its zone.
const ZONE: Name = Name::fixed("topology.kubernetes.io/zone");

/// A state of a Service from a sync on.
#[derive(Clone, Debug)]
struct Version {
    at: SimTime,
    service: Option<Rc<Service>>,
    slices: SmallMap<Name, Rc<EndpointSlice>>,
    /// Made when first asked for.
    ports: Option<Rc<[Rc<PortRules>]>>,
}

/// A kube-proxy that was stopped: what it knows is of that time.
#[derive(Clone, Copy, Debug)]
struct Stopped {
    since: SimTime,
    until: Option<SimTime>,
}

/// What kube-proxies know.
#[derive(Clone, Debug, Default)]
pub struct DataPlane {
    /// Services by a number of their own, their states the oldest first.
    services: LargeMap<u32, Rc<Vec<Version>>>,
    ids: LargeMap<(Name, Name), u32>,
    /// Whose an address and port is, or was: see [`target`].
    targets: LargeMap<u64, SmallSet<u32>>,
    stopped: SmallMap<Name, Stopped>,
    /// The zones of nodes, of those that have one.
    zones: SmallMap<Name, Name>,
    /// When the next sync may be, if the ones that were may be followed at once.
    full_at: SimTime,
    /// When the sync is that the latest change waits for.
    sync_at: SimTime,
}

/// A door of a Service as a number. The address 0.0.0.0 stands for every node's.
fn target(protocol: Protocol, ip: Ipv4Addr, port: u16) -> u64 {
    u64::from(u32::from(ip)) << 24 | u64::from(port) << 8 | protocol as u64
}

impl DataPlane {
    /// Takes account of a change of a Service or of a slice.
    pub fn on_change(&mut self, event: &WatchEvent, now: SimTime) {
        let gone = event.kind == WatchKind::Deleted;
        match &event.object {
            Object::Service(service) => {
                let key = (service.meta.namespace.clone(), service.meta.name.clone());
                let service = (!gone).then(|| service.clone());
                self.change(key, now, |version| version.service = service);
            }
            Object::EndpointSlice(slice) => {
                let Some(name) = slice.service_name() else { return };
                let key = (slice.meta.namespace.clone(), name.clone());
                self.change(key, now, |version| {
                    if gone {
                        version.slices.remove(&slice.meta.name);
                    } else {
                        version.slices.insert(slice.meta.name.clone(), slice.clone());
                    }
                });
            }
            Object::Node(node) => {
                let zone = node.meta.labels.get(&ZONE).filter(|zone| !gone && !zone.is_empty());
                match zone {
                    Some(zone) => drop(self.zones.insert(node.meta.name.clone(), zone.clone())),
                    None => drop(self.zones.remove(&node.meta.name)),
                }
            }
            _ => {}
        }
    }

    /// The zone of a node; empty without one.
    pub fn zone(&self, node: &str) -> Name {
        self.zones.get(node).cloned().unwrap_or_default()
    }

    fn change(&mut self, key: (Name, Name), now: SimTime, change: impl FnOnce(&mut Version)) {
        let at = self.next_sync(now);
        let id = match self.ids.get(&key) {
            Some(id) => *id,
            None => {
                let id = self.services.iter().next_back().map_or(0, |(id, _)| id + 1);
                self.ids.insert(key.clone(), id);
                id
            }
        };
        let oldest = self.stopped.values().map(|stopped| stopped.since).min().unwrap_or(now).min(now);
        let versions = Rc::make_mut(self.services.get_or_insert_with(id, Rc::default));
        let mut next = match versions.last() {
            Some(last) => last.clone(),
            None => Version { at, service: None, slices: SmallMap::new(), ports: None },
        };
        change(&mut next);
        (next.at, next.ports) = (at, None);
        let doors = next.service.as_deref().map(doors).unwrap_or_default();
        // What a coming sync replaces before anybody went by it is not kept.
        if versions.last().is_some_and(|last| last.at == at) {
            versions.pop();
        }
        versions.push(next);
        // The former states that no node goes by any more.
        let used = versions.iter().rposition(|version| version.at + LATEST + LATEST <= oldest).unwrap_or_default();
        versions.drain(..used);
        let over = versions.iter().all(|version| version.service.is_none() && version.slices.is_empty());
        for door in doors {
            self.targets.get_or_insert_with(door, SmallSet::new).insert(id);
        }
        if over {
            self.forget(&key, id);
        }
    }

    fn forget(&mut self, key: &(Name, Name), id: u32) {
        self.ids.remove(key);
        self.services.remove(&id);
        // Doors of a Service that is gone lead nowhere; they are few, and found gone when they are asked.
    }

    /// When a change of now reaches the rules: at once, unless there have been changes just before.
    fn next_sync(&mut self, now: SimTime) -> SimTime {
        if self.sync_at > now {
            return self.sync_at;
        }
        let room = SimDuration::from_micros(MIN_SYNC.micros() * (BURST - 1));
        let allowed = SimTime::from_micros(self.full_at.micros().saturating_sub(room.micros()));
        self.sync_at = now.max(allowed);
        self.full_at = self.full_at.max(now) + MIN_SYNC;
        self.sync_at
    }

    /// Stops a node's kube-proxy: its rules stay as they are.
    pub fn stop(&mut self, node: Name, now: SimTime) {
        let running = self.stopped.get(&node).is_none_or(|stopped| stopped.until.is_some());
        if running {
            self.stopped.insert(node, Stopped { since: now, until: None });
        }
    }

    /// Starts it again.
    pub fn start(&mut self, node: &str, now: SimTime) {
        if let Some(stopped) = self.stopped.get_mut(node) {
            stopped.until = stopped.until.or(Some(now + START_UP));
        }
    }

    /// Whether a node's kube-proxy runs.
    pub fn runs(&self, node: &str) -> bool {
        self.stopped.get(node).is_none_or(|stopped| stopped.until.is_some())
    }

    /// The moment whose Services a node goes by.
    fn as_of(&self, node: &str, at: SimTime) -> SimTime {
        let at = match self.stopped.get(node) {
            Some(stopped) if stopped.until.is_none_or(|until| at < until) => stopped.since.min(at),
            _ => at,
        };
        SimTime::from_micros(at.micros().saturating_sub(lag(node).micros()))
    }

    /// The Service's port that an address and port is a door of, as a node knows it. `local` says that the address is the node's own.
    pub fn find(&mut self, node: &str, protocol: Protocol, to: Address, local: bool, at: SimTime) -> Option<(Rc<PortRules>, Door)> {
        let own = self.targets.get(&target(protocol, to.ip, to.port)).map(|ids| (ids, false));
        let any = if local { self.targets.get(&target(protocol, Ipv4Addr::UNSPECIFIED, to.port)).map(|ids| (ids, true)) } else { None };
        let as_of = self.as_of(node, at);
        for (ids, by_node_port) in own.into_iter().chain(any) {
            for id in ids {
                let Some(version) = version(&mut self.services, *id, as_of) else { continue };
                for rules in version.iter().filter(|rules| rules.protocol == protocol) {
                    let door = door(rules, to, by_node_port);
                    if let Some(door) = door {
                        return Some((rules.clone(), door));
                    }
                }
            }
        }
        None
    }

    /// All that a node has rules for, by the names of the Services.
    pub fn known_on(&mut self, node: &str, at: SimTime) -> Vec<Rc<PortRules>> {
        let as_of = self.as_of(node, at);
        let ids: Vec<u32> = self.ids.iter().map(|(_, id)| *id).collect();
        let mut known = Vec::new();
        for id in ids {
            known.extend(version(&mut self.services, id, as_of).into_iter().flat_map(|ports| ports.to_vec()));
        }
        known
    }

    /// The ports of a Service with their endpoints as they are now, for those who do not go by a node's rules.
    pub fn service(&mut self, namespace: &Name, name: &Name) -> Option<Rc<[Rc<PortRules>]>> {
        let id = *self.ids.get(&(namespace.clone(), name.clone()))?;
        version(&mut self.services, id, SimTime::from_micros(u64::MAX))
    }
}

fn version(services: &mut LargeMap<u32, Rc<Vec<Version>>>, id: u32, as_of: SimTime) -> Option<Rc<[Rc<PortRules>]>> {
    let versions = services.get(&id)?;
    let index = versions.iter().rposition(|version| version.at <= as_of)?;
    let version = &versions[index];
    if let Some(ports) = &version.ports {
        return Some(ports.clone());
    }
    let ports: Rc<[Rc<PortRules>]> = ports(version.service.as_deref()?, &version.slices).into();
    let versions = Rc::make_mut(services.get_mut(&id)?);
    versions[index].ports = Some(ports.clone());
    Some(ports)
}

/// How late a node is: the watch, and the writing of the rules.
fn lag(node: &str) -> SimDuration {
    let hash = fnv32(node.bytes());
    SimDuration::from_millis(20 + u64::from(hash % 61))
}

fn door(rules: &PortRules, to: Address, by_node_port: bool) -> Option<Door> {
    if by_node_port {
        return (rules.node_port == to.port).then_some(Door::NodePort);
    }
    if rules.port != to.port {
        return None;
    }
    if rules.cluster_ip == to.ip {
        return Some(Door::ClusterIp);
    }
    if rules.external_ips.contains(&to.ip) {
        return Some(Door::ExternalIp);
    }
    rules.load_balancer_ips.contains(&to.ip).then_some(Door::LoadBalancer)
}

fn address(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok()
}

fn port_number(number: i32) -> u16 {
    u16::try_from(number).unwrap_or_default()
}

/// The addresses of a Service's load balancer that nodes answer for.
fn load_balancer_ips(service: &Service) -> Vec<Ipv4Addr> {
    let ingress = service.status.load_balancer.ingress.iter();
    ingress.filter(|ingress| ingress.ip_mode.as_ref().is_none_or(|mode| *mode != "Proxy")).filter_map(|ingress| address(&ingress.ip)).collect()
}

/// All doors of a Service.
fn doors(service: &Service) -> Vec<u64> {
    let Some(cluster_ip) = address(&service.spec.cluster_ip).filter(|_| !service.is_external_name()) else { return Vec::new() };
    let external = service.spec.external_ips.iter().filter_map(|ip| address(ip));
    let all: Vec<Ipv4Addr> = [cluster_ip].into_iter().chain(external).chain(load_balancer_ips(service)).collect();
    let mut doors = Vec::new();
    for port in &service.spec.ports {
        let protocol = Protocol::of(&port.protocol);
        doors.extend(all.iter().map(|ip| target(protocol, *ip, port_number(port.port))));
        if port.node_port != 0 {
            doors.push(target(protocol, Ipv4Addr::UNSPECIFIED, port_number(port.node_port)));
        }
    }
    doors
}

/// The ports of a Service with their endpoints.
fn ports(service: &Service, slices: &SmallMap<Name, Rc<EndpointSlice>>) -> Vec<Rc<PortRules>> {
    let spec = &service.spec;
    let Some(cluster_ip) = address(&spec.cluster_ip).filter(|_| !service.is_external_name()) else { return Vec::new() };
    let reach = |policy: &Name| if *policy == "Local" { Reach::Local } else { Reach::Cluster };
    let timeout = spec.session_affinity_config.as_ref().and_then(|config| config.client_ip.as_ref()?.timeout_seconds);
    let affinity = (spec.session_affinity == "ClientIP").then(|| u32::try_from(timeout.unwrap_or(10_800)).unwrap_or_default());
    let rules = |port: &crate::api::ServicePort| {
        let rules = PortRules {
            port_name: port.name.clone(),
            node_port: port_number(port.node_port),
            external_ips: spec.external_ips.iter().filter_map(|ip| address(ip)).collect(),
            load_balancer_ips: load_balancer_ips(service),
            source_ranges: spec.load_balancer_source_ranges.iter().filter_map(|range| network(range.trim())).collect(),
            external: reach(&spec.external_traffic_policy),
            internal: reach(&spec.internal_traffic_policy),
            affinity_seconds: affinity,
            health_check_port: port_number(spec.health_check_node_port),
            ..PortRules::inside(
                service.meta.namespace.clone(),
                service.meta.name.clone(),
                Protocol::of(&port.protocol),
                cluster_ip,
                port_number(port.port),
            )
        };
        Rc::new(rules.with_endpoints(endpoints(&port.name, &port.protocol, slices)))
    };
    spec.ports.iter().map(rules).collect()
}

/// The endpoints of a port, by its name.
fn endpoints(port: &Name, protocol: &Name, slices: &SmallMap<Name, Rc<EndpointSlice>>) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for slice in slices.values().filter(|slice| slice.address_type == "IPv4") {
        let same = |known: &&crate::api::EndpointSlicePort| {
            known.name.as_ref().map_or("", Name::as_str) == port.as_str()
                && known.protocol.as_ref().map_or("TCP", Name::as_str) == protocol.as_str()
        };
        let Some(number) = slice.ports.iter().find(same).and_then(|port| port.port) else { continue };
        for endpoint in &slice.endpoints {
            let Some(ip) = endpoint.addresses.first().and_then(|ip| address(ip)) else { continue };
            found.push(Endpoint {
                address: Address::new(ip, port_number(number)),
                node: endpoint.node_name.clone().unwrap_or_default(),
                ready: endpoint.conditions.is_ready(),
                serving: endpoint.conditions.is_serving(),
                terminating: endpoint.conditions.is_terminating(),
                zones: endpoint.hints.iter().flat_map(|hints| hints.for_zones.iter().map(|zone| zone.name.clone())).collect(),
            });
        }
    }
    found
}

/// `10.0.0.0/8`
pub(super) fn network(text: &str) -> Option<(Ipv4Addr, u8)> {
    let (ip, bits) = text.split_once('/')?;
    Some((ip.parse().ok()?, bits.parse().ok().filter(|bits| *bits <= 32)?))
}

/// Whether a network holds an address.
pub(super) fn contains((first, bits): (Ipv4Addr, u8), ip: Ipv4Addr) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or_default();
    u32::from(first) & mask == u32::from(ip) & mask
}
