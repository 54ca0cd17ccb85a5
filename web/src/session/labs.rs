//! The labs: scenarios to open, each a file that the page fetches when somebody wants it.

use super::{Effect, Look, Notice, Session};
use crate::intent::{DockTab, InspectorTab, LabIntent, NarrowTab};
use crate::simulator::{Budget, Lab, Simulator, SmallMap, parse_lab};

/// So many wake-ups of a lab's history are played when it is opened: all of it, as labs are small.
const AT_ONCE: Budget = Budget(1_500);

/// The shelves of the menu, each with the names of its labs: the files in `src/scenario/library`.
pub const SHELVES: [&[&str]; 4] = [
    &["liveness", "liveness-every-fifth", "liveness-exec", "readiness", "crash-loop"],
    &["rc", "labels", "template", "selector", "orphan", "replicaset", "daemonset", "deployment", "node-failure"],
    &["job", "job-completions", "cronjob"],
    &["service", "service-readiness", "named-ports", "discovery", "nodeport", "loadbalancer", "traffic-policy", "external-name", "ingress"],
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

/// A panel of the dock by the name that labs have for it; the terminal, if it is none.
fn panel(name: &str) -> DockTab {
    match name {
        "events" => DockTab::Events,
        "next" => DockTab::Next,
        "charts" => DockTab::Charts,
        "traffic" => DockTab::Traffic,
        _ => DockTab::Terminal,
    }
}

/// What is looked at when a lab opens: what it is about is in sight.
pub fn show(look: &mut Look, lab: &Lab) {
    let panel = panel(&lab.tab);
    (look.dock, look.narrow) = (panel, NarrowTab::Dock(panel));
    look.selected = lab.marked.clone().or(lab.inspected.clone());
    if lab.inspected.is_some() {
        look.inspecting = lab.inspected.clone();
        (look.inspector_tab, look.narrow) = (InspectorTab::Summary, NarrowTab::Inspector);
    }
    (look.labs, look.guide) = (false, true);
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
    fn miss(&mut self, name: &str) -> bool {
        self.wanted.take_if(|wanted| wanted == name).is_some()
    }
}

impl Session {
    /// Opens a lab, or fetches it first. A lab that does not come is said in words and changes nothing.
    pub(super) fn handle_lab(&mut self, intent: LabIntent) -> Vec<Effect> {
        match intent {
            LabIntent::Open(name) if self.labs.get(&name).is_some() => self.open_lab(&name),
            LabIntent::Open(name) if exists(&name) => {
                self.labs.want(&name);
                vec![Effect::FetchLabs(vec![name])]
            }
            LabIntent::Open(_) => {
                self.look.notice = Some(Notice::NoLab);
                Vec::new()
            }
            LabIntent::Arrived { name, text: Some(text) } => {
                match (self.labs.take(&name, &text), self.asked.take()) {
                    (true, Some(asked)) => self.open_readable(asked),
                    (true, None) => self.open_lab(&name),
                    (false, asked) => {
                        self.asked = asked;
                        Vec::new()
                    }
                }
            }
            LabIntent::Arrived { name, text: None } => {
                if self.labs.miss(&name) {
                    self.look.notice = Some(Notice::NoLab);
                }
                Vec::new()
            }
        }
    }

    pub(super) fn open_lab(&mut self, name: &str) -> Vec<Effect> {
        let Some(lab) = self.labs.get(name).cloned() else { return Vec::new() };
        let effects = self.replace(Simulator::opening(&lab.scenario, AT_ONCE));
        self.files.open(lab.scenario.applied().unwrap_or_default());
        self.labs.current = name.to_owned();
        show(&mut self.look, &lab);
        self.look.notice = Some(Notice::LabOpened);
        effects
    }

    /// Fetches the words about the lab that was played before a reload.
    pub fn missing_lab(&self) -> Option<Effect> {
        let missing = exists(&self.labs.current) && self.labs.played().is_none();
        missing.then(|| Effect::FetchLabs(vec![self.labs.current.clone()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labs of the library.
    fn library() -> Vec<(String, Lab)> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/scenario/library");
        let files = std::fs::read_dir(folder).expect("the library").flatten().map(|entry| entry.path());
        let read = |path: std::path::PathBuf| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some((path.file_stem()?.to_str()?.to_owned(), parse_lab(&text).ok()?))
        };
        files.filter_map(read).collect()
    }

    #[test]
    fn what_a_lab_shows_is_there_when_it_opens() {
        for (name, lab) in library() {
            assert!(lab.tab.is_empty() || panel(&lab.tab) != DockTab::Terminal, "{name}: a panel {}", lab.tab);
            let simulator = crate::simulator::Simulator::new(&lab.scenario);
            let frame = simulator.frame(&crate::simulator::Lens::default());
            let cards = frame.controllers.iter().map(|card| &card.key).chain(frame.services.iter().map(|card| &card.key));
            let cards = cards.chain(frame.ingresses.iter().map(|card| &card.key));
            let shown: Vec<_> = frame.pods().map(|pod| &pod.key).chain(cards).cloned().collect();
            for key in lab.marked.iter().chain(&lab.inspected) {
                assert!(shown.contains(key), "{name}: {key:?} is not on the stage");
            }
        }
    }

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
