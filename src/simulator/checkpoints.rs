//! Moments kept whole, so that going back need not begin at the start. Bounded by weight: when there is too much, every second
//! of the older half goes.

use super::state::State;
use crate::base::SimTime;

/// What all checkpoints of a branch may weigh, in bytes, as estimated.
const MAX_WEIGHT: usize = 96 << 20;
/// Not more than this many, however light.
const MAX_COUNT: usize = 400;
/// What an entry of a table weighs in a copy: key, pointer, and its share of the nodes of the tree.
const ENTRY_WEIGHT: usize = 120;

/// The checkpoints of a branch, in order of time; the first is the beginning.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    states: Vec<State>,
    weight: usize,
    /// Wake-ups since the last one.
    since: u32,
}

impl Checkpoints {
    /// With the beginning alone.
    pub fn new(first: &State) -> Checkpoints {
        Checkpoints { states: vec![first.clone()], weight: weight(first), since: 0 }
    }

    /// The latest at or before a moment, or the beginning.
    pub fn before(&self, to: SimTime) -> &State {
        let after = self.states.partition_point(|state| state.world.now() <= to);
        &self.states[after.saturating_sub(1)]
    }

    /// The beginning.
    pub fn first(&self) -> &State {
        &self.states[0]
    }

    /// Counts a wake-up; keeps the state if enough has happened since the last one: a replay between two takes milliseconds.
    pub fn offer(&mut self, state: &State) {
        self.since += 1;
        let enough = 500 + u32::try_from(state.world.view().len() / 4).unwrap_or(u32::MAX);
        if self.since >= enough {
            self.keep(state);
        }
    }

    fn keep(&mut self, state: &State) {
        // A command at a moment comes after all of its wake-ups: a copy taken between them would lose those to come.
        let complete = state.world.agenda().next_at().is_none_or(|at| at > state.world.now());
        let later = self.states.last().is_none_or(|last| last.world.now() < state.world.now());
        if !complete || !later {
            return;
        }
        self.since = 0;
        self.weight += weight(state);
        self.states.push(state.clone());
        while self.states.len() > MAX_COUNT || self.weight > MAX_WEIGHT && self.states.len() > 2 {
            self.thin();
        }
    }

    fn thin(&mut self) {
        let half = self.states.len().div_ceil(2).max(2);
        let mut index = 0;
        self.states.retain(|_| {
            index += 1;
            index > half || index % 2 == 1
        });
        self.weight = self.states.iter().map(weight).sum();
    }

    /// A copy with what is at or before a moment.
    pub fn until(&self, to: SimTime) -> Checkpoints {
        let states: Vec<State> = self.states.iter().filter(|state| state.world.now() <= to).cloned().collect();
        let weight = states.iter().map(weight).sum();
        Checkpoints { states, weight, since: 0 }
    }
}

fn weight(state: &State) -> usize {
    let world = &state.world;
    (world.view().len() + world.view().events().len() + world.agenda().len()) * ENTRY_WEIGHT
}
