//! Where many pods are drawn on a canvas: one button that stands over one of them, so that keys reach each. Arrows go to the next pod
//! in their direction, Enter marks it.

use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::focus::{Area, Direction, distance};
use super::layout::{Plan, Rect, Spot};
use crate::intent::LookIntent;
use crate::shared::{Shared, use_env};
use crate::simulator::{Frame, ObjectKey, Uid};

/// The button's data.
#[derive(Properties, PartialEq)]
pub struct CursorProps {
    /// The cluster.
    pub frame: Shared<Frame>,
    /// Where everything stands.
    pub plan: Shared<Plan>,
    /// What is marked.
    pub selected: Option<ObjectKey>,
    /// The scale.
    pub zoom: f64,
}

fn area(spot: &Spot) -> Area {
    let (w, h) = spot.density.cell();
    [spot.x, spot.y, spot.x + w, spot.y + h]
}

/// The pod that an arrow leads to.
fn next(plan: &Plan, from: Uid, direction: Direction) -> Option<Uid> {
    let here = area(plan.pods.get(&from)?);
    let far = plan.pods.iter().filter_map(|(uid, spot)| Some((distance(direction, here, area(spot))?, *uid)));
    far.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, uid)| uid)
}

/// The button.
#[component]
pub fn Cursor(props: &CursorProps) -> Html {
    let env = use_env();
    let at = use_state_eq(|| None::<Uid>);
    let node = use_node_ref();
    let element = node.clone();
    use_effect_with(*at, move |at| {
        if let Some(element) = at.and_then(|_| element.cast::<HtmlElement>()) {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            options.set_inline(ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let frame = &*props.frame;
    let placed = |uid: &Uid| props.plan.pods.contains_key(uid);
    let chosen = at.filter(placed).and_then(|uid| frame.pods().find(|pod| pod.uid == uid));
    let marked = || props.selected.as_ref().and_then(|key| frame.pods().find(|pod| pod.key == *key && placed(&pod.uid)));
    let Some(pod) = chosen.or_else(marked).or_else(|| frame.pods().find(|pod| placed(&pod.uid))) else { return Html::default() };
    let Some(spot) = props.plan.pods.get(&pod.uid) else { return Html::default() };
    let (w, h) = spot.density.cell();
    let style = Rect { x: spot.x, y: spot.y, w, h }.scaled(props.zoom).style();
    let (plan, uid, set) = (props.plan.clone(), pod.uid, at.setter());
    let on_key = Callback::from(move |event: KeyboardEvent| {
        let direction = match event.key().as_str() {
            _ if event.shift_key() => return,
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(uid) = next(&plan, uid, direction) {
            set.set(Some(uid));
        }
    });
    html! {
        <button type="button" class="cursor" ref={node} {style} onkeydown={on_key} onclick={env.on(LookIntent::Select(pod.key.clone()).into())}
            aria-label={super::pod::label(&env, pod)} aria-haspopup="menu" data-stop="pod" data-testid="cursor" data-name={pod.key.name.to_string()}></button>
    }
}
