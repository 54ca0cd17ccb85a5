//! Why an object is as it is: a sentence for each thing that happened to it, and what the scheduler thought of each node.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::{LookIntent, TimeIntent};
use crate::session::Insight;
use crate::shared::Env;
use crate::simulator::{Before, NodeVerdict, Placement, PluginScore, Reason, SimTime};

use super::track;

/// So many nodes are told of.
const MOST: usize = 30;

/// The page.
pub fn draw(env: &Env, insight: &Insight, start: SimTime) -> Html {
    let Some(key) = &insight.key else { return Html::default() };
    if insight.reasons.is_empty() && insight.placement.is_none() {
        return html! { <p class="empty-text">{ env.texts.later().why_empty }</p> };
    }
    let name = key.name.as_str();
    html! {
        <>
            if let Some(placement) = &insight.placement {
                { placed(env, placement) }
            }
            <ol class="reasons" data-testid="reasons">{ for insight.reasons.iter().map(|reason| told(env, name, reason, start)) }</ol>
        </>
    }
}

fn told(env: &Env, name: &str, reason: &Reason, start: SimTime) -> Html {
    let (what, because) = (env.texts.why)(name, reason);
    html! {
        <li>
            { moment(env, reason.at, start) }
            <p><b>{ what }</b>{ " " }{ because }</p>
            if !reason.after.is_empty() {
                <ul>{ for reason.after.iter().map(|before| earlier(env, before, start)) }</ul>
            }
        </li>
    }
}

fn earlier(env: &Env, before: &Before, start: SimTime) -> Html {
    let go = env.on::<MouseEvent>(LookIntent::Inspect(before.key.clone()).into());
    html! {
        <li>{ moment(env, before.at, start) }<button type="button" class="link" onclick={go}>{ (env.texts.before)(before) }</button></li>
    }
}

/// A time that leads there.
fn moment(env: &Env, at: SimTime, start: SimTime) -> Html {
    let text = track::clock(at.since(start).micros());
    html! { <button type="button" class="moment" onclick={env.on(TimeIntent::Seek(at).into())}>{ text }</button> }
}

fn placed(env: &Env, placement: &Placement) -> Html {
    let best = placement.nodes.iter().map(|node| node.total).max().unwrap_or_default().max(1);
    let chosen = |node: &NodeVerdict| placement.chosen.as_ref() == Some(&node.node);
    html! {
        <section class="about placement" data-testid="placement">
            <h3>{ (env.texts.placed)(placement) }</h3>
            <ul>{ for placement.nodes.iter().take(MOST).map(|node| verdict(node, chosen(node), best)) }</ul>
            { scores(env, placement) }
        </section>
    }
}

fn verdict(verdict: &NodeVerdict, chosen: bool, best: i64) -> Html {
    let fits = verdict.reasons.is_empty();
    html! {
        <li class={classes!(chosen.then_some("chosen"), (!fits).then_some("unfit"))}>
            <b>{ verdict.node.to_string() }</b>
            if fits {
                <span class="bar"><i style={format!("width:{}%", verdict.total.max(0) * 100 / best)}></i></span>
                <span class="total">{ verdict.total }</span>
                if chosen {
                    { icon(Icon::Check) }
                }
            } else {
                <span class="why">{ verdict.reasons.iter().map(|reason| reason.to_string()).collect::<Vec<_>>().join(", ") }</span>
            }
        </li>
    }
}

/// What each plugin thought of each node that fits, times its weight; a line for each node.
fn scores(env: &Env, placement: &Placement) -> Html {
    let fitting = || placement.nodes.iter().filter(|node| !node.scores.is_empty()).take(MOST);
    let Some(first) = fitting().next() else { return Html::default() };
    let row = |node: &NodeVerdict| {
        let part = |part: &PluginScore| html! { <td>{ format!("{} × {}", part.score, part.weight) }</td> };
        html! { <tr><th scope="row">{ node.node.to_string() }</th>{ for node.scores.iter().map(part) }<td>{ node.total }</td></tr> }
    };
    html! {
        <details><summary>{ env.texts.later().scores }</summary>
            <div class="wide-table" tabindex="0">
                <table data-testid="scores">
                    <thead><tr><td></td>{ for first.scores.iter().map(|part| html! { <th scope="col">{ part.plugin }</th> }) }<th scope="col">{ "Σ" }</th></tr></thead>
                    <tbody>{ for fitting().map(row) }</tbody>
                </table>
            </div>
        </details>
    }
}
