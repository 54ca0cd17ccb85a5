//! The priority of a pod, from its class. Models plugin/pkg/admission/priority.

use std::rc::Rc;

use serde_json::Value;

use super::pod::LOWER;
use crate::api::{Kind, Object, Other, PodSpec};
use crate::apiserver::bootstrap::PRIORITY_CLASSES;
use crate::base::Name;
use crate::store::View;

/// Whether every cluster has a class of this name.
pub(super) fn is_of_system(name: &Name) -> bool {
    PRIORITY_CLASSES.iter().any(|(known, ..)| name == known)
}

/// What a class gives.
struct Class {
    name: Name,
    value: i32,
    policy: Name,
}

fn class(other: &Other) -> Class {
    let value = other.field("value").as_i64().and_then(|value| i32::try_from(value).ok()).unwrap_or_default();
    let policy = other.field("preemptionPolicy").as_str().map_or(LOWER, Name::from);
    Class { name: other.meta.name.clone(), value, policy }
}

/// The class of a spec: the one it names, else the default one; None if neither is there. An error is why it cannot be.
fn class_of(spec: &PodSpec, view: View<'_>) -> Result<Option<Class>, String> {
    let name = &spec.priority_class_name;
    let mut classes = view.list(Kind::PriorityClass, &Name::default()).filter_map(Object::as_other);
    if name.is_empty() {
        let defaults = classes.filter(|other| other.field("globalDefault") == &Value::Bool(true)).map(|other| class(other));
        // The least of several counts.
        return Ok(defaults.min_by_key(|class| class.value));
    }
    if let Some((_, value, _)) = PRIORITY_CLASSES.iter().find(|(known, ..)| name == known) {
        return Ok(Some(Class { name: name.clone(), value: i32::try_from(*value).unwrap_or_default(), policy: LOWER }));
    }
    let named = classes.find(|other| other.meta.name == *name).map(|other| class(other));
    named.map(Some).ok_or_else(|| format!("no PriorityClass with name {name} was found"))
}

/// The spec with what its class gives; None if that is what it has anyway. An error is why it is refused.
pub(super) fn classify(spec: &Rc<PodSpec>, view: View<'_>) -> Result<Option<Rc<PodSpec>>, String> {
    let class = class_of(spec, view)?.unwrap_or(Class { name: Name::default(), value: 0, policy: LOWER });
    let value = class.value;
    if let Some(given) = spec.priority.filter(|given| *given != value) {
        return Err(format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {value} from the given PriorityClass name"
        ));
    }
    let (policy, given) = (class.policy, &spec.preemption_policy);
    if !given.is_empty() && *given != policy {
        return Err(format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name"
        ));
    }
    if class.name == spec.priority_class_name && value == 0 && policy == LOWER {
        return Ok(None);
    }
    let mut classed = PodSpec::clone(spec);
    (classed.priority_class_name, classed.priority, classed.preemption_policy) = (class.name, Some(value), policy);
    Ok(Some(Rc::new(classed)))
}
