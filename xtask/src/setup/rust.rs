//! A Rust compiler with the wasm32-unknown-unknown standard library.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Toolbox, debian_rust};
use crate::failure::Failure;
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// The compilation target of the page.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// How long rustup may take to download the target's standard library.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);

/// Makes sure that the compiler that works in the project's folder can compile for wasm32.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &mut Toolbox) -> Result<(), Failure> {
    let Some(sysroot) = sysroot(workspace, toolbox) else {
        return Err(Failure::new("rustc does not run. By hand: install Rust from https://rustup.rs"));
    };
    let ready = debian_rust::unpacked(workspace);
    let is_fallback = ready.as_ref().is_some_and(|home| sysroot.starts_with(home));
    if has_target(&sysroot) && !is_fallback {
        steps.say(&format!("the {TARGET} target is there"));
        return Ok(());
    }
    if toolbox.find("rustup").is_none() {
        return Err(Failure::new(format!(
            "the compiler in {} has no {TARGET} target.\nBy hand: install Rust from https://rustup.rs, or your \
             system's package with that target (Debian: libstd-rust-dev-wasm32)",
            sysroot.display()
        )));
    }
    if ready.is_none() && add_target(workspace, steps, toolbox)? {
        return Ok(());
    }
    debian_rust::set_up(workspace, steps, toolbox)
}

/// `rustup target add`; false if it cannot download.
fn add_target(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<bool, Failure> {
    let mut command = toolbox.command(workspace, "rustup");
    command.args(["target", "add", TARGET]).env("RUST_BACKTRACE", "0");
    let what = format!("rustup target add {TARGET}");
    let finished = steps.run(Task::quiet(&what, &mut command).within(DOWNLOAD_LIMIT))?;
    let added = finished.success && sysroot(workspace, toolbox).is_some_and(|sysroot| has_target(&sysroot));
    if !added {
        let reason = finished.lines.iter().find(|line| line.starts_with("error"));
        let reason: String = reason.map_or("no answer", String::as_str).chars().take(120).collect();
        steps.say(&format!("rustup could not: {reason}"));
    }
    Ok(added)
}

/// Where the compiler that works in the project's folder keeps its libraries.
fn sysroot(workspace: &Workspace, toolbox: &Toolbox) -> Option<PathBuf> {
    let mut command: Command = toolbox.command(workspace, "rustc");
    let output = command.args(["--print", "sysroot"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}

/// Whether the standard library for the target lies in this sysroot.
fn has_target(sysroot: &Path) -> bool {
    let folder = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let Ok(files) = std::fs::read_dir(folder) else {
        return false;
    };
    files.flatten().any(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}
