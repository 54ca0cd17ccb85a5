//! Recorded events, in the order of their first recording, found by the object they are about. Kept for an hour after their
//! last occurrence (apiserver --event-ttl), and not more than fifty thousand: a cluster of the full published size records
//! more in an hour, and the oldest of them go first.

use std::rc::Rc;

use crate::api::{Event, Note, ObjectKey};
use crate::base::{LargeMap, SimDuration, SimTime};

/// How long an event is kept.
const TTL: SimDuration = SimDuration::from_seconds(3600);

/// Not more than so many are kept.
const MAX_EVENTS: usize = 50_000;

/// All events of a cluster.
#[derive(Clone, Debug, Default)]
pub struct EventTable {
    events: LargeMap<u64, Rc<Event>>,
    by_object: LargeMap<ObjectKey, Vec<u64>>,
    next: u64,
}

impl EventTable {
    /// All, oldest first recorded first.
    pub fn all(&self) -> impl Iterator<Item = &Rc<Event>> {
        self.events.values()
    }

    /// Those about an object (by kind, namespace and name), oldest first recorded first.
    pub fn about(&self, key: &ObjectKey) -> impl DoubleEndedIterator<Item = &Rc<Event>> {
        self.by_object.get(key).into_iter().flatten().filter_map(|sequence| self.events.get(sequence))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Records a new event.
    pub(crate) fn add(&mut self, note: Note, combined: bool, now: SimTime, revision: u64) -> Rc<Event> {
        self.expire(now);
        let sequence = self.next;
        self.next += 1;
        self.by_object.get_or_insert_with(note.about.key.clone(), Vec::new).push(sequence);
        let event = Rc::new(Event { sequence, note, first: now, last: now, count: 1, combined, resource_version: revision });
        self.events.insert(sequence, event.clone());
        event
    }

    /// Counts more occurrences of an event; `note` replaces what it says (a combined event shows the latest).
    pub(crate) fn repeat(&mut self, sequence: u64, note: Note, times: u32, now: SimTime, revision: u64) -> Option<Rc<Event>> {
        let event = Rc::make_mut(self.events.get_mut(&sequence)?);
        event.note = note;
        event.last = now;
        event.count += times;
        event.resource_version = revision;
        self.events.get(&sequence).cloned()
    }

    /// Drops events that nobody has repeated for an hour. Looks at the oldest alone: one that is repeated keeps those behind it a little
    /// longer, which nobody sees, for readers skip what has expired.
    fn expire(&mut self, now: SimTime) {
        let mut full = self.events.len() >= MAX_EVENTS;
        while let Some((_, event)) = self.events.first_key_value() {
            if now.since(event.last) <= TTL && !full {
                return;
            }
            full = false;
            let Some((sequence, event)) = self.events.pop_first() else { return };
            if let Some(sequences) = self.by_object.get_mut(&event.note.about.key) {
                sequences.retain(|other| *other != sequence);
                if sequences.is_empty() {
                    self.by_object.remove(&event.note.about.key);
                }
            }
        }
    }
}
