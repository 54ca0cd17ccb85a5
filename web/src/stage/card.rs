//! A controller: a card with the stamp of its template, how many pods it wants, has and has ready.

use yew::prelude::*;

use super::layout::Rect;
use super::mark::stamp_glyph;
use super::room::stop_and;
use crate::icons::{Icon, icon};
use crate::intent::{Intent, LookIntent};
use crate::session::lines;
use crate::shared::Env;
use crate::simulator::{ControllerCard, ObjectKey};

/// While the pointer is over a card its pods light up.
pub fn hovers(env: &Env, key: &ObjectKey) -> (Callback<MouseEvent>, Callback<MouseEvent>) {
    (env.on(LookIntent::Hover(Some(key.clone())).into()), env.on(LookIntent::Hover(None).into()))
}

/// The same while the focus is on it.
pub fn focuses(env: &Env, key: &ObjectKey) -> (Callback<FocusEvent>, Callback<FocusEvent>) {
    (env.on(LookIntent::Hover(Some(key.clone())).into()), env.on(LookIntent::Hover(None).into()))
}

/// A controller.
pub fn draw(env: &Env, card: &ControllerCard, at: Rect, selected: &Option<ObjectKey>) -> Html {
    let name = card.key.name.to_string();
    let class = classes!(
        "card",
        (selected.as_ref() == Some(&card.key)).then_some("selected"),
        card.deleting.then_some("deleting"),
        (card.ready < card.desired).then_some("short"),
    );
    let (over, out) = hovers(env, &card.key);
    let (hovered, left) = focuses(env, &card.key);
    html! {
        <div {class} key={format!("card-{}", card.uid)} onmouseenter={over} onmouseleave={out} onfocusin={hovered} onfocusout={left} style={at.style()} data-testid={format!("{}-{name}", lines::short(&card.key))}
            data-desired={card.desired.to_string()} data-current={card.current.to_string()} data-ready={card.ready.to_string()} data-stamp={card.stamp.to_string()}>
            { body(env, card) }
            if card.scalable {
                { stepper(env, card) }
            }
        </div>
    }
}

fn body(env: &Env, card: &ControllerCard) -> Html {
    let texts = &env.texts;
    // A job's own label is a uid: it tells nobody anything.
    let mut selector: Vec<String> = card.selector.iter().filter(|(key, _)| !key.ends_with("controller-uid")).map(|(key, value)| format!("{key}={value}")).collect();
    if !card.asks.is_empty() {
        selector.push(card.asks.to_string());
    }
    let counts = [(card.desired, texts.wanted), (card.current, texts.there), (card.ready, texts.ready)];
    let said: Vec<String> = counts.iter().map(|(n, word)| format!("{n} {word}")).collect();
    let label = format!("{} {}: {}", card.key.kind.name(), card.key.name, said.join(", "));
    let send = env.send.clone();
    let key = card.key.clone();
    let select = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        send.emit(LookIntent::Select(key.clone()).into());
    });
    html! {
        <button type="button" class="card-body" onclick={select} aria-label={label} aria-haspopup="menu" data-stop="card" title={format!("{}: {}", card.key.name, card.image)}>
            <svg class="mould" viewBox="0 0 28 28" aria-hidden="true">
                <rect class="body" x="1.5" y="1.5" width="25" height="25" rx="6.5" />
                { stamp_glyph(card.stamp, 14.0, 14.0, 5.0) }
            </svg>
            <span class="card-text">
                <b>{ card.key.name.to_string() }</b>
                <span class="selector"><span class="kind">{ card.key.kind.name() }</span>{ selector.join(", ") }</span>
                <span class="counts">
                    { for counts.into_iter().map(|(n, word)| html! { <span><b>{ n }</b>{ " " }{ word }</span> }) }
                </span>
            </span>
        </button>
    }
}

fn stepper(env: &Env, card: &ControllerCard) -> Html {
    let name = &card.key.name;
    let scale = |replicas: i32| stop_and(env, Intent::Line(lines::scale_line(&card.key, replicas)));
    let (fewer, more) = (scale((card.desired - 1).max(0)), scale(card.desired.saturating_add(1)));
    html! {
        <span class="stepper">
            <button type="button" class="switch" onclick={more} aria-label={env.texts.scale_up} title={env.texts.scale_up}
                data-testid={format!("more-{name}")}>{ icon(Icon::Plus) }</button>
            <button type="button" class="switch" onclick={fewer} disabled={card.desired == 0} aria-label={env.texts.scale_down}
                title={env.texts.scale_down} data-testid={format!("fewer-{name}")}>{ icon(Icon::Minus) }</button>
        </span>
    }
}
