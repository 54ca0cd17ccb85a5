//! The terminal: a line with anything that a shell does runs in a shell of its own, on the cluster's clock. What it calls that the shell
//! does not have (kubectl and the like) comes back as plain lines, one by one; those are what the journal holds, so that a history
//! replays without the shell.

use crate::base::{SimDuration, SimTime, SmallMap};
use crate::engine::World;
use crate::kubectl::{self, Answer};
use crate::runtime::{Away, Console, Errand, Recalled};
use crate::scenario::Command;
use crate::store::Change;

use super::follow::Following;
use super::{Receipt, Simulator};

/// So far may the shell run ahead of the cluster's clock: what takes no time to speak of is done at once, even while the clock stands.
const LEAD: SimDuration = SimDuration::from_millis(100);
/// Not more than this in one go, so that a loop without end leaves the host alone between.
const MAX_ROUNDS: usize = 2_000;
/// When programs have printed so many bytes in one go, the shell goes on in the next one: what prints much has worked long.
const MAX_PRINTED: usize = 64 * 1024;

/// A terminal and what its shell waits for.
#[derive(Clone, Debug)]
pub(super) struct Terminal {
    console: Console,
    /// Programs that go on, by their process.
    jobs: SmallMap<u32, Following>,
    /// When the latest program of a line changed the cluster, if it did.
    wrote: Option<SimTime>,
}

/// From the end of a kubectl that changed something to the request of the next one in the line. Two commands of a recording that follow each
/// other at once are about so far apart.
const START: SimDuration = SimDuration::from_millis(100);
/// Not longer than this in one go.
const MOST_PASSED: SimDuration = SimDuration::from_seconds(1);

/// Programs of the network: the terminal's own machine is the client outside the cluster.
const OF_CLIENT: [&str; 7] = ["curl", "wget", "ping", "nslookup", "dig", "host", "nc"];

/// Which programs are run outside the shell.
fn away(words: &[String]) -> Away {
    match words.first() {
        Some(word) if OF_CLIENT.contains(&word.as_str()) => Away::Runs,
        Some(word) if kubectl::is_command(word) && kubectl::reads_input(words) => Away::Reads,
        Some(word) if kubectl::is_command(word) => Away::Runs,
        _ => Away::Here,
    }
}

impl Terminal {
    /// A terminal in which nothing was typed yet.
    pub fn new(now: SimTime) -> Terminal {
        Terminal { console: Console::new(away, now), jobs: SmallMap::new(), wrote: None }
    }

    /// Whether a line is the shell's to run.
    pub fn takes(&self, line: &str) -> bool {
        let first = line.split_whitespace().next().unwrap_or_default();
        !kubectl::is_plain(line) || self.console.alias(first).is_some_and(|text| text != "kubectl")
    }

    /// Keeps a line that was typed, and says what it is once the earlier lines that it calls for stand in it.
    pub fn recall(&mut self, line: &str) -> Recalled {
        let recalled = self.console.recall(line);
        match &recalled {
            Recalled::Same => self.console.remember(line),
            Recalled::Line(line) | Recalled::Shown(line) => self.console.remember(line),
            Recalled::NotFound(_) => {}
        }
        recalled
    }

    /// A line that was not the shell's has ended so.
    pub fn set_status(&mut self, exit: i32) {
        self.console.set_status(exit);
    }

    /// The names of aliases.
    pub fn aliases(&self) -> impl Iterator<Item = &str> {
        self.console.aliases()
    }

    /// What an alias stands for.
    pub fn alias(&self, name: &str) -> Option<&str> {
        self.console.alias(name)
    }

    /// Whether a line is at work.
    pub fn is_busy(&self) -> bool {
        self.console.is_busy()
    }

    /// Whether somebody types into one of the programs that go on.
    pub fn takes_typing(&self) -> bool {
        self.jobs.values().any(Following::takes_typing)
    }

    /// When it next does something by itself.
    pub fn due(&self) -> Option<SimTime> {
        let jobs = self.jobs.values().filter_map(Following::ends_at);
        self.console.due().into_iter().chain(jobs).min()
    }

    /// Takes account of changes.
    pub fn on_changes(&mut self, changes: &[Change], world: &World) {
        self.jobs.values_mut().for_each(|job| job.on_changes(changes, world));
    }

    /// Ends the line that is at work; jobs in the background go on.
    pub fn interrupt_line(&mut self) {
        self.console.interrupt_line();
        let console = &self.console;
        self.jobs.retain(|pid, _| console.has_process(*pid));
    }

    /// Ends all that is at work.
    pub fn interrupt(&mut self) {
        self.console.interrupt();
        self.jobs.clear();
    }

    /// What was printed since the last call; at the end of a line with what is told of jobs that have ended.
    pub fn drain(&mut self) -> String {
        let text = self.console.drain();
        if self.is_busy() { text } else { text + &self.console.ended_jobs() }
    }

    /// What jobs in the background have printed since the last call, while no line is at work.
    pub fn drain_background(&mut self) -> String {
        self.console.drain()
    }

    /// What is told of jobs that have ended, behind a line that was not the shell's.
    pub fn ended_jobs(&mut self) -> String {
        self.console.ended_jobs()
    }

    /// The exit status of the last line.
    pub fn status(&self) -> i32 {
        self.console.status()
    }

    /// Hands on what the programs that go on have printed.
    /// Returns the lines that are to be given once they have ended, each with the process that waits for it.
    fn drain_jobs(&mut self, now: SimTime) -> Vec<(u32, String)> {
        let mut after = Vec::new();
        let pids: Vec<u32> = self.jobs.keys().copied().collect();
        for pid in pids {
            let Some(job) = self.jobs.get_mut(&pid) else { continue };
            let (text, done) = job.drain();
            let status = job.exit();
            let then = job.then();
            let heard = give(&mut self.console, pid, &text, status, now);
            if done && then.is_none() {
                self.console.finish(pid, status, now);
            }
            after.extend(then.map(|line| (pid, line)));
            if done || !heard {
                self.jobs.remove(&pid);
            }
        }
        after
    }

    fn answered(&mut self, pid: u32, mut answer: Answer, now: SimTime) {
        if matches!(answer.follow, kubectl::Follow::Edit(_)) {
            let why = "error: an editor is not supported here within a longer line: type \"kubectl edit\" alone, or change it by \"kubectl patch\"\n";
            answer = Answer { output: why.to_owned(), exit: 1, ..Answer::default() };
        }
        give(&mut self.console, pid, &answer.output, answer.exit, now);
        match Following::of(answer.follow, now) {
            Some(job) => {
                self.jobs.insert(pid, job);
            }
            None => self.console.finish(pid, answer.exit, now),
        }
    }
}

/// Hands an answer to the process that waits for it: kubectl's own messages on the second stream, so that no pipe takes them.
fn give(console: &mut Console, pid: u32, text: &str, exit: i32, now: SimTime) -> bool {
    let is_message = |line: &str| {
        let failed = exit != 0 && ["error: ", "Error ", "The ", "error:"].iter().any(|start| line.starts_with(start));
        failed || is_log(line) || line.starts_with("Warning: ") || line.starts_with("No resources found")
    };
    // What is printed to one stream and then to the other comes in this order.
    let (mut output, mut errors, mut has_error) = (String::new(), String::new(), false);
    let mut heard = true;
    for line in text.split_inclusive('\n') {
        let is_error = is_message(line) || exit != 0 && has_error;
        has_error |= is_error;
        if is_error {
            errors += line;
            continue;
        }
        if !errors.is_empty() {
            heard = console.give(pid, &std::mem::take(&mut output), &std::mem::take(&mut errors), now);
        }
        output += line;
    }
    heard & console.give(pid, &output, &errors, now)
}

/// A line of kubectl's own log: `I1123 14:44:54.675077`
fn is_log(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() > 6 && matches!(bytes[0], b'I' | b'W' | b'E') && bytes[1..5].iter().all(u8::is_ascii_digit) && bytes[5] == b' ' && line.contains(".go:")
}

/// An errand as a line that the journal can hold.
fn as_line(errand: &Errand) -> String {
    let mut line = errand.words.iter().map(|word| kubectl::quoted(word)).collect::<Vec<_>>().join(" ");
    if errand.words.first().is_some_and(|word| OF_CLIENT.contains(&word.as_str())) {
        line.insert_str(0, "client ");
    }
    if !errand.input.is_empty() {
        line = kubectl::with_input(&line, &errand.input);
    }
    line
}

impl Simulator {
    /// Does what the user says, now. In the past this begins a branch.
    pub fn apply(&mut self, command: Command) -> Receipt {
        let Command::Line(line) = &command else { return self.carry_out(command) };
        // Notes have the prompt before what is typed.
        if let Some(bare) = line.trim_start().strip_prefix("$ ").filter(|_| self.is_terminal()) {
            return self.apply(Command::Line(bare.trim_start().to_owned()));
        }
        match self.terminal.recall(line) {
            Recalled::Same => self.carry_out(command),
            Recalled::Line(line) => {
                let mut receipt = self.carry_out(Command::Line(line.clone()));
                receipt.output.insert_str(0, &(line + "\n"));
                receipt
            }
            Recalled::Shown(line) => Receipt { output: line + "\n", ..Receipt::default() },
            Recalled::NotFound(what) => Receipt { output: format!("bash: {what}\n"), exit: 1, ..Receipt::default() },
        }
    }

    /// Does what somebody wants elsewhere than in the terminal, by a button: what goes on there goes on. Only a line that prints more
    /// later takes its place.
    pub fn apply_beside(&mut self, command: Command) -> Receipt {
        if !self.goes_on() || matches!(&command, Command::Line(line) if self.terminal.takes(line)) {
            return self.apply(command);
        }
        self.beside(command)
    }

    /// Whether the terminal has something that goes on.
    pub(super) fn goes_on(&self) -> bool {
        self.following.is_some() || self.terminal.is_busy()
    }

    pub(super) fn beside(&mut self, command: Command) -> Receipt {
        let answer = self.perform(&command);
        let receipt = Receipt { output: answer.output.clone(), exit: answer.exit, ..Receipt::default() };
        if matches!(answer.follow, kubectl::Follow::Done | kubectl::Follow::UntilGone(_)) {
            return receipt;
        }
        if self.terminal.is_busy() {
            self.terminal.interrupt_line();
            self.terminal_goes_on = false;
        }
        self.follow(answer, receipt)
    }

    /// What a line is once the earlier lines that it calls for (`!!`) stand in it; the line itself if it calls for none.
    pub fn recalled(&self, line: &str) -> String {
        match self.terminal.console.recall(line) {
            Recalled::Line(line) => line,
            _ => line.to_owned(),
        }
    }

    /// Begins a line in the terminal's shell. An error is what the shell says of it.
    pub(super) fn enter(&mut self, line: &str) -> Result<(), String> {
        let now = self.now();
        self.terminal.interrupt_line();
        let is_told = self.is_terminal();
        self.terminal.console.tell_jobs(is_told);
        self.terminal.wrote = None;
        // What jobs printed since is for a person to read, and for nobody else.
        if !is_told {
            self.terminal.drain_background();
        }
        self.terminal.console.enter(line, now).map_err(|why| format!("bash: {why}\n"))?;
        self.run_terminal();
        Ok(())
    }

    /// Lets the shell do what is due, and does what it asks for.
    pub(super) fn run_terminal(&mut self) {
        if self.terminal.console.is_idle() {
            return;
        }
        let now = self.now();
        self.lay_out_files();
        for (pid, line) in self.terminal.drain_jobs(now) {
            let answer = self.perform(&Command::Line(line));
            self.terminal.answered(pid, answer, now);
        }
        let (mut printed, mut passed) = (0, SimDuration::ZERO);
        for _ in 0..MAX_ROUNDS {
            if printed > MAX_PRINTED {
                break;
            }
            self.terminal.console.run(now + LEAD);
            self.save_files();
            let errands = self.terminal.console.take_errands();
            if errands.is_empty() {
                break;
            }
            for errand in errands {
                let before = self.state.session.files.clone();
                let line = as_line(&errand);
                self.pass_between(&mut passed);
                let now = self.now();
                let writes = kubectl::parse(&line).is_ok_and(|invocation| invocation.changes_cluster());
                let answer = self.perform(&Command::Line(line));
                self.terminal.wrote = writes.then_some(self.now());
                // `kubectl cp` brings some. What the shell itself writes is newer than what was saved of it.
                for (name, text) in self.state.session.files.iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
                    self.terminal.console.put_file(name, text);
                }
                printed += answer.output.len();
                self.terminal.answered(errand.pid, answer, now);
            }
        }
    }

    /// A program of a line that begins where the one before has changed the cluster begins later than that: kubectl takes its time to start.
    fn pass_between(&mut self, passed: &mut SimDuration) {
        if self.terminal.wrote == Some(self.now()) && *passed < MOST_PASSED {
            *passed = *passed + START;
            self.state.world.pass(START);
            self.note_changes();
        }
    }

    /// Puts the files where the shell finds them, and takes away those that are no more: closed by a host, or of another moment.
    fn lay_out_files(&mut self) {
        let files = &self.state.session.files;
        self.terminal.console.retain_files(|name| files.contains_key(name));
        for (name, text) in &self.state.session.files {
            self.terminal.console.put_file(name, text);
        }
    }

    /// Keeps the files that the shell wrote, and forgets those that it removed.
    fn save_files(&mut self) {
        let files = &self.state.session.files;
        let is_new = |(name, text): &(&str, &str)| files.get(*name).map(String::as_str) != Some(*text);
        let written: Vec<(String, String)> =
            self.terminal.console.files().filter(is_new).map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        for (name, text) in written {
            let _ = self.perform(&Command::File { name, text });
        }
        let gone: Vec<String> = self.state.session.files.keys().filter(|name| !self.terminal.console.has_file(name)).cloned().collect();
        for name in gone {
            let _ = self.perform(&Command::Line(format!("unlink {}", kubectl::quoted(&name))));
        }
    }

    /// A line that the terminal's shell runs.
    pub(super) fn apply_shell_line(&mut self, line: &str) -> Receipt {
        self.following = None;
        match self.enter(line) {
            Err(output) => Receipt { output, exit: 2, ..Receipt::default() },
            Ok(()) => {
                let running = self.terminal.is_busy();
                let exit = if running { 0 } else { self.terminal.status() };
                self.terminal_goes_on = running;
                Receipt { output: self.terminal.drain(), exit, running, ..Receipt::default() }
            }
        }
    }

    /// Whether what was typed so far goes on in the next line.
    pub fn is_unfinished(typed: &str) -> bool {
        crate::runtime::is_unfinished(typed)
    }

    /// What the last word of a line could be.
    pub fn complete(&self, line: &str) -> Vec<String> {
        // An alias is completed as what it stands for.
        let long = line.trim_start().split_once(' ').and_then(|(first, rest)| Some(format!("{} {rest}", self.terminal.alias(first)?)));
        let mut words = kubectl::complete(long.as_deref().unwrap_or(line), &self.state.session, self.state.world.view());
        if !line.contains(' ') {
            words.extend(self.terminal.aliases().filter(|name| name.starts_with(line) && *name != line).map(str::to_owned));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn files_that_a_host_closes_leave_the_terminal() {
        let mut simulator = Simulator::new(&Scenario::empty());
        for name in ["a.yaml", "b.yaml"] {
            simulator.apply(Command::File { name: name.to_owned(), text: "a: b\n".to_owned() });
        }
        let told = |simulator: &mut Simulator, line: &str| simulator.apply(Command::Line(line.to_owned())).output;
        assert_eq!(told(&mut simulator, "ls"), "a.yaml\nb.yaml\n");
        simulator.forget_file("a.yaml");
        assert_eq!(told(&mut simulator, "ls"), "b.yaml\n");
        assert_eq!(told(&mut simulator, "cat a.yaml"), "cat: can't open 'a.yaml': No such file or directory\n");
        assert_eq!(told(&mut simulator, "echo c > c.txt; rm b.yaml; ls"), "c.txt\n");
        assert_eq!(simulator.files().keys().map(String::as_str).collect::<Vec<_>>(), ["c.txt"]);
    }

    #[test]
    fn a_loop_that_prints_much_leaves_the_host_alone_between() {
        let mut simulator = Simulator::new(&Scenario::example());
        let receipt = simulator.apply(Command::Line("while true; do kubectl get all -A -o yaml; done".to_owned()));
        assert!(receipt.running && receipt.output.len() > MAX_PRINTED, "{}", receipt.output.len());
        assert!(receipt.output.len() < 2 * MAX_PRINTED, "{}", receipt.output.len());
        simulator.run_until(simulator.now() + SimDuration::from_millis(10), crate::simulator::Budget(1));
        let (more, done) = simulator.drain_output().expect("it goes on");
        assert!(!done && more.contains("kind: Pod"));
    }

    #[test]
    fn what_is_done_elsewhere_leaves_the_terminal_alone() {
        for line in ["kubectl get pods -w", "while true; do kubectl get pods; sleep 1; done"] {
            let mut simulator = Simulator::new(&Scenario::example());
            assert!(simulator.apply(Command::Line(line.to_owned())).running);
            let scale = |replicas: u32| Command::Line(format!("kubectl scale rc kubia --replicas={replicas}"));
            let receipt = simulator.apply_beside(Command::NodePower { node: "node2".to_owned(), on: false });
            assert!(!receipt.running, "{line}");
            assert_eq!(simulator.apply_beside(scale(5)).output, "replicationcontroller/kubia scaled\n");
            let deleted = simulator.apply_beside(Command::Line("kubectl delete rc kubia".to_owned()));
            assert!(deleted.output.contains("deleted") && !deleted.running);
            simulator.catch_up(simulator.now() + SimDuration::from_seconds(5));
            let (more, done) = simulator.drain_output().expect("it goes on");
            assert!(!done && more.matches("Terminating").count() >= 3, "{more}");
            let taken = simulator.apply_beside(Command::Line("kubectl get pods -w".to_owned()));
            assert!(taken.running && taken.output.contains("NAME"), "what goes on itself takes its place");
        }
    }

    #[test]
    fn a_long_file_is_kept_whole() {
        let mut simulator = Simulator::new(&Scenario::empty());
        let told = simulator.apply(Command::Line("seq 1 10000 > a; cat a a a > b; wc -c b".to_owned())).output;
        assert_eq!(told.trim(), "146682 b");
        assert_eq!(simulator.files().get("b").map(String::len), Some(146_682));
    }
}
