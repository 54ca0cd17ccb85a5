//! What there is to draw, in pieces that keep their identity while they stay the same, so that a still cluster draws nothing.

use super::{Files, Insight, Labs, Look, Playback, Shelf, Speed, Terminal};
use crate::intent::{DockTab, InspectorTab, NarrowTab};
use crate::shared::Shared;
use crate::simulator::{EventRow, Frame, Inspected, Lens, ObjectKey, PodState, PodTile, SimTime, Simulator, Timeline};

/// How many events the panel shows.
const EVENTS: usize = 200;

/// Of more pods than these nobody sees the probes tick.
const MOST_TICKING: u32 = 150;

/// How many lines of a log the inspector shows.
const LINES: usize = 200;

/// The inspector's content.
#[derive(Clone, Debug, PartialEq)]
pub struct InspectorView {
    /// Its object.
    pub key: ObjectKey,
    /// Facts and events; None when the object is gone.
    pub inspected: Option<Inspected>,
    /// Whether it may come yet, as what was opened is still played to its moment.
    pub awaited: bool,
    /// The text of the page, for those pages that are text.
    pub text: Option<String>,
    /// The lines of the log, with their times.
    pub log: Vec<(SimTime, String)>,
}

/// What there is to draw.
#[derive(Clone)]
pub struct Model {
    seen: Seen,
    /// How many frames the pictures have been left as they are.
    waited: u32,
    /// The cluster. Its moment is left out and parts are coarse, so that it stays equal while nothing visible happens.
    pub frame: Shared<Frame>,
    /// The latest events.
    pub events: Shared<Vec<EventRow>>,
    /// The inspector.
    pub inspector: Shared<Option<InspectorView>>,
    /// The history.
    pub timeline: Shared<Timeline>,
    /// The editor.
    pub files: Shared<Files>,
    /// The labs.
    pub labs: Shared<Labs>,
    /// The scenarios kept.
    pub shelf: Shared<Shelf>,
    /// What is worked out while somebody looks.
    pub insight: Shared<Insight>,
    /// The terminal.
    pub terminal: Shared<Terminal>,
    /// What is looked at.
    pub look: Shared<Look>,
    /// The moment.
    pub now: SimTime,
    /// The last moment of the branch that was reached.
    pub end: SimTime,
    /// Whether the clock plays.
    pub playing: bool,
    /// Whether what was opened is still played to its moment, which `end` is meanwhile.
    pub opening: bool,
    /// How fast.
    pub speed: Speed,
}

/// All that a model is made from.
pub struct Parts<'a> {
    /// The simulator.
    pub simulator: &'a Simulator,
    /// The clock's buttons.
    pub playback: &'a Playback,
    /// What is looked at.
    pub look: &'a Look,
    /// The editor.
    pub files: &'a Files,
    /// The terminal.
    pub terminal: &'a Terminal,
    /// The labs.
    pub labs: &'a Labs,
    /// What is worked out.
    pub insight: &'a Insight,
    /// The scenarios kept.
    pub shelf: &'a Shelf,
}

impl Model {
    /// Of a session's parts.
    pub fn of(parts: &Parts<'_>) -> Model {
        let (frame, events, inspector) = pictures(parts.simulator, parts.look);
        Model {
            seen: Seen::of(parts, &frame),
            waited: 0,
            frame: Shared::new(frame),
            events: Shared::new(events),
            inspector: Shared::new(inspector),
            timeline: Shared::new(timeline(parts.simulator)),
            files: Shared::new(parts.files.clone()),
            terminal: Shared::new(parts.terminal.clone()),
            labs: Shared::new(parts.labs.clone()),
            insight: Shared::new(parts.insight.clone()),
            shelf: Shared::new(parts.shelf.clone()),
            look: Shared::new(parts.look.clone()),
            now: parts.simulator.now(),
            end: end_of(parts.simulator),
            playing: parts.playback.playing,
            opening: parts.simulator.unreached().is_some(),
            speed: parts.playback.speed,
        }
    }

    /// Takes what changed because the user did something.
    pub fn update(&mut self, parts: &Parts<'_>) {
        self.draw_again(parts);
        self.files.update(parts.files);
        self.labs.update(parts.labs);
        self.shelf.update(parts.shelf);
        self.look.update(parts.look);
        self.follow_clock(parts);
    }

    /// Takes what changed because time went on.
    pub fn tick(&mut self, parts: &Parts<'_>) {
        self.waited += 1;
        let pods = self.frame.counts.pods;
        // Whoever waits for a moment wants to be there: pictures on the way take the smaller part of the time.
        let patience = if self.opening { patience(pods).max(pods / 200) } else { patience(pods) };
        let due = !(parts.playback.playing || self.opening) || self.waited >= patience;
        if due && self.seen.is_stale(parts) {
            self.draw_again(parts);
        }
        self.follow_clock(parts);
    }

    fn draw_again(&mut self, parts: &Parts<'_>) {
        self.waited = 0;
        let (frame, events, inspector) = pictures(parts.simulator, parts.look);
        self.seen = Seen::of(parts, &frame);
        self.frame.set(frame);
        self.events.set(events);
        self.inspector.set(inspector);
        self.timeline.set(timeline(parts.simulator));
    }

    fn follow_clock(&mut self, parts: &Parts<'_>) {
        self.terminal.update(parts.terminal);
        self.insight.update(parts.insight);
        (self.now, self.end, self.opening) = (parts.simulator.now(), end_of(parts.simulator), parts.simulator.unreached().is_some());
        (self.playing, self.speed) = (parts.playback.playing, parts.playback.speed);
    }
}

/// The last moment of the history, or the one that it is played to.
fn end_of(simulator: &Simulator) -> SimTime {
    simulator.end_of_history().max(simulator.aim())
}

/// So many frames of the playing clock go by before a crowd is pictured again: nobody follows thousands at sixty a second.
fn patience(pods: u32) -> u32 {
    match pods {
        0..=400 => 1,
        401..=2_000 => 3,
        _ => 10,
    }
}

/// What the last pictures were made of, so that none is made while nothing changes.
#[derive(Clone)]
struct Seen {
    revision: u64,
    second: u64,
    /// Whether a part of the picture changes with time alone.
    moves: bool,
}

impl Seen {
    fn of(parts: &Parts<'_>, frame: &Frame) -> Seen {
        let moves = |pod: &PodTile| {
            pod.probes.iter().any(Option::is_some) || matches!(pod.state, PodState::Starting { .. } | PodState::BackOff { .. } | PodState::Terminating { left: 1.. })
        };
        let (revision, second) = (revision(parts.simulator), parts.simulator.now().seconds());
        Seen { revision, second, moves: frame.pods().any(moves) }
    }

    /// Ages in the inspector go by the second.
    fn is_stale(&self, parts: &Parts<'_>) -> bool {
        let another_second = parts.look.inspecting.is_some() && self.second != parts.simulator.now().seconds();
        self.moves || another_second || self.revision != revision(parts.simulator)
    }
}

fn revision(simulator: &Simulator) -> u64 {
    simulator.world().view().revision()
}

/// The history without its moving ends, so that it stays equal while time goes on.
fn timeline(simulator: &Simulator) -> Timeline {
    let mut timeline = simulator.timeline();
    (timeline.now, timeline.end) = (timeline.start, timeline.start);
    for branch in &mut timeline.branches {
        branch.end = timeline.start;
    }
    timeline
}

fn pictures(simulator: &Simulator, look: &Look) -> (Frame, Vec<EventRow>, Option<InspectorView>) {
    let shows_events = look.dock == DockTab::Events || look.narrow == NarrowTab::Dock(DockTab::Events);
    let lens = Lens { events: if shows_events { EVENTS } else { 0 }, selected: look.inspecting.clone(), ..Lens::default() };
    let mut frame = simulator.frame(&lens);
    let events = std::mem::take(&mut frame.events);
    let inspected = frame.inspected.take();
    let inspector = look.inspecting.clone().map(|key| {
        let text = inspected.as_ref().and_then(|_| page_text(simulator, &key, look.inspector_tab));
        let log = if look.inspector_tab == InspectorTab::Log { simulator.log(&key, LINES) } else { Vec::new() };
        let awaited = inspected.is_none() && simulator.unreached().is_some();
        InspectorView { key, inspected, awaited, text, log }
    });
    frame.now = SimTime::default();
    let rooms = frame.nodes.iter_mut().flat_map(|node| &mut node.pods);
    let many = frame.counts.pods > MOST_TICKING;
    rooms.chain(&mut frame.tray).for_each(|pod| coarsen(pod, many));
    (frame, events, inspector)
}

fn page_text(simulator: &Simulator, key: &ObjectKey, tab: InspectorTab) -> Option<String> {
    match tab {
        InspectorTab::Summary | InspectorTab::Events | InspectorTab::Log | InspectorTab::Why => None,
        InspectorTab::Yaml => Some(simulator.yaml(key)),
        InspectorTab::Describe => Some(simulator.describe(key)),
    }
}

/// Parts in tenths and twentieths: the style sheet glides over finer steps.
fn coarsen(pod: &mut PodTile, many: bool) {
    if many {
        pod.probes = [None; 3];
    }
    let coarse = |part: u16, step: u16| part / step * step;
    pod.state = match pod.state {
        PodState::Starting { progress } => PodState::Starting { progress: coarse(progress, 100) },
        PodState::BackOff { left } => PodState::BackOff { left: coarse(left, 50) },
        PodState::Terminating { left } => PodState::Terminating { left: coarse(left, 50) },
        other => other,
    };
}
