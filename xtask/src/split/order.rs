//! Puts the functions of a module into an order in which each stands behind one that it resembles. What a module does does
//! not depend on it; how well it compresses does, for compression finds a likeness only nearby.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

use super::module::broken;
use crate::failure::Failure;

/// Two functions are alike in so far as they share runs of so many bytes.
const RUN: usize = 5;
/// A run that more functions have says nothing of any of them.
const COMMON: usize = 100;
/// Added to the lengths of both before likeness is measured by them, so that it is not the shortest that are most alike.
const SHORTEST: u32 = 20;

/// The same module with its functions in that order.
pub fn by_likeness(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(broken)? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let ty = import.map_err(broken)?.ty;
                    imported += u32::from(matches!(ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(&wasm[body.range()]),
            _ => {}
        }
    }
    let order = order(&bodies);
    let mut places = vec![0; order.len()];
    for (place, function) in (0..).zip(&order) {
        places[*function] = place;
    }
    let mut reordered = wasm_encoder::Module::new();
    let mut mover = Mover { imported, order, places };
    mover.parse_core_module(&mut reordered, Parser::new(0), wasm).map_err(broken)?;
    Ok(reordered.finish())
}

/// The numbers of the bodies: the longest first, behind each the one that is most like it of those that are left.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let (runs, having) = runs(bodies);
    let mut left = vec![true; bodies.len()];
    let mut shared = vec![0_u32; bodies.len()];
    let mut order = Vec::with_capacity(bodies.len());
    let longest = |left: &[bool]| {
        let candidates = (0..bodies.len()).filter(|body| left[*body]);
        candidates.min_by_key(|body| (std::cmp::Reverse(bodies[*body].len()), *body))
    };
    let mut next = longest(&left);
    while let Some(body) = next {
        order.push(body);
        left[body] = false;
        let mut met = Vec::new();
        for run in &runs[body] {
            for other in having[*run].iter().copied().filter(|other| left[*other]) {
                if shared[other] == 0 {
                    met.push(other);
                }
                shared[other] += 1;
            }
        }
        let likeness = |other: usize| {
            let together = runs[body].len() + runs[other].len();
            f64::from(shared[other]) / f64::from(together as u32 + SHORTEST)
        };
        met.sort_unstable();
        let best = met.iter().copied().max_by(|a, b| {
            // Of equals the first.
            likeness(*a).total_cmp(&likeness(*b)).then(b.cmp(a))
        });
        met.iter().for_each(|other| shared[*other] = 0);
        next = best.or_else(|| longest(&left));
    }
    order
}

/// The runs of each body by their numbers, without those that too many have, and who has each run.
fn runs(bodies: &[&[u8]]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let mut numbers: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut having: Vec<Vec<usize>> = Vec::new();
    for (body, bytes) in bodies.iter().enumerate() {
        let own: BTreeSet<&[u8]> = bytes.windows(RUN).collect();
        for run in own {
            let number = *numbers.entry(run).or_insert(having.len());
            if number == having.len() {
                having.push(Vec::new());
            }
            having[number].push(body);
        }
    }
    let mut runs = vec![Vec::new(); bodies.len()];
    for (number, those) in having.iter().enumerate() {
        if (2..=COMMON).contains(&those.len()) {
            those.iter().for_each(|body| runs[*body].push(number));
        }
    }
    (runs, having)
}

/// Writes a module with its functions in another order.
struct Mover {
    /// How many functions are imported; they keep their numbers.
    imported: u32,
    /// The old numbers of the others, in their new order.
    order: Vec<usize>,
    /// Their new places by their old numbers.
    places: Vec<u32>,
}

impl Reencode for Mover {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        let own = function.checked_sub(self.imported);
        let place = own.map(|own| self.places[own as usize]);
        Ok(place.map_or(function, |place| self.imported + place))
    }

    fn parse_function_section(&mut self, functions: &mut FunctionSection, section: FunctionSectionReader<'_>) -> Result<(), Error> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for function in &self.order {
            functions.function(types[*function]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use walrus::{FunctionBuilder, FunctionId, Module, ModuleConfig, ValType};

    use super::*;

    #[test]
    fn what_is_alike_stands_together_and_the_longest_first() {
        let bodies: [&[u8]; 4] = [b"abcdefgh-1", b"ABCDEFGH--2", b"abcdefgh-3", b"ABCDEFGH--44"];
        assert_eq!(order(&bodies), [3, 1, 0, 2]);
    }

    /// Adds a function that calls another so many times.
    fn caller(module: &mut Module, called: FunctionId, times: usize) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        let mut body = builder.func_body();
        for _ in 0..times {
            body.call(called);
        }
        body.i32_const(i32::try_from(times).expect("few"));
        builder.finish(Vec::new(), &mut module.funcs)
    }

    #[test]
    fn calls_and_exports_follow() {
        let mut module = Module::with_config(ModuleConfig::new());
        let ty = module.types.add(&[], &[]);
        let (tell, _) = module.add_import_func("page", "tell", ty);
        for times in [40, 1, 41, 2] {
            let id = caller(&mut module, tell, times);
            module.exports.add(&times.to_string(), id);
        }
        let moved = by_likeness(&module.emit_wasm()).expect("reordered");
        wasmparser::validate(&moved).expect("valid");
        let module = super::super::module::parse(&moved).expect("valid");
        for export in module.exports.iter() {
            let walrus::ExportItem::Function(id) = export.item else {
                continue;
            };
            let calls = module.funcs.get(id).kind.unwrap_local().size() - 1;
            assert_eq!(export.name, calls.to_string());
        }
    }
}
