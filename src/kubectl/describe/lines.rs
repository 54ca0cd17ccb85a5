//! The lines of a description: indented, in columns. Models describe.go's PrefixWriter, printLabelsMultiline and
//! printAnnotationsMultiline.

use std::fmt::Display;

use crate::api::Labels;
use crate::base::Name;
use crate::kubectl::print::TabWriter;

/// Lines that are being written.
#[derive(Default)]
pub(super) struct Lines {
    done: String,
    open: String,
}

const LONGEST_ANNOTATION: usize = 140;
/// An annotation that describe does not show: all of it stands elsewhere.
const SKIPPED: &str = "kubectl.kubernetes.io/last-applied-configuration";

impl Lines {
    /// A line; `level` indents it by two spaces each, tabs in it end cells.
    pub fn line(&mut self, level: usize, text: impl AsRef<str>) {
        self.part(level, text);
        self.open.push('\n');
    }

    /// The beginning of a line.
    pub fn part(&mut self, level: usize, text: impl AsRef<str>) {
        self.open.extend(std::iter::repeat_n("  ", level));
        self.open.push_str(text.as_ref());
    }

    /// `title:` and a value in the next column.
    pub fn field(&mut self, level: usize, title: &str, value: impl Display) {
        self.line(level, format!("{title}:\t{value}"));
    }

    /// What follows is set in columns of its own.
    pub fn flush(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.done.push_str(&TabWriter::description().set(&open));
    }

    /// The text with its tabs, as far as it has not been set.
    pub fn unset(self) -> String {
        self.done + &self.open
    }

    /// The finished text.
    pub fn set(mut self) -> String {
        self.flush();
        self.done
    }

    /// The first on the same line, the others below it.
    pub fn labels<'a>(&mut self, title: &str, labels: impl IntoIterator<Item = (&'a Name, &'a Name)>) {
        let texts: Vec<String> = labels.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        self.column(title, texts);
    }

    /// Texts below each other, the first beside the title.
    pub fn column(&mut self, title: &str, texts: Vec<String>) {
        match texts.split_first() {
            None => self.line(0, format!("{title}:\t<none>")),
            Some((first, rest)) => {
                self.line(0, format!("{title}:\t{first}"));
                rest.iter().for_each(|text| self.line(0, format!("\t{text}")));
            }
        }
    }

    pub fn annotations(&mut self, title: &str, annotations: &Labels) {
        let shown: Vec<_> = annotations.iter().filter(|(key, _)| *key != SKIPPED).collect();
        if shown.is_empty() {
            self.line(0, format!("{title}:\t<none>"));
            return;
        }
        self.part(0, format!("{title}:\t"));
        for (at, (key, value)) in shown.into_iter().enumerate() {
            if at > 0 {
                self.part(0, "\t");
            }
            let value = value.strip_suffix('\n').unwrap_or(value);
            if key.len() + value.len() + 2 <= LONGEST_ANNOTATION && !value.contains('\n') {
                self.line(0, format!("{key}: {value}"));
                continue;
            }
            self.line(0, format!("{key}:"));
            value.split('\n').for_each(|line| self.line(0, format!("\t  {}", shorten(line, LONGEST_ANNOTATION - 2))));
        }
    }
}

fn shorten(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = (0..=longest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{}...", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_annotations_stand_in_a_column() {
        let mut lines = Lines::default();
        let labels: Labels = [("a".into(), "1".into()), ("b".into(), "2".into())].into();
        lines.field(0, "Name", "x");
        lines.labels("Labels", &labels);
        lines.annotations("Annotations", &Labels::new());
        lines.annotations("More", &[("k".into(), "v".into()), (Name::fixed(SKIPPED), "{}".into())].into());
        lines.labels("  Inner", &labels);
        assert_eq!(
            lines.set(),
            "Name:         x\nLabels:       a=1\n              b=2\nAnnotations:  <none>\nMore:         k: v\n  Inner:      a=1\n              b=2\n"
        );
    }
}
