//! Makes a function of a part, and a call of it where the part was.

use std::collections::BTreeMap;

use walrus::ir::{
    BinaryOp, Binop, Block, Br, Call, Const, IfElse, Instr, InstrSeqId, LocalGet, LocalSet, Return,
    Unreachable, Value,
};
use walrus::{FunctionBuilder, FunctionId, InstrLocId, LocalFunction, LocalId, Module, ValType};

use super::part::{Exit, Part};
use crate::split::module::local_mut;
use crate::split::places::Place;

/// A part as a function.
pub struct Moved {
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
pub fn build(module: &mut Module, function: FunctionId, place: Place, part: &Part) -> Moved {
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

    let Frame { sequences, doors, leave } = frame(&mut builder, old, part, &exits);
    let copier = Copier {
        locals: &locals,
        sequences: &sequences,
        leave,
    };
    for id in &part.own {
        let copied = copier.copy(&old.block(*id).instrs);
        builder.instr_seq(sequences[id]).instrs_mut().extend(copied);
    }
    let body = copier.copy(&old.block(place.0).instrs[place.1..]);
    let mut body = with_doors(&mut builder, body, &doors, code);
    if !doors.is_empty() {
        body.extend(results.iter().map(|local| {
            new(LocalGet {
                local: locals[local],
            })
        }));
    }
    if doors.len() > 1 {
        body.push(new(LocalGet { local: code }));
    }
    let entry = builder.func_body_id();
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

/// The empty sequences that a part is copied into.
struct Frame {
    /// The new sequence for each old one.
    sequences: BTreeMap<InstrSeqId, InstrSeqId>,
    /// One for each exit, in their order.
    doors: Vec<InstrSeqId>,
    /// The one that a `return` of the old function leaves by.
    leave: Option<InstrSeqId>,
}

fn frame(builder: &mut FunctionBuilder, old: &LocalFunction, part: &Part, exits: &[Exit]) -> Frame {
    let mut sequences: BTreeMap<InstrSeqId, InstrSeqId> = part
        .own
        .iter()
        .map(|id| (*id, builder.dangling_instr_seq(old.block(*id).ty).id()))
        .collect();
    let doors: Vec<InstrSeqId> = exits
        .iter()
        .map(|_| builder.dangling_instr_seq(None).id())
        .collect();
    let mut leave = None;
    for (exit, door) in exits.iter().zip(&doors) {
        match exit {
            Exit::Branch(target) => drop(sequences.insert(*target, *door)),
            Exit::Leave => leave = Some(*door),
            Exit::Behind => {}
        }
    }
    Frame {
        sequences,
        doors,
        leave,
    }
}

/// `body` inside a block per exit, in `doors`; behind each block the exit's number is noted in `code`. Whoever
/// comes behind the last instruction came there by the last exit.
fn with_doors(
    builder: &mut FunctionBuilder,
    mut body: Vec<(Instr, InstrLocId)>,
    doors: &[InstrSeqId],
    code: LocalId,
) -> Vec<(Instr, InstrLocId)> {
    if doors.is_empty() {
        return body;
    }
    let out = builder.dangling_instr_seq(None).id();
    for (number, door) in doors.iter().enumerate().rev() {
        builder.instr_seq(*door).instrs_mut().append(&mut body);
        body.push(new(Block { seq: *door }));
        if doors.len() > 1 {
            let value = Value::I32(i32::try_from(number).expect("BUG: few exits"));
            body.push(new(Const { value }));
            body.push(new(LocalSet { local: code }));
        }
        body.push(new(Br { block: out }));
    }
    builder.instr_seq(out).instrs_mut().append(&mut body);
    vec![new(Block { seq: out })]
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
pub fn call(module: &mut Module, function: FunctionId, (sequence, before): Place, moved: &Moved) {
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
