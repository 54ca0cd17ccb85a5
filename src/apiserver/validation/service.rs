//! Services.
//! Models pkg/apis/core/validation/validation.go ValidateService, ValidateServiceUpdate.

use super::addresses::{validate_cidr, validate_ip, validate_ordinary_ip};
use super::container::one_of;
use super::metadata::{Scope, validate_labels, validate_meta, validate_meta_update};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax, quote};
use crate::api::{HEADLESS, IntOrString, Service, ServicePort, ServiceSpec};
use crate::base::{Name, SmallSet};

const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const AFFINITIES: [&str; 2] = ["ClientIP", "None"];
/// Also of container ports and network policies.
pub const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const POLICIES: [&str; 2] = ["Cluster", "Local"];
const FAMILIES: [&str; 2] = ["IPv4", "IPv6"];
const FAMILY_POLICIES: [&str; 3] = ["PreferDualStack", "RequireDualStack", "SingleStack"];
/// A day.
const MAX_AFFINITY_SECONDS: i32 = 86_400;
const KUBELET_PORT: i32 = 10_250;
const ONCE: &str = "may not change once set";

/// A new service.
pub fn validate_create(service: &Service, causes: &mut Causes) {
    validate_meta(&service.meta, Scope::Namespaced, names::dns1035_rule, causes);
    validate_spec(service, causes);
}

/// A changed service.
pub fn validate_update(new: &Service, old: &Service, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate_same_addresses(new, old, causes);
    let path = FieldPath::new("spec").child("loadBalancerClass");
    if let (Some(was), Some(is)) = (&old.spec.load_balancer_class, &new.spec.load_balancer_class)
        && was != is
    {
        causes.invalid(&path, is, ONCE);
    }
    validate_create(new, causes);
}

/// Models validateUpgradeDowngradeClusterIPs and validateUpgradeDowngradeIPFamilies.
fn validate_same_addresses(new: &Service, old: &Service, causes: &mut Causes) {
    if new.is_external_name() || old.is_external_name() || (new.is_headless() && old.is_headless()) {
        return;
    }
    let path = FieldPath::new("spec");
    let lists = [
        ("clusterIPs", &old.spec.cluster_ips, &new.spec.cluster_ips, "primary clusterIP can not be unset"),
        ("ipFamilies", &old.spec.ip_families, &new.spec.ip_families, "primary ipFamily can not be unset"),
    ];
    for (key, was, is, unset) in lists {
        let list = || {
            let text = GoSyntax::strings(is.iter().map(Name::as_str)).0;
            GoSyntax(if key == "ipFamilies" { text.replacen("[]string", "[]core.IPFamily", 1) } else { text })
        };
        let path = path.child(key);
        if is.is_empty() && !was.is_empty() {
            causes.invalid(&path.index(0), list(), unset);
            continue;
        }
        for (at, _) in was.iter().zip(is).enumerate().filter(|(_, (was, is))| was != is) {
            causes.invalid(&path.index(at), list(), ONCE);
        }
    }
}

fn validate_spec(service: &Service, causes: &mut Causes) {
    let (spec, path) = (&service.spec, FieldPath::new("spec"));
    if spec.ports.is_empty() && !service.is_headless() && !service.is_external_name() {
        causes.required(&path.child("ports"), "");
    }
    validate_by_type(service, &path, causes);
    let mut names = SmallSet::new();
    for (at, port) in spec.ports.iter().enumerate() {
        validate_port(port, spec.ports.len() > 1, &mut names, &path.child("ports").index(at), causes);
    }
    validate_labels(&spec.selector, &path.child("selector"), causes);
    one_of(&spec.session_affinity, &AFFINITIES, &path.child("sessionAffinity"), causes);
    validate_affinity(spec, &path.child("sessionAffinityConfig"), causes);
    if !service.is_external_name() {
        validate_cluster_ips(spec, causes);
    }
    for (at, ip) in spec.external_ips.iter().enumerate() {
        let path = path.child("externalIPs").index(at);
        if validate_ip(ip, &path, causes) {
            validate_ordinary_ip(ip, &path, causes);
        }
    }
    one_of(&spec.kind, &TYPES, &path.child("type"), causes);
    for (at, _) in spec.ports.iter().enumerate().filter(|(_, port)| spec.kind == "ClusterIP" && port.node_port != 0) {
        causes.forbidden(&path.child("ports").index(at).child("nodePort"), "may not be used when `type` is 'ClusterIP'");
    }
    validate_distinct(&spec.ports, &path.child("ports"), causes);
    validate_balancer(spec, &path, causes);
    validate_policies(service, &path, causes);
}

fn validate_by_type(service: &Service, path: &FieldPath, causes: &mut Causes) {
    let spec = &service.spec;
    match spec.kind.as_str() {
        "LoadBalancer" => {
            for (at, _) in spec.ports.iter().enumerate().filter(|(_, port)| port.port == KUBELET_PORT) {
                let detail = format!("may not expose port {KUBELET_PORT} externally since it is used by kubelet");
                causes.invalid(&path.child("ports").index(at), KUBELET_PORT, detail);
            }
        }
        "ExternalName" => {
            for (key, is_set) in [
                ("clusterIPs", !spec.cluster_ips.is_empty()),
                ("ipFamilies", !spec.ip_families.is_empty()),
                ("ipFamilyPolicy", !spec.ip_family_policy.is_empty()),
            ] {
                if is_set {
                    causes.forbidden(&path.child(key), "may not be set for ExternalName services");
                }
            }
            let name = spec.external_name.strip_suffix('.').unwrap_or(&spec.external_name);
            match name {
                "" => causes.required(&path.child("externalName"), ""),
                name => causes.invalid_each(&path.child("externalName"), name, names::dns1123_subdomain(name)),
            }
        }
        _ => {}
    }
    if service.is_headless() && service.has_node_ports() {
        let detail = format!("may not be set to 'None' for {} services", spec.kind);
        causes.invalid(&path.child("clusterIPs").index(0), HEADLESS, detail);
    }
}

fn validate_port(port: &ServicePort, named: bool, seen: &mut SmallSet<Name>, path: &FieldPath, causes: &mut Causes) {
    if !port.name.is_empty() {
        causes.invalid_each(&path.child("name"), &port.name, names::dns1123_label(&port.name));
        if !seen.insert(port.name.clone()) {
            causes.duplicate(&path.child("name"), &port.name);
        }
    } else if named {
        causes.required(&path.child("name"), "");
    }
    for message in names::port_number(i64::from(port.port)) {
        causes.invalid(&path.child("port"), port.port, message);
    }
    one_of(&port.protocol, &PROTOCOLS, &path.child("protocol"), causes);
    match &port.target_port {
        IntOrString::Int(number) => {
            for message in names::port_number(i64::from(*number)) {
                causes.invalid(&path.child("targetPort"), *number, message);
            }
        }
        IntOrString::Text(name) => causes.invalid_each(&path.child("targetPort"), name, names::port_name(name)),
    }
    if let Some(protocol) = &port.app_protocol {
        causes.invalid_each(&path.child("appProtocol"), protocol, names::qualified_name(protocol));
    }
}

fn validate_affinity(spec: &ServiceSpec, path: &FieldPath, causes: &mut Causes) {
    match (spec.session_affinity.as_str(), &spec.session_affinity_config) {
        ("None", Some(_)) => causes.forbidden(path, "must not be set when session affinity is None"),
        ("ClientIP", Some(config)) => {
            let timeout = config.client_ip.as_ref().and_then(|client_ip| client_ip.timeout_seconds).unwrap_or_default();
            if timeout <= 0 || timeout > MAX_AFFINITY_SECONDS {
                let detail = format!("must be greater than 0 and less than {MAX_AFFINITY_SECONDS}");
                causes.invalid(&path.child("clientIP").child("timeoutSeconds"), timeout, detail);
            }
        }
        _ => {}
    }
}

/// No two ports share their number, or their node port, and their protocol.
fn validate_distinct(ports: &[ServicePort], path: &FieldPath, causes: &mut Causes) {
    for (at, port) in ports.iter().enumerate().filter(|(_, port)| port.node_port != 0) {
        if ports[..at].iter().any(|other| (other.node_port, &other.protocol) == (port.node_port, &port.protocol)) {
            causes.duplicate(&path.index(at).child("nodePort"), port.node_port);
        }
    }
    for (at, port) in ports.iter().enumerate() {
        if ports[..at].iter().any(|other| (other.port, &other.protocol) == (port.port, &port.protocol)) {
            let (number, protocol) = (port.port, quote(&port.protocol));
            let target = "intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}";
            let value = format!(
                "core.ServicePort{{Name:\"\", Protocol:{protocol}, AppProtocol:(*string)(nil), Port:{number}, TargetPort:{target}, NodePort:0}}"
            );
            causes.duplicate(&path.index(at), GoSyntax(value));
        }
    }
}

fn validate_balancer(spec: &ServiceSpec, path: &FieldPath, causes: &mut Causes) {
    const ONLY: &str = "may only be used when `type` is 'LoadBalancer'";
    let is_balanced = spec.kind == "LoadBalancer";
    let ranges = path.child("LoadBalancerSourceRanges");
    if !spec.load_balancer_source_ranges.is_empty() && !is_balanced {
        causes.forbidden(&ranges, ONLY);
    }
    for (at, range) in spec.load_balancer_source_ranges.iter().enumerate() {
        validate_cidr(range.trim(), &ranges.index(at), causes);
    }
    if spec.allocate_load_balancer_node_ports.is_some() && !is_balanced {
        causes.forbidden(&path.child("allocateLoadBalancerNodePorts"), ONLY);
    }
    let Some(class) = &spec.load_balancer_class else { return };
    match is_balanced {
        true => causes.invalid_each(&path.child("loadBalancerClass"), class, names::qualified_name(class)),
        false => causes.forbidden(&path.child("loadBalancerClass"), ONLY),
    }
}

fn validate_policies(service: &Service, path: &FieldPath, causes: &mut Causes) {
    let spec = &service.spec;
    let (outside, policy) = (path.child("externalTrafficPolicy"), &spec.external_traffic_policy);
    match service.is_outside() {
        true => one_of(policy, &POLICIES, &outside, causes),
        false if policy.is_empty() => {}
        false => causes.invalid(&outside, policy, "may only be set for externally-accessible services"),
    }
    let health = spec.health_check_node_port;
    if health != 0 && !service.needs_health_port() {
        let detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        causes.invalid(&path.child("healthCheckNodePort"), health, detail);
    }
    if !spec.internal_traffic_policy.is_empty() || service.needs_address() {
        one_of(&spec.internal_traffic_policy, &POLICIES, &path.child("internalTrafficPolicy"), causes);
    }
    if let Some(distribution) = &spec.traffic_distribution
        && *distribution != "PreferClose"
    {
        causes.not_supported(&path.child("trafficDistribution"), distribution, &["PreferClose"]);
    }
}

/// `clusterIP`, `clusterIPs` and the families, which must fit each other.
/// Models ValidateServiceClusterIPsRelatedFields.
pub fn validate_cluster_ips(spec: &ServiceSpec, causes: &mut Causes) {
    let path = FieldPath::new("spec");
    let (ips, families) = (path.child("clusterIPs"), path.child("ipFamilies"));
    let list = || GoSyntax::strings(spec.cluster_ips.iter().map(Name::as_str));
    match spec.cluster_ips.first() {
        None if !spec.cluster_ip.is_empty() => causes.required(&ips, ""),
        Some(_) if spec.cluster_ip.is_empty() => causes.invalid(&ips, list(), "must be empty when `clusterIP` is not specified"),
        Some(first) if *first != spec.cluster_ip => causes.invalid(&ips, list(), "first value must match `clusterIP`"),
        _ => {}
    }
    for (at, family) in spec.ip_families.iter().enumerate() {
        if !FAMILIES.contains(&family.as_str()) {
            causes.not_supported(&families.index(at), family, &FAMILIES);
        }
        if spec.ip_families[..at].contains(family) {
            causes.duplicate(&families.index(at), family);
        }
    }
    if !spec.ip_family_policy.is_empty() && !FAMILY_POLICIES.contains(&spec.ip_family_policy.as_str()) {
        causes.not_supported(&path.child("ipFamilyPolicy"), &spec.ip_family_policy, &FAMILY_POLICIES);
    }
    let before = causes.len();
    for (at, ip) in spec.cluster_ips.iter().enumerate() {
        if at == 0 && *ip == HEADLESS {
            if spec.cluster_ips.len() > 1 {
                causes.invalid(&ips, list(), "'None' must be the first and only value");
            }
            continue;
        }
        validate_ip(ip, &ips.index(at), causes);
    }
    let readable = causes.len() == before;
    if spec.cluster_ips.len() > 2 {
        causes.invalid(&ips, list(), "may only hold up to 2 values");
    }
    if !readable {
        return;
    }
    if spec.cluster_ips.len() > 1 && spec.cluster_ips[0].contains(':') == spec.cluster_ips[1].contains(':') {
        causes.invalid(&ips, list(), "may specify no more than one IP for each IP family");
    }
    for (at, (ip, family)) in spec.cluster_ips.iter().zip(&spec.ip_families).enumerate().filter(|(_, (ip, _))| **ip != HEADLESS) {
        if (*family == "IPv6") != ip.contains(':') {
            causes.invalid(&ips.index(at), ip, format!("expected an {family} value as indicated by `ipFamilies[{at}]`"));
        }
    }
}

/// The addresses that a status names, which a load balancer alone has.
/// Models ValidateLoadBalancerStatus.
pub fn validate_status(service: &Service, causes: &mut Causes) {
    let path = FieldPath::new("status").child("loadBalancer").child("ingress");
    let ingress = &service.status.load_balancer.ingress;
    if !ingress.is_empty() && service.spec.kind != "LoadBalancer" {
        causes.forbidden(&path, "may only be used when `spec.type` is \"LoadBalancer\"");
        return;
    }
    for (at, ingress) in ingress.iter().enumerate() {
        let path = path.index(at);
        if !ingress.ip.is_empty() && !names::ip_address(&ingress.ip).is_empty() {
            causes.invalid(&path.child("ip"), &ingress.ip, "must be a valid IP address");
        }
        if !ingress.hostname.is_empty() {
            causes.invalid_each(&path.child("hostname"), &ingress.hostname, names::dns1123_subdomain(&ingress.hostname));
            if ingress.hostname.parse::<std::net::IpAddr>().is_ok() {
                causes.invalid(&path.child("hostname"), &ingress.hostname, "must be a DNS name, not an IP address");
            }
        }
    }
}

/// What is accepted of a service but does nothing.
/// Models pkg/api/service/warnings.go GetWarningsForService.
pub fn warnings(service: &Service, out: &mut Vec<String>) {
    let spec = &service.spec;
    if service.is_headless() {
        if !spec.load_balancer_ip.is_empty() {
            out.push("spec.loadBalancerIP is ignored when spec.clusterIP is \"None\"".to_owned());
        }
        if !spec.external_ips.is_empty() {
            out.push("spec.externalIPs is ignored when spec.clusterIP is \"None\"".to_owned());
        }
        if spec.session_affinity != "None" {
            out.push("spec.SessionAffinity is ignored for headless services".to_owned());
        }
    }
    if service.is_external_name() && !spec.external_ips.is_empty() {
        out.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".to_owned());
    }
    if !service.is_external_name() && !spec.external_name.is_empty() {
        out.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".to_owned());
    }
}
