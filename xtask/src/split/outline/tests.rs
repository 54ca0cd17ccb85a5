//! A small function with an arm that is not reached. That outlined functions do the same is seen by the tests of
//! the page, which has hundreds of them.

use walrus::ir::{BinaryOp, LoadKind, MemArg};
use walrus::{FunctionBuilder, FunctionKind, ModuleConfig};

use super::*;

/// `block { br_if 0 (n); ARM }; memory[n] = n`, where ARM is long, writes `n` and leaves as told.
fn example(leave: impl Fn(&mut walrus::InstrSeqBuilder<'_>, InstrSeqId)) -> Vec<u8> {
    let mut module = Module::with_config(ModuleConfig::new());
    let memory = module.memories.add_local(false, false, 1, None, None);
    let n = module.locals.add(ValType::I32);
    let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
    let mut body = function.func_body();
    body.block(None, |block| {
        let end = block.id();
        block.local_get(n).br_if(end).local_get(n);
        for _ in 0..40 {
            block.i32_const(3).binop(BinaryOp::I32Add);
        }
        block.local_set(n);
        leave(block, end);
    });
    let place = MemArg { align: 4, offset: 0 };
    body.local_get(n).load(memory, LoadKind::I32 { atomic: false }, place).drop();
    let id = function.finish(vec![n], &mut module.funcs);
    module.exports.add("f", id);
    module.emit_wasm()
}

/// The numbers of the places up to the branch; the arm behind it is not reached, what follows the block is.
fn all_but_the_arm(wasm: &[u8]) -> BTreeSet<usize> {
    let mut module = parse(wasm).expect("a module");
    let id = module.funcs.iter_local().map(|(id, _)| id).next().expect("a function");
    let function = local_mut(&mut module, id);
    let entry = function.entry_block();
    let reached = |(sequence, before): &Place| *sequence == entry || *before == 0;
    places::places(function).iter().enumerate().filter(|(_, place)| reached(place)).map(|(number, _)| number).collect()
}

/// The results of the functions after outlining, in the order of their length; `None` if nothing moved.
fn outlined(wasm: &[u8]) -> Option<Vec<usize>> {
    let (wasm, moved) = outline(wasm, &all_but_the_arm(wasm)).expect("outlined");
    let module = parse(&wasm).expect("valid");
    let mut results: Vec<usize> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)))
        .map(|function| module.types.get(function.ty()).results().len())
        .collect();
    results.sort_unstable();
    (moved == 1).then_some(results)
}

#[test]
fn each_place_notes_that_it_was_reached() {
    let wasm = example(|_, _| {});
    let noting = parse(&places::instrument(&wasm).expect("instrumented")).expect("valid");
    let notes = noting.exports.iter().filter(|export| export.name.starts_with(places::REACHED));
    // The function, behind its block, the block, behind its branch.
    assert_eq!(notes.count(), 4);
}

#[test]
fn an_arm_moves_and_gives_back_what_it_wrote() {
    assert_eq!(outlined(&example(|_, _| {})), Some(vec![0, 1]), "goes on behind");
    let branch = |arm: &mut walrus::InstrSeqBuilder<'_>, end: InstrSeqId| {
        arm.br(end);
    };
    assert_eq!(outlined(&example(branch)), Some(vec![0, 1]), "branches");
    let leave = |arm: &mut walrus::InstrSeqBuilder<'_>, _: InstrSeqId| {
        arm.return_();
    };
    assert_eq!(outlined(&example(leave)), Some(vec![0, 0]), "leaves, and nobody reads what it wrote");
    let stop = |arm: &mut walrus::InstrSeqBuilder<'_>, _: InstrSeqId| {
        arm.unreachable();
    };
    assert_eq!(outlined(&example(stop)), Some(vec![0, 0]), "stops");
}

#[test]
fn several_ways_on_are_told_by_a_number() {
    let several = |arm: &mut walrus::InstrSeqBuilder<'_>, end: InstrSeqId| {
        arm.i32_const(1).br_if(end).i32_const(2).if_else(
            None,
            |then| {
                then.return_();
            },
            |_| {},
        );
    };
    assert_eq!(outlined(&example(several)), Some(vec![0, 2]));
}

#[test]
fn what_was_reached_stays() {
    let wasm = example(|_, _| {});
    let (_, moved) = outline(&wasm, &(0..100).collect()).expect("outlined");
    assert_eq!(moved, 0);
}

/// A function from a number to a number.
fn function(build: impl Fn(&mut walrus::InstrSeqBuilder<'_>, walrus::LocalId)) -> Vec<u8> {
    let mut module = Module::with_config(ModuleConfig::new());
    let one = [ValType::I32];
    let n = module.locals.add(ValType::I32);
    let mut function = FunctionBuilder::new(&mut module.types, &one, &one);
    build(&mut function.func_body(), n);
    let id = function.finish(vec![n], &mut module.funcs);
    module.exports.add("f", id);
    module.emit_wasm()
}

fn long(body: &mut walrus::InstrSeqBuilder<'_>, n: walrus::LocalId) {
    for _ in 0..40 {
        body.local_get(n).binop(BinaryOp::I32Add);
    }
}

#[test]
fn a_value_is_given_back() {
    // `n + if n { n } else { ARM }`
    let wasm = function(|body, n| {
        body.local_get(n).local_get(n).if_else(
            ValType::I32,
            |then| {
                then.local_get(n);
            },
            |arm| long(arm.i32_const(1), n),
        );
        body.binop(BinaryOp::I32Add);
    });
    // The function, behind the choice, and one side of it; the sides come last first.
    assert_eq!(outlined_at(&wasm, &[0, 1, 3]), Some(vec![(1, 1), (1, 1)]));
}

#[test]
fn values_on_the_stack_are_handed_over() {
    // `5; if n {}; ARM`
    let wasm = function(|body, n| {
        body.i32_const(5).local_get(n).if_else(None, |_| {}, |_| {});
        long(body, n);
    });
    assert_eq!(outlined_at(&wasm, &[0, 2, 3]), Some(vec![(1, 1), (2, 1)]));
}

/// How many values the functions take and give after outlining what is not at these places.
fn outlined_at(wasm: &[u8], reached: &[usize]) -> Option<Vec<(usize, usize)>> {
    let reached = reached.iter().copied().collect();
    let (wasm, moved) = outline(wasm, &reached).expect("outlined");
    let module = parse(&wasm).expect("valid");
    let mut types: Vec<(usize, usize)> =
        module.funcs.iter_local().map(|(_, function)| module.types.get(function.ty())).map(|ty| (ty.params().len(), ty.results().len())).collect();
    types.sort_unstable();
    (moved == 1).then_some(types)
}
