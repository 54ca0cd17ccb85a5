//! Kinds without types of their own that have describers: roles, budgets, priority classes, stateful sets. Models describe.go
//! RoleDescriber, RoleBindingDescriber, PodDisruptionBudgetDescriber, PriorityClassDescriber, StatefulSetDescriber. What has no
//! describer is described field by field.

use serde_json::Value;

use super::lines::Lines;
use super::{Scene, autoscaler, certificate, configuration, container, events, generic, storage};
use crate::api::{Json, Kind, LabelSelector, Labels, Object, Other, PodSelector, PodTemplateSpec};
use crate::base::sort_by_cached_key;
use crate::kubectl::print::other_cells as cells;

pub(super) fn describe(object: &Object, other: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    match other.kind {
        Kind::ConfigMap => configuration::config_map(other, scene, lines),
        Kind::Secret => configuration::secret(other, lines),
        Kind::ServiceAccount => configuration::service_account(other, scene, lines),
        Kind::ResourceQuota => configuration::quota(other, lines),
        Kind::LimitRange => configuration::limits(other, lines),
        Kind::PersistentVolume => storage::volume(other, scene, lines),
        Kind::PersistentVolumeClaim => storage::claim(other, scene, lines),
        Kind::StorageClass => storage::class(other, scene, lines),
        Kind::CSINode => storage::node(other, scene, lines),
        Kind::CertificateSigningRequest => certificate::describe(other, scene, lines),
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

/// Labels or annotations on one line, all of them. Models labels.FormatLabels.
pub(super) fn in_a_row(labels: &Labels) -> String {
    crate::kubectl::print::joined_labels(labels)
}

pub(super) fn text(object: &Other, path: &str, absent: &str) -> String {
    cells::shown(cells::at(object, path), absent)
}

fn role(object: &Other, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.labels("Labels", object.meta.labels.iter());
    lines.annotations("Annotations", &object.meta.annotations);
    lines.line(0, "PolicyRule:");
    lines.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs");
    lines.line(1, "---------\t-----------------\t--------------\t-----");
    let mut rows = rows(object.field("rules"));
    // kubectl sorts rules by their text, in which a bracket ends each list.
    sort_by_cached_key(&mut rows, |row| format!("{}],{}],{}],{}],{}]", row.verbs, row.group, row.resource, row.name, row.url));
    for row in rows {
        let (resource, part) = row.resource.split_once('/').map_or((row.resource.as_str(), String::new()), |(of, part)| (of, format!("/{part}")));
        let dot = if row.group.is_empty() { "" } else { "." };
        lines.line(1, format!("{resource}{dot}{}{part}\t[{}]\t[{}]\t[{}]", row.group, row.url, row.name, row.verbs));
    }
}

/// What is allowed of one resource, or of one URL.
#[derive(Clone, Default, PartialEq)]
struct Allowed {
    verbs: String,
    group: String,
    resource: String,
    name: String,
    url: String,
}

/// Each resource and name has a row, with the verbs of all rules about it; each URL has one for each verb.
/// Models rbac's BreakdownRule and CompactRules.
fn rows(rules: &Value) -> Vec<Allowed> {
    let mut rows: Vec<(Allowed, Vec<String>)> = Vec::new();
    for rule in rules.as_array().into_iter().flatten() {
        let list = |field: &str| -> Vec<String> {
            let items = rule.get(field).and_then(Value::as_array).into_iter().flatten();
            items.map(|item| cells::shown(item, "")).collect()
        };
        for url in list("nonResourceURLs") {
            for verb in list("verbs") {
                rows.push((Allowed { url: url.clone(), ..Allowed::default() }, vec![verb]));
            }
        }
        let mut names = list("resourceNames");
        if names.is_empty() {
            names.push(String::new());
        }
        for (group, resource) in list("apiGroups").iter().flat_map(|group| list("resources").into_iter().map(move |resource| (group, resource))) {
            for name in &names {
                let row = Allowed { group: group.clone(), resource: resource.clone(), name: name.clone(), ..Allowed::default() };
                let at = rows.iter().position(|(known, _)| *known == row).unwrap_or(rows.len());
                if at == rows.len() {
                    rows.push((row, Vec::new()));
                }
                let new = list("verbs").into_iter().filter(|verb| !rows[at].1.contains(verb)).collect::<Vec<String>>();
                rows[at].1.extend(new);
            }
        }
    }
    rows.into_iter().map(|(row, verbs)| Allowed { verbs: verbs.join(" "), ..row }).collect()
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
    lines.field(0, "Annotations", in_a_row(&object.meta.annotations));
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
