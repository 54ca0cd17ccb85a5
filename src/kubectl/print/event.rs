//! Events in `kubectl get`. Models pkg/printers/internalversion/printers.go printEvent.

use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::Event;
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("LAST SEEN", Always),
        ("TYPE", Always),
        ("REASON", Always),
        ("OBJECT", Always),
        ("SUBOBJECT", Wide),
        ("SOURCE", Wide),
        ("MESSAGE", Always),
        ("FIRST SEEN", Wide),
        ("COUNT", Wide),
        ("NAME", Wide),
    ],
    cells,
    fields: &[
        ("involvedObject.kind", ""),
        ("involvedObject.namespace", ""),
        ("involvedObject.name", ""),
        ("involvedObject.uid", ""),
        ("involvedObject.apiVersion", ""),
        ("involvedObject.resourceVersion", ""),
        ("involvedObject.fieldPath", ""),
        ("reason", ""),
        ("reportingComponent", ""),
        ("source", ""),
        ("type", ""),
    ],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Event(event) = item else { unreachable!("BUG: an event's row of something else") };
    let key = &event.note.about.key;
    let part = &event.note.container;
    vec![
        last_seen(event, context),
        event.note.kind.as_str().to_owned(),
        event.note.reason.to_owned(),
        format!("{}/{}", key.kind.name().to_ascii_lowercase(), key.name),
        if part.is_empty() { String::new() } else { format!("spec.containers{{{part}}}") },
        source(event),
        event.message().trim().to_owned(),
        first_seen(event, context),
        event.count.to_string(),
        event.name(),
    ]
}

/// The age of the first occurrence.
fn first_seen(event: &Event, context: &Context<'_>) -> String {
    if event.is_new_style() { context.fine_age(event.first) } else { context.age(event.first) }
}

/// The age of the last occurrence.
fn last_seen(event: &Event, context: &Context<'_>) -> String {
    if event.is_new_style() { context.fine_age(event.last) } else { context.age(event.last) }
}

/// `kubelet, node1`; new-style events name the instance: component and host.
fn source(event: &Event) -> String {
    let (component, host) = (event.note.component, &event.note.host);
    match event.is_new_style() {
        true => format!("{component}, {component}-vm"),
        false if host.is_empty() => component.to_owned(),
        false => format!("{component}, {host}"),
    }
}
