//! Which pods are on a node, belong to an owner, or to nobody: kept up to date with each change, so that no controller scans
//! all pods.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Object, Pod, Uid};
use crate::base::Name;

/// Namespace and name of a pod.
pub(super) type PodName = (Name, Name);

#[derive(Clone, Debug, Default)]
pub(super) struct Indexes {
    pub by_node: BTreeMap<Name, BTreeSet<PodName>>,
    pub by_owner: BTreeMap<Uid, BTreeSet<PodName>>,
    /// Pods without a controller.
    pub orphans: BTreeSet<PodName>,
}

impl Indexes {
    /// Takes account of an object's change.
    pub fn replace(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let (old, new) = (old.and_then(Object::as_pod), new.and_then(Object::as_pod));
        if let (Some(old), Some(new)) = (old, new)
            && place(old) == place(new)
        {
            return;
        }
        if let Some(old) = old {
            self.remove(old);
        }
        if let Some(new) = new {
            self.add(new);
        }
    }

    fn add(&mut self, pod: &Pod) {
        let (node, owner) = place(pod);
        let name = pod_name(pod);
        if !node.is_empty() {
            self.by_node.entry(node.clone()).or_default().insert(name.clone());
        }
        match owner {
            Some(owner) => self.by_owner.entry(owner).or_default().insert(name),
            None => self.orphans.insert(name),
        };
    }

    fn remove(&mut self, pod: &Pod) {
        let (node, owner) = place(pod);
        let name = pod_name(pod);
        take(&mut self.by_node, node, &name);
        match owner {
            Some(owner) => take(&mut self.by_owner, &owner, &name),
            None => drop(self.orphans.remove(&name)),
        }
    }
}

fn place(pod: &Pod) -> (&Name, Option<Uid>) {
    (&pod.node_name, pod.meta.controller().map(|owner| owner.uid))
}

fn pod_name(pod: &Pod) -> PodName {
    (pod.meta.namespace.clone(), pod.meta.name.clone())
}

fn take<K: Ord>(index: &mut BTreeMap<K, BTreeSet<PodName>>, key: &K, name: &PodName) {
    let Some(names) = index.get_mut(key) else { return };
    names.remove(name);
    if names.is_empty() {
        index.remove(key);
    }
}
