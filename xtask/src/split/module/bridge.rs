//! How the first part calls what moved: through a bridge, one for all functions of a type, which gets the slot behind
//! the arguments and brings the later part before it calls.
//!
//! A function that few places call is called by its slot there; one that many call, or that a table names, leaves a
//! stub behind.

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{Call, Const, Instr, InstrSeqId, Value};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, InstrLocId, LocalFunction, Module, TableId, TypeId, ValType};

use super::{Plan, local_mut, slot_number};
use crate::failure::Failure;
use crate::split::places::inside;

/// So many calls by slot take no more than a stub.
const FEW: usize = 4;

/// The bridges of a module.
pub struct Bridges {
    table: TableId,
    /// Brings the later part.
    ensure: FunctionId,
    built: BTreeMap<TypeId, FunctionId>,
}

impl Bridges {
    /// None yet.
    pub fn new(table: TableId, ensure: FunctionId) -> Self {
        Self { table, ensure, built: BTreeMap::new() }
    }

    /// Lets the first part call the plan's functions; `named` are those that not only calls name.
    pub fn build(&mut self, module: &mut Module, plan: &Plan, ids: &BTreeMap<usize, FunctionId>, mut named: BTreeSet<usize>) -> Result<(), Failure> {
        let staying: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).filter(|id| !plan.moved.contains(&id.index())).collect();
        let mut calls: BTreeMap<usize, usize> = BTreeMap::new();
        for id in &staying {
            let function = module.funcs.get(*id).kind.unwrap_local();
            for sequence in sequences(function) {
                for (instruction, _) in &function.block(sequence).instrs {
                    match instruction {
                        Instr::Call(call) => *calls.entry(call.func.index()).or_default() += 1,
                        Instr::ReturnCall(call) => drop(named.insert(call.func.index())),
                        Instr::RefFunc(reference) => drop(named.insert(reference.func.index())),
                        _ => {}
                    }
                }
            }
        }
        let mut by_slot = BTreeMap::new();
        for (number, slot) in &plan.stubs {
            let (id, slot) = (ids[number], slot_number(*slot)?);
            let bridge = self.bridge(module, module.funcs.get(id).ty());
            if named.contains(number) || calls.get(number).is_some_and(|calls| *calls > FEW) {
                let stub = stub(module, id, slot, bridge);
                module.funcs.get_mut(id).kind = FunctionKind::Local(stub);
            } else {
                by_slot.insert(id, (slot, bridge));
            }
        }
        for id in staying {
            let function = local_mut(module, id);
            for sequence in sequences(function) {
                call_by_slot(&mut function.block_mut(sequence).instrs, &by_slot);
            }
        }
        Ok(())
    }

    /// The bridge to functions of this type.
    fn bridge(&mut self, module: &mut Module, ty: TypeId) -> FunctionId {
        if let Some(built) = self.built.get(&ty) {
            return *built;
        }
        let (params, results) = signature(module, ty);
        let arguments: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let slot = module.locals.add(ValType::I32);
        let takes = [params, vec![ValType::I32]].concat();
        let mut builder = FunctionBuilder::new(&mut module.types, &takes, &results);
        let mut body = builder.func_body();
        body.call(self.ensure);
        for local in arguments.iter().chain([&slot]) {
            body.local_get(*local);
        }
        body.call_indirect(ty, self.table);
        let locals = [arguments, vec![slot]].concat();
        let bridge = builder.finish(locals, &mut module.funcs);
        self.built.insert(ty, bridge);
        bridge
    }
}

fn call_by_slot(instructions: &mut Vec<(Instr, InstrLocId)>, by_slot: &BTreeMap<FunctionId, (i32, FunctionId)>) {
    let called = |instruction: &Instr| match instruction {
        Instr::Call(call) => by_slot.get(&call.func).copied(),
        _ => None,
    };
    if !instructions.iter().any(|(instruction, _)| called(instruction).is_some()) {
        return;
    }
    for (instruction, location) in std::mem::take(instructions) {
        let Some((slot, func)) = called(&instruction) else {
            instructions.push((instruction, location));
            continue;
        };
        let value = Value::I32(slot);
        instructions.push((Const { value }.into(), location));
        instructions.push((Call { func }.into(), location));
    }
}

/// A body for `id` that calls what is in `slot` with the same arguments.
fn stub(module: &mut Module, id: FunctionId, slot: i32, bridge: FunctionId) -> LocalFunction {
    let (params, results) = signature(module, module.funcs.get(id).ty());
    let arguments: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let mut body = builder.func_body();
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(slot).call(bridge);
    builder.local_func(arguments)
}

fn signature(module: &Module, ty: TypeId) -> (Vec<ValType>, Vec<ValType>) {
    let ty = module.types.get(ty);
    (ty.params().to_vec(), ty.results().to_vec())
}

fn sequences(function: &LocalFunction) -> Vec<InstrSeqId> {
    let mut found = Vec::new();
    let mut waiting = vec![function.entry_block()];
    while let Some(sequence) = waiting.pop() {
        for (instruction, _) in &function.block(sequence).instrs {
            waiting.extend(inside(instruction));
        }
        found.push(sequence);
    }
    found
}
