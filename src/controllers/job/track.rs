//! The counts of a job: each pod that has ended is noted in the status, loses its finalizer, and then is counted, so that none is counted
//! twice or forgotten. The last condition comes when nothing is left to count.
//! Models pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers and enactJobFinished.

use std::rc::Rc;

use super::{Ending, Sync, failure_policy, number, pods};
use crate::api::{EventType, JobCondition, Pod, PodPhase, Truth, Uid};
use crate::base::{Name, SimDuration};

/// Between the status that notes ends and the one that counts them: some writes to the API server.
const NEXT_WRITE: SimDuration = SimDuration::from_millis(25);
/// Not more than so many are noted at a time (MaxUncountedPods).
const MOST: usize = 500;

/// A pod that ended with a name for each reason that events know.
const REASONS: [&str; 5] = ["BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy", "MaxFailedIndexesExceeded", "FailedIndexes"];

impl Sync<'_> {
    pub(super) fn track(&mut self) {
        self.count_released();
        let released = self.note_ended();
        if self.old.spec.is_indexed() {
            self.job.status.succeeded = self.done.count();
            self.job.status.completed_indexes = self.done.text().into();
            self.job.status.failed_indexes = self.old.spec.backoff_limit_per_index.map(|_| self.failed.text().into());
        }
        self.note_ending();
        (self.job.status.active, self.job.status.ready) = (self.counts.active, Some(self.counts.ready.max(0)));
        self.job.status.terminating = Some(self.counts.terminating);
        if released.is_empty() {
            self.end();
        } else {
            self.look_again(NEXT_WRITE);
        }
        self.write_status();
        for pod in &released {
            self.outcome.write(pods::release(pod));
        }
    }

    /// Counts the pods that were noted and have lost their finalizers. Models cleanUncountedPodsWithoutFinalizers.
    fn count_released(&mut self) {
        let tracked: Vec<Uid> = self.pods.iter().filter(|pod| pods::is_tracked(pod)).map(|pod| pod.meta.uid).collect();
        let status = &mut self.job.status;
        let uncounted = status.uncounted.get_or_insert_default();
        let lists = [(&mut uncounted.succeeded, &mut status.succeeded), (&mut uncounted.failed, &mut status.failed)];
        for (list, count) in lists {
            let before = list.len();
            list.retain(|uid| tracked.iter().any(|tracked| tracked.same(*uid)));
            *count += number(before - list.len());
        }
    }

    /// Notes the pods that have ended; gives those that may go.
    fn note_ended(&mut self) -> Vec<Rc<Pod>> {
        let failing = matches!(self.ending, Some(Ending::Failing(_)));
        let mut released = Vec::new();
        for pod in self.pods.iter().filter(|pod| pods::is_tracked(pod)) {
            let (succeeded, failed) = (pod.status.phase == PodPhase::Succeeded, pods::has_failed(pod, self.old));
            if !(succeeded || failed || failing || self.old.meta.is_deleting()) || released.len() >= MOST {
                continue;
            }
            released.push(pod.clone());
            let counts = !self.old.spec.is_indexed() || self.index_of(pod).is_some();
            let uncounted = self.job.status.uncounted.get_or_insert_default();
            let list = match succeeded {
                true if self.old.spec.is_indexed() => continue,
                true => &mut uncounted.succeeded,
                false if (failed || failing) && counts && failure_policy::counts(self.old, pod) => &mut uncounted.failed,
                false => continue,
            };
            if !list.iter().any(|uid| uid.same(pod.meta.uid)) {
                list.push(pod.meta.uid);
            }
        }
        released
    }

    /// The first of the two conditions at the end of a job.
    fn note_ending(&mut self) {
        let (kind, (reason, message)) = match &self.ending {
            Some(Ending::Succeeding(why)) => ("SuccessCriteriaMet", why),
            Some(Ending::Failing(why)) => ("FailureTarget", why),
            None => return,
        };
        if self.old.status.holds(kind).is_none() {
            let condition = JobCondition::new(kind, Truth::True, (reason, message), self.now);
            self.job.status.conditions.push(condition);
        }
    }

    /// The second one, when all pods have ended and been counted.
    fn end(&mut self) {
        let Some(ending) = self.ending.clone() else { return };
        let left = self.job.status.uncounted.as_ref().is_some_and(|left| !left.succeeded.is_empty() || !left.failed.is_empty());
        if left || self.counts.terminating > 0 {
            return;
        }
        let (kind, (reason, message)) = match &ending {
            Ending::Succeeding(why) => ("Complete", why),
            Ending::Failing(why) => ("Failed", why),
        };
        self.job.status.conditions.push(JobCondition::new(kind, Truth::True, (reason, message), self.now));
        if let Ending::Failing((reason, message)) = &ending {
            let reason = REASONS.into_iter().find(|known| *reason == *known).unwrap_or("Failed");
            self.say(EventType::Warning, reason, message.clone());
            return;
        }
        self.job.status.completion_time = Some(self.second());
        if self.old.spec.completions.is_some_and(|completions| self.job.status.succeeded > completions) {
            self.say(EventType::Warning, "TooManySucceededPods", Name::fixed("Too many succeeded pods running after completion count reached"));
        }
        self.say(EventType::Normal, "Completed", Name::fixed("Job completed"));
    }
}
