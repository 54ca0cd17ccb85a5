//! A service: a card with its address and ports, and lines to the pods behind it.

use yew::prelude::*;

use super::lanes::{self, End};
use super::layout::{Plan, Rect};
use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::number::whole;
use crate::session::Look;
use crate::shared::Env;
use crate::simulator::{Frame, Kind, ObjectKey, PodTile, ServiceCard, Uid};

/// A service.
pub fn draw(env: &Env, card: &ServiceCard, at: Rect, selected: &Option<ObjectKey>) -> Html {
    let (name, texts) = (card.key.name.to_string(), &env.texts);
    let class = classes!("card", "service", (selected.as_ref() == Some(&card.key)).then_some("selected"));
    let send = env.send.clone();
    let key = card.key.clone();
    let select = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(LookIntent::Select(key.clone()).into());
    });
    let ports: Vec<&str> = card.ports.iter().map(|port| port.as_str()).collect();
    let (over, out) = super::card::hovers(env, &card.key);
    let (hovered, left) = super::card::focuses(env, &card.key);
    let label = format!("{} {name}: {} {}, {} {}", card.kind, card.ready.len(), texts.ready, card.waiting.len(), texts.not_ready);
    html! {
        <div {class} key={format!("service-{}", card.uid)} style={at.style()} data-testid={format!("svc-{name}")}
            data-ready={card.ready.len().to_string()} data-waiting={card.waiting.len().to_string()} onmouseenter={over} onmouseleave={out}
            onfocusin={hovered} onfocusout={left}>
            <button type="button" class="card-body" onclick={select} aria-label={label} aria-haspopup="menu" data-stop="card"
                title={card.balancers.first().map(|address| format!("{}: {address}", env.texts.later().balancer))}>
                { icon(Icon::Service) }
                <span class="card-text">
                    <b>{ name }<span class="kind">{ card.kind.to_string() }</span></b>
                    <span class="selector">{ if ports.is_empty() { card.address.to_string() } else { format!("{} : {}", card.address, ports.join(", ")) } }</span>
                </span>
                <span class="counts"><b>{ card.ready.len() }</b>
                    if !card.waiting.is_empty() {
                        <span>{ format!("+{}", card.waiting.len()) }</span>
                    }
                </span>
            </button>
        </div>
    }
}

/// A controller has so many lines at the most.
const MOST_LINES: usize = 80;

/// Lines from a controller to its pods: those it owns, and dashed those that it only selects.
fn controller_wires(frame: &Frame, plan: &Plan, key: &ObjectKey) -> Html {
    let Some(n) = frame.controllers.iter().position(|card| card.key == *key) else { return Html::default() };
    let (card, Some(from)) = (&frame.controllers[n], plan.cards.get(n)) else { return Html::default() };
    let lane = lanes::lane(plan, 0);
    let line = |pod: &PodTile| {
        let owns = pod.owner.as_ref().is_some_and(|owner| owner.uid == card.uid);
        let fits = !card.selector.is_empty() && card.selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value));
        let near = pod.key.namespace == card.key.namespace && (owns || fits);
        near.then(|| wire(plan, *from, pod.uid, lane, if owns { "wire owner" } else { "wire owner waiting" }))?
    };
    html! {
        <svg class="wires" aria-hidden="true" data-testid="wires" style={format!("height:{}px", whole(plan.height))}>
            { for frame.pods().filter_map(line).take(MOST_LINES) }
        </svg>
    }
}

/// A line from a card's lower edge to a pod.
fn wire(plan: &Plan, from: Rect, uid: Uid, lane: f64, class: &'static str) -> Option<Html> {
    let d = lanes::path(&lanes::route(plan, End::card(from), End::Pod(*plan.pods.get(&uid)?), lane));
    Some(html! { <path {class} {d} /> })
}

/// Lines from what is marked or under the pointer: of a controller and a Service to their pods, of an Ingress by its Services to theirs.
pub fn wires(frame: &Frame, plan: &Plan, look: &Look) -> Html {
    // While the way of a request is shown, what is marked keeps back.
    let marked = look.selected.as_ref().filter(|_| look.trip.is_none());
    let Some(key) = look.hover.as_ref().or(marked) else { return Html::default() };
    if key.kind == Kind::Ingress {
        return super::ingress::wires(frame, plan, key);
    }
    if key.kind != Kind::Service {
        return controller_wires(frame, plan, key);
    }
    let n = frame.services.iter().position(|card| card.key == *key);
    html! {
        <svg class="wires" aria-hidden="true" data-testid="wires" style={format!("height:{}px", whole(plan.height))}>
            { for n.into_iter().flat_map(|n| endpoint_wires(frame, plan, n, 0)) }
        </svg>
    }
}

/// Lines from a Service to its endpoints, by one of the lines of the lane.
pub fn endpoint_wires<'a>(frame: &'a Frame, plan: &'a Plan, n: usize, line: usize) -> impl Iterator<Item = Html> + 'a {
    let (card, from, lane) = (&frame.services[n], plan.services.get(n).copied().unwrap_or_default(), lanes::lane(plan, line));
    let ready = card.ready.iter().filter_map(move |uid| wire(plan, from, *uid, lane, "wire"));
    ready.chain(card.waiting.iter().filter_map(move |uid| wire(plan, from, *uid, lane, "wire waiting")))
}
