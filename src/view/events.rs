//! Recorded events as rows, the latest first.

use crate::api::{Event, EventType, ObjectKey};
use crate::base::{Name, SimTime, sort_by_key};
use crate::store::View;

/// A recorded event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Its place in the order of first recording: its identity.
    pub sequence: u64,
    /// When last.
    pub last: SimTime,
    /// How often.
    pub count: u32,
    /// Warning, not Normal.
    pub warning: bool,
    /// `SuccessfulCreate`
    pub reason: &'static str,
    /// About what.
    pub about: ObjectKey,
    /// `replication-controller`
    pub component: &'static str,
    /// Its sentence.
    pub message: String,
}

impl EventRow {
    fn of(event: &Event) -> EventRow {
        EventRow {
            sequence: event.sequence,
            last: event.last,
            count: event.count,
            warning: event.note.kind == EventType::Warning,
            reason: event.note.reason,
            about: event.note.about.key.clone(),
            component: event.note.component,
            message: event.message(),
        }
    }
}

/// The `limit` latest events of a namespace (empty: of all), the latest first.
pub(super) fn latest(view: View<'_>, namespace: &Name, limit: usize) -> Vec<EventRow> {
    if limit == 0 {
        return Vec::new();
    }
    let wanted = |event: &&std::rc::Rc<Event>| namespace.is_empty() || event.namespace() == *namespace || event.note.about.key.namespace.is_empty();
    let mut found: Vec<_> = view.events().all().filter(wanted).collect();
    sort_by_key(&mut found, |event| std::cmp::Reverse((event.last, event.sequence)));
    found.truncate(limit);
    found.into_iter().map(|event| EventRow::of(event)).collect()
}

/// The events about an object, the latest first.
pub(super) fn about(view: View<'_>, key: &ObjectKey) -> Vec<EventRow> {
    let mut rows: Vec<_> = view.events().about(key).map(|event| EventRow::of(event)).collect();
    sort_by_key(&mut rows, |row| std::cmp::Reverse((row.last, row.sequence)));
    rows
}
