//! The way of a packet through the cluster: from its sender through the kernels of the nodes, with what kube-proxy's rules make of it,
//! to the one who takes it, and the answer back. Models the chains that pkg/proxy/iptables/proxier.go syncProxyRules writes
//! (KUBE-SERVICES, KUBE-NODEPORTS, KUBE-EXT, KUBE-SVC, KUBE-SEP, KUBE-POSTROUTING), the bridge network of the CNI with routes between
//! the nodes, and its masquerading of what leaves the cluster.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::fault::{Effect, Loss, effect};
use super::nodes::Owner;
use super::plane::contains;
use super::route::{Choice, Door, End, Hop, Kept, Masquerade, Outcome, Route, Step, Translation, Verdict};
use super::rules::{PortRules, Reach, Spot, Usable};
use super::track::Tracked;
use super::{Address, Network, Packet, Place, Protocol};
use crate::base::{Name, SimDuration, SimTime};

/// What a packet finds on the ground.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The pod of a node that has an address.
    pub pod_at: &'a dyn Fn(&Name, Ipv4Addr) -> Option<(Name, Name)>,
    /// Whether something takes packets of a protocol at a port of a place.
    pub listens: &'a dyn Fn(&Place, Protocol, u16) -> bool,
    /// What network policies say of a connection from a place to another, as its packet arrives; None if none is about it.
    pub judge: &'a dyn Fn(&Place, &Packet, &Place) -> Option<Rc<Verdict>>,
}

/// Who sends.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Who.
    pub place: Place,
    /// The node that it is on; None outside the cluster.
    pub node: Option<Name>,
    /// Whether it uses the node's own network.
    pub on_host: bool,
}

/// How a packet came to a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// From a pod of the node.
    FromPod,
    /// From a process of the node.
    FromNode,
    /// From elsewhere.
    ByWire,
}

/// One way, in µs: into or out of a pod; a node's rules; between machines.
const VETH: u64 = 9;
const RULES: u64 = 6;
const WIRE: u64 = 70;
/// Who asks for an address that nobody has waits so long for an answer (three times a second, and the last one's time).
const NOBODY: SimDuration = SimDuration::from_millis(3060);
/// A cloud's load balancer leaves out a node that has failed its health check for so long: three times, one each 8 s
/// (gceHcUnhealthyThreshold, gceHcCheckIntervalSeconds of cloud-provider-gcp).
const UNHEALTHY_AFTER: SimDuration = SimDuration::from_seconds(24);
/// No packet passes more nodes than this.
const MAX_NODES: usize = 6;

struct Way<'a> {
    network: &'a mut Network,
    ground: Ground<'a>,
    sender: &'a Sender,
    at: SimTime,
    hops: Vec<Hop>,
    packet: Packet,
    /// Where it was rewritten: the node, the packet before and after.
    rewritten: Vec<(Name, Packet, Packet)>,
    /// The faults that it met, by their places in the list.
    met: Vec<usize>,
    nodes: usize,
}

/// Sends a packet and follows it.
pub fn route(network: &mut Network, ground: Ground<'_>, sender: &Sender, packet: Packet, at: SimTime) -> Route {
    let mut way = Way { network, ground, sender, at, hops: Vec::with_capacity(8), packet, rewritten: Vec::new(), met: Vec::new(), nodes: 0 };
    way.push(sender.place.clone(), packet, Step::Sent, VETH);
    let outcome = match &sender.node {
        _ if way.is_own(packet.destination.ip) => way.deliver(sender.place.clone()),
        Some(node) => {
            let came = if sender.on_host { Came::FromNode } else { Came::FromPod };
            way.at_node(&node.clone(), came)
        }
        None => way.enter(),
    };
    way.finish(outcome)
}

impl Way<'_> {
    fn push(&mut self, place: Place, before: Packet, step: Step, micros: u64) {
        let latency = SimDuration::from_micros(micros);
        self.hops.push(Hop { place, before, after: self.packet, step, latency });
    }

    fn end(&mut self, place: Place, end: End, outcome: Outcome) -> Outcome {
        self.push(place, self.packet, Step::Ended(end), 0);
        outcome
    }

    /// Between machines, about; half as much again at most.
    fn wire(&mut self) -> u64 {
        WIRE + self.network.random.below(WIRE / 2)
    }

    /// Whether a pod sends to itself.
    fn is_own(&self, to: Ipv4Addr) -> bool {
        !self.sender.on_host && self.sender.node.is_some() && (to.is_loopback() || to == self.packet.source.ip)
    }

    /// What faults do between the last place and the next one. Some if the packet is lost.
    fn suffer(&mut self, to: &Place, node: Option<&Name>) -> Option<Outcome> {
        if self.network.faults.is_empty() && self.network.dark.is_empty() {
            return None;
        }
        let (from, from_node) = (self.sender.place.clone(), self.sender.node.clone());
        if self.is_dark(&from, from_node.as_ref()) || self.is_dark(to, node) {
            let place = self.hops.last().map_or(from, |hop| hop.place.clone());
            return Some(self.end(place, End::Fault(Loss::Dark), Outcome::Dropped));
        }
        let retried = self.packet.protocol == Protocol::Tcp;
        match effect(&self.network.faults, (&from, from_node.as_ref()), (to, node), &mut self.met, retried, &mut self.network.random) {
            Effect::Slower(time) => {
                if let Some(hop) = self.hops.last_mut() {
                    hop.latency = hop.latency + time;
                }
                None
            }
            Effect::Lost(why) => {
                let place = self.hops.last().map_or(from, |hop| hop.place.clone());
                Some(self.end(place, End::Fault(why), Outcome::Dropped))
            }
        }
    }

    /// Whether a place is on a machine without power.
    fn is_dark(&self, place: &Place, node: Option<&Name>) -> bool {
        let own = if let Place::Node(name) = place { Some(name) } else { None };
        node.or(own).is_some_and(|name| self.network.dark.contains_key(name))
    }

    fn enter(&mut self) -> Outcome {
        let to = self.packet.destination.ip;
        match self.network.nodes.owner(to) {
            Owner::Node(node) => {
                self.hops[0].latency = SimDuration::from_micros(self.wire());
                self.at_node(&node, Came::ByWire)
            }
            Owner::Pod(node) if self.sender.place == Place::ControlPlane => self.at_node(&node, Came::ByWire),
            Owner::Pod(_) | Owner::Service => self.end(self.sender.place.clone(), End::NoRoute, Outcome::NoRoute),
            Owner::Place(place) => self.deliver(place),
            Owner::Unknown => self.reach_load_balancer(to),
        }
    }

    /// An address of the cloud: it passes packets on to a node, as they are.
    fn reach_load_balancer(&mut self, ip: Ipv4Addr) -> Outcome {
        let place = Place::LoadBalancer(ip);
        let (protocol, to) = (self.packet.protocol, self.packet.destination);
        let names: Vec<Name> = self.network.nodes.names().cloned().collect();
        let known = names.first().and_then(|node| self.network.plane.find(node, protocol, to, false, self.at));
        let Some((rules, _)) = known.filter(|(_, door)| *door == Door::LoadBalancer && self.network.settings.cloud) else {
            return self.end(Place::ControlPlane, End::NobodyThere, Outcome::Dropped);
        };
        self.hops[0].latency = SimDuration::from_micros(self.wire() * 2);
        let mut healthy = Vec::new();
        for node in names {
            let found = self.network.plane.find(&node, protocol, to, false, self.at);
            if self.network.dark.get(&node).is_some_and(|since| *since + UNHEALTHY_AFTER <= self.at) {
                continue;
            }
            if found.is_some_and(|(rules, _)| rules.external == Reach::Cluster || !rules.local_endpoints(&node).is_empty()) {
                healthy.push(node);
            }
        }
        if healthy.is_empty() || rules.endpoints.is_empty() && rules.external == Reach::Local {
            return self.end(place, End::NoHealthyNode, Outcome::Dropped);
        }
        let of = healthy.len();
        let index = self.network.random.below(of as u64) as usize;
        let node = healthy.swap_remove(index);
        let micros = self.wire();
        self.push(place, self.packet, Step::Balanced { node: node.clone(), of: u32::try_from(of).unwrap_or(u32::MAX) }, micros);
        self.at_node(&node, Came::ByWire)
    }

    /// A node's kernel has the packet.
    fn at_node(&mut self, node: &Name, came: Came) -> Outcome {
        self.nodes += 1;
        assert!(self.nodes <= MAX_NODES, "BUG: a packet goes in a circle");
        let place = Place::Node(node.clone());
        if let Some(lost) = self.suffer(&place, Some(node)) {
            return lost;
        }
        let to = self.packet.destination;
        let own = self.network.nodes.address(node) == Some(to.ip) || came == Came::FromNode && to.ip.is_loopback();
        if let Some(known) = self.network.tables(node).find(&self.packet, self.at).copied() {
            return self.as_before(node, known, came);
        }
        let found = match self.packet.protocol {
            Protocol::Icmp => None,
            protocol => self.network.plane.find(node, protocol, to, own, self.at),
        };
        match found {
            Some((rules, door)) => self.by_rules(node, came, &rules, door),
            None if own => self.deliver(place),
            None => self.forward(node, came, true),
        }
    }

    /// A packet of a connection that the node translated before.
    fn as_before(&mut self, node: &Name, known: Tracked, came: Came) -> Outcome {
        let before = self.packet;
        self.packet = known.translated;
        let found = self.network.plane.find(node, before.protocol, before.destination, true, self.at);
        if let Some((rules, door)) = found {
            let masquerade = if known.translated.source == before.source { Masquerade::Kept(Kept::FromPod) } else { Masquerade::External };
            let translation = Translation { rules, door, reach: Reach::Cluster, zone: Name::default(), choice: Choice::Tracked, masquerade };
            self.push(Place::Node(node.clone()), before, Step::Translated(Box::new(translation)), RULES);
        }
        self.network.tables(node).remember(Tracked { at: self.at, ..known });
        self.rewritten.push((node.clone(), before, self.packet));
        self.forward(node, came, false)
    }

    /// Which endpoints a door leads to, and what becomes of the sender's address. Models the chains KUBE-EXT and KUBE-SVC.
    fn policy(&self, rules: &PortRules, door: Door, came: Came) -> (Reach, Masquerade) {
        let settings = &self.network.settings;
        let from_pod = contains(settings.cluster_cidr, self.packet.source.ip);
        let kept = if from_pod { Kept::FromPod } else { Kept::PolicyLocal };
        let (reach, masquerade) = match (door, rules.external) {
            (Door::ClusterIp, _) if from_pod => (rules.internal, Masquerade::Kept(kept)),
            (Door::ClusterIp, _) => (rules.internal, Masquerade::OffCluster),
            (_, Reach::Cluster) => (Reach::Cluster, Masquerade::External),
            (_, Reach::Local) if from_pod => (Reach::Cluster, Masquerade::Kept(Kept::PodAtOuterDoor)),
            (_, Reach::Local) if came == Came::FromNode => (Reach::Cluster, Masquerade::LocalProcess),
            (_, Reach::Local) => (Reach::Local, Masquerade::Kept(kept)),
        };
        (reach, if settings.masquerade_all { Masquerade::Always } else { masquerade })
    }

    /// The packet is for a Service that the node has rules for.
    fn by_rules(&mut self, node: &Name, came: Came, rules: &Rc<PortRules>, door: Door) -> Outcome {
        let place = Place::Node(node.clone());
        let before = self.packet;
        let closed = door == Door::LoadBalancer
            && !rules.source_ranges.is_empty()
            && !rules.source_ranges.iter().any(|range| contains(*range, before.source.ip));
        if closed {
            return self.end(place, End::SourceRange(rules.clone()), Outcome::Dropped);
        }
        let (reach, mut masquerade) = self.policy(rules, door, came);
        let mut zone = Name::default();
        if rules.hinted && reach == Reach::Cluster {
            let own = self.network.plane.zone(node);
            zone = if rules.of_zone(&own).is_some() { own } else { zone };
        }
        let usable = match rules.usable(Spot { node, zone: &zone }, reach) {
            Usable::Some(usable) => usable,
            Usable::None => return self.end(place, End::NoEndpoints(rules.clone()), Outcome::Refused),
            Usable::NoneLocal => return self.end(place, End::NoLocalEndpoints(rules.clone(), door), Outcome::Dropped),
        };
        let (index, choice) = self.choose(node, rules, &usable);
        let endpoint = &rules.endpoints[index as usize];
        if endpoint.address.ip == before.source.ip {
            masquerade = Masquerade::Hairpin;
        }
        self.packet.destination = endpoint.address;
        if !matches!(masquerade, Masquerade::Kept(_)) {
            self.packet.source.ip = self.network.nodes.source_towards(node, endpoint.address.ip);
        }
        let translation = Translation { rules: rules.clone(), door, reach, zone, choice, masquerade };
        self.push(place, before, Step::Translated(Box::new(translation)), RULES);
        let open = before.protocol == Protocol::Tcp;
        self.network.tables(node).remember(Tracked { original: before, translated: self.packet, at: self.at, open });
        self.rewritten.push((node.clone(), before, self.packet));
        self.forward(node, came, false)
    }

    /// An endpoint: the one of before with session affinity, or any of them alike.
    fn choose(&mut self, node: &Name, rules: &PortRules, usable: &[u32]) -> (u32, Choice) {
        let of = u32::try_from(usable.len()).unwrap_or(u32::MAX);
        let door = Address::new(rules.cluster_ip, rules.port);
        let client = self.packet.source.ip;
        let at = self.at;
        let mut chosen = None;
        if let Some(seconds) = rules.affinity_seconds
            && let Some((endpoint, last)) = self.network.tables(node).affinity(door, client)
        {
            let still = at.since(last) <= SimDuration::from_seconds(u64::from(seconds));
            let index = usable.iter().copied().find(|index| rules.endpoints[*index as usize].address == endpoint);
            chosen = index.filter(|_| still).map(|index| (index, Choice::Affinity { ago: at.since(last), seconds }));
        }
        let chosen = chosen.unwrap_or_else(|| {
            let index = if of == 1 { 0 } else { self.network.random.below(u64::from(of)) as u32 };
            (usable[index as usize], if of == 1 { Choice::Only } else { Choice::Random { index, of } })
        });
        if rules.affinity_seconds.is_some() {
            let endpoint = rules.endpoints[chosen.0 as usize].address;
            self.network.tables(node).visited(door, client, endpoint, at);
        }
        chosen
    }

    /// The node passes the packet on by its routes. `shown` says that nothing has been told of this node yet.
    fn forward(&mut self, node: &Name, came: Came, shown: bool) -> Outcome {
        let to = self.packet.destination.ip;
        let place = Place::Node(node.clone());
        match self.network.nodes.owner(to) {
            Owner::Pod(home) => {
                if shown {
                    self.push(place, self.packet, Step::Forwarded { behind: false }, RULES);
                }
                self.reach_pod(node, &home, came)
            }
            Owner::Node(other) if other != *node => {
                let micros = self.wire();
                match shown {
                    true => self.push(place, self.packet, Step::Forwarded { behind: false }, micros),
                    false => self.lengthen(micros),
                }
                self.at_node(&other, Came::ByWire)
            }
            Owner::Node(_) => self.deliver(place),
            Owner::Service => {
                let protocol = self.packet.protocol;
                let end = if protocol == Protocol::Icmp { End::PingOfService } else { End::UnknownServiceAddress };
                let now = SimTime::from_micros(u64::MAX);
                let behind = protocol != Protocol::Icmp && self.network.plane.find("", protocol, self.packet.destination, false, now).is_some();
                self.push(place, self.packet, Step::Forwarded { behind }, RULES);
                self.end(Place::ControlPlane, end, Outcome::Dropped)
            }
            Owner::Place(place) => self.leave(node, place),
            Owner::Unknown => self.leave(node, Place::Outside(to)),
        }
    }

    fn lengthen(&mut self, micros: u64) {
        if let Some(hop) = self.hops.last_mut() {
            hop.latency = hop.latency + SimDuration::from_micros(micros);
        }
    }

    /// Towards a pod's address of a node.
    fn reach_pod(&mut self, node: &Name, home: &Name, came: Came) -> Outcome {
        let to = self.packet.destination.ip;
        if node != home {
            let micros = self.wire();
            self.lengthen(micros);
            let other = Place::Node(home.clone());
            if let Some(lost) = self.suffer(&other, Some(home)) {
                return lost;
            }
            self.push(other, self.packet, Step::Forwarded { behind: false }, VETH);
        } else {
            self.lengthen(VETH);
        }
        let Some((namespace, name)) = (self.ground.pod_at)(home, to) else {
            return self.end(Place::Node(home.clone()), End::NobodyThere, Outcome::HostUnreachable);
        };
        // An answer that does not come back through the node that rewrote the packet is nobody's.
        let one_way = came == Came::ByWire
            && node != home
            && self.rewritten.last().is_some_and(|(at, before, after)| at == node && before.source == after.source);
        let outcome = self.deliver(Place::Pod(namespace, name));
        if one_way && outcome == Outcome::Delivered && self.sender.place != Place::ControlPlane {
            return self.end(Place::Node(home.clone()), End::PastTranslator, Outcome::Dropped);
        }
        outcome
    }

    /// Out of the cluster: a pod's address is replaced.
    fn leave(&mut self, node: &Name, place: Place) -> Outcome {
        let before = self.packet;
        if contains(self.network.settings.cluster_cidr, before.source.ip) {
            self.packet.source.ip = self.network.nodes.source_towards(node, self.packet.destination.ip);
            let micros = self.wire();
            self.push(Place::Node(node.clone()), before, Step::LeftCluster, micros);
            self.rewritten.push((node.clone(), before, self.packet));
        } else {
            let micros = self.wire();
            self.lengthen(micros);
        }
        self.deliver(place)
    }

    /// The packet has come to its place.
    fn deliver(&mut self, place: Place) -> Outcome {
        let node = match &place {
            Place::Pod(..) => match self.network.nodes.owner(self.packet.destination.ip) {
                Owner::Pod(node) => Some(node),
                _ => self.sender.node.clone(),
            },
            Place::Node(node) => Some(node.clone()),
            _ => None,
        };
        if let Some(lost) = self.suffer(&place, node.as_ref()) {
            return lost;
        }
        let verdict = match self.network.settings.enforces_policies {
            true => (self.ground.judge)(&self.sender.place, &self.packet, &place),
            false => None,
        };
        if let Some(verdict) = verdict.as_ref().filter(|verdict| !verdict.allowed) {
            let place = if verdict.by_sender { self.back_at_sender(place) } else { place };
            return self.end(place, End::Policy(verdict.clone()), Outcome::Dropped);
        }
        if let Place::Outside(ip) = place {
            // Of the addresses that nobody here knows, the gateway drops those of private networks and has no way to the others.
            let outcome = if ip.is_private() { Outcome::Dropped } else { Outcome::NoRoute };
            return self.end(Place::ControlPlane, End::NobodyThere, outcome);
        }
        let taken = self.packet.protocol == Protocol::Icmp || (self.ground.listens)(&place, self.packet.protocol, self.packet.destination.port);
        if !taken {
            return self.end(place, End::NoListener, Outcome::Refused);
        }
        self.push(place, self.packet, Step::Received(verdict), 0);
        Outcome::Delivered
    }

    /// The sender's node held the packet back: what was told of places behind it did not happen.
    fn back_at_sender(&mut self, place: Place) -> Place {
        let Some(node) = self.sender.node.clone() else { return place };
        let own = |hop: &Hop| hop.place == self.sender.place || hop.place == Place::Node(node.clone());
        let last = self.hops.iter().rposition(own).unwrap_or_default();
        self.hops.truncate(last + 1);
        Place::Node(node)
    }

    /// The answer's way back, and how long all of it took.
    fn finish(mut self, outcome: Outcome) -> Route {
        let one_way: u64 = self.hops.iter().map(|hop| hop.latency.micros()).sum();
        let took = match outcome {
            Outcome::Delivered | Outcome::Refused => SimDuration::from_micros(2 * one_way),
            Outcome::NoRoute => SimDuration::from_micros(one_way),
            Outcome::HostUnreachable => self.network.random.jitter(NOBODY, 1),
            Outcome::Dropped => SimDuration::ZERO,
        };
        if outcome == Outcome::Delivered {
            while let Some((node, before, after)) = self.rewritten.pop() {
                self.packet = before.answer();
                self.push(Place::Node(node), after.answer(), Step::Restored, 0);
            }
            if let Some(first) = self.hops.first() {
                self.packet = first.before.answer();
            }
            let place = self.sender.place.clone();
            self.push(place, self.packet, Step::Answered, 0);
        }
        Route { hops: self.hops, outcome, took }
    }
}

#[cfg(test)]
mod tests;
