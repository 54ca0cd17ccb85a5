//! All that a host (the page, the binary) names: a cluster that runs, takes commands, and goes to any moment of its history.
//!
//! A moment is derived: the nearest checkpoint before it, and the journal and the wake-ups from there on. Going back and playing on
//! therefore gives the same history again; acting in the past begins a branch.

mod assist;
mod branches;
mod check;
mod checkpoints;
mod clean;
mod compare;
mod conditions;
mod follow;
mod history;
mod present;
mod state;
mod tally;
mod terminal;
mod transfer;
mod typing;
mod upcoming;
mod why;

use crate::kubectl;
use crate::scenario;

pub use crate::api::{Kind, Labels, ObjectKey, Uid};
pub use crate::engine::{Because, Before, Placement, Rank, Reason, What, Who};
pub use crate::scheduler::{NodeVerdict, PluginScore};
pub use crate::base::{LargeMap, Name, SimDuration, SimTime, SmallMap, SmallSet, parse_float};
pub use crate::manifest::updated;
pub use crate::scenario::{Command, Entry, FileError, Lab, LinkError, MAX_LINK, Scenario, Told, is_meant, parse_file, parse_lab};
pub use crate::view::*;
pub use branches::KeptBranch;
pub use assist::{Change, Edit, Effect, FieldChange, FieldDoc, Fix, Mending, apply_edits, describe_field, template, templates};
pub use crate::manifest::assist::{Suggestion, Suggestions};
pub use check::{Diagnostic, Hint, Severity};
pub use conditions::ConditionsAt;
pub use compare::{Comparison, Difference, Field as DifferingField};
pub use present::Selector;
pub use tally::{Tallies, Tally};
pub use upcoming::{Due, Upcoming};
use follow::Following;
use history::Branch;
use state::State;
use terminal::Terminal;

/// At most so many wake-ups in one call.
#[derive(Clone, Copy, Debug)]
pub struct Budget(pub u32);

/// How far a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether the moment asked for is reached; if not, the budget was used up.
    pub reached: bool,
}

/// What came of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Receipt {
    /// What it printed.
    pub output: String,
    /// Its exit status.
    pub exit: i32,
    /// What is wrong with the file that it read, if that is why it failed.
    pub diagnostics: Vec<Diagnostic>,
    /// The text that it wants in an editor; what is saved there goes to [`Simulator::save_edit`].
    pub edit: Option<String>,
    /// Whether it goes on: a `delete` that waits, a `get --watch`.
    pub running: bool,
}

/// So much of a link's history is played before it is shown: two frames of a browser, in a cluster of a thousand pods.
const OPENING: Budget = Budget(300);
/// Without a visible change for so long, a step ends.
const QUIET: SimDuration = SimDuration::from_seconds(3600);

/// A cluster with its history.
#[derive(Clone, Debug)]
pub struct Simulator {
    scenario: Scenario,
    state: State,
    branches: Vec<Branch>,
    current: usize,
    following: Option<Following>,
    terminal: Terminal,
    /// Whether the line that goes on is one of the shell's.
    terminal_goes_on: bool,
    unreached: Option<SimTime>,
    /// The exit status of the line that went on last.
    line_exit: i32,
    /// Lines that a host follows by number, beside the terminal's own.
    watches: SmallMap<u32, Following>,
}

impl Simulator {
    /// A scenario's cluster at the scenario's moment.
    pub fn new(scenario: &Scenario) -> Simulator {
        let state = State::new(scenario);
        let branch = Branch::first(scenario, &state);
        let mut simulator = Simulator::of(scenario.clone(), state, vec![branch], 0);
        simulator.catch_up(scenario.base.start + scenario.at);
        simulator
    }

    /// A simulator that stands in one of its branches, with nothing running in its terminal.
    fn of(scenario: Scenario, state: State, branches: Vec<Branch>, current: usize) -> Simulator {
        Simulator {
            state,
            branches,
            current,
            following: None,
            terminal: Terminal::new(scenario.base.start),
            terminal_goes_on: false,
            unreached: None,
            line_exit: 0,
            watches: SmallMap::new(),
            scenario,
        }
    }

    /// The scenario of a link, at the link's moment; at an earlier one if that is far off: see [`Simulator::unreached`].
    pub fn from_link(text: &str) -> Result<Simulator, LinkError> {
        Ok(Simulator::opened(&scenario::from_link(text)?))
    }

    /// A scenario at its moment; at an earlier one if that is far off: see [`Simulator::unreached`].
    pub fn opened(scenario: &Scenario) -> Simulator {
        Simulator::opening(scenario, OPENING)
    }

    /// The same, with so much of its history played at once as a host has time for.
    pub fn opening(scenario: &Scenario, budget: Budget) -> Simulator {
        let mut simulator = Simulator::new(&Scenario { at: SimDuration::ZERO, ..scenario.clone() });
        let moment = scenario.base.start + scenario.at;
        simulator.unreached = (!simulator.run_until(moment, budget).reached).then_some(moment);
        simulator
    }

    /// The moment that a link asked for and that is not reached yet: a host runs there in slices, so that no link hangs it.
    pub fn unreached(&self) -> Option<SimTime> {
        self.unreached.filter(|moment| *moment > self.now())
    }

    /// The link of this moment: the journal up to now, without the `#`.
    pub fn link(&self) -> String {
        scenario::to_link(&self.scenario_now())
    }

    /// The scenario whose history up to now is this one; up to the moment that it is still run to, if it is.
    pub fn scenario_now(&self) -> Scenario {
        let at = self.aim().since(self.start_time());
        let journal = &self.branch().journal;
        let to_come = journal[self.state.applied..].iter().take_while(|entry| entry.at <= at && self.unreached().is_some()).count();
        Scenario { journal: journal[..self.state.applied + to_come].to_vec(), at, ..self.scenario.clone() }
    }

    /// The moment that a host stands at or is on its way to.
    pub fn aim(&self) -> SimTime {
        self.unreached().unwrap_or(self.now())
    }

    /// The present.
    pub fn now(&self) -> SimTime {
        self.state.world.now()
    }

    /// The first moment.
    pub fn start_time(&self) -> SimTime {
        self.scenario.base.start
    }

    /// The last moment that was reached on this branch.
    pub fn end_of_history(&self) -> SimTime {
        self.branch().end
    }

    /// The files as saved.
    pub fn files(&self) -> &SmallMap<String, String> {
        &self.state.session.files
    }

    /// The digest of the present.
    pub fn digest(&self) -> u64 {
        self.state.world.digest()
    }

    /// The cluster, for tests and measurements.
    pub fn world(&self) -> &crate::engine::World {
        &self.state.world
    }

    /// The ways of the packets that were sent since the last call, for whoever looks on; the first call begins. Going back drops them.
    pub fn take_passages(&mut self) -> Passages {
        self.state.world.take_passages()
    }

    /// Runs to a moment, or as far as the budget goes. A moment in the past changes nothing.
    pub fn run_until(&mut self, until: SimTime, budget: Budget) -> Progress {
        for _ in 0..budget.0 {
            if !self.advance(until) {
                return Progress { reached: true };
            }
        }
        Progress { reached: self.now() >= until && self.state.world.agenda().next_at().is_none_or(|at| at > until) }
    }

    /// Runs to a moment, however long that takes.
    pub fn catch_up(&mut self, until: SimTime) {
        while self.advance(until) {}
    }

    /// One wake-up, or one command of the journal, that is due by `until`. False if there is none.
    fn advance(&mut self, until: SimTime) -> bool {
        let branch = &mut self.branches[self.current];
        let next = branch.journal.get(self.state.applied).map(|entry| self.scenario.base.start + entry.at);
        // A command comes after all wake-ups of its moment.
        let typed = self.terminal.due().map(|due| due.max(self.state.world.now()));
        let limit = next.into_iter().chain(typed).fold(until, SimTime::min);
        let mut alive = self.state.world.step(limit);
        if !alive && let Some(next) = next.filter(|next| *next <= until) {
            // One that was given while the command before it was still at work comes right after that one.
            assert!(self.now() >= next, "BUG: a command's time is not reached");
            let branch = &self.branches[self.current];
            let command = branch.journal[self.state.applied].command.clone();
            self.state.applied += 1;
            // What it printed was seen when it was given.
            let _ = self.state.perform(&command);
            alive = true;
        }
        self.note_changes();
        let shell_is_due = !alive && typed.is_some_and(|typed| typed <= until);
        self.run_terminal();
        alive || shell_is_due
    }

    /// Hands what changed to the lines that go on, and to the history.
    fn note_changes(&mut self) {
        let changes = self.state.world.take_changes();
        let world = &self.state.world;
        for following in self.following.iter_mut().chain(self.watches.values_mut()) {
            following.on_changes(&changes, world);
        }
        self.terminal.on_changes(&changes, world);
        self.branches[self.current].note(&changes, &self.state);
    }

    /// The next moment at which anything is due; what is due may prove invisible.
    pub fn next_event_time(&self) -> Option<SimTime> {
        let command = self.branch().journal.get(self.state.applied).map(|entry| self.start_time() + entry.at);
        let line = self.following.as_ref().and_then(Following::ends_at).filter(|at| *at > self.now());
        let typed = self.terminal.due().filter(|at| *at > self.now());
        self.state.world.agenda().next_at().into_iter().chain(command).chain(line).chain(typed).min()
    }

    /// Runs to the next visible change, with all that happens at its moment; to an hour later if there is none.
    pub fn step(&mut self) {
        let limit = self.now() + QUIET;
        let from = self.now();
        while self.branch().next_visible(from).is_none() {
            let Some(at) = self.next_event_time().filter(|at| *at <= limit) else {
                self.catch_up(limit);
                return;
            };
            self.catch_up(at);
        }
        if let Some(at) = self.branch().next_visible(from) {
            self.catch_up(at);
        }
    }

    /// Goes back to the visible change before now, or to the start.
    pub fn step_back(&mut self) {
        let to = self.branch().previous_visible(self.now()).unwrap_or(self.start_time());
        self.seek(to);
    }

    /// Goes to any moment from the start on. Lines that go on are ended.
    pub fn seek(&mut self, to: SimTime) {
        self.interrupt();
        self.unreached = None;
        let to = to.max(self.start_time());
        if to < self.now() {
            self.state = self.branch().checkpoints.before(to).clone();
        }
        self.catch_up(to);
    }

    fn carry_out(&mut self, command: Command) -> Receipt {
        if let Command::Line(line) = &command
            && self.terminal.takes(line)
        {
            return self.apply_shell_line(line);
        }
        if self.terminal.is_busy() {
            self.terminal.interrupt_line();
            self.terminal_goes_on = false;
        }
        let mut answer = self.perform(&command);
        self.terminal.set_status(answer.exit);
        if matches!(answer.follow, kubectl::Follow::Done) {
            answer.output += &self.terminal.ended_jobs();
        }
        let receipt = Receipt { output: answer.output.clone(), exit: answer.exit, ..Receipt::default() };
        self.follow(answer, receipt)
    }

    fn perform(&mut self, command: &Command) -> kubectl::Answer {
        let journalled = State::is_journalled(command);
        if journalled {
            self.leave_future();
        }
        // It may take time itself.
        let at = self.now().since(self.start_time());
        let answer = self.state.perform(command);
        if journalled {
            let entry = Entry { at, command: command.clone() };
            let branch = &mut self.branches[self.current];
            branch.journal.push(entry);
            self.state.applied = branch.journal.len();
            branch.commanded(command, &self.state);
        }
        self.note_changes();
        answer
    }

    fn follow(&mut self, answer: kubectl::Answer, mut receipt: Receipt) -> Receipt {
        if let kubectl::Follow::Edit(text) = answer.follow {
            receipt.edit = Some(text);
            return receipt;
        }
        self.following = Following::of(answer.follow, self.now());
        receipt.running = self.following.is_some();
        receipt
    }

    /// Saves a file and applies it, as `kubectl apply -f` does. A refused one is not kept, and leaves all as it was.
    pub fn apply_file(&mut self, name: &str, text: &str) -> Receipt {
        let file = Command::File { name: name.to_owned(), text: text.to_owned() };
        let line = Command::Line(format!("kubectl apply -f {}", kubectl::quoted(name)));
        let mut trial = self.state.clone();
        let _ = trial.perform(&file);
        let tried = trial.perform(&line);
        if tried.exit != 0 {
            let diagnostics = check::check(&self.state, text);
            return Receipt { output: tried.output, exit: tried.exit, diagnostics, ..Receipt::default() };
        }
        if self.goes_on() {
            self.beside(file);
            return self.beside(line);
        }
        self.carry_out(file);
        self.carry_out(line)
    }

    /// Takes a file away that a host no longer shows. In the past all stays as it was: that is nothing to branch for.
    pub fn forget_file(&mut self, name: &str) {
        if self.files().contains_key(name) && self.state.applied == self.branch().journal.len() {
            self.carry_out(Command::Line(format!("unlink {}", kubectl::quoted(name))));
        }
    }

    /// Ends a line that wanted an editor, with what was saved there.
    pub fn save_edit(&mut self, line: &str, text: &str) -> Receipt {
        self.carry_out(Command::Line(kubectl::with_input(line, text)))
    }

    /// What is wrong with a text that might be applied; nothing is changed.
    pub fn check(&self, text: &str) -> Vec<Diagnostic> {
        check::check(&self.state, text)
    }

    /// What the line that goes on has printed since the last call, and whether it has ended; None if none goes on.
    pub fn drain_output(&mut self) -> Option<(String, bool)> {
        if self.terminal_goes_on {
            let (text, done) = (self.terminal.drain(), !self.terminal.is_busy());
            if done {
                self.terminal_goes_on = false;
                self.line_exit = self.terminal.status();
            }
            return Some((text, done));
        }
        let beside = self.terminal.drain_background();
        let Some(following) = self.following.as_mut() else { return (!beside.is_empty()).then_some((beside, true)) };
        let (mut text, done) = following.drain();
        text.insert_str(0, &beside);
        if done {
            let then = following.then();
            self.line_exit = following.exit();
            self.terminal.set_status(self.line_exit);
            self.following = None;
            text += &then.map(|line| self.perform(&Command::Line(line)).output).unwrap_or_default();
        }
        Some((text, done))
    }

    /// The exit status of the line that went on last and has ended.
    pub fn line_exit(&self) -> i32 {
        self.line_exit
    }

    /// Ends the line that goes on (Ctrl+C); jobs in the background go on.
    pub(super) fn interrupt_line(&mut self) {
        self.following = None;
        self.terminal.interrupt_line();
        self.terminal_goes_on = false;
    }

    /// Ends all that goes on.
    pub fn interrupt(&mut self) {
        self.following = None;
        self.terminal.interrupt();
        self.terminal_goes_on = false;
    }

    /// Starts a line that a host follows by a number of its own.
    pub fn watch(&mut self, id: u32, line: &str) {
        let answer = self.perform(&Command::Line(line.to_owned()));
        let mut following = Following::of(answer.follow, self.now()).unwrap_or_default();
        following.print_first(&answer.output);
        self.watches.insert(id, following);
    }

    /// Ends such a line: all that it printed.
    pub fn stop(&mut self, id: u32) -> Option<String> {
        self.watches.remove(&id).map(|mut following| following.drain().0)
    }

    /// The next moment after now that is worth a look: a command, a warning, another number of ready pods. None if the history knows
    /// of none yet.
    pub fn next_interest(&self) -> Option<SimTime> {
        self.branch().next_interest(self.now())
    }

    /// How many moments worth a look the history knows.
    pub fn marks(&self) -> usize {
        self.branch().interests()
    }

    fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }
}
