//! apps/v1 DaemonSet.

use std::rc::Rc;

use super::json::record;
use super::{Condition, LabelSelector, Labels, ObjectMeta, PodTemplateSpec, RollingUpdate};
use crate::base::Name;

/// Keeps one pod on each node that its pods may run on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DaemonSet {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: DaemonSetSpec,
    /// What is there.
    pub status: DaemonSetStatus,
}

record! {
    /// What is wanted.
    pub struct DaemonSetSpec {
        /// Seconds a pod must be ready before it counts as available.
        min_ready_seconds: i32 = "minReadySeconds",
        /// How many old revisions are kept.
        revision_history_limit: Option<i32> = "revisionHistoryLimit",
        /// The pods that count.
        selector: Option<Rc<LabelSelector>> = "selector",
        /// What new pods are made from.
        template: Rc<PodTemplateSpec> = "template",
        /// How pods of an old template are replaced.
        update_strategy: DaemonSetUpdateStrategy = "updateStrategy",
    }

    /// How pods of an old template are replaced.
    pub struct DaemonSetUpdateStrategy {
        /// For `RollingUpdate`.
        rolling_update: Option<RollingUpdate> = "rollingUpdate",
        /// `RollingUpdate`, or `OnDelete`: only once somebody deletes them.
        kind: Name = "type",
    }

    /// What is there, in nodes.
    pub struct DaemonSetStatus {
        /// Raised when the name of a revision is taken.
        collision_count: Option<i32> = "collisionCount",
        /// None are set by the controller.
        conditions: Vec<Condition> = "conditions",
        /// Nodes that should have a pod and have one.
        current_number_scheduled: i32 = "currentNumberScheduled",
        /// Nodes that should have a pod.
        desired_number_scheduled: i32 = "desiredNumberScheduled",
        /// Of the desired, those with an available pod.
        number_available: i32 = "numberAvailable",
        /// Nodes that should not have a pod and have one.
        number_misscheduled: i32 = "numberMisscheduled",
        /// Of the desired, those with a ready pod.
        number_ready: i32 = "numberReady",
        /// Of the desired, those without an available pod.
        number_unavailable: i32 = "numberUnavailable",
        /// The generation that this status speaks of.
        observed_generation: i64 = "observedGeneration",
        /// Of the desired, those with a pod of the present template.
        updated_number_scheduled: i32 = "updatedNumberScheduled",
    }
}

impl DaemonSet {
    /// Labels that a node must have, as its pods ask for them.
    pub fn node_selector(&self) -> &Labels {
        &self.spec.template.spec.node_selector
    }
}
