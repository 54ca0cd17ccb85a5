//! The disruption controller: how many pods of a PodDisruptionBudget are healthy, and how many of them may go.
//! Models pkg/controller/disruption/disruption.go. Left out: custom controllers with a scale subresource, stale DisruptionTarget conditions.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::pod_control::Maker;
use crate::api::{
    DisruptionBudget, EventText, EventType, Json, Kind, LabelSelector, Object, ObjectKey, Other, OwnerReference, Pod, ReplicaOwner, Uid, disruption_allowed,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::{View, WatchEvent, WatchKind};

use super::{Controller, LAG, Trigger};

/// What its events come from.
const COMPONENT: &str = "controllermanager";
/// A pod that was let go and is still there after this long counts again (DeletionTimeout).
const PATIENCE: SimDuration = SimDuration::from_seconds(120);

/// The budgets that a change of a pod concerns.
pub(super) fn pod_triggers(event: &WatchEvent, pod: &Pod, view: View<'_>, list: &mut Vec<Trigger>) {
    let old = event.old.as_ref().and_then(Object::as_pod);
    let counts = |pod: &Pod| (pod.is_ready(), pod.meta.is_deleting());
    let relabelled = old.is_none_or(|old| old.meta.labels != pod.meta.labels);
    if event.kind == WatchKind::Modified && !relabelled && old.is_some_and(|old| counts(old) == counts(pod)) {
        return;
    }
    for object in view.list(Kind::PodDisruptionBudget, &pod.meta.namespace) {
        let Some(budget) = DisruptionBudget::of(object) else { continue };
        if budget.selects(&pod.meta.labels) || relabelled && old.is_some_and(|old| budget.selects(&old.meta.labels)) {
            list.push((Controller::Disruption, object.key(), LAG));
        }
    }
}

/// Counts. Key: a budget.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(budget) = view.get(key).and_then(DisruptionBudget::of) else { return outcome };
    let maker = Maker::new(key.clone(), budget.0.meta.uid, COMPONENT);
    let mut note = |kind, reason, text: String| outcome.notes.push(maker.note(kind, reason, EventText::Text(text.into())));
    let pods: Vec<&Rc<Pod>> = view.pods(&key.namespace).filter(|pod| budget.selects(&pod.meta.labels)).collect();
    if pods.is_empty() {
        note(EventType::Normal, "NoPods", "No matching pods found".to_owned());
    }
    let generation = budget.0.meta.generation;
    let known = budget.0.field("status");
    let (status, wait) = match expected(view, budget, &pods) {
        Ok((count, unmanaged)) => {
            if unmanaged > 0 {
                note(EventType::Warning, "UnmanagedPods", unmanaged_text(&budget.selector().unwrap_or_default()));
            }
            let (disrupted, wait) = still_disrupted(budget, &pods, now);
            let healthy = |pod: &&&Rc<Pod>| !pod.meta.is_deleting() && pod.is_ready() && !disrupted.contains_key(pod.meta.name.as_str());
            let healthy = i32::try_from(pods.iter().filter(healthy).count()).unwrap_or(i32::MAX);
            let desired = budget.desired_healthy(count);
            let allowed = if count <= 0 { 0 } else { (healthy - desired).max(0) };
            let mut status = json!({
                "conditions": disruption_allowed(&known["conditions"], i64::from(allowed), generation, now), "currentHealthy": healthy,
                "desiredHealthy": desired, "disruptionsAllowed": allowed, "expectedPods": count, "observedGeneration": generation,
            });
            if !disrupted.is_empty() {
                status["disruptedPods"] = Value::Object(disrupted);
            }
            (status, wait)
        }
        Err(why) => {
            note(EventType::Warning, "CalculateExpectedPodCountFailed", format!("Failed to calculate the number of expected pods: {why}"));
            let mut status = known.clone();
            let mut conditions = disruption_allowed(&known["conditions"], 0, generation, now);
            (conditions[0]["reason"], conditions[0]["message"]) = ("SyncFailed".into(), why.into());
            (status["conditions"], status["disruptionsAllowed"]) = (conditions, Value::from(0));
            (status, None)
        }
    };
    if *known != status {
        let mut fresh = Other::clone(budget.0);
        fresh.fields.insert("status".to_owned(), status);
        fresh.meta.resource_version = 0;
        outcome.write(Write::UpdateStatus(Object::Other(Rc::new(fresh))));
    }
    outcome.requeue = wait;
    outcome
}

/// The pods that were let go and are still there, and after how long the first of them counts again. Models buildDisruptedPodMap.
fn still_disrupted(budget: DisruptionBudget<'_>, pods: &[&Rc<Pod>], now: SimTime) -> (Map<String, Value>, Option<SimDuration>) {
    let mut left = Map::new();
    let mut wait: Option<SimDuration> = None;
    for (name, value) in budget.0.at(&["status", "disruptedPods"]).as_object().into_iter().flatten() {
        let end = SimTime::read(value) + PATIENCE;
        let there = pods.iter().any(|pod| *pod.meta.name == **name && !pod.meta.is_deleting());
        if there && end > now {
            left.insert(name.clone(), value.clone());
            wait = Some(wait.map_or(end.since(now), |other| other.min(end.since(now))));
        }
    }
    (left, wait)
}

/// How many pods there are to be, and how many belong to no controller. Models getExpectedPodCount and getExpectedScale.
fn expected(view: View<'_>, budget: DisruptionBudget<'_>, pods: &[&Rc<Pod>]) -> Result<(i32, usize), String> {
    if !budget.counts_wanted() {
        return Ok((i32::try_from(pods.len()).unwrap_or(i32::MAX), 0));
    }
    let (mut known, mut sum, mut unmanaged): (Vec<Uid>, i32, usize) = (Vec::new(), 0, 0);
    for pod in pods {
        let Some(owner) = pod.meta.controller() else {
            unmanaged += 1;
            continue;
        };
        let (uid, replicas) = scale(view, &pod.meta.namespace, owner)?;
        if !known.contains(&uid) {
            known.push(uid);
            sum = sum.saturating_add(replicas);
        }
    }
    Ok((sum, unmanaged))
}

/// How many pods the controller at the top of a pod's owners wants.
fn scale(view: View<'_>, namespace: &Name, owner: &OwnerReference) -> Result<(Uid, i32), String> {
    let kind = Kind::all().find(|kind| owner.kind == kind.name());
    let found = kind.and_then(|kind| view.get(&ObjectKey::new(kind, namespace.clone(), owner.name.clone())));
    let Some((kind, object)) = kind.zip(found.filter(|object| object.meta().uid == owner.uid)) else {
        return Err(format!("{} \"{}\" not found", kind.map_or_else(|| owner.kind.to_string(), |kind| kind.resource().to_owned()), owner.name));
    };
    if let Some(above) = object.meta().controller().filter(|above| kind == Kind::ReplicaSet && above.kind == Kind::Deployment.name()) {
        let key = ObjectKey::new(Kind::Deployment, namespace.clone(), above.name.clone());
        if let Some(Object::Deployment(deployment)) = view.get(&key) {
            return Ok((deployment.meta.uid, deployment.spec.replicas.unwrap_or(1)));
        }
    }
    if let Some(owner) = ReplicaOwner::of(object) {
        return Ok((owner.meta.uid, owner.replicas));
    }
    match object.as_other().filter(|_| kind == Kind::StatefulSet) {
        Some(set) => Ok((set.meta.uid, set.at(&["spec", "replicas"]).as_i64().and_then(|count| i32::try_from(count).ok()).unwrap_or(1))),
        None => Err(format!("{} does not implement the scale subresource", kind.resource())),
    }
}

/// The selector is shown as Go prints the generated type.
fn unmanaged_text(selector: &LabelSelector) -> String {
    let labels: String = selector.match_labels.iter().map(|(key, value)| format!("{key}: {value},")).collect();
    let shown = format!("&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{}},}}");
    format!(
        "Pods selected by this PodDisruptionBudget (selector: {shown}) were found to be unmanaged. As a result, the status of the PDB cannot be \
         calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the \
         PDB to an integer value."
    )
}
