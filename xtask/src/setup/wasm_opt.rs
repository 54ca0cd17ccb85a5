//! wasm-opt, which makes the released module smaller. A page can be built without it; only its size suffers.

use std::path::Path;
use std::process::Command;

use super::{Toolbox, trunk, version_in};
use crate::failure::Failure;
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// Binaryen's version; Trunk.toml names the same, so that every build has the same size.
const VERSION: &str = "132";

/// Makes wasm-opt known to Trunk, if it can be had.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &mut Toolbox) -> Result<(), Failure> {
    let package = workspace.tools().join(format!("binaryen-{VERSION}"));
    let programs = package.join("node_modules/.bin");
    toolbox.folders.push(programs.clone());
    if is_right(toolbox) {
        steps.say(&format!("wasm-opt {VERSION} is there"));
    } else {
        let _ = std::fs::create_dir_all(&package);
        if let Err(failure) = install(&package, steps, toolbox) {
            steps.say(&format!("{failure}\n           without wasm-opt: Trunk will try to download it"));
            return Ok(());
        }
        // An older one in PATH must not win.
        toolbox.folders.insert(0, programs);
    }
    let Some(program) = toolbox.find("wasm-opt") else {
        return Ok(());
    };
    trunk::offer(&format!("wasm-opt-version_{VERSION}/bin/wasm-opt"), &program)
}

fn is_right(toolbox: &Toolbox) -> bool {
    let printed = toolbox.ask("wasm-opt", &["--version"]);
    printed.as_deref().and_then(version_in).as_deref() == Some(VERSION)
}

/// The package of the npm registry, which runs on Node.js.
fn install(package: &Path, steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    let Some(npm) = toolbox.find("npm") else {
        return Err(Failure::new("no npm here to get wasm-opt with"));
    };
    let mut command = Command::new(npm);
    toolbox.equip(&mut command);
    command.current_dir(package).args(["install", "--no-audit", "--no-fund", "--prefix", "."]).arg(format!("binaryen@{VERSION}.0.0"));
    let what = format!("npm install binaryen@{VERSION}.0.0 (wasm-opt)");
    steps.run(Task::quiet(&what, &mut command))?.check(&what).map(|_| ())
}

#[cfg(test)]
mod tests {
    #[test]
    fn trunk_is_told_the_same_version() {
        let configuration = include_str!("../../../Trunk.toml");
        assert!(configuration.contains(&format!("wasm_opt = \"version_{}\"", super::VERSION)));
    }
}
