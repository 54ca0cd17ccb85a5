//! The status of a pod, from what runs of it.
//! Models pkg/kubelet/kubelet_pods.go generateAPIPodStatus, getPhase and convertToAPIContainerStatuses, pkg/kubelet/status/generate.go.

use std::rc::Rc;

use super::probing;
use super::sync_pod::containers;
use crate::api::{
    Container, ContainerState, ContainerStatus, Pod, PodConditionKind, PodPhase, PodSpec, PodStatus, StateDetail, Terminated, Truth,
};
use crate::base::{Name, SimTime, sort_by, sort_by_key};
use crate::runtime::{Instance, InstanceState, Machine, Sandbox};

/// The status to report.
pub(super) fn of(pod: &Pod, sandbox: &mut Sandbox, machine: &Machine, now: SimTime) -> PodStatus {
    let inits = pod.spec.init_containers.len();
    let up = now >= sandbox.ready_at;
    let waiting = Name::fixed(if inits > 0 { "PodInitializing" } else { "ContainerCreating" });
    // What is being deleted is not started again, so nothing of it waits for that. Models pkg/kubelet/container/helpers.go
    // ShouldContainerBeRestarted.
    let detail = |instance: &Instance| instance.waiting.clone().filter(|_| !pod.meta.is_deleting());
    let all: Vec<ContainerStatus> = containers(&pod.spec)
        .zip(&sandbox.instances)
        .map(|(container, instance)| container_status(container, instance, (detail(instance), &waiting), now))
        .collect();
    let mut status = pod.status.clone();
    status.init_containers = all[..inits].to_vec();
    let added = inits + pod.spec.containers.len();
    status.containers = all[inits..added].to_vec();
    status.ephemeral_containers = (all.len() > added).then(|| Rc::new(all[added..].to_vec()));
    probing::complete(&mut status.init_containers, 0, sandbox, now);
    for (container, status) in pod.spec.init_containers.iter().zip(&mut status.init_containers) {
        // One that has done its work is ready; one that still runs is not, unless it is to go on.
        let done = matches!(&status.state, ContainerState::Terminated(ended) if ended.exit_code == 0);
        status.ready = done || status.ready && container.restart_policy == "Always";
    }
    probing::complete(&mut status.containers, inits, sandbox, now);
    sort_by(&mut status.containers, |a, b| a.name.cmp(&b.name));
    status.nominated_node = None;
    status.start_time.get_or_insert(now);
    status.host_ip = Some(machine.address);
    status.pod_ip = if pod.spec.host_network || up && sandbox.instances.iter().any(was_tried) { Some(sandbox.address) } else { status.pod_ip };
    if !status.phase.is_terminal() {
        status.phase = phase(&pod.spec, sandbox);
    }
    set_conditions(&mut status, pod, sandbox, up, now);
    status
}

/// Whether a container was made or could not be: by then the sandbox is known to be up.
fn was_tried(instance: &Instance) -> bool {
    instance.starts > 0 || instance.waiting.is_some()
}

/// `detail` is what it waits for; `waiting` is said where nothing is known.
fn container_status(container: &Container, instance: &Instance, (detail, waiting): (StateDetail, &Name), now: SimTime) -> ContainerStatus {
    let mut status = ContainerStatus::waiting(&container.name, &container.image, None);
    let default = || Some(Rc::new((waiting.clone(), Name::default())));
    status.last = instance.last.clone();
    status.restart_count = instance.starts.saturating_sub(1);
    status.container_id = instance.id;
    status.state = match &instance.state {
        InstanceState::Running { .. } if instance.hooked_until > now => match &instance.last {
            Some(last) => ContainerState::Terminated(last.clone()),
            None => ContainerState::Waiting(default()),
        },
        InstanceState::Running { since, .. } => ContainerState::Running { started: *since },
        InstanceState::Exited(ended) => match detail {
            Some(detail) => {
                status.last = Some(ended.clone());
                ContainerState::Waiting(Some(detail))
            }
            None => ContainerState::Terminated(ended.clone()),
        },
        InstanceState::Idle | InstanceState::Failed | InstanceState::Pulling { .. } | InstanceState::Starting { .. } => {
            match &instance.last {
                Some(last) if detail.is_none() => ContainerState::Terminated(last.clone()),
                _ => ContainerState::Waiting(detail.or_else(default)),
            }
        }
    };
    status
}

/// Models getPhase.
fn phase(spec: &PodSpec, sandbox: &Sandbox) -> PodPhase {
    let inits = spec.init_containers.len();
    let (first, main) = sandbox.instances.split_at(inits);
    // Those added for debugging do not count.
    let main = main.iter().take(spec.containers.len());
    let failed_init = first.iter().zip(&spec.init_containers).any(|(instance, container)| {
        !container.is_sidecar() && instance.exited().is_some_and(|ended| ended.exit_code != 0)
    });
    if failed_init && spec.restart_policy == "Never" {
        return PodPhase::Failed;
    }
    let (mut unknown, mut running, mut stopped, mut failed) = (0, 0, 0, 0);
    for instance in main {
        match instance.exited().or(instance.last.as_ref()) {
            _ if instance.is_running() => running += 1,
            None => unknown += 1,
            Some(ended) => {
                stopped += 1;
                failed += usize::from(ended.exit_code != 0);
            }
        }
    }
    let ended_for_good = sandbox.stopping.is_some();
    running += spec.init_containers.iter().zip(first).filter(|(container, sidecar)| container.is_sidecar() && sidecar.is_running()).count();
    match () {
        () if unknown > 0 => PodPhase::Pending,
        () if running > 0 => PodPhase::Running,
        () if stopped == 0 => PodPhase::Pending,
        () if failed == 0 && (ended_for_good || spec.restart_policy != "Always") => PodPhase::Succeeded,
        () if ended_for_good || spec.restart_policy == "Never" => PodPhase::Failed,
        () => PodPhase::Running,
    }
}

fn set_conditions(status: &mut PodStatus, pod: &Pod, sandbox: &Sandbox, up: bool, now: SimTime) {
    let inits = pod.spec.init_containers.len();
    let begun = sandbox.instances[inits..].iter().any(was_tried);
    let first = pod.spec.init_containers.iter().zip(&sandbox.instances).zip(&status.init_containers);
    let initialized = begun || first.fold(true, |all, ((container, instance), status)| {
        all && if container.is_sidecar() { status.started } else { instance.exited().is_some_and(|ended| ended.exit_code == 0) }
    });
    let started = sandbox.instances.iter().any(was_tried);
    let unready = not_ready(status);
    status.set_condition(PodConditionKind::PodReadyToStartContainers, Truth::from(up && started), None, now);
    let init_detail = (!initialized).then(|| {
        let done = |container: &&Container| {
            let status = status.init_containers.iter().find(|status| status.name == container.name);
            status.is_some_and(|status| if container.is_sidecar() { status.started } else { status.ready })
        };
        let names: Vec<&str> = pod.spec.init_containers.iter().filter(|container| !done(container)).map(|container| container.name.as_str()).collect();
        Rc::new((Name::fixed("ContainersNotInitialized"), Name::from(format!("containers with incomplete status: [{}]", names.join(" ")))))
    });
    status.set_condition(PodConditionKind::Initialized, Truth::from(initialized), init_detail, now);
    status.set_condition(PodConditionKind::ContainersReady, Truth::from(unready.is_none()), unready.clone(), now);
    let unready = unready.or_else(|| closed_gates(pod));
    status.set_condition(PodConditionKind::Ready, Truth::from(unready.is_none()), unready, now);
    status.set_condition(PodConditionKind::PodScheduled, Truth::True, None, now);
    sort_by_key(&mut status.conditions, |condition| condition.kind);
    status.conditions.shrink_to_fit();
}

/// The readiness gates that keep a pod from being ready. Models GeneratePodReadyCondition.
fn closed_gates(pod: &Pod) -> StateDetail {
    // Hardly a pod has any.
    if pod.spec.rest.get("readinessGates").is_some() { closed_of(pod) } else { None }
}

#[inline(never)]
fn closed_of(pod: &Pod) -> StateDetail {
    let closed = |kind: &str| match pod.status.status_of(kind) {
        Some("True") => None,
        Some(status) => Some(format!("the status of pod readiness gate \"{kind}\" is not \"True\", but {status}")),
        None => Some(format!("corresponding condition of pod readiness gate \"{kind}\" does not exist.")),
    };
    let messages: Vec<String> = pod.readiness_gates().filter_map(closed).collect();
    (!messages.is_empty()).then(|| Rc::new((Name::fixed("ReadinessGatesNotReady"), messages.join(", ").into())))
}

/// Whether its readiness is not what its containers and its gates make it: somebody else wrote a condition, as is done to pods of silent nodes.
/// Models NeedToReconcilePodReadiness.
pub(super) fn is_contradicted(pod: &Pod) -> bool {
    let closed = closed_gates(pod);
    let runs = pod.status.condition(PodConditionKind::ContainersReady).is_some_and(|condition| condition.status == Truth::True);
    runs && pod.status.condition(PodConditionKind::Ready).is_none_or(|ready| (ready.status == Truth::True) != closed.is_none() || ready.detail != closed)
}

/// Why not all containers are ready; None if they are.
fn not_ready(status: &PodStatus) -> StateDetail {
    let fixed = |reason| Some(Rc::new((Name::fixed(reason), Name::default())));
    match status.phase {
        PodPhase::Succeeded => return fixed("PodCompleted"),
        PodPhase::Failed => return fixed("PodFailed"),
        PodPhase::Pending | PodPhase::Running => {}
    }
    let names: Vec<&str> = status.containers.iter().filter(|status| !status.ready).map(|status| status.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("containers with unready status: [{}]", names.join(" "));
    Some(Rc::new((Name::fixed("ContainersNotReady"), message.into())))
}

/// What is told of a container that never ran, or was not found, when its pod had been stopped.
/// Models pkg/kubelet/status/status_manager.go TerminatePod.
fn unaccounted() -> ContainerState {
    let (reason, message) = (Name::fixed("ContainerStatusUnknown"), Name::fixed("The container could not be located when the pod was terminated"));
    let (started, finished) = (SimTime::default(), SimTime::default());
    ContainerState::Terminated(Rc::new(Terminated { exit_code: 137, reason, message, started, finished, container_id: 0 }))
}

/// Accounts for every container of a pod that has been stopped; a phase that is not the last one becomes Failed.
/// Models TerminatePod, hasPodInitialized and initializedContainers of the status manager.
fn terminate(status: &mut PodStatus) {
    let waits = |status: &ContainerStatus| matches!(status.state, ContainerState::Waiting(_));
    let has_ended = |status: &ContainerStatus| matches!(status.state, ContainerState::Terminated(_));
    let ended_well = |status: &ContainerStatus| matches!(&status.state, ContainerState::Terminated(ended) if ended.exit_code == 0);
    let was_initialized = status.init_containers.last().is_none_or(ended_well)
        || status.containers.iter().any(|container| container.last.is_some() || !waits(container));
    if was_initialized {
        status.containers.iter_mut().filter(|container| !has_ended(container)).for_each(|container| container.state = unaccounted());
    }
    // Those at the end that have never been tried are left as they are.
    let tried = status.init_containers.iter().rposition(|container| !waits(container)).map_or(1, |last| last + 1);
    status.init_containers.iter_mut().take(tried).filter(|container| !has_ended(container)).for_each(|container| container.state = unaccounted());
    if !status.phase.is_terminal() {
        status.phase = PodPhase::Failed;
    }
}

/// The last report of a pod whose sandbox is gone.
pub(super) fn without_sandbox(status: &mut PodStatus, now: SimTime) {
    terminate(status);
    status.set_condition(PodConditionKind::PodReadyToStartContainers, Truth::False, None, now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ObjectKey, ObjectReference, Uid};
    use std::net::Ipv4Addr;

    /// A container by a word: `running`, `exit0`, `exit1`, `none`, `waiting`, `backoff0` (waits after it ended with 0).
    fn instance(word: &str) -> Instance {
        let now = SimTime::from_seconds(100);
        let ended = |code| {
            let (reason, message) = (Name::default(), Name::default());
            Rc::new(Terminated { exit_code: code, reason, message, started: now, finished: now, container_id: 1 })
        };
        let mut instance = Instance::idle();
        instance.state = match word {
            "running" => InstanceState::Running { since: now, exit: None },
            "exit0" | "backoff0" => InstanceState::Exited(ended(0)),
            "exit1" => InstanceState::Exited(ended(1)),
            _ => InstanceState::Idle,
        };
        if word == "backoff0" {
            instance.waiting = Some(Rc::new((Name::fixed("CrashLoopBackOff"), Name::default())));
        }
        instance
    }

    #[test]
    fn phases_follow_from_containers() {
        use PodPhase::{Failed, Pending, Running, Succeeded};
        let table = [
            ("Always", "running running", false, Running), ("Always", "exit0 exit0", false, Running), ("Always", "exit0 exit0", true, Succeeded),
            ("Always", "exit0 exit1", true, Failed), ("Always", "running exit0", false, Running), ("Always", "running none", false, Pending),
            ("Always", "running waiting", false, Pending), ("Always", "running backoff0", false, Running), ("Never", "running running", false, Running),
            ("Never", "exit0 exit0", false, Succeeded), ("Never", "exit1 exit1", false, Failed), ("Never", "running exit0", false, Running),
            ("Never", "running none", false, Pending), ("Never", "running waiting", false, Pending), ("OnFailure", "running running", false, Running),
            ("OnFailure", "exit0 exit0", false, Succeeded), ("OnFailure", "exit1 exit1", false, Running), ("OnFailure", "running exit0", false, Running),
            ("OnFailure", "running none", false, Pending), ("OnFailure", "running waiting", false, Pending), ("OnFailure", "running backoff0", false, Running),
        ];
        for (policy, words, is_ending, expected) in table {
            let containers = vec![Container::default(), Container::default()];
            let spec = PodSpec { restart_policy: policy.into(), containers, ..PodSpec::default() };
            let key = ObjectKey::new(crate::api::Kind::Pod, "default", "p");
            let sandbox = Sandbox {
                pod: Rc::new(ObjectReference { key, uid: Uid::default() }),
                address: Ipv4Addr::LOCALHOST,
                ready_at: SimTime::default(),
                instances: words.split(' ').map(instance).collect(),
                look_at: None,
                synced: SimTime::default(),
                refresh_at: None,
                stopping: is_ending.then(SimTime::default),
                stopped: None,
                killing: None,
                ends_at: None,
                probes: None,
                volumes: None,
                mount_tries: 0,
                naming: None,
                lost: false,
            };
            assert_eq!(phase(&spec, &sandbox), expected, "{policy} {words} {is_ending}");
        }
    }

    #[test]
    fn what_never_ran_is_accounted_for_at_the_end() {
        // Each container by its state: `waiting`, `running`, `exit0`, `exit1`; init containers before the bar; then what is told of each.
        let table = [
            ("|waiting", "|unknown"),
            ("|exit0 waiting", "|exit0 unknown"),
            ("|exit0 exit1", "|exit0 exit1"),
            ("waiting waiting|waiting", "unknown waiting|waiting"),
            ("exit0 waiting waiting|waiting", "exit0 waiting waiting|waiting"),
            ("exit0 running waiting|waiting", "exit0 unknown waiting|waiting"),
            ("exit0|waiting", "exit0|unknown"),
            ("exit1|waiting", "exit1|waiting"),
        ];
        let told = |status: &ContainerStatus| match &status.state {
            ContainerState::Terminated(ended) if ended.reason == "ContainerStatusUnknown" => "unknown".to_owned(),
            ContainerState::Terminated(ended) => format!("exit{}", ended.exit_code),
            ContainerState::Running { .. } => "running".to_owned(),
            ContainerState::Waiting(_) => "waiting".to_owned(),
        };
        for (words, expected) in table {
            let read = |words: &str| -> Vec<ContainerStatus> {
                let status = |instance: Instance| {
                    container_status(&Container::default(), &instance, (instance.waiting.clone(), &Name::default()), SimTime::from_seconds(200))
                };
                words.split_whitespace().map(|word| status(instance(word))).collect()
            };
            let (inits, main) = words.split_once('|').unwrap_or_default();
            let mut status = PodStatus { init_containers: read(inits), containers: read(main), ..PodStatus::default() };
            terminate(&mut status);
            let told_of = |all: &[ContainerStatus]| all.iter().map(told).collect::<Vec<_>>().join(" ");
            assert_eq!(format!("{}|{}", told_of(&status.init_containers), told_of(&status.containers)), expected, "{words}");
            assert_eq!(status.phase, PodPhase::Failed);
        }
    }
}
