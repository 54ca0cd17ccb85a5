//! Makes the script beside the module smaller: short names for what the module imports from it, no comments, no
//! indentation.

use walrus::Module;

use super::module::{broken, parse};
use crate::failure::Failure;

/// How wasm-bindgen's imports are named by module.
const GLUE: &str = "_bg.js";

/// The module and its script with short names between them.
pub fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String), Failure> {
    let mut module: Module = parse(wasm)?;
    let mut script = stripped(script);
    let mut number = 0;
    for import in module.imports.iter_mut() {
        if !import.module.ends_with(GLUE) {
            continue;
        }
        let key = |name: &str| format!("\n{name}: function(");
        let (long, short) = (key(&import.name), format!("i{number}"));
        // What is not there in just this way keeps its name.
        if script.matches(&long).count() == 1 {
            script = script.replace(&long, &key(&short));
            import.name = short;
            number += 1;
        }
    }
    let wasm = module.emit_wasm();
    wasmparser::validate(&wasm).map_err(broken)?;
    Ok((wasm, script))
}

/// The script without its documentation and without spaces at the start of lines.
fn stripped(script: &str) -> String {
    let mut lines = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        in_comment |= line.starts_with("/**");
        if !in_comment && !line.is_empty() {
            lines.push_str(line);
            lines.push('\n');
        }
        in_comment &= !line.ends_with("*/");
    }
    lines
}

#[cfg(test)]
mod tests {
    use walrus::ModuleConfig;

    use super::*;

    #[test]
    fn both_sides_of_an_import_get_the_same_short_name() {
        let mut module = Module::with_config(ModuleConfig::new());
        let ty = module.types.add(&[], &[]);
        for (space, name) in [("./a_bg.js", "__wbg_log_1234"), ("./a_bg.js", "other"), ("later", "bring")] {
            let (id, _) = module.add_import_func(space, name, ty);
            module.exports.add(name, id);
        }
        let script = "/**\n * Words: function(\n */\nconst imports = {\n    __wbg_log_1234: function(a) {\n        log(a);\n    },\n};\n";
        let (wasm, script) = shorten(&module.emit_wasm(), script).expect("shortened");
        assert_eq!(script, "const imports = {\ni0: function(a) {\nlog(a);\n},\n};\n");
        let names: Vec<String> = parse(&wasm).expect("valid").imports.iter().map(|import| import.name.clone()).collect();
        assert_eq!(names, ["i0", "other", "bring"]);
    }
}
