//! The slots of the function table that the first part has no use for: of functions that did not run and that neither
//! its constants nor its code name. The later part fills them when it comes; until then a call of one is refused, because
//! what is there takes what nobody passes.
//!
//! The linker says which constants and which code name which slots; so it is certain.

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{GlobalGet, Instr, InstrLocId, Value, Visitor, dfs_in_order};
use walrus::{ConstExpr, Element, ElementItems, ElementKind, FunctionBuilder, FunctionId, GlobalId, Module, TableId, ValType};

use super::fill;
use crate::failure::Failure;
use crate::split::{address, places};

/// What the function in an absent slot takes: as nothing else does.
const REFUSED: &[ValType] = &[ValType::F64, ValType::F32, ValType::I64, ValType::F64];

/// The absent slots with the functions that will be in them, by their numbers in the undivided module.
#[derive(Debug, Default)]
pub struct Absent(BTreeMap<u64, usize>);

impl Absent {
    /// Those of a first part with the functions `staying`; `named` are the slots that its constants name. None if nobody
    /// knows these.
    pub fn find(
        module: &Module,
        functions: &[places::Function],
        staying: &[&places::Function],
        named: Option<&BTreeSet<u64>>,
    ) -> Result<Self, Failure> {
        let Some(named) = named else {
            return Ok(Self::default());
        };
        let mut names = Names { slots: address::named_slots(module)?, found: named.clone() };
        for seen in staying {
            let function = module.funcs.get(seen.id).kind.unwrap_local();
            dfs_in_order(&mut names, function, function.entry_block());
        }
        let idle: BTreeSet<FunctionId> = functions.iter().filter(|function| !function.ran).map(|function| function.id).collect();
        let mut absent = BTreeMap::new();
        for segment in module.elements.iter() {
            let ElementItems::Functions(ids) = &segment.items else {
                continue;
            };
            for (slot, id) in slots(segment, ids) {
                if idle.contains(&id) && !names.found.contains(&slot) {
                    absent.insert(slot, id.index());
                }
            }
        }
        Ok(Self(absent))
    }

    /// The functions that will be in these slots.
    pub fn functions(&self) -> impl Iterator<Item = usize> {
        self.0.values().copied()
    }

    /// What a segment puts into slots that are not absent.
    pub fn present(&self, segment: &Element, ids: &[FunctionId]) -> impl Iterator<Item = FunctionId> {
        let kept = slots(segment, ids).filter(|(slot, _)| !self.0.contains_key(slot));
        // What is in no known slot is there from the start.
        let unplaced = if start(segment).is_none() { ids } else { &[] };
        kept.map(|(_, id)| id).chain(unplaced.iter().copied())
    }

    /// Takes the functions out of their slots.
    pub fn leave_out(&self, module: &mut Module) {
        if self.0.is_empty() {
            return;
        }
        let arguments: Vec<_> = REFUSED.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut refuse = FunctionBuilder::new(&mut module.types, REFUSED, &[]);
        refuse.func_body().unreachable();
        let refuse = refuse.finish(arguments, &mut module.funcs);
        for segment in module.elements.iter_mut() {
            let Some(start) = start(segment) else {
                continue;
            };
            if let ElementItems::Functions(ids) = &mut segment.items {
                for (_, id) in (start..).zip(ids).filter(|(slot, _)| self.0.contains_key(slot)) {
                    *id = refuse;
                }
            }
        }
    }

    /// Puts them there.
    pub fn fill(&self, module: &mut Module, table: TableId, ids: &BTreeMap<usize, FunctionId>) -> Result<(), Failure> {
        let mut runs: Vec<Vec<(u64, FunctionId)>> = Vec::new();
        for (slot, number) in &self.0 {
            let next = (*slot, ids[number]);
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|(last, _)| last + 1 == *slot) => run.push(next),
                _ => runs.push(vec![next]),
            }
        }
        runs.into_iter().try_for_each(|run| fill(module, table, &run))
    }
}

/// Where a segment begins in its table, if a number tells it.
fn start(segment: &Element) -> Option<u64> {
    match &segment.kind {
        ElementKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } => u64::try_from(*offset).ok(),
        _ => None,
    }
}

/// The slots of a segment whose place is known, with what it puts there.
fn slots(segment: &Element, ids: &[FunctionId]) -> impl Iterator<Item = (u64, FunctionId)> {
    let start = start(segment);
    let ids = if start.is_some() { ids } else { &[] };
    (start.unwrap_or_default()..).zip(ids.iter().copied())
}

/// Collects the slots that code names.
struct Names {
    slots: BTreeMap<GlobalId, u64>,
    found: BTreeSet<u64>,
}

impl<'a> Visitor<'a> for Names {
    fn visit_instr(&mut self, instruction: &'a Instr, _: &'a InstrLocId) {
        if let Instr::GlobalGet(GlobalGet { global }) = instruction {
            self.found.extend(self.slots.get(global));
        }
    }
}
