//! A replication controller at length. Models describe.go describeReplicationController.

use super::lines::Lines;
use super::{Scene, container, events};
use crate::api::{Kind, ObjectKey, Pod, PodPhase, ReplicationController};
use crate::kubectl::print::joined_labels;

pub(super) fn describe(rc: &ReplicationController, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &rc.meta.name);
    lines.field(0, "Namespace", &rc.meta.namespace);
    lines.field(0, "Selector", joined_labels(&rc.spec.selector));
    lines.labels("Labels", rc.meta.labels.iter());
    lines.annotations("Annotations", &rc.meta.annotations);
    lines.field(0, "Replicas", format!("{} current / {} desired", rc.status.replicas, rc.replicas()));
    lines.field(0, "Pods Status", pods_status(rc, scene));
    container::template(rc.spec.template.as_deref(), lines);
    if !rc.status.conditions.is_empty() {
        lines.line(0, "Conditions:\n  Type\tStatus\tReason");
        lines.line(1, "----\t------\t------");
        for condition in &rc.status.conditions {
            lines.line(1, format!("{} \t{}\t{}", condition.kind, condition.status.as_str(), condition.reason));
        }
    }
    let key = ObjectKey::new(Kind::ReplicationController, rc.meta.namespace.clone(), rc.meta.name.clone());
    events::about(&key, rc.meta.uid, scene, lines);
}

/// The pods of a controller by phase. Models getPodStatusForController.
fn pods_status(rc: &ReplicationController, scene: &Scene<'_>) -> String {
    let selected = |pod: &Pod| rc.spec.selector.iter().all(|(key, value)| pod.meta.labels.get(key) == Some(value));
    let pods: Vec<_> = scene.context.view.pods_owned_by(rc.meta.uid).filter(|pod| selected(pod)).collect();
    let count = |phase| pods.iter().filter(|pod| pod.status.phase == phase).count();
    format!(
        "{} Running / {} Waiting / {} Succeeded / {} Failed",
        count(PodPhase::Running),
        count(PodPhase::Pending),
        count(PodPhase::Succeeded),
        count(PodPhase::Failed)
    )
}
