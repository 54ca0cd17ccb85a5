//! autoscaling/v1 HorizontalPodAutoscaler: an older form of what is kept as autoscaling/v2.
//! Models pkg/apis/autoscaling/v1/conversion.go. Left out: metrics other than CPU, which the old form keeps in annotations.

use serde_json::{Map, Value, json};

const OLD: &str = "targetCPUUtilizationPercentage";

/// Reads the old form.
pub(super) fn from_v1(fields: &mut Map<String, Value>) {
    let Some(spec) = fields.get_mut("spec").and_then(Value::as_object_mut) else { return };
    if let Some(percent) = spec.remove(OLD).filter(|percent| !percent.is_null()) {
        let target = json!({"averageUtilization": percent, "type": "Utilization"});
        spec.insert("metrics".to_owned(), json!([{"resource": {"name": "cpu", "target": target}, "type": "Resource"}]));
    }
}

/// An autoscaler's JSON form, in the old form.
pub fn autoscaler_v1(value: &Value) -> Value {
    let mut value = value.clone();
    value["apiVersion"] = Value::from("autoscaling/v1");
    if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("behavior");
        let metrics = spec.remove("metrics");
        let percent = metrics.iter().filter_map(Value::as_array).flatten().find_map(|metric| {
            let resource = metric.get("resource").filter(|resource| resource["name"] == "cpu")?;
            resource.pointer("/target/averageUtilization").cloned()
        });
        if let Some(percent) = percent {
            spec.insert(OLD.to_owned(), percent);
        }
    }
    let count = |key: &str| value.pointer(&format!("/status/{key}")).and_then(Value::as_i64).unwrap_or_default();
    value["status"] = json!({"currentReplicas": count("currentReplicas"), "desiredReplicas": count("desiredReplicas")});
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let old = json!({"maxReplicas": 3, "minReplicas": 1, OLD: 50, "scaleTargetRef": {"kind": "Deployment", "name": "a"}});
        let mut fields: Map<String, Value> = [("spec".to_owned(), old.clone())].into_iter().collect();
        from_v1(&mut fields);
        let metric = json!({"resource": {"name": "cpu", "target": {"averageUtilization": 50, "type": "Utilization"}}, "type": "Resource"});
        assert_eq!(fields["spec"]["metrics"], json!([metric]));
        let back = autoscaler_v1(&Value::Object(fields));
        assert_eq!((&back["spec"], &back["status"]), (&old, &json!({"currentReplicas": 0, "desiredReplicas": 0})));
    }
}
