//! An object as somebody would have written it: without what the server and the controllers put in. For editing and for taking it to
//! another cluster. Left out: defaults, which stay.

use serde_json::{Map, Value};

/// Metadata that a server writes.
const SERVER_META: [&str; 9] = [
    "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "ownerReferences", "deletionTimestamp",
    "deletionGracePeriodSeconds", "generateName",
];
/// Annotations that tools write.
const TOOL_ANNOTATIONS: [&str; 2] = ["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"];
/// Labels that the job controller writes.
const JOB_LABELS: [&str; 4] = ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/// The manifest of an object's value.
pub(super) fn cleaned(mut value: Value) -> Value {
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    let Some(object) = value.as_object_mut() else { return value };
    object.remove("status");
    if let Some(meta) = map(object, "metadata") {
        without(meta, &SERVER_META);
        prune(meta, "annotations", &TOOL_ANNOTATIONS);
        if kind == "Job" {
            prune(meta, "labels", &JOB_LABELS);
        }
    }
    let Some(spec) = map(object, "spec") else { return value };
    match kind.as_str() {
        "Pod" => without(spec, &["nodeName"]),
        "Service" if spec.get("clusterIP").and_then(Value::as_str) != Some("None") => without(spec, &["clusterIP", "clusterIPs"]),
        "Job" => {
            without(spec, &["selector"]);
            if let Some(meta) = map(spec, "template").and_then(|template| map(template, "metadata")) {
                prune(meta, "labels", &JOB_LABELS);
            }
        }
        _ => {}
    }
    value
}

fn map<'a>(parent: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    parent.get_mut(key)?.as_object_mut()
}

fn without(map: &mut Map<String, Value>, keys: &[&str]) {
    map.retain(|key, _| !keys.contains(&key.as_str()));
}

/// Takes entries out of a map inside, and the map itself if nothing is left.
fn prune(parent: &mut Map<String, Value>, key: &str, keys: &[&str]) {
    let Some(inner) = map(parent, key) else { return };
    without(inner, keys);
    if inner.is_empty() {
        parent.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_servers_and_tools_write_is_taken_out() {
        let table = [
            (
                json!({"kind": "Pod", "metadata": {"name": "a", "uid": "1", "annotations": {TOOL_ANNOTATIONS[0]: "{}"}}, "spec": {"nodeName": "n"}, "status": {}}),
                json!({"kind": "Pod", "metadata": {"name": "a"}, "spec": {}}),
            ),
            (
                json!({"kind": "Service", "metadata": {"name": "a"}, "spec": {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ports": []}}),
                json!({"kind": "Service", "metadata": {"name": "a"}, "spec": {"ports": []}}),
            ),
            (
                json!({"kind": "Service", "spec": {"clusterIP": "None"}}),
                json!({"kind": "Service", "spec": {"clusterIP": "None"}}),
            ),
            (
                json!({"kind": "Job", "metadata": {"labels": {"job-name": "a"}}, "spec": {"selector": {}, "template": {"metadata": {"labels": {"job-name": "a", "x": "y"}}}}}),
                json!({"kind": "Job", "metadata": {}, "spec": {"template": {"metadata": {"labels": {"x": "y"}}}}}),
            ),
        ];
        for (written, clean) in table {
            assert_eq!(cleaned(written), clean);
        }
    }
}
