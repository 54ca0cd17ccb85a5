//! Joins the parts: the session, the wall clock, the address, the keys, and the panels.

mod followed;
mod keys;
mod listen;
mod narrow;
mod pressed;

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use self::followed::Followed;
use self::keys::KeyAction;
use self::narrow::{narrow_class, narrow_tabs, show_narrow_tab};
use crate::address;
use crate::brought;
use crate::document::{document, found};
use crate::icons::{Icon, icon};
use crate::intent::{FileIntent, Intent, LabIntent, LookIntent, NarrowTab, Theme, TimeIntent};
use crate::pace::Pace;
use crate::panels::{Dock, FilesPane, Guide, Header, Help, Inspector, LabMenu, NoticeBar, Palette, TimeBar};
use crate::session::{Effect, Model, Notice, Session, Speed};
use crate::shared::Env;
use crate::simulator::SimTime;
use crate::stage::{Flights, Lit, Stage, definitions};

/// How long after the last key stroke the editor's text is checked, in milliseconds.
const CHECK_AFTER: u32 = 350;
/// How long a passing notice stays, in milliseconds.
const NOTICE: u32 = 7_000;
/// The speed above which movement is not shown.
const QUICK: Speed = Speed::TEN;

/// What the page is told.
pub enum Msg {
    /// The user wants something.
    Do(Intent),
    /// A repaint is near.
    Frame(f64),
    /// A key that no field took.
    Key(KeyAction),
    /// The address holds a link.
    Address,
    /// A request has been at a hop for long enough: what comes then.
    Follow(Followed, LookIntent),
    /// No packet is on its way any more.
    Landed,
    /// The page may be closed.
    Leaving,
}

/// The page.
pub struct App {
    session: Session,
    pace: Pace,
    check: Option<Timeout>,
    passing: Option<Timeout>,
    hopping: Option<Timeout>,
    followed: Followed,
    /// The request whose hops the user goes through by hand.
    stepped: Option<(u32, u32)>,
    flights: Flights,
    landed: Callback<()>,
    line: NodeRef,
    send: Callback<Intent>,
    /// Whether the page stands in a frame of another one.
    embedded: bool,
    /// Whether the clock has been started there.
    begun: bool,
    /// The tab of a narrow page that was drawn last.
    narrow: NarrowTab,
}

/// Puts the page into the document.
pub fn mount() {
    match found("#app") {
        Some(root) => yew::Renderer::<App>::with_root(root.into()).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

/// The session to begin with: what the address holds, else what was here before, else the example.
fn first_session() -> Session {
    let settings = address::settings();
    let saved = address::saved();
    // Only where no link is opened: a history takes time to play.
    let before = || saved.as_ref().and_then(|saved| Session::restored(saved, &settings).ok()).unwrap_or_else(|| Session::example(&settings));
    let Some(link) = address::take_link() else { return before() };
    match Session::opened(&link, &settings) {
        Ok(mut session) => {
            // The address no longer has it. A frame keeps nothing.
            if !address::is_embedded() {
                address::save(&session.saved());
                if let Some(saved) = saved {
                    session.keep_previous(saved);
                }
            }
            session
        }
        Err(error) => {
            let mut session = before();
            session.say_bad_link(error);
            session
        }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<App>) -> App {
        let link = ctx.link();
        listen::to_keys(link.batch_callback(|event: KeyboardEvent| keys::action(&event).map(Msg::Key)));
        listen::to_address(link.callback(|()| Msg::Address));
        listen::to_leaving(link.callback(|()| Msg::Leaving));
        let mut session = first_session();
        let shelf = address::shelf();
        if !shelf.is_empty() {
            session.take_shelf(shelf);
        }
        let mut pace = Pace::new(link.callback(Msg::Frame));
        pace.ask();
        let mut app = App {
            session,
            pace,
            check: None,
            passing: None,
            hopping: None,
            followed: (None, 0),
            stepped: None,
            flights: Flights::default(),
            landed: link.callback(|()| Msg::Landed),
            line: NodeRef::default(),
            send: link.callback(Msg::Do),
            embedded: address::is_embedded(),
            begun: false,
            narrow: NarrowTab::Files,
        };
        app.dress();
        app.stand();
        if app.session.model().look.notice == Some(Notice::Opened) {
            // What was there before the link is found on the shelf.
            app.carry_out(Effect::SaveShelf);
        }
        if let Some(effect) = app.session.missing_lab() {
            app.carry_out(effect);
        }
        if let Some(parts) = address::take_asked() {
            link.send_message(Msg::Do(Intent::OpenAsked(parts)));
        }
        app
    }

    fn rendered(&mut self, _ctx: &Context<App>, _first: bool) {
        let narrow = self.session.model().look.narrow;
        if std::mem::replace(&mut self.narrow, narrow) != narrow {
            show_narrow_tab();
        }
    }

    fn update(&mut self, ctx: &Context<App>, msg: Msg) -> bool {
        match msg {
            Msg::Do(intent) => {
                match &intent {
                    Intent::Look(LookIntent::Hop(_)) => self.stepped = self.session.model().look.trip,
                    Intent::Look(LookIntent::Trip(_)) => (self.stepped, self.followed) = (None, (None, 0)),
                    _ => {}
                }
                self.perform(ctx, intent);
            }
            Msg::Frame(at) if self.session.is_playing() => {
                self.pace.play(&mut self.session, at);
                self.look_on();
            }
            Msg::Landed => return !self.flights.is_busy(),
            Msg::Frame(_) => self.pace.skip(),
            Msg::Key(action) => return self.key(ctx, action),
            Msg::Address => {
                let Some(link) = address::take_link() else { return false };
                self.perform(ctx, Intent::OpenLink(link));
            }
            Msg::Follow(from, next) => {
                let look = &self.session.model().look;
                if (look.trip, look.hop) != from {
                    return false;
                }
                self.perform(ctx, next.into());
            }
            Msg::Leaving if self.embedded => return false,
            Msg::Leaving => {
                address::save_leaving(&self.session.saved());
                return false;
            }
        }
        if self.session.is_playing() {
            self.pace.ask();
        }
        true
    }

    fn view(&self, _ctx: &Context<App>) -> Html {
        let model = self.session.model();
        let env = Env { texts: model.look.language.texts(), send: self.send.clone() };
        let class = classes!("page", narrow_class(model.look.narrow), model.look.inspecting.is_some().then_some("inspecting"),
            self.embedded.then_some("embedded"));
        html! {
            <ContextProvider<Env> context={env.clone()}>
                <div {class} ondragover={brought::on_drag()} ondrop={brought::on_drop(&self.send)}>
                    { definitions() }
                    <Header look={model.look.clone()} branches={model.timeline.branches.clone()} shelf={model.shelf.clone()} />
                    <FilesPane files={model.files.clone()} labs={model.labs.clone()} code={model.look.language.code()} />
                    <main class="centre">
                        if self.embedded {
                            <h1 class="unseen">{ "Podscape" }</h1>
                        }
                        <Stage frame={model.frame.clone()} look={model.look.clone()} insight={model.insight.clone()} quick={model.opening || model.playing && model.speed > QUICK}
                            flights={self.flights.clone()} flying={self.flights.is_busy()} landed={self.landed.clone()} />
                        if model.frame.counts.ready > 0 || !model.labs.current.is_empty() {
                            <Guide look={model.look.clone()} labs={model.labs.clone()} />
                        }
                    </main>
                    <TimeBar timeline={model.timeline.clone()} now={model.now} end={model.end} playing={model.playing} opening={model.opening} speed={model.speed} />
                    { narrow_tabs(&env, model) }
                    { self.dock(model) }
                    <Inspector inspector={model.inspector.clone()} tab={model.look.inspector_tab} insight={model.insight.clone()}
                        lit={model.inspector.as_ref().and_then(|_| Lit::pods(&model.frame, &model.look))}
                        start={model.timeline.start} now={whole_second(model.now)} />
                    <NoticeBar look={model.look.clone()} />
                    if model.look.labs {
                        <LabMenu look={model.look.clone()} labs={model.labs.clone()} shelf={model.shelf.clone()} />
                    }
                    if model.look.palette {
                        <Palette look={model.look.clone()} labs={model.labs.clone()} frame={model.frame.clone()} insight={model.insight.clone()}
                            branched={model.timeline.branches.len() > 1} />
                    }
                    if self.embedded && !self.begun {
                        <button type="button" class="begin" onclick={env.on(TimeIntent::TogglePlay.into())} data-testid="begin"
                            aria-label={env.texts.play}>{ icon(Icon::Play) }</button>
                    }
                    if model.look.help {
                        <Help digest={self.session.digest()} />
                    }
                </div>
            </ContextProvider<Env>>
        }
    }
}

impl App {
    fn perform(&mut self, ctx: &Context<App>, intent: Intent) {
        if matches!(intent, Intent::File(FileIntent::Edit(_))) {
            let link = ctx.link().clone();
            let check = move || link.send_message(Msg::Do(FileIntent::Check.into()));
            self.check = Some(Timeout::new(CHECK_AFTER, check));
        }
        if matches!(intent, Intent::Shelf(_) | Intent::Look(LookIntent::Labs(true)) | Intent::New | Intent::Example | Intent::BringBack | Intent::OpenLink(_) | Intent::Lab(LabIntent::Open(_)) | Intent::File(FileIntent::Brought { .. })) {
            // Another tab may have kept some, and what is opened takes the place of what is kept too.
            self.session.take_shelf(address::shelf());
        }
        self.begun |= matches!(intent, Intent::Time(_));
        let before = self.session.model().look.notice.clone();
        for effect in self.session.handle(intent) {
            self.carry_out(effect);
        }
        self.look_on();
        self.stand();
        let notice = self.session.model().look.notice.clone();
        if notice != before {
            let link = ctx.link().clone();
            let dismiss = move || link.send_message(Msg::Do(LookIntent::DismissNotice.into()));
            self.passing = notice.filter(Notice::is_passing).map(|_| Timeout::new(NOTICE, dismiss));
        }
        if !self.session.is_playing() {
            self.pace.rest();
        }
        self.follow_trip(ctx);
        self.dress();
    }

    /// What was sent sets out on the stage.
    fn look_on(&mut self) {
        let sent = self.session.take_sent();
        if !sent.is_empty() {
            let model = self.session.model();
            self.flights.launch(sent, if model.playing { model.speed } else { Speed::REAL });
        }
    }

    /// In a frame the clock stands until somebody starts it, and what was there before is nobody's.
    fn stand(&mut self) {
        let model = self.session.model();
        if !self.embedded || self.begun || !model.playing {
            return;
        }
        let opened = model.look.notice == Some(Notice::LabOpened);
        self.session.handle(TimeIntent::TogglePlay.into());
        if opened {
            self.session.handle(LookIntent::DismissNotice.into());
        }
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Save if self.embedded || address::save(&self.session.saved()) => {}
            Effect::SaveShelf if self.embedded => {}
            Effect::SaveShelf if address::save_shelf(&self.session.shelf().kept) => {}
            Effect::Save | Effect::SaveShelf => self.send.emit(Intent::Unsaved),
            // How somebody looks at a frame is nothing that the page itself should remember.
            Effect::SaveSettings if self.embedded => {}
            Effect::SaveSettings => address::save_settings(&self.session.settings()),
            Effect::FetchLabs(names) => names.into_iter().for_each(|name| fetch_lab(name, self.send.clone())),
            Effect::CopyText(text) => copy(&text, self.send.clone()),
            Effect::Copy(link) => copy(&address::address_of(&link), self.send.clone()),
        }
    }

    /// Language and colours belong to the whole document.
    fn dress(&self) {
        let look = &self.session.model().look;
        let Some(root) = document().and_then(|document| document.document_element()) else { return };
        let theme = match look.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Projector => "projector",
        };
        let _ = root.set_attribute("lang", look.language.code());
        let _ = root.set_attribute("data-theme", theme);
    }

    fn dock(&self, model: &Model) -> Html {
        html! {
            <Dock tab={model.look.dock} terminal={model.terminal.clone()} events={model.events.clone()} now={whole_second(model.now)}
                focus={self.line.clone()} insight={model.insight.clone()} frame={model.frame.clone()} look={model.look.clone()}
                branches={model.timeline.branches.clone()} start={model.timeline.start} />
        }
    }

}

fn fetch_lab(name: String, send: Callback<Intent>) {
    spawn_local(async move {
        let text = address::fetch(&format!("labs/{name}.yaml")).await;
        send.emit(LabIntent::Arrived { name, text }.into());
    });
}

fn copy(text: &str, send: Callback<Intent>) {
    let Some(window) = web_sys::window() else { return };
    if !window.is_secure_context() {
        send.emit(Intent::Copied(false));
        return;
    }
    let promise = window.navigator().clipboard().write_text(text);
    spawn_local(async move {
        let done = JsFuture::from(promise).await.is_ok();
        send.emit(Intent::Copied(done));
    });
}

fn whole_second(now: SimTime) -> SimTime {
    SimTime::from_seconds(now.seconds())
}
