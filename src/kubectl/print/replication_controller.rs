//! Replication controllers in `kubectl get`. Models pkg/printers/internalversion/printers.go printReplicationController.

use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use super::joined_labels;
use crate::api::{Container, Object, PodSpec};
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("DESIRED", Always),
        ("CURRENT", Always),
        ("READY", Always),
        ("AGE", Always),
        ("CONTAINERS", Wide),
        ("IMAGES", Wide),
        ("SELECTOR", Wide),
    ],
    cells,
    fields: &[("status.replicas", "0")],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::ReplicationController(rc)) = item else {
        unreachable!("BUG: a replication controller's row of something else")
    };
    let (names, images) = rc.spec.template.as_ref().map(|template| containers(&template.spec)).unwrap_or_default();
    vec![
        rc.meta.name.to_string(),
        rc.replicas().to_string(),
        rc.status.replicas.to_string(),
        rc.status.ready_replicas.to_string(),
        context.age(rc.meta.creation),
        names,
        images,
        joined_labels(&rc.spec.selector),
    ]
}

/// Names and images of a template's containers, joined by commas.
fn containers(spec: &PodSpec) -> (String, String) {
    let join = |of: fn(&Container) -> &str| spec.containers.iter().map(of).collect::<Vec<_>>().join(",");
    (join(|container| &container.name), join(|container| &container.image))
}
