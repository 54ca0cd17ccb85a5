//! Validation: what the API server refuses, in Kubernetes' own words and order. Pure functions over objects that have been
//! defaulted and admitted; one file a kind.
//! Models pkg/apis/core/validation and the strategies in pkg/registry/core.

mod addresses;
mod container;
mod daemon_set;
mod cron_job;
mod deployment;
mod diff;
mod endpoints;
mod env;
mod ingress;
mod job;
mod json;
mod metadata;
mod mount;
pub mod names;
mod namespace;
mod network;
mod network_policy;
mod node;
mod other;
mod path;
mod pod;
mod pod_update;
mod probe;
mod replication_controller;
mod resources;
mod scheduling;
mod security;
mod service;
mod volume;
mod warnings;
mod workload;

use crate::api::{FieldError, Object, Pod};

use metadata::validate_meta_update;

pub use path::{Causes, FieldPath, GoSyntax};
pub use service::validate_cluster_ips;
pub use warnings::{update_warnings, warnings};

/// What is wrong with a new object; empty if nothing is.
pub fn validate_create(object: &Object) -> Vec<FieldError> {
    let mut causes = Causes::default();
    match object {
        Object::Namespace(namespace) => namespace::validate_create(namespace, &mut causes),
        Object::Node(node) => node::validate_create(node, &mut causes),
        Object::Pod(pod) => pod::validate_pod_create(pod, &mut causes),
        Object::ReplicationController(controller) => replication_controller::validate(controller, &mut causes),
        Object::ControllerRevision(revision) => workload::validate_revision(revision, &mut causes),
        Object::DaemonSet(set) => daemon_set::validate(set, &mut causes),
        Object::Deployment(deployment) => deployment::validate(deployment, &mut causes),
        Object::ReplicaSet(set) => workload::validate_replica_set(set, &mut causes),
        Object::Service(service) => service::validate_create(service, &mut causes),
        Object::Endpoints(endpoints) => endpoints::validate_create(endpoints, &mut causes),
        Object::EndpointSlice(slice) => endpoints::validate_slice_create(slice, &mut causes),
        Object::Ingress(ingress) => ingress::validate_create(ingress, &mut causes),
        Object::IngressClass(class) => ingress::validate_class_create(class, &mut causes),
        Object::NetworkPolicy(policy) => network_policy::validate_create(policy, &mut causes),
        Object::Job(job) => job::validate_create(job, &mut causes),
        Object::CronJob(cron) => cron_job::validate_create(cron, &mut causes),
        Object::Other(other) => other::validate_create(other, &mut causes),
    }
    causes.into_vec()
}

/// What is wrong with containers that are added to a pod for debugging; empty if nothing is.
pub fn validate_added_containers(new: &Pod, old: &Pod) -> Vec<FieldError> {
    let mut causes = Causes::default();
    container::validate_added(new, old, &mut causes);
    causes.into_vec()
}

/// What is wrong with a change of an object's metadata and spec; empty if nothing is.
pub fn validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    let mut causes = Causes::default();
    match (new, old) {
        (Object::Namespace(new), Object::Namespace(old)) => validate_meta_update(&new.meta, &old.meta, &mut causes),
        (Object::Node(new), Object::Node(old)) => {
            node::validate_create(new, &mut causes);
            node::validate_update(new, old, &mut causes);
        }
        (Object::Pod(new), Object::Pod(old)) => pod_update::validate_update(new, old, &mut causes),
        (Object::ReplicationController(new), Object::ReplicationController(old)) => {
            replication_controller::validate(new, &mut causes);
            validate_meta_update(&new.meta, &old.meta, &mut causes);
        }
        (Object::DaemonSet(new), Object::DaemonSet(old)) => {
            daemon_set::validate(new, &mut causes);
            validate_meta_update(&new.meta, &old.meta, &mut causes);
            workload::validate_same_selector(new.spec.selector.as_deref(), old.spec.selector.as_deref(), &mut causes);
        }
        (Object::Service(new), Object::Service(old)) => service::validate_update(new, old, &mut causes),
        (Object::Endpoints(new), Object::Endpoints(old)) => endpoints::validate_update(new, old, &mut causes),
        (Object::EndpointSlice(new), Object::EndpointSlice(old)) => endpoints::validate_slice_update(new, old, &mut causes),
        (Object::Ingress(new), Object::Ingress(old)) => ingress::validate_update(new, old, &mut causes),
        (Object::IngressClass(new), Object::IngressClass(old)) => ingress::validate_class_update(new, old, &mut causes),
        (Object::NetworkPolicy(new), Object::NetworkPolicy(old)) => network_policy::validate_update(new, old, &mut causes),
        (Object::Job(new), Object::Job(old)) => job::validate_update(new, old, &mut causes),
        (Object::CronJob(new), Object::CronJob(old)) => cron_job::validate_update(new, old, &mut causes),
        (Object::Other(new), Object::Other(old)) => other::validate_update(new, old, &mut causes),
        (Object::Deployment(new), Object::Deployment(old)) => {
            deployment::validate(new, &mut causes);
            validate_meta_update(&new.meta, &old.meta, &mut causes);
            workload::validate_same_selector(new.spec.selector.as_deref(), old.spec.selector.as_deref(), &mut causes);
        }
        (Object::ReplicaSet(new), Object::ReplicaSet(old)) => {
            workload::validate_replica_set(new, &mut causes);
            validate_meta_update(&new.meta, &old.meta, &mut causes);
            workload::validate_same_selector(new.spec.selector.as_deref(), old.spec.selector.as_deref(), &mut causes);
        }
        _ => validate_meta_update(new.meta(), old.meta(), &mut causes),
    }
    dedup(causes.into_vec())
}

/// What is wrong with a changed status; empty if nothing is.
pub fn validate_status(object: &Object) -> Vec<FieldError> {
    let mut causes = Causes::default();
    if let Object::Service(service) = object {
        service::validate_status(service, &mut causes);
    }
    causes.into_vec()
}

/// An update checks some things twice; Kubernetes drops what it has said already.
fn dedup(causes: Vec<FieldError>) -> Vec<FieldError> {
    let mut out: Vec<FieldError> = Vec::with_capacity(causes.len());
    for cause in causes {
        if !out.contains(&cause) {
            out.push(cause);
        }
    }
    out
}

#[cfg(test)]
mod tests;
