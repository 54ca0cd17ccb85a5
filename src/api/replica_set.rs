//! apps/v1 ReplicaSet.

use std::rc::Rc;

use super::json::record;
use super::{LabelSelector, ObjectMeta, PodTemplateSpec, ReplicationControllerStatus};

/// What is there: the same fields as a replication controller's.
pub type ReplicaSetStatus = ReplicationControllerStatus;

/// Keeps a number of pods running that a selector finds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaSet {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: ReplicaSetSpec,
    /// What is there.
    pub status: ReplicaSetStatus,
}

record! {
    /// What is wanted.
    pub struct ReplicaSetSpec {
        /// Seconds a pod must be ready before it counts as available.
        min_ready_seconds: i32 = "minReadySeconds",
        /// How many pods.
        replicas: Option<i32> = "replicas",
        /// The pods that count.
        selector: Option<Rc<LabelSelector>> = "selector",
        /// What new pods are made from.
        template: Rc<PodTemplateSpec> = "template",
    }
}

impl ReplicaSet {
    /// The number of pods wanted; the server fills in 1.
    pub fn replicas(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }
}
