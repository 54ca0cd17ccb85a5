//! Why: the past again, with a recorder on. From the checkpoint before an object was made, as far as a budget goes; then the
//! latest minutes, so that the answer ends in the present.

use super::{Branch, Simulator};
use super::state::State;
use crate::api::{Kind, Object, ObjectKey, PodConditionKind, Truth};
use crate::base::{SimDuration, SimTime};
use crate::engine::{Placement, Reason};

/// At most so many wake-ups are played again for one part of an answer.
const BUDGET: u32 = 60_000;
/// What made somebody look mostly happened so shortly before.
const LEAD: SimDuration = SimDuration::from_seconds(60);
/// The part of the past that is always told.
const LATEST: SimDuration = SimDuration::from_seconds(420);

impl Simulator {
    /// Why an object is as it is: all that happened to it, the newest first. One that is gone is told of too, as far as the
    /// latest minutes, or the beginning of the history, know it.
    pub fn why(&self, key: &ObjectKey) -> Vec<Reason> {
        let now = self.now();
        let made = self.state.world.view().get(key).map_or(self.start_time(), |object| object.meta().creation);
        let (mut reasons, _, reached) = self.replay(key, made.max(self.start_time()), now);
        if reached < now {
            let from = SimTime::from_micros(now.micros().saturating_sub(LATEST.micros())).max(reached);
            let (latest, ..) = self.replay(key, from, now);
            let known = reasons.last().map_or(SimTime::default(), |last| last.at);
            reasons.extend(latest.into_iter().filter(|reason| reason.at > known));
        }
        reasons.reverse();
        reasons
    }

    /// The object that a refusal names (`pods "web-1" not found`), if it is there or something is recorded of it.
    pub fn named_in(&self, refusal: &str) -> Option<ObjectKey> {
        let view = self.state.world.view();
        let mut parts = refusal.split('"');
        let mut before = parts.next()?;
        while let Some(name) = parts.next() {
            let word = before.split_whitespace().next_back().unwrap_or_default();
            let kind = Kind::all().find(|kind| kind.info().singular == word || kind.resource() == word);
            let key = kind.map(|kind| {
                let namespace = if kind.info().namespaced { self.state.session.namespace.as_str() } else { "" };
                ObjectKey::new(kind, namespace, name)
            });
            if let Some(key) = key.filter(|key| view.get(key).is_some() || view.events().about(key).next().is_some()) {
                return Some(key);
            }
            before = parts.next()?;
        }
        None
    }

    /// Where the scheduler sent a pod, or why it has no node. None if there is no such pod, it named its node itself, or it is for another scheduler.
    pub fn placement(&self, key: &ObjectKey) -> Option<Placement> {
        let world = &self.state.world;
        let Object::Pod(pod) = world.view().get(key)? else { return None };
        let condition = pod.status.condition(PodConditionKind::PodScheduled);
        if pod.node_name.is_empty() {
            if !crate::scheduler::is_responsible(pod) {
                return None;
            }
            let message = condition.and_then(|condition| condition.detail.as_deref()).map(|detail| detail.1.to_string());
            return Some(Placement { message: message.unwrap_or_default(), ..world.explain(pod) });
        }
        let bound = condition.filter(|condition| condition.status == Truth::True).map_or(pod.meta.creation, |condition| condition.transition);
        self.replay(key, pod.meta.creation.max(self.start_time()), bound + SimDuration::from_millis(1)).1
    }

    /// Plays from shortly before one moment to another, following an object: what was recorded, and how far it came.
    fn replay(&self, key: &ObjectKey, from: SimTime, to: SimTime) -> (Vec<Reason>, Option<Placement>, SimTime) {
        let branch = self.branch();
        let begin = SimTime::from_micros(from.micros().saturating_sub(LEAD.micros())).max(self.start_time());
        let mut state = branch.checkpoints.before(begin).clone();
        state.world.follow(key);
        let mut left = BUDGET;
        while left > 0 && self.play(branch, &mut state, to) {
            left -= 1;
        }
        let reached = if left > 0 { to } else { state.world.now() };
        let (reasons, placement) = state.world.recorded();
        (reasons, placement, reached)
    }

    /// One wake-up or one command of a branch's journal. False if none is due by `until`.
    pub(super) fn play(&self, branch: &Branch, state: &mut State, until: SimTime) -> bool {
        let next = branch.journal.get(state.applied).map(|entry| (self.start_time() + entry.at, &entry.command)).filter(|(at, _)| *at <= until);
        let limit = next.map_or(until, |(at, _)| at);
        let _ = state.world.take_changes();
        if state.world.step(limit) {
            return true;
        }
        let Some((_, command)) = next else { return false };
        state.applied += 1;
        state.world.begin_command(&super::history::text_of(command));
        let _ = state.perform(command);
        true
    }
}
