//! The only part that changes anything: it owns the simulator and what the user has chosen, takes intents and gives data to
//! draw. It knows no browser: what only a browser can do goes out as an [`Effect`].

mod branches;
mod files;
mod insight;
pub mod labs;
pub mod lines;
mod look;
mod model;
mod playback;
mod readable;
mod rewind;
mod saved;
mod shelf;
mod sight;
mod speed;
mod terminal;
mod typing;
mod writing;

pub use files::{Answer, Answered, Files};
pub use insight::Insight;
pub use labs::Labs;
pub use look::{Hint, Look, Notice};
pub use model::{InspectorView, Model, Parts};
pub use playback::Playback;
use readable::Readable;
pub use saved::{Saved, Settings};
pub use shelf::{BEFORE, Exports, Shelf};
pub use speed::Speed;
pub use terminal::{Entry, Origin, Terminal, found_before};

use crate::intent::{FileIntent, Intent, LookIntent};
use self::insight::Thinker;
use crate::simulator::{Budget, Command, Component, LinkError, Passages, Receipt, Scenario, SimTime, Simulator, SmallMap};

/// So many seconds after a node went silent its pods are about to be replaced: 50 s of grace, 300 s of toleration, and a little until it is noticed.
const WAIT: u64 = 350;

/// What only the browser can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Put a text into the clipboard and answer with [`Intent::Copied`]. It is the part of a link after `#`.
    Copy(String),
    /// Put a text into the clipboard, and answer likewise.
    CopyText(String),
    /// Save the scenario and the drafts.
    Save,
    /// Save the settings.
    SaveSettings,
    /// Save the scenarios kept under names.
    SaveShelf,
    /// Fetch labs by their names and answer each with [`LabIntent::Arrived`].
    FetchLabs(Vec<String>),
}

/// How many wake-ups a slice of a frame may take.
const SLICE: Budget = Budget(20);
/// How many wake-ups somebody waits for who does something in what is still being opened: a second or two.
const ARRIVING: Budget = Budget(50_000);

/// Lines to begin with, in any cluster.
const FIRST_LINES: [&str; 4] = ["kubectl get pods -o wide", "kubectl get all", "kubectl get events", "kubectl get nodes"];
/// Lines to begin with, where the first example runs.
const KUBIA_LINES: [&str; 4] = ["kubectl get pods", "kubectl get nodes", "kubectl scale rc kubia --replicas=5", "kubectl describe rc kubia"];

/// The session.
pub struct Session {
    simulator: Simulator,
    playback: Playback,
    look: Look,
    files: Files,
    terminal: Terminal,
    labs: Labs,
    shelf: Shelf,
    thinker: Thinker,
    /// Branches and moments that were taken back, the last one last.
    undone: Vec<(usize, SimTime)>,
    /// The files as they were when the line began that still goes on, or the scenario that is still played to its moment.
    before_line: Option<SmallMap<String, String>>,
    /// Whether the clock runs to the next thing worth a look.
    jumping: bool,
    /// Who looks ahead for it, or has found something far away.
    scout: Option<rewind::Scout>,
    /// The request that was followed last.
    seen_trip: Option<(u32, u32)>,
    previous: Option<Saved>,
    /// Lines that were pasted and wait for those before them.
    queue: Vec<String>,
    /// What a readable link asked for, while its lab is fetched.
    asked: Option<Readable>,
    /// Whether it was said that the browser keeps nothing.
    unsaved: bool,
    model: Model,
}

impl Session {
    /// A session with the first example, playing.
    pub fn example(settings: &Settings) -> Session {
        let mut session = Session::with(Simulator::new(&Scenario::example()), settings);
        session.playback.playing = true;
        session.refresh();
        session
    }

    /// A session as it was saved; the error if its link cannot be read.
    pub fn restored(saved: &Saved, settings: &Settings) -> Result<Session, LinkError> {
        let mut session = Session::with(branches::simulator_of(saved)?, settings);
        session.files.lay_over(saved.drafts.clone(), &saved.open);
        session.files.arrange(&saved.tabs);
        session.playback.playing = saved.playing;
        session.labs.current = saved.lab.clone();
        session.terminal.recall(&saved.terminal);
        session.refresh();
        Ok(session)
    }

    /// A session from a link, standing at the link's moment.
    pub fn opened(link: &str, settings: &Settings) -> Result<Session, LinkError> {
        let (link, behind) = sight::parted(link);
        let mut session = Session::with(Simulator::from_link(link)?, settings);
        session.set_out();
        // The first hint is about the example.
        session.look.hint = Hint::Over;
        session.look_at(behind);
        session.refresh();
        Ok(session)
    }

    fn with(simulator: Simulator, settings: &Settings) -> Session {
        let mut look = Look::new(settings.language, settings.theme);
        look.hint = if settings.hint { Hint::First } else { Hint::Over };
        let files = Files::of(simulator.files());
        let mut playback = Playback::at(simulator.now());
        playback.speed = settings.speed;
        let (mut terminal, labs) = (Terminal::default(), Labs::default());
        terminal.begin(&if simulator.files().contains_key("kubia-rc.yaml") { KUBIA_LINES } else { FIRST_LINES });
        let parts = Parts { simulator: &simulator, playback: &playback, look: &look, files: &files, terminal: &terminal, labs: &labs, shelf: &Shelf::default(), insight: &Insight::default() };
        let model = Model::of(&parts);
        let (thinker, undone) = (Thinker::default(), Vec::new());
        Session { simulator, playback, look, files, terminal, labs, shelf: Shelf::default(), thinker, undone, before_line: None, jumping: false, scout: None, seen_trip: None, previous: None, queue: Vec::new(), asked: None, unsaved: false, model }
    }

    /// What there is to draw.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The ways of the packets that were sent since the last call, for the stage.
    pub fn take_sent(&mut self) -> Passages {
        self.simulator.take_passages()
    }

    /// A number that stands for all of the cluster at this moment: equal moments have equal ones, on any machine.
    pub fn digest(&self) -> u64 {
        self.simulator.digest()
    }

    /// Whether the clock plays.
    pub fn is_playing(&self) -> bool {
        (self.playback.playing || self.jumping || self.simulator.unreached().is_some()) && self.playback.held.is_none()
    }

    /// Whether the history of what was opened is still played to its moment.
    pub fn is_opening(&self) -> bool {
        self.simulator.unreached().is_some()
    }

    /// A history has just been opened: what its lines still write is taken over at its moment.
    fn set_out(&mut self) {
        self.before_line = self.simulator.unreached().map(|_| self.simulator.files().clone());
        self.pass_by();
    }

    /// What was sent on the way to the moment that is opened is over: nobody sees it set out.
    fn pass_by(&mut self) {
        drop(self.simulator.take_passages());
        self.seen_trip = self.latest_trip();
    }

    /// Before something is done in what is still being opened: that it is done at its moment. For a very long history nobody waits.
    pub(super) fn arrive(&mut self) {
        let Some(moment) = self.simulator.unreached() else { return };
        self.simulator.run_until(moment, ARRIVING);
        self.pass_by();
        self.collect_output();
    }

    /// What a reload needs.
    pub fn saved(&self) -> Saved {
        let mut saved = Saved {
            link: self.simulator.link(),
            drafts: self.files.texts().clone(),
            open: self.files.name().to_owned(),
            tabs: self.files.names().to_vec(),
            playing: self.playback.playing,
            lab: self.labs.current.clone(),
            terminal: self.terminal.latest(),
            ..Saved::default()
        };
        self.save_branches(&mut saved);
        saved
    }

    /// What the next visit needs.
    pub fn settings(&self) -> Settings {
        Settings {
            language: self.look.language,
            theme: self.look.theme,
            speed: self.playback.speed,
            hint: self.look.hint == Hint::First,
        }
    }

    /// A frame of wall time begins.
    pub fn begin_frame(&mut self, wall_milliseconds: f64) {
        self.playback.aim(self.simulator.now(), wall_milliseconds);
        if let Some(moment) = self.simulator.unreached() {
            // A link's moment that is far off: there as fast as can be.
            self.playback.target = moment;
        }
    }

    /// Runs a slice of the frame; true when the frame's end is reached.
    pub fn run_slice(&mut self) -> bool {
        if self.jumping {
            return self.jump_on();
        }
        self.simulator.run_until(self.playback.target, SLICE).reached
    }

    /// The frame is over, reached or not: takes what was printed and makes the new picture.
    pub fn end_frame(&mut self) {
        self.collect_output();
        if !self.queue.is_empty() && self.terminal.running.is_none() {
            self.type_queued();
            self.refresh();
        }
        let waited = matches!(self.look.hint, Hint::Wait(until) if until <= self.simulator.now());
        if waited {
            self.look.hint = Hint::Seen;
        }
        if self.model.opening {
            self.pass_by();
        }
        if waited || !(self.playback.playing || self.jumping || self.is_opening()) {
            // When a jump is over the clock stands: no later frame would catch up.
            return self.refresh();
        }
        let Session { simulator, playback, look, files, terminal, labs, shelf, thinker, .. } = self;
        thinker.tick(simulator, look);
        if thinker.is_due() && files.shows_changes {
            // What applying would change depends on what is there now.
            files.changes = simulator.preview(files.text());
            self.model.files.update(files);
        }
        self.model.tick(&Parts { simulator, playback, look, files, terminal, labs, shelf, insight: &thinker.insight });
    }

    /// Does what the user wants.
    pub fn handle(&mut self, intent: Intent) -> Vec<Effect> {
        if let Intent::File(FileIntent::Ask(question)) = intent {
            // Asked at every step of the caret: nothing else changes.
            self.answer(&question);
            self.model.files.update(&self.files);
            return Vec::new();
        }
        let effects = match intent {
            Intent::Time(intent) => self.handle_time(intent),
            Intent::Look(intent) => self.handle_look(intent),
            Intent::Lab(intent) => self.handle_lab(intent),
            Intent::Shelf(intent) => self.handle_shelf(intent),
            Intent::Branch(intent) => self.handle_branch(intent),
            Intent::File(intent) => self.handle_file(intent),
            Intent::Line(line) => self.line(&line),
            Intent::Typed(line) => self.typed_line(&line),
            Intent::Pasted(lines) => self.pasted_lines(lines),
            Intent::Interrupt => self.interrupt_line(),
            Intent::Type(text) => self.type_line(&text),
            Intent::TypeEnd => self.type_end(),
            Intent::Complete(line) => {
                self.terminal.complete(&line, self.simulator.complete(&line));
                Vec::new()
            }
            Intent::ClearTerminal => {
                self.terminal.clear();
                Vec::new()
            }
            Intent::NodePower { node, on } => self.node_power(node, on),
            Intent::ComponentPower { component, on } => self.component_power(component, on),
            Intent::New => self.replace(Simulator::new(&Scenario::empty())),
            Intent::Example => self.replace(Simulator::new(&Scenario::example())),
            Intent::OpenAsked(parts) => Readable::of(&parts).map(|asked| self.open_readable(asked)).unwrap_or_default(),
            Intent::Copy(text) => vec![Effect::CopyText(text)],
            Intent::OpenLink(link) => self.open_link(&link),
            Intent::BringBack => self.bring_back(),
            Intent::Share => self.share(),
            Intent::Unsaved => {
                let said = std::mem::replace(&mut self.unsaved, true);
                if !said || matches!(self.look.notice, Some(Notice::Kept(_))) {
                    self.look.notice = Some(Notice::Unsaved);
                }
                Vec::new()
            }
            Intent::Copied(done) => {
                self.look.notice = Some(if done { Notice::Copied } else { Notice::CopyByHand });
                Vec::new()
            }
        };
        self.refresh();
        effects
    }

    fn handle_look(&mut self, intent: LookIntent) -> Vec<Effect> {
        let before = self.settings();
        let shows_labs = matches!(intent, LookIntent::Labs(true) | LookIntent::Palette(true));
        self.look.handle(intent);
        let fetch = if shows_labs { self.labs.missing() } else { Vec::new() };
        if !fetch.is_empty() {
            return vec![Effect::FetchLabs(fetch)];
        }
        if self.settings() == before { Vec::new() } else { vec![Effect::SaveSettings] }
    }

    fn refresh(&mut self) {
        let Session { simulator, playback, look, files, terminal, labs, shelf, thinker, .. } = self;
        thinker.think(simulator, look);
        self.model.update(&Parts { simulator, playback, look, files, terminal, labs, shelf, insight: &thinker.insight });
    }

    fn line(&mut self, line: &str) -> Vec<Effect> {
        let line = line.trim();
        if line == "clear" {
            self.terminal.clear();
            return Vec::new();
        }
        if !line.is_empty() {
            self.arrive();
            // What `!!` stands for, as it is done.
            let whole = self.simulator.recalled(line);
            self.hand_over(&whole);
            let before = self.simulator.files().clone();
            self.simulator.set_terminal(true);
            let receipt = self.command(line, Command::Line(line.to_owned()), Origin::Typed);
            self.files.take_changed(&before, self.simulator.files());
            // A line that goes on writes what it writes when it is done.
            if receipt.running || self.terminal.running.is_none() {
                self.before_line = receipt.running.then(|| self.simulator.files().clone());
            }
            if let Some(text) = receipt.edit {
                self.files.begin_edit(&whole, text);
                self.look.narrow = crate::intent::NarrowTab::Files;
            }
        }
        vec![Effect::Save]
    }

    fn command(&mut self, line: &str, command: Command, origin: Origin) -> Receipt {
        // Nobody types while a line goes on: such a line is a button's, too.
        self.act(line, origin, |simulator| simulator.apply_beside(command))
    }

    /// Lets the simulator act, under a line of the terminal. In the past that makes a branch, which is said.
    fn act(&mut self, line: &str, origin: Origin, act: impl FnOnce(&mut Simulator) -> Receipt) -> Receipt {
        let branches = self.model.timeline.branches.len();
        self.undone.clear();
        self.end_jump();
        self.arrive();
        let receipt = act(&mut self.simulator);
        self.terminal.add(line, &receipt, origin);
        if let Some(about) = (receipt.exit != 0).then(|| self.simulator.named_in(&receipt.output)).flatten() {
            self.terminal.refused(about);
        }
        self.show_new_trip();
        self.collect_output();
        let lines = self.simulator.timeline().branches;
        if lines.len() > branches {
            let name = lines.iter().find(|line| line.current).map(|line| line.name.to_string());
            self.look.notice = Some(Notice::Forked { name: name.unwrap_or_default() });
        }
        self.look.menu = false;
        receipt
    }

    fn node_power(&mut self, node: String, on: bool) -> Vec<Effect> {
        let line = format!("# {node}: power {}", if on { "on" } else { "off" });
        self.command(&line, Command::NodePower { node, on }, Origin::Button);
        self.look.hint = match self.look.hint {
            Hint::First if !on => Hint::Wait(SimTime::from_seconds(self.simulator.now().seconds() + WAIT)),
            _ => Hint::Over,
        };
        vec![Effect::Save, Effect::SaveSettings]
    }

    fn component_power(&mut self, component: Component, on: bool) -> Vec<Effect> {
        let line = format!("# {}: {}", component.name(), if on { "start" } else { "stop" });
        self.command(&line, Command::ComponentPower { component, on }, Origin::Button);
        vec![Effect::Save]
    }

    fn replace(&mut self, simulator: Simulator) -> Vec<Effect> {
        let before = self.saved();
        self.keep_work(&before);
        self.previous = Some(before);
        self.undone.clear();
        self.queue.clear();
        self.end_jump();
        self.files = Files::of(simulator.files());
        self.simulator = simulator;
        self.set_out();
        self.terminal.begin(&FIRST_LINES);
        self.look.forget_objects();
        self.labs.current.clear();
        // What begins anew begins as fast as life, whatever was hurried through before.
        (self.playback.playing, self.playback.speed) = (true, Speed::REAL);
        self.look.notice = Some(Notice::Fresh);
        vec![Effect::Save, Effect::SaveSettings, Effect::SaveShelf]
    }

    fn bring_back(&mut self) -> Vec<Effect> {
        let Some(previous) = self.previous.take() else { return Vec::new() };
        let Ok(simulator) = branches::simulator_of(&previous) else { return Vec::new() };
        let effects = self.replace(simulator);
        self.files.lay_over(previous.drafts, &previous.open);
        self.files.arrange(&previous.tabs);
        self.labs.current = previous.lab;
        self.terminal.recall(&previous.terminal);
        self.playback.playing = previous.playing;
        self.look.notice = None;
        effects
    }

    fn share(&mut self) -> Vec<Effect> {
        let link = self.simulator.link() + &self.in_sight();
        self.shelf.exports = Exports { readable: self.readable(), ..Exports::of(&self.simulator, &self.title()) };
        self.look.link = Some(link.clone());
        vec![Effect::Copy(link)]
    }

    /// Keeps what was there before this session, so that it can be brought back.
    pub fn keep_previous(&mut self, saved: Saved) {
        if !saved.terminal.is_empty() {
            self.keep_before(&saved);
        }
        self.previous = Some(saved);
        self.look.notice = Some(Notice::Opened);
        self.refresh();
    }

    /// Says that a link could not be opened.
    pub fn say_bad_link(&mut self, error: LinkError) {
        self.look.notice = Some(Notice::BadLink(error));
        self.refresh();
    }
}
