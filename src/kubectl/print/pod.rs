//! Pods in `kubectl get`. Models pkg/printers/internalversion/printers.go printPod.

use super::or_none;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::{Container, ContainerState, ContainerStatus, Object, Pod, PodConditionKind, Terminated, Truth};
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
        "<none>".to_owned(),
        readiness_gates(pod),
    ]
}

/// `1/2`: conditions that hold, of those that the pod names as gates.
fn readiness_gates(pod: &Pod) -> String {
    let gates = pod.spec.rest.get("readinessGates").and_then(serde_json::Value::as_array);
    let Some(gates) = gates.filter(|gates| !gates.is_empty()) else { return "<none>".to_owned() };
    let holds = |gate: &&serde_json::Value| {
        let kind = gate.get("conditionType").and_then(serde_json::Value::as_str).unwrap_or_default();
        pod.status.conditions.iter().any(|c| c.kind.as_str() == kind && c.status == Truth::True)
    };
    format!("{}/{}", gates.iter().filter(holds).count(), gates.len())
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

fn is_sidecar(container: &Container) -> bool {
    container.restart_policy == "Always"
}

fn summary(pod: &Pod) -> Summary {
    let mut summary = Summary {
        total: pod.spec.containers.len() + pod.spec.init_containers.iter().filter(|c| is_sidecar(c)).count(),
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
        let sidecar = pod.spec.init_containers.iter().any(|c| c.name == container.name && is_sidecar(c));
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
        pod.spec.init_containers.iter().any(|c| c.name == status.name && is_sidecar(c))
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
