//! Traffic: a request to send, those that were sent, and the way of one hop by hop.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::i18n::{hop_place, hop_words, place_words};
use crate::icons::{Icon, icon};
use crate::intent::{Intent, LookIntent};
use crate::session::{Insight, Look, lines};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Frame, HopRow, LookupRow, Place, Trip};
use crate::stage::shown_trip;

#[derive(Properties, PartialEq)]
pub struct TrafficProps {
    pub insight: Shared<Insight>,
    pub frame: Shared<Frame>,
    pub look: Shared<Look>,
}

/// The panel.
#[component]
pub fn Traffic(props: &TrafficProps) -> Html {
    let env = use_env();
    let line = use_node_ref();
    let texts = &env.texts;
    let by_door = props.frame.ingresses.iter().flat_map(lines::door_lines).next();
    let usual = props.frame.services.iter().flat_map(|card| lines::request_lines(&props.frame, card)).map(|(_, line)| line).next_back();
    let (send, field) = (env.send.clone(), line.clone());
    let submit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.cast::<HtmlInputElement>() {
            send.emit(Intent::Line(field.value()));
        }
    });
    let shown = shown_trip(&props.look, &props.insight);
    html! {
        <div class="traffic" data-testid="traffic">
            <div class="trips">
                <form class="row" onsubmit={submit}>
                    <input ref={line} value={by_door.or(usual).unwrap_or_else(|| "request https://10.96.0.1:443 --from node1".to_owned())} spellcheck="false"
                        aria-label={texts.later().request_line} data-testid="request-line" />
                    <button type="submit" class="primary" data-testid="send-request">{ texts.later().send }</button>
                </form>
                if props.insight.trips.is_empty() {
                    <p class="empty-text">{ texts.later().traffic_empty }</p>
                } else {
                    { answers(&props.insight) }
                    <ul>{ for props.insight.trips.iter().map(|trip| entry(&env, trip, shown.is_some_and(|shown| shown.id == trip.id))) }</ul>
                }
            </div>
            if let Some(trip) = shown {
                { way(&env, trip, props.look.hop) }
            }
        </div>
    }
}

/// Who answered those of a series, as bars.
fn answers(insight: &Insight) -> Html {
    let answers = &insight.answers;
    if answers.sent < 2 {
        return Html::default();
    }
    let most = answers.by.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let bar = |(who, count): &(crate::simulator::Name, u32)| {
        html! {
            <li><span>{ who.to_string() }</span>
                <span class="bar"><i class="ready" style={format!("width:{}%", count * 100 / most)}></i></span><b>{ *count }</b></li>
        }
    };
    html! { <ul class="spread answers" data-testid="answers">{ for answers.by.iter().map(bar) }</ul> }
}

fn entry(env: &Env, trip: &Trip, chosen: bool) -> Html {
    let micros = trip.took.micros();
    let answer = match &trip.by {
        Some(Place::Pod(_, name)) => name.to_string(),
        Some(other) => place_words(&env.texts, other),
        None => trip.text.to_string(),
    };
    let show = env.on::<MouseEvent>(LookIntent::Trip(Some(trip.id)).into());
    html! {
        <li key={format!("{}-{}", trip.id.0, trip.id.1)}>
            <button type="button" class={classes!("trip-row", chosen.then_some("chosen"), (trip.status == 0).then_some("bad"))} onclick={show}>
                <code>{ format!("{} → {}", place_words(&env.texts, &trip.from), trip.url.trim_start_matches("http://")) }</code>
                <b>{ if trip.status == 0 { String::new() } else { trip.status.to_string() } }</b>
                <span>{ answer }</span>
                <time>{ format!("{}.{} ms", micros / 1000, micros % 1000 / 100) }</time>
            </button>
        </li>
    }
}

fn way(env: &Env, trip: &Trip, at: usize) -> Html {
    let last = trip.hops.len().saturating_sub(1);
    let go = |hop: usize| env.on::<MouseEvent>(LookIntent::Hop(hop).into());
    html! {
        <div class="way">
            <div class="page-tools">
                <button type="button" class="quiet" onclick={env.on(LookIntent::Trip(Some(trip.id)).into())} title={env.texts.later().again}
                    aria-label={env.texts.later().again} data-testid="trip-again">{ icon(Icon::Controller) }</button>
                <button type="button" class="quiet" onclick={go(at.saturating_sub(1))} aria-label={env.texts.later().hop_back} title={env.texts.later().hop_back}
                    data-testid="hop-back">{ icon(Icon::StepBack) }</button>
                <button type="button" class="quiet" onclick={go((at + 1).min(last))} aria-label={env.texts.later().hop_on} title={env.texts.later().hop_on}
                    data-testid="hop-on">{ icon(Icon::Step) }</button>
            </div>
            if !trip.lookups.is_empty() {
                <ul class="lookups" data-testid="lookups">{ for trip.lookups.iter().map(|lookup| question(env, lookup)) }</ul>
            }
            <ol class="hops" data-testid="hops">{ for trip.hops.iter().enumerate().map(|(n, row)| hop(env, n, row, n == at)) }</ol>
        </div>
    }
}

/// A question to a name server: what was asked and answered, and, opened, its way.
fn question(env: &Env, lookup: &LookupRow) -> Html {
    let micros = lookup.took.micros();
    let place = |row: &HopRow| {
        let words = hop_words(&env.texts, row);
        let rule = if row.rule.is_empty() { String::new() } else { format!("{} {}", env.texts.later().rule_taken, words.notes[0]) };
        html! { <li><b>{ place_words(&env.texts, &row.place) }</b>{ " " }{ words.deed }{ " " }<code>{ row.after.clone() }</code>{ " " }<small>{ rule }</small></li> }
    };
    html! {
        <li><details><summary><b>{ "DNS" }</b>{ " " }<code>{ lookup.question.clone() }</code>{ " → " }<code>{ lookup.answer.to_string() }</code>
            <time>{ format!(" {}.{} ms", micros / 1000, micros % 1000 / 100) }</time></summary><ol>{ for lookup.hops.iter().map(place) }</ol></details></li>
    }
}

fn hop(env: &Env, number: usize, row: &HopRow, here: bool) -> Html {
    let texts = &env.texts;
    let changed = row.before != row.after;
    let words = hop_words(texts, row);
    let notes = [texts.later().rule_taken, texts.later().rule_passed, texts.later().rule_because].into_iter().zip(words.notes);
    let show = env.on::<MouseEvent>(LookIntent::Hop(number).into());
    html! {
        <li class={classes!(here.then_some("here"), row.bad.then_some("bad"))}>
            <button type="button" onclick={show}>
                <b>{ hop_place(texts, row) }</b><span>{ words.deed }</span>
                <code class={changed.then_some("old")}>{ row.before.clone() }</code>
                if changed {
                    <code class="new">{ row.after.clone() }</code>
                }
                { for notes.filter(|(_, text)| !text.is_empty()).map(|(title, text)| html! { <small><i>{ title }</i>{ " " }{ text }</small> }) }
            </button>
        </li>
    }
}
