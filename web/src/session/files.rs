//! The editor's files: what is written and what was applied.

use crate::simulator::{Change, Diagnostic, FieldDoc, SmallMap, Suggestion};

/// The answer to a question about a place in the open file.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The question's number.
    pub id: u32,
    /// What there is to say.
    pub body: Answered,
}

/// What there is to say about a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    /// What could stand there, from so many units of UTF-16 on.
    Suggestions(usize, Vec<Suggestion>),
    /// The field there, and where the word begins and ends.
    Field(Option<FieldDoc>, (usize, usize)),
}

/// The files and the one that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    texts: SmallMap<String, String>,
    /// The names of those that stand in the row of tabs, in its order.
    tabs: Vec<String>,
    open: String,
    /// Those that were closed, with their places in the row; the last one last.
    closed: Vec<(String, usize)>,
    /// What is wrong with the open one.
    pub diagnostics: Vec<Diagnostic>,
    /// Raised each time the first diagnostic is to be scrolled to.
    pub reveal: u32,
    /// Whether the open one names gone API versions that can be made new.
    pub update: bool,
    /// Whether a cluster printed the open one, so that it holds more than anybody would write.
    pub clean: bool,
    /// What the latest question is answered with.
    pub answer: Option<Answer>,
    /// The field at the caret.
    pub field: Option<FieldDoc>,
    /// Whether somebody looks at what applying would change.
    pub shows_changes: bool,
    /// What it would change.
    pub changes: Vec<Change>,
    /// The line whose text stands in [`EDITED`]: applying that file saves it.
    editing: Option<String>,
}

/// The name of a first file.
const FIRST: &str = "manifest.yaml";

/// The file that `kubectl edit` opens.
const EDITED: &str = "kubectl-edit.yaml";

impl Files {
    /// The files of a scenario; one empty file if it has none.
    pub fn of(texts: &SmallMap<String, String>) -> Files {
        let mut files = Files { texts: texts.clone(), ..Files::default() };
        if files.texts.is_empty() {
            files.texts.insert(FIRST.to_owned(), String::new());
        }
        files.tabs = files.texts.keys().cloned().collect();
        files.open = files.tabs.first().cloned().unwrap_or_default();
        files
    }

    /// The name of the open file.
    pub fn name(&self) -> &str {
        &self.open
    }

    /// The names in the row of tabs.
    pub fn names(&self) -> &[String] {
        &self.tabs
    }

    /// Files that are not in the row of tabs.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str).filter(|name| !self.tabs.iter().any(|tab| tab == name))
    }

    /// All texts by name.
    pub fn texts(&self) -> &SmallMap<String, String> {
        &self.texts
    }

    /// The files in the row of tabs with their texts, applied or not; none that a line waits for.
    pub fn drafts(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.tabs.iter().filter(|name| *name != EDITED);
        own.filter_map(|name| Some((name.as_str(), self.texts.get(name)?.as_str()))).filter(|(_, text)| !text.is_empty())
    }

    /// The open file's text.
    pub fn text(&self) -> &str {
        self.texts.get(&self.open).map_or("", String::as_str)
    }

    /// Changes the open file's text. Marks stay until the next check, so that nothing flickers.
    pub fn edit(&mut self, text: String) {
        self.texts.insert(self.open.clone(), text);
    }

    /// Opens a file, if there is one of that name.
    pub fn open(&mut self, name: &str) {
        if !self.texts.contains_key(name) {
            return;
        }
        if !self.tabs.iter().any(|tab| tab == name) {
            self.tabs.push(name.to_owned());
        }
        self.open = name.to_owned();
        self.diagnostics.clear();
        self.changes.clear();
        (self.update, self.clean, self.field) = (false, false, None);
    }

    /// A name that no file has: this one, or with a number.
    fn free(&self, name: &str) -> String {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "yaml"));
        let numbered = (2..).map(|n| format!("{stem}-{n}.{ending}"));
        let found = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.texts.contains_key(name));
        found.unwrap_or_default()
    }

    /// Adds an empty file and opens it.
    pub fn add(&mut self) {
        let name = self.free(FIRST);
        self.texts.insert(name.clone(), String::new());
        self.open(&name);
    }

    /// Puts a text into a file and opens it.
    pub fn write(&mut self, name: &str, text: String) {
        self.texts.insert(name.to_owned(), text);
        self.open(name);
    }

    /// Puts a text from outside into a file and opens it. What is written in another one of that name stays.
    pub fn bring(&mut self, name: &str, text: String) {
        let same = self.texts.get(name).is_none_or(|there| there.trim().is_empty() || *there == text);
        let name = if same && name != EDITED { name.to_owned() } else { self.free(name) };
        self.write(&name, text);
    }

    /// Puts a text into a new file; into the open one, under this name, if nothing is written there.
    pub fn begin(&mut self, name: &str, text: String) {
        let empty = self.text().trim().is_empty() && self.edited_line().is_none();
        let (old, name) = (self.open.clone(), self.free(name));
        self.texts.insert(name.clone(), text);
        if empty {
            self.texts.remove(&old);
            self.tabs.iter_mut().filter(|tab| **tab == old).for_each(|tab| tab.clone_from(&name));
        }
        self.open(&name);
    }

    /// Takes a file out of the row. It stays where it is for the terminal, and can be opened again.
    pub fn close(&mut self, name: &str) {
        let Some(at) = self.tabs.iter().position(|tab| tab == name) else { return };
        if name == EDITED {
            return self.end_edit();
        }
        self.tabs.remove(at);
        self.closed.push((name.to_owned(), at));
        let next = self.tabs.get(at).or(self.tabs.last()).cloned();
        match next {
            Some(next) if self.open == name => self.open(&next),
            Some(_) => {}
            None => self.add(),
        }
    }

    /// Puts the file back that was closed last.
    pub fn reopen(&mut self) {
        let Some((name, at)) = self.closed.pop() else { return };
        if self.texts.contains_key(&name) && !self.tabs.contains(&name) {
            self.tabs.insert(at.min(self.tabs.len()), name.clone());
        }
        self.open(&name);
    }

    /// Gives a file another name, unless that is taken or none.
    pub fn rename(&mut self, from: &str, to: &str) {
        if to.is_empty() || to.contains('/') || self.texts.contains_key(to) || from == EDITED {
            return;
        }
        let Some(text) = self.texts.remove(from) else { return };
        self.texts.insert(to.to_owned(), text);
        self.tabs.iter_mut().filter(|tab| *tab == from).for_each(|tab| to.clone_into(tab));
        if self.open == from {
            to.clone_into(&mut self.open);
        }
    }

    /// Puts a file at another place in the row.
    pub fn move_to(&mut self, name: &str, to: usize) {
        let Some(at) = self.tabs.iter().position(|tab| tab == name) else { return };
        let tab = self.tabs.remove(at);
        self.tabs.insert(to.min(self.tabs.len()), tab);
    }

    /// Puts the row into an order that was kept; what it does not name is hidden.
    pub fn arrange(&mut self, tabs: &[String]) {
        let kept: Vec<String> = tabs.iter().filter(|name| self.texts.contains_key(*name)).cloned().collect();
        if kept.contains(&self.open) {
            self.tabs = kept;
        }
    }

    /// Opens what a line wants in an editor.
    pub fn begin_edit(&mut self, line: &str, text: String) {
        self.write(EDITED, text);
        self.editing = Some(line.to_owned());
    }

    /// The line that waits for the open file, if one does.
    pub fn edited_line(&self) -> Option<&str> {
        self.editing.as_deref().filter(|_| self.open == EDITED)
    }

    /// The line has what it waited for: its file goes.
    pub fn end_edit(&mut self) {
        self.editing = None;
        self.texts.remove(EDITED);
        self.tabs.retain(|tab| tab != EDITED);
        let first = self.tabs.last().cloned();
        match first {
            Some(name) => self.open(&name),
            None => self.add(),
        }
    }

    /// Takes over the files that a line wrote or removed; what else is written here stays.
    pub fn take_changed(&mut self, before: &SmallMap<String, String>, now: &SmallMap<String, String>) {
        for (name, text) in now.iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
            self.texts.insert(name.clone(), text.clone());
            if !self.tabs.contains(name) {
                self.tabs.push(name.clone());
            }
        }
        for name in before.keys().filter(|name| !now.contains_key(*name)) {
            self.texts.remove(name);
        }
        if !self.texts.contains_key(&self.open) {
            let first = self.texts.keys().next().cloned();
            match first {
                Some(name) => self.open(&name),
                None => self.add(),
            }
        }
    }

    /// Texts that are not in the scenario (drafts), laid over it.
    pub fn lay_over(&mut self, drafts: SmallMap<String, String>, open: &str) {
        self.texts.extend(drafts);
        if self.texts.len() > 1 && self.texts.get(FIRST).is_some_and(String::is_empty) && open != FIRST {
            self.texts.remove(FIRST);
        }
        self.tabs = self.texts.keys().cloned().collect();
        self.open = self.tabs.first().cloned().unwrap_or_default();
        self.open(open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_an_open_file() {
        let mut files = Files::of(&SmallMap::new());
        assert_eq!((files.name(), files.text()), ("manifest.yaml", ""));
        files.edit("a: 1\n".to_owned());
        files.add();
        assert_eq!((files.name(), files.text()), ("manifest-2.yaml", ""));
        files.open("nobody.yaml");
        assert_eq!(files.name(), "manifest-2.yaml");
        files.open("manifest.yaml");
        assert_eq!(files.text(), "a: 1\n");
    }

    #[test]
    fn the_row_of_tabs_is_changed_by_hand() {
        let texts = ["a.yaml", "b.yaml", "c.yaml"].map(|name| (name.to_owned(), name.to_owned()));
        let mut files = Files::of(&texts.into());
        let row = |files: &Files| format!("{} | {}", files.names().join(" "), files.name());
        files.move_to("a.yaml", 1);
        assert_eq!(row(&files), "b.yaml a.yaml c.yaml | a.yaml");
        files.close("a.yaml");
        assert_eq!((row(&files), files.hidden().collect::<Vec<_>>()), ("b.yaml c.yaml | c.yaml".to_owned(), vec!["a.yaml"]));
        files.reopen();
        assert_eq!(row(&files), "b.yaml a.yaml c.yaml | a.yaml");
        files.rename("a.yaml", "b.yaml");
        files.rename("a.yaml", "d.yaml");
        assert_eq!((row(&files), files.text()), ("b.yaml d.yaml c.yaml | d.yaml".to_owned(), "a.yaml"));
        files.begin("b.yaml", "new".to_owned());
        assert_eq!((row(&files), files.text()), ("b.yaml d.yaml c.yaml b-2.yaml | b-2.yaml".to_owned(), "new"));
        files.arrange(&["b-2.yaml".to_owned(), "b.yaml".to_owned(), "gone.yaml".to_owned()]);
        assert_eq!(row(&files), "b-2.yaml b.yaml | b-2.yaml");
        ["b.yaml", "b-2.yaml"].iter().for_each(|name| files.close(name));
        assert_eq!(row(&files), "manifest.yaml | manifest.yaml");
        files.begin("x.yaml", "x".to_owned());
        assert_eq!(row(&files), "x.yaml | x.yaml");
    }

    #[test]
    fn what_is_brought_takes_nothing_away() {
        let mut files = Files::of(&SmallMap::new());
        files.bring("manifest.yaml", "a: 1\n".to_owned());
        assert_eq!((files.name(), files.text()), ("manifest.yaml", "a: 1\n"));
        files.bring("manifest.yaml", "a: 1\n".to_owned());
        assert_eq!(files.names().len(), 1);
        files.bring("manifest.yaml", "a: 2\n".to_owned());
        assert_eq!((files.name(), files.text()), ("manifest-2.yaml", "a: 2\n"));
        assert_eq!(files.texts().get("manifest.yaml").map(String::as_str), Some("a: 1\n"));
    }

    #[test]
    fn what_a_line_edits_is_saved_by_that_file_alone() {
        let mut files = Files::of(&SmallMap::new());
        files.begin_edit("kubectl edit rc kubia", "a: 1\n".to_owned());
        assert_eq!((files.edited_line(), files.text()), (Some("kubectl edit rc kubia"), "a: 1\n"));
        files.open("manifest.yaml");
        assert_eq!(files.edited_line(), None);
        files.open(EDITED);
        files.end_edit();
        assert_eq!((files.edited_line(), files.names()), (None, ["manifest.yaml".to_owned()].as_slice()));
    }

    #[test]
    fn a_line_that_writes_a_file_leaves_the_drafts() {
        let mut files = Files::of(&SmallMap::new());
        files.edit("draft".to_owned());
        let mut written = SmallMap::new();
        written.insert("out.yaml".to_owned(), "b: 2\n".to_owned());
        files.take_changed(&SmallMap::new(), &written);
        assert_eq!((files.text(), files.texts().get("out.yaml").map(String::as_str)), ("draft", Some("b: 2\n")));
    }
}
