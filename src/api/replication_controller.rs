//! core/v1 ReplicationController.

use std::rc::Rc;

use super::json::record;
use super::{Condition, Labels, ObjectMeta, PodTemplateSpec};

/// Keeps a number of pods running.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicationController {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: ReplicationControllerSpec,
    /// What is there.
    pub status: ReplicationControllerStatus,
}

record! {
    /// What is wanted.
    pub struct ReplicationControllerSpec {
        /// Seconds a pod must be ready before it counts as available.
        min_ready_seconds: i32 = "minReadySeconds",
        /// How many pods.
        replicas: Option<i32> = "replicas",
        /// Labels of the pods that count.
        selector: Rc<Labels> = "selector",
        /// What new pods are made from.
        template: Option<Rc<PodTemplateSpec>> = "template",
    }
}

record! {
    /// What is there.
    pub struct ReplicationControllerStatus {
        /// Ready for at least minReadySeconds.
        available_replicas: i32 = "availableReplicas",
        /// `ReplicaFailure`.
        conditions: Vec<Condition> = "conditions",
        /// Pods that carry all labels of the template.
        fully_labeled_replicas: i32 = "fullyLabeledReplicas",
        /// The generation that this status speaks of.
        observed_generation: i64 = "observedGeneration",
        /// Pods with a Ready condition.
        ready_replicas: i32 = "readyReplicas",
        /// Pods.
        replicas: i32 = "replicas",
    }
}

impl ReplicationController {
    /// The number of pods wanted; the server fills in 1.
    pub fn replicas(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }
}
