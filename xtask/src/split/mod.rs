//! Makes a built page load in two steps: first what the start needs, then the rest of the program.
//!
//! Trunk's page is run with an instrumented module (`profile`) to see what the start reaches. What it does not
//! reach of a function that it calls becomes a function of its own (`outline`); then a second run tells which
//! functions are called, and the module is divided accordingly (`module`). The index page gets a small script (`loader.js`) that brings
//! the later part. Nothing else of the page changes, and no answer of the program does: each instruction is the
//! same as before, only its arrival differs.

mod address;
mod constants;
mod glue;
mod layout;
mod minify;
mod module;
mod named;
mod order;
mod outline;
mod places;
mod profile;
mod styles;

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use podscape_browser_tests::Browser;

use self::layout::Layout;
use self::minify::Minifier;
use crate::failure::{Failure, at};
use crate::setup::Toolbox;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// How Trunk's module is named behind its stem.
const MODULE_ENDING: &str = "_bg.wasm";
/// The attribute of the index page that names the later part; what it names is not loaded first.
pub const LATER: &str = "data-later=\"";

/// The script that loads the later part.
const LOADER: &str = include_str!("loader.js");

/// Writes the page in `whole` to `page`, divided. `page` is replaced; its index comes last.
pub fn split(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox, browser: &Browser, [whole, page]: [&Path; 2]) -> Result<(), Failure> {
    let module = module_in(whole)?;
    let name = file_name(&module);
    let (wasm, layout) = match named::build(workspace, steps, toolbox)? {
        Some(named) => named,
        None => (fs::read(&module).map_err(at(&module))?, Layout::default()),
    };

    let observed = page.with_extension("observed");
    let index = read_index(whole)?;
    let observing = with_script(&index, "<script>", profile::KEEP_EXPORTS)?;
    let observe = |wasm: &[u8]| {
        copy_page(whole, &observed)?;
        let noting = address::resolved(&places::instrument(wasm)?, &layout)?;
        write(&observed.join(&name), &noting)?;
        write_index(&observed, &observing)?;
        profile::observe(browser, &observed)
    };
    steps.say("see which parts of functions the page's start needs");
    let (wasm, outlined) = outline::outline(&wasm, &observe(&wasm)?)?;
    steps.say("see which functions and constants the page's start needs");
    let parts = module::divide(&wasm, &observe(&wasm)?, &layout)?;
    steps.say(&format!(
        "{} functions follow later ({outlined} of them parts of others), {} with a stub; {} bytes of constants come first, {} follow",
        parts.moved, parts.stubs, parts.constants.0, parts.constants.1
    ));
    write(&named_first(page), &parts.named)?;
    copy_page(whole, page)?;
    let later = named_by_content(&parts.later, "_later.wasm");
    write(&page.join(&later), &parts.later)?;
    let script = name.replace(MODULE_ENDING, ".js");
    let text = fs::read_to_string(page.join(&script)).map_err(at(&page.join(&script)))?;
    let (first, text) = glue::shorten(&parts.first, &text)?;
    let first = order::by_likeness(&first)?;
    let minifier = Minifier::new(workspace, steps, toolbox);
    let text = minifier.text(&page.join("glue.mjs"), &text)?;
    let loader = minifier.text(&page.join("loader.js"), LOADER)?;
    let mut index = styles::bring_later(page, &minifier.styles(page, &index)?, &later)?;
    for (old, ending, content) in [(name, MODULE_ENDING, first), (script, ".js", text.into_bytes())] {
        let new = named_by_content(&content, ending);
        let path = page.join(&old);
        fs::remove_file(&path).map_err(at(&path))?;
        write(&page.join(&new), &content)?;
        index = index.replace(&old, &new);
    }
    let tag = format!("<script {LATER}./{later}\">");
    write_index(page, &with_script(&index, &tag, &loader)?)
}

/// Writes the page in `whole` to `page` as it is.
pub fn leave_whole(whole: &Path, page: &Path) -> Result<(), Failure> {
    let index = read_index(whole)?;
    copy_page(whole, page)?;
    let module = module_in(page)?;
    let wasm = fs::read(&module).map_err(at(&module))?;
    write(&module, &module::bare(&wasm)?)?;
    write_index(page, &index)
}

/// Where the first part of a divided page is, with the names of its functions.
pub fn named_first(page: &Path) -> PathBuf {
    page.with_extension("first.wasm")
}

/// Whether the index page belongs to a divided module.
pub fn is_split(page: &Path) -> bool {
    read_index(page).is_ok_and(|index| index.contains(LATER))
}

/// The only module of the page.
fn module_in(page: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(page).map_err(at(page))?.flatten();
    let mut modules = entries.map(|entry| entry.path()).filter(|path| file_name(path).ends_with(MODULE_ENDING));
    match (modules.next(), modules.next()) {
        (Some(module), None) => Ok(module),
        _ => Err(Failure::new(format!("{}: not one module", page.display()))),
    }
}

/// All files but the index page, into a fresh folder.
fn copy_page(from: &Path, to: &Path) -> Result<(), Failure> {
    if to.exists() {
        fs::remove_dir_all(to).map_err(at(to))?;
    }
    copy_folder(from, to)?;
    let index = to.join("index.html");
    fs::remove_file(&index).map_err(at(&index))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))?.flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(at(&source))?;
        }
    }
    Ok(())
}

/// The index page with a script that runs before all others. `tag` opens it.
fn with_script(index: &str, tag: &str, script: &str) -> Result<String, Failure> {
    let Some((before, after)) = index.split_once("<title>") else {
        return Err(Failure::new("index.html has no title to put a script before"));
    };
    Ok(format!("{before}{tag}{script}</script>\n    <title>{after}"))
}

/// A file name that changes with the content, so that no cache mixes two builds.
fn named_by_content(content: &[u8], ending: &str) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    format!("podscape-{:016x}{ending}", hasher.finish())
}

fn read_index(page: &Path) -> Result<String, Failure> {
    let path = page.join("index.html");
    fs::read_to_string(&path).map_err(at(&path))
}

fn write_index(page: &Path, text: &str) -> Result<(), Failure> {
    write(&page.join("index.html"), text.as_bytes())
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    fs::write(path, content).map_err(at(path))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_comes_before_all_others() {
        let index = "<head><title>P</title><script>x</script></head>";
        let split = with_script(index, "<script data-later=\"./l.wasm\">", "y").expect("a title");
        assert_eq!(split, "<head><script data-later=\"./l.wasm\">y</script>\n    <title>P</title><script>x</script></head>");
        assert!(with_script("<head></head>", "<script>", "y").is_err());
    }

    #[test]
    fn names_follow_the_content() {
        assert_eq!(named_by_content(b"a", "_bg.wasm"), named_by_content(b"a", "_bg.wasm"));
        assert_ne!(named_by_content(b"a", "_bg.wasm"), named_by_content(b"b", "_bg.wasm"));
    }

    #[test]
    fn the_loader_ends_where_its_tag_does() {
        assert!(!LOADER.contains("</script"));
    }
}
