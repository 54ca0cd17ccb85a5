//! Deletion: graceful for pods, through finalizers for owners whose dependents go first or stay, at once for the rest.
//! Models apiserver/pkg/registry/rest/delete.go BeforeDelete and pkg/registry/core/pod/strategy.go CheckGracefulDelete.

use std::rc::Rc;

use super::{ApiServer, Committed, DeleteOptions, Propagation, admission};
use crate::api::{ApiError, Kind, Object, ObjectKey, ObjectMeta, Other, Pod, Reason, claims_of};
use crate::base::{Name, SimDuration, SimTime};

/// The finalizer of a deletion that lets dependents stay.
pub const ORPHAN_FINALIZER: Name = Name::fixed("orphan");
/// The finalizer of a deletion that waits for dependents.
pub const FOREGROUND_FINALIZER: Name = Name::fixed("foregroundDeletion");

impl ApiServer {
    pub(super) fn delete(&mut self, key: &ObjectKey, options: &DeleteOptions, now: SimTime) -> Result<Committed, ApiError> {
        admission::admit_delete(key)?;
        let Some(object) = self.view().get(key).cloned() else { return Err(ApiError::not_found(key.kind, &key.name)) };
        if let Some(uid) = options.uid.filter(|uid| !uid.same(object.meta().uid)) {
            let stored = object.meta().uid;
            let why = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {stored}");
            let what = format!("Operation cannot be fulfilled on {} \"{}\": {why}", key.kind.resource(), key.name);
            return Err(ApiError::new(Reason::Conflict, what));
        }
        let finalizers = finalizers_of(&object, options.propagation);
        match &object {
            Object::Pod(pod) => Ok(self.delete_pod(pod.clone(), finalizers, options, now)),
            Object::Namespace(_) => {
                let mut object = object.clone();
                if let Object::Namespace(namespace) = &mut object {
                    Rc::make_mut(namespace).status.phase = Name::fixed("Terminating");
                }
                Ok(self.mark_deleted(object, finalizers, SimDuration::ZERO, now))
            }
            Object::Other(other) if admission::only_protects(&finalizers) && !self.is_used(other) => Ok(self.remove(&object)),
            _ if finalizers.is_empty() => Ok(self.remove(&object)),
            _ => Ok(self.mark_deleted(object, finalizers, SimDuration::ZERO, now)),
        }
    }

    /// Whether a claim has pods that use it, or a volume has a claim: it stays until they are gone.
    /// Models pkg/controller/volume/pvcprotection and pvprotection.
    fn is_used(&self, object: &Other) -> bool {
        match object.kind {
            Kind::PersistentVolumeClaim => {
                let uses = |pod: &Rc<Pod>| !pod.status.phase.is_terminal() && claims_of(pod).any(|(_, name)| *object.meta.name == *name);
                self.view().pods(&object.meta.namespace).any(uses)
            }
            Kind::PersistentVolume => object.at(&["status", "phase"]) == "Bound",
            _ => false,
        }
    }

    fn delete_pod(&mut self, pod: Rc<Pod>, finalizers: Vec<Name>, options: &DeleteOptions, now: SimTime) -> Committed {
        let mut grace = options.grace_seconds.unwrap_or_else(|| pod.spec.grace_seconds());
        if grace < 0 {
            grace = 1;
        }
        if pod.node_name.is_empty() || pod.status.phase.is_terminal() {
            grace = 0;
        }
        let object = Object::Pod(pod.clone());
        if grace == 0 && finalizers.is_empty() {
            return self.remove(&object);
        }
        // A second deletion can only shorten the first.
        if let Some(left) = pod.meta.grace_seconds.filter(|left| pod.meta.is_deleting() && *left <= grace) {
            let _ = left;
            return Committed::unchanged(object);
        }
        let seconds = u64::try_from(grace).unwrap_or_default();
        self.mark_deleted(object, finalizers, SimDuration::from_seconds(seconds), now)
    }

    fn mark_deleted(&mut self, mut object: Object, finalizers: Vec<Name>, grace: SimDuration, now: SimTime) -> Committed {
        let old = object.clone();
        let meta: &mut ObjectMeta = object.meta_mut();
        if meta.deletion.is_none() || meta.grace_seconds.unwrap_or_default() > grace.seconds() as i64 {
            meta.deletion = Some(now + grace);
            meta.grace_seconds = (old.kind() != Kind::Namespace).then_some(grace.seconds() as i64);
            if meta.generation != 0 {
                meta.generation += 1;
            }
        }
        meta.finalizers = finalizers;
        if object == old { Committed::unchanged(object) } else { self.commit(object, Vec::new()) }
    }
}

/// The finalizers that an object carries once its deletion has begun.
/// Models apiserver/pkg/registry/generic/registry/store.go deletionFinalizersForGarbageCollection.
fn finalizers_of(object: &Object, propagation: Propagation) -> Vec<Name> {
    let own = object.meta().finalizers.iter().filter(|f| **f != ORPHAN_FINALIZER && **f != FOREGROUND_FINALIZER).cloned();
    let added = match propagation {
        Propagation::Background => None,
        Propagation::Foreground => Some(FOREGROUND_FINALIZER),
        Propagation::Orphan => Some(ORPHAN_FINALIZER),
    };
    // The collector does not look at these when their deletion begins, so nobody would clear what was added.
    let owns_nothing = matches!(object, Object::Pod(_) | Object::Namespace(_) | Object::Node(_));
    let added = added.filter(|_| !owns_nothing);
    own.chain(added).collect()
}
