//! The whole ground in a corner while it is larger than the window: nodes as boxes, those in trouble filled, and the part in sight.
//! A press goes there.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::camera::use_scroll;
use super::layout::{Plan, Rect};
use crate::number::{decimal, whole};
use crate::shared::Shared;
use crate::simulator::{Frame, Readiness};

/// Its sides at the most: beside the nodes, and over ground that is wider than the window.
const SIDES: (f64, f64) = (112.0, 150.0);
const SIDES_OVER: (f64, f64) = (168.0, 116.0);
/// What the nodes leave free for it.
pub const ASIDE: f64 = SIDES.0 + 12.0;

/// The small picture's data.
#[derive(Properties, PartialEq)]
pub struct MinimapProps {
    /// The cluster.
    pub frame: Shared<Frame>,
    /// Where everything stands.
    pub plan: Shared<Plan>,
    /// The scale of the large picture.
    pub zoom: f64,
    /// The window's width and height.
    pub size: (f64, f64),
    /// What scrolls.
    pub scroller: NodeRef,
}

/// Boxes as one path.
fn path<'a>(rects: impl Iterator<Item = &'a Rect>) -> String {
    let mut path = String::new();
    for Rect { x, y, w, h } in rects {
        let [x, y, w, h] = [*x, *y, *w, *h].map(whole);
        path.push_str(&format!("M{x} {y}h{w}v{h}h-{w}z"));
    }
    path
}

/// The small picture.
#[component]
pub fn Minimap(props: &MinimapProps) -> Html {
    let (left, top) = use_scroll(&props.scroller);
    let plan = &*props.plan;
    let sides = if plan.width * props.zoom > props.size.0 + 1.0 { SIDES_OVER } else { SIDES };
    let part = (sides.0 / plan.width).min(sides.1 / plan.height);
    let (w, h) = (plan.width * part, plan.height * part);
    let bad = |n: &usize| props.frame.nodes.get(*n).is_some_and(|node| node.readiness != Readiness::Ready || !node.powered);
    let (troubled, well): (Vec<usize>, Vec<usize>) = (0..plan.rooms.len()).partition(bad);
    let of = |which: Vec<usize>| path(which.iter().map(|n| &plan.rooms[*n]).collect::<Vec<_>>().into_iter());
    let others = path([&plan.manager, &plan.scheduler].into_iter().chain(&plan.services).chain(&plan.ingresses));
    let seen = Rect { x: left, y: top, w: props.size.0, h: props.size.1 }.scaled(part / props.zoom);
    let seen = Rect { w: seen.w.min(w), h: seen.h.min(h), ..seen };
    let (scroller, zoom, size) = (props.scroller.clone(), props.zoom, props.size);
    let go = Callback::from(move |event: PointerEvent| {
        let target = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let (Some(target), Some(element)) = (target, scroller.cast::<HtmlElement>()) else { return };
        if event.buttons() & 1 == 0 {
            return;
        }
        let area = target.get_bounding_client_rect();
        let place = |at: i32, from: f64, size: f64| whole((f64::from(at) - from) / part * zoom - size / 2.0);
        element.set_scroll_left(place(event.client_x(), area.x(), size.0));
        element.set_scroll_top(place(event.client_y(), area.y(), size.1));
    });
    html! {
        <div class="minimap" style={format!("width:{}px;height:{}px", whole(w), whole(h))} onpointerdown={go.clone()} onpointermove={go}
            aria-hidden="true" data-testid="minimap">
            <svg viewBox={format!("0 0 {} {}", whole(plan.width), whole(plan.height))} preserveAspectRatio="none">
                <path class="others" d={others} /><path d={of(well)} /><path class="bad" d={of(troubled)} />
            </svg>
            <span class="seen" style={format!("left:{}px;top:{}px;width:{}px;height:{}px", decimal(seen.x, 1), decimal(seen.y, 1),
                decimal(seen.w, 1), decimal(seen.h, 1))}></span>
        </div>
    }
}
