//! The editor's files: what is written and what was applied.

use crate::simulator::{Diagnostic, SmallMap};

/// The files and the one that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    texts: SmallMap<String, String>,
    open: String,
    /// What is wrong with the open one.
    pub diagnostics: Vec<Diagnostic>,
    /// Raised each time the first diagnostic is to be scrolled to.
    pub reveal: u32,
    /// The open one with its gone API versions made new; None if it needs no such change.
    pub update: Option<String>,
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
        files.open = files.texts.keys().next().cloned().unwrap_or_default();
        files
    }

    /// The name of the open file.
    pub fn name(&self) -> &str {
        &self.open
    }

    /// The names of all files.
    pub fn names(&self) -> Vec<String> {
        self.texts.keys().cloned().collect()
    }

    /// All texts by name.
    pub fn texts(&self) -> &SmallMap<String, String> {
        &self.texts
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
        if self.texts.contains_key(name) {
            self.open = name.to_owned();
            self.diagnostics.clear();
            self.update = None;
        }
    }

    /// Adds an empty file and opens it.
    pub fn add(&mut self) {
        let free = (2..).map(|n| format!("manifest-{n}.yaml"));
        let name = std::iter::once(FIRST.to_owned()).chain(free).find(|name| !self.texts.contains_key(name));
        let Some(name) = name else { return };
        self.texts.insert(name.clone(), String::new());
        self.open(&name);
    }

    /// Puts a text into a file and opens it.
    pub fn write(&mut self, name: &str, text: String) {
        self.texts.insert(name.to_owned(), text);
        self.open(name);
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
        let first = self.texts.keys().next().cloned();
        match first {
            Some(name) => self.open(&name),
            None => self.add(),
        }
    }

    /// Takes over the files that a line wrote or removed; what else is written here stays.
    pub fn take_changed(&mut self, before: &SmallMap<String, String>, now: &SmallMap<String, String>) {
        for (name, text) in now.iter().filter(|(name, text)| before.get(*name) != Some(*text)) {
            self.texts.insert(name.clone(), text.clone());
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
            self.open = self.texts.keys().next().cloned().unwrap_or_default();
        }
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
    fn what_a_line_edits_is_saved_by_that_file_alone() {
        let mut files = Files::of(&SmallMap::new());
        files.begin_edit("kubectl edit rc kubia", "a: 1\n".to_owned());
        assert_eq!((files.edited_line(), files.text()), (Some("kubectl edit rc kubia"), "a: 1\n"));
        files.open("manifest.yaml");
        assert_eq!(files.edited_line(), None);
        files.open(EDITED);
        files.end_edit();
        assert_eq!((files.edited_line(), files.names()), (None, vec!["manifest.yaml".to_owned()]));
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
