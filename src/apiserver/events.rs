//! Recording of events: equal ones are counted, many similar ones are combined, and floods are cut off.
//! Models client-go/tools/record/events_cache.go. Left out: its caches' limits of 4096 entries.

use super::ApiServer;
use crate::api::{Event, EventType, Note, ObjectKey};
use crate::base::{LargeMap, SimDuration, SimTime, TokenBucket};
use crate::store::Change;

/// defaultAggregateMaxEvents
const MAX_SIMILAR: usize = 10;
/// defaultAggregateIntervalInSeconds
const SIMILAR_WITHIN: SimDuration = SimDuration::from_seconds(600);
/// defaultSpamBurst
const BURST: u64 = 25;
/// defaultSpamQPS: one in 300 s
const REFILL: SimDuration = SimDuration::from_seconds(300);

/// Token buckets of those that have said much of an object, by component and type; and how often events were counted that were not let
/// through: the next time they are, they show it.
#[derive(Clone, Debug, Default)]
pub(super) struct SpamFilter {
    buckets: LargeMap<(ObjectKey, &'static str, bool), TokenBucket>,
    silenced: LargeMap<u64, u32>,
}

impl SpamFilter {
    /// Takes a token. `said` is how many events the component has recorded of the object: as long as they are fewer than the
    /// burst there is always one, and no bucket is kept.
    fn allows(&mut self, note: &Note, said: u64, first: SimTime, now: SimTime) -> bool {
        if said < BURST {
            return true;
        }
        let key = (note.about.key.clone(), note.component, note.kind == EventType::Warning);
        let bucket = self.buckets.get_or_insert_with(key, || TokenBucket::full(BURST, REFILL, now).after(said, now.since(first)));
        bucket.take(now)
    }
}

impl ApiServer {
    /// Records an event.
    pub fn record(&mut self, note: Note, now: SimTime) {
        let key = note.about.key.clone();
        if note.component == "default-scheduler" {
            return self.record_new_style(note, now);
        }
        let mine: Vec<_> = self.store.view().events().about(&key).filter(|e| e.note.component == note.component).cloned().collect();
        let similar = |event: &&std::rc::Rc<Event>| event.note.reason == note.reason && event.note.kind == note.kind;
        let recent = mine.iter().filter(similar).filter(|event| now.since(event.last) <= SIMILAR_WITHIN);
        let combine = recent.count() >= MAX_SIMILAR && !mine.iter().any(|event| !event.combined && same(event, &note));
        let known = mine.iter().rev().filter(similar).find(|event| event.combined == combine && (combine || same(event, &note)));
        let alike = || mine.iter().filter(|event| event.note.kind == note.kind && event.note.about.uid == note.about.uid);
        let said = alike().map(|event| u64::from(event.count)).sum();
        let first = alike().next().map_or(now, |event| event.first);
        if !self.spam.allows(&note, said, first, now) {
            if let Some(known) = known {
                *self.spam.silenced.get_or_insert_with(known.sequence, || 0) += 1;
            }
            return;
        }
        let revision = self.store.next_revision();
        let event = match known {
            Some(known) => {
                let times = 1 + self.spam.silenced.remove(&known.sequence).unwrap_or_default();
                self.store.events_mut().repeat(known.sequence, note, times, now, revision)
            }
            None => Some(self.store.events_mut().add(note, combine, now, revision)),
        };
        self.changes.extend(event.map(Change::Event));
    }
}

impl ApiServer {
    /// The newer API counts what is equal to the pod's revision: a second time it begins a series, and what follows is not written
    /// until much later. Models client-go/tools/events/event_broadcaster.go recordToSink.
    fn record_new_style(&mut self, note: Note, now: SimTime) {
        let view = self.store.view();
        let object = view.get(&note.about.key).map_or(0, |object| object.meta().resource_version);
        let known = view.events().about(&note.about.key).rev().find(|event| same(event, &note));
        let known = known.filter(|event| event.resource_version > object).map(|event| (event.sequence, event.count));
        let revision = match known {
            Some((_, 2..)) => return,
            _ => self.store.next_revision(),
        };
        let event = match known {
            Some((sequence, _)) => self.store.events_mut().repeat(sequence, note, 1, now, revision),
            None => Some(self.store.events_mut().add(note, false, now, revision)),
        };
        self.changes.extend(event.map(Change::Event));
    }
}

fn same(event: &Event, note: &Note) -> bool {
    let of = &event.note;
    of.about.uid == note.about.uid && of.container == note.container && of.reason == note.reason && of.message() == note.message()
}
