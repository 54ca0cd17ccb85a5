//! Makes the page's scripts and style sheets smaller with esbuild, which comes with what the editor is made of
//! (`setup::editor`). Where that is not there, they stay as they are.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, at};
use crate::setup::Toolbox;
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// Where npm puts esbuild, in the folder of tools.
const ESBUILD: &str = "editor/node_modules/.bin/esbuild";
/// The attribute of a link that tells the hash of what Trunk wrote.
const INTEGRITY: &str = " integrity=\"";

/// Makes files smaller.
pub struct Minifier<'a> {
    workspace: &'a Workspace,
    steps: &'a Steps,
    toolbox: &'a Toolbox,
}

impl<'a> Minifier<'a> {
    /// With these tools.
    pub fn new(workspace: &'a Workspace, steps: &'a Steps, toolbox: &'a Toolbox) -> Self {
        Self { workspace, steps, toolbox }
    }

    /// The file with the same meaning and fewer bytes, in its place. A module of JavaScript ends with `.mjs`.
    pub fn file(&self, path: &Path) -> Result<(), Failure> {
        let esbuild = self.workspace.tools().join(ESBUILD);
        if !esbuild.exists() {
            self.steps.say("no esbuild: scripts and style sheets stay as they are");
            return Ok(());
        }
        let mut command = Command::new(esbuild);
        self.toolbox.equip(&mut command);
        command.args(["--minify", "--charset=utf8", "--target=esnext", "--allow-overwrite"]);
        command.arg("--log-level=error").arg(path);
        let mut outfile = std::ffi::OsString::from("--outfile=");
        outfile.push(path);
        command.arg(outfile);
        let what = "esbuild --minify";
        self.steps.run(Task::quiet(what, &mut command))?.check(what).map(drop)
    }

    /// The same of a text that is none of the page's files; `path` is written for it, and goes away.
    pub fn text(&self, path: &Path, text: &str) -> Result<String, Failure> {
        fs::write(path, text).map_err(at(path))?;
        self.file(path)?;
        let small = fs::read_to_string(path).map_err(at(path))?;
        fs::remove_file(path).map_err(at(path))?;
        Ok(small.trim_end().to_owned())
    }

    /// The page's style sheets, and the index without their hashes, which told of longer ones.
    pub fn styles(&self, page: &Path, index: &str) -> Result<String, Failure> {
        for entry in fs::read_dir(page).map_err(at(page))?.flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "css") {
                self.file(&entry.path())?;
            }
        }
        Ok(without_hashes(index))
    }
}

/// The index page without the hashes of style sheets.
fn without_hashes(index: &str) -> String {
    let mut pieces = index.split(INTEGRITY);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        if text.ends_with(".css\"") {
            text.push_str(piece.split_once('"').map_or("", |(_, after)| after));
        } else {
            text.push_str(INTEGRITY);
            text.push_str(piece);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_style_sheets_lose_their_hashes() {
        let index = "<link href=\"./a.css\" integrity=\"sha384-x/y\"/><link href=\"./a.js\" integrity=\"z\">";
        assert_eq!(without_hashes(index), "<link href=\"./a.css\"/><link href=\"./a.js\" integrity=\"z\">");
    }
}
