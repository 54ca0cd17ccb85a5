//! core/v1 Event, tight enough for hundreds of thousands: texts that all replicas share are shared, the others are put
//! together when read.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{Kind, ObjectKey, Uid};
use crate::base::{Name, SimTime};

/// Normal or Warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// `Normal`
    Normal,
    /// `Warning`
    Warning,
}

impl EventType {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        }
    }
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectReference {
    /// The object.
    pub key: ObjectKey,
    /// Its uid. For nodes Kubernetes puts the name here; we keep 0.
    pub uid: Uid,
}

/// The message of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventText {
    /// A text.
    Text(Name),
    /// `Successfully assigned default/kubia-4xrc8 to node1`
    Assigned {
        /// The node.
        node: Name,
    },
    /// `Successfully pulled image "luksa/kubia" in 68ms (68ms including waiting). Image size: 3206624 bytes.`
    Pulled {
        /// The image.
        image: Name,
        /// Milliseconds of the pull.
        took: u32,
        /// Milliseconds with the wait for earlier pulls.
        waited: u32,
        /// Bytes.
        size: u64,
    },
    /// `Pulling image "luksa/kubia"`
    Pulling {
        /// The image.
        image: Name,
    },
    /// `Created pod: kubia-4xrc8`, `Created container: kubia` and the like: a fixed beginning and a name.
    Named {
        /// `Created pod: `
        text: &'static str,
        /// The name.
        name: Name,
    },
}

/// An event to be recorded: what a component says about an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// About what.
    pub about: Rc<ObjectReference>,
    /// Normal or Warning.
    pub kind: EventType,
    /// `SuccessfulCreate`
    pub reason: &'static str,
    /// The message.
    pub text: EventText,
    /// `replication-controller`, `kubelet`, …
    pub component: &'static str,
    /// The kubelet's node, else empty.
    pub host: Name,
    /// The container it speaks of, else empty: printed as `spec.containers{NAME}`.
    pub container: Name,
}

/// A recorded event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place in the order of recording; part of its name.
    pub sequence: u64,
    /// What was said, of what, by whom.
    pub note: Note,
    /// When first.
    pub first: SimTime,
    /// When last.
    pub last: SimTime,
    /// How often.
    pub count: u32,
    /// Whether it stands for several similar ones.
    pub combined: bool,
    /// Revision of its last change.
    pub resource_version: u64,
}

impl Event {
    /// Its message.
    pub fn message(&self) -> String {
        let text = self.note.message();
        if self.combined { format!("(combined from similar events): {text}") } else { text }
    }

    /// `kubia-4xrc8.18a3f0c2d1e4b6a7`: the object and the time of the first one in hexadecimal nanoseconds.
    pub fn name(&self) -> String {
        let nanos = self.first.micros() * 1000 + self.sequence % 1000;
        format!("{}.{nanos:x}", self.note.about.key.name)
    }

    /// The namespace it is kept in: its object's, or `default` for cluster-scoped ones.
    pub fn namespace(&self) -> Name {
        let namespace = &self.note.about.key.namespace;
        if namespace.is_empty() { Name::fixed("default") } else { namespace.clone() }
    }

    /// Whether it was written through the newer API (the scheduler's are), which shows no source and no count.
    pub fn is_new_style(&self) -> bool {
        self.note.component == "default-scheduler"
    }

    /// As the API shows it.
    pub fn to_value(&self) -> Value {
        let key = &self.note.about.key;
        let mut involved = json!({"apiVersion": key.kind.api_version(), "kind": key.kind.name(), "name": key.name.as_str()});
        if !key.namespace.is_empty() {
            involved["namespace"] = Value::from(key.namespace.as_str());
        }
        involved["uid"] = match key.kind {
            Kind::Node => Value::from(key.name.as_str()),
            _ => Value::from(self.note.about.uid.to_string()),
        };
        if !self.note.container.is_empty() {
            involved["fieldPath"] = Value::from(format!("spec.containers{{{}}}", self.note.container));
        }
        let mut value = json!({
            "apiVersion": "v1", "kind": "Event", "eventTime": null, "firstTimestamp": null, "lastTimestamp": null,
            "involvedObject": involved, "message": self.message(), "reason": self.note.reason, "source": {},
            "reportingComponent": self.note.component, "type": self.note.kind.as_str(),
            "metadata": {"creationTimestamp": self.first.rfc3339(), "name": self.name(),
                "namespace": self.namespace().as_str(), "resourceVersion": self.resource_version.to_string()},
        });
        if self.is_new_style() {
            self.add_new_style(&mut value);
        } else {
            self.add_old_style(&mut value);
        }
        value
    }

    /// Models client-go/tools/events.
    fn add_new_style(&self, value: &mut Value) {
        value["action"] = Value::from(if self.note.reason == "Preempted" { "Preempting" } else { "Binding" });
        value["eventTime"] = Value::from(self.first.rfc3339_micro());
        value["reportingInstance"] = Value::from(format!("{}-control-plane", self.note.component));
        if self.count > 1 {
            value["series"] = json!({"count": self.count, "lastObservedTime": self.last.rfc3339_micro()});
        }
    }

    /// Models client-go/tools/record.
    fn add_old_style(&self, value: &mut Value) {
        let host = self.note.host.as_str();
        value["count"] = Value::from(self.count);
        value["firstTimestamp"] = Value::from(self.first.rfc3339());
        value["lastTimestamp"] = Value::from(self.last.rfc3339());
        value["reportingInstance"] = Value::from(host);
        value["source"] = json!({"component": self.note.component});
        if !host.is_empty() {
            value["source"]["host"] = Value::from(host);
        }
    }
}

impl Note {
    /// Its message.
    pub fn message(&self) -> String {
        match &self.text {
            EventText::Text(text) => text.to_string(),
            EventText::Assigned { node } => {
                let ObjectKey { namespace, name, .. } = &self.about.key;
                format!("Successfully assigned {namespace}/{name} to {node}")
            }
            EventText::Pulled { image, took, waited, size } => format!(
                "Successfully pulled image \"{image}\" in {} ({} including waiting). Image size: {size} bytes.",
                go_millis(*took),
                go_millis(*waited)
            ),
            EventText::Pulling { image } => format!("Pulling image \"{image}\""),
            EventText::Named { text, name } => format!("{text}{name}"),
        }
    }
}

/// Milliseconds as Go prints a duration rounded to them: `68ms`, `1.204s`.
fn go_millis(millis: u32) -> String {
    if millis < 1000 {
        return format!("{millis}ms");
    }
    let fraction = format!("{:03}", millis % 1000);
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{}{dot}{fraction}s", millis / 1000)
}
