//! Asks the linker to say where each constant is and which code names it, when `cargo xtask` builds the page: it needs
//! to know to divide the module into what the start needs and what can follow.

/// Set by `cargo xtask`.
const ASKED: &str = "PODSCAPE_NAME_CONSTANTS";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={ASKED}");
    if std::env::var_os(ASKED).is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
