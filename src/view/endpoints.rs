//! What is behind a Service or an Ingress, as lines: its ports, the addresses that get its traffic, and what leads where.

use crate::api::{EndpointSlice, Ingress, IngressBackend, Service};
use crate::store::View;

/// At most so many endpoints are named.
const MOST: usize = 60;

/// What is told of a service.
pub(super) struct Told {
    /// `http 80/TCP -> 8080`, with the port on the nodes if it has one.
    pub ports: String,
    /// `10.244.1.2:8080`
    pub endpoints: String,
    /// What a node does with a connection to it.
    pub routes: String,
}

pub(super) fn of_service(view: View<'_>, service: &Service) -> Told {
    let spec = &service.spec;
    let port = |port: &crate::api::ServicePort| {
        let name = if port.name.is_empty() { String::new() } else { format!("{} ", port.name) };
        let node = if port.node_port == 0 { String::new() } else { format!(", :{} on each node", port.node_port) };
        format!("{name}{}/{} -> {}{node}", port.port, port.protocol, port.target_port)
    };
    let ports: Vec<String> = spec.ports.iter().map(port).collect();
    let slices = || view.slices_of(&service.meta.namespace, &service.meta.name);
    let endpoints: Vec<String> = slices().map(|slice| of_slice(slice)).filter(|lines| !lines.is_empty()).collect();
    let mut routes = Vec::new();
    for port in spec.ports.iter().filter(|_| spec.cluster_ip.as_str() != "None" && !service.is_external_name()) {
        let named = |name: &Option<crate::base::Name>| name.as_ref().map_or("", |name| name.as_str()) == port.name.as_str();
        let targets = slices().flat_map(|slice| {
            let number = slice.ports.iter().find(|known| named(&known.name)).and_then(|known| known.port);
            let ready = slice.endpoints.iter().filter(|endpoint| endpoint.conditions.is_ready());
            ready.filter_map(move |endpoint| Some(format!("{}:{}", endpoint.addresses.first()?, number?)))
        });
        let targets: Vec<String> = targets.take(MOST).collect();
        let door = format!("{}:{}", spec.cluster_ip, port.port);
        if targets.is_empty() {
            routes.push(format!("{door} -> REJECT"));
        }
        // As kube-proxy's chain goes: each rule takes its part of what the ones before have left.
        let all = targets.len();
        routes.extend(targets.iter().enumerate().map(|(n, target)| match all - n {
            1 => format!("{door} -> {target}"),
            left => format!("{door} --probability 1/{left} -> {target}"),
        }));
    }
    Told { ports: ports.join("\n"), endpoints: endpoints.join("\n"), routes: routes.join("\n") }
}

/// The addresses of a slice.
pub(super) fn of_slice(slice: &EndpointSlice) -> String {
    let ports: Vec<i32> = slice.ports.iter().filter_map(|port| port.port).collect();
    let mut lines = Vec::new();
    for endpoint in slice.endpoints.iter().take(MOST) {
        let Some(address) = endpoint.addresses.first() else { continue };
        let state = match (endpoint.conditions.is_ready(), endpoint.conditions.terminating == Some(true)) {
            (_, true) => " (terminating)",
            (false, _) => " (not ready)",
            _ => "",
        };
        match ports.as_slice() {
            [] => lines.push(format!("{address}{state}")),
            ports => lines.extend(ports.iter().map(|port| format!("{address}:{port}{state}"))),
        }
    }
    lines.join("\n")
}

/// `kubia.example.com/ -> kubia-nodeport:80`
pub(super) fn of_ingress(ingress: &Ingress) -> String {
    let backend = |backend: &IngressBackend| {
        let Some(service) = &backend.service else { return "?".to_owned() };
        let port = &service.port;
        if port.name.is_empty() { format!("{}:{}", service.name, port.number) } else { format!("{}:{}", service.name, port.name) }
    };
    let mut lines = Vec::new();
    for rule in &ingress.spec.rules {
        let host = if rule.host.is_empty() { "*" } else { rule.host.as_str() };
        let paths = rule.http.iter().flat_map(|http| &http.paths);
        lines.extend(paths.map(|path| format!("{host}{} -> {}", path.path, backend(&path.backend))));
    }
    lines.extend(ingress.spec.default_backend.iter().map(|other| format!("* -> {}", backend(other))));
    lines.join("\n")
}
