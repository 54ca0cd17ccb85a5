//! A node at length. Models describe.go describeNode and describeNodeResource.

use super::lines::Lines;
use super::{Lease, Scene, events, time};
use crate::api::{Kind, Node, ObjectKey, Pod, PodSpec, Quantity};
use crate::base::{Name, SmallMap, sort_by_key};
use crate::kubectl::print::node_roles;

pub(super) fn describe(node: &Node, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &node.meta.name);
    lines.field(0, "Roles", node_roles(&node.meta.labels));
    lines.labels("Labels", node.meta.labels.iter());
    lines.annotations("Annotations", &node.meta.annotations);
    lines.field(0, "CreationTimestamp", time(node.meta.creation));
    taints(node, lines);
    lines.field(0, "Unschedulable", node.spec.unschedulable.to_string());
    lease(node, scene, lines);
    conditions(node, lines);
    if !node.status.addresses.is_empty() {
        lines.line(0, "Addresses:");
        node.status.addresses.iter().for_each(|address| lines.field(1, &address.kind, &address.address));
    }
    quantities("Capacity", &node.status.capacity, lines);
    quantities("Allocatable", &node.status.allocatable, lines);
    system_info(node, lines);
    let pods: Vec<&Pod> = scene.context.view.pods_on(&node.meta.name).map(|pod| pod.as_ref()).collect();
    let pods: Vec<&Pod> = pods.into_iter().filter(|pod| !pod.status.phase.is_terminal()).collect();
    resources(node, &pods, scene, lines);
    let key = ObjectKey::new(Kind::Node, Name::default(), node.meta.name.clone());
    events::about(&key, node.meta.uid, scene, lines);
}

/// Models printNodeTaintsMultiline: by the text of the taint.
fn taints(node: &Node, lines: &mut Lines) {
    let mut sorted: Vec<_> = node.spec.taints.iter().collect();
    sort_by_key(&mut sorted, |taint| (taint.effect.as_str(), taint.key.clone(), taint.value.clone()));
    let text = |taint: &crate::api::Taint| match taint.value.as_str() {
        "" => format!("{}:{}", taint.key, taint.effect.as_str()),
        value => format!("{}={value}:{}", taint.key, taint.effect.as_str()),
    };
    lines.column("Taints", sorted.into_iter().map(text).collect());
}

fn lease(node: &Node, scene: &Scene<'_>, lines: &mut Lines) {
    let renewed = match scene.lease {
        Lease::Renewed(moment) => Some(moment),
        Lease::Unseen => node.condition("Ready").and_then(|ready| ready.heartbeat),
    };
    // A node that no kubelet ever spoke for has none.
    let never = node.condition("Ready").is_none_or(|ready| ready.reason == "NodeStatusNeverUpdated");
    let Some(renewed) = renewed.filter(|_| !never) else {
        lines.field(0, "Lease", format!("Failed to get lease: leases.coordination.k8s.io \"{}\" not found", node.meta.name));
        return;
    };
    lines.line(0, "Lease:");
    lines.field(1, "HolderIdentity", &node.meta.name);
    lines.field(1, "AcquireTime", "<unset>");
    lines.field(1, "RenewTime", time(renewed));
}

fn conditions(node: &Node, lines: &mut Lines) {
    if node.status.conditions.is_empty() {
        return;
    }
    lines.line(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    lines.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for condition in &node.status.conditions {
        let heartbeat = time(condition.heartbeat.unwrap_or_default());
        let (transition, reason, message) = (time(condition.transition), &condition.reason, &condition.message);
        let status = condition.status.as_str();
        lines.line(1, format!("{} \t{status} \t{heartbeat} \t{transition} \t{reason} \t{message}", condition.kind));
    }
}

fn quantities(title: &str, quantities: &SmallMap<Name, Quantity>, lines: &mut Lines) {
    if quantities.is_empty() {
        return;
    }
    lines.line(0, format!("{title}:"));
    quantities.iter().for_each(|(name, quantity)| lines.field(1, name, quantity.to_string()));
}

fn system_info(node: &Node, lines: &mut Lines) {
    let titles = [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
        ("Kube-Proxy Version", "kubeProxyVersion"),
    ];
    lines.line(0, "System Info:");
    for (title, key) in titles {
        lines.field(1, title, node.status.node_info.get(key).map(Name::as_str).unwrap_or_default());
    }
    if !node.spec.pod_cidr.is_empty() {
        lines.field(0, "PodCIDR", &node.spec.pod_cidr);
        let all: Vec<&str> = node.spec.pod_cidrs.iter().map(Name::as_str).collect();
        lines.field(0, "PodCIDRs", all.join(","));
    }
    if let Some(provider) = node.spec.rest.get("providerID").and_then(serde_json::Value::as_str) {
        lines.field(0, "ProviderID", provider);
    }
}

/// `100m (5%)`
fn share(quantity: &Quantity, allocatable: Option<&Quantity>) -> String {
    let whole = allocatable.map_or(0, Quantity::milli);
    let percent = if whole == 0 { 0 } else { i128::from(quantity.milli()) * 100 / i128::from(whole) };
    format!("{quantity} ({percent}%)")
}

fn resources(node: &Node, pods: &[&Pod], scene: &Scene<'_>, lines: &mut Lines) {
    let allocatable = |name: &str| node.status.allocatable.get(name).or_else(|| node.status.capacity.get(name));
    lines.field(0, "Non-terminated Pods", format!("({} in total)", pods.len()));
    lines.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
    lines.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
    for pod in pods {
        let cells: Vec<String> = ["cpu", "memory"]
            .into_iter()
            .flat_map(|name| [pod.spec.requested(name), pod.spec.limit(name)].map(|amount| share(&amount, allocatable(name))))
            .collect();
        let age = scene.context.age(pod.meta.creation);
        lines.line(1, format!("{}\t{}\t\t{}\t{age}", pod.meta.namespace, pod.meta.name, cells.join("\t")));
    }
    lines.line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)");
    lines.line(1, "Resource\tRequests\tLimits");
    lines.line(1, "--------\t--------\t------");
    let huge = node.status.allocatable.keys().map(Name::as_str).filter(|name| name.starts_with("hugepages-"));
    for name in ["cpu", "memory", "ephemeral-storage"].into_iter().chain(huge) {
        let sum = |of: fn(&PodSpec, &str) -> Quantity| pods.iter().fold(Quantity::default(), |sum, pod| sum.plus(&of(&pod.spec, name)));
        let (requested, limited) = (sum(PodSpec::requested), sum(PodSpec::limit));
        let (requested, limited) = (share(&requested, allocatable(name)), share(&limited, allocatable(name)));
        lines.line(1, format!("{name}\t{requested}\t{limited}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_what_the_node_offers() {
        let read = |text| Quantity::parse(text).unwrap_or_default();
        assert_eq!(share(&read("100m"), Some(&read("2"))), "100m (5%)");
        assert_eq!(share(&read("1536Mi"), None), "1536Mi (0%)");
        assert_eq!(share(&Quantity::default(), Some(&read("2"))), "0 (0%)");
    }
}
