//! Pods are deleted from a node whose NoExecute taints they do not bear, or bear for some time alone.
//! Models pkg/controller/tainteviction/taint_eviction.go.

use std::rc::Rc;

use crate::api::{
    EventText, EventType, Kind, Note, Object, ObjectKey, ObjectReference, Pod, PodConditionKind, Taint, TaintEffect, Truth,
    Uid,
};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::{View, WatchEvent, WatchKind};

const COMPONENT: &str = "taint-eviction-controller";

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(node) = view.node(&key.name) else { return outcome };
    let taints: Vec<&Taint> = node.spec.taints.iter().filter(|taint| taint.effect == TaintEffect::NoExecute).collect();
    if taints.is_empty() {
        return outcome;
    }
    let mut next: Option<SimTime> = None;
    // One that is being deleted for another reason is marked, too, once.
    let marked = |pod: &Pod| pod.meta.is_deleting() && pod.status.condition(PodConditionKind::DisruptionTarget).is_some();
    for pod in view.pods_on(&key.name).filter(|pod| !pod.status.phase.is_terminal() && !marked(pod)) {
        match eviction_time(pod, &taints) {
            Some(at) if at <= now => evict(pod, now, &mut outcome),
            Some(at) => next = Some(next.map_or(at, |next| next.min(at))),
            None => {}
        }
    }
    outcome.requeue = next.map(|at| at.since(now));
    outcome
}

/// When a pod has to go because of these taints; None if it may stay.
/// Models processPodOnNode and getMinTolerationTime.
fn eviction_time(pod: &Pod, taints: &[&Taint]) -> Option<SimTime> {
    let begin = |taint: &Taint| taint.time_added.unwrap_or_default().max(pod.status.start_time.unwrap_or(pod.meta.creation));
    let since = taints.iter().map(|taint| begin(taint)).max()?;
    let mut least: Option<i64> = None;
    for taint in taints {
        let bearing: Vec<_> = pod.spec.tolerations.iter().filter(|toleration| toleration.tolerates(taint)).collect();
        if bearing.is_empty() {
            return Some(since);
        }
        let seconds = bearing.iter().filter_map(|toleration| toleration.toleration_seconds).min();
        least = least.into_iter().chain(seconds).min();
    }
    least.map(|seconds| since + SimDuration::from_seconds(u64::try_from(seconds).unwrap_or_default()))
}

fn evict(pod: &Rc<Pod>, now: SimTime, outcome: &mut Outcome) {
    outcome.notes.push(note(pod, "Marking for deletion Pod "));
    let detail = Rc::new((Name::fixed("DeletionByTaintManager"), Name::fixed("Taint manager: deleting due to NoExecute taint")));
    let mut marked = Pod::clone(pod);
    marked.status.set_condition(PodConditionKind::DisruptionTarget, Truth::True, Some(detail), now);
    marked.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(marked))));
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let options = DeleteOptions { uid: Some(pod.meta.uid), ..DeleteOptions::default() };
    outcome.write(Write::Delete { key, options });
}

fn note(pod: &Pod, text: &str) -> Note {
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    let key = ObjectKey::new(Kind::Pod, namespace.clone(), name.clone());
    Note {
        // Upstream knows the pod by name alone, so `kubectl describe pod` does not find these.
        about: Rc::new(ObjectReference { key, uid: Uid::default() }),
        kind: EventType::Normal,
        reason: "TaintManagerEviction",
        text: EventText::Text(format!("{text}{namespace}/{name}").into()),
        component: COMPONENT,
        host: Name::default(),
        container: Name::default(),
    }
}

/// The evictions that a node's loss of its NoExecute taints calls off.
pub(super) fn cancelled(event: &WatchEvent, view: View<'_>) -> Vec<Note> {
    let (Object::Node(node), Some(Object::Node(old)), WatchKind::Modified) = (&event.object, &event.old, event.kind) else {
        return Vec::new();
    };
    let no_execute = |taint: &&Taint| taint.effect == TaintEffect::NoExecute;
    let before: Vec<&Taint> = old.spec.taints.iter().filter(no_execute).collect();
    if before.is_empty() || node.spec.taints.iter().any(|taint| no_execute(&taint)) {
        return Vec::new();
    }
    let waiting = view.pods_on(&node.meta.name).filter(|pod| pod.is_active() && eviction_time(pod, &before).is_some());
    waiting.map(|pod| note(pod, "Cancelling deletion of Pod ")).collect()
}
