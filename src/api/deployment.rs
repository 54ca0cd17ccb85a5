//! apps/v1 Deployment.

use std::rc::Rc;

use super::json::record;
use super::{LabelSelector, ObjectMeta, PodTemplateSpec, RollingUpdate, Rounding, Truth};
use crate::base::{Name, SimTime};

/// Rolls templates out through replica sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployment {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: DeploymentSpec,
    /// What is there.
    pub status: DeploymentStatus,
}

record! {
    /// What is wanted.
    pub struct DeploymentSpec {
        /// Seconds a pod must be ready before it counts as available.
        min_ready_seconds: i32 = "minReadySeconds",
        /// Whether changes of the template wait.
        paused: bool = "paused",
        /// Seconds without progress after which a rollout counts as stuck.
        progress_deadline_seconds: Option<i32> = "progressDeadlineSeconds",
        /// How many pods.
        replicas: Option<i32> = "replicas",
        /// How many old replica sets are kept.
        revision_history_limit: Option<i32> = "revisionHistoryLimit",
        /// The pods and replica sets that count.
        selector: Option<Rc<LabelSelector>> = "selector",
        /// How pods of an old template are replaced.
        strategy: DeploymentStrategy = "strategy",
        /// What new pods are made from.
        template: Rc<PodTemplateSpec> = "template",
    }

    /// How pods of an old template are replaced.
    pub struct DeploymentStrategy {
        /// For `RollingUpdate`.
        rolling_update: Option<RollingUpdate> = "rollingUpdate",
        /// `RollingUpdate`, or `Recreate`: all old ones go before a new one comes.
        kind: Name = "type",
    }

    /// What is there.
    pub struct DeploymentStatus {
        /// Ready for at least minReadySeconds.
        available_replicas: i32 = "availableReplicas",
        /// Raised when the name of a replica set is taken.
        collision_count: Option<i32> = "collisionCount",
        /// `Available`, `Progressing`.
        conditions: Vec<DeploymentCondition> = "conditions",
        /// The generation that this status speaks of.
        observed_generation: i64 = "observedGeneration",
        /// Pods with a Ready condition.
        ready_replicas: i32 = "readyReplicas",
        /// Pods.
        replicas: i32 = "replicas",
        /// Pods that are wanted and not available.
        unavailable_replicas: i32 = "unavailableReplicas",
        /// Pods of the present template.
        updated_replicas: i32 = "updatedReplicas",
    }

    /// One aspect of a deployment's state.
    pub struct DeploymentCondition {
        /// When the status last changed.
        transition: SimTime = "lastTransitionTime",
        /// When anything of it last changed.
        updated: SimTime = "lastUpdateTime",
        /// A sentence for why.
        message: Name = "message",
        /// A word for why.
        reason: Name = "reason",
        /// Whether it holds.
        status: Truth = "status",
        /// `Available`, `Progressing`
        kind: Name = "type",
    }
}

impl Deployment {
    /// The number of pods wanted; the server fills in 1.
    pub fn replicas(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }

    /// How many pods there may be above the wanted, and how many fewer may be available.
    /// Models pkg/controller/deployment/util ResolveFenceposts, MaxSurge, MaxUnavailable.
    pub fn pace(&self) -> (i32, i32) {
        let Some(pace) = self.spec.strategy.rolling_update.as_ref().filter(|_| self.spec.strategy.kind == "RollingUpdate") else {
            return (0, 0);
        };
        let replicas = self.replicas();
        let surge = pace.max_surge.as_ref().map_or(0, |amount| amount.scaled(replicas, Rounding::Up));
        let unavailable = pace.max_unavailable.as_ref().map_or(0, |amount| amount.scaled(replicas, Rounding::Down));
        match (surge, unavailable) {
            (0, 0) => (0, 1.min(replicas)),
            _ => (surge, unavailable.min(replicas)),
        }
    }
}

impl DeploymentStatus {
    /// A condition.
    pub fn condition(&self, kind: &str) -> Option<&DeploymentCondition> {
        self.conditions.iter().find(|condition| condition.kind == *kind)
    }

    /// Sets a condition, unless one with the same status and reason is there.
    /// Models SetDeploymentCondition.
    pub fn set_condition(&mut self, mut condition: DeploymentCondition) {
        if let Some(present) = self.condition(&condition.kind) {
            if present.status == condition.status && present.reason == condition.reason {
                return;
            }
            if present.status == condition.status {
                condition.transition = present.transition;
            }
        }
        self.remove_condition(&condition.kind);
        self.conditions.push(condition);
    }

    /// Takes a condition away.
    pub fn remove_condition(&mut self, kind: &str) {
        self.conditions.retain(|condition| condition.kind != *kind);
    }
}
