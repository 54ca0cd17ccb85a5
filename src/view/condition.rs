//! Conditions of an object, and the latest results of a pod's probes.

use serde_json::Value;

use crate::api::{Container, Object, Pod, Probe};
use crate::base::{Name, SimTime};
use crate::kubectl::probe_text;
use super::pod::ProbeTick;
use crate::runtime::{ProbeKind, ProbeWorker, Sandbox};

/// So many results of a probe are shown.
const SHOWN: u32 = 32;

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionRow {
    /// `Ready`
    pub kind: Name,
    /// `True`, `False`, `Unknown`
    pub status: Name,
    /// A word for why; empty if there is none.
    pub reason: Name,
    /// A sentence; empty if there is none.
    pub message: String,
    /// Since when it has this status.
    pub since: Option<SimTime>,
}

/// The latest results of a probe.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeStrip {
    /// The container.
    pub container: Name,
    /// Which of its probes.
    pub kind: ProbeKind,
    /// As `kubectl describe` puts it.
    pub text: String,
    /// Whether each was a failure, oldest first.
    pub failures: Vec<bool>,
    /// How many failures in a row there are now, of how many that count.
    pub run: (i32, i32),
    /// When it is tried next.
    pub next: SimTime,
}

/// The conditions of any object, as its status has them.
pub fn conditions(object: &Object) -> Vec<ConditionRow> {
    let value = object.to_value();
    let listed = value["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |condition: &Value, key: &str| condition[key].as_str().unwrap_or_default().to_owned();
    let row = |condition: &Value| ConditionRow {
        kind: text(condition, "type").into(),
        status: text(condition, "status").into(),
        reason: text(condition, "reason").into(),
        message: text(condition, "message"),
        since: SimTime::parse_rfc3339(&text(condition, "lastTransitionTime")),
    };
    listed.iter().map(row).collect()
}

/// The probes of a pod, as its kubelet remembers them.
pub(super) fn probes(pod: &Pod, sandbox: &Sandbox) -> Vec<ProbeStrip> {
    let workers = sandbox.probes.iter().flat_map(|probes| &probes.workers);
    workers.filter_map(|worker| strip(pod, worker)).collect()
}

/// How many probe failures in a row a pod has that do not count yet.
pub(super) fn nicks(sandbox: &Sandbox) -> u8 {
    let workers = sandbox.probes.iter().flat_map(|probes| &probes.workers);
    let most = workers.filter(|worker| !worker.on_hold && worker.history & 1 == 1).map(|worker| worker.run).max();
    u8::try_from(most.unwrap_or_default().clamp(0, 3)).unwrap_or_default()
}

/// Each kind of probe of a pod, as it was tried last.
pub(super) fn ticks(sandbox: &Sandbox) -> [Option<ProbeTick>; 3] {
    let mut ticks = [None; 3];
    for worker in sandbox.probes.iter().flat_map(|probes| &probes.workers).filter(|worker| worker.attempts > 0) {
        let tick = ProbeTick { kind: worker.kind, attempts: worker.attempts, failed: worker.history & 1 == 1 };
        ticks[worker.kind as usize] = Some(tick);
    }
    ticks
}

fn strip(pod: &Pod, worker: &ProbeWorker) -> Option<ProbeStrip> {
    let container = pod.spec.init_containers.iter().chain(&pod.spec.containers).nth(worker.index)?;
    let probe = probe(container, worker.kind)?;
    let shown = worker.attempts.min(SHOWN);
    let failing = worker.history & 1 == 1 && worker.attempts > 0;
    Some(ProbeStrip {
        container: container.name.clone(),
        kind: worker.kind,
        text: probe_text(probe),
        failures: (0..shown).rev().map(|bit| worker.history >> bit & 1 == 1).collect(),
        run: (if failing { worker.run } else { 0 }, probe.failure_threshold),
        next: worker.next,
    })
}

fn probe(container: &Container, kind: ProbeKind) -> Option<&Probe> {
    let probe = match kind {
        ProbeKind::Startup => &container.startup_probe,
        ProbeKind::Liveness => &container.liveness_probe,
        ProbeKind::Readiness => &container.readiness_probe,
    };
    probe.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn a_strip_shows_the_latest_results_in_order_of_time() {
        let probe = Probe { failure_threshold: 3, ..Probe::default() };
        let container = Container { name: "main".into(), liveness_probe: Some(probe), ..Container::default() };
        let mut pod = Pod::default();
        Rc::make_mut(&mut pod.spec).containers = vec![container];
        let worker = ProbeWorker {
            index: 0,
            kind: ProbeKind::Liveness,
            next: SimTime::from_seconds(9),
            container_id: 1,
            latest: crate::runtime::ProbeResult::Failure,
            run: 2,
            published: crate::runtime::ProbeResult::Success,
            on_hold: false,
            history: 0b1011,
            attempts: 5,
            pending: None,
        };
        let Some(found) = strip(&pod, &worker) else { panic!("no strip") };
        assert_eq!((found.failures, found.run), (vec![false, true, false, true, true], (2, 3)));
    }
}
