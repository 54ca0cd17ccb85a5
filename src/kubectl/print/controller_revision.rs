//! Revisions of controllers in `kubectl get`. Models pkg/printers/internalversion/printers.go printControllerRevision.

use super::table::{Context, KindTable, Shown::Always};
use crate::api::{Kind, Object};
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[("NAME", Always), ("CONTROLLER", Always), ("REVISION", Always), ("AGE", Always)],
    cells,
    fields: &[],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::ControllerRevision(revision)) = item else { unreachable!("BUG: a revision's row of something else") };
    let owner = revision.meta.controller().map(|owner| {
        let kind = Kind::of_manifest(&owner.api_version, &owner.kind).map_or_else(|| owner.kind.to_ascii_lowercase(), Kind::qualified);
        format!("{kind}/{}", owner.name)
    });
    vec![
        revision.meta.name.to_string(),
        owner.unwrap_or_else(|| "<none>".to_owned()),
        revision.revision.to_string(),
        context.age(revision.meta.creation),
    ]
}
