//! The kubelet: makes what the API says of its pods true on its machine, and reports what is true back.
//! Left out: probes, hooks, volumes, resource pressure, static pods.

mod back_off;
mod node_status;
mod pulling;
mod status;
mod sync_pod;
mod terminate;

pub use node_status::{base_node, report_node};
pub use sync_pod::{PodSync, sync_pod};
