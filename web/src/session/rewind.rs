//! Going through the history by what is in it: to the next thing worth a look, and taking commands back.

use super::{Effect, Files, Notice, Session};
use crate::simulator::SimTime;

/// The clock runs no further than this to find something worth a look.
const FAR: u64 = 6 * 3600;

impl Session {
    /// Goes to the next thing worth a look; if the history does not know one, the clock runs until there is one.
    pub(super) fn jump(&mut self) {
        self.playback.playing = false;
        self.look.notice = None;
        match self.simulator.next_interest() {
            Some(at) => self.simulator.seek(at),
            None => (self.jumping, self.jump_end) = (true, SimTime::from_seconds(self.simulator.now().seconds() + FAR)),
        }
    }

    /// To whatever is due next; true when the clock has come to something worth a look, or far enough.
    pub(super) fn jump_on(&mut self) -> bool {
        let known = self.simulator.marks();
        let next = self.simulator.next_event_time().filter(|at| *at < self.jump_end);
        self.simulator.catch_up(next.unwrap_or(self.jump_end));
        let same = self.simulator.marks() == known;
        self.jumping = same && next.is_some();
        if same && next.is_none() {
            self.look.notice = Some(Notice::NothingMore);
            self.model.look.update(&self.look);
        }
        !self.jumping
    }

    /// Takes the last command back: a branch without it.
    pub(super) fn undo(&mut self) -> Vec<Effect> {
        let here = (self.simulator.current_branch(), self.simulator.now());
        if !self.simulator.undo() {
            return Vec::new();
        }
        self.undone.push(here);
        self.look.notice = Some(Notice::Undone);
        self.went_elsewhere()
    }

    /// Gives back what was taken back last.
    pub(super) fn redo(&mut self) -> Vec<Effect> {
        let Some((branch, at)) = self.undone.pop() else { return Vec::new() };
        self.simulator.switch_branch(branch);
        self.simulator.seek(at);
        self.look.notice = None;
        self.went_elsewhere()
    }

    fn went_elsewhere(&mut self) -> Vec<Effect> {
        self.terminal.interrupted();
        self.look.menu = false;
        let open = self.files.name().to_owned();
        let mut files = Files::of(self.simulator.files());
        files.lay_over(self.files.texts().clone(), &open);
        self.files = files;
        vec![Effect::Save]
    }

    /// A request that has just been sent is followed.
    pub(super) fn show_new_trip(&mut self) {
        let latest = self.simulator.world().flows().last().and_then(|flow| Some((flow.id, flow.visits.last()?.number)));
        if latest.is_some() && latest != self.seen_trip {
            (self.look.trip, self.look.hop, self.seen_trip) = (latest, 0, latest);
        }
    }
}
