//! What a deleted owner owned: deleted after it, before it, or let go.
//! Models pkg/controller/garbagecollector. Left out: the end of owners that are not controllers of what they
//! own.

use std::rc::Rc;

use crate::api::{Kind, Object, ObjectKey, OwnerReference, Uid};
use crate::apiserver::{DeleteOptions, FOREGROUND_FINALIZER, ORPHAN_FINALIZER, Outcome, Propagation, Write};
use crate::base::Name;
use crate::store::View;

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let owner = view.get(key);
    absent(view, key, owner.map(|owner| owner.meta().uid), &mut outcome);
    if let Some(object) = owner.filter(|object| is_dangling(view, object)) {
        delete(object, Propagation::Background, &mut outcome);
    }
    if let Some(owner) = owner.filter(|owner| owner.meta().is_deleting()) {
        deleting(view, owner, &mut outcome);
    }
    outcome
}

/// Whether none of its owners is there (any more). Owners of unknown kinds are taken to be.
/// Models attemptToDeleteItem.
pub(super) fn is_dangling(view: View<'_>, object: &Object) -> bool {
    let meta = object.meta();
    let is_absent = |owner: &OwnerReference| {
        let Some(kind) = Kind::all().find(|kind| owner.kind == kind.name()) else { return false };
        let namespace = if kind.info().namespaced { meta.namespace.clone() } else { Name::default() };
        view.get(&ObjectKey::new(kind, namespace, owner.name.clone())).is_none_or(|found| !found.meta().uid.same(owner.uid))
    };
    !meta.owners.is_empty() && meta.owners.iter().all(is_absent)
}

/// All that an owner owns.
fn dependents(view: View<'_>, owner: Uid) -> impl Iterator<Item = Object> {
    view.owned_by(owner).cloned().chain(view.pods_owned_by(owner).map(|pod| Object::Pod(pod.clone())))
}

/// An owner that is gone, though another may have its name now: so go its dependents.
fn absent(view: View<'_>, key: &ObjectKey, present: Option<Uid>, outcome: &mut Outcome) {
    let is_of = |dependent: &Object| {
        let meta = dependent.meta();
        meta.namespace == key.namespace && meta.controller().is_some_and(|owner| owner.kind == key.kind.name() && owner.name == *key.name)
    };
    for uid in view.owners().filter(|uid| Some(*uid) != present) {
        if dependents(view, uid).next().is_some_and(|first| is_of(&first)) {
            dependents(view, uid).for_each(|dependent| delete(&dependent, Propagation::Background, outcome));
        }
    }
}

fn deleting(view: View<'_>, owner: &Object, outcome: &mut Outcome) {
    let meta = owner.meta();
    let has = |finalizer| meta.finalizers.contains(&finalizer);
    let mut done = false;
    if has(ORPHAN_FINALIZER) {
        for mut free in dependents(view, meta.uid) {
            let left: Rc<[OwnerReference]> = free.meta().owners.iter().filter(|owner| owner.uid != meta.uid).cloned().collect();
            free.meta_mut().owners = left;
            outcome.write(Write::Update(free));
        }
        done = true;
    } else if has(FOREGROUND_FINALIZER) {
        dependents(view, meta.uid).for_each(|dependent| delete(&dependent, Propagation::Foreground, outcome));
        done = dependents(view, meta.uid).next().is_none();
    }
    if done {
        let mut owner = owner.clone();
        let meta = owner.meta_mut();
        meta.finalizers.retain(|f| *f != ORPHAN_FINALIZER && *f != FOREGROUND_FINALIZER);
        meta.resource_version = 0;
        outcome.write(Write::Update(owner));
    }
}

/// Deletes a dependent, unless that has begun. One that carries a finalizer of the collector is deleted as that says.
fn delete(dependent: &Object, propagation: Propagation, outcome: &mut Outcome) {
    let meta = dependent.meta();
    if meta.is_deleting() {
        return;
    }
    let propagation = match () {
        () if meta.finalizers.contains(&ORPHAN_FINALIZER) => Propagation::Orphan,
        () if meta.finalizers.contains(&FOREGROUND_FINALIZER) => Propagation::Foreground,
        () => propagation,
    };
    let options = DeleteOptions { uid: Some(meta.uid), propagation, ..DeleteOptions::default() };
    outcome.write(Write::Delete { key: dependent.key(), options });
}
