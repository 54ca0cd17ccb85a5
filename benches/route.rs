//! The way of a request to a Service with a hundred endpoints, all hops built: pods of ten nodes ask its address in turn.

use std::hint::black_box;
use std::net::Ipv4Addr;
use std::rc::Rc;

use criterion::{Criterion, Throughput};
use podscape::api::{Endpoint, EndpointConditions, EndpointSlice, EndpointSlicePort, Labels, Object, ObjectMeta, Service, ServicePort};
use podscape::base::{Name, SimTime};
use podscape::network::{Address, Ground, Network, Outcome, Packet, Place, Protocol, Sender, route};
use podscape::store::{WatchEvent, WatchKind};

const NODES: u8 = 10;
const ENDPOINTS: u8 = 100;

fn change(network: &mut Network, object: Object) {
    let event = WatchEvent { kind: WatchKind::Added, key: object.key(), object, old: None };
    network.plane.on_change(&event, SimTime::from_seconds(10));
}

fn network() -> Network {
    let mut network = Network::new(1);
    for node in 1..=NODES {
        network.nodes.insert(format!("node{node}").into(), Ipv4Addr::new(192, 168, 64, 10 + node), Ipv4Addr::new(10, 244, node, 0));
    }
    let mut service = Service { meta: ObjectMeta::named("web"), ..Service::default() };
    service.meta.namespace = "default".into();
    service.spec.cluster_ip = "10.96.1.1".into();
    service.spec.ports = vec![ServicePort { port: 80, protocol: "TCP".into(), ..ServicePort::default() }];
    change(&mut network, Object::Service(Rc::new(service)));
    let mut meta = ObjectMeta::named("web-1");
    meta.namespace = "default".into();
    meta.labels = Rc::new(Labels::from([(Name::fixed("kubernetes.io/service-name"), Name::fixed("web"))]));
    let endpoint = |number: u8| Endpoint {
        addresses: vec![format!("10.244.{}.{}", 1 + number % NODES, 2 + number / NODES).into()],
        conditions: EndpointConditions { ready: Some(true), ..EndpointConditions::default() },
        node_name: Some(format!("node{}", 1 + number % NODES).into()),
        ..Endpoint::default()
    };
    let port = EndpointSlicePort { port: Some(8080), protocol: Some("TCP".into()), ..EndpointSlicePort::default() };
    let slice = EndpointSlice { meta, address_type: "IPv4".into(), endpoints: (0..ENDPOINTS).map(endpoint).collect(), ports: vec![port] };
    change(&mut network, Object::EndpointSlice(Rc::new(slice)));
    network
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut network = network();
    let senders: Vec<(Sender, Ipv4Addr)> = (1..=NODES)
        .map(|node| {
            let place = Place::Pod("default".into(), format!("client-{node}").into());
            (Sender { place, node: Some(format!("node{node}").into()), on_host: false }, Ipv4Addr::new(10, 244, node, 200))
        })
        .collect();
    let name = Name::fixed("web-7fb7fdbbbd-5fbhd");
    let pod_at = |_: &Name, _: Ipv4Addr| Some((Name::fixed("default"), name.clone()));
    let listens = |_: &Place, _: Protocol, port: u16| port == 8080;
    let judge = |_: &Place, _: &Packet, _: &Place| None;
    let destination = Address::new(Ipv4Addr::new(10, 96, 1, 1), 80);
    let mut group = criterion.benchmark_group("route");
    group.throughput(Throughput::Elements(1));
    let mut number = 0_usize;
    group.bench_function("cluster-ip", |bencher| {
        bencher.iter(|| {
            number += 1;
            let (sender, ip) = &senders[number % senders.len()];
            let source = Address::new(*ip, 40_000 + (number % 20_000) as u16);
            let ground = Ground { pod_at: &pod_at, listens: &listens, judge: &judge };
            let packet = Packet { protocol: Protocol::Tcp, source, destination };
            let route = route(&mut network, ground, sender, packet, SimTime::from_seconds(100));
            assert!(route.outcome == Outcome::Delivered, "{route}");
            black_box(route);
        });
    });
    group.finish();
    criterion.final_summary();
}
