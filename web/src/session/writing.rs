//! What is done in the editor: changing files, asking about them, applying them.

use super::files::{Answer, Answered};
use super::{Effect, Notice, Origin, Session, lines};
use crate::intent::{FileIntent, NarrowTab, Question, Topic};
use crate::simulator::{Command, FieldDoc, Simulator, apply_edits, describe_field, template, updated};
use crate::units::{bytes_of, units_of};

/// A longer text is looked over only when it is applied, and it is not told which field stands at the caret: either would hold up who writes.
const LONGEST: usize = 300_000;

/// The field that stands at an offset.
fn field_at(text: &str, at: usize) -> Option<FieldDoc> {
    if text.len() > LONGEST { None } else { describe_field(text, at) }
}

impl Session {
    pub(super) fn handle_file(&mut self, intent: FileIntent) -> Vec<Effect> {
        match intent {
            FileIntent::Edit(text) => {
                self.files.edit(text);
                return Vec::new();
            }
            FileIntent::Apply => return self.apply_file(),
            FileIntent::Brought { name, text: Some(text) } => return self.brought(&name, text),
            FileIntent::Brought { name, text: None } => {
                self.look.notice = Some(Notice::Unreadable(name));
                return Vec::new();
            }
            FileIntent::Labs => {
                let missing = self.labs.missing();
                return if missing.is_empty() { Vec::new() } else { vec![Effect::FetchLabs(missing)] };
            }
            FileIntent::Check => {}
            FileIntent::Ask(question) => self.answer(&question),
            FileIntent::Update => self.take_offer(updated),
            FileIntent::Clean => self.take_offer(Simulator::imported),
            FileIntent::Fix { mark, fix } => self.mend(mark, fix),
            FileIntent::Open(name) => self.files.open(&name),
            FileIntent::Add => self.files.add(),
            FileIntent::Close(name) => {
                self.files.close(&name);
                self.simulator.forget_file(&name);
                self.look.notice = Some(Notice::Closed(name));
            }
            FileIntent::Reopen => {
                self.files.reopen();
                self.look.notice = None;
            }
            FileIntent::Rename { from, to } => {
                self.files.rename(&from, to.trim());
                if !self.files.texts().contains_key(&from) {
                    self.simulator.forget_file(&from);
                }
            }
            FileIntent::Move { name, to } => self.files.move_to(&name, to),
            FileIntent::Template(name) => self.begin_with(&name),
            FileIntent::FromLab(name) => self.take_lab(&name),
            FileIntent::Changes(shown) => self.files.shows_changes = shown,
            FileIntent::Write(key) => {
                let text = self.simulator.manifest(&key);
                if !text.is_empty() {
                    self.files.write(&format!("{}-{}.yaml", key.name, lines::short(&key)), text);
                    self.look.narrow = NarrowTab::Files;
                }
            }
        }
        self.look_over();
        vec![Effect::Save]
    }

    /// Marks what is wrong with the open file, and works out what is offered for it and what applying it would change.
    pub(super) fn look_over(&mut self) {
        let text = self.files.text();
        if text.len() > LONGEST {
            return;
        }
        let found = self.simulator.check(text);
        let update = !found.is_empty() && updated(text).is_some();
        (self.files.update, self.files.clean) = (update, Simulator::imported(text).is_some());
        self.files.diagnostics = found;
        self.tell_changes();
    }

    /// What applying the open file would change, if somebody looks.
    pub(super) fn tell_changes(&mut self) {
        self.files.changes = if self.files.shows_changes { self.simulator.preview(self.files.text()) } else { Vec::new() };
    }

    /// A text that is made of the open one in its place.
    fn take_offer(&mut self, make: impl Fn(&str) -> Option<String>) {
        if let Some(text) = make(self.files.text()) {
            self.files.edit(text);
        }
    }

    /// Takes a correction, of the text as it is now.
    fn mend(&mut self, mark: usize, fix: usize) {
        let wanted = self.files.diagnostics.get(mark).and_then(|found| found.fixes.get(fix)).map(|fix| fix.mending.clone());
        let found = self.simulator.check(self.files.text());
        let fixes = found.get(mark).into_iter().flat_map(|found| &found.fixes);
        let Some(fix) = fixes.into_iter().find(|fix| Some(&fix.mending) == wanted.as_ref()) else { return };
        let text = apply_edits(self.files.text(), &fix.edits);
        self.files.edit(text);
    }

    /// Answers what the editor asks about the open text.
    pub(super) fn answer(&mut self, question: &Question) {
        let text = self.files.text();
        let at = bytes_of(text, question.at);
        let body = match question.topic {
            Topic::Caret => {
                self.files.field = field_at(text, at);
                return;
            }
            Topic::Field => {
                let doc = field_at(text, at);
                let place = doc.as_ref().map_or((0, 0), |doc| (units_of(text, doc.from), units_of(text, doc.to)));
                Answered::Field(doc, place)
            }
            Topic::Complete => {
                let found = self.simulator.suggest(text, at);
                Answered::Suggestions(units_of(text, found.from), found.options)
            }
        };
        self.files.answer = Some(Answer { id: question.id, body });
    }

    /// A template in a file of its own; in the open one if nothing is written there.
    fn begin_with(&mut self, name: &str) {
        let Some(text) = template(name) else { return };
        let object = text.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap_or("manifest");
        self.files.begin(&format!("{object}.yaml"), text.to_owned());
        self.look.narrow = NarrowTab::Files;
    }

    /// The files of a lab, beside what is open.
    fn take_lab(&mut self, name: &str) {
        let Some(lab) = self.labs.get(name) else { return };
        for entry in &lab.scenario.journal {
            if let Command::File { name, text } = &entry.command {
                self.files.begin(name, text.clone());
            }
        }
    }

    /// Gives the terminal the files that a line may read, as they are written here.
    pub(super) fn hand_over(&mut self, line: &str) {
        let reads_all = line.split([' ', '|', ';', '&']).any(|word| matches!(word, "ls" | "." | "./" | "-k") || word.contains('*'));
        let named = |name: &str| reads_all || line.contains(name);
        let there = self.simulator.files();
        let new: Vec<(String, String)> = self.files.drafts().filter(|(name, text)| named(name) && there.get(*name).map(String::as_str) != Some(*text)).map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        for (name, text) in new {
            self.simulator.apply_beside(Command::File { name, text });
        }
    }

    /// Gives the open file to the line that waits for it, as an editor does that is left.
    fn save_edit(&mut self, line: &str) -> Vec<Effect> {
        let text = self.files.text().to_owned();
        let receipt = self.act(line, Origin::Button, |simulator| simulator.save_edit(line, &text));
        match receipt.edit {
            Some(again) => self.files.begin_edit(line, again),
            None => self.files.end_edit(),
        }
        vec![Effect::Save]
    }

    fn apply_file(&mut self) -> Vec<Effect> {
        if let Some(line) = self.files.edited_line().map(str::to_owned) {
            return self.save_edit(&line);
        }
        let (name, text) = (self.files.name().to_owned(), self.files.text().to_owned());
        let line = format!("kubectl apply -f {name}");
        let receipt = self.act(&line, Origin::Button, |simulator| simulator.apply_file(&name, &text));
        if receipt.exit != 0 {
            self.files.reveal += 1;
            self.look.notice = Some(Notice::Refused);
        }
        self.files.update = !receipt.diagnostics.is_empty() && updated(&text).is_some();
        self.files.diagnostics = receipt.diagnostics;
        self.tell_changes();
        vec![Effect::Save]
    }
}
