//! Autoscalers of a cluster without a metrics API: a target is kept between the least and the most of its replicas, and the autoscaler says that it
//! cannot know more.
//! Models pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler. Left out: metrics, behaviours of scaling, custom targets.

use std::rc::Rc;

use serde_json::{Value, json};

use super::pod_control::Maker;
use crate::api::{EventText, EventType, Json, Kind, Object, ObjectKey, Other};
use crate::apiserver::{Outcome, Write};
use crate::base::{SimDuration, SimTime};
use crate::store::View;

const COMPONENT: &str = "horizontal-pod-autoscaler";
/// horizontalPodAutoscalerSyncPeriod
const SYNC_PERIOD: SimDuration = SimDuration::from_seconds(15);

/// Looks at an autoscaler. Key: that.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome { requeue: Some(SYNC_PERIOD), ..Outcome::default() };
    let Some(scaler) = view.get(key).and_then(Object::as_other) else { return Outcome::default() };
    let maker = Maker::new(key.clone(), scaler.meta.uid, COMPONENT);
    let mut tell = |kind, reason, text: String| outcome.notes.push(maker.note(kind, reason, EventText::Text(text.into())));
    let name = scaler.at(&["spec", "scaleTargetRef", "name"]).as_str().unwrap_or_default();
    let kind = scaler.at(&["spec", "scaleTargetRef", "kind"]).as_str().unwrap_or_default();
    let kind = Kind::all().find(|other| other.name() == kind);
    let target = kind.and_then(|kind| view.get(&ObjectKey::new(kind, key.namespace.clone(), name)));
    let mut status = scaler.field("status").clone();
    let Some((target, current)) = target.and_then(|target| Some((target, replicas(target)?))) else {
        let why = format!("{} \"{name}\" not found", kind.map_or_else(|| "the target".to_owned(), Kind::resource));
        tell(EventType::Warning, "FailedGetScale", why.clone());
        let text = format!("the HPA controller was unable to get the target's current scale: {why}");
        set(&mut status, ("AbleToScale", "False", "FailedGetScale"), text, now);
        write(scaler, status, &mut outcome);
        return outcome;
    };
    let number = |field: &str| scaler.at(&["spec", field]).as_i64().unwrap_or(1);
    let wanted = match current {
        0 => None,
        _ if current > number("maxReplicas") => Some((number("maxReplicas"), "Current number of replicas above Spec.MaxReplicas")),
        _ if current < number("minReplicas") => Some((number("minReplicas"), "Current number of replicas below Spec.MinReplicas")),
        _ => None,
    };
    let fine = "the HPA controller was able to get the target's current scale".to_owned();
    set(&mut status, ("AbleToScale", "True", "SucceededGetScale"), fine, now);
    status["currentReplicas"] = Value::from(current);
    match wanted {
        Some((wanted, why)) => {
            tell(EventType::Normal, "SuccessfulRescale", format!("New size: {wanted}; reason: {why}"));
            let text = format!("the HPA controller was able to update the target scale to {wanted}");
            set(&mut status, ("AbleToScale", "True", "SucceededRescale"), text, now);
            (status["desiredReplicas"], status["lastScaleTime"]) = (Value::from(wanted), now.write().unwrap_or_default());
            outcome.write(Write::Update(scaled(target, wanted)));
        }
        None if current == 0 => {
            let text = "scaling is disabled since the replica count of the target is zero".to_owned();
            set(&mut status, ("ScalingActive", "False", "ScalingDisabled"), text, now);
            status["desiredReplicas"] = Value::from(0);
        }
        None => {
            let resource = scaler.at(&["spec", "metrics"]).pointer("/0/resource/name").and_then(Value::as_str).unwrap_or("cpu");
            let why = format!(
                "unable to get metrics for resource {resource}: unable to fetch metrics from resource metrics API: the server could not find the \
                 requested resource (get pods.metrics.k8s.io)"
            );
            let failed = format!("failed to get {resource} utilization: {why}");
            tell(EventType::Warning, "FailedGetResourceMetric", failed.clone());
            let first = format!("invalid metrics (1 invalid out of 1), first error is: failed to get {resource} resource metric value: {failed}");
            tell(EventType::Warning, "FailedComputeMetricsReplicas", first);
            let text = format!("the HPA was unable to compute the replica count: {failed}");
            set(&mut status, ("ScalingActive", "False", "FailedGetResourceMetric"), text, now);
        }
    }
    write(scaler, status, &mut outcome);
    outcome
}

/// How many pods an object that can be scaled wants.
fn replicas(target: &Object) -> Option<i64> {
    match target {
        Object::Deployment(deployment) => Some(i64::from(deployment.spec.replicas.unwrap_or(1))),
        Object::ReplicaSet(set) => Some(i64::from(set.replicas())),
        Object::ReplicationController(controller) => Some(i64::from(controller.spec.replicas.unwrap_or(1))),
        Object::Other(set) if set.kind == Kind::StatefulSet => Some(set.at(&["spec", "replicas"]).as_i64().unwrap_or(1)),
        _ => None,
    }
}

/// The same with other replicas.
fn scaled(target: &Object, replicas: i64) -> Object {
    let mut target = target.clone();
    let count = i32::try_from(replicas).ok();
    match &mut target {
        Object::Deployment(deployment) => Rc::make_mut(deployment).spec.replicas = count,
        Object::ReplicaSet(set) => Rc::make_mut(set).spec.replicas = count,
        Object::ReplicationController(controller) => Rc::make_mut(controller).spec.replicas = count,
        Object::Other(set) => {
            if let Some(spec) = Rc::make_mut(set).fields.get_mut("spec") {
                spec["replicas"] = Value::from(replicas);
            }
        }
        _ => {}
    }
    target.meta_mut().resource_version = 0;
    target
}

/// Sets a condition; the time of its transition is kept where its status is the same.
fn set(status: &mut Value, (kind, truth, reason): (&str, &str, &str), message: String, now: SimTime) {
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(all) = status["conditions"].as_array_mut() else { return };
    let known = all.iter().position(|condition| condition["type"] == kind);
    let since = known.map(|at| all.remove(at)).filter(|old| old["status"] == truth).map(|old| old["lastTransitionTime"].clone());
    let condition = json!({
        "lastTransitionTime": since.or_else(|| now.write()), "message": message, "reason": reason, "status": truth, "type": kind,
    });
    all.insert(known.unwrap_or(all.len()), condition);
}

fn write(scaler: &Rc<Other>, status: Value, outcome: &mut Outcome) {
    if *scaler.field("status") == status {
        return;
    }
    let mut fresh = Other::clone(scaler);
    fresh.fields.insert("status".to_owned(), status);
    fresh.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Other(Rc::new(fresh))));
}
