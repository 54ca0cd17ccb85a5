//! The rules of the house, kept by a test: ranks of modules, one door for writes, no host in the core, short files and functions,
//! one mutator in the page.

use std::fs;
use std::path::{Path, PathBuf};

/// Each folder of `src` and its rank. A module names only modules of lower rank.
const RANKS: [(&str, u32); 16] = [
    ("base", 0),
    ("api", 1),
    ("manifest", 2),
    ("store", 2),
    ("apiserver", 3),
    ("runtime", 3),
    ("controllers", 4),
    ("scheduler", 4),
    ("kubelet", 4),
    ("network", 4),
    ("engine", 5),
    ("kubectl", 6),
    ("scenario", 7),
    ("view", 8),
    ("simulator", 9),
    ("bin", 10),
];

/// What would tie the core to a host, or make two runs differ.
const FORBIDDEN: [&str; 14] = [
    "std::time", "std::thread", "std::env", "std::fs", "std::net::Tcp", "std::process", "HashMap", "HashSet", " rand::", "async ",
    "wasm_bindgen", "RefCell", "thread_local", "todo!(",
];
/// The store's methods that change it, which `apiserver` alone calls.
const STORE_MUTATORS: [&str; 3] = ["store.put(", "store.remove(", "events_mut("];
const MAX_FILE: usize = 500;
const MAX_FUNCTION: usize = 60;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap_or_default())).collect()
}

fn everything() -> Vec<(PathBuf, String)> {
    ["src", "web", "xtask", "tests", "benches"].into_iter().flat_map(rust_files).collect()
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The text before its unit tests, which may do as they like.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn assert_none(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// The folder of `src` that a file belongs to.
fn module_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_string_lossy().into_owned();
    (inside.components().count() > 1).then_some(first)
}

#[test]
fn every_folder_has_a_rank() {
    let folders: Vec<String> = rust_files("src").iter().filter_map(|(path, _)| module_of(path)).collect();
    assert!(folders.len() > 50, "the files are not found");
    let unknown = folders.into_iter().filter(|folder| !RANKS.iter().any(|(name, _)| name == folder)).collect();
    assert_none(unknown, "folders without a rank");
}

#[test]
fn modules_name_only_what_is_below_them() {
    let rank = |name: &str| RANKS.iter().find(|(folder, _)| *folder == name).map(|(_, rank)| *rank);
    let mut broken = Vec::new();
    for (path, text) in rust_files("src") {
        let Some((module, own)) = module_of(&path).and_then(|module| Some((module.clone(), rank(&module)?))) else { continue };
        for (line, code) in code_lines(&text) {
            for (at, _) in code.match_indices("crate::") {
                let name: String = code[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name != module && rank(&name).is_some_and(|other| other >= own) {
                    broken.push(format!("{}:{line}: {module} names {name}", short(&path)));
                }
            }
            if code.contains("crate::{") {
                broken.push(format!("{}:{line}: name the module after `crate::`, so that its rank is seen", short(&path)));
            }
        }
    }
    assert_none(broken, "a module names one of its own rank or above");
}

#[test]
fn the_core_knows_no_host() {
    let mut broken = Vec::new();
    for (path, text) in rust_files("src") {
        if module_of(&path).is_some_and(|module| module == "bin") {
            continue;
        }
        for (line, code) in code_lines(without_tests(&text)) {
            for word in FORBIDDEN.iter().filter(|word| code.contains(**word)) {
                broken.push(format!("{}:{line}: {word}", short(&path)));
            }
        }
    }
    assert_none(broken, "the core names a host, or something that differs from run to run");
}

/// What brings its own copy of large code for each type, or tables of all letters or all numbers. `base` has what is used
/// in its place; a scenario's file is read by no page.
const HEAVY: &[&str] = &["BTreeMap", "BTreeSet", ".sort", "to_lowercase(", "to_uppercase(", "parse::<f64>", "parse::<f32>", ":.1}", ":.2}"];

#[test]
fn the_core_stays_small() {
    let mut broken = Vec::new();
    for (path, text) in rust_files("src") {
        let spared = ["base", "bin"].iter().any(|folder| module_of(&path).is_some_and(|module| module == *folder));
        if spared || path.ends_with("scenario/file.rs") {
            continue;
        }
        for (line, code) in code_lines(without_tests(&text)) {
            for word in HEAVY.iter().filter(|word| code.contains(**word)) {
                broken.push(format!("{}:{line}: {word}", short(&path)));
            }
        }
    }
    assert_none(broken, "the page would load more first");
}

#[test]
fn only_the_api_server_changes_the_store() {
    let mut broken = Vec::new();
    for (path, text) in rust_files("src") {
        let module = module_of(&path).unwrap_or_default();
        // What a test sets up is no write of the cluster's.
        if module == "apiserver" || module == "store" || path.ends_with("tests.rs") {
            continue;
        }
        for (line, code) in code_lines(without_tests(&text)) {
            for call in STORE_MUTATORS.iter().filter(|call| code.contains(**call)) {
                broken.push(format!("{}:{line}: {call}", short(&path)));
            }
        }
    }
    assert_none(broken, "a write that goes past the API server");
}

#[test]
fn the_page_names_the_simulator_alone_and_has_one_clock() {
    let mut broken = Vec::new();
    for (path, text) in rust_files("web/src") {
        for (line, code) in code_lines(&text) {
            for (at, _) in code.match_indices("podscape::") {
                if !code[at + 10..].starts_with("simulator") {
                    broken.push(format!("{}:{line}: {}", short(&path), code.trim()));
                }
            }
            let clock = ["Date::now", "performance()", "Date::new"].iter().any(|call| code.contains(call));
            if clock && path.file_stem().is_some_and(|stem| stem != "pace") {
                broken.push(format!("{}:{line}: a clock outside of pace", short(&path)));
            }
        }
    }
    assert_none(broken, "the page goes past the simulator, or past its one clock");
}

#[test]
fn files_say_what_they_are_and_stay_short() {
    let mut broken = Vec::new();
    for (path, text) in everything() {
        let lines = text.lines().count();
        if lines > MAX_FILE {
            broken.push(format!("{}: {lines} lines", short(&path)));
        }
        if !text.starts_with("//!") {
            broken.push(format!("{}: does not open with what it is", short(&path)));
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if ["util", "utils", "helper", "helpers", "common", "misc"].contains(&stem.as_str()) {
            broken.push(format!("{}: a drawer", short(&path)));
        }
    }
    assert_none(broken, "files");
}

/// Whether a line begins a function, whoever may call it.
fn is_function(line: &str) -> bool {
    let unseen = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ").map_or("", |(_, rest)| rest),
        Some(rest) if rest.starts_with(' ') => &rest[1..],
        _ => line,
    };
    let mut words = unseen.split(' ').skip_while(|word| ["const", "async", "unsafe"].contains(word));
    words.next() == Some("fn")
}

#[test]
fn functions_are_seen() {
    let table = [
        ("fn a() {", true), ("pub fn a() {", true), ("pub(super) fn a() {", true), ("pub(in crate::engine) fn a() {", true),
        ("pub const fn a() {", true), ("async fn a() {", true), ("pub struct A {", false), ("let a = 1;", false), ("public fn", false),
    ];
    for (line, expected) in table {
        assert_eq!(is_function(line), expected, "{line}");
    }
}

#[test]
fn functions_stay_short() {
    let mut broken = Vec::new();
    for (path, text) in everything() {
        let mut open: Vec<(usize, usize, String)> = Vec::new();
        for (line, code) in text.lines().enumerate() {
            let indent = code.len() - code.trim_start().len();
            let head = code.trim_start();
            let is_head = is_function(head);
            if is_head && !code.trim_end().ends_with('}') && !code.trim_end().ends_with(';') {
                open.push((indent, line, head.to_owned()));
            } else if head == "}" && open.last().is_some_and(|(at, ..)| *at == indent) {
                let Some((_, start, head)) = open.pop() else { continue };
                if line - start > MAX_FUNCTION {
                    broken.push(format!("{}:{}: {} lines: {head}", short(&path), start + 1, line - start));
                }
            }
        }
    }
    assert_none(broken, "functions that are too long");
}

#[test]
fn the_project_speaks_of_itself_alone() {
    // Put together here, so that this file does not say what it forbids.
    let forbidden = [["../", "shared"].concat(), ["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/tm", "p/"].concat()];
    let mut broken = Vec::new();
    for (path, text) in everything() {
        for (line, code) in text.lines().enumerate() {
            for word in forbidden.iter().filter(|word| code.contains(word.as_str())) {
                broken.push(format!("{}:{}: {word}", short(&path), line + 1));
            }
        }
    }
    assert_none(broken, "paths of one machine");
}
