//! The history as a track: where it begins and ends, what the user did and what failed, how many pods were ready.

use crate::base::{Name, SimTime};

/// What a mark on the track stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// The user did something.
    Command,
    /// A Warning was recorded.
    Failure,
    /// A container was started again.
    Restart,
    /// A controller wants another number of pods.
    Scaling,
}

/// A mark on the track.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When.
    pub at: SimTime,
    /// What kind.
    pub kind: MarkKind,
    /// The command as typed, the event's reason and object, the pod that was started again, or a controller and its numbers.
    pub text: String,
}

/// A branch of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchLine {
    /// Its number, in the order in which branches were made; the first is 0.
    pub id: usize,
    /// Its name; empty for the first.
    pub name: Name,
    /// Where it left its parent; None for the first.
    pub forked_at: Option<SimTime>,
    /// Its end.
    pub end: SimTime,
    /// Whether it is the one being shown.
    pub current: bool,
}

/// The history of the branch that is being shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// Its first moment.
    pub start: SimTime,
    /// The moment shown.
    pub now: SimTime,
    /// The last moment reached.
    pub end: SimTime,
    /// Marks in order of time.
    pub marks: Vec<Mark>,
    /// How many pods were ready from each moment on, where that changed.
    pub ready: Vec<(SimTime, u32)>,
    /// All branches.
    pub branches: Vec<BranchLine>,
}
