//! Daemon sets in `kubectl get`. Models pkg/printers/internalversion/printers.go printDaemonSet.

use super::replicas::containers;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use super::joined_labels;
use crate::api::Object;
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("DESIRED", Always),
        ("CURRENT", Always),
        ("READY", Always),
        ("UP-TO-DATE", Always),
        ("AVAILABLE", Always),
        ("NODE SELECTOR", Always),
        ("AGE", Always),
        ("CONTAINERS", Wide),
        ("IMAGES", Wide),
        ("SELECTOR", Wide),
    ],
    cells,
    fields: &[],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::DaemonSet(set)) = item else { unreachable!("BUG: a daemon set's row of something else") };
    let (names, images) = containers(&set.spec.template.spec);
    let status = &set.status;
    vec![
        set.meta.name.to_string(),
        status.desired_number_scheduled.to_string(),
        status.current_number_scheduled.to_string(),
        status.number_ready.to_string(),
        status.updated_number_scheduled.to_string(),
        status.number_available.to_string(),
        joined_labels(set.node_selector()),
        context.age(set.meta.creation),
        names,
        images,
        set.spec.selector.as_ref().map_or("<none>".to_owned(), |selector| selector.to_string()),
    ]
}
