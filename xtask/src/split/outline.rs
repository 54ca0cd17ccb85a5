//! Moves the parts of functions that a run did not reach into functions of their own, so that a module can be
//! divided there too: the start takes one arm of a large `match`, the other arms can follow later.
//!
//! A part is the rest of an instruction sequence from a place that was not reached to its end. The new
//! function gets the locals that the part names, gives back those that it writes, and says in one number more
//! where to go on: behind the sequence, at the end of a block around it, or out of the function.
//! Left alone: parts with values on the stack before or behind them, and small ones.

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{
    BinaryOp, Binop, Block, Br, Call, Const, GlobalSet, IfElse, Instr, InstrSeqId, InstrSeqType,
    LocalGet, LocalSet, Return, Unreachable, Value,
};
use walrus::{
    ConstExpr, FunctionBuilder, FunctionId, InstrLocId, LocalFunction, LocalId, Module, ValType,
};
use wasmparser::{FuncToValidate, Payload, ValidPayload, Validator, ValidatorResources};

use super::module::{RAN, broken, local_mut, parse};
use crate::failure::Failure;

/// A part of fewer instructions is not worth a call.
const SMALL: usize = 40;
/// A part that shares more locals than this stays: passing them would take more than it saves.
const MOST_LOCALS: usize = 24;

/// A place in a function: an instruction sequence and how many instructions of it come before.
type Place = (InstrSeqId, usize);

/// The same module, in which each place where a run can divide notes that it was reached, in the exported
/// global `ran N`.
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
            module.exports.add(&format!("{RAN}{number}"), global);
            let function = local_mut(&mut module, id);
            function
                .builder_mut()
                .instr_seq(sequence)
                .instr_at(before, GlobalSet { global })
                .instr_at(
                    before,
                    Const {
                        value: Value::I32(1),
                    },
                );
        }
    }
    Ok(module.emit_wasm())
}

/// The module with what was not `reached` in functions of its own, and their number.
pub fn outline(wasm: &[u8], reached: &BTreeSet<usize>) -> Result<(Vec<u8>, usize), Failure> {
    let empty = offsets_with_empty_stack(wasm)?;
    let mut module = parse(wasm)?;
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut number = 0;
    let mut moved = 0;
    for id in functions {
        let function = local_mut(&mut module, id);
        let entry = function.entry_block();
        let places = places(function);
        let unreached: BTreeSet<Place> = places
            .iter()
            .zip(number..)
            .filter(|(_, number)| !reached.contains(number))
            .map(|(place, _)| *place)
            .collect();
        number += places.len();
        if unreached.contains(&(entry, 0)) {
            continue;
        }
        for place in first_unreached(function, &unreached) {
            moved += usize::from(move_part(&mut module, id, place, &empty));
        }
    }
    Ok((module.emit_wasm(), moved))
}

/// The sequences inside an instruction.
fn inside(instruction: &Instr) -> Vec<InstrSeqId> {
    match instruction {
        Instr::Block(block) => vec![block.seq],
        Instr::Loop(repeat) => vec![repeat.seq],
        Instr::IfElse(choice) => vec![choice.consequent, choice.alternative],
        _ => Vec::new(),
    }
}

/// Where a run may come by or not: the start of each sequence, and behind what can be left by a branch. In the
/// same order each time.
fn places(function: &LocalFunction) -> Vec<Place> {
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
fn first_unreached(function: &LocalFunction, unreached: &BTreeSet<Place>) -> Vec<Place> {
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

/// Where a part goes on when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// To the end of a block, or the start of a loop, around it.
    Branch(InstrSeqId),
    /// Out of the function, which gives nothing back.
    Leave,
    /// Behind its last instruction.
    Behind,
}

/// What a part needs and does.
#[derive(Default)]
struct Part {
    instructions: usize,
    own: BTreeSet<InstrSeqId>,
    named: BTreeSet<LocalId>,
    written: BTreeSet<LocalId>,
    exits: BTreeSet<Exit>,
    /// Has something that cannot be moved.
    fixed: bool,
}

impl Part {
    fn read(&mut self, function: &LocalFunction, instructions: &[(Instr, InstrLocId)]) {
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
fn diverges(instruction: &Instr) -> bool {
    matches!(
        instruction,
        Instr::Unreachable(_) | Instr::Br(_) | Instr::BrTable(_) | Instr::Return(_)
    )
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
    let moved = build(module, function, (sequence, before), &part);
    call(module, function, (sequence, before), &moved);
    true
}

/// A part as a function.
struct Moved {
    id: FunctionId,
    /// The locals of the old function that it gets.
    arguments: Vec<LocalId>,
    /// Those that it gives back.
    results: Vec<LocalId>,
    /// Where it goes on, by the number that it gives back if there is a choice.
    exits: Vec<Exit>,
}

/// Makes a function of the part at `place`. Every exit is the end of a block around the moved instructions,
/// behind which the exit's number is noted.
fn build(module: &mut Module, function: FunctionId, place: Place, part: &Part) -> Moved {
    let exits: Vec<Exit> = part.exits.iter().copied().collect();
    let arguments: Vec<LocalId> = part.named.iter().copied().collect();
    let mut results: Vec<LocalId> = part.written.iter().copied().collect();
    if exits.is_empty() {
        results.clear();
    }
    let types = |locals: &[LocalId]| -> Vec<ValType> {
        locals
            .iter()
            .map(|local| module.locals.get(*local).ty())
            .collect()
    };
    let (argument_types, mut result_types) = (types(&arguments), types(&results));
    if exits.len() > 1 {
        result_types.push(ValType::I32);
    }
    let locals: BTreeMap<LocalId, LocalId> = arguments
        .iter()
        .zip(&argument_types)
        .map(|(old, ty)| (*old, module.locals.add(*ty)))
        .collect();
    let code = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &argument_types, &result_types);
    let old = module.funcs.get(function).kind.unwrap_local();

    let mut sequences: BTreeMap<InstrSeqId, InstrSeqId> = part
        .own
        .iter()
        .map(|id| (*id, builder.dangling_instr_seq(old.block(*id).ty).id()))
        .collect();
    let doors: Vec<InstrSeqId> = exits
        .iter()
        .map(|_| builder.dangling_instr_seq(None).id())
        .collect();
    let out = builder.dangling_instr_seq(None).id();
    let mut leave = None;
    for (exit, door) in exits.iter().zip(&doors) {
        match exit {
            Exit::Branch(target) => drop(sequences.insert(*target, *door)),
            Exit::Leave => leave = Some(*door),
            Exit::Behind => {}
        }
    }
    let copier = Copier {
        locals: &locals,
        sequences: &sequences,
        leave,
    };
    for id in &part.own {
        let copied = copier.copy(&old.block(*id).instrs);
        builder.instr_seq(sequences[id]).instrs_mut().extend(copied);
    }
    let mut body = copier.copy(&old.block(place.0).instrs[place.1..]);
    let entry = builder.func_body_id();
    for (number, door) in doors.iter().enumerate().rev() {
        // Whoever comes behind the innermost instructions came there by the last exit.
        builder.instr_seq(*door).instrs_mut().append(&mut body);
        body.push(new(Block { seq: *door }));
        if doors.len() > 1 {
            let value = Value::I32(i32::try_from(number).expect("BUG: few exits"));
            body.push(new(Const { value }));
            body.push(new(LocalSet { local: code }));
        }
        body.push(new(Br { block: out }));
    }
    if !doors.is_empty() {
        builder.instr_seq(out).instrs_mut().append(&mut body);
        body.push(new(Block { seq: out }));
        body.extend(results.iter().map(|local| {
            new(LocalGet {
                local: locals[local],
            })
        }));
        if doors.len() > 1 {
            body.push(new(LocalGet { local: code }));
        }
    }
    builder.instr_seq(entry).instrs_mut().append(&mut body);
    let parameters = arguments.iter().map(|local| locals[local]).collect();
    let id = builder.finish(parameters, &mut module.funcs);
    Moved {
        id,
        arguments,
        results,
        exits,
    }
}

/// Copies instructions into another function.
struct Copier<'a> {
    locals: &'a BTreeMap<LocalId, LocalId>,
    sequences: &'a BTreeMap<InstrSeqId, InstrSeqId>,
    leave: Option<InstrSeqId>,
}

impl Copier<'_> {
    fn copy(&self, instructions: &[(Instr, InstrLocId)]) -> Vec<(Instr, InstrLocId)> {
        instructions
            .iter()
            .map(|(instruction, _)| self.copied(instruction))
            .collect()
    }

    fn copied(&self, instruction: &Instr) -> (Instr, InstrLocId) {
        let mut instruction = instruction.clone();
        let local = |local: &mut LocalId| *local = self.locals[local];
        let sequence = |id: &mut InstrSeqId| *id = self.sequences[id];
        match &mut instruction {
            Instr::Block(block) => sequence(&mut block.seq),
            Instr::Loop(repeat) => sequence(&mut repeat.seq),
            Instr::IfElse(choice) => {
                sequence(&mut choice.consequent);
                sequence(&mut choice.alternative);
            }
            Instr::Br(branch) => sequence(&mut branch.block),
            Instr::BrIf(branch) => sequence(&mut branch.block),
            Instr::BrTable(table) => {
                table.blocks.iter_mut().for_each(sequence);
                sequence(&mut table.default);
            }
            Instr::Return(_) => {
                let block = self.leave.expect("BUG: a return is an exit");
                return new(Br { block });
            }
            Instr::LocalGet(get) => local(&mut get.local),
            Instr::LocalSet(set) => local(&mut set.local),
            Instr::LocalTee(tee) => local(&mut tee.local),
            _ => {}
        }
        (instruction, InstrLocId::default())
    }
}

/// Calls the moved part where it was, and goes on where it says.
fn call(module: &mut Module, function: FunctionId, (sequence, before): Place, moved: &Moved) {
    let code = module.locals.add(ValType::I32);
    let builder = local_mut(module, function).builder_mut();
    let mut body: Vec<(Instr, InstrLocId)> = moved
        .arguments
        .iter()
        .map(|local| new(LocalGet { local: *local }))
        .collect();
    body.push(new(Call { func: moved.id }));
    if moved.exits.len() > 1 {
        body.push(new(LocalSet { local: code }));
    }
    body.extend(
        moved
            .results
            .iter()
            .rev()
            .map(|local| new(LocalSet { local: *local })),
    );
    let Some((last, others)) = moved.exits.split_last() else {
        body.push(new(Unreachable {}));
        replace(builder, (sequence, before), body);
        return;
    };
    for (number, exit) in others.iter().enumerate() {
        let value = Value::I32(i32::try_from(number).expect("BUG: few exits"));
        body.push(new(LocalGet { local: code }));
        body.push(new(Const { value }));
        body.push(new(Binop {
            op: BinaryOp::I32Eq,
        }));
        let consequent = builder.dangling_instr_seq(None).id();
        let alternative = builder.dangling_instr_seq(None).id();
        builder
            .instr_seq(consequent)
            .instrs_mut()
            .extend(jump(*exit));
        body.push(new(IfElse {
            consequent,
            alternative,
        }));
    }
    body.extend(jump(*last));
    replace(builder, (sequence, before), body);
}

/// Puts `body` in the place of what moved.
fn replace(
    builder: &mut FunctionBuilder,
    (sequence, before): Place,
    body: Vec<(Instr, InstrLocId)>,
) {
    let mut sequence = builder.instr_seq(sequence);
    let instructions = sequence.instrs_mut();
    instructions.truncate(before);
    instructions.extend(body);
}

/// What takes an exit in the old function; nothing leads behind the part.
fn jump(exit: Exit) -> Option<(Instr, InstrLocId)> {
    match exit {
        Exit::Branch(block) => Some(new(Br { block })),
        Exit::Leave => Some(new(Return {})),
        Exit::Behind => None,
    }
}

/// An instruction without a place in any source.
fn new(instruction: impl Into<Instr>) -> (Instr, InstrLocId) {
    (instruction.into(), InstrLocId::default())
}
