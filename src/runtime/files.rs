//! The files of a container: those of its image that anyone asks for, and what its programs wrote. A volume that several containers of
//! a pod mount is kept by the pod.
//! Left out: owners, permissions, links, devices other than /dev/null and /dev/zero.

use std::rc::Rc;
use crate::base::{SmallMap, sort};

/// More than this is not kept of one file: all that `kubectl get all -A -o yaml` prints of some hundred pods.
pub const MAX_FILE: usize = 1024 * 1024;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A file and its text.
    File(Rc<str>),
    /// A directory.
    Directory,
    /// Nothing, though the image has something there.
    Gone,
}

/// Files by their absolute paths.
pub type Files = SmallMap<String, Entry>;

/// Directories that every image has.
const DIRECTORIES: [&str; 24] = [
    "/", "/bin", "/dev", "/etc", "/home", "/lib", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/sys", "/tmp", "/usr", "/usr/bin",
    "/usr/local", "/usr/share", "/usr/share/nginx", "/usr/share/nginx/html", "/var", "/var/log", "/var/run", "/var/tmp",
];

/// Why a file cannot be had, as programs print it.
pub type FileError = &'static str;

/// `No such file or directory`
pub const MISSING: FileError = "No such file or directory";

/// The longest path, in bytes (PATH_MAX of Linux).
const MAX_PATH: usize = 4096;

/// `Read-only file system`
pub const SEALED: FileError = "Read-only file system";

/// All that a container sees.
#[derive(Debug)]
pub struct Disk<'a> {
    /// Its own.
    pub own: &'a mut Files,
    /// Of the pod's volumes; a path begins with the volume's name: `/html/index.html`.
    pub shared: &'a mut Files,
    /// Where volumes are mounted: path, and name of the volume.
    pub mounts: &'a [(String, String)],
    /// Files that the kubelet and the image put there: path and text.
    pub given: &'a [(String, Rc<str>)],
    /// Below these paths nothing can be written but in volumes that are mounted deeper; the empty one is the root.
    pub sealed: &'a [String],
}

/// Whether a path is this directory or below it.
fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Disk<'_> {
    /// Whether a path is on a file system that can only be read.
    pub fn is_sealed(&self, path: &str) -> bool {
        let path = &normal("/", path);
        let Some(seal) = self.sealed.iter().filter(|seal| is_below(path, seal)).map(String::len).max() else { return false };
        !self.mounts.iter().any(|(mount, _)| mount.len() > seal && is_below(path, mount))
    }

    /// The table that holds a path, and the path in it.
    fn place(&mut self, path: &str) -> (&mut Files, String) {
        let under = |mount: &&(String, String)| is_below(path, &mount.0);
        match self.mounts.iter().filter(under).max_by_key(|mount| mount.0.len()) {
            Some((mount, volume)) => (&mut *self.shared, format!("/{volume}{}", &path[mount.len()..])),
            None => (&mut *self.own, path.to_owned()),
        }
    }

    /// What stands at an absolute path.
    pub fn find(&mut self, path: &str) -> Option<Entry> {
        let path = &normal("/", path);
        let is_mount = self.mounts.iter().any(|(mount, _)| mount == path);
        let (files, place) = self.place(path);
        match files.get(&place) {
            Some(Entry::Gone) => return None,
            Some(entry) => return Some(entry.clone()),
            None => {}
        }
        let below = format!("{place}/");
        if is_mount || names_in(files, &below).next().is_some() {
            return Some(Entry::Directory);
        }
        if let Some((_, text)) = self.given.iter().find(|(name, _)| name == path) {
            return Some(Entry::File(text.clone()));
        }
        let below = format!("{path}/");
        let given = self.given.iter().any(|(name, _)| name.starts_with(&below));
        (given || DIRECTORIES.contains(&path.as_str())).then_some(Entry::Directory)
    }

    /// The text of a file.
    pub fn read(&mut self, path: &str) -> Result<Rc<str>, FileError> {
        match self.find(path) {
            Some(Entry::File(text)) => Ok(text),
            Some(_) => Err("Is a directory"),
            None if normal("/", path).starts_with("/dev/") => Ok(Rc::from("")),
            None => Err(MISSING),
        }
    }

    /// Writes a file anew.
    pub fn write(&mut self, path: &str, text: &str) -> Result<(), FileError> {
        let path = &normal("/", path);
        if path.starts_with("/dev/null") || path.starts_with("/dev/std") {
            return Ok(());
        }
        if matches!(self.find(path), Some(Entry::Directory)) {
            return Err("Is a directory");
        }
        self.check_new(path)?;
        let end = (0..=text.len().min(MAX_FILE)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        let (files, place) = self.place(path);
        files.insert(place, Entry::File(Rc::from(&text[..end])));
        Ok(())
    }

    /// Whether something can be put at a path.
    fn check_new(&mut self, path: &str) -> Result<(), FileError> {
        match () {
            () if path.len() >= MAX_PATH => Err("File name too long"),
            () if !matches!(self.find(parent(path)), Some(Entry::Directory)) => Err(MISSING),
            () if self.is_sealed(path) => Err(SEALED),
            () => Ok(()),
        }
    }

    /// Makes a directory.
    pub fn make_directory(&mut self, path: &str) -> Result<(), FileError> {
        let path = &normal("/", path);
        if self.find(path).is_some() {
            return Err("File exists");
        }
        self.check_new(path)?;
        let (files, place) = self.place(path);
        files.insert(place, Entry::Directory);
        Ok(())
    }

    /// Removes a file, or a directory with all in it.
    pub fn remove(&mut self, path: &str) {
        let path = &normal("/", path);
        for name in self.names_below(path) {
            self.remove(&format!("{}/{name}", path.trim_end_matches('/')));
        }
        let (files, place) = self.place(path);
        files.insert(place, Entry::Gone);
    }

    /// The names in a directory, sorted.
    pub fn names_below(&mut self, path: &str) -> Vec<String> {
        let path = normal("/", path);
        let first = |name: &str, below: &str| name.strip_prefix(below)?.split('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
        let below = format!("{}/", path.trim_end_matches('/'));
        let (files, place) = self.place(&path);
        let inside = format!("{}/", place.trim_end_matches('/'));
        let mut names: Vec<String> = names_in(files, &inside).filter_map(|name| first(name, &inside)).collect();
        names.extend(self.given.iter().filter_map(|(name, _)| first(name, &below)));
        names.extend(DIRECTORIES.iter().filter_map(|name| first(name, &below)));
        names.extend(self.mounts.iter().filter_map(|(name, _)| first(name, &below)));
        sort(&mut names);
        names.dedup();
        names.retain(|name| self.find(&format!("{below}{name}")).is_some());
        names
    }
}

/// The paths that begin with that of a directory, which ends in a slash.
fn names_in<'a>(files: &'a Files, directory: &str) -> impl Iterator<Item = &'a String> {
    files.keys_from(directory).take_while(move |name| name.starts_with(directory))
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// An absolute path without `.`, `..` and doubled slashes.
pub fn normal(directory: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_found_and_what_is_removed_is_not() {
        let (mut own, mut shared) = (Files::new(), Files::new());
        let mounts = [("/usr/share/html".to_owned(), "html".to_owned())];
        let given = [("/etc/hostname".to_owned(), Rc::from("kubia\n"))];
        let mut disk = Disk { own: &mut own, shared: &mut shared, mounts: &mounts, given: &given, sealed: &[] };
        assert_eq!(disk.write("/run/a", "1"), Ok(()));
        assert_eq!(disk.write("/nowhere/a", "1"), Err(MISSING));
        assert_eq!(disk.write("/usr/share/html/index.html", "hi"), Ok(()));
        assert_eq!(disk.read("/usr/share/html/../html/index.html").as_deref(), Ok("hi"));
        assert_eq!(disk.names_below("/run"), ["a"]);
        assert_eq!(disk.names_below("/usr/share/html"), ["index.html"]);
        assert_eq!(disk.read("/etc/hostname").as_deref(), Ok("kubia\n"));
        disk.remove("/etc/hostname");
        disk.remove("/run/a");
        assert_eq!((disk.find("/etc/hostname"), disk.find("/run/a")), (None, None));
        assert!(shared.contains_key("/html/index.html"));
    }

    #[test]
    fn what_can_only_be_read_is_not_written() {
        let (mut own, mut shared) = (Files::new(), Files::new());
        let mounts = [("/etc/config", "config"), ("/scratch", "scratch")].map(|(path, volume)| (path.to_owned(), volume.to_owned()));
        let of_volume = [String::from("/etc/config")];
        let mut disk = Disk { own: &mut own, shared: &mut shared, mounts: &mounts, given: &[], sealed: &of_volume };
        assert_eq!(disk.write("/etc/config/a", "1"), Err(SEALED));
        assert_eq!(disk.make_directory("/etc/config/a"), Err(SEALED));
        assert_eq!(disk.write("/etc/configured", "1"), Ok(()));
        let of_root = [String::new()];
        let mut disk = Disk { own: &mut own, shared: &mut shared, mounts: &mounts, given: &[], sealed: &of_root };
        assert_eq!(disk.write("/etc/a", "1"), Err(SEALED));
        assert_eq!(disk.write("/scratch/a", "1"), Ok(()));
        assert_eq!(disk.write("/dev/null", "1"), Ok(()));
    }
}
