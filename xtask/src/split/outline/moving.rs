//! Makes a function of a part, and a call of it where the part was.

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{BinaryOp, Binop, Block, Br, Call, Const, IfElse, Instr, InstrSeqId, LocalGet, LocalSet, Return, Unreachable, Value};
use walrus::{FunctionBuilder, FunctionId, InstrLocId, LocalFunction, LocalId, Module, ValType};

use super::part::{Exit, Part};
use crate::split::module::local_mut;
use crate::split::places::Place;

/// What a part gets, gives back, and where it goes on.
pub struct Shape {
    /// The types of the values on the stack that it takes.
    pub stack: Vec<ValType>,
    /// The locals that it gets.
    pub arguments: Vec<LocalId>,
    /// The locals that it gives back.
    pub results: Vec<LocalId>,
    /// Where it goes on, and with which value; by its number, which it gives back if there is a choice.
    pub exits: Vec<(Exit, Option<ValType>)>,
}

impl Shape {
    /// The types of the values that exits take along.
    fn values(&self) -> BTreeSet<ValType> {
        self.exits.iter().filter_map(|(_, value)| *value).collect()
    }
}

/// The locals of the new function.
struct Locals {
    /// For those of the old one, with their types.
    old: BTreeMap<LocalId, (LocalId, ValType)>,
    /// For what is on the stack.
    stack: Vec<LocalId>,
    /// For the values that exits take along.
    values: BTreeMap<ValType, LocalId>,
    /// For the number of the exit.
    code: Option<LocalId>,
}

impl Locals {
    fn add(module: &mut Module, part: &Part, shape: &Shape) -> Self {
        let named = part.named.iter().chain(&part.written);
        let named: BTreeSet<LocalId> = named.copied().collect();
        let mut add = |ty: ValType| module.locals.add(ty);
        let stack = shape.stack.iter().map(|ty| add(*ty)).collect();
        let values = shape.values();
        let values = values.into_iter().map(|ty| (ty, add(ty))).collect();
        let code = (shape.exits.len() > 1).then(|| add(ValType::I32));
        let old = named
            .into_iter()
            .map(|local| {
                let ty = module.locals.get(local).ty();
                (local, (module.locals.add(ty), ty))
            })
            .collect();
        Self { old, stack, values, code }
    }

    /// What the new function takes and gives.
    fn signature(&self, shape: &Shape) -> (Vec<ValType>, Vec<ValType>) {
        let types = |locals: &[LocalId]| -> Vec<ValType> { locals.iter().map(|local| self.old[local].1).collect() };
        let takes = [shape.stack.clone(), types(&shape.arguments)].concat();
        let values = self.values.keys().copied();
        let code = self.code.map(|_| ValType::I32);
        let gives = types(&shape.results).into_iter().chain(values).chain(code);
        (takes, gives.collect())
    }

    fn new_ones<'a>(&'a self, old: &'a [LocalId]) -> impl Iterator<Item = LocalId> + 'a {
        old.iter().map(|local| self.old[local].0)
    }
}

/// Makes a function of the part at `place`. Every exit is the end of a block around the moved instructions,
/// behind which the exit's number is noted.
pub fn build(module: &mut Module, function: FunctionId, place: Place, part: &Part, shape: &Shape) -> FunctionId {
    let locals = Locals::add(module, part, shape);
    let (takes, gives) = locals.signature(shape);
    let mut builder = FunctionBuilder::new(&mut module.types, &takes, &gives);
    let old_function = module.funcs.get(function);
    if let Some(name) = &old_function.name {
        builder.name(format!("{name} (part)"));
    }
    let old = old_function.kind.unwrap_local();
    let Frame { sequences, doors, leave } = frame(&mut builder, old, part, &shape.exits);
    let copier = Copier { locals: &locals.old, sequences: &sequences, leave };
    for id in &part.own {
        let copied = copier.copy(&old.block(*id).instrs);
        builder.instr_seq(sequences[id]).instrs_mut().extend(copied);
    }
    let get = |local: LocalId| new(LocalGet { local });
    let mut body: Vec<_> = locals.stack.iter().map(|local| get(*local)).collect();
    body.extend(copier.copy(&old.block(place.0).instrs[place.1..]));
    let exits = doors.into_iter().zip(&shape.exits);
    let doors: Vec<Door> = exits.map(|(sequence, (_, value))| Door { sequence, value: value.map(|ty| locals.values[&ty]) }).collect();
    let mut body = with_doors(&mut builder, body, &doors, locals.code);
    if !doors.is_empty() {
        body.extend(locals.new_ones(&shape.results).map(get));
        body.extend(locals.values.values().chain(&locals.code).map(|local| get(*local)));
    }
    let entry = builder.func_body_id();
    builder.instr_seq(entry).instrs_mut().append(&mut body);
    let arguments = locals.new_ones(&shape.arguments);
    let parameters = locals.stack.iter().copied().chain(arguments).collect();
    builder.finish(parameters, &mut module.funcs)
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

fn frame(builder: &mut FunctionBuilder, old: &LocalFunction, part: &Part, exits: &[(Exit, Option<ValType>)]) -> Frame {
    let mut sequences: BTreeMap<InstrSeqId, InstrSeqId> =
        part.own.iter().map(|id| (*id, builder.dangling_instr_seq(old.block(*id).ty).id())).collect();
    let doors: Vec<InstrSeqId> = exits.iter().map(|(_, value)| builder.dangling_instr_seq(*value).id()).collect();
    let mut leave = None;
    for ((exit, _), door) in exits.iter().zip(&doors) {
        match exit {
            Exit::Branch(target) => drop(sequences.insert(*target, *door)),
            Exit::Leave => leave = Some(*door),
            Exit::Behind => {}
        }
    }
    Frame { sequences, doors, leave }
}

/// An exit of the new function: the end of a sequence.
struct Door {
    sequence: InstrSeqId,
    /// Where the value that comes by is kept.
    value: Option<LocalId>,
}

/// `body` inside a block per exit, in `doors`; behind each block the exit's number is noted in `code`. Whoever
/// comes behind the last instruction came there by the last exit.
fn with_doors(builder: &mut FunctionBuilder, mut body: Vec<(Instr, InstrLocId)>, doors: &[Door], code: Option<LocalId>) -> Vec<(Instr, InstrLocId)> {
    if doors.is_empty() {
        return body;
    }
    let out = builder.dangling_instr_seq(None).id();
    for (number, door) in doors.iter().enumerate().rev() {
        let seq = door.sequence;
        builder.instr_seq(seq).instrs_mut().append(&mut body);
        body.push(new(Block { seq }));
        body.extend(door.value.map(|local| new(LocalSet { local })));
        if let Some(local) = code {
            let value = Value::I32(i32::try_from(number).expect("BUG: few exits"));
            body.push(new(Const { value }));
            body.push(new(LocalSet { local }));
        }
        body.push(new(Br { block: out }));
    }
    builder.instr_seq(out).instrs_mut().append(&mut body);
    vec![new(Block { seq: out })]
}

/// Copies instructions into another function.
struct Copier<'a> {
    locals: &'a BTreeMap<LocalId, (LocalId, ValType)>,
    sequences: &'a BTreeMap<InstrSeqId, InstrSeqId>,
    leave: Option<InstrSeqId>,
}

impl Copier<'_> {
    fn copy(&self, instructions: &[(Instr, InstrLocId)]) -> Vec<(Instr, InstrLocId)> {
        instructions.iter().map(|(instruction, _)| self.copied(instruction)).collect()
    }

    fn copied(&self, instruction: &Instr) -> (Instr, InstrLocId) {
        let mut instruction = instruction.clone();
        let local = |local: &mut LocalId| *local = self.locals[local].0;
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
pub fn call(module: &mut Module, function: FunctionId, place: Place, (moved, shape): (FunctionId, &Shape)) {
    let values: BTreeMap<ValType, LocalId> = shape.values().into_iter().map(|ty| (ty, module.locals.add(ty))).collect();
    let code = (shape.exits.len() > 1).then(|| module.locals.add(ValType::I32));
    let builder = local_mut(module, function).builder_mut();
    let get = |local: LocalId| new(LocalGet { local });
    let mut body: Vec<(Instr, InstrLocId)> = shape.arguments.iter().map(|local| get(*local)).collect();
    body.push(new(Call { func: moved }));
    let given = shape.results.iter().chain(values.values()).chain(&code);
    body.extend(given.rev().map(|local| new(LocalSet { local: *local })));
    // What takes an exit in the old function; nothing leads behind the part.
    let jump = |(exit, value): &(Exit, Option<ValType>)| {
        let value = value.map(|ty| get(values[&ty]));
        let go = match *exit {
            Exit::Branch(block) => Some(new(Br { block })),
            Exit::Leave => Some(new(Return {})),
            Exit::Behind => None,
        };
        value.into_iter().chain(go)
    };
    let Some((last, others)) = shape.exits.split_last() else {
        body.push(new(Unreachable {}));
        replace(builder, place, body);
        return;
    };
    for (number, exit) in others.iter().enumerate() {
        let value = Value::I32(i32::try_from(number).expect("BUG: few exits"));
        body.extend(code.map(get));
        body.push(new(Const { value }));
        body.push(new(Binop { op: BinaryOp::I32Eq }));
        let consequent = builder.dangling_instr_seq(None).id();
        let alternative = builder.dangling_instr_seq(None).id();
        builder.instr_seq(consequent).instrs_mut().extend(jump(exit));
        body.push(new(IfElse { consequent, alternative }));
    }
    body.extend(jump(last));
    replace(builder, place, body);
}

/// Puts `body` in the place of what moved.
fn replace(builder: &mut FunctionBuilder, (sequence, before): Place, body: Vec<(Instr, InstrLocId)>) {
    let mut sequence = builder.instr_seq(sequence);
    let instructions = sequence.instrs_mut();
    instructions.truncate(before);
    instructions.extend(body);
}

/// An instruction without a place in any source.
fn new(instruction: impl Into<Instr>) -> (Instr, InstrLocId) {
    (instruction.into(), InstrLocId::default())
}
