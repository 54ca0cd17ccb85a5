//! What a process of the shell is in the middle of: a stack of what is still to do, so that it can stand still at a `sleep`, be copied,
//! and go on.

use std::rc::Rc;

use super::syntax::Command;
use crate::base::{SimTime, SmallMap};

/// Where output goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sink {
    /// The container's log.
    Log,
    /// A text that is collected.
    Buffer(u32),
    /// The next stage of a pipeline.
    Pipe(u32),
    /// The end of a file.
    File(Rc<str>),
    /// Nowhere.
    Null,
}

/// The three streams of a command.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Io {
    pub out: Sink,
    pub err: Sink,
    /// The input that is read from; none is empty.
    pub input: Option<u32>,
}

/// A variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Value {
    pub text: Rc<str>,
    pub exported: bool,
}

/// What a process reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Input {
    pub text: String,
    /// How far it has been read.
    pub from: usize,
    /// Whether more may come.
    pub open: bool,
}

/// A program with its words and the variables that are set for it alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Program {
    pub words: Vec<String>,
    pub values: Vec<(String, String)>,
}

/// What a program that reads waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// A whole line, or the end.
    Line,
    /// More than so many bytes, or the end.
    More(usize),
    /// The end.
    End,
}

/// What a subshell or a function gives back at its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Saved {
    pub variables: SmallMap<String, Value>,
    pub arguments: Vec<String>,
    pub directory: String,
    pub io: Io,
}

/// Something still to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Task {
    Run(Rc<Command>),
    /// The command of a sequence with this index is next.
    Next(Rc<Command>, usize),
    /// The right side of an `&&`, by the status of the left.
    IfWell(Rc<Command>),
    /// The right side of an `||`.
    IfBadly(Rc<Command>),
    Negate,
    /// Tells how long it took since then; true in the format of POSIX.
    Timed(SimTime, bool),
    /// The condition of this branch of an `if` has been run.
    Branch(Rc<Command>, usize),
    /// The condition of a loop has been run.
    Tested(Rc<Command>),
    /// The body of a loop has been run.
    Again(Rc<Command>),
    /// The next item of a `for`.
    Item(Rc<Command>, Rc<[String]>, usize),
    /// A program that waits for its input; the best status of its rounds so far.
    Call(Rc<Program>, Need, Option<i32>),
    /// The stages of a pipeline are at work; the last of these processes gives the status.
    Join(Vec<u32>),
    /// The process is stopped at this moment.
    Limit(u32, SimTime),
    /// The owner runs the program.
    Away,
    /// What a substitution printed into this buffer goes into the command.
    Filled(Rc<Command>, u32),
    /// The streams as they were.
    Restore(Box<Io>),
    /// The end of a subshell.
    Leave(Box<Saved>),
    /// The end of a function: its arguments as they were.
    Return(Vec<String>),
    /// The program in whose place it runs ends with it.
    Exit,
    /// Sets the status after a pause.
    Status(i32),
    /// The next command of a script that comes in by the input, of which so many bytes were looked at without finding its end.
    Script(usize),
    /// Until all background jobs have ended.
    Wait,
    /// For ever.
    Serve,
}

/// A process.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strand {
    pub pid: u32,
    /// The process that began it.
    pub parent: u32,
    /// The pipes that end with it: the one that it reads, the one that it writes.
    pub pipes: (Option<u32>, Option<u32>),
    /// What `ps` shows.
    pub title: Rc<str>,
    pub tasks: Vec<Task>,
    pub variables: SmallMap<String, Value>,
    pub arguments: Vec<String>,
    pub directory: String,
    pub io: Io,
    pub status: i32,
    /// Its own clock.
    pub at: SimTime,
    /// Steps since it last slept.
    pub busy: u32,
    /// The pid of the last job that it sent to the background.
    pub last_job: u32,
    /// Whether a failing command ends it (`set -e`).
    pub strict: bool,
}

impl Strand {
    /// `set -e`, `set -- a b`
    pub(super) fn set_options(&mut self, args: &[String]) {
        match args.first().map(String::as_str) {
            Some("--") => self.arguments = args[1..].to_vec(),
            Some(flags) if flags.starts_with('-') => self.strict |= flags.contains('e'),
            Some(flags) if flags.starts_with('+') => self.strict &= !flags.contains('e'),
            Some(_) => self.arguments = args.to_vec(),
            None => {}
        }
    }

    pub fn set(&mut self, name: &str, text: &str) {
        // An array without a subscript is its first item.
        let first = format!("{name}[0");
        let name = if self.variables.contains_key(&first) { first } else { name.to_owned() };
        let value = self.variables.entry(name).or_default();
        value.text = Rc::from(text);
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name).or_else(|| self.variables.get(&format!("{name}[0")));
        value.map(|value| &*value.text)
    }

    pub fn saved(&self) -> Box<Saved> {
        Box::new(Saved {
            variables: self.variables.clone(),
            arguments: self.arguments.clone(),
            directory: self.directory.clone(),
            io: self.io.clone(),
        })
    }

    fn give_back(&mut self, saved: Saved) {
        self.variables = saved.variables;
        self.arguments = saved.arguments;
        self.directory = saved.directory;
        self.io = saved.io;
    }

    /// What happens at the end of something that was entered.
    pub fn leave(&mut self, task: Task) {
        match task {
            Task::Restore(io) => self.io = *io,
            Task::Leave(saved) => self.give_back(*saved),
            Task::Return(arguments) => self.arguments = arguments,
            _ => {}
        }
    }

    /// `exit`: ends the innermost subshell, or all.
    pub fn exit(&mut self) {
        while let Some(task) = self.tasks.pop() {
            let end = matches!(task, Task::Leave(_));
            self.leave(task);
            if end {
                return;
            }
        }
    }

    /// `return`: ends the innermost function.
    pub fn return_from_function(&mut self) {
        while let Some(task) = self.tasks.pop() {
            let end = matches!(task, Task::Return(_));
            self.leave(task);
            if end {
                return;
            }
        }
    }

    /// `break`, `continue`: ends the innermost loop, or its body. Outside a loop nothing happens.
    pub fn leave_loop(&mut self, go_on: GoOn) {
        let is_loop = |task: &Task| matches!(task, Task::Again(_) | Task::Tested(_) | Task::Item(..));
        let Some(at) = self.tasks.iter().rposition(is_loop) else { return };
        if self.tasks[at..].iter().any(|task| matches!(task, Task::Leave(_) | Task::Return(_))) {
            return;
        }
        while self.tasks.len() > at + 1 {
            if let Some(task) = self.tasks.pop() {
                self.leave(task);
            }
        }
        if go_on == GoOn::After {
            self.tasks.pop();
        }
    }
}

/// Where a loop goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum GoOn {
    /// Behind it.
    After,
    /// With its next round.
    NextRound,
}
