//! What ReplicationControllers and ReplicaSets have in common: one controller serves both.

use std::fmt;
use std::rc::Rc;

use super::{Kind, LabelSelector, Labels, Object, ObjectKey, ObjectMeta, PodTemplateSpec, ReplicationControllerStatus};

/// Which pods count.
#[derive(Clone, Copy, Debug)]
pub enum PodSelector<'a> {
    /// Those that carry all of these labels; none of them means no pods.
    Labels(&'a Labels),
    /// Those that a selector finds; none means no pods.
    Selector(Option<&'a LabelSelector>),
}

impl PodSelector<'_> {
    /// Whether a pod with these labels counts. An empty selector finds nothing.
    pub fn matches(&self, labels: &Labels) -> bool {
        match self {
            PodSelector::Labels(wanted) => !wanted.is_empty() && wanted.iter().all(|(key, value)| labels.get(key) == Some(value)),
            PodSelector::Selector(selector) => selector.is_some_and(|selector| !selector.is_empty() && selector.matches(labels)),
        }
    }
}

impl fmt::Display for PodSelector<'_> {
    /// `app=kubia,env in (a,b)`, or `<none>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PodSelector::Labels(labels) => LabelSelector::of_labels(labels).fmt(f),
            PodSelector::Selector(None) => f.write_str("<none>"),
            PodSelector::Selector(Some(selector)) => selector.fmt(f),
        }
    }
}

/// A ReplicationController or a ReplicaSet, whichever it is.
#[derive(Clone, Copy, Debug)]
pub struct ReplicaOwner<'a> {
    /// Which.
    pub kind: Kind,
    /// Its metadata.
    pub meta: &'a ObjectMeta,
    /// The pods that count.
    pub selector: PodSelector<'a>,
    /// What new pods are made from.
    pub template: Option<&'a Rc<PodTemplateSpec>>,
    /// How many pods it wants.
    pub replicas: i32,
    /// Seconds a pod must be ready before it counts as available.
    pub min_ready_seconds: i32,
    /// What is there.
    pub status: &'a ReplicationControllerStatus,
}

impl<'a> ReplicaOwner<'a> {
    /// An object as such; None if it is of another kind.
    pub fn of(object: &'a Object) -> Option<ReplicaOwner<'a>> {
        let kind = object.kind();
        match object {
            Object::ReplicationController(rc) => Some(ReplicaOwner {
                kind,
                meta: &rc.meta,
                selector: PodSelector::Labels(&rc.spec.selector),
                template: rc.spec.template.as_ref(),
                replicas: rc.replicas(),
                min_ready_seconds: rc.spec.min_ready_seconds,
                status: &rc.status,
            }),
            Object::ReplicaSet(set) => Some(ReplicaOwner {
                kind,
                meta: &set.meta,
                selector: PodSelector::Selector(set.spec.selector.as_deref()),
                template: Some(&set.spec.template),
                replicas: set.replicas(),
                min_ready_seconds: set.spec.min_ready_seconds,
                status: &set.status,
            }),
            _ => None,
        }
    }

    /// Its key.
    pub fn key(&self) -> ObjectKey {
        ObjectKey { kind: self.kind, namespace: self.meta.namespace.clone(), name: self.meta.name.clone() }
    }
}
