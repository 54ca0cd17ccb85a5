//! Conditions as most kinds carry them. Pods have a tighter form ([`super::PodCondition`]).

use serde_json::Value;

use super::json::{Json, record, zero};
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

record! {
    /// One aspect of an object's state.
    pub struct Condition {
        /// When it was last reported (nodes have this).
        heartbeat: Option<SimTime> = "lastHeartbeatTime",
        /// When the status last changed.
        transition: SimTime = "lastTransitionTime",
        /// A sentence for why.
        message: Name = "message",
        /// A word for why.
        reason: Name = "reason",
        /// Whether it holds.
        status: Truth = "status",
        /// `Ready`, `ReplicaFailure`, …
        kind: Name = "type",
    }
}
