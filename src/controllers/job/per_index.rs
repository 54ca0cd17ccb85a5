//! Failures that are counted for each index on its own. How often an index has failed stands on its pods.
//! Models pkg/controller/job/indexed_job_utils.go (calculateFailedIndexes, getPodsWithDelayedDeletionPerIndex) and backoff_utils.go
//! getRemainingTimePerIndex. Left out: the finalizer that keeps a failed pod until its successor is there.

use std::rc::Rc;

use super::failure_policy::{self, Verdict};
use super::indexes::Indexes;
use super::{Sync, back_off, number, pods};
use crate::api::{Job, Pod, PodFailures};
use crate::base::{Name, SimDuration, SimTime};

/// How often the index of a pod had failed when the pod was made.
pub(super) const FAILURE_COUNT: Name = Name::fixed("batch.kubernetes.io/job-index-failure-count");

fn count(pod: &Pod) -> i32 {
    pod.meta.annotations.get(&FAILURE_COUNT).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn verdict(job: &Job, pod: &Pod) -> Verdict {
    job.spec.pod_failure_policy.as_ref().map_or(Verdict::Counts, |policy| failure_policy::verdict(policy, pod))
}

impl Sync<'_> {
    /// The indexes that have failed for good; none where failures are counted for the whole job.
    pub(super) fn failed_indexes(&self) -> Indexes {
        let (Some(limit), Some(completions)) = (self.old.spec.backoff_limit_per_index, self.old.spec.completions) else { return Indexes::default() };
        let mut failed = Indexes::parse(self.old.status.failed_indexes.as_deref().unwrap_or_default(), completions);
        let over = self.pods.iter().filter(|pod| pods::has_failed(pod, self.old)).filter(|pod| match verdict(self.old, pod) {
            Verdict::FailsIndex => true,
            Verdict::Ignored => false,
            Verdict::Counts | Verdict::FailsJob(_) => count(pod) >= limit,
        });
        failed.0.extend(over.filter_map(|pod| self.index_of(pod)));
        failed.0 = failed.0.iter().filter(|index| !self.done.0.contains(*index)).copied().collect();
        failed
    }

    /// The failed pod of an index that was made last.
    fn latest_failure(&self, index: i32) -> Option<&Rc<Pod>> {
        let failed = self.pods.iter().filter(|pod| pods::has_failed(pod, self.old) && self.index_of(pod) == Some(index));
        failed.max_by_key(|pod| (count(pod), pod.meta.creation))
    }

    /// How often an index has failed so far.
    pub(super) fn failures_of(&self, index: i32) -> i32 {
        let counts = |pod: &Pod| i32::from(verdict(self.old, pod) != Verdict::Ignored);
        self.latest_failure(index).map_or(0, |pod| count(pod) + counts(pod))
    }

    /// How long an index has to wait still.
    pub(super) fn wait_of(&self, index: i32, now: SimTime) -> SimDuration {
        let Some(pod) = self.latest_failure(index) else { return SimDuration::ZERO };
        let last = back_off::remember(PodFailures::default(), &[], std::slice::from_ref(pod));
        back_off::remaining(PodFailures { count: u32::try_from(self.failures_of(index)).unwrap_or_default(), ..last }, now)
    }

    /// Whether each index has succeeded or failed for good, and some have failed.
    pub(super) fn is_out_of_indexes(&self) -> bool {
        let failed = number(self.failed.0.len());
        failed > 0 && self.counts.active == 0 && self.done.count() + failed >= self.old.spec.completions.unwrap_or_default()
    }
}
