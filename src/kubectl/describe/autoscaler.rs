//! A HorizontalPodAutoscaler at length. Models describe.go describeHorizontalPodAutoscalerV2.

use serde_json::Value;

use super::Scene;
use super::lines::Lines;
use super::other::{events, head};
use crate::api::Other;
use crate::kubectl::print::other_cells as cells;

pub(super) fn describe(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    let text = |path: &str, absent: &str| cells::shown(cells::at(object, path), absent);
    head(object, lines);
    lines.field(0, "CreationTimestamp", super::time(object.meta.creation));
    lines.field(0, "Reference", format!("{}/{}", text("spec.scaleTargetRef.kind", ""), text("spec.scaleTargetRef.name", "")));
    lines.field(0, "Metrics", "( current / target )");
    for (at, metric) in list(cells::at(object, "spec.metrics")).iter().enumerate() {
        let current = list(cells::at(object, "status.currentMetrics")).get(at);
        lines.line(1, self::metric(metric, current.unwrap_or(&Value::Null)));
    }
    lines.field(0, "Min replicas", text("spec.minReplicas", "<unset>"));
    lines.field(0, "Max replicas", text("spec.maxReplicas", "0"));
    if !cells::at(object, "spec.behavior").is_null() {
        lines.line(0, "Behavior:");
        direction("Scale Up", cells::at(object, "spec.behavior.scaleUp"), lines);
        direction("Scale Down", cells::at(object, "spec.behavior.scaleDown"), lines);
    }
    let counts = format!("{} current / {} desired", text("status.currentReplicas", "0"), text("status.desiredReplicas", "0"));
    lines.field(0, &format!("{} pods", text("spec.scaleTargetRef.kind", "")), counts);
    let conditions = list(cells::at(object, "status.conditions"));
    if !conditions.is_empty() {
        lines.line(0, "Conditions:");
        lines.line(1, "Type\tStatus\tReason\tMessage");
        lines.line(1, "----\t------\t------\t-------");
    }
    for condition in conditions {
        let field = |key: &str| cells::shown(&condition[key], "");
        lines.line(1, format!("{}\t{}\t{}\t{}", field("type"), field("status"), field("reason"), field("message")));
    }
    events(object, scene, lines);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What is measured, how much of it there is now, how much there is to be.
fn metric(metric: &Value, now: &Value) -> String {
    let kind = metric["type"].as_str().unwrap_or_default();
    // `Resource` stands in the field `resource`.
    let mut key = kind.to_owned();
    if let Some(first) = key.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    let (source, current) = (&metric[&key], &now[&key]["current"]);
    let name = cells::shown(&source["metric"]["name"], "");
    let target = &source["target"];
    let amounts = |field: &str| format!("{} / {}", cells::shown(&current[field], "<unknown>"), cells::shown(&target[field], ""));
    let (field, title) = if target["averageValue"].is_null() { ("value", "target value") } else { ("averageValue", "target average value") };
    match kind {
        "External" => format!("\"{name}\" ({title}):\t{}", amounts(field)),
        "Pods" => format!("\"{name}\" on pods:\t{}", amounts("averageValue")),
        "Object" => {
            let of = &source["describedObject"];
            format!("\"{name}\" on {}/{} ({title}):\t{}", cells::shown(&of["kind"], ""), cells::shown(&of["name"], ""), amounts(field))
        }
        "Resource" | "ContainerResource" => {
            let mut title = format!("resource {}", cells::shown(&source["name"], ""));
            if kind == "ContainerResource" {
                title += &format!(" of container \"{}\"", cells::shown(&source["container"], ""));
            }
            if !target["averageValue"].is_null() {
                return format!("{title} on pods:\t{}", amounts("averageValue"));
            }
            let now = match current["averageUtilization"].as_i64() {
                Some(percent) => format!("{percent}% ({})", cells::shown(&current["averageValue"], "")),
                None => "<unknown>".to_owned(),
            };
            let wanted = target["averageUtilization"].as_i64().map_or_else(|| "<auto>".to_owned(), |percent| format!("{percent}%"));
            format!("{title} on pods  (as a percentage of request):\t{now} / {wanted}")
        }
        _ => format!("<unknown metric type \"{kind}\">"),
    }
}

/// Models printDirectionBehavior.
fn direction(title: &str, rules: &Value, lines: &mut Lines) {
    if rules.is_null() {
        return;
    }
    lines.line(1, format!("{title}:"));
    if let Some(seconds) = rules["stabilizationWindowSeconds"].as_i64() {
        lines.line(2, format!("Stabilization Window: {seconds} seconds"));
    }
    let policies = list(&rules["policies"]);
    if policies.is_empty() {
        return;
    }
    lines.line(2, format!("Select Policy: {}", cells::shown(&rules["selectPolicy"], "Max")));
    lines.line(2, "Policies:");
    for policy in policies {
        let field = |key: &str| cells::shown(&policy[key], "");
        lines.line(3, format!("- Type: {}\tValue: {}\tPeriod: {} seconds", field("type"), field("value"), field("periodSeconds")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metrics_show_what_is_and_what_is_to_be() {
        // As kubectl 1.32 describes them.
        let cpu = json!({"name": "cpu", "container": "c", "target": {"type": "Utilization", "averageUtilization": 60}});
        let of = json!({"kind": "Service", "name": "multi"});
        let rows = [
            (json!({"type": "Resource", "resource": cpu}), "resource cpu on pods  (as a percentage of request):\t<unknown> / 60%"),
            (json!({"type": "ContainerResource", "containerResource": cpu}), "resource cpu of container \"c\" on pods  (as a percentage of request):\t<unknown> / 60%"),
            (json!({"type": "Resource", "resource": {"name": "memory", "target": {"averageValue": "100Mi"}}}), "resource memory on pods:\t<unknown> / 100Mi"),
            (json!({"type": "Pods", "pods": {"metric": {"name": "qps"}, "target": {"averageValue": "10"}}}), "\"qps\" on pods:\t<unknown> / 10"),
            (json!({"type": "Object", "object": {"metric": {"name": "hits"}, "describedObject": of, "target": {"value": "2k"}}}), "\"hits\" on Service/multi (target value):\t<unknown> / 2k"),
            (json!({"type": "External", "external": {"metric": {"name": "q"}, "target": {"averageValue": "30"}}}), "\"q\" (target average value):\t<unknown> / 30"),
        ];
        for (spec, expected) in rows {
            assert_eq!(metric(&spec, &Value::Null), expected);
        }
    }
}
