//! How many pods a job wants now: makes what is missing, deletes what is too many.
//! Models pkg/controller/job/job_controller.go manageJob and indexed_job_utils.go.

use std::cmp::Reverse;
use std::rc::Rc;

use super::per_index::FAILURE_COUNT;
use super::{Sync, back_off, number, pods};
use crate::api::{COMPLETION_INDEX, Container, EnvVar, JOB_TRACKING_FINALIZER, Object, Pod, PodConditionKind, PodSpec, Truth};
use crate::base::{Name, SimDuration, SimTime, SmallSet, sort_by_cached_key};
use crate::controllers::replica_ranking::{most_restarts, phase_rank};
use serde_json::json;

/// At most so many creations or deletions in one sync (MaxPodCreateDeletePerSync).
const BURST: i32 = 500;
const INDEX_VARIABLE: Name = Name::fixed("JOB_COMPLETION_INDEX");
/// 63 less the five characters that the server adds.
const LONGEST_PREFIX: usize = 58;

impl Sync<'_> {
    pub(super) fn manage(&mut self) {
        let active = self.counts.active;
        let wanted = if self.job.is_suspended() { 0 } else { self.wanted() };
        let surplus = self.surplus(usize::try_from(active - wanted).unwrap_or_default());
        if !surplus.is_empty() {
            for pod in &surplus {
                self.outcome.write(pods::release(pod));
            }
            self.delete(&surplus);
            return;
        }
        let leaving = if self.old.spec.replaces_ended_pods_only() { self.counts.terminating } else { 0 };
        let missing = (wanted - leaving - active).min(BURST);
        if missing <= 0 {
            return;
        }
        let by_index = self.old.spec.backoff_limit_per_index.is_some();
        let wait = if by_index { SimDuration::ZERO } else { back_off::remaining(self.job.failures, self.now) };
        if wait > SimDuration::ZERO {
            self.look_again(wait);
            return;
        }
        self.create(missing);
    }

    /// How many pods should run.
    fn wanted(&self) -> i32 {
        let parallelism = self.old.spec.parallelism();
        match self.old.spec.completions {
            // Of a work queue that has begun to succeed no more pods are made, and those that run go on.
            None if self.counts.succeeded > 0 => self.counts.active,
            None => parallelism,
            Some(completions) => (completions - self.counts.succeeded - number(self.failed.0.len())).clamp(0, parallelism.max(0)),
        }
    }

    /// The pods to delete, at least so many of them: second ones of an index, then the least useful.
    fn surplus(&self, count: usize) -> Vec<Rc<Pod>> {
        let (mut surplus, mut others) = (Vec::new(), self.active.clone());
        sort_by_cached_key(&mut others, rank);
        if self.old.spec.is_indexed() {
            let mut seen = SmallSet::new();
            let (kept, twice): (Vec<_>, Vec<_>) = others.into_iter().rev().partition(|pod| {
                self.index_of(pod).is_some_and(|index| seen.insert(index))
            });
            (surplus, others) = (twice, kept.into_iter().rev().collect());
        }
        let more = count.saturating_sub(surplus.len());
        surplus.extend(others.into_iter().take(more));
        surplus.truncate(usize::try_from(BURST).unwrap_or_default());
        surplus
    }

    /// Deletes active pods.
    pub(super) fn delete(&mut self, pods: &[Rc<Pod>]) {
        for pod in pods {
            self.outcome.actions.push(self.maker.delete(pod));
        }
        self.counts.active -= number(pods.len());
        self.counts.terminating += number(pods.len());
        self.counts.ready -= number(pods.iter().filter(|pod| pod.is_ready()).count());
    }

    fn create(&mut self, missing: i32) {
        let template = &self.old.spec.template;
        let mut pod = self.maker.pod(template);
        if !pod.meta.finalizers.contains(&JOB_TRACKING_FINALIZER) {
            pod.meta.finalizers.push(JOB_TRACKING_FINALIZER);
        }
        if !self.old.spec.is_indexed() {
            let pod = Object::Pod(Rc::new(pod));
            for _ in 0..missing {
                self.outcome.actions.push(self.maker.create(pod.clone()));
            }
            self.counts.active += missing;
            return;
        }
        pod.spec = Rc::new(with_variable(&template.spec));
        for index in self.pending(missing) {
            let mut pod = indexed(&pod, &self.old.meta.name, index);
            if self.old.spec.backoff_limit_per_index.is_some() {
                let count = Name::from(self.failures_of(index).to_string());
                Rc::make_mut(&mut pod.meta.annotations).insert(FAILURE_COUNT, count);
            }
            self.outcome.actions.push(self.maker.create(Object::Pod(Rc::new(pod))));
            self.counts.active += 1;
        }
    }

    /// The first indexes that have neither succeeded nor a pod. Models firstPendingIndexes.
    fn pending(&mut self, count: i32) -> Vec<i32> {
        let only_ended = self.old.spec.replaces_ended_pods_only();
        let occupied = self.pods.iter().filter(|pod| pod.is_active() || only_ended && pods::is_terminating(pod));
        let occupied: SmallSet<i32> = occupied.filter_map(|pod| self.index_of(pod)).collect();
        let free = (0..self.old.spec.completions.unwrap_or_default()).filter(|index| {
            !occupied.contains(index) && !self.done.0.contains(index) && !self.failed.0.contains(index)
        });
        let count = usize::try_from(count).unwrap_or_default();
        if self.old.spec.backoff_limit_per_index.is_none() {
            return free.take(count).collect();
        }
        let waits: Vec<(i32, SimDuration)> = free.map(|index| (index, self.wait_of(index, self.now))).collect();
        if let Some(wait) = waits.iter().map(|(_, wait)| *wait).filter(|wait| *wait > SimDuration::ZERO).min() {
            self.look_again(wait);
        }
        waits.into_iter().filter(|(_, wait)| *wait == SimDuration::ZERO).map(|(index, _)| index).take(count).collect()
    }
}

/// Lowest goes first: times that nobody noted before others, then the latest.
/// Models pkg/controller/controller_utils.go ActivePods.
pub(super) fn rank(pod: &Rc<Pod>) -> impl Ord + use<> {
    let latest_first = |time: SimTime| (time != SimTime::default()).then(|| Reverse(time.seconds()));
    let ready = pod.status.condition(PodConditionKind::Ready).filter(|ready| ready.status == Truth::True);
    let since = ready.and_then(|ready| latest_first(ready.transition));
    let (first, restarts) = ((!pod.node_name.is_empty(), phase_rank(pod), ready.is_some(), since), Reverse(most_restarts(pod)));
    (first, restarts, latest_first(pod.meta.creation), pod.meta.name.clone())
}

/// The spec of a template whose containers learn their index.
/// Models addCompletionIndexEnvVariables.
fn with_variable(spec: &PodSpec) -> PodSpec {
    let mut spec = spec.clone();
    let source = json!({"fieldRef": {"fieldPath": format!("metadata.labels['{COMPLETION_INDEX}']")}});
    let add = |container: &mut Container| {
        if !container.env.iter().any(|variable| variable.name == INDEX_VARIABLE) {
            container.env.push(EnvVar { name: INDEX_VARIABLE, value_from: Some(source.clone()), ..EnvVar::default() });
        }
    };
    spec.init_containers.iter_mut().chain(&mut spec.containers).for_each(add);
    spec
}

/// The pod of an index: `name-0-xxxxx`, with the host name `name-0`.
fn indexed(pod: &Pod, job: &Name, index: i32) -> Pod {
    let mut pod = pod.clone();
    let suffix = format!("-{index}-");
    let prefix: String = job.chars().take(LONGEST_PREFIX.saturating_sub(suffix.len())).collect();
    pod.meta.generate_name = (prefix + &suffix).into();
    let text = Name::from(index.to_string());
    Rc::make_mut(&mut pod.meta.labels).insert(COMPLETION_INDEX, text.clone());
    Rc::make_mut(&mut pod.meta.annotations).insert(COMPLETION_INDEX, text);
    Rc::make_mut(&mut pod.spec).hostname = format!("{job}-{index}").into();
    pod
}
