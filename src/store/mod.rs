//! What etcd and the watch cache do: objects by key, a revision that grows with each change, indexes for the questions that
//! controllers ask on every change, and events in a table of their own. Cloning a store is cheap: objects are shared.
//!
//! Only `apiserver` calls what changes it.

mod events;
mod index;
mod service_index;
mod view;
mod watch;

use crate::api::{Object, ObjectKey};
use crate::base::LargeMap;

pub use events::EventTable;
use index::Indexes;
pub use view::View;
pub use watch::{Change, WatchEvent, WatchKind};

/// All objects of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Store {
    objects: LargeMap<ObjectKey, Object>,
    indexes: Indexes,
    events: EventTable,
    revision: u64,
}

impl Store {
    /// A view to read from.
    pub fn view(&self) -> View<'_> {
        View::new(self)
    }

    /// The next revision, for a change that is about to be made.
    pub(crate) fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// Stores an object, new or changed, under a new revision.
    pub(crate) fn put(&mut self, mut object: Object) -> WatchEvent {
        object.meta_mut().resource_version = self.next_revision();
        let key = object.key();
        let old = self.objects.insert(key.clone(), object.clone());
        self.indexes.replace(old.as_ref(), Some(&object));
        self.index_services(old.as_ref(), Some(&object));
        let kind = if old.is_some() { WatchKind::Modified } else { WatchKind::Added };
        WatchEvent { kind, key, object, old }
    }

    /// Removes an object; None if there is none.
    pub(crate) fn remove(&mut self, key: &ObjectKey) -> Option<WatchEvent> {
        let mut object = self.objects.remove(key)?;
        self.indexes.replace(Some(&object), None);
        self.index_services(Some(&object), None);
        let old = Some(object.clone());
        object.meta_mut().resource_version = self.next_revision();
        Some(WatchEvent { kind: WatchKind::Deleted, key: key.clone(), object, old })
    }

    /// The events, to record one.
    pub(crate) fn events_mut(&mut self) -> &mut EventTable {
        &mut self.events
    }
}
