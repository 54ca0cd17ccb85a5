//! A pod on the stage: a button that shows a tile and, where there is room, the end of its name.

use yew::prelude::*;

use super::layout::Spot;
use super::mark;
use crate::intent::LookIntent;
use crate::number::{decimal, whole};
use crate::shared::{Env, use_env};
use crate::simulator::{PodState, PodTile, ProbeKind, ProbeTick};

/// What stands under a tile: of replicas the part of the name that tells them apart.
pub fn short_name(pod: &PodTile) -> &str {
    let name = pod.key.name.as_str();
    let end = name.rsplit_once('-').map(|(_, end)| end);
    end.filter(|_| pod.stamp.is_some()).unwrap_or(name)
}

fn place(spot: Spot, from: (f64, f64), state: PodState) -> String {
    let (w, h) = spot.density.cell();
    let strength = match state {
        PodState::Terminating { left } => 0.35 + 0.65 * f64::from(left) / 1000.0,
        _ => 1.0,
    };
    format!(
        "--x:{}px;--y:{}px;--from-x:{}px;--from-y:{}px;--strength:{};width:{}px;height:{}px",
        whole(spot.x),
        whole(spot.y),
        whole(from.0),
        whole(from.1),
        decimal(strength, 2),
        whole(w),
        whole(h)
    )
}

fn class(pod: &PodTile, spot: Spot) -> Classes {
    classes!("pod", mark::state_class(pod.state), spot.density.class(), pod.lost.then_some("unreachable"))
}

/// What a screen reader says of a pod.
pub fn label(env: &Env, pod: &PodTile) -> String {
    let texts = &env.texts;
    let mut label = format!("{} {}: {}", texts.pod, pod.key.name, (texts.pod_state)(pod.state));
    if !pod.node.is_empty() {
        label.push_str(&format!(", {}", pod.node));
    }
    if pod.nicks > 0 {
        label.push_str(&format!(", {} {}", texts.probe_failures, pod.nicks));
    }
    if pod.restarts > 0 {
        label.push_str(&format!(", {} {}", texts.restarts, pod.restarts));
    }
    label
}

/// How a pod stands among the others.
#[derive(Clone, Copy, PartialEq)]
pub struct Look {
    /// Marked.
    pub selected: bool,
    /// Where Tab stops; arrow keys go on from there.
    pub stop: bool,
    /// Whether a selector fits it; None if none is looked through.
    pub lit: Option<bool>,
    /// It is gone and still fades.
    pub gone: bool,
}

fn lit_class(lit: bool) -> &'static str {
    if lit { "lit" } else { "dim" }
}

/// A pod's data.
#[derive(Properties)]
pub struct TileProps {
    /// The pod.
    pub pod: PodTile,
    /// Its place.
    pub spot: Spot,
    /// Where it came from: of no account once it is there.
    pub from: (f64, f64),
    /// How it stands among the others.
    pub look: Look,
}

impl PartialEq for TileProps {
    fn eq(&self, other: &TileProps) -> bool {
        (self.spot, self.look) == (other.spot, other.look) && self.pod == other.pod
    }
}

/// A pod at its place; a new one comes from its birthplace. One that has not changed is not drawn again.
#[component]
pub fn Tile(props: &TileProps) -> Html {
    let env = use_env();
    if props.look.gone {
        return draw_leaving(&props.pod, props.spot);
    }
    draw(&env, &props.pod, props.spot, props.from, props.look)
}

fn draw(env: &Env, pod: &PodTile, spot: Spot, from: (f64, f64), look: Look) -> Html {
    let (key, send) = (pod.key.clone(), env.send.clone());
    let select = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(LookIntent::Select(key.clone()).into());
    });
    let (key, send) = (pod.key.clone(), env.send.clone());
    let inspect = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(LookIntent::Inspect(key.clone()).into());
    });
    let label = label(env, pod);
    html! {
        <button type="button" class={classes!(class(pod, spot), look.selected.then_some("selected"), look.lit.map(lit_class))}
            style={place(spot, from, pod.state)} aria-label={label.clone()} title={label} aria-haspopup="menu"
            tabindex={if look.stop { "0" } else { "-1" }} data-stop="pod" data-testid={format!("pod-{}", pod.key.name)} data-state={mark::state_class(pod.state)}
            data-nicks={pod.nicks.to_string()} data-node={pod.node.to_string()} data-stamp={pod.stamp.map_or(String::new(), |stamp| stamp.to_string())} onclick={select} ondblclick={inspect}>
            { mark::tile(pod.state, pod.stamp, pod.nicks) }
            if pod.restarts > 0 && spot.density <= super::layout::Density::Close {
                <span class="badge">{ pod.restarts }</span>
            }
            if spot.density <= super::layout::Density::Normal {
                { for pod.probes.iter().flatten().map(tick) }
            }
            if spot.density.has_names() {
                <span class="name">{ short_name(pod) }</span>
            }
        </button>
    }
}

/// A probe: a letter that pulses each time it is tried.
fn tick(probe: &ProbeTick) -> Html {
    let (class, letter) = match probe.kind {
        ProbeKind::Startup => ("startup", "S"),
        ProbeKind::Liveness => ("liveness", "L"),
        ProbeKind::Readiness => ("readiness", "R"),
    };
    // A new element for each try: its pulse begins anew.
    let key = format!("{class}-{}", probe.attempts);
    html! { <i {key} class={classes!("tick", class, probe.failed.then_some("failed"))} data-attempts={probe.attempts.to_string()}>{ letter }</i> }
}

/// A pod that is gone, for the moment it still fades.
fn draw_leaving(pod: &PodTile, spot: Spot) -> Html {
    let style = place(spot, (spot.x, spot.y), pod.state);
    html! {
        <button type="button" class={classes!(class(pod, spot), "gone")} {style} disabled=true aria-hidden="true">
            { mark::tile(pod.state, pod.stamp, pod.nicks) }
        </button>
    }
}
