//! What is broken between two places: a line that is cut, slow or leaky, and a tag in words on it that mends it. A node's name can be
//! dragged to another place to break what lies between them.

use yew::prelude::*;

use super::layout::{Plan, Rect};
use crate::intent::{Intent, LookIntent};
use crate::number::whole;
use crate::session::lines;
use crate::shared::Env;
use crate::simulator::{Fault, Frame, Kind, ObjectKey, Scope, Trouble};

/// A point of the ground.
type Point = (f64, f64);

/// A fault's line from end to end, and where its tag is.
struct Link {
    ends: Option<[Point; 2]>,
    tag: Point,
}

fn middle([a, b]: [Point; 2]) -> Point {
    ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
}

fn room(frame: &Frame, plan: &Plan, scope: &Scope) -> Option<Rect> {
    let Scope::Node(name) = scope else { return None };
    let n = frame.nodes.iter().position(|node| node.name == *name)?;
    plan.rooms.get(n).copied()
}

/// Where a place is, for a line that comes from about `x`.
fn end(frame: &Frame, plan: &Plan, scope: &Scope, x: f64) -> Option<Point> {
    match scope {
        Scope::Everything => None,
        Scope::ControlPlane => Some((x, plan.rail.y + plan.rail.h / 2.0)),
        Scope::Client => Some(plan.outside.map_or((plan.rail.x + 6.0, plan.rail.y + plan.rail.h / 2.0), |at| (at.x + at.w, at.y + at.h / 2.0))),
        Scope::Node(_) => room(frame, plan, scope).map(|at| (at.x + at.w / 2.0, at.bottom() - 16.0)),
        Scope::Pod(namespace, name) => {
            let pod = frame.pods().find(|pod| pod.key.namespace == *namespace && pod.key.name == *name)?;
            let spot = plan.pods.get(&pod.uid)?;
            let (w, h) = spot.density.cell();
            Some((spot.x + w / 2.0, spot.y + h / 2.0))
        }
    }
}

/// A fault on the ground; None if one of its places is not there.
fn link(frame: &Frame, plan: &Plan, fault: &Fault) -> Option<Link> {
    let rooms = (room(frame, plan, &fault.one), room(frame, plan, &fault.other));
    let other = |at: Rect, scope: &Scope| match scope {
        // Into the room from above, each kind at a place of its own.
        Scope::ControlPlane => {
            let top = (at.x + at.w * 0.6, at.y);
            Some(Link { ends: Some([(top.0, plan.rail.y + plan.rail.h / 2.0), top]), tag: top })
        }
        Scope::Client => {
            let top = (at.x + at.w * 0.25, at.y);
            Some(Link { ends: Some([end(frame, plan, scope, top.0)?, top]), tag: top })
        }
        Scope::Everything => Some(Link { ends: None, tag: (at.x + at.w / 2.0, at.bottom()) }),
        _ => None,
    };
    let found = match rooms {
        (Some(at), None) => other(at, &fault.other),
        (None, Some(at)) => other(at, &fault.one),
        _ => None,
    };
    if found.is_some() {
        return found;
    }
    let centre = plan.rail.x + plan.rail.w / 2.0;
    match (end(frame, plan, &fault.one, centre), end(frame, plan, &fault.other, centre)) {
        (Some(a), Some(b)) => Some(Link { ends: Some([a, b]), tag: middle([a, b]) }),
        (Some(at), None) | (None, Some(at)) => Some(Link { ends: None, tag: at }),
        (None, None) => Some(Link { ends: None, tag: (plan.rail.x + plan.rail.w * 0.25, plan.rail.y + plan.rail.h / 2.0) }),
    }
}

fn class(fault: &Fault) -> &'static str {
    match fault.trouble {
        Trouble::Partition => "cut",
        Trouble::Latency(_) => "slow",
        Trouble::Loss(_) => "leaky",
    }
}

/// The lines.
pub fn lines(frame: &Frame, plan: &Plan) -> Html {
    let line = |fault: &Fault| {
        let [a, b] = link(frame, plan, fault)?.ends?;
        let along = |part: f64| (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part);
        let stroke = |from: Point, to: Point| format!("M{} {}L{} {}", whole(from.0), whole(from.1), whole(to.0), whole(to.1));
        // A line that is cut has a gap.
        let d = match fault.trouble {
            Trouble::Partition => stroke(a, along(0.4)) + &stroke(along(0.6), b),
            _ => stroke(a, b),
        };
        Some(html! { <path class={class(fault)} {d} /> })
    };
    if frame.faults.is_empty() {
        return Html::default();
    }
    html! {
        <svg class="faults" aria-hidden="true" data-testid="fault-lines" style={format!("height:{}px", whole(plan.height))}>
            { for frame.faults.iter().filter_map(line) }
        </svg>
    }
}

/// A place as people call it.
pub fn place_name(env: &Env, scope: &Scope) -> String {
    match scope {
        Scope::Everything => env.texts.everything.to_owned(),
        Scope::Pod(_, name) | Scope::Node(name) => name.to_string(),
        Scope::Client => env.texts.outside.to_owned(),
        Scope::ControlPlane => env.texts.api_server.to_owned(),
    }
}

/// The tags, above the ground at its scale: a press mends.
pub fn tags(env: &Env, frame: &Frame, plan: &Plan, zoom: f64) -> Html {
    let tag = |fault: &Fault| {
        let (x, y) = link(frame, plan, fault)?.tag;
        let (one, other) = (place_name(env, &fault.one), place_name(env, &fault.other));
        let (sign, text) = match fault.trouble {
            Trouble::Partition => ("✕", env.texts.cut.to_owned()),
            Trouble::Latency(time) => ("◷", format!("+{} ms", time.millis())),
            Trouble::Loss(percent) => ("⋯", (env.texts.lost)(percent)),
        };
        let line = lines::mend_line(&fault.one, &fault.other);
        let label = format!("{one} – {other}: {text}. {}", env.texts.mend);
        let style = format!("left:{}px;top:{}px", whole(x * zoom), whole(y * zoom));
        let id = format!("fault-{one}-{other}");
        Some(html! {
            <button type="button" class={classes!("fault", class(fault))} {style} title={format!("{label}: {line}")} aria-label={label} data-stop="fault"
                data-testid={id} onclick={super::room::stop_and(env, Intent::Line(line))}><i aria-hidden="true">{ sign }</i>{ text }</button>
        })
    };
    frame.faults.iter().filter_map(tag).collect()
}

/// A node's name is taken up.
pub fn on_take(name: &str) -> Callback<DragEvent> {
    let word = format!("node/{name}");
    Callback::from(move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            let _ = data.set_data("text/plain", &word);
        }
    })
}

/// It may be let go on the stage.
pub fn on_over() -> Callback<DragEvent> {
    Callback::from(|event: DragEvent| {
        let types = event.data_transfer().map(|data| data.types());
        if types.is_some_and(|types| types.iter().any(|kind| kind.as_string().as_deref() == Some("text/plain"))) {
            event.prevent_default();
        }
    })
}

/// A node's name is let go over a place: the menu of what can be broken between them.
pub fn on_drop(env: &Env, to: Scope) -> Callback<DragEvent> {
    let send = env.send.clone();
    Callback::from(move |event: DragEvent| {
        let word = event.data_transfer().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        let Some(Scope::Node(node)) = Scope::parse(&word) else { return };
        event.prevent_default();
        event.stop_propagation();
        if to != Scope::Node(node.clone()) {
            send.emit(LookIntent::Connect(ObjectKey::new(Kind::Node, "", node), to.clone()).into());
        }
    })
}
