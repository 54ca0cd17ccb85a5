//! Branches: a journal, how far it has been played, and what of it is worth a mark on the track.

use super::checkpoints::Checkpoints;
use super::state::State;
use super::tally::{Tallies, Tally};
use crate::api::{EventType, ReplicaOwner};
use crate::base::{Name, SimDuration, SimTime};
use crate::scenario::{Command, Entry, Scenario};
use crate::store::{Change, WatchKind};
use crate::view::{BranchLine, Mark, MarkKind, Timeline};

/// Marks of a kind that follow each other sooner than this are one.
const CROWDED: SimDuration = SimDuration::from_millis(500);

/// A branch.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    /// Empty for the first that nobody has named.
    pub name: Name,
    /// Where it left another.
    pub forked_at: Option<SimTime>,
    pub journal: Vec<Entry>,
    /// The last moment reached.
    pub end: SimTime,
    pub checkpoints: Checkpoints,
    marks: Vec<Mark>,
    ready: Vec<(SimTime, u32)>,
    /// Moments at which something visible changed.
    visible: Vec<SimTime>,
    /// Up to here the branch is recorded; played again it records nothing.
    recorded: SimTime,
    /// Pods by state as of the last record.
    tally: Tally,
    /// Pods by state from each moment on.
    pub tallies: Tallies,
}

impl Branch {
    /// The first.
    pub fn first(scenario: &Scenario, state: &State) -> Branch {
        let start = scenario.base.start;
        let command = |entry: &Entry| Mark { at: start + entry.at, kind: MarkKind::Command, text: text_of(&entry.command) };
        Branch {
            name: Name::default(),
            forked_at: None,
            journal: scenario.journal.clone(),
            end: start,
            checkpoints: Checkpoints::new(state),
            marks: scenario.journal.iter().filter(|entry| is_marked(&entry.command)).map(command).collect(),
            ready: vec![(start, 0)],
            visible: Vec::new(),
            recorded: start,
            tally: Tally::default(),
            tallies: vec![(start, Tally::default())],
        }
    }

    /// The same, to be played on for a look: only its beginning is kept whole.
    pub fn without_checkpoints(&self) -> Branch {
        Branch {
            name: self.name.clone(),
            forked_at: self.forked_at,
            journal: self.journal.clone(),
            end: self.end,
            checkpoints: Checkpoints::new(self.checkpoints.first()),
            marks: self.marks.clone(),
            ready: self.ready.clone(),
            visible: self.visible.clone(),
            recorded: self.recorded,
            tally: self.tally,
            tallies: self.tallies.clone(),
        }
    }

    /// Another future from the state's moment on.
    pub fn fork(&self, id: usize, state: &State) -> Branch {
        let now = state.world.now();
        let tallies: Tallies = self.tallies.iter().copied().filter(|(at, _)| *at <= now).collect();
        let ready: Vec<(SimTime, u32)> = self.ready.iter().copied().filter(|(at, _)| *at <= now).collect();
        Branch {
            name: format!("{}", id + 1).into(),
            forked_at: Some(now),
            journal: self.journal[..state.applied].to_vec(),
            end: now,
            checkpoints: self.checkpoints.until(now),
            marks: self.marks.iter().filter(|mark| mark.at <= now).cloned().collect(),
            tally: tallies.last().map(|(_, tally)| *tally).unwrap_or_default(),
            tallies,
            ready,
            visible: self.visible.iter().copied().filter(|at| *at <= now).collect(),
            recorded: now,
        }
    }

    /// Forgets what came after the state's moment.
    pub fn end_here(&mut self, state: &State) {
        let (name, forked_at) = (self.name.clone(), self.forked_at);
        *self = Branch { name, forked_at, ..self.fork(0, state) };
    }

    /// Takes account of what changed at the state's moment.
    pub fn note(&mut self, changes: &[Change], state: &State) {
        let now = state.world.now();
        self.checkpoints.offer(state);
        self.end = self.end.max(now);
        if now < self.recorded || changes.is_empty() {
            return;
        }
        if now == self.recorded && self.visible.last().is_some_and(|last| *last > now) {
            return;
        }
        self.recorded = now;
        let mut seen = false;
        for change in changes {
            seen |= self.record(change, now);
        }
        if seen && self.visible.last().is_none_or(|last| *last < now) {
            self.visible.push(now);
        }
        if self.tallies.last().is_none_or(|(_, last)| *last != self.tally) {
            match self.tallies.last_mut() {
                Some((at, last)) if *at == now => *last = self.tally,
                _ => self.tallies.push((now, self.tally)),
            }
        }
        let count = u32::try_from(self.tally.ready).unwrap_or_default();
        if self.ready.last().is_none_or(|(_, last)| *last != count) {
            match self.ready.last_mut() {
                Some((at, last)) if *at == now => *last = count,
                _ => self.ready.push((now, count)),
            }
        }
    }

    /// Records a change; true if it can be seen.
    fn record(&mut self, change: &Change, now: SimTime) -> bool {
        match change {
            Change::Object(event) => {
                let restarts = self.tally.restarts;
                self.tally.record(event);
                if self.tally.restarts > restarts {
                    self.mark(now, MarkKind::Restart, event.object.meta().name.to_string());
                }
                if let Some((old, new)) = scaled(event) {
                    self.mark(now, MarkKind::Scaling, format!("{} {old} -> {new}", event.object.meta().name));
                }
                is_visible(event)
            }
            Change::Event(event) => {
                if event.note.kind == EventType::Warning && event.count == 1 {
                    let text = format!("{} {}", event.note.reason, event.note.about.key.name);
                    self.marks.push(Mark { at: now, kind: MarkKind::Failure, text });
                }
                false
            }
        }
    }

    /// A mark, unless it is one of many of its kind at that time.
    fn mark(&mut self, at: SimTime, kind: MarkKind, text: String) {
        let recent = self.marks.iter().rev().take(4).find(|mark| mark.kind == kind).map(|mark| mark.at + CROWDED);
        if recent.is_none_or(|until| until <= at) {
            self.marks.push(Mark { at, kind, text });
        }
    }

    /// The user gave a command, which is the journal's last.
    pub fn commanded(&mut self, command: &Command, state: &State) {
        if is_marked(command) {
            self.marks.push(Mark { at: state.world.now(), kind: MarkKind::Command, text: text_of(command) });
        }
    }

    /// The first moment after one that is worth a look: a mark, or another number of ready pods.
    pub fn next_interest(&self, after: SimTime) -> Option<SimTime> {
        let marks = self.marks.iter().map(|mark| mark.at);
        marks.chain(self.ready.iter().map(|(at, _)| *at)).filter(|at| *at > after).min()
    }

    /// How many moments worth a look there are.
    pub fn interests(&self) -> usize {
        self.marks.len() + self.ready.len()
    }

    /// The first recorded visible change after a moment.
    pub fn next_visible(&self, after: SimTime) -> Option<SimTime> {
        self.visible.get(self.visible.partition_point(|at| *at <= after)).copied()
    }

    /// The last recorded visible change before a moment.
    pub fn previous_visible(&self, before: SimTime) -> Option<SimTime> {
        let index = self.visible.partition_point(|at| *at < before);
        index.checked_sub(1).map(|index| self.visible[index])
    }
}

/// How many pods a controller wanted and wants, if a change is of that.
fn scaled(event: &crate::store::WatchEvent) -> Option<(i32, i32)> {
    let wanted = |object: &crate::api::Object| match object {
        crate::api::Object::Deployment(deployment) => Some(deployment.replicas()),
        // What a Deployment asks of its sets is told by their own cards.
        _ => ReplicaOwner::of(object).filter(|owner| owner.meta.controller().is_none()).map(|owner| owner.replicas),
    };
    let (old, new) = (wanted(event.old.as_ref()?)?, wanted(&event.object)?);
    (event.kind == WatchKind::Modified && old != new).then_some((old, new))
}

/// A heartbeat of a node is nothing to look at.
fn is_visible(event: &crate::store::WatchEvent) -> bool {
    let (Some(node), Some(old)) = (event.object.as_node(), event.old.as_ref().and_then(crate::api::Object::as_node)) else {
        return true;
    };
    let states = |node: &crate::api::Node| node.status.conditions.iter().map(|c| (c.kind.clone(), c.status)).collect::<Vec<_>>();
    event.kind != WatchKind::Modified || node.spec != old.spec || node.meta.labels != old.meta.labels || states(node) != states(old)
}

fn is_marked(command: &Command) -> bool {
    match command {
        Command::File { .. } => false,
        Command::Line(line) => !line.starts_with("unlink "),
        _ => true,
    }
}

pub(super) fn text_of(command: &Command) -> String {
    let word = |on: &bool| if *on { "on" } else { "off" };
    match command {
        Command::Line(line) => line.clone(),
        Command::File { name, .. } => name.clone(),
        Command::NodePower { node, on } => format!("{node} {}", word(on)),
        Command::ComponentPower { component, on } => format!("{} {}", component.name(), word(on)),
    }
}

/// The track of a branch.
pub(super) fn timeline(start: SimTime, now: SimTime, branches: &[Branch], current: usize) -> Timeline {
    let branch = &branches[current];
    let line = |(id, branch): (usize, &Branch)| BranchLine {
        id,
        name: branch.name.clone(),
        forked_at: branch.forked_at,
        end: branch.end,
        current: id == current,
    };
    Timeline {
        start,
        now,
        end: branch.end,
        marks: branch.marks.clone(),
        ready: branch.ready.clone(),
        branches: branches.iter().enumerate().map(line).collect(),
    }
}
