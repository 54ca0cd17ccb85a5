//! The licences of the packages that are compiled into the page, as one page in `web/licences`, which Trunk copies. What is
//! compiled in is what cargo says the page depends on; macros, and what only they need, run while it is built and are left out.
//!
//! A page can be built without it: then its link leads to the notice about Kubernetes' texts alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Toolbox;
use crate::failure::{Failure, at};
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The package whose dependencies count.
const PAGE: &str = "podscape-web";
/// What the page is compiled to.
const TARGET: &str = "wasm32-unknown-unknown";
/// The file, from the project's folder.
const FILE: &str = "web/licences/index.html";
/// The project's own licence, which is also the usual wording of the MIT licence.
const OWN: &str = "docs/licences/MIT.txt";
/// What a file with a licence is called, the one that is taken first at the beginning.
const NAMES: [&str; 5] = ["MIT", "BOOST", "LICENSE", "LICENCE", "COPYING"];

/// A package of the page.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    /// As the package says it: `MIT OR Apache-2.0`.
    licence: String,
    authors: String,
    text: Option<String>,
}

/// Writes the page of licences, unless it says the same already.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    let mut command = toolbox.command(workspace, "cargo");
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET]);
    let output = command.output().map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let Ok(metadata) = serde_json::from_slice::<Value>(&output.stdout) else {
        steps.say("cargo does not say what the page is made of: it is built without the licences of its packages");
        return Ok(());
    };
    let own = workspace.root().join(OWN);
    let own = fs::read_to_string(&own).map_err(at(&own))?;
    let text = page(&packages(&metadata), &own);
    let file = workspace.root().join(FILE);
    if fs::read_to_string(&file).is_ok_and(|before| before == text) {
        return Ok(());
    }
    steps.say("write the licences of the page's packages");
    fs::write(&file, text).map_err(at(&file))
}

/// The packages of others that are compiled into the page.
fn packages(metadata: &Value) -> BTreeSet<Package> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of: BTreeMap<String, Value> = list(&metadata["packages"]).into_iter().map(|package| (word(&package["id"]), package)).collect();
    let needs: BTreeMap<String, Vec<Value>> = list(&metadata["resolve"]["nodes"]).into_iter().map(|node| (word(&node["id"]), list(&node["deps"]))).collect();
    let is_macro = |package: &Value| list(&package["targets"]).iter().any(|target| list(&target["kind"]).contains(&Value::from("proc-macro")));
    let compiled = |need: &&Value| list(&need["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
    let mut waiting: Vec<String> = of.iter().filter(|(_, package)| package["name"] == PAGE).map(|(id, _)| id.clone()).collect();
    let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = waiting.pop() {
        let Some(package) = of.get(&id).filter(|package| !is_macro(package)) else { continue };
        if !seen.insert(id.clone()) {
            continue;
        }
        waiting.extend(needs.get(&id).into_iter().flatten().filter(compiled).map(|need| word(&need["pkg"])));
        // Packages of the workspace come from no registry.
        if package["source"].is_null() {
            continue;
        }
        let folder = Path::new(package["manifest_path"].as_str().unwrap_or_default()).parent().unwrap_or(Path::new("")).to_owned();
        let authors: Vec<String> = list(&package["authors"]).iter().map(word).collect();
        let licence = word(&package["license"]);
        let text = licence_in(&folder, &licence);
        found.insert(Package { name: word(&package["name"]), version: word(&package["version"]), licence, authors: authors.join(", "), text });
    }
    found
}

/// The text of the licence in a package's folder: of several to choose from the first, of several that hold together all.
fn licence_in(folder: &Path, licence: &str) -> Option<String> {
    let mut files: Vec<(usize, String)> = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| ranked(&entry.file_name().to_string_lossy())).collect();
    files.sort();
    let wanted = if licence.contains(" AND ") { files.len() } else { 1 };
    let texts: Vec<String> = files.iter().take(wanted).filter_map(|(_, name)| fs::read_to_string(folder.join(name)).ok()).collect();
    (!texts.is_empty()).then(|| texts.iter().map(|text| text.trim()).collect::<Vec<_>>().join("\n\n"))
}

/// A file's name and its place among those with licences, if it is one of them.
fn ranked(name: &str) -> Option<(usize, String)> {
    let upper = name.to_uppercase();
    let licence = NAMES[2..].iter().any(|word| upper.starts_with(word));
    let place = NAMES.iter().position(|word| upper.contains(word))?;
    licence.then(|| (place, name.to_owned()))
}

/// The page. `own`: the project's own licence, a heading, a line with who has the copyright, and its wording.
fn page(packages: &BTreeSet<Package>, own: &str) -> String {
    let wording = own.split_once("\n\n").and_then(|(_, rest)| rest.split_once("\n\n")).map_or(own, |(_, wording)| wording).trim();
    let mut text = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n\
         <meta name=\"color-scheme\" content=\"light dark\" />\n<title>Licences of Podscape</title>\n\
         <style>body { max-width: 84ch; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; } pre { white-space: pre-wrap; font-size: 12px; } h2 { font-size: 16px; margin-top: 2.2rem; }</style>\n\
         </head>\n<body>\n<h1>Licences</h1>\n\
         <p>Podscape is licensed under the MIT licence or the Apache License 2.0, as you like.\n\
         The messages and the help of the simulated cluster are those of Kubernetes: <a href=\"../NOTICE\">notice</a>, <a href=\"../Apache-2.0.txt\">Apache License 2.0</a>.\n\
         The packages of the rich editor, where it is part of the page, have <a href=\"../editor/licences.txt\">theirs</a> beside it.\n\
         Into the program itself these are compiled, beside the standard library of Rust (the Rust Project Developers, MIT or Apache License 2.0):</p>\n",
    );
    for Package { name, version, licence, authors, text: said } in packages {
        let said = said.clone().unwrap_or_else(|| match authors.is_empty() {
            true => format!("Copyright (c) the authors of {name}\n\n{wording}"),
            false => format!("Copyright (c) {authors}\n\n{wording}"),
        });
        text += &format!("<h2>{name} {version}</h2>\n<p>{}</p>\n<pre>{}</pre>\n", escaped(licence), escaped(&said));
    }
    text += &format!("<h2>Podscape</h2>\n<p>MIT OR Apache-2.0</p>\n<pre>{}</pre>\n</body>\n</html>\n", escaped(own.trim()));
    text
}

/// As text of a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(id: &str, kind: &str) -> Value {
        let folder = std::env::temp_dir().join("podscape-no-such-folder").join("Cargo.toml");
        let source = if id.starts_with("podscape") { Value::Null } else { json!("registry") };
        json!({ "id": id, "name": id, "version": "1.0.0", "license": "MIT", "authors": ["A <a@example.com>"], "source": source,
            "manifest_path": folder, "targets": [{ "kind": [kind] }] })
    }

    #[test]
    fn what_is_compiled_in_counts_and_macros_do_not() {
        let need = |pkg: &str, kind: Value| json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] });
        let nodes = json!([
            { "id": "podscape-web", "deps": [need("yew", Value::Null), need("macros", Value::Null), need("tests", json!("dev"))] },
            { "id": "yew", "deps": [need("slab", Value::Null), need("builder", json!("build"))] },
            { "id": "macros", "deps": [need("syn", Value::Null)] },
        ]);
        let libraries = ["podscape-web", "yew", "slab", "syn", "tests", "builder", "alone"].map(|id| package(id, "lib"));
        let all: Vec<Value> = libraries.into_iter().chain([package("macros", "proc-macro")]).collect();
        let found = packages(&json!({ "packages": all, "resolve": { "nodes": nodes } }));
        assert_eq!(found.iter().map(|package| package.name.as_str()).collect::<Vec<_>>(), ["slab", "yew"]);
        let page = page(&found, "MIT License\n\nCopyright (c) us\n\nPermission is granted.\n");
        for part in ["<h2>slab 1.0.0</h2>", "Copyright (c) A &lt;a@example.com&gt;\n\nPermission is granted.", "<h2>Podscape</h2>"] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[test]
    fn files_with_licences_are_known_by_their_names() {
        let table = [
            ("LICENSE-MIT", Some(0)),
            ("LICENSE-MIT.md", Some(0)),
            ("LICENSE-BOOST", Some(1)),
            ("license.md", Some(2)),
            ("LICENSE-APACHE", Some(2)),
            ("COPYING", Some(4)),
            ("README.md", None),
            ("submit.rs", None),
        ];
        for (name, place) in table {
            assert_eq!(ranked(name).map(|(place, _)| place), place, "{name}");
        }
    }
}
