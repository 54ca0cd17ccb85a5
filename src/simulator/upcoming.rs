//! What happens next: the agenda, told of what it is due for. Left out: heartbeats of nodes, and that a controller looks at something
//! without a known reason is told as just that.

use super::Simulator;
use crate::api::{Kind, ObjectKey};
use crate::base::{Name, SimTime, sort_by_key};
use crate::engine::Wakeup;
use crate::runtime::{PodName, ProbeKind};

/// Something that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Upcoming {
    /// When.
    pub at: SimTime,
    /// What.
    pub due: Due,
    /// About what; None for the scheduler's next pod.
    pub about: Option<ObjectKey>,
}

/// What is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// A controller looks at an object.
    Controller(&'static str),
    /// The scheduler takes the next pod.
    Scheduling,
    /// A probe of a container.
    Probe(ProbeKind),
    /// A pod being deleted: its grace ends, or its containers do.
    Ending,
    /// A container is tried again.
    Retry,
    /// The kubelet of a node looks at a pod.
    Kubelet(Name),
    /// The next request of a series.
    Request,
    /// A command of the journal, in a past that is played again.
    Command(String),
}

fn is_told(wakeup: &Wakeup) -> bool {
    matches!(wakeup, Wakeup::Controller(..) | Wakeup::Scheduler | Wakeup::Pod(..) | Wakeup::Traffic(_))
}

impl Simulator {
    /// The next things that are due, at most so many, in the order of their times.
    pub fn upcoming(&self, most: usize) -> Vec<Upcoming> {
        let world = &self.state.world;
        let mut due: Vec<(SimTime, &Wakeup)> = world.agenda().iter().filter(|(_, wakeup)| is_told(wakeup)).collect();
        sort_by_key(&mut due, |(at, wakeup)| (*at, (*wakeup).clone()));
        due.truncate(most);
        let mut found: Vec<Upcoming> = due.into_iter().filter_map(|(at, wakeup)| self.tell(at, wakeup)).collect();
        let journal = self.branch().journal.get(self.state.applied);
        if let Some(entry) = journal {
            let line = super::history::text_of(&entry.command);
            found.push(Upcoming { at: self.start_time() + entry.at, due: Due::Command(line), about: None });
            sort_by_key(&mut found, |upcoming| upcoming.at);
        }
        found
    }

    fn tell(&self, at: SimTime, wakeup: &Wakeup) -> Option<Upcoming> {
        Some(match wakeup {
            Wakeup::Controller(controller, key) => Upcoming { at, due: Due::Controller(controller.name(key.kind)), about: Some(key.clone()) },
            Wakeup::Scheduler => Upcoming { at, due: Due::Scheduling, about: None },
            Wakeup::Pod(node, name) => {
                let about = ObjectKey { kind: Kind::Pod, namespace: name.0.clone(), name: name.1.clone() };
                let due = self.of_pod(at, node, name, &about).unwrap_or(Due::Kubelet(node.clone()));
                Upcoming { at, due, about: Some(about) }
            }
            Wakeup::Traffic(_) => Upcoming { at, due: Due::Request, about: None },
            _ => return None,
        })
    }

    fn of_pod(&self, at: SimTime, node: &Name, name: &PodName, key: &ObjectKey) -> Option<Due> {
        let world = &self.state.world;
        let pod = world.view().get(key)?.as_pod()?;
        if pod.meta.is_deleting() {
            return Some(Due::Ending);
        }
        let sandbox = world.machine(node)?.sandboxes.get(name)?;
        let worker = sandbox.probes.iter().flat_map(|probes| &probes.workers).find(|worker| worker.next == at);
        if let Some(worker) = worker {
            return Some(Due::Probe(worker.kind));
        }
        let waits = |status: &crate::api::ContainerStatus| match &status.state {
            crate::api::ContainerState::Waiting(Some(detail)) => detail.0.ends_with("BackOff"),
            _ => false,
        };
        pod.status.containers.iter().any(waits).then_some(Due::Retry)
    }
}
