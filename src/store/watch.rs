//! What a change looks like to those who watch.

use std::rc::Rc;

use crate::api::{Event, Object, ObjectKey};

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchKind {
    /// It is new.
    Added,
    /// It changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// A change of one object.
#[derive(Clone, Debug)]
pub struct WatchEvent {
    /// What happened.
    pub kind: WatchKind,
    /// To which object.
    pub key: ObjectKey,
    /// Its state after the change; for a deletion the last one, under the deletion's revision.
    pub object: Object,
    /// Its state before.
    pub old: Option<Object>,
}

/// A change of the store.
#[derive(Clone, Debug)]
pub enum Change {
    /// Of an object.
    Object(WatchEvent),
    /// An event was recorded, for the first time or again.
    Event(Rc<Event>),
}
