//! Moves the parts of functions that a run did not reach into functions of their own, so that a module can be
//! divided there too: the start takes one arm of a large `match`, the other arms can follow later.
//!
//! A part is the rest of an instruction sequence from a place that was not reached to its end. The new
//! function gets the locals that the part names, gives back those that it writes, and says in one number more
//! where to go on: behind the sequence, at the end of a block around it, or out of the function.
//! Left alone: parts with values on the stack before or behind them, and small ones.

mod moving;
mod part;

use std::collections::BTreeSet;

use walrus::ir::{InstrSeqId, InstrSeqType};
use walrus::{FunctionId, Module};
use wasmparser::{FuncToValidate, Payload, ValidPayload, Validator, ValidatorResources};

use self::part::{Exit, Part, diverges};
use super::module::{broken, local_mut, parse};
use super::places::{self, Place, first_unreached};
use crate::failure::Failure;

/// A part of fewer instructions is not worth a call.
const SMALL: usize = 40;
/// A part that shares more locals than this stays: passing them would take more than it saves.
const MOST_LOCALS: usize = 24;

/// The module with what was not `reached` in functions of its own, and their number.
pub fn outline(wasm: &[u8], reached: &BTreeSet<usize>) -> Result<(Vec<u8>, usize), Failure> {
    let empty = offsets_with_empty_stack(wasm)?;
    let mut module = parse(wasm)?;
    let mut moved = 0;
    for seen in places::functions(&module, reached) {
        if !seen.ran {
            continue;
        }
        for place in first_unreached(local_mut(&mut module, seen.id), &seen.unreached) {
            moved += usize::from(move_part(&mut module, seen.id, place, &empty));
        }
    }
    Ok((module.emit_wasm(), moved))
}

/// The offsets of the instructions before which the enclosing sequence has nothing on the stack.
fn offsets_with_empty_stack(wasm: &[u8]) -> Result<BTreeSet<u32>, Failure> {
    let mut offsets = BTreeSet::new();
    let mut validator = Validator::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let payload: Payload = payload.map_err(broken)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(broken)? {
            note_empty(function, &body, &mut offsets).map_err(broken)?;
        }
    }
    Ok(offsets)
}

fn note_empty(
    function: FuncToValidate<ValidatorResources>,
    body: &wasmparser::FunctionBody<'_>,
    offsets: &mut BTreeSet<u32>,
) -> wasmparser::Result<()> {
    let mut validator = function.into_validator(Default::default());
    let mut locals = body.get_locals_reader()?;
    for _ in 0..locals.get_count() {
        let offset = locals.original_position();
        let (count, ty) = locals.read()?;
        validator.define_locals(offset, count, ty)?;
    }
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let offset = operators.original_position();
        let operator = operators.read()?;
        let height = validator.operand_stack_height() as usize;
        let bottom = validator.get_control_frame(0).map(|frame| frame.height);
        if bottom == Some(height) {
            offsets.extend(u32::try_from(offset));
        }
        validator.op(offset, &operator)?;
    }
    Ok(())
}

/// Moves the part at `place` of `function` into a function of its own, if that is possible and saves something.
fn move_part(
    module: &mut Module,
    function: FunctionId,
    (sequence, before): Place,
    empty: &BTreeSet<u32>,
) -> bool {
    let gives_back = !module
        .types
        .get(module.funcs.get(function).ty())
        .results()
        .is_empty();
    let local = local_mut(module, function);
    let entry = local.entry_block();
    let outer = local.block(sequence);
    let Some((_, location)) = outer.instrs.get(before) else {
        return false;
    };
    let mut part = Part::default();
    part.read(local, &outer.instrs[before..]);
    part.exits
        .retain(|exit| !matches!(exit, Exit::Branch(target) if part.own.contains(target)));
    if !outer.instrs.last().is_some_and(|(last, _)| diverges(last)) {
        part.exits.insert(Exit::Behind);
    }
    part.named.extend(&part.written);
    let plain = |target: InstrSeqId| {
        if target == entry {
            return !gives_back;
        }
        matches!(local.block(target).ty, InstrSeqType::Simple(None))
    };
    let possible = part.exits.iter().all(|exit| match exit {
        Exit::Branch(target) => plain(*target),
        Exit::Leave => !gives_back,
        Exit::Behind => plain(sequence),
    });
    let worth = part.instructions >= SMALL
        && part.named.len() <= MOST_LOCALS
        && part.instructions > 3 * (part.named.len() + part.written.len());
    let alone = !location.is_default() && empty.contains(&location.data());
    if part.fixed || !possible || !worth || !alone {
        return false;
    }
    let moved = moving::build(module, function, (sequence, before), &part);
    moving::call(module, function, (sequence, before), &moved);
    true
}

#[cfg(test)]
mod tests;
