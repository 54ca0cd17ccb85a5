//! A namespace that is being deleted: its content first, then itself.
//! Models pkg/controller/namespace/deletion/namespaced_resources_deleter.go.

use std::rc::Rc;

use crate::api::{Kind, Namespace, Object, ObjectKey};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::store::View;

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(namespace) = view.namespace(&key.name).filter(|namespace| namespace.meta.is_deleting()) else { return outcome };
    let mut left = 0;
    for kind in Kind::all().filter(|kind| kind.info().namespaced && *kind != Kind::Event) {
        for object in view.list(kind, &key.name) {
            left += 1;
            if !object.meta().is_deleting() {
                let options = DeleteOptions { uid: Some(object.meta().uid), ..DeleteOptions::default() };
                outcome.write(Write::Delete { key: object.key(), options });
            }
        }
    }
    if left == 0 {
        let mut empty = Namespace::clone(namespace);
        empty.spec.finalizers.clear();
        empty.meta.resource_version = 0;
        outcome.write(Write::Update(Object::Namespace(Rc::new(empty))));
    }
    outcome
}
