//! What an object has to do with others: who made it, what it made, where it runs, what it selects and what selects it.

use super::pod::{self, PodState};
use crate::api::{Ingress, Kind, Object, ObjectKey, Pod, ReplicaOwner};
use crate::base::{Name, SimTime, sort_by_key};
use crate::store::View;

/// At most so many of one relation are named.
const MOST: usize = 60;

/// How another object stands to the one in the inspector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It made this one.
    Owner,
    /// This one made it.
    Owned,
    /// It runs on this node.
    Runs,
    /// This service's selector fits it.
    Selects,
    /// This service's selector fits the pod.
    SelectedBy,
    /// This ingress sends to the service.
    LeadsTo,
    /// This service is sent to by the ingress.
    LedBy,
}

/// Another object.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// How it stands to this one.
    pub relation: Relation,
    /// Its key.
    pub key: ObjectKey,
    /// A pod's state.
    pub state: Option<PodState>,
    /// Its state in a word: a pod's STATUS, a controller's ready pods of those wanted.
    pub word: Name,
}

/// All that an object has to do with; of each relation at most [`MOST`], and how many were left out.
pub(super) fn of(view: View<'_>, object: &Object, now: SimTime) -> (Vec<Linked>, usize) {
    let (meta, mut found) = (object.meta(), Vec::new());
    for owner in meta.owners.iter() {
        if let Some(kind) = Kind::of_manifest(&owner.api_version, &owner.kind) {
            let key = ObjectKey { kind, namespace: meta.namespace.clone(), name: owner.name.clone() };
            let word = view.get(&key).map(word_of).unwrap_or_default();
            found.push(Linked { relation: Relation::Owner, key, state: None, word });
        }
    }
    let mut left_out = 0;
    let mut add_pods = |relation: Relation, mut pods: Vec<&std::rc::Rc<Pod>>| {
        sort_by_key(&mut pods, |pod| (pod.meta.creation, pod.meta.uid));
        left_out += pods.len().saturating_sub(MOST);
        pods.iter().take(MOST).map(|pod| linked_pod(view, relation, pod, now)).collect::<Vec<_>>()
    };
    match object {
        Object::Node(node) => found.extend(add_pods(Relation::Runs, view.pods_on(&node.meta.name).collect())),
        Object::Service(service) => {
            let leads = |ingress: &&std::rc::Rc<Ingress>| services_of(ingress).contains(&&service.meta.name);
            let ingresses = view.ingresses(&meta.namespace).filter(leads).take(MOST);
            found.extend(ingresses.map(|ingress| linked(Relation::LedBy, Kind::Ingress, meta.namespace.clone(), ingress.meta.name.clone(), Name::default())));
            found.extend(add_pods(Relation::Selects, view.pods_of_service(service).collect()));
        }
        Object::Ingress(ingress) => {
            let word = |name: &Name| view.service(&meta.namespace, name).map_or(Name::fixed("-"), |service| service.spec.cluster_ip.clone());
            let services = services_of(ingress).into_iter().take(MOST);
            found.extend(services.map(|name| linked(Relation::LeadsTo, Kind::Service, meta.namespace.clone(), name.clone(), word(name))));
        }
        Object::Pod(pod) => {
            let services = view.services_selecting(&pod.meta.namespace, &pod.meta.labels);
            found.extend(services.into_iter().map(|service| Linked {
                relation: Relation::SelectedBy,
                key: ObjectKey { kind: Kind::Service, namespace: service.meta.namespace.clone(), name: service.meta.name.clone() },
                state: None,
                word: service.spec.cluster_ip.clone(),
            }));
        }
        _ => {
            let made = view.owned_by(meta.uid).take(MOST);
            found.extend(made.map(|made| Linked { relation: Relation::Owned, key: made.key(), state: None, word: word_of(made) }));
            found.extend(add_pods(Relation::Owned, view.pods_owned_by(meta.uid).collect()));
        }
    }
    (found, left_out)
}

fn linked(relation: Relation, kind: Kind, namespace: Name, name: Name, word: Name) -> Linked {
    Linked { relation, key: ObjectKey { kind, namespace, name }, state: None, word }
}

/// The names of the Services that an ingress sends to, each once.
fn services_of(ingress: &Ingress) -> Vec<&Name> {
    let paths = ingress.spec.rules.iter().flat_map(|rule| &rule.http).flat_map(|http| &http.paths);
    let backends = paths.map(|path| &path.backend).chain(&ingress.spec.default_backend);
    let mut found: Vec<&Name> = Vec::new();
    for service in backends.filter_map(|backend| backend.service.as_ref()) {
        if !found.contains(&&service.name) {
            found.push(&service.name);
        }
    }
    found
}

fn linked_pod(view: View<'_>, relation: Relation, pod: &Pod, now: SimTime) -> Linked {
    let silent = view.node(&pod.node_name).is_some_and(|node| super::cluster::readiness(node) == super::Readiness::Silent);
    let key = ObjectKey { kind: Kind::Pod, namespace: pod.meta.namespace.clone(), name: pod.meta.name.clone() };
    Linked { relation, key, state: Some(pod::state(pod, silent, now)), word: pod::word(pod) }
}

/// Ready pods of those wanted; empty for what wants none.
fn word_of(object: &Object) -> Name {
    let counts = match object {
        Object::Deployment(deployment) => Some((deployment.status.ready_replicas, deployment.replicas())),
        Object::DaemonSet(set) => Some((set.status.number_ready, set.status.desired_number_scheduled)),
        Object::Job(job) => Some((job.status.succeeded, job.spec.completions.unwrap_or(1))),
        _ => ReplicaOwner::of(object).map(|owner| (owner.status.ready_replicas, owner.replicas)),
    };
    counts.map(|(ready, wanted)| Name::from(format!("{ready}/{wanted}"))).unwrap_or_default()
}
