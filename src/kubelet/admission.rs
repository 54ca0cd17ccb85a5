//! What the kubelet refuses to run of pods that name their node themselves, past the scheduler.
//! Models pkg/kubelet/lifecycle/predicate.go Admit and pkg/kubelet/kubelet.go rejectPod. Left out: making room for critical pods, and pods of
//! controllers that would make them anew without end.

use std::rc::Rc;

use crate::api::{Node, Pod, PodConditionKind, PodPhase, PodStatus, Quantity, TaintEffect};
use crate::base::{Name, SimTime};
use crate::store::View;

/// Why a pod is refused: a word and a sentence.
pub(super) type Refusal = (&'static str, String);

/// Why a pod that is new to a node may not run there; None if it may, or if the scheduler has seen to that.
pub(super) fn refusal(view: View<'_>, pod: &Pod, node: &Name) -> Option<Refusal> {
    let chosen = pod.status.condition(PodConditionKind::PodScheduled).is_some() || pod.status.start_time.is_some();
    let made_anew = pod.meta.controller().is_some_and(|owner| owner.kind != "Job");
    if chosen || made_anew {
        return None;
    }
    let node = view.node(node)?;
    let others: Vec<&Rc<Pod>> = view.pods_on(&node.meta.name).filter(|other| other.meta.uid != pod.meta.uid && !other.status.phase.is_terminal()).collect();
    lacks(pod, node, &others).or_else(|| misfit(pod, node, &others))
}

/// Models the insufficient resources of noderesources.Fits, in their order and units.
fn lacks(pod: &Pod, node: &Node, others: &[&Rc<Pod>]) -> Option<Refusal> {
    let allocatable = |name: &str| node.status.allocatable.iter().find(|(known, _)| *known == name).map(|(_, amount)| amount);
    let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
    let room = allocatable("pods").map_or(i64::MAX, Quantity::whole);
    let tell = |reason: &'static str, wanted: i64, used: i64, capacity: i64| {
        let name = &reason["OutOf".len()..];
        (reason, format!("Node didn't have enough resource: {name}, requested: {wanted}, used: {used}, capacity: {capacity}"))
    };
    if count + 1 > room {
        return Some(tell("OutOfpods", 1, count, room));
    }
    let units: [(&'static str, fn(&Quantity) -> i64); 3] =
        [("OutOfcpu", Quantity::milli), ("OutOfmemory", Quantity::whole), ("OutOfephemeral-storage", Quantity::whole)];
    units.into_iter().find_map(|(reason, unit)| {
        let name = &reason["OutOf".len()..];
        let wanted = unit(&pod.spec.requested(name));
        let used = others.iter().map(|other| unit(&other.spec.requested(name))).fold(0, i64::saturating_add);
        let capacity = allocatable(name).map_or(0, unit);
        (wanted > 0 && wanted > capacity.saturating_sub(used)).then(|| tell(reason, wanted, used, capacity))
    })
}

/// The predicates that a node and its pods have to meet beside resources, the first that is not met.
fn misfit(pod: &Pod, node: &Node, others: &[&Rc<Pod>]) -> Option<Refusal> {
    let ports = |pod: &Pod| -> Vec<(i32, Name)> {
        let all = pod.spec.containers.iter().flat_map(|container| &container.ports);
        all.filter(|port| port.host_port != 0).map(|port| (port.host_port, port.protocol.clone())).collect()
    };
    let own = ports(pod);
    let taken = || others.iter().any(|other| ports(other).iter().any(|port| own.contains(port)));
    let repels = || node.spec.taints.iter().any(|taint| taint.effect == TaintEffect::NoExecute && !pod.spec.tolerates(taint));
    let (name, why) = match () {
        () if !pod.spec.selects(node) => ("NodeAffinity", "node(s) didn't match Pod's node affinity/selector"),
        () if !own.is_empty() && taken() => ("NodePorts", "node(s) didn't have free ports for the requested pod ports"),
        () if repels() => ("TaintToleration", "node(s) had taints that the pod didn't tolerate"),
        () => return None,
    };
    Some((name, format!("Predicate {name} failed: {why}")))
}

/// The status of a pod that was refused.
pub(super) fn rejected((reason, why): &Refusal, now: SimTime) -> PodStatus {
    let detail = Some(Rc::new((Name::fixed(reason), Name::from(format!("Pod was rejected: {why}")))));
    PodStatus { phase: PodPhase::Failed, detail, start_time: Some(now), ..PodStatus::default() }
}
