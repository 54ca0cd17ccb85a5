//! The only wall clock: a callback before each repaint while something plays, and the measure of how long a frame may compute.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::Callback;

use crate::session::Session;

/// How long a frame may compute, in milliseconds: half of a repaint at 60 a second.
const COMPUTE: f64 = 8.0;

/// The clock that calls once per repaint while it is asked to.
pub struct Pace {
    tick: Closure<dyn FnMut(f64)>,
    waiting: bool,
    last: Option<f64>,
}

/// Milliseconds of the browser's monotonic clock.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

impl Pace {
    /// A clock that stands. `tick` is called with the time of the repaint.
    pub fn new(tick: Callback<f64>) -> Pace {
        Pace { tick: Closure::new(move |at| tick.emit(at)), waiting: false, last: None }
    }

    /// Asks for a call before the next repaint.
    pub fn ask(&mut self) {
        if self.waiting {
            return;
        }
        let Some(window) = web_sys::window() else { return };
        self.waiting = window.request_animation_frame(self.tick.as_ref().unchecked_ref()).is_ok();
    }

    /// The clock was called: plays one frame of the session, within its time.
    pub fn play(&mut self, session: &mut Session, at: f64) {
        self.waiting = false;
        let elapsed = self.last.map_or(0.0, |last| at - last);
        self.last = Some(at);
        let begun = now();
        session.begin_frame(elapsed);
        while !session.run_slice() && now() - begun < COMPUTE {}
        session.end_frame();
    }

    /// The clock was called, but it stands.
    pub fn skip(&mut self) {
        self.waiting = false;
        self.rest();
    }

    /// The clock stands: the next frame does not count the time until then.
    pub fn rest(&mut self) {
        self.last = None;
    }
}
