//! What can be due.

use crate::api::ObjectKey;
use crate::base::Name;
use crate::controllers::Controller;
use crate::runtime::PodName;

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wakeup {
    /// A controller looks at a key.
    Controller(Controller, ObjectKey),
    /// The scheduler tries the next pod.
    Scheduler,
    /// A node's kubelet looks at a pod.
    Pod(Name, PodName),
    /// A node's kubelet reports the node.
    Node(Name),
    /// The next request of a flow.
    Traffic(u32),
    /// A command of a machine goes on.
    Tool(u32),
    /// An ingress controller writes addresses.
    Ingresses,
    /// A node's kubelet tells which images it holds.
    Images(Name),
    /// A node's kubelet looks whether its node takes new pods.
    Schedulable(Name),
    /// A client tries again to evict pods.
    Eviction(u32),
}
