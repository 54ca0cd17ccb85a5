//! What there is to draw, in pieces that keep their identity while they stay the same, so that a still cluster draws nothing.

use super::{Files, Look, Playback, Speed, Terminal};
use crate::intent::{DockTab, InspectorTab, NarrowTab};
use crate::shared::Shared;
use crate::simulator::{EventRow, Frame, Inspected, Lens, ObjectKey, PodState, PodTile, SimTime, Simulator, Timeline};

/// How many events the panel shows.
const EVENTS: usize = 200;

/// The inspector's content.
#[derive(Clone, Debug, PartialEq)]
pub struct InspectorView {
    /// Its object.
    pub key: ObjectKey,
    /// Facts and events; None when the object is gone.
    pub inspected: Option<Inspected>,
    /// The text of the page, for those pages that are text.
    pub text: Option<String>,
}

/// What there is to draw.
#[derive(Clone)]
pub struct Model {
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
    /// The terminal.
    pub terminal: Shared<Terminal>,
    /// What is looked at.
    pub look: Shared<Look>,
    /// The moment.
    pub now: SimTime,
    /// Whether the clock plays.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
}

impl Model {
    /// Of a session's parts.
    pub fn of(simulator: &Simulator, playback: &Playback, look: &Look, files: &Files, terminal: &Terminal) -> Model {
        let (frame, events, inspector) = pictures(simulator, look);
        Model {
            frame: Shared::new(frame),
            events: Shared::new(events),
            inspector: Shared::new(inspector),
            timeline: Shared::new(simulator.timeline()),
            files: Shared::new(files.clone()),
            terminal: Shared::new(terminal.clone()),
            look: Shared::new(look.clone()),
            now: simulator.now(),
            playing: playback.playing,
            speed: playback.speed,
        }
    }

    /// Takes what changed.
    pub fn update(&mut self, simulator: &Simulator, playback: &Playback, look: &Look, files: &Files, terminal: &Terminal) {
        let (frame, events, inspector) = pictures(simulator, look);
        self.frame.set(frame);
        self.events.set(events);
        self.inspector.set(inspector);
        self.timeline.set(simulator.timeline());
        self.files.update(files);
        self.terminal.update(terminal);
        self.look.update(look);
        (self.now, self.playing, self.speed) = (simulator.now(), playback.playing, playback.speed);
    }
}

fn pictures(simulator: &Simulator, look: &Look) -> (Frame, Vec<EventRow>, Option<InspectorView>) {
    let shows_events = look.dock == DockTab::Events || look.narrow == NarrowTab::Dock(DockTab::Events);
    let lens = Lens { events: if shows_events { EVENTS } else { 0 }, selected: look.inspecting.clone(), ..Lens::default() };
    let mut frame = simulator.frame(&lens);
    let events = std::mem::take(&mut frame.events);
    let inspected = frame.inspected.take();
    let inspector = look.inspecting.clone().map(|key| {
        let text = inspected.as_ref().and_then(|_| page_text(simulator, &key, look.inspector_tab));
        InspectorView { key, inspected, text }
    });
    frame.now = SimTime::default();
    let rooms = frame.nodes.iter_mut().flat_map(|node| &mut node.pods);
    rooms.chain(&mut frame.tray).for_each(coarsen);
    (frame, events, inspector)
}

fn page_text(simulator: &Simulator, key: &ObjectKey, tab: InspectorTab) -> Option<String> {
    match tab {
        InspectorTab::Summary | InspectorTab::Events => None,
        InspectorTab::Yaml => Some(simulator.yaml(key)),
        InspectorTab::Describe => Some(simulator.describe(key)),
    }
}

/// Parts in fortieths: finer steps cannot be seen.
fn coarsen(pod: &mut PodTile) {
    let coarse = |part: u16| part / 25 * 25;
    pod.state = match pod.state {
        PodState::Starting { progress } => PodState::Starting { progress: coarse(progress) },
        PodState::BackOff { left } => PodState::BackOff { left: coarse(left) },
        PodState::Terminating { left } => PodState::Terminating { left: coarse(left) },
        other => other,
    };
}
