//! Pods: the service account and its token, the priority, the tolerations that each pod gets. All but the token are the same
//! for all replicas of a template.

use std::rc::Rc;

use serde_json::Value;

use super::{forbidden, limit_range, priority, runtime_class};
use crate::api::{ApiError, Kind, Object, ObjectKey, Other, Pod, PodConditionKind, PodPhase, PodSpec, PodStatus, TaintEffect, Toleration, Truth};
use crate::apiserver::defaulting;
use crate::base::Name;
use crate::store::View;

const DEFAULT_ACCOUNT: Name = Name::fixed("default");
/// Where the accounts of the cluster's own components are, which are not simulated as objects.
const SYSTEM_NAMESPACE: &str = "kube-system";
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
pub(super) const LOWER: Name = Name::fixed("PreemptLowerPriority");
/// --default-not-ready-toleration-seconds, --default-unreachable-toleration-seconds
const TOLERATION_SECONDS: i64 = 300;
const TAINTS: [Name; 2] = [Name::fixed("node.kubernetes.io/not-ready"), Name::fixed("node.kubernetes.io/unreachable")];

/// Admits a pod, or refuses it.
pub(super) fn admit(pod: &mut Rc<Pod>, view: View<'_>) -> Result<(), ApiError> {
    limit_range::fill(pod, view);
    let account = check_account(pod, view)?;
    let classed = priority::classify(&pod.spec, view).map_err(|why| forbidden(Kind::Pod, &pod.meta, &why))?;
    let mut spec = classed.unwrap_or_else(|| pod.spec.clone());
    if let Some(given) = runtime_class::apply(&spec, view).map_err(|why| forbidden(Kind::Pod, &pod.meta, &why))? {
        spec = given;
    }
    let pull_secrets = account.map_or(&Value::Null, |account| account.field("imagePullSecrets"));
    if !pull_secrets.is_null() && spec.rest.get("imagePullSecrets").is_none() {
        Rc::make_mut(&mut spec).rest.insert("imagePullSecrets", pull_secrets);
    }
    let admitted = admit_spec(&spec);
    let refuses = account.is_some_and(|account| *account.field("automountServiceAccountToken") == false);
    let pod = Rc::make_mut(pod);
    pod.mounts_token |= mounts_token(&admitted, refuses);
    pod.spec = admitted;
    pod.status = PodStatus { phase: PodPhase::Pending, ..PodStatus::default() };
    // Models pkg/registry/core/pod/strategy.go applySchedulingGatedCondition.
    if pod.spec.rest.get("schedulingGates").is_some() {
        let detail = (Name::fixed("SchedulingGated"), Name::fixed("Scheduling is blocked due to non-empty scheduling gates"));
        let now = pod.meta.creation;
        pod.status.set_condition(PodConditionKind::PodScheduled, Truth::False, Some(Rc::new(detail)), now);
    }
    Ok(())
}

/// The account of a pod. The one that each namespace has is waited for, so that it is never missed.
/// Models plugin/pkg/admission/serviceaccount getServiceAccount.
fn check_account<'a>(pod: &Pod, view: View<'a>) -> Result<Option<&'a Other>, ApiError> {
    let (spec, namespace) = (&pod.spec, &pod.meta.namespace);
    let account = if spec.service_account_name.is_empty() { &DEFAULT_ACCOUNT } else { &spec.service_account_name };
    let key = ObjectKey::new(Kind::ServiceAccount, namespace.clone(), account.clone());
    let found = view.get(&key).and_then(Object::as_other).map(Rc::as_ref);
    if found.is_none() && *account != DEFAULT_ACCOUNT && namespace != SYSTEM_NAMESPACE {
        let why = format!("error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not found");
        return Err(forbidden(Kind::Pod, &pod.meta, &why));
    }
    Ok(found)
}

/// Priority and preemption policy stay; the tolerations that each pod gets come back. The service account does not: it cannot change, so that a
/// manifest without one is refused.
pub(super) fn admit_update(new: &mut Rc<Pod>, old: &Pod) {
    let spec = &new.spec;
    let open = spec.priority.is_none() || spec.preemption_policy.is_empty() || TAINTS.iter().any(|taint| !bears(spec, taint));
    if !open {
        return;
    }
    let spec = Rc::make_mut(&mut Rc::make_mut(new).spec);
    spec.priority = spec.priority.or(old.spec.priority);
    if spec.preemption_policy.is_empty() {
        spec.preemption_policy = old.spec.preemption_policy.clone();
    }
    add_tolerations(spec);
}

fn add_tolerations(spec: &mut PodSpec) {
    for taint in &TAINTS {
        if !bears(spec, taint) {
            spec.tolerations.push(toleration(taint));
        }
    }
}

/// The spec that a pod is stored with, from the defaulted spec of a pod or a template: with the defaults that only pods have,
/// service account, priority and tolerations. The same one if nothing is to be added; pure, so that its last result can be
/// kept for the next replica.
pub fn admit_spec(spec: &Rc<PodSpec>) -> Rc<PodSpec> {
    let filled = defaulting::default_pod_spec(spec);
    if is_admitted(&filled) {
        return filled;
    }
    let mut admitted = (*filled).clone();
    if admitted.service_account_name.is_empty() {
        admitted.service_account_name = DEFAULT_ACCOUNT;
    }
    admitted.service_account = admitted.service_account_name.clone();
    admitted.priority.get_or_insert(0);
    if admitted.preemption_policy.is_empty() {
        admitted.preemption_policy = LOWER;
    }
    // A negative grace is taken for the shortest there is.
    // Models pkg/registry/core/pod/strategy.go.
    if admitted.grace_seconds() < 0 {
        admitted.termination_grace_period_seconds = Some(1);
    }
    add_tolerations(&mut admitted);
    Rc::new(admitted)
}

fn is_admitted(spec: &PodSpec) -> bool {
    !spec.service_account_name.is_empty()
        && spec.service_account == spec.service_account_name
        && spec.priority.is_some()
        && !spec.preemption_policy.is_empty()
        && spec.grace_seconds() >= 0
        && TAINTS.iter().all(|taint| bears(spec, taint))
}

/// Models plugin/pkg/admission/defaulttolerationseconds.
fn bears(spec: &PodSpec, taint: &Name) -> bool {
    spec.tolerations.iter().any(|toleration| {
        let key = toleration.key.is_empty() || toleration.key == *taint;
        key && toleration.effect.is_none_or(|effect| effect == TaintEffect::NoExecute)
    })
}

fn toleration(taint: &Name) -> Toleration {
    Toleration {
        key: taint.clone(),
        operator: Name::fixed("Exists"),
        effect: Some(TaintEffect::NoExecute),
        toleration_seconds: Some(TOLERATION_SECONDS),
        ..Toleration::default()
    }
}

/// Models plugin/pkg/admission/serviceaccount: a container that mounts something there itself gets no token.
/// What the pod says of it goes before what the account says.
fn mounts_token(spec: &PodSpec, account_refuses: bool) -> bool {
    let said = spec.rest.get("automountServiceAccountToken").and_then(Value::as_bool);
    let refused = said.map_or(account_refuses, |mounts| !mounts);
    let mut containers = spec.containers.iter().chain(&spec.init_containers);
    !refused && containers.any(|container| container.volume_mounts.iter().all(|mount| mount.mount_path != TOKEN_PATH))
}
