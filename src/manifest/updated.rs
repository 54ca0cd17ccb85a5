//! Manifests of API versions that Kubernetes no longer serves, rewritten to those that it does: the version itself, and what the new
//! version wants otherwise (a selector, the backends and path types of an Ingress). Models the deprecation guide's table and
//! pkg/apis/{apps,networking}/…/conversion.go.
//! Left out: CustomResourceDefinitions and what has no successor (PodSecurityPolicy); comments of an Ingress are lost.

use serde_json::{Map, Value, json};

use super::{decode, encode};

/// The version that serves a kind now; None if the one that is named is served, or if none does.
pub fn successor(api_version: &str, kind: &str) -> Option<&'static str> {
    let (group, version) = api_version.split_once('/')?;
    let is_old = version.contains("beta") || version.contains("alpha");
    if !is_old {
        return None;
    }
    match (group, kind) {
        ("extensions" | "apps", "Deployment" | "DaemonSet" | "ReplicaSet" | "StatefulSet" | "ControllerRevision") => Some("apps/v1"),
        ("extensions" | "networking.k8s.io", "Ingress" | "NetworkPolicy" | "IngressClass") => Some("networking.k8s.io/v1"),
        ("batch", "CronJob" | "Job") => Some("batch/v1"),
        ("policy", "PodDisruptionBudget") => Some("policy/v1"),
        ("autoscaling", "HorizontalPodAutoscaler") if version == "v2beta2" => Some("autoscaling/v2"),
        ("rbac.authorization.k8s.io", _) => Some("rbac.authorization.k8s.io/v1"),
        ("scheduling.k8s.io", "PriorityClass") => Some("scheduling.k8s.io/v1"),
        ("storage.k8s.io", "StorageClass" | "VolumeAttachment" | "CSIDriver" | "CSINode" | "CSIStorageCapacity") => Some("storage.k8s.io/v1"),
        ("coordination.k8s.io", "Lease") => Some("coordination.k8s.io/v1"),
        ("discovery.k8s.io", "EndpointSlice") => Some("discovery.k8s.io/v1"),
        ("node.k8s.io", "RuntimeClass") => Some("node.k8s.io/v1"),
        ("certificates.k8s.io", "CertificateSigningRequest") => Some("certificates.k8s.io/v1"),
        _ => None,
    }
}

/// A text whose manifests are all of versions that are served; None if nothing in it is to be changed.
pub fn updated(text: &str) -> Option<String> {
    let (mut out, mut changed) = (String::new(), false);
    for piece in pieces(text) {
        match updated_document(piece) {
            Some(document) => {
                changed = true;
                out += &document;
            }
            None => out += piece,
        }
    }
    changed.then_some(out)
}

/// The documents, each with the line that separates it from the one before.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" && at > start {
            pieces.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    pieces.push(&text[start..]);
    pieces
}

fn updated_document(piece: &str) -> Option<String> {
    let decoded = decode(piece);
    let document = decoded.readable().first()?;
    let (version, kind) = (document.api_version().to_owned(), document.kind().to_owned());
    let successor = successor(&version, &kind)?;
    let separator = if piece.starts_with("---") { piece.split_inclusive('\n').next().unwrap_or_default() } else { "" };
    let mut value = document.value.clone();
    value["apiVersion"] = Value::from(successor);
    if kind == "Ingress" {
        update_ingress(&mut value);
        return Some(separator.to_owned() + &encode(&value));
    }
    let text = with_version(piece, &version, successor)?;
    let needs_selector = successor == "apps/v1" && value.pointer("/spec/selector").is_none_or(Value::is_null);
    let labels = value.pointer("/spec/template/metadata/labels").and_then(Value::as_object).cloned();
    let (true, Some(labels)) = (needs_selector, labels) else { return Some(text) };
    with_selector(&text, &labels).or_else(|| {
        value["spec"]["selector"] = json!({"matchLabels": labels});
        Some(separator.to_owned() + &encode(&value))
    })
}

/// The line of the version at the margin, with the new one.
fn with_version(piece: &str, old: &str, new: &str) -> Option<String> {
    let mut found = false;
    let lines = piece.split_inclusive('\n').map(|line| {
        let is_it = !found && (line.starts_with("apiVersion:") || line.trim_start_matches(['{', ' ']).starts_with("\"apiVersion\":") || line.starts_with("{apiVersion:"));
        found |= is_it;
        if is_it { line.replacen(old, new, 1) } else { line.to_owned() }
    });
    let text: String = lines.collect();
    found.then_some(text)
}

/// A selector right below `spec:`; None if that is not written in lines of its own.
fn with_selector(text: &str, labels: &Map<String, Value>) -> Option<String> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() != "spec:" {
            continue;
        }
        let next = text[at..].lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))?;
        let indent = next.len() - next.trim_start().len();
        if indent == 0 {
            return None;
        }
        let pad = " ".repeat(indent);
        let mut selector = format!("{pad}selector:\n{pad}  matchLabels:\n");
        let pairs = encode(&Value::Object(labels.clone()));
        pairs.lines().for_each(|pair| selector += &format!("{pad}    {pair}\n"));
        return Some(format!("{}{selector}{}", &text[..at], &text[at..]));
    }
    None
}

/// Models pkg/apis/networking/v1beta1/conversion.go.
fn update_ingress(value: &mut Value) {
    let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) else { return };
    if let Some(backend) = spec.remove("backend") {
        spec.insert("defaultBackend".to_owned(), service_backend(backend));
    }
    let rules = spec.get_mut("rules").and_then(Value::as_array_mut).into_iter().flatten();
    for path in rules.filter_map(|rule| rule.pointer_mut("/http/paths")?.as_array_mut()).flatten() {
        let Some(path) = path.as_object_mut() else { continue };
        if let Some(backend) = path.remove("backend") {
            path.insert("backend".to_owned(), service_backend(backend));
        }
        path.entry("pathType").or_insert_with(|| Value::from("ImplementationSpecific"));
    }
}

fn service_backend(backend: Value) -> Value {
    let (name, port) = (backend.get("serviceName"), backend.get("servicePort"));
    let (Some(name), Some(port)) = (name, port) else { return backend };
    let port = if port.is_number() { json!({"number": port}) } else { json!({"name": port}) };
    json!({"service": {"name": name, "port": port}})
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYMENT: &str = "\
# A comment
apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: kubia
spec:
  replicas: 3   # three
  template:
    metadata:
      labels:
        app: kubia
    spec:
      containers:
      - {name: kubia, image: luksa/kubia}
";

    #[test]
    fn what_is_gone_is_rewritten() {
        let deployment = DEPLOYMENT.replace("extensions/v1beta1", "apps/v1").replace("spec:\n  replicas", "spec:\n  selector:\n    matchLabels:\n      app: kubia\n  replicas");
        let ingress = "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  rules:\n  - http:\n      paths:\n      - path: /\n        backend: {serviceName: s, servicePort: 80}\n";
        let new_ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  rules:\n  - http:\n      paths:\n      - backend:\n          service:\n            name: s\n            port:\n              number: 80\n        path: /\n        pathType: ImplementationSpecific\n";
        let table = [
            (DEPLOYMENT.to_owned(), Some(deployment.clone())),
            ("apiVersion: batch/v1beta1\nkind: CronJob\n".to_owned(), Some("apiVersion: batch/v1\nkind: CronJob\n".to_owned())),
            (ingress.to_owned(), Some(new_ingress.to_owned())),
            (format!("apiVersion: v1\nkind: Pod\n---\n{DEPLOYMENT}"), Some(format!("apiVersion: v1\nkind: Pod\n---\n{deployment}"))),
            (deployment, None),
            ("apiVersion: v1\nkind: Pod\n".to_owned(), None),
            ("apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\n".to_owned(), None),
            ("a: [".to_owned(), None),
        ];
        for (text, expected) in table {
            assert_eq!(updated(&text), expected, "{text}");
        }
    }
}
