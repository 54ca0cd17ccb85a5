//! Job: pods that run to their end, counted once each.
//! Models pkg/controller/job/job_controller.go syncJob. A sync that has noted the ends of pods takes their finalizers away and looks again a
//! moment later to count them, as the real one does after its second write. Expectations and slow start are not needed: the store is
//! synchronous.

mod back_off;
mod failure_policy;
mod indexes;
mod manage;
mod per_index;
mod pods;
mod track;

use std::rc::Rc;

use super::pod_control::Maker;
use crate::api::{
    EventText, EventType, Job, JobCondition, Kind, Note, Object, ObjectKey, ObjectMeta, ObjectReference, Pod, PodPhase, Truth,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::View;
use indexes::Indexes;

const COMPONENT: &str = "job-controller";
/// The controller whose jobs these are, where spec.managedBy names one.
const OWN_NAME: &str = "kubernetes.io/job-controller";

/// Why a job ends: reason and message.
type Why = (Name, Name);

/// How a job is ending.
#[derive(Clone, Debug, PartialEq)]
enum Ending {
    Succeeding(Why),
    Failing(Why),
}

/// One look at a job that has not ended.
struct Sync<'a> {
    old: &'a Job,
    /// The job with its new status.
    job: Job,
    now: SimTime,
    maker: Maker,
    /// All of its pods that are still there.
    pods: Vec<Rc<Pod>>,
    active: Vec<Rc<Pod>>,
    counts: Counts,
    /// Indexes that have succeeded, those of pods not counted yet included.
    done: Indexes,
    /// Indexes that have failed for good.
    failed: Indexes,
    ending: Option<Ending>,
    outcome: Outcome,
}

/// Pods, by what became of them.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    active: i32,
    ready: i32,
    terminating: i32,
    succeeded: i32,
    failed: i32,
}

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let Some(job) = view.job(&key.namespace, &key.name) else { return pods::release_orphans(view, key) };
    if job.spec.managed_by.as_ref().is_some_and(|by| *by != OWN_NAME) {
        return Outcome::default();
    }
    if job.finished().is_some() {
        return pods::release_all(view, job);
    }
    let mut sync = Sync::begin(view, job, now);
    sync.judge();
    sync.act();
    sync.track();
    sync.outcome
}

fn key_of(job: &Job) -> ObjectKey {
    ObjectKey::new(Kind::Job, job.meta.namespace.clone(), job.meta.name.clone())
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl<'a> Sync<'a> {
    fn begin(view: View<'_>, old: &'a Job, now: SimTime) -> Sync<'a> {
        let mut outcome = Outcome::default();
        let pods = pods::claim(view, old, &mut outcome);
        let active: Vec<_> = pods.iter().filter(|pod| pod.is_active()).cloned().collect();
        let mut job = old.clone();
        job.meta.resource_version = 0;
        let counts = Counts {
            active: number(active.len()),
            ready: number(active.iter().filter(|pod| pod.is_ready()).count()),
            terminating: number(pods.iter().filter(|pod| pods::is_terminating(pod)).count()),
            ..Counts::default()
        };
        let maker = Maker::new(key_of(old), old.meta.uid, COMPONENT);
        let mut sync = Sync { old, job, now, maker, pods, active, counts, done: Indexes::default(), failed: Indexes::default(), ending: None, outcome };
        sync.count_ended();
        sync.failed = sync.failed_indexes();
        sync
    }

    /// Takes the pods into account that have ended since the last look.
    fn count_ended(&mut self) {
        let (succeeded, failed) = self.newly_ended();
        let uncounted = self.job.status.uncounted.get_or_insert_default();
        let counting = failed.iter().filter(|pod| failure_policy::counts(self.old, pod)).count();
        self.counts.succeeded = self.old.status.succeeded + number(succeeded.len() + uncounted.succeeded.len());
        self.counts.failed = self.old.status.failed + number(counting + uncounted.failed.len());
        self.job.failures = back_off::remember(self.old.failures, &succeeded, &failed);
        if self.old.spec.is_indexed() {
            let completions = self.old.spec.completions.unwrap_or_default();
            self.done = Indexes::parse(&self.old.status.completed_indexes, completions);
            let ended = self.pods.iter().filter(|pod| pod.status.phase == PodPhase::Succeeded && pods::is_tracked(pod));
            self.done.0.extend(ended.filter_map(|pod| indexes::of_pod(pod, completions)));
            self.counts.succeeded = self.done.count();
        }
        if self.job.status.start_time.is_none() && !self.job.is_suspended() {
            self.job.status.start_time = Some(self.second());
        }
    }

    /// Pods that have succeeded and failed and are in no count yet.
    fn newly_ended(&self) -> (Vec<Rc<Pod>>, Vec<Rc<Pod>>) {
        let uncounted = self.old.status.uncounted.clone().unwrap_or_default();
        let valid = |pod: &&Rc<Pod>| !self.old.spec.is_indexed() || self.index_of(pod).is_some();
        let fresh = || self.pods.iter().filter(|pod| pods::is_tracked(pod)).filter(valid);
        let unknown = |list: &[crate::api::Uid], pod: &Pod| !list.iter().any(|uid| uid.same(pod.meta.uid));
        let succeeded = fresh().filter(|pod| pod.status.phase == PodPhase::Succeeded && unknown(&uncounted.succeeded, pod));
        let failed = fresh().filter(|pod| pods::has_failed(pod, self.old) && unknown(&uncounted.failed, pod));
        (succeeded.cloned().collect(), failed.cloned().collect())
    }

    fn index_of(&self, pod: &Pod) -> Option<i32> {
        indexes::of_pod(pod, self.old.spec.completions.unwrap_or_default())
    }

    /// The present, as the API keeps times.
    fn second(&self) -> SimTime {
        SimTime::from_seconds(self.now.seconds())
    }

    /// Whether the job is to end, and how.
    fn judge(&mut self) {
        let noted = |kind| self.old.status.holds(kind).map(|condition| (condition.reason.clone(), condition.message.clone()));
        self.ending = noted("SuccessCriteriaMet").map(Ending::Succeeding).or_else(|| noted("FailureTarget").map(Ending::Failing));
        if self.ending.is_some() {
            return;
        }
        let failed: Vec<_> = self.pods.iter().filter(|pod| pods::has_failed(pod, self.old)).cloned().collect();
        let because = |reason, message| Some(Ending::Failing((Name::fixed(reason), Name::fixed(message))));
        if let Some(message) = failure_policy::failure(self.old, &failed) {
            self.ending = Some(Ending::Failing((Name::fixed("PodFailurePolicy"), message.into())));
        } else if self.counts.failed > self.old.spec.backoff_limit() || self.is_past_restarts() {
            self.ending = because("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        } else if self.is_past_deadline() {
            self.ending = because("DeadlineExceeded", "Job was active longer than specified deadline");
        } else if self.old.spec.max_failed_indexes.is_some_and(|most| number(self.failed.0.len()) > most) {
            self.ending = because("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        } else if let Some(rule) = indexes::met_rule(&self.old.spec, &self.done) {
            let message = format!("Matched rules at index {rule}");
            self.ending = Some(Ending::Succeeding((Name::fixed("SuccessPolicy"), message.into())));
        }
    }

    /// With restartPolicy OnFailure the restarts of containers count. Models pastBackoffLimitOnFailure.
    fn is_past_restarts(&self) -> bool {
        let spec = &self.old.spec;
        if spec.template.spec.restart_policy != "OnFailure" {
            return false;
        }
        let running = self.pods.iter().filter(|pod| !pod.status.phase.is_terminal());
        let containers = running.flat_map(|pod| pod.status.init_containers.iter().chain(&pod.status.containers));
        let restarts = number(containers.map(|container| container.restart_count as usize).sum());
        if spec.backoff_limit() == 0 { restarts > 0 } else { restarts >= spec.backoff_limit() }
    }

    /// Whether its time is up; if not, it looks again when that is.
    fn is_past_deadline(&mut self) -> bool {
        let Some(seconds) = self.old.spec.active_deadline_seconds.filter(|_| !self.job.is_suspended()) else { return false };
        let Some(start) = self.job.status.start_time else { return false };
        let deadline = start + SimDuration::from_seconds(u64::try_from(seconds).unwrap_or_default());
        if deadline > self.now {
            self.look_again(deadline.since(self.now));
        }
        deadline <= self.now
    }

    /// Makes and deletes pods.
    fn act(&mut self) {
        if self.ending.is_some() {
            let active = self.active.clone();
            self.delete(&active);
            return;
        }
        let is_managed = !self.old.meta.is_deleting();
        if is_managed {
            self.manage();
        }
        if self.is_complete() {
            let message = Name::fixed("Reached expected number of succeeded pods");
            self.ending = Some(Ending::Succeeding((Name::fixed("CompletionsReached"), message)));
        } else if self.is_out_of_indexes() {
            self.ending = Some(Ending::Failing((Name::fixed("FailedIndexes"), Name::fixed("Job has failed indexes"))));
        } else if is_managed {
            self.set_suspended();
        }
    }

    fn is_complete(&self) -> bool {
        let enough = match self.old.spec.completions {
            None => self.counts.succeeded > 0,
            Some(completions) => self.counts.succeeded >= completions,
        };
        enough && self.counts.active == 0
    }

    /// Keeps the Suspended condition. A job that is resumed starts anew.
    fn set_suspended(&mut self) {
        let suspended = self.job.is_suspended();
        let (truth, reason, message) = match suspended {
            true => (Truth::True, "JobSuspended", "Job suspended"),
            false => (Truth::False, "JobResumed", "Job resumed"),
        };
        let fresh = JobCondition::new("Suspended", truth, (reason, message), self.now);
        match self.job.status.conditions.iter_mut().find(|condition| condition.kind == "Suspended") {
            Some(known) if known.status == truth => return,
            Some(known) => *known = fresh,
            None if suspended => self.job.status.conditions.push(fresh),
            None => return,
        }
        if !suspended {
            self.job.status.start_time = Some(self.second());
        }
        self.say(EventType::Normal, if suspended { "Suspended" } else { "Resumed" }, Name::fixed(message));
    }

    /// Records an event about the job, after those of its pods.
    fn say(&mut self, kind: EventType, reason: &'static str, text: Name) {
        let about = ObjectReference { key: key_of(self.old), uid: self.old.meta.uid };
        let (host, container) = (Name::default(), Name::default());
        let text = EventText::Text(text);
        self.outcome.later.push(Note { about: Rc::new(about), kind, reason, text, component: COMPONENT, host, container });
    }

    fn look_again(&mut self, after: SimDuration) {
        self.outcome.requeue = Some(self.outcome.requeue.map_or(after, |sooner| sooner.min(after)));
    }

    /// Writes the new status, if it is one.
    fn write_status(&mut self) {
        if self.job.status != self.old.status || self.job.failures != self.old.failures {
            let meta = ObjectMeta { resource_version: 0, ..self.old.meta.clone() };
            self.outcome.write(Write::UpdateStatus(Object::Job(Rc::new(Job { meta, ..self.job.clone() }))));
        }
    }
}

#[cfg(test)]
mod tests;
