//! The status of a deployment: its counts, whether it is available, and whether its rollout goes on.
//! Models pkg/controller/deployment/progress.go and sync.go calculateStatus, checkPausedConditions.

use super::Sync;
use crate::api::{Deployment, DeploymentCondition, DeploymentStatus, Truth};
use crate::base::{Name, SimDuration, SimTime};

/// Whether all pods that are wanted are of the present template and available.
/// Models DeploymentComplete.
pub(super) fn is_complete(deployment: &Deployment, status: &DeploymentStatus) -> bool {
    let wanted = deployment.replicas();
    [status.updated_replicas, status.replicas, status.available_replicas].iter().all(|count| *count == wanted)
        && status.observed_generation >= deployment.meta.generation
}

fn condition(kind: &'static str, status: Truth, reason: &'static str, message: impl Into<Name>, now: SimTime) -> DeploymentCondition {
    DeploymentCondition {
        transition: now,
        updated: now,
        message: message.into(),
        reason: Name::fixed(reason),
        status,
        kind: Name::fixed(kind),
        ..DeploymentCondition::default()
    }
}

impl Sync<'_> {
    pub(super) fn has_deadline(&self) -> bool {
        self.deployment.spec.progress_deadline_seconds.is_some_and(|seconds| seconds != i32::MAX)
    }

    /// Sets a condition.
    pub(super) fn say(&mut self, kind: &'static str, status: Truth, reason: &'static str, message: String) {
        self.status.set_condition(condition(kind, status, reason, message, self.now));
    }

    /// A pause stops the clock of the deadline; what has timed out stays so.
    pub(super) fn note_pause(&mut self) {
        let reason = self.status.condition("Progressing").map(|condition| condition.reason.clone()).unwrap_or_default();
        if !self.has_deadline() || reason == "ProgressDeadlineExceeded" {
            return;
        }
        match (self.deployment.spec.paused, reason == "DeploymentPaused") {
            (true, false) => self.say("Progressing", Truth::Unknown, "DeploymentPaused", "Deployment is paused".to_owned()),
            (false, true) => self.say("Progressing", Truth::Unknown, "DeploymentResumed", "Deployment is resumed".to_owned()),
            _ => {}
        }
    }

    /// The counts and whether enough is available.
    pub(super) fn report_counts(&mut self) {
        let wanted = self.sum(|set| set.replicas());
        let available = self.sum(|set| set.status.available_replicas);
        let updated = self.new.map_or(0, |new| self.sets[new].now.status.replicas);
        self.status = DeploymentStatus {
            observed_generation: self.deployment.meta.generation,
            replicas: self.sum(|set| set.status.replicas),
            updated_replicas: updated,
            ready_replicas: self.sum(|set| set.status.ready_replicas),
            available_replicas: available,
            unavailable_replicas: (wanted - available).max(0),
            ..self.status.clone()
        };
        let (_, max_unavailable) = self.deployment.pace();
        if available >= self.deployment.replicas() - max_unavailable {
            self.say("Available", Truth::True, "MinimumReplicasAvailable", "Deployment has minimum availability.".to_owned());
        } else {
            let message = "Deployment does not have minimum availability.".to_owned();
            self.say("Available", Truth::False, "MinimumReplicasUnavailable", message);
        }
    }

    /// The counts, and how the rollout goes.
    /// Models syncRolloutStatus.
    pub(super) fn report_progress(&mut self) {
        let before = self.status.clone();
        self.report_counts();
        self.note_replica_failure();
        if !self.has_deadline() {
            return self.status.remove_condition("Progressing");
        }
        let current = before.condition("Progressing").cloned();
        let settled = self.status.replicas == self.status.updated_replicas
            && current.as_ref().is_some_and(|current| current.reason == "NewReplicaSetAvailable");
        let who = match self.new {
            Some(new) => format!("ReplicaSet \"{}\"", self.sets[new].now.meta.name),
            None => format!("Deployment \"{}\"", self.deployment.meta.name),
        };
        if settled {
            return;
        }
        if is_complete(self.deployment, &self.status) {
            let message = format!("{who} has successfully progressed.");
            self.say("Progressing", Truth::True, "NewReplicaSetAvailable", message);
        } else if has_progressed(&before, &self.status) {
            let mut next = condition("Progressing", Truth::True, "ReplicaSetUpdated", format!("{who} is progressing."), self.now);
            if let Some(current) = current.filter(|current| current.status == Truth::True) {
                next.transition = current.transition;
            }
            self.status.remove_condition("Progressing");
            self.status.set_condition(next);
        } else if current.is_some_and(|current| self.is_timed_out(&current)) {
            self.say("Progressing", Truth::False, "ProgressDeadlineExceeded", format!("{who} has timed out progressing."));
        }
        self.check_later();
    }

    /// What keeps a set from making its pods is the deployment's failure too: that of the new set first. Models getReplicaFailures.
    fn note_replica_failure(&mut self) {
        let order = self.new.into_iter().chain(0..self.sets.len());
        let of = |index: usize| self.sets[index].now.status.conditions.iter().find(|condition| condition.kind == "ReplicaFailure");
        match order.filter_map(of).next().cloned() {
            Some(found) => self.say("ReplicaFailure", found.status, "FailedCreate", found.message.to_string()),
            None => self.status.remove_condition("ReplicaFailure"),
        }
    }

    fn deadline(&self) -> SimDuration {
        let seconds = self.deployment.spec.progress_deadline_seconds.unwrap_or_default();
        SimDuration::from_seconds(u64::try_from(seconds).unwrap_or_default())
    }

    /// Models DeploymentTimedOut.
    fn is_timed_out(&self, current: &DeploymentCondition) -> bool {
        match current.reason.as_str() {
            "NewReplicaSetAvailable" => false,
            "ProgressDeadlineExceeded" => true,
            _ => current.updated + self.deadline() < self.now,
        }
    }

    /// Models requeueStuckDeployment.
    fn check_later(&mut self) {
        let Some(current) = self.status.condition("Progressing") else { return };
        if is_complete(self.deployment, &self.status) || current.reason == "ProgressDeadlineExceeded" {
            return;
        }
        let at = current.updated + self.deadline() + SimDuration::from_seconds(1);
        let wait = at.since(self.now).max(SimDuration::from_seconds(1));
        self.wake_after(wait);
    }
}

/// Whether pods came or went, or became ready.
/// Models DeploymentProgressing.
fn has_progressed(old: &DeploymentStatus, new: &DeploymentStatus) -> bool {
    new.updated_replicas > old.updated_replicas
        || new.replicas - new.updated_replicas < old.replicas - old.updated_replicas
        || new.ready_replicas > old.ready_replicas
        || new.available_replicas > old.available_replicas
}
