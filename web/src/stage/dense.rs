//! Many pods on one canvas: the same places and the same states as the tiles, with stamps and names from the scale on at
//! which they can be read; they glide as tiles do. The table says in words what is drawn here.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, Path2d};
use yew::prelude::*;

use super::camera::use_scroll;
use super::glide::Glide;
use super::layout::{Plan, Rect, Spot};
use super::lit::Lit;
use crate::intent::LookIntent;
use crate::number::decimal;
use crate::pace::{self, Repaints};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Frame, Kind, ObjectKey, PodState, PodTile, Readiness};

/// The canvas's data.
#[derive(Properties, PartialEq)]
pub struct DenseProps {
    /// The cluster.
    pub frame: Shared<Frame>,
    /// Where everything stands.
    pub plan: Shared<Plan>,
    /// What is marked.
    pub selected: Option<ObjectKey>,
    /// What lights up.
    pub lit: Option<Lit>,
    /// The window's width and height.
    pub size: (f64, f64),
    /// The scale.
    pub zoom: f64,
    /// What scrolls.
    pub scroller: NodeRef,
    /// Changes with the colours of the page.
    pub colours: u8,
    /// Whether the clock plays too fast for movement to be followed.
    pub quick: bool,
}

/// The colours, as the style sheet has them.
pub(super) struct Palette {
    pub ready: String,
    pub starting: String,
    pub failing: String,
    pub going: String,
    pub paper: String,
    pub line: String,
    pub accent: String,
    pub ink: String,
}

impl Palette {
    /// Read off the elements that wear them.
    pub fn of(holder: &Element) -> Palette {
        let colour = |name: &str| colour(holder, name);
        Palette {
            ready: colour("ready"),
            starting: colour("starting"),
            failing: colour("failing"),
            going: colour("going"),
            paper: colour("paper"),
            line: colour("line"),
            accent: colour("accent"),
            ink: colour("ink"),
        }
    }
}

fn colour(holder: &Element, name: &str) -> String {
    let probe = holder.query_selector(&format!(".probe-{name}")).ok().flatten();
    let style = probe.and_then(|probe| web_sys::window()?.get_computed_style(&probe).ok()?);
    style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
}

/// Elements that wear the colours, for whoever draws: their classes are `probe-` and these.
pub(super) const PROBES: [&str; 8] = ["ready", "starting", "failing", "going", "paper", "line", "accent", "ink"];

/// The canvas with all pods and, where nodes are boxes, all nodes, as far as they are in sight; and the one pod that keys go from.
#[component]
pub fn Dense(props: &DenseProps) -> Html {
    let env = use_env();
    let holder = use_node_ref();
    let scroll = use_scroll(&props.scroller);
    let sight = Sight { left: scroll.0, top: scroll.1, width: props.size.0, height: props.size.1, zoom: props.zoom };
    let easel = use_mut_ref(Easel::default);
    let drawn = (props.frame.clone(), props.plan.clone(), props.selected.clone(), sight, props.colours, props.lit.clone());
    let quick = props.quick;
    use_effect_with((drawn, holder.clone()), move |((frame, plan, selected, sight, colours, lit), holder)| {
        if let Some(holder) = holder.cast::<Element>() {
            let (frame, plan, selected, lit) = (frame.clone(), plan.clone(), selected.clone(), lit.clone());
            Easel::show(&easel, Scene { holder, frame, plan, selected, lit, sight: *sight, colours: *colours }, quick);
        }
    });
    let label = (env.texts.pods_summary)(props.frame.counts.ready, props.frame.counts.pods);
    html! {
        <>
            <div class="dense-holder" ref={holder}>
                { for PROBES.map(|name| html! { <span class={format!("probe-{name}")} hidden=true></span> }) }
                <canvas class="dense-canvas" role="img" aria-label={label} data-testid="canvas"
                    data-pods={props.plan.pods.len().to_string()}></canvas>
            </div>
            <super::cursor::Cursor frame={props.frame.clone()} plan={props.plan.clone()} selected={props.selected.clone()} zoom={props.zoom} />
        </>
    }
}

/// The part of the ground that is in sight: how far it is scrolled, the window's size, the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sight {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub zoom: f64,
}

impl Sight {
    /// Whether something of a rectangle of the ground is seen.
    fn meets(&self, at: Rect) -> bool {
        let at = at.scaled(self.zoom);
        at.x < self.left + self.width && at.x + at.w > self.left && at.y < self.top + self.height && at.y + at.h > self.top
    }
}

/// What stands at a place: a pod, else a node.
pub fn find(frame: &Frame, plan: &Plan, (x, y): (f64, f64)) -> Option<ObjectKey> {
    let hit = |spot: &Spot| {
        let (w, h) = spot.density.cell();
        (spot.x..spot.x + w).contains(&x) && (spot.y..spot.y + h).contains(&y)
    };
    let pod = frame.pods().find(|pod| plan.pods.get(&pod.uid).is_some_and(hit));
    let inside = |room: &Rect| (room.x..room.x + room.w).contains(&x) && (room.y..room.y + room.h).contains(&y);
    let node = || plan.rooms.iter().position(inside).and_then(|n| frame.nodes.get(n));
    pod.map(|pod| pod.key.clone()).or_else(|| node().map(|node| ObjectKey::new(Kind::Node, "", node.name.clone())))
}

/// What is drawn.
struct Scene {
    holder: Element,
    frame: Shared<Frame>,
    plan: Shared<Plan>,
    selected: Option<ObjectKey>,
    lit: Option<Lit>,
    sight: Sight,
    colours: u8,
}

/// What lasts from one drawing to the next.
#[derive(Default)]
struct Easel {
    scene: Option<Scene>,
    glide: Glide,
    /// The colours, and what they were read for: the choice of colours, and the paper's own, which follows the system's.
    palette: Option<((u8, String), Palette)>,
    /// Draws the next step of those that are on their way.
    repaints: Repaints,
}

impl Easel {
    /// Draws this now; whoever has another place goes there in the next frames, unless that is not to be seen.
    fn show(easel: &Rc<RefCell<Easel>>, scene: Scene, quick: bool) {
        let at = pace::now();
        easel.borrow_mut().arrange(scene, quick || is_calm(), at);
        Easel::go_on(easel, at);
    }

    fn arrange(&mut self, scene: Scene, still: bool, at: f64) {
        // What the camera moves is there at once.
        let same_sight = |before: &Scene| {
            let of = |sight: Sight| (sight.width, sight.height, sight.zoom);
            of(before.sight) == of(scene.sight)
        };
        match self.scene.as_ref().filter(|before| !still && same_sight(before)) {
            Some(before) if before.plan == scene.plan => {}
            Some(before) => {
                let birth = |pod: &PodTile| super::birthplace(&scene.frame, &scene.plan, pod);
                self.glide.follow(&before.plan, &scene.frame, &scene.plan, birth, at);
            }
            None => self.glide.stop(),
        }
        self.scene = Some(scene);
    }

    fn go_on(easel: &Rc<RefCell<Easel>>, at: f64) {
        let mut this = easel.borrow_mut();
        this.paint(at);
        if this.glide.is_over(at) || this.repaints.is_asked() {
            return;
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
        let Some(scene) = &self.scene else { return };
        // Each reading makes the browser work out its styles: one tells whether the others are as they were.
        let worn = (scene.colours, colour(&scene.holder, "paper"));
        if self.palette.as_ref().is_none_or(|(read_for, _)| *read_for != worn) {
            self.palette = Some((worn, Palette::of(&scene.holder)));
        }
        if let Some((_, palette)) = &self.palette {
            paint(scene, palette, &self.glide, at);
        }
    }
}

/// Whether the user wants no movement.
pub(super) fn is_calm() -> bool {
    let asked = web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    asked.is_some_and(|asked| asked.matches())
}

/// Makes a canvas as large as the window, with so many points for each of its pixels.
pub(super) fn fit(canvas: &HtmlCanvasElement, sight: Sight, sharp: f64) {
    let (width, height) = ((sight.width * sharp) as u32, (sight.height * sharp) as u32);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
        let _ = canvas.style().set_property("width", &format!("{}px", sight.width));
        let _ = canvas.style().set_property("height", &format!("{}px", sight.height));
    }
}

fn paint(scene: &Scene, palette: &Palette, glide: &Glide, at: f64) {
    let Scene { holder, frame, plan, selected, lit, sight, .. } = scene;
    let (selected, sight) = (selected.as_ref(), *sight);
    let canvas = holder.query_selector("canvas").ok().flatten().and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else { return };
    let sharp = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).min(2.0);
    fit(&canvas, sight, sharp);
    let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let scale = sharp * sight.zoom;
    let _ = context.set_transform(sharp, 0.0, 0.0, sharp, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, sight.width, sight.height);
    let _ = context.set_transform(scale, 0.0, 0.0, scale, -sight.left * sharp, -sight.top * sharp);
    if plan.boxes {
        boxes(&context, frame, plan, palette, selected, sight);
    }
    let pen = Pen { context: &context, palette, stamps: RefCell::default(), zoom: sight.zoom, ink: Cell::new(""), line: Cell::new("") };
    // First all bodies, then all stamps: colours change seldom so.
    let passes: [&dyn Fn(&PodTile, Spot); 2] = [&|pod, spot| pen.body(pod, spot), &|pod, spot| pen.signs(pod, spot, selected == Some(&pod.key))];
    for pass in passes {
        for pod in frame.pods() {
            let Some(spot) = plan.pods.get(&pod.uid).map(|spot| glide.spot(pod.uid, *spot, at)) else { continue };
            let (w, h) = spot.density.cell();
            if sight.meets(Rect { x: spot.x, y: spot.y, w, h }) {
                if let Some(lit) = lit {
                    context.set_global_alpha(if lit.shows(pod) { 1.0 } else { 0.15 });
                }
                pass(pod, spot);
            }
        }
    }
    context.set_global_alpha(1.0);
}

/// A node's name over its box, where the box is large enough for one.
const NAMED_BOX: f64 = 64.0;

fn boxes(context: &CanvasRenderingContext2d, frame: &Frame, plan: &Plan, palette: &Palette, selected: Option<&ObjectKey>, sight: Sight) {
    let head = 3.4;
    for (node, at) in frame.nodes.iter().zip(&plan.rooms) {
        if !sight.meets(*at) {
            continue;
        }
        if at.w * sight.zoom >= NAMED_BOX && head * sight.zoom > 7.0 {
            context.set_font(&format!("{}px system-ui, sans-serif", decimal(head, 1)));
            context.set_fill_style_str(&palette.ink);
            let _ = context.fill_text_with_max_width(&node.name, at.x + 3.0, at.y + head, at.w - 6.0);
        }
        let chosen = selected.is_some_and(|key| key.kind == Kind::Node && key.name == node.name);
        let colour = match node.readiness {
            _ if chosen => &palette.accent,
            Readiness::Ready if node.powered => &palette.line,
            Readiness::Ready => &palette.going,
            Readiness::NotReady | Readiness::Silent => &palette.failing,
        };
        context.set_stroke_style_str(colour);
        context.set_line_width((if chosen { 2.0 } else { 1.0 }) / sight.zoom);
        context.stroke_rect(at.x + 0.5, at.y + 0.5, at.w - 1.0, at.h - 1.0);
        if !node.powered || node.readiness == Readiness::Silent {
            line(context, (at.x, at.y), (at.x + at.w, at.y + at.h));
        }
    }
}

fn line(context: &CanvasRenderingContext2d, from: (f64, f64), to: (f64, f64)) {
    context.begin_path();
    context.move_to(from.0, from.1);
    context.line_to(to.0, to.1);
    context.stroke();
}

/// What pods are drawn with.
struct Pen<'a> {
    context: &'a CanvasRenderingContext2d,
    palette: &'a Palette,
    /// The stamps drawn so far, about the origin, by their numbers and sizes.
    stamps: RefCell<Vec<((u8, f64), Path2d)>>,
    zoom: f64,
    /// The colours last told to the canvas: to tell them again for each of many pods takes longer than to draw.
    ink: Cell<&'a str>,
    line: Cell<&'a str>,
}

/// From so many pixels on a tile bears its stamp, and the end of its name.
const STAMPED: f64 = 13.0;
const NAMED: f64 = 40.0;

impl<'a> Pen<'a> {
    fn fill_in(&self, colour: &'a str) {
        if self.ink.replace(colour).as_ptr() != colour.as_ptr() {
            self.context.set_fill_style_str(colour);
        }
    }

    fn line_in(&self, colour: &'a str) {
        if self.line.replace(colour).as_ptr() != colour.as_ptr() {
            self.context.set_stroke_style_str(colour);
        }
    }

    fn body(&self, pod: &PodTile, spot: Spot) {
        let (at, side) = tile(spot);
        self.state(pod, at, side);
    }

    /// What stands on a pod's body and around it.
    fn signs(&self, pod: &PodTile, spot: Spot, selected: bool) {
        let (context, palette) = (self.context, self.palette);
        let ((x, y), side) = tile(spot);
        let seen = side * self.zoom;
        if seen >= STAMPED && let Some(stamp) = pod.stamp {
            let filled = matches!(pod.state, PodState::Ready | PodState::BackOff { .. });
            let middle = if seen >= NAMED { 0.38 } else { 0.5 };
            self.stamp(stamp, (x + side / 2.0, y + side * middle), side * 0.19, if filled { &palette.paper } else { &palette.ink });
        }
        if seen >= NAMED {
            let filled = matches!(pod.state, PodState::Ready | PodState::BackOff { .. });
            self.fill_in(if filled { &palette.paper } else { &palette.ink });
            context.set_font(&format!("{}px ui-monospace, monospace", decimal(side * 0.21, 2)));
            context.set_text_align("center");
            let _ = context.fill_text_with_max_width(super::pod::short_name(pod), x + side / 2.0, y + side * 0.86, side * 0.92);
            context.set_text_align("start");
        }
        if selected {
            context.set_line_width(2.0 / self.zoom);
            self.line_in(&palette.accent);
            let out = 2.0 / self.zoom;
            context.stroke_rect(x - out, y - out, side + 2.0 * out, side + 2.0 * out);
        }
    }

    /// The stamp of its template.
    fn stamp(&self, stamp: u8, (x, y): (f64, f64), r: f64, colour: &'a str) {
        self.fill_in(colour);
        let mut stamps = self.stamps.borrow_mut();
        let known = stamps.iter().position(|(of, _)| *of == (stamp, r));
        let at = known.unwrap_or(stamps.len());
        if known.is_none() {
            let Ok(path) = Path2d::new_with_path_string(&super::mark::stamp_path(stamp, 0.0, 0.0, r)) else { return };
            stamps.push(((stamp, r), path));
        }
        let path = &stamps[at].1;
        let _ = self.context.translate(x, y);
        if stamp == super::mark::OPEN {
            self.line_in(colour);
            self.context.set_line_width(r * 0.42);
            self.context.stroke_with_path(path);
        } else {
            self.context.fill_with_path_2d(path);
        }
        let _ = self.context.translate(-x, -y);
    }

    fn state(&self, pod: &PodTile, (x, y): (f64, f64), side: f64) {
        let (context, palette) = (self.context, self.palette);
        let edge = (side / 9.0).clamp(0.8, 2.0);
        context.set_line_width(edge);
        let outline = |colour: &'a str| {
            self.line_in(colour);
            context.stroke_rect(x + edge / 2.0, y + edge / 2.0, side - edge, side - edge);
        };
        let fill = |colour: &'a str, part: f64| {
            self.fill_in(colour);
            context.fill_rect(x, y + side * (1.0 - part), side, side * part);
        };
        match pod.state {
            PodState::Ready => fill(&palette.ready, 1.0),
            PodState::NotReady => {
                fill(&palette.starting, 1.0);
                self.fill_in(&palette.paper);
                context.fill_rect(x + side * 0.3, y + side * 0.3, side * 0.4, side * 0.4);
            }
            PodState::Starting { progress } => {
                fill(&palette.starting, f64::from(progress) / 1000.0);
                outline(&palette.starting);
            }
            PodState::Pending => outline(&palette.starting),
            PodState::Terminating { .. } => {
                outline(&palette.going);
                line(context, (x, y + side), (x + side, y));
            }
            PodState::BackOff { .. } => {
                fill(&palette.failing, 1.0);
                self.line_in(&palette.paper);
                line(context, (x + side / 2.0, y + side / 2.0), (x + side / 2.0, y));
            }
            PodState::Failed => {
                self.line_in(&palette.failing);
                line(context, (x, y), (x + side, y + side));
                line(context, (x, y + side), (x + side, y));
            }
            PodState::Completed => fill(&palette.line, 1.0),
            PodState::Lost => outline(&palette.going),
        }
    }
}

/// Where a tile stands in its cell, and its side.
fn tile(spot: Spot) -> ((f64, f64), f64) {
    let side = spot.density.tile();
    let inset = (spot.density.cell().0 - side) / 2.0;
    ((spot.x + inset, spot.y + inset), side)
}

/// Where a pointer is over the stage's ground.
fn place(event: &MouseEvent, zoom: f64) -> Option<(f64, f64)> {
    let ground = event.current_target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    Some(((f64::from(event.client_x()) - ground.x()) / zoom, (f64::from(event.client_y()) - ground.y()) / zoom))
}

/// A click on the ground marks what is drawn there.
pub fn on_click(env: &Env, frame: &Shared<Frame>, plan: &Shared<Plan>, zoom: f64) -> Callback<MouseEvent> {
    let (frame, plan, send) = (frame.clone(), plan.clone(), env.send.clone());
    Callback::from(move |event: MouseEvent| {
        let found = place(&event, zoom).and_then(|at| find(&frame, &plan, at));
        send.emit(found.map_or(LookIntent::Deselect, LookIntent::Select).into());
    })
}

/// A pointer that rests is told the name of what is drawn there.
pub fn on_move(frame: &Shared<Frame>, plan: &Shared<Plan>, zoom: f64) -> Callback<MouseEvent> {
    let (frame, plan) = (frame.clone(), plan.clone());
    Callback::from(move |event: MouseEvent| {
        let name = place(&event, zoom).and_then(|at| find(&frame, &plan, at)).map(|key| key.name.to_string());
        if let Some(ground) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            ground.set_title(&name.unwrap_or_default());
        }
    })
}
