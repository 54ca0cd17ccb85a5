//! Kinds without types of their own that have describers: storage, roles, budgets, priority classes, stateful sets. Models
//! describe.go PersistentVolumeDescriber, PersistentVolumeClaimDescriber, StorageClassDescriber, RoleDescriber, RoleBindingDescriber,
//! PodDisruptionBudgetDescriber, PriorityClassDescriber, StatefulSetDescriber. All others are described field by field.

use serde_json::Value;

use super::lines::Lines;
use super::{Scene, autoscaler, configuration, container, events, generic, volume};
use crate::api::{Json, Kind, LabelSelector, Object, Other, PodSelector, PodTemplateSpec};
use crate::kubectl::print::other_cells as cells;

pub(super) fn describe(object: &Object, other: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    match other.kind {
        Kind::ConfigMap => configuration::config_map(other, scene, lines),
        Kind::Secret => configuration::secret(other, lines),
        Kind::ServiceAccount => configuration::service_account(other, scene, lines),
        Kind::ResourceQuota => configuration::quota(other, lines),
        Kind::LimitRange => configuration::limits(other, lines),
        Kind::PersistentVolume => persistent_volume(other, scene, lines),
        Kind::PersistentVolumeClaim => claim(other, scene, lines),
        Kind::StorageClass => class(other, scene, lines),
        Kind::Role | Kind::ClusterRole => role(other, lines),
        Kind::RoleBinding | Kind::ClusterRoleBinding => binding(other, lines),
        Kind::PodDisruptionBudget => budget(other, scene, lines),
        Kind::PriorityClass => priority(other, scene, lines),
        Kind::StatefulSet => stateful_set(other, scene, lines),
        Kind::HorizontalPodAutoscaler => autoscaler::describe(other, scene, lines),
        _ => generic::describe(object, scene, lines),
    }
}

/// Name, namespace, labels, annotations.
pub(super) fn head(object: &Other, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    if object.kind.info().namespaced {
        lines.field(0, "Namespace", &object.meta.namespace);
    }
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
}

/// Its events.
pub(super) fn events(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    let key = crate::api::ObjectKey::new(object.kind, object.meta.namespace.clone(), object.meta.name.clone());
    events::about(&key, object.meta.uid, scene, lines);
}

fn text(object: &Other, path: &str, absent: &str) -> String {
    cells::shown(cells::at(object, path), absent)
}

fn finalizers(object: &Other) -> String {
    let all: Vec<&str> = object.meta.finalizers.iter().map(|name| name.as_str()).collect();
    format!("[{}]", all.join(" "))
}

fn persistent_volume(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    head(object, lines);
    lines.field(0, "Finalizers", finalizers(object));
    lines.field(0, "StorageClass", cells::storage_class(object));
    lines.field(0, "Status", cells::phase(object));
    lines.field(0, "Claim", cells::claim(object));
    lines.field(0, "Reclaim Policy", text(object, "spec.persistentVolumeReclaimPolicy", ""));
    lines.field(0, "Access Modes", cells::volume_modes(object));
    lines.field(0, "VolumeMode", text(object, "spec.volumeMode", ""));
    lines.field(0, "Capacity", text(object, "spec.capacity.storage", "0"));
    node_affinity(cells::at(object, "spec.nodeAffinity.required"), lines);
    lines.field(0, "Message", text(object, "status.message", ""));
    lines.line(0, "Source:");
    volume::source(object.field("spec"), lines);
    events(object, scene, lines);
}

/// Models describe.go printVolumeNodeAffinity and printNodeSelectorTermsMultilineWithIndent.
fn node_affinity(required: &Value, lines: &mut Lines) {
    if required.is_null() {
        lines.field(0, "Node Affinity", "<none>");
        return;
    }
    lines.field(0, "Node Affinity", "");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let terms = list(&required["nodeSelectorTerms"]);
    lines.field(1, "Required Terms", if terms.is_empty() { "<none>" } else { "" });
    for (at, term) in terms.iter().enumerate() {
        let conditions: Vec<String> = list(&term["matchExpressions"]).iter().map(condition).collect();
        lines.column(&format!("    Term {at}"), conditions);
    }
}

/// `kubernetes.io/hostname in [node1]`
fn condition(of: &Value) -> String {
    let operator = of["operator"].as_str().unwrap_or_default().to_ascii_lowercase();
    let values: Vec<&str> = of["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let condition = format!("{} {operator}", of["key"].as_str().unwrap_or_default());
    if values.is_empty() { condition } else { format!("{condition} [{}]", values.join(", ")) }
}

fn claim(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Namespace", &object.meta.namespace);
    lines.field(0, "StorageClass", cells::storage_class(object));
    lines.field(0, "Status", cells::phase(object));
    lines.field(0, "Volume", text(object, "spec.volumeName", ""));
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
    lines.field(0, "Finalizers", finalizers(object));
    lines.field(0, "Capacity", text(object, "status.capacity.storage", ""));
    lines.field(0, "Access Modes", cells::claim_modes(object));
    lines.field(0, "VolumeMode", text(object, "spec.volumeMode", ""));
    let uses = |volume: &Value| volume.pointer("/persistentVolumeClaim/claimName").is_some_and(|name| name == object.meta.name.as_str());
    let pods = scene.context.view.pods(&object.meta.namespace).filter(|pod| pod.spec.volumes.iter().any(uses));
    lines.column("Used By", pods.map(|pod| pod.meta.name.to_string()).collect());
    events(object, scene, lines);
}

fn class(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    let marks = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
    let is_default = marks.iter().any(|mark| object.meta.annotations.get(*mark).is_some_and(|value| value == "true"));
    let joined = |field: &str, map: &dyn Fn(&Value) -> String| match object.field(field) {
        Value::Array(items) => items.iter().map(map).collect::<Vec<_>>().join(","),
        _ => "<none>".to_owned(),
    };
    let parameters = object.field("parameters").as_object().map(|map| {
        map.iter().map(|(key, value)| format!("{key}={}", cells::shown(value, ""))).collect::<Vec<_>>().join(",")
    });
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "IsDefaultClass", if is_default { "Yes" } else { "No" });
    lines.annotations("Annotations", &object.meta.annotations);
    lines.field(0, "Provisioner", text(object, "provisioner", ""));
    lines.field(0, "Parameters", parameters.unwrap_or_else(|| "<none>".to_owned()));
    lines.field(0, "AllowVolumeExpansion", text(object, "allowVolumeExpansion", "<unset>").replace("true", "True").replace("false", "False"));
    match object.field("mountOptions") {
        Value::Array(_) => {
            lines.line(0, "MountOptions:");
            lines.line(1, joined("mountOptions", &|option| cells::shown(option, "")));
        }
        _ => lines.field(0, "MountOptions", "<none>"),
    }
    lines.field(0, "ReclaimPolicy", text(object, "reclaimPolicy", ""));
    lines.field(0, "VolumeBindingMode", text(object, "volumeBindingMode", ""));
    events(object, scene, lines);
}

fn role(object: &Other, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
    lines.line(0, "PolicyRule:");
    lines.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
    lines.line(1, "---------\t-----------------\t--------------\t-----");
    // Each resource and name has a row, with the verbs of all rules about it. Models rbac's CompactRules.
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for rule in object.field("rules").as_array().into_iter().flatten() {
        let list = |field: &str| -> Vec<String> {
            let items = rule.get(field).and_then(Value::as_array).into_iter().flatten();
            items.map(|item| cells::shown(item, "")).collect()
        };
        for verb in list("verbs") {
            for url in list("nonResourceURLs") {
                rows.push((format!("\t[{url}]\t[]"), vec![verb.clone()]));
            }
        }
        let mut names = list("resourceNames");
        if names.is_empty() {
            names.push(String::new());
        }
        for (group, resource) in list("apiGroups").iter().flat_map(|group| list("resources").into_iter().map(move |resource| (group, resource))) {
            let (resource, part) = resource.split_once('/').map_or((resource.as_str(), String::new()), |(of, part)| (of, format!("/{part}")));
            let dot = if group.is_empty() { "" } else { "." };
            for name in &names {
                let row = format!("{resource}{dot}{group}{part}\t[]\t[{name}]");
                let at = rows.iter().position(|(known, _)| *known == row).unwrap_or(rows.len());
                if at == rows.len() {
                    rows.push((row, Vec::new()));
                }
                let new = list("verbs").into_iter().filter(|verb| !rows[at].1.contains(verb)).collect::<Vec<String>>();
                rows[at].1.extend(new);
            }
        }
    }
    crate::base::sort(&mut rows);
    rows.iter().for_each(|(row, verbs)| lines.line(1, format!("{row}\t[{}]", verbs.join(" "))));
}

fn binding(object: &Other, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
    lines.line(0, "Role:");
    lines.field(1, "Kind", text(object, "roleRef.kind", ""));
    lines.field(1, "Name", text(object, "roleRef.name", ""));
    lines.line(0, "Subjects:");
    lines.line(1, "Kind\tName\tNamespace");
    lines.line(1, "----\t----\t---------");
    for subject in object.field("subjects").as_array().into_iter().flatten() {
        let field = |key: &str| cells::shown(subject.get(key).unwrap_or(&Value::Null), "");
        lines.line(1, format!("{}\t{}\t{}", field("kind"), field("name"), field("namespace")));
    }
}

fn budget(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Namespace", &object.meta.namespace);
    for (title, path) in [("Min available", "spec.minAvailable"), ("Max unavailable", "spec.maxUnavailable")] {
        let value = text(object, path, "");
        if !value.is_empty() {
            lines.field(0, title, value);
        }
    }
    let selector: Option<LabelSelector> = Json::read(cells::at(object, "spec.selector"));
    match &selector {
        Some(selector) => lines.field(0, "Selector", PodSelector::Selector(Some(selector))),
        None => lines.field(0, "Selector", "<unset>"),
    }
    lines.line(0, "Status:");
    for (title, path) in [
        ("Allowed disruptions", "status.disruptionsAllowed"), ("Current", "status.currentHealthy"), ("Desired", "status.desiredHealthy"),
        ("Total", "status.expectedPods"),
    ] {
        lines.field(2, title, text(object, path, "0"));
    }
    events(object, scene, lines);
}

fn priority(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Value", text(object, "value", "0"));
    lines.field(0, "GlobalDefault", text(object, "globalDefault", "false"));
    lines.field(0, "PreemptionPolicy", text(object, "preemptionPolicy", ""));
    lines.field(0, "Description", text(object, "description", ""));
    lines.annotations("Annotations", &object.meta.annotations);
    events(object, scene, lines);
}

fn stateful_set(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    let selector: Option<LabelSelector> = Json::read(cells::at(object, "spec.selector"));
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Namespace", &object.meta.namespace);
    lines.field(0, "CreationTimestamp", super::time(object.meta.creation));
    lines.field(0, "Selector", PodSelector::Selector(selector.as_ref()));
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
    lines.field(0, "Replicas", format!("{} desired | {} total", text(object, "spec.replicas", "0"), text(object, "status.replicas", "0")));
    lines.field(0, "Update Strategy", text(object, "spec.updateStrategy.type", ""));
    let partition = text(object, "spec.updateStrategy.rollingUpdate.partition", "");
    if !partition.is_empty() {
        lines.field(1, "Partition", partition);
    }
    lines.field(0, "Pods Status", pods_status(object, scene));
    let template = PodTemplateSpec::read(cells::at(object, "spec.template"));
    container::template(Some(&template), lines);
    match object.at(&["spec", "volumeClaimTemplates"]) {
        Value::Array(claims) if !claims.is_empty() => {
            lines.line(0, "Volume Claims:");
            for claim in claims {
                let field = |path: &str| cells::shown(claim.pointer(path).unwrap_or(&Value::Null), "");
                lines.field(1, "Name", field("/metadata/name"));
                lines.field(1, "StorageClass", field("/spec/storageClassName"));
                for (title, path) in [("  Labels", "/metadata/labels"), ("  Annotations", "/metadata/annotations")] {
                    let pairs = claim.pointer(path).and_then(Value::as_object).into_iter().flatten();
                    lines.column(title, pairs.map(|(key, value)| format!("{key}={}", cells::shown(value, ""))).collect());
                }
                lines.field(1, "Capacity", field("/spec/resources/requests/storage"));
                let modes = claim.pointer("/spec/accessModes").and_then(Value::as_array).into_iter().flatten();
                lines.field(1, "Access Modes", format!("[{}]", modes.map(|mode| cells::shown(mode, "")).collect::<Vec<_>>().join(" ")));
            }
        }
        _ => lines.field(0, "Volume Claims", "<none>"),
    }
    events(object, scene, lines);
}

/// `2 Running / 0 Waiting / 0 Succeeded / 0 Failed`
fn pods_status(object: &Other, scene: &Scene<'_>) -> String {
    let mut counts = [0_usize; 4];
    for pod in scene.context.view.pods_owned_by(object.meta.uid) {
        let at = match pod.status.phase {
            crate::api::PodPhase::Running => 0,
            crate::api::PodPhase::Succeeded => 2,
            crate::api::PodPhase::Failed => 3,
            _ => 1,
        };
        counts[at] += 1;
    }
    format!("{} Running / {} Waiting / {} Succeeded / {} Failed", counts[0], counts[1], counts[2], counts[3])
}
