//! Commands that are sent into containers (`kubectl exec`, probes, hooks): processes beside the container's own program, with an output of
//! their own. And what all programs of a pod ask the network.

use super::clients::{Process, away};
use super::container::{Exit, Instance, Place, Sandbox};
use super::files::Disk;
use super::shell::{End, Stdin, Surroundings, Typed};
use super::wire::{Answer, Ask};
use crate::api::Container;
use crate::base::SimTime;

/// A command in a container.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// Its number in the container, from 1 on.
    number: u32,
    process: Process,
    end: Option<End>,
}

/// How a command goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<'a> {
    /// What it has printed: standard output and standard error as they came.
    pub output: &'a str,
    /// How it ended.
    pub end: Option<End>,
    /// Whether it waits for ever.
    pub endless: bool,
}

/// Which program of a pod asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    index: usize,
    /// 0 is the container's own program.
    number: u32,
    pid: u32,
}

impl Asker {
    /// Whether it is a command that was sent into the container.
    pub fn is_sent(&self) -> bool {
        self.number != 0
    }
}

/// Why a command cannot be started, as runc says it.
pub fn missing_command(name: &str) -> String {
    let why = if name.contains('/') { format!("stat {name}: no such file or directory") } else { "executable file not found in $PATH".to_owned() };
    format!("unable to start container process: exec: \"{name}\": {why}: unknown")
}

/// The same of a command that was sent into a container, as containerd says it of an attempt at this time.
pub fn exec_failure(name: &str, now: SimTime) -> String {
    let id = now.micros().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (second, third, fourth) = (id.rotate_left(17), id.rotate_left(31), id.rotate_left(47));
    let why = missing_command(name);
    format!("failed to exec in container: failed to start exec \"{id:016x}{second:016x}{third:016x}{fourth:016x}\": OCI runtime exec failed: exec failed: {why}")
}

impl Instance {
    /// Runs the container's own program; how it ended, if it did.
    pub(super) fn run_main(&mut self, until: SimTime, place: &mut Place<'_>) -> Option<Exit> {
        let inside = self.inside.as_deref_mut()?;
        let process = inside.process.as_mut()?;
        let disk = Disk { own: &mut inside.files, shared: place.shared, mounts: &inside.mounts, given: place.given, sealed: &inside.sealed };
        let (host, other, kit, title) = (place.host, inside.other, inside.kit, &inside.title);
        let mut around = Surroundings { disk, log: &mut inside.log, host, other, kit, first_process: title, signal: None, away };
        let mut end = None;
        if let Some(at) = inside.terminate_at.filter(|at| *at <= until) {
            end = process.run(at, &mut around);
            process.shell.terminate(at);
            inside.terminate_at = None;
        }
        let end = end.or_else(|| process.run(until, &mut around))?;
        Some(if end.out_of_memory { Exit::out_of_memory(end.at) } else { Exit::with(end.code, end.at) })
    }

    /// Runs the commands in it, or one of them. What they send to process 1 comes as SIGTERM.
    pub(super) fn run_sent(&mut self, only: Option<u32>, until: SimTime, place: &mut Place<'_>) {
        let Some(inside) = self.inside.as_deref_mut().filter(|inside| !inside.sent.is_empty()) else { return };
        let mut signalled = false;
        for sent in inside.sent.iter_mut().filter(|sent| sent.end.is_none() && only.is_none_or(|only| only == sent.number)) {
            let disk = Disk { own: &mut inside.files, shared: place.shared, mounts: &inside.mounts, given: place.given, sealed: &inside.sealed };
            let (host, other, kit, title) = (place.host, inside.other, inside.kit, &inside.title);
            let mut around = Surroundings { disk, log: &mut inside.log, host, other, kit, first_process: title, signal: None, away };
            sent.end = sent.process.run(until, &mut around);
            signalled |= around.signal.is_some();
        }
        if signalled {
            let obeys = inside.obeys;
            self.signal(obeys, until);
        }
    }

    /// All commands end with the container.
    pub(super) fn end_sent(&mut self, at: SimTime) {
        for sent in self.inside.iter_mut().flat_map(|inside| inside.sent.iter_mut()) {
            sent.end = sent.end.or(Some(End { at, code: 137, out_of_memory: false }));
        }
    }

    /// When one of its processes next does or asks something.
    pub(super) fn processes_due(&self) -> Option<SimTime> {
        let inside = self.inside.as_deref()?;
        let own = inside.process.as_ref().and_then(Process::due);
        let sent = inside.sent.iter().filter(|sent| sent.end.is_none()).filter_map(|sent| sent.process.due());
        sent.chain(own).min()
    }
}

impl Sandbox {
    /// Lends what the containers share.
    fn with_place<R>(&mut self, act: impl FnOnce(&mut [Instance], &mut Place<'_>) -> R) -> R {
        let given = self.given_files();
        let host = self.host_name().to_owned();
        let mut volumes = self.volumes.take().unwrap_or_default();
        let mut place = Place { shared: &mut volumes, given: &given, host: &host };
        let result = act(&mut self.instances, &mut place);
        self.volumes = if volumes.is_empty() { None } else { Some(volumes) };
        result
    }

    /// Sends a command into a container that runs; its number, or None if the container does not run. What ended before is forgotten.
    pub fn send_command(&mut self, index: usize, container: &Container, command: &[String], variables: &[(String, String)], now: SimTime) -> Option<u32> {
        let instance = self.instances.get_mut(index).filter(|instance| instance.is_running())?;
        let obeys = instance.obeys(container);
        let inside = instance.inside(container);
        inside.obeys = obeys;
        inside.sent.retain(|sent| sent.end.is_none_or(|end| end.at >= now));
        inside.last_sent += 1;
        let number = inside.last_sent;
        inside.sent.push(Sent { number, process: Process::collecting(command, variables, now), end: None });
        Some(number)
    }

    /// Gives a command that was just sent its input.
    pub fn set_input(&mut self, index: usize, number: u32, stdin: Stdin<'_>) {
        if let Some(process) = self.process_mut(index, number) {
            process.shell.set_input(stdin);
        }
    }

    /// Somebody types into a command, or into the container's own program (0). False if that does not read it.
    pub fn type_in(&mut self, index: usize, number: u32, typed: Typed<'_>, now: SimTime) -> bool {
        self.process_mut(index, number).is_some_and(|process| process.shell.type_in(typed, now))
    }

    /// What stands before what is typed into it next; None if it does not wait for that.
    pub fn prompt(&self, index: usize, number: u32) -> Option<String> {
        let instance = self.instances.get(index).filter(|instance| instance.is_running())?;
        let inside = instance.inside.as_deref()?;
        match number {
            0 => inside.process.as_ref()?.shell.prompt(),
            number => inside.sent.iter().find(|sent| sent.number == number && sent.end.is_none())?.process.shell.prompt(),
        }
    }

    fn process_mut(&mut self, index: usize, number: u32) -> Option<&mut Process> {
        let inside = self.instances.get_mut(index).filter(|instance| instance.is_running())?.inside.as_deref_mut()?;
        match number {
            0 => inside.process.as_mut(),
            number => inside.sent.iter_mut().find(|sent| sent.number == number && sent.end.is_none()).map(|sent| &mut sent.process),
        }
    }

    /// Lets a command run up to a moment, as far as it goes without answers.
    pub fn run_command(&mut self, index: usize, number: u32, until: SimTime) {
        self.with_place(|instances, place| {
            if let Some(instance) = instances.get_mut(index).filter(|instance| instance.is_running()) {
                instance.run_sent(Some(number), until, place);
            }
        });
    }

    /// How a command goes; None if it is not known, as after a restart of the container.
    pub fn command(&self, index: usize, number: u32) -> Option<Progress<'_>> {
        let inside = self.instances.get(index)?.inside.as_deref()?;
        let sent = inside.sent.iter().find(|sent| sent.number == number)?;
        let endless = sent.end.is_none() && sent.process.due().is_none() && sent.process.shell.prompt().is_none();
        Some(Progress { output: sent.process.shell.collected(), end: sent.end, endless })
    }

    /// Forgets a command; it ends there and then.
    pub fn drop_command(&mut self, index: usize, number: u32) {
        if let Some(inside) = self.instances.get_mut(index).and_then(|instance| instance.inside.as_deref_mut()) {
            inside.sent.retain(|sent| sent.number != number);
        }
    }

    /// The next question to the network of one command: what it asks, when.
    pub fn question_of(&self, index: usize, number: u32) -> Option<(Asker, Ask, SimTime)> {
        let inside = self.instances.get(index).filter(|instance| instance.is_running())?.inside.as_deref()?;
        let sent = inside.sent.iter().find(|sent| sent.number == number && sent.end.is_none())?;
        sent.process.question().map(|(pid, ask, at)| (Asker { index, number, pid }, ask.clone(), at))
    }

    /// The next question to the network of any program of the pod.
    pub fn question(&self) -> Option<(Asker, Ask, SimTime)> {
        let running = self.instances.iter().enumerate().filter(|(_, instance)| instance.is_running());
        let all = running.filter_map(|(index, instance)| Some((index, instance.inside.as_deref()?))).flat_map(|(index, inside)| {
            let own = inside.process.iter().map(|process| (0, process));
            let sent = inside.sent.iter().filter(|sent| sent.end.is_none()).map(|sent| (sent.number, &sent.process));
            own.chain(sent).filter_map(move |(number, process)| {
                let (pid, ask, at) = process.question()?;
                Some((Asker { index, number, pid }, ask, at))
            })
        });
        all.min_by_key(|(_, _, at)| *at).map(|(asker, ask, at)| (asker, ask.clone(), at))
    }

    /// Answers a program.
    pub fn answer(&mut self, asker: Asker, answer: Answer) {
        let Some(inside) = self.instances.get_mut(asker.index).and_then(|instance| instance.inside.as_deref_mut()) else { return };
        match asker.number {
            0 => {
                if let Some(process) = &mut inside.process {
                    process.answer(asker.pid, answer);
                }
            }
            number => {
                if let Some(sent) = inside.sent.iter_mut().find(|sent| sent.number == number) {
                    sent.process.answer(asker.pid, answer);
                }
            }
        }
    }

    /// When one of its processes next does or asks something.
    pub fn processes_due(&self) -> Option<SimTime> {
        self.instances.iter().filter(|instance| instance.is_running()).filter_map(Instance::processes_due).min()
    }
}
