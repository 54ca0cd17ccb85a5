//! Conditions as most kinds carry them. Pods have a tighter form ([`super::PodCondition`]).

use serde_json::{Map, Value};

use super::json::{Json, zero};
use crate::base::{Name, SimTime};

/// A condition's status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// `True`
    True,
    /// `False`
    False,
    /// `Unknown`
    #[default]
    Unknown,
}

impl Truth {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Truth::True => "True",
            Truth::False => "False",
            Truth::Unknown => "Unknown",
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Truth {
        if truth { Truth::True } else { Truth::False }
    }
}

impl Json for Truth {
    fn read(value: &Value) -> Truth {
        match value.as_str() {
            Some("True") => Truth::True,
            Some("False") => Truth::False,
            _ => Truth::Unknown,
        }
    }
    fn write(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
}

zero! { Truth => Value::from("Unknown") }

/// One aspect of an object's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// `Ready`, `ReplicaFailure`, …
    pub kind: Name,
    /// Whether it holds.
    pub status: Truth,
    /// A word for why.
    pub reason: Name,
    /// A sentence for why.
    pub message: Name,
    /// When the status last changed.
    pub transition: SimTime,
    /// When it was last reported (nodes have this).
    pub heartbeat: Option<SimTime>,
}

impl Json for Condition {
    fn read(value: &Value) -> Condition {
        let field = |key: &str| value.get(key).unwrap_or(&Value::Null);
        Condition {
            kind: Json::read(field("type")),
            status: Json::read(field("status")),
            reason: Json::read(field("reason")),
            message: Json::read(field("message")),
            transition: Json::read(field("lastTransitionTime")),
            heartbeat: Json::read(field("lastHeartbeatTime")),
        }
    }

    fn write(&self) -> Option<Value> {
        let mut map = Map::new();
        let fields = [
            ("lastHeartbeatTime", self.heartbeat.and_then(|time| time.write())),
            ("lastTransitionTime", self.transition.write()),
            ("message", self.message.write()),
            ("reason", self.reason.write()),
            ("status", self.status.write()),
            ("type", self.kind.write()),
        ];
        map.extend(fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Some(Value::Object(map))
    }
}
