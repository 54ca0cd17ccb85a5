//! The delay before a container is started again.
//! Models kuberuntime_manager.go doBackOff, client-go/util/flowcontrol/backoff.go and pod_workers.go completeWork.

use std::rc::Rc;

use crate::api::{ObjectReference, Terminated};
use crate::base::{Name, Random, SimDuration, SimTime};
use crate::runtime::Instance;

/// initialCrashLoopBackOff, in seconds
const FIRST: u64 = 10;
/// MaxCrashLoopBackOff, in seconds
const MAX: u64 = 300;
/// Twice the maximum after the last raise, the delay starts over.
const FORGET: SimDuration = SimDuration::from_seconds(2 * MAX);
/// backOffPeriod, with up to half of it more (workerBackOffPeriodJitterFactor): from the middle of what that can be.
const REQUEUE: SimDuration = SimDuration::from_millis(11_500);
const JITTER: u64 = 17;

/// Whether a container that has ended has to wait still. The first restart is immediate.
pub(super) fn waits(instance: &Instance, ended: &Terminated, now: SimTime) -> bool {
    !forgotten(instance, ended) && now < ended.finished + SimDuration::from_seconds(instance.back_off_seconds)
}

/// A restart raises the delay of the next.
pub(super) fn raise(instance: &mut Instance, ended: &Terminated, now: SimTime) {
    let start_over = instance.back_off_seconds == 0 || forgotten(instance, ended);
    instance.back_off_seconds = if start_over { FIRST } else { (2 * instance.back_off_seconds).min(MAX) };
    instance.back_off_raised = now;
}

fn forgotten(instance: &Instance, ended: &Terminated) -> bool {
    ended.finished.since(instance.back_off_raised) > FORGET
}

/// After which time the kubelet looks again at a pod of which a container waits.
pub(super) fn requeue(random: &mut Random) -> SimDuration {
    random.jitter(REQUEUE, JITTER)
}

/// `kubia_default(UID)`
pub(super) fn pod_text(pod: &ObjectReference) -> String {
    format!("{}_{}({})", pod.key.name, pod.key.namespace, pod.uid)
}

/// Reason and message of the waiting state.
pub(super) fn detail(seconds: u64, container: &Name, pod: &str) -> Rc<(Name, Name)> {
    let delay = match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    };
    let message = format!("back-off {delay} restarting failed container={container} pod={pod}");
    Rc::new((Name::fixed("CrashLoopBackOff"), message.into()))
}

/// Whether a pull has to wait still.
pub(super) fn pull_waits(instance: &Instance, now: SimTime) -> bool {
    instance.pull_back_off.as_ref().is_some_and(|entry| now.since(entry.1) < SimDuration::from_seconds(entry.0))
}

/// A pull that failed raises the delay of the next (imageBackOffPeriod, MaxImageBackOff: the same figures).
pub(super) fn raise_pull(instance: &mut Instance, now: SimTime) {
    let next = match instance.pull_back_off.as_deref() {
        Some((seconds, raised)) if now.since(*raised) <= FORGET => (2 * seconds).min(MAX),
        _ => FIRST,
    };
    instance.pull_back_off = Some(Box::new((next, now)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(at: u64) -> Terminated {
        let (reason, message) = (Name::fixed("Error"), Name::default());
        let finished = SimTime::from_seconds(at);
        Terminated { exit_code: 1, reason, message, started: finished, finished, container_id: 1 }
    }

    #[test]
    fn each_restart_doubles_the_wait_of_the_next() {
        let mut instance = Instance::idle();
        let mut now = 1000;
        for wait in [0, 10, 20, 40, 80, 160, 300, 300, 300] {
            let end = ended(now);
            let at = |seconds| SimTime::from_seconds(now + seconds);
            assert!(wait == 0 || waits(&instance, &end, at(wait - 1)), "it waits {wait} s");
            assert!(!waits(&instance, &end, at(wait)), "it waits no longer than {wait} s");
            raise(&mut instance, &end, at(wait));
            now += wait;
        }
        // One that ran for more than ten minutes begins anew.
        let late = ended(now + 601);
        assert!(!waits(&instance, &late, late.finished));
        raise(&mut instance, &late, late.finished);
        assert_eq!(instance.back_off_seconds, FIRST);
    }

    #[test]
    fn waits_are_told_as_go_prints_them() {
        for (seconds, text) in [(10, "back-off 10s "), (80, "back-off 1m20s "), (160, "back-off 2m40s "), (300, "back-off 5m0s ")] {
            assert!(detail(seconds, &Name::from("c"), "p_d(u)").1.starts_with(text), "{seconds}");
        }
    }
}
