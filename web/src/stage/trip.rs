//! The way of a request on the stage: a line through the places, and at the hop that it has come to the packet's addresses, before
//! and after.

use yew::prelude::*;

use super::layout::Plan;
use crate::i18n::{Words, hop_words};
use crate::number::whole;
use crate::session::{Insight, Look};
use crate::simulator::{Frame, HopRow, Place, Trip};

/// The way that is looked at: a line through its places.
pub fn draw(frame: &Frame, plan: &Plan, look: &Look, insight: &Insight) -> Html {
    let Some((hop, points)) = reached(frame, plan, look, insight) else { return Html::default() };
    let at = look.hop.min(points.len() - 1);
    let (x, y) = points[at];
    let line = |points: &[(f64, f64)]| points.iter().map(|(x, y)| format!("{},{}", whole(*x), whole(*y))).collect::<Vec<_>>().join(" ");
    let class = classes!("packet", hop.bad.then_some("bad"), (at + 1 == points.len() && !hop.bad).then_some("done"));
    html! {
        <svg class="trip" style={format!("height:{}px", whole(plan.height))} aria-hidden="true" data-testid="trip" data-hop={at.to_string()}>
            <polyline class="way" points={line(&points)} />
            <polyline class="gone" points={line(&points[..=at])} />
            <circle {class} r="6" style={format!("transform:translate({}px,{}px)", whole(x), whole(y))} />
        </svg>
    }
}

/// The hop that it has come to, and the places of all.
fn reached<'a>(frame: &Frame, plan: &Plan, look: &Look, insight: &'a Insight) -> Option<(&'a HopRow, Vec<(f64, f64)>)> {
    let trip = shown(look, insight)?;
    let points: Vec<(f64, f64)> = trip.hops.iter().map(|hop| place(frame, plan, &hop.place)).collect();
    let hop = trip.hops.get(look.hop.min(points.len().checked_sub(1)?))?;
    Some((hop, points))
}

/// The request that is looked at.
pub fn shown<'a>(look: &Look, insight: &'a Insight) -> Option<&'a Trip> {
    let id = look.trip?;
    insight.trips.iter().find(|trip| trip.id == id)
}

/// At the hop that it has come to: what is done there, and the packet's addresses.
pub fn label(texts: &Words, frame: &Frame, plan: &Plan, look: &Look, insight: &Insight, zoom: f64) -> Html {
    let Some((hop, points)) = reached(frame, plan, look, insight) else { return Html::default() };
    let (x, y) = points[look.hop.min(points.len() - 1)];
    let (x, y, width) = (x * zoom, y * zoom, plan.width * zoom);
    // To the side where there is more room, and not below the ground.
    let side = if x > width / 2.0 { format!("right:{}px", whole(width - x + 12.0)) } else { format!("left:{}px", whole(x + 12.0)) };
    let top = (y + 10.0).min(plan.height * zoom - 74.0);
    let changed = hop.before != hop.after;
    html! {
        <div class={classes!("packet-label", hop.bad.then_some("bad"))} style={format!("{side};top:{}px", whole(top))} data-testid="packet">
            <b>{ hop_words(texts, hop).deed }</b>
            <code class={changed.then_some("old")}>{ hop.before.clone() }</code>
            if changed {
                <code class="new">{ hop.after.clone() }</code>
            }
        </div>
    }
}

/// Where a place is on the stage; what is outside of the cluster is at the left end of the API server's line.
fn place(frame: &Frame, plan: &Plan, place: &Place) -> (f64, f64) {
    let outside = plan.outside.map_or((plan.rail.x + 8.0, plan.rail.y + plan.rail.h / 2.0), |at| (at.x + at.w / 2.0, at.y + at.h));
    match place {
        Place::Pod(namespace, name) => {
            let pod = frame.pods().find(|pod| pod.key.namespace == *namespace && pod.key.name == *name);
            let spot = pod.and_then(|pod| plan.pods.get(&pod.uid));
            spot.map_or(outside, |spot| (spot.x + spot.density.cell().0 / 2.0, spot.y + spot.density.cell().1 / 2.0))
        }
        Place::Node(name) => {
            let room = frame.nodes.iter().position(|node| node.name == *name).and_then(|n| plan.rooms.get(n));
            room.map_or(outside, |room| (room.x + room.w / 2.0, room.y + 30.0))
        }
        Place::ControlPlane => (plan.rail.x + plan.rail.w / 2.0, plan.rail.y + plan.rail.h / 2.0),
        Place::LoadBalancer(_) => outside_of_balancer(frame, plan).unwrap_or(outside),
        Place::Client | Place::Outside(_) => outside,
    }
}

/// A load balancer stands where its service does.
fn outside_of_balancer(frame: &Frame, plan: &Plan) -> Option<(f64, f64)> {
    let n = frame.services.iter().position(|card| card.kind == "LoadBalancer")?;
    plan.services.get(n).map(|at| (at.x + 20.0, at.y + at.h / 2.0))
}
