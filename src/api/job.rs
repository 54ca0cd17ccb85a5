//! batch/v1 Job.

use std::rc::Rc;

use super::json::record;
use super::{Kind, LabelSelector, ObjectMeta, OwnerReference, PodTemplateSpec, Truth, Uid};
use crate::base::{Name, SimTime};

/// The finalizer that keeps a pod until its end has been counted.
pub const JOB_TRACKING_FINALIZER: Name = Name::fixed("batch.kubernetes.io/job-tracking");
/// The label and annotation with the index of a pod of an Indexed job.
pub const COMPLETION_INDEX: Name = Name::fixed("batch.kubernetes.io/job-completion-index");

/// Runs pods to their end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: JobSpec,
    /// What became of it.
    pub status: JobStatus,
    /// The controller's own memory of failures, which the API does not show.
    pub failures: PodFailures,
}

/// Failures of pods since the last success: they hold the next pod back.
/// Models pkg/controller/job/backoff_utils.go backoffRecord.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PodFailures {
    /// How many.
    pub count: u32,
    /// When the last of them ended.
    pub last: SimTime,
}

record! {
    /// What is wanted of a job.
    pub struct JobSpec {
        /// Seconds after which the job fails.
        active_deadline_seconds: Option<i64> = "activeDeadlineSeconds",
        /// How many failures it bears; the server fills in 6.
        backoff_limit: Option<i32> = "backoffLimit",
        /// How many failures each index bears.
        backoff_limit_per_index: Option<i32> = "backoffLimitPerIndex",
        /// `NonIndexed` or `Indexed`
        completion_mode: Name = "completionMode",
        /// How many pods must succeed; none for a work queue.
        completions: Option<i32> = "completions",
        /// The controller that runs it, if not the usual one.
        managed_by: Option<Name> = "managedBy",
        /// Whether the selector is the user's.
        manual_selector: Option<bool> = "manualSelector",
        /// How many indexes may fail.
        max_failed_indexes: Option<i32> = "maxFailedIndexes",
        /// How many pods run at a time; the server fills in 1.
        parallelism: Option<i32> = "parallelism",
        /// What some failures mean.
        pod_failure_policy: Option<PodFailurePolicy> = "podFailurePolicy",
        /// `TerminatingOrFailed` or `Failed`: when a pod is replaced.
        pod_replacement_policy: Name = "podReplacementPolicy",
        /// Labels of its pods.
        selector: Option<LabelSelector> = "selector",
        /// When some indexes are enough.
        success_policy: Option<SuccessPolicy> = "successPolicy",
        /// Whether it rests.
        suspend: Option<bool> = "suspend",
        /// What its pods are made from.
        template: Rc<PodTemplateSpec> = "template",
        /// Seconds that it is kept after its end.
        ttl_seconds_after_finished: Option<i32> = "ttlSecondsAfterFinished",
    }

    /// What some failures mean.
    pub struct PodFailurePolicy {
        /// The first that fits counts.
        rules: Vec<PodFailureRule> = "rules",
    }

    /// One meaning.
    pub struct PodFailureRule {
        /// `FailJob`, `FailIndex`, `Ignore`, `Count`
        action: Name = "action",
        /// By how a container ended.
        on_exit_codes: Option<ExitCodes> = "onExitCodes",
        /// By the pod's conditions.
        on_pod_conditions: Vec<ConditionPattern> = "onPodConditions",
    }

    /// Exit codes that are meant.
    pub struct ExitCodes {
        /// Of this container; of any if unset.
        container_name: Option<Name> = "containerName",
        /// `In` or `NotIn`
        operator: Name = "operator",
        /// The codes.
        values: Vec<i32> = "values",
    }

    /// A condition that is meant.
    pub struct ConditionPattern {
        /// `True`, `False`, `Unknown`
        status: Name = "status",
        /// `DisruptionTarget`
        kind: Name = "type",
    }

    /// When some indexes are enough.
    pub struct SuccessPolicy {
        /// One must be met.
        rules: Vec<SuccessRule> = "rules",
    }

    /// Which indexes are enough.
    pub struct SuccessRule {
        /// So many (of those named, if some are).
        succeeded_count: Option<i32> = "succeededCount",
        /// These: `0-3,5`.
        succeeded_indexes: Option<Name> = "succeededIndexes",
    }

    /// What became of a job.
    pub struct JobStatus {
        /// Pods neither ended nor being deleted.
        active: i32 = "active",
        /// Indexes that have succeeded: `0-3,5`.
        completed_indexes: Name = "completedIndexes",
        /// When it completed.
        completion_time: Option<SimTime> = "completionTime",
        /// `Suspended`, `FailureTarget`, `Failed`, `SuccessCriteriaMet`, `Complete`.
        conditions: Vec<JobCondition> = "conditions",
        /// Pods that failed.
        failed: i32 = "failed",
        /// Indexes that have failed for good: `0-3,5`.
        failed_indexes: Option<Name> = "failedIndexes",
        /// Active pods that are ready.
        ready: Option<i32> = "ready",
        /// When it was taken up, or resumed.
        start_time: Option<SimTime> = "startTime",
        /// Pods that succeeded.
        succeeded: i32 = "succeeded",
        /// Pods being deleted.
        terminating: Option<i32> = "terminating",
        /// Pods that have ended and are not in the counts yet.
        uncounted: Option<UncountedPods> = "uncountedTerminatedPods",
    }

    /// Pods that have ended and are not in the counts yet.
    pub struct UncountedPods {
        /// Those that failed.
        failed: Vec<Uid> = "failed",
        /// Those that succeeded.
        succeeded: Vec<Uid> = "succeeded",
    }
}

record! {
    /// One aspect of a job's state.
    pub struct JobCondition {
        /// `Complete`, `Failed`, …
        kind: Name = "type",
        /// Whether it holds.
        status: Truth = "status",
        /// A word for why.
        reason: Name = "reason",
        /// A sentence for why.
        message: Name = "message",
        /// When it was last looked at.
        probe: SimTime = "lastProbeTime",
        /// When the status last changed.
        transition: SimTime = "lastTransitionTime",
    }
}

impl JobCondition {
    /// A condition of this moment, of which the API keeps the second.
    pub fn new(kind: &'static str, status: Truth, why: (&str, &str), now: SimTime) -> JobCondition {
        let moment = SimTime::from_seconds(now.seconds());
        let (reason, message) = (Name::from(why.0), Name::from(why.1));
        let kind = Name::fixed(kind);
        JobCondition { kind, status, reason, message, probe: moment, transition: moment, ..JobCondition::default() }
    }
}

impl JobSpec {
    /// Whether its pods have indexes.
    pub fn is_indexed(&self) -> bool {
        self.completion_mode == "Indexed"
    }

    /// Pods at a time.
    pub fn parallelism(&self) -> i32 {
        self.parallelism.unwrap_or(1)
    }

    /// Failures that it bears.
    pub fn backoff_limit(&self) -> i32 {
        self.backoff_limit.unwrap_or(if self.backoff_limit_per_index.is_some() { i32::MAX } else { 6 })
    }

    /// Whether a pod is replaced only when it has ended, not when it begins to.
    /// Models pkg/controller/job onlyReplaceFailedPods.
    pub fn replaces_ended_pods_only(&self) -> bool {
        self.pod_replacement_policy == "Failed" || self.pod_failure_policy.is_some()
    }
}

impl JobStatus {
    /// A condition that holds.
    pub fn holds(&self, kind: &str) -> Option<&JobCondition> {
        self.conditions.iter().find(|condition| condition.kind == kind && condition.status == Truth::True)
    }
}

impl Job {
    /// Whether it rests.
    pub fn is_suspended(&self) -> bool {
        self.spec.suspend == Some(true)
    }

    /// Its Complete or Failed condition, once it has ended.
    pub fn finished(&self) -> Option<&JobCondition> {
        self.status.conditions.iter().find(|condition| {
            condition.status == Truth::True && matches!(condition.kind.as_str(), "Complete" | "Failed")
        })
    }

    /// The reference that it puts on its pods.
    pub fn owner_reference(&self) -> OwnerReference {
        OwnerReference::controller(Kind::Job, &self.meta.name, self.meta.uid)
    }
}
