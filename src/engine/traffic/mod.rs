//! Traffic: what places send each other, over the network as it is. Tools that slept ask at a moment of theirs, which may be ahead of
//! the clock; they find the world as it is now.
//! Left out: packets after the first of a connection are not followed one by one.

mod certificates;
mod console;
mod flow;
mod ingress;
mod interfaces;
mod lookup;
mod passage;
mod servers;
mod sockets;

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::World;
use crate::api::{Container, Pod};
use crate::base::{LargeMap, Name, SimDuration, SimTime};
use crate::network::{self, Address, CLIENT, CONTROL_PLANE, Ground, Network, Outcome, Packet, Place, Protocol, Route, Sender};
use crate::runtime::{HttpRequest, HttpResponse, Machine, Sandbox};
use crate::store::View;

pub(in crate::engine) use flow::Told;
pub use flow::{Flow, Visit};
pub use lookup::Lookup;
pub(super) use passage::Onlooker;
pub use passage::{Ends, Passage, Passages};

/// A TCP connection, or the attempt at one.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// The way of its first packet, and back.
    pub route: Route,
    /// How that went.
    pub outcome: Outcome,
    /// How long until the sender knew; zero if it never knows.
    pub took: SimDuration,
    /// Who opened it.
    pub from: Place,
    /// Its end at the sender.
    pub source: Address,
    /// Where the sender wanted to go.
    pub destination: Address,
    /// Who was reached, and at which port.
    pub reached: Option<(Place, u16)>,
    /// What the one who was reached takes for the sender.
    pub seen: Address,
}

/// What became of a packet and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its way.
    pub route: Route,
    /// How that went.
    pub outcome: Outcome,
    /// How long until the sender knew; zero if it never knows.
    pub took: SimDuration,
    /// Who was reached, and at which port.
    pub reached: Option<(Place, u16)>,
}

/// A request and what came back.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpExchange {
    /// None if the connection was closed without an answer.
    pub response: Option<HttpResponse>,
    /// From the request to the end of the answer.
    pub took: SimDuration,
    /// The ways of what the one who was asked had to ask in turn.
    pub onward: Vec<Route>,
}

impl World {
    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The network, to break it.
    pub fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// The ways of the packets that were sent since the last call. The first call begins: until then nobody looks on.
    pub fn take_passages(&mut self) -> Passages {
        self.onlooker.take()
    }

    /// The address that a place sends from; None if it is not there.
    pub fn address_of(&self, place: &Place) -> Option<Ipv4Addr> {
        Some(self.sender(place)?.1)
    }

    fn sender(&self, place: &Place) -> Option<(Sender, Ipv4Addr)> {
        let (node, on_host, ip) = match place {
            Place::Pod(namespace, name) => {
                let pod = self.view().pod(namespace, name)?;
                let machine = self.machines.get(&pod.node_name)?;
                let sandbox = machine.sandboxes.get(&(namespace.clone(), name.clone()))?;
                let on_host = pod.spec.host_network;
                (Some(pod.node_name.clone()), on_host, if on_host { machine.address } else { sandbox.address })
            }
            Place::Node(name) => (Some(name.clone()), true, self.machines.get(name)?.address),
            Place::Client => (None, false, CLIENT),
            Place::ControlPlane => (None, false, CONTROL_PLANE),
            Place::LoadBalancer(ip) | Place::Outside(ip) => (None, false, *ip),
        };
        Some((Sender { place: place.clone(), node, on_host }, ip))
    }

    /// Sends one packet and follows it.
    fn send(&mut self, from: &Place, protocol: Protocol, to: Address, at: SimTime) -> (Route, Address) {
        let Some((sender, ip)) = self.sender(from) else {
            let route = Route { hops: Vec::new(), outcome: Outcome::NoRoute, took: SimDuration::ZERO };
            return (route, Address::new(Ipv4Addr::UNSPECIFIED, 0));
        };
        let own = if to.ip.is_loopback() { to.ip } else { ip };
        let port = if protocol == Protocol::Icmp { 0 } else { self.network.local_port() };
        let source = Address::new(own, port);
        let health_ports = self.health_ports_at(to, at);
        let view = self.api.view();
        let machines = &self.machines;
        let pod_at = |node: &Name, ip: Ipv4Addr| pod_at(machines, view, node, ip);
        let listens = |place: &Place, protocol: Protocol, port: u16| listens(machines, view, place, protocol, port) || health_ports.contains(&port);
        let judge = |from: &Place, packet: &Packet, to: &Place| network::judge(view, from, packet, to);
        let ground = Ground { pod_at: &pod_at, listens: &listens, judge: &judge };
        let route = network::route(&mut self.network, ground, &sender, Packet { protocol, source, destination: to }, at);
        self.onlooker.note(&route);
        (route, source)
    }

    /// The port of a node's address that is asked for, if a Service's health is told there.
    fn health_ports_at(&mut self, to: Address, at: SimTime) -> Vec<u16> {
        let network::Owner::Node(node) = self.network.nodes.owner(to.ip) else { return Vec::new() };
        let known = self.network.plane.known_on(&node, at);
        known.iter().map(|rules| rules.health_check_port).filter(|port| *port != 0 && *port == to.port).collect()
    }

    /// Opens a TCP connection.
    pub fn connect(&mut self, from: &Place, to: Ipv4Addr, port: u16, at: SimTime) -> Connection {
        let destination = Address::new(to, port);
        let (route, source) = self.send(from, Protocol::Tcp, destination, at);
        let reached = reached(&route);
        let seen = route.reached().map_or(source, |hop| hop.before.source);
        Connection { outcome: route.outcome, took: route.took, route, from: from.clone(), source, destination, reached, seen }
    }

    /// Whether something listens at a place.
    fn takes(&self, place: &Place, port: u16) -> bool {
        listens(&self.machines, self.api.view(), place, Protocol::Tcp, port)
    }

    /// Closes one.
    pub fn close(&mut self, connection: &Connection, at: SimTime) {
        for hop in connection.route.hops.iter().filter(|hop| matches!(hop.step, network::Step::Translated(_))) {
            if let Place::Node(node) = &hop.place {
                self.network.tables(node).close(&hop.before, at);
            }
        }
    }

    /// Sends a UDP packet.
    pub fn datagram(&mut self, from: &Place, to: Ipv4Addr, port: u16, at: SimTime) -> Delivery {
        let (route, _) = self.send(from, Protocol::Udp, Address::new(to, port), at);
        Delivery { outcome: route.outcome, took: route.took, reached: reached(&route), route }
    }

    /// Sends an echo request.
    pub fn ping(&mut self, from: &Place, to: Ipv4Addr, at: SimTime) -> Delivery {
        let (route, _) = self.send(from, Protocol::Icmp, Address::new(to, 0), at);
        Delivery { outcome: route.outcome, took: route.took, reached: reached(&route), route }
    }

    /// Sends a request over an open connection; again over the same one goes to the same place.
    pub fn http(&mut self, connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let way = SimDuration::from_micros(connection.route.took.micros() / 2);
        let nothing = HttpExchange { response: None, took: way + way, onward: Vec::new() };
        let Some((place, port)) = connection.reached.clone().filter(|_| connection.outcome == Outcome::Delivered) else { return nothing };
        let mut exchange = self.serve(&place, port, connection, request, at + way);
        exchange.took = exchange.took + way + way;
        exchange
    }
}

fn reached(route: &Route) -> Option<(Place, u16)> {
    let hop = route.reached()?;
    (route.outcome == Outcome::Delivered).then(|| (hop.place.clone(), hop.before.destination.port))
}

/// The pod of a node that has an address.
fn pod_at(machines: &LargeMap<Name, Rc<Machine>>, view: View<'_>, node: &Name, ip: Ipv4Addr) -> Option<(Name, Name)> {
    let machine = machines.get(node)?;
    let mut there = machine.sandboxes.iter().filter(|(_, sandbox)| sandbox.address == ip && sandbox.stopped.is_none());
    let on_host = |name: &(Name, Name)| view.pod(&name.0, &name.1).is_some_and(|pod| pod.spec.host_network);
    there.find(|(name, _)| !on_host(name)).map(|(name, _)| name.clone())
}

/// Whether something listens.
fn listens(machines: &LargeMap<Name, Rc<Machine>>, view: View<'_>, place: &Place, protocol: Protocol, port: u16) -> bool {
    match place {
        Place::Pod(namespace, name) => {
            let Some(pod) = view.pod(namespace, name) else { return false };
            let Some(sandbox) = machines.get(&pod.node_name).and_then(|machine| machine.sandboxes.get(&(namespace.clone(), name.clone()))) else {
                return false;
            };
            listener(pod, sandbox, protocol, port).is_some()
        }
        Place::Node(name) => {
            // The kubelet, and kube-proxy's own health.
            let own = protocol == Protocol::Tcp && matches!(port, 10_250 | 10_256);
            own || host_listener(machines, view, name, protocol, port).is_some()
        }
        Place::Client => protocol == Protocol::Tcp && port == 80,
        Place::ControlPlane => match protocol {
            Protocol::Tcp => matches!(port, 53 | 6443),
            _ => port == 53,
        },
        Place::LoadBalancer(_) | Place::Outside(_) => false,
    }
}

/// The pod that takes what comes to a port of a node, and at which port of its own: one of the node's network, or one with that hostPort.
fn host_listener(
    machines: &LargeMap<Name, Rc<Machine>>,
    view: View<'_>,
    node: &Name,
    protocol: Protocol,
    port: u16,
) -> Option<((Name, Name), u16)> {
    let machine = machines.get(node)?;
    machine.sandboxes.iter().find_map(|(name, sandbox)| {
        let pod = view.pod(&name.0, &name.1)?;
        let own = if pod.spec.host_network { Some(port) } else { host_port(pod, protocol, port) }?;
        listener(pod, sandbox, protocol, own).map(|_| (name.clone(), own))
    })
}

/// The port of a pod that a port of its node leads to.
fn host_port(pod: &Pod, protocol: Protocol, port: u16) -> Option<u16> {
    let mut declared = containers(pod).flat_map(|container| &container.ports);
    let found = declared.find(|declared| declared.host_port == i32::from(port) && declared.protocol == protocol.as_str())?;
    u16::try_from(found.container_port).ok()
}

/// Which container of a pod listens on a port, by its place in the sandbox.
fn listener(pod: &Pod, sandbox: &Sandbox, protocol: Protocol, port: u16) -> Option<usize> {
    let all = containers(pod).zip(&sandbox.instances);
    let port = i32::from(port);
    let serves = |container: &Container| match protocol {
        Protocol::Tcp => true,
        _ => container.ports.iter().any(|declared| declared.container_port == port && declared.protocol == protocol.as_str()),
    };
    all.enumerate().find(|(_, (container, instance))| serves(container) && instance.listens(container, port)).map(|(index, _)| index)
}

fn containers(pod: &Pod) -> impl Iterator<Item = &Container> {
    pod.spec.all_containers()
}
