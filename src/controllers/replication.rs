//! ReplicationController: as many pods as wanted, adopted or made.
//! Models pkg/controller/replicaset/replica_set.go (which pkg/controller/replication wraps) and
//! pkg/controller/controller_ref_manager.go. Slow start and expectations are not needed: the store is synchronous, and no
//! creation is tried again before the next sync.

use std::rc::Rc;

use super::replica_ranking;
use crate::api::{
    Kind, Labels, Object, ObjectKey, ObjectMeta, ObjectReference, OwnerReference, Pod, ReplicationController,
    ReplicationControllerStatus, Truth,
};
use crate::apiserver::{Action, DeleteOptions, Outcome, Report, Write};
use crate::base::{SimDuration, SimTime};
use crate::store::View;

/// At most so many creations or deletions in one sync (BurstReplicas).
const BURST: usize = 500;
const COMPONENT: &str = "replication-controller";

/// Whether a controller's selector matches labels. An empty selector matches nothing.
pub(super) fn selects(rc: &ReplicationController, labels: &Labels) -> bool {
    let selector = &rc.spec.selector;
    !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(rc) = view.replication_controller(&key.namespace, &key.name) else { return outcome };
    let pods = claim(view, rc, &mut outcome);
    if !rc.meta.is_deleting() {
        manage(rc, &pods, now, &mut outcome);
    }
    let status = status(rc, &pods, now);
    if status != rc.status {
        outcome.write(Write::UpdateStatus(Object::ReplicationController(Rc::new(ReplicationController {
            meta: ObjectMeta { resource_version: 0, ..rc.meta.clone() },
            spec: rc.spec.clone(),
            status,
        }))));
    }
    outcome.requeue = next_available(rc, &pods, now);
    outcome
}

/// The active pods that are its own; adopts orphans that match and lets go of its own that do not.
fn claim(view: View<'_>, rc: &Rc<ReplicationController>, outcome: &mut Outcome) -> Vec<Rc<Pod>> {
    let mut pods = Vec::new();
    for pod in view.pods_owned_by(rc.meta.uid).filter(|pod| pod.is_active()) {
        if selects(rc, &pod.meta.labels) {
            pods.push(pod.clone());
        } else if !rc.meta.is_deleting() {
            outcome.write(Write::Update(with_owners(pod, Rc::from([]))));
        }
    }
    if rc.meta.is_deleting() {
        return pods;
    }
    for pod in view.orphans(&rc.meta.namespace).filter(|pod| pod.is_active() && selects(rc, &pod.meta.labels)) {
        let owner = OwnerReference::controller(Kind::ReplicationController, &rc.meta.name, rc.meta.uid);
        let others = pod.meta.owners.iter().cloned();
        outcome.write(Write::Update(with_owners(pod, others.chain([owner]).collect())));
        pods.push(pod.clone());
    }
    pods
}

fn with_owners(pod: &Rc<Pod>, owners: Rc<[OwnerReference]>) -> Object {
    let mut pod = pod.clone();
    Rc::make_mut(&mut pod).meta.owners = owners;
    Object::Pod(pod)
}

/// Makes what is missing, deletes what is too many.
fn manage(rc: &Rc<ReplicationController>, pods: &[Rc<Pod>], now: SimTime, outcome: &mut Outcome) {
    let wanted = usize::try_from(rc.replicas()).unwrap_or_default();
    let reference = || Rc::new(ObjectReference { key: Object::ReplicationController(rc.clone()).key(), uid: rc.meta.uid });
    if pods.len() < wanted {
        let Some(pod) = new_pod(rc) else { return };
        let report = Report {
            about: reference(),
            component: COMPONENT,
            success: ("SuccessfulCreate", "Created pod: "),
            failure: ("FailedCreate", "Error creating: "),
        };
        let pod = Object::Pod(Rc::new(pod));
        for _ in 0..(wanted - pods.len()).min(BURST) {
            outcome.actions.push(Action { write: Write::Create(pod.clone()), report: Some(report.clone()) });
        }
    } else if pods.len() > wanted {
        let report = Report {
            about: reference(),
            component: COMPONENT,
            success: ("SuccessfulDelete", "Deleted pod: "),
            failure: ("FailedDelete", "Error deleting: "),
        };
        for pod in replica_ranking::to_delete(pods, (pods.len() - wanted).min(BURST), now) {
            let options = DeleteOptions { uid: Some(pod.meta.uid), ..DeleteOptions::default() };
            let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
            outcome.actions.push(Action { write: Write::Delete { key, options }, report: Some(report.clone()) });
        }
    }
}

/// A pod from the template.
/// Models pkg/controller/controller_utils.go GetPodFromTemplate.
fn new_pod(rc: &ReplicationController) -> Option<Pod> {
    let template = rc.spec.template.as_ref()?;
    let owner = OwnerReference::controller(Kind::ReplicationController, &rc.meta.name, rc.meta.uid);
    Some(Pod {
        meta: ObjectMeta {
            generate_name: format!("{}-", rc.meta.name).into(),
            namespace: rc.meta.namespace.clone(),
            labels: template.meta.labels.clone(),
            annotations: template.meta.annotations.clone(),
            finalizers: template.meta.finalizers.clone(),
            owners: Rc::from([owner]),
            ..ObjectMeta::default()
        },
        spec: template.spec.clone(),
        ..Pod::default()
    })
}

/// Models pkg/controller/replicaset/replica_set_utils.go calculateStatus.
fn status(rc: &ReplicationController, pods: &[Rc<Pod>], now: SimTime) -> ReplicationControllerStatus {
    let template = rc.spec.template.as_ref().map(|template| template.meta.labels.clone()).unwrap_or_default();
    let count = |keep: &dyn Fn(&Pod) -> bool| i32::try_from(pods.iter().filter(|pod| keep(pod)).count()).unwrap_or(i32::MAX);
    let labelled = |pod: &Pod| Rc::ptr_eq(&template, &pod.meta.labels) || template.iter().all(|(k, v)| pod.meta.labels.get(k) == Some(v));
    ReplicationControllerStatus {
        replicas: count(&|_| true),
        fully_labeled_replicas: count(&labelled),
        ready_replicas: count(&Pod::is_ready),
        available_replicas: count(&|pod| available_at(rc, pod).is_some_and(|at| at <= now)),
        observed_generation: rc.meta.generation,
        conditions: rc.status.conditions.clone(),
        ..ReplicationControllerStatus::default()
    }
}

/// When a pod counts as available: minReadySeconds after it became ready.
fn available_at(rc: &ReplicationController, pod: &Pod) -> Option<SimTime> {
    let ready = pod.status.condition(crate::api::PodConditionKind::Ready).filter(|ready| ready.status == Truth::True)?;
    Some(ready.transition + SimDuration::from_seconds(u64::try_from(rc.spec.min_ready_seconds).unwrap_or_default()))
}

/// When the next ready pod becomes available.
fn next_available(rc: &ReplicationController, pods: &[Rc<Pod>], now: SimTime) -> Option<SimDuration> {
    if rc.spec.min_ready_seconds == 0 {
        return None;
    }
    pods.iter().filter_map(|pod| available_at(rc, pod)).filter(|at| *at > now).min().map(|at| at.since(now))
}
