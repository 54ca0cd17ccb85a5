//! Divides a WebAssembly module in two: a first part that runs by itself, and a later part with the functions
//! that are seldom needed, which joins the first part's memory, tables and globals when it arrives.
//!
//! Which functions are needed first is told by a run of the instrumented module (`places`). The first part calls a
//! function of the later part through a fresh slot of the function table (`bridge`). Before the first such call an
//! imported function brings the later part, whose element segment fills the slots. The later part imports what it
//! needs of the first under the number of the slot that holds it, so that the page's script can link it without
//! knowing it.
//! Constants follow the code that names them (`constants`).

mod bridge;
mod slots;

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{Call, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId, GlobalKind, ImportedFunction,
    LocalFunction, Module, ModuleConfig, TableId, ValType,
};
use wasmparser::{Parser, Payload};

use self::bridge::Bridges;
use self::slots::Absent;
use super::address;
use super::constants::Constants;
use super::layout::Layout;
use super::places::{self, Place};
use crate::failure::Failure;

/// The import namespace that the page's script provides.
const NAMESPACE: &str = "later";
/// The import that brings the later part.
const BRING: &str = "bring";
/// The exported global that is 1 once the later part is there.
const ARRIVED: &str = "arrived";
/// The export of the function table.
const SLOTS: &str = "slots";
/// In front of a memory's, table's or global's number in the name of its export.
const SHARED: &str = "later";
/// A function of so few instructions is no larger than its stub.
const TINY: u64 = 8;
/// A function of so few instructions is copied into the later part, which takes less of the first than lending it.
const SHORT: u64 = 160;

/// The two modules.
pub struct Parts {
    /// Runs by itself until something of the later part is called.
    pub first: Vec<u8>,
    /// The first part with the names of its functions.
    pub named: Vec<u8>,
    /// Is linked to an instance of the first.
    pub later: Vec<u8>,
    /// How many functions moved.
    pub moved: usize,
    /// How many of them have a stub in the first part.
    pub stubs: usize,
    /// The bytes of constants in the first and in the later part.
    pub constants: (usize, usize),
}

/// Divides `wasm`, whose constants are named and laid out as told; `reached` are the numbers of the places that the
/// first part needs.
pub fn divide(wasm: &[u8], reached: &BTreeSet<usize>, layout: &Layout) -> Result<Parts, Failure> {
    let mut first = parse(wasm)?;
    let functions = places::functions(&first, reached);
    let moved = moved(&first, &functions)?;
    let staying: Vec<&places::Function> = functions.iter().filter(|function| !moved.contains(&function.id.index())).collect();
    let constants = Constants::sort(&first, &staying, layout)?;
    let absent = Absent::find(&first, &functions, &staying, constants.slots.as_ref())?;
    let plan = plan(&first, moved, absent)?;
    let mut later = parse(wasm)?;
    for module in [&mut first, &mut later] {
        address::resolve(module, |target| constants.address(target))?;
        constants.remove(module);
    }
    keep_later(&mut later, &plan)?;
    constants.put_later(&mut later)?;
    keep_first(&mut first, &plan, &constants.guarded)?;
    constants.put_first(&mut first)?;
    let named = first.emit_wasm();
    Ok(Parts {
        named: named.clone(),
        first: bare(&named)?,
        later: bare(&later.emit_wasm())?,
        moved: plan.moved.len(),
        stubs: plan.stubs.len(),
        constants: constants.sizes(),
    })
}

/// What goes where. Functions have the numbers of the undivided module, which hold in every copy of it.
struct Plan {
    /// The length of the function table at first.
    base: u64,
    /// The functions of the later part.
    moved: BTreeSet<usize>,
    /// Those that the first part can call, with the slot that each gets.
    stubs: BTreeMap<usize, u64>,
    /// The functions of the first part that the later part calls, with their slots.
    lent: BTreeMap<usize, u64>,
    /// The slots that only the later part fills.
    absent: Absent,
}

/// The functions of the later part, by what was seen of each.
fn moved(module: &Module, seen: &[places::Function]) -> Result<BTreeSet<usize>, Failure> {
    if module.start.is_some() {
        return Err(Failure::new("the module has a start function"));
    }
    let size = |id| module.funcs.get(id).kind.unwrap_local().size();
    let moved = seen.iter().filter(|function| !function.ran && size(function.id) > TINY).map(|function| function.id.index());
    Ok(moved.collect())
}

fn plan(module: &Module, moved: BTreeSet<usize>, absent: Absent) -> Result<Plan, Failure> {
    let mut wanted_first = references_outside_code(module, &absent);
    let mut wanted_later: BTreeSet<usize> = absent.functions().collect();
    for (id, function) in module.funcs.iter_local() {
        let wanted = if moved.contains(&id.index()) { &mut wanted_later } else { &mut wanted_first };
        let mut calls = Calls(wanted);
        dfs_in_order(&mut calls, function, function.entry_block());
    }
    let base = module.tables.get(function_table(module)?).initial;
    let stubs: BTreeMap<usize, u64> = moved.intersection(&wanted_first).copied().zip(base..).collect();
    let next = base + stubs.len() as u64;
    let lent = lent(module, &moved, wanted_later);
    let lent = lent.into_iter().zip(next..).collect();
    Ok(Plan { base, moved, stubs, lent, absent })
}

/// What the later part calls in the first. Of what is short it has a copy of its own, which may call something more.
fn lent(module: &Module, moved: &BTreeSet<usize>, wanted: BTreeSet<usize>) -> Vec<usize> {
    let functions: BTreeMap<usize, &LocalFunction> = module.funcs.iter_local().map(|(id, function)| (id.index(), function)).collect();
    let mut lent = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<usize> = wanted.into_iter().collect();
    while let Some(number) = waiting.pop() {
        if moved.contains(&number) || !seen.insert(number) {
            continue;
        }
        match functions.get(&number) {
            Some(function) if function.size() <= SHORT => {
                let mut called = BTreeSet::new();
                let mut calls = Calls(&mut called);
                dfs_in_order(&mut calls, function, function.entry_block());
                waiting.extend(called);
            }
            _ => drop(lent.insert(number)),
        }
    }
    lent.into_iter().collect()
}

/// The table that functions are called through.
fn function_table(module: &Module) -> Result<TableId, Failure> {
    let table = module.tables.main_function_table().map_err(broken)?;
    table.ok_or_else(|| Failure::new("the module has no function table"))
}

/// The functions by their numbers, before any is added.
fn by_number(module: &Module) -> BTreeMap<usize, FunctionId> {
    module.funcs.iter().map(|function| (function.id().index(), function.id())).collect()
}

/// The functions that exports, globals and the slots that are not absent name.
fn references_outside_code(module: &Module, absent: &Absent) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut add = |expression: &ConstExpr| {
        if let ConstExpr::RefFunc(id) = expression {
            found.insert(id.index());
        }
    };
    for global in module.globals.iter() {
        if let GlobalKind::Local(value) = &global.kind {
            add(value);
        }
    }
    for segment in module.elements.iter() {
        match &segment.items {
            ElementItems::Functions(ids) => absent.present(segment, ids).for_each(|id| add(&ConstExpr::RefFunc(id))),
            ElementItems::Expressions(_, expressions) => expressions.iter().for_each(&mut add),
        }
    }
    for export in module.exports.iter() {
        if let ExportItem::Function(id) = export.item {
            add(&ConstExpr::RefFunc(id));
        }
    }
    found
}

/// Collects the functions that code names.
struct Calls<'a>(&'a mut BTreeSet<usize>);

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_function_id(&mut self, id: &FunctionId) {
        self.0.insert(id.index());
    }
}

/// Leaves stubs of what moved, lends what the later part needs.
fn keep_first(module: &mut Module, plan: &Plan, guarded: &[(FunctionId, Place)]) -> Result<(), Failure> {
    let table = function_table(module)?;
    let ids = by_number(module);
    for (name, item) in shared(module) {
        module.exports.add(&name, item);
    }
    let (arrived, ensure) = add_guard(module);
    for (function, (sequence, before)) in guarded {
        local_mut(module, *function).builder_mut().instr_seq(*sequence).instr_at(*before, Call { func: ensure });
    }
    module.exports.add(ARRIVED, arrived);
    module.exports.add(SLOTS, table);
    let named = references_outside_code(module, &plan.absent);
    Bridges::new(table, ensure).build(module, plan, &ids, named)?;
    plan.absent.leave_out(module);
    lengthen(module, table, plan);
    fill(module, table, &in_slots(&plan.lent, &ids))?;
    walrus::passes::gc::run(module);
    Ok(())
}

/// Adds the global that says whether the later part is there, and the function that brings it if not.
fn add_guard(module: &mut Module) -> (GlobalId, FunctionId) {
    let unset = ConstExpr::Value(Value::I32(0));
    let arrived = module.globals.add_local(ValType::I32, true, false, unset);
    let nothing = module.types.add(&[], &[]);
    let (bring, _) = module.add_import_func(NAMESPACE, BRING, nothing);
    let mut ensure = FunctionBuilder::new(&mut module.types, &[], &[]);
    ensure.func_body().global_get(arrived).if_else(
        None,
        |_| {},
        |missing| {
            missing.call(bring);
        },
    );
    (arrived, ensure.finish(Vec::new(), &mut module.funcs))
}

/// Keeps the moved functions only, and imports everything else.
fn keep_later(module: &mut Module, plan: &Plan) -> Result<(), Failure> {
    let table = function_table(module)?;
    let ids = by_number(module);
    // Everything is imported anew, from the first part.
    let imports: Vec<_> = module.imports.iter().map(|import| import.id()).collect();
    for import in imports {
        module.imports.delete(import);
    }
    let exports: Vec<_> = module.exports.iter().map(|export| export.id()).collect();
    for export in exports {
        module.exports.delete(export);
    }
    let segments: Vec<_> = module.elements.iter().map(|segment| segment.id()).collect();
    for segment in segments {
        module.elements.delete(segment);
    }
    let data: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for data in data {
        module.data.delete(data);
    }
    import_shared(module);
    for (number, slot) in &plan.lent {
        let id = ids[number];
        let ty = module.funcs.get(id).ty();
        let import = module.imports.add(NAMESPACE, &slot.to_string(), id);
        module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
    }
    lengthen(module, table, plan);
    fill(module, table, &in_slots(&plan.stubs, &ids))?;
    plan.absent.fill(module, table, &ids)?;
    walrus::passes::gc::run(module);
    Ok(())
}

/// Makes imports of all memories, tables and globals, under the names that `shared` exports them by.
fn import_shared(module: &mut Module) {
    let shared = shared(module);
    for (name, item) in shared {
        match item {
            ExportItem::Memory(id) => {
                let import = module.imports.add(NAMESPACE, &name, id);
                let memory = module.memories.get_mut(id);
                memory.import = Some(import);
                memory.data_segments.clear();
            }
            ExportItem::Table(id) => {
                let import = module.imports.add(NAMESPACE, &name, id);
                let table = module.tables.get_mut(id);
                table.import = Some(import);
                table.elem_segments.clear();
            }
            ExportItem::Global(id) => {
                let import = module.imports.add(NAMESPACE, &name, id);
                module.globals.get_mut(id).kind = GlobalKind::Import(import);
            }
            ExportItem::Function(_) | ExportItem::Tag(_) => {}
        }
    }
}

/// The memories, tables and globals of the undivided module, with the names that the parts share them by.
fn shared(module: &Module) -> Vec<(String, ExportItem)> {
    let memories = module.memories.iter().map(|memory| ("m", memory.id().index(), ExportItem::from(memory.id())));
    let tables = module.tables.iter().map(|table| ("t", table.id().index(), ExportItem::from(table.id())));
    let globals = module.globals.iter().map(|global| ("g", global.id().index(), ExportItem::from(global.id())));
    memories.chain(tables).chain(globals).map(|(kind, number, item)| (format!("{SHARED} {kind}{number}"), item)).collect()
}

/// Makes room in the function table for the plan's slots.
fn lengthen(module: &mut Module, table: TableId, plan: &Plan) {
    let length = plan.base + (plan.stubs.len() + plan.lent.len()) as u64;
    let table = module.tables.get_mut(table);
    table.initial = length;
    table.maximum = table.maximum.map(|most| most.max(length));
}

/// Functions of these numbers with their slots.
fn in_slots(slots: &BTreeMap<usize, u64>, ids: &BTreeMap<usize, FunctionId>) -> Vec<(u64, FunctionId)> {
    let slots = slots.iter();
    slots.map(|(number, slot)| (*slot, ids[number])).collect()
}

/// Puts functions into their slots, which follow one another, when the module is instantiated.
fn fill(module: &mut Module, table: TableId, slots: &[(u64, FunctionId)]) -> Result<(), Failure> {
    let Some((slot, _)) = slots.first() else {
        return Ok(());
    };
    let offset = ConstExpr::Value(Value::I32(slot_number(*slot)?));
    let functions = slots.iter().map(|(_, id)| *id).collect();
    let kind = ElementKind::Active { table, offset };
    let segment = module.elements.add(kind, ElementItems::Functions(functions));
    module.tables.get_mut(table).elem_segments.insert(segment);
    Ok(())
}

fn slot_number(slot: u64) -> Result<i32, Failure> {
    i32::try_from(slot).map_err(|_| Failure::new("the function table is too long"))
}

pub(super) fn local_mut(module: &mut Module, id: FunctionId) -> &mut LocalFunction {
    module.funcs.get_mut(id).kind.unwrap_local_mut()
}

pub(super) fn parse(wasm: &[u8]) -> Result<Module, Failure> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    let mut module = config.parse(wasm).map_err(broken)?;
    // For linkers only.
    module.customs.remove_raw("target_features");
    Ok(module)
}

/// The same module without what only tools read: names of functions, notes for linkers.
pub fn bare(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    // Behind the magic number and the version.
    let mut done = 8;
    let mut kept = wasm.get(..done).unwrap_or_default().to_vec();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(broken)?;
        let Some((_, range)) = payload.as_section() else {
            continue;
        };
        // A section's number and length are before its content.
        if !matches!(payload, Payload::CustomSection(_)) {
            kept.extend_from_slice(&wasm[done..range.end]);
        }
        done = range.end;
    }
    Ok(kept)
}

pub(super) fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the module: {error:#}"))
}

#[cfg(test)]
mod tests;
