//! The labs: scenarios to open, each a file that the page fetches when somebody wants it.

use crate::simulator::{Lab, SmallMap, parse_lab};

/// The shelves of the menu, each with the names of its labs: the files in `src/scenario/library`.
pub const SHELVES: [&[&str]; 4] = [
    &["liveness", "liveness-every-fifth", "liveness-exec", "readiness", "crash-loop"],
    &["rc", "labels", "template", "selector", "orphan", "replicaset", "daemonset", "deployment", "node-failure"],
    &["job", "job-completions", "cronjob"],
    &["service", "service-readiness", "named-ports", "nodeport", "loadbalancer", "traffic-policy", "external-name", "ingress"],
];

/// The labs that have been fetched, and the one that the session plays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labs {
    fetched: SmallMap<String, Lab>,
    /// The one to open as soon as it is there.
    wanted: Option<String>,
    /// The one that is played; empty if none is.
    pub current: String,
}

/// Whether there is a lab of this name.
pub fn exists(name: &str) -> bool {
    SHELVES.iter().any(|shelf| shelf.contains(&name))
}

impl Labs {
    /// A lab, if it is fetched.
    pub fn get(&self, name: &str) -> Option<&Lab> {
        self.fetched.get(name)
    }

    /// The lab that is played, if it is fetched.
    pub fn played(&self) -> Option<&Lab> {
        self.get(&self.current)
    }

    /// Names of labs that are still to be fetched.
    pub fn missing(&self) -> Vec<String> {
        let all = SHELVES.iter().flat_map(|shelf| shelf.iter());
        all.filter(|name| self.get(name).is_none()).map(|name| (*name).to_owned()).collect()
    }

    /// Remembers which lab is to be opened when it comes.
    pub fn want(&mut self, name: &str) {
        self.wanted = Some(name.to_owned());
    }

    /// A file came. True if it is the lab that is to be opened now.
    pub fn take(&mut self, name: &str, text: &str) -> bool {
        let Ok(lab) = parse_lab(text) else { return false };
        self.fetched.insert(name.to_owned(), lab);
        let wanted = self.wanted.as_deref() == Some(name);
        if wanted {
            self.wanted = None;
        }
        wanted
    }

    /// A file did not come. True if somebody waits for it.
    pub fn miss(&mut self, name: &str) -> bool {
        self.wanted.take_if(|wanted| wanted == name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_menu_offers_each_lab_of_the_library_once() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/scenario/library");
        let entries = std::fs::read_dir(folder).expect("the library").flatten();
        let mut files: Vec<String> = entries.filter_map(|entry| entry.path().file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect();
        let mut offered: Vec<String> = SHELVES.iter().flat_map(|shelf| shelf.iter()).map(|name| (*name).to_owned()).collect();
        files.sort();
        offered.sort();
        assert_eq!(offered, files);
    }
}
