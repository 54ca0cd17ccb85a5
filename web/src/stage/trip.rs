//! The way of a request on the stage: a line through the places, and at the hop that it has come to the packet's addresses, before
//! and after.

use yew::prelude::*;

use super::lanes::{self, End, Point};
use super::layout::{Plan, Rect};
use crate::i18n::{Words, hop_words};
use crate::number::whole;
use crate::session::{Insight, Look};
use crate::simulator::{Frame, HopRow, Place, Trip, Via};

/// The way that is looked at: a line through its places.
pub fn draw(frame: &Frame, plan: &Plan, look: &Look, insight: &Insight) -> Html {
    let Some((hop, ends, asker)) = reached(frame, plan, look, insight) else { return Html::default() };
    let at = look.hop.min(ends.len() - 1);
    let (x, y) = ends[at].point();
    let lane = lanes::lane(plan, 0);
    let line = |ends: &[End]| {
        let all: Vec<End> = asker.iter().chain(ends).copied().collect();
        all.windows(2).map(|part| lanes::path(&lanes::route(plan, part[0], part[1], lane))).collect::<String>()
    };
    let class = classes!("packet", hop.bad.then_some("bad"), (at + 1 == ends.len() && !hop.bad).then_some("done"));
    html! {
        <svg class="trip" style={format!("height:{}px", whole(plan.height))} aria-hidden="true" data-testid="trip" data-hop={at.to_string()}>
            <path class="way" d={line(&ends)} />
            <path class="gone" d={line(&ends[..=at])} />
            <circle {class} r="6" style={format!("transform:translate({}px,{}px)", whole(x), whole(y))} />
        </svg>
    }
}

/// The hop that it has come to, the places of all, and the sender's if its first way is to the name server.
fn reached<'a>(frame: &Frame, plan: &Plan, look: &Look, insight: &'a Insight) -> Option<(&'a HopRow, Vec<End>, Option<End>)> {
    let trip = shown(look, insight)?;
    let ends: Vec<End> = trip.hops.iter().map(|hop| stop(frame, plan, hop)).collect();
    let hop = trip.hops.get(look.hop.min(ends.len().checked_sub(1)?))?;
    let asker = matches!(trip.hops[0].via, Via::Dns | Via::OuterDns).then(|| end(frame, plan, &trip.from));
    Some((hop, ends, asker))
}

/// The request that is looked at.
pub fn shown<'a>(look: &Look, insight: &'a Insight) -> Option<&'a Trip> {
    let id = look.trip?;
    insight.trips.iter().find(|trip| trip.id == id)
}

/// At the hop that it has come to: what is done there, and the packet's addresses.
pub fn label(texts: &Words, frame: &Frame, plan: &Plan, look: &Look, insight: &Insight, (zoom, seen): (f64, f64)) -> Html {
    let Some((hop, ends, _)) = reached(frame, plan, look, insight) else { return Html::default() };
    let at = ends[look.hop.min(ends.len() - 1)].point();
    let changed = hop.before != hop.after;
    let letters = hop.before.chars().count().max(hop.after.chars().count());
    let size = ((LETTER * letters as f64 + 24.0).clamp(96.0, WIDEST.min(plan.width * zoom - 16.0)), if changed { 74.0 } else { 56.0 });
    // What the window shows at first, as long as the packet is there.
    let bottom = if at.1 * zoom < seen { seen } else { plan.height * zoom };
    let (x, y) = beside(plan, (at.0 * zoom, at.1 * zoom), size, (zoom, bottom));
    // Its width is estimated: on the left it ends at the packet, whatever it is.
    let side = if x < at.0 * zoom { format!("right:{}px", whole(plan.width * zoom - x - size.0)) } else { format!("left:{}px", whole(x)) };
    html! {
        <div class={classes!("packet-label", hop.bad.then_some("bad"))} style={format!("{side};top:{}px", whole(y))} data-testid="packet">
            <b>{ hop_words(texts, hop).deed }</b>
            <code class={changed.then_some("old")}>{ hop.before.clone() }</code>
            if changed {
                <code class="new">{ hop.after.clone() }</code>
            }
        </div>
    }
}

/// A letter's width in a label, and a label's at the most.
const LETTER: f64 = 7.3;
const WIDEST: f64 = 340.0;
/// How far a label is from its packet.
const OFF: f64 = 12.0;
/// A node's head with its name, its state and its switches.
const HEAD: f64 = 46.0;

/// So many pods are kept free where that can be.
const MOST_PODS: usize = 60;

/// Where a label of a size has room beside a packet: on the ground above a bottom, and over as little of names and pods as can be.
#[inline(never)]
fn beside(plan: &Plan, (x, y): Point, (w, h): Point, (zoom, bottom): (f64, f64)) -> Point {
    let heads = plan.rooms.iter().map(|room| Rect { h: HEAD, ..*room });
    let around = plan.outside.iter().chain(&plan.balancer).chain(&plan.dns);
    let cards = plan.cards.iter().chain(&plan.services).chain(&plan.ingresses).chain(around);
    let pods = plan.pods.values().take(MOST_PODS).map(|spot| Rect { x: spot.x, y: spot.y, w: spot.density.cell().0, h: spot.density.cell().1 });
    // A pod weighs less than a name.
    let names: Vec<(Rect, f64)> = heads.chain(cards.copied()).map(|at| (at, 1.0)).chain(pods.map(|at| (at, 0.05))).map(|(at, weight)| (at.scaled(zoom), weight)).collect();
    let covered = |left: f64, top: f64| {
        let part = |(name, weight): &(Rect, f64)| weight * ((left + w).min(name.x + name.w) - left.max(name.x)).max(0.0) * ((top + h).min(name.bottom()) - top.max(name.y)).max(0.0);
        names.iter().map(part).sum::<f64>()
    };
    let (most_left, most_top) = ((plan.width * zoom - w - 4.0).max(4.0), (bottom.min(plan.height * zoom) - h - 4.0).max(4.0));
    let sides = [x + OFF, x - w - OFF];
    let heights = [y + OFF, y - h - OFF, y + HEAD * zoom, y + 2.0 * HEAD * zoom];
    let inside = |left: &f64| (4.0..=most_left).contains(left);
    let all = heights.into_iter().flat_map(|top| sides.into_iter().filter(inside).map(move |left| (left, top.clamp(4.0, most_top))));
    // Where neither side is wide enough it hangs under the packet.
    let hanging = heights.into_iter().map(|top| ((x - w / 2.0).clamp(4.0, most_left), top.clamp(4.0, most_top)));
    let mut best: Option<(f64, Point)> = None;
    for (left, top) in all.chain(hanging) {
        let over_packet = (left..=left + w).contains(&x) && (top..=top + h).contains(&y);
        let cost = covered(left, top) + if over_packet { w * h } else { 0.0 };
        if best.is_none_or(|(least, _)| cost < least - 1.0) {
            best = Some((cost, (left, top)));
        }
    }
    best.map_or((4.0, 4.0), |(_, at)| at)
}

/// Where a hop is on the stage: what it goes by has a place of its own.
fn stop(frame: &Frame, plan: &Plan, hop: &HopRow) -> End {
    let by = match &hop.via {
        Via::Nothing => None,
        Via::OuterDns => Some(end(frame, plan, &Place::Client)),
        Via::Dns => plan.dns.map(End::card),
        Via::Ingress(key) => {
            let n = frame.ingresses.iter().position(|card| card.key == *key);
            n.and_then(|n| plan.ingresses.get(n)).map(|at| End::card(*at))
        }
    };
    by.unwrap_or_else(|| end(frame, plan, &hop.place))
}

/// Where a place is on the stage; what is outside of the cluster is at the left end of the API server's line.
fn end(frame: &Frame, plan: &Plan, place: &Place) -> End {
    let outside = plan.outside.map_or(End::Under((plan.rail.x + 8.0, plan.rail.y + plan.rail.h / 2.0)), End::card);
    match place {
        Place::Pod(namespace, name) => {
            let pod = frame.pods().find(|pod| pod.key.namespace == *namespace && pod.key.name == *name);
            pod.and_then(|pod| plan.pods.get(&pod.uid)).map_or(outside, |spot| End::Pod(*spot))
        }
        Place::Node(name) => {
            let room = frame.nodes.iter().position(|node| node.name == *name).and_then(|n| plan.rooms.get(n));
            room.map_or(outside, |room| End::Door(*room))
        }
        Place::ControlPlane => End::Under((plan.rail.x + plan.rail.w / 2.0, plan.rail.bottom())),
        Place::LoadBalancer(_) => plan.balancer.map_or(outside, End::card),
        Place::Client | Place::Outside(_) => outside,
    }
}

/// Where a packet is that is at a place.
pub(super) fn place(frame: &Frame, plan: &Plan, place: &Place) -> Point {
    end(frame, plan, place).point()
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Slots, plan, tests::frame};
    use super::*;

    #[test]
    fn a_label_covers_no_name_where_there_is_room() {
        for (width, height) in [(900.0, 560.0), (695.0, 420.0), (390.0, 420.0)] {
            let ground = plan(&frame(&[&[1], &[2], &[3]], &[]), width, height, &mut Slots::default());
            for room in &ground.rooms {
                for at in [(room.x + room.w / 2.0, room.y + 30.0), (room.x + 40.0, room.y + 100.0)] {
                    let (w, h) = (300.0, 74.0);
                    let (x, y) = beside(&ground, at, (w, h), (1.0, height));
                    assert!(x >= 0.0 && x + w <= width && y >= 0.0 && y + h <= ground.height, "{width}: inside");
                    let covers = |name: &Rect| x < name.x + name.w && name.x < x + w && y < name.y + HEAD && name.y < y + h;
                    assert!(!ground.rooms.iter().any(covers), "{width}: {at:?} {x} {y}");
                }
            }
        }
    }
}
