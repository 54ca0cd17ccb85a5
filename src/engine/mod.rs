//! The clock: pops the earliest wake-up, lets whoever it is for decide, carries the decision out, and wakes those whom the
//! change concerns.

mod agenda;
mod base_cluster;
mod carry_out;
mod digest;
mod eviction;
mod exec;
mod forward;
mod invariants;
mod programs;
mod seen;
mod tools;
mod traffic;
mod typing;
mod wakeup;
mod why;
mod world;

pub use agenda::Agenda;
pub use eviction::Eviction;
pub use forward::Responder;
pub use exec::{Exec, ExecProgress, LogLine};
pub use base_cluster::BaseCluster;
pub use invariants::check;
pub use traffic::{Connection, Delivery, Ends, Flow, HttpExchange, Lookup, Passage, Passages, Visit};
pub use wakeup::Wakeup;
pub use why::{Because, Before, Placement, Rank, Reason, What, Who};
pub use world::{Component, World};
