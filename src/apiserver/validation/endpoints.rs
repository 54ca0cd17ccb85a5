//! Endpoints and slices.
//! Models pkg/apis/core/validation/validation.go ValidateEndpoints and pkg/apis/discovery/validation.
//! Left out: hints, limits beyond those of endpoints.

use super::addresses::{validate_ip, validate_ordinary_ip};
use super::container::one_of;
use super::metadata::{Scope, validate_meta, validate_meta_update};
use super::names::{self, NameUse};
use super::path::{Causes, FieldPath, IMMUTABLE};
use super::service::PROTOCOLS;
use crate::api::{Endpoint, EndpointAddress, EndpointPort, EndpointSlice, EndpointSlicePort, EndpointSubset, Endpoints};
use crate::base::SmallSet;

const ADDRESS_TYPES: [&str; 3] = ["FQDN", "IPv4", "IPv6"];
const MAX_ENDPOINTS: usize = 1000;
const MAX_ADDRESSES: usize = 100;

/// New endpoints.
pub fn validate_create(endpoints: &Endpoints, causes: &mut Causes) {
    validate_meta(&endpoints.meta, Scope::Namespaced, names::subdomain_rule, causes);
    validate_subsets(&endpoints.subsets, causes);
}

/// Changed endpoints.
pub fn validate_update(new: &Endpoints, old: &Endpoints, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate_subsets(&new.subsets, causes);
}

fn validate_subsets(subsets: &[EndpointSubset], causes: &mut Causes) {
    for (at, subset) in subsets.iter().enumerate() {
        let path = FieldPath::new("subsets").index(at);
        if subset.addresses.is_empty() && subset.not_ready_addresses.is_empty() {
            causes.required(&path, "must specify `addresses` or `notReadyAddresses`");
        }
        for (key, list) in [("addresses", &subset.addresses), ("notReadyAddresses", &subset.not_ready_addresses)] {
            for (at, address) in list.iter().enumerate() {
                validate_address(address, &path.child(key).index(at), causes);
            }
        }
        for (at, port) in subset.ports.iter().enumerate() {
            validate_port(port, subset.ports.len() > 1, &path.child("ports").index(at), causes);
        }
    }
}

fn validate_address(address: &EndpointAddress, path: &FieldPath, causes: &mut Causes) {
    validate_ip(&address.ip, &path.child("ip"), causes);
    if !address.hostname.is_empty() {
        causes.invalid_each(&path.child("hostname"), &address.hostname, names::dns1123_label(&address.hostname));
    }
    if let Some(node) = &address.node_name {
        causes.invalid_each(&path.child("nodeName"), node, names::subdomain_rule(node, NameUse::Whole));
    }
    validate_ordinary_ip(&address.ip, &path.child("ip"), causes);
}

fn validate_port(port: &EndpointPort, named: bool, path: &FieldPath, causes: &mut Causes) {
    match port.name.as_str() {
        "" if named => causes.required(&path.child("name"), ""),
        "" => {}
        name => causes.invalid_each(&path.child("name"), name, names::dns1123_label(name)),
    }
    for message in names::port_number(i64::from(port.port)) {
        causes.invalid(&path.child("port"), port.port, message);
    }
    one_of(&port.protocol, &PROTOCOLS, &path.child("protocol"), causes);
    if let Some(protocol) = &port.app_protocol {
        causes.invalid_each(&path.child("appProtocol"), protocol, names::qualified_name(protocol));
    }
}

/// A new slice.
pub fn validate_slice_create(slice: &EndpointSlice, causes: &mut Causes) {
    validate_meta(&slice.meta, Scope::Namespaced, names::subdomain_rule, causes);
    validate_slice(slice, causes);
}

/// A changed slice.
pub fn validate_slice_update(new: &EndpointSlice, old: &EndpointSlice, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate_slice(new, causes);
    if new.address_type != old.address_type {
        causes.invalid(&FieldPath::new("addressType"), &new.address_type, IMMUTABLE);
    }
}

fn validate_slice(slice: &EndpointSlice, causes: &mut Causes) {
    one_of(&slice.address_type, &ADDRESS_TYPES, &FieldPath::new("addressType"), causes);
    let path = FieldPath::new("endpoints");
    if slice.endpoints.len() > MAX_ENDPOINTS {
        causes.too_many(&path, slice.endpoints.len(), MAX_ENDPOINTS);
    } else {
        for (at, endpoint) in slice.endpoints.iter().enumerate() {
            validate_endpoint(endpoint, &slice.address_type, &path.index(at), causes);
        }
    }
    let mut seen = SmallSet::new();
    for (at, port) in slice.ports.iter().enumerate() {
        let path = FieldPath::new("ports").index(at);
        let name = port.name.clone().unwrap_or_default();
        if !name.is_empty() {
            causes.invalid_each(&path.child("name"), &name, names::dns1123_label(&name));
        }
        if !seen.insert(name.clone()) {
            causes.duplicate(&path.child("name"), &name);
        }
        validate_slice_port(port, &path, causes);
    }
}

fn validate_slice_port(port: &EndpointSlicePort, path: &FieldPath, causes: &mut Causes) {
    one_of(port.protocol.as_deref().unwrap_or_default(), &PROTOCOLS, &path.child("protocol"), causes);
    if let Some(protocol) = &port.app_protocol {
        causes.invalid_each(&path.child("appProtocol"), protocol, names::qualified_name(protocol));
    }
}

fn validate_endpoint(endpoint: &Endpoint, address_type: &str, path: &FieldPath, causes: &mut Causes) {
    let list = path.child("addresses");
    match endpoint.addresses.len() {
        0 => causes.required(&list, "must contain at least 1 address"),
        count if count > MAX_ADDRESSES => causes.too_many(&list, count, MAX_ADDRESSES),
        _ => {}
    }
    for (at, address) in endpoint.addresses.iter().enumerate() {
        let path = list.index(at);
        match address_type {
            "IPv4" if address.parse::<std::net::Ipv4Addr>().is_err() => causes.invalid(&path, address, "must be a valid IPv4 address"),
            "IPv6" if address.parse::<std::net::Ipv6Addr>().is_err() => causes.invalid(&path, address, "must be a valid IPv6 address"),
            "FQDN" => causes.invalid_each(&path, address, names::dns1123_subdomain(address)),
            _ => {}
        }
        if address_type == "IPv4" || address_type == "IPv6" {
            validate_ordinary_ip(address, &path, causes);
        }
    }
    if let Some(node) = &endpoint.node_name {
        causes.invalid_each(&path.child("nodeName"), node, names::subdomain_rule(node, NameUse::Whole));
    }
    if let Some(hostname) = &endpoint.hostname {
        causes.invalid_each(&path.child("hostname"), hostname, names::dns1123_label(hostname));
    }
}
