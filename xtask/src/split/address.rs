//! Makes the addresses of constants, and slots of the function table, into names and back, so that the tools in between
//! cannot mix them with numbers.
//!
//! A module is linked; then `wasm-bindgen` and `wasm-opt` change its code, and after them nobody could tell an
//! address from any other number. So each `i32.const ADDRESS` becomes a `global.get` first, of a global whose name says
//! which piece is meant, and becomes a number again at the very end, when it is known where the piece will be.

use std::collections::BTreeMap;

use walrus::ir::{BinaryOp, Binop, Const, GlobalGet, Instr, InstrSeqId, Value, VisitorMut};
use walrus::{ConstExpr, ExportItem, FunctionId, GlobalId, GlobalKind, ImportKind, Module, ModuleConfig, ValType};

use super::layout::{Layout, Linked, Target};
use super::module::{broken, local_mut};
use crate::failure::Failure;

/// The namespace of the names of constants.
const NAMESPACE: &str = "address";
/// The namespace of the names of slots.
const SLOTS: &str = "slot";

/// The linked module with names of its constants. They are exported globals, which wasm-bindgen leaves alone.
pub fn name(wasm: &[u8], linked: &Linked) -> Result<Vec<u8>, Failure> {
    let mut module = with_names(wasm)?;
    for section in ["linking", "reloc.CODE", "reloc.DATA"] {
        module.customs.remove_raw(section);
    }
    let mut globals = Globals::default();
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut named = 0;
    for id in functions {
        for sequence in sequences(&mut module, id) {
            named += name_in(&mut module, id, sequence, linked, &mut globals);
        }
    }
    let all = linked.code.len() + linked.slots.len();
    if named != all {
        return Err(Failure::new(format!("{named} of {all} addresses found in the code")));
    }
    Ok(module.emit_wasm())
}

/// The same module, in which nobody can know the values of the names: imports in place of exports.
pub fn hide(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut module = with_names(wasm)?;
    let exports: Vec<_> = module
        .exports
        .iter()
        .filter_map(|export| match export.item {
            ExportItem::Global(global) => {
                let (space, name) = export.name.split_once(' ')?;
                let space = [NAMESPACE, SLOTS].into_iter().find(|known| *known == space)?;
                Some((export.id(), global, space, name.to_owned()))
            }
            _ => None,
        })
        .collect();
    for (export, global, space, name) in exports {
        module.exports.delete(export);
        let import = module.imports.add(space, &name, global);
        module.globals.get_mut(global).kind = GlobalKind::Import(import);
    }
    Ok(module.emit_wasm())
}

/// What the module's names mean, by the global.
pub fn named(module: &Module) -> Result<BTreeMap<GlobalId, Target>, Failure> {
    let mut found = BTreeMap::new();
    for import in module.imports.iter() {
        if let (NAMESPACE, ImportKind::Global(global)) = (import.module.as_str(), &import.kind) {
            found.insert(*global, target(&import.name)?);
        }
    }
    Ok(found)
}

/// The slots that the module's names mean, by the global.
pub fn named_slots(module: &Module) -> Result<BTreeMap<GlobalId, u64>, Failure> {
    let mut found = BTreeMap::new();
    for import in module.imports.iter() {
        if let (SLOTS, ImportKind::Global(global)) = (import.module.as_str(), &import.kind) {
            found.insert(*global, import.name.parse().map_err(broken)?);
        }
    }
    Ok(found)
}

/// Puts numbers in the place of names again.
pub fn resolve(module: &mut Module, place: impl Fn(Target) -> i64) -> Result<(), Failure> {
    let mut values = BTreeMap::new();
    for (global, target) in named(module)? {
        let value = u32::try_from(place(target)).map_err(broken)?;
        values.insert(global, Value::I32(value.cast_signed()));
    }
    for (global, slot) in named_slots(module)? {
        let slot = i32::try_from(slot).map_err(broken)?;
        values.insert(global, Value::I32(slot));
    }
    let functions: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let mut resolver = Resolver(&values);
    for id in functions {
        let function = local_mut(module, id);
        let entry = function.entry_block();
        walrus::ir::dfs_pre_order_mut(&mut resolver, function, entry);
    }
    let imports: Vec<_> =
        module.imports.iter().filter(|import| [NAMESPACE, SLOTS].contains(&import.module.as_str())).map(|import| import.id()).collect();
    imports.into_iter().for_each(|id| module.imports.delete(id));
    values.keys().for_each(|id| module.globals.delete(*id));
    Ok(())
}

/// The same module with everything in its first place.
pub fn resolved(wasm: &[u8], layout: &Layout) -> Result<Vec<u8>, Failure> {
    let mut module = super::module::parse(wasm)?;
    resolve(&mut module, |target| layout.address(target))?;
    Ok(module.emit_wasm())
}

struct Resolver<'a>(&'a BTreeMap<GlobalId, Value>);

impl VisitorMut for Resolver<'_> {
    fn visit_instr_mut(&mut self, instruction: &mut Instr, _: &mut walrus::InstrLocId) {
        if let Instr::GlobalGet(get) = instruction
            && let Some(value) = self.0.get(&get.global)
        {
            *instruction = Const { value: *value }.into();
        }
    }
}

/// The globals that name something.
#[derive(Default)]
struct Globals {
    targets: BTreeMap<Target, GlobalId>,
    slots: BTreeMap<i32, GlobalId>,
}

/// Names the addresses in one sequence; gives back how many.
fn name_in(module: &mut Module, function: FunctionId, sequence: InstrSeqId, linked: &Linked, globals: &mut Globals) -> usize {
    let old = std::mem::take(&mut local_mut(module, function).block_mut(sequence).instrs);
    let mut new = Vec::with_capacity(old.len());
    let mut named = 0;
    for (mut instruction, location) in old {
        // The operand is behind the instruction's first byte; an offset is behind an alignment too.
        let at = location.data() as usize;
        let (operand, load) = match instruction {
            Instr::Const(_) => (at + 1, false),
            Instr::Load(_) => (at + 2, true),
            _ => {
                new.push((instruction, location));
                continue;
            }
        };
        if let Instr::Const(Const { value: Value::I32(slot) }) = instruction
            && linked.slots.contains(&operand)
        {
            named += 1;
            let entry = globals.slots.entry(slot);
            let global = *entry.or_insert_with(|| add_slot(module, slot));
            new.push((GlobalGet { global }.into(), location));
            continue;
        }
        let Some(target) = linked.code.get(&operand) else {
            new.push((instruction, location));
            continue;
        };
        named += 1;
        let global = *globals.targets.entry(*target).or_insert_with(|| add(module, linked, *target));
        new.push((GlobalGet { global }.into(), location));
        if load {
            let op = BinaryOp::I32Add;
            new.push((Binop { op }.into(), location));
            if let Instr::Load(load) = &mut instruction {
                load.arg.offset = 0;
            }
            new.push((instruction, location));
        }
    }
    local_mut(module, function).block_mut(sequence).instrs = new;
    named
}

/// Adds the global that names a place; wasm-bindgen may look at its value.
fn add(module: &mut Module, linked: &Linked, target: Target) -> GlobalId {
    let address = u32::try_from(linked.layout.address(target)).expect("BUG: an address of 32 bits");
    let value = ConstExpr::Value(Value::I32(address.cast_signed()));
    let global = module.globals.add_local(ValType::I32, false, false, value);
    let name = format!("{NAMESPACE} {}+{}", target.piece, target.offset);
    module.exports.add(&name, global);
    global
}

/// Adds the global that names a slot.
fn add_slot(module: &mut Module, slot: i32) -> GlobalId {
    let value = ConstExpr::Value(Value::I32(slot));
    let global = module.globals.add_local(ValType::I32, false, false, value);
    module.exports.add(&format!("{SLOTS} {slot}"), global);
    global
}

/// The inverse of the name that `add` gives.
fn target(name: &str) -> Result<Target, Failure> {
    let parse = || {
        let (piece, offset) = name.split_once('+')?;
        Some(Target { piece: piece.parse().ok()?, offset: offset.parse().ok()? })
    };
    parse().ok_or_else(|| Failure::new(format!("not a name of a constant: {name}")))
}

fn sequences(module: &mut Module, function: FunctionId) -> Vec<InstrSeqId> {
    let function = local_mut(module, function);
    let mut found = Vec::new();
    let mut waiting = vec![function.entry_block()];
    while let Some(sequence) = waiting.pop() {
        for (instruction, _) in &function.block(sequence).instrs {
            waiting.extend(super::places::inside(instruction));
        }
        found.push(sequence);
    }
    found
}

fn with_names(wasm: &[u8]) -> Result<Module, Failure> {
    ModuleConfig::new().generate_producers_section(false).parse(wasm).map_err(broken)
}

#[cfg(test)]
mod tests;
