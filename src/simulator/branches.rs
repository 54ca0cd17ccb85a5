//! Branches of the history: begun by acting in the past, called by names, kept over a reload with all that was ever done on them.

use super::{Branch, OPENING, Simulator, history};
use super::state::State;
use crate::base::{Name, SimDuration};
use crate::scenario::{self, LinkError, Scenario};
use crate::view::Timeline;

/// A branch as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptBranch {
    /// What it is called; empty for the first that nobody has named.
    pub name: Name,
    /// Where it left another, since the start; None for the first.
    pub forked_at: Option<SimDuration>,
    /// Its whole journal and its last moment, as a link.
    pub link: String,
}

impl Simulator {
    /// Begins a branch here: the same past, another future.
    pub fn fork(&mut self) {
        let id = self.branches.len();
        let branch = self.branch().fork(id, &self.state);
        self.branches.push(branch);
        self.current = id;
    }

    /// Before something is done in the past: what was seen to happen after now stays on a branch of its own. If nothing was, time has only
    /// gone by: that is as if it had not.
    pub(super) fn leave_future(&mut self) {
        let now = self.now();
        let branch = &mut self.branches[self.current];
        if self.state.applied < branch.journal.len() || branch.next_visible(now).is_some() {
            self.fork();
        } else if branch.end > now {
            branch.end_here(&self.state);
        }
    }

    /// Takes the last command before now back: begins a branch at the moment before it, without it. False if there is none, or it was
    /// given at the very beginning.
    pub fn undo(&mut self) -> bool {
        let given = self.branch().journal[..self.state.applied].last().map(|entry| entry.at);
        let Some(at) = given.filter(|at| *at > SimDuration::ZERO) else { return false };
        self.seek(self.start_time() + at - SimDuration::from_micros(1));
        self.fork();
        true
    }

    /// The number of the branch being shown.
    pub fn current_branch(&self) -> usize {
        self.current
    }

    /// Shows another branch, at its end. A number that none has changes nothing.
    pub fn switch_branch(&mut self, id: usize) {
        if self.branches.len() <= id {
            return;
        }
        self.interrupt();
        let branch = &self.branches[id];
        let end = branch.end;
        self.state = branch.checkpoints.before(end).clone();
        self.current = id;
        self.catch_up(end);
    }

    /// Calls a branch by another name; without one, by its number again. A number that none has changes nothing.
    pub fn rename_branch(&mut self, id: usize, name: &str) {
        if let Some(branch) = self.branches.get_mut(id) {
            branch.name = match name.trim() {
                "" if id > 0 => Name::from((id + 1).to_string()),
                name => Name::from(name),
            };
        }
    }

    /// The history as a track.
    pub fn timeline(&self) -> Timeline {
        history::timeline(self.start_time(), self.now(), &self.branches, self.current)
    }

    /// All branches, to be kept.
    pub fn kept_branches(&self) -> Vec<KeptBranch> {
        let kept = |branch: &Branch| {
            let at = branch.end.since(self.start_time());
            let scenario = Scenario { journal: branch.journal.clone(), at, ..self.scenario.clone() };
            let forked_at = branch.forked_at.map(|forked_at| forked_at.since(self.start_time()));
            KeptBranch { name: branch.name.clone(), forked_at, link: scenario::to_link(&scenario) }
        };
        self.branches.iter().map(kept).collect()
    }

    /// Branches as they were kept, at a moment of one of them. The others are played when somebody looks at them.
    pub fn restore(kept: &[KeptBranch], current: usize, at: SimDuration) -> Result<Simulator, LinkError> {
        let scenarios = kept.iter().map(|branch| scenario::from_link(&branch.link)).collect::<Result<Vec<Scenario>, LinkError>>()?;
        let scenario = scenarios.get(current).ok_or(LinkError::Damaged)?.clone();
        let branch = |(kept, scenario): (&KeptBranch, &Scenario)| {
            let mut branch = Branch::first(scenario, &State::new(scenario));
            branch.name = kept.name.clone();
            branch.forked_at = kept.forked_at.map(|forked_at| scenario.base.start + forked_at);
            branch.end = scenario.base.start + scenario.at;
            branch
        };
        let branches = kept.iter().zip(&scenarios).map(branch).collect();
        let state = State::new(&scenario);
        let mut simulator = Simulator::of(scenario, state, branches, current);
        let moment = simulator.start_time() + at;
        simulator.unreached = (!simulator.run_until(moment, OPENING).reached).then_some(moment);
        Ok(simulator)
    }
}
