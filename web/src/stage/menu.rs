//! What can be done to the marked object: a menu beside it.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::fault::place_name;
use super::layout::{Plan, Rect};
use crate::document;
use crate::i18n::action_label;
use crate::intent::{Harm, Intent, LookIntent, Theme, Wire};
use crate::number::whole;
use crate::session::lines::{self, PodAction};
use crate::session::Look;
use crate::shared::{Env, use_env};
use crate::simulator::{ControllerCard, Frame, Kind, NodeRoom, ObjectKey, PodTile, Scope};

const WIDTH: f64 = 304.0;
/// Heights of its parts, as the style sheet has them at the most: the head, an item's label, a line of its note.
const HEAD: f64 = 46.0;
const ITEM: f64 = 32.0;
const LINE: f64 = 15.0;
/// With the letters of a projector it is so much higher.
const PROJECTED: f64 = 1.3;
/// So many letters of a note have room in a line.
const LETTERS: usize = 42;
/// What stays free to the stage's edge.
const EDGE: f64 = 8.0;

/// So many doors of an Ingress are offered for requests.
const DOORS: usize = 4;

/// An entry of the menu.
#[derive(Clone, PartialEq)]
struct Item {
    label: String,
    /// The line it stands for, or a sentence.
    note: String,
    intent: Intent,
    id: String,
}

/// The menu of the marked object, if it is open and the object is there.
pub fn draw(env: &Env, frame: &Frame, plan: &Plan, look: &Look, zoom: f64) -> Html {
    let Some(key) = look.selected.as_ref().filter(|_| look.menu) else { return Html::default() };
    let Some((anchor, state, items)) = entries(env, frame, plan, key) else { return Html::default() };
    let (state, items) = match &look.wire {
        Some(wire) if key.kind == Kind::Node => (wire_title(env, wire), wire_items(env, frame, &Scope::Node(key.name.clone()), wire)),
        _ => (state, items),
    };
    let larger = if look.theme == Theme::Projector { PROJECTED } else { 1.0 };
    let (x, y) = place(anchor.scaled(zoom), plan.width * zoom, plan.height * zoom, height(&items) * larger);
    html! { <Menu key={format!("{key:?}")} name={key.name.to_string()} {state} {items} {x} {y} wire={look.wire.clone()} /> }
}

/// Beside the anchor, to the right if there is room, and inside of the stage.
fn place(anchor: Rect, width: f64, height: f64, menu: f64) -> (f64, f64) {
    let (right, left) = (anchor.x + anchor.w + 6.0, anchor.x - WIDTH - 6.0);
    let x = if right + WIDTH <= width - EDGE { right } else if left >= EDGE { left } else { width - WIDTH - EDGE };
    let bottom = height - menu - EDGE;
    (x.max(EDGE), anchor.y.min(bottom).max(EDGE))
}

/// How high it is at the most.
fn height(items: &[Item]) -> f64 {
    let lines: usize = items.iter().map(|item| item.note.len().div_ceil(LETTERS)).sum();
    HEAD + ITEM * items.len() as f64 + LINE * lines as f64
}

fn entries(env: &Env, frame: &Frame, plan: &Plan, key: &ObjectKey) -> Option<(Rect, String, Vec<Item>)> {
    match key.kind {
        Kind::Pod => {
            let pod = lines::find_pod(frame, key)?;
            let spot = plan.pods.get(&pod.uid)?;
            let (w, h) = spot.density.cell();
            let state = (env.texts.pod_state)(pod.state).to_owned();
            Some((Rect { x: spot.x, y: spot.y, w, h }, state, pod_items(env, pod, &frame.controllers)))
        }
        Kind::Node => {
            let n = frame.nodes.iter().position(|node| node.name == key.name)?;
            let room = plan.rooms.get(n)?;
            Some((Rect { h: 34.0, ..*room }, frame.nodes[n].word.to_string(), node_items(env, frame, &frame.nodes[n], key)))
        }
        Kind::Service => {
            let n = frame.services.iter().position(|card| card.key == *key)?;
            let requests = lines::request_lines(frame, &frame.services[n]).into_iter().map(|(outer, line)| {
                let (text, id) = if outer { (env.texts.later().request_outside, "request-outside") } else { (env.texts.later().request_inside, "request-inside") };
                line_item(text.to_owned(), line, id)
            });
            let delete = line_item(env.texts.delete.to_owned(), lines::delete_line(key), "delete");
            let items: Vec<Item> = requests.chain([delete]).chain(looks(env, key)).collect();
            Some((*plan.services.get(n)?, frame.services[n].kind.to_string(), items))
        }
        Kind::Ingress => {
            let n = frame.ingresses.iter().position(|card| card.key == *key)?;
            let card = &frame.ingresses[n];
            let requests = lines::door_lines(card).into_iter().take(DOORS).enumerate();
            let requests = requests.map(|(n, line)| line_item(env.texts.later().request_outside.to_owned(), line, &format!("request-{n}")));
            let delete = line_item(env.texts.delete.to_owned(), lines::delete_line(key), "delete");
            Some((*plan.ingresses.get(n)?, card.address.to_string(), requests.chain([delete]).chain(looks(env, key)).collect()))
        }
        _ => {
            let n = frame.controllers.iter().position(|card| card.key == *key)?;
            let card = &frame.controllers[n];
            let state = format!("{} / {} / {}", card.desired, card.current, card.ready);
            Some((*plan.cards.get(n)?, state, controller_items(env, card)))
        }
    }
}

fn line_item(label: String, line: String, id: &str) -> Item {
    Item { label, note: line.clone(), intent: Intent::Line(line), id: id.to_owned() }
}

/// Why it is as it is, and all about it.
fn looks(env: &Env, key: &ObjectKey) -> [Item; 2] {
    let item = |label: &str, intent: LookIntent, id: &str| Item { label: label.to_owned(), note: String::new(), intent: intent.into(), id: id.to_owned() };
    [item(env.texts.why_tab, LookIntent::Why(key.clone()), "why"), item(env.texts.later().details, LookIntent::Inspect(key.clone()), "details")]
}

fn pod_items(env: &Env, pod: &PodTile, controllers: &[ControllerCard]) -> Vec<Item> {
    let actions = lines::pod_actions(pod, controllers);
    let item = |action: &PodAction| {
        let id = match action {
            PodAction::Delete => "delete",
            PodAction::DeleteNow => "delete-now",
            PodAction::TakeOut { .. } => "take-out",
            PodAction::PutUnder { .. } => "put-under",
        };
        line_item(action_label(&env.texts, action), lines::pod_line(&pod.key, action), id)
    };
    actions.iter().map(item).chain(looks(env, &pod.key)).collect()
}

fn node_items(env: &Env, frame: &Frame, room: &NodeRoom, key: &ObjectKey) -> Vec<Item> {
    let name = room.name.to_string();
    let cordon = if room.cordoned { env.texts.later().uncordon } else { env.texts.later().cordon };
    let power = if room.powered { env.texts.later().power_off } else { env.texts.later().power_on };
    let intent = Intent::NodePower { node: name.clone(), on: !room.powered };
    let here = Scope::Node(room.name.clone());
    let is_harmed = frame.faults.iter().any(|fault| fault.one == here || fault.other == here);
    let page = |(label, harm, id): (&str, Harm, &str)| {
        Item { label: label.to_owned(), note: String::new(), intent: LookIntent::Wire(Wire::To(harm)).into(), id: id.to_owned() }
    };
    let first = [
        Item { label: power.to_owned(), note: String::new(), intent, id: "power".to_owned() },
        line_item(cordon.to_owned(), lines::cordon_line(&name, !room.cordoned), "cordon"),
        line_item(env.texts.later().drain.to_owned(), lines::drain_line(&name), "drain"),
    ];
    let harms = [(env.texts.later().cut_from, Harm::Cut, "cut"), (env.texts.later().slow_to, Harm::Slow, "slow"), (env.texts.later().lose_to, Harm::Lose, "lose")];
    let mend = is_harmed.then(|| line_item(env.texts.later().mend_all.to_owned(), "fault --none".to_owned(), "mend"));
    first.into_iter().chain(harms.map(page)).chain(mend).chain(looks(env, key)).collect()
}

/// So many other nodes are offered as places.
const OTHERS: usize = 4;

/// What the page of the menu is about.
fn wire_title(env: &Env, wire: &Wire) -> String {
    match wire {
        Wire::To(Harm::Cut) => env.texts.later().cut_from.to_owned(),
        Wire::To(Harm::Slow) => env.texts.later().slow_to.to_owned(),
        Wire::To(Harm::Lose) => env.texts.later().lose_to.to_owned(),
        Wire::With(place) => place_name(env, place),
    }
}

/// What can be broken around a node: the other place is chosen, or the harm.
fn wire_items(env: &Env, frame: &Frame, here: &Scope, wire: &Wire) -> Vec<Item> {
    match wire {
        Wire::To(harm) => {
            let others = frame.nodes.iter().map(|node| Scope::Node(node.name.clone())).filter(|scope| scope != here).take(OTHERS);
            let places = [Scope::ControlPlane, Scope::Client].into_iter().chain(others).chain([Scope::Everything]);
            let item = |place: Scope| {
                let name = place_name(env, &place);
                let id = match &place {
                    Scope::ControlPlane => "to-control-plane".to_owned(),
                    Scope::Client => "to-client".to_owned(),
                    Scope::Everything => "to-all".to_owned(),
                    Scope::Pod(..) | Scope::Node(_) => format!("to-{name}"),
                };
                line_item(name, lines::fault_line(here, &place, *harm), &id)
            };
            places.map(item).collect()
        }
        Wire::With(place) => {
            let name = place_name(env, place);
            let harms = [(env.texts.cut_between, Harm::Cut, "cut"), (env.texts.slow_between, Harm::Slow, "slow"), (env.texts.lose_between, Harm::Lose, "lose")];
            let item = |(text, harm, id): (fn(&str) -> String, Harm, &str)| line_item(text(&name), lines::fault_line(here, place, harm), id);
            harms.map(item).into()
        }
    }
}

fn controller_items(env: &Env, card: &ControllerCard) -> Vec<Item> {
    let texts = &env.texts;
    let scale = card.scalable.then(|| line_item(texts.later().scale_to_zero.to_owned(), lines::scale_line(&card.key, 0), "scale-0"));
    let others = [
        line_item(texts.later().delete_with_pods.to_owned(), lines::delete_controller_line(&card.key, true), "delete"),
        line_item(texts.later().delete_alone.to_owned(), lines::delete_controller_line(&card.key, false), "delete-alone"),
    ];
    scale.into_iter().chain(others).chain(looks(env, &card.key)).collect()
}

#[derive(Properties, PartialEq)]
struct MenuProps {
    name: String,
    state: String,
    items: Vec<Item>,
    x: f64,
    y: f64,
    wire: Option<Wire>,
}

#[component]
fn Menu(props: &MenuProps) -> Html {
    let env = use_env();
    let node = use_node_ref();
    let opener = use_mut_ref(|| None::<HtmlElement>);
    let kept = opener.clone();
    use_effect_with(node.clone(), move |node| {
        let active = document::focused();
        let by_keyboard = active.as_ref().is_some_and(|active| active.matches(":focus-visible").unwrap_or_default());
        *kept.borrow_mut() = active.and_then(|active| active.dyn_into().ok());
        // Opened by a pointer, no item has the focus: the space bar still belongs to the clock.
        if by_keyboard {
            focus_item(&node.cast(), |_| 0);
        } else if let Some(menu) = node.cast::<HtmlElement>() {
            let _ = menu.focus();
        }
    });
    let menu = node.clone();
    use_effect_with(props.wire.clone(), move |wire| {
        if wire.is_some() {
            focus_item(&menu.cast(), |_| 0);
        }
    });
    let (send, closing) = (env.send.clone(), opener.clone());
    let on_key = Callback::from(move |event: KeyboardEvent| {
        let menu = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        match event.key().as_str() {
            "ArrowDown" => focus_item(&menu, |at| at + 1),
            "ArrowUp" => focus_item(&menu, |at| at - 1),
            "Home" => focus_item(&menu, |_| 0),
            "End" => focus_item(&menu, |_| -1),
            "Escape" | "Tab" => {
                send.emit(LookIntent::CloseMenu.into());
                give_back(&closing);
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    });
    let style = format!("left:{}px;top:{}px;width:{}px", whole(props.x), whole(props.y), whole(WIDTH));
    let stay = Callback::from(|event: MouseEvent| event.stop_propagation());
    html! {
        <div class="menu" role="menu" tabindex="-1" ref={node} {style} onkeydown={on_key} onclick={stay} data-testid="menu"
            aria-label={format!("{} {}", props.name, env.texts.later().menu_label)}>
            <div class="menu-head"><b>{ props.name.clone() }</b><span>{ props.state.clone() }</span></div>
            { for props.items.iter().map(|item| entry(&env, item, &opener)) }
        </div>
    }
}

/// The element that had the focus before.
type Opener = Rc<RefCell<Option<HtmlElement>>>;

fn give_back(opener: &Opener) {
    if let Some(element) = opener.borrow().as_ref() {
        let _ = element.focus();
    }
}

fn entry(env: &Env, item: &Item, opener: &Opener) -> Html {
    let close = !matches!(item.intent, Intent::Look(LookIntent::Wire(_)));
    let (send, intent, opener) = (env.send.clone(), item.intent.clone(), opener.clone());
    let choose = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        if close {
            give_back(&opener);
        }
        send.emit(intent.clone());
        if matches!(intent, Intent::NodePower { .. } | Intent::Line(_)) {
            send.emit(LookIntent::CloseMenu.into());
        }
    });
    let by_key = match item.id.as_str() {
        "why" => "w",
        "details" => "i",
        _ => "",
    };
    html! {
        <button type="button" role="menuitem" class="menu-item" onclick={choose} data-testid={format!("menu-{}", item.id)}
            aria-keyshortcuts={(!by_key.is_empty()).then_some(by_key)}>
            <span>{ item.label.clone() }
                if !by_key.is_empty() {
                    <kbd aria-hidden="true">{ by_key }</kbd>
                }
            </span>
            if !item.note.is_empty() {
                { crate::shared::whole_words(&item.note) }
            }
        </button>
    }
}

/// Moves the focus among the items; places count round.
fn focus_item(menu: &Option<Element>, place: fn(i32) -> i32) {
    let Some(menu) = menu else { return };
    let Ok(items) = menu.query_selector_all("[role=menuitem]") else { return };
    let count = i32::try_from(items.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let active = document::focused();
    let at = |n: i32| u32::try_from(n).ok().and_then(|n| items.item(n));
    let now = (0..count).find(|n| at(*n).is_some_and(|node| active.as_ref().is_some_and(|a| node.is_same_node(Some(a)))));
    let next = place(now.unwrap_or(-1)).rem_euclid(count);
    if let Some(element) = at(next).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pod's menu is so high, or so.
    const MENU: f64 = 240.0;

    #[test]
    fn a_menu_stands_beside_its_anchor_and_inside_of_the_stage() {
        for (x, y) in [(20.0, 20.0), (500.0, 300.0), (880.0, 500.0), (0.0, 590.0)] {
            let anchor = Rect { x, y, w: 60.0, h: 60.0 };
            let (left, top) = place(anchor, 960.0, 600.0, MENU);
            assert!(left >= EDGE && left + WIDTH <= 960.0 - EDGE && top >= EDGE && top + MENU <= 600.0, "{x} {y}");
            assert!(left >= x + 60.0 || left + WIDTH <= x, "{x} {y}: over its anchor");
        }
        let (left, top) = place(Rect { x: 150.0, y: 100.0, w: 80.0, h: 60.0 }, 390.0, 380.0, MENU);
        assert!(left >= EDGE && left + WIDTH <= 390.0 && top >= EDGE);
    }
}
