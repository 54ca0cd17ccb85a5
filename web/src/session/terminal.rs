//! The terminal's text: lines typed or sent by buttons, and what came back.

use crate::simulator::{ObjectKey, Receipt};

/// How many entries are kept.
const KEPT: usize = 300;

/// So much of what lines printed is kept on the screen, as a terminal keeps its latest lines: more would be laid out at every repaint.
/// A byte counts one, and a line as much as [`LINE`] of them.
const SCREEN: usize = 600_000;
const LINE: usize = 40;

/// So many entries outlive the page, each with so many letters of output.
const LATEST: usize = 40;
const LONGEST: usize = 4_000;

/// Who gave a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Typed.
    Typed,
    /// A button or menu gave it.
    Button,
}

/// A line and its output.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number, counted from the first.
    pub number: usize,
    /// The line.
    pub line: String,
    /// What it printed so far.
    pub output: String,
    /// Whether it failed.
    pub failed: bool,
    /// Who gave it.
    pub origin: Origin,
    /// The object that its refusal names.
    pub about: Option<ObjectKey>,
}

/// The terminal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terminal {
    /// What it shows.
    pub entries: Vec<Entry>,
    /// Lines typed, for the arrow keys.
    pub typed: Vec<String>,
    /// The number of the line that goes on.
    pub running: Option<usize>,
    /// What stands before what is typed into the program of that line; None if none waits for it.
    pub prompt: Option<String>,
    /// What was typed so far of something that goes on over several lines.
    pub pending: String,
    /// What Tab found last.
    pub offer: Option<Offer>,
    /// Lines to begin with.
    pub first: Vec<String>,
    count: usize,
}

/// What Tab found.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// Raised by each Tab.
    pub number: usize,
    /// The line, completed as far as all words agree.
    pub line: String,
    /// The words that the last one may become.
    pub words: Vec<String>,
}

impl Terminal {
    /// A new line and what it printed at once.
    pub fn add(&mut self, line: &str, receipt: &Receipt, origin: Origin) {
        if origin == Origin::Typed && self.typed.last().is_none_or(|last| last != line) {
            self.typed.push(line.to_owned());
        }
        self.offer = None;
        self.count += 1;
        if receipt.running {
            self.interrupted();
            self.running = Some(self.count);
        }
        let (mut output, failed) = (receipt.output.clone(), receipt.exit != 0);
        redraw(&mut output);
        self.entries.push(Entry { number: self.count, line: line.to_owned(), output, failed, origin, about: None });
        let surplus = self.entries.len().saturating_sub(KEPT);
        self.entries.drain(..surplus);
        self.scroll_off();
    }

    /// What is far above the end of the screen is let go, the oldest first: whole entries, and the beginning of a long one.
    fn scroll_off(&mut self) {
        let weights: Vec<usize> = self.entries.iter().map(|entry| weight(&entry.output)).collect();
        let mut surplus = weights.iter().sum::<usize>().saturating_sub(SCREEN);
        let goes = |weight: &&usize| {
            let goes = **weight <= surplus && surplus > 0;
            surplus -= if goes { **weight } else { 0 };
            goes
        };
        let gone = weights.iter().take(self.entries.len().saturating_sub(1)).take_while(goes).count();
        self.entries.drain(..gone);
        if let Some(entry) = self.entries.first_mut().filter(|_| surplus > 0) {
            let mut passed = 0;
            let ends = entry.output.split_inclusive('\n').take_while(|line| {
                let before = passed;
                passed += line.len() + LINE;
                before < surplus
            });
            let at: usize = ends.map(str::len).sum();
            entry.output.drain(..at);
        }
    }

    /// The latest line was refused because of an object.
    pub fn refused(&mut self, about: ObjectKey) {
        if let Some(entry) = self.entries.last_mut() {
            entry.about = Some(about);
        }
    }

    /// More output of the line that goes on, and whether that was all.
    pub fn more(&mut self, output: &str, done: bool) {
        // What a job in the background prints stands below the latest line.
        let running = self.running.or(self.entries.last().map(|entry| entry.number));
        if let Some(entry) = self.entries.iter_mut().find(|entry| Some(entry.number) == running) {
            entry.output.push_str(output);
            redraw(&mut entry.output);
        }
        if !output.is_empty() {
            self.scroll_off();
        }
        if done {
            self.running = None;
            self.prompt = None;
        }
    }

    /// The line that went on was broken off.
    pub fn interrupted(&mut self) {
        if self.running.is_some() {
            self.more("^C\n", true);
        }
    }

    /// The latest entries, short enough to be kept.
    pub fn latest(&self) -> Vec<Entry> {
        let from = self.entries.len().saturating_sub(LATEST);
        let short = |entry: &Entry| Entry { number: 0, output: entry.output.chars().take(LONGEST).collect(), ..entry.clone() };
        self.entries[from..].iter().map(short).collect()
    }

    /// Takes entries of an earlier visit.
    pub fn recall(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.count += 1;
            if entry.origin == Origin::Typed {
                self.typed.push(entry.line.clone());
            }
            self.entries.push(Entry { number: self.count, ..entry.clone() });
        }
    }

    /// Begins anew, with lines to begin with.
    pub fn begin(&mut self, first: &[&str]) {
        self.interrupted();
        self.pending.clear();
        self.clear();
        self.first = first.iter().map(|line| (*line).to_owned()).collect();
    }

    /// Empties the screen, not the memory of what was typed.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Completes a line from the words that its last one may become.
    pub fn complete(&mut self, line: &str, words: Vec<String>) {
        let number = self.offer.as_ref().map_or(0, |offer| offer.number + 1);
        let line = completed(line, &words).unwrap_or_else(|| line.to_owned());
        self.offer = Some(Offer { number, line, words });
    }
}

/// How much of the screen a text takes.
fn weight(output: &str) -> usize {
    output.len() + LINE * output.bytes().filter(|byte| *byte == b'\n').count()
}

/// What clears a screen (a form feed, as `watch` and `clear` print it) takes away what was shown before.
fn redraw(output: &mut String) {
    if let Some(at) = output.rfind('\x0c') {
        output.drain(..=at);
    }
}

/// The latest of the lines before one that hold a text: Ctrl+R.
pub fn found_before(typed: &[String], before: usize, text: &str) -> Option<usize> {
    typed.get(..before)?.iter().rposition(|line| line.contains(text))
}

/// The line with its last word completed as far as all words agree; with a space when there is one.
fn completed(line: &str, words: &[String]) -> Option<String> {
    let last = line.rsplit(' ').next().unwrap_or_default();
    let first = words.first()?;
    let common = words.iter().fold(first.as_str(), |common, word| {
        let end = common.char_indices().zip(word.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
        let shorter = common.len().min(word.len());
        &common[..end.unwrap_or(shorter)]
    });
    if common.len() < last.len() {
        return None;
    }
    let end = if words.len() == 1 { " " } else { "" };
    Some(format!("{}{common}{end}", &line[..line.len() - last.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_drawn_anew() {
        let mut output = "\x0cEvery 2s: a\n1\n\x0cEvery 2s: a\n2\n".to_owned();
        redraw(&mut output);
        assert_eq!(output, "Every 2s: a\n2\n");
    }

    #[test]
    fn the_screen_keeps_what_was_printed_last() {
        let mut terminal = Terminal::default();
        terminal.add("first", &Receipt { output: "a\n".repeat(5_000), ..Receipt::default() }, Origin::Typed);
        terminal.add("second", &Receipt { output: "b\n".repeat(5_000), ..Receipt::default() }, Origin::Typed);
        let shown = |terminal: &Terminal| terminal.entries.iter().map(|entry| format!("{} {}", entry.line, entry.output.lines().count())).collect::<Vec<_>>();
        assert_eq!(shown(&terminal), ["first 5000", "second 5000"]);
        terminal.add("third", &Receipt { running: true, ..Receipt::default() }, Origin::Typed);
        terminal.more(&"c\n".repeat(10_000), false);
        // 600,000 are shown, and a line of one letter weighs 42.
        assert_eq!(shown(&terminal), ["second 4285", "third 10000"]);
        terminal.more(&"d\n".repeat(20_000), false);
        assert_eq!(shown(&terminal), ["third 14285"]);
        assert!(terminal.entries[0].output.ends_with("d\n"));
        terminal.add("fourth", &Receipt { output: "e\n".to_owned(), ..Receipt::default() }, Origin::Typed);
        assert_eq!(shown(&terminal), ["third 14284", "fourth 1"]);
        assert_eq!(terminal.typed, ["first", "second", "third", "fourth"]);
    }

    #[test]
    fn earlier_lines_are_found() {
        let typed = ["kubectl get po", "ls", "kubectl get rc"].map(str::to_owned);
        assert_eq!(found_before(&typed, 3, "get"), Some(2));
        assert_eq!(found_before(&typed, 2, "get"), Some(0));
        assert_eq!(found_before(&typed, 0, "get"), None);
        assert_eq!(found_before(&typed, 3, "nosuch"), None);
    }

    #[test]
    fn tab_completes_as_far_as_words_agree() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(completed("kubectl get po", &words(&["pods"])), Some("kubectl get pods ".to_owned()));
        assert_eq!(completed("kubectl delete pod k", &words(&["kubia-abc", "kubia-abd"])), Some("kubectl delete pod kubia-ab".to_owned()));
        assert_eq!(completed("x", &[]), None);
    }
}
