//! What the names of the cluster's zone stand for. Models coredns plugin/kubernetes kubernetes.go findServices, findPods, parse.go.

use std::net::Ipv4Addr;

use crate::api::{Endpoint, EndpointSlicePort, HEADLESS, Kind, Object, Service, ServicePort};
use crate::base::Name;
use crate::runtime::{Record, RecordData, RecordKind, ResponseCode};
use crate::store::View;

use super::TTL;

const ZONE: &str = "cluster.local";
/// The version of the specification that is followed.
const SCHEMA: &str = "1.1.0";

/// What a name stands for.
pub(super) struct Found {
    pub code: ResponseCode,
    pub records: Vec<Record>,
    pub additional: Vec<Record>,
    /// Whether somebody else's servers said so.
    pub outside: bool,
}

impl Found {
    /// There is no such name.
    pub fn missing() -> Found {
        Found { code: ResponseCode::NxDomain, ..Found::nothing() }
    }

    /// The name is there, without records of that type.
    pub fn nothing() -> Found {
        Found { code: ResponseCode::NoError, records: Vec::new(), additional: Vec::new(), outside: false }
    }

    fn of(records: Vec<Record>) -> Found {
        Found { records, ..Found::nothing() }
    }
}

/// The labels of a name in the cluster's zone, the last first; None for a name elsewhere.
pub(super) fn relative(name: &str) -> Option<Vec<&str>> {
    let rest = name.strip_suffix(ZONE)?;
    if rest.is_empty() {
        return Some(Vec::new());
    }
    Some(rest.strip_suffix('.')?.rsplit('.').collect())
}

fn record(name: &str, data: RecordData) -> Record {
    Record { name: name.to_owned(), ttl: TTL, data }
}

/// `10-244-1-5`
fn dashed(text: &str) -> String {
    text.replace('.', "-")
}

/// Looks a name of the zone up.
pub(super) fn lookup(view: View<'_>, labels: &[&str], name: &str, kind: RecordKind) -> Found {
    match labels {
        [] | ["svc" | "pod"] => Found::nothing(),
        ["dns-version"] if kind == RecordKind::Txt => Found::of(vec![record(name, RecordData::Txt(SCHEMA.to_owned()))]),
        ["dns-version"] => Found::nothing(),
        ["dns", "ns"] => match view.service(&Name::fixed("kube-system"), &Name::fixed("kube-dns")) {
            Some(service) => cluster_address(service, name, kind),
            None => Found::nothing(),
        },
        ["svc" | "pod", namespace] => if view.namespace(&Name::from(*namespace)).is_some() { Found::nothing() } else { Found::missing() },
        // `pods insecure`: any address that is written so.
        ["pod", namespace, address] => match address.replace('-', ".").parse() {
            Ok(ip) if view.namespace(&Name::from(*namespace)).is_some() => match kind {
                RecordKind::A => Found::of(vec![record(name, RecordData::A(ip))]),
                _ => Found::nothing(),
            },
            _ => Found::missing(),
        },
        ["svc", namespace, service, rest @ ..] => {
            let Some(service) = view.service(&Name::from(*namespace), &Name::from(*service)) else { return Found::missing() };
            of_service(view, service, rest, name, kind)
        }
        _ => Found::missing(),
    }
}

fn cluster_address(service: &Service, name: &str, kind: RecordKind) -> Found {
    let address = service.spec.cluster_ip.parse();
    match address {
        Ok(ip) if kind == RecordKind::A => Found::of(vec![record(name, RecordData::A(ip))]),
        _ => Found::nothing(),
    }
}

fn of_service(view: View<'_>, service: &Service, rest: &[&str], name: &str, kind: RecordKind) -> Found {
    if service.is_external_name() {
        let target = service.spec.external_name.trim_end_matches('.').to_ascii_lowercase();
        return match rest {
            [] => Found::of(vec![record(name, RecordData::Cname(target))]),
            _ => Found::missing(),
        };
    }
    let headless = service.spec.cluster_ip == *HEADLESS;
    match rest {
        [] if !headless && kind == RecordKind::Srv => service_ports(service, |_| true, name),
        [] if !headless => cluster_address(service, name, kind),
        [] => endpoints(view, service, &|_| true, &|_| true, name, kind),
        [protocol, port] if protocol.starts_with('_') && port.starts_with('_') => {
            let (protocol, port) = (&protocol[1..], &port[1..]);
            if headless {
                let wanted = |known: &EndpointSlicePort| {
                    known.name.as_deref() == Some(port) && known.protocol.as_deref().is_none_or(|known| known.eq_ignore_ascii_case(protocol))
                };
                return endpoints(view, service, &|_| true, &wanted, name, kind);
            }
            service_ports(service, |known| known.name == *port && known.protocol.eq_ignore_ascii_case(protocol), name).only(kind)
        }
        [host] => endpoints(view, service, &|endpoint| host_of(endpoint) == *host, &|_| true, name, kind),
        _ => Found::missing(),
    }
}

impl Found {
    /// The same for questions of another type than SRV: without records.
    fn only(self, kind: RecordKind) -> Found {
        match kind {
            RecordKind::Srv => self,
            _ if self.code == ResponseCode::NoError => Found::nothing(),
            _ => self,
        }
    }
}

/// The ports of a service as SRV records, its own name being the host.
fn service_ports(service: &Service, wanted: impl Fn(&ServicePort) -> bool, name: &str) -> Found {
    let (own, namespace) = (&service.meta.name, &service.meta.namespace);
    let target = format!("{own}.{namespace}.svc.{ZONE}");
    let ports: Vec<u16> = service.spec.ports.iter().filter(|port| wanted(port)).filter_map(|port| u16::try_from(port.port).ok()).collect();
    if ports.is_empty() {
        return Found::missing();
    }
    let weight = weight(ports.len());
    let srv = |port: &u16| record(name, RecordData::Srv { priority: 0, weight, port: *port, target: target.clone() });
    let additional = service.spec.cluster_ip.parse().map(|ip| record(&target, RecordData::A(ip)));
    Found { additional: additional.into_iter().collect(), ..Found::of(ports.iter().map(srv).collect()) }
}

fn weight(count: usize) -> u16 {
    u16::try_from(100 / count.max(1)).unwrap_or_default().max(1)
}

/// The name of an endpoint below its service.
fn host_of(endpoint: &Endpoint) -> String {
    match endpoint.hostname.as_deref().filter(|name| !name.is_empty()) {
        Some(named) => named.to_owned(),
        None => dashed(endpoint.addresses.first().map_or("", Name::as_str)),
    }
}

/// The endpoints of a service that are ready.
fn endpoints(
    view: View<'_>,
    service: &Service,
    wanted: &dyn Fn(&Endpoint) -> bool,
    wanted_port: &dyn Fn(&EndpointSlicePort) -> bool,
    name: &str,
    kind: RecordKind,
) -> Found {
    let (own, namespace) = (&service.meta.name, &service.meta.namespace);
    let (mut addresses, mut targets) = (Vec::new(), Vec::new());
    for slice in view.slices_of(namespace, own) {
        let ports: Vec<u16> = slice.ports.iter().filter(|port| wanted_port(port)).filter_map(|port| u16::try_from(port.port?).ok()).collect();
        for endpoint in slice.endpoints.iter().filter(|endpoint| endpoint.conditions.is_ready() && wanted(endpoint)) {
            let Some(ip) = endpoint.addresses.first().and_then(|address| address.parse::<Ipv4Addr>().ok()) else { continue };
            let target = format!("{}.{own}.{namespace}.svc.{ZONE}", host_of(endpoint));
            if !addresses.contains(&ip) {
                addresses.push(ip);
            }
            targets.extend(ports.iter().map(|port| (*port, target.clone(), ip)));
        }
    }
    if addresses.is_empty() || kind == RecordKind::Srv && targets.is_empty() {
        return Found::missing();
    }
    crate::base::sort_by_key(&mut targets, |(port, _, ip)| (*ip, *port));
    let weight = weight(targets.len());
    match kind {
        RecordKind::A => Found::of(addresses.into_iter().map(|ip| record(name, RecordData::A(ip))).collect()),
        RecordKind::Srv => Found {
            additional: targets.iter().map(|(_, target, ip)| record(target, RecordData::A(*ip))).collect(),
            ..Found::of(
                targets.into_iter().map(|(port, target, _)| record(name, RecordData::Srv { priority: 0, weight, port, target })).collect(),
            )
        },
        _ => Found::nothing(),
    }
}

/// The names of an address: `75.84.104.10.in-addr.arpa`
pub(super) fn reverse(view: View<'_>, name: &str, kind: RecordKind) -> Found {
    let octets: Option<Vec<u8>> = name.strip_suffix(".in-addr.arpa").and_then(|rest| rest.rsplit('.').map(|part| part.parse().ok()).collect());
    let ip = match octets.as_deref() {
        Some([a, b, c, d]) => Ipv4Addr::new(*a, *b, *c, *d).to_string(),
        _ => return Found { outside: true, ..Found::missing() },
    };
    let everywhere = Name::default();
    let service = view.services(&everywhere).find(|service| service.cluster_addresses().any(|address| *address == *ip));
    let mut names: Vec<String> = service.map(|service| format!("{}.{}.svc.{ZONE}", service.meta.name, service.meta.namespace)).into_iter().collect();
    if names.is_empty() {
        for slice in view.list(Kind::EndpointSlice, &everywhere).filter_map(|object| if let Object::EndpointSlice(slice) = object { Some(slice) } else { None }) {
            let Some(service) = slice.service_name() else { continue };
            let mine = slice.endpoints.iter().filter(|endpoint| endpoint.addresses.first().is_some_and(|address| *address == *ip));
            names.extend(mine.map(|endpoint| format!("{}.{service}.{}.svc.{ZONE}", host_of(endpoint), slice.meta.namespace)));
        }
    }
    match (names.is_empty(), kind) {
        (true, _) => Found { outside: true, ..Found::missing() },
        (false, RecordKind::Ptr) => Found::of(names.into_iter().map(|target| record(name, RecordData::Ptr(target))).collect()),
        _ => Found::nothing(),
    }
}
