//! Going through the history: by the clock's buttons, to the next thing worth a look, and by taking commands back.

use super::{Effect, Files, Notice, Session};
use crate::intent::TimeIntent;
use crate::simulator::{Lens, ObjectKey, SimDuration, SimTime, Simulator};

/// What comes within this time is gone to at once; what comes later only when the user says so.
const NEAR: SimDuration = SimDuration::from_seconds(15 * 60);
/// Nobody looks further ahead for something worth a look.
const FAR: SimDuration = SimDuration::from_seconds(6 * 3600);
/// Of so many events the first after a moment is looked for.
const EVENTS: usize = 200;

/// One that looks ahead for something worth a look, while the clock stands.
pub struct Scout {
    /// The cluster, as far ahead as it has been looked.
    simulator: Simulator,
    /// Where the clock stood.
    from: SimTime,
    /// The marks that were known there.
    known: usize,
}

impl Scout {
    /// Where it has come to, and what it was that happened first: its reason and its object.
    fn found(&self) -> (SimTime, Option<(&'static str, ObjectKey)>) {
        let frame = self.simulator.frame(&Lens { events: EVENTS, ..Lens::default() });
        let first = frame.events.into_iter().filter(|event| event.last > self.from).last();
        (self.simulator.now(), first.map(|event| (event.reason, event.about)))
    }
}

impl Session {
    pub(super) fn handle_time(&mut self, intent: TimeIntent) -> Vec<Effect> {
        if matches!(intent, TimeIntent::Step | TimeIntent::StepBack | TimeIntent::Second(_) | TimeIntent::Jump | TimeIntent::Undo) {
            self.arrive();
        }
        match intent {
            TimeIntent::TogglePlay if self.jumping => self.end_jump(),
            TimeIntent::TogglePlay => self.playback.playing = !self.playback.playing,
            TimeIntent::Step => {
                self.playback.playing = false;
                self.simulator.step();
            }
            TimeIntent::StepBack => {
                self.playback.playing = false;
                self.simulator.step_back();
            }
            TimeIntent::Second(forward) => {
                self.playback.playing = false;
                let (now, second) = (self.simulator.now(), SimDuration::from_seconds(1));
                self.simulator.seek(if forward { now + second } else { now - second });
            }
            TimeIntent::Jump => self.jump(),
            TimeIntent::JumpFar => self.jump_far(),
            TimeIntent::Undo => return self.undo(),
            TimeIntent::Redo => return self.redo(),
            TimeIntent::SetSpeed(speed) => {
                self.playback.speed = speed;
                return vec![Effect::SaveSettings];
            }
            TimeIntent::Seek(to) => {
                if self.jumping {
                    self.end_jump();
                }
                self.simulator.seek(to);
            }
            TimeIntent::Hold(true) => self.playback.held = Some(self.playback.playing),
            TimeIntent::Hold(false) => self.playback.held = None,
            // It is on the way there.
            TimeIntent::ToEnd if self.is_opening() => {}
            TimeIntent::ToEnd => self.simulator.seek(self.simulator.end_of_history()),
            TimeIntent::SwitchBranch(id) => {
                self.end_jump();
                self.simulator.switch_branch(id);
                self.look.menu = false;
            }
        }
        self.collect_output();
        Vec::new()
    }

    /// Goes to the next thing worth a look; if the history does not know one, somebody looks ahead until there is one.
    pub(super) fn jump(&mut self) {
        self.playback.playing = false;
        self.look.notice = None;
        match self.simulator.next_interest() {
            Some(at) => self.simulator.seek(at),
            None => {
                let (simulator, from, known) = (self.simulator.clone(), self.simulator.now(), self.simulator.marks());
                (self.jumping, self.scout) = (true, Some(Scout { simulator, from, known }));
            }
        }
    }

    /// Looks on to whatever is due next; true when there is something worth a look, or nothing for long. The clock goes there if it is near:
    /// from far away it is only told of.
    pub(super) fn jump_on(&mut self) -> bool {
        let Some(scout) = &mut self.scout else {
            self.jumping = false;
            return true;
        };
        let next = scout.simulator.next_event_time().filter(|at| *at < scout.from + FAR);
        if let Some(next) = next {
            scout.simulator.catch_up(next);
        }
        let found = scout.simulator.marks() != scout.known;
        self.jumping = !found && next.is_some();
        if self.jumping {
            return false;
        }
        if found && scout.simulator.now() <= scout.from + NEAR {
            self.jump_far();
            return true;
        }
        self.look.notice = Some(if found {
            let (at, first) = scout.found();
            Notice::FarAhead { after: at.since(scout.from), first }
        } else {
            Notice::NothingMore
        });
        self.model.look.update(&self.look);
        true
    }

    /// Goes where somebody has looked ahead to.
    pub(super) fn jump_far(&mut self) {
        if let Some(scout) = self.scout.take() {
            self.simulator = scout.simulator;
            self.look.notice = None;
            self.model.look.update(&self.look);
        }
    }

    /// What was looked ahead to is not what will be.
    pub(super) fn end_jump(&mut self) {
        (self.jumping, self.scout) = (false, None);
        if matches!(self.look.notice, Some(Notice::FarAhead { .. })) {
            self.look.notice = None;
        }
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
        self.end_jump();
        self.terminal.interrupted();
        self.look.menu = false;
        let open = self.files.name().to_owned();
        let mut files = Files::of(self.simulator.files());
        files.lay_over(self.files.texts().clone(), &open);
        self.files = files;
        vec![Effect::Save]
    }

    /// The request that was sent last: its flow, its number there.
    pub(super) fn latest_trip(&self) -> Option<(u32, u32)> {
        let flow = self.simulator.world().flows().last()?;
        flow.visits.last().map(|visit| (flow.id, visit.number))
    }

    /// A request that has just been sent is followed; one that is alone goes with its label, and not also among the packets of others.
    pub(super) fn show_new_trip(&mut self) {
        let Some(flow) = self.simulator.world().flows().last() else { return };
        let (latest, alone) = (self.latest_trip(), flow.count == 1);
        if latest.is_none() || latest == self.seen_trip {
            return;
        }
        (self.look.trip, self.look.hop, self.seen_trip) = (latest, 0, latest);
        if alone {
            drop(self.simulator.take_passages());
        }
    }
}
