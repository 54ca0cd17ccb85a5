//! A pod's sandbox on a machine and the containers in it: what the container runtime knows, and what the kubelet remembers of
//! them between two looks.

use std::net::Ipv4Addr;
use std::rc::Rc;

use crate::api::{ObjectReference, StateDetail, Terminated};
use crate::base::SimTime;

/// How and when a container will end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exit {
    /// When.
    pub at: SimTime,
    /// With which code.
    pub code: i32,
}

/// What a container does.
#[derive(Clone, Debug, PartialEq)]
pub enum InstanceState {
    /// Not begun, or ended and not begun again.
    Idle,
    /// Its image is being pulled.
    Pulling {
        /// Until when.
        until: SimTime,
        /// Milliseconds of the pull itself.
        took: u32,
        /// Milliseconds with the wait for other pulls.
        waited: u32,
    },
    /// Created, its program not yet running.
    Starting {
        /// Until when.
        until: SimTime,
    },
    /// Running.
    Running {
        /// Since when.
        since: SimTime,
        /// How it will end, as far as that is known.
        exit: Option<Exit>,
    },
    /// Ended.
    Exited(Rc<Terminated>),
}

/// A container of a pod, over all its restarts.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// What it does.
    pub state: InstanceState,
    /// How the one before ended.
    pub last: Option<Rc<Terminated>>,
    /// How often it has been started.
    pub starts: u32,
    /// Stands for the id of the present one; 0 before there is one.
    pub id: u64,
    /// The delay before the next restart, in seconds; 0 before the first.
    pub back_off_seconds: u64,
    /// When that delay was last raised.
    pub back_off_raised: SimTime,
    /// Why it waits, as of the kubelet's previous look.
    pub waiting: StateDetail,
}

impl Instance {
    /// One that has not begun.
    pub fn idle() -> Instance {
        Instance {
            state: InstanceState::Idle,
            last: None,
            starts: 0,
            id: 0,
            back_off_seconds: 0,
            back_off_raised: SimTime::default(),
            waiting: None,
        }
    }

    /// Lets time pass: a program whose end has come has ended.
    pub fn advance(&mut self, now: SimTime) {
        let InstanceState::Running { since, exit: Some(exit) } = &self.state else { return };
        if exit.at > now {
            return;
        }
        let reason = if exit.code == 0 { "Completed" } else { "Error" };
        self.state = InstanceState::Exited(Rc::new(Terminated {
            exit_code: exit.code,
            reason: crate::base::Name::fixed(reason),
            message: crate::base::Name::default(),
            started: *since,
            finished: exit.at,
            container_id: self.id,
        }));
    }

    /// Whether its program runs.
    pub fn is_running(&self) -> bool {
        matches!(self.state, InstanceState::Running { .. })
    }

    /// How it ended, if it has.
    pub fn exited(&self) -> Option<&Rc<Terminated>> {
        if let InstanceState::Exited(ended) = &self.state { Some(ended) } else { None }
    }

    /// When something happens to it by itself.
    pub fn due(&self) -> Option<SimTime> {
        match &self.state {
            InstanceState::Pulling { until, .. } | InstanceState::Starting { until } => Some(*until),
            InstanceState::Running { exit, .. } => exit.map(|exit| exit.at),
            InstanceState::Idle | InstanceState::Exited(_) => None,
        }
    }
}

/// A pod on a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Sandbox {
    /// The pod, as events about it name it.
    pub pod: Rc<ObjectReference>,
    /// The pod's address.
    pub address: Ipv4Addr,
    /// When its network is up and containers can be made.
    pub ready_at: SimTime,
    /// Init containers first, then containers, in the order of the spec.
    pub instances: Vec<Instance>,
    /// When the kubelet is to look at it next because something it saw changed; None if nothing did.
    pub look_at: Option<SimTime>,
    /// When the kubelet began to stop it.
    pub stopping: Option<SimTime>,
    /// When the kubelet reported all containers ended.
    pub stopped: Option<SimTime>,
}

impl Sandbox {
    /// Lets time pass.
    pub fn advance(&mut self, now: SimTime) {
        for instance in &mut self.instances {
            instance.advance(now);
        }
    }

    /// Whether any of its programs runs or is about to.
    pub fn is_busy(&self) -> bool {
        self.instances.iter().any(|i| matches!(i.state, InstanceState::Running { .. } | InstanceState::Starting { .. }))
    }
}
