//! A deployment at length. Models describe.go describeDeployment.

use super::lines::Lines;
use super::{Scene, container, events};
use crate::api::{Deployment, Kind, ObjectKey, PodSelector, ReplicaSet};
use crate::kubectl::rollout;

pub(super) fn describe(deployment: &Deployment, scene: &Scene<'_>, lines: &mut Lines) {
    let (meta, spec, status) = (&deployment.meta, &deployment.spec, &deployment.status);
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.field(0, "CreationTimestamp", super::time(meta.creation));
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    lines.field(0, "Selector", PodSelector::Selector(spec.selector.as_deref()));
    let (updated, all, available) = (status.updated_replicas, status.replicas, status.available_replicas);
    let unavailable = status.unavailable_replicas;
    let counts = format!("{updated} updated | {all} total | {available} available | {unavailable} unavailable");
    lines.field(0, "Replicas", format!("{} desired | {counts}", deployment.replicas()));
    lines.field(0, "StrategyType", &spec.strategy.kind);
    lines.field(0, "MinReadySeconds", spec.min_ready_seconds);
    if let Some(pace) = &spec.strategy.rolling_update {
        let text = |amount: &Option<_>| amount.as_ref().map(|amount: &crate::api::IntOrString| amount.to_string()).unwrap_or_default();
        let (unavailable, surge) = (text(&pace.max_unavailable), text(&pace.max_surge));
        lines.field(0, "RollingUpdateStrategy", format!("{unavailable} max unavailable, {surge} max surge"));
    }
    container::template(Some(&spec.template), lines);
    if !status.conditions.is_empty() {
        lines.line(0, "Conditions:\n  Type\tStatus\tReason");
        lines.line(1, "----\t------\t------");
        for condition in &status.conditions {
            lines.line(1, format!("{} \t{}\t{}", condition.kind, condition.status.as_str(), condition.reason));
        }
    }
    let (new, old) = rollout::replica_sets(scene.context.view, deployment);
    lines.field(0, "OldReplicaSets", sets(old.iter().map(|set| &**set)));
    lines.field(0, "NewReplicaSet", sets(new.iter().map(|set| &**set)));
    let key = ObjectKey::new(Kind::Deployment, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

/// `kubia-d7cb879cb (2/2 replicas created), …`. Models printReplicaSetsByLabels.
fn sets<'a>(sets: impl Iterator<Item = &'a ReplicaSet>) -> String {
    let text = |set: &ReplicaSet| format!("{} ({}/{} replicas created)", set.meta.name, set.status.replicas, set.replicas());
    let texts: Vec<String> = sets.map(text).collect();
    if texts.is_empty() { "<none>".to_owned() } else { texts.join(", ") }
}
