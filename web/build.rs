//! Asks the linker to say where each constant is and which code names it, when `cargo xtask` builds the page: it needs
//! to know to divide the module into what the start needs and what can follow. And tells the page whether CodeMirror has been built and
//! licences have been written, so that it asks for nothing that is not there.

use std::path::Path;

/// Set by `cargo xtask`.
const ASKED: &str = "PODSCAPE_NAME_CONSTANTS";

/// Where `cargo xtask` puts CodeMirror, from this folder.
const EDITOR: &str = "editor/built";
/// Where it writes the licences of what the page is made of.
const LICENCES: &str = "licences/index.html";

fn main() {
    println!("cargo::rerun-if-changed={EDITOR}");
    println!("cargo::rustc-check-cfg=cfg(rich_editor)");
    if Path::new(EDITOR).join("codemirror.js").is_file() {
        println!("cargo::rustc-cfg=rich_editor");
    }
    println!("cargo::rerun-if-changed=licences");
    println!("cargo::rustc-check-cfg=cfg(licences)");
    if Path::new(LICENCES).is_file() {
        println!("cargo::rustc-cfg=licences");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={ASKED}");
    if std::env::var_os(ASKED).is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
