//! Defaults of services, endpoints, slices, classes of ingresses and network policies.
//! Models pkg/apis/core/v1/defaults.go SetDefaults_Service and SetDefaults_Endpoints, pkg/apis/discovery/v1/defaults.go and
//! pkg/apis/networking/v1/defaults.go.

use std::rc::Rc;

use super::pod_spec::fill;
use crate::api::{
    ClientIpConfig, EndpointSlice, Endpoints, IngressClass, IntOrString, NetworkPolicy, Object, Service, SessionAffinityConfig, repack_subsets,
};
use crate::base::Name;

/// Three hours.
const AFFINITY_SECONDS: i32 = 10_800;
const TCP: Name = Name::fixed("TCP");

/// Fills in a service, but for what is allocated.
pub(super) fn default_service(service: &mut Service) {
    let spec = &mut service.spec;
    fill(&mut spec.session_affinity, "None");
    if spec.session_affinity == "None" {
        spec.session_affinity_config = None;
    } else if spec.session_affinity == "ClientIP" {
        let timeout = spec.session_affinity_config.as_ref().and_then(|config| config.client_ip.as_ref()?.timeout_seconds);
        if timeout.is_none() {
            let client_ip = ClientIpConfig { timeout_seconds: Some(AFFINITY_SECONDS), ..ClientIpConfig::default() };
            spec.session_affinity_config =
                Some(SessionAffinityConfig { client_ip: Some(client_ip), ..SessionAffinityConfig::default() });
        }
    }
    fill(&mut spec.kind, "ClusterIP");
    for port in &mut spec.ports {
        fill(&mut port.protocol, "TCP");
        if port.target_port == IntOrString::Int(0) || port.target_port == IntOrString::Text(Name::default()) {
            port.target_port = IntOrString::Int(port.port);
        }
    }
    let outside = spec.kind == "NodePort" || spec.kind == "LoadBalancer" || (spec.kind == "ClusterIP" && !spec.external_ips.is_empty());
    if outside {
        fill(&mut spec.external_traffic_policy, "Cluster");
    }
    if spec.kind != "ExternalName" {
        fill(&mut spec.internal_traffic_policy, "Cluster");
    }
    if spec.kind != "LoadBalancer" {
        return;
    }
    spec.allocate_load_balancer_node_ports.get_or_insert(true);
    for ingress in service.status.load_balancer.ingress.iter_mut().filter(|ingress| !ingress.ip.is_empty()) {
        ingress.ip_mode.get_or_insert(Name::fixed("VIP"));
    }
}

/// Fills in endpoints.
pub(super) fn default_endpoints(endpoints: &mut Endpoints) {
    for port in endpoints.subsets.iter_mut().flat_map(|subset| &mut subset.ports) {
        fill(&mut port.protocol, "TCP");
    }
}

/// Puts what has been accepted into its canonical form.
/// Models Canonicalize of the strategies.
pub fn canonicalize(object: &mut Object) {
    if let Object::Endpoints(endpoints) = object {
        let subsets = repack_subsets(&endpoints.subsets);
        if subsets != endpoints.subsets {
            Rc::make_mut(endpoints).subsets = subsets;
        }
    }
}

/// Fills in a slice.
pub(super) fn default_slice(slice: &mut EndpointSlice) {
    for port in &mut slice.ports {
        port.name.get_or_insert_default();
        port.protocol.get_or_insert(TCP);
    }
}

/// Fills in a class of ingresses.
pub(super) fn default_class(class: &mut IngressClass) {
    if let Some(parameters) = &mut class.spec.parameters {
        parameters.scope.get_or_insert(Name::fixed("Cluster"));
    }
}

/// Fills in a network policy.
pub(super) fn default_policy(policy: &mut NetworkPolicy) {
    let spec = &mut policy.spec;
    let ingress = spec.ingress.iter_mut().flat_map(|rule| &mut rule.ports);
    for port in ingress.chain(spec.egress.iter_mut().flat_map(|rule| &mut rule.ports)) {
        port.protocol.get_or_insert(TCP);
    }
    if spec.policy_types.is_empty() {
        spec.policy_types.push(Name::fixed("Ingress"));
        if !spec.egress.is_empty() {
            spec.policy_types.push(Name::fixed("Egress"));
        }
    }
}
