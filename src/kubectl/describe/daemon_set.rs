//! A daemon set at length. Models describe.go describeDaemonSet.

use super::lines::Lines;
use super::{Scene, container, events, replicas};
use crate::api::{DaemonSet, Kind, ObjectKey, PodSelector};
use crate::kubectl::print::joined_labels;

pub(super) fn describe(set: &DaemonSet, scene: &Scene<'_>, lines: &mut Lines) {
    let (meta, status) = (&set.meta, &set.status);
    let selector = PodSelector::Selector(set.spec.selector.as_deref());
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Selector", selector);
    lines.field(0, "Node-Selector", joined_labels(set.node_selector()));
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    let counts = [
        ("Desired Number of Nodes Scheduled", status.desired_number_scheduled),
        ("Current Number of Nodes Scheduled", status.current_number_scheduled),
        ("Number of Nodes Scheduled with Up-to-date Pods", status.updated_number_scheduled),
        ("Number of Nodes Scheduled with Available Pods", status.number_available),
        ("Number of Nodes Misscheduled", status.number_misscheduled),
    ];
    for (title, count) in counts {
        lines.line(0, format!("{title}: {count}"));
    }
    lines.field(0, "Pods Status", replicas::pods_status(meta, &selector, scene));
    container::template(Some(&set.spec.template), lines);
    let key = ObjectKey::new(Kind::DaemonSet, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}
