//! What a user does in a container through the API server and the kubelet: read its log, run a command.

use std::rc::Rc;

use super::programs::place_of;
use super::{Wakeup, World};
use crate::api::{Pod, Uid};
use crate::base::{Name, SimDuration, SimTime};
use crate::kubelet;
use crate::network::Place;
use crate::runtime::{Instance, PodName, Power, Stdin, Which};

/// A command that was just sent may run so far ahead of the clock: quick ones have ended at once, also while the clock stands.
pub(super) const AHEAD: SimDuration = SimDuration::from_millis(100);
/// And asks not more than so often.
pub(super) const MAX_STEPS_AHEAD: usize = 1_000;
/// 128 + SIGKILL
pub(super) const KILLED: i32 = 137;

/// A line of a log and when it was printed.
pub type LogLine = (SimTime, Rc<str>);

impl World {
    /// What a container of a pod printed; None if the kubelet knows no such log. An error is what the API server says when it cannot
    /// reach the kubelet.
    pub fn log(&self, pod: &Pod, container: &str, which: Which) -> Result<Option<Vec<LogLine>>, String> {
        let Some(machine) = self.machine(&pod.node_name) else { return Ok(None) };
        if machine.kubelet == Power::Off {
            let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
            let path = format!("containerLogs/{namespace}/{name}/{container}");
            return Err(unreachable_kubelet(machine.address, &path));
        }
        let sandbox = machine.sandboxes.get(&(pod.meta.namespace.clone(), pod.meta.name.clone()));
        let sandbox = sandbox.filter(|sandbox| sandbox.pod.uid == pod.meta.uid);
        let found = all(pod).zip(sandbox.map_or(&[] as &[Instance], |sandbox| &sandbox.instances)).find(|(known, _)| known.name == *container);
        Ok(found.and_then(|(container, instance)| instance.log(container, which, self.now)))
    }

    /// Sends a command with its input into a container of a pod; None if that does not run. What is quick has ended when this returns. An error as of
    /// [`World::log`].
    pub fn exec(&mut self, pod: &Rc<Pod>, container: &str, command: &[String], stdin: Stdin<'_>) -> Result<Option<Exec>, String> {
        let now = self.now;
        let Some(machine) = self.machines.get_mut(&pod.node_name) else { return Ok(None) };
        if machine.kubelet == Power::Off {
            let path = format!("exec/{}/{}/{container}", pod.meta.namespace, pod.meta.name);
            return Err(unreachable_kubelet(machine.address, &path));
        }
        let (node, name) = place_of(pod);
        let Some((index, container)) = all(pod).enumerate().find(|(_, known)| known.name == *container) else { return Ok(None) };
        let Some(sandbox) = machine.sandboxes.get(&name).filter(|sandbox| sandbox.pod.uid == pod.meta.uid) else { return Ok(None) };
        let variables = kubelet::variables(self.api.view(), pod, container, sandbox, index, machine);
        let Some(sandbox) = Rc::make_mut(machine).sandboxes.get_mut(&name) else { return Ok(None) };
        let Some(number) = sandbox.send_command(index, container, command, &variables, now) else { return Ok(None) };
        sandbox.set_input(index, number, stdin);
        self.run_ahead(&node, &name, (index, number));
        // The command may have ended the program.
        self.agenda.put(now + SimDuration::from_millis(1), Wakeup::Pod(node.clone(), name.clone()));
        Ok(Some(Exec { node, pod: name, uid: pod.meta.uid, index, number }))
    }

    /// Lets a command that was just sent run a little ahead of the clock.
    pub(super) fn run_ahead(&mut self, node: &Name, name: &PodName, (index, number): (usize, u32)) {
        let until = self.now + AHEAD;
        for _ in 0..MAX_STEPS_AHEAD {
            let Some(sandbox) = self.sandbox_mut(node, name) else { return };
            sandbox.run_command(index, number, until);
            let Some((asker, ask, at)) = sandbox.question_of(index, number).filter(|(_, _, at)| *at <= until) else { break };
            let place = Place::Pod(name.0.clone(), name.1.clone());
            let answer = self.ask(&place, &ask, at);
            self.heed(&place, &ask, at);
            if let Some(sandbox) = self.sandbox_mut(node, name) {
                sandbox.answer(asker, answer);
            }
        }
        let due = self.machines.get(node).and_then(|machine| machine.sandboxes.get(name)?.processes_due());
        if let Some(at) = due {
            self.agenda.put(at.max(self.now + SimDuration::from_micros(1)), Wakeup::Pod(node.clone(), name.clone()));
        }
    }

    /// How a command goes: what it has printed from a place on, and how it ended.
    pub fn exec_progress(&self, exec: &Exec, from: usize) -> ExecProgress {
        let killed = ExecProgress { output: String::new(), code: Some(KILLED), endless: false };
        let sandbox = self.machine(&exec.node).and_then(|machine| machine.sandboxes.get(&exec.pod));
        let Some(sandbox) = sandbox.filter(|sandbox| sandbox.pod.uid == exec.uid) else { return killed };
        let Some(progress) = sandbox.command(exec.index, exec.number) else { return killed };
        let end = progress.end.filter(|end| end.at <= self.now + AHEAD);
        let output = progress.output.get(from..).unwrap_or_default().to_owned();
        ExecProgress { output, code: end.map(|end| end.code), endless: progress.endless }
    }
}

/// A command in a container.
#[derive(Clone, Debug, PartialEq)]
pub struct Exec {
    pub(super) node: Name,
    pub(super) pod: PodName,
    pub(super) uid: Uid,
    pub(super) index: usize,
    pub(super) number: u32,
}

/// How a command goes.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecProgress {
    /// What it has printed since.
    pub output: String,
    /// Its exit code, once it has ended.
    pub code: Option<i32>,
    /// Whether it waits for ever.
    pub endless: bool,
}

pub(super) fn all(pod: &Pod) -> impl Iterator<Item = &crate::api::Container> {
    pod.spec.all_containers()
}

fn unreachable_kubelet(address: std::net::Ipv4Addr, path: &str) -> String {
    let server = Name::from(format!("{address}:10250"));
    format!("Get \"https://{server}/{path}\": dial tcp {server}: connect: connection refused")
}
