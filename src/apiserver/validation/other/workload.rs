//! Stateful sets, autoscalers, disruption budgets, definitions of kinds, webhooks.
//! Models pkg/apis/apps/validation, pkg/apis/autoscaling/validation, pkg/apis/policy/validation, the validation of apiextensions-apiserver and
//! pkg/apis/admissionregistration/validation. Left out: metrics and behaviour of autoscalers, schemas and rules in detail.

use serde_json::Value;

use super::place::Place;
use crate::api::{IntOrString, Json, LabelSelector, Other, PodTemplateSpec};
use crate::apiserver::validation::metadata::{validate_annotations, validate_label_selector, validate_labels};
use crate::apiserver::validation::path::{Causes, FieldPath};
use crate::apiserver::validation::pod::selector_mismatch;
use crate::apiserver::validation::workload::{validate_amount, validate_not_more_than_all, validate_selector};

const SET_FROZEN: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
    'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const SET_OPEN: [&str; 6] = ["replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

/// A stateful set. Models ValidateStatefulSetSpec.
pub(super) fn validate_set(set: &Other, causes: &mut Causes) {
    let spec = Place::of(set, "spec");
    spec.child("podManagementPolicy").one_of(&["OrderedReady", "Parallel"], causes);
    let strategy = spec.child("updateStrategy").child("type");
    if !["OnDelete", "RollingUpdate"].contains(&strategy.text()) {
        causes.invalid(&spec.child("updateStrategy").path, strategy.text(), "must be 'RollingUpdate' or 'OnDelete'");
    }
    causes.nonnegative(&spec.child("replicas").path, spec.child("replicas").number());
    causes.nonnegative(&spec.child("minReadySeconds").path, spec.child("minReadySeconds").number());
    let selector: Option<LabelSelector> = Json::read(spec.child("selector").value);
    if validate_selector(selector.as_ref(), "statefulset", &spec.path, causes) {
        let template = PodTemplateSpec::read(spec.child("template").value);
        validate_template(selector.as_ref(), &template, &spec.child("template").path, causes);
    }
}

/// The containers are looked at when the pods are made: their volumes may come from claims.
/// Models ValidatePodTemplateSpecForStatefulSet.
fn validate_template(selector: Option<&LabelSelector>, template: &PodTemplateSpec, path: &FieldPath, causes: &mut Causes) {
    let labels = &template.meta.labels;
    if selector.is_none_or(|selector| !selector.matches(labels)) {
        selector_mismatch(labels, path, causes);
    }
    validate_labels(labels, &path.child("labels"), causes);
    validate_annotations(&template.meta.annotations, &path.child("annotations"), causes);
    let path = path.child("spec");
    if template.spec.restart_policy != "Always" {
        causes.not_supported(&path.child("restartPolicy"), &template.spec.restart_policy, &["Always"]);
    }
    if template.spec.active_deadline_seconds.is_some() {
        causes.forbidden(&path.child("activeDeadlineSeconds"), "activeDeadlineSeconds in StatefulSet is not Supported");
    }
}

/// What of a stateful set may change.
pub(super) fn validate_set_update(new: &Other, old: &Other, causes: &mut Causes) {
    let fixed = |set: &Other| {
        let fields = set.field("spec").as_object().into_iter().flatten();
        fields.filter(|(key, _)| !SET_OPEN.contains(&key.as_str())).map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>()
    };
    if fixed(new) != fixed(old) {
        causes.forbidden(&FieldPath::new("spec"), SET_FROZEN);
    }
}

/// An autoscaler.
pub(super) fn validate_autoscaler(scaler: &Other, causes: &mut Causes) {
    let spec = Place::of(scaler, "spec");
    let (least, most) = (spec.child("minReplicas"), spec.child("maxReplicas"));
    if !least.value.is_null() && least.number() < 1 {
        causes.invalid(&least.path, least.number(), "must be greater than or equal to 1");
    }
    if most.number() < 1 {
        causes.invalid(&most.path, most.number(), "must be greater than 0");
    }
    if !least.value.is_null() && most.number() < least.number() {
        causes.invalid(&most.path, most.number(), "must be greater than or equal to `minReplicas`");
    }
    let target = spec.child("scaleTargetRef");
    target.child("kind").require("", causes);
    target.child("name").require("", causes);
}

/// A disruption budget.
pub(super) fn validate_budget(budget: &Other, causes: &mut Causes) {
    let spec = Place::of(budget, "spec");
    let (least, most) = (spec.child("minAvailable"), spec.child("maxUnavailable"));
    if !least.value.is_null() && !most.value.is_null() {
        let value = spec.value.to_string();
        causes.invalid(&spec.path, crate::apiserver::validation::path::GoSyntax(value), "minAvailable and maxUnavailable cannot be both set");
    }
    for amount in [least, most].iter().filter(|amount| !amount.value.is_null()) {
        let read = IntOrString::read(amount.value);
        validate_amount(&read, &amount.path, causes);
        validate_not_more_than_all(&read, &amount.path, causes);
    }
    if !spec.child("selector").value.is_null() {
        validate_label_selector(&LabelSelector::read(spec.child("selector").value), &spec.child("selector").path, causes);
    }
}

/// The definition of a kind.
pub(super) fn validate_definition(definition: &Other, causes: &mut Causes) {
    let spec = Place::of(definition, "spec");
    let (plural, group) = (spec.child("names").child("plural"), spec.child("group"));
    if *definition.meta.name != format!("{}.{}", plural.text(), group.text()) {
        let path = FieldPath::new("metadata").child("name");
        causes.invalid(&path, &definition.meta.name, "must be spec.names.plural+\".\"+spec.group");
    }
    group.require("", causes);
    let scope = spec.child("scope");
    if !["Cluster", "Namespaced"].contains(&scope.text()) {
        causes.required(&scope.path, "");
    }
    let versions = spec.child("versions");
    let stored = versions.items().filter(|version| *version.child("storage").value == true).count();
    for version in versions.items() {
        let schema = version.child("schema").child("openAPIV3Schema");
        schema.require("schemas are required", causes);
    }
    if stored != 1 {
        let go = crate::apiserver::validation::path::GoSyntax(versions.value.to_string());
        causes.invalid(&versions.path, go, "must have exactly one version marked as storage version");
    }
    for field in ["plural", "kind"] {
        spec.child("names").child(field).require("", causes);
    }
}

/// A configuration of webhooks.
pub(super) fn validate_webhooks(configuration: &Other, causes: &mut Causes) {
    for hook in Place::of(configuration, "webhooks").items() {
        let name = hook.child("name");
        if name.require("", causes) && name.text().split('.').count() < 3 {
            causes.invalid(&name.path, name.text(), "should be a domain with at least three segments separated by dots");
        }
        hook.child("admissionReviewVersions").require("must specify one of v1, v1beta1", causes);
        match hook.child("sideEffects").value {
            Value::Null => causes.required(&hook.child("sideEffects").path, "must specify one of None, NoneOnDryRun"),
            _ => hook.child("sideEffects").one_of(&["None", "NoneOnDryRun"], causes),
        }
        hook.child("failurePolicy").one_of(&["Fail", "Ignore"], causes);
        let client = hook.child("clientConfig");
        if client.child("url").value.is_null() == client.child("service").value.is_null() {
            causes.required(&client.path, "exactly one of url or service is required");
        }
    }
}
