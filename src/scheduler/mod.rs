//! kube-scheduler: which node a pod goes to. Keeps its own picture of the nodes, brought up to date by each change.
//! Left out: profiles.

mod affinity;
mod cache;
mod explain;
mod filter;
mod preempt;
mod queue;
mod schedule_one;
mod score;
mod spread;
mod terms;
mod volumes;
mod wish;

#[cfg(test)]
mod tests;

pub use cache::{Cache, NodeInfo, Resources};
pub use explain::{NodeVerdict, PluginScore, explain};
pub use filter::{Verdict, filter};
pub use preempt::Preemption;
pub use queue::{Cause, Queue};
pub use schedule_one::{Decision, schedule_one};
use wish::Removed;
pub use volumes::Reserved;
pub use wish::Wish;

use crate::api::Pod;

/// Whether a pod is for this scheduler; one that names another waits for that for ever. Models eventhandlers.go responsibleForPod.
pub fn is_responsible(pod: &Pod) -> bool {
    pod.spec.scheduler_name == *"default-scheduler" || pod.spec.scheduler_name.is_empty()
}
