//! Evictions: deletions of pods that disruption budgets may refuse.
//! Models pkg/registry/core/pod/storage/eviction.go. Left out: the causes beside the message, the limit of 2000 pods that a budget has let go.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{ApiServer, Committed, DeleteOptions};
use crate::api::{ApiError, DisruptionBudget, Json, Kind, Object, ObjectKey, Other, Pod, PodConditionKind, PodPhase, Reason, Truth, disruption_allowed};
use crate::base::{Name, SimTime};
use crate::store::View;

/// The disruption budgets that protect a pod.
pub fn budgets_of<'a>(view: View<'a>, pod: &Pod) -> Vec<&'a Rc<Other>> {
    let all = view.list(Kind::PodDisruptionBudget, &pod.meta.namespace).filter_map(Object::as_other);
    all.filter(|other| DisruptionBudget(other).selects(&pod.meta.labels)).collect()
}

impl ApiServer {
    /// Deletes a pod if its disruption budget lets it go.
    pub(super) fn evict(&mut self, key: &ObjectKey, options: &DeleteOptions, now: SimTime) -> Result<Committed, ApiError> {
        let Some(Object::Pod(pod)) = self.view().get(key).cloned() else { return Err(ApiError::not_found(key.kind, &key.name)) };
        let idle = pod.status.phase.is_terminal() || pod.status.phase == PodPhase::Pending || pod.meta.is_deleting();
        if !idle {
            let budgets = budgets_of(self.view(), &pod);
            if budgets.len() > 1 {
                let why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
                return Err(ApiError::new(Reason::InternalError, why));
            }
            if let Some(changed) = budgets.first().map(|budget| permit(DisruptionBudget(budget), &pod, now)).transpose()?.flatten() {
                self.update_status(Object::Other(Rc::new(changed)))?;
            }
        }
        let mut marked = Pod::clone(&pod);
        let detail = (Name::fixed("EvictionByEvictionAPI"), Name::fixed("Eviction API: evicting"));
        marked.status.set_condition(PodConditionKind::DisruptionTarget, Truth::True, Some(Rc::new(detail)), now);
        marked.meta.resource_version = 0;
        self.update_status(Object::Pod(Rc::new(marked)))?;
        self.delete(key, options, now)
    }
}

/// The budget after it has let a pod go; none if it is not concerned. An error if it does not let it go.
/// Models checkAndDecrement and the policies for pods that are not ready.
fn permit(budget: DisruptionBudget<'_>, pod: &Pod, now: SimTime) -> Result<Option<Other>, ApiError> {
    if !pod.is_ready() {
        let policy = budget.0.at(&["spec", "unhealthyPodEvictionPolicy"]).as_str().unwrap_or("IfHealthyBudget");
        let (current, desired) = (budget.count("currentHealthy"), budget.count("desiredHealthy"));
        if policy == "AlwaysAllow" || current >= desired && desired > 0 {
            return Ok(None);
        }
    }
    let refused = || Err(ApiError::new(Reason::TooManyRequests, "Cannot evict pod as it would violate the pod's disruption budget."));
    let allowed = budget.count("disruptionsAllowed");
    if budget.count("observedGeneration") < budget.0.meta.generation || allowed <= 0 {
        return refused();
    }
    let mut changed = budget.0.clone();
    let mut status = changed.field("status").clone();
    status["disruptionsAllowed"] = Value::from(allowed - 1);
    if allowed == 1 {
        status["conditions"] = disruption_allowed(&status["conditions"], 0, changed.meta.generation, now);
    }
    if status["disruptedPods"].is_null() {
        status["disruptedPods"] = json!({});
    }
    status["disruptedPods"][pod.meta.name.as_str()] = now.write().unwrap_or_default();
    changed.fields.insert("status".to_owned(), status);
    changed.meta.resource_version = 0;
    Ok(Some(changed))
}
