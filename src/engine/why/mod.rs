//! Why things happened. The past is deterministic: who asks replays it with a recorder on, so that whoever does not ask pays nothing.
//! A recorder follows one object: what happened to it, who did it, what that one saw, and what had made it look.
//! Left out: changes of status that nobody would ask about (heartbeats, counts).

mod because;
mod recorder;
mod scheduling;
mod what;

pub(super) use recorder::Recorder;

use crate::api::ObjectKey;
use crate::base::{Name, SimTime};
use crate::scheduler::NodeVerdict;

/// Why something happened to an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// When.
    pub at: SimTime,
    /// What happened to the object.
    pub what: What,
    /// Who did it.
    pub who: Who,
    /// What that one saw.
    pub because: Because,
    /// The changes that made it look, the newest first; at most three.
    pub after: Vec<Before>,
}

/// A change that somebody else reacted to.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    /// When.
    pub at: SimTime,
    /// Of what.
    pub key: ObjectKey,
    /// What happened to it.
    pub what: What,
    /// Who did it.
    pub who: Who,
}

/// What happened to an object.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// It was made.
    Created,
    /// Its deletion began.
    Terminating,
    /// It is gone.
    Removed,
    /// A pod got its node.
    Bound {
        /// Which.
        node: Name,
    },
    /// It got a controller.
    Adopted {
        /// `ReplicaSet/kubia`
        by: Name,
    },
    /// It lost its controller.
    Released {
        /// `ReplicaSet/kubia`
        from: Name,
    },
    /// Its spec changed.
    Respecified,
    /// Its labels changed.
    Relabelled,
    /// A pod's phase.
    Phase(&'static str),
    /// It became ready.
    Ready,
    /// It is ready no longer.
    NotReady,
    /// A container was started again.
    Restarted {
        /// Which.
        container: Name,
        /// How often by now.
        count: u32,
    },
    /// A container waits.
    Waiting {
        /// Which.
        container: Name,
        /// `CrashLoopBackOff`
        reason: Name,
    },
    /// A container ended.
    Ended {
        /// Which.
        container: Name,
        /// Its exit code.
        code: i32,
        /// `Completed`, `Error`, `OOMKilled`
        reason: Name,
    },
    /// No node was found for it.
    Unschedulable,
    /// A node got a taint.
    Tainted {
        /// Its key.
        taint: Name,
    },
    /// A node lost a taint.
    Untainted {
        /// Its key.
        taint: Name,
    },
    /// A node's kubelet was stopped.
    SwitchedOff,
    /// A node's kubelet was started.
    SwitchedOn,
    /// A node was cut from the control plane.
    CutOff,
    /// A node that was cut from the control plane was joined to it again.
    Rejoined,
    /// An address behind a service may be sent traffic from now on.
    AddressAdded {
        /// The pod's name, or the address where there is no pod.
        target: Name,
    },
    /// An address behind a service is kept, and is sent no traffic.
    AddressNotReady {
        /// The pod's name, or the address where there is no pod.
        target: Name,
    },
    /// An address is behind a service no longer.
    AddressRemoved {
        /// The pod's name, or the address where there is no pod.
        target: Name,
    },
    /// Its status changed in some other way.
    Status,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// The user.
    You {
        /// The line, or what stands for it.
        line: String,
    },
    /// A controller.
    Controller {
        /// `replicaset-controller`
        name: &'static str,
        /// What it looked at.
        key: ObjectKey,
    },
    /// kube-scheduler
    Scheduler,
    /// A kubelet.
    Kubelet {
        /// Of which node.
        node: Name,
    },
}

/// What somebody saw that made them act.
#[derive(Clone, Debug, PartialEq)]
pub enum Because {
    /// The user wanted it so.
    YouAsked,
    /// There were too few pods.
    TooFew {
        /// So many.
        seen: i32,
        /// Of so many.
        wanted: i32,
    },
    /// There were too many pods.
    TooMany {
        /// So many.
        seen: i32,
        /// Of so many.
        wanted: i32,
        /// Why this one went.
        rank: Rank,
    },
    /// A node should have a daemon's pod and had none.
    NodeLacksDaemon {
        /// The node.
        node: Name,
    },
    /// A node has a daemon's pod that should not be there.
    NodeMayNotHaveDaemon {
        /// The node.
        node: Name,
    },
    /// The template has changed since it was made.
    Outdated,
    /// A job had too few pods.
    JobNeedsPods {
        /// So many at work.
        active: i32,
        /// Of so many.
        wanted: i32,
        /// So many have succeeded.
        succeeded: i32,
        /// Of so many, if that is said.
        completions: Option<i32>,
    },
    /// A job is over, or suspended.
    JobOver,
    /// A schedule said so.
    ScheduleDue {
        /// The schedule.
        schedule: Name,
        /// The time that it named.
        time: SimTime,
    },
    /// More are kept of it than are wanted.
    HistoryLimit {
        /// So many are wanted.
        limit: i32,
    },
    /// It had been over for so long.
    TimeToLive {
        /// Seconds.
        seconds: i32,
    },
    /// A deployment rolls out a template.
    Rollout {
        /// Which.
        revision: i64,
    },
    /// A deployment moves pods from one template to another.
    ScaledByDeployment {
        /// So many are wanted of this one.
        replicas: i32,
    },
    /// Its labels fit the selector.
    SelectorMatches,
    /// Its labels do not fit the selector any more.
    SelectorMatchesNoMore,
    /// It was the best of the nodes that fit.
    BestNode {
        /// So many nodes.
        of: u32,
        /// So many fit.
        fitting: u32,
    },
    /// No node fits.
    NoNode {
        /// Kubernetes' sentence.
        message: Name,
    },
    /// A probe failed too often.
    ProbeFailed {
        /// Of this container.
        container: Name,
        /// `liveness`
        probe: Name,
    },
    /// A container had ended.
    ContainerEnded {
        /// Which.
        container: Name,
        /// Its exit code.
        code: i32,
        /// `Error`
        reason: Name,
    },
    /// A container has ended too often to be started at once.
    BackOff {
        /// Which.
        container: Name,
        /// Kubernetes' sentence.
        message: Name,
    },
    /// An image cannot be had.
    ImageTrouble {
        /// For this container.
        container: Name,
        /// The sentence.
        message: Name,
    },
    /// A kubelet has not been heard of.
    KubeletSilent {
        /// Whose.
        node: Name,
    },
    /// A kubelet has been heard of again.
    KubeletBack {
        /// Whose.
        node: Name,
    },
    /// A pod does not bear a taint, or has borne it for long enough.
    TaintNotTolerated {
        /// Its key.
        taint: Name,
        /// So long it bore it, in seconds.
        seconds: i64,
    },
    /// Its node is gone.
    NodeGone {
        /// Which.
        node: Name,
    },
    /// What owned it is gone or going.
    OwnerGone {
        /// The owner.
        owner: ObjectKey,
    },
    /// Its namespace is being deleted.
    NamespaceGoing,
    /// It is a namespace that is being deleted, and all that was in it is gone.
    NothingLeft,
    /// All its containers have ended: the kubelet gives it free.
    GraceOver,
    /// It made room for a pod of a higher priority.
    Preempted {
        /// For which.
        by: ObjectKey,
    },
    /// All its containers run, and none of them fails a readiness probe.
    ContainersReady {
        /// Whether there is such a probe.
        probed: bool,
    },
    /// A container of it runs.
    ContainersRun,
    /// The program of a container came to its own end.
    ProgramEnded,
    /// A container used more memory than it may.
    OverMemory,
    /// A pod is ready.
    PodReady {
        /// Which.
        pod: Name,
    },
    /// A pod is not ready.
    PodNotReady {
        /// Which.
        pod: Name,
    },
    /// A pod is being deleted, has ended or is gone.
    PodGoing {
        /// Which.
        pod: Name,
    },
    /// It is being deleted: its containers are stopped.
    BeingDeleted,
    /// It was seen to be so.
    Observed,
}

/// Why one of too many pods went rather than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It had no node yet.
    Unassigned,
    /// It did not run yet.
    Pending,
    /// It was not ready.
    NotReady,
    /// It cost less, by its annotation.
    Cheaper,
    /// More of its like were on its node.
    Crowded,
    /// It had been ready for a shorter time.
    ReadyShorter,
    /// It had been restarted more often.
    RestartsMore,
    /// It was newer.
    Newer,
    /// Nothing told it from another.
    Any,
}

/// Where the scheduler sent a pod, or why nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// When it decided.
    pub at: SimTime,
    /// The node; None if there was none.
    pub chosen: Option<Name>,
    /// What it thought of each node, by name.
    pub nodes: Vec<NodeVerdict>,
    /// Kubernetes' sentence if there was no node, else empty.
    pub message: String,
}
