//! The picture of the cluster: the control plane above, nodes as rooms below, pods as tiles that move between them.

mod card;
mod dense;
mod focus;
pub mod layout;
mod lit;
mod mark;
mod menu;
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
use self::lit::Lit;
pub use self::trip::shown as shown_trip;
pub use self::mark::{definitions, stamp_glyph, state_class};
use crate::intent::LookIntent;
use crate::number::whole;
use crate::session::{Insight, Look};
use crate::shared::{Shared, use_env};
use crate::simulator::{Frame, ObjectKey, PodTile, SmallMap, Uid};

/// More pods than this are drawn on a canvas.
const MOST_TILES: usize = 400;
/// How long a pod that is gone is still seen to go, in milliseconds.
const LEAVING: u32 = 260;

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

/// The picture.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let env = use_env();
    let node = use_node_ref();
    let (width, height) = use_size(node.clone());
    let memory = use_mut_ref(Memory::default);
    let redraw = use_force_update();
    let frame = &*props.frame;
    if width == 0.0 {
        return html! { <section class="stage" ref={node} aria-label={env.texts.stage_label}></section> };
    }
    let mut memory = memory.borrow_mut();
    let plan = dense::plan_of(frame, width, height, &mut memory.slots);
    let many = frame.counts.pods as usize > MOST_TILES || plan.boxes;
    if many || props.look.table {
        memory.forget();
    } else if memory.follow(frame, &plan) {
        Timeout::new(LEAVING, move || redraw.force_update()).forget();
    }
    let selected = props.look.selected.clone();
    let lit = Lit::of(frame, &props.look);
    let style = format!("height:{}px", whole(plan.height));
    let class = classes!("stage", props.quick.then_some("quick"));
    let leaving = std::mem::take(&mut memory.leaving);
    let onclick = if many { dense::on_click(&env, &props.frame, &plan) } else { env.on(LookIntent::Deselect.into()) };
    let onmousemove = many.then(|| dense::on_move(&props.frame, &plan));
    let body = if props.look.table {
        html! { <table::PodTable frame={props.frame.clone()} {selected} lit={lit.clone()} lens={props.look.lens.clone()} /> }
    } else {
        html! {
            <div class="ground" {style} {onclick} {onmousemove}>
                { plane::draw(&env, frame, &plan) }
                { plane::rail(&env, frame, &plan, &props.look, lit.as_ref()) }
                { for frame.services.iter().zip(&plan.services).map(|(card, at)| service::draw(&env, card, *at, &selected)) }
                { for frame.controllers.iter().zip(&plan.cards).map(|(card, at)| card::draw(&env, card, *at, &selected)) }
                if !plan.boxes {
                    { for frame.nodes.iter().zip(&plan.rooms).map(|(room, at)| room::draw(&env, room, *at, &selected)) }
                }
                if many {
                    <dense::Dense frame={props.frame.clone()} plan={plan.clone()} selected={selected.clone()} lit={lit.clone()} {width}
                        colours={props.look.theme as u8} />
                } else {
                    { pods(&env, frame, &plan, leaving, &selected, lit.as_ref()) }
                }
                { service::wires(frame, &plan, &props.look) }
                { service::outside(&env, &plan) }
                { trip::draw(frame, &plan, &props.look, &props.insight) }
                { menu::draw(&env, frame, &plan, &props.look, width) }
            </div>
        }
    };
    html! {
        <section {class} ref={node} aria-label={env.texts.stage_label} onkeydown={focus::on_key(&env, &props.look)} data-testid="stage">
            <p class="unseen" role="status">{ (env.texts.pods_summary)(frame.counts.ready, frame.counts.pods) }</p>
            { body }
        </section>
    }
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
        let look = pod::Look { selected: selected.as_ref() == Some(&pod.key), stop: marked == Some(pod.uid), lit: lit.map(|lit| lit.shows(pod)) };
        Some((pod.uid, pod::draw(env, pod, *spot, birthplace(frame, plan, pod), look)))
    });
    let gone = leaving.iter().map(|(uid, (tile, spot))| (*uid, pod::draw_leaving(tile, *spot)));
    let all: SmallMap<Uid, Html> = living.chain(gone).collect();
    html! { <div class="pods" role="group" aria-label={env.texts.stage_label}>{ for all.into_values() }</div> }
}

/// Where a pod comes from: its controller's card, or the API server if nobody made it.
fn birthplace(frame: &Frame, plan: &Plan, pod: &PodTile) -> (f64, f64) {
    let owner = pod.owner.as_ref().and_then(|owner| frame.controllers.iter().position(|card| card.uid == owner.uid));
    let card = owner.and_then(|n| plan.cards.get(n));
    card.map_or((plan.rail.x + plan.rail.w / 2.0 - 20.0, plan.rail.y - 10.0), |card| (card.x + 12.0, card.y + 18.0))
}
