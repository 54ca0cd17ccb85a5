//! Trunk, which builds the page and serves it.

use super::cargo_tool::CargoTool;
use super::{Toolbox, version_in};
use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The version that is installed where there is none. 0.22 needs rustc 1.96.
const VERSION: &str = "0.21.14";
/// Any version that starts so is good enough.
const ACCEPTED: &str = "0.21.";

/// Makes sure that `trunk` is there.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &mut Toolbox) -> Result<(), Failure> {
    let own = workspace.tools().join(format!("trunk-{VERSION}")).join("bin");
    if own.is_dir() {
        toolbox.folders.insert(0, own);
    }
    let found = toolbox.ask("trunk", &["--version"]).as_deref().and_then(version_in);
    if let Some(version) = found.as_deref().filter(|version| version.starts_with(ACCEPTED)) {
        steps.say(&format!("trunk {version} is there"));
        return Ok(());
    }
    let tool = CargoTool { package: "trunk", version: VERSION, arguments: &["--no-default-features", "--features", "rustls"], optimisation: "0" };
    tool.install(workspace, steps, toolbox, found.as_deref())
}

/// Lays a link to `program` where Trunk looks for the tools that it has downloaded, so that plain `trunk`
/// finds it too. `place` is the path inside Trunk's cache folder.
#[cfg(unix)]
pub fn offer(place: &str, program: &std::path::Path) -> Result<(), Failure> {
    use crate::failure::at;
    let home = std::env::home_dir().unwrap_or_default();
    let cache = if cfg!(target_os = "macos") {
        home.join("Library/Caches/dev.trunkrs.trunk")
    } else {
        let cache = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty());
        cache.map_or_else(|| home.join(".cache"), Into::into).join("trunk")
    };
    let link = cache.join(place);
    if link.is_file() {
        return Ok(());
    }
    let folder = link.parent().unwrap_or(&cache);
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(program, &link).map_err(at(&link))
}

/// Nothing to lay where links need special rights: the tools are found by `PATH` there.
#[cfg(not(unix))]
pub fn offer(_: &str, _: &std::path::Path) -> Result<(), Failure> {
    Ok(())
}
