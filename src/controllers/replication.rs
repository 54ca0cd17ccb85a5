//! ReplicationController and ReplicaSet: as many pods as wanted, adopted or made.
//! Models pkg/controller/replicaset/replica_set.go (which pkg/controller/replication wraps) and
//! pkg/controller/controller_ref_manager.go. Expectations are not needed: the store is synchronous. Slow start is with the one that carries the
//! writes out.

use std::rc::Rc;

use super::pod_control::{self, Maker};
use super::{Failure, claim, replica_ranking};
use crate::api::{Condition, Kind, Object, ObjectKey, Pod, ReplicaOwner, ReplicationControllerStatus, Truth};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimTime};
use crate::store::View;

const REPLICA_FAILURE: Name = Name::fixed("ReplicaFailure");
/// At most so many creations or deletions in one sync (BurstReplicas).
const BURST: usize = 500;

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, failed: Option<&Failure>, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(object) = view.get(key) else { return outcome };
    let Some(owner) = ReplicaOwner::of(object) else { return outcome };
    let mut pods = claim::pods(view, object, &owner.selector, &mut outcome);
    pods.retain(|pod| pod.is_active());
    if !owner.meta.is_deleting() {
        manage(view, &owner, &pods, now, &mut outcome);
    }
    let mut status = status(&owner, &pods, now);
    let missing = i32::try_from(pods.len()).is_ok_and(|count| count != owner.replicas);
    note_failure(&mut status.conditions, failed.filter(|_| missing), now);
    if status != *owner.status {
        outcome.write(Write::UpdateStatus(with_status(object, status)));
    }
    outcome.requeue = pod_control::next_available(&pods, owner.min_ready_seconds, now);
    outcome
}

/// Keeps the ReplicaFailure condition as long as pods cannot be made or deleted.
/// Models pkg/controller/replicaset/replica_set_utils.go calculateStatus.
fn note_failure(conditions: &mut Vec<Condition>, failed: Option<&Failure>, now: SimTime) {
    let known = conditions.iter().position(|condition| condition.kind == REPLICA_FAILURE);
    match (failed, known) {
        (Some((reason, message)), None) => conditions.push(Condition {
            kind: REPLICA_FAILURE,
            status: Truth::True,
            reason: Name::fixed(reason),
            message: message.clone(),
            transition: now,
            ..Condition::default()
        }),
        (None, Some(known)) => {
            conditions.remove(known);
        }
        _ => {}
    }
}

fn with_status(object: &Object, status: ReplicationControllerStatus) -> Object {
    let mut object = object.clone();
    object.meta_mut().resource_version = 0;
    match &mut object {
        Object::ReplicationController(rc) => Rc::make_mut(rc).status = status,
        Object::ReplicaSet(set) => Rc::make_mut(set).status = status,
        _ => unreachable!("BUG: replicas of something else"),
    }
    object
}

/// Makes what is missing, deletes what is too many.
fn manage(view: View<'_>, owner: &ReplicaOwner<'_>, pods: &[Rc<Pod>], now: SimTime, outcome: &mut Outcome) {
    let wanted = usize::try_from(owner.replicas).unwrap_or_default();
    let component = match owner.kind {
        Kind::ReplicationController => "replication-controller",
        _ => "replicaset-controller",
    };
    let maker = Maker::new(owner.key(), owner.meta.uid, component);
    if pods.len() < wanted {
        let Some(template) = owner.template else { return };
        let pod = Object::Pod(Rc::new(maker.pod(template)));
        for _ in 0..(wanted - pods.len()).min(BURST) {
            outcome.actions.push(maker.create(pod.clone()));
        }
    } else if pods.len() > wanted {
        let related = related_pods(view, owner, pods);
        for pod in replica_ranking::to_delete(pods, &related, (pods.len() - wanted).min(BURST), now) {
            outcome.actions.push(maker.delete(&pod));
        }
    }
}

/// The active pods of all ReplicaSets that the same Deployment has; none without a Deployment.
/// Models getIndirectlyRelatedPods.
fn related_pods(view: View<'_>, owner: &ReplicaOwner<'_>, own: &[Rc<Pod>]) -> Vec<Rc<Pod>> {
    let Some(above) = owner.meta.controller() else { return Vec::new() };
    let others = view.owned_by(above.uid).filter(|set| set.kind() == owner.kind && set.meta().uid != owner.meta.uid);
    let theirs = others.flat_map(|set| view.pods_owned_by(set.meta().uid)).filter(|pod| pod.is_active());
    own.iter().chain(theirs).cloned().collect()
}

/// Models pkg/controller/replicaset/replica_set_utils.go calculateStatus.
fn status(owner: &ReplicaOwner<'_>, pods: &[Rc<Pod>], now: SimTime) -> ReplicationControllerStatus {
    let template = owner.template.map(|template| template.meta.labels.clone()).unwrap_or_default();
    let count = |keep: &dyn Fn(&Pod) -> bool| i32::try_from(pods.iter().filter(|pod| keep(pod)).count()).unwrap_or(i32::MAX);
    let labelled = |pod: &Pod| Rc::ptr_eq(&template, &pod.meta.labels) || template.iter().all(|(k, v)| pod.meta.labels.get(k) == Some(v));
    ReplicationControllerStatus {
        replicas: count(&|_| true),
        fully_labeled_replicas: count(&labelled),
        ready_replicas: count(&Pod::is_ready),
        available_replicas: count(&|pod| pod_control::is_available(pod, owner.min_ready_seconds, now)),
        observed_generation: owner.meta.generation,
        conditions: owner.status.conditions.clone(),
        ..ReplicationControllerStatus::default()
    }
}
