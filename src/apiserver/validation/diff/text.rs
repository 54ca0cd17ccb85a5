//! Structured text: what fits on one line stands on one, the rest is spread out and aligned.
//! Models go-cmp report_text.go.

/// How a line is marked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// Not at all.
    None,
    /// `-`
    Removed,
    /// `+`
    Inserted,
}

impl Mark {
    fn or(self, inner: Mark) -> Mark {
        if self == Mark::None { inner } else { self }
    }

    fn start(self) -> &'static str {
        match self {
            Mark::None => "  ",
            Mark::Removed => "- ",
            Mark::Inserted => "+ ",
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// One line.
    Line(String),
    /// A piece between two others.
    Wrap(String, Box<Text>, &'static str),
    /// Pieces with commas between.
    List(Vec<Record>),
}

/// A piece in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its mark.
    pub mark: Mark,
    /// The name before it; empty if it has none.
    pub key: String,
    /// The piece.
    pub value: Text,
    /// What a gap leaves out: `5 identical fields`.
    pub comment: String,
}

/// A removed or inserted list longer than this is spread out.
const MAX_COLUMNS: usize = 80;
const ELLIPSIS: &str = "...";

impl Record {
    /// A piece of a list.
    pub fn new(mark: Mark, key: &str, value: Text) -> Record {
        Record { mark, key: key.to_owned(), value, comment: String::new() }
    }

    /// A gap, with what it leaves out.
    pub fn gap(comment: String) -> Record {
        Record { mark: Mark::None, key: String::new(), value: Text::Line(ELLIPSIS.to_owned()), comment }
    }

    fn is_gap(&self) -> bool {
        self.value == Text::Line(ELLIPSIS.to_owned()) && self.key.is_empty()
    }
}

impl Text {
    /// The whole text, with a line end.
    pub fn print(&self) -> String {
        let mut out = Mark::None.start().to_owned();
        self.compact(Mark::None).1.expand(&mut out, Mark::None, 0);
        out.push('\n');
        out
    }

    /// The text on one line, and the piece with all that may stand on one line put there.
    fn compact(&self, mark: Mark) -> (String, Text) {
        match self {
            Text::Line(line) => (line.clone(), self.clone()),
            Text::Wrap(before, inner, after) => {
                let (line, inner) = inner.compact(mark);
                let line = format!("{before}{line}{after}");
                let is_line = matches!(inner, Text::Line(_));
                let text = if is_line { Text::Line(line.clone()) } else { Text::Wrap(before.clone(), Box::new(inner), after) };
                (line, text)
            }
            Text::List(records) => compact_list(records, mark),
        }
    }

    fn expand(&self, out: &mut String, mark: Mark, depth: usize) {
        match self {
            Text::Line(line) => out.push_str(line),
            Text::Wrap(before, inner, after) => {
                out.push_str(before);
                inner.expand(out, mark, depth);
                out.push_str(after);
            }
            Text::List(records) => expand_list(records, out, mark, depth),
        }
    }
}

fn compact_list(records: &[Record], mark: Mark) -> (String, Text) {
    let mut spread = false;
    let mut parts = Vec::new();
    let mut compacted = Vec::new();
    for record in records {
        let (line, value) = record.value.compact(mark.or(record.mark));
        spread |= record.mark != Mark::None || !matches!(value, Text::Line(_)) || !record.comment.is_empty();
        parts.push(if record.key.is_empty() { line } else { format!("{}: {line}", record.key) });
        compacted.push(Record { value, ..record.clone() });
    }
    let line = parts.join(", ");
    spread |= mark != Mark::None && line.len() > MAX_COLUMNS;
    let text = if spread { Text::List(compacted) } else { Text::Line(line.clone()) };
    (line, text)
}

fn new_line(out: &mut String, mark: Mark, depth: usize) {
    out.push('\n');
    out.push_str(mark.start());
    out.push_str(&"\t".repeat(depth));
}

fn expand_list(records: &[Record], out: &mut String, mark: Mark, depth: usize) {
    let simple = |record: &Record| {
        record.mark == Mark::None && record.key.is_empty() && record.comment.is_empty() && matches!(record.value, Text::Line(_))
    };
    if !records.is_empty() && records.iter().all(simple) {
        expand_simple(records, out, mark, depth + 1);
        return new_line(out, mark, depth);
    }
    for (record, gap) in records.iter().zip(key_gaps(records)) {
        let mark = mark.or(record.mark);
        new_line(out, mark, depth + 1);
        if !record.key.is_empty() {
            out.push_str(&record.key);
            out.push_str(": ");
        }
        out.push_str(&" ".repeat(gap));
        record.value.expand(out, mark, depth + 1);
        if !record.is_gap() {
            out.push(',');
        }
        if !record.comment.is_empty() {
            out.push_str(" // ");
            out.push_str(&record.comment);
        }
    }
    new_line(out, mark, depth);
}

/// Short items without names share lines.
fn expand_simple(records: &[Record], out: &mut String, mark: Mark, depth: usize) {
    let mut batch = String::new();
    for record in records {
        let Text::Line(line) = &record.value else { continue };
        if batch.len() + line.len() + 2 > MAX_COLUMNS && !batch.is_empty() {
            new_line(out, mark, depth);
            out.push_str(batch.trim_end());
            batch.clear();
        }
        batch.push_str(line);
        batch.push_str(", ");
    }
    new_line(out, mark, depth);
    out.push_str(batch.trim_end());
}

/// Blanks after each name so that the values of neighbouring lines stand in one column.
fn key_gaps(records: &[Record]) -> Vec<usize> {
    let aligned = |record: &Record| !record.key.is_empty() && matches!(record.value, Text::Line(_));
    let mut gaps = vec![0; records.len()];
    let mut start = 0;
    while start < records.len() {
        let end = records[start..].iter().position(|record| !aligned(record)).map_or(records.len(), |at| start + at);
        let widest = records[start..end].iter().map(|record| record.key.len()).max().unwrap_or_default();
        for (gap, record) in gaps[start..end].iter_mut().zip(&records[start..end]) {
            *gap = widest - record.key.len();
        }
        start = end + 1;
    }
    gaps
}
