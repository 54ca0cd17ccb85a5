//! Daemon sets.
//! Models pkg/apis/apps/validation/validation.go ValidateDaemonSet, ValidateDaemonSetSpec, ValidateDaemonSetUpdateStrategy.

use super::metadata::{Scope, go_selector, validate_label_selector, validate_meta};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax, quote};
use super::workload::{amount_value, go_amount, validate_amount, validate_not_more_than_all, validate_pods};
use crate::api::{DaemonSet, DaemonSetUpdateStrategy, RollingUpdate};

/// A daemon set, new or changed.
pub fn validate(set: &DaemonSet, causes: &mut Causes) {
    validate_meta(&set.meta, Scope::Namespaced, names::subdomain_rule, causes);
    let (spec, path) = (&set.spec, FieldPath::new("spec"));
    let selector = spec.selector.as_deref();
    if let Some(selector) = selector {
        let path = path.child("selector");
        validate_label_selector(selector, &path, causes);
        if selector.is_empty() {
            causes.invalid(&path, go_selector(selector), "empty selector is invalid for daemonset");
        }
    }
    validate_pods(selector, &spec.template, "DaemonSet", &path.child("template"), causes);
    causes.nonnegative(&path.child("minReadySeconds"), i64::from(spec.min_ready_seconds));
    validate_strategy(&spec.update_strategy, &path.child("updateStrategy"), causes);
    if let Some(limit) = spec.revision_history_limit {
        causes.nonnegative(&path.child("revisionHistoryLimit"), i64::from(limit));
    }
}

fn validate_strategy(strategy: &DaemonSetUpdateStrategy, path: &FieldPath, causes: &mut Causes) {
    match (strategy.kind.as_str(), &strategy.rolling_update) {
        ("OnDelete", _) => {}
        ("RollingUpdate", None) => causes.required(&path.child("rollingUpdate"), ""),
        ("RollingUpdate", Some(pace)) => validate_pace(pace, &path.child("rollingUpdate"), causes),
        (kind, _) => {
            let value = format!("apps.DaemonSetUpdateStrategy{{Type:{}, RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}}", quote(kind));
            causes.not_supported_value(path, GoSyntax(value), &["RollingUpdate", "OnDelete"]);
        }
    }
}

/// Models ValidateRollingUpdateDaemonSet.
fn validate_pace(pace: &RollingUpdate, path: &FieldPath, causes: &mut Causes) {
    let fields = [("maxUnavailable", &pace.max_unavailable), ("maxSurge", &pace.max_surge)];
    for validate in [validate_amount, validate_not_more_than_all] {
        for (name, amount) in fields {
            if let Some(amount) = amount {
                validate(amount, &path.child(name), causes);
            }
        }
    }
    let (unavailable, surge) = (amount_value(pace.max_unavailable.as_ref()) != 0, amount_value(pace.max_surge.as_ref()) != 0);
    match &pace.max_surge {
        Some(amount) if unavailable && surge => {
            causes.invalid(&path.child("maxSurge"), go_amount(amount), "may not be set when maxUnavailable is non-zero");
        }
        _ if !unavailable && !surge => causes.required(&path.child("maxUnavailable"), "cannot be 0 when maxSurge is 0"),
        _ => {}
    }
}
