//! Cells of kinds without a type of their own that are put together from several fields.
//! Models pkg/printers/internalversion/printers.go.

use std::fmt::Display;

use serde_json::Value;

use super::or_none;
use crate::api::{Other, Quantity};
use crate::base::{SimDuration, sort, sort_by_key};

/// What a path of fields with dots between them leads to.
pub(in crate::kubectl) fn at<'a>(object: &'a Other, path: &str) -> &'a Value {
    let mut steps = path.split('.');
    let first = object.field(steps.next().unwrap_or_default());
    steps.try_fold(first, |value, key| value.get(key)).unwrap_or(&Value::Null)
}

/// A value as a cell, or a word if there is none.
pub(in crate::kubectl) fn shown(value: &Value, absent: &str) -> String {
    match value {
        Value::Null => absent.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn text(object: &Other, path: &str) -> String {
    shown(at(object, path), "")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn field(value: &Value, key: &str) -> String {
    shown(value.get(key).unwrap_or(&Value::Null), "")
}

fn joined<T: Display>(items: impl Iterator<Item = T>, between: &str) -> String {
    let mut out = String::new();
    for item in items {
        if !out.is_empty() {
            out += between;
        }
        out += &item.to_string();
    }
    out
}

/// `requests.cpu: 1/2, pods: 0/4`: all but limits.
pub(in crate::kubectl) fn quota_requests(object: &Other) -> String {
    quota(object, "requests")
}

/// `limits.cpu: 1/2`
pub(in crate::kubectl) fn quota_limits(object: &Other) -> String {
    quota(object, "limits")
}

/// Models printResourceQuota: limits in a column of their own, all else among the requests.
fn quota(object: &Other, column: &str) -> String {
    let (hard, used) = (at(object, "status.hard"), at(object, "status.used"));
    let mut names: Vec<&String> = hard.as_object().into_iter().flat_map(|map| map.keys()).collect();
    names.retain(|name| name.starts_with("limits.") == (column == "limits"));
    sort(&mut names);
    joined(names.into_iter().map(|name| format!("{name}: {}/{}", amount(used.get(name)), amount(hard.get(name)))), ", ")
}

/// A quantity; 0 if there is none.
fn amount(value: Option<&Value>) -> String {
    let text = value.map(|value| shown(value, "0"));
    text.and_then(|text| Quantity::parse(&text).ok()).map_or_else(|| "0".to_owned(), |quantity| quantity.to_string())
}

/// `RWO,ROX` of a volume.
pub(in crate::kubectl) fn volume_modes(object: &Other) -> String {
    modes(at(object, "spec.accessModes"))
}

/// The modes of a claim's volume; none as long as it names no volume.
pub(in crate::kubectl) fn claim_modes(object: &Other) -> String {
    if text(object, "spec.volumeName").is_empty() { String::new() } else { modes(at(object, "status.accessModes")) }
}

/// The size of a claim's volume: 0 as long as a volume is named that does not answer.
pub(in crate::kubectl) fn claim_capacity(object: &Other) -> String {
    if text(object, "spec.volumeName").is_empty() { String::new() } else { shown(at(object, "status.capacity.storage"), "0") }
}

/// Models pkg/apis/core/v1/helper GetAccessModesAsString.
fn modes(value: &Value) -> String {
    let known = [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let given = |name: &str| list(value).iter().any(|mode| mode.as_str() == Some(name));
    joined(known.iter().filter(|(name, _)| given(name)).map(|(_, short)| short), ",")
}

/// The phase of a volume or a claim.
pub(in crate::kubectl) fn phase(object: &Other) -> String {
    if object.meta.is_deleting() { "Terminating".to_owned() } else { text(object, "status.phase") }
}

/// `default/data`: the claim that a volume belongs to.
pub(in crate::kubectl) fn claim(object: &Other) -> String {
    let claim = at(object, "spec.claimRef");
    if claim.is_null() { String::new() } else { format!("{}/{}", field(claim, "namespace"), field(claim, "name")) }
}

/// The class of a volume or a claim; an old annotation goes before the field.
pub(in crate::kubectl) fn storage_class(object: &Other) -> String {
    let annotation = object.meta.annotations.get("volume.beta.kubernetes.io/storage-class");
    annotation.map_or_else(|| text(object, "spec.storageClassName"), ToString::to_string)
}

/// The name of a storage class, and whether it is the default one.
pub(in crate::kubectl) fn class_name(object: &Other) -> String {
    let marks = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
    let is_default = marks.iter().any(|mark| object.meta.annotations.get(*mark).is_some_and(|value| value == "true"));
    format!("{}{}", object.meta.name, if is_default { " (default)" } else { "" })
}

fn container_fields(template: &Value, key: &str) -> String {
    let containers = template.get("spec").and_then(|spec| spec.get("containers")).unwrap_or(&Value::Null);
    joined(list(containers).iter().map(|container| field(container, key)), ",")
}

/// The containers of a stateful set.
pub(in crate::kubectl) fn containers(object: &Other) -> String {
    container_fields(at(object, "spec.template"), "name")
}

/// Their images.
pub(in crate::kubectl) fn images(object: &Other) -> String {
    container_fields(at(object, "spec.template"), "image")
}

/// The containers of a pod template.
pub(in crate::kubectl) fn template_containers(object: &Other) -> String {
    container_fields(object.field("template"), "name")
}

/// Their images.
pub(in crate::kubectl) fn template_images(object: &Other) -> String {
    container_fields(object.field("template"), "image")
}

/// The labels of the pods of a pod template.
pub(in crate::kubectl) fn template_labels(object: &Other) -> String {
    let labels = at(object, "template.metadata.labels").as_object();
    or_none(&joined(labels.into_iter().flatten().map(|(key, value)| format!("{key}={}", shown(value, ""))), ","))
}

/// `1/3`: ready pods of a stateful set, and wanted ones.
pub(in crate::kubectl) fn ready(object: &Other) -> String {
    let count = |path: &str| shown(at(object, path), "0");
    format!("{}/{}", count("status.readyReplicas"), count("spec.replicas"))
}

/// `Deployment/kubia`
pub(in crate::kubectl) fn scale_target(object: &Other) -> String {
    format!("{}/{}", text(object, "spec.scaleTargetRef.kind"), text(object, "spec.scaleTargetRef.name"))
}

/// `cpu: <unknown>/50%`: what is, of what is to be. Models formatHPAMetrics.
pub(in crate::kubectl) fn metrics(object: &Other) -> String {
    const MOST: usize = 2;
    let (specs, now) = (list(at(object, "spec.metrics")), list(at(object, "status.currentMetrics")));
    let shown_ones = joined(specs.iter().take(MOST).enumerate().map(|(at, spec)| metric(spec, now.get(at).unwrap_or(&Value::Null))), ", ");
    match specs.len() {
        0 => "<none>".to_owned(),
        count if count > MOST => format!("{shown_ones} + {} more...", count - MOST),
        _ => shown_ones,
    }
}

fn metric(spec: &Value, now: &Value) -> String {
    let kind = field(spec, "type");
    let mut key = kind.clone();
    if let Some(first) = key.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    let (source, now) = (&spec[&key], &now[&key]["current"]);
    let target = &source["target"];
    let pair = |amount: &str| format!("{}/{}", shown(&now[amount], "<unknown>"), field(target, amount));
    let averaged = !target["averageValue"].is_null();
    match kind.as_str() {
        "Resource" | "ContainerResource" if averaged => format!("{}: {}", field(source, "name"), pair("averageValue")),
        "Resource" | "ContainerResource" => {
            let percent = |of: &Value, absent: &str| of["averageUtilization"].as_i64().map_or_else(|| absent.to_owned(), |percent| format!("{percent}%"));
            format!("{}: {}/{}", field(source, "name"), percent(now, "<unknown>"), percent(target, "<auto>"))
        }
        "Pods" => pair("averageValue"),
        "Object" | "External" if averaged => format!("{} (avg)", pair("averageValue")),
        "Object" | "External" => pair("value"),
        _ => "<unknown type>".to_owned(),
    }
}

/// For how long a certificate is asked.
pub(in crate::kubectl) fn duration(object: &Other) -> String {
    let seconds = at(object, "spec.expirationSeconds").as_u64();
    seconds.map_or_else(|| "<none>".to_owned(), |seconds| SimDuration::from_seconds(seconds).human())
}

/// What became of a request for a certificate. Models extractCSRStatus.
pub(in crate::kubectl) fn request_condition(object: &Other) -> String {
    let conditions = list(at(object, "status.conditions"));
    let is = |kind: &str| conditions.iter().any(|condition| field(condition, "type") == kind);
    let mut status = if is("Denied") { "Denied" } else if is("Approved") { "Approved" } else { "Pending" }.to_owned();
    if is("Failed") {
        status += ",Failed";
    }
    if !text(object, "status.certificate").is_empty() {
        status += ",Issued";
    }
    status
}

/// What is known of how a component is.
fn well(object: &Other) -> Option<&Value> {
    list(object.field("conditions")).iter().find(|condition| field(condition, "type") == "Healthy")
}

/// `Healthy`: how a component is.
pub(in crate::kubectl) fn health(object: &Other) -> String {
    let word = match well(object) {
        None => "Unknown",
        Some(condition) if field(condition, "status") == "True" => "Healthy",
        Some(_) => "Unhealthy",
    };
    word.to_owned()
}

/// What it said of itself.
pub(in crate::kubectl) fn health_message(object: &Other) -> String {
    well(object).map(|condition| field(condition, "message")).unwrap_or_default()
}

/// Why it could not be asked.
pub(in crate::kubectl) fn health_error(object: &Other) -> String {
    well(object).map(|condition| field(condition, "error")).unwrap_or_default()
}

/// `Role/reader`
pub(in crate::kubectl) fn role(object: &Other) -> String {
    format!("{}/{}", text(object, "roleRef.kind"), text(object, "roleRef.name"))
}

fn subjects(object: &Other, kind: &str, show: impl Fn(&Value) -> String) -> String {
    joined(list(object.field("subjects")).iter().filter(|subject| field(subject, "kind") == kind).map(show), ", ")
}

/// The users of a binding.
pub(in crate::kubectl) fn users(object: &Other) -> String {
    subjects(object, "User", |subject| field(subject, "name"))
}

/// The groups of a binding.
pub(in crate::kubectl) fn groups(object: &Other) -> String {
    subjects(object, "Group", |subject| field(subject, "name"))
}

/// The service accounts of a binding, each with its namespace.
pub(in crate::kubectl) fn service_accounts(object: &Other) -> String {
    subjects(object, "ServiceAccount", |subject| format!("{}/{}", field(subject, "namespace"), field(subject, "name")))
}

/// `Local`, or the service behind an API.
pub(in crate::kubectl) fn api_service(object: &Other) -> String {
    match at(object, "spec.service") {
        Value::Null => "Local".to_owned(),
        service => format!("{}/{}", field(service, "namespace"), field(service, "name")),
    }
}

/// `True`, or why an API cannot be reached.
pub(in crate::kubectl) fn available(object: &Other) -> String {
    let found = list(at(object, "status.conditions")).iter().find(|condition| field(condition, "type") == "Available");
    match found {
        None => "Unknown".to_owned(),
        Some(condition) if field(condition, "status") == "True" => "True".to_owned(),
        Some(condition) => format!("{} ({})", field(condition, "status"), field(condition, "reason")),
    }
}

/// For whom a driver's tokens are.
pub(in crate::kubectl) fn audiences(object: &Other) -> String {
    match at(object, "spec.tokenRequests") {
        Value::Array(requests) => joined(requests.iter().map(|request| field(request, "audience")), ","),
        _ => "<unset>".to_owned(),
    }
}

/// `Persistent,Ephemeral`
pub(in crate::kubectl) fn lifecycle_modes(object: &Other) -> String {
    or_none(&joined(list(at(object, "spec.volumeLifecycleModes")).iter().map(|mode| shown(mode, "")), ","))
}

/// `v1/ConfigMap`: what a policy takes its parameters from.
pub(in crate::kubectl) fn parameter_kind(object: &Other) -> String {
    match at(object, "spec.paramKind") {
        Value::Null => "<unset>".to_owned(),
        kind => format!("{}/{}", field(kind, "apiVersion"), field(kind, "kind")),
    }
}

/// The parameters of a policy's binding.
pub(in crate::kubectl) fn parameter(object: &Other) -> String {
    match at(object, "spec.paramRef") {
        Value::Null => "<unset>".to_owned(),
        reference if field(reference, "name").is_empty() => chosen(&reference["selector"]),
        reference if field(reference, "namespace").is_empty() => format!("*/{}", field(reference, "name")),
        reference => format!("{}/{}", field(reference, "namespace"), field(reference, "name")),
    }
}

/// A selector as Go prints the message of a LabelSelector.
fn chosen(selector: &Value) -> String {
    if selector.is_null() {
        return "<unset>".to_owned();
    }
    let mut labels: Vec<(&String, &Value)> = selector["matchLabels"].as_object().into_iter().flatten().collect();
    sort_by_key(&mut labels, |(key, _)| (*key).clone());
    let labels = joined(labels.into_iter().map(|(key, value)| format!("{key}: {},", shown(value, ""))), "");
    let values = |of: &Value| joined(list(&of["values"]).iter().map(|value| shown(value, "")), " ");
    let requirement = |of: &Value| format!("LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},", field(of, "key"), field(of, "operator"), values(of));
    let requirements = joined(list(&selector["matchExpressions"]).iter().map(requirement), "");
    format!("&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{requirements}}},}}")
}

/// Whether the level that a flow schema names is missing.
pub(in crate::kubectl) fn dangling(object: &Other) -> String {
    let found = list(at(object, "status.conditions")).iter().find(|condition| field(condition, "type") == "Dangling");
    found.map_or_else(|| "?".to_owned(), |condition| field(condition, "status"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Kind, Object};
    use serde_json::json;

    fn other(kind: Kind, value: &Value) -> Other {
        match Object::from_value(kind, value) {
            Some(Object::Other(other)) => (*other).clone(),
            _ => panic!("no such object"),
        }
    }

    #[test]
    fn targets_of_autoscalers() {
        let resource = |target: Value| json!({"type": "Resource", "resource": {"name": "cpu", "target": target}});
        let pods = json!({"type": "Pods", "pods": {"metric": {"name": "qps"}, "target": {"averageValue": "100"}}});
        let table = [
            (json!([]), "<none>"),
            (json!([resource(json!({"averageUtilization": 50}))]), "cpu: <unknown>/50%"),
            (json!([resource(json!({"averageValue": "20m"})), pods]), "cpu: <unknown>/20m, <unknown>/100"),
            (json!([pods, pods, pods]), "<unknown>/100, <unknown>/100 + 1 more..."),
        ];
        for (specs, expected) in table {
            let object = other(Kind::HorizontalPodAutoscaler, &json!({"spec": {"metrics": specs}}));
            assert_eq!(metrics(&object), expected);
        }
    }

    #[test]
    fn a_quota_shows_what_is_used_of_what_is_allowed() {
        let value = json!({"status": {"hard": {"pods": "4", "limits.cpu": "2", "requests.cpu": "1"}, "used": {"pods": "1", "requests.cpu": "100m"}}});
        let object = other(Kind::ResourceQuota, &value);
        assert_eq!((quota_requests(&object).as_str(), quota_limits(&object).as_str()), ("pods: 1/4, requests.cpu: 100m/1", "limits.cpu: 0/2"));
    }
}
