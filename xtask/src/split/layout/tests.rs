//! A module as the linker leaves it: a table with the address of a text, and the text.

use walrus::{ConstExpr, Module, ModuleConfig, RawCustomSection};

use super::*;

/// A name, or a part of a section, with its length before it.
fn sized(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).expect("short")], bytes].concat()
}

/// `table` is the first word, `text` the second.
fn linked() -> Vec<u8> {
    let mut module = Module::with_config(ModuleConfig::new());
    let memory = module.memories.add_local(false, false, 1, None, None);
    module.exports.add("memory", memory);
    let offset = ConstExpr::Value(walrus::ir::Value::I32(16));
    let kind = walrus::DataKind::Active { memory, offset };
    let data = module.data.add(kind, b"\x14\0\0\0text".to_vec());
    module.memories.get_mut(memory).data_segments.insert(data);
    let segments = [&[1][..], &sized(b".rodata"), &[2, 0]].concat();
    let symbol = |name: &[u8], start, size| [&[1, 0][..], &sized(name), &[0, start, size]].concat();
    let symbols = [&[2][..], &symbol(b"table", 0, 4), &symbol(b"text", 4, 4)].concat();
    let linking = [&[2, 5][..], &sized(&segments), &[8], &sized(&symbols)].concat();
    // Sections: memory, export, data. In the last, the content begins behind six bytes. The second symbol's third byte.
    let relocation = [2, 1, 5, 6, 1, 2];
    for (name, data) in [("linking", linking), ("reloc.DATA", relocation.to_vec())] {
        let name = name.to_owned();
        module.customs.add(RawCustomSection { name, data });
    }
    module.emit_wasm()
}

#[test]
fn what_the_linker_says_is_read() {
    let linked = read(&linked()).expect("read").expect("said");
    assert_eq!((linked.layout.start, linked.layout.bytes.len()), (16, 8));
    let names = vec![(0, Target { piece: 1, offset: 2 })];
    let table = Piece { range: 0..4, names, slots: Vec::new() };
    let text = Piece { range: 4..8, names: Vec::new(), slots: Vec::new() };
    assert_eq!(linked.layout.pieces, [table, text]);
    assert_eq!(linked.layout.content(1), b"text");
    assert!(linked.code.is_empty());
}

#[test]
fn a_linker_that_was_not_asked_says_nothing() {
    let wasm = Module::with_config(ModuleConfig::new()).emit_wasm();
    assert!(read(&wasm).expect("read").is_none());
}
