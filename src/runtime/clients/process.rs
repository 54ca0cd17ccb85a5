//! The processes of a container that a shell runs, with the programs among them that use the network.

use super::{Client, PROGRAMS, Suspended, base};
use crate::base::SimTime;
use crate::runtime::shell::{End, Errand, Shell, Surroundings};
use crate::runtime::wire::{Answer, Ask};

/// A program that uses the network, at work.
#[derive(Clone, Debug, PartialEq)]
struct Running {
    errand: Errand,
    answers: Vec<Answer>,
    /// So much of its output and of its errors has been printed.
    printed: (usize, usize),
    state: State,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    /// It goes on at that time.
    Ready(SimTime),
    /// It asks this then.
    Asking(Ask, SimTime),
}

impl Running {
    fn at(&self) -> SimTime {
        match &self.state {
            State::Ready(at) | State::Asking(_, at) => *at,
        }
    }
}

/// A shell and its network programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// The shell.
    pub shell: Shell,
    running: Vec<Running>,
}

impl Process {
    /// A program by its words. Its output goes into the container's log.
    pub fn new(words: &[String], variables: &[(String, String)], now: SimTime) -> Process {
        Process { shell: Shell::new(words, variables, now), running: Vec::new() }
    }

    /// The same with its output collected.
    pub fn collecting(words: &[String], variables: &[(String, String)], now: SimTime) -> Process {
        let mut process = Process::new(words, variables, now);
        process.shell.collect_output();
        process
    }

    /// When it next does or asks something; None if it waits for ever.
    pub fn due(&self) -> Option<SimTime> {
        self.shell.due().into_iter().chain(self.running.iter().map(Running::at)).min()
    }

    /// The next question to the network: who asks, what, when.
    pub fn question(&self) -> Option<(u32, &Ask, SimTime)> {
        let asking = self.running.iter().filter_map(|running| match &running.state {
            State::Asking(ask, at) => Some((running.errand.pid, ask, *at)),
            State::Ready(_) => None,
        });
        asking.min_by_key(|(pid, _, at)| (*at, *pid))
    }

    /// Answers who asked.
    pub fn answer(&mut self, pid: u32, answer: Answer) {
        let Some(running) = self.running.iter_mut().find(|running| running.errand.pid == pid) else { return };
        if let State::Asking(_, at) = running.state {
            running.state = State::Ready(at + answer.took);
            running.answers.push(answer);
        }
    }

    /// Lets it run up to and including a moment, as far as it goes without answers. Some if its first process has ended.
    pub fn run(&mut self, until: SimTime, around: &mut Surroundings<'_>) -> Option<End> {
        loop {
            if let Some(end) = self.shell.run(until, around) {
                return Some(end);
            }
            let errands = self.shell.take_errands();
            let none = errands.is_empty();
            for errand in errands {
                self.begin(errand, around);
            }
            let shell = &self.shell;
            self.running.retain(|running| shell.awaits(running.errand.pid));
            let ready = self.running.iter().enumerate().filter(|(_, running)| matches!(running.state, State::Ready(at) if at <= until));
            let next = ready.min_by_key(|(_, running)| (running.at(), running.errand.pid)).map(|(index, _)| index);
            match next {
                Some(index) => self.step(index, around),
                None if none => return None,
                None => {}
            }
        }
    }

    fn begin(&mut self, errand: Errand, around: &mut Surroundings<'_>) {
        if !around.kit.has(base(&errand.words)) {
            let text = format!("sh: {}: not found\n", errand.words[0]);
            self.shell.give(errand.pid, "", &text, errand.at, around);
            self.shell.finish(errand.pid, 127, errand.at);
            return;
        }
        let state = State::Ready(errand.at);
        self.running.push(Running { errand, answers: Vec::new(), printed: (0, 0), state });
    }

    /// Runs a program from its beginning to its next question or its end.
    fn step(&mut self, index: usize, around: &mut Surroundings<'_>) {
        let running = &mut self.running[index];
        let Some((_, program)) = PROGRAMS.iter().find(|(name, _)| *name == base(&running.errand.words)) else { return };
        let mut client = Client {
            args: &running.errand.words[1..],
            input: &running.errand.input,
            at: running.errand.at,
            out: String::new(),
            err: String::new(),
            around,
            streams: false,
            answers: &running.answers,
            used: 0,
            asked: None,
        };
        let ending = program(&mut client);
        let Client { at, out, err, streams, asked, .. } = client;
        let (pid, now) = (running.errand.pid, running.at());
        let new_out = out.get(running.printed.0..).unwrap_or_default();
        let new_err = err.get(running.printed.1..).unwrap_or_default();
        match (ending, asked) {
            (Err(Suspended), Some(ask)) => {
                running.state = State::Asking(ask, at);
                if streams {
                    running.printed = (out.len(), err.len());
                    self.shell.give(pid, "", new_err, now, around);
                    self.shell.give(pid, new_out, "", now, around);
                }
            }
            (ending, _) => {
                self.running.remove(index);
                self.shell.give(pid, "", new_err, at, around);
                self.shell.give(pid, new_out, "", at, around);
                self.shell.finish(pid, ending.unwrap_or(1), at);
            }
        }
    }
}
