//! What the user looks at and how: nothing of it is part of the scenario.

use crate::i18n::Language;
use crate::intent::{DockTab, InspectorTab, LookIntent, NarrowTab, ShareForm, Theme, Wire};
use crate::simulator::{LinkError, ObjectKey, SimDuration, SimTime};

/// The line under the stage for who comes for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// What to do.
    First,
    /// A node was switched off: how long the cluster waits, and how to get past it; until this moment.
    Wait(SimTime),
    /// New pods have come: how to hear why.
    Seen,
    /// Nothing.
    Over,
}

/// Something to be said once.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The link is in the clipboard.
    Copied,
    /// The browser keeps the clipboard shut; the link stands in a field.
    CopyByHand,
    /// A link could not be opened.
    BadLink(LinkError),
    /// A scenario came from a link.
    Opened,
    /// The cluster is new.
    Fresh,
    /// A branch was made because something was done in the past.
    Forked {
        /// Its name.
        name: String,
    },
    /// A file was not applied.
    Refused,
    /// A scenario was kept under a name.
    Kept(String),
    /// Manifests of a cluster were made fit to be applied.
    Imported,
    /// A command was taken back.
    Undone,
    /// A lab was opened.
    LabOpened,
    /// A lab could not be fetched.
    NoLab,
    /// Nothing worth a look comes for hours.
    NothingMore,
    /// What comes next is far away.
    FarAhead {
        /// So much later.
        after: SimDuration,
        /// What happens first: the reason of an event, and its object.
        first: Option<(&'static str, ObjectKey)>,
    },
    /// A file was closed.
    Closed(String),
    /// A file from outside is none that could be read.
    Unreadable(String),
    /// A scenario from outside cannot be read: its name, and what is wrong where.
    BadScenario(String, String),
    /// The browser keeps nothing any more.
    Unsaved,
}

impl Notice {
    /// Whether it goes by itself: it asks for nothing and can be seen elsewhere.
    pub fn is_passing(&self) -> bool {
        matches!(self, Notice::Copied | Notice::CopyByHand | Notice::Forked { .. } | Notice::Refused | Notice::NoLab | Notice::LabOpened | Notice::Undone | Notice::NothingMore | Notice::Closed(_) | Notice::Unreadable(_) | Notice::Kept(_) | Notice::Imported)
    }
}

/// What the user looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The words.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
    /// The marked object.
    pub selected: Option<ObjectKey>,
    /// Whether its menu is open.
    pub menu: bool,
    /// The menu's page, where it is not the first.
    pub wire: Option<Wire>,
    /// The object in the inspector.
    pub inspecting: Option<ObjectKey>,
    /// The inspector's page.
    pub inspector_tab: InspectorTab,
    /// The dock's panel.
    pub dock: DockTab,
    /// The narrow page's tab.
    pub narrow: NarrowTab,
    /// Whether the cluster is shown as a table.
    pub table: bool,
    /// Whether the sheet of keys is open.
    pub help: bool,
    /// The hint that is shown.
    pub hint: Hint,
    /// What is being said.
    pub notice: Option<Notice>,
    /// The link last shared, while its field is open.
    pub link: Option<String>,
    /// Whether the menu of labs is open.
    pub labs: bool,
    /// Whether the words about the lab are shown.
    pub guide: bool,
    /// The selector whose pods light up.
    pub lens: String,
    /// What the pointer is over.
    pub hover: Option<ObjectKey>,
    /// The request whose way is shown.
    pub trip: Option<(u32, u32)>,
    /// The hop that it has come to.
    pub hop: usize,
    /// Whether the palette is open.
    pub palette: bool,
    /// The form of what is shared.
    pub share_form: ShareForm,
    /// The branch beside that which is shown.
    pub compare: Option<usize>,
}

impl Look {
    /// At the start.
    pub fn new(language: Language, theme: Theme) -> Look {
        Look {
            language,
            theme,
            selected: None,
            menu: false,
            wire: None,
            inspecting: None,
            inspector_tab: InspectorTab::Summary,
            dock: DockTab::Terminal,
            narrow: NarrowTab::Dock(DockTab::Terminal),
            table: false,
            help: false,
            hint: Hint::First,
            notice: None,
            link: None,
            labs: false,
            guide: true,
            lens: String::new(),
            hover: None,
            trip: None,
            hop: 0,
            palette: false,
            share_form: ShareForm::Link,
            compare: None,
        }
    }

    /// Forgets what belongs to a scenario.
    pub fn forget_objects(&mut self) {
        (self.selected, self.menu, self.inspecting, self.hover) = (None, false, None, None);
        (self.trip, self.compare) = (None, None);
    }

    /// Does what was asked.
    pub fn handle(&mut self, intent: LookIntent) {
        if matches!(intent, LookIntent::Select(_) | LookIntent::Deselect | LookIntent::CloseMenu) {
            self.wire = None;
        }
        match intent {
            LookIntent::Wire(wire) => self.wire = Some(wire),
            LookIntent::Connect(key, place) => {
                (self.selected, self.menu, self.wire) = (Some(key), true, Some(Wire::With(place)));
            }
            LookIntent::Select(key) => {
                if self.inspecting.is_some() {
                    self.inspecting = Some(key.clone());
                }
                let again = self.menu && self.selected.as_ref() == Some(&key);
                (self.selected, self.menu) = (Some(key), !again);
            }
            LookIntent::Deselect => (self.selected, self.menu) = (None, false),
            LookIntent::CloseMenu => self.menu = false,
            LookIntent::Inspect(key) => self.inspect(key),
            LookIntent::Details => {
                if let Some(key) = self.selected.clone() {
                    self.inspect(key);
                }
            }
            LookIntent::Why(key) => {
                self.inspect(key);
                self.inspector_tab = InspectorTab::Why;
            }
            LookIntent::AskWhy => {
                if let Some(key) = self.selected.clone().or(self.inspecting.clone()) {
                    self.inspect(key);
                    self.inspector_tab = InspectorTab::Why;
                }
            }
            LookIntent::CloseInspector => self.close_inspector(),
            LookIntent::InspectorTab(tab) => self.inspector_tab = tab,
            LookIntent::Dock(tab) => (self.dock, self.narrow) = (tab, NarrowTab::Dock(tab)),
            LookIntent::Narrow(tab) => {
                self.narrow = tab;
                if let NarrowTab::Dock(dock) = tab {
                    self.dock = dock;
                }
            }
            LookIntent::Language(language) => self.language = language,
            LookIntent::Theme(theme) => self.theme = theme,
            LookIntent::Table(table) => (self.table, self.menu) = (table, false),
            LookIntent::Help(open) => self.help = open,
            LookIntent::DismissNotice => self.notice = None,
            LookIntent::DismissHint => self.hint = Hint::Over,
            LookIntent::CloseLink => self.link = None,
            LookIntent::Labs(open) => (self.labs, self.palette) = (open, false),
            LookIntent::Palette(open) => self.palette = open,
            LookIntent::ShareForm(form) => self.share_form = form,
            LookIntent::CloseGuide => self.guide = false,
            LookIntent::Lens(selector) => self.lens = selector,
            LookIntent::Trip(trip) => (self.trip, self.hop) = (trip, 0),
            LookIntent::Hop(hop) => self.hop = hop,
            LookIntent::Hover(key) => self.hover = key,
        }
    }

    fn inspect(&mut self, key: ObjectKey) {
        if self.hint == Hint::Seen {
            self.hint = Hint::Over;
        }
        (self.selected, self.menu) = (Some(key.clone()), false);
        self.inspecting = Some(key);
        self.narrow = NarrowTab::Inspector;
    }

    fn close_inspector(&mut self) {
        self.inspecting = None;
        if self.narrow == NarrowTab::Inspector {
            self.narrow = NarrowTab::Dock(self.dock);
        }
    }
}
