//! To and from other clusters: the present as clean manifests with a script, and manifests taken out of a cluster made fit to be
//! applied. Left out: what the cluster itself makes (its own namespaces, accounts, the API server's service).

use serde_json::{Value, json};

use super::Simulator;
use super::clean::cleaned;
use crate::api::{Kind, Object, ObjectKey};
use crate::base::SmallSet;
use crate::manifest;
use crate::store::View;

/// Kinds that others make, or that are no wish.
const DERIVED: [&str; 8] =
    ["Event", "Node", "Endpoints", "EndpointSlice", "ControllerRevision", "Lease", "CSINode", "PodMetrics"];
/// Namespaces of the cluster itself.
const SYSTEM: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "ingress-nginx"];

/// Whether somebody wished for this object, rather than the cluster or a controller.
fn is_wished(value: &Value) -> bool {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (kind, name, namespace) = (text("/kind"), text("/metadata/name"), text("/metadata/namespace"));
    let owned = value.pointer("/metadata/ownerReferences").and_then(Value::as_array).is_some_and(|owners| !owners.is_empty());
    let own = match kind {
        "Namespace" => name == "default" || SYSTEM.contains(&name),
        "Service" => namespace == "default" && name == "kubernetes",
        "ServiceAccount" => name == "default",
        "ConfigMap" => name == "kube-root-ca.crt",
        "PriorityClass" => name.starts_with("system-"),
        "IngressClass" | "ValidatingWebhookConfiguration" => true,
        // Provisioned for a claim, which gets another one there.
        "PersistentVolume" => value.pointer("/metadata/annotations").is_some_and(|given| given.get("pv.kubernetes.io/provisioned-by").is_some()),
        _ => false,
    };
    !(owned || own || DERIVED.contains(&kind) || SYSTEM.contains(&namespace))
}

/// Whether addresses were written by somebody: those of a service without a selector.
fn is_written(view: View, value: &Value) -> bool {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (name, namespace) = (text("/metadata/name"), text("/metadata/namespace"));
    if text("/kind") != "Endpoints" || SYSTEM.contains(&namespace) || (namespace, name) == ("default", "kubernetes") {
        return false;
    }
    let service = view.get(&ObjectKey::new(Kind::Service, namespace, name));
    matches!(service, Some(Object::Service(service)) if service.spec.selector.is_empty())
}

/// In which order objects are made, so that what one needs is there before it: a pod is refused without its account or its class.
fn turn(kind: &str) -> usize {
    const TURNS: [&[&str]; 8] = [
        &["Namespace"],
        &["CustomResourceDefinition"],
        &["PriorityClass", "StorageClass", "RuntimeClass", "IngressClass", "CSIDriver"],
        &["ServiceAccount", "ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding"],
        &["ConfigMap", "Secret", "ResourceQuota", "LimitRange", "PersistentVolume", "PersistentVolumeClaim", "NetworkPolicy"],
        &["Service", "Endpoints", "EndpointSlice"],
        &["Pod", "ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob"],
        &["HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress"],
    ];
    TURNS.iter().position(|kinds| kinds.contains(&kind)).unwrap_or(TURNS.len())
}

fn put_in_order(values: &mut [Value]) {
    crate::base::sort_by_key(values, |value| turn(value["kind"].as_str().unwrap_or_default()));
}

/// Documents in one text.
fn joined(values: impl Iterator<Item = Value>) -> String {
    values.map(|value| manifest::encode(&value)).collect::<Vec<_>>().join("---\n")
}

/// Namespaces that documents name and that no cluster has by itself, as documents.
fn namespaces(values: &[Value]) -> Vec<Value> {
    let named = values.iter().filter_map(|value| value.pointer("/metadata/namespace").and_then(Value::as_str));
    let names: SmallSet<&str> = named.filter(|name| *name != "default").collect();
    let made = |name: &str| values.iter().any(|value| value["kind"] == "Namespace" && value["metadata"]["name"] == name);
    let missing = names.into_iter().filter(|name| !made(name));
    missing.map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).collect()
}

impl Simulator {
    /// The present as manifests that any cluster takes.
    pub fn export(&self) -> String {
        let view = self.state.world.view();
        let mut found: Vec<Value> = view.all().map(Object::to_value).filter(|value| is_wished(value) || is_written(view, value)).map(cleaned).collect();
        put_in_order(&mut found);
        joined(found.into_iter())
    }

    /// A script that brings another cluster here: the manifests, and what was done to nodes.
    pub fn export_script(&self) -> String {
        let mut script = String::from("#!/bin/sh\nset -e\n");
        for node in self.state.world.view().nodes() {
            let name = &node.meta.name;
            let mut lines = Vec::new();
            let given = node.meta.labels.iter().filter(|(key, _)| !key.contains("kubernetes.io/"));
            lines.extend(given.map(|(key, value)| format!("kubectl label node {name} '{key}={value}' --overwrite\n")));
            let taints = node.spec.taints.iter().filter(|taint| !taint.key.starts_with("node.kubernetes.io/"));
            lines.extend(taints.map(|taint| format!("kubectl taint node {name} '{}={}:{}' --overwrite\n", taint.key, taint.value, taint.effect.as_str())));
            if node.spec.unschedulable {
                lines.push(format!("kubectl cordon {name}\n"));
            }
            if !lines.is_empty() {
                // The other cluster's nodes may have other names.
                script.push_str(&format!("if kubectl get node {name} >/dev/null 2>&1; then\n{}fi\n", lines.concat()));
            }
        }
        script.push_str("kubectl apply -f - <<'MANIFESTS'\n");
        script.push_str(&self.export());
        script.push_str("MANIFESTS\n");
        script
    }

    /// Manifests that were taken out of a cluster (`kubectl get all -A -o yaml`), made fit to be applied; None if they were not.
    pub fn imported(text: &str) -> Option<String> {
        let decoded = manifest::decode(text);
        let documents: Vec<_> = decoded.readable().iter().flat_map(manifest::Document::objects).collect();
        if !documents.iter().any(|document| document.value.pointer("/metadata/uid").is_some()) {
            return None;
        }
        let known = |value: &Value| {
            let text = |key: &str| value[key].as_str().unwrap_or_default();
            Kind::of_manifest(text("apiVersion"), text("kind")).is_some()
        };
        let mut values: Vec<Value> = documents.into_iter().map(|document| document.value).filter(is_wished).filter(known).map(cleaned).collect();
        put_in_order(&mut values);
        let missing = namespaces(&values);
        Some(joined(missing.into_iter().chain(values)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Command, Scenario};

    #[test]
    fn what_is_exported_can_be_applied_to_an_empty_cluster() {
        let simulator = Simulator::new(&Scenario::example());
        let text = simulator.export();
        assert!(text.contains("kind: ReplicationController") && !text.contains("kind: Pod\n") && !text.contains("uid:"), "{text}");
        let mut other = Simulator::new(&Scenario::empty());
        assert_eq!(other.apply_file("export.yaml", &text).output, "replicationcontroller/kubia created\n");
        assert!(simulator.export_script().ends_with("MANIFESTS\n"));
    }

    #[test]
    fn what_is_exported_comes_in_the_order_in_which_it_is_needed() {
        let mut simulator = Simulator::new(&Scenario::empty());
        let lines = [
            "kubectl create namespace lab", "kubectl create serviceaccount bot -n lab", "kubectl create priorityclass high --value=10",
            "kubectl create service clusterip far --tcp=80 -n lab", "kubectl label node node1 disk=ssd", "kubectl cordon node2",
        ];
        let told = |simulator: &mut Simulator, line: &str| simulator.apply(Command::Line(line.to_owned())).output;
        for line in lines {
            told(&mut simulator, line);
        }
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: lab}\nspec:\n  serviceAccountName: bot\n  priorityClassName: high\n  \
            containers: [{name: a, image: nginx}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: out}\nspec: {ports: [{port: 80}]}\n---\n\
            apiVersion: v1\nkind: Endpoints\nmetadata: {name: out}\nsubsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n";
        assert_eq!(simulator.apply_file("pod.yaml", pod).exit, 0);
        simulator.catch_up(simulator.now() + crate::base::SimDuration::from_seconds(5));
        let text = simulator.export();
        for written in ["uid:", "clusterIP", "nodeName", "creationTimestamp", "status:", "kube-api-access", "resourceVersion", "finalizers"] {
            assert!(!text.contains(written), "{written}: {text}");
        }
        let mut other = Simulator::new(&Scenario::empty());
        let made = "namespace/lab created\npriorityclass.scheduling.k8s.io/high created\nserviceaccount/bot created\nendpoints/out created\n\
            service/out created\nservice/far created\npod/a created\n";
        assert_eq!(other.apply_file("export.yaml", &text).output, made);
        let script = simulator.export_script();
        let node = "if kubectl get node node1 >/dev/null 2>&1; then\nkubectl label node node1 'disk=ssd' --overwrite\nfi\n";
        assert!(script.contains(node) && script.contains("then\nkubectl cordon node2\nfi\n"), "{script}");
    }

    #[test]
    fn what_controllers_and_the_cluster_made_is_not_imported() {
        let list = "apiVersion: v1\nkind: List\nitems:\n\
            - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: lab, uid: x, ownerReferences: [{kind: ReplicaSet, name: r, uid: y}]}}\n\
            - {apiVersion: v1, kind: Service, metadata: {name: kubernetes, namespace: default, uid: z}, spec: {clusterIP: 10.96.0.1}}\n\
            - {apiVersion: v1, kind: Service, metadata: {name: web, namespace: lab, uid: w}, spec: {clusterIP: 10.0.0.7, ports: [{port: 80}]}, status: {}}\n";
        let Some(text) = Simulator::imported(list) else { panic!("nothing") };
        let expected = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: lab\n---\n\
            apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: lab\nspec:\n  ports:\n  - port: 80\n";
        assert_eq!(text, expected);
        assert_eq!(Simulator::imported("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"), None);
    }
}
