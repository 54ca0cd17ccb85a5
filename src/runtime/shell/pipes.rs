//! Pipelines and substitutions: processes that run at the same time and what they hand each other.
//! Left out: pipes that are full; a writer never waits for its reader.

use std::rc::Rc;

use super::machine::{MAX_STRANDS, Shell};
use super::strand::{Input, Need, Sink, Strand, Task};
use super::syntax::{Command, Part, Quotes, Variable, Word};
use super::Surroundings;

/// So much of what has been read is kept before it is dropped.
const READ_KEPT: usize = 64 * 1024;
/// Where the files of `<(command)` are.
pub(super) const FILES: &str = "/dev/fd/";
/// The status of a process that writes where nobody reads: SIGPIPE.
const BROKEN_PIPE: i32 = 141;

impl Shell {
    /// Whether a process still waits for its input.
    pub(super) fn lacks(&self, strand: &Strand, need: Need) -> bool {
        let Some(input) = strand.io.input.and_then(|input| self.inputs.get(&input)).filter(|input| input.open) else { return false };
        match need {
            Need::Nothing => false,
            Need::Line => !input.text[input.from..].contains('\n'),
            Need::More(than) => input.text.len() - input.from <= than,
            Need::End => true,
        }
    }

    /// Begins a process beside this one, with the same variables and streams.
    pub(super) fn spawn(&mut self, index: usize, tasks: Vec<Task>) -> usize {
        let pid = self.new_number();
        let parent = &self.strands[index];
        let child = Strand { pid, parent: parent.pid, pipes: (None, None), tasks, busy: 0, ..parent.clone() };
        self.strands.push(child);
        self.strands.len() - 1
    }

    /// Each stage is a process; the pipeline ends with its last.
    pub(super) fn begin_pipeline(&mut self, index: usize, stages: &[Rc<Command>]) {
        if self.strands.len() + stages.len() > MAX_STRANDS {
            // As `fork` of a shell that has too many processes: what began it ends with it.
            let strand = &mut self.strands[index];
            strand.status = 254;
            strand.exit();
            return;
        }
        let (mut pids, mut read) = (Vec::new(), None);
        for (at, stage) in stages.iter().enumerate() {
            let child = self.spawn(index, vec![Task::Exit, Task::Run(stage.clone())]);
            let written = (at + 1 < stages.len()).then(|| self.new_number());
            if let Some(pipe) = written {
                self.inputs.insert(pipe, Input { open: true, ..Input::default() });
            }
            let strand = &mut self.strands[child];
            strand.pipes = (read, written);
            strand.io.input = read.or(strand.io.input);
            if let Some(pipe) = written {
                strand.io.out = Sink::Pipe(pipe);
            }
            pids.push(strand.pid);
            read = written;
        }
        self.strands[index].tasks.push(Task::Join(pids));
    }

    /// All stages have ended.
    pub(super) fn joined(&mut self, index: usize, pids: &[u32]) {
        let last = pids.last().and_then(|pid| self.ended.get(pid).copied());
        pids.iter().for_each(|pid| {
            self.ended.remove(pid);
        });
        self.strands[index].status = last.unwrap_or_default();
    }

    /// Text into a pipe. Without a reader the writer is ended.
    pub(super) fn write_pipe(&mut self, index: usize, pipe: u32, text: &str) {
        if text.is_empty() {
            return;
        }
        let at = self.strands[index].at;
        let Some(input) = self.inputs.get_mut(&pipe) else {
            let strand = &mut self.strands[index];
            strand.tasks.clear();
            strand.status = BROKEN_PIPE;
            return;
        };
        if input.from > READ_KEPT {
            input.text.drain(..input.from);
            input.from = 0;
        }
        input.text.push_str(text);
        self.wake_reader(pipe, at);
    }

    fn wake_reader(&mut self, pipe: u32, at: crate::base::SimTime) {
        for strand in self.strands.iter_mut().filter(|strand| strand.io.input == Some(pipe)) {
            if matches!(strand.tasks.last(), Some(Task::Call(..) | Task::Script(_))) {
                strand.at = strand.at.max(at);
            }
        }
    }

    /// A process has ended: its pipes end with it, and who waits for it goes on.
    pub(super) fn bury(&mut self, dead: &Strand) {
        if let Some(jobs) = &mut self.jobs {
            jobs.end(dead.pid, dead.status);
        }
        let (read, written) = dead.pipes;
        if let Some(pipe) = written.filter(|pipe| !self.strands.iter().any(|strand| strand.pipes.1 == Some(*pipe))) {
            if let Some(input) = self.inputs.get_mut(&pipe) {
                input.open = false;
            }
            self.wake_reader(pipe, dead.at);
        }
        if let Some(pipe) = read.filter(|pipe| !self.strands.iter().any(|strand| strand.pipes.0 == Some(*pipe))) {
            self.inputs.remove(&pipe);
        }
        let mut awaited = false;
        for strand in &mut self.strands {
            let wakes = match strand.tasks.last() {
                Some(Task::Wait) => true,
                Some(Task::Join(pids)) => pids.contains(&dead.pid),
                Some(Task::Limit(pid, _)) if *pid == dead.pid => {
                    strand.at = dead.at;
                    awaited = true;
                    false
                }
                _ => false,
            };
            awaited |= wakes;
            if wakes {
                strand.at = strand.at.max(dead.at);
            }
        }
        if awaited {
            self.ended.insert(dead.pid, dead.status);
        }
    }

    /// Ends a process and all that it began.
    pub(super) fn end_tree(&mut self, pid: u32, at: crate::base::SimTime, status: i32) {
        let mut doomed = vec![pid];
        while let Some(pid) = doomed.pop() {
            for strand in &mut self.strands {
                if strand.parent == pid && strand.pid != pid && !strand.tasks.is_empty() {
                    doomed.push(strand.pid);
                }
                if strand.pid == pid {
                    strand.tasks.clear();
                    (strand.at, strand.status) = (at, status);
                }
            }
        }
    }

    /// Begins the first substitution in a command; false if there is none left.
    pub(super) fn substitute(&mut self, index: usize, command: &Rc<Command>) -> bool {
        let Some((inner, _)) = first_output(command) else { return false };
        let buffer = self.new_buffer();
        let strand = &mut self.strands[index];
        let saved = strand.saved();
        strand.io.out = Sink::Buffer(buffer);
        strand.tasks.extend([Task::Filled(command.clone(), buffer), Task::Leave(saved), Task::Run(inner)]);
        true
    }

    /// A substitution has ended: what it printed, without the line breaks at its end, takes its place.
    /// Of `<(command)` it is the name of a file with it.
    pub(super) fn filled(&mut self, index: usize, command: &Rc<Command>, buffer: u32, around: &mut Surroundings<'_>) {
        let text = self.buffers.remove(&buffer).unwrap_or_default();
        let as_file = first_output(command).is_some_and(|(_, as_file)| as_file);
        let mut command = Command::clone(command);
        if as_file {
            let path = format!("{FILES}{buffer}");
            let _ = around.disk.write(&path, &text);
            fill(&mut command, &path);
        } else {
            fill(&mut command, text.trim_end_matches('\n'));
        }
        self.strands[index].tasks.push(Task::Run(Rc::new(command)));
    }
}

/// The first command in a word whose output is wanted, and whether as a file.
fn outputs_in(word: &Word) -> Option<(Rc<Command>, bool)> {
    word.iter().find_map(|part| match part {
        Part::Output(command, _) => Some((command.clone(), false)),
        Part::FileOf(command) => Some((command.clone(), true)),
        Part::Variable(variable, _) => outputs_in(&variable.word),
        _ => None,
    })
}

fn first_output(command: &Command) -> Option<(Rc<Command>, bool)> {
    match command {
        Command::Simple { assignments, words, redirects } => {
            let assigned = assignments.iter().flat_map(|one| [&one.value].into_iter().chain(one.items.iter().flatten()));
            let targets = redirects.iter().map(|redirect| &redirect.target);
            assigned.chain(words).chain(targets).find_map(outputs_in)
        }
        Command::For(_, Some(words), _) => words.iter().find_map(outputs_in),
        Command::Case(word, _) => outputs_in(word),
        _ => None,
    }
}

/// Puts a text where the first substitution stands. False if there is none.
fn fill_word(word: &mut Word, text: &str) -> bool {
    for part in word.iter_mut() {
        match part {
            Part::Output(_, quotes) => {
                *part = Part::Given(text.to_owned(), *quotes);
                return true;
            }
            Part::FileOf(_) => {
                *part = Part::Given(text.to_owned(), Quotes::Inside);
                return true;
            }
            Part::Variable(variable, _) => {
                let mut inner: Variable = Variable::clone(variable);
                if fill_word(&mut inner.word, text) {
                    *variable = Rc::new(inner);
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

fn fill(command: &mut Command, text: &str) {
    match command {
        Command::Simple { assignments, words, redirects } => {
            let assigned = assignments.iter_mut().flat_map(|one| [&mut one.value].into_iter().chain(one.items.iter_mut().flatten()));
            let targets = redirects.iter_mut().map(|redirect| &mut redirect.target);
            assigned.chain(words).chain(targets).any(|word| fill_word(word, text));
        }
        Command::For(_, Some(words), _) => {
            words.iter_mut().any(|word| fill_word(word, text));
        }
        Command::Case(word, _) => {
            fill_word(word, text);
        }
        _ => {}
    }
}
