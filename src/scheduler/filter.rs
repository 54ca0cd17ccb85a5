//! Which nodes a pod may go to, and the words for why not.
//! Models pkg/scheduler/framework/plugins: nodeunschedulable, nodename, tainttoleration, nodeaffinity, nodeports,
//! noderesources/fit, volumebinding, podtopologyspread, interpodaffinity, in this order.

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
    pub(super) fn fits() -> Verdict {
        Verdict { reasons: Vec::new(), unresolvable: false }
    }

    pub(super) fn never(reason: impl Into<Name>) -> Verdict {
        Verdict { reasons: vec![reason.into()], unresolvable: true }
    }

    /// A node that does not fit as long as the pods on it stay.
    pub(super) fn now(reason: Name) -> Verdict {
        Verdict { reasons: vec![reason], unresolvable: false }
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
        return Verdict::now(Name::fixed("node(s) didn't have free ports for the requested pod ports"));
    }
    let verdict = fits_resources(info, wish);
    if !verdict.is_fit() || wish.affinity.is_none() && wish.spread.is_none() && wish.volumes.is_none() {
        return verdict;
    }
    if let Some(verdict) = wish.volumes.as_ref().map(|rules| rules.verdict(&info.node)).filter(|verdict| !verdict.is_fit()) {
        return verdict;
    }
    let spread = wish.spread.as_ref().map(|rules| rules.verdict(&info.node)).filter(|verdict| !verdict.is_fit());
    spread.or_else(|| wish.affinity.as_ref().map(|rules| rules.verdict(&info.node))).unwrap_or_else(Verdict::fits)
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
    let (mut wanted, mut pods) = (wish.requested, 1);
    for (_, kept) in wish.kept.iter().filter(|(node, _)| *node == info.node.meta.name) {
        let own = wish.requested;
        wanted.cpu += if own.cpu > 0 { kept.cpu } else { 0 };
        wanted.memory += if own.memory > 0 { kept.memory } else { 0 };
        pods += 1;
    }
    let mut verdict = Verdict::fits();
    if info.pods + pods > info.max_pods {
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
    for (name, wanted) in &wish.others {
        let allocatable = info.node.status.allocatable.get(name).map_or(0, crate::api::Quantity::whole);
        if *wanted > allocatable - info.others.get(name).copied().unwrap_or_default() {
            verdict.reasons.push(format!("Insufficient {name}").into());
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
