//! Kinds without a type of their own in `kubectl get`: their columns are data.
//! Models pkg/printers/internalversion/printers.go.

use super::table::{Context, KindTable, Shown::Always};
use crate::kubectl::item::Item;

/// What is listed of a kind whose columns are not known.
pub(super) const TABLE: KindTable = KindTable { columns: &[("NAME", Always), ("AGE", Always)], cells, fields: &[] };

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(object) = item else { unreachable!("BUG: an object's row of something else") };
    vec![object.meta().name.to_string(), context.age(object.meta().creation)]
}
