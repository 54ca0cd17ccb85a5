//! What the kinds of apps/v1 share: selectors that must be there and never change, templates of pods that always restart.
//! Models pkg/apis/apps/validation/validation.go.

use super::metadata::{Scope, go_selector, validate_label_selector, validate_meta};
use super::names;
use super::path::{Causes, FieldPath, IMMUTABLE};
use super::pod::{selector_mismatch, validate_template};
use crate::api::{LabelSelector, PodTemplateSpec, ReplicaSet};

/// A replica set, new or changed.
/// Models ValidateReplicaSet, ValidateReplicaSetSpec.
pub fn validate_replica_set(set: &ReplicaSet, causes: &mut Causes) {
    validate_meta(&set.meta, Scope::Namespaced, names::subdomain_rule, causes);
    let (spec, path) = (&set.spec, FieldPath::new("spec"));
    causes.nonnegative(&path.child("replicas"), i64::from(set.replicas()));
    causes.nonnegative(&path.child("minReadySeconds"), i64::from(spec.min_ready_seconds));
    let selector = spec.selector.as_deref();
    if validate_selector(selector, "deployment", &path, causes) {
        validate_pods(selector, &spec.template, "ReplicaSet", &path.child("template"), causes);
    }
}

/// A selector: it must be there and not be empty. Whether it can be read, so that the template can be held against it.
pub fn validate_selector(selector: Option<&LabelSelector>, kind: &str, path: &FieldPath, causes: &mut Causes) -> bool {
    let path = path.child("selector");
    let Some(selector) = selector else {
        causes.required(&path, "");
        return true;
    };
    let before = causes.len();
    validate_label_selector(selector, &path, causes);
    let readable = causes.len() == before;
    if selector.is_empty() {
        causes.invalid(&path, go_selector(selector), format!("empty selector is invalid for {kind}"));
    }
    if !readable {
        causes.invalid(&path, go_selector(selector), "invalid label selector");
    }
    readable
}

/// The template of pods that always restart.
/// Models ValidatePodTemplateSpecForReplicaSet.
pub fn validate_pods(
    selector: Option<&LabelSelector>,
    template: &PodTemplateSpec,
    kind: &str,
    path: &FieldPath,
    causes: &mut Causes,
) {
    let labels = &template.meta.labels;
    if selector.is_none_or(|selector| !selector.matches(labels)) {
        selector_mismatch(labels, path, causes);
    }
    validate_template(template, path, causes);
    let path = path.child("spec");
    if template.spec.restart_policy != "Always" {
        causes.not_supported(&path.child("restartPolicy"), &template.spec.restart_policy, &["Always"]);
    }
    if template.spec.active_deadline_seconds.is_some() {
        causes.forbidden(&path.child("activeDeadlineSeconds"), format!("activeDeadlineSeconds in {kind} is not Supported"));
    }
}

/// A selector never changes.
pub fn validate_same_selector(new: Option<&LabelSelector>, old: Option<&LabelSelector>, causes: &mut Causes) {
    if let Some(selector) = new.filter(|_| new != old) {
        causes.invalid(&FieldPath::new("spec").child("selector"), go_selector(selector), IMMUTABLE);
    }
}
