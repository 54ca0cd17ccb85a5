//! Which pods and sets belong to a controller: its own that it still selects, and orphans that it selects. Those it selects no longer it
//! lets go.
//! Models pkg/controller/controller_ref_manager.go.

use std::rc::Rc;

use crate::api::{Kind, Object, OwnerReference, Pod, PodSelector, ReplicaSet};
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

/// The replica sets of a deployment, by name.
pub(super) fn replica_sets(view: View<'_>, owner: &Object, selector: &PodSelector<'_>, outcome: &mut Outcome) -> Vec<Rc<ReplicaSet>> {
    let meta = owner.meta();
    let mut sets = Vec::new();
    for object in view.owned_by(meta.uid) {
        let Object::ReplicaSet(set) = object else { continue };
        if selector.matches(&set.meta.labels) {
            sets.push(set.clone());
        } else if !meta.is_deleting() {
            outcome.write(Write::Update(with_owners(object, Rc::from([]))));
        }
    }
    if meta.is_deleting() {
        return sets;
    }
    for object in view.list(Kind::ReplicaSet, &meta.namespace).filter(|object| object.meta().controller().is_none()) {
        let Object::ReplicaSet(set) = object else { continue };
        if !set.meta.is_deleting() && selector.matches(&set.meta.labels) {
            outcome.write(Write::Update(adopted(object, owner)));
            let mut set = set.clone();
            Rc::make_mut(&mut set).meta.owners = adopted(object, owner).meta().owners.clone();
            sets.push(set);
        }
    }
    sets
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
