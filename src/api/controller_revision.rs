//! apps/v1 ControllerRevision: a template that a DaemonSet once had.

use serde_json::Value;

use super::ObjectMeta;

/// A numbered state of a controller.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControllerRevision {
    /// Metadata.
    pub meta: ObjectMeta,
    /// The state, as a patch of the controller.
    pub data: Value,
    /// Its number.
    pub revision: i64,
}
