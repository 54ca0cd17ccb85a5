//! Writes and what comes of them.

use crate::api::{Object, ObjectKey, Uid};
use crate::base::Name;
use crate::store::WatchEvent;

/// A change that somebody asks for.
#[derive(Clone, Debug)]
pub enum Write {
    /// A new object, with a name or a generateName.
    Create(Object),
    /// New metadata and spec of an object. A resourceVersion in it must be the stored one.
    Update(Object),
    /// A new status of an object. A resourceVersion in it must be the stored one.
    UpdateStatus(Object),
    /// Containers added to a pod for debugging: its `ephemeralcontainers` subresource. Nothing else of it changes.
    AddContainers(Object),
    /// A deletion.
    Delete {
        /// Of what.
        key: ObjectKey,
        /// How.
        options: DeleteOptions,
    },
    /// The deletion of a pod, if no disruption budget is against it.
    Evict {
        /// The pod.
        key: ObjectKey,
        /// How.
        options: DeleteOptions,
    },
    /// Gives a pod its node.
    Bind {
        /// The pod's namespace.
        namespace: Name,
        /// The pod.
        pod: Name,
        /// Its uid.
        uid: Uid,
        /// The node.
        node: Name,
    },
}

/// What happens to the objects that an object owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// They go after it.
    #[default]
    Background,
    /// They go before it.
    Foreground,
    /// They stay.
    Orphan,
}

/// How to delete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Seconds of grace; the object's own if unset.
    pub grace_seconds: Option<i64>,
    /// What happens to what it owns.
    pub propagation: Propagation,
    /// Only the object of this uid.
    pub uid: Option<Uid>,
}

/// What came of a write.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The object as it is now stored, or as it was when it was removed.
    pub object: Object,
    /// What changed; empty if the write changed nothing.
    pub changes: Vec<WatchEvent>,
    /// For the `Warning:` header.
    pub warnings: Vec<String>,
}

impl Committed {
    /// A write that changed nothing.
    pub(super) fn unchanged(object: Object) -> Committed {
        Committed { object, changes: Vec::new(), warnings: Vec::new() }
    }
}
