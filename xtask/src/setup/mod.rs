//! Gets what the project is built and tested with, unless it is there: the wasm32 standard library, Trunk,
//! wasm-bindgen, wasm-opt, the editor, the licences of what the page is made of, a browser with its driver.
//!
//! Running it again is cheap: each part first looks whether its thing is there. Tools go where their own
//! installers put them, or into the tools folder; never into the clone.

pub mod axe;
pub mod browser;
mod cargo_tool;
mod debian_rust;
mod editor;
mod licences;
mod packages;
mod rust;
mod trunk;
mod wasm_bindgen;
mod wasm_opt;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// What child processes need in their environment so that they find the tools.
#[derive(Default)]
pub struct Toolbox {
    folders: Vec<PathBuf>,
    variables: BTreeMap<&'static str, OsString>,
}

/// What building the page needs.
pub fn for_page(workspace: &Workspace, steps: &Steps) -> Result<Toolbox, Failure> {
    let mut toolbox = Toolbox::default();
    toolbox.folders.push(cargo_tool::folder());
    // The compiler first: everything that is built before it changes would be built twice.
    rust::set_up(workspace, steps, &mut toolbox)?;
    trunk::set_up(workspace, steps, &mut toolbox)?;
    wasm_bindgen::set_up(workspace, steps, &mut toolbox)?;
    wasm_opt::set_up(workspace, steps, &mut toolbox)?;
    editor::set_up(workspace, steps, &toolbox)?;
    licences::set_up(workspace, steps, &toolbox)?;
    Ok(toolbox)
}

impl Toolbox {
    /// A command that finds the tools, in the project's folder.
    pub fn command(&self, workspace: &Workspace, program: impl AsRef<OsStr>) -> Command {
        let program = program.as_ref();
        let found = self.find(&program.to_string_lossy());
        let mut command = Command::new(found.as_deref().map_or(program, Path::as_os_str));
        command.current_dir(workspace.root());
        self.equip(&mut command);
        command
    }

    /// Gives `command` the environment in which it finds the tools.
    pub fn equip(&self, command: &mut Command) {
        // Left over from the cargo that runs this program; they would be taken for settings.
        for name in ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "RUSTC"] {
            command.env_remove(name);
        }
        command.env("PATH", self.path()).envs(&self.variables);
    }

    /// The file that `program` names: in the tools' folders, then in `PATH`.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        find_in(&self.path(), program)
    }

    /// What `program` with `arguments` prints, if it is there and ends well.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(self.find(program)?);
        self.equip(&mut command);
        let output = command.args(arguments).stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    fn path(&self) -> OsString {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(std::env::split_paths(&inherited));
        std::env::join_paths(folders).unwrap_or(inherited)
    }
}

/// The first file called `program` in the folders of `path`.
fn find_in(path: &OsStr, program: &str) -> Option<PathBuf> {
    let file = Path::new(program);
    if file.components().count() > 1 {
        return file.is_file().then(|| file.to_owned());
    }
    let suffixes: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    let candidates = |folder: PathBuf| suffixes.iter().map(move |suffix| folder.join(format!("{program}{suffix}")));
    std::env::split_paths(path).flat_map(candidates).find(|candidate| candidate.is_file())
}

/// The first version number, such as `0.21.14`, in what a tool prints about itself.
fn version_in(text: &str) -> Option<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == 'v' || letter == '_');
    let is_version = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_digit());
    words.filter(|word| !word.is_empty()).find(is_version).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        let table = [
            ("trunk 0.21.14", Some("0.21.14")),
            ("wasm-bindgen 0.2.130", Some("0.2.130")),
            ("wasm-bindgen 0.2.130 (ab12)", Some("0.2.130")),
            ("wasm-opt version 132 (version_132)", Some("132")),
            ("v20.20.2", Some("20.20.2")),
            ("nothing", None),
        ];
        for (text, version) in table {
            assert_eq!(version_in(text).as_deref(), version, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_found_by_name() {
        assert!(find_in(OsStr::new("/nowhere:/bin:/usr/bin"), "sh").is_some());
        assert_eq!(find_in(OsStr::new("/nowhere"), "sh"), None);
    }
}
