//! The kubelet: makes what the API says of its pods true on its machine, and reports what is true back.
//! Left out: storage, resource pressure, static pods.

mod admission;
mod back_off;
mod configuration;
mod environment;
mod fields;
mod hooks;
mod identity;
mod naming;
mod node_status;
mod probing;
mod pulling;
mod restarting;
mod service_variables;
mod starting;
mod status;
mod storage;
mod sync_pod;
mod terminate;
mod volumes;

pub use environment::{environment, variables};
pub use node_status::{base_node, report_node, say_schedulable, start_notes};
pub use service_variables::ServiceVariables;
pub use sync_pod::{PodSync, sync_pod};
pub use volumes::{mounts, next_resync};
