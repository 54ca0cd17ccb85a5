//! Makes the page's module again from what the linker wrote, with names in the place of its constants' addresses.
//!
//! The same steps as Trunk's, with its tools: `wasm-bindgen`, then `wasm-opt`.

use std::fs;
use std::path::Path;

use super::layout::Layout;
use super::{address, layout};
use crate::failure::{Failure, at};
use crate::setup::Toolbox;
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// Where Cargo leaves the linked module, in the target folder.
const LINKED: &str = "wasm32-unknown-unknown/web/podscape-web.wasm";
/// What Rust's wasm32 target may use, so that wasm-opt takes and makes it.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The module and its constants; `None` if the linker did not say which these are.
pub fn build(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<Option<(Vec<u8>, Layout)>, Failure> {
    let path = workspace.target().join(LINKED);
    let wasm = fs::read(&path).map_err(at(&path))?;
    let Some(linked) = layout::read(&wasm)? else {
        steps.say("the linker did not say where the constants are: all of them come first");
        return Ok(None);
    };
    let folder = workspace.target().join("page-named");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let small = folder.join("podscape-web_small.wasm");
    let write = |name: &str, wasm: Vec<u8>| {
        let path = folder.join(name);
        fs::write(&path, wasm).map_err(at(&path)).map(|()| path)
    };
    let named = write("podscape-web.wasm", address::name(&wasm, &linked)?)?;
    let mut bind = toolbox.command(workspace, "wasm-bindgen");
    bind.args(["--target", "web", "--no-typescript", "--out-dir"]).args([folder.as_path(), &named]);
    steps.run(Task::quiet("wasm-bindgen", &mut bind))?.check("wasm-bindgen")?;
    let bound = folder.join("podscape-web_bg.wasm");
    let hidden = address::hide(&fs::read(&bound).map_err(at(&bound))?)?;
    let hidden = write("podscape-web_hidden.wasm", hidden)?;
    optimise(workspace, steps, toolbox, [&hidden, &small])?;
    let wasm = fs::read(&small).map_err(at(&small))?;
    Ok(Some((wasm, linked.layout)))
}

fn optimise(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox, [from, to]: [&Path; 2]) -> Result<(), Failure> {
    let mut optimise = toolbox.command(workspace, "wasm-opt");
    optimise.args(["-Oz", "-g", "--low-memory-unused"]).args(FEATURES).args([from.as_os_str(), "-o".as_ref(), to.as_os_str()]);
    steps.run(Task::quiet("wasm-opt", &mut optimise))?.check("wasm-opt").map(|_| ())
}
