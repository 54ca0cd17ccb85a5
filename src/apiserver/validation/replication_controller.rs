//! Replication controllers.
//! Models pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec.

use super::metadata::{Scope, validate_meta};
use super::names;
use super::path::{Causes, FieldPath};
use super::pod::{selector_mismatch, validate_template};
use crate::api::ReplicationController;

/// A replication controller, new or changed.
pub fn validate(controller: &ReplicationController, causes: &mut Causes) {
    validate_meta(&controller.meta, Scope::Namespaced, names::subdomain_rule, causes);
    let (spec, path) = (&controller.spec, FieldPath::new("spec"));
    causes.nonnegative(&path.child("minReadySeconds"), i64::from(spec.min_ready_seconds));
    if spec.selector.is_empty() {
        causes.required(&path.child("selector"), "");
    }
    causes.nonnegative(&path.child("replicas"), i64::from(controller.replicas()));
    let path = path.child("template");
    let Some(template) = &spec.template else {
        causes.required(&path, "");
        return;
    };
    let labels = &template.meta.labels;
    if spec.selector.iter().any(|(key, value)| labels.get(key) != Some(value)) {
        selector_mismatch(labels, &path, causes);
    }
    validate_template(template, &path, causes);
    let path = path.child("spec");
    if template.spec.restart_policy != "Always" {
        causes.not_supported(&path.child("restartPolicy"), &template.spec.restart_policy, &["Always"]);
    }
    if template.spec.active_deadline_seconds.is_some() {
        let detail = "activeDeadlineSeconds in ReplicationController is not Supported";
        causes.forbidden(&path.child("activeDeadlineSeconds"), detail);
    }
}
