//! Which services select a pod, which pods a service selects, which slices are a service's. A service stands under one label of its
//! selector, and pods under those labels alone that some service stands under: without services nothing is kept.

use std::rc::Rc;

use super::Store;
use super::index::{ByName, Pods};
use crate::api::{Kind, Labels, Object, ObjectKey, Pod, Service};
use crate::base::{LargeMap, LargeSet, Name};

/// A label in a namespace.
type Label = (Name, Name, Name);

/// What stands under a label.
#[derive(Clone, Debug, Default)]
struct Entry {
    services: LargeSet<Name>,
    pods: Pods,
}

#[derive(Clone, Debug, Default)]
pub(super) struct ServiceIndex {
    by_label: LargeMap<Label, Entry>,
    slices: LargeMap<(Name, Name), LargeSet<ObjectKey>>,
}

/// The label of its selector that a service stands under: the last, for the first is often one that many have (`app`).
fn label_of(service: &Service) -> Option<Label> {
    let (key, value) = service.spec.selector.iter().next_back()?;
    Some((service.meta.namespace.clone(), key.clone(), value.clone()))
}

fn labels_of(namespace: &Name, labels: &Labels) -> impl Iterator<Item = Label> {
    labels.iter().map(|(key, value)| (namespace.clone(), key.clone(), value.clone()))
}

impl ServiceIndex {
    /// The services that may select a pod with these labels; each once.
    pub fn selecting(&self, namespace: &Name, labels: &Labels) -> Vec<&Name> {
        if self.by_label.is_empty() {
            return Vec::new();
        }
        let entries = labels_of(namespace, labels).filter_map(|label| self.by_label.get(&label));
        entries.flat_map(|entry| entry.services.iter()).collect()
    }

    /// The pods that a service may select.
    pub fn pods(&self, service: &Service) -> Option<&Pods> {
        label_of(service).and_then(|label| self.by_label.get(&label)).map(|entry| &entry.pods)
    }

    /// The keys of a service's slices.
    pub fn slices(&self, namespace: &Name, service: &Name) -> Option<&LargeSet<ObjectKey>> {
        self.slices.get(&(namespace.clone(), service.clone()))
    }

    fn replace_pod(&mut self, old: Option<&Rc<Pod>>, new: Option<&Rc<Pod>>) {
        if self.by_label.is_empty() {
            return;
        }
        if let Some(old) = old
            && !new.is_some_and(|new| Rc::ptr_eq(&new.meta.labels, &old.meta.labels))
        {
            for label in labels_of(&old.meta.namespace, &old.meta.labels) {
                if let Some(entry) = self.by_label.get_mut(&label) {
                    entry.pods.remove(&ByName(old.clone()));
                }
            }
        }
        let Some(new) = new else { return };
        for label in labels_of(&new.meta.namespace, &new.meta.labels) {
            if let Some(entry) = self.by_label.get_mut(&label) {
                entry.pods.insert(ByName(new.clone()));
            }
        }
    }

    fn replace_slice(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let place = |object: Option<&Object>| match object {
            Some(Object::EndpointSlice(slice)) => slice.service_name().map(|service| (slice.meta.namespace.clone(), service.clone())),
            _ => None,
        };
        let (was, is) = (place(old), place(new));
        if was == is {
            return;
        }
        if let (Some(was), Some(old)) = (was, old)
            && let Some(keys) = self.slices.get_mut(&was)
        {
            keys.remove(&old.key());
            if keys.is_empty() {
                self.slices.remove(&was);
            }
        }
        if let (Some(is), Some(new)) = (is, new) {
            self.slices.get_or_insert_with(is, LargeSet::default).insert(new.key());
        }
    }
}

impl Store {
    /// Takes account of an object's change.
    pub(super) fn index_services(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let Some(some) = old.or(new) else { return };
        match some {
            Object::Pod(_) => {
                let services = &mut self.indexes.services;
                services.replace_pod(old.and_then(Object::as_pod), new.and_then(Object::as_pod));
            }
            Object::EndpointSlice(_) => self.indexes.services.replace_slice(old, new),
            Object::Service(_) => {
                let label = |object: &Object| if let Object::Service(service) = object { label_of(service) } else { None };
                let (was, is) = (old.and_then(label), new.and_then(label));
                if was != is {
                    self.move_service(&some.meta().name.clone(), was, is);
                }
            }
            _ => {}
        }
    }

    /// A label that no service stood under before costs one look at the pods of the namespace.
    fn move_service(&mut self, name: &Name, was: Option<Label>, is: Option<Label>) {
        let by_label = &mut self.indexes.services.by_label;
        if let Some(was) = was
            && let Some(entry) = by_label.get_mut(&was)
        {
            entry.services.remove(name);
            if entry.services.is_empty() {
                by_label.remove(&was);
            }
        }
        let Some(is) = is else { return };
        if let Some(entry) = by_label.get_mut(&is) {
            entry.services.insert(name.clone());
            return;
        }
        let mut entry = Entry::default();
        entry.services.insert(name.clone());
        let (namespace, key, value) = &is;
        for object in self.view().list(Kind::Pod, namespace) {
            if let Object::Pod(pod) = object
                && pod.meta.labels.get(key) == Some(value)
            {
                entry.pods.insert(ByName(pod.clone()));
            }
        }
        self.indexes.services.by_label.insert(is, entry);
    }
}
