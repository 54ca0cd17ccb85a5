//! Nodes.
//! Models pkg/apis/core/validation/validation.go ValidateNode, ValidateNodeUpdate.
//! Left out: kubelet configuration sources, dual stack.

use super::metadata::{Scope, validate_label_name, validate_meta, validate_meta_update};
use super::path::{Causes, FieldPath, GoSyntax, quote};
use super::resources::validate_quantities;
use super::{names, scheduling};
use crate::api::{Node, Taint};
use crate::base::SmallSet;

/// A new node.
pub fn validate_create(node: &Node, causes: &mut Causes) {
    validate_meta(&node.meta, Scope::Cluster, names::subdomain_rule, causes);
    validate_taints(&node.spec.taints, causes);
    validate_amounts(node, causes);
    let path = FieldPath::new("spec").child("podCIDRs");
    for (index, range) in node.spec.pod_cidrs.iter().enumerate() {
        if !is_cidr(range) {
            let detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
            causes.invalid(&path.index(index), range, detail);
        }
    }
}

/// A changed node.
pub fn validate_update(new: &Node, old: &Node, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate_amounts(new, causes);
    let spec = FieldPath::new("spec");
    if !old.spec.pod_cidrs.is_empty() && old.spec.pod_cidrs != new.spec.pod_cidrs {
        let detail = "node updates may not change podCIDR except from \"\" to valid";
        causes.forbidden(&spec.child("podCIDRs"), detail);
    }
    let provider = |node: &Node| node.spec.rest.get("providerID").cloned();
    if provider(old).is_some() && provider(old) != provider(new) {
        let detail = "node updates may not change providerID except from \"\" to valid";
        causes.forbidden(&spec.child("providerID"), detail);
    }
    validate_taints(&new.spec.taints, causes);
}

fn validate_amounts(node: &Node, causes: &mut Causes) {
    let status = FieldPath::new("status");
    validate_quantities(&node.status.capacity, &status.child("capacity"), causes);
    validate_quantities(&node.status.allocatable, &status.child("allocatable"), causes);
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

/// Reported under `metadata`, as Kubernetes does.
fn validate_taints(taints: &[Taint], causes: &mut Causes) {
    let list = FieldPath::new("metadata").child("taints");
    let mut seen = SmallSet::new();
    for (index, taint) in taints.iter().enumerate() {
        let path = list.index(index);
        validate_label_name(&taint.key, &path.child("key"), causes);
        let messages = names::label_value(&taint.value);
        if !messages.is_empty() {
            causes.invalid(&path.child("value"), &taint.value, messages.join(";"));
        }
        let effect = scheduling::effect_text(taint.effect, &taint.rest);
        if effect.is_empty() {
            causes.required(&path.child("effect"), "");
        } else {
            scheduling::validate_effect(effect, &path.child("effect"), causes);
        }
        if !seen.insert((&taint.key, effect.to_owned())) {
            let (key, value) = (quote(&taint.key), quote(&taint.value));
            let value = format!(
                "core.Taint{{Key:{key}, Value:{value}, Effect:{}, TimeAdded:<nil>}}", quote(effect)
            );
            causes.duplicate_because(&path, GoSyntax(value), "taints must be unique by key and effect pair");
        }
    }
}
