//! What the class of a pod's runtime gives it: overhead, and where it may run.
//! Models plugin/pkg/admission/runtimeclass and pkg/util/tolerations.

use std::rc::Rc;

use serde_json::Value;

use crate::api::{Json, Kind, Object, ObjectKey, PodSpec, Toleration};
use crate::base::Name;
use crate::store::View;

/// The spec with what its class gives; None if it names none. An error is why it is refused.
pub(super) fn apply(spec: &PodSpec, view: View<'_>) -> Result<Option<Rc<PodSpec>>, String> {
    let Some(name) = spec.rest.get("runtimeClassName").and_then(Value::as_str) else {
        return match spec.rest.get("overhead") {
            Some(_) => Err("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead".to_owned()),
            None => Ok(None),
        };
    };
    let key = ObjectKey::new(Kind::RuntimeClass, Name::default(), name);
    let Some(class) = view.get(&key).and_then(Object::as_other) else {
        return Err(format!("pod rejected: RuntimeClass \"{name}\" not found"));
    };
    let mut filled = spec.clone();
    match (class.at(&["overhead", "podFixed"]), spec.rest.get("overhead")) {
        (Value::Null, Some(_)) => return Err("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead".to_owned()),
        (Value::Null, None) => {}
        (defined, Some(given)) if given != defined => {
            return Err("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead".to_owned());
        }
        (defined, _) => filled.rest.insert("overhead", defined),
    }
    for (label, value) in class.at(&["scheduling", "nodeSelector"]).as_object().into_iter().flatten() {
        let (label, value) = (Name::from(label), Name::read(value));
        match spec.node_selector.get(&label).filter(|given| **given != value) {
            Some(given) => {
                return Err(format!("conflict: runtimeClass.Scheduling.NodeSelector[{label}] = {value}; pod.Spec.NodeSelector[{label}] = {given}"));
            }
            None => drop(filled.node_selector.insert(label, value)),
        }
    }
    let borne: Vec<Toleration> = Json::read(class.at(&["scheduling", "tolerations"]));
    for toleration in borne {
        if !filled.tolerations.contains(&toleration) {
            filled.tolerations.push(toleration);
        }
    }
    Ok(Some(Rc::new(filled)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::{ApiServer, Write};
    use crate::base::SimTime;
    use serde_json::json;

    #[test]
    fn a_class_gives_overhead_and_a_place() {
        let mut api = ApiServer::new(1);
        let class = json!({"metadata": {"name": "kata"}, "handler": "kata", "overhead": {"podFixed": {"cpu": "250m"}},
            "scheduling": {"nodeSelector": {"kind": "kata"}, "tolerations": [{"key": "kata", "operator": "Exists"}]}});
        let object = Object::from_value(Kind::RuntimeClass, &class).expect("a class");
        api.submit(Write::Create(object), SimTime::from_seconds(1)).expect("it is made");
        let of = |value: Value| apply(&PodSpec::read(&value), api.view());
        let filled = of(json!({"runtimeClassName": "kata"})).expect("admitted").expect("filled");
        assert_eq!(filled.requested("cpu").milli(), 250);
        assert_eq!(filled.node_selector.get("kind").map(Name::as_str), Some("kata"));
        assert_eq!(filled.tolerations.len(), 1);
        assert_eq!(of(json!({"containers": []})), Ok(None));
        let refused = [
            (json!({"runtimeClassName": "other"}), "pod rejected: RuntimeClass \"other\" not found"),
            (json!({"overhead": {"cpu": "1"}}), "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"),
            (json!({"runtimeClassName": "kata", "overhead": {"cpu": "1"}}), "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"),
            (json!({"runtimeClassName": "kata", "nodeSelector": {"kind": "runc"}}),
                "conflict: runtimeClass.Scheduling.NodeSelector[kind] = kata; pod.Spec.NodeSelector[kind] = runc"),
        ];
        for (spec, why) in refused {
            assert_eq!(of(spec), Err(why.to_owned()));
        }
    }
}
