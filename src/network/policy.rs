//! What network policies say of a connection. Models the semantics of networking/v1 NetworkPolicy: a pod that no policy of a direction
//! selects is open in it; one that is selected takes what any rule of any of these policies allows.
//!
//! Left out: that real plugins differ in whether they see a packet before or after translation. Here the sender's policies see the pod
//! that a Service stands for, and the receiver's see the address that the packet carries when it arrives.

use std::rc::Rc;

use super::plane::{contains, network};
use super::{Packet, Place, Protocol, Verdict};
use crate::api::{IntOrString, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, Pod};
use crate::base::Name;
use crate::store::View;

/// One end of a connection.
struct End<'a> {
    pod: Option<&'a Rc<Pod>>,
    ip: std::net::Ipv4Addr,
}

/// What policies say of a packet from a place to another; None if no policy is about it.
pub fn judge(view: View<'_>, from: &Place, packet: &Packet, to: &Place) -> Option<Rc<Verdict>> {
    let pod_of = |place: &Place| match place {
        Place::Pod(namespace, name) => view.pod(namespace, name).filter(|pod| !pod.spec.host_network),
        _ => None,
    };
    let (sender, receiver) = (pod_of(from), pod_of(to));
    if sender.is_none() && receiver.is_none() || from == to {
        return None;
    }
    let mut verdict = None;
    if let Some(pod) = sender {
        let other = End { pod: receiver, ip: packet.destination.ip };
        verdict = side(view, pod, Direction::Egress, &other, receiver, packet);
        if verdict.as_ref().is_some_and(|verdict| !verdict.allowed) {
            return verdict.map(Rc::new);
        }
    }
    if let Some(pod) = receiver {
        // What comes from the pod's own node is never held back; the kubelet's probes do.
        let from_own_node = matches!(from, Place::Node(node) if *node == pod.node_name);
        let own = sender.is_some_and(|sender| sender.status.pod_ip == Some(packet.source.ip));
        let other = End { pod: sender.filter(|_| own), ip: packet.source.ip };
        if !from_own_node {
            verdict = side(view, pod, Direction::Ingress, &other, receiver, packet).or(verdict);
        }
    }
    verdict.map(Rc::new)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

/// What the policies of one pod say of one direction.
fn side(view: View<'_>, pod: &Rc<Pod>, direction: Direction, other: &End<'_>, server: Option<&Rc<Pod>>, packet: &Packet) -> Option<Verdict> {
    let namespace = &pod.meta.namespace;
    let by_sender = direction == Direction::Egress;
    let mut selecting = Vec::new();
    for policy in view.network_policies(namespace) {
        let about = if direction == Direction::Ingress { policy.limits_ingress() } else { policy.limits_egress() };
        if !about || !policy.spec.pod_selector.matches(&pod.meta.labels) {
            continue;
        }
        if let Some(rule) = allowing_rule(view, policy, direction, other, server, packet) {
            let policies = Name::from(format!("{namespace}/{}", policy.meta.name));
            return Some(Verdict { allowed: true, by_sender, policies, pod: pod.meta.name.clone(), rule: u32::try_from(rule + 1).ok() });
        }
        selecting.push(policy.meta.name.as_str());
    }
    if selecting.is_empty() {
        return None;
    }
    let policies = Name::from(format!("{namespace}/{}", selecting.join(", ")));
    Some(Verdict { allowed: false, by_sender, policies, pod: pod.meta.name.clone(), rule: None })
}

/// The first rule of a policy that allows a connection.
fn allowing_rule(
    view: View<'_>,
    policy: &NetworkPolicy,
    direction: Direction,
    other: &End<'_>,
    server: Option<&Rc<Pod>>,
    packet: &Packet,
) -> Option<usize> {
    let allows = |peers: &[NetworkPolicyPeer], ports: &[NetworkPolicyPort]| {
        let by_peer = peers.is_empty() || peers.iter().any(|peer| is_peer(view, policy, peer, other));
        by_peer && (ports.is_empty() || ports.iter().any(|port| is_port(port, server, packet)))
    };
    match direction {
        Direction::Ingress => policy.spec.ingress.iter().position(|rule| allows(&rule.from, &rule.ports)),
        Direction::Egress => policy.spec.egress.iter().position(|rule| allows(&rule.to, &rule.ports)),
    }
}

fn is_peer(view: View<'_>, policy: &NetworkPolicy, peer: &NetworkPolicyPeer, other: &End<'_>) -> bool {
    if let Some(block) = &peer.ip_block {
        let holds = |range: &Name| network(range).is_some_and(|range| contains(range, other.ip));
        return holds(&block.cidr) && !block.except.iter().any(holds);
    }
    let Some(pod) = other.pod else { return false };
    let namespace = match &peer.namespace_selector {
        Some(selector) => view.namespace(&pod.meta.namespace).is_some_and(|namespace| selector.matches(&namespace.meta.labels)),
        None => pod.meta.namespace == policy.meta.namespace,
    };
    namespace && peer.pod_selector.as_ref().is_none_or(|selector| selector.matches(&pod.meta.labels))
}

fn is_port(port: &NetworkPolicyPort, server: Option<&Rc<Pod>>, packet: &Packet) -> bool {
    let protocol = port.protocol.as_ref().map_or(Protocol::Tcp, |protocol| Protocol::of(protocol));
    if protocol != packet.protocol {
        return false;
    }
    let asked = i32::from(packet.destination.port);
    match &port.port {
        None => true,
        Some(IntOrString::Int(first)) => (*first..=port.end_port.unwrap_or(*first)).contains(&asked),
        Some(IntOrString::Text(name)) => {
            let containers = server.into_iter().flat_map(|pod| &pod.spec.containers);
            containers.flat_map(|container| &container.ports).any(|port| port.name == *name && port.container_port == asked && port.protocol == protocol.as_str())
        }
    }
}
