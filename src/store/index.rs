//! Which pods are on a node, belong to an owner, or to nobody: kept up to date with each change, so that no controller scans
//! all pods, or looks each of its own up.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::api::{Object, Pod, Uid};
use crate::base::Name;

/// Namespace and name of a pod.
pub(super) type PodName = (Name, Name);

/// Pods by namespace and name.
pub(super) type Pods = BTreeMap<PodName, Rc<Pod>>;

#[derive(Clone, Debug, Default)]
pub(super) struct Indexes {
    pub by_node: BTreeMap<Name, Pods>,
    pub by_owner: BTreeMap<Uid, Pods>,
    /// Pods without a controller.
    pub orphans: Pods,
}

impl Indexes {
    /// Takes account of an object's change.
    pub fn replace(&mut self, old: Option<&Object>, new: Option<&Object>) {
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

    /// Puts a pod where it belongs, in the place of its former self if that is there.
    fn put(&mut self, pod: &Rc<Pod>) {
        let (node, owner) = place(pod);
        if !node.is_empty() {
            match self.by_node.get_mut(node) {
                Some(pods) => pods.insert(pod_name(pod), pod.clone()),
                None => self.by_node.entry(node.clone()).or_default().insert(pod_name(pod), pod.clone()),
            };
        }
        match owner {
            Some(owner) => self.by_owner.entry(owner).or_default().insert(pod_name(pod), pod.clone()),
            None => self.orphans.insert(pod_name(pod), pod.clone()),
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

fn take<K: Ord>(index: &mut BTreeMap<K, Pods>, key: &K, name: &PodName) {
    let Some(pods) = index.get_mut(key) else { return };
    pods.remove(name);
    if pods.is_empty() {
        index.remove(key);
    }
}
