//! What the user wants: plain data, the only way into the session.

use crate::i18n::Language;
use crate::session::Speed;
use crate::simulator::{Component, ObjectKey, Scope, SimTime};

/// A panel of the dock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DockTab {
    /// The terminal.
    Terminal,
    /// Events of the cluster.
    Events,
    /// What happens next.
    Next,
    /// Counts over time.
    Charts,
    /// Requests and their ways.
    Traffic,
    /// The branches of the history, and two of them beside each other.
    Branches,
}

/// What a narrow page shows under the time bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NarrowTab {
    /// The editor.
    Files,
    /// The terminal or the events.
    Dock(DockTab),
    /// The inspector.
    Inspector,
}

/// A page of the inspector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InspectorTab {
    /// Facts.
    Summary,
    /// As `kubectl get -o yaml` prints it.
    Yaml,
    /// As `kubectl describe` prints it.
    Describe,
    /// Its events.
    Events,
    /// What its containers print.
    Log,
    /// Why it is as it is.
    Why,
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Large type and strong contrast, for a lecture room.
    Projector,
}

/// A form in which a scenario is handed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShareForm {
    /// A link.
    #[default]
    Link,
    /// A link in Markdown.
    Markdown,
    /// A frame for another page.
    Frame,
    /// A picture for a lecture room.
    Code,
    /// Files.
    Files,
}

/// What is done to the clock.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeIntent {
    /// Play if it stands, stop if it plays.
    TogglePlay,
    /// To the next event, then stand.
    Step,
    /// A second on (true) or back, then stand.
    Second(bool),
    /// To the event before, then stand.
    StepBack,
    /// To the next thing worth a look, then stand.
    Jump,
    /// There also if it is far away.
    JumpFar,
    /// Takes the last command back.
    Undo,
    /// Gives back what was taken back last.
    Redo,
    /// How fast it plays.
    SetSpeed(Speed),
    /// To a moment of the history.
    Seek(SimTime),
    /// The slider was taken (true) or let go: the clock stands while it is held.
    Hold(bool),
    /// To the end of the history.
    ToEnd,
    /// Shows another branch.
    SwitchBranch(usize),
}

/// What can be broken between two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// Nothing comes through.
    Cut,
    /// Everything takes longer.
    Slow,
    /// Some is lost.
    Lose,
}

/// A page of a node's menu: the network around it.
#[derive(Clone, Debug, PartialEq)]
pub enum Wire {
    /// What is known is the harm; the other place is to be chosen.
    To(Harm),
    /// What is known is the other place; the harm is to be chosen.
    With(Scope),
}

/// What is looked at, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum LookIntent {
    /// Marks an object and opens its menu.
    Select(ObjectKey),
    /// Closes the menu and forgets the mark.
    Deselect,
    /// Closes the menu.
    CloseMenu,
    /// Opens the inspector with an object.
    Inspect(ObjectKey),
    /// Opens the inspector with what is marked.
    Details,
    /// Asks why an object is as it is.
    Why(ObjectKey),
    /// Asks why what is marked is as it is.
    AskWhy,
    /// Closes the inspector.
    CloseInspector,
    /// A page of the inspector.
    InspectorTab(InspectorTab),
    /// A panel of the dock.
    Dock(DockTab),
    /// A tab of the narrow page.
    Narrow(NarrowTab),
    /// The words' language.
    Language(Language),
    /// The colours.
    Theme(Theme),
    /// The cluster as a table instead of a picture.
    Table(bool),
    /// The sheet of keys.
    Help(bool),
    /// Closes the notice.
    DismissNotice,
    /// Closes the first hint.
    DismissHint,
    /// Closes the field with the link.
    CloseLink,
    /// The menu of labs.
    Labs(bool),
    /// The palette of everything that can be done.
    Palette(bool),
    /// The form of what is shared.
    ShareForm(ShareForm),
    /// Closes the words about the lab.
    CloseGuide,
    /// A selector whose pods are to light up; empty for none.
    Lens(String),
    /// Shows the way of a request, by its series and number; None shows none.
    Trip(Option<(u32, u32)>),
    /// A hop of that way.
    Hop(usize),
    /// Another page of the menu.
    Wire(Wire),
    /// Opens a node's menu with what can be broken between it and a place.
    Connect(ObjectKey, Scope),
    /// What the pointer is over, or the focus on: its pods light up.
    Hover(Option<ObjectKey>),
}

/// What is asked about a place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What could stand there.
    Complete,
    /// What the field there is.
    Field,
    /// The caret has come there.
    Caret,
}

/// A question about a place in the open file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its number, which its answer bears.
    pub id: u32,
    /// What is asked.
    pub topic: Topic,
    /// The place, in units of UTF-16.
    pub at: usize,
}

/// What is done to the editor's files.
#[derive(Clone, Debug, PartialEq)]
pub enum FileIntent {
    /// The open file's text changed.
    Edit(String),
    /// Marks what is wrong with it.
    Check,
    /// Applies it.
    Apply,
    /// Makes its gone API versions new.
    Update,
    /// Takes out what a cluster wrote into it.
    Clean,
    /// Takes a correction, by its mark and its place there.
    Fix {
        /// The mark.
        mark: usize,
        /// The correction.
        fix: usize,
    },
    /// Asks about a place in the open file.
    Ask(Question),
    /// Shows what applying would change, or does not.
    Changes(bool),
    /// Takes a file out of the row of tabs.
    Close(String),
    /// Puts the file back that was closed last.
    Reopen,
    /// Gives a file another name.
    Rename {
        /// The old one.
        from: String,
        /// The new one.
        to: String,
    },
    /// Puts a file at another place in the row of tabs.
    Move {
        /// Its name.
        name: String,
        /// Before so many others.
        to: usize,
    },
    /// Begins a file with a template.
    Template(String),
    /// Wants to know the labs, to begin files with theirs.
    Labs,
    /// Takes the files of a lab beside those that are open.
    FromLab(String),
    /// Opens another file.
    Open(String),
    /// Adds an empty file and opens it.
    Add,
    /// A file from outside: a scenario, manifests, or what a cluster printed.
    Brought {
        /// Its name.
        name: String,
        /// Its text; None if it has none, or too long a one.
        text: Option<String>,
    },
    /// Puts an object's manifest into a file and opens it.
    Write(ObjectKey),
}

/// What is done with labs.
#[derive(Clone, Debug, PartialEq)]
pub enum LabIntent {
    /// Opens one.
    Open(String),
    /// A file came; without a text it did not.
    Arrived {
        /// The lab's name.
        name: String,
        /// The file.
        text: Option<String>,
    },
}

/// What is done with the branches of the history.
#[derive(Clone, Debug, PartialEq)]
pub enum BranchIntent {
    /// Calls one by another name.
    Rename {
        /// Its number.
        id: usize,
        /// The name.
        name: String,
    },
    /// Puts one beside that which is shown; None puts it away.
    Compare(Option<usize>),
}

/// What is done with scenarios that are kept under a name.
#[derive(Clone, Debug, PartialEq)]
pub enum ShelfIntent {
    /// Keeps this one.
    Keep(String),
    /// Opens one.
    Open(String),
    /// Throws one away.
    Remove(String),
}

/// What the user wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Of the clock.
    Time(TimeIntent),
    /// Of the eye.
    Look(LookIntent),
    /// Of the editor.
    File(FileIntent),
    /// Of the labs.
    Lab(LabIntent),
    /// Of the scenarios kept.
    Shelf(ShelfIntent),
    /// Of the branches.
    Branch(BranchIntent),
    /// A line in the terminal.
    Line(String),
    /// A line typed at the prompt: the whole of what is to be done, or a part of it.
    Typed(String),
    /// Lines pasted there, one after the other.
    Pasted(Vec<String>),
    /// A line for the program that waits for it in the terminal.
    Type(String),
    /// Ctrl+D in the terminal: nothing more is typed into that program.
    TypeEnd,
    /// Tab in the terminal: complete this line.
    Complete(String),
    /// Ctrl+C in the terminal.
    Interrupt,
    /// Empties the terminal.
    ClearTerminal,
    /// Switches a machine.
    NodePower {
        /// Its node.
        node: String,
        /// On or off.
        on: bool,
    },
    /// Switches a part of the control plane.
    ComponentPower {
        /// Which.
        component: Component,
        /// On or off.
        on: bool,
    },
    /// An empty cluster.
    New,
    /// The first example.
    Example,
    /// What the parts of an address ask for: a lab, lines.
    OpenAsked(Vec<(String, String)>),
    /// A text into the clipboard.
    Copy(String),
    /// A scenario from a link.
    OpenLink(String),
    /// Back to the scenario before the last `New`, `Example` or link.
    BringBack,
    /// A link into the clipboard.
    Share,
    /// What the browser says of the clipboard.
    Copied(bool),
    /// The browser could not keep what was saved last.
    Unsaved,
}

impl From<TimeIntent> for Intent {
    fn from(intent: TimeIntent) -> Intent {
        Intent::Time(intent)
    }
}

impl From<LookIntent> for Intent {
    fn from(intent: LookIntent) -> Intent {
        Intent::Look(intent)
    }
}

impl From<LabIntent> for Intent {
    fn from(intent: LabIntent) -> Intent {
        Intent::Lab(intent)
    }
}

impl From<ShelfIntent> for Intent {
    fn from(intent: ShelfIntent) -> Intent {
        Intent::Shelf(intent)
    }
}

impl From<BranchIntent> for Intent {
    fn from(intent: BranchIntent) -> Intent {
        Intent::Branch(intent)
    }
}

impl From<FileIntent> for Intent {
    fn from(intent: FileIntent) -> Intent {
        Intent::File(intent)
    }
}
