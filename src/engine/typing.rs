//! What somebody types into a program of a container: one that was sent there, or the container's own.

use super::exec::{Exec, all};
use super::programs::place_of;
use super::{Wakeup, World};
use crate::api::Pod;
use crate::base::{SimDuration, SimTime};
use crate::runtime::{InstanceState, Sandbox, Typed};

impl World {
    fn sandbox_of(&self, exec: &Exec) -> Option<&Sandbox> {
        self.machine(&exec.node)?.sandboxes.get(&exec.pod).filter(|sandbox| sandbox.pod.uid == exec.uid)
    }

    /// The own program of a container that runs, to type into.
    pub fn own_program(&self, pod: &Pod, container: &str) -> Option<Exec> {
        let index = all(pod).position(|known| known.name == *container)?;
        let (node, name) = place_of(pod);
        let exec = Exec { node, pod: name, uid: pod.meta.uid, index, number: 0 };
        self.runs_since(&exec).map(|_| exec)
    }

    /// Since when the container of a program runs; None once it has ended.
    pub fn runs_since(&self, exec: &Exec) -> Option<SimTime> {
        match self.sandbox_of(exec)?.instances.get(exec.index)?.state {
            InstanceState::Running { since, .. } => Some(since),
            _ => None,
        }
    }

    /// Somebody types into a program. False if it does not read that.
    pub fn type_in(&mut self, exec: &Exec, typed: Typed<'_>) -> bool {
        let now = self.now;
        let Some(sandbox) = self.sandbox_mut(&exec.node, &exec.pod).filter(|sandbox| sandbox.pod.uid == exec.uid) else { return false };
        let heard = sandbox.type_in(exec.index, exec.number, typed, now);
        if heard && exec.number > 0 {
            self.run_ahead(&exec.node, &exec.pod, (exec.index, exec.number));
        }
        // It may have ended the container's program.
        self.agenda.put(now + SimDuration::from_micros(1), Wakeup::Pod(exec.node.clone(), exec.pod.clone()));
        heard
    }

    /// What stands before what is typed next: a shell's prompt, or nothing. None if the program does not wait for that.
    pub fn prompt(&self, exec: &Exec) -> Option<String> {
        self.sandbox_of(exec)?.prompt(exec.index, exec.number)
    }
}
