//! What a command speaks of: an object of the store, or a recorded event, which the store keeps in a table of its own.

use std::rc::Rc;

use serde_json::Value;

use crate::api::{Event, Kind, Labels, Object, ObjectKey};
use crate::apiserver::bootstrap;
use crate::base::{Name, sort_by_cached_key};
use crate::store::View;

/// An object or an event.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// Anything but an event.
    Object(Object),
    /// An event.
    Event(Rc<Event>),
}

impl Item {
    pub fn kind(&self) -> Kind {
        match self {
            Item::Object(object) => object.kind(),
            Item::Event(_) => Kind::Event,
        }
    }

    pub fn name(&self) -> Name {
        match self {
            Item::Object(object) => object.meta().name.clone(),
            Item::Event(event) => event.name().into(),
        }
    }

    pub fn namespace(&self) -> Name {
        match self {
            Item::Object(object) => object.meta().namespace.clone(),
            Item::Event(event) => event.namespace(),
        }
    }

    pub fn key(&self) -> ObjectKey {
        ObjectKey { kind: self.kind(), namespace: self.namespace(), name: self.name() }
    }

    pub fn labels(&self) -> Labels {
        match self {
            Item::Object(object) => (*object.meta().labels).clone(),
            Item::Event(_) => Labels::new(),
        }
    }

    /// As the API shows it.
    pub fn to_value(&self) -> Value {
        match self {
            Item::Object(object) => object.to_value(),
            Item::Event(event) => event.to_value(),
        }
    }

    /// `pod/kubia`, `replicaset.apps/kubia`.
    pub fn slashed(&self) -> String {
        let name = self.name();
        format!("{}/{}", self.kind().qualified(), if name.is_empty() { "<unknown>" } else { name.as_str() })
    }
}

/// All items of a kind in a namespace (in all with an empty one), in the order of namespace and name.
pub(super) fn list(view: View<'_>, kind: Kind, namespace: &Name) -> Vec<Item> {
    if bootstrap::brings(kind) {
        return bootstrap::list(view, kind).into_iter().map(Item::Object).collect();
    }
    if kind != Kind::Event {
        return view.list(kind, namespace).cloned().map(Item::Object).collect();
    }
    let here = |event: &&Rc<Event>| namespace.is_empty() || event.namespace() == *namespace;
    let mut events: Vec<_> = view.events().all().filter(here).cloned().collect();
    sort_by_cached_key(&mut events, |event| (event.namespace(), event.name()));
    events.into_iter().map(Item::Event).collect()
}

/// An item by its key.
pub(super) fn find(view: View<'_>, key: &ObjectKey) -> Option<Item> {
    if key.kind != Kind::Event && !bootstrap::brings(key.kind) {
        return view.get(key).cloned().map(Item::Object);
    }
    list(view, key.kind, &key.namespace).into_iter().find(|item| item.name() == key.name)
}
