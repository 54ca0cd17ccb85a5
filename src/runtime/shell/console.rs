//! A person's terminal: the shell with its files, where lines are typed one after the other. It keeps variables, functions and aliases
//! from line to line. What it cannot run itself are errands of its owner.

use crate::runtime::image::Kit;
use super::errand::{Away, Errand};
use super::machine::Shell;
use super::pipes::FILES;
use super::strand::{Sink, Task};
use super::recall::{self, Recalled};
use super::{Other, Surroundings, parser};
use crate::base::SimTime;
use crate::runtime::files::{Disk, Entry, Files, normal};
use crate::runtime::log::Log;

/// Where a person's files are.
const HOME: &str = "/root";
/// What people have in their notes and in their `.bashrc`.
const ALIASES: [(&str, &str); 10] = [
    ("k", "kubectl"),
    ("kg", "kubectl get"),
    ("kgp", "kubectl get pods"),
    ("kgs", "kubectl get services"),
    ("kgn", "kubectl get nodes"),
    ("kd", "kubectl describe"),
    ("kdp", "kubectl describe pods"),
    ("ka", "kubectl apply -f"),
    ("kl", "kubectl logs"),
    ("kdel", "kubectl delete"),
];

/// A terminal.
#[derive(Clone, Debug)]
pub struct Console {
    shell: Shell,
    files: Files,
    log: Log,
    away: fn(&[String]) -> Away,
}

fn surroundings<'a>(own: &'a mut Files, shared: &'a mut Files, log: &'a mut Log, away: fn(&[String]) -> Away) -> Surroundings<'a> {
    let disk = Disk { own, shared, mounts: &[], given: &[], sealed: &[] };
    Surroundings { disk, log, host: "podscape", other: Other::Missing, kit: Kit::HOST, first_process: "bash", signal: None, away }
}

impl Console {
    /// A terminal in which nothing was typed yet. `away`: which programs are the owner's to run.
    pub fn new(away: fn(&[String]) -> Away, now: SimTime) -> Console {
        let variables = [("HOME", HOME), ("USER", "root"), ("SHELL", "/bin/bash")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut shell = Shell::new(&[], &variables, now);
        shell.collect_output();
        let first = &mut shell.strands[0];
        HOME.clone_into(&mut first.directory);
        first.tasks = vec![Task::Away];
        shell.jobs = Some(Box::default());
        shell.aliases = ALIASES.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())).collect();
        let mut files = Files::new();
        for directory in [HOME, "/dev", "/dev/fd"] {
            files.insert(directory.to_owned(), Entry::Directory);
        }
        Console { shell, files, log: Log::default(), away }
    }

    /// Begins a line. An error is what the shell says of one that it cannot read.
    pub fn enter(&mut self, line: &str, now: SimTime) -> Result<(), String> {
        let command = parser::parse(line).map_err(|why| as_bash(&why))?;
        let old: Vec<String> = self.files.keys().filter(|path| path.starts_with(FILES)).cloned().collect();
        old.iter().for_each(|path| drop(self.files.remove(path)));
        if let Some(jobs) = &mut self.shell.jobs {
            jobs.expect(line);
        }
        let first = &mut self.shell.strands[0];
        first.tasks.push(Task::Run(command));
        // The clock may have been set back.
        first.at = now;
        first.busy = 0;
        Ok(())
    }

    /// Keeps a line that was typed.
    pub fn remember(&mut self, line: &str) {
        recall::remember(&mut self.shell.history, line);
    }

    /// What a line is once the earlier lines that it calls for stand in it.
    pub fn recall(&self, line: &str) -> Recalled {
        recall::recall(line, &self.shell.history)
    }

    /// The words of an alias.
    pub fn alias(&self, name: &str) -> Option<&str> {
        self.shell.aliases.get(name).map(|text| &**text)
    }

    /// The names that a line may begin with beside those of programs.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.shell.aliases.keys().map(String::as_str)
    }

    /// Whether a line is at work.
    pub fn is_busy(&self) -> bool {
        self.shell.strands[0].tasks.len() > 1
    }

    /// Whether anything is at work, jobs in the background too.
    pub fn is_idle(&self) -> bool {
        !self.is_busy() && self.shell.strands.len() == 1
    }

    /// When it next does something by itself.
    pub fn due(&self) -> Option<SimTime> {
        if self.is_idle() { None } else { self.shell.due() }
    }

    /// Lets it run up to and including a moment.
    pub fn run(&mut self, until: SimTime) {
        let Console { shell, files, log, away } = self;
        let mut shared = Files::new();
        let mut around = surroundings(files, &mut shared, log, *away);
        let Some(end) = shell.run(until, &mut around) else { return };
        // `exit` ends the line, not the terminal.
        shell.strands[0].tasks = vec![Task::Away];
        if end.out_of_memory {
            // Nor does a value that grew too long.
            shell.out_of_memory = false;
            self.interrupt();
            self.shell.strands[0].status = end.code;
        }
    }

    /// What the owner is to run from now on.
    pub fn take_errands(&mut self) -> Vec<Errand> {
        self.shell.take_errands()
    }

    /// What an errand printed. False if nobody waits for it any more.
    pub fn give(&mut self, pid: u32, output: &str, error: &str, at: SimTime) -> bool {
        let Console { shell, files, log, away } = self;
        let mut shared = Files::new();
        let mut around = surroundings(files, &mut shared, log, *away);
        shell.give(pid, output, error, at, &mut around)
    }

    /// An errand has ended.
    pub fn finish(&mut self, pid: u32, status: i32, at: SimTime) {
        self.shell.finish(pid, status, at);
    }

    /// Whether the beginning and the end of jobs in the background are told, as to a person.
    pub fn tell_jobs(&mut self, told: bool) {
        if let Some(jobs) = &mut self.shell.jobs {
            jobs.told = told;
        }
    }

    /// What is told of jobs that have ended, when a line has.
    pub fn ended_jobs(&mut self) -> String {
        self.shell.jobs.as_mut().map(|jobs| jobs.take_ended()).unwrap_or_default()
    }

    /// Whether a process is still there.
    pub fn has_process(&self, pid: u32) -> bool {
        self.shell.strands.iter().any(|strand| strand.pid == pid)
    }

    /// Ctrl+C: ends the line that is at work; jobs in the background go on.
    pub fn interrupt_line(&mut self) {
        self.shell.end_foreground();
        if self.shell.strands.len() == 1 { self.clear_line() } else { self.stop_line() }
    }

    /// Ends all that is at work.
    pub fn interrupt(&mut self) {
        self.shell.strands.truncate(1);
        if let Some(jobs) = &mut self.shell.jobs {
            jobs.forget();
        }
        self.clear_line();
    }

    /// Forgets what the line at work had; no other process is there.
    fn clear_line(&mut self) {
        let Some(buffer) = self.shell.buffers.keys().next().copied() else { return };
        self.stop_line();
        self.shell.inputs.clear();
        self.shell.errands.clear();
        self.shell.buffers.retain(|number, _| *number == buffer);
    }

    /// The first process waits for the next line.
    fn stop_line(&mut self) {
        let Some(buffer) = self.shell.buffers.keys().next().copied().map(Sink::Buffer) else { return };
        let first = &mut self.shell.strands[0];
        if first.tasks.len() > 1 {
            first.status = 130;
        }
        first.tasks = vec![Task::Away];
        first.io = super::strand::Io { out: buffer.clone(), err: buffer, input: None };
    }

    /// What was printed since the last call.
    pub fn drain(&mut self) -> String {
        self.shell.buffers.values_mut().next().map(std::mem::take).unwrap_or_default()
    }

    /// The exit status of the last line.
    pub fn status(&self) -> i32 {
        self.shell.strands[0].status
    }

    /// A line that was not the shell's has ended so: `$?` of the next one.
    pub fn set_status(&mut self, status: i32) {
        self.shell.strands[0].status = status;
    }

    /// Puts a file where its programs find it.
    pub fn put_file(&mut self, name: &str, text: &str) {
        let path = normal(HOME, name);
        if !matches!(self.files.get(&path), Some(Entry::File(there)) if **there == *text) {
            self.files.insert(path, Entry::File(text.into()));
        }
    }

    /// Takes away the files whose names are not to be kept.
    pub fn retain_files(&mut self, keeps: impl Fn(&str) -> bool) {
        let gone: Vec<String> = self.files().map(|(name, _)| name).filter(|name| !keeps(name)).map(|name| normal(HOME, name)).collect();
        gone.iter().for_each(|path| drop(self.files.remove(path)));
    }

    /// Whether there is a file of this name.
    pub fn has_file(&self, name: &str) -> bool {
        matches!(self.files.get(&normal(HOME, name)), Some(Entry::File(_)))
    }

    /// The files that there are: names and texts.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter(|(path, _)| !path.starts_with(FILES)).filter_map(|(path, entry)| match entry {
            Entry::File(text) => Some((path.strip_prefix(HOME).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path), &**text)),
            _ => None,
        })
    }
}

/// What bash says where the shell of small images says it otherwise.
pub(super) fn as_bash(text: &str) -> String {
    if let Some(what) = text.strip_prefix("syntax error: unexpected ").filter(|what| !what.starts_with("end of file")) {
        let token = what.split(" (expecting").next().unwrap_or_default().trim_matches('"');
        return format!("syntax error near unexpected token `{token}'");
    }
    let Some(rest) = text.strip_prefix("sh: ") else { return text.to_owned() };
    let is_plain = |name: &str| !name.contains(": ");
    if let Some(name) = rest.strip_suffix(": not found").filter(|name| is_plain(name)) {
        return if name.contains('/') { format!("bash: {name}: No such file or directory") } else { format!("bash: {name}: command not found") };
    }
    if let Some((name, instead)) = rest.split_once(": not found: ").filter(|(name, _)| is_plain(name)) {
        return format!("bash: {name}: command not found: {instead}");
    }
    if let Some(name) = rest.strip_prefix("can't open ").and_then(|rest| rest.strip_suffix(": no such file")) {
        return format!("bash: {name}: No such file or directory");
    }
    if let Some((name, why)) = rest.strip_prefix("can't create ").and_then(|rest| rest.split_once(": ")) {
        return format!("bash: {name}: {}", why.replace("nonexistent directory", "No such file or directory"));
    }
    if let Some(rest) = rest.strip_prefix("cd: can't cd to ") {
        return format!("bash: cd: {rest}");
    }
    if let Some((pid, why)) = rest.strip_prefix("can't kill pid ").and_then(|rest| rest.split_once(": ")) {
        return format!("bash: kill: ({pid}) - {why}");
    }
    format!("bash: {rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SimDuration;

    /// Types a line, runs the errand `ask` with what it is given, and shows what the terminal shows.
    fn typed(lines: &[&str]) -> String {
        let away = |words: &[String]| match words[0].as_str() {
            "ask" if words.iter().any(|word| word == "-") => Away::Reads,
            "ask" => Away::Runs,
            _ => Away::Here,
        };
        let start = SimTime::from_seconds(1_795_454_902);
        let mut console = Console::new(away, start);
        let (mut shown, mut now) = (String::new(), start);
        for line in lines {
            if let Err(why) = console.enter(line, now) {
                shown += &why;
            }
            for _ in 0..1_000 {
                console.run(now);
                for errand in console.take_errands() {
                    let (words, input) = (errand.words.join(" "), &errand.input);
                    console.give(errand.pid, &format!("<{words}|{input}>\n"), "", now);
                    console.finish(errand.pid, 3, now);
                }
                now = console.due().unwrap_or(now);
                if !console.is_busy() {
                    break;
                }
            }
            shown += &console.drain();
            now = now + SimDuration::from_seconds(1);
        }
        shown
    }

    #[test]
    fn errands_are_programs_like_others() {
        let table: [(&[&str], &str); 8] = [
            (&["ask a 'b c'", "echo $?"], "<ask a b c|>\n3\n"),
            (&["echo x | ask -", "alias q=ask", "q y"], "<ask -|x\n>\n<ask y|>\n"),
            (&["for i in 1 2; do ask $i; done | tr a-z A-Z | sort -r"], "<ASK 2|>\n<ASK 1|>\n"),
            (&["x=$(ask deep)", "echo \"[$x]\""], "[<ask deep|>]\n"),
            (&["ask - <<E\nbody $((1+1))\nE"], "<ask -|body 2\n>\n"),
            (&["ask >f && echo no; cat f; wc -l <f"], "<ask|>\n1\n"),
            (&["seq 2 | xargs ask", "seq 2 | xargs -I Z ask -n Z"], "<ask 1 2|>\n<ask -n 1|>\n<ask -n 2|>\n"),
            (&["echo 'unfinished", "exit 4", "echo $?"], "syntax error: unterminated quoted string4\n"),
        ];
        for (lines, shown) in table {
            assert_eq!(typed(lines), shown, "{lines:?}");
        }
    }

    #[test]
    fn what_is_broken_off_leaves_the_terminal_as_it_was() {
        let mut console = Console::new(|_| Away::Here, SimTime::from_seconds(1));
        assert_eq!(console.enter("x=1; while true; do sleep 1; done | cat", SimTime::from_seconds(1)), Ok(()));
        console.run(SimTime::from_seconds(5));
        assert!(console.is_busy());
        console.interrupt();
        assert!(console.is_idle() && console.due().is_none());
        assert_eq!(console.enter("echo $? $x", SimTime::from_seconds(6)), Ok(()));
        console.run(SimTime::from_seconds(7));
        assert_eq!(console.drain(), "130 1\n");
    }
}
