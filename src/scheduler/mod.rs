//! kube-scheduler: which node a pod goes to. Keeps its own picture of the nodes, brought up to date by each change.
//! Left out: pod (anti-)affinity, topology spread constraints that a pod states itself, preemption, volumes, profiles.

mod cache;
mod filter;
mod queue;
mod schedule_one;
mod score;

pub use cache::{Cache, NodeInfo, Resources, Wish};
pub use filter::{Verdict, filter};
pub use queue::{Cause, Queue};
pub use schedule_one::{Decision, schedule_one, verdicts};
