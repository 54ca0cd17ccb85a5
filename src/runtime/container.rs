//! A pod's sandbox on a machine and the containers in it: what the container runtime knows, and what the kubelet remembers of
//! them between two looks.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::OwnImage;
use super::clients::Process;
use super::commands::Sent;
use super::files::Files;
use super::image::Kit;
use super::log::Log;
use super::prober::Probes;
use super::naming::Naming;
use super::shell::Other;
use crate::api::{ObjectReference, StateDetail, Terminated};
use crate::base::{Name, SimTime};

/// The reason of an end that nobody has seen.
pub const LOST: &str = "Unknown";

/// How and when a container will end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exit {
    /// When.
    pub at: SimTime,
    /// With which code.
    pub code: i32,
    /// `Completed`, `Error`, `OOMKilled`
    pub reason: &'static str,
}

impl Exit {
    /// An end by itself or by a signal.
    pub fn with(code: i32, at: SimTime) -> Exit {
        Exit { at, code, reason: if code == 0 { "Completed" } else { "Error" } }
    }

    /// An end for want of memory.
    pub fn out_of_memory(at: SimTime) -> Exit {
        Exit { at, code: 137, reason: "OOMKilled" }
    }
}

/// What a container does.
#[derive(Clone, Debug, PartialEq)]
pub enum InstanceState {
    /// Not begun, or ended and not begun again.
    Idle,
    /// Could not be started; tried again at the kubelet's next look.
    Failed,
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

/// What is in a container beyond its image: files, output, processes. Most containers have nothing of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    /// Files of its own.
    pub files: Files,
    /// What it printed that its image alone does not tell.
    pub log: Log,
    /// Requests that came.
    pub requests: u32,
    /// Its processes, if a shell runs them.
    pub process: Option<Process>,
    /// Commands that were sent into it.
    pub sent: Vec<Sent>,
    /// The number of the last of them.
    pub last_sent: u32,
    /// What its server ends with on SIGTERM; None if it does not end.
    pub obeys: Option<i32>,
    /// When SIGTERM comes.
    pub terminate_at: Option<SimTime>,
    /// Where volumes are mounted.
    pub mounts: Rc<[(String, String)]>,
    /// Below these paths nothing can be written.
    pub sealed: Rc<[String]>,
    /// What programs there are.
    pub other: Other,
    /// Which of those that not every image has.
    pub kit: Kit,
    /// The command line of process 1.
    pub title: Name,
    /// The variables it was started with, where they could not be worked out again.
    pub variables: Option<Box<[(String, String)]>>,
}

/// The running program of an image that a scenario defines.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnProgram {
    /// The image.
    pub image: Rc<OwnImage>,
    /// From when on it listens.
    pub listens_at: SimTime,
    /// Whether that has come.
    pub listens: bool,
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
    /// When the postStart hook of the present one has ended: only then the kubelet goes on and says that it runs.
    pub hooked_until: SimTime,
    /// Stands for the id of the present one; 0 before there is one.
    pub id: u64,
    /// Whether the present one has been told to stop.
    pub told: bool,
    /// The delay before the next restart, in seconds; 0 before the first.
    pub back_off_seconds: u64,
    /// When that delay was last raised.
    pub back_off_raised: SimTime,
    /// Why it waits, as of the kubelet's previous look.
    pub waiting: StateDetail,
    /// What is in it.
    pub inside: Option<Box<Inside>>,
    /// What the one before printed.
    pub previous_log: Option<Rc<Log>>,
    /// What it runs of a scenario's own images.
    pub own: Option<Box<OwnProgram>>,
    /// The variables of Services that it was started with; others that were started then share them.
    pub services: Option<Rc<Vec<(String, String)>>>,
    /// The delay before the next pull in seconds, and when it was raised.
    pub pull_back_off: Option<Box<(u64, SimTime)>>,
}

impl Instance {
    /// One that has not begun.
    pub fn idle() -> Instance {
        Instance {
            state: InstanceState::Idle,
            last: None,
            starts: 0,
            hooked_until: SimTime::default(),
            id: 0,
            told: false,
            back_off_seconds: 0,
            back_off_raised: SimTime::default(),
            waiting: None,
            inside: None,
            previous_log: None,
            own: None,
            services: None,
            pull_back_off: None,
        }
    }

    /// Lets time pass: a program whose end has come has ended.
    fn advance(&mut self, now: SimTime, place: &mut Place<'_>) {
        if let Some(own) = &mut self.own {
            own.listens = now >= own.listens_at;
        }
        let InstanceState::Running { exit, .. } = &self.state else { return };
        let planned = *exit;
        let until = planned.map_or(now, |exit| exit.at.min(now));
        let mut ended = self.run_main(until, place);
        self.run_sent(None, ended.map_or(until, |exit| exit.at.min(until)), place);
        // Its last command may take a moment still.
        if let Some(exit) = ended.take_if(|exit| exit.at > now) {
            self.end_by(exit);
            if let Some(inside) = &mut self.inside {
                inside.process = None;
            }
        }
        if let Some(exit) = ended.or(planned.filter(|exit| exit.at <= now)) {
            self.end(exit);
        }
    }

    fn end(&mut self, exit: Exit) {
        let InstanceState::Running { since, .. } = self.state else { return };
        let message = self.inside.as_ref().and_then(|inside| match inside.files.get("/dev/termination-log") {
            Some(super::files::Entry::File(text)) => Some(Name::from(&**text)),
            _ => None,
        });
        self.state = InstanceState::Exited(Rc::new(Terminated {
            exit_code: exit.code,
            reason: Name::fixed(exit.reason),
            message: message.unwrap_or_default(),
            started: since,
            finished: exit.at,
            container_id: self.id,
        }));
        if let Some(inside) = &mut self.inside {
            inside.process = None;
        }
        self.end_sent(exit.at);
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
            InstanceState::Running { exit, .. } => {
                let term = self.inside.as_deref().and_then(|inside| inside.terminate_at);
                let own = self.own.as_ref().filter(|own| !own.listens).map(|own| own.listens_at);
                exit.map(|exit| exit.at).into_iter().chain(self.processes_due()).chain(term).chain(own).min()
            }
            InstanceState::Idle | InstanceState::Failed | InstanceState::Exited(_) => None,
        }
    }
}

/// What the containers of a pod share.
pub(super) struct Place<'a> {
    pub shared: &'a mut Files,
    pub given: &'a [(String, Rc<str>)],
    pub host: &'a str,
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
    /// When the kubelet last dealt with it: it begins to stop it only on later news from the runtime.
    pub synced: SimTime,
    /// When it brings the files of its volumes up to date, if they have changed.
    pub refresh_at: Option<SimTime>,
    /// When the kubelet began to stop it.
    pub stopping: Option<SimTime>,
    /// When the kubelet reported all containers ended.
    pub stopped: Option<SimTime>,
    /// The container that the kubelet is killing, to start it again: it does nothing else for the pod meanwhile.
    pub killing: Option<u32>,
    /// When a pod whose containers have ended for good will have ended itself.
    pub ends_at: Option<SimTime>,
    /// Its probes.
    pub probes: Option<Box<Probes>>,
    /// Files of its volumes.
    pub volumes: Option<Box<Files>>,
    /// How often its volumes could not be mounted; 0 once they are.
    pub mount_tries: u8,
    /// What it is called and whom it asks for names, where that is not as usual.
    pub naming: Option<Rc<Naming>>,
    /// Whether its machine has lost its power since: its network has to be made anew.
    pub lost: bool,
}

impl Sandbox {
    /// Lets time pass.
    pub fn advance(&mut self, now: SimTime) {
        let has_processes = |instance: &Instance| instance.inside.as_ref().is_some_and(|inside| inside.process.is_some() || !inside.sent.is_empty());
        let given = if self.instances.iter().any(has_processes) { self.given_files() } else { Vec::new() };
        let host = self.host_name().clone();
        let mut volumes = self.volumes.take().unwrap_or_default();
        let mut place = Place { shared: &mut volumes, given: &given, host: &host };
        for instance in &mut self.instances {
            instance.advance(now, &mut place);
        }
        self.volumes = if volumes.is_empty() { None } else { Some(volumes) };
    }

    /// The machine loses its power: nothing runs any more. How a program ended nobody knows, which containerd reports as 255 and `Unknown`
    /// (internal/cri/server/restart.go unknownContainerStatus).
    pub fn lose_power(&mut self, now: SimTime) {
        self.advance(now);
        for instance in &mut self.instances {
            instance.end(Exit { at: now, code: 255, reason: LOST });
            if matches!(instance.state, InstanceState::Pulling { .. } | InstanceState::Starting { .. }) {
                instance.state = instance.last.clone().map_or(InstanceState::Idle, InstanceState::Exited);
            }
        }
        (self.lost, self.killing) = (true, None);
    }

    /// Whether a container is being made.
    pub fn is_starting(&self) -> bool {
        self.instances.iter().any(|i| matches!(i.state, InstanceState::Pulling { .. } | InstanceState::Starting { .. }))
    }

    /// Whether any of its programs runs or is about to.
    pub fn is_busy(&self) -> bool {
        self.instances.iter().any(|i| matches!(i.state, InstanceState::Running { .. } | InstanceState::Starting { .. }))
    }
}
