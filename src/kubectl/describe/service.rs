//! Services, Endpoints and slices at length. Models describe.go describeService, describeEndpoints, describeEndpointSlice.

use super::lines::Lines;
use super::{Scene, events};
use crate::api::{Endpoint, EndpointAddress, EndpointSlice, Endpoints, Kind, LoadBalancerIngress, ObjectKey, Service};
use crate::base::Name;
use crate::kubectl::print::{joined_labels, or_none, ready_endpoints};

pub(super) fn describe(service: &Service, scene: &Scene<'_>, lines: &mut Lines) {
    let (meta, spec) = (&service.meta, &service.spec);
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    lines.field(0, "Selector", joined_labels(&spec.selector));
    lines.field(0, "Type", &spec.kind);
    set(lines, "IP Family Policy", &spec.ip_family_policy);
    lines.field(0, "IP Families", or_none(&joined(&spec.ip_families, ",")));
    lines.field(0, "IP", &spec.cluster_ip);
    lines.field(0, "IPs", or_none(&joined(&spec.cluster_ips, ",")));
    set(lines, "External IPs", &joined(&spec.external_ips, ","));
    set(lines, "Desired LoadBalancer IP", &spec.load_balancer_ip);
    set(lines, "External Name", &spec.external_name);
    let balancer: Vec<String> = service.status.load_balancer.ingress.iter().map(ingress).collect();
    set(lines, "LoadBalancer Ingress", &balancer.join(", "));
    for port in &spec.ports {
        let name = if port.name.is_empty() { "<unset>" } else { port.name.as_str() };
        lines.field(0, "Port", format!("{name}\t{}/{}", port.port, port.protocol));
        lines.field(0, "TargetPort", format!("{}/{}", port.target_port, port.protocol));
        if port.node_port != 0 {
            lines.field(0, "NodePort", format!("{name}\t{}/{}", port.node_port, port.protocol));
        }
        let slices = scene.context.view.slices_of(&meta.namespace, &meta.name).map(AsRef::as_ref);
        lines.field(0, "Endpoints", ready_endpoints(slices, &port.name));
    }
    lines.field(0, "Session Affinity", &spec.session_affinity);
    set(lines, "External Traffic Policy", &spec.external_traffic_policy);
    set(lines, "Internal Traffic Policy", &spec.internal_traffic_policy);
    if spec.health_check_node_port != 0 {
        lines.field(0, "HealthCheck NodePort", spec.health_check_node_port);
    }
    set(lines, "LoadBalancer Source Ranges", &joined(&spec.load_balancer_source_ranges, ","));
    let key = ObjectKey::new(Kind::Service, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

/// A field that is shown only if it is set.
fn set(lines: &mut Lines, title: &str, value: &str) {
    if !value.is_empty() {
        lines.field(0, title, value);
    }
}

fn joined(list: &[Name], between: &str) -> String {
    list.iter().map(Name::as_str).collect::<Vec<_>>().join(between)
}

/// `1.2.3.4 (VIP)`, or a name. Models buildIngressString.
fn ingress(ingress: &LoadBalancerIngress) -> String {
    match &ingress.ip_mode {
        _ if ingress.ip.is_empty() => ingress.hostname.to_string(),
        Some(mode) => format!("{} ({mode})", ingress.ip),
        None => ingress.ip.to_string(),
    }
}

pub(super) fn describe_endpoints(endpoints: &Endpoints, scene: &Scene<'_>, lines: &mut Lines) {
    let meta = &endpoints.meta;
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    lines.line(0, "Subsets:");
    for subset in &endpoints.subsets {
        let list = |addresses: &[EndpointAddress]| {
            or_none(&addresses.iter().map(|address| address.ip.as_str()).collect::<Vec<_>>().join(","))
        };
        lines.field(1, "Addresses", list(&subset.addresses));
        lines.field(1, "NotReadyAddresses", list(&subset.not_ready_addresses));
        if !subset.ports.is_empty() {
            lines.line(1, "Ports:");
            lines.line(2, "Name\tPort\tProtocol");
            lines.line(2, "----\t----\t--------");
            for port in &subset.ports {
                let name = if port.name.is_empty() { "<unset>" } else { port.name.as_str() };
                lines.line(2, format!("{name}\t{}\t{}", port.port, port.protocol));
            }
        }
        lines.line(0, "");
    }
    let key = ObjectKey::new(Kind::Endpoints, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

pub(super) fn describe_slice(slice: &EndpointSlice, scene: &Scene<'_>, lines: &mut Lines) {
    let meta = &slice.meta;
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    lines.field(0, "AddressType", &slice.address_type);
    if slice.ports.is_empty() {
        lines.line(0, "Ports: <unset>");
    } else {
        lines.line(0, "Ports:");
        lines.line(1, "Name\tPort\tProtocol");
        lines.line(1, "----\t----\t--------");
    }
    for port in &slice.ports {
        let number = port.port.map_or("<unset>".to_owned(), |port| port.to_string());
        lines.line(1, format!("{}\t{number}\t{}", or_unset(&port.name), port.protocol.as_deref().unwrap_or_default()));
    }
    lines.line(0, if slice.endpoints.is_empty() { "Endpoints: <none>" } else { "Endpoints:" });
    for endpoint in &slice.endpoints {
        describe_endpoint(endpoint, lines);
    }
    let key = ObjectKey::new(Kind::EndpointSlice, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

fn describe_endpoint(endpoint: &Endpoint, lines: &mut Lines) {
    lines.field(1, "- Addresses", or_none(&joined(&endpoint.addresses, ", ")));
    lines.line(2, "Conditions:");
    lines.field(3, "Ready", endpoint.conditions.ready.map_or("<unset>".to_owned(), |ready| ready.to_string()));
    lines.field(2, "Hostname", or_unset(&endpoint.hostname));
    if let Some(target) = &endpoint.target_ref {
        lines.field(2, "TargetRef", format!("{}/{}", target.kind, target.name));
    }
    lines.field(2, "NodeName", or_unset(&endpoint.node_name));
    lines.field(2, "Zone", or_unset(&endpoint.zone));
}

fn or_unset(text: &Option<Name>) -> &str {
    text.as_deref().filter(|text| !text.is_empty()).unwrap_or("<unset>")
}
