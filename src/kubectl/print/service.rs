//! Services, Endpoints and slices in `kubectl get`. Models pkg/printers/internalversion/printers.go printService, printEndpoints,
//! printEndpointSlice.

use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use super::{joined_labels, or_none};
use crate::api::{Endpoint, EndpointSlice, EndpointSlicePort, EndpointSubset, Object, Service, ServicePort};
use crate::base::{Name, sort};
use crate::kubectl::item::Item;

/// So many endpoints, ports and hosts are listed.
pub(super) const SHOWN: usize = 3;

pub(super) const SERVICES: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("TYPE", Always),
        ("CLUSTER-IP", Always),
        ("EXTERNAL-IP", Always),
        ("PORT(S)", Always),
        ("AGE", Always),
        ("SELECTOR", Wide),
    ],
    cells: service_cells,
    fields: &[("spec.clusterIP", ""), ("spec.type", "")],
};

pub(super) const ENDPOINTS: KindTable = KindTable {
    columns: &[("NAME", Always), ("ENDPOINTS", Always), ("AGE", Always)],
    cells: endpoints_cells,
    fields: &[],
};

pub(super) const SLICES: KindTable = KindTable {
    columns: &[("NAME", Always), ("ADDRESSTYPE", Always), ("PORTS", Always), ("ENDPOINTS", Always), ("AGE", Always)],
    cells: slice_cells,
    fields: &[],
};

fn service_cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Service(service)) = item else { unreachable!("BUG: a service's row of something else") };
    let spec = &service.spec;
    vec![
        service.meta.name.to_string(),
        spec.kind.to_string(),
        or_none(spec.cluster_ips.first().map_or("", Name::as_str)),
        outside(service),
        or_none(&spec.ports.iter().map(port).collect::<Vec<_>>().join(",")),
        context.age(service.meta.creation),
        joined_labels(&spec.selector),
    ]
}

fn port(port: &ServicePort) -> String {
    match port.node_port {
        0 => format!("{}/{}", port.port, port.protocol),
        node => format!("{}:{node}/{}", port.port, port.protocol),
    }
}

/// The addresses from outside. The server makes all tables wide, so that nothing is cut where `-o wide` is not asked for.
/// Models getServiceExternalIP.
fn outside(service: &Service) -> String {
    let spec = &service.spec;
    let own = spec.external_ips.iter().map(Name::as_str).collect::<Vec<_>>().join(",");
    match spec.kind.as_str() {
        "ClusterIP" | "NodePort" => or_none(&own),
        "ExternalName" => spec.external_name.to_string(),
        "LoadBalancer" => {
            let given = balancer_addresses(service.status.load_balancer.ingress.iter().map(|ingress| (&ingress.ip, &ingress.hostname)));
            match (given.as_str(), own.as_str()) {
                ("", "") => "<pending>".to_owned(),
                ("", _) => own,
                (_, "") => given,
                _ => format!("{given},{own}"),
            }
        }
        _ => "<unknown>".to_owned(),
    }
}

/// The addresses of a load balancer, or its names, sorted.
/// Models loadBalancerStatusStringer.
pub(super) fn balancer_addresses<'a>(ingress: impl Iterator<Item = (&'a Name, &'a Name)>) -> String {
    let mut list: Vec<&str> = Vec::new();
    for (ip, hostname) in ingress {
        let text = if ip.is_empty() { hostname.as_str() } else { ip.as_str() };
        if !text.is_empty() && !list.contains(&text) {
            list.push(text);
        }
    }
    sort(&mut list);
    list.join(",")
}

fn endpoints_cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Endpoints(endpoints)) = item else { unreachable!("BUG: endpoints' row of something else") };
    vec![endpoints.meta.name.to_string(), subsets(&endpoints.subsets), context.age(endpoints.meta.creation)]
}

/// Models formatEndpoints.
fn subsets(subsets: &[EndpointSubset]) -> String {
    if subsets.is_empty() {
        return "<none>".to_owned();
    }
    let mut list: Vec<String> = Vec::new();
    let mut count = 0;
    for subset in subsets {
        let ports: Vec<Option<i32>> = match subset.ports.as_slice() {
            [] => vec![None],
            ports => ports.iter().map(|port| Some(port.port)).collect(),
        };
        for port in ports {
            count += subset.addresses.len();
            for address in subset.addresses.iter().take(SHOWN - list.len()) {
                list.push(joined(&address.ip, port));
            }
        }
    }
    with_more(&list, count)
}

/// `10.0.0.1:80`, `[::1]:80`, `10.0.0.1`
fn joined(ip: &str, port: Option<i32>) -> String {
    match port {
        None => ip.to_owned(),
        Some(port) if ip.contains(':') => format!("[{ip}]:{port}"),
        Some(port) => format!("{ip}:{port}"),
    }
}

fn with_more(list: &[String], count: usize) -> String {
    let text = list.join(",");
    if count > SHOWN { format!("{text} + {} more...", count - SHOWN) } else { text }
}

fn slice_cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::EndpointSlice(slice)) = item else { unreachable!("BUG: a slice's row of something else") };
    vec![
        slice.meta.name.to_string(),
        slice.address_type.to_string(),
        slice_ports(&slice.ports),
        slice_endpoints(&slice.endpoints),
        context.age(slice.meta.creation),
    ]
}

fn slice_ports(ports: &[EndpointSlicePort]) -> String {
    let text = |port: &EndpointSlicePort| match (port.port, &port.name) {
        (Some(number), _) => number.to_string(),
        (None, Some(name)) => name.to_string(),
        (None, None) => "*".to_owned(),
    };
    let list: Vec<String> = ports.iter().take(SHOWN).map(text).collect();
    or_unset(with_more(&list, ports.len()))
}

fn slice_endpoints(endpoints: &[Endpoint]) -> String {
    let all = || endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
    let list: Vec<String> = all().take(SHOWN).map(ToString::to_string).collect();
    or_unset(with_more(&list, all().count()))
}

fn or_unset(text: String) -> String {
    if text.is_empty() { "<unset>".to_owned() } else { text }
}

/// The ready endpoints of a service's slices at the port of a name, three of them.
/// Models kubectl/pkg/describe formatEndpointSlices, which says that there are more as soon as anything follows the third.
pub(in crate::kubectl) fn ready_endpoints<'a>(slices: impl Iterator<Item = &'a EndpointSlice>, port_name: &str) -> String {
    let (mut list, mut count, mut more, mut any): (Vec<String>, usize, bool, bool) = (Vec::new(), 0, false, false);
    for slice in slices {
        any = true;
        let named = |port: &&EndpointSlicePort| port.name.as_deref().unwrap_or_default() == port_name;
        let ports: Vec<Option<i32>> = match slice.ports.as_slice() {
            [] => vec![None],
            ports => ports.iter().filter(named).map(|port| Some(port.port.unwrap_or_default())).collect(),
        };
        for port in ports {
            for endpoint in &slice.endpoints {
                more |= list.len() == SHOWN;
                if !endpoint.conditions.is_ready() {
                    continue;
                }
                count += 1;
                if !more {
                    list.push(joined(endpoint.addresses.first().map_or("", Name::as_str), port));
                }
            }
        }
    }
    match (any, more) {
        (false, _) => "<none>".to_owned(),
        (true, false) => list.join(","),
        (true, true) => format!("{} + {} more...", list.join(","), count - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Json, Kind};
    use crate::base::SimTime;
    use crate::store::Store;
    use serde_json::{Value, json};

    fn row(kind: Kind, value: &Value, table: &KindTable) -> Vec<String> {
        let Some(object) = Object::from_value(kind, value) else { panic!("not read: {value}") };
        let store = Store::default();
        (table.cells)(&Item::Object(object), &Context { view: store.view(), now: SimTime::default() })
    }

    /// CLUSTER-IP, EXTERNAL-IP, PORT(S).
    #[test]
    fn services_are_listed() {
        let status = |ips: &[&str]| {
            let list: Vec<Value> = ips.iter().map(|ip| json!({"ip": ip})).collect();
            json!({"loadBalancer": {"ingress": list}})
        };
        let port = |port: i32| json!([{"port": port, "protocol": "TCP"}]);
        let table = [
            (json!({"type": "ClusterIP", "clusterIPs": ["10.9.8.7"], "ports": port(2233)}), json!({}), ["10.9.8.7", "<none>", "2233/TCP"]),
            (
                json!({"type": "NodePort", "clusterIPs": ["10.9.8.7"], "ports": [{"port": 8888, "nodePort": 9999, "protocol": "TCP"}]}),
                json!({}),
                ["10.9.8.7", "<none>", "8888:9999/TCP"],
            ),
            (
                json!({"type": "LoadBalancer", "clusterIPs": ["10.9.8.7"], "ports": port(8888)}),
                json!({}),
                ["10.9.8.7", "<pending>", "8888/TCP"],
            ),
            (
                json!({"type": "LoadBalancer", "clusterIPs": ["10.9.8.7"], "externalIPs": ["80.11.12.10"], "ports": port(8888)}),
                json!({}),
                ["10.9.8.7", "80.11.12.10", "8888/TCP"],
            ),
            (
                json!({"type": "LoadBalancer", "clusterIPs": ["10.9.8.7"], "externalIPs": ["80.11.12.10"], "ports": port(8888)}),
                json!({"loadBalancer": {"ingress": [{"ip": "3.4.5.6", "hostname": "test.cluster.com"}]}}),
                ["10.9.8.7", "3.4.5.6,80.11.12.10", "8888/TCP"],
            ),
            (
                json!({"type": "ExternalName", "externalName": "my.database.example.com"}),
                json!({}),
                ["<none>", "my.database.example.com", "<none>"],
            ),
            (json!({"type": "ClusterIP", "clusterIPs": ["None"], "ports": port(80)}), json!({}), ["None", "<none>", "80/TCP"]),
            (
                json!({"type": "LoadBalancer", "clusterIPs": ["1.2.3.4"], "ports": port(80)}),
                status(&["3.4.5.6", "2.3.4.5"]),
                ["1.2.3.4", "2.3.4.5,3.4.5.6", "80/TCP"],
            ),
            (
                json!({"type": "LoadBalancer", "clusterIPs": ["1.3.4.5"], "ports": [{"port": 80, "protocol": "TCP"}, {"port": 8090, "protocol": "UDP"},
                    {"port": 8000, "protocol": "TCP"}, {"port": 7777, "protocol": "SCTP"}]}),
                json!({}),
                ["1.3.4.5", "<pending>", "80/TCP,8090/UDP,8000/TCP,7777/SCTP"],
            ),
            (
                json!({"type": "LoadBalancer", "clusterIPs": ["1.5.6.7"], "ports": port(80)}),
                status(&["2.3.4.5", "3.4.5.6", "5.6.7.8"]),
                ["1.5.6.7", "2.3.4.5,3.4.5.6,5.6.7.8", "80/TCP"],
            ),
        ];
        for (spec, status, expected) in table {
            let cells = row(Kind::Service, &json!({"spec": spec, "status": status}), &SERVICES);
            assert_eq!(cells[2..5], expected, "{spec}");
        }
    }

    #[test]
    fn endpoints_are_listed() {
        let four = ["1.2.3.4", "5.6.7.8", "9.8.7.6", "6.6.6.6"];
        let list = |count: usize| -> Vec<Value> { four[..count].iter().map(|ip| json!({"ip": ip})).collect() };
        let port = json!([{"port": 8001}]);
        let table = [
            (json!([]), "<none>"),
            (json!([{"addresses": list(2)}]), "1.2.3.4,5.6.7.8"),
            (json!([{"addresses": list(2), "ports": port}]), "1.2.3.4:8001,5.6.7.8:8001"),
            (json!([{"addresses": list(4), "ports": port}]), "1.2.3.4:8001,5.6.7.8:8001,9.8.7.6:8001 + 1 more..."),
            (json!([{"notReadyAddresses": list(1), "ports": port}]), ""),
        ];
        for (subsets, expected) in table {
            assert_eq!(row(Kind::Endpoints, &json!({"subsets": subsets}), &ENDPOINTS)[1], expected);
        }
    }

    /// PORTS, ENDPOINTS
    #[test]
    fn slices_are_listed() {
        let ports = |numbers: &[i32]| -> Vec<Value> { numbers.iter().map(|port| json!({"port": port})).collect() };
        let one = |ips: &[&str]| json!([{"addresses": ips}]);
        let table = [
            (ports(&[80]), one(&["10.1.2.3", "2001:db8::1234:5678"]), ["80", "10.1.2.3,2001:db8::1234:5678"]),
            (ports(&[80, 443]), one(&["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"]), ["80,443", "1.1.1.1,2.2.2.2,3.3.3.3 + 1 more..."]),
            (ports(&[80, 443, 3000, 1]), json!([]), ["80,443,3000 + 1 more...", "<unset>"]),
            (ports(&[]), json!([]), ["<unset>", "<unset>"]),
        ];
        for (ports, endpoints, expected) in table {
            assert_eq!(row(Kind::EndpointSlice, &json!({"ports": ports, "endpoints": endpoints}), &SLICES)[2..4], expected);
        }
    }

    #[test]
    fn ready_endpoints_of_a_port_are_counted() {
        let slice = |ready: usize, other: usize| -> EndpointSlice {
            let flags = (0..ready).map(|_| true).chain((0..other).map(|_| false));
            let endpoints: Vec<Value> =
                flags.map(|ready| json!({"addresses": ["10.0.0.1"], "conditions": {"ready": ready}})).collect();
            EndpointSlice {
                endpoints: Json::read(&Value::Array(endpoints)),
                ports: Json::read(&json!([{"name": "http", "port": 80}])),
                ..EndpointSlice::default()
            }
        };
        let three = "10.0.0.1:80,10.0.0.1:80,10.0.0.1:80";
        let table = [
            (vec![], "<none>".to_owned()),
            (vec![slice(0, 2)], String::new()),
            (vec![slice(3, 0)], three.to_owned()),
            (vec![slice(3, 1)], format!("{three} + 0 more...")),
            (vec![slice(3, 0), slice(2, 0)], format!("{three} + 2 more...")),
        ];
        for (slices, expected) in table {
            assert_eq!(ready_endpoints(slices.iter(), "http"), expected);
        }
        assert_eq!(ready_endpoints([slice(1, 0)].iter(), "other"), "");
    }
}
