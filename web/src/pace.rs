//! The only wall clock: a callback before each repaint while something plays, and the measure of how long a frame may compute.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::Callback;

use crate::session::Session;

/// How long a frame may compute, in milliseconds: half of a repaint at 60 a second.
const COMPUTE: f64 = 8.0;
/// How long, while the history of what was opened is played to its moment: with a picture of a thousand pods no more than 50, and so much that
/// two repaints are filled.
const OPENING: f64 = 24.0;

/// Calls before repaints, for what moves step by step. When it is gone, none comes any more.
#[derive(Default)]
pub struct Repaints {
    tick: Option<Closure<dyn FnMut(f64)>>,
    asked: Option<i32>,
}

impl Repaints {
    /// Whether a call is to come.
    pub fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Asks for a call before the next repaint, with its time; it is always the call that was given first.
    pub fn ask(&mut self, call: impl FnOnce() -> Closure<dyn FnMut(f64)>) {
        if self.is_asked() {
            return;
        }
        let tick = self.tick.get_or_insert_with(call);
        self.asked = web_sys::window().and_then(|window| window.request_animation_frame(tick.as_ref().unchecked_ref()).ok());
    }

    /// The call has come.
    pub fn came(&mut self) {
        self.asked = None;
    }
}

impl Drop for Repaints {
    fn drop(&mut self) {
        if let (Some(window), Some(asked)) = (web_sys::window(), self.asked) {
            let _ = window.cancel_animation_frame(asked);
        }
    }
}

/// The clock that calls once per repaint while it is asked to.
pub struct Pace {
    tick: Callback<f64>,
    repaints: Repaints,
    last: Option<f64>,
}

/// Milliseconds of the browser's monotonic clock.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

impl Pace {
    /// A clock that stands. `tick` is called with the time of the repaint.
    pub fn new(tick: Callback<f64>) -> Pace {
        Pace { tick, repaints: Repaints::default(), last: None }
    }

    /// Asks for a call before the next repaint.
    pub fn ask(&mut self) {
        let tick = &self.tick;
        self.repaints.ask(|| {
            let tick = tick.clone();
            Closure::new(move |at| tick.emit(at))
        });
    }

    /// The clock was called: plays one frame of the session, within its time.
    pub fn play(&mut self, session: &mut Session, at: f64) {
        self.repaints.came();
        let elapsed = self.last.map_or(0.0, |last| at - last);
        self.last = Some(at);
        let begun = now();
        session.begin_frame(elapsed);
        let longest = if session.is_opening() { OPENING } else { COMPUTE };
        while !session.run_slice() && now() - begun < longest {}
        session.end_frame();
    }

    /// The clock was called, but it stands.
    pub fn skip(&mut self) {
        self.repaints.came();
        self.rest();
    }

    /// The clock stands: the next frame does not count the time until then.
    pub fn rest(&mut self) {
        self.last = None;
    }
}
