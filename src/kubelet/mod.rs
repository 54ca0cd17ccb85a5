//! The kubelet: makes what the API says of its pods true on its machine, and reports what is true back.
//! Left out: storage, resource pressure, static pods.

mod back_off;
mod configuration;
mod environment;
mod fields;
mod hooks;
mod node_status;
mod probing;
mod pulling;
mod restarting;
mod starting;
mod status;
mod sync_pod;
mod terminate;
mod volumes;

pub use environment::environment;
pub use node_status::{base_node, report_node};
pub use sync_pod::{PodSync, sync_pod};
pub use volumes::mounts;
