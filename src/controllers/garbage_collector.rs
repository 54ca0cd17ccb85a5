//! What a deleted owner owned: deleted after it, before it, or let go; of several owners the last one takes it along.
//! Models pkg/controller/garbagecollector. Left out: circles of owners that block each other.

use std::rc::Rc;

use super::pod_control::Maker;
use crate::api::{EventText, EventType, Kind, Note, Object, ObjectKey, ObjectMeta, OwnerReference, Uid};
use crate::apiserver::{DeleteOptions, FOREGROUND_FINALIZER, ORPHAN_FINALIZER, Outcome, Propagation, Write};
use crate::base::Name;
use crate::store::{View, WatchEvent, WatchKind};

/// Key: an owner that is gone or going, or an object whose owners are gone.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let owner = view.get(key);
    absent(view, key, owner.map(|owner| owner.meta().uid), &mut outcome);
    if let Some(object) = owner.filter(|object| is_dangling(view, object)) {
        outcome.notes.extend(elsewhere(view, object));
        attempt(view, object.clone(), &mut outcome);
    }
    if let Some(owner) = owner.filter(|owner| owner.meta().is_deleting()) {
        deleting(view, owner, &mut outcome);
    }
    outcome
}

/// Where an owner of an object is to be found; None for kinds that are not known here.
fn key_of(meta: &ObjectMeta, owner: &OwnerReference) -> Option<ObjectKey> {
    let kind = Kind::all().find(|kind| owner.kind == kind.name())?;
    let namespace = if kind.info().namespaced { meta.namespace.clone() } else { Name::default() };
    Some(ObjectKey::new(kind, namespace, owner.name.clone()))
}

/// How an owner stands to what it owns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It keeps it.
    Solid,
    /// It is gone.
    Dangling,
    /// It is being deleted and waits for what it owns to go first.
    Waiting,
}

/// Models classifyReferences and isDangling. Owners of unknown kinds are taken to be there, and so is one in a namespace where none can be.
fn standing(view: View<'_>, meta: &ObjectMeta, owner: &OwnerReference) -> Standing {
    let Some(key) = key_of(meta, owner) else { return Standing::Solid };
    if key.kind.info().namespaced && key.namespace.is_empty() {
        return Standing::Solid;
    }
    match view.get(&key).map(Object::meta).filter(|found| found.uid.same(owner.uid)) {
        None => Standing::Dangling,
        Some(found) if found.is_deleting() && found.finalizers.contains(&FOREGROUND_FINALIZER) => Standing::Waiting,
        Some(_) => Standing::Solid,
    }
}

/// Whether one of its owners is not there (any more).
pub(super) fn is_dangling(view: View<'_>, object: &Object) -> bool {
    let meta = object.meta();
    meta.owners.iter().any(|owner| standing(view, meta, owner) == Standing::Dangling)
}

/// What is told of an object that names an owner which is in another namespace. Models addDependentToOwners and reportInvalidNamespaceOwnerRef.
fn elsewhere(view: View<'_>, object: &Object) -> Option<Note> {
    let meta = object.meta();
    let is_there = |owner: &&OwnerReference| {
        let kind = Kind::all().find(|kind| owner.kind == kind.name() && kind.info().namespaced);
        let found = kind.and_then(|kind| view.list(kind, &Name::default()).find(|found| found.meta().uid.same(owner.uid)));
        found.is_some_and(|found| found.meta().namespace != meta.namespace)
    };
    let owner = meta.owners.iter().find(is_there)?;
    let (namespace, OwnerReference { api_version, kind, name, uid, .. }) = (&meta.namespace, owner);
    let text = format!("ownerRef [{api_version}/{kind}, namespace: {namespace}, name: {name}, uid: {uid}] does not exist in namespace \"{namespace}\"");
    let maker = Maker::new(object.key(), meta.uid, "garbage-collector-controller");
    Some(maker.note(EventType::Warning, "OwnerRefInvalidNamespace", EventText::Text(text.into())))
}

/// The owners that wait, being deleted, for an object that is gone or has let go of them.
pub(super) fn waiting_for(event: &WatchEvent, view: View<'_>) -> Vec<ObjectKey> {
    let gone = event.kind == WatchKind::Deleted;
    let meta = event.object.meta();
    let Some(before) = (if gone { Some(meta) } else { event.old.as_ref().map(Object::meta) }) else { return Vec::new() };
    if before.owners.is_empty() || !gone && Rc::ptr_eq(&before.owners, &meta.owners) {
        return Vec::new();
    }
    let left = before.owners.iter().filter(|owner| gone || !meta.owners.contains(owner));
    let keys = left.filter_map(|owner| key_of(meta, owner));
    keys.filter(|key| view.get(key).is_some_and(|owner| owner.meta().is_deleting())).collect()
}

/// All that an owner owns.
fn dependents(view: View<'_>, owner: Uid) -> impl Iterator<Item = Object> {
    let controlled = view.owned_by(owner).cloned().chain(view.pods_owned_by(owner).map(|pod| Object::Pod(pod.clone())));
    controlled.chain(view.shared_by(owner).cloned())
}

/// An owner that is gone, though another may have its name now: so go its dependents.
fn absent(view: View<'_>, key: &ObjectKey, present: Option<Uid>, outcome: &mut Outcome) {
    let is_of = |dependent: &Object, uid: Uid| {
        let meta = dependent.meta();
        let mut owners = meta.owners.iter().filter(|owner| owner.uid == uid);
        owners.any(|owner| key_of(meta, owner).is_some_and(|found| found == *key))
    };
    for uid in view.owners().filter(|uid| Some(*uid) != present) {
        if dependents(view, uid).next().is_some_and(|first| is_of(&first, uid)) {
            dependents(view, uid).for_each(|dependent| attempt(view, dependent, outcome));
        }
    }
}

/// What becomes of an object of which an owner is gone or waits for it: another owner keeps it, and then it forgets those.
/// Models attemptToDeleteItem.
fn attempt(view: View<'_>, mut object: Object, outcome: &mut Outcome) {
    let meta = object.meta();
    if meta.is_deleting() {
        return;
    }
    let stands: Vec<Standing> = meta.owners.iter().map(|owner| standing(view, meta, owner)).collect();
    if !stands.contains(&Standing::Solid) {
        let owns = dependents(view, meta.uid).next().is_some();
        let waits = stands.contains(&Standing::Waiting) && owns;
        return delete(&object, if waits { Propagation::Foreground } else { Propagation::Background }, outcome);
    }
    let kept: Rc<[OwnerReference]> =
        meta.owners.iter().zip(&stands).filter(|(_, stands)| **stands == Standing::Solid).map(|(owner, _)| owner.clone()).collect();
    if kept.len() < stands.len() {
        object.meta_mut().owners = kept;
        outcome.write(Write::Update(object));
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
        dependents(view, meta.uid).for_each(|dependent| attempt(view, dependent, outcome));
        // Models processDeletingDependentsItem: only those that say so are waited for.
        let blocks = |owner: &OwnerReference| owner.uid == meta.uid && owner.block_owner_deletion == Some(true);
        done = !dependents(view, meta.uid).any(|dependent| dependent.meta().owners.iter().any(blocks));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::ApiServer;
    use crate::base::SimTime;
    use serde_json::{Value, json};

    /// Names of what is left of a ConfigMap's dependents, with the names of their owners, after owners are deleted one after the other.
    fn left(dependents: &[(&str, Value)], gone: &[(&str, Propagation)]) -> Vec<String> {
        let (mut api, now) = (ApiServer::new(1), SimTime::from_seconds(1));
        let make = |api: &mut ApiServer, kind, value: Value| {
            let object = Object::from_value(kind, &value).expect("an object");
            api.submit(Write::Create(object), now).expect("it is made").object
        };
        make(&mut api, Kind::Namespace, json!({"metadata": {"name": "n"}}));
        let uids: Vec<(String, String)> = ["a", "b"].into_iter().map(|name| {
            let owner = make(&mut api, Kind::ConfigMap, json!({"metadata": {"name": name, "namespace": "n"}}));
            (name.to_owned(), owner.meta().uid.to_string())
        }).collect();
        for (name, owners) in dependents {
            let mut owners = owners.clone();
            for owner in owners.as_array_mut().into_iter().flatten() {
                let uid = uids.iter().find(|(known, _)| owner["name"] == known.as_str()).map(|(_, uid)| uid.clone()).expect("an owner");
                (owner["apiVersion"], owner["kind"], owner["uid"]) = (json!("v1"), json!("ConfigMap"), Value::from(uid));
            }
            make(&mut api, Kind::Secret, json!({"metadata": {"name": name, "namespace": "n", "ownerReferences": owners}}));
        }
        for (name, propagation) in gone {
            let key = ObjectKey::new(Kind::ConfigMap, "n", *name);
            let options = DeleteOptions { propagation: *propagation, ..DeleteOptions::default() };
            api.submit(Write::Delete { key: key.clone(), options }, now).expect("it can be deleted");
            for _ in 0..3 {
                for action in reconcile(api.view(), &key).actions {
                    api.submit(action.write, now).expect("a write that can be made");
                }
            }
        }
        let owners = |object: &Object| object.meta().owners.iter().map(|owner| owner.name.to_string()).collect::<Vec<_>>().join(",");
        let all = api.view().list(Kind::Secret, &"n".into()).chain(api.view().list(Kind::ConfigMap, &"n".into()));
        all.map(|object| format!("{}:{}", object.meta().name, owners(object))).collect()
    }

    /// As the documentation tells it (owners and dependents): an owner in another namespace counts as absent, and that is told; what is in no
    /// namespace cannot belong to what is in one, and stays.
    #[test]
    fn an_owner_is_in_the_same_namespace_or_in_none() {
        let (mut api, now) = (ApiServer::new(1), SimTime::from_seconds(1));
        let make = |api: &mut ApiServer, kind, value: Value| {
            let object = Object::from_value(kind, &value).expect("an object");
            api.submit(Write::Create(object), now).expect("it is made").object
        };
        for name in ["one", "two"] {
            make(&mut api, Kind::Namespace, json!({"metadata": {"name": name}}));
        }
        let owner = make(&mut api, Kind::ConfigMap, json!({"metadata": {"name": "owner", "namespace": "one"}}));
        let uid = owner.meta().uid.to_string();
        let owners = json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}]);
        let table = [
            (Kind::Secret, "one", None, true),
            (Kind::Secret, "two", Some(format!("ownerRef [v1/ConfigMap, namespace: two, name: owner, uid: {uid}] does not exist in namespace \"two\"")), false),
            (Kind::PersistentVolume, "", None, true),
        ];
        for (kind, namespace, told, stays) in table {
            let dependent = make(&mut api, kind, json!({
                "metadata": {"name": "d", "namespace": namespace, "ownerReferences": owners},
                "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/d"}},
            }));
            let key = dependent.key();
            let outcome = reconcile(api.view(), &key);
            assert_eq!(outcome.notes.first().map(Note::message), told, "{kind:?} in {namespace}");
            outcome.actions.into_iter().for_each(|action| drop(api.submit(action.write, now)));
            assert_eq!(api.view().get(&key).is_some(), stays, "{kind:?} in {namespace}");
        }
    }

    #[test]
    fn the_last_owner_takes_along_what_it_owns() {
        use Propagation::{Background, Foreground, Orphan};
        let both = || [("s", json!([{"name": "a"}, {"name": "b", "blockOwnerDeletion": true}]))];
        let table = [
            (left(&both(), &[("a", Background)]), vec!["s:b", "b:"]),
            (left(&both(), &[("a", Background), ("b", Background)]), vec![]),
            (left(&both(), &[("b", Foreground)]), vec!["s:a", "a:"]),
            (left(&both(), &[("b", Foreground), ("a", Foreground)]), vec![]),
            (left(&both(), &[("a", Orphan), ("b", Orphan)]), vec!["s:"]),
            (left(&[("s", json!([{"name": "a", "blockOwnerDeletion": true}]))], &[("a", Foreground)]), vec!["b:"]),
        ];
        for (index, (left, expected)) in table.into_iter().enumerate() {
            assert_eq!(left, expected, "row {index}");
        }
    }
}
