//! Which pods are on a node, belong to an owner, or to nobody: kept up to date with each change, so that no controller scans
//! all pods, or looks each of its own up.

use std::cmp::Ordering;
use std::rc::Rc;

use super::service_index::ServiceIndex;
use crate::api::{Object, ObjectKey, Pod, Uid};
use crate::base::{LargeMap, LargeSet, Name};

/// A pod that sorts by its namespace and name: an index of many needs no copies of them.
#[derive(Clone, Debug)]
pub(super) struct ByName(pub Rc<Pod>);

impl ByName {
    fn name(&self) -> (&Name, &Name) {
        (&self.0.meta.namespace, &self.0.meta.name)
    }
}

impl Ord for ByName {
    fn cmp(&self, other: &ByName) -> Ordering {
        self.name().cmp(&other.name())
    }
}

impl PartialOrd for ByName {
    fn partial_cmp(&self, other: &ByName) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByName {
    fn eq(&self, other: &ByName) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for ByName {}

/// Pods by namespace and name.
pub(super) type Pods = LargeSet<ByName>;

#[derive(Clone, Debug, Default)]
pub(super) struct Indexes {
    pub by_node: LargeMap<Name, Pods>,
    pub by_owner: LargeMap<Uid, Pods>,
    /// Pods without a controller, by namespace.
    pub orphans: LargeMap<Name, Pods>,
    /// What else has a controller, by that.
    pub owned: LargeMap<Uid, LargeSet<ObjectKey>>,
    /// What has an owner that is not its controller, by that.
    pub shared: LargeMap<Uid, LargeSet<ObjectKey>>,
    /// Which pods and slices are behind services.
    pub services: ServiceIndex,
}

impl Indexes {
    /// Takes account of an object's change.
    pub fn replace(&mut self, old: Option<&Object>, new: Option<&Object>) {
        self.replace_shared(old, new);
        if old.or(new).is_some_and(|object| object.as_pod().is_none()) {
            self.replace_owner(old, new);
            return;
        }
        let (old, new) = (old.and_then(Object::as_pod), new.and_then(Object::as_pod));
        let moved = match (old, new) {
            (Some(old), Some(new)) => place(old) != place(new),
            _ => true,
        };
        if let Some(old) = old.filter(|_| moved) {
            self.remove(old);
        }
        if let Some(new) = new {
            self.put(new);
        }
    }

    fn replace_owner(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let owner = |object: &Object| object.meta().controller().map(|owner| owner.uid);
        let (was, is) = (old.and_then(owner), new.and_then(owner));
        if was == is {
            return;
        }
        if let (Some(was), Some(old)) = (was, old)
            && let Some(keys) = self.owned.get_mut(&was)
        {
            keys.remove(&old.key());
            if keys.is_empty() {
                self.owned.remove(&was);
            }
        }
        if let (Some(is), Some(new)) = (is, new) {
            self.owned.get_or_insert_with(is, LargeSet::default).insert(new.key());
        }
    }

    /// Few objects have owners beside their controller.
    fn replace_shared(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let others = |object: Option<&Object>| -> Vec<Uid> {
            let owners = object.into_iter().flat_map(|object| object.meta().owners.iter());
            owners.filter(|owner| owner.controller != Some(true)).map(|owner| owner.uid).collect()
        };
        let (was, is) = (others(old), others(new));
        if was == is {
            return;
        }
        for uid in was {
            let Some(keys) = self.shared.get_mut(&uid) else { continue };
            if let Some(old) = old {
                keys.remove(&old.key());
            }
            if keys.is_empty() {
                self.shared.remove(&uid);
            }
        }
        for uid in is {
            let keys = self.shared.get_or_insert_with(uid, LargeSet::default);
            if let Some(new) = new {
                keys.insert(new.key());
            }
        }
    }

    /// Puts a pod where it belongs, in the place of its former self if that is there.
    fn put(&mut self, pod: &Rc<Pod>) {
        let (node, owner) = place(pod);
        if !node.is_empty() {
            put_into(&mut self.by_node, node, pod);
        }
        match owner {
            Some(owner) => put_into(&mut self.by_owner, &owner, pod),
            None => put_into(&mut self.orphans, &pod.meta.namespace, pod),
        }
    }

    fn remove(&mut self, pod: &Rc<Pod>) {
        let (node, owner) = place(pod);
        take(&mut self.by_node, node, pod);
        match owner {
            Some(owner) => take(&mut self.by_owner, &owner, pod),
            None => take(&mut self.orphans, &pod.meta.namespace, pod),
        }
    }
}

fn place(pod: &Pod) -> (&Name, Option<Uid>) {
    (&pod.node_name, pod.meta.controller().map(|owner| owner.uid))
}

fn put_into<K: Ord + Clone>(index: &mut LargeMap<K, Pods>, key: &K, pod: &Rc<Pod>) {
    index.get_or_insert_with(key.clone(), Pods::default).insert(ByName(pod.clone()));
}

fn take<K: Ord + Clone>(index: &mut LargeMap<K, Pods>, key: &K, pod: &Rc<Pod>) {
    let Some(pods) = index.get_mut(key) else { return };
    pods.remove(&ByName(pod.clone()));
    if pods.is_empty() {
        index.remove(key);
    }
}
