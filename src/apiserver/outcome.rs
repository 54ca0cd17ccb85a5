//! What a reconciler wants done: it decides, the engine carries it out.

use std::rc::Rc;

use super::Write;
use crate::api::{ApiError, EventText, EventType, Note, Object, ObjectReference};
use crate::base::{Name, SimDuration};

/// A write, and the event that reports how it went.
#[derive(Clone, Debug)]
pub struct Action {
    /// The write.
    pub write: Write,
    /// What to say about it.
    pub report: Option<Report>,
}

/// The events of a controller about a pod that it made or deleted.
/// Models pkg/controller/controller_utils.go RealPodControl.
#[derive(Clone, Debug)]
pub struct Report {
    /// The controller's object.
    pub about: Rc<ObjectReference>,
    /// `replication-controller`
    pub component: &'static str,
    /// Reason and beginning of the message if it went well: `SuccessfulCreate`, `Created pod: `.
    pub success: (&'static str, &'static str),
    /// Reason and beginning of the message if it was refused: `FailedCreate`, `Error creating: `.
    pub failure: (&'static str, &'static str),
    /// The pod and the stateful set, whose events are worded otherwise.
    /// Models pkg/controller/statefulset/stateful_pod_control.go recordPodEvent.
    pub of_set: Option<Rc<(Name, Name)>>,
}

impl Report {
    /// The event to record.
    pub fn note(self, result: Result<&Object, &ApiError>) -> Note {
        let (kind, (reason, text), name) = match result {
            Ok(object) => (EventType::Normal, self.success, object.meta().name.clone()),
            Err(error) => (EventType::Warning, self.failure, Name::from(error.to_string())),
        };
        let text = match self.of_set.as_deref() {
            None => EventText::Named { text, name },
            Some((pod, set)) if kind == EventType::Normal => EventText::Text(format!("create Pod {pod} in StatefulSet {set} successful").into()),
            Some((pod, set)) => EventText::Text(format!("create Pod {pod} in StatefulSet {set} failed error: {name}").into()),
        };
        let (host, container) = (Name::default(), Name::default());
        Note { about: self.about, kind, reason, text, component: self.component, host, container }
    }
}

/// What a reconciler decided.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Writes, in order.
    pub actions: Vec<Action>,
    /// Events to record, before the writes.
    pub notes: Vec<Note>,
    /// Events to record after the writes.
    pub later: Vec<Note>,
    /// When to look at the same key again, if nothing changes before.
    pub requeue: Option<SimDuration>,
}

impl Outcome {
    /// Adds a write that nobody reports.
    pub fn write(&mut self, write: Write) {
        self.actions.push(Action { write, report: None });
    }
}
