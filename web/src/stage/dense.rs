//! Many pods on one canvas: the same places and the same states as the tiles, without stamps and names. The table says in words
//! what is drawn here.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

use super::layout::{Plan, Rect, Slots, Spot};
use super::lit::Lit;
use crate::intent::LookIntent;
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
    /// The width of the stage.
    pub width: f64,
    /// Changes with the colours of the page.
    pub colours: u8,
}

/// The colours, as the style sheet has them.
struct Palette {
    ready: String,
    starting: String,
    failing: String,
    going: String,
    paper: String,
    line: String,
    accent: String,
}

impl Palette {
    /// Read off the elements that wear them.
    fn of(holder: &Element) -> Palette {
        let colour = |name: &str| {
            let probe = holder.query_selector(&format!(".probe-{name}")).ok().flatten();
            let style = probe.and_then(|probe| web_sys::window()?.get_computed_style(&probe).ok()?);
            style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
        };
        Palette {
            ready: colour("ready"),
            starting: colour("starting"),
            failing: colour("failing"),
            going: colour("going"),
            paper: colour("paper"),
            line: colour("line"),
            accent: colour("accent"),
        }
    }
}

const PROBES: [&str; 7] = ["ready", "starting", "failing", "going", "paper", "line", "accent"];

/// The canvas with all pods and, where nodes are boxes, all nodes.
#[component]
pub fn Dense(props: &DenseProps) -> Html {
    let env = use_env();
    let holder = use_node_ref();
    let drawn = (props.frame.clone(), props.plan.clone(), props.selected.clone(), props.width, props.colours, props.lit.clone());
    use_effect_with((drawn, holder.clone()), |((frame, plan, selected, width, _, lit), holder)| {
        if let Some(holder) = holder.cast::<Element>() {
            paint(&holder, (frame, plan), selected.as_ref(), lit.as_ref(), *width);
        }
    });
    let label = (env.texts.pods_summary)(props.frame.counts.ready, props.frame.counts.pods);
    html! {
        <div class="dense-holder" ref={holder}>
            { for PROBES.map(|name| html! { <span class={format!("probe-{name}")} hidden=true></span> }) }
            <canvas class="dense-canvas" role="img" aria-label={label} data-testid="canvas"
                data-pods={props.plan.pods.len().to_string()}></canvas>
        </div>
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

fn paint(holder: &Element, (frame, plan): (&Frame, &Plan), selected: Option<&ObjectKey>, lit: Option<&Lit>, width: f64) {
    let canvas = holder.query_selector("canvas").ok().flatten().and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else { return };
    let scale = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).min(2.0);
    canvas.set_width((width * scale) as u32);
    canvas.set_height((plan.height * scale) as u32);
    let _ = canvas.style().set_property("width", &format!("{width}px"));
    let _ = canvas.style().set_property("height", &format!("{}px", plan.height));
    let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let _ = context.scale(scale, scale);
    let palette = Palette::of(holder);
    if plan.boxes {
        boxes(&context, frame, plan, &palette, selected);
    }
    for pod in frame.pods() {
        if let Some(spot) = plan.pods.get(&pod.uid) {
            context.set_global_alpha(if lit.is_none_or(|lit| lit.shows(pod)) { 1.0 } else { 0.15 });
            draw(&context, &palette, pod, *spot, selected == Some(&pod.key));
        }
    }
}

fn boxes(context: &CanvasRenderingContext2d, frame: &Frame, plan: &Plan, palette: &Palette, selected: Option<&ObjectKey>) {
    for (node, at) in frame.nodes.iter().zip(&plan.rooms) {
        let chosen = selected.is_some_and(|key| key.kind == Kind::Node && key.name == node.name);
        let colour = match node.readiness {
            _ if chosen => &palette.accent,
            Readiness::Ready if node.powered => &palette.line,
            Readiness::Ready => &palette.going,
            Readiness::NotReady | Readiness::Silent => &palette.failing,
        };
        context.set_stroke_style_str(colour);
        context.set_line_width(if chosen { 2.0 } else { 1.0 });
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

fn draw(context: &CanvasRenderingContext2d, palette: &Palette, pod: &PodTile, spot: Spot, selected: bool) {
    let side = spot.density.tile();
    let inset = (spot.density.cell().0 - side) / 2.0;
    let (x, y) = (spot.x + inset, spot.y + inset);
    let edge = (side / 9.0).clamp(0.8, 2.0);
    context.set_line_width(edge);
    let outline = |colour: &str| {
        context.set_stroke_style_str(colour);
        context.stroke_rect(x + edge / 2.0, y + edge / 2.0, side - edge, side - edge);
    };
    let fill = |colour: &str, part: f64| {
        context.set_fill_style_str(colour);
        context.fill_rect(x, y + side * (1.0 - part), side, side * part);
    };
    match pod.state {
        PodState::Ready => fill(&palette.ready, 1.0),
        PodState::NotReady => {
            fill(&palette.starting, 1.0);
            context.set_fill_style_str(&palette.paper);
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
            context.set_stroke_style_str(&palette.paper);
            line(context, (x + side / 2.0, y + side / 2.0), (x + side / 2.0, y));
        }
        PodState::Failed => {
            context.set_stroke_style_str(&palette.failing);
            line(context, (x, y), (x + side, y + side));
            line(context, (x, y + side), (x + side, y));
        }
        PodState::Completed => fill(&palette.line, 1.0),
        PodState::Lost => outline(&palette.going),
    }
    if selected {
        context.set_line_width(2.0);
        context.set_stroke_style_str(&palette.accent);
        context.stroke_rect(x - 2.0, y - 2.0, side + 4.0, side + 4.0);
    }
}

/// Where a pointer is over the stage's ground.
fn place(event: &MouseEvent) -> Option<(f64, f64)> {
    let ground = event.current_target()?.dyn_into::<Element>().ok()?.get_bounding_client_rect();
    Some((f64::from(event.client_x()) - ground.x(), f64::from(event.client_y()) - ground.y()))
}

/// A click on the ground marks what is drawn there.
pub fn on_click(env: &Env, frame: &Shared<Frame>, plan: &Shared<Plan>) -> Callback<MouseEvent> {
    let (frame, plan, send) = (frame.clone(), plan.clone(), env.send.clone());
    Callback::from(move |event: MouseEvent| {
        let found = place(&event).and_then(|at| find(&frame, &plan, at));
        send.emit(found.map_or(LookIntent::Deselect, LookIntent::Select).into());
    })
}

/// A pointer that rests is told the name of what is drawn there.
pub fn on_move(frame: &Shared<Frame>, plan: &Shared<Plan>) -> Callback<MouseEvent> {
    let (frame, plan) = (frame.clone(), plan.clone());
    Callback::from(move |event: MouseEvent| {
        let name = place(&event).and_then(|at| find(&frame, &plan, at)).map(|key| key.name.to_string());
        if let Some(ground) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            ground.set_title(&name.unwrap_or_default());
        }
    })
}

/// All that stands on the stage, kept from drawing to drawing.
pub fn plan_of(frame: &Frame, width: f64, height: f64, slots: &mut Slots) -> Shared<Plan> {
    Shared::new(super::layout::plan(frame, width, height, slots))
}
