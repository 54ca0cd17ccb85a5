//! What a part of a function needs and does: locals, sequences inside it, ways out.

use std::collections::BTreeSet;

use walrus::ir::{Instr, InstrSeqId};
use walrus::{InstrLocId, LocalFunction, LocalId};

use crate::split::places::inside;

/// Where a part goes on when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// To the end of a block, or the start of a loop, around it.
    Branch(InstrSeqId),
    /// Out of the function, which gives nothing back.
    Leave,
    /// Behind its last instruction.
    Behind,
}

/// What a part needs and does.
#[derive(Default)]
pub struct Part {
    /// Their number.
    pub instructions: usize,
    /// The sequences inside it.
    pub own: BTreeSet<InstrSeqId>,
    /// The locals that it reads or writes.
    pub named: BTreeSet<LocalId>,
    /// The locals that it writes.
    pub written: BTreeSet<LocalId>,
    /// Where it may go on.
    pub exits: BTreeSet<Exit>,
    /// Has something that cannot be moved.
    pub fixed: bool,
}

impl Part {
    /// Adds what these instructions of `function` need and do.
    pub fn read(&mut self, function: &LocalFunction, instructions: &[(Instr, InstrLocId)]) {
        for (instruction, _) in instructions {
            self.instructions += 1;
            match instruction {
                Instr::LocalGet(get) => {
                    self.named.insert(get.local);
                }
                Instr::LocalSet(set) => {
                    self.written.insert(set.local);
                }
                Instr::LocalTee(tee) => {
                    self.written.insert(tee.local);
                }
                Instr::Br(branch) => self.branch(branch.block),
                Instr::BrIf(branch) => self.branch(branch.block),
                Instr::BrTable(table) => {
                    self.branch(table.default);
                    table.blocks.iter().for_each(|block| self.branch(*block));
                }
                Instr::Return(_) => {
                    self.exits.insert(Exit::Leave);
                }
                other => self.fixed |= !movable(other),
            }
            for sequence in inside(instruction) {
                self.own.insert(sequence);
                self.read(function, &function.block(sequence).instrs);
            }
        }
    }

    fn branch(&mut self, target: InstrSeqId) {
        self.exits.insert(Exit::Branch(target));
    }
}

/// Instructions that mean the same in another function. Only those that are known to.
fn movable(instruction: &Instr) -> bool {
    matches!(
        instruction,
        Instr::Block(_)
            | Instr::Loop(_)
            | Instr::IfElse(_)
            | Instr::Call(_)
            | Instr::CallIndirect(_)
            | Instr::GlobalGet(_)
            | Instr::GlobalSet(_)
            | Instr::Const(_)
            | Instr::Binop(_)
            | Instr::Unop(_)
            | Instr::Select(_)
            | Instr::Unreachable(_)
            | Instr::Drop(_)
            | Instr::MemorySize(_)
            | Instr::MemoryGrow(_)
            | Instr::MemoryCopy(_)
            | Instr::MemoryFill(_)
            | Instr::Load(_)
            | Instr::Store(_)
    )
}

/// Whether control never comes behind this instruction.
pub fn diverges(instruction: &Instr) -> bool {
    matches!(instruction, Instr::Unreachable(_) | Instr::Br(_) | Instr::BrTable(_) | Instr::Return(_))
}
