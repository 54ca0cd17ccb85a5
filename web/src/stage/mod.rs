//! The picture of the cluster: the control plane above, nodes as rooms below, pods as tiles that move between them.

mod camera;
mod card;
mod cursor;
mod dense;
mod fault;
mod flight;
mod focus;
mod glide;
mod ingress;
mod lanes;
pub mod layout;
mod lit;
mod mark;
mod menu;
mod minimap;
mod outside;
mod plane;
mod pod;
mod room;
mod service;
mod table;
mod trip;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, ResizeObserver};
use yew::prelude::*;

use self::layout::{Plan, Slots, Spot};
pub use self::flight::Flights;
pub use self::lit::{Lit, LitPods};
pub use self::trip::shown as shown_trip;
pub use self::mark::{definitions, stamp_glyph, state_class};
use crate::intent::{LookIntent, Theme};
use crate::number::{decimal, whole};
use crate::session::{Insight, Look};
use crate::shared::{Shared, use_env};
use crate::simulator::{Fault, Frame, ObjectKey, PodTile, Scope, SmallMap, Trouble, Uid};

/// More pods than this are drawn on a canvas: an element for each would take longer than a frame lasts.
const MOST_TILES: usize = 120;
/// How long a pod that is gone is still seen to go, in milliseconds.
const LEAVING: u32 = 260;
/// A window narrower than this has no room for a small picture.
const LEAST_FOR_MAP: f64 = 420.0;
/// With more of the ground in sight than this a small picture would only be in the way.
const MOST_IN_SIGHT: f64 = 0.75;

/// The picture's data.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// The cluster.
    pub frame: Shared<Frame>,
    /// What is marked.
    pub look: Shared<Look>,
    /// What is worked out: the ways of requests.
    pub insight: Shared<Insight>,
    /// Whether the clock plays too fast for movement to be followed.
    pub quick: bool,
    /// Packets on their ways.
    pub flights: Flights,
    /// Whether there are any.
    pub flying: bool,
    /// Is told when there are none any more.
    pub landed: Callback<()>,
}

/// What the stage remembers from one drawing to the next.
#[derive(Default)]
struct Memory {
    slots: Slots,
    /// Where each pod was drawn.
    drawn: SmallMap<Uid, (PodTile, Spot)>,
    /// Pods that are gone and still fade.
    leaving: SmallMap<Uid, (PodTile, Spot)>,
}

impl Memory {
    /// Nothing is drawn that could leave.
    fn forget(&mut self) {
        self.drawn.clear();
        self.leaving.clear();
    }

    /// Takes note of what is drawn now. True if a pod has just gone.
    fn follow(&mut self, frame: &Frame, plan: &Plan) -> bool {
        let placed = frame.pods().filter_map(|pod| Some((pod.uid, (pod.clone(), *plan.pods.get(&pod.uid)?))));
        let now: SmallMap<Uid, (PodTile, Spot)> = placed.collect();
        let before = std::mem::replace(&mut self.drawn, now);
        self.leaving.retain(|uid, _| !self.drawn.contains_key(uid));
        let gone: Vec<_> = before.into_iter().filter(|(uid, _)| !self.drawn.contains_key(uid)).collect();
        let any = !gone.is_empty();
        self.leaving.extend(gone);
        any
    }
}

/// The size of an element, kept up to date.
#[hook]
fn use_size(node: NodeRef) -> (f64, f64) {
    let size = use_state_eq(|| (0.0, 0.0));
    let set = size.setter();
    use_effect_with(node, move |node| {
        let element = node.cast::<HtmlElement>();
        let measured = element.clone();
        let measure = Closure::<dyn FnMut()>::new(move || {
            if let Some(element) = &measured {
                set.set((f64::from(element.client_width()), f64::from(element.client_height())));
            }
        });
        let observer = ResizeObserver::new(measure.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, &element) {
            observer.observe(element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(measure);
        }
    });
    *size
}

/// Scales at which everything is tried to be seen at once.
const FITS: [f64; 8] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];

/// A window larger than this shows everything larger instead of farther apart: it hangs on a wall.
const WALL: (f64, f64) = (1400.0, 740.0);

/// For the last row of a lecture room all is drawn so much larger, as far as nodes are in sight then.
const PROJECTED: [f64; 3] = [1.3, 1.15, 1.0];
const LEAST_PROJECTED: f64 = 560.0;

/// The scale that is 100 % in a window of this size.
fn grown(frame: &Frame, (width, height): (f64, f64), theme: Theme) -> f64 {
    let scale = (width / WALL.0).min(height / WALL.1).clamp(1.0, 2.0);
    let scale = f64::from(whole(scale * 10.0)) / 10.0;
    let in_sight = |larger: &f64| layout::nodes_in_sight(frame, width / larger, height / larger);
    let larger = (theme == Theme::Projector && width >= LEAST_PROJECTED).then(|| PROJECTED.into_iter().find(in_sight)).flatten();
    larger.map_or(scale, |larger| scale.max(larger))
}

/// Under 100 % there is more ground.
fn plan_at(frame: &Frame, zoom: f64, (width, height): (f64, f64), grown: f64, slots: &mut Slots) -> Plan {
    let more = zoom.min(grown);
    layout::plan(frame, width / more, height / more, slots)
}

/// The largest scale at which all is seen.
fn fit(frame: &Frame, size: (f64, f64), grown: f64, slots: &Slots) -> f64 {
    let all = |zoom: &f64| {
        let (zoom, mut slots) = (zoom * grown, slots.clone());
        slots.aside = 0.0;
        plan_at(frame, zoom, size, grown, &mut slots).height * zoom <= size.1 + 1.0
    };
    FITS.into_iter().find(all).unwrap_or(0.25)
}

/// Whether so much of the ground is out of sight that a small picture of all of it helps.
fn much(plan: &Plan, zoom: f64, size: (f64, f64)) -> bool {
    size.0 > LEAST_FOR_MAP && size.0 * size.1 < MOST_IN_SIGHT * plan.width * plan.height * zoom * zoom
}

/// The plan of what there is now; `many`: so much that there may be a small picture.
fn plan_now(frame: &Frame, zoom: f64, size: (f64, f64), grown: f64, many: bool, slots: &mut Slots) -> Plan {
    if !many {
        slots.aside = 0.0;
    }
    let plan = plan_at(frame, zoom, size, grown, slots);
    if many { plan_beside_map(plan, frame, zoom, size, grown, slots) } else { plan }
}

/// The plan of a crowd: where there is going to be a small picture, it stands beside the nodes and not on them. Only ground that is wider
/// than the window lies below it.
#[inline(never)]
fn plan_beside_map(plan: Plan, frame: &Frame, zoom: f64, size: (f64, f64), grown: f64, slots: &mut Slots) -> Plan {
    let aside = if much(&plan, zoom, size) { minimap::ASIDE / zoom } else { 0.0 };
    if plan.width * zoom > size.0 + 1.0 || slots.aside == aside {
        return plan;
    }
    slots.aside = aside;
    plan_at(frame, zoom, size, grown, slots)
}

/// The picture.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let env = use_env();
    let node = use_node_ref();
    let size = use_size(node.clone());
    let memory = use_mut_ref(Memory::default);
    let redraw = use_force_update();
    let frame = &*props.frame;
    let many = frame.counts.pods as usize > MOST_TILES || frame.nodes.len() > layout::MOST_HEADS;
    let camera = camera::use_camera(&node, many);
    let drag = use_mut_ref(camera::Drag::default);
    let onkeydown = focus::on_key();
    let grown = grown(frame, size, props.look.theme);
    let zoom = camera.zoom * grown;
    // Before the window's size is known nothing is placed; the elements are the same, for what listens to them.
    let drawn = (size.0 > 0.0).then(|| {
        let mut memory = memory.borrow_mut();
        let plan = Shared::new(plan_now(frame, zoom, size, grown, many, &mut memory.slots));
        if many || props.look.table {
            memory.forget();
        } else if memory.follow(frame, &plan) {
            Timeout::new(LEAVING, move || redraw.force_update()).forget();
        }
        (plan, std::mem::take(&mut memory.leaving))
    });
    let lit = Lit::of(frame, &props.look);
    let larger = drawn.as_ref().is_some_and(|(plan, _)| plan.height * zoom > size.1 + 1.0 || plan.width * zoom > size.0 + 1.0);
    let wide = drawn.as_ref().is_some_and(|(plan, _)| plan.width * zoom > size.0 + 1.0);
    let form = drawn.as_ref().map(|(plan, _)| plan.form.class());
    let map = drawn.as_ref().filter(|(plan, _)| (many || wide) && much(plan, zoom, size) && !props.look.table);
    let class = classes!("stage", props.quick.then_some("quick"), larger.then_some("larger"), wide.then_some("wide"), map.map(|_| "mapped"), form,
        drawn.as_ref().and_then(|(plan, _)| plan.dns).map(|_| "named"));
    // The scale stands in the rail, where it lies on nothing; only where that can be out of sight at the side, in a corner.
    let rail = drawn.as_ref().map(|(plan, _)| {
        let at = [(plan.rail.y + plan.rail.h / 2.0) * zoom, plan.rail.x * zoom, size.0, size.1].map(whole);
        format!("--rail:{}px;--start:{}px;--w:{}px;--h:{}px", at[0], at[1], at[2], at[3])
    });
    let map = map.map(|(plan, _)| html! { <minimap::Minimap frame={props.frame.clone()} plan={plan.clone()} {zoom} {size} scroller={node.clone()} /> });
    let (kept, whole_frame) = (memory.clone(), props.frame.clone());
    let tools = (drawn.is_some() && !props.look.table).then(|| camera.tools(&env, move || fit(&whole_frame, size, grown, &kept.borrow().slots)));
    let body = match drawn {
        _ if props.look.table => {
            html! { <table::PodTable frame={props.frame.clone()} selected={props.look.selected.clone()} {lit} lens={props.look.lens.clone()} /> }
        }
        Some((plan, leaving)) => View { env: &env, props, plan: &plan, zoom, many, lit }.field(leaving, size, &node, tools),
        None => Html::default(),
    };
    let [down, moved, up] = camera::on_drag(&node, &drag);
    html! {
        <section {class} style={rail} aria-label={env.texts.stage_label} {onkeydown} data-testid="stage">
            <p class="unseen" role="status">{ (env.texts.pods_summary)(frame.counts.ready, frame.counts.pods) }</p>
            <div class="scroller" ref={node} tabindex={larger.then_some("0")} role={larger.then_some("group")}
                aria-label={larger.then_some(env.texts.stage_label)} onwheel={camera.on_wheel()} onpointerdown={down}
                onpointermove={moved} onpointerup={up.clone()} onpointercancel={up} data-testid="scroller">{ body }</div>
            { map.unwrap_or_default() }
        </section>
    }
}

/// All that one drawing of the ground is made from.
struct View<'a> {
    env: &'a crate::shared::Env,
    props: &'a StageProps,
    plan: &'a Shared<Plan>,
    zoom: f64,
    many: bool,
    lit: Option<Lit>,
}

impl View<'_> {
    /// The ground as large as it is drawn, with what is not scaled above it.
    fn field(&self, leaving: SmallMap<Uid, (PodTile, Spot)>, size: (f64, f64), scroller: &NodeRef, tools: Option<Html>) -> Html {
        let View { env, props, plan, zoom, lit, .. } = self;
        let (frame, look) = (&*props.frame, &*props.look);
        let [width, height] = [plan.width * zoom, plan.height * zoom].map(whole);
        let ground = self.ground_style();
        html! {
            <div class="field" style={format!("width:{width}px;height:{height}px")}>
                { self.ground(leaving) }
                if self.many {
                    <dense::Dense frame={props.frame.clone()} plan={(*plan).clone()} selected={look.selected.clone()} lit={lit.clone()} {size}
                        zoom={*zoom} scroller={scroller.clone()} colours={look.theme as u8} quick={props.quick} />
                }
                <div class="over" style={ground}>
                    { service::wires(frame, plan, look) }
                    { ingress::doors(frame, plan, look) }
                    { fault::lines(frame, plan) }
                    { trip::draw(frame, plan, look, &props.insight) }
                </div>
                if self.props.flying {
                    <flight::Flight flights={self.props.flights.clone()} frame={props.frame.clone()} plan={(*plan).clone()} {size} zoom={*zoom}
                        scroller={scroller.clone()} over={props.landed.clone()} />
                }
                { fault::tags(env, frame, plan, *zoom) }
                { trip::label(&env.texts, frame, plan, look, &props.insight, (*zoom, size.1)) }
                <div class="zoom-place">{ tools }</div>
                { menu::draw(env, frame, plan, look, *zoom) }
            </div>
        }
    }

    /// At its own scale the ground is not transformed: text is sharpest so.
    fn ground_style(&self) -> String {
        let [width, height] = [self.plan.width, self.plan.height].map(whole);
        let scale = if self.zoom == 1.0 { String::new() } else { format!(";transform:scale({})", decimal(self.zoom, 2)) };
        format!("width:{width}px;height:{height}px{scale}")
    }

    fn ground(&self, leaving: SmallMap<Uid, (PodTile, Spot)>) -> Html {
        let View { env, props, plan, many, lit, .. } = self;
        let (frame, look) = (&*props.frame, &*props.look);
        let selected = &look.selected;
        let onclick = if *many { dense::on_click(env, &props.frame, plan, self.zoom) } else { env.on(LookIntent::Deselect.into()) };
        let onmousemove = many.then(|| dense::on_move(&props.frame, plan, self.zoom));
        html! {
            <div class="ground" style={self.ground_style()} {onclick} {onmousemove} ondragover={fault::on_over()}>
                { plane::draw(env, frame, plan) }
                { plane::rail(env, frame, plan, look, lit.as_ref()) }
                { for frame.services.iter().zip(&plan.services).map(|(card, at)| service::draw(env, card, *at, selected)) }
                { for frame.ingresses.iter().zip(&plan.ingresses).map(|(card, at)| ingress::draw(env, card, *at, selected)) }
                { for frame.controllers.iter().zip(&plan.cards).map(|(card, at)| card::draw(env, card, *at, selected)) }
                if !plan.boxes {
                    { for frame.nodes.iter().zip(&plan.rooms).map(|(room, at)| room::draw(env, room, *at, selected, fault_of(frame, room))) }
                }
                if !many {
                    { pods(env, frame, plan, leaving, selected, lit.as_ref()) }
                }
                { outside::draw(env, frame, plan) }
            </div>
        }
    }
}

/// Whether a node's kubelet is silent because it is cut from the control plane, not because it is off.
fn fault_of(frame: &Frame, room: &crate::simulator::NodeRoom) -> room::Silence {
    let here = Scope::Node(room.name.clone());
    let ends = |a: &Scope, b: &Scope| (*a == here || *a == Scope::Everything) && (*b == Scope::ControlPlane || *b == Scope::Everything);
    let cuts = |fault: &Fault| fault.trouble == Trouble::Partition && (ends(&fault.one, &fault.other) || ends(&fault.other, &fault.one));
    if frame.faults.iter().any(cuts) { room::Silence::Cut } else { room::Silence::Off }
}

fn pods(
    env: &crate::shared::Env,
    frame: &Frame,
    plan: &Plan,
    leaving: SmallMap<Uid, (PodTile, Spot)>,
    selected: &Option<ObjectKey>,
    lit: Option<&Lit>,
) -> Html {
    let marked = frame.pods().find(|pod| selected.as_ref() == Some(&pod.key)).or_else(|| frame.pods().next()).map(|pod| pod.uid);
    // In the order of uids: an element that changed its place in the document would not glide to its place on the stage.
    let living = frame.pods().filter_map(|pod| {
        let spot = plan.pods.get(&pod.uid)?;
        let look = pod::Look { selected: selected.as_ref() == Some(&pod.key), stop: marked == Some(pod.uid), lit: lit.map(|lit| lit.shows(pod)), gone: false };
        let from = birthplace(frame, plan, pod);
        Some((pod.uid, html! { <pod::Tile key={pod.uid.to_string()} pod={pod.clone()} spot={*spot} {from} {look} /> }))
    });
    let going = pod::Look { selected: false, stop: false, lit: None, gone: true };
    let gone = leaving.into_iter().map(|(uid, (pod, spot))| {
        let from = (spot.x, spot.y);
        (uid, html! { <pod::Tile key={uid.to_string()} {pod} {spot} {from} look={going} /> })
    });
    let all: SmallMap<Uid, Html> = living.chain(gone).collect();
    html! { <div class="pods" role="group" aria-label={env.texts.stage_label}>{ for all.into_values() }</div> }
}

/// Where a pod comes from: its controller's card, or the API server if nobody made it.
fn birthplace(frame: &Frame, plan: &Plan, pod: &PodTile) -> (f64, f64) {
    let owner = pod.owner.as_ref().and_then(|owner| frame.controllers.iter().position(|card| card.uid == owner.uid));
    let card = owner.and_then(|n| plan.cards.get(n));
    card.map_or((plan.rail.x + plan.rail.w / 2.0 - 20.0, plan.rail.y - 10.0), |card| (card.x + 12.0, card.y + 18.0))
}
