//! Replication controllers and replica sets in `kubectl get`. Models pkg/printers/internalversion/printers.go
//! printReplicationController, printReplicaSet.

use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::{Container, PodSpec, ReplicaOwner};
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
    let owner = if let Item::Object(object) = item { ReplicaOwner::of(object) } else { None };
    let Some(owner) = owner else { unreachable!("BUG: a row of replicas of something else") };
    let (names, images) = owner.template.map(|template| containers(&template.spec)).unwrap_or_default();
    vec![
        owner.meta.name.to_string(),
        owner.replicas.to_string(),
        owner.status.replicas.to_string(),
        owner.status.ready_replicas.to_string(),
        context.age(owner.meta.creation),
        names,
        images,
        owner.selector.to_string(),
    ]
}

/// Names and images of a template's containers, joined by commas.
pub(super) fn containers(spec: &PodSpec) -> (String, String) {
    let join = |of: fn(&Container) -> &str| spec.containers.iter().map(of).collect::<Vec<_>>().join(",");
    (join(|container| &container.name), join(|container| &container.image))
}
