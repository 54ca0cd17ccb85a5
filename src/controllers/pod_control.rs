//! How controllers make and delete pods, report it, and count the available ones.
//! Models pkg/controller/controller_utils.go RealPodControl, GetPodFromTemplate and pkg/api/v1/pod IsPodAvailable.

use std::rc::Rc;

use crate::api::{
    EventText, EventType, Kind, Note, Object, ObjectKey, ObjectMeta, ObjectReference, OwnerReference, Pod, PodConditionKind, PodTemplateSpec, Truth, Uid,
};
use crate::apiserver::{Action, DeleteOptions, Report, Write};
use crate::base::{Name, SimDuration, SimTime};

/// A controller's object and in whose name its events are.
#[derive(Clone, Debug)]
pub(super) struct Maker {
    about: Rc<ObjectReference>,
    component: &'static str,
}

impl Maker {
    /// Of an object; `component` is what its events come from: `replicaset-controller`.
    pub fn new(key: ObjectKey, uid: Uid, component: &'static str) -> Maker {
        Maker { about: Rc::new(ObjectReference { key, uid }), component }
    }

    /// A pod from a template, to be named by the server.
    pub fn pod(&self, template: &PodTemplateSpec) -> Pod {
        let key = &self.about.key;
        let owner = OwnerReference::controller(key.kind, &key.name, self.about.uid);
        Pod {
            meta: ObjectMeta {
                generate_name: format!("{}-", key.name).into(),
                namespace: key.namespace.clone(),
                labels: template.meta.labels.clone(),
                annotations: template.meta.annotations.clone(),
                finalizers: template.meta.finalizers.clone(),
                owners: Rc::from([owner]),
                ..ObjectMeta::default()
            },
            spec: template.spec.clone(),
            ..Pod::default()
        }
    }

    /// The creation of a pod and its event.
    pub fn create(&self, pod: Object) -> Action {
        let report = self.report(("SuccessfulCreate", "Created pod: "), ("FailedCreate", "Error creating: "));
        Action { write: Write::Create(pod), report: Some(report) }
    }

    /// The deletion of a pod and its event.
    pub fn delete(&self, pod: &Pod) -> Action {
        let options = DeleteOptions { uid: Some(pod.meta.uid), ..DeleteOptions::default() };
        let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
        let report = self.report(("SuccessfulDelete", "Deleted pod: "), ("FailedDelete", "Error deleting: "));
        Action { write: Write::Delete { key, options }, report: Some(report) }
    }

    /// An event about the controller's object.
    pub fn note(&self, kind: EventType, reason: &'static str, text: EventText) -> Note {
        let (host, container) = (Name::default(), Name::default());
        Note { about: self.about.clone(), kind, reason, text, component: self.component, host, container }
    }

    fn report(&self, success: (&'static str, &'static str), failure: (&'static str, &'static str)) -> Report {
        Report { about: self.about.clone(), component: self.component, success, failure, of_set: None }
    }
}

/// When a pod counts as available: minReadySeconds after it became ready; None if it is not ready.
pub(super) fn available_at(pod: &Pod, min_ready_seconds: i32) -> Option<SimTime> {
    let ready = pod.status.condition(PodConditionKind::Ready).filter(|ready| ready.status == Truth::True)?;
    Some(ready.transition + SimDuration::from_seconds(u64::try_from(min_ready_seconds).unwrap_or_default()))
}

/// Whether a pod counts as available.
pub(super) fn is_available(pod: &Pod, min_ready_seconds: i32, now: SimTime) -> bool {
    available_at(pod, min_ready_seconds).is_some_and(|at| at <= now)
}

/// How long until the next ready pod becomes available.
pub(super) fn next_available(pods: &[Rc<Pod>], min_ready_seconds: i32, now: SimTime) -> Option<SimDuration> {
    if min_ready_seconds == 0 {
        return None;
    }
    let next = pods.iter().filter_map(|pod| available_at(pod, min_ready_seconds)).filter(|at| *at > now).min();
    next.map(|at| at.since(now))
}
