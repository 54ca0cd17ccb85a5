//! Which pods and sets belong to a controller: its own that it still selects, and orphans that it selects. Those it selects no longer it
//! lets go.
//! Models pkg/controller/controller_ref_manager.go.

use std::rc::Rc;

use crate::api::{Object, OwnerReference, Pod, PodSelector};
use crate::apiserver::{Outcome, Write};
use crate::store::View;

/// The pods of a controller, in any phase. Only active ones are adopted or let go.
pub(super) fn pods(view: View<'_>, owner: &Object, selector: &PodSelector<'_>, outcome: &mut Outcome) -> Vec<Rc<Pod>> {
    let meta = owner.meta();
    let mut pods = Vec::new();
    for pod in view.pods_owned_by(meta.uid) {
        if selector.matches(&pod.meta.labels) {
            pods.push(pod.clone());
        } else if !meta.is_deleting() && pod.is_active() {
            outcome.write(Write::Update(with_owners(&Object::Pod(pod.clone()), Rc::from([]))));
        }
    }
    if meta.is_deleting() {
        return pods;
    }
    for pod in view.orphans(&meta.namespace).filter(|pod| pod.is_active() && selector.matches(&pod.meta.labels)) {
        outcome.write(Write::Update(adopted(&Object::Pod(pod.clone()), owner)));
        pods.push(pod.clone());
    }
    pods
}

/// An orphan with its new controller.
pub(super) fn adopted(orphan: &Object, owner: &Object) -> Object {
    let reference = OwnerReference::controller(owner.kind(), &owner.meta().name, owner.meta().uid);
    let others = orphan.meta().owners.iter().cloned();
    with_owners(orphan, others.chain([reference]).collect())
}

fn with_owners(object: &Object, owners: Rc<[OwnerReference]>) -> Object {
    let mut object = object.clone();
    object.meta_mut().owners = owners;
    object
}
