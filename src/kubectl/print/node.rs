//! Nodes in `kubectl get`. Models pkg/printers/internalversion/printers.go printNode.

use super::or_none;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::{Labels, Node, Object, Truth};
use crate::base::SmallSet;
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("STATUS", Always),
        ("ROLES", Always),
        ("AGE", Always),
        ("VERSION", Always),
        ("INTERNAL-IP", Wide),
        ("EXTERNAL-IP", Wide),
        ("OS-IMAGE", Wide),
        ("KERNEL-VERSION", Wide),
        ("CONTAINER-RUNTIME", Wide),
    ],
    cells,
    fields: &[("spec.unschedulable", "false")],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Node(node)) = item else { unreachable!("BUG: a node's row of something else") };
    let address = |kind: &str| {
        let found = node.status.addresses.iter().find(|address| address.kind == *kind);
        found.map_or_else(|| "<none>".to_owned(), |address| address.address.to_string())
    };
    let info = |key: &str, absent: &str| match node.status.node_info.get(key).filter(|text| !text.is_empty()) {
        Some(text) => text.to_string(),
        None => absent.to_owned(),
    };
    vec![
        node.meta.name.to_string(),
        status(node),
        roles(&node.meta.labels),
        context.age(node.meta.creation),
        info("kubeletVersion", ""),
        address("InternalIP"),
        address("ExternalIP"),
        info("osImage", "<unknown>"),
        info("kernelVersion", "<unknown>"),
        info("containerRuntimeVersion", "<unknown>"),
    ]
}

fn status(node: &Node) -> String {
    let ready = match node.condition("Ready") {
        Some(condition) if condition.status == Truth::True => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    if node.spec.unschedulable { format!("{ready},SchedulingDisabled") } else { ready.to_owned() }
}

/// Its roles, from the labels that name them: `control-plane`, `<none>`.
/// Models findNodeRoles.
pub(in crate::kubectl) fn roles(labels: &Labels) -> String {
    let role = |(key, value): (&crate::base::Name, &crate::base::Name)| match key.strip_prefix("node-role.kubernetes.io/") {
        Some(role) => Some(role.to_owned()),
        None => (*key == "kubernetes.io/role").then(|| value.to_string()),
    };
    let roles: SmallSet<String> = labels.iter().filter_map(role).filter(|role| !role.is_empty()).collect();
    or_none(&roles.into_iter().collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Condition;

    #[test]
    fn the_status_of_a_node() {
        let table = [
            (Some(Truth::True), false, "Ready"),
            (Some(Truth::True), true, "Ready,SchedulingDisabled"),
            (Some(Truth::False), false, "NotReady"),
            (Some(Truth::Unknown), false, "NotReady"),
            (Some(Truth::False), true, "NotReady,SchedulingDisabled"),
            (None, false, "Unknown"),
            (None, true, "Unknown,SchedulingDisabled"),
        ];
        for (ready, unschedulable, expected) in table {
            let mut node = Node::default();
            node.spec.unschedulable = unschedulable;
            node.status.conditions.extend(ready.map(|status| Condition { kind: "Ready".into(), status, ..Condition::default() }));
            assert_eq!(status(&node), expected);
        }
    }

    #[test]
    fn the_roles_of_a_node() {
        let labels = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect::<Labels>();
        let prefix = "node-role.kubernetes.io";
        let many = [
            (&*format!("{prefix}/master"), ""),
            (&*format!("{prefix}/control-plane"), ""),
            (&*format!("{prefix}/proxy"), ""),
            ("kubernetes.io/role", "node"),
        ];
        let table = [(labels(&many), "control-plane,master,node,proxy"), (labels(&[("a", "b")]), "<none>"), (labels(&[("kubernetes.io/role", "node")]), "node")];
        for (labels, expected) in table {
            assert_eq!(roles(&labels), expected);
        }
    }
}
