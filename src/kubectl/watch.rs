//! `kubectl get --watch`: what it prints when something changes. Models kubectl/pkg/cmd/get/get.go watch and the API server's
//! selection of watch events.

use crate::api::{Kind, ObjectKey};
use crate::base::{Name, SimTime};
use crate::store::{Change, View, WatchEvent, WatchKind};

use super::item::Item;
use super::print::{Context, Output, TablePrinter, TabWriter};
use super::resource::Filter;

/// A watch that goes on.
#[derive(Clone, Debug)]
pub struct Watch {
    pub(super) kind: Kind,
    /// All namespaces if empty.
    pub(super) namespace: Name,
    /// All names if empty.
    pub(super) name: Name,
    pub(super) filter: Filter,
    pub(super) form: Form,
    pub(super) event_types: bool,
    pub(super) until: Option<SimTime>,
}

/// How a watch prints.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Table(TablePrinter),
    /// The number says how many objects were printed: YAML puts a line between.
    Other(Output, usize),
    /// As `kubectl events` prints them; whether the headings are still to come.
    Events { everywhere: bool, headers: bool },
}

impl Watch {
    /// When `--request-timeout` ends it.
    pub fn until(&self) -> Option<SimTime> {
        self.until
    }

    /// The lines that a change makes it print; None for a change that it does not see.
    pub fn on_change(&mut self, change: &Change, view: View<'_>, now: SimTime) -> Option<String> {
        let (event, item) = match change {
            Change::Object(event) => self.seen(event)?,
            Change::Event(event) => {
                let item = Item::Event(event.clone());
                let kind = if event.count == 1 { WatchKind::Added } else { WatchKind::Modified };
                self.covers(&item.key()).then_some(())?;
                self.filter.fits(&item).then_some((kind, item))?
            }
        };
        let word = match event {
            WatchKind::Added => "ADDED",
            WatchKind::Modified => "MODIFIED",
            WatchKind::Deleted => "DELETED",
        };
        Some(self.print(&[item], word, &Context { view, now }))
    }

    /// What a change is to those who select: an object that no longer fits is gone, one that begins to fit is new.
    fn seen(&self, event: &WatchEvent) -> Option<(WatchKind, Item)> {
        self.covers(&event.key).then_some(())?;
        let new = Item::Object(event.object.clone());
        if event.kind == WatchKind::Deleted {
            return self.filter.fits(&new).then_some((WatchKind::Deleted, new));
        }
        let old = event.old.clone().map(Item::Object);
        match (old.filter(|old| self.filter.fits(old)), self.filter.fits(&new)) {
            (None, true) => Some((WatchKind::Added, new)),
            (Some(_), true) => Some((WatchKind::Modified, new)),
            (Some(old), false) => Some((WatchKind::Deleted, old)),
            (None, false) => None,
        }
    }

    fn covers(&self, key: &ObjectKey) -> bool {
        key.kind == self.kind
            && (self.namespace.is_empty() || key.namespace == self.namespace)
            && (self.name.is_empty() || key.name == self.name)
    }

    /// Prints items and remembers what it printed.
    pub(super) fn print(&mut self, items: &[Item], event: &str, context: &Context<'_>) -> String {
        let (output, printed) = match &mut self.form {
            Form::Table(table) => return table.print(items, event, context),
            Form::Events { everywhere, headers } => {
                let mut table = if std::mem::take(headers) { super::verb::event_headings(*everywhere) } else { String::new() };
                for item in items {
                    if let Item::Event(event) = item {
                        table.push_str(&super::verb::event_row(context, event, *everywhere));
                    }
                }
                return TabWriter::table().set(&table);
            }
            Form::Other(output, printed) => (output, printed),
        };
        let mut text = String::new();
        for item in items {
            if *printed > 0 && matches!(output, Output::Yaml) {
                text.push_str("---\n");
            }
            *printed += 1;
            let one = match self.event_types {
                // A name is that of the object; JSON comes in one line, its fields in the order of Go's WatchEvent.
                true if matches!(output, Output::Name) => output.one(item),
                true if matches!(output, Output::Json) => {
                    Ok(format!("{{\"type\":\"{event}\",\"object\":{}}}\n", super::print::go_json(&item.to_value())))
                }
                true => output.value(&serde_json::json!({"type": event, "object": item.to_value()})),
                false => output.one(item),
            };
            text.push_str(&one.unwrap_or_default());
        }
        text
    }
}
