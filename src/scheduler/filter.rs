//! Which nodes a pod may go to, and the words for why not.
//! Models pkg/scheduler/framework/plugins: nodeunschedulable, nodename, tainttoleration, nodeaffinity, nodeports,
//! noderesources/fit.

use std::rc::Rc;

use super::NodeInfo;
use super::Wish;
use crate::api::{Node, Pod, Taint, TaintEffect};
use crate::base::Name;

/// What the filters say of a node: nothing against it, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Reasons; empty if the node fits.
    pub reasons: Vec<Name>,
    /// Whether evicting other pods could never help.
    pub unresolvable: bool,
}

impl Verdict {
    fn fits() -> Verdict {
        Verdict { reasons: Vec::new(), unresolvable: false }
    }

    fn never(reason: impl Into<Name>) -> Verdict {
        Verdict { reasons: vec![reason.into()], unresolvable: true }
    }

    /// A node that was not looked at, for the pod asks for others by their names.
    pub(super) fn elsewhere() -> Verdict {
        Verdict::never(Name::fixed("node(s) didn't satisfy plugin(s) [NodeAffinity]"))
    }

    /// Whether the node fits.
    pub fn is_fit(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// The verdict on one node: the first filter that objects speaks.
pub fn filter(info: &NodeInfo, wish: &Wish<'_>) -> Verdict {
    if !info.is_open || wish.is_choosy {
        let verdict = filter_by_node(&info.node, wish.pod);
        if !verdict.is_fit() {
            return verdict;
        }
    }
    if wish.host_ports.iter().any(|port| info.host_ports.contains(port)) {
        let reasons = vec![Name::fixed("node(s) didn't have free ports for the requested pod ports")];
        return Verdict { reasons, unresolvable: false };
    }
    fits_resources(info, wish)
}

fn filter_by_node(node: &Rc<Node>, pod: &Pod) -> Verdict {
    if node.spec.unschedulable && !pod.spec.tolerates(&unschedulable_taint()) {
        return Verdict::never(Name::fixed("node(s) were unschedulable"));
    }
    if !pod.spec.node_name.is_empty() && pod.spec.node_name != *node.meta.name {
        return Verdict::never(Name::fixed("node(s) didn't match the requested node name"));
    }
    if let Some(taint) = node.spec.taints.iter().find(|taint| repels(taint) && !pod.spec.tolerates(taint)) {
        return Verdict::never(format!("node(s) had untolerated taint {{{}: {}}}", taint.key, taint.value));
    }
    if !pod.spec.selects(node) {
        return Verdict::never(Name::fixed("node(s) didn't match Pod's node affinity/selector"));
    }
    Verdict::fits()
}

/// Models noderesources/fit.go fitsRequest.
fn fits_resources(info: &NodeInfo, wish: &Wish<'_>) -> Verdict {
    let wanted = wish.requested;
    let mut verdict = Verdict::fits();
    if info.pods + 1 > info.max_pods {
        verdict.reasons.push(Name::fixed("Too many pods"));
    }
    let checks = [
        ("Insufficient cpu", wanted.cpu, info.allocatable.cpu, info.requested.cpu),
        ("Insufficient memory", wanted.memory, info.allocatable.memory, info.requested.memory),
    ];
    for (reason, wanted, allocatable, taken) in checks {
        if wanted > 0 && wanted > allocatable - taken {
            verdict.reasons.push(Name::fixed(reason));
        }
    }
    verdict
}

fn repels(taint: &Taint) -> bool {
    matches!(taint.effect, TaintEffect::NoSchedule | TaintEffect::NoExecute)
}

fn unschedulable_taint() -> Taint {
    Taint { key: Name::fixed("node.kubernetes.io/unschedulable"), effect: TaintEffect::NoSchedule, ..Taint::default() }
}
