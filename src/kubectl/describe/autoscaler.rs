//! A HorizontalPodAutoscaler at length. Models describe.go describeHorizontalPodAutoscalerV2.
//! Left out: metrics other than those of a resource are named without their targets.

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
        describe_metric(metric, current.unwrap_or(&Value::Null), lines);
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

/// `resource cpu on pods  (as a percentage of request):  <unknown> / 80%`
fn describe_metric(metric: &Value, current: &Value, lines: &mut Lines) {
    let kind = cells::shown(&metric["type"], "");
    if kind != "Resource" {
        lines.line(1, format!("<{kind} metric>"));
        return;
    }
    let (resource, current) = (&metric["resource"], &current["resource"]["current"]);
    let name = cells::shown(&resource["name"], "");
    if !resource["target"]["averageValue"].is_null() {
        let (now, target) = (cells::shown(&current["averageValue"], "<unknown>"), cells::shown(&resource["target"]["averageValue"], ""));
        lines.line(1, format!("resource {name} on pods:\t{now} / {target}"));
        return;
    }
    let now = match current["averageUtilization"].as_i64() {
        Some(percent) => format!("{percent}% ({})", cells::shown(&current["averageValue"], "")),
        None => "<unknown>".to_owned(),
    };
    let target = resource["target"]["averageUtilization"].as_i64().map_or_else(|| "<auto>".to_owned(), |percent| format!("{percent}%"));
    lines.line(1, format!("resource {name} on pods  (as a percentage of request):\t{now} / {target}"));
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
