//! What a PodDisruptionBudget says, read from its fields. Models policy/v1 PodDisruptionBudget.

use serde_json::Value;

use super::json::Json;
use super::{IntOrString, Kind, LabelSelector, Labels, Object, Other, Pod, Rounding};
use crate::base::SimTime;

/// A PodDisruptionBudget.
#[derive(Clone, Copy, Debug)]
pub struct DisruptionBudget<'a>(pub &'a Other);

impl<'a> DisruptionBudget<'a> {
    /// An object as such; None if it is of another kind.
    pub fn of(object: &'a Object) -> Option<DisruptionBudget<'a>> {
        object.as_other().filter(|other| other.kind == Kind::PodDisruptionBudget).map(|other| DisruptionBudget(other))
    }

    /// Its selector; none if it selects nothing.
    pub fn selector(self) -> Option<LabelSelector> {
        let selector = self.0.at(&["spec", "selector"]);
        (!selector.is_null()).then(|| LabelSelector::read(selector))
    }

    /// Whether it protects pods with these labels: an empty selector finds all, none finds nothing.
    pub fn selects(self, labels: &Labels) -> bool {
        self.selector().is_some_and(|selector| selector.matches(labels))
    }

    fn amount(self, field: &str) -> Option<IntOrString> {
        let value = self.0.at(&["spec", field]);
        (!value.is_null()).then(|| IntOrString::read(value))
    }

    /// How many pods may be missing.
    pub fn max_unavailable(self) -> Option<IntOrString> {
        self.amount("maxUnavailable")
    }

    /// How many pods must be healthy.
    pub fn min_available(self) -> Option<IntOrString> {
        self.amount("minAvailable")
    }

    /// A number of its status: `disruptionsAllowed`.
    pub fn count(self, field: &str) -> i64 {
        self.0.at(&["status", field]).as_i64().unwrap_or_default()
    }

    /// Whether a pod was let go lately and counts as gone already.
    pub fn has_let_go(self, pod: &Pod) -> bool {
        !self.0.at(&["status", "disruptedPods", pod.meta.name.as_str()]).is_null()
    }

    /// How many healthy pods it asks for of so many.
    /// Models pkg/controller/disruption/disruption.go getExpectedPodCount.
    pub fn desired_healthy(self, expected: i32) -> i32 {
        match (self.max_unavailable(), self.min_available()) {
            (Some(most), _) => (expected - most.scaled(expected, Rounding::Up)).max(0),
            (None, Some(least)) => least.scaled(expected, Rounding::Up),
            (None, None) => 0,
        }
    }

    /// Whether the pods that it expects are those that controllers want, not those that are there.
    pub fn counts_wanted(self) -> bool {
        self.max_unavailable().is_some() || matches!(self.min_available(), Some(IntOrString::Text(_)))
    }
}

/// Its condition: whether a pod may be disrupted. The time of the transition is kept where the status is the same.
/// Models pkg/apis/policy pdb UpdateDisruptionAllowedCondition.
pub fn disruption_allowed(old: &Value, allowed: i64, generation: i64, now: SimTime) -> Value {
    let (status, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
    let known = old.as_array().and_then(|all| all.iter().find(|condition| condition["type"] == "DisruptionAllowed"));
    let since = known.filter(|condition| condition["status"] == status).map(|condition| condition["lastTransitionTime"].clone());
    serde_json::json!([{
        "lastTransitionTime": since.or_else(|| now.write()), "message": "", "observedGeneration": generation, "reason": reason,
        "status": status, "type": "DisruptionAllowed",
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_must_be_healthy_follows_from_what_is_expected() {
        let table = [
            (json!({"minAvailable": 2}), 3, 2), (json!({"minAvailable": "50%"}), 3, 2), (json!({"minAvailable": "100%"}), 7, 7),
            (json!({"maxUnavailable": 1}), 3, 2), (json!({"maxUnavailable": "30%"}), 7, 4), (json!({"maxUnavailable": 5}), 3, 0), (json!({}), 3, 0),
        ];
        for (spec, expected, desired) in table {
            let object = Object::from_value(Kind::PodDisruptionBudget, &json!({"metadata": {"name": "b"}, "spec": spec}));
            let budget = object.as_ref().and_then(DisruptionBudget::of);
            assert_eq!(budget.map(|budget| budget.desired_healthy(expected)), Some(desired), "{spec} of {expected}");
        }
    }
}
