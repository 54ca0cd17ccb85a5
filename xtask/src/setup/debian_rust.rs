//! The way round where rustup cannot download: Debian's packages hold a compiler (`rustc-web`, which browsers
//! are built with) and, in the same version, the source of its standard library with everything it needs.
//!
//! Both are unpacked into the tools folder without being installed, the standard library is compiled for
//! wasm32 once, and the result is made known to rustup as the toolchain `podscape-wasm`, which the project's
//! folder then uses. `rustup override unset` in the folder takes that back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::rust::TARGET;
use super::{Toolbox, packages};
use crate::failure::{Failure, at};
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The name that rustup knows it by.
const TOOLCHAIN: &str = "podscape-wasm";
/// Folders in the tools folder start so; the version of Debian's package follows.
const PREFIX: &str = "debian-rust-";
/// The package whose version names the folder.
const SOURCE_PACKAGE: &str = "rust-web-src";
/// Written last.
const COMPLETE: &str = "complete";

/// The newest unpacked compiler in the tools folder.
pub fn unpacked(workspace: &Workspace) -> Option<PathBuf> {
    let folders = fs::read_dir(workspace.tools()).ok()?.flatten().map(|entry| entry.path());
    let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX)) && path.join(COMPLETE).is_file();
    folders.filter(ours).max()
}

/// Unpacks the compiler unless it is there, and makes the project's folder use it.
pub fn set_up(workspace: &Workspace, steps: &Steps, toolbox: &mut Toolbox) -> Result<(), Failure> {
    let home = match unpacked(workspace) {
        Some(home) => home,
        None => make(workspace, steps, toolbox)
            .map_err(|failure| Failure::new(format!("{failure}\nNo way to the {TARGET} target was found. By hand: rustup target add {TARGET}")))?,
    };
    link(&home, workspace, steps, toolbox).map_err(|failure| failure.while_doing(&format!("toolchain {TOOLCHAIN}")))?;
    toolbox.variables.insert("RUSTUP_TOOLCHAIN", TOOLCHAIN.into());
    Ok(())
}

/// Downloads, unpacks and completes the compiler; the folder appears under its final name when it is whole.
fn make(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<PathBuf, Failure> {
    for program in ["apt-get", "apt-cache", "dpkg"] {
        if toolbox.find(program).is_none() {
            return Err(Failure::new(format!("no {program}: this is not Debian")));
        }
    }
    let version = source_version(toolbox)
        .or_else(|| packages::refresh(steps, toolbox).ok().and_then(|()| source_version(toolbox)))
        .ok_or_else(|| Failure::new(format!("Debian's package {SOURCE_PACKAGE} is not known to apt")))?;
    let home = workspace.tools().join(format!("{PREFIX}{}", file_name_of(&version)));
    let partial = workspace.tools().join(format!("partial-{}", std::process::id()));
    let _ = fs::remove_dir_all(&partial);
    download(&partial, steps, toolbox)?;
    compile_standard_library(&partial, workspace, steps, toolbox)?;
    let _ = fs::remove_dir_all(partial.join("usr/src"));
    fs::write(partial.join(COMPLETE), version).map_err(at(&partial))?;
    let _ = fs::remove_dir_all(&home);
    fs::rename(&partial, &home).map_err(at(&home))?;
    Ok(home)
}

/// Downloads the packages and unpacks them into `home`.
fn download(home: &Path, steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    let listing = toolbox
        .ask(
            "apt-cache",
            &[
                "depends",
                "--recurse",
                "--no-recommends",
                "--no-suggests",
                "--no-conflicts",
                "--no-breaks",
                "--no-replaces",
                "--no-enhances",
                "rustc-web",
            ],
        )
        .unwrap_or_default();
    let folder = home.join("packages");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let mut command = Command::new("apt-get");
    toolbox.equip(&mut command);
    command.current_dir(&folder).arg("download").args(compiler_packages(&listing)).arg(SOURCE_PACKAGE);
    steps.must("download Debian's Rust compiler and the source of its standard library", &mut command)?;
    for entry in fs::read_dir(&folder).map_err(at(&folder))?.flatten() {
        let mut command = Command::new("dpkg");
        command.arg("-x").arg(entry.path()).arg(home);
        steps.must(&format!("unpack {}", entry.file_name().display()), &mut command)?;
    }
    fs::remove_dir_all(&folder).map_err(at(&folder))
}

/// Compiles the standard library for wasm32 and lays it where the compiler looks for it.
fn compile_standard_library(home: &Path, workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    let package = home.join("std");
    fs::create_dir_all(package.join("src")).map_err(at(&package))?;
    let manifest = "[package]\nname = \"std-for-wasm\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n";
    fs::write(package.join("Cargo.toml"), manifest).map_err(at(&package))?;
    fs::write(package.join("src/lib.rs"), "").map_err(at(&package))?;
    write_wrappers(home)?;
    let mut command = toolbox.command(workspace, "cargo");
    command
        .current_dir(&package)
        .args(["build", "--release", "--target", TARGET])
        // `test`: tests that run in wasm need that crate too.
        .arg("-Zbuild-std=std,panic_abort,test")
        .env("RUSTC", home.join("toolchain/bin/rustc"))
        .env("RUSTC_BOOTSTRAP", "1")
        // Link-time optimisation reads it.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", package.join("target"));
    steps.must("compile the standard library for wasm32 (about a minute, once)", &mut command)?;

    let built = package.join("target").join(TARGET).join("release/deps");
    let library = home.join("usr/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&library).map_err(at(&library))?;
    for entry in fs::read_dir(&built).map_err(at(&built))?.flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libstd_for_wasm-") {
            fs::copy(entry.path(), library.join(&name)).map_err(at(&library))?;
        }
    }
    fs::remove_dir_all(&package).map_err(at(&package))
}

/// Starters for rustc and rustdoc that find their libraries in the unpacked packages.
fn write_wrappers(home: &Path) -> Result<(), Failure> {
    let binaries = home.join("toolchain/bin");
    fs::create_dir_all(&binaries).map_err(at(&binaries))?;
    let libraries = library_folder(home)?;
    for program in ["rustc", "rustdoc"] {
        let text = format!(
            "#!/bin/sh\nLD_LIBRARY_PATH=\"{}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\" exec \"{}\" \"$@\"\n",
            libraries.display(),
            home.join("usr/bin").join(program).display()
        );
        let path = binaries.join(program);
        // Left alone when it is right: cargo takes a newer file for another compiler.
        if fs::read_to_string(&path).is_ok_and(|present| present == text) {
            continue;
        }
        fs::write(&path, text).map_err(at(&path))?;
        make_executable(&path)?;
    }
    Ok(())
}

/// Makes the folder a toolchain of rustup's and the project use it.
fn link(home: &Path, workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    write_wrappers(home)?;
    let rustup_home = toolbox.ask("rustup", &["show", "home"]).unwrap_or_default();
    let donor = donor(Path::new(&rustup_home)).ok_or_else(|| Failure::new(format!("no toolchain with rust-lld in {rustup_home}")))?;
    symlink(&home.join("usr/lib"), &home.join("toolchain/lib"))?;
    for program in ["cargo", "rustfmt", "cargo-fmt"] {
        symlink(&donor.join("bin").join(program), &home.join("toolchain/bin").join(program))?;
    }
    let rustlib = home.join("usr/lib/rustlib");
    for host in fs::read_dir(&rustlib).map_err(at(&rustlib))?.flatten() {
        let linker = donor.join("lib/rustlib").join(host.file_name()).join("bin/rust-lld");
        if linker.is_file() {
            let binaries = host.path().join("bin");
            fs::create_dir_all(&binaries).map_err(at(&binaries))?;
            symlink(&linker, &binaries.join("rust-lld"))?;
        }
    }
    let toolchain = home.join("toolchain");
    let link = ["toolchain", "link", TOOLCHAIN, &toolchain.to_string_lossy()];
    let choose = ["override", "set", TOOLCHAIN, "--path", &workspace.root().to_string_lossy()];
    for arguments in [link.as_slice(), choose.as_slice()] {
        if toolbox.ask("rustup", arguments).is_none() {
            return Err(Failure::new(format!("rustup {} did not work", arguments.join(" "))));
        }
    }
    steps.say(&format!("this folder uses Debian's compiler, rustup's toolchain {TOOLCHAIN}"));
    Ok(())
}

/// A toolchain of rustup's that has the linker; the stable one if it does.
fn donor(rustup_home: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(rustup_home.join("toolchains")).ok()?.flatten();
    let own = |path: &PathBuf| path.file_name().is_some_and(|name| name == TOOLCHAIN);
    let linked = |path: &PathBuf| {
        let hosts = fs::read_dir(path.join("lib/rustlib")).into_iter().flatten().flatten();
        hosts.map(|host| host.path()).any(|host| host.join("bin/rust-lld").is_file())
    };
    let mut donors: Vec<PathBuf> = folders.map(|entry| entry.path()).filter(|path| !own(path)).filter(linked).collect();
    donors.sort_by_key(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("stable")));
    donors.into_iter().next()
}

/// The folder with the compiler's own libraries.
fn library_folder(home: &Path) -> Result<PathBuf, Failure> {
    let folder = home.join("usr/lib");
    let mut folders = fs::read_dir(&folder).map_err(at(&folder))?.flatten().map(|entry| entry.path());
    let found = folders.find(|path| path.to_string_lossy().ends_with("-linux-gnu"));
    // The home is renamed when it is whole, so its own path must not be resolved here.
    found.ok_or_else(|| Failure::new(format!("no compiler in {}", folder.display())))
}

/// What apt-cache says about the version of the source package.
fn source_version(toolbox: &Toolbox) -> Option<String> {
    let shown = toolbox.ask("apt-cache", &["show", "--no-all-versions", SOURCE_PACKAGE])?;
    shown.lines().find_map(|line| line.strip_prefix("Version: ")).map(str::to_owned)
}

/// The packages that make up the compiler, out of what `apt-cache depends --recurse` prints.
fn compiler_packages(listing: &str) -> Vec<&str> {
    let wanted = |name: &&str| {
        let llvm = name.strip_prefix("libllvm").is_some_and(|rest| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_digit()));
        *name == "rustc-web" || name.starts_with("libstd-rust-web") || llvm
    };
    let mut names: Vec<&str> = listing.lines().filter(wanted).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A version as a part of a file's name.
fn file_name_of(version: &str) -> String {
    let safe = |letter: char| {
        if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' }
    };
    version.chars().map(safe).collect()
}

#[cfg(unix)]
fn symlink(to: &Path, link: &Path) -> Result<(), Failure> {
    if fs::read_link(link).is_ok_and(|present| present == to) {
        return Ok(());
    }
    let _ = fs::remove_file(link);
    std::os::unix::fs::symlink(to, link).map_err(at(link))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(at(path))
}

#[cfg(not(unix))]
fn symlink(_: &Path, link: &Path) -> Result<(), Failure> {
    Err(Failure::new(format!("{}: Debian's packages are for Linux", link.display())))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<(), Failure> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_s_packages_are_picked() {
        let listing = "rustc-web\n  Depends: libc6\n  Depends: libllvm22\nlibc6\nlibllvm22\nlibstd-rust-web-1.96\n\
                       libstd-rust-web-dev\nlibllvm22\nlibllvmspirv\nlibllvm\ngcc";
        assert_eq!(compiler_packages(listing), ["libllvm22", "libstd-rust-web-1.96", "libstd-rust-web-dev", "rustc-web"]);
    }

    #[test]
    fn versions_become_file_names() {
        assert_eq!(file_name_of("1:1.96.0+dfsg1-1~deb12u2"), "1-1.96.0-dfsg1-1-deb12u2");
    }
}
