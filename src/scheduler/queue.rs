//! Pods that wait for a node: ready to be tried, or parked until something changes.
//! Models pkg/scheduler/backend/queue/scheduling_queue.go. Upstream each plugin says which changes could help a pod that it
//! refused; here it is told apart whether nodes alone could, or pods that go as well.

use crate::base::{LargeMap, LargeSet, Name, SimDuration, SimTime};

/// Namespace and name of a pod.
type PodName = (Name, Name);

/// podInitialBackoffSeconds
const FIRST_BACK_OFF: u64 = 1;
/// podMaxBackoffSeconds
const MAX_BACK_OFF: u64 = 10;
/// podMaxInUnschedulablePodsDuration
const FLUSH_AFTER: SimDuration = SimDuration::from_seconds(300);

/// What could let a pod find a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A node that comes or changes.
    Node,
    /// That, or a pod that goes.
    Pod,
    /// That, or a pod that comes or changes.
    AnyPod,
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// (not before, inverted priority, order of arrival, pod)
    active: LargeSet<(SimTime, i64, u64, PodName)>,
    parked: LargeMap<PodName, Attempt>,
    /// How often a pod was tried in vain.
    attempts: LargeMap<PodName, u32>,
    arrivals: u64,
    /// How many parked pods a pod that comes or changes may help.
    wait_for_pods: u32,
    /// No parked pod was parked before this.
    oldest: Option<SimTime>,
}

#[derive(Clone, Copy, Debug)]
struct Attempt {
    helped_by: Cause,
    at: SimTime,
    priority: i32,
}

impl Queue {
    /// A pod that has no node.
    pub fn add(&mut self, pod: PodName, priority: i32, now: SimTime) {
        self.unpark(&pod);
        self.push(pod, priority, now);
    }

    /// A pod that has no node has changed: if it is parked it is tried again.
    pub fn update(&mut self, pod: &PodName, now: SimTime) {
        if let Some(attempt) = self.unpark(pod) {
            self.retry(pod.clone(), attempt, now);
        }
    }

    /// A pod that is gone or has a node.
    pub fn remove(&mut self, pod: &PodName) {
        self.unpark(pod);
        self.attempts.remove(pod);
    }

    /// The next pod to try, if its time has come.
    pub fn pop(&mut self, now: SimTime) -> Option<PodName> {
        self.active.first().filter(|(at, ..)| *at <= now)?;
        self.active.pop_first().map(|(.., pod)| pod)
    }

    /// When the next pod can be tried.
    pub fn next_at(&self) -> Option<SimTime> {
        let flush = self.oldest.map(|oldest| oldest + FLUSH_AFTER);
        let ready = self.active.first().map(|(at, ..)| *at);
        ready.into_iter().chain(flush).min()
    }

    /// A pod was tried in vain.
    pub fn park(&mut self, pod: PodName, priority: i32, helped_by: Cause, now: SimTime) {
        *self.attempts.get_or_insert_with(pod.clone(), || 0) += 1;
        self.unpark(&pod);
        self.wait_for_pods += u32::from(helped_by == Cause::AnyPod);
        self.parked.insert(pod, Attempt { helped_by, at: now, priority });
        self.oldest.get_or_insert(now);
    }

    /// A pod that waits for its volumes: what happens to them calls it back, and it was not tried in vain.
    pub fn hold(&mut self, pod: PodName, priority: i32, now: SimTime) {
        self.unpark(&pod);
        self.parked.insert(pod, Attempt { helped_by: Cause::Node, at: now, priority });
        self.oldest.get_or_insert(now);
    }

    /// Whether a pod is parked that a pod which comes or changes may help.
    pub fn waits_for_pods(&self) -> bool {
        self.wait_for_pods > 0
    }

    fn unpark(&mut self, pod: &PodName) -> Option<Attempt> {
        let attempt = self.parked.remove(pod)?;
        self.wait_for_pods -= u32::from(attempt.helped_by == Cause::AnyPod);
        Some(attempt)
    }

    /// Something changed: the parked pods that it may help are tried again, each after its back-off.
    pub fn move_parked(&mut self, cause: Cause, now: SimTime) {
        let helped = self.parked.iter().filter(|(_, attempt)| cause <= attempt.helped_by);
        let helped: Vec<PodName> = helped.map(|(pod, _)| pod.clone()).collect();
        for pod in helped {
            self.update(&pod, now);
        }
        if self.parked.is_empty() {
            self.oldest = None;
        }
    }

    /// Pods parked for too long are tried again.
    pub fn flush(&mut self, now: SimTime) {
        if self.oldest.is_none_or(|oldest| now.since(oldest) < FLUSH_AFTER) {
            return;
        }
        let old: Vec<PodName> = self.parked.iter().filter(|(_, a)| now.since(a.at) >= FLUSH_AFTER).map(|(pod, _)| pod.clone()).collect();
        for pod in old {
            if let Some(attempt) = self.unpark(&pod) {
                self.retry(pod, attempt, now);
            }
        }
        self.oldest = self.parked.values().map(|attempt| attempt.at).min();
    }

    fn retry(&mut self, pod: PodName, attempt: Attempt, now: SimTime) {
        let tries = self.attempts.get(&pod).copied().unwrap_or(1);
        let seconds = (FIRST_BACK_OFF << (tries - 1).min(4)).min(MAX_BACK_OFF);
        let at = (attempt.at + SimDuration::from_seconds(seconds)).max(now);
        self.push(pod, attempt.priority, at);
    }

    fn push(&mut self, pod: PodName, priority: i32, at: SimTime) {
        self.arrivals += 1;
        self.active.insert((at, -i64::from(priority), self.arrivals, pod));
    }
}
