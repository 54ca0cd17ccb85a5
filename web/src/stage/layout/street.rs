//! The row under the API server: the world outside at its left, then Ingresses and Services, in the direction that requests take; and
//! the name server's place at the API server's line.

use super::{DOORS, Form, GAP, NARROW, PAD, Plan, Rect};
use crate::simulator::Frame;

/// The world outside stands in the row where this much room is, else as a sign at the line.
const WIDE: f64 = 480.0;
const OUTSIDE: f64 = 122.0;
const BALANCER: f64 = 152.0;
/// A card with little more than its sign.
const LEAST: f64 = 84.0;
/// The sign for the world outside.
const SIGN: f64 = 26.0;
/// What the selector's field takes of the API server's line, and in a narrow window.
const LENS: f64 = 155.0;
const NARROW_LENS: f64 = 119.0;
/// The name server with its address, and without.
const DNS: f64 = 122.0;
const NARROW_DNS: f64 = 44.0;

/// Places the row. Returns where the rooms begin.
pub(super) fn street(plan: &mut Plan, frame: &Frame, inner: f64) -> f64 {
    let top = plan.rail.bottom() + GAP / 2.0;
    (plan.outside, plan.balancer, plan.dns) = (None, None, None);
    (plan.ingresses, plan.services) = (Vec::new(), Vec::new());
    if frame.ingresses.is_empty() && frame.services.is_empty() {
        return top;
    }
    plan.dns = Some(name_server(plan));
    if inner < WIDE {
        plan.outside = Some(Rect { x: PAD, y: plan.rail.y, w: SIGN, h: SIGN });
        plan.rail = Rect { x: PAD + SIGN + 6.0, w: inner - SIGN - 6.0, ..plan.rail };
    }
    cards(plan, frame, inner, top)
}

/// Beside the selector's field: a place that does not depend on what stands at the line's other end.
fn name_server(plan: &Plan) -> Rect {
    let (lens, w) = if plan.width < NARROW { (NARROW_LENS, NARROW_DNS) } else { (LENS, DNS) };
    Rect { x: plan.rail.x + plan.rail.w - lens - GAP / 2.0 - w, y: plan.rail.y + 1.0, w, h: plan.rail.h - 2.0 }
}

/// Not inlined: what calls it is needed at the start, this is not.
#[inline(never)]
fn cards(plan: &mut Plan, frame: &Frame, inner: f64, top: f64) -> f64 {
    let ((least, height), gap) = (plan.form.service(), plan.form.gap());
    let (doors, count) = (frame.ingresses.len(), frame.ingresses.len() + frame.services.len());
    // The smallest cards move closer together where one row is enough then.
    let in_row = |least: f64| ((inner + gap) / (least + gap)).floor();
    let closer = plan.form == Form::Chip && inner < WIDE && (in_row(least)..in_row(LEAST)).contains(&(count as f64 - 1.0));
    let least = if closer { LEAST } else { least };
    let columns = |aside: f64| ((inner - aside + gap) / (least + gap)).floor().max(1.0);
    let rows = |aside: f64| (count as f64 / columns(aside)).ceil();
    let balanced = inner >= WIDE && frame.services.iter().any(|card| !card.balancers.is_empty());
    let wide = if balanced { BALANCER } else { OUTSIDE };
    let one = if inner >= WIDE { wide + gap } else { 0.0 };
    // The load balancer stands under the clients where there is a second row anyhow.
    let beside = balanced && rows(one) <= 1.0 && rows(one + BALANCER + gap) <= 1.0;
    let aside = if beside { one + BALANCER + gap } else { one };
    if one > 0.0 {
        plan.outside = Some(Rect { x: PAD, y: top, w: wide, h: height });
    }
    plan.balancer = balanced.then_some(match beside {
        true => Rect { x: PAD + one, y: top, w: BALANCER, h: height },
        false => Rect { x: PAD, y: top + height + gap, w: BALANCER, h: height },
    });
    let columns = columns(aside);
    let stretch = plan.form.stretch().max(1.25);
    let width = if columns == 1.0 { inner - aside } else { ((inner - aside + gap) / columns - gap).floor().min(least * stretch) };
    let place = |n: usize| {
        let (column, row) = (n as f64 % columns, (n as f64 / columns).floor());
        Rect { x: PAD + aside + column * (width + gap), y: top + row * (height + gap), w: width, h: height }
    };
    plan.ingresses = (0..doors).map(place).collect();
    plan.services = (doors..count).map(place).collect();
    // An Ingress has its doors under the cards.
    let below = gap.max(if doors > 0 { DOORS } else { 0.0 });
    plan.balancer.map_or(top, |at| at.bottom() + gap).max(place(count - 1).bottom() + below)
}
