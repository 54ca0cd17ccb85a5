//! Quotas, limit ranges, priority classes. Models ValidateResourceQuota, ValidateLimitRange in pkg/apis/core/validation/validation.go and
//! pkg/apis/scheduling/validation.

use serde_json::Value;

use super::place::Place;
use crate::api::Other;
use crate::apiserver::validation::names;
use crate::apiserver::validation::path::{Causes, FieldPath};
use crate::apiserver::validation::resources::validate_quantity;

/// What a quota can name without a slash in it. Models IsStandardQuotaResourceName.
const QUOTA: [&str; 19] = [
    "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu",
    "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets",
    "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers",
];
const SCOPES: [&str; 6] = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"];
/// HighestUserDefinablePriority
const HIGHEST: i64 = 1_000_000_000;

/// A quota.
pub(super) fn validate_quota(quota: &Other, causes: &mut Causes) {
    let spec = Place::of(quota, "spec");
    for (name, amount) in spec.child("hard").entries() {
        causes.invalid_each(&amount.path, name, names::qualified_name(name));
        if !name.contains('/') && !QUOTA.contains(&name) {
            causes.invalid(&amount.path, name, "must be a standard resource for quota");
        }
        validate_quantity(name, &amount.quantity(), &amount.path, causes);
    }
    let scopes = spec.child("scopes");
    for scope in scopes.items().filter(|scope| !SCOPES.contains(&scope.text())) {
        causes.invalid(&scopes.path, scope.text(), "unsupported scope");
    }
}

/// A limit range.
pub(super) fn validate_limits(range: &Other, causes: &mut Causes) {
    let mut seen: Vec<&str> = Vec::new();
    for limit in Place::of(range, "spec").child("limits").items() {
        let kind = limit.child("type");
        if seen.contains(&kind.text()) {
            causes.duplicate(&kind.path, kind.text());
        }
        seen.push(kind.text());
        let fields: &[&str] = if kind.text() == "Pod" { &["max", "min"] } else { &["max", "min", "default", "defaultRequest"] };
        for field in fields {
            for (name, amount) in limit.child(field).entries() {
                validate_quantity(name, &amount.quantity(), &amount.path, causes);
            }
        }
        if kind.text() == "Pod" {
            for field in ["default", "defaultRequest"] {
                if !limit.child(field).is_unset() {
                    causes.forbidden(&limit.child(field).path, "may not be specified when `type` is 'Pod'");
                }
            }
        }
        validate_order(&limit, causes);
    }
}

/// What is least may not be more than what is most, and what is given lies between them.
fn validate_order(limit: &Place<'_>, causes: &mut Causes) {
    let amount = |field: &str, name: &str| limit.child(field).value.get(name).map(|_| limit.child(field).child(name).quantity());
    let mut all: Vec<&String> = Vec::new();
    for field in ["max", "min", "default", "defaultRequest"] {
        for name in limit.child(field).value.as_object().into_iter().flat_map(|map| map.keys()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    let pairs = [
        ("min", "min value", "max", "max value", "min"),
        ("min", "min value", "defaultRequest", "default request value", "defaultRequest"),
        ("defaultRequest", "default request value", "max", "max value", "defaultRequest"),
        ("defaultRequest", "default request value", "default", "default limit value", "defaultRequest"),
        ("min", "min value", "default", "default value", "default"),
        ("default", "default value", "max", "max value", "default"),
    ];
    for name in all {
        for (low, low_text, high, high_text, at) in pairs {
            let (Some(least), Some(most)) = (amount(low, name), amount(high, name)) else { continue };
            if least.milli() > most.milli() {
                let path = limit.path.child(at).key(name);
                let shown = if at == high { &most } else { &least };
                causes.invalid(&path, shown.to_string().as_str(), format!("{low_text} {least} is greater than {high_text} {most}"));
            }
        }
    }
}

/// A priority class.
pub(super) fn validate_class(class: &Other, causes: &mut Causes) {
    if class.meta.name.starts_with("system-") {
        let why = "priority class names with 'system-' prefix are reserved for system use only. error: system- prefix is reserved";
        causes.forbidden(&FieldPath::new("metadata").child("name"), why);
    } else if class.field("value").as_i64().unwrap_or_default() > HIGHEST {
        causes.forbidden(&FieldPath::new("value"), format!("maximum allowed value of a user defined priority is {HIGHEST}"));
    }
    Place::of(class, "preemptionPolicy").one_of(&["Never", "PreemptLowerPriority"], causes);
}

/// What of a priority class may not change.
pub(super) fn validate_class_update(new: &Other, old: &Other, causes: &mut Causes) {
    if new.field("value") != old.field("value") {
        causes.forbidden(&FieldPath::new("value"), "may not be changed in an update.");
    }
    let policy = new.field("preemptionPolicy");
    if policy != old.field("preemptionPolicy") {
        let text = policy.as_str().map_or_else(|| Value::Null.to_string(), str::to_owned);
        causes.invalid(&FieldPath::new("preemptionPolicy"), text.as_str(), "field is immutable");
    }
}
