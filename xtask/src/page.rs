//! The page as it is published: built by Trunk in release mode, then split into what it needs first and what
//! it needs later, in `target/page`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use podscape_browser_tests::Browser;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::setup::{self, Toolbox};
use crate::split;
use crate::static_server;
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// What the page is made of, in the project's folder.
const SOURCES: &[&str] = &["src", "web", "index.html", "Trunk.toml", "Cargo.toml", "Cargo.lock"];
/// What divides it besides.
const DIVIDING: &str = "xtask/src/split";
/// Asks `web/build.rs` for what dividing needs to know of constants.
const NAME_CONSTANTS: &str = "PODSCAPE_NAME_CONSTANTS";

/// A browser, and the address of the page for it: the one that `--url` names, or this project's, built and served.
pub fn in_browser(workspace: &Workspace, steps: &Steps, arguments: &Arguments) -> Result<(Browser, String), Failure> {
    let toolbox = setup::for_page(workspace, steps)?;
    let browser = setup::browser::set_up(steps, &toolbox)?;
    let address = match arguments.text("url") {
        Some(address) => address.to_owned(),
        None => static_server::start(&build(workspace, steps, &toolbox)?)?,
    };
    Ok((browser, address))
}

/// Builds the page unless it is newer than everything that it is made of; gives back its folder.
pub fn build(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<PathBuf, Failure> {
    let page = workspace.target().join("page");
    let newest = |sources: &[&str]| {
        let changes = sources.iter().filter_map(|source| newest_change(&workspace.root().join(source)));
        changes.max()
    };
    let sources = newest(SOURCES);
    if built(&page) > sources.max(newest(&[DIVIDING])) && split::is_split(&page) {
        steps.say("the page is built already");
        return Ok(page);
    }
    let whole = workspace.target().join("page-whole");
    if built(&whole) <= sources {
        let mut command = toolbox.command(workspace, "trunk");
        command.args(["build", "--release", "--color", "never", "--dist"]).arg(&whole).env(NAME_CONSTANTS, "1");
        let what = "build the page (release)";
        steps.run(Task::shown(what, &mut command))?.check(what)?;
    }
    let divided = setup::browser::set_up(steps, toolbox).and_then(|browser| split::split(workspace, steps, toolbox, &browser, [&whole, &page]));
    if let Err(failure) = divided {
        steps.say(&format!("{failure}\n           the page stays in one piece and loads all of it first"));
        split::leave_whole(&whole, &page)?;
    }
    Ok(page)
}

/// When the page in this folder was built, if it was.
fn built(page: &Path) -> Option<SystemTime> {
    let index = fs::metadata(page.join("index.html"));
    index.and_then(|file| file.modified()).ok()
}

/// When the newest file in this folder, or this file, was changed.
fn newest_change(path: &Path) -> Option<SystemTime> {
    let file = fs::metadata(path).ok()?;
    if !file.is_dir() {
        return file.modified().ok();
    }
    let entries = fs::read_dir(path).ok()?.flatten();
    entries.filter_map(|entry| newest_change(&entry.path())).max()
}
