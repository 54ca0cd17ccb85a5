//! Which constants a linked module has in its memory, where, and which code and which other constants name them.
//!
//! The linker tells it when it is asked for its relocations (`web/build.rs` does): every symbol with its place, and
//! every place in code and data where an address was written, with the symbol that it belongs to. That makes it
//! certain, not guessed, what a function can reach.
//!
//! Only what is never written (`.rodata`) is taken apart; variables stay where they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::{
    DataKind, KnownCustom, Linking, LinkingSectionReader, Operator, Parser, Payload, RelocSectionReader, RelocationEntry, RelocationType, SegmentMap,
    SymbolInfo,
};

use super::module::broken;
use crate::failure::Failure;

/// The section of constants, by the name of the linker.
const CONSTANTS: &str = ".rodata";

/// A place in the constants, as the linker names it: so far behind the start of that piece, or before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The number of the piece.
    pub piece: usize,
    /// Bytes from its start.
    pub offset: i64,
}

/// A constant, or several that share bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes, counted from the start of the constants.
    pub range: Range<usize>,
    /// The addresses in it: where, counted from its start, and of what.
    pub names: Vec<(usize, Target)>,
    /// The slots of the function table that it names.
    pub slots: Vec<u64>,
}

/// The constants of a module.
#[derive(Debug, Default)]
pub struct Layout {
    /// The address of the first.
    pub start: u32,
    /// All of them.
    pub bytes: Vec<u8>,
    /// In the order of their places; they do not overlap.
    pub pieces: Vec<Piece>,
    /// Addresses that variables hold at first, by their own address.
    pub variables: Vec<(u32, Target)>,
    /// The slots of the function table that variables name at first; `None` if nobody said which slots are named where.
    pub slots: Option<BTreeSet<u64>>,
}

/// A module's constants, and the addresses in its code by their place in the file.
pub struct Linked {
    /// The constants.
    pub layout: Layout,
    /// What instructions name, by the place of the operand.
    pub code: BTreeMap<usize, Target>,
    /// The places of operands that name a slot of the function table.
    pub slots: BTreeSet<usize>,
}

impl Layout {
    /// The piece's own bytes.
    pub fn content(&self, piece: usize) -> &[u8] {
        &self.bytes[self.pieces[piece].range.clone()]
    }

    /// The piece that begins there or last before.
    fn piece_at(&self, at: usize) -> usize {
        let behind = self.pieces.partition_point(|piece| piece.range.start <= at);
        behind.saturating_sub(1)
    }

    /// Where a target is while everything is in its first place.
    pub fn address(&self, target: Target) -> i64 {
        i64::from(self.start) + self.pieces[target.piece].range.start as i64 + target.offset
    }
}

/// Reads what the linker wrote beside the module; `None` if it was not asked to.
pub fn read(wasm: &[u8]) -> Result<Option<Linked>, Failure> {
    let sections = Sections::read(wasm).map_err(broken)?;
    let constants = sections.names.iter().position(|name| name == CONSTANTS);
    let (Some(constants), false) = (constants, sections.relocations.is_empty()) else {
        return Ok(None);
    };
    let place = &sections.segments[constants];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut symbols: Vec<Range<usize>> =
        sections.symbols.iter().flatten().filter(|symbol| symbol.segment == constants).map(|symbol| symbol.range.clone()).collect();
    symbols.sort_by_key(|range| (range.start, range.end));
    for range in symbols {
        match pieces.last_mut() {
            Some(last) if range.start < last.range.end => {
                last.range.end = last.range.end.max(range.end);
            }
            _ => pieces.push(Piece { range, names: Vec::new(), slots: Vec::new() }),
        }
    }
    let mut linked = Linked {
        layout: Layout {
            start: place.address,
            bytes: wasm[place.content.clone()].to_vec(),
            pieces,
            variables: Vec::new(),
            slots: Some(BTreeSet::new()),
        },
        code: BTreeMap::new(),
        slots: BTreeSet::new(),
    };
    for (entry, at) in &sections.relocations {
        match entry.ty {
            RelocationType::TableIndexI32 => linked.note_slot(wasm, place, *at),
            RelocationType::TableIndexSleb => drop(linked.slots.insert(*at)),
            _ => linked.note(&sections, constants, entry, *at)?,
        }
    }
    Ok(Some(linked))
}

impl Linked {
    /// Files the slot that data name at this place of the file.
    fn note_slot(&mut self, wasm: &[u8], constants: &Segment, at: usize) {
        let word = wasm[at..].first_chunk().map(|word| u32::from_le_bytes(*word));
        let slot = u64::from(word.expect("BUG: a relocated word ends in the file"));
        let layout = &mut self.layout;
        let inside = at.wrapping_sub(constants.content.start);
        let piece = layout.piece_at(inside);
        let piece = layout.pieces.get_mut(piece);
        if let Some(piece) = piece.filter(|piece| piece.range.contains(&inside)) {
            piece.slots.push(slot);
        } else if let Some(slots) = &mut layout.slots {
            slots.insert(slot);
        }
    }

    /// Files one relocation, which is at this place of the file.
    fn note(&mut self, sections: &Sections, constants: usize, entry: &RelocationEntry, at: usize) -> Result<(), Failure> {
        let Some(Some(symbol)) = sections.symbols.get(entry.index as usize) else {
            return Ok(());
        };
        if symbol.segment != constants {
            return Ok(());
        }
        let layout = &mut self.layout;
        let piece = layout.piece_at(symbol.range.start);
        let before = symbol.range.start - layout.pieces[piece].range.start;
        let target = Target { piece, offset: before as i64 + entry.addend };
        match entry.ty {
            RelocationType::MemoryAddrSleb | RelocationType::MemoryAddrLeb => {
                self.code.insert(at, target);
            }
            RelocationType::MemoryAddrI32 => {
                let holder = sections.segments.iter().position(|segment| segment.content.contains(&at));
                let Some(holder) = holder else {
                    return Err(Failure::new("an address outside of all data"));
                };
                let inside = at - sections.segments[holder].content.start;
                if holder != constants {
                    let address = sections.segments[holder].address + inside as u32;
                    layout.variables.push((address, target));
                    return Ok(());
                }
                let piece = layout.piece_at(inside);
                let piece = &mut layout.pieces[piece];
                if !piece.range.contains(&inside) {
                    return Err(Failure::new("an address outside of all constants"));
                }
                piece.names.push((inside - piece.range.start, target));
            }
            other => return Err(Failure::new(format!("an unusual relocation: {other:?}"))),
        }
        Ok(())
    }
}

/// A data segment: its address and where its content is in the file.
struct Segment {
    address: u32,
    content: Range<usize>,
}

/// A constant or a variable with a name.
struct Symbol {
    segment: usize,
    range: Range<usize>,
}

/// What is needed of the file's sections.
#[derive(Default)]
struct Sections {
    segments: Vec<Segment>,
    /// The segments' names.
    names: Vec<String>,
    /// By their numbers; only those of data.
    symbols: Vec<Option<Symbol>>,
    /// With their places in the file.
    relocations: Vec<(RelocationEntry, usize)>,
}

impl Sections {
    fn read(wasm: &[u8]) -> wasmparser::Result<Self> {
        let mut sections = Self::default();
        // Where the content of each section begins, by its number.
        let mut starts = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            if let Some((_, range)) = payload.as_section() {
                starts.push(range.start);
            }
            match payload {
                Payload::DataSection(data) => {
                    for data in data {
                        let data = data?;
                        let content = data.range.end - data.data.len()..data.range.end;
                        let address = address(&data.kind)?;
                        sections.segments.push(Segment { address, content });
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => sections.read_linking(linking)?,
                    KnownCustom::Reloc(relocations) => {
                        sections.read_relocations(&relocations, &starts)?;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(sections)
    }

    fn read_linking(&mut self, linking: LinkingSectionReader<'_>) -> wasmparser::Result<()> {
        for part in linking.subsections() {
            match part? {
                Linking::SegmentInfo(segments) => self.read_names(segments)?,
                Linking::SymbolTable(symbols) => {
                    for symbol in symbols {
                        self.symbols.push(data_symbol(&symbol?));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_names(&mut self, segments: SegmentMap<'_>) -> wasmparser::Result<()> {
        for segment in segments {
            self.names.push(segment?.name.to_owned());
        }
        Ok(())
    }

    fn read_relocations(&mut self, relocations: &RelocSectionReader<'_>, starts: &[usize]) -> wasmparser::Result<()> {
        let start = starts.get(relocations.section_index() as usize).copied().unwrap_or(usize::MAX / 2);
        for entry in relocations.entries() {
            let entry = entry?;
            if matches!(
                entry.ty,
                RelocationType::MemoryAddrSleb
                    | RelocationType::MemoryAddrLeb
                    | RelocationType::MemoryAddrI32
                    | RelocationType::TableIndexI32
                    | RelocationType::TableIndexSleb
            ) {
                self.relocations.push((entry, start + entry.offset as usize));
            }
        }
        Ok(())
    }
}

fn data_symbol(symbol: &SymbolInfo<'_>) -> Option<Symbol> {
    let SymbolInfo::Data { symbol: Some(symbol), .. } = symbol else {
        return None;
    };
    let start = symbol.offset as usize;
    Some(Symbol { segment: symbol.index as usize, range: start..start + symbol.size as usize })
}

fn address(kind: &DataKind<'_>) -> wasmparser::Result<u32> {
    let DataKind::Active { offset_expr, .. } = kind else {
        return Ok(0);
    };
    Ok(match offset_expr.get_operators_reader().read()? {
        Operator::I32Const { value } => value.cast_unsigned(),
        _ => 0,
    })
}

#[cfg(test)]
mod tests;
