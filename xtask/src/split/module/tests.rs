//! A small module, divided. That divided modules run is seen by the tests of the page, which is one.

use super::*;
use walrus::ir::BinaryOp;
use walrus::{ElementId, RefType};

/// Rounds of a function that is too long to be copied.
const LONG: u64 = SHORT / 8;
/// A number that only the seldom function has.
const MARK: i32 = 0x5eed;

/// `often` calls `seldom`, which calls `tell` (imported), `helper` of so many rounds and sets a global. Gives back the
/// places of `often` and `helper` too.
fn example(rounds: u64) -> (Vec<u8>, BTreeSet<usize>) {
    let mut module = Module::with_config(ModuleConfig::new());
    let types = [ValType::I32];
    let ty = module.types.add(&types, &[]);
    let (tell, _) = module.add_import_func("page", "tell", ty);
    let table = module.tables.add_local(false, 4, Some(4), RefType::FUNCREF);
    let memory = module.memories.add_local(false, false, 1, None, None);
    module.exports.add("memory", memory);
    let zero = ConstExpr::Value(Value::I32(0));
    let global = module.globals.add_local(ValType::I32, true, false, zero);

    let n = module.locals.add(ValType::I32);
    let mut helper = FunctionBuilder::new(&mut module.types, &types, &types);
    let mut body = helper.func_body();
    body.local_get(n);
    for _ in 0..rounds {
        long(&mut body, 7);
    }
    let helper = helper.finish(vec![n], &mut module.funcs);

    let n = module.locals.add(ValType::I32);
    let mut seldom = FunctionBuilder::new(&mut module.types, &types, &types);
    let mut body = seldom.func_body();
    body.local_get(n).call(tell).local_get(n).call(helper);
    long(&mut body, MARK).global_set(global).global_get(global);
    let seldom = seldom.finish(vec![n], &mut module.funcs);

    let n = module.locals.add(ValType::I32);
    let mut often = FunctionBuilder::new(&mut module.types, &types, &types);
    long(often.func_body().local_get(n).call(seldom), 9);
    let often = often.finish(vec![n], &mut module.funcs);
    module.exports.add("often", often);
    let offset = ConstExpr::Value(Value::I32(1));
    let kind = ElementKind::Active { table, offset };
    let segment = module.elements.add(kind, ElementItems::Functions(vec![often, seldom]));
    module.tables.get_mut(table).elem_segments.insert(segment);

    let wasm = module.emit_wasm();
    // Numbers are those of the parsed module, in which functions may have another order.
    let module = parse(&wasm).expect("a module");
    let marked: BTreeSet<usize> = numbers_with_mark(&module);
    // Each has one place.
    let others = module.funcs.iter_local().map(|(id, _)| id.index());
    let reached = others.enumerate().filter(|(_, number)| !marked.contains(number)).map(|(place, _)| place).collect();
    (wasm, reached)
}

/// Code that is larger than a stub, with a constant to know it by.
fn long<'a, 'b>(body: &'a mut walrus::InstrSeqBuilder<'b>, constant: i32) -> &'a mut walrus::InstrSeqBuilder<'b> {
    for _ in 0..8 {
        body.i32_const(constant).binop(BinaryOp::I32Add);
    }
    body
}

/// The functions that contain the seldom function's constant.
fn numbers_with_mark(module: &Module) -> BTreeSet<usize> {
    struct Marks(bool);
    impl<'a> Visitor<'a> for Marks {
        fn visit_const(&mut self, constant: &walrus::ir::Const) {
            self.0 |= matches!(constant.value, Value::I32(MARK));
        }
    }
    let marked = |function: &LocalFunction| {
        let mut marks = Marks(false);
        dfs_in_order(&mut marks, function, function.entry_block());
        marks.0
    };
    module.funcs.iter_local().filter(|(_, function)| marked(function)).map(|(id, _)| id.index()).collect()
}

fn imports(module: &Module) -> Vec<String> {
    module.imports.iter().map(|import| format!("{}.{}", import.module, import.name)).collect()
}

/// The slots that a module's element segments fill.
fn filled(module: &Module) -> Vec<(i32, usize)> {
    let segment = |id: ElementId| {
        let segment = module.elements.get(id);
        match (&segment.kind, &segment.items) {
            (ElementKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. }, ElementItems::Functions(functions)) => {
                (*offset, functions.len())
            }
            other => panic!("an unusual segment: {other:?}"),
        }
    };
    module.elements.iter().map(|element| segment(element.id())).collect()
}

#[test]
fn what_did_not_run_moves_and_leaves_a_stub() {
    let (wasm, ran) = example(LONG);
    let parts = divide(&wasm, &ran, &Layout::default()).expect("divided");
    assert_eq!((parts.moved, parts.stubs), (1, 1));
    let first = parse(&parts.first).expect("the first part is valid");
    let later = parse(&parts.later).expect("the later part is valid");
    assert!(numbers_with_mark(&first).is_empty());
    assert_eq!(numbers_with_mark(&later).len(), 1);
    assert_eq!(later.funcs.iter_local().count(), 1);
    // The table had 4 slots: the stub's is the fifth, then those of `tell` and `helper`.
    assert_eq!(filled(&first), [(1, 2), (5, 2)]);
    assert_eq!(filled(&later), [(4, 1)]);
    assert_eq!(imports(&first), ["page.tell", "later.bring"]);
    let mut needs = imports(&later);
    needs.sort();
    assert_eq!(needs, ["later.5", "later.6", "later.later g0", "later.later t0"]);
    for module in [&first, &later] {
        assert_eq!(module.tables.iter().next().map(|table| (table.initial, table.maximum)), Some((7, Some(7))));
    }
    let exports: BTreeSet<&str> = first.exports.iter().map(|export| export.name.as_str()).collect();
    for name in ["often", "memory", "arrived", "slots", "later g0", "later t0"] {
        assert!(exports.contains(name), "{name} in {exports:?}");
    }
    assert_eq!(later.exports.iter().count(), 0);
}

#[test]
fn what_ran_stays() {
    let (wasm, _) = example(LONG);
    let ran = (0..3).collect();
    let parts = divide(&wasm, &ran, &Layout::default()).expect("divided");
    assert_eq!((parts.moved, parts.stubs), (0, 0));
    let first = parse(&parts.first).expect("valid");
    assert_eq!(numbers_with_mark(&first).len(), 1);
}

#[test]
fn what_is_short_is_copied_and_not_lent() {
    let (wasm, ran) = example(1);
    let parts = divide(&wasm, &ran, &Layout::default()).expect("divided");
    let later = parse(&parts.later).expect("valid");
    assert_eq!(later.funcs.iter_local().count(), 2);
    // The stub's slot is the fifth, then that of `tell`.
    let first = parse(&parts.first).expect("valid");
    assert_eq!(filled(&first), [(1, 2), (5, 1)]);
}

#[test]
fn a_slot_that_the_first_part_does_not_name_is_filled_by_the_later_one() {
    let (wasm, ran) = example(LONG);
    let known = |slots: &[u64]| Layout { slots: Some(slots.iter().copied().collect()), ..Layout::default() };
    // `seldom` is in the table's third slot.
    let parts = divide(&wasm, &ran, &known(&[])).expect("divided");
    let [first, later] = [&parts.first, &parts.later].map(|part| parse(part).expect("valid"));
    assert_eq!(filled(&later), [(4, 1), (2, 1)]);
    assert_eq!(in_slot(&first, 2), "[F64, F32, I64, F64] []");
    let parts = divide(&wasm, &ran, &known(&[2])).expect("divided");
    let [first, later] = [&parts.first, &parts.later].map(|part| parse(part).expect("valid"));
    assert_eq!(filled(&later), [(4, 1)]);
    assert_eq!(in_slot(&first, 2), "[I32] [I32]");
}

/// The type of the function that a module puts into a slot of its first segment.
fn in_slot(module: &Module, slot: usize) -> String {
    let segment = module.elements.iter().next().expect("a segment");
    let ElementItems::Functions(ids) = &segment.items else {
        panic!("an unusual segment");
    };
    let (params, results) = module.types.params_results(module.funcs.get(ids[slot - 1]).ty());
    format!("{params:?} {results:?}")
}
