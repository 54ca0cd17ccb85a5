//! Deployments.
//! Models pkg/apis/apps/validation/validation.go ValidateDeployment, ValidateDeploymentSpec, ValidateDeploymentStrategy.

use super::metadata::{Scope, validate_meta};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax, quote};
use super::workload::{amount_value, go_amount, validate_amount, validate_not_more_than_all, validate_pods, validate_selector};
use crate::api::{Deployment, DeploymentStrategy, IntOrString, RollingUpdate};

/// A deployment, new or changed.
pub fn validate(deployment: &Deployment, causes: &mut Causes) {
    validate_meta(&deployment.meta, Scope::Namespaced, names::subdomain_rule, causes);
    let (spec, path) = (&deployment.spec, FieldPath::new("spec"));
    causes.nonnegative(&path.child("replicas"), i64::from(deployment.replicas()));
    let selector = spec.selector.as_deref();
    if validate_selector(selector, "deployment", &path, causes) {
        // The template is that of replica sets, and so are the words.
        validate_pods(selector, &spec.template, "ReplicaSet", &path.child("template"), causes);
    }
    validate_strategy(&spec.strategy, &path.child("strategy"), causes);
    causes.nonnegative(&path.child("minReadySeconds"), i64::from(spec.min_ready_seconds));
    if let Some(limit) = spec.revision_history_limit {
        causes.nonnegative(&path.child("revisionHistoryLimit"), i64::from(limit));
    }
    if let Some(deadline) = spec.progress_deadline_seconds {
        let path = path.child("progressDeadlineSeconds");
        causes.nonnegative(&path, i64::from(deadline));
        if deadline <= spec.min_ready_seconds {
            causes.invalid(&path, deadline, "must be greater than minReadySeconds");
        }
    }
}

fn validate_strategy(strategy: &DeploymentStrategy, path: &FieldPath, causes: &mut Causes) {
    let rolling = path.child("rollingUpdate");
    match (strategy.kind.as_str(), &strategy.rolling_update) {
        ("Recreate", None) => {}
        ("Recreate", Some(_)) => causes.forbidden(&rolling, "may not be specified when strategy `type` is 'Recreate'"),
        ("RollingUpdate", None) => causes.required(&rolling, "this should be defaulted and never be nil"),
        ("RollingUpdate", Some(pace)) => validate_pace(pace, &rolling, causes),
        (kind, _) => {
            let value = format!("apps.DeploymentStrategy{{Type:{}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}}", quote(kind));
            causes.not_supported_value(path, GoSyntax(value), &["Recreate", "RollingUpdate"]);
        }
    }
}

/// Models ValidateRollingUpdateDeployment.
fn validate_pace(pace: &RollingUpdate, path: &FieldPath, causes: &mut Causes) {
    let none = IntOrString::Int(0);
    let unavailable = pace.max_unavailable.as_ref().unwrap_or(&none);
    let surge = pace.max_surge.as_ref().unwrap_or(&none);
    let unavailable_path = path.child("maxUnavailable");
    validate_amount(unavailable, &unavailable_path, causes);
    validate_amount(surge, &path.child("maxSurge"), causes);
    if amount_value(Some(unavailable)) == 0 && amount_value(Some(surge)) == 0 {
        causes.invalid(&unavailable_path, go_amount(unavailable), "may not be 0 when `maxSurge` is 0");
    }
    validate_not_more_than_all(unavailable, &unavailable_path, causes);
}
