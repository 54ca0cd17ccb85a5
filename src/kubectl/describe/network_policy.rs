//! Network policies at length. Models describe.go describeNetworkPolicySpec.

use super::lines::Lines;
use crate::api::{NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort};
use crate::base::{Name, SimTime};

/// The words that differ between what comes and what goes.
struct Words {
    isolated: &'static str,
    any: &'static str,
    peer: &'static str,
}

const INGRESS: Words = Words {
    isolated: "<none> (Selected pods are isolated for ingress connectivity)",
    any: "From: <any> (traffic not restricted by source)",
    peer: "From:",
};
const EGRESS: Words = Words {
    isolated: "<none> (Selected pods are isolated for egress connectivity)",
    any: "To: <any> (traffic not restricted by destination)",
    peer: "To:",
};

pub(super) fn describe(policy: &NetworkPolicy, lines: &mut Lines) {
    let (meta, spec) = (&policy.meta, &policy.spec);
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.field(0, "Created on", go_time(meta.creation));
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    lines.line(0, "Spec:");
    let selected = match spec.pod_selector.is_empty() {
        true => "<none> (Allowing the specific traffic to all pods in this namespace)".to_owned(),
        false => spec.pod_selector.to_string(),
    };
    lines.line(1, format!("PodSelector:     {selected}"));
    if policy.limits_ingress() {
        lines.line(1, "Allowing ingress traffic:");
        let rules = spec.ingress.iter().map(|rule| (rule.ports.as_slice(), rule.from.as_slice()));
        rules_of(rules.collect(), &INGRESS, lines);
    } else {
        lines.line(1, "Not affecting ingress traffic");
    }
    if policy.limits_egress() {
        lines.line(1, "Allowing egress traffic:");
        let rules = spec.egress.iter().map(|rule| (rule.ports.as_slice(), rule.to.as_slice()));
        rules_of(rules.collect(), &EGRESS, lines);
    } else {
        lines.line(1, "Not affecting egress traffic");
    }
    let types: Vec<&str> = spec.policy_types.iter().map(Name::as_str).collect();
    lines.line(1, format!("Policy Types: {}", types.join(", ")));
}

/// `2026-11-22 17:28:22 +0000 UTC`, as Go prints a time.
fn go_time(time: SimTime) -> String {
    let text = time.rfc3339();
    format!("{} {} +0000 UTC", &text[..10], &text[11..19])
}

fn rules_of(rules: Vec<(&[NetworkPolicyPort], &[NetworkPolicyPeer])>, words: &Words, lines: &mut Lines) {
    if rules.is_empty() {
        lines.line(2, words.isolated);
    }
    for (at, (ports, peers)) in rules.iter().enumerate() {
        if at > 0 {
            lines.line(2, "----------");
        }
        if ports.is_empty() {
            lines.line(2, "To Port: <any> (traffic allowed to all ports)");
        }
        for port in *ports {
            let number = port.port.as_ref().map(ToString::to_string).unwrap_or_default();
            let protocol = port.protocol.as_deref().unwrap_or("TCP");
            match port.end_port {
                Some(last) => lines.line(2, format!("To Port Range: {number}-{last}/{protocol}")),
                None => lines.line(2, format!("To Port: {number}/{protocol}")),
            }
        }
        if peers.is_empty() {
            lines.line(2, words.any);
        }
        for peer in *peers {
            lines.line(2, words.peer);
            peer_of(peer, lines);
        }
    }
}

fn peer_of(peer: &NetworkPolicyPeer, lines: &mut Lines) {
    if let Some(selector) = &peer.namespace_selector {
        lines.line(3, format!("NamespaceSelector: {selector}"));
    }
    if let Some(selector) = &peer.pod_selector {
        lines.line(3, format!("PodSelector: {selector}"));
    }
    if let Some(block) = peer.ip_block.as_ref().filter(|_| peer.pod_selector.is_none() && peer.namespace_selector.is_none()) {
        lines.line(3, "IPBlock:");
        lines.line(4, format!("CIDR: {}", block.cidr));
        let except: Vec<&str> = block.except.iter().map(Name::as_str).collect();
        lines.line(4, format!("Except: {}", except.join(", ")));
    }
}
