//! Small functions whose live locals can be told by eye.

use walrus::{FunctionBuilder, FunctionId, Module, ModuleConfig, ValType};

use super::*;

/// Builds a function with locals `a` and `b`; gives back which are live at its start.
fn at_start(build: impl Fn(&mut walrus::InstrSeqBuilder<'_>, LocalId, LocalId)) -> (bool, bool) {
    let mut module = Module::with_config(ModuleConfig::new());
    let (a, b) = (module.locals.add(ValType::I32), module.locals.add(ValType::I32));
    let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
    build(&mut function.func_body(), a, b);
    let id: FunctionId = function.finish(Vec::new(), &mut module.funcs);
    let function = module.funcs.get(id).kind.unwrap_local();
    let start = (function.entry_block(), 0);
    let found = liveness(function, &[start]);
    let live = &found.before[&start];
    (live.contains(&a), live.contains(&b))
}

#[test]
fn what_is_read_before_it_is_written_is_live() {
    assert_eq!(
        at_start(|body, a, b| {
            body.local_get(a).local_set(b).local_get(b).drop();
        }),
        (true, false)
    );
    assert_eq!(
        at_start(|body, a, _| {
            body.i32_const(1).local_set(a).local_get(a).drop();
        }),
        (false, false)
    );
}

#[test]
fn one_way_that_reads_is_enough() {
    let found = at_start(|body, a, b| {
        body.i32_const(0).if_else(
            None,
            |then| {
                then.local_get(a).drop();
            },
            |other| {
                other.i32_const(0).local_set(b);
            },
        );
        body.local_get(b).drop();
    });
    assert_eq!(found, (true, true));
}

#[test]
fn a_loop_reads_what_its_next_round_reads() {
    let found = at_start(|body, a, b| {
        body.loop_(None, |round| {
            let again = round.id();
            round.local_get(a).drop().local_get(b).local_set(a);
            round.i32_const(0).local_set(b).i32_const(1).br_if(again);
        });
    });
    assert_eq!(found, (true, true));
}

#[test]
fn nothing_is_live_before_the_end() {
    let found = at_start(|body, a, b| {
        body.block(None, |block| {
            let end = block.id();
            block.br(end).local_get(a).drop();
        });
        body.return_().local_get(b).drop();
    });
    assert_eq!(found, (false, false));
}
