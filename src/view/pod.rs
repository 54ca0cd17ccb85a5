//! A pod as a tile: one state out of ten, each told from the API object alone; beside it the probe failures under their threshold,
//! which only the kubelet knows.

use std::rc::Rc;

use super::stamp::Stamps;
use crate::api::{ContainerState, ContainerStatus, Kind, Labels, ObjectKey, Pod, PodConditionKind, PodPhase, Truth, Uid};
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::ProbeKind;

/// The state of a pod, as it is drawn. Parts are in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodState {
    /// No node yet.
    Pending,
    /// On a node; images and containers are on their way. Never full: nobody knows how long it takes.
    Starting {
        /// How far, 0 to 1000.
        progress: u16,
    },
    /// Runs, not Ready.
    NotReady,
    /// Runs, Ready.
    Ready,
    /// Waits before the next try, of a container or of a pull.
    BackOff {
        /// What is left of the wait, 1000 to 0; 1000 also where the API does not say.
        left: u16,
    },
    /// Being deleted.
    Terminating {
        /// What is left of the grace, 1000 to 0.
        left: u16,
    },
    /// Ended well.
    Completed,
    /// Ended badly, or cannot start.
    Failed,
    /// Its node does not answer.
    Lost,
}

/// The controller of a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Owner {
    /// `ReplicationController`
    pub kind: Name,
    /// Its name.
    pub name: Name,
    /// Its uid.
    pub uid: Uid,
}

/// A probe of a pod, as it was tried last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeTick {
    /// Which of its probes.
    pub kind: ProbeKind,
    /// How often it has been tried.
    pub attempts: u32,
    /// Whether the last try failed.
    pub failed: bool,
}

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodTile {
    /// Its key.
    pub key: ObjectKey,
    /// Its uid.
    pub uid: Uid,
    /// Its node; empty before it has one.
    pub node: Name,
    /// Its state.
    pub state: PodState,
    /// The STATUS that kubectl prints.
    pub word: Name,
    /// Whether its node does not answer, whatever its state.
    pub lost: bool,
    /// Ready containers, of how many.
    pub ready: (u32, u32),
    /// Restarts of its containers.
    pub restarts: u32,
    /// Failures of a probe in a row that do not count yet, at most 3.
    pub nicks: u8,
    /// Its probes, as they were tried last; at most one of a kind.
    pub probes: [Option<ProbeTick>; 3],
    /// The stamp of the template it was made from; None for a pod that nobody made.
    pub stamp: Option<u8>,
    /// Its labels.
    pub labels: Rc<Labels>,
    /// Its controller.
    pub owner: Option<Owner>,
}

impl PodTile {
    /// A tile; `lost` if its node does not answer.
    pub(super) fn of(pod: &Pod, lost: bool, now: SimTime, stamps: &mut Stamps) -> PodTile {
        let owner = pod.meta.controller();
        let made = owner.is_some() || !pod.meta.generate_name.is_empty();
        let containers = &pod.status.containers;
        PodTile {
            key: ObjectKey { kind: Kind::Pod, namespace: pod.meta.namespace.clone(), name: pod.meta.name.clone() },
            uid: pod.meta.uid,
            node: pod.node_name.clone(),
            state: state(pod, lost, now),
            word: word(pod),
            lost,
            ready: (count(containers, |c| c.ready), u32::try_from(pod.spec.containers.len()).unwrap_or(u32::MAX)),
            restarts: containers.iter().map(|c| c.restart_count).sum(),
            nicks: 0,
            probes: [None; 3],
            stamp: made.then(|| stamps.of(owner.map(|owner| owner.uid).unwrap_or_default(), &pod.spec)),
            labels: pod.meta.labels.clone(),
            owner: owner.map(|owner| Owner { kind: owner.kind.clone(), name: owner.name.clone(), uid: owner.uid }),
        }
    }
}

fn count(containers: &[ContainerStatus], which: fn(&ContainerStatus) -> bool) -> u32 {
    u32::try_from(containers.iter().filter(|c| which(c)).count()).unwrap_or(u32::MAX)
}

/// The state of a pod; `lost` if its node does not answer.
pub(super) fn state(pod: &Pod, lost: bool, now: SimTime) -> PodState {
    if let Some(deletion) = pod.meta.deletion {
        let grace = u64::try_from(pod.meta.grace_seconds.unwrap_or_default()).unwrap_or_default();
        return PodState::Terminating { left: thousandths(deletion.since(now), SimDuration::from_seconds(grace)) };
    }
    match pod.status.phase {
        PodPhase::Succeeded => return PodState::Completed,
        PodPhase::Failed => return PodState::Failed,
        PodPhase::Pending if pod.node_name.is_empty() => return PodState::Pending,
        _ if lost => return PodState::Lost,
        _ => {}
    }
    if let Some(state) = held_up(pod, now) {
        return state;
    }
    match pod.status.phase {
        PodPhase::Pending => PodState::Starting { progress: progress(pod, now) },
        _ if pod.is_ready() => PodState::Ready,
        _ => PodState::NotReady,
    }
}

/// A container that waits for a reason of its own, or has ended.
fn held_up(pod: &Pod, now: SimTime) -> Option<PodState> {
    let all = pod.status.init_containers.iter().chain(&pod.status.containers);
    all.filter_map(|container| match &container.state {
        ContainerState::Waiting(Some(detail)) => match detail.0.as_str() {
            "CrashLoopBackOff" => Some(PodState::BackOff { left: crash_wait_left(container, now) }),
            "ImagePullBackOff" => Some(PodState::BackOff { left: 1000 }),
            "ContainerCreating" | "PodInitializing" => None,
            _ => Some(PodState::Failed),
        },
        ContainerState::Terminated(ended) if ended.exit_code != 0 => Some(PodState::Failed),
        _ => None,
    })
    .next()
}

/// What is left of the wait before a restart: 10 s, doubled by each restart, at most 300 s.
/// Models pkg/kubelet/kubelet.go backOffPeriod, MaxCrashLoopBackOff.
fn crash_wait_left(container: &ContainerStatus, now: SimTime) -> u16 {
    let Some(last) = &container.last else { return 1000 };
    let seconds = 10_u64 << container.restart_count.min(5);
    let wait = SimDuration::from_seconds(seconds.min(300));
    thousandths((last.finished + wait).since(now), wait)
}

fn thousandths(part: SimDuration, whole: SimDuration) -> u16 {
    if whole == SimDuration::ZERO {
        return 0;
    }
    u16::try_from((part.micros() * 1000 / whole.micros()).min(1000)).unwrap_or(1000)
}

/// Half of it in the first half second on the node, a third in the next: quick at first, never done before it is.
fn progress(pod: &Pod, now: SimTime) -> u16 {
    let bound = pod.status.condition(PodConditionKind::PodScheduled).filter(|c| c.status == Truth::True);
    let since = bound.map_or(pod.meta.creation, |condition| condition.transition);
    let elapsed = now.since(since).millis();
    u16::try_from(elapsed * 1000 / (elapsed + 500)).unwrap_or(1000)
}

/// The STATUS that kubectl prints.
/// Models pkg/printers/internalversion printPod.
pub(super) fn word(pod: &Pod) -> Name {
    let mut word = match &pod.status.detail {
        Some(detail) if !detail.0.is_empty() => detail.0.clone(),
        _ => Name::fixed(pod.status.phase.as_str()),
    };
    let mut running = false;
    for container in pod.status.containers.iter().rev() {
        match &container.state {
            ContainerState::Waiting(Some(detail)) if !detail.0.is_empty() => word = detail.0.clone(),
            ContainerState::Terminated(ended) if !ended.reason.is_empty() => word = ended.reason.clone(),
            ContainerState::Terminated(ended) => word = format!("ExitCode:{}", ended.exit_code).into(),
            ContainerState::Running { .. } if container.ready => running = true,
            _ => {}
        }
    }
    if word == "Completed" && running {
        word = Name::fixed(if pod.is_ready() { "Running" } else { "NotReady" });
    }
    match &pod.meta.deletion {
        Some(_) if pod.status.detail.as_ref().is_some_and(|detail| detail.0 == "NodeLost") => Name::fixed("Unknown"),
        Some(_) if !pod.status.phase.is_terminal() => Name::fixed("Terminating"),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{StateDetail, Terminated};

    const NOW: SimTime = SimTime::from_seconds(1_000);

    fn detail(reason: &str) -> StateDetail {
        Some(Rc::new((reason.into(), Name::default())))
    }

    fn with(phase: PodPhase, container: ContainerState, ready: bool) -> Pod {
        let mut pod = Pod { node_name: "node1".into(), ..Pod::default() };
        pod.meta.creation = SimTime::from_seconds(990);
        pod.status.phase = phase;
        pod.status.set_condition(PodConditionKind::PodScheduled, Truth::True, None, NOW - SimDuration::from_millis(500));
        pod.status.set_condition(PodConditionKind::Ready, ready.into(), None, NOW);
        let mut status = ContainerStatus::waiting(&"main".into(), &"image".into(), None);
        (status.state, status.ready) = (container, ready);
        pod.status.containers.push(status);
        pod
    }

    fn ended(code: i32, reason: &str) -> Rc<Terminated> {
        let finished = NOW - SimDuration::from_seconds(5);
        let (started, container_id) = (finished, 1);
        Rc::new(Terminated { exit_code: code, reason: reason.into(), message: Name::default(), started, finished, container_id })
    }

    #[test]
    fn a_state_is_told_from_the_object() {
        let running = || ContainerState::Running { started: NOW };
        let creating = || ContainerState::Waiting(detail("ContainerCreating"));
        let mut waiting = with(PodPhase::Running, ContainerState::Waiting(detail("CrashLoopBackOff")), false);
        (waiting.status.containers[0].last, waiting.status.containers[0].restart_count) = (Some(ended(1, "Error")), 0);
        let mut pending = with(PodPhase::Pending, creating(), false);
        pending.node_name = Name::default();
        let mut deleting = with(PodPhase::Running, running(), true);
        (deleting.meta.deletion, deleting.meta.grace_seconds) = (Some(NOW + SimDuration::from_seconds(15)), Some(30));
        let table = [
            (pending, PodState::Pending, "ContainerCreating"),
            (with(PodPhase::Pending, creating(), false), PodState::Starting { progress: 500 }, "ContainerCreating"),
            (with(PodPhase::Running, running(), false), PodState::NotReady, "Running"),
            (with(PodPhase::Running, running(), true), PodState::Ready, "Running"),
            (waiting, PodState::BackOff { left: 500 }, "CrashLoopBackOff"),
            (deleting, PodState::Terminating { left: 500 }, "Terminating"),
            (with(PodPhase::Running, ContainerState::Terminated(ended(1, "Error")), false), PodState::Failed, "Error"),
            (with(PodPhase::Succeeded, ContainerState::Terminated(ended(0, "Completed")), false), PodState::Completed, "Completed"),
            (with(PodPhase::Failed, ContainerState::Terminated(ended(137, "Error")), false), PodState::Failed, "Error"),
            (with(PodPhase::Pending, ContainerState::Waiting(detail("ErrImagePull")), false), PodState::Failed, "ErrImagePull"),
        ];
        for (pod, expected, text) in table {
            assert_eq!((state(&pod, false, NOW), word(&pod).as_str()), (expected, text));
        }
    }

    #[test]
    fn pods_of_a_silent_node_are_lost_unless_they_are_going_or_gone() {
        let running = || ContainerState::Running { started: NOW };
        let mut deleting = with(PodPhase::Running, running(), false);
        (deleting.meta.deletion, deleting.meta.grace_seconds) = (Some(NOW), Some(30));
        assert_eq!(state(&with(PodPhase::Running, running(), false), true, NOW), PodState::Lost);
        assert_eq!(state(&deleting, true, NOW), PodState::Terminating { left: 0 });
        let done = with(PodPhase::Succeeded, ContainerState::Terminated(ended(0, "Completed")), false);
        assert_eq!(state(&done, true, NOW), PodState::Completed);
    }
}
