//! Namespaces in `kubectl get`. Models pkg/printers/internalversion/printers.go printNamespace.

use super::table::{Context, KindTable, Shown::Always};
use crate::api::Object;
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[("NAME", Always), ("STATUS", Always), ("AGE", Always)],
    cells,
    fields: &[("status.phase", "")],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Namespace(namespace)) = item else { unreachable!("BUG: a namespace's row of something else") };
    let meta = &namespace.meta;
    vec![meta.name.to_string(), namespace.status.phase.to_string(), context.age(meta.creation)]
}
