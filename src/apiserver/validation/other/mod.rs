//! Kinds whose fields are kept as JSON: their metadata, and what the server refuses of each.
//! Models the packages pkg/apis/*/validation. Left out: kinds that only the cluster's own components write.

mod access;
mod certificate;
mod configuration;
mod limits;
mod place;
mod storage;
mod workload;

use super::metadata::{Scope, validate_meta, validate_meta_update};
use super::names::{self, NameRule};
use super::path::Causes;
use crate::api::{Kind, Other};

/// A new object.
pub fn validate_create(object: &Other, causes: &mut Causes) {
    let scope = if object.kind.info().namespaced { Scope::Namespaced } else { Scope::Cluster };
    validate_meta(&object.meta, scope, name_rule(object.kind), causes);
    validate(object, causes);
}

fn validate(object: &Other, causes: &mut Causes) {
    match object.kind {
        Kind::ConfigMap | Kind::Secret => configuration::validate(object, causes),
        Kind::CertificateSigningRequest => certificate::validate(object, causes),
        Kind::PersistentVolume => storage::validate_volume(object, causes),
        Kind::PersistentVolumeClaim => storage::validate_claim(object, causes),
        Kind::StorageClass => storage::validate_storage_class(object, causes),
        Kind::Role | Kind::ClusterRole => access::validate_role(object, causes),
        Kind::RoleBinding | Kind::ClusterRoleBinding => access::validate_binding(object, causes),
        Kind::ResourceQuota => limits::validate_quota(object, causes),
        Kind::LimitRange => limits::validate_limits(object, causes),
        Kind::PriorityClass => limits::validate_class(object, causes),
        Kind::StatefulSet => workload::validate_set(object, causes),
        Kind::HorizontalPodAutoscaler => workload::validate_autoscaler(object, causes),
        Kind::PodDisruptionBudget => workload::validate_budget(object, causes),
        Kind::CustomResourceDefinition => workload::validate_definition(object, causes),
        Kind::MutatingWebhookConfiguration | Kind::ValidatingWebhookConfiguration => workload::validate_webhooks(object, causes),
        _ => {}
    }
}

/// A changed object.
pub fn validate_update(new: &Other, old: &Other, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    match new.kind {
        Kind::ConfigMap | Kind::Secret => configuration::validate_update(new, old, causes),
        Kind::PersistentVolume | Kind::PersistentVolumeClaim | Kind::StorageClass => storage::validate_update(new, old, causes),
        Kind::RoleBinding | Kind::ClusterRoleBinding => access::validate_update(new, old, causes),
        Kind::PriorityClass => limits::validate_class_update(new, old, causes),
        Kind::StatefulSet => workload::validate_set_update(new, old, causes),
        _ => {}
    }
    validate(new, causes);
}

/// What a kind's names must look like.
fn name_rule(kind: Kind) -> NameRule {
    match kind {
        Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => names::path_segment_rule,
        _ => names::subdomain_rule,
    }
}

#[cfg(test)]
mod tests;
