//! Programs that the shell does not run itself: its owner does, and brings back what they print. And programs that run others: `timeout`,
//! `xargs`, `watch`.

use std::rc::Rc;

use super::machine::Shell;
use super::parser;
use super::special::duration;
use super::strand::{Need, Program, Task};
use super::Surroundings;
use crate::base::SimTime;

/// Not more of `watch` and `xargs` is done.
const MAX_CALLS: usize = 1_000;

/// Whether the shell's owner runs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// The shell runs it.
    Here,
    /// The owner does; it does not read.
    Runs,
    /// The owner does; it wants all of the input first.
    Reads,
}

/// A program that the owner is to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// The process that stands still for it.
    pub pid: u32,
    /// The program and its arguments.
    pub words: Vec<String>,
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// The directory at work.
    pub directory: String,
    /// All of the input, if it asked for that.
    pub input: String,
    /// When it began.
    pub at: SimTime,
}

impl Shell {
    /// What the owner is to run from now on.
    pub fn take_errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.errands)
    }

    /// Whether somebody still waits for an errand.
    pub fn awaits(&self, pid: u32) -> bool {
        self.strands.iter().any(|strand| strand.pid == pid && matches!(strand.tasks.last(), Some(Task::Away)))
    }

    /// What an errand printed so far. False if nobody waits for it any more.
    pub fn give(&mut self, pid: u32, output: &str, error: &str, at: SimTime, around: &mut Surroundings<'_>) -> bool {
        let Some(index) = self.strands.iter().position(|strand| strand.pid == pid) else { return false };
        let strand = &mut self.strands[index];
        strand.at = strand.at.max(at);
        let io = strand.io.clone();
        self.print(index, &io.out, output, around);
        self.print(index, &io.err, error, around);
        self.awaits(pid)
    }

    /// An errand has ended.
    pub fn finish(&mut self, pid: u32, status: i32, at: SimTime) {
        let Some(strand) = self.strands.iter_mut().find(|strand| strand.pid == pid) else { return };
        if matches!(strand.tasks.last(), Some(Task::Away)) {
            strand.tasks.pop();
            strand.status = status;
            strand.at = strand.at.max(at);
        }
    }

    /// Hands a program to the owner; false if it is the shell's own.
    pub(super) fn send_away(&mut self, index: usize, program: &Rc<Program>, around: &Surroundings<'_>) -> bool {
        let away = (around.away)(&program.words);
        if away == Away::Here {
            return false;
        }
        let mut input = String::new();
        if away == Away::Reads {
            if self.wait_for(index, program, Need::End) {
                return true;
            }
            input = self.read_all(index);
        }
        let strand = &mut self.strands[index];
        let variables = strand.exported(&program.values);
        let (words, directory) = (program.words.clone(), strand.directory.clone());
        self.errands.push(Errand { pid: strand.pid, words, variables, directory, input, at: strand.at });
        strand.tasks.push(Task::Away);
        strand.busy = 0;
        true
    }

    /// Stands still until there is what a program needs; false if it is there.
    pub(super) fn wait_for(&mut self, index: usize, program: &Rc<Program>, need: Need) -> bool {
        let lacks = self.lacks(&self.strands[index], need);
        if lacks {
            self.strands[index].tasks.push(Task::Call(program.clone(), need, None));
        }
        lacks
    }

    /// What is left of the input.
    pub(super) fn read_all(&mut self, index: usize) -> String {
        let input = self.strands[index].io.input.and_then(|input| self.inputs.get_mut(&input));
        let Some(input) = input else { return String::new() };
        let text = input.text[input.from..].to_owned();
        input.from = input.text.len();
        text
    }

    /// `timeout 5 program`: 124 if it had to be stopped, or 143 if it is that of busybox.
    pub(super) fn timeout(&mut self, index: usize, program: &Rc<Program>, around: &mut Surroundings<'_>) {
        let mut args = program.words[1..].iter();
        let mut limit = None;
        for arg in args.by_ref() {
            match arg.as_str() {
                "-s" | "-k" | "--signal" | "--kill-after" => {
                    limit = None;
                    continue;
                }
                flag if flag.starts_with('-') => continue,
                text => limit = duration(text),
            }
            if limit.is_some() || arg.parse::<i64>().is_ok() {
                break;
            }
        }
        let words: Vec<String> = args.cloned().collect();
        let Some(limit) = limit.filter(|_| !words.is_empty()) else {
            self.complain(index, "timeout: a time and a program are wanted", around);
            self.strands[index].status = 125;
            return;
        };
        let inner = Rc::new(Program { words, values: program.values.clone() });
        let child = self.spawn(index, vec![Task::Exit, Task::Call(inner, Need::Nothing, None)]);
        let pid = self.strands[child].pid;
        let strand = &mut self.strands[index];
        let until = strand.at + limit;
        strand.tasks.push(Task::Limit(pid, until));
        strand.at = until;
        strand.busy = 0;
    }

    /// The time of a process is over, or it has ended before.
    pub(super) fn limited(&mut self, index: usize, pid: u32, until: SimTime, around: &Surroundings<'_>) {
        if let Some(status) = self.ended.remove(&pid) {
            self.strands[index].status = status;
            return;
        }
        self.end_tree(pid, until, 143);
        self.strands[index].status = if around.kit.has_busybox() { 143 } else { 124 };
    }

    /// `xargs program`: with all words of the input, or so many at a time (`-n`), or each in the place of a sign (`-I`).
    pub(super) fn xargs(&mut self, index: usize, program: &Rc<Program>) {
        if self.wait_for(index, program, Need::End) {
            return;
        }
        let (mut size, mut sign, mut at, mut skips_empty) = (usize::MAX, None, 1, false);
        while let Some(flag) = program.words.get(at).filter(|word| word.starts_with('-')) {
            let joined = flag.get(2..).filter(|rest| !rest.is_empty()).map(str::to_owned);
            let mut value = || joined.clone().or_else(|| program.words.get(at + 1).inspect(|_| at += 1).cloned()).unwrap_or_default();
            match flag.get(..2) {
                Some("-n" | "-L") => size = value().parse().unwrap_or(1).max(1),
                Some("-P") => drop(value()),
                Some("-I") => sign = Some(value()),
                Some("-r") => skips_empty = true,
                _ => {}
            }
            at += 1;
        }
        let text = self.read_all(index);
        let words: Vec<String> = match sign {
            Some(_) => text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
            None => text.split_whitespace().map(str::to_owned).collect(),
        };
        let base = match program.words.get(at..) {
            Some(words) if !words.is_empty() => words.to_vec(),
            _ => vec!["echo".to_owned()],
        };
        let calls: Vec<Vec<String>> = match &sign {
            Some(sign) => words.iter().map(|word| base.iter().map(|arg| arg.replace(sign.as_str(), word)).collect()).collect(),
            None if words.is_empty() && skips_empty => Vec::new(),
            None if words.is_empty() => vec![base],
            None => words.chunks(size).map(|chunk| base.iter().chain(chunk).cloned().collect()).collect(),
        };
        let strand = &mut self.strands[index];
        strand.status = 0;
        for words in calls.into_iter().take(MAX_CALLS).rev() {
            let call = Rc::new(Program { words, values: program.values.clone() });
            strand.tasks.push(Task::Call(call, Need::Nothing, None));
        }
    }

    /// `watch -n 1 program`: the program again and again, each time under a headline.
    pub(super) fn watch(&mut self, index: usize, words: &[String], around: &mut Surroundings<'_>) {
        let (mut every, mut at) = ("2".to_owned(), 1);
        while let Some(flag) = words.get(at).filter(|word| word.starts_with('-')) {
            if let Some(rest) = flag.strip_prefix("-n").or_else(|| flag.strip_prefix("--interval=")) {
                if rest.is_empty() {
                    at += 1;
                }
                every = if rest.is_empty() { words.get(at).cloned().unwrap_or_default() } else { rest.to_owned() };
            }
            at += 1;
        }
        let command = words.get(at..).unwrap_or_default().join(" ");
        let valid = duration(&every).is_some() && !command.is_empty();
        let shown = command.replace('\'', "'\\''");
        let script = format!("while true; do printf '\\fEvery %ss: %s\\n\\n' '{every}' '{shown}'; {command}\necho; sleep {every}; done");
        match parser::parse(&script) {
            Ok(command) if valid => self.strands[index].tasks.push(Task::Run(command)),
            _ => {
                self.complain(index, "watch: a program is wanted: watch -n SECONDS PROGRAM", around);
                self.strands[index].status = 1;
            }
        }
    }

    /// `alias k=kubectl`, `alias`, `unalias k`
    pub(super) fn alias(&mut self, index: usize, program: &Rc<Program>, around: &mut Surroundings<'_>) {
        let (removes, args) = (program.words[0] == "unalias", &program.words[1..]);
        let line = |name: &str, text: &str| format!("alias {name}='{text}'\n");
        let mut shown = String::new();
        if args.is_empty() {
            shown = self.aliases.iter().map(|(name, text)| line(name, text)).collect();
        }
        for arg in args {
            match (arg.split_once('='), self.aliases.get(arg.as_str()).cloned()) {
                (Some((name, text)), _) => {
                    self.aliases.insert(name.to_owned(), text.into());
                }
                (None, Some(_)) if removes => {
                    self.aliases.remove(arg.as_str());
                }
                (None, Some(text)) => shown += &line(arg, &text),
                (None, None) => {
                    self.complain(index, &format!("sh: {}: {arg}: not found", program.words[0]), around);
                    self.strands[index].status = 1;
                }
            }
        }
        let out = self.strands[index].io.out.clone();
        self.print(index, &out, &shown, around);
    }
}
