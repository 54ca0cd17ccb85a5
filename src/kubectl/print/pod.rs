//! Pods in `kubectl get`. Models pkg/printers/internalversion/printers.go printPod.

use super::or_none;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::{ContainerState, ContainerStatus, Object, Pod, PodConditionKind, Terminated, Truth};
use crate::base::SimTime;
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("READY", Always),
        ("STATUS", Always),
        ("RESTARTS", Always),
        ("AGE", Always),
        ("IP", Wide),
        ("NODE", Wide),
        ("NOMINATED NODE", Wide),
        ("READINESS GATES", Wide),
    ],
    cells,
    fields: &[
        ("spec.nodeName", ""),
        ("spec.restartPolicy", ""),
        ("spec.schedulerName", ""),
        ("spec.serviceAccountName", ""),
        ("spec.hostNetwork", "false"),
        ("status.phase", ""),
        ("status.podIP", ""),
        ("status.podIPs", ""),
        ("status.nominatedNodeName", ""),
    ],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Pod(pod)) = item else { unreachable!("BUG: a pod's row of something else") };
    let summary = summary(pod);
    let restarts = match summary.last_restart {
        Some(moment) if summary.restarts > 0 => format!("{} ({} ago)", summary.restarts, context.age(moment)),
        _ => summary.restarts.to_string(),
    };
    vec![
        pod.meta.name.to_string(),
        format!("{}/{}", summary.ready, summary.total),
        summary.status,
        restarts,
        context.age(pod.meta.creation),
        pod.status.pod_ip.map_or_else(|| "<none>".to_owned(), |ip| ip.to_string()),
        or_none(&pod.node_name),
        pod.status.nominated_node.as_deref().map_or_else(|| "<none>".to_owned(), |node| node.to_string()),
        readiness_gates(pod),
    ]
}

/// `1/2`: conditions that hold, of those that the pod names as gates.
fn readiness_gates(pod: &Pod) -> String {
    match pod.readiness_gates().count() {
        0 => "<none>".to_owned(),
        all => format!("{}/{all}", pod.readiness_gates().filter(|kind| pod.status.status_of(kind) == Some("True")).count()),
    }
}

#[derive(Debug, Default)]
struct Summary {
    ready: usize,
    total: usize,
    status: String,
    restarts: u32,
    last_restart: Option<SimTime>,
}

impl Summary {
    fn count_restarts(&mut self, container: &ContainerStatus) {
        self.restarts += container.restart_count;
        self.last_restart = self.last_restart.max(container.last.as_ref().map(|last| last.finished));
    }
}

fn summary(pod: &Pod) -> Summary {
    let mut summary = Summary {
        total: pod.spec.containers.len() + pod.spec.init_containers.iter().filter(|c| c.is_sidecar()).count(),
        status: first_reason(pod),
        ..Summary::default()
    };
    let initializing = count_init_containers(pod, &mut summary);
    let initialized = condition_holds(pod, PodConditionKind::Initialized);
    if !initializing || initialized {
        count_containers(pod, &mut summary);
    }
    if pod.meta.is_deleting() {
        if pod.status.detail.as_ref().is_some_and(|detail| detail.0 == "NodeLost") {
            summary.status = "Unknown".to_owned();
        } else if !pod.status.phase.is_terminal() {
            summary.status = "Terminating".to_owned();
        }
    }
    summary
}

/// The phase, or the reason that stands above it.
fn first_reason(pod: &Pod) -> String {
    let scheduled = pod.status.condition(PodConditionKind::PodScheduled).and_then(|condition| condition.detail.as_ref());
    if scheduled.is_some_and(|detail| detail.0 == "SchedulingGated") {
        return "SchedulingGated".to_owned();
    }
    match &pod.status.detail {
        Some(detail) if !detail.0.is_empty() => detail.0.to_string(),
        _ => pod.status.phase.as_str().to_owned(),
    }
}

fn condition_holds(pod: &Pod, kind: PodConditionKind) -> bool {
    pod.status.condition(kind).is_some_and(|condition| condition.status == Truth::True)
}

/// Takes init containers into account, up to the first that is not done. Whether there is such a one.
fn count_init_containers(pod: &Pod, summary: &mut Summary) -> bool {
    let count = pod.spec.init_containers.len();
    for (at, container) in pod.status.init_containers.iter().enumerate() {
        summary.count_restarts(container);
        let sidecar = pod.spec.init_containers.iter().any(|c| c.name == container.name && c.is_sidecar());
        match &container.state {
            ContainerState::Terminated(ended) if ended.exit_code == 0 => continue,
            _ if sidecar && container.started => {
                summary.ready += usize::from(container.ready);
                continue;
            }
            ContainerState::Terminated(ended) => summary.status = format!("Init:{}", end_reason(ended)),
            ContainerState::Waiting(Some(detail)) if !detail.0.is_empty() && detail.0 != "PodInitializing" => {
                summary.status = format!("Init:{}", detail.0);
            }
            _ => summary.status = format!("Init:{at}/{count}"),
        }
        return true;
    }
    false
}

/// Takes containers into account, from the last to the first: the one nearest the start that waits or has ended decides.
fn count_containers(pod: &Pod, summary: &mut Summary) {
    // Restarts of init containers count only while they run; those of sidecars always.
    (summary.restarts, summary.last_restart) = (0, None);
    let is_sidecar_status = |status: &&ContainerStatus| {
        pod.spec.init_containers.iter().any(|c| c.name == status.name && c.is_sidecar())
    };
    pod.status.init_containers.iter().filter(is_sidecar_status).for_each(|status| summary.count_restarts(status));
    let mut running = false;
    for container in pod.status.containers.iter().rev() {
        summary.count_restarts(container);
        match &container.state {
            ContainerState::Waiting(Some(detail)) if !detail.0.is_empty() => summary.status = detail.0.to_string(),
            ContainerState::Waiting(_) => {}
            ContainerState::Terminated(ended) => summary.status = end_reason(ended),
            ContainerState::Running { .. } if container.ready => {
                running = true;
                summary.ready += 1;
            }
            ContainerState::Running { .. } => {}
        }
    }
    if summary.status == "Completed" && running {
        let ready = condition_holds(pod, PodConditionKind::Ready);
        summary.status = if ready { "Running" } else { "NotReady" }.to_owned();
    }
}

fn end_reason(ended: &Terminated) -> String {
    if ended.reason.is_empty() { format!("ExitCode:{}", ended.exit_code) } else { ended.reason.to_string() }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::api::{Container, PodCondition, PodPhase, StateDetail};
    use crate::base::SimDuration;

    const NOW: SimTime = SimTime::from_seconds(10_000_000);

    fn detail(reason: &str) -> StateDetail {
        (!reason.is_empty()).then(|| Rc::new((reason.into(), "".into())))
    }

    fn ended(reason: &str, exit_code: i32) -> Rc<Terminated> {
        let (reason, message) = (reason.into(), "".into());
        Rc::new(Terminated { exit_code, reason, message, started: NOW, finished: NOW, container_id: 1 })
    }

    /// A container's status: `ready`, `running`, `waiting:Reason`, `ended:Reason:exit`, then `*restarts`, then `@seconds` since the
    /// last end.
    fn container(at: usize, text: &str) -> ContainerStatus {
        let (text, ago) = text.split_once('@').map_or((text, None), |(text, ago)| (text, ago.parse::<u64>().ok()));
        let (text, restarts) = text.split_once('*').unwrap_or((text, "0"));
        let mut parts = text.split(':');
        let (word, reason) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let exit = parts.next().and_then(|text| text.parse().ok()).unwrap_or_default();
        let mut status = ContainerStatus::waiting(&format!("c{at}").into(), &"image".into(), None);
        status.restart_count = restarts.parse().unwrap_or_default();
        status.ready = word == "ready";
        status.started = matches!(word, "ready" | "running");
        status.state = match word {
            "ready" | "running" => ContainerState::Running { started: NOW },
            "ended" => ContainerState::Terminated(ended(reason, exit)),
            _ => ContainerState::Waiting(detail(reason)),
        };
        status.last = ago.map(|ago| {
            let mut last = (*ended("Error", 1)).clone();
            last.finished = NOW - SimDuration::from_seconds(ago);
            Rc::new(last)
        });
        status
    }

    fn statuses(text: &str) -> Vec<ContainerStatus> {
        text.split_whitespace().enumerate().map(|(at, text)| container(at, text)).collect()
    }

    fn pod(phase: PodPhase, init: &str, containers: &str) -> Pod {
        let mut pod = Pod::default();
        pod.status.phase = phase;
        pod.status.init_containers = statuses(init);
        pod.status.containers = statuses(containers);
        let spec = Rc::make_mut(&mut pod.spec);
        let named = |status: &ContainerStatus| Container { name: status.name.clone(), ..Container::default() };
        spec.containers = pod.status.containers.iter().map(named).collect();
        spec.init_containers = pod.status.init_containers.iter().map(named).collect();
        pod
    }

    fn shown(pod: &Pod) -> (String, String, String) {
        let store = crate::store::Store::default();
        let context = Context { view: store.view(), now: NOW };
        let cells = cells(&Item::Object(Object::Pod(Rc::new(pod.clone()))), &context);
        (cells[1].clone(), cells[2].clone(), cells[3].clone())
    }

    fn check(pod: &Pod, ready: &str, status: &str, restarts: &str) {
        assert_eq!(shown(pod), (ready.to_owned(), status.to_owned(), restarts.to_owned()));
    }

    #[test]
    fn ready_status_and_restarts() {
        use PodPhase::{Failed, Pending, Running, Succeeded};
        let table = [
            (Running, "", "ready*3 waiting*3", "1/2", "Running", "6"),
            (Running, "", "ready*3 waiting:Why*3", "1/2", "Why", "6"),
            (Running, "", "waiting:Why*3 ended:Over:0*3", "0/2", "Why", "6"),
            (Running, "", "ended:Completed:0*3 ready*3", "1/2", "NotReady", "6"),
            (Pending, "running*3@10", "waiting", "0/1", "Init:0/1", "3 (10s ago)"),
            (Pending, "running*3@10 waiting", "waiting", "0/1", "Init:0/2", "3 (10s ago)"),
            (Pending, "ended:Completed:0 running*3@10", "waiting", "0/1", "Init:1/2", "3 (10s ago)"),
            (Pending, "ended:Completed:0*2@120 running*3@10", "waiting", "0/1", "Init:1/2", "5 (10s ago)"),
            (Running, "ended:Completed:0*2@120", "running*4@20", "0/1", "Running", "4 (20s ago)"),
            (Running, "", "ready*3@432000", "1/1", "Running", "3 (5d ago)"),
            (Running, "", "ready ready*3@864000", "2/2", "Running", "3 (10d ago)"),
            (Running, "", "ready*6@432000 ready*3@1728000", "2/2", "Running", "9 (5d ago)"),
            (Succeeded, "", "ended:Completed:0", "0/1", "Completed", "0"),
            (Failed, "", "ended:Error:1", "0/1", "Error", "0"),
            (Failed, "", "ended:podCrash:1 ready", "1/2", "podCrash", "0"),
            (Failed, "", "ready ended:podCrash:1", "1/2", "podCrash", "0"),
            (Failed, "", "ready ended:podCrash:1 ended::0", "1/3", "podCrash", "0"),
            (Failed, "", "running ended:podCrash:1 ended::0", "0/3", "podCrash", "0"),
            (Pending, "", "waiting", "0/1", "Pending", "0"),
            (Pending, "", "waiting:ContainerCreating", "0/1", "ContainerCreating", "0"),
            (Pending, "", "waiting:ErrImagePull", "0/1", "ErrImagePull", "0"),
            (Pending, "", "waiting:ImagePullBackOff", "0/1", "ImagePullBackOff", "0"),
            (Running, "", "waiting:CrashLoopBackOff*3@12", "0/1", "CrashLoopBackOff", "3 (12s ago)"),
            (Running, "", "ended:Error:137*1", "0/1", "Error", "1"),
            (Running, "", "ended::3", "0/1", "ExitCode:3", "0"),
            (Running, "", "running", "0/1", "Running", "0"),
            (Pending, "ended:Error:1", "waiting:PodInitializing", "0/1", "Init:Error", "0"),
            (Pending, "waiting:CrashLoopBackOff*2", "waiting", "0/1", "Init:CrashLoopBackOff", "2"),
            (Pending, "ended::2", "waiting", "0/1", "Init:ExitCode:2", "0"),
            (Pending, "ended:Completed:0", "waiting:PodInitializing", "0/1", "PodInitializing", "0"),
        ];
        for (phase, init, containers, ready, status, restarts) in table {
            check(&pod(phase, init, containers), ready, status, restarts);
        }
    }

    #[test]
    fn a_ready_pod_with_a_completed_container_runs() {
        let mut ready = pod(PodPhase::Running, "", "ended:Completed:0*3 ready*3");
        let (kind, status) = (PodConditionKind::Ready, Truth::True);
        ready.status.conditions.push(PodCondition { kind, status, transition: NOW, detail: None });
        check(&ready, "1/2", "Running", "6");
    }

    #[test]
    fn deletion_shows_unless_the_pod_has_ended() {
        use PodPhase::{Failed, Pending, Running, Succeeded};
        for (phase, containers, reason, ready, status) in [
            (Failed, "ended:Error:1", "", "0/1", "Error"),
            (Succeeded, "ended:Completed:0", "", "0/1", "Completed"),
            (Running, "running", "", "0/1", "Terminating"),
            (Running, "ready", "", "1/1", "Terminating"),
            (Running, "ready", "NodeLost", "1/1", "Unknown"),
            (Pending, "waiting", "", "0/1", "Terminating"),
        ] {
            let mut deleted = pod(phase, "", containers);
            deleted.meta.deletion = Some(NOW);
            deleted.status.detail = detail(reason);
            check(&deleted, ready, status, "0");
        }
    }

    #[test]
    fn a_reason_stands_above_the_phase() {
        let mut evicted = pod(PodPhase::Failed, "", "waiting");
        evicted.status.detail = detail("Evicted");
        check(&evicted, "0/1", "Evicted", "0");
        for (reason, containers, status) in [("DeadlineExceeded", "waiting", "DeadlineExceeded"), ("DeadlineExceeded", "ended:Error:137", "Error")] {
            let mut late = pod(PodPhase::Failed, "", containers);
            late.status.detail = detail(reason);
            check(&late, "0/1", status, "0");
        }
        let mut own = pod(PodPhase::Running, "", "ready*3 waiting*3");
        own.status.detail = detail("podReason");
        check(&own, "1/2", "podReason", "6");
        let mut gated = pod(PodPhase::Pending, "", "waiting waiting");
        let (kind, status) = (PodConditionKind::PodScheduled, Truth::False);
        gated.status.conditions.push(PodCondition { kind, status, transition: NOW, detail: detail("SchedulingGated") });
        check(&gated, "0/2", "SchedulingGated", "0");
    }
}
