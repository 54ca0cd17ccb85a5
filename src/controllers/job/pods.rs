//! Which pods are a job's: its own, orphans that it takes over, and those whose job is gone, which are let go. Each carries a finalizer
//! until its end has been counted.
//! Models pkg/controller/controller_ref_manager.go and syncOrphanPod of pkg/controller/job/job_controller.go.

use std::rc::Rc;

use crate::api::{JOB_TRACKING_FINALIZER, Job, Object, ObjectKey, Pod, PodPhase, PodSelector};
use crate::apiserver::{Outcome, Write};
use crate::store::View;

/// The label with the name of a pod's job.
const JOB_NAME: &str = "batch.kubernetes.io/job-name";

/// Whether its end has not been counted.
pub(super) fn is_tracked(pod: &Pod) -> bool {
    pod.meta.finalizers.contains(&JOB_TRACKING_FINALIZER)
}

/// Whether it is being deleted and has not ended.
pub(super) fn is_terminating(pod: &Pod) -> bool {
    pod.meta.is_deleting() && !pod.status.phase.is_terminal()
}

/// Whether it counts as failed: where pods are replaced at once, one that is being deleted does.
/// Models isPodFailed.
pub(super) fn has_failed(pod: &Pod, job: &Job) -> bool {
    match pod.status.phase {
        PodPhase::Failed => true,
        PodPhase::Succeeded => false,
        _ => pod.meta.is_deleting() && !job.spec.replaces_ended_pods_only(),
    }
}

/// The pods of a job.
pub(super) fn claim(view: View<'_>, job: &Job, outcome: &mut Outcome) -> Vec<Rc<Pod>> {
    let selector = PodSelector::Selector(job.spec.selector.as_ref());
    let mut pods = Vec::new();
    for pod in view.pods_owned_by(job.meta.uid) {
        if selector.matches(&pod.meta.labels) {
            pods.push(pod.clone());
        } else if !job.meta.is_deleting() {
            outcome.write(Write::Update(changed(pod, |pod| {
                pod.meta.owners = Rc::from([]);
                untrack(pod);
            })));
        }
    }
    if job.meta.is_deleting() {
        return pods;
    }
    for pod in view.orphans(&job.meta.namespace).filter(|pod| pod.is_active() && selector.matches(&pod.meta.labels)) {
        let adopted = changed(pod, |pod| {
            let others = pod.meta.owners.iter().cloned();
            pod.meta.owners = others.chain([job.owner_reference()]).collect();
            if !is_tracked(pod) {
                pod.meta.finalizers.push(JOB_TRACKING_FINALIZER);
            }
        });
        pods.extend(adopted.as_pod().cloned());
        outcome.write(Write::Update(adopted));
    }
    pods
}

fn changed(pod: &Rc<Pod>, change: impl FnOnce(&mut Pod)) -> Object {
    let mut pod = pod.clone();
    let inner = Rc::make_mut(&mut pod);
    inner.meta.resource_version = 0;
    change(inner);
    Object::Pod(pod)
}

fn untrack(pod: &mut Pod) {
    pod.meta.finalizers.retain(|finalizer| *finalizer != JOB_TRACKING_FINALIZER);
}

/// Lets a pod go once its end has been noted.
pub(super) fn release(pod: &Rc<Pod>) -> Write {
    Write::Update(changed(pod, untrack))
}

/// Pods of a job that has ended need no finalizers any more.
pub(super) fn release_all(view: View<'_>, job: &Job) -> Outcome {
    let mut outcome = Outcome::default();
    for pod in view.pods_owned_by(job.meta.uid).filter(|pod| is_tracked(pod)) {
        outcome.write(release(pod));
    }
    outcome
}

/// Pods of a job that is gone: nobody will count them.
pub(super) fn release_orphans(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let of_job = |pod: &Pod| match pod.meta.controller() {
        Some(owner) => owner.kind == key.kind.name() && owner.name == *key.name,
        None => pod.meta.labels.get(JOB_NAME).is_some_and(|name| *name == *key.name),
    };
    for pod in view.pods(&key.namespace).filter(|pod| is_tracked(pod) && of_job(pod)) {
        outcome.write(release(pod));
    }
    outcome
}
