//! How long the next pod waits after failures.
//! Models pkg/controller/job/backoff_utils.go.

use std::rc::Rc;

use crate::api::{ContainerState, Pod, PodConditionKind, PodFailures, Truth};
use crate::base::{SimDuration, SimTime};

/// DefaultJobPodFailureBackOff, in seconds.
const FIRST: u64 = 10;
/// MaxJobPodFailureBackOff, in seconds.
const LONGEST: u64 = 600;

/// The memory of failures after these pods have been seen to end.
pub(super) fn remember(before: PodFailures, succeeded: &[Rc<Pod>], failed: &[Rc<Pod>]) -> PodFailures {
    let success = succeeded.iter().map(|pod| finished_at(pod)).max();
    let mut ends: Vec<SimTime> = failed.iter().map(|pod| finished_at(pod)).collect();
    ends.retain(|end| success.is_none_or(|success| *end > success));
    let start = if success.is_some() { PodFailures::default() } else { before };
    match ends.iter().max() {
        Some(last) => PodFailures { count: start.count + u32::try_from(ends.len()).unwrap_or(u32::MAX), last: *last },
        None => start,
    }
}

/// How long the next pod has to wait still.
pub(super) fn remaining(failures: PodFailures, now: SimTime) -> SimDuration {
    if failures.count == 0 {
        return SimDuration::ZERO;
    }
    let doublings = (failures.count - 1).min(10);
    let until = failures.last + SimDuration::from_seconds((FIRST << doublings).min(LONGEST));
    until.since(now)
}

/// When a pod ended, in whole seconds: its last container's end, or when it stopped being ready, or when its deletion began.
fn finished_at(pod: &Pod) -> SimTime {
    let end = |state: &ContainerState| match state {
        // Of one that never ran nobody knows when it ended.
        ContainerState::Terminated(ended) => Some(ended.finished).filter(|finished| *finished != SimTime::default()),
        _ => None,
    };
    let ends: Vec<_> = pod.status.containers.iter().map(|container| end(&container.state)).collect();
    let containers = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
    let unready = || pod.status.condition(PodConditionKind::Ready).filter(|ready| ready.status == Truth::False).map(|ready| ready.transition);
    let deleted = || {
        let grace = u64::try_from(pod.meta.grace_seconds.unwrap_or_default()).unwrap_or_default();
        pod.meta.deletion.map(|deletion| deletion - SimDuration::from_seconds(grace))
    };
    let moment = containers.or_else(unready).or_else(deleted).unwrap_or(pod.meta.creation);
    SimTime::from_seconds(moment.seconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::PodStatus;

    /// A pod that stopped being ready then.
    fn ended(seconds: u64) -> Rc<Pod> {
        let mut status = PodStatus::default();
        status.set_condition(PodConditionKind::Ready, Truth::False, None, SimTime::from_seconds(seconds));
        Rc::new(Pod { status, ..Pod::default() })
    }

    #[test]
    fn each_failure_doubles_the_wait() {
        let wait = |count, now| remaining(PodFailures { count, last: SimTime::from_seconds(100) }, SimTime::from_seconds(now)).seconds();
        let table = [(0, 0), (1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 600), (8, 600), (100, 600)];
        for (count, seconds) in table {
            assert_eq!(wait(count, 100), seconds, "{count}");
        }
        assert_eq!((wait(1, 104), wait(1, 111)), (6, 0));
    }

    #[test]
    fn a_success_starts_the_count_over() {
        let table: [(&[u64], &[u64], u32, u64); 7] = [
            (&[], &[], 2, 50),
            (&[], &[60], 3, 60),
            (&[], &[60, 70], 4, 70),
            (&[80], &[60, 70], 0, 0),
            (&[65], &[60, 70], 1, 70),
            (&[65], &[55, 60, 70], 1, 70),
            (&[80], &[], 0, 0),
        ];
        for (succeeded, failed, count, last) in table {
            let pods = |ends: &[u64]| ends.iter().map(|end| ended(*end)).collect::<Vec<_>>();
            let before = PodFailures { count: 2, last: SimTime::from_seconds(50) };
            let after = remember(before, &pods(succeeded), &pods(failed));
            assert_eq!((after.count, after.last.seconds()), (count, last), "{succeeded:?} {failed:?}");
        }
    }
}
