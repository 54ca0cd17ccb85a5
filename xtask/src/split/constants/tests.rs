//! A function that names one constant where it was reached and another where it was not.

use walrus::ir::BinaryOp;
use walrus::{FunctionBuilder, ModuleConfig, ValType};

use super::super::layout::Piece;
use super::super::module::parse;
use super::*;

/// `hot`, a table that names `cold`, and `cold`.
fn layout() -> Layout {
    let piece = |range, names| Piece { range, names, slots: Vec::new() };
    let cold = Target { piece: 2, offset: 1 };
    Layout {
        start: 1024,
        bytes: b"hot!\0\0\0\0cold".to_vec(),
        pieces: vec![piece(0..4, Vec::new()), piece(4..8, vec![(0, cold)]), piece(8..12, Vec::new())],
        variables: Vec::new(),
        slots: None,
    }
}

/// `if n { hot } else { table }`.
fn module() -> Module {
    let mut module = Module::with_config(ModuleConfig::new());
    module.memories.add_local(false, false, 1, None, None);
    let name = |module: &mut Module, name: &str| {
        let (global, _) = module.add_import_global("address", name, ValType::I32, false, false);
        global
    };
    let (hot, table) = (name(&mut module, "0+0"), name(&mut module, "1+0"));
    let n = module.locals.add(ValType::I32);
    let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    function.func_body().local_get(n).if_else(
        ValType::I32,
        |then| {
            then.global_get(hot);
        },
        |side| {
            side.global_get(table).i32_const(4).binop(BinaryOp::I32Add);
        },
    );
    let id = function.finish(vec![n], &mut module.funcs);
    module.exports.add("f", id);
    parse(&module.emit_wasm()).expect("a module")
}

fn sorted<'a>(module: &Module, layout: &'a Layout, reached: &[usize]) -> Constants<'a> {
    let functions = places::functions(module, &reached.iter().copied().collect());
    let functions: Vec<&places::Function> = functions.iter().collect();
    Constants::sort(module, &functions, layout).expect("sorted")
}

#[test]
fn what_only_unreached_code_names_follows_and_is_waited_for() {
    let (module, layout) = (module(), layout());
    // The places: the function, behind the choice, the second side, the first.
    let constants = sorted(&module, &layout, &[0, 1, 3]);
    assert_eq!(constants.sizes(), (4, 8));
    assert_eq!(constants.guarded.len(), 1);
    let at = |piece, offset| constants.address(Target { piece, offset });
    assert_eq!([at(0, 0), at(1, 0), at(2, 0)], [1024, 1028, 1032]);
    assert_eq!(constants.bytes, b"hot!\x09\x04\0\0cold");
}

#[test]
fn what_reached_code_names_comes_with_all_that_it_names() {
    let (module, layout) = (module(), layout());
    let constants = sorted(&module, &layout, &[0, 1, 2]);
    assert_eq!(constants.sizes(), (8, 4));
    assert_eq!(constants.guarded.len(), 1);
    // Addresses come before texts.
    assert_eq!(constants.bytes, b"\x05\x04\0\0coldhot!");
}

#[test]
fn both_parts_together_have_all_constants() {
    let (mut module, layout) = (module(), layout());
    let constants = sorted(&module, &layout, &[0, 1, 3]);
    constants.put_first(&mut module).expect("room");
    constants.put_later(&mut module).expect("room");
    let segments: Vec<(Option<i64>, usize)> = module.data.iter().map(|data| (address_of(&data.kind), data.value.len())).collect();
    assert_eq!(segments, [(Some(1024), 4), (Some(1028), 8)]);
    constants.remove(&mut module);
    assert_eq!(module.data.iter().count(), 0);
}
