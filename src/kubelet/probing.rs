//! Probes. Models pkg/kubelet/prober/{worker,prober,prober_manager}.go: a worker a probe, begun with the kubelet's first look at the pod,
//! ticking every period whether the container runs or not.
//! Left out: redirects, and the random delay of the first attempts after a start of the kubelet.

use super::hooks::{Asked, Asker};
use super::sync_pod::{Context, containers};
use crate::api::{Container, ContainerState, ContainerStatus, EventText, EventType, Pod, Probe};
use crate::base::{SimDuration, SimTime};
use crate::runtime::{ProbeKind, ProbeResult, ProbeWorker, Probes, Sandbox};

/// From a result to the look that it causes.
const SOON: SimDuration = SimDuration::from_millis(3);
/// An attempt that is triggered by hand comes right after the status.
const TRIGGERED: SimDuration = SimDuration::from_millis(2);

const KINDS: [ProbeKind; 3] = [ProbeKind::Startup, ProbeKind::Liveness, ProbeKind::Readiness];

fn probe(container: &Container, kind: ProbeKind) -> Option<&Probe> {
    match kind {
        ProbeKind::Startup => container.startup_probe.as_ref(),
        ProbeKind::Liveness => container.liveness_probe.as_ref(),
        ProbeKind::Readiness => container.readiness_probe.as_ref(),
    }
}

/// The value before the first attempt.
fn initial(kind: ProbeKind) -> ProbeResult {
    match kind {
        ProbeKind::Startup => ProbeResult::Unknown,
        ProbeKind::Liveness => ProbeResult::Success,
        ProbeKind::Readiness => ProbeResult::Failure,
    }
}

/// The workers of a new pod; None if it has no probes. The first attempt is made at once and finds no container.
pub(super) fn workers(pod: &Pod, now: SimTime) -> Option<Box<Probes>> {
    let mut workers = Vec::new();
    for (index, container) in containers(&pod.spec).enumerate() {
        // Of init containers only those that go on running are probed.
        if index < pod.spec.init_containers.len() && container.restart_policy != "Always" {
            continue;
        }
        for kind in KINDS {
            if let Some(probe) = probe(container, kind) {
                workers.push(ProbeWorker {
                    index,
                    kind,
                    next: now + period(probe),
                    container_id: 0,
                    latest: ProbeResult::Unknown,
                    run: 0,
                    published: initial(kind),
                    on_hold: false,
                    history: 0,
                    attempts: 0,
                    pending: None,
                });
            }
        }
    }
    (!workers.is_empty()).then(|| Box::new(Probes { workers }))
}

fn period(probe: &Probe) -> SimDuration {
    SimDuration::from_seconds(u64::try_from(probe.period_seconds).unwrap_or_default().max(1))
}

/// What is reported of a container, as the workers see it.
fn reported<'a>(pod: &'a Pod, container: &Container) -> Option<&'a ContainerStatus> {
    pod.status.containers.iter().chain(&pod.status.init_containers).find(|status| status.name == container.name)
}

/// Makes the attempts that are due; whether they brought news. Of a pod that is being stopped only readiness is asked for.
pub(super) fn attempt(pod: &Pod, sandbox: &mut Sandbox, context: &mut Context) -> bool {
    let Some(mut probes) = sandbox.probes.take() else { return false };
    let mut any = false;
    if pod.status.phase.is_terminal() {
        return false;
    }
    if sandbox.stopping.is_some() {
        probes.workers.retain(|worker| worker.kind == ProbeKind::Readiness);
    }
    for worker in &mut probes.workers {
        if worker.next > context.now && worker.pending.is_none() {
            continue;
        }
        let Some(container) = containers(&pod.spec).nth(worker.index) else { continue };
        let Some(probe) = probe(container, worker.kind) else { continue };
        while worker.next <= context.now {
            worker.next = worker.next + period(probe);
        }
        let before = (worker.container_id, worker.published);
        one(pod, container, probe, worker, sandbox, context);
        // A new container begins with the first value, which is news; and so is a change.
        let news = before != (worker.container_id, worker.published);
        let wanted = match worker.kind {
            ProbeKind::Liveness => worker.published == ProbeResult::Failure,
            ProbeKind::Startup | ProbeKind::Readiness => true,
        };
        any |= news && wanted;
        if news && wanted && sandbox.stopping.is_none() {
            let at = context.now + SOON;
            sandbox.look_at = Some(sandbox.look_at.map_or(at, |other| other.min(at)));
        }
    }
    sandbox.probes = Some(probes);
    any
}

/// Models worker.go doProbe.
fn one(pod: &Pod, container: &Container, probe: &Probe, worker: &mut ProbeWorker, sandbox: &mut Sandbox, context: &mut Context) {
    let Some(status) = reported(pod, container).filter(|status| status.container_id != 0) else { return };
    if worker.container_id != status.container_id {
        worker.container_id = status.container_id;
        worker.published = initial(worker.kind);
        (worker.latest, worker.run, worker.on_hold, worker.pending) = (ProbeResult::Unknown, 0, false, None);
    }
    if worker.on_hold {
        return;
    }
    let ContainerState::Running { started } = status.state else {
        worker.published = ProbeResult::Failure;
        return;
    };
    let delay = SimDuration::from_seconds(u64::try_from(probe.initial_delay_seconds).unwrap_or_default());
    if context.now.since(started).seconds() < delay.seconds() || status.started == (worker.kind == ProbeKind::Startup) {
        return;
    }
    let Some(result) = ask(pod, container, probe, worker, sandbox, context) else { return };
    worker.history = worker.history << 1 | u32::from(result == ProbeResult::Failure);
    worker.attempts = worker.attempts.saturating_add(1);
    if worker.latest == result {
        worker.run += 1;
    } else {
        (worker.latest, worker.run) = (result, 1);
    }
    let threshold = if result == ProbeResult::Success { probe.success_threshold } else { probe.failure_threshold };
    if worker.run < threshold {
        return;
    }
    worker.published = result;
    if worker.kind == ProbeKind::Startup || worker.kind == ProbeKind::Liveness && result == ProbeResult::Failure {
        (worker.on_hold, worker.run) = (true, 0);
    }
}

/// Asks, and says if it went badly. None if it could not ask.
fn ask(pod: &Pod, container: &Container, probe: &Probe, worker: &mut ProbeWorker, sandbox: &mut Sandbox, context: &mut Context) -> Option<ProbeResult> {
    let timeout = SimDuration::from_seconds(u64::try_from(probe.timeout_seconds).unwrap_or_default().max(1));
    let reference = sandbox.pod.clone();
    let mut asker = Asker { pod, sandbox, index: worker.index, timeout, ended: None };
    let asked = match (&probe.http_get, &probe.tcp_socket, &probe.exec, &probe.grpc) {
        (Some(http), ..) => asker.http(http, super::hooks::PROBE_AGENT, context),
        (_, Some(tcp), ..) => asker.tcp(&tcp.host, &tcp.port, context),
        (_, _, Some(exec), _) => asker.exec(exec, worker.pending.take(), context),
        (_, _, _, Some(grpc)) => asker.grpc(grpc.port),
        _ => Asked::Error("missing probe handler".to_owned()),
    };
    let kind = match worker.kind {
        ProbeKind::Startup => "Startup",
        ProbeKind::Liveness => "Liveness",
        ProbeKind::Readiness => "Readiness",
    };
    let (text, result) = match asked {
        Asked::Well(_) => return Some(ProbeResult::Success),
        Asked::Badly(why) => (format!("{kind} probe failed: {why}"), Some(ProbeResult::Failure)),
        Asked::Error(why) => (format!("{kind} probe errored: {why}"), None),
        Asked::Pending(number, since) => {
            worker.pending = Some((number, since));
            return None;
        }
    };
    context.note(&reference, EventType::Warning, "Unhealthy", &container.name, EventText::Text(text.into()));
    result
}

/// Puts `started` and `ready` into the statuses of a pod; readiness probes of containers that are not ready are triggered by hand, and
/// their tick begins anew. Models prober_manager.go UpdatePodStatus.
pub(super) fn complete(statuses: &mut [ContainerStatus], first: usize, sandbox: &mut Sandbox, now: SimTime) {
    for (offset, status) in statuses.iter_mut().enumerate() {
        let index = first + offset;
        let running = matches!(status.state, ContainerState::Running { .. });
        let Some(probes) = sandbox.probes.as_deref_mut() else {
            (status.started, status.ready) = (running, running);
            continue;
        };
        let startup = probes.result(index, ProbeKind::Startup, status.container_id);
        status.started = running && startup.is_none_or(|result| result == ProbeResult::Success);
        status.ready = match probes.result(index, ProbeKind::Readiness, status.container_id) {
            _ if !status.started => false,
            None | Some(ProbeResult::Success) => true,
            Some(_) => {
                let mine = |worker: &&mut ProbeWorker| worker.index == index && worker.kind == ProbeKind::Readiness;
                if let Some(worker) = probes.workers.iter_mut().find(mine) {
                    worker.next = now + TRIGGERED;
                }
                false
            }
        };
    }
}

/// When the next attempt is due. One that waits is looked at each second beside.
pub(super) fn next(sandbox: &Sandbox, now: SimTime) -> Option<SimTime> {
    let second = now + SimDuration::from_seconds(1);
    let of = |worker: &ProbeWorker| if worker.pending.is_some() { worker.next.min(second) } else { worker.next };
    sandbox.probes.as_ref()?.workers.iter().map(of).min()
}

/// The probe that wants a container killed, and the kind's word for it.
pub(super) fn failed<'a>(container: &'a Container, sandbox: &Sandbox, index: usize) -> Option<(&'static str, &'a Probe)> {
    let (probes, id) = (sandbox.probes.as_deref()?, sandbox.instances[index].id);
    let is = |kind| probes.result(index, kind, id) == Some(ProbeResult::Failure);
    if is(ProbeKind::Liveness) {
        return Some(("liveness", container.liveness_probe.as_ref()?));
    }
    if is(ProbeKind::Startup) {
        return Some(("startup", container.startup_probe.as_ref()?));
    }
    None
}
