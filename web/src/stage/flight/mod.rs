//! What is on its way through the cluster's network, on a canvas above the stage: packets that move, or ways that light up where movement
//! could not be followed or is not wanted. Its counts stand beside it in words.

mod fleet;
mod paint;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};
use yew::prelude::*;

use self::fleet::{Counts, Fleet, Manner, Seen};
use self::paint::Brush;
use super::camera::use_scroll;
use super::dense::{PROBES, Palette, Sight, is_calm};
use super::layout::Plan;
use crate::i18n::Words;
use crate::number::whole;
use crate::pace::{self, Repaints};
use crate::session::Speed;
use crate::shared::{Shared, use_env};
use crate::simulator::{Frame, Passages};

/// The counts are told again after so long, in milliseconds.
const TELL: f64 = 250.0;
/// A window so wide has room for the counts in the API server's line, so far from its left edge.
const ROOMY: f64 = 860.0;
const BESIDE_SCALE: f64 = 126.0;
/// Who listens instead of looking is told less often.
const SAY: f64 = 3_000.0;

/// All that is on its way, for whoever draws it.
#[derive(Clone, Default)]
pub struct Flights(Rc<RefCell<Fleet>>);

impl PartialEq for Flights {
    fn eq(&self, other: &Flights) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Flights {
    /// Packets that were just sent set out, while the clock plays at a speed.
    pub fn launch(&self, sent: Passages, speed: Speed) {
        let moving = speed <= Speed::TEN && !is_calm();
        let manner = if moving { Manner::Moving(speed.factor()) } else { Manner::Lit };
        self.0.borrow_mut().launch(sent, manner, pace::now());
    }

    /// Whether there is anything to be seen.
    pub fn is_busy(&self) -> bool {
        self.0.borrow().is_busy(pace::now())
    }
}

/// The canvas's data.
#[derive(Properties, PartialEq)]
pub struct FlightProps {
    /// What is on its way.
    pub flights: Flights,
    /// The cluster.
    pub frame: Shared<Frame>,
    /// Where everything stands.
    pub plan: Shared<Plan>,
    /// The window's width and height.
    pub size: (f64, f64),
    /// The scale.
    pub zoom: f64,
    /// What scrolls.
    pub scroller: NodeRef,
    /// Is told when all have come to their ends.
    pub over: Callback<()>,
}

/// The canvas, and the counts in words.
#[component]
pub fn Flight(props: &FlightProps) -> Html {
    let env = use_env();
    let holder = use_node_ref();
    let scroll = use_scroll(&props.scroller);
    let sight = Sight { left: scroll.0, top: scroll.1, width: props.size.0, height: props.size.1, zoom: props.zoom };
    let told = use_state_eq(|| (Counts::default(), Counts::default()));
    let easel = use_mut_ref(Easel::default);
    let drawn = (props.frame.clone(), props.plan.clone(), sight, holder.clone());
    let (flights, over, set) = (props.flights.clone(), props.over.clone(), told.setter());
    use_effect_with(drawn, move |(frame, plan, sight, holder)| {
        if let Some(holder) = holder.cast::<Element>() {
            flights.0.borrow_mut().move_ground();
            let (frame, plan) = (frame.clone(), plan.clone());
            easel.borrow_mut().scene = Some(Scene { holder, flights, frame, plan, sight: *sight, over, set });
            Easel::go_on(&easel, pace::now());
        }
    });
    let (now, said) = *told;
    let texts = &env.texts;
    let place = counts_place(&props.plan, sight);
    html! {
        <div class="flight" ref={holder}>
            { for PROBES.map(|name| html! { <span class={format!("probe-{name}")} hidden=true></span> }) }
            <canvas class="dense-canvas" aria-hidden="true" data-testid="flight" data-flying={now.flying.to_string()} data-asking={now.asking.to_string()}
                data-answered={now.ended.answered.to_string()} data-refused={now.ended.refused.to_string()} data-lost={now.ended.lost.to_string()}
                data-lit={now.lit.to_string()}></canvas>
            <p class="flight-counts" style={place} aria-hidden="true" data-testid="flight-counts">
                { for kinds(texts, now).into_iter().map(|(class, sign, word, count)| html! {
                    <span><i class={class}>{ sign }</i>{ word }{ " " }<b>{ grouped(count) }</b></span>
                }) }
            </p>
            <p class="unseen" role="status" data-testid="flight-words">{ words(texts, said) }</p>
        </div>
    }
}

/// The counts stand in the API server's line, where they lie on nothing, beside the scale; below, where there is no room.
fn counts_place(plan: &Plan, sight: Sight) -> String {
    let all = plan.height * sight.zoom <= sight.height + 1.0 && sight.width >= ROOMY;
    let rail = (plan.rail.y + plan.rail.h / 2.0) * sight.zoom - 13.0;
    let (left, top) = if all { (BESIDE_SCALE, rail) } else { (16.0, sight.height - 38.0) };
    format!("left:{}px;top:{}px;max-width:{}px", whole(left), whole(top), whole(sight.width - left - 16.0))
}

/// What is counted: its colour, its shape, its word, how many. Nothing is told of refused and lost ones while there are none.
fn kinds(texts: &Words, counts: Counts) -> Vec<(&'static str, &'static str, &'static str, u32)> {
    let later = texts.later();
    let all = [
        ("probe-accent", "●", later.packets_asking, counts.asking, true),
        ("probe-ready", "◆", later.packets_answered, counts.ended.answered, true),
        ("probe-failing", "✕", later.packets_refused, counts.ended.refused, false),
        ("probe-going", "○", later.packets_lost, counts.ended.lost, false),
    ];
    let told = all.into_iter().filter(|(.., count, always)| *always || *count > 0);
    told.map(|(class, sign, word, count, _)| (class, sign, word, count)).collect()
}

fn words(texts: &Words, counts: Counts) -> String {
    let mut text = texts.later().packets_title.to_owned();
    for (_, _, word, count) in kinds(texts, counts) {
        text.push_str(&format!("; {word} {count}"));
    }
    text
}

/// `12,345`
fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What is drawn, and where.
struct Scene {
    holder: Element,
    flights: Flights,
    frame: Shared<Frame>,
    plan: Shared<Plan>,
    sight: Sight,
    over: Callback<()>,
    set: UseStateSetter<(Counts, Counts)>,
}

/// What lasts from one drawing to the next.
#[derive(Default)]
struct Easel {
    scene: Option<Scene>,
    seen: Vec<Seen>,
    palette: Option<Palette>,
    context: Option<(HtmlCanvasElement, CanvasRenderingContext2d)>,
    repaints: Repaints,
    told: (f64, Counts),
    said: (f64, Counts),
    /// Whether what was drawn last is nothing.
    clear: bool,
}

impl Easel {
    fn go_on(easel: &Rc<RefCell<Easel>>, at: f64) {
        let mut this = easel.borrow_mut();
        if this.repaints.is_asked() {
            return;
        }
        this.paint(at);
        this.tell(at);
        let Some(scene) = &this.scene else { return };
        if !scene.flights.0.borrow().is_busy(at) {
            // Until this is taken away: more may set out before.
            scene.over.emit(());
        }
        this.repaints.ask(|| {
            let weak = Rc::downgrade(easel);
            Closure::new(move |at| Easel::step(&weak, at))
        });
    }

    fn step(easel: &Weak<RefCell<Easel>>, at: f64) {
        if let Some(easel) = easel.upgrade() {
            easel.borrow_mut().repaints.came();
            Easel::go_on(&easel, at);
        }
    }

    fn paint(&mut self, at: f64) {
        let Easel { scene: Some(scene), seen, palette, context, clear, .. } = self else { return };
        let mut fleet = scene.flights.0.borrow_mut();
        let moving = fleet.is_moving(at);
        if !moving && *clear {
            return;
        }
        fleet.settle(&scene.frame, &scene.plan);
        if context.is_none() {
            *context = canvas_of(&scene.holder);
        }
        let Some((canvas, context)) = context else { return };
        let palette = palette.get_or_insert_with(|| Palette::of(&scene.holder));
        let sight = scene.sight;
        let sharp = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).min(2.0);
        super::dense::fit(canvas, sight, sharp);
        let _ = context.set_transform(sharp, 0.0, 0.0, sharp, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, sight.width, sight.height);
        *clear = !moving;
        Brush { context, palette, sight }.draw(&fleet, seen, at);
    }

    /// Says how many are where, now and then.
    fn tell(&mut self, at: f64) {
        let Some(scene) = &self.scene else { return };
        if at - self.told.0 < TELL {
            return;
        }
        let mut fleet = scene.flights.0.borrow_mut();
        fleet.prune(at);
        let counts = fleet.counts(at);
        self.told = (at, counts);
        if at - self.said.0 > SAY || counts.flying == 0 {
            self.said = self.told;
            // Colours may have changed; to read them makes the browser work out its styles.
            self.palette = None;
        }
        scene.set.set((counts, self.said.1));
    }
}

fn canvas_of(holder: &Element) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas = holder.query_selector("canvas").ok()??.dyn_into::<HtmlCanvasElement>().ok()?;
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    Some((canvas, context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
    }
}
