//! Where a run of a module may come by or not, and which of these places it did come by.
//!
//! A place is the start of an instruction sequence, or behind what can be left by a branch. Places have numbers, the
//! same in every copy of a module.

use std::collections::BTreeSet;

use walrus::ir::{Const, GlobalSet, Instr, InstrSeqId, Value};
use walrus::{ConstExpr, FunctionId, LocalFunction, Module, ValType};

use super::module::{local_mut, parse};
use crate::failure::Failure;

/// In front of a place's number in the name of the global that says whether it was reached.
pub const REACHED: &str = "reached ";

/// A place in a function: an instruction sequence and how many instructions of it come before.
pub type Place = (InstrSeqId, usize);

/// The places of each function, with those that were not reached.
pub struct Function {
    /// The function.
    pub id: FunctionId,
    /// Whether it was called.
    pub ran: bool,
    /// Its places that were not reached.
    pub unreached: BTreeSet<Place>,
}

/// What the run that reached the places of these numbers did in each function.
pub fn functions(module: &Module, reached: &BTreeSet<usize>) -> Vec<Function> {
    let mut number = 0;
    let mut found = Vec::new();
    for (id, function) in module.funcs.iter_local() {
        let places = places(function);
        let unreached: BTreeSet<Place> =
            places.iter().zip(number..).filter(|(_, number)| !reached.contains(number)).map(|(place, _)| *place).collect();
        number += places.len();
        found.push(Function { id, ran: !unreached.contains(&(function.entry_block(), 0)), unreached });
    }
    found
}

/// The same module, in which each place where a run can divide notes that it was reached, in the exported
/// global `reached N`.
pub fn instrument(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut module = parse(wasm)?;
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut number = 0;
    for id in functions {
        let places = places(local_mut(&mut module, id));
        let numbered: Vec<(Place, usize)> = places.into_iter().zip(number..).collect();
        number += numbered.len();
        // From the back, so that the places in front stay where they are.
        for ((sequence, before), number) in numbered.into_iter().rev() {
            let unset = ConstExpr::Value(Value::I32(0));
            let global = module.globals.add_local(ValType::I32, true, false, unset);
            module.exports.add(&format!("{REACHED}{number}"), global);
            let function = local_mut(&mut module, id);
            function.builder_mut().instr_seq(sequence).instr_at(before, GlobalSet { global }).instr_at(before, Const { value: Value::I32(1) });
        }
    }
    Ok(module.emit_wasm())
}

/// The sequences inside an instruction.
pub fn inside(instruction: &Instr) -> Vec<InstrSeqId> {
    match instruction {
        Instr::Block(block) => vec![block.seq],
        Instr::Loop(repeat) => vec![repeat.seq],
        Instr::IfElse(choice) => vec![choice.consequent, choice.alternative],
        _ => Vec::new(),
    }
}

/// Where a run may come by or not: the start of each sequence, and behind what can be left by a branch. In the
/// same order each time.
pub fn places(function: &LocalFunction) -> Vec<Place> {
    let mut places = Vec::new();
    let mut waiting = vec![function.entry_block()];
    while let Some(sequence) = waiting.pop() {
        places.push((sequence, 0));
        for (index, (instruction, _)) in function.block(sequence).instrs.iter().enumerate() {
            let inside = inside(instruction);
            if !inside.is_empty() || matches!(instruction, Instr::BrIf(_)) {
                places.push((sequence, index + 1));
            }
            waiting.extend(inside);
        }
    }
    places
}

/// The first unreached place of each sequence that was reached, or of its start if it was not.
pub fn first_unreached(function: &LocalFunction, unreached: &BTreeSet<Place>) -> Vec<Place> {
    let mut found = Vec::new();
    let mut waiting = vec![function.entry_block()];
    while let Some(sequence) = waiting.pop() {
        if unreached.contains(&(sequence, 0)) {
            found.push((sequence, 0));
            continue;
        }
        for (index, (instruction, _)) in function.block(sequence).instrs.iter().enumerate() {
            waiting.extend(inside(instruction));
            if unreached.contains(&(sequence, index + 1)) {
                found.push((sequence, index + 1));
                break;
            }
        }
    }
    found
}
