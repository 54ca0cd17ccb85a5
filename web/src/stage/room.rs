//! A node: a room with a name, a state, a power switch, and two hairlines for what is asked of it.

use yew::prelude::*;

use super::layout::Rect;
use crate::icons::{Icon, icon};
use crate::intent::{Intent, LookIntent};
use crate::session::lines;
use crate::shared::Env;
use crate::simulator::{Kind, NodeRoom, ObjectKey, Readiness, Scope, Share};

/// Why a kubelet that is not heard is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It is off.
    Off,
    /// It is cut from the control plane.
    Cut,
}

/// The words beside a node's name, with the class of each.
fn states(env: &Env, room: &NodeRoom, silence: Silence) -> Vec<(&'static str, &'static str)> {
    let texts = &env.texts;
    let mut states = Vec::new();
    if !room.powered {
        states.push(("off", match silence {
            Silence::Off => texts.powered_off,
            Silence::Cut => texts.cut_off,
        }));
    }
    match room.readiness {
        Readiness::Ready if room.powered => states.push(("good", texts.ready)),
        Readiness::Ready => {}
        Readiness::NotReady => states.push(("bad", texts.not_ready)),
        Readiness::Silent => states.push(("bad", texts.no_answer)),
    }
    if room.cordoned {
        states.push(("barred", texts.cordoned));
    }
    states
}

/// Rooms narrower than this have no room for the cordon's switch; it is in their menu.
const SLIM: f64 = 150.0;

/// A node.
pub fn draw(env: &Env, room: &NodeRoom, at: Rect, selected: &Option<ObjectKey>, silence: Silence) -> Html {
    let key = ObjectKey::new(Kind::Node, "", room.name.clone());
    let class = classes!(
        "room",
        (room.readiness != Readiness::Ready).then_some("not-ready"),
        (at.w < SLIM).then_some("slim"),
        (!room.powered).then_some("off"),
        room.cordoned.then_some("cordoned"),
        (selected.as_ref() == Some(&key)).then_some("selected"),
    );
    html! {
        <div {class} key={format!("node-{}", room.name)} style={at.style()} data-testid={format!("node-{}", room.name)}
            ondrop={super::fault::on_drop(env, Scope::Node(room.name.clone()))}
            data-word={room.word.to_string()} data-powered={room.powered.to_string()}>
            <div class="room-head">
                { name_button(env, room, key, silence) }
                { switches(env, room) }
            </div>
            <div class="hairlines">
                { hairline(env.texts.cpu, room.cpu) }
                { hairline(env.texts.memory, room.memory) }
            </div>
        </div>
    }
}

/// So many labels are shown.
const MOST_LABELS: usize = 3;

/// The labels that somebody gave it: those that every node has tell nothing.
fn own_labels(room: &NodeRoom) -> impl Iterator<Item = (&str, &str)> {
    let own = |key: &str| !["kubernetes.io/", "beta.kubernetes.io/", "node-role."].iter().any(|usual| key.starts_with(usual));
    room.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).filter(move |(key, _)| own(key))
}

/// A label's key without its domain.
fn short(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

fn name_button(env: &Env, room: &NodeRoom, key: ObjectKey, silence: Silence) -> Html {
    let states = states(env, room, silence);
    let words: Vec<&str> = states.iter().map(|(_, word)| *word).collect();
    let labels: Vec<String> = own_labels(room).map(|(key, value)| format!(", {key}={value}")).collect();
    let label = format!("{} {}: {}{}", env.texts.node, room.name, words.join(", "), labels.concat());
    let send = env.send.clone();
    let select = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(LookIntent::Select(key.clone()).into());
    });
    html! {
        <button type="button" class="room-name" onclick={select} aria-label={label} aria-haspopup="menu" data-stop="node"
            draggable="true" ondragstart={super::fault::on_take(&room.name)} title={env.texts.drag_node}>
            <b>{ room.name.to_string() }</b>
            <span class="states">
                { for states.into_iter().map(|(class, word)| html! { <span class={classes!("state", class)}>{ word }</span> }) }
                { for own_labels(room).take(MOST_LABELS).map(|(key, value)| html! { <span class="own-label" title={format!("{key}={value}")}>{ format!("{}={value}", short(key)) }</span> }) }
            </span>
        </button>
    }
}

fn switches(env: &Env, room: &NodeRoom) -> Html {
    let (name, powered) = (room.name.to_string(), room.powered);
    let power_label = (env.texts.power_of)(&name, !powered);
    let cordon_label = (env.texts.cordon_of)(&name, !room.cordoned);
    let power = stop_and(env, Intent::NodePower { node: name.clone(), on: !powered });
    let cordon = stop_and(env, Intent::Line(lines::cordon_line(&name, !room.cordoned)));
    html! {
        <span class="switches">
            <button type="button" class="switch" onclick={cordon} aria-pressed={room.cordoned.to_string()} aria-label={cordon_label.clone()}
                title={cordon_label} data-testid={format!("cordon-{name}")}>{ icon(Icon::Barrier) }</button>
            <button type="button" class="switch power" onclick={power} aria-pressed={powered.to_string()} aria-label={power_label.clone()}
                title={power_label} data-testid={format!("power-{name}")}>{ icon(Icon::Power) }</button>
        </span>
    }
}

/// Sends an intent and keeps the click from what lies below.
pub fn stop_and(env: &Env, intent: Intent) -> Callback<MouseEvent> {
    let send = env.send.clone();
    Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(intent.clone());
    })
}

fn hairline(name: &str, share: Share) -> Html {
    let part = share.thousandths();
    let title = format!("{name}: {}.{} %", part / 10, part % 10);
    html! {
        <span class="hairline" role="img" aria-label={title.clone()} {title}>
            <span style={format!("width:{}.{}%", part / 10, part % 10)}></span>
        </span>
    }
}
