//! Runs the tasks of the shell's processes in the order of their clocks.

use std::rc::Rc;

use super::console::as_bash;
use super::Surroundings;
use super::errand::Errand;
use super::parser;
use super::strand::{Input, Io, Sink, Strand, Task};
use super::syntax::{Command, Word};
use crate::base::{SimDuration, SimTime, SmallMap};

/// What a command costs.
const STEP: SimDuration = SimDuration::from_micros(100);
/// So many without a sleep, and the next cost more: a loop that never sleeps stays cheap to simulate.
const EAGER_STEPS: u32 = 10_000;
const SLOW_STEP: SimDuration = SimDuration::from_millis(20);
/// A command that is run at once is given up after so many steps.
#[cfg(test)]
const PATIENCE: u32 = 50_000;
/// And after so long.
#[cfg(test)]
const LIMIT: SimDuration = SimDuration::from_seconds(3600);
/// A value this long is taken for a program that eats memory without end.
pub(super) const MAX_VALUE: usize = 64 * 1024;
/// Not more processes than this.
pub(super) const MAX_STRANDS: usize = 64;
/// Not more is collected of an output.
const MAX_OUTPUT: usize = 256 * 1024;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// When.
    pub at: SimTime,
    /// With what.
    pub code: i32,
    /// Whether it had asked for more memory than there is.
    pub out_of_memory: bool,
}

/// The processes of a container that a shell runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Shell {
    pub(super) strands: Vec<Strand>,
    /// Collected outputs.
    pub(super) buffers: SmallMap<u32, String>,
    /// Inputs and pipes.
    pub(super) inputs: SmallMap<u32, Input>,
    pub(super) functions: SmallMap<String, Rc<Command>>,
    /// `alias`: the words that stand for a name.
    pub(super) aliases: SmallMap<String, Rc<str>>,
    /// What the owner is to run and has not taken yet.
    pub(super) errands: Vec<Errand>,
    /// How processes ended that others wait for.
    pub(super) ended: SmallMap<u32, i32>,
    /// What is run on a signal: `TERM`, `EXIT`.
    pub(super) traps: SmallMap<String, Rc<str>>,
    /// The lines that were typed, for `history`.
    pub(super) history: Vec<Rc<str>>,
    /// The input that somebody types.
    pub(super) typed: Option<u32>,
    /// What a person's terminal has in the background; none in containers.
    pub(super) jobs: Option<Box<super::jobs::Jobs>>,
    pub(super) next_number: u32,
    /// A SIGTERM that has come and not been answered.
    pub(super) asked_to_stop: bool,
    pub(super) out_of_memory: bool,
    /// Commands run so far.
    pub(super) steps: u32,
}

impl Shell {
    /// A program by its words, without a shell around it (`sh -c` is a program like others).
    pub fn new(words: &[String], variables: &[(String, String)], now: SimTime) -> Shell {
        let quoted = words.iter().map(|word| vec![super::syntax::Part::Quoted(word.clone())]).collect();
        let command = Command::Simple { assignments: Vec::new(), words: quoted, redirects: Vec::new() };
        let value = |text: &String| super::strand::Value { text: Rc::from(text.as_str()), exported: true };
        let strand = Strand {
            pid: 1,
            parent: 0,
            pipes: (None, None),
            title: Rc::from(words.join(" ")),
            tasks: vec![Task::Exit, Task::Run(Rc::new(command))],
            variables: variables.iter().map(|(name, text)| (name.clone(), value(text))).collect(),
            arguments: Vec::new(),
            directory: "/".to_owned(),
            io: Io { out: Sink::Log, err: Sink::Log, input: None },
            status: 0,
            at: now,
            busy: 0,
            last_job: 0,
            strict: false,
        };
        Shell {
            strands: vec![strand],
            buffers: SmallMap::new(),
            inputs: SmallMap::new(),
            functions: SmallMap::new(),
            aliases: SmallMap::new(),
            errands: Vec::new(),
            ended: SmallMap::new(),
            traps: SmallMap::new(),
            history: Vec::new(),
            typed: None,
            jobs: None,
            next_number: 7,
            asked_to_stop: false,
            out_of_memory: false,
            steps: 0,
        }
    }

    /// Collects what it prints, instead of putting it into the log.
    pub fn collect_output(&mut self) {
        let buffer = self.new_buffer();
        let io = &mut self.strands[0].io;
        (io.out, io.err) = (Sink::Buffer(buffer), Sink::Buffer(buffer));
    }

    /// What was collected so far.
    pub fn collected(&self) -> &str {
        self.buffers.first_key_value().map_or("", |(_, text)| text.as_str())
    }

    pub(super) fn new_number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    pub(super) fn new_buffer(&mut self) -> u32 {
        let number = self.new_number();
        self.buffers.insert(number, String::new());
        number
    }

    pub(super) fn new_input(&mut self, text: &str) -> u32 {
        let number = self.new_number();
        self.inputs.insert(number, Input { text: text.to_owned(), ..Input::default() });
        number
    }

    /// When it next does something by itself; None if it waits for ever.
    pub fn due(&self) -> Option<SimTime> {
        self.strands.iter().filter(|strand| !self.is_blocked(strand)).map(|strand| strand.at).min()
    }

    fn is_blocked(&self, strand: &Strand) -> bool {
        match strand.tasks.last() {
            Some(Task::Serve | Task::Away) => true,
            Some(Task::Call(_, need, _)) => self.lacks(strand, *need),
            Some(Task::Script(seen)) => self.lacks_lines(strand, *seen),
            Some(Task::Join(pids)) => self.strands.iter().any(|other| pids.contains(&other.pid)),
            Some(Task::Wait) => self.strands.len() > 1 && !(strand.pid == 1 && self.is_trapped()),
            _ => false,
        }
    }

    /// Whether one of its programs is a server.
    pub fn serves(&self) -> bool {
        self.strands.iter().any(|strand| matches!(strand.tasks.last(), Some(Task::Serve)))
    }

    fn is_trapped(&self) -> bool {
        self.asked_to_stop && self.traps.contains_key("TERM")
    }

    /// SIGTERM to process 1. Without a trap the kernel drops it. A trap is run when the command at work has ended, `wait` at once.
    pub fn terminate(&mut self, now: SimTime) {
        self.asked_to_stop = true;
        if let Some(first) = self.strands.first_mut().filter(|first| matches!(first.tasks.last(), Some(Task::Wait))) {
            first.at = first.at.max(now);
        }
    }

    /// Lets it run up to and including a moment. Some if its first process has ended.
    pub fn run(&mut self, until: SimTime, around: &mut Surroundings<'_>) -> Option<End> {
        loop {
            let next = self.strands.iter().enumerate().filter(|(_, strand)| !self.is_blocked(strand));
            let (index, at) = next.map(|(index, strand)| (index, strand.at)).min_by_key(|(index, at)| (*at, *index))?;
            if at > until {
                return None;
            }
            self.step(index, around);
            if self.out_of_memory {
                return Some(End { at: self.strands[index].at, code: 137, out_of_memory: true });
            }
            if self.strands[index].tasks.is_empty() {
                let ended = self.strands[index].clone();
                if index == 0 {
                    return Some(End { at: ended.at, code: ended.status, out_of_memory: false });
                }
                self.strands.remove(index);
                self.bury(&ended);
            }
        }
    }

    /// Runs to its end at once. None if it does not end.
    #[cfg(test)]
    pub fn run_to_end(&mut self, around: &mut Surroundings<'_>) -> Option<End> {
        let (first, limit) = (self.steps, self.due()? + LIMIT);
        loop {
            let at = self.due().filter(|at| *at <= limit)?;
            if self.steps - first > PATIENCE {
                return None;
            }
            if let Some(end) = self.run(at, around) {
                return Some(end);
            }
        }
    }

    fn step(&mut self, index: usize, around: &mut Surroundings<'_>) {
        if index == 0 && self.is_trapped() {
            self.asked_to_stop = false;
            let strand = &mut self.strands[0];
            if matches!(strand.tasks.last(), Some(Task::Wait)) {
                strand.tasks.pop();
            }
            let script = self.traps.get("TERM").cloned().unwrap_or_default();
            if let Ok(command) = parser::parse(&script) {
                self.strands[0].tasks.push(Task::Run(command));
            }
        }
        let strand = &mut self.strands[index];
        let Some(task) = strand.tasks.pop() else { return };
        self.steps += 1;
        strand.busy += 1;
        strand.at = strand.at + if strand.busy > EAGER_STEPS { SLOW_STEP } else { STEP };
        match task {
            Task::Run(command) => self.begin(index, &command, around),
            Task::Next(command, next) => self.next_of_sequence(index, command, next),
            Task::IfWell(right) if strand.status == 0 => strand.tasks.push(Task::Run(right)),
            Task::IfBadly(right) if strand.status != 0 => strand.tasks.push(Task::Run(right)),
            Task::Timed(since, posix) => self.tell_time(index, since, posix, around),
            Task::Negate => strand.status = i32::from(strand.status == 0),
            Task::Branch(command, branch) => self.branch(index, &command, branch),
            Task::Tested(command) => self.tested(index, command),
            Task::Again(command) => {
                if let Command::Loop { condition, step, .. } = &*command {
                    let (condition, step) = (condition.clone(), step.clone());
                    strand.tasks.extend([Task::Tested(command), Task::Run(condition)]);
                    strand.tasks.extend(step.map(Task::Run));
                }
            }
            Task::Item(command, items, next) => self.item(index, command, items, next),
            Task::Call(program, _, status) => self.go_on_with(index, &program, status, around),
            Task::Script(_) => self.read_command(index, around),
            Task::Join(pids) => self.joined(index, &pids),
            Task::Limit(pid, until) => self.limited(index, pid, until, around),
            Task::Filled(command, buffer) => self.filled(index, &command, buffer, around),
            Task::Away => strand.tasks.push(Task::Away),
            Task::Exit => self.exit(index),
            Task::Status(status) => strand.status = status,
            Task::Serve => strand.tasks.push(Task::Serve),
            Task::IfWell(_) | Task::IfBadly(_) | Task::Wait => {}
            task @ (Task::Restore(_) | Task::Leave(_) | Task::Return(_)) => strand.leave(task),
        }
    }

    /// Ends the innermost subshell or the process; a trap of EXIT runs before that.
    pub(super) fn exit(&mut self, index: usize) {
        let status = self.strands[index].status;
        self.strands[index].exit();
        if index == 0
            && self.strands[0].tasks.is_empty()
            && let Some(command) = self.traps.remove("EXIT").and_then(|script| parser::parse(&script).ok())
        {
            self.strands[0].tasks.extend([Task::Status(status), Task::Run(command)]);
        }
    }

    fn begin(&mut self, index: usize, command: &Rc<Command>, around: &mut Surroundings<'_>) {
        let strand = &mut self.strands[index];
        if strand.tasks.len() > 400 {
            strand.status = 2;
            strand.exit();
            return;
        }
        if self.substitute(index, command) {
            return;
        }
        let strand = &mut self.strands[index];
        match &**command {
            Command::Simple { assignments, words, redirects } => self.simple(index, assignments, words, redirects, around),
            Command::Sequence(_) => strand.tasks.push(Task::Next(command.clone(), 0)),
            Command::And(left, right) => strand.tasks.extend([Task::IfWell(right.clone()), Task::Run(left.clone())]),
            Command::Or(left, right) => strand.tasks.extend([Task::IfBadly(right.clone()), Task::Run(left.clone())]),
            Command::Timed(inner, posix) => strand.tasks.extend([Task::Timed(strand.at, *posix), Task::Run(inner.clone())]),
            Command::Not(inner) => strand.tasks.extend([Task::Negate, Task::Run(inner.clone())]),
            Command::If(branches) => match branches.first() {
                Some((Some(condition), _)) => strand.tasks.extend([Task::Branch(command.clone(), 0), Task::Run(condition.clone())]),
                _ => strand.status = 0,
            },
            Command::Loop { condition, .. } => {
                strand.tasks.extend([Task::Tested(command.clone()), Task::Run(condition.clone())]);
            }
            Command::For(_, words, _) => {
                let items: Rc<[String]> = match words {
                    Some(words) => self.fields(index, words, around).into(),
                    None => strand.arguments.clone().into(),
                };
                self.strands[index].tasks.push(Task::Item(command.clone(), items, 0));
            }
            Command::Case(word, arms) => {
                let text = self.text(index, word, around);
                let mut fits = |pattern: &Word| super::pattern::fits(&self.text(index, pattern, around), &text);
                let chosen = arms.iter().find(|(patterns, _)| patterns.iter().any(&mut fits)).map(|(_, body)| Task::Run(body.clone()));
                self.strands[index].status = 0;
                self.strands[index].tasks.extend(chosen);
            }
            Command::Pipeline(stages) => self.begin_pipeline(index, stages),
            Command::Background(inner) => self.send_to_background(index, inner, around),
            Command::Group(body, redirects) => {
                let before = Box::new(strand.io.clone());
                if self.redirect(index, redirects, around) {
                    self.strands[index].tasks.extend([Task::Restore(before), Task::Run(body.clone())]);
                }
            }
            Command::Subshell(body, redirects) => {
                let saved = strand.saved();
                if self.redirect(index, redirects, around) {
                    self.strands[index].tasks.extend([Task::Leave(saved), Task::Run(body.clone())]);
                }
            }
            Command::Function(name, body) => {
                self.functions.insert(name.clone(), body.clone());
                self.strands[index].status = 0;
            }
        }
    }

    fn send_to_background(&mut self, index: usize, command: &Rc<Command>, around: &mut Surroundings<'_>) {
        let pid = self.new_number();
        let strand = &mut self.strands[index];
        let mut job = strand.clone();
        job.tasks = vec![Task::Exit, Task::Run(command.clone())];
        (job.pid, job.parent) = (pid, strand.pid);
        job.busy = 0;
        (strand.last_job, strand.status) = (pid, 0);
        if self.strands.len() < MAX_STRANDS {
            self.strands.push(job);
            if index == 0 {
                self.begin_job(pid, around);
            }
        }
    }

    fn next_of_sequence(&mut self, index: usize, command: Rc<Command>, next: usize) {
        let Command::Sequence(commands) = &*command else { return };
        let strand = &mut self.strands[index];
        let Some(inner) = commands.get(next).cloned() else { return };
        if next + 1 < commands.len() {
            strand.tasks.push(Task::Next(command, next + 1));
        }
        strand.tasks.push(Task::Run(inner));
    }

    fn branch(&mut self, index: usize, command: &Rc<Command>, branch: usize) {
        let Command::If(branches) = &**command else { return };
        let strand = &mut self.strands[index];
        if strand.status == 0 {
            strand.tasks.push(Task::Run(branches[branch].1.clone()));
            return;
        }
        match branches.get(branch + 1) {
            Some((Some(condition), _)) => strand.tasks.extend([Task::Branch(command.clone(), branch + 1), Task::Run(condition.clone())]),
            Some((None, body)) => strand.tasks.push(Task::Run(body.clone())),
            None => strand.status = 0,
        }
    }

    fn tested(&mut self, index: usize, command: Rc<Command>) {
        let Command::Loop { until, body, .. } = &*command else { return };
        let strand = &mut self.strands[index];
        if (strand.status == 0) == *until {
            strand.status = 0;
            return;
        }
        let body = body.clone();
        strand.tasks.extend([Task::Again(command), Task::Run(body)]);
    }

    fn item(&mut self, index: usize, command: Rc<Command>, items: Rc<[String]>, next: usize) {
        let Command::For(name, _, body) = &*command else { return };
        let strand = &mut self.strands[index];
        let Some(item) = items.get(next) else { return };
        strand.set(name, item);
        let body = body.clone();
        strand.tasks.extend([Task::Item(command.clone(), items.clone(), next + 1), Task::Run(body)]);
    }

    /// Prints to a stream of a process.
    pub(super) fn print(&mut self, index: usize, sink: &Sink, text: &str, around: &mut Surroundings<'_>) {
        let at = self.strands[index].at;
        match sink {
            Sink::Null => {}
            Sink::Log => around.log.print(text, at),
            Sink::Buffer(number) => {
                if let Some(buffer) = self.buffers.get_mut(number).filter(|buffer| buffer.len() < MAX_OUTPUT) {
                    buffer.push_str(text);
                }
            }
            Sink::Pipe(number) => self.write_pipe(index, *number, text),
            Sink::File(path) => {
                let before = around.disk.read(path).unwrap_or_default();
                // The file was opened before; if it cannot be written by now, the text is lost.
                let _ = around.disk.write(path, &format!("{before}{text}"));
            }
        }
    }

    /// An error of the shell itself.
    pub(super) fn complain(&mut self, index: usize, text: &str, around: &mut Surroundings<'_>) {
        let text = &if around.first_process == "bash" { as_bash(text) } else { text.to_owned() };
        let sink = self.strands[index].io.err.clone();
        self.print(index, &sink, &format!("{text}\n"), around);
    }
}
