//! Which constants the first part takes along, and where each has its place.
//!
//! First = what reached code names, and what that names in turn. All others follow with the later part: only code
//! that brings it can name them. Where the first part keeps code that was not reached and that names such a constant,
//! the later part is brought before that code goes on.
//!
//! In both parts the constants with addresses and numbers come before the texts, which compresses better.

use std::collections::{BTreeMap, BTreeSet};

use walrus::ir::{GlobalGet, Instr, InstrSeqId, Value};
use walrus::{ConstExpr, DataKind, FunctionId, GlobalId, LocalFunction, Module};

use super::address;
use super::layout::{Layout, Target};
use super::module::broken;
use super::places::{self, Place, first_unreached};
use crate::failure::Failure;

/// Numbers and addresses begin at a multiple of so many bytes.
const WORD: usize = 4;

/// The constants in their new places.
pub struct Constants<'a> {
    layout: &'a Layout,
    /// The offset of each piece from the start of all.
    offsets: Vec<usize>,
    /// All of them, with addresses in them as they are now.
    bytes: Vec<u8>,
    /// How many bytes are in the first part.
    first: usize,
    /// The places of the first part before which the later one must be there.
    pub guarded: Vec<(FunctionId, Place)>,
    /// The slots of the function table that the first part's constants and variables name, if it is known.
    pub slots: Option<BTreeSet<u64>>,
}

impl<'a> Constants<'a> {
    /// Sorts the constants for a first part with these functions.
    pub fn sort(module: &Module, functions: &[&places::Function], layout: &'a Layout) -> Result<Self, Failure> {
        let named = address::named(module)?;
        let mut waiting: Vec<usize> = layout.variables.iter().map(|(_, target)| target.piece).collect();
        let mut doubtful = Vec::new();
        for seen in functions {
            let function = module.funcs.get(seen.id).kind.unwrap_local();
            let mut names = Names { function, named: &named, found: Vec::new() };
            let ends: Vec<Place> = first_unreached(function, &seen.unreached);
            names.reached(function.entry_block(), &ends);
            waiting.append(&mut names.found);
            for (sequence, before) in ends {
                names.rest(sequence, before);
                if !names.found.is_empty() {
                    doubtful.push((seen.id, (sequence, before), std::mem::take(&mut names.found)));
                }
            }
        }
        let first = closed(layout, waiting);
        let needs_later = |pieces: &[usize]| pieces.iter().any(|piece| !first.contains(piece));
        let mut guarded: Vec<(FunctionId, Place)> =
            doubtful.into_iter().filter(|(_, _, pieces)| needs_later(pieces)).map(|(function, place, _)| (function, place)).collect();
        // From the back of each sequence, so that the places in front stay where they are.
        guarded.reverse();
        Self::place(layout, &first, guarded)
    }

    fn place(layout: &'a Layout, first: &BTreeSet<usize>, guarded: Vec<(FunctionId, Place)>) -> Result<Self, Failure> {
        let mut slots = layout.slots.clone();
        if let Some(slots) = &mut slots {
            slots.extend(first.iter().flat_map(|piece| &layout.pieces[*piece].slots));
        }
        let mut placed = Self { layout, slots, offsets: vec![0; layout.pieces.len()], bytes: Vec::new(), first: 0, guarded };
        for part in [true, false] {
            let start = placed.bytes.len().next_multiple_of(WORD);
            placed.bytes.resize(start, 0);
            for words in [true, false] {
                for piece in 0..layout.pieces.len() {
                    if first.contains(&piece) == part && is_words(layout, piece) == words {
                        placed.offsets[piece] = placed.bytes.len();
                        placed.bytes.extend_from_slice(layout.content(piece));
                    }
                }
            }
            if part {
                placed.first = placed.bytes.len();
            }
        }
        if placed.bytes.len() > layout.bytes.len() {
            return Err(Failure::new("the constants have no room"));
        }
        for (piece, range) in layout.pieces.iter().map(|piece| &piece.names).enumerate() {
            for (at, target) in range {
                let at = placed.offsets[piece] + at;
                let address = u32::try_from(placed.address(*target)).map_err(broken)?;
                placed.bytes[at..at + 4].copy_from_slice(&address.to_le_bytes());
            }
        }
        Ok(placed)
    }

    /// Where a target is now.
    pub fn address(&self, target: Target) -> i64 {
        i64::from(self.layout.start) + self.offsets[target.piece] as i64 + target.offset
    }

    /// The bytes in the first and in the later part.
    pub fn sizes(&self) -> (usize, usize) {
        (self.first, self.bytes.len() - self.first)
    }

    /// Takes the constants out of a module.
    pub fn remove(&self, module: &mut Module) {
        let all = i64::from(self.layout.start)..i64::from(self.layout.start) + self.layout.bytes.len() as i64;
        let segments: Vec<_> =
            module.data.iter().filter(|data| address_of(&data.kind).is_some_and(|address| all.contains(&address))).map(|data| data.id()).collect();
        for id in segments {
            for memory in module.memories.iter_mut() {
                memory.data_segments.remove(&id);
            }
            module.data.delete(id);
        }
    }

    /// Puts the first part's constants into it, and the new addresses into its variables.
    pub fn put_first(&self, module: &mut Module) -> Result<(), Failure> {
        put(module, self.layout.start, &self.bytes[..self.first])?;
        for (variable, target) in &self.layout.variables {
            let address = u32::try_from(self.address(*target)).map_err(broken)?;
            put(module, *variable, &address.to_le_bytes())?;
        }
        Ok(())
    }

    /// Puts the later part's constants into it.
    pub fn put_later(&self, module: &mut Module) -> Result<(), Failure> {
        let start = u32::try_from(self.first).map_err(broken)? + self.layout.start;
        put(module, start, &self.bytes[self.first..])
    }
}

/// Adds a segment, which is written after all that are there.
fn put(module: &mut Module, address: u32, bytes: &[u8]) -> Result<(), Failure> {
    let memory = module.memories.iter().map(|memory| memory.id()).next();
    let (Some(memory), false) = (memory, bytes.is_empty()) else {
        return Ok(());
    };
    let offset = ConstExpr::Value(Value::I32(i32::try_from(address).map_err(broken)?));
    let kind = DataKind::Active { memory, offset };
    let id = module.data.add(kind, bytes.to_vec());
    module.memories.get_mut(memory).data_segments.insert(id);
    Ok(())
}

/// These pieces and all that they name.
fn closed(layout: &Layout, mut waiting: Vec<usize>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    while let Some(piece) = waiting.pop() {
        if found.insert(piece) {
            let names = layout.pieces[piece].names.iter();
            waiting.extend(names.map(|(_, target)| target.piece));
        }
    }
    found
}

/// Whether a piece is made of numbers or addresses. All others are found byte by byte, wherever they stand.
fn is_words(layout: &Layout, piece: usize) -> bool {
    let range = &layout.pieces[piece].range;
    let text = || std::str::from_utf8(layout.content(piece)).is_ok_and(|text| !text.contains('\0'));
    range.start.is_multiple_of(WORD) && range.len().is_multiple_of(WORD) && !text()
}

fn address_of(kind: &DataKind) -> Option<i64> {
    match kind {
        DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } => Some(i64::from(*offset)),
        _ => None,
    }
}

/// Collects the pieces that code names.
struct Names<'a> {
    function: &'a LocalFunction,
    named: &'a BTreeMap<GlobalId, Target>,
    found: Vec<usize>,
}

impl Names<'_> {
    /// What is named in `sequence` before these places, and in the sequences inside.
    fn reached(&mut self, sequence: InstrSeqId, ends: &[Place]) {
        let end = ends.iter().find(|(ended, _)| *ended == sequence).map_or(usize::MAX, |(_, before)| *before);
        let instructions = &self.function.block(sequence).instrs;
        for (instruction, _) in instructions.iter().take(end) {
            self.note(instruction);
            for inside in places::inside(instruction) {
                self.reached(inside, ends);
            }
        }
    }

    /// What is named in `sequence` from there on, and in the sequences inside.
    fn rest(&mut self, sequence: InstrSeqId, before: usize) {
        let instructions = &self.function.block(sequence).instrs;
        for (instruction, _) in instructions.iter().skip(before) {
            self.note(instruction);
            for inside in places::inside(instruction) {
                self.rest(inside, 0);
            }
        }
    }

    fn note(&mut self, instruction: &Instr) {
        if let Instr::GlobalGet(GlobalGet { global }) = instruction
            && let Some(target) = self.named.get(global)
        {
            self.found.push(target.piece);
        }
    }
}

#[cfg(test)]
mod tests;
