//! How many pods were in which state from each moment on, and how often containers had been restarted: what the charts show.

use crate::api::{Object, Pod};
use crate::base::SimTime;
use crate::store::{WatchEvent, WatchKind};

/// Counts from a moment on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pods without a node.
    pub pending: i64,
    /// On a node, not ready.
    pub starting: i64,
    /// Ready.
    pub ready: i64,
    /// Being deleted.
    pub terminating: i64,
    /// Ended, well or badly.
    pub ended: i64,
    /// Restarts of all containers since the beginning.
    pub restarts: i64,
}

impl Tally {
    /// Takes account of a change; true if it changed anything.
    pub(super) fn record(&mut self, event: &WatchEvent) -> bool {
        let before = *self;
        let (old, new) = (event.old.as_ref().and_then(Object::as_pod), event.object.as_pod());
        if let Some(old) = old {
            *self.place(old) -= 1;
        }
        if let Some(new) = new.filter(|_| event.kind != WatchKind::Deleted) {
            *self.place(new) += 1;
            let known = old.map_or(0, |old| restarts(old));
            self.restarts += (restarts(new) - known).max(0);
        }
        *self != before
    }

    fn place(&mut self, pod: &Pod) -> &mut i64 {
        if pod.meta.is_deleting() {
            return &mut self.terminating;
        }
        match (pod.status.phase.is_terminal(), pod.node_name.is_empty(), pod.is_ready()) {
            (true, ..) => &mut self.ended,
            (false, true, _) => &mut self.pending,
            (false, false, true) => &mut self.ready,
            (false, false, false) => &mut self.starting,
        }
    }
}

fn restarts(pod: &Pod) -> i64 {
    pod.status.containers.iter().map(|container| i64::from(container.restart_count)).sum()
}

/// Counts by the moments from which they hold.
pub type Tallies = Vec<(SimTime, Tally)>;
