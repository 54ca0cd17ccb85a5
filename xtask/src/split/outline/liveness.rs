//! Which locals of a function are still read behind a place: a moved part needs no others, and gives no others back.

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{Instr, InstrSeqId};
use walrus::{LocalFunction, LocalId};

use crate::split::places::Place;

/// The locals that may be read before they are written again.
pub type Live = BTreeSet<LocalId>;

/// What is live where, in one function.
#[derive(Default)]
pub struct Liveness {
    /// Before the instructions at places.
    pub before: BTreeMap<Place, Live>,
    /// Where a branch to a sequence leads to: to its start if it is a loop, else behind it.
    pub labels: BTreeMap<InstrSeqId, Live>,
    /// Behind the last instruction of a sequence.
    pub ends: BTreeMap<InstrSeqId, Live>,
    /// The sequences that are loops.
    pub loops: BTreeSet<InstrSeqId>,
}

/// What is live in `function`, at these places among others.
pub fn liveness(function: &LocalFunction, places: &[Place]) -> Liveness {
    let mut walk = Walk { function, places, found: Liveness::default() };
    let entry = function.entry_block();
    walk.found.labels.insert(entry, Live::new());
    walk.sequence(entry, Live::new());
    walk.found
}

struct Walk<'a> {
    function: &'a LocalFunction,
    places: &'a [Place],
    found: Liveness,
}

impl Walk<'_> {
    /// What is live before a sequence, when this is behind it.
    fn sequence(&mut self, sequence: InstrSeqId, behind: Live) -> Live {
        self.found.ends.insert(sequence, behind.clone());
        let wanted: Vec<usize> = self.places.iter().filter(|place| place.0 == sequence).map(|place| place.1).collect();
        let function = self.function;
        let mut live = behind;
        for (index, (instruction, _)) in function.block(sequence).instrs.iter().enumerate().rev() {
            live = self.instruction(instruction, live);
            if wanted.contains(&index) {
                self.found.before.insert((sequence, index), live.clone());
            }
        }
        live
    }

    fn instruction(&mut self, instruction: &Instr, mut live: Live) -> Live {
        match instruction {
            Instr::LocalGet(get) => {
                live.insert(get.local);
            }
            Instr::LocalSet(set) => {
                live.remove(&set.local);
            }
            Instr::LocalTee(tee) => {
                live.remove(&tee.local);
            }
            Instr::Block(block) => {
                self.found.labels.insert(block.seq, live.clone());
                return self.sequence(block.seq, live);
            }
            Instr::IfElse(choice) => {
                for side in [choice.consequent, choice.alternative] {
                    self.found.labels.insert(side, live.clone());
                }
                let mut before = self.sequence(choice.consequent, live.clone());
                before.append(&mut self.sequence(choice.alternative, live));
                return before;
            }
            Instr::Loop(repeat) => return self.repeat(repeat.seq, live),
            Instr::Br(branch) => return self.label(branch.block),
            Instr::BrIf(branch) => live.append(&mut self.label(branch.block)),
            Instr::BrTable(table) => {
                live = self.label(table.default);
                for target in &table.blocks {
                    live.append(&mut self.label(*target));
                }
            }
            Instr::Return(_) | Instr::Unreachable(_) => live.clear(),
            _ => {}
        }
        live
    }

    /// A loop: what is live at its start grows until it no longer does.
    fn repeat(&mut self, sequence: InstrSeqId, behind: Live) -> Live {
        self.found.loops.insert(sequence);
        self.found.labels.entry(sequence).or_default();
        loop {
            let start = self.sequence(sequence, behind.clone());
            let known = self.found.labels.entry(sequence).or_default();
            if start.is_subset(known) {
                return start;
            }
            known.extend(start);
        }
    }

    fn label(&self, sequence: InstrSeqId) -> Live {
        self.found.labels.get(&sequence).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
