//! Who takes a packet, under which source address, by which door: the ways that kube-proxy's rules make.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::*;
use crate::api::{Endpoint, EndpointConditions, EndpointSlice, EndpointSlicePort, Labels, Object, ObjectMeta, Service, ServicePort};
use crate::network::{Fault, Scope, Trouble};
use crate::store::{WatchEvent, WatchKind};

const CLUSTER_IP: [u8; 4] = [10, 96, 1, 1];
const VIP: [u8; 4] = [130, 211, 53, 173];

/// Two nodes with a pod of the Service and another pod each: `a` (10.244.1.2), `b` (10.244.2.2), `other1`, `other2` (…3).
fn network(external: &str, internal: &str) -> Network {
    let mut network = Network::new(1);
    network.settings.cloud = true;
    for number in 1..=3 {
        network.nodes.insert(format!("node{number}").into(), Ipv4Addr::new(192, 168, 64, 10 + number), Ipv4Addr::new(10, 244, number, 0));
    }
    let mut service = Service { meta: ObjectMeta::named("web"), ..Service::default() };
    service.meta.namespace = "net".into();
    service.spec.cluster_ip = Ipv4Addr::from(CLUSTER_IP).to_string().into();
    service.spec.kind = "LoadBalancer".into();
    service.spec.external_traffic_policy = external.into();
    service.spec.internal_traffic_policy = internal.into();
    service.spec.ports = vec![ServicePort { node_port: 31_777, port: 80, protocol: "TCP".into(), ..ServicePort::default() }];
    let ingress = crate::api::LoadBalancerIngress { ip: Ipv4Addr::from(VIP).to_string().into(), ..Default::default() };
    service.status.load_balancer.ingress = vec![ingress];
    change(&mut network, Object::Service(Rc::new(service)));
    network
}

fn change(network: &mut Network, object: Object) {
    let event = WatchEvent { kind: WatchKind::Added, key: object.key(), object, old: None };
    network.plane.on_change(&event, SimTime::from_seconds(10));
}

/// Endpoints: the number of the node and what is true of it.
fn with(mut network: Network, endpoints: &[(u8, EndpointConditions)]) -> Network {
    let mut meta = ObjectMeta::named("web-1");
    meta.namespace = "net".into();
    meta.labels = Rc::new(Labels::from([(Name::fixed("kubernetes.io/service-name"), Name::fixed("web"))]));
    let port = EndpointSlicePort { port: Some(8080), protocol: Some("TCP".into()), ..EndpointSlicePort::default() };
    let endpoint = |(node, conditions): &(u8, EndpointConditions)| Endpoint {
        addresses: vec![format!("10.244.{node}.2").into()],
        conditions: conditions.clone(),
        node_name: Some(format!("node{node}").into()),
        ..Endpoint::default()
    };
    let slice = EndpointSlice { meta, address_type: "IPv4".into(), endpoints: endpoints.iter().map(endpoint).collect(), ports: vec![port] };
    change(&mut network, Object::EndpointSlice(Rc::new(slice)));
    network
}

fn ready() -> EndpointConditions {
    EndpointConditions { ready: Some(true), serving: Some(true), terminating: Some(false), ..EndpointConditions::default() }
}

/// Sends from a place to an address, as it is said here: `other1`, `a`, `node1`, `client`.
fn send(network: &mut Network, from: &str, protocol: Protocol, to: ([u8; 4], u16)) -> Route {
    let pod = |name: &str, node: u8, host: u8| (Place::Pod("net".into(), name.into()), Some(node), false, Ipv4Addr::new(10, 244, node, host));
    let (place, node, on_host, ip) = match from {
        "a" => pod("a", 1, 2),
        "other1" => pod("other1", 1, 3),
        "other2" => pod("other2", 2, 3),
        "client" => (Place::Client, None, false, crate::network::CLIENT),
        node => {
            let number: u8 = node.trim_start_matches("node").parse().unwrap_or_default();
            (Place::Node(node.into()), Some(number), true, Ipv4Addr::new(192, 168, 64, 10 + number))
        }
    };
    let sender = Sender { place, node: node.map(|number| format!("node{number}").into()), on_host };
    let pod_at = |node: &Name, ip: Ipv4Addr| {
        let name = match ip.octets()[3] {
            2 => node.replace("node1", "a").replace("node2", "b").replace("node3", "c"),
            3 => node.replace("node", "other"),
            _ => return None,
        };
        Some((Name::fixed("net"), Name::from(name)))
    };
    let listens = |place: &Place, _: Protocol, port: u16| matches!(place, Place::Pod(..)) && port == 8080;
    let ground = Ground { pod_at: &pod_at, listens: &listens, judge: &|_, _, _| None };
    let packet = Packet { protocol, source: Address::new(ip, 40_000), destination: Address::new(Ipv4Addr::from(to.0), to.1) };
    route(network, ground, &sender, packet, SimTime::from_seconds(100))
}

fn told(route: &Route) -> String {
    match (route.outcome, route.seen_source(), route.reached()) {
        (Outcome::Delivered, Some(source), Some(hop)) => format!("{} sees {source}", hop.place),
        (outcome, ..) => format!("{outcome:?}"),
    }
}

#[test]
fn addresses_are_rewritten_as_kube_proxy_does() {
    const NODE1: [u8; 4] = [192, 168, 64, 11];
    const NODE2: [u8; 4] = [192, 168, 64, 12];
    let only = |node: u8| vec![(node, ready())];
    let port = |ip: [u8; 4]| (ip, 31_777);
    // Who asks, where; the node of the only endpoint; the external policy; what comes of it.
    let table = [
        ("other1", (CLUSTER_IP, 80), 1, "Cluster", "pod net/a sees 10.244.1.3"),
        ("other1", (CLUSTER_IP, 80), 2, "Cluster", "pod net/b sees 10.244.1.3"),
        ("a", (CLUSTER_IP, 80), 1, "Cluster", "pod net/a sees 10.244.1.1"),
        ("node1", (CLUSTER_IP, 80), 1, "Cluster", "pod net/a sees 10.244.1.1"),
        ("node1", (CLUSTER_IP, 80), 2, "Cluster", "pod net/b sees 192.168.64.11"),
        ("client", port(NODE1), 2, "Cluster", "pod net/b sees 192.168.64.11"),
        ("client", port(NODE1), 1, "Cluster", "pod net/a sees 10.244.1.1"),
        ("client", port(NODE1), 1, "Local", "pod net/a sees 192.168.64.100"),
        ("client", port(NODE1), 2, "Local", "Dropped"),
        ("client", (VIP, 80), 1, "Local", "pod net/a sees 192.168.64.100"),
        ("other1", port(NODE1), 2, "Local", "pod net/b sees 10.244.1.3"),
        ("other1", (VIP, 80), 2, "Local", "pod net/b sees 10.244.1.3"),
        ("node1", port(NODE1), 2, "Local", "pod net/b sees 192.168.64.11"),
        ("node1", (VIP, 80), 1, "Local", "pod net/a sees 10.244.1.1"),
        // As recorded: another node's port is the outside.
        ("node1", port(NODE2), 1, "Local", "Dropped"),
        ("other1", port(NODE2), 1, "Local", "Dropped"),
        ("other1", port(NODE2), 2, "Local", "pod net/b sees 10.244.1.3"),
        ("other1", port(NODE2), 2, "Cluster", "pod net/b sees 10.244.2.1"),
        ("node1", ([127, 0, 0, 1], 31_777), 2, "Cluster", "pod net/b sees 192.168.64.11"),
        ("client", (CLUSTER_IP, 80), 1, "Cluster", "NoRoute"),
        ("other1", (CLUSTER_IP, 81), 1, "Cluster", "Dropped"),
        ("other1", ([10, 244, 1, 9], 8080), 1, "Cluster", "HostUnreachable"),
        ("other1", ([10, 244, 2, 2], 8081), 2, "Cluster", "Refused"),
    ];
    for (from, to, endpoint, policy, expected) in table {
        let mut network = with(network(policy, "Cluster"), &only(endpoint));
        let route = send(&mut network, from, Protocol::Tcp, to);
        assert_eq!(told(&route), expected, "{from} to {to:?}, endpoint on node{endpoint}, policy {policy}\n{route}");
    }
    let mut always = with(network("Cluster", "Cluster"), &only(2));
    always.settings.masquerade_all = true;
    assert_eq!(told(&send(&mut always, "other1", Protocol::Tcp, (CLUSTER_IP, 80))), "pod net/b sees 192.168.64.11");
    // The load balancer may choose any node with policy Cluster: the pod sees a node, or its own node's bridge.
    let seen: Vec<String> = (0..20).map(|_| told(&send(&mut always, "client", Protocol::Tcp, (VIP, 80)))).collect();
    assert!(seen.iter().any(|told| told.ends_with("10.244.2.1")) && seen.iter().any(|told| told.ends_with("192.168.64.11")), "{seen:?}");
}

#[test]
fn a_ping_of_a_service_is_not_answered_and_the_route_says_why() {
    let mut network = with(network("Cluster", "Cluster"), &[(1, ready())]);
    let ping = send(&mut network, "other1", Protocol::Icmp, (CLUSTER_IP, 0));
    assert_eq!(ping.outcome, Outcome::Dropped);
    assert!(ping.to_string().contains("ICMP has no port"), "{ping}");
    assert_eq!(told(&send(&mut network, "other1", Protocol::Icmp, ([10, 244, 2, 2], 0))), "pod net/b sees 10.244.1.3");
}

#[test]
fn without_endpoints_it_is_refused_and_without_local_ones_dropped() {
    let not_ready = EndpointConditions { ready: Some(false), serving: Some(false), terminating: Some(false), ..EndpointConditions::default() };
    let going = EndpointConditions { ready: Some(false), serving: Some(true), terminating: Some(true), ..EndpointConditions::default() };
    let table = [
        (vec![], "Cluster", "Refused"),
        (vec![(1, not_ready.clone())], "Cluster", "Refused"),
        (vec![(1, going.clone())], "Cluster", "pod net/a sees 10.244.1.3"),
        (vec![(1, going), (2, ready())], "Cluster", "pod net/b sees 10.244.1.3"),
        (vec![(2, ready())], "Local", "Dropped"),
        (vec![(2, ready()), (1, ready())], "Local", "pod net/a sees 10.244.1.3"),
        (vec![(1, not_ready)], "Local", "Refused"),
    ];
    for (endpoints, internal, expected) in table {
        let mut network = with(network("Cluster", internal), &endpoints);
        assert_eq!(told(&send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80))), expected, "{endpoints:?} {internal}");
    }
}

#[test]
fn each_endpoint_is_as_likely_as_the_others() {
    let mut network = with(network("Cluster", "Cluster"), &[(1, ready()), (2, ready()), (3, ready())]);
    let mut counts = [0_u32; 3];
    for _ in 0..3000 {
        let route = send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80));
        let Some(Hop { before, .. }) = route.reached() else { panic!("lost: {route}") };
        counts[usize::from(before.destination.ip.octets()[2]) - 1] += 1;
    }
    assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
}

#[test]
fn the_answer_comes_back_with_the_addresses_that_the_sender_knows() {
    let mut network = with(network("Cluster", "Cluster"), &[(2, ready())]);
    let route = send(&mut network, "client", Protocol::Tcp, ([192, 168, 64, 11], 31_777));
    let first = route.hops.first().map(|hop| hop.before);
    let Some(last) = route.hops.last() else { panic!("no hops") };
    assert_eq!((Some(last.after.answer()), &last.step), (first, &Step::Answered));
    let restored = route.hops.iter().find(|hop| hop.step == Step::Restored);
    assert_eq!(restored.map(|hop| hop.before.source.to_string()), Some("10.244.2.2:8080".to_owned()));
    assert_eq!(restored.map(|hop| hop.after.source.to_string()), Some("192.168.64.11:31777".to_owned()));
}

#[test]
fn a_stopped_kube_proxy_goes_by_its_old_rules() {
    let mut network = with(network("Cluster", "Cluster"), &[(1, ready())]);
    network.plane.stop("node1".into(), SimTime::from_seconds(5));
    assert_eq!(told(&send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80))), "Dropped");
    let route = send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80));
    assert!(route.to_string().contains("has no rules for the Service yet"), "{route}");
    assert_eq!(told(&send(&mut network, "other2", Protocol::Tcp, (CLUSTER_IP, 80))), "pod net/a sees 10.244.2.3");
    network.plane.start("node1", SimTime::from_seconds(97));
    assert_eq!(told(&send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80))), "pod net/a sees 10.244.1.3");
}

#[test]
fn a_partition_stops_what_goes_between() {
    let mut network = with(network("Cluster", "Cluster"), &[(2, ready())]);
    let between = |trouble| Fault { one: Scope::Node("node1".into()), other: Scope::Node("node2".into()), trouble };
    network.faults = vec![between(Trouble::Partition)];
    assert_eq!(told(&send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80))), "Dropped");
    assert_eq!(told(&send(&mut network, "other2", Protocol::Tcp, (CLUSTER_IP, 80))), "pod net/b sees 10.244.2.3");
    network.faults = vec![between(Trouble::Latency(SimDuration::from_millis(200)))];
    let route = send(&mut network, "other1", Protocol::Tcp, (CLUSTER_IP, 80));
    assert!(route.outcome == Outcome::Delivered && route.took >= SimDuration::from_millis(400), "{route}");
}

#[test]
fn a_fault_is_met_once_on_the_way_to_a_node_and_its_pods() {
    let mut network = with(network("Cluster", "Cluster"), &[(1, ready())]);
    let trouble = |trouble| Fault { one: Scope::Client, other: Scope::Node("node1".into()), trouble };
    network.faults = vec![trouble(Trouble::Latency(SimDuration::from_millis(200)))];
    // The way to the node's own pod, and the node itself.
    for (protocol, to) in [(Protocol::Tcp, ([192, 168, 64, 11], 31_777)), (Protocol::Icmp, ([192, 168, 64, 11], 0))] {
        let took = send(&mut network, "client", protocol, to).took;
        assert!((SimDuration::from_millis(400)..SimDuration::from_millis(402)).contains(&took), "{protocol:?} {took:?}");
    }
    network.faults = vec![trouble(Trouble::Loss(50))];
    let lost = (0..1000).filter(|_| send(&mut network, "client", Protocol::Icmp, ([192, 168, 64, 11], 0)).outcome == Outcome::Dropped).count();
    assert!((430..570).contains(&lost), "{lost}");
}
