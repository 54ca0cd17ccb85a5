//! What is worked out only while somebody looks: why an object is as it is, what happens next, counts over time.

use crate::intent::{DockTab, InspectorTab, NarrowTab};
use crate::session::Look;
use crate::simulator::{Answers, Comparison, ConditionsAt, Load, ObjectKey, Placement, Reason, SimDuration, SimTime, Simulator, Tallies, Trip, Upcoming, answers, loads, trips};

/// How many things that are due are told.
const NEXT: usize = 40;
/// While the clock plays, reasons are worked out again after so many frames at the soonest: that replays the past.
const PATIENCE: u32 = 60;
/// While the clock plays, the rest is worked out again after so many frames.
const SHORT: u32 = 12;
/// So many requests are listed.
const TRIPS: usize = 60;
/// Requests are counted in so many parts of time.
pub const PARTS: usize = 40;
/// Each this long, in milliseconds.
const PART: u64 = 1_000;
/// So many objects can be found by their names.
const MOST_OBJECTS: usize = 1_000;
/// More points than this are not drawn.
const MOST_POINTS: usize = 600;

/// What is worked out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Insight {
    /// Of what the reasons are.
    pub key: Option<ObjectKey>,
    /// Why it is as it is, the newest first.
    pub reasons: Vec<Reason>,
    /// Where the scheduler sent it.
    pub placement: Option<Placement>,
    /// What happens next.
    pub next: Vec<Upcoming>,
    /// Counts over time, thinned out.
    pub tallies: Tallies,
    /// The latest requests, the latest first.
    pub trips: Vec<Trip>,
    /// Who answered those of the latest series.
    pub answers: Answers,
    /// The moment of it all.
    pub at: SimTime,
    /// Another branch beside the one shown.
    pub comparison: Option<Comparison>,
    /// The inspected object's conditions, from each moment on at which they changed.
    pub conditions: Vec<ConditionsAt>,
    /// Objects to be found by their names, while the palette is open.
    pub objects: Vec<ObjectKey>,
    /// What pods have done for those who sent requests lately.
    pub loads: Vec<Load>,
}

/// Works it out when it is needed.
#[derive(Clone, Debug, Default)]
pub struct Thinker {
    /// What was worked out last.
    pub insight: Insight,
    frames: u32,
    /// The moment, the marks and the branch that the reasons are of.
    asked: (SimTime, usize, usize),
    /// Of what the conditions are told, on which branch, up to when.
    told: Option<(ObjectKey, usize, SimTime)>,
}

impl Thinker {
    /// After the user did something: at once.
    pub fn think(&mut self, simulator: &Simulator, look: &Look) {
        self.frames = 0;
        self.reasons(simulator, look);
        self.compare(simulator, look);
        self.conditions(simulator, look);
        self.rest(simulator, look);
    }

    /// After a frame of the playing clock: now and then.
    pub fn tick(&mut self, simulator: &Simulator, look: &Look) {
        self.frames += 1;
        if self.frames.is_multiple_of(SHORT) {
            self.rest(simulator, look);
        }
        if self.is_due() {
            self.reasons(simulator, look);
            self.compare(simulator, look);
            self.conditions(simulator, look);
        }
    }

    /// Whether what is costly is worked out again in this frame.
    pub fn is_due(&self) -> bool {
        self.frames.is_multiple_of(PATIENCE)
    }

    fn reasons(&mut self, simulator: &Simulator, look: &Look) {
        let wanted = look.inspecting.clone().filter(|_| look.inspector_tab == InspectorTab::Why);
        let Some(key) = wanted else {
            (self.insight.key, self.insight.placement) = (None, None);
            self.insight.reasons.clear();
            return;
        };
        let asked = (simulator.now(), simulator.marks(), simulator.current_branch());
        if self.insight.key.as_ref() == Some(&key) && self.asked == asked {
            return;
        }
        self.asked = asked;
        self.insight.reasons = simulator.why(&key);
        self.insight.placement = simulator.placement(&key);
        self.insight.key = Some(key);
        self.insight.at = simulator.now();
    }

    fn compare(&mut self, simulator: &Simulator, look: &Look) {
        let wanted = look.compare.filter(|_| shows(look, DockTab::Branches));
        let known = |comparison: &Comparison| (comparison.with, comparison.at) == (wanted.unwrap_or(usize::MAX), simulator.now());
        if !self.insight.comparison.as_ref().is_some_and(known) {
            self.insight.comparison = wanted.and_then(|with| simulator.compare(with));
        }
    }

    /// Goes on from what is known, unless it is of something else, or of a moment that is still to come.
    fn conditions(&mut self, simulator: &Simulator, look: &Look) {
        let shown = look.inspector_tab == InspectorTab::Summary;
        let Some(key) = look.inspecting.clone().filter(|_| shown) else {
            self.told = None;
            self.insight.conditions.clear();
            return;
        };
        let (branch, now) = (simulator.current_branch(), simulator.now());
        let known = self.told.take().filter(|(told, on, at)| (told, *on) == (&key, branch) && *at <= now).map(|(.., at)| at);
        if known.is_none() {
            self.insight.conditions.clear();
        }
        if known != Some(now) {
            let (more, reached) = simulator.condition_history(&key, known.unwrap_or_default());
            let last = self.insight.conditions.last().map(|(_, conditions)| conditions.clone());
            self.insight.conditions.extend(more.into_iter().skip_while(|(_, conditions)| last.as_ref() == Some(conditions)));
            self.told = Some((key, branch, reached));
            return;
        }
        self.told = Some((key, branch, now));
    }

    fn rest(&mut self, simulator: &Simulator, look: &Look) {
        let flows = simulator.world().flows();
        let latest = flows.last().and_then(|flow| Some((flow.id, flow.visits.last()?.number)));
        if self.insight.trips.first().map(|trip| trip.id) != latest {
            (self.insight.trips, self.insight.answers) = (trips(flows, TRIPS), answers(flows));
        }
        let shows = |tab: DockTab| shows(look, tab);
        let counts = shows(DockTab::Charts) || shows(DockTab::Branches) && look.compare.is_some();
        self.insight.next = if shows(DockTab::Next) { simulator.upcoming(NEXT) } else { Vec::new() };
        self.insight.objects = if look.palette { simulator.objects(MOST_OBJECTS) } else { Vec::new() };
        let loaded = shows(DockTab::Charts) && !flows.is_empty();
        self.insight.loads = if loaded { loads(flows, simulator.now(), PARTS, SimDuration::from_millis(PART)) } else { Vec::new() };
        self.insight.tallies = if counts { thinned(simulator) } else { Tallies::new() };
        if shows(DockTab::Next) || counts {
            self.insight.at = simulator.now();
        }
    }
}

fn shows(look: &Look, tab: DockTab) -> bool {
    look.dock == tab || look.narrow == NarrowTab::Dock(tab)
}

/// Counts up to now; of very many, some in even distances, and the last.
fn thinned(simulator: &Simulator) -> Tallies {
    let all = simulator.tallies();
    let until = all.partition_point(|(at, _)| *at <= simulator.now());
    let step = until.div_ceil(MOST_POINTS).max(1);
    let some = all[..until].iter().step_by(step).copied();
    let last = all[..until].last().map(|(_, tally)| (simulator.now(), *tally));
    some.chain(last).collect()
}
