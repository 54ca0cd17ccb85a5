//! A namespace at length. Models describe.go describeNamespace. Left out: quotas and limit ranges, which are not simulated.

use super::lines::Lines;
use crate::api::Namespace;

pub(super) fn describe(namespace: &Namespace, lines: &mut Lines) {
    lines.field(0, "Name", &namespace.meta.name);
    lines.labels("Labels", namespace.meta.labels.iter());
    lines.annotations("Annotations", &namespace.meta.annotations);
    lines.field(0, "Status", &namespace.status.phase);
    lines.line(0, "\nNo resource quota.");
    lines.line(0, "\nNo LimitRange resource.");
}
