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
/// What the volume controllers write on claims and volumes. Models pkg/controller/volume/persistentvolume/util.go.
const VOLUME_ANNOTATIONS: [&str; 5] = [
    BOUND_BY_CONTROLLER, "pv.kubernetes.io/bind-completed", "volume.kubernetes.io/selected-node", "volume.kubernetes.io/storage-provisioner",
    "volume.beta.kubernetes.io/storage-provisioner",
];
/// The controller chose the volume of a claim, or the claim of a volume.
const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
/// What admission writes into the spec of a pod, and the scheduler.
const POD_SPEC: [&str; 3] = ["nodeName", "priority", "serviceAccount"];
/// The volume with an account's token begins so. Models plugin/pkg/admission/serviceaccount/admission.go.
const TOKEN_VOLUME: &str = "kube-api-access-";
/// Labels that the job controller writes.
const JOB_LABELS: [&str; 4] = ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/// The manifest of an object's value.
pub(super) fn cleaned(mut value: Value) -> Value {
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    let Some(object) = value.as_object_mut() else { return value };
    object.remove("status");
    let mut chosen = false;
    if let Some(meta) = map(object, "metadata") {
        chosen = map(meta, "annotations").is_some_and(|annotations| annotations.contains_key(BOUND_BY_CONTROLLER));
        clean_meta(meta, &kind);
    }
    let Some(spec) = map(object, "spec") else { return value };
    match kind.as_str() {
        "Namespace" => without(spec, &["finalizers"]),
        "Pod" => clean_pod(spec),
        "Service" if spec.get("clusterIP").and_then(Value::as_str) != Some("None") => without(spec, &["clusterIP", "clusterIPs"]),
        "PersistentVolumeClaim" if chosen => without(spec, &["volumeName"]),
        "PersistentVolume" if chosen => without(spec, &["claimRef"]),
        "PersistentVolume" => {
            if let Some(claim) = map(spec, "claimRef") {
                without(claim, &["uid", "resourceVersion"]);
            }
        }
        "Job" => without(spec, &["selector"]),
        "StatefulSet" => {
            let claims = spec.get_mut("volumeClaimTemplates").and_then(Value::as_array_mut);
            claims.into_iter().flatten().for_each(|claim| *claim = cleaned(claim.take()));
        }
        _ => {}
    }
    if spec.is_empty() && kind == "Namespace" {
        object.remove("spec");
    }
    for place in ["/spec/template/metadata", "/spec/jobTemplate/metadata", "/spec/jobTemplate/spec/template/metadata"] {
        let Some(meta) = value.pointer_mut(place).and_then(Value::as_object_mut) else { continue };
        without(meta, &["creationTimestamp"]);
        if kind == "Job" {
            prune(meta, "labels", &JOB_LABELS);
        }
    }
    value
}

fn clean_meta(meta: &mut Map<String, Value>, kind: &str) {
    without(meta, &SERVER_META);
    prune(meta, "annotations", &TOOL_ANNOTATIONS);
    // The cluster puts its own finalizers on again.
    if let Some(finalizers) = meta.get_mut("finalizers").and_then(Value::as_array_mut) {
        finalizers.retain(|name| name.as_str().and_then(|name| name.split_once('/')).is_some_and(|(domain, _)| !domain.ends_with("kubernetes.io")));
    }
    if meta.get("finalizers").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        meta.remove("finalizers");
    }
    match kind {
        "Job" => prune(meta, "labels", &JOB_LABELS),
        "Namespace" => prune(meta, "labels", &["kubernetes.io/metadata.name"]),
        "PersistentVolumeClaim" | "PersistentVolume" => prune(meta, "annotations", &VOLUME_ANNOTATIONS),
        _ => {}
    }
}

/// Takes out what the scheduler and admission wrote: the node, and the account's token with where it is mounted.
fn clean_pod(spec: &mut Map<String, Value>) {
    without(spec, &POD_SPEC);
    drop_token(spec, "volumes");
    for key in ["containers", "initContainers"] {
        let containers = spec.get_mut(key).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten().filter_map(Value::as_object_mut) {
            drop_token(container, "volumeMounts");
        }
    }
}

fn drop_token(parent: &mut Map<String, Value>, key: &str) {
    let Some(list) = parent.get_mut(key).and_then(Value::as_array_mut) else { return };
    list.retain(|entry| !entry["name"].as_str().is_some_and(|name| name.starts_with(TOKEN_VOLUME)));
    if list.is_empty() {
        parent.remove(key);
    }
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
            (
                json!({"kind": "Namespace", "metadata": {"name": "a", "labels": {"kubernetes.io/metadata.name": "a"}}, "spec": {"finalizers": ["kubernetes"]}}),
                json!({"kind": "Namespace", "metadata": {"name": "a"}}),
            ),
            (
                json!({"kind": "Pod", "metadata": {"finalizers": ["example.com/wait", "foregroundDeletion"]}, "spec": {
                    "priority": 0, "serviceAccount": "b", "serviceAccountName": "b", "volumes": [{"name": "kube-api-access-x"}, {"name": "d"}],
                    "containers": [{"name": "c", "volumeMounts": [{"name": "kube-api-access-x"}]}]}}),
                json!({"kind": "Pod", "metadata": {"finalizers": ["example.com/wait"]}, "spec": {
                    "serviceAccountName": "b", "volumes": [{"name": "d"}], "containers": [{"name": "c"}]}}),
            ),
            (
                json!({"kind": "PersistentVolumeClaim", "metadata": {"finalizers": ["kubernetes.io/pvc-protection"], "annotations": {BOUND_BY_CONTROLLER: "yes"}}, "spec": {"volumeName": "v"}}),
                json!({"kind": "PersistentVolumeClaim", "metadata": {}, "spec": {}}),
            ),
            (
                json!({"kind": "PersistentVolume", "metadata": {}, "spec": {"claimRef": {"name": "c", "uid": "1", "resourceVersion": "2"}}}),
                json!({"kind": "PersistentVolume", "metadata": {}, "spec": {"claimRef": {"name": "c"}}}),
            ),
            (
                json!({"kind": "StatefulSet", "spec": {"template": {"metadata": {"creationTimestamp": null}}, "volumeClaimTemplates": [{"metadata": {"creationTimestamp": null, "name": "d"}, "spec": {}, "status": {"phase": "Pending"}}]}}),
                json!({"kind": "StatefulSet", "spec": {"template": {"metadata": {}}, "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": {}}]}}),
            ),
        ];
        for (written, clean) in table {
            assert_eq!(cleaned(written), clean);
        }
    }
}
