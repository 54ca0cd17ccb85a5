//! Network policies.
//! Models pkg/apis/networking/validation/validation.go ValidateNetworkPolicy.

use super::addresses::{cidr_holds, parse_cidr, validate_cidr};
use super::metadata::{Scope, validate_label_selector, validate_meta, validate_meta_update};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax};
use super::service::PROTOCOLS;
use crate::api::{IntOrString, IpBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort};
use crate::base::Name;

const TYPES: [&str; 2] = ["Egress", "Ingress"];

/// A new policy.
pub fn validate_create(policy: &NetworkPolicy, causes: &mut Causes) {
    validate_meta(&policy.meta, Scope::Namespaced, names::subdomain_rule, causes);
    validate(policy, causes);
}

/// A changed policy.
pub fn validate_update(new: &NetworkPolicy, old: &NetworkPolicy, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate(new, causes);
}

fn validate(policy: &NetworkPolicy, causes: &mut Causes) {
    let (spec, path) = (&policy.spec, FieldPath::new("spec"));
    validate_label_selector(&spec.pod_selector, &path.child("podSelector"), causes);
    for (at, rule) in spec.ingress.iter().enumerate() {
        let path = path.child("ingress").index(at);
        validate_rule(&rule.ports, (&rule.from, "from"), &path, causes);
    }
    for (at, rule) in spec.egress.iter().enumerate() {
        let path = path.child("egress").index(at);
        validate_rule(&rule.ports, (&rule.to, "to"), &path, causes);
    }
    let types = path.child("policyTypes");
    if spec.policy_types.len() > TYPES.len() {
        let list: Vec<&str> = spec.policy_types.iter().map(Name::as_str).collect();
        let value = GoSyntax::strings(list).0.replacen("[]string", "&[]networking.PolicyType", 1);
        causes.invalid(&types, GoSyntax(value), "may not specify more than two policyTypes");
        return;
    }
    for (at, kind) in spec.policy_types.iter().enumerate().filter(|(_, kind)| !TYPES.contains(&kind.as_str())) {
        causes.not_supported(&types.index(at), kind, &TYPES);
    }
}

fn validate_rule(ports: &[NetworkPolicyPort], (peers, key): (&[NetworkPolicyPeer], &str), path: &FieldPath, causes: &mut Causes) {
    for (at, port) in ports.iter().enumerate() {
        validate_port(port, &path.child("ports").index(at), causes);
    }
    for (at, peer) in peers.iter().enumerate() {
        validate_peer(peer, &path.child(key).index(at), causes);
    }
}

fn validate_port(port: &NetworkPolicyPort, path: &FieldPath, causes: &mut Causes) {
    if let Some(protocol) = port.protocol.as_ref().filter(|protocol| !PROTOCOLS.contains(&protocol.as_str())) {
        causes.not_supported(&path.child("protocol"), protocol, &PROTOCOLS);
    }
    let (place, end) = (path.child("port"), path.child("endPort"));
    match (&port.port, port.end_port) {
        (None, Some(last)) => causes.invalid(&end, last, "may not be specified when `port` is not specified"),
        (Some(IntOrString::Text(name)), last) => {
            if let Some(last) = last {
                causes.invalid(&end, last, "may not be specified when `port` is non-numeric");
            }
            causes.invalid_each(&place, name, names::port_name(name));
        }
        (Some(IntOrString::Int(first)), last) => {
            for message in names::port_number(i64::from(*first)) {
                causes.invalid(&place, *first, message);
            }
            let Some(last) = last else { return };
            if last < *first {
                causes.invalid(&end, *first, "must be greater than or equal to `port`");
            }
            for message in names::port_number(i64::from(last)) {
                causes.invalid(&end, last, message);
            }
        }
        (None, None) => {}
    }
}

fn validate_peer(peer: &NetworkPolicyPeer, path: &FieldPath, causes: &mut Causes) {
    let selectors = [("podSelector", &peer.pod_selector), ("namespaceSelector", &peer.namespace_selector)];
    let mut selecting = false;
    for (key, selector) in selectors {
        if let Some(selector) = selector {
            selecting = true;
            validate_label_selector(selector, &path.child(key), causes);
        }
    }
    if let Some(block) = &peer.ip_block {
        validate_block(block, &path.child("ipBlock"), causes);
        if selecting {
            causes.forbidden(path, "may not specify both ipBlock and another peer");
        }
    } else if !selecting {
        causes.required(path, "must specify a peer");
    }
}

fn validate_block(block: &IpBlock, path: &FieldPath, causes: &mut Causes) {
    if block.cidr.is_empty() {
        causes.required(&path.child("cidr"), "");
        return;
    }
    validate_cidr(&block.cidr, &path.child("cidr"), causes);
    let Some(range) = parse_cidr(&block.cidr) else { return };
    for (at, except) in block.except.iter().enumerate() {
        let path = path.child("except").index(at);
        validate_cidr(except, &path, causes);
        let Some((address, length)) = parse_cidr(except) else { continue };
        if !cidr_holds(range, address) || range.1 >= length {
            causes.invalid(&path, except, "must be a strict subset of `cidr`");
        }
    }
}
