//! What a container printed, with times, bounded: the oldest lines go first, as a kubelet's rotation drops them.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::base::SimTime;

/// So many lines are kept.
const MAX_LINES: usize = 500;
/// A line is cut here.
const MAX_LINE: usize = 2048;

/// A log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    lines: VecDeque<(SimTime, Rc<str>)>,
    partial: String,
    partial_since: SimTime,
}

impl Log {
    /// Adds text, which may be part of a line or several.
    pub fn print(&mut self, text: &str, now: SimTime) {
        for piece in text.split_inclusive('\n') {
            if self.partial.is_empty() {
                self.partial_since = now;
            }
            let left = MAX_LINE.saturating_sub(self.partial.len());
            self.partial.extend(piece.chars().take(left));
            if !piece.ends_with('\n') {
                continue;
            }
            let line = std::mem::take(&mut self.partial);
            self.lines.push_back((self.partial_since, Rc::from(line.trim_end_matches('\n'))));
            if self.lines.len() > MAX_LINES {
                self.lines.pop_front();
            }
        }
    }

    /// The lines, oldest first; an unfinished one last.
    pub fn lines(&self) -> impl Iterator<Item = (SimTime, Rc<str>)> {
        let unfinished = (!self.partial.is_empty()).then(|| (self.partial_since, Rc::from(self.partial.as_str())));
        self.lines.iter().cloned().chain(unfinished)
    }
}
