//! A namespace at length. Models describe.go describeNamespace.

use super::lines::Lines;
use super::{Scene, configuration};
use crate::api::{Kind, Namespace, Object};

pub(super) fn describe(namespace: &Namespace, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &namespace.meta.name);
    lines.labels("Labels", namespace.meta.labels.iter());
    lines.annotations("Annotations", &namespace.meta.annotations);
    lines.field(0, "Status", &namespace.status.phase);
    let all = |kind| scene.context.view.list(kind, &namespace.meta.name).filter_map(Object::as_other);
    lines.line(0, "");
    if all(Kind::ResourceQuota).next().is_none() {
        lines.line(0, "No resource quota.");
    } else {
        lines.line(0, "Resource Quotas");
    }
    for quota in all(Kind::ResourceQuota) {
        lines.field(1, "Name", &quota.meta.name);
        configuration::scopes(quota, (1, "* "), lines);
        configuration::used(quota, (1, "---"), lines);
    }
    lines.line(0, "");
    if all(Kind::LimitRange).next().is_none() {
        lines.line(0, "No LimitRange resource.");
        return;
    }
    lines.line(0, "Resource Limits");
    configuration::limit_columns(" ", lines);
    all(Kind::LimitRange).for_each(|range| configuration::limit_rows(range, " ", lines));
}
