//! Replication controllers and replica sets at length. Models describe.go describeReplicationController, describeReplicaSet.

use super::lines::Lines;
use super::{Scene, container, events};
use crate::api::{Condition, Kind, ObjectMeta, PodPhase, PodSelector, ReplicaOwner};

pub(super) fn describe(owner: &ReplicaOwner<'_>, scene: &Scene<'_>, lines: &mut Lines) {
    let meta = owner.meta;
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.field(0, "Selector", owner.selector);
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    if let Some(above) = meta.controller().filter(|_| owner.kind == Kind::ReplicaSet) {
        lines.field(0, "Controlled By", format!("{}/{}", above.kind, above.name));
    }
    lines.field(0, "Replicas", format!("{} current / {} desired", owner.status.replicas, owner.replicas));
    lines.field(0, "Pods Status", pods_status(meta, &owner.selector, scene));
    container::template(owner.template.map(|template| &**template), lines);
    conditions(&owner.status.conditions, lines);
    events::about(&owner.key(), meta.uid, scene, lines);
}

/// The conditions of a controller, if it has any.
pub(super) fn conditions(conditions: &[Condition], lines: &mut Lines) {
    if conditions.is_empty() {
        return;
    }
    lines.line(0, "Conditions:\n  Type\tStatus\tReason");
    lines.line(1, "----\t------\t------");
    for condition in conditions {
        lines.line(1, format!("{} \t{}\t{}", condition.kind, condition.status.as_str(), condition.reason));
    }
}

/// The pods of a controller by phase. Models getPodStatusForController.
pub(super) fn pods_status(meta: &ObjectMeta, selector: &PodSelector<'_>, scene: &Scene<'_>) -> String {
    let pods: Vec<_> = scene.context.view.pods_owned_by(meta.uid).filter(|pod| selector.matches(&pod.meta.labels)).collect();
    let count = |phase| pods.iter().filter(|pod| pod.status.phase == phase).count();
    format!(
        "{} Running / {} Waiting / {} Succeeded / {} Failed",
        count(PodPhase::Running),
        count(PodPhase::Pending),
        count(PodPhase::Succeeded),
        count(PodPhase::Failed)
    )
}
