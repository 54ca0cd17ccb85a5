//! What a kubelet remembers of the probes of a pod. Models pkg/kubelet/prober/worker.go, its fields.

use crate::base::SimTime;

/// Which probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeKind {
    /// Holds the others back.
    Startup,
    /// Kills.
    Liveness,
    /// Takes out of Services.
    Readiness,
}

/// What came of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeResult {
    /// It was answered well.
    Success,
    /// It was not.
    Failure,
    /// Not tried.
    Unknown,
}

/// One probe of one container.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeWorker {
    /// The container, by its place in the sandbox.
    pub index: usize,
    /// Which probe of it.
    pub kind: ProbeKind,
    /// When it is next tried.
    pub next: SimTime,
    /// The id of the container that what follows is about.
    pub container_id: u64,
    /// The latest result, and how often in a row it came.
    pub latest: ProbeResult,
    /// How often in a row.
    pub run: i32,
    /// What the kubelet takes for true.
    pub published: ProbeResult,
    /// Not tried again before there is another container.
    pub on_hold: bool,
    /// The latest results, of all its containers: a bit each, set for a failure, the latest lowest.
    pub history: u32,
    /// How many attempts had a result.
    pub attempts: u32,
    /// A command of it that waits for the network: its number, and when it was begun.
    pub pending: Option<(u32, SimTime)>,
}

/// The probes of a pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probes {
    /// All of them.
    pub workers: Vec<ProbeWorker>,
}

impl Probes {
    /// What is taken for true of a container; None if it has no such probe.
    pub fn result(&self, index: usize, kind: ProbeKind, container_id: u64) -> Option<ProbeResult> {
        let worker = self.workers.iter().find(|worker| worker.index == index && worker.kind == kind)?;
        Some(if worker.container_id == container_id { worker.published } else { ProbeResult::Unknown })
    }
}
