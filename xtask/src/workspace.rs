//! Where things are: the project's folder, the tools folder outside it, versions out of Cargo.lock.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, at};

/// The project's folder and the folder that holds tools for all clones of it.
pub struct Workspace {
    root: PathBuf,
    tools: PathBuf,
}

impl Workspace {
    /// Finds the workspace that this program was built from, and the tools folder: `PODSCAPE_TOOLS`, or
    /// `podscape` in the user's cache folder.
    pub fn find() -> Result<Self, Failure> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let package = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = package.parent().unwrap_or(&package).to_owned();
        if !root.join("Cargo.lock").is_file() {
            return Err(Failure::new(format!("{} is not the project's folder", root.display())));
        }
        let tools = tools_folder()?;
        std::fs::create_dir_all(&tools).map_err(at(&tools))?;
        Ok(Self { root, tools })
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder for tools that are shared by all clones of this user.
    pub fn tools(&self) -> &Path {
        &self.tools
    }

    /// The folder that cargo builds into.
    pub fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |folder| self.root.join(folder))
    }

    /// The version of `package` that Cargo.lock holds.
    pub fn locked_version(&self, package: &str) -> Result<String, Failure> {
        let path = self.root.join("Cargo.lock");
        let text = std::fs::read_to_string(&path).map_err(at(&path))?;
        version_in_lock(&text, package).ok_or_else(|| Failure::new(format!("Cargo.lock does not name {package}")))
    }
}

/// `PODSCAPE_TOOLS`, else the place where this operating system keeps a user's caches.
fn tools_folder() -> Result<PathBuf, Failure> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("PODSCAPE_TOOLS") {
        return std::path::absolute(&folder).map_err(at(&folder));
    }
    let cache = variable("XDG_CACHE_HOME").or_else(|| variable("LOCALAPPDATA"));
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let Some(cache) = cache else {
        return Err(Failure::new("no home folder: set PODSCAPE_TOOLS to a folder for tools"));
    };
    Ok(cache.join("podscape"))
}

/// The version of `package` in the text of a Cargo.lock.
fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        let table = [("wasm-bindgen", Some("0.2.130")), ("wasm-bindgen-macro", Some("0.2.1")), ("wasm", None)];
        for (package, version) in table {
            assert_eq!(version_in_lock(lock, package).as_deref(), version, "{package}");
        }
    }
}
