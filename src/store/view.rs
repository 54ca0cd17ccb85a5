//! Reading the store. Lists come in the order of namespace and name, as the API server returns them.

use std::ops::Bound;
use std::rc::Rc;

use super::index::Pods;
use super::{EventTable, Store};
use crate::api::{
    CronJob, EndpointSlice, Endpoints, Ingress, IngressClass, Job, Kind, Labels, Namespace, NetworkPolicy, Node, Object, ObjectKey, Pod, ReplicaSet,
    ReplicationController, Service, Uid,
};
use crate::base::{LargeSet, Name};

/// A view of the store at one moment.
#[derive(Clone, Copy, Debug)]
pub struct View<'a>(&'a Store);

impl<'a> View<'a> {
    pub(super) fn new(store: &'a Store) -> View<'a> {
        View(store)
    }

    /// An object by its key.
    pub fn get(self, key: &ObjectKey) -> Option<&'a Object> {
        self.0.objects.get(key)
    }

    /// All objects of a kind, in one namespace or (with an empty one) in all.
    pub fn list(self, kind: Kind, namespace: &Name) -> impl Iterator<Item = &'a Object> + use<'a> {
        let start = ObjectKey { kind, namespace: namespace.clone(), name: Name::default() };
        let only = (!namespace.is_empty()).then(|| namespace.clone());
        let range = self.0.objects.range_from(Bound::Included(&start));
        range
            .take_while(move |(key, _)| key.kind == kind && only.as_ref().is_none_or(|only| key.namespace == *only))
            .map(|(_, object)| object)
    }

    /// The names in a namespace (none for kinds without) that begin with a text, in their order. Costs as much as there are of them.
    pub fn names_from(self, kind: Kind, namespace: &Name, start: &str) -> impl Iterator<Item = &'a Name> {
        let first = ObjectKey { kind, namespace: namespace.clone(), name: Name::from(start) };
        let (namespace, start) = (namespace.clone(), start.to_owned());
        let range = self.0.objects.range_from(Bound::Included(&first));
        range
            .take_while(move |(key, _)| key.kind == kind && key.namespace == namespace && key.name.starts_with(&start))
            .map(|(key, _)| &key.name)
    }

    /// A pod.
    pub fn pod(self, namespace: &Name, name: &Name) -> Option<&'a Rc<Pod>> {
        self.get(&ObjectKey { kind: Kind::Pod, namespace: namespace.clone(), name: name.clone() })?.as_pod()
    }

    /// A node.
    pub fn node(self, name: &Name) -> Option<&'a Rc<Node>> {
        self.get(&ObjectKey { kind: Kind::Node, namespace: Name::default(), name: name.clone() })?.as_node()
    }

    /// A namespace.
    pub fn namespace(self, name: &Name) -> Option<&'a Rc<Namespace>> {
        match self.get(&ObjectKey { kind: Kind::Namespace, namespace: Name::default(), name: name.clone() })? {
            Object::Namespace(namespace) => Some(namespace),
            _ => None,
        }
    }

    /// A replication controller.
    pub fn replication_controller(self, namespace: &Name, name: &Name) -> Option<&'a Rc<ReplicationController>> {
        let key = ObjectKey { kind: Kind::ReplicationController, namespace: namespace.clone(), name: name.clone() };
        if let Object::ReplicationController(rc) = self.get(&key)? { Some(rc) } else { None }
    }

    /// A job.
    pub fn job(self, namespace: &Name, name: &Name) -> Option<&'a Rc<Job>> {
        let key = ObjectKey { kind: Kind::Job, namespace: namespace.clone(), name: name.clone() };
        if let Object::Job(job) = self.get(&key)? { Some(job) } else { None }
    }

    /// A cron job.
    pub fn cron_job(self, namespace: &Name, name: &Name) -> Option<&'a Rc<CronJob>> {
        let key = ObjectKey { kind: Kind::CronJob, namespace: namespace.clone(), name: name.clone() };
        if let Object::CronJob(cron) = self.get(&key)? { Some(cron) } else { None }
    }

    /// A service.
    pub fn service(self, namespace: &Name, name: &Name) -> Option<&'a Rc<Service>> {
        let key = ObjectKey { kind: Kind::Service, namespace: namespace.clone(), name: name.clone() };
        if let Object::Service(service) = self.get(&key)? { Some(service) } else { None }
    }

    /// The services of a namespace (of all with an empty one).
    pub fn services(self, namespace: &Name) -> impl Iterator<Item = &'a Rc<Service>> + use<'a> {
        self.list(Kind::Service, namespace).filter_map(|object| if let Object::Service(service) = object { Some(service) } else { None })
    }

    /// The services of a namespace whose selector fits a pod with these labels.
    pub fn services_selecting(self, namespace: &Name, labels: &Labels) -> Vec<&'a Rc<Service>> {
        let names = self.0.indexes.services.selecting(namespace, labels);
        names.into_iter().filter_map(|name| self.service(namespace, name)).filter(|service| service.selects(labels)).collect()
    }

    /// The pods that a service selects.
    pub fn pods_of_service(self, service: &'a Service) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
        values(self.0.indexes.services.pods(service)).filter(|pod| service.selects(&pod.meta.labels))
    }

    /// How many pods a service may select: all that have a certain label of its selector.
    pub fn count_pods_of(self, service: &Service) -> usize {
        self.0.indexes.services.pods(service).map_or(0, Pods::len)
    }

    /// The endpoints of a service.
    pub fn endpoints(self, namespace: &Name, name: &Name) -> Option<&'a Rc<Endpoints>> {
        let key = ObjectKey { kind: Kind::Endpoints, namespace: namespace.clone(), name: name.clone() };
        if let Object::Endpoints(endpoints) = self.get(&key)? { Some(endpoints) } else { None }
    }

    /// The slices whose label names a service, in the order of their names.
    pub fn slices_of(self, namespace: &Name, service: &Name) -> impl Iterator<Item = &'a Rc<EndpointSlice>> + use<'a> {
        let keys = self.0.indexes.services.slices(namespace, service);
        keys.into_iter().flat_map(LargeSet::iter).filter_map(move |key| match self.get(key)? {
            Object::EndpointSlice(slice) => Some(slice),
            _ => None,
        })
    }

    /// The ingresses of a namespace (of all with an empty one).
    pub fn ingresses(self, namespace: &Name) -> impl Iterator<Item = &'a Rc<Ingress>> + use<'a> {
        self.list(Kind::Ingress, namespace).filter_map(|object| if let Object::Ingress(ingress) = object { Some(ingress) } else { None })
    }

    /// All classes of ingresses.
    pub fn ingress_classes(self) -> impl Iterator<Item = &'a Rc<IngressClass>> + use<'a> {
        let classes = self.list(Kind::IngressClass, &Name::default());
        classes.filter_map(|object| if let Object::IngressClass(class) = object { Some(class) } else { None })
    }

    /// The network policies of a namespace (of all with an empty one).
    pub fn network_policies(self, namespace: &Name) -> impl Iterator<Item = &'a Rc<NetworkPolicy>> + use<'a> {
        let policies = self.list(Kind::NetworkPolicy, namespace);
        policies.filter_map(|object| if let Object::NetworkPolicy(policy) = object { Some(policy) } else { None })
    }

    /// A replica set.
    pub fn replica_set(self, namespace: &Name, name: &Name) -> Option<&'a Rc<ReplicaSet>> {
        let key = ObjectKey { kind: Kind::ReplicaSet, namespace: namespace.clone(), name: name.clone() };
        if let Object::ReplicaSet(set) = self.get(&key)? { Some(set) } else { None }
    }

    /// All objects but pods whose controller has this uid, in the order of their keys.
    pub fn owned_by(self, owner: Uid) -> impl Iterator<Item = &'a Object> + use<'a> {
        let keys = self.0.indexes.owned.get(&owner);
        keys.into_iter().flat_map(LargeSet::iter).filter_map(move |key| self.get(key))
    }

    /// All objects, pods too, that this uid owns without being their controller, in the order of their keys.
    pub fn shared_by(self, owner: Uid) -> impl Iterator<Item = &'a Object> + use<'a> {
        let keys = self.0.indexes.shared.get(&owner);
        keys.into_iter().flat_map(LargeSet::iter).filter_map(move |key| self.get(key))
    }

    /// All pods of a namespace (of all with an empty one).
    pub fn pods(self, namespace: &Name) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
        self.list(Kind::Pod, namespace).filter_map(Object::as_pod)
    }

    /// All nodes.
    pub fn nodes(self) -> impl Iterator<Item = &'a Rc<Node>> + use<'a> {
        self.list(Kind::Node, &Name::default()).filter_map(Object::as_node)
    }

    /// The pods bound to a node.
    pub fn pods_on(self, node: &str) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
        values(self.0.indexes.by_node.get(node))
    }

    /// How many pods are bound to a node.
    pub fn count_on(self, node: &str) -> usize {
        self.0.indexes.by_node.get(node).map_or(0, Pods::len)
    }

    /// The pods whose controller has this uid.
    pub fn pods_owned_by(self, owner: Uid) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
        values(self.0.indexes.by_owner.get(&owner))
    }

    /// How many pods a controller of this uid owns.
    pub fn count_owned_by(self, owner: Uid) -> usize {
        self.0.indexes.by_owner.get(&owner).map_or(0, Pods::len)
    }

    /// The uids of all that own something; one that owns both pods and others comes more than once.
    pub fn owners(self) -> impl Iterator<Item = Uid> + use<'a> {
        let indexes = &self.0.indexes;
        indexes.by_owner.keys().chain(indexes.owned.keys()).chain(indexes.shared.keys()).copied()
    }

    /// The pods of a namespace that have no controller.
    pub fn orphans(self, namespace: &Name) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
        values(self.0.indexes.orphans.get(namespace))
    }

    /// The recorded events.
    pub fn events(self) -> &'a EventTable {
        &self.0.events
    }

    /// The revision of the latest change.
    pub fn revision(self) -> u64 {
        self.0.revision
    }

    /// How many objects there are, events aside.
    pub fn len(self) -> usize {
        self.0.objects.len()
    }

    /// Whether there is no object.
    pub fn is_empty(self) -> bool {
        self.0.objects.is_empty()
    }

    /// All objects, in the order of their keys.
    pub fn all(self) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.0.objects.values()
    }
}

fn values(pods: Option<&Pods>) -> impl Iterator<Item = &Rc<Pod>> {
    pods.into_iter().flat_map(Pods::iter).map(|pod| &pod.0)
}
