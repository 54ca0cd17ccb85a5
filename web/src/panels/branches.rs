//! The branches of the history: their names, and one beside that which is shown: pods over time, objects that only one has, fields that
//! differ.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{charts, track};
use crate::icons::{Icon, icon};
use crate::intent::{BranchIntent, LookIntent, TimeIntent};
use crate::session::Insight;
use crate::shared::Env;
use crate::simulator::{BranchLine, Comparison, Difference, ObjectKey, SimTime, Tallies};

/// What a branch is called: as it was named, else by its number.
pub fn name_of(env: &Env, branch: &BranchLine) -> String {
    match branch.name.as_str() {
        "" => env.texts.later().branch_main.to_owned(),
        name if name.parse() == Ok(branch.id + 1) => (env.texts.branch_name)(branch.id + 1),
        name => name.to_owned(),
    }
}

/// The panel.
pub fn draw(env: &Env, branches: &[BranchLine], insight: &Insight, start: SimTime) -> Html {
    let compared = insight.comparison.as_ref().filter(|comparison| branches.iter().any(|branch| branch.id == comparison.with));
    html! {
        <div class="compare" data-testid="compare">
            <ul class="branch-list">{ for branches.iter().map(|branch| line(env, branch, compared.is_some_and(|found| found.with == branch.id), start)) }</ul>
            if let Some(found) = compared {
                <div class="compared">{ beside(env, branches, insight, found, start) }</div>
            } else {
                <p class="empty-text">{ env.texts.later().compare_hint }</p>
            }
        </div>
    }
}

fn line(env: &Env, branch: &BranchLine, compared: bool, start: SimTime) -> Html {
    let texts = &env.texts;
    let (id, send) = (branch.id, env.send.clone());
    let rename = Callback::from(move |event: Event| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            send.emit(BranchIntent::Rename { id, name: field.value() }.into());
        }
    });
    let from = branch.forked_at.map(|at| track::clock(at.since(start).micros())).unwrap_or_default();
    let other = if compared { None } else { Some(id) };
    html! {
        <li key={id} class={classes!(branch.current.then_some("current"))}>
            { icon(Icon::Branch) }
            <input value={name_of(env, branch)} onchange={rename} maxlength="40" aria-label={texts.later().branch_rename} data-testid={format!("branch-name-{id}")} />
            <time>{ from }</time>
            if !branch.current {
                <button type="button" class="quiet" onclick={env.on(TimeIntent::SwitchBranch(id).into())} data-testid={format!("show-branch-{id}")}>
                    { texts.later().branch_show }</button>
                <button type="button" class="quiet" onclick={env.on(BranchIntent::Compare(other).into())} aria-pressed={compared.to_string()}
                    data-testid={format!("compare-{id}")}>{ texts.later().compare }</button>
            }
        </li>
    }
}

fn beside(env: &Env, branches: &[BranchLine], insight: &Insight, found: &Comparison, start: SimTime) -> Html {
    let texts = &env.texts;
    let name = |wanted: &dyn Fn(&BranchLine) -> bool| branches.iter().find(|branch| wanted(branch)).map(|branch| name_of(env, branch)).unwrap_or_default();
    let (here, there) = (name(&|branch| branch.current), name(&|branch| branch.id == found.with));
    let ended = |tallies: &Tallies| {
        let last = tallies.last().map(|(_, tally)| (found.at, *tally));
        tallies.iter().copied().filter(|(at, _)| *at < found.at).chain(last).collect::<Tallies>()
    };
    let (ours, theirs) = (ended(&insight.tallies), ended(&found.tallies));
    let most = charts::most(&ours).max(charts::most(&theirs));
    let same = found.here.is_empty() && found.there.is_empty() && found.differing.is_empty();
    html! {
        <>
            <div class="charts two">
                { charts::pods(env, &ours, start, most, here.clone()) }
                { charts::pods(env, &theirs, start, most, there.clone()) }
            </div>
            if same {
                <p class="empty-text" data-testid="no-difference">{ texts.later().compare_same }</p>
            }
            { only(env, &here, &found.here, "only-here") }
            { only(env, &there, &found.there, "only-there") }
            if !found.differing.is_empty() {
                <table class="differing" data-testid="differing">
                    <thead><tr><th scope="col">{ texts.later().event_object }</th><th scope="col">{ texts.later().compare_field }</th>
                        <th scope="col">{ here }</th><th scope="col">{ there }</th></tr></thead>
                    <tbody>{ for found.differing.iter().flat_map(|difference| rows(env, difference)) }</tbody>
                </table>
            }
            if found.left_out > 0 {
                <p class="rest">{ (texts.more_of)(found.left_out) }</p>
            }
        </>
    }
}

fn only(env: &Env, branch: &str, keys: &[ObjectKey], hook: &'static str) -> Html {
    if keys.is_empty() {
        return Html::default();
    }
    let key = |key: &ObjectKey| {
        let name = format!("{}/{}", key.kind.info().singular, key.name);
        html! { <li><button type="button" class="link" onclick={env.on(LookIntent::Inspect(key.clone()).into())}>{ name }</button></li> }
    };
    html! {
        <section class="only" data-testid={hook}><h2>{ (env.texts.only_on)(branch) }{ " " }<b>{ keys.len() }</b></h2><ul>{ for keys.iter().map(key) }</ul></section>
    }
}

fn rows(env: &Env, difference: &Difference) -> Vec<Html> {
    let key = &difference.key;
    let row = |(n, field): (usize, &crate::simulator::DifferingField)| {
        html! {
            <tr>
                <td>
                    if n == 0 {
                        <button type="button" class="link" onclick={env.on(LookIntent::Inspect(key.clone()).into())}>
                            { format!("{}/{}", key.kind.info().singular, key.name) }</button>
                    }
                </td>
                <td><code>{ field.path.clone() }</code></td><td><code>{ field.here.clone() }</code></td><td><code>{ field.there.clone() }</code></td>
            </tr>
        }
    };
    difference.fields.iter().enumerate().map(row).collect()
}
