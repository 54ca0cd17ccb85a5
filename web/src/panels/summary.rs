//! The first page of the inspector: facts, probes with their latest results, conditions, and the objects it has to do with.

use yew::prelude::*;

use crate::i18n::age_words;
use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::session::lines;
use crate::number::decimal;
use crate::shared::Env;
use crate::simulator::{ConditionRow, ConditionsAt, Field, Inspected, Linked, ObjectKey, ProbeKind, ProbeStrip, Relation, Row, SimTime};
use crate::stage::{LitPods, state_class};

/// Who made it stands among the facts.
const RELATIONS: [Relation; 6] = [Relation::SelectedBy, Relation::LedBy, Relation::LeadsTo, Relation::Owned, Relation::Selects, Relation::Runs];

/// The page. `lit`: the pods that light up in its lists.
pub fn draw(env: &Env, inspected: &Inspected, history: &[ConditionsAt], now: SimTime, lit: Option<&LitPods>) -> Html {
    let texts = &env.texts;
    let facts = inspected.rows.iter().map(|row| fact(env, row));
    html! {
        <>
            if !inspected.is_simulated {
                <p class="rest" data-testid="not-simulated">{ texts.not_simulated }</p>
            }
            <dl class="facts">{ for facts }</dl>
            if !inspected.probes.is_empty() {
                <section class="about"><h3>{ texts.probes }</h3>{ for inspected.probes.iter().map(|strip| probe(env, strip)) }</section>
            }
            { for RELATIONS.into_iter().map(|relation| related(env, inspected, relation, lit)) }
            if !inspected.conditions.is_empty() {
                <section class="about"><h3>{ texts.conditions }</h3>
                    <ul class="conditions" data-testid="conditions">{ for inspected.conditions.iter().map(|row| condition(env, row, history, now)) }</ul>
                </section>
            }
        </>
    }
}

fn fact(env: &Env, row: &Row) -> Html {
    let value = match &row.link {
        Some(key) => link(env, key, row.value.clone()),
        None if row.field == Field::Age => html! { { age_words(&env.texts, &row.value) } },
        None => html! { { row.value.clone() } },
    };
    html! { <><dt>{ (env.texts.field)(row.field) }</dt><dd>{ value }</dd></> }
}

fn link(env: &Env, key: &ObjectKey, text: String) -> Html {
    let go = env.on(LookIntent::Inspect(key.clone()).into());
    html! { <button type="button" class="link" onclick={go} data-testid={format!("go-{}-{}", lines::short(key), key.name)}>{ text }</button> }
}

/// A strip: a mark for each try, higher where it was answered well.
fn probe(env: &Env, strip: &ProbeStrip) -> Html {
    let name = match strip.kind {
        ProbeKind::Startup => "startup",
        ProbeKind::Liveness => "liveness",
        ProbeKind::Readiness => "readiness",
    };
    let failed = strip.failures.iter().filter(|failed| **failed).count();
    let label = (env.texts.probe_said)(strip.failures.len(), failed);
    html! {
        <div class="probe" data-testid={format!("probe-{name}")} data-tries={strip.failures.len().to_string()} data-failed={failed.to_string()}>
            <div class="probe-head"><b>{ name }</b>
                if strip.run.0 > 0 {
                    <span class="bad">{ (env.texts.failures_of)(strip.run.0, strip.run.1) }</span>
                }
            </div>
            <div class="strip" role="img" aria-label={label.clone()} title={label}>
                { for strip.failures.iter().map(|failed| html! { <i class={if *failed { "failed" } else { "passed" }}></i> }) }
            </div>
            <code>{ strip.text.clone() }</code>
        </div>
    }
}

fn related(env: &Env, inspected: &Inspected, relation: Relation, lit: Option<&LitPods>) -> Html {
    let all: Vec<&Linked> = inspected.linked.iter().filter(|linked| linked.relation == relation).collect();
    if all.is_empty() {
        return Html::default();
    }
    let last = matches!(relation, Relation::Owned | Relation::Selects | Relation::Runs);
    html! {
        <section class="about">
            <h3>{ (env.texts.relation)(relation) }</h3>
            <ul class="linked">{ for all.into_iter().map(|linked| other(env, linked, lit)) }</ul>
            if last && inspected.left_out > 0 {
                <p class="rest">{ (env.texts.more_pods)(inspected.left_out) }</p>
            }
        </section>
    }
}

fn other(env: &Env, linked: &Linked, lit: Option<&LitPods>) -> Html {
    let dot = linked.state.map(|state| html! { <span class={classes!("dot", state_class(state))} aria-hidden="true"></span> });
    let name = match linked.state {
        Some(_) => linked.key.name.to_string(),
        None => format!("{}/{}", linked.key.kind.name(), linked.key.name),
    };
    html! { <li class={lit.and_then(|lit| lit.class(&linked.key))}>{ dot.unwrap_or_default() }{ link(env, &linked.key, name) }<span class="word">{ linked.word.to_string() }</span></li> }
}

fn condition(env: &Env, row: &ConditionRow, history: &[ConditionsAt], now: SimTime) -> Html {
    let since = row.since.map(|since| age_words(&env.texts, &now.age_of(since).human())).unwrap_or_default();
    let why = [row.reason.as_str(), row.message.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let class = status_class(&row.status);
    html! {
        <li class={class}>
            { icon(if class == "true" { Icon::Check } else { Icon::Minus }) }
            <span class="kind"><b>{ row.kind.to_string() }</b>{ format!(" {}", row.status) }</span><span class="since">{ since }</span>
            if !why.is_empty() {
                <span class="why">{ why }</span>
            }
            { over_time(row, history, now) }
        </li>
    }
}

/// What a status is drawn as.
fn status_class(status: &str) -> &'static str {
    match status {
        "True" => "true",
        "False" => "false",
        _ => "unknown",
    }
}

/// A condition over the object's time: a stretch for each status, as long as it held.
fn over_time(row: &ConditionRow, history: &[ConditionsAt], now: SimTime) -> Html {
    let Some((first, _)) = history.first() else { return Html::default() };
    let whole = now.since(*first).micros().max(1);
    let status = |conditions: &[(crate::simulator::Name, crate::simulator::Name)]| {
        conditions.iter().find(|(kind, _)| *kind == row.kind).map(|(_, status)| status.to_string()).unwrap_or_default()
    };
    let mut stretches: Vec<(SimTime, String)> = Vec::new();
    for (at, conditions) in history {
        let status = status(conditions);
        if stretches.last().is_none_or(|(_, last)| *last != status) {
            stretches.push((*at, status));
        }
    }
    let text: Vec<String> = stretches.iter().map(|(at, status)| format!("+{} {status}", at.since(*first).seconds())).collect();
    let ends = stretches.iter().skip(1).map(|(at, _)| *at).chain([now]);
    let draw = |((at, status), end): (&(SimTime, String), SimTime)| {
        let part = end.since(*at).micros() as f64 / whole as f64 * 100.0;
        html! { <i class={if status.is_empty() { "none" } else { status_class(status) }} style={format!("width:{}%", decimal(part, 2))}></i> }
    };
    html! {
        <span class="over-time" role="img" aria-label={text.join(", ")} title={text.join("\n")} data-testid={format!("history-{}", row.kind)}
            data-stretches={stretches.len().to_string()}>{ for stretches.iter().zip(ends).map(draw) }</span>
    }
}
