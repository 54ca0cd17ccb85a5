//! An Ingress: a card with its hosts; marked, lines by its Services to their endpoints, and at each Service the doors that lead to it.

use yew::prelude::*;

use super::lanes::{self, End};
use super::layout::{DOORS, Plan, Rect};
use super::{card, service};
use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::number::whole;
use crate::session::Look;
use crate::shared::Env;
use crate::simulator::{Frame, IngressCard, Kind, ObjectKey, SmallSet, Uid};

/// Where lines from an ingress to its Services run, and the tags of its doors stand: in the middle between the cards and the nodes.
fn door_lane(plan: &Plan) -> f64 {
    let cards = plan.services.iter().chain(&plan.ingresses).map(|card| card.bottom()).fold(plan.rail.bottom(), f64::max);
    (cards + plan.rooms.first().map_or(cards + DOORS, |room| room.y)) / 2.0
}

/// An ingress. Not inlined, as all here: what calls it is needed at the start.
#[inline(never)]
pub fn draw(env: &Env, ingress: &IngressCard, at: Rect, selected: &Option<ObjectKey>) -> Html {
    let (name, key) = (ingress.key.name.to_string(), &ingress.key);
    let services = ingress.services();
    let there = services.iter().filter(|service| ingress.ways.iter().any(|way| way.is_there && way.service == ***service)).count();
    let unreached = ingress.address.is_empty();
    let class = classes!(
        "card",
        "service",
        "ingress",
        (selected.as_ref() == Some(key)).then_some("selected"),
        (unreached || there < services.len()).then_some("short"),
    );
    let send = env.send.clone();
    let marked = key.clone();
    let select = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(LookIntent::Select(marked.clone()).into());
    });
    let (over, out) = card::hovers(env, key);
    let (hovered, left) = card::focuses(env, key);
    let mut hosts: Vec<&str> = ingress.ways.iter().map(|way| if way.host.is_empty() { "*" } else { way.host.as_str() }).collect();
    hosts.dedup();
    let address = if unreached { env.texts.later().no_address } else { ingress.address.as_str() };
    let ways: Vec<String> = ingress.ways.iter().map(|way| format!("{} → {}", way.door(), way.service.name)).collect();
    let label = format!("Ingress {name}: {address}, {}", ways.join(", "));
    html! {
        <div {class} key={format!("ingress-{}", ingress.uid)} style={at.style()} data-testid={format!("ing-{name}")} data-address={ingress.address.to_string()}
            data-ways={ingress.ways.len().to_string()} onmouseenter={over} onmouseleave={out} onfocusin={hovered} onfocusout={left}>
            <button type="button" class="card-body" onclick={select} aria-label={label} title={ways.join("\n")} aria-haspopup="menu" data-stop="card">
                { icon(Icon::Ingress) }
                <span class="card-text">
                    <b>{ name }<span class="kind">{ "Ingress" }</span></b>
                    <span class="selector">{ if unreached { address.to_owned() } else { hosts.join(", ") } }</span>
                </span>
                <span class="counts"><b>{ there }</b>
                    if there < services.len() {
                        <span>{ format!("/{}", services.len()) }</span>
                    }
                </span>
            </button>
        </div>
    }
}

/// The card of an ingress with its place, and of each Service that it leads to the place among the Services.
#[inline(never)]
fn led<'a>(frame: &'a Frame, plan: &Plan, key: &ObjectKey) -> Option<(&'a IngressCard, Rect, Vec<usize>)> {
    let n = frame.ingresses.iter().position(|card| card.key == *key)?;
    let ingress = &frame.ingresses[n];
    let services = ingress.services().into_iter().filter_map(|service| frame.services.iter().position(|card| card.key == *service));
    Some((ingress, *plan.ingresses.get(n)?, services.collect()))
}

/// The pods behind it.
#[inline(never)]
pub fn pods(frame: &Frame, key: &ObjectKey) -> SmallSet<Uid> {
    let Some(ingress) = frame.ingresses.iter().find(|card| card.key == *key) else { return SmallSet::new() };
    let services = frame.services.iter().filter(|card| ingress.ways.iter().any(|way| way.service == card.key));
    services.flat_map(|card| card.ready.iter().chain(&card.waiting).copied()).collect()
}

/// Lines from an ingress to its Services, and from these to their endpoints.
#[inline(never)]
pub fn wires(frame: &Frame, plan: &Plan, key: &ObjectKey) -> Html {
    let Some((_, from, services)) = led(frame, plan, key) else { return Html::default() };
    let lead = |n: &usize| {
        let d = lanes::path(&lanes::route(plan, End::card(from), End::card(*plan.services.get(*n)?), door_lane(plan)));
        Some(html! { <path class="wire door" {d} /> })
    };
    html! {
        <svg class="wires" aria-hidden="true" data-testid="wires" style={format!("height:{}px", whole(plan.height))}>
            { for services.iter().filter_map(lead) }
            { for services.iter().enumerate().flat_map(|(line, n)| service::endpoint_wires(frame, plan, *n, line)) }
        </svg>
    }
}

/// At each Service of the ingress that is marked or under the pointer: by which hosts and paths it is reached.
pub fn doors(frame: &Frame, plan: &Plan, look: &Look) -> Html {
    let is_ingress = |key: &&ObjectKey| key.kind == Kind::Ingress;
    let Some(key) = look.hover.as_ref().or(look.selected.as_ref().filter(|_| look.trip.is_none())).filter(is_ingress) else { return Html::default() };
    tags(frame, plan, key)
}

#[inline(never)]
fn tags(frame: &Frame, plan: &Plan, key: &ObjectKey) -> Html {
    let Some((ingress, _, services)) = led(frame, plan, key) else { return Html::default() };
    let tag = |n: usize| {
        let (service, at) = (&frame.services[n], plan.services.get(n)?);
        let doors: Vec<String> = ingress.ways.iter().filter(|way| way.service == service.key).map(|way| way.door()).collect();
        let style = format!("left:{}px;top:{}px;max-width:{}px", whole(at.x + at.w / 2.0), whole((at.bottom() + DOORS / 2.0).min(door_lane(plan))), whole(at.w));
        Some(html! { <code class="door-tag" {style} data-testid={format!("door-{}", service.key.name)}>{ doors.join(", ") }</code> })
    };
    html! { <>{ for services.into_iter().filter_map(tag) }</> }
}
