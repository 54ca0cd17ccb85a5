//! Moves the parts of functions that a run did not reach into functions of their own, so that a module can be
//! divided there too: the start takes one arm of a large `match`, the other arms can follow later.
//!
//! A part is the rest of an instruction sequence from a place that was not reached to its end. The new
//! function gets what is on the stack and the locals that the part reads, gives back those that it writes and that are
//! read later, and says in one number more where to go on: behind the sequence, at the end of a block around it, or out
//! of the function. Left alone: parts whose call would be no smaller.

mod liveness;
mod moving;
mod part;

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{InstrSeqId, InstrSeqType};
use walrus::{FunctionId, LocalId, Module, ValType};
use wasmparser::{FuncToValidate, Payload, ValidPayload, Validator, ValidatorResources};

use self::liveness::{Live, Liveness, liveness};
use self::moving::Shape;
use self::part::{Exit, Part, diverges};
use super::module::{broken, local_mut, parse};
use super::places::{self, Place, first_unreached};
use crate::failure::Failure;

/// What a call and the stub behind it take, in instructions, besides what is handed over.
const CALL: usize = 8;
/// What another way on takes, in instructions.
const CHOICE: usize = 5;

/// The types of the values on the stack of the enclosing sequence, by the offset of the instruction behind them.
type Stacks = BTreeMap<u32, Vec<ValType>>;

/// The module with what was not `reached` in functions of its own, and their number.
pub fn outline(wasm: &[u8], reached: &BTreeSet<usize>) -> Result<(Vec<u8>, usize), Failure> {
    let stacks = stacks(wasm)?;
    let mut module = parse(wasm)?;
    let mut moved = 0;
    for seen in places::functions(&module, reached) {
        if !seen.ran {
            continue;
        }
        let function = local_mut(&mut module, seen.id);
        let places = first_unreached(function, &seen.unreached);
        let liveness = liveness(function, &places);
        for place in places {
            moved += usize::from(move_part(&mut module, seen.id, place, &stacks, &liveness));
        }
    }
    Ok((module.emit_wasm(), moved))
}

fn stacks(wasm: &[u8]) -> Result<Stacks, Failure> {
    let mut stacks = Stacks::new();
    let mut validator = Validator::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let payload: Payload = payload.map_err(broken)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(broken)? {
            note_stacks(function, &body, &mut stacks).map_err(broken)?;
        }
    }
    Ok(stacks)
}

fn note_stacks(function: FuncToValidate<ValidatorResources>, body: &wasmparser::FunctionBody<'_>, stacks: &mut Stacks) -> wasmparser::Result<()> {
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
        let depth = height - bottom.unwrap_or(height);
        let types: Option<Vec<ValType>> = (0..depth).rev().map(|depth| number_type(validator.get_operand_type(depth)??)).collect();
        if let (Some(types), Ok(offset)) = (types, u32::try_from(offset)) {
            stacks.insert(offset, types);
        }
        validator.op(offset, &operator)?;
    }
    Ok(())
}

fn number_type(ty: wasmparser::ValType) -> Option<ValType> {
    match ty {
        wasmparser::ValType::I32 => Some(ValType::I32),
        wasmparser::ValType::I64 => Some(ValType::I64),
        wasmparser::ValType::F32 => Some(ValType::F32),
        wasmparser::ValType::F64 => Some(ValType::F64),
        _ => None,
    }
}

/// Moves the part at `place` of `function` into a function of its own, if that is possible and saves something.
fn move_part(module: &mut Module, function: FunctionId, place: Place, stacks: &Stacks, liveness: &Liveness) -> bool {
    let (sequence, before) = place;
    let local = module.funcs.get(function).kind.unwrap_local();
    let outer = local.block(sequence);
    let Some((_, location)) = outer.instrs.get(before) else {
        return false;
    };
    let mut part = Part::default();
    part.read(local, &outer.instrs[before..]);
    part.exits.retain(|exit| !matches!(exit, Exit::Branch(target) if part.own.contains(target)));
    if !outer.instrs.last().is_some_and(|(last, _)| diverges(last)) {
        part.exits.insert(Exit::Behind);
    }
    let stack = (!location.is_default()).then(|| stacks.get(&location.data())).flatten();
    let (Some(stack), false) = (stack, part.fixed) else {
        return false;
    };
    let Some(shape) = shape(module, function, place, &part, stack, liveness) else {
        return false;
    };
    let handed = stack.len() + shape.arguments.len() + shape.results.len();
    let choices = shape.exits.len().saturating_sub(1);
    if part.instructions <= CALL + handed + CHOICE * choices {
        return false;
    }
    let moved = moving::build(module, function, place, &part, &shape);
    moving::call(module, function, place, (moved, &shape));
    true
}

/// What a part gets and gives; `None` if that cannot be said in a type.
fn shape(module: &Module, function: FunctionId, place: Place, part: &Part, stack: &[ValType], liveness: &Liveness) -> Option<Shape> {
    let entry = module.funcs.get(function).kind.unwrap_local().entry_block();
    let none = Live::new();
    let live = |exit: &Exit| match exit {
        Exit::Branch(target) => liveness.labels.get(target),
        Exit::Behind => liveness.ends.get(&place.0),
        Exit::Leave => Some(&none),
    };
    let mut later = Live::new();
    for exit in &part.exits {
        later.extend(live(exit)?);
    }
    let given = |target: InstrSeqId| given(module, function, target);
    let mut exits = Vec::new();
    for exit in &part.exits {
        let value = match exit {
            Exit::Branch(target) if liveness.loops.contains(target) => None,
            Exit::Branch(target) => given(*target)?,
            Exit::Leave => given(entry)?,
            Exit::Behind => given(place.0)?,
        };
        exits.push((*exit, value));
    }
    let sorted = |locals: &mut dyn Iterator<Item = LocalId>| {
        let mut locals: Vec<LocalId> = locals.collect();
        // Few different types of functions.
        locals.sort_by_key(|local| module.locals.get(*local).ty());
        locals
    };
    let arguments = liveness.before.get(&place)?;
    let mut arguments =
        arguments.iter().copied().filter(|local| part.named.contains(local) || (part.written.contains(local) && later.contains(local)));
    let mut results = part.written.intersection(&later).copied();
    Some(Shape { stack: stack.to_vec(), arguments: sorted(&mut arguments), results: sorted(&mut results), exits })
}

/// The value that a sequence of `function` gives, if any; `None` if it gives several, or one that is no number.
fn given(module: &Module, function: FunctionId, sequence: InstrSeqId) -> Option<Option<ValType>> {
    let function = module.funcs.get(function);
    let local = function.kind.unwrap_local();
    let value = if sequence == local.entry_block() {
        match module.types.get(function.ty()).results() {
            [] => None,
            [value] => Some(*value),
            _ => return None,
        }
    } else {
        match local.block(sequence).ty {
            InstrSeqType::Simple(value) => value,
            InstrSeqType::MultiValue(_) => return None,
        }
    };
    match value {
        Some(ValType::Ref(_) | ValType::V128) => None,
        value => Some(value),
    }
}

#[cfg(test)]
mod tests;
