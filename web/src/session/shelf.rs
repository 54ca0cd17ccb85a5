//! Scenarios kept under names, and files that come and go.

use super::{Effect, Notice, Saved, Session};
use crate::intent::{NarrowTab, ShelfIntent};
use crate::simulator::{Simulator, SmallMap, is_meant, parse_lab};

/// Longer manifests are not opened: nobody writes them, and no editor holds them without stumbling.
const LONGEST: usize = 1_000_000;

/// Under this name that is kept which another scenario took the place of. Nobody can give it: what somebody keeps has a name.
pub const BEFORE: &str = "";

/// What is taken away as files, made when sharing begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exports {
    /// The part after `?` of a link that people can read; empty if the history is too long for one.
    pub readable: String,
    /// The scenario.
    pub scenario: String,
    /// The present as manifests.
    pub manifests: String,
    /// The present as a script for another cluster.
    pub script: String,
}

impl Exports {
    /// Of a moment.
    pub fn of(simulator: &Simulator, title: &str) -> Exports {
        Exports { readable: String::new(), scenario: simulator.scenario_file(title), manifests: simulator.export(), script: simulator.export_script() }
    }
}

/// The scenarios kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// By name.
    pub kept: SmallMap<String, Saved>,
    /// What is taken away as files.
    pub exports: Exports,
}

impl Session {
    /// What the scenario is called: by its lab, else by the open file.
    pub fn title(&self) -> String {
        let lab = self.labs.played().map(|lab| lab.title.tell(self.look.language.code()).to_owned());
        lab.unwrap_or_else(|| self.files.name().trim_end_matches(".yaml").to_owned())
    }

    /// The scenarios kept.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Takes the scenarios that were kept on earlier visits.
    pub fn take_shelf(&mut self, mut kept: SmallMap<String, Saved>) {
        // Each tab has its own of what was there before.
        let before = self.shelf.kept.remove(BEFORE).filter(|before| before.lab.is_empty() || !kept.contains_key(BEFORE));
        kept.extend(before.map(|before| (BEFORE.to_owned(), before)));
        self.shelf.kept = kept;
        self.refresh();
    }

    /// Keeps what another scenario takes the place of, if somebody has done something there.
    pub(super) fn keep_work(&mut self, saved: &Saved) {
        let written = |(name, text): (&String, &String)| self.simulator.files().get(name).is_none_or(|there| there != text);
        if !saved.terminal.is_empty() || saved.drafts.iter().filter(|(_, text)| !text.is_empty()).any(written) {
            self.keep_before(saved);
        }
    }

    /// Keeps what another scenario has taken the place of. A lab takes no place of what is not from a lab.
    pub(super) fn keep_before(&mut self, saved: &Saved) {
        if saved.lab.is_empty() || self.shelf.kept.get(BEFORE).is_none_or(|before| !before.lab.is_empty()) {
            self.shelf.kept.insert(BEFORE.to_owned(), saved.clone());
        }
    }

    pub(super) fn handle_shelf(&mut self, intent: ShelfIntent) -> Vec<Effect> {
        match intent {
            ShelfIntent::Keep(name) => {
                let name = if name.trim().is_empty() { self.title() } else { name.trim().to_owned() };
                self.shelf.kept.insert(name.clone(), self.saved());
                self.look.notice = Some(Notice::Kept(name));
                vec![Effect::SaveShelf]
            }
            ShelfIntent::Open(name) => {
                let Some(saved) = self.shelf.kept.get(&name).cloned() else { return Vec::new() };
                self.open_saved(saved)
            }
            ShelfIntent::Remove(name) => {
                self.shelf.kept.remove(&name);
                vec![Effect::SaveShelf]
            }
        }
    }

    fn open_saved(&mut self, saved: Saved) -> Vec<Effect> {
        let Ok(simulator) = super::branches::simulator_of(&saved) else { return Vec::new() };
        let mut effects = self.replace(simulator);
        self.files.lay_over(saved.drafts, &saved.open);
        self.files.arrange(&saved.tabs);
        self.labs.current = saved.lab;
        self.terminal.recall(&saved.terminal);
        self.playback.playing = saved.playing;
        (self.look.labs, self.look.notice) = (false, Some(Notice::Opened));
        effects.extend(self.missing_lab());
        effects
    }

    /// A file from outside: a scenario is opened, manifests are put into the editor; those that a cluster printed without what it wrote.
    pub(super) fn brought(&mut self, name: &str, text: String) -> Vec<Effect> {
        match parse_lab(&text) {
            Ok(lab) => {
                let effects = self.replace(Simulator::opened(&lab.scenario));
                (self.look.labs, self.look.notice) = (false, Some(Notice::Opened));
                return effects;
            }
            Err(error) if is_meant(&text) => {
                (self.look.labs, self.look.notice) = (false, Some(Notice::BadScenario(name.to_owned(), error.0)));
                return Vec::new();
            }
            Err(_) => {}
        }
        let imported = Simulator::imported(&text);
        let taken = imported.is_some();
        let text = imported.unwrap_or(text);
        if text.len() > LONGEST {
            self.look.notice = Some(Notice::Unreadable(name.to_owned()));
            return Vec::new();
        }
        if taken {
            self.look.notice = Some(Notice::Imported);
        }
        self.files.bring(name, text);
        self.look_over();
        (self.look.labs, self.look.narrow) = (false, NarrowTab::Files);
        vec![Effect::Save]
    }
}
