//! The tables of `kubectl get`: columns with their cells, decorated with namespaces, labels, kinds and event types.
//! Models pkg/printers (server side) and cli-runtime/pkg/printers/tableprinter.go (client side).

use crate::api::Kind;
use crate::base::{SimDuration, SimTime};
use crate::kubectl::item::Item;
use crate::store::View;

use super::tabwriter::TabWriter;

/// When a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kubectl) enum Shown {
    /// Always.
    Always,
    /// With `-o wide` alone.
    Wide,
}

/// How a kind is listed.
pub(in crate::kubectl) struct KindTable {
    /// Its columns, headings in capitals.
    pub columns: &'static [(&'static str, Shown)],
    /// The cells of an item, one for each column.
    pub cells: fn(&Item, &Context<'_>) -> Vec<String>,
    /// What `--field-selector` knows beside name and namespace: the path, and what an absent field counts as.
    pub fields: &'static [(&'static str, &'static str)],
}

/// What cells are made from beside the item.
pub(in crate::kubectl) struct Context<'a> {
    pub view: View<'a>,
    pub now: SimTime,
}

/// What `get` adds to the columns of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::kubectl) struct Decoration {
    pub wide: bool,
    pub no_headers: bool,
    pub with_namespace: bool,
    pub with_kind: bool,
    pub show_labels: bool,
    pub label_columns: Vec<String>,
    pub event_types: bool,
    /// Name and age alone.
    pub plain: bool,
}

/// Prints tables, one after the other; remembers what stood above.
#[derive(Clone, Debug)]
pub(in crate::kubectl) struct TablePrinter {
    decoration: Decoration,
    writer: TabWriter,
    /// The kind whose headings were printed last.
    headed: Option<Kind>,
}

impl TablePrinter {
    pub fn new(decoration: Decoration) -> TablePrinter {
        TablePrinter { decoration, writer: TabWriter::table(), headed: None }
    }

    /// The rows of items of one kind, aligned among themselves, with headings unless those stand above already. `event` is what
    /// happened to them, for `--output-watch-events`.
    pub fn print(&mut self, items: &[Item], event: &str, context: &Context<'_>) -> String {
        let mut text = String::new();
        for item in items {
            if self.headed != Some(item.kind()) {
                if self.headed.replace(item.kind()).is_some() {
                    text = self.writer.set(&text);
                    self.writer = TabWriter::table();
                }
                if !self.decoration.no_headers {
                    text.push_str(&self.headings(item.kind()).join("\t"));
                    text.push('\n');
                }
            }
            text.push_str(&self.row(item, event, context).join("\t"));
            text.push('\n');
        }
        self.writer.set(&text)
    }

    fn headings(&self, kind: Kind) -> Vec<String> {
        let Decoration { with_namespace, event_types, label_columns, show_labels, .. } = &self.decoration;
        let mut headings = Vec::new();
        headings.extend(event_types.then(|| "EVENT".to_owned()));
        headings.extend(with_namespace.then(|| "NAMESPACE".to_owned()));
        headings.extend(self.columns(kind).map(|(_, heading)| heading.to_owned()));
        let last_part = |label: &String| label.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
        headings.extend(label_columns.iter().map(last_part));
        headings.extend(show_labels.then(|| "LABELS".to_owned()));
        headings
    }

    /// The columns to be shown and their place in the kind's table.
    fn columns(&self, kind: Kind) -> impl Iterator<Item = (usize, &'static str)> {
        let wide = self.decoration.wide;
        let columns = super::table_of(kind).columns.iter().enumerate();
        let plain = self.decoration.plain;
        let columns = columns.filter(move |(_, (heading, _))| !plain || matches!(*heading, "NAME" | "AGE"));
        columns.filter(move |(_, (_, shown))| wide || *shown == Shown::Always).map(|(at, (heading, _))| (at, *heading))
    }

    fn row(&self, item: &Item, event: &str, context: &Context<'_>) -> Vec<String> {
        let Decoration { with_namespace, with_kind, event_types, label_columns, show_labels, .. } = &self.decoration;
        let kind = item.kind();
        let cells = (super::table_of(kind).cells)(item, context);
        assert!(cells.len() == super::table_of(kind).columns.len(), "BUG: a cell for each column of {kind:?}");
        let labels = item.labels();
        let mut row = Vec::new();
        row.extend(event_types.then(|| event.to_owned()));
        row.extend(with_namespace.then(|| item.namespace().to_string()));
        row.extend(self.columns(kind).map(|(at, heading)| match heading {
            "NAME" if *with_kind => format!("{}/{}", kind.qualified(), one_line(&cells[at])),
            _ => one_line(&cells[at]),
        }));
        let value = |label: &String| labels.get(label.as_str()).map(ToString::to_string).unwrap_or_default();
        row.extend(label_columns.iter().map(value));
        row.extend(show_labels.then(|| super::joined_labels(&labels)));
        row
    }
}

/// A cell up to its first line break.
fn one_line(cell: &str) -> String {
    match cell.find(['\n', '\r', '\x0c']) {
        Some(end) => format!("{}...", &cell[..end]),
        None => cell.to_owned(),
    }
}

impl Context<'_> {
    /// The age of a moment of which Kubernetes keeps whole seconds; `<unknown>` if it is not set.
    /// Models apimachinery metav1.Time and duration.HumanDuration.
    pub fn age(&self, moment: SimTime) -> String {
        match moment {
            _ if moment == SimTime::default() => "<unknown>".to_owned(),
            _ if moment.seconds() * 1_000_000 >= self.now.micros() + 2_000_000 => "<invalid>".to_owned(),
            _ => self.now.age_of(moment).human(),
        }
    }

    /// The age of a moment that Kubernetes keeps in microseconds.
    pub fn fine_age(&self, moment: SimTime) -> String {
        let since: SimDuration = self.now.since(moment);
        since.human()
    }
}
