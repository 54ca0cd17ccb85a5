//! Pods bound to a node that is gone, and pods that are being deleted where no kubelet will finish that: on a node that is out of
//! service, or on none; and the oldest of very many pods that have ended.
//! Models pkg/controller/podgc/gc_controller.go gcTerminated, gcOrphaned, gcTerminating and gcUnscheduledTerminating.

use std::rc::Rc;

use crate::api::{Kind, Node, Object, ObjectKey, Pod, PodConditionKind, PodPhase, Truth};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime, sort_by_key};
use crate::store::View;

/// gcCheckPeriod
const PERIOD: u64 = 20_000_000;
/// quarantineTime: a node is given this long to come back.
const QUARANTINE: SimDuration = SimDuration::from_seconds(40);

/// TerminatedPodGCThreshold
const MOST_TERMINATED: usize = 12_500;

/// Whoever sets it says that the machine is off for good: nobody else will finish deletions there.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// Whether nobody will finish the deletion of pods on a node.
pub(super) fn is_out_of_service(node: &Node) -> bool {
    !node.is_ready() && node.spec.taints.iter().any(|taint| taint.key == OUT_OF_SERVICE)
}

/// Whether a pod is being deleted that never came to a node; a finalizer holds it.
pub(super) fn is_unscheduled(pod: &Pod) -> bool {
    pod.meta.is_deleting() && pod.node_name.is_empty() && !pod.status.phase.is_terminal()
}

/// Whether there can be too many pods that have ended.
pub(super) fn are_many(view: View<'_>) -> bool {
    view.len() > MOST_TERMINATED
}

/// The key under which those that have ended are looked at.
pub(super) fn of_terminated() -> ObjectKey {
    ObjectKey::new(Kind::Pod, Name::default(), Name::default())
}

/// Deletes the oldest of the pods that have ended, those that were evicted first, until there are not too many.
fn collect_terminated(view: View<'_>, now: SimTime, outcome: &mut Outcome) {
    if !now.micros().is_multiple_of(PERIOD) {
        outcome.requeue = Some(to_tick(now));
        return;
    }
    let mut ended: Vec<&Rc<Pod>> = view.pods(&Name::default()).filter(|pod| pod.status.phase.is_terminal() && !pod.meta.is_deleting()).collect();
    let excess = ended.len().saturating_sub(MOST_TERMINATED);
    let evicted = |pod: &Pod| pod.status.phase == PodPhase::Failed && pod.status.detail.as_ref().is_some_and(|detail| detail.0 == "Evicted");
    sort_by_key(&mut ended, |pod| (!evicted(pod), pod.meta.creation, pod.meta.name.clone()));
    ended.into_iter().take(excess).for_each(|pod| collect(pod, None, now, outcome));
}

/// Key: a node, a pod that is on none, or all that have ended.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    if *key == of_terminated() {
        collect_terminated(view, now, &mut outcome);
        return outcome;
    }
    if key.kind == Kind::Pod {
        match view.pod(&key.namespace, &key.name).filter(|pod| is_unscheduled(pod)) {
            Some(pod) if now.micros().is_multiple_of(PERIOD) => collect(pod, None, now, &mut outcome),
            Some(_) => outcome.requeue = Some(to_tick(now)),
            None => {}
        }
        return outcome;
    }
    if let Some(node) = view.node(&key.name) {
        if is_out_of_service(node) {
            finish_deletions(view, &key.name, now, &mut outcome);
        }
        return outcome;
    }
    if view.count_on(&key.name) == 0 {
        return outcome;
    }
    // Woken off the tick when the node went: the quarantine begins at the next tick, and its end is a tick too.
    if !now.micros().is_multiple_of(PERIOD) {
        outcome.requeue = Some(to_tick(now) + QUARANTINE);
        return outcome;
    }
    let gone = Rc::new((Name::fixed("DeletionByPodGC"), Name::fixed("PodGC: node no longer exists")));
    for pod in view.pods_on(&key.name) {
        collect(pod, Some(&gone), now, &mut outcome);
    }
    outcome
}

/// At each tick, as long as the node is out of service.
fn finish_deletions(view: View<'_>, node: &Name, now: SimTime, outcome: &mut Outcome) {
    if now.micros().is_multiple_of(PERIOD) {
        for pod in view.pods_on(node).filter(|pod| pod.meta.is_deleting()) {
            collect(pod, None, now, outcome);
        }
    }
    outcome.requeue = Some(to_tick(now));
}

/// How long until it looks again.
fn to_tick(now: SimTime) -> SimDuration {
    SimDuration::from_micros(PERIOD - now.micros() % PERIOD)
}

/// Fails a pod, with the reason of the disruption if there is one to tell, and deletes it at once.
fn collect(pod: &Rc<Pod>, reason: Option<&Rc<(Name, Name)>>, now: SimTime, outcome: &mut Outcome) {
    if !pod.status.phase.is_terminal() {
        let mut failed = Pod::clone(pod);
        failed.status.phase = PodPhase::Failed;
        if let Some(reason) = reason {
            failed.status.set_condition(PodConditionKind::DisruptionTarget, Truth::True, Some(reason.clone()), now);
        }
        failed.meta.resource_version = 0;
        outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(failed))));
    }
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let options = DeleteOptions { grace_seconds: Some(0), uid: Some(pod.meta.uid), ..DeleteOptions::default() };
    outcome.write(Write::Delete { key, options });
}
