//! What the kinds of apps/v1 share: selectors that must be there and never change, templates of pods that always restart.
//! Models pkg/apis/apps/validation/validation.go.

use super::metadata::{Scope, go_selector, validate_label_selector, validate_meta};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax, IMMUTABLE, quote};
use super::pod::{selector_mismatch, validate_template};
use crate::api::{ControllerRevision, IntOrString, LabelSelector, PodTemplateSpec, ReplicaSet};

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

/// A revision of a controller.
/// Models ValidateControllerRevision.
pub fn validate_revision(revision: &ControllerRevision, causes: &mut Causes) {
    validate_meta(&revision.meta, Scope::Namespaced, names::subdomain_rule, causes);
    if revision.data.is_null() {
        causes.required(&FieldPath::new("data"), "data is mandatory");
    }
    causes.nonnegative(&FieldPath::new("revision"), revision.revision);
}

/// A number of pods or a percentage of them.
/// Models ValidatePositiveIntOrPercent.
pub fn validate_amount(amount: &IntOrString, path: &FieldPath, causes: &mut Causes) {
    match amount {
        IntOrString::Int(number) => causes.nonnegative(path, i64::from(*number)),
        IntOrString::Text(text) if percent(text).is_none() => causes.invalid(path, go_amount(amount), NO_PERCENT),
        IntOrString::Text(_) => {}
    }
}

/// Models IsNotMoreThan100Percent.
pub fn validate_not_more_than_all(amount: &IntOrString, path: &FieldPath, causes: &mut Causes) {
    if let IntOrString::Text(text) = amount
        && percent(text).is_some_and(|percent| percent > 100)
    {
        causes.invalid(path, go_amount(amount), "must not be greater than 100%");
    }
}

/// The number of an amount, or its percentage; 0 if it is neither.
/// Models getIntOrPercentValue.
pub fn amount_value(amount: Option<&IntOrString>) -> i64 {
    match amount {
        Some(IntOrString::Int(number)) => i64::from(*number),
        Some(IntOrString::Text(text)) => percent(text).unwrap_or_default(),
        None => 0,
    }
}

const NO_PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

fn percent(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%').filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(digits.parse().unwrap_or(i64::MAX))
}

/// `intstr.IntOrString{Type:0, IntVal:1, StrVal:""}`
pub fn go_amount(amount: &IntOrString) -> GoSyntax {
    match amount {
        IntOrString::Int(number) => GoSyntax(format!("intstr.IntOrString{{Type:0, IntVal:{number}, StrVal:\"\"}}")),
        IntOrString::Text(text) => GoSyntax(format!("intstr.IntOrString{{Type:1, IntVal:0, StrVal:{}}}", quote(text))),
    }
}
