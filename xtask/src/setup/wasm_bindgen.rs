//! wasm-bindgen's program, which writes the JavaScript beside the module, and its test runner. Its version
//! must be exactly that of the crate.

use super::cargo_tool::CargoTool;
use super::{Toolbox, version_in};
use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::Workspace;

const PACKAGE: &str = "wasm-bindgen-cli";

/// Makes sure that `wasm-bindgen` and `wasm-bindgen-test-runner` of Cargo.lock's version are there.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &mut Toolbox) -> Result<(), Failure> {
    let version = workspace.locked_version("wasm-bindgen")?;
    let own = workspace.tools().join(format!("{PACKAGE}-{version}")).join("bin");
    if own.is_dir() {
        toolbox.folders.insert(0, own);
    }
    let found = toolbox.ask("wasm-bindgen", &["--version"]).as_deref().and_then(version_in);
    let runner = toolbox.ask("wasm-bindgen-test-runner", &["--version"]).as_deref().and_then(version_in);
    if found.as_deref() == Some(&version) && runner.as_deref() == Some(&version) {
        steps.say(&format!("wasm-bindgen {version} is there"));
        return Ok(());
    }
    // It reads the whole module on each build: a little optimisation pays.
    let tool = CargoTool { package: PACKAGE, version: &version, arguments: &[], optimisation: "1" };
    tool.install(workspace, steps, toolbox, found.as_deref())
}
