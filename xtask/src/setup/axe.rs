//! axe-core, which looks a page over for what keeps people out: by npm, in a fixed version, into the tools folder. It is not part of the
//! project, and where npm is not, its tests are skipped.

use std::path::PathBuf;

use super::Toolbox;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The package and its version.
const PACKAGE: &str = "axe-core";
const VERSION: &str = "4.10.3";

/// Its script, fetched unless it is there; None where it cannot be had, which is said.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Option<PathBuf> {
    let folder = workspace.tools().join(format!("{PACKAGE}-{VERSION}"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Some(script);
    }
    if toolbox.find("npm").is_none() {
        steps.say("skipped: no npm here to fetch axe-core, which looks over whether everybody can use the page");
        return None;
    }
    let mut command = toolbox.command(workspace, "npm");
    command
        .args(["install", "--no-save", "--no-audit", "--no-fund"])
        .args(["--ignore-scripts", "--prefix"])
        .arg(&folder)
        .arg(format!("{PACKAGE}@{VERSION}"));
    let made = std::fs::create_dir_all(&folder).is_ok();
    match steps.must("fetch axe-core with npm", &mut command) {
        Ok(_) if made && script.is_file() => Some(script),
        Ok(_) => {
            steps.say("skipped: npm fetched axe-core, but its script is not where it should be");
            None
        }
        Err(failure) => {
            steps.say(&format!("skipped: {failure}"));
            None
        }
    }
}
