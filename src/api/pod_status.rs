//! The status of a pod, in a form tight enough for 150,000 of them.
//! Left out: podIPs beyond the one, resize.

use std::net::Ipv4Addr;
use std::rc::Rc;

use serde_json::Value;

use super::Truth;
use crate::base::{Name, SimTime};

/// The phase of a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodPhase {
    /// Not all containers have been started.
    #[default]
    Pending,
    /// Some run or will be restarted.
    Running,
    /// All ended with 0 and stay so.
    Succeeded,
    /// All ended, one not with 0.
    Failed,
}

impl PodPhase {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            PodPhase::Pending => "Pending",
            PodPhase::Running => "Running",
            PodPhase::Succeeded => "Succeeded",
            PodPhase::Failed => "Failed",
        }
    }

    /// Succeeded or Failed: never left again.
    pub fn is_terminal(self) -> bool {
        matches!(self, PodPhase::Succeeded | PodPhase::Failed)
    }
}

/// The conditions of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodConditionKind {
    /// The sandbox is up.
    PodReadyToStartContainers,
    /// Init containers are done.
    Initialized,
    /// Serves requests.
    Ready,
    /// All containers are ready.
    ContainersReady,
    /// Has a node.
    PodScheduled,
    /// Is being removed by the system.
    DisruptionTarget,
}

impl PodConditionKind {
    /// All.
    pub const ALL: [PodConditionKind; 6] = [
        PodConditionKind::PodReadyToStartContainers,
        PodConditionKind::Initialized,
        PodConditionKind::Ready,
        PodConditionKind::ContainersReady,
        PodConditionKind::PodScheduled,
        PodConditionKind::DisruptionTarget,
    ];

    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            PodConditionKind::PodReadyToStartContainers => "PodReadyToStartContainers",
            PodConditionKind::Initialized => "Initialized",
            PodConditionKind::Ready => "Ready",
            PodConditionKind::ContainersReady => "ContainersReady",
            PodConditionKind::PodScheduled => "PodScheduled",
            PodConditionKind::DisruptionTarget => "DisruptionTarget",
        }
    }
}

/// A reason and a message; most conditions and states have neither.
pub type StateDetail = Option<Rc<(Name, Name)>>;

/// One condition of a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodCondition {
    /// Which.
    pub kind: PodConditionKind,
    /// Whether it holds.
    pub status: Truth,
    /// When the status last changed.
    pub transition: SimTime,
    /// Reason and message.
    pub detail: StateDetail,
}

/// What a container does.
#[derive(Clone, Debug, PartialEq)]
pub enum ContainerState {
    /// Not started yet, or waiting to be restarted: reason and message.
    Waiting(StateDetail),
    /// Running.
    Running {
        /// Since when.
        started: SimTime,
    },
    /// Ended.
    Terminated(Rc<Terminated>),
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Terminated {
    /// 0 to 255.
    pub exit_code: i32,
    /// `Completed`, `Error`, `OOMKilled`, …
    pub reason: Name,
    /// What it left in its termination message.
    pub message: Name,
    /// When it had started.
    pub started: SimTime,
    /// When it ended.
    pub finished: SimTime,
    /// 64 bits that stand for its id.
    pub container_id: u64,
}

/// What the kubelet reports of a container.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerStatus {
    /// Its name.
    pub name: Name,
    /// Its image, as the spec names it; printed as the runtime names it once there is a container.
    pub image: Name,
    /// What it does.
    pub state: ContainerState,
    /// How the instance before ended.
    pub last: Option<Rc<Terminated>>,
    /// Runs, has started up, and passes its readiness probe.
    pub ready: bool,
    /// Has passed its startup probe.
    pub started: bool,
    /// How often it was restarted.
    pub restart_count: u32,
    /// 64 bits that stand for the id of the present instance; 0 before there is one.
    pub container_id: u64,
}

/// What the kubelet reports of a pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodStatus {
    /// The node that waits for it, for pods have to go there first.
    pub nominated_node: Option<Rc<Name>>,
    /// Its phase.
    pub phase: PodPhase,
    /// `Evicted`, `NodeLost`, …: seldom set.
    pub detail: StateDetail,
    /// When the kubelet took it.
    pub start_time: Option<SimTime>,
    /// Its address.
    pub pod_ip: Option<Ipv4Addr>,
    /// Its node's address.
    pub host_ip: Option<Ipv4Addr>,
    /// Conditions, in the order that the server keeps them in.
    pub conditions: Vec<PodCondition>,
    /// Those that somebody else set, for readiness gates mostly: as JSON.
    pub other_conditions: Option<Rc<Vec<Value>>>,
    /// Of its containers, in the order of the spec's names sorted.
    pub containers: Vec<ContainerStatus>,
    /// Of its init containers.
    pub init_containers: Vec<ContainerStatus>,
    /// Of containers added for debugging: seldom there.
    pub ephemeral_containers: Option<Rc<Vec<ContainerStatus>>>,
}

impl ContainerStatus {
    /// Waiting, never started.
    pub fn waiting(name: &Name, image: &Name, detail: StateDetail) -> ContainerStatus {
        ContainerStatus {
            name: name.clone(),
            image: image.clone(),
            state: ContainerState::Waiting(detail),
            last: None,
            ready: false,
            started: false,
            restart_count: 0,
            container_id: 0,
        }
    }
}

impl PodStatus {
    /// The statuses of all its containers, of whatever kind.
    pub fn all_containers(&self) -> impl Iterator<Item = &ContainerStatus> {
        let added = self.ephemeral_containers.iter().flat_map(|added| added.iter());
        self.containers.iter().chain(&self.init_containers).chain(added)
    }

    /// A condition.
    pub fn condition(&self, kind: PodConditionKind) -> Option<&PodCondition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// The status of a condition of any type.
    pub fn status_of(&self, kind: &str) -> Option<&str> {
        let own = self.conditions.iter().find(|condition| condition.kind.as_str() == kind).map(|condition| condition.status.as_str());
        let mut others = self.other_conditions.iter().flat_map(|others| others.iter());
        own.or_else(|| others.find(|other| other["type"] == kind).and_then(|other| other["status"].as_str()))
    }

    /// Takes over the conditions of other types that are in a pod's JSON form.
    pub fn read_other_conditions(&mut self, pod: &Value) {
        let all = pod["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let own = |value: &Value| PodConditionKind::ALL.iter().any(|kind| value["type"] == kind.as_str());
        let mut others: Vec<Value> = all.iter().filter(|value| value.is_object() && !own(value)).cloned().collect();
        for other in &mut others {
            for time in ["lastProbeTime", "lastTransitionTime"] {
                if other[time].is_null() {
                    other[time] = Value::Null;
                }
            }
        }
        self.other_conditions = (!others.is_empty()).then(|| Rc::new(others));
    }

    /// Sets a condition; its transition time moves only when the status changes. True if anything changed.
    /// Models pkg/api/v1/pod UpdatePodCondition.
    pub fn set_condition(&mut self, kind: PodConditionKind, status: Truth, detail: StateDetail, now: SimTime) -> bool {
        let Some(old) = self.conditions.iter_mut().find(|condition| condition.kind == kind) else {
            self.conditions.push(PodCondition { kind, status, transition: now, detail });
            return true;
        };
        let changed = old.status != status || old.detail != detail;
        if old.status != status {
            old.transition = now;
        }
        (old.status, old.detail) = (status, detail);
        changed
    }
}
