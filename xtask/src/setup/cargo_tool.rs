//! `cargo install` of a tool, tuned for a quick build: the tools work for milliseconds, compiling them
//! optimised takes minutes.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Toolbox;
use crate::failure::Failure;
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// A program that `cargo install` builds.
pub struct CargoTool<'a> {
    /// The package in the registry.
    pub package: &'a str,
    /// The exact version.
    pub version: &'a str,
    /// More arguments of `cargo install`.
    pub arguments: &'a [&'a str],
    /// 0 to 3: how much the compiler optimises.
    pub optimisation: &'a str,
}

/// Where `cargo install` puts programs.
pub fn folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let root = variable("CARGO_INSTALL_ROOT").or_else(|| variable("CARGO_HOME"));
    root.unwrap_or_else(|| std::env::home_dir().unwrap_or_default().join(".cargo")).join("bin")
}

impl CargoTool<'_> {
    /// Installs it into the usual place, or into a folder of its own among the tools if another version is in
    /// the usual place; that folder is then put in front of the toolbox's.
    pub fn install(&self, workspace: &Workspace, steps: &Steps, toolbox: &mut Toolbox, other_version: Option<&str>) -> Result<(), Failure> {
        let own_root = workspace.tools().join(format!("{}-{}", self.package, self.version));
        let root = other_version.map(|other| {
            steps.say(&format!("{} {other} stays as it is", self.package));
            own_root
        });
        let locked = self.attempt(workspace, steps, toolbox, root.as_deref(), &["--locked"])?;
        if locked.is_err() {
            // A registry can lack a version that the package's own lock file names.
            steps.say("once more, without the package's own lock file");
            self.attempt(workspace, steps, toolbox, root.as_deref(), &[])??;
        }
        if let Some(root) = root {
            toolbox.folders.insert(0, root.join("bin"));
        }
        Ok(())
    }

    /// One `cargo install`: the outer error where cargo itself is missing.
    fn attempt(
        &self,
        workspace: &Workspace,
        steps: &Steps,
        toolbox: &Toolbox,
        root: Option<&Path>,
        more: &[&str],
    ) -> Result<Result<(), Failure>, Failure> {
        let build = workspace.tools().join("build").join(self.package);
        let mut command = Command::new(toolbox.find("cargo").unwrap_or_else(|| PathBuf::from("cargo")));
        toolbox.equip(&mut command);
        command
            .current_dir(workspace.tools())
            .args(["install", self.package, "--version", self.version])
            .args(self.arguments)
            .args(more)
            .env("CARGO_TARGET_DIR", &build)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.optimisation)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_TERM_COLOR", "never");
        if let Some(root) = root {
            command.arg("--root").arg(root);
        }
        let what = format!("build {} {} (takes a few minutes, once)", self.package, self.version);
        let finished = steps.run(Task::quiet(&what, &mut command))?;
        if finished.success {
            let _ = std::fs::remove_dir_all(&build);
        }
        let by_hand = format!("cargo install {} --version {}", self.package, self.version);
        Ok(finished.check(&what).map(|_| ()).map_err(|failure| Failure::new(format!("{failure}\nBy hand: {by_hand}"))))
    }
}
