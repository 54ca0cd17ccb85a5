//! The editor that the page loads when somebody goes to it: CodeMirror from the npm registry, in the versions of the lock file
//! in `web/editor`, bundled by esbuild into `web/editor/built`, which Trunk copies. Its licences are put beside it.
//!
//! A page can be built without it: then its editor is a plain text field.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Toolbox;
use crate::failure::{Failure, at};
use crate::steps::{Steps, Task};
use crate::workspace::Workspace;

/// What the bundle is made of, in `web/editor`. The last one is what is bundled.
const SOURCES: [&str; 3] = ["package.json", "package-lock.json", "codemirror.js"];
/// The folder that Trunk copies, there.
const BUILT: &str = "built";

/// Makes the bundle unless it is there and made of the same.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    let folder = workspace.root().join("web/editor");
    let bundle = folder.join(BUILT).join(SOURCES[2]);
    let heading = heading(&folder)?;
    if fs::read_to_string(&bundle).is_ok_and(|text| text.starts_with(&heading)) {
        steps.say("the editor is there");
        return Ok(());
    }
    if let Err(failure) = build(workspace, steps, toolbox, &bundle, &heading) {
        steps.say(&format!("{failure}\n           without CodeMirror: the page's editor is a plain text field"));
    }
    Ok(())
}

/// The first line of the bundle: it changes with what the bundle is made of.
fn heading(folder: &Path) -> Result<String, Failure> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        let path = folder.join(source);
        hasher.write(&fs::read(&path).map_err(at(&path))?);
    }
    Ok(format!("/* {:016x}: the licences are in licences.txt */", hasher.finish()))
}

fn build(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox, bundle: &Path, heading: &str) -> Result<(), Failure> {
    let Some(npm) = toolbox.find("npm") else {
        return Err(Failure::new("no npm here to get CodeMirror with"));
    };
    let source = workspace.root().join("web/editor");
    let work = workspace.tools().join("editor");
    fs::create_dir_all(&work).map_err(at(&work))?;
    for name in SOURCES {
        fs::copy(source.join(name), work.join(name)).map_err(at(&work.join(name)))?;
    }
    let mut command = Command::new(npm);
    toolbox.equip(&mut command);
    // What is fetched is what the lock file names, by version and by the hash of its content; nothing of it runs while it is installed.
    command.current_dir(&work).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    run(steps, "npm ci (CodeMirror and esbuild)", &mut command)?;
    let licences = licences(&work.join("node_modules"))?;

    let mut command = Command::new(work.join("node_modules/.bin/esbuild"));
    toolbox.equip(&mut command);
    command.current_dir(&work).args([SOURCES[2], "--bundle", "--minify", "--format=iife", "--charset=utf8"]);
    command.arg(format!("--banner:js={heading}")).arg("--outfile=bundle.js");
    run(steps, "bundle CodeMirror", &mut command)?;
    let built = bundle.with_file_name("licences.txt");
    fs::write(&built, licences).map_err(at(&built))?;
    fs::copy(work.join("bundle.js"), bundle).map(drop).map_err(at(bundle))
}

fn run(steps: &Steps, what: &str, command: &mut Command) -> Result<(), Failure> {
    steps.run(Task::quiet(what, command))?.check(what).map(drop)
}

/// The licences of the packages whose code is in the bundle, each under the package's name.
fn licences(modules: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    for package in packages(modules)? {
        let name = package.strip_prefix(modules).unwrap_or(&package).display().to_string();
        if name.contains("esbuild") {
            continue;
        }
        let licence = ["LICENSE", "LICENSE.md"].iter().find_map(|file| fs::read_to_string(package.join(file)).ok());
        text += &format!("{name}\n\n{}\n\n", licence.unwrap_or_default().trim());
    }
    Ok(text)
}

/// The folders of packages: those in `modules`, and those in its folders for scopes.
fn packages(modules: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(modules).map_err(at(modules))?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('@') {
            found.extend(fs::read_dir(&path).map_err(at(&path))?.flatten().map(|entry| entry.path()));
        } else if !name.starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn every_package_is_locked_to_one_content() {
        let lock: Value = serde_json::from_str(include_str!("../../../web/editor/package-lock.json")).expect("JSON");
        let wanted: Value = serde_json::from_str(include_str!("../../../web/editor/package.json")).expect("JSON");
        let packages = lock["packages"].as_object().expect("packages");
        assert!(packages.len() > 15, "{}", packages.len());
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{name}");
            assert_eq!(package["license"], "MIT", "{name}");
        }
        for (name, version) in wanted["dependencies"].as_object().expect("dependencies") {
            assert_eq!(&packages[&format!("node_modules/{name}")]["version"], version, "{name}");
        }
    }
}
