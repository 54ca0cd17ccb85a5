//! A number that is an address and the same number that is none.

use std::collections::BTreeSet;

use walrus::ir::Visitor;
use walrus::{FunctionBuilder, InstrLocId};

use super::super::layout::Piece;
use super::super::module::parse;
use super::*;

/// Where the constants begin.
const START: i32 = 1024;

/// A function that gives one number twice.
fn module() -> Vec<u8> {
    let mut module = Module::with_config(ModuleConfig::new());
    let numbers = [ValType::I32, ValType::I32];
    let mut function = FunctionBuilder::new(&mut module.types, &[], &numbers);
    function.func_body().i32_const(START + 3).i32_const(START + 3);
    let id = function.finish(Vec::new(), &mut module.funcs);
    module.exports.add("f", id);
    module.emit_wasm()
}

/// The constants in the code with their places in the file.
fn numbers(module: &Module) -> Vec<(i32, usize)> {
    struct Numbers(Vec<(i32, usize)>);
    impl<'a> Visitor<'a> for Numbers {
        fn visit_instr(&mut self, instruction: &'a Instr, location: &'a InstrLocId) {
            if let Instr::Const(Const { value: Value::I32(value) }) = instruction {
                self.0.push((*value, location.data() as usize));
            }
        }
    }
    let mut numbers = Numbers(Vec::new());
    for (_, function) in module.funcs.iter_local() {
        walrus::ir::dfs_in_order(&mut numbers, function, function.entry_block());
    }
    numbers.0
}

#[test]
fn an_address_is_known_to_the_end() {
    let wasm = module();
    let (_, first) = numbers(&parse(&wasm).expect("a module"))[0];
    let target = Target { piece: 0, offset: 3 };
    let linked = Linked {
        layout: Layout {
            start: START.cast_unsigned(),
            bytes: vec![0; 8],
            pieces: vec![Piece { range: 0..8, names: Vec::new(), slots: Vec::new() }],
            variables: Vec::new(),
            slots: None,
        },
        code: BTreeMap::from([(first + 1, target)]),
        slots: BTreeSet::new(),
    };
    let hidden = hide(&name(&wasm, &linked).expect("named")).expect("hidden");
    let module = parse(&hidden).expect("valid");
    let names: Vec<Target> = named(&module).expect("names").into_values().collect();
    assert_eq!(names, [target]);
    let values = |module: &Module| -> Vec<i32> { numbers(module).into_iter().map(|(value, _)| value).collect() };
    assert_eq!(values(&module), [START + 3], "the other is a number");
    let same = resolved(&hidden, &linked.layout).expect("resolved");
    assert_eq!(values(&parse(&same).expect("valid")), [START + 3, START + 3]);
    let mut moved = parse(&hidden).expect("valid");
    resolve(&mut moved, |target| 7 + target.offset).expect("resolved");
    assert_eq!(values(&moved), [10, START + 3]);
    assert_eq!(moved.imports.iter().count(), 0);
}

#[test]
fn an_address_that_is_not_in_the_code_is_told() {
    let linked = Linked { layout: Layout::default(), code: BTreeMap::from([(1, Target { piece: 0, offset: 0 })]), slots: BTreeSet::new() };
    assert!(name(&module(), &linked).is_err());
}

#[test]
fn a_slot_is_known_to_the_end() {
    let wasm = module();
    let (_, first) = numbers(&parse(&wasm).expect("a module"))[0];
    let linked = Linked { layout: Layout::default(), code: BTreeMap::new(), slots: BTreeSet::from([first + 1]) };
    let hidden = hide(&name(&wasm, &linked).expect("named")).expect("hidden");
    let mut module = parse(&hidden).expect("valid");
    let slots = named_slots(&module).expect("names").into_values();
    assert_eq!(slots.collect::<Vec<u64>>(), [u64::from(START.unsigned_abs()) + 3]);
    assert_eq!(numbers(&module).len(), 1, "the other is a number");
    resolve(&mut module, |_| 0).expect("resolved");
    let values = numbers(&module).into_iter().map(|(value, _)| value);
    assert_eq!(values.collect::<Vec<i32>>(), [START + 3, START + 3]);
    assert_eq!(module.imports.iter().count(), 0);
}
