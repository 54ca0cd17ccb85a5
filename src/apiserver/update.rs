//! Updates of metadata and spec, of the status, and the binding of a pod.
//! Models apiserver/pkg/registry/rest/update.go and the strategies under pkg/registry/core.

use std::rc::Rc;

use serde_json::Value;

use super::{ApiServer, Committed, admission, defaulting, validation};
use crate::api::{ApiError, Json, Kind, Object, ObjectKey, ObjectMeta, Other, PodConditionKind, Reason, Truth, Uid};
use crate::base::{Name, SimTime};

impl ApiServer {
    /// The stored object that an update means.
    fn target(&self, new: &Object) -> Result<Object, ApiError> {
        let key = new.key();
        let Some(old) = self.view().get(&key) else { return Err(ApiError::not_found(key.kind, &key.name)) };
        let (asked, stored) = (new.meta(), old.meta());
        let stale = asked.resource_version != 0 && asked.resource_version != stored.resource_version;
        let other = asked.uid != Uid::default() && !asked.uid.same(stored.uid);
        if stale || other { Err(ApiError::conflict(key.kind, &key.name)) } else { Ok(old.clone()) }
    }

    pub(super) fn update(&mut self, mut new: Object) -> Result<Committed, ApiError> {
        let old = self.target(&new)?;
        keep_what_the_server_sets(new.meta_mut(), old.meta());
        keep_status(&mut new, &old);
        let warnings = self.admit_update(&mut new, &old)?;
        let spec_changed = !same_spec(&new, &old);
        if spec_changed && old.meta().generation != 0 {
            new.meta_mut().generation += 1;
        }
        if new == old {
            return Ok(Committed { warnings, ..Committed::unchanged(old) });
        }
        if is_finished_deletion(&new) {
            return Ok(self.remove(&new));
        }
        if matches!(new.kind(), Kind::Service | Kind::PersistentVolumeClaim) {
            self.charge(&new, Some(&old))?;
        }
        Ok(self.commit(new, warnings))
    }

    /// Defaults and validates a changed object; gives the warnings.
    fn admit_update(&mut self, new: &mut Object, old: &Object) -> Result<Vec<String>, ApiError> {
        if let (Object::Pod(new), Object::Pod(old)) = (&*new, old)
            && Rc::ptr_eq(&new.spec, &old.spec)
            && new.node_name == old.node_name
            && Rc::ptr_eq(&new.meta.labels, &old.meta.labels)
            && Rc::ptr_eq(&new.meta.annotations, &old.meta.annotations)
        {
            // A controller that adopts a pod or lets it go.
            return Ok(Vec::new());
        }
        defaulting::default(new);
        admission::admit_update(new, old);
        if let (Object::Service(new), Object::Service(old)) = (&mut *new, old) {
            self.allocations.allocate(Rc::make_mut(new), Some(old))?;
        }
        let causes = validation::validate_update(new, old);
        if !causes.is_empty() {
            return Err(ApiError::invalid(new.kind(), &new.meta().name, causes));
        }
        defaulting::canonicalize(new);
        Ok(validation::update_warnings(new, old))
    }

    pub(super) fn update_status(&mut self, new: Object) -> Result<Committed, ApiError> {
        let old = self.target(&new)?;
        let mut changed = old.clone();
        keep_status(&mut changed, &new);
        // A deployment's number is an annotation that is written with its status.
        // Models pkg/registry/apps/deployment/strategy.go deploymentStatusStrategy.
        if matches!(changed, Object::Deployment(_)) {
            changed.meta_mut().annotations = new.meta().annotations.clone();
        }
        if matches!(changed, Object::Service(_)) {
            defaulting::default(&mut changed);
            let causes = validation::validate_status(&changed);
            if !causes.is_empty() {
                return Err(ApiError::invalid(changed.kind(), &changed.meta().name, causes));
            }
        }
        if changed == old {
            return Ok(Committed::unchanged(old));
        }
        Ok(self.commit(changed, Vec::new()))
    }

    /// Models pkg/registry/core/pod podEphemeralContainersStrategy.
    pub(super) fn add_containers(&mut self, new: Object) -> Result<Committed, ApiError> {
        let old = self.target(&new)?;
        let (Object::Pod(asked), Object::Pod(pod)) = (&new, &old) else { unreachable!("BUG: containers are added to pods") };
        let mut changed = pod.clone();
        let spec = Rc::make_mut(&mut Rc::make_mut(&mut changed).spec);
        spec.ephemeral_containers.clone_from(&asked.spec.ephemeral_containers);
        let mut changed = Object::Pod(changed);
        defaulting::default(&mut changed);
        let causes = changed.as_pod().map(|changed| validation::validate_added_containers(changed, pod)).unwrap_or_default();
        if !causes.is_empty() {
            return Err(ApiError::invalid(Kind::Pod, &pod.meta.name, causes));
        }
        Ok(self.commit(changed, Vec::new()))
    }

    /// Models pkg/registry/core/pod/storage BindingREST.
    pub(super) fn bind(&mut self, namespace: &Name, name: &Name, uid: Uid, node: &Name, now: SimTime) -> Result<Committed, ApiError> {
        let key = ObjectKey::new(Kind::Pod, namespace.clone(), name.clone());
        let Some(Object::Pod(pod)) = self.view().get(&key) else { return Err(ApiError::not_found(Kind::Pod, name)) };
        if pod.meta.uid != uid || pod.meta.is_deleting() || !pod.node_name.is_empty() {
            return Err(ApiError::conflict(Kind::Pod, name));
        }
        if self.view().node(node).is_none() {
            return Err(ApiError::new(Reason::NotFound, format!("nodes \"{node}\" not found")));
        }
        let mut pod = pod.clone();
        let bound = Rc::make_mut(&mut pod);
        bound.node_name = node.clone();
        bound.status.set_condition(PodConditionKind::PodScheduled, Truth::True, None, now);
        Ok(self.commit(Object::Pod(pod), Vec::new()))
    }
}

/// An update cannot change these.
fn keep_what_the_server_sets(new: &mut ObjectMeta, old: &ObjectMeta) {
    new.uid = old.uid;
    new.creation = old.creation;
    new.deletion = old.deletion;
    new.grace_seconds = old.grace_seconds;
    new.generation = old.generation;
    new.resource_version = old.resource_version;
    new.generate_name = old.generate_name.clone();
}

/// Gives `to` the status of `from`.
fn keep_status(to: &mut Object, from: &Object) {
    match (to, from) {
        (Object::Namespace(to), Object::Namespace(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Node(to), Object::Node(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Pod(to), Object::Pod(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::ReplicationController(to), Object::ReplicationController(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::ControllerRevision(_), Object::ControllerRevision(_)) => {}
        (Object::DaemonSet(to), Object::DaemonSet(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Deployment(to), Object::Deployment(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::ReplicaSet(to), Object::ReplicaSet(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Job(to), Object::Job(from)) => {
            let to = Rc::make_mut(to);
            (to.status, to.failures) = (from.status.clone(), from.failures);
        }
        (Object::CronJob(to), Object::CronJob(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Service(to), Object::Service(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Ingress(to), Object::Ingress(from)) => Rc::make_mut(to).status = from.status.clone(),
        (Object::Endpoints(_), Object::Endpoints(_)) | (Object::EndpointSlice(_), Object::EndpointSlice(_)) => {}
        (Object::IngressClass(_), Object::IngressClass(_)) | (Object::NetworkPolicy(_), Object::NetworkPolicy(_)) => {}
        (Object::Other(to), Object::Other(from)) => keep_status_field(Rc::make_mut(to), from),
        _ => unreachable!("BUG: two kinds under one key"),
    }
}

fn keep_status_field(to: &mut Other, from: &Other) {
    match from.fields.get("status") {
        Some(status) => to.fields.insert("status".to_owned(), status.clone()),
        None => to.fields.remove("status"),
    };
}

fn fields_but_status(other: &Other) -> impl Iterator<Item = (&String, &Value)> {
    other.fields.iter().filter(|(key, _)| *key != "status")
}

fn same_spec(a: &Object, b: &Object) -> bool {
    match (a, b) {
        (Object::Namespace(a), Object::Namespace(b)) => a.spec == b.spec,
        (Object::Node(a), Object::Node(b)) => a.spec == b.spec,
        (Object::Pod(a), Object::Pod(b)) => a.node_name == b.node_name && (Rc::ptr_eq(&a.spec, &b.spec) || a.spec == b.spec),
        // As written, for what differs only in how it was put together is no change of the spec.
        (Object::ReplicationController(a), Object::ReplicationController(b)) => a.spec.write() == b.spec.write(),
        (Object::ControllerRevision(_), Object::ControllerRevision(_)) => true,
        (Object::DaemonSet(a), Object::DaemonSet(b)) => a.spec.write() == b.spec.write(),
        // Annotations count as spec here. Models pkg/registry/apps/deployment/strategy.go.
        (Object::Deployment(a), Object::Deployment(b)) => {
            a.meta.annotations == b.meta.annotations && a.spec.write() == b.spec.write()
        }
        (Object::ReplicaSet(a), Object::ReplicaSet(b)) => a.spec.write() == b.spec.write(),
        (Object::Job(a), Object::Job(b)) => a.spec.write() == b.spec.write(),
        (Object::CronJob(a), Object::CronJob(b)) => a.spec.write() == b.spec.write(),
        (Object::Service(a), Object::Service(b)) => a.spec.write() == b.spec.write(),
        (Object::Ingress(a), Object::Ingress(b)) => a.spec.write() == b.spec.write(),
        (Object::IngressClass(a), Object::IngressClass(b)) => a.spec.write() == b.spec.write(),
        (Object::NetworkPolicy(a), Object::NetworkPolicy(b)) => a.spec.write() == b.spec.write(),
        (Object::Endpoints(a), Object::Endpoints(b)) => a.subsets == b.subsets,
        (Object::EndpointSlice(a), Object::EndpointSlice(b)) => a.endpoints == b.endpoints && a.ports == b.ports,
        (Object::Other(a), Object::Other(b)) => fields_but_status(a).eq(fields_but_status(b)),
        _ => unreachable!("BUG: two kinds under one key"),
    }
}

/// A deletion that waited for finalizers and has none left.
fn is_finished_deletion(object: &Object) -> bool {
    let meta = object.meta();
    let namespace_done = match object {
        Object::Namespace(namespace) => namespace.spec.finalizers.is_empty(),
        _ => true,
    };
    meta.is_deleting() && meta.finalizers.is_empty() && meta.grace_seconds.unwrap_or(0) == 0 && namespace_done
}
