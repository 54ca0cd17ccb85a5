//! The events at the end of a description, and an event itself. Models describe.go DescribeEvents.

use std::rc::Rc;

use super::lines::Lines;
use super::{Scene, generic};
use crate::api::{Event, Kind, ObjectKey, Uid};
use crate::base::{sort_by_cached_key, sort_by_key};

/// The events about an object, oldest last occurrence first. New-style events have no last time and stand before all others.
/// Those about an earlier object of the name, or that name no uid, are not its own; all of a node's are.
pub(super) fn about(key: &ObjectKey, uid: Uid, scene: &Scene<'_>, lines: &mut Lines) {
    let own = |event: &&Rc<Event>| key.kind == Kind::Node || event.note.about.uid.same(uid);
    let mut events: Vec<Rc<Event>> = scene.context.view.events().about(key).filter(own).cloned().collect();
    if events.is_empty() {
        lines.field(0, "Events", "<none>");
        return;
    }
    sort_by_cached_key(&mut events, |event| event.name());
    sort_by_key(&mut events, |event| if event.is_new_style() { 0 } else { event.last.seconds() });
    lines.flush();
    lines.line(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage");
    lines.line(1, "----\t------\t----\t----\t-------");
    for event in events {
        let (kind, reason, source) = (event.note.kind.as_str(), event.note.reason, event.note.component);
        let age = age(&event, scene);
        lines.line(1, format!("{kind}\t{reason}\t{age}\t{source}\t{}", event.message().trim()));
    }
}

/// `74s (x3 over 94s)`
fn age(event: &Event, scene: &Scene<'_>) -> String {
    let ago = |moment| if event.is_new_style() { scene.context.fine_age(moment) } else { scene.context.age(moment) };
    let first = ago(event.first);
    if event.count > 1 { format!("{} (x{} over {first})", ago(event.last), event.count) } else { first }
}

/// An event at length: its fields as they are. Models describe.go GenericDescriber for what has no describer of its own.
pub(super) fn describe(event: &Event, lines: &mut Lines) {
    lines.field(0, "Name", event.name());
    lines.field(0, "Namespace", event.namespace());
    lines.field(0, "Labels", "<none>");
    lines.field(0, "Annotations", "<none>");
    generic::body(event.to_value(), lines);
    lines.field(0, "Events", "<none>");
}
