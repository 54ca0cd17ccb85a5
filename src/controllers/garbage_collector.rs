//! What a deleted owner owned: deleted after it, before it, or let go.
//! Models pkg/controller/garbagecollector. Owners are controllers of pods.

use std::rc::Rc;

use crate::api::{Kind, Object, ObjectKey, OwnerReference, Pod};
use crate::apiserver::{DeleteOptions, FOREGROUND_FINALIZER, ORPHAN_FINALIZER, Outcome, Write};
use crate::store::View;

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    match view.get(key) {
        None => absent(view, key, &mut outcome),
        Some(owner) if owner.meta().is_deleting() => deleting(view, owner, &mut outcome),
        Some(_) => {}
    }
    outcome
}

/// The owner is gone: so go its dependents, unless another of that name but another uid owns them.
fn absent(view: View<'_>, key: &ObjectKey, outcome: &mut Outcome) {
    let owned = |pod: &&Rc<Pod>| pod.meta.controller().is_some_and(|owner| owner.kind == key.kind.name() && owner.name == *key.name);
    for pod in view.pods(&key.namespace).filter(owned).filter(|pod| !pod.meta.is_deleting()) {
        delete(pod, outcome);
    }
}

fn deleting(view: View<'_>, owner: &Object, outcome: &mut Outcome) {
    let meta = owner.meta();
    let has = |finalizer| meta.finalizers.contains(&finalizer);
    let mut done = false;
    if has(ORPHAN_FINALIZER) {
        for pod in view.pods_owned_by(meta.uid) {
            let mut free = pod.clone();
            let left: Rc<[OwnerReference]> = pod.meta.owners.iter().filter(|owner| owner.uid != meta.uid).cloned().collect();
            Rc::make_mut(&mut free).meta.owners = left;
            outcome.write(Write::Update(Object::Pod(free)));
        }
        done = true;
    } else if has(FOREGROUND_FINALIZER) {
        for pod in view.pods_owned_by(meta.uid).filter(|pod| !pod.meta.is_deleting()) {
            delete(pod, outcome);
        }
        done = view.count_owned_by(meta.uid) == 0;
    }
    if done {
        let mut owner = owner.clone();
        let meta = owner.meta_mut();
        meta.finalizers.retain(|f| *f != ORPHAN_FINALIZER && *f != FOREGROUND_FINALIZER);
        meta.resource_version = 0;
        outcome.write(Write::Update(owner));
    }
}

fn delete(pod: &Rc<Pod>, outcome: &mut Outcome) {
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let options = DeleteOptions { uid: Some(pod.meta.uid), ..DeleteOptions::default() };
    outcome.write(Write::Delete { key, options });
}
