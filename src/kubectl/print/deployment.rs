//! Deployments in `kubectl get`. Models pkg/printers/internalversion/printers.go printDeployment.

use super::replicas::containers;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::Object;
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("READY", Always),
        ("UP-TO-DATE", Always),
        ("AVAILABLE", Always),
        ("AGE", Always),
        ("CONTAINERS", Wide),
        ("IMAGES", Wide),
        ("SELECTOR", Wide),
    ],
    cells,
    fields: &[],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Deployment(deployment)) = item else { unreachable!("BUG: a deployment's row of something else") };
    let (names, images) = containers(&deployment.spec.template.spec);
    let status = &deployment.status;
    vec![
        deployment.meta.name.to_string(),
        format!("{}/{}", status.ready_replicas, deployment.replicas()),
        status.updated_replicas.to_string(),
        status.available_replicas.to_string(),
        context.age(deployment.meta.creation),
        names,
        images,
        deployment.spec.selector.as_ref().map_or("<none>".to_owned(), |selector| selector.to_string()),
    ]
}
