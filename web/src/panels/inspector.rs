//! The right pane: one object, as facts, as YAML, as `kubectl describe` shows it, and its events.

use yew::prelude::*;

use super::{events, summary, tab, why};
use crate::i18n::Texts;
use crate::icons::{Icon, icon};
use crate::intent::{FileIntent, InspectorTab, LookIntent};
use crate::session::{Insight, InspectorView};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Kind, SimTime};
use crate::stage::LitPods;

#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    pub inspector: Shared<Option<InspectorView>>,
    pub tab: InspectorTab,
    pub insight: Shared<Insight>,
    /// The pods that light up.
    pub lit: Option<LitPods>,
    /// The first moment of the history.
    pub start: SimTime,
    /// The moment in whole seconds.
    pub now: SimTime,
}

/// The right pane.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let Some(view) = &*props.inspector else {
        return html! { <section class="inspector empty" aria-label={texts.inspector}><p class="empty-text">{ texts.inspector_empty }</p></section> };
    };
    let page = |tab: InspectorTab| LookIntent::InspectorTab(tab).into();
    let at = |tab: InspectorTab| props.tab == tab;
    let sign = match view.key.kind {
        Kind::Pod => Icon::Pod,
        Kind::Node => Icon::Node,
        Kind::Service => Icon::Service,
        Kind::Ingress => Icon::Ingress,
        _ => Icon::Controller,
    };
    html! {
        <section class="inspector" aria-label={texts.inspector} data-testid="inspector">
            <div class="pane-head">
                { icon(sign) }
                <h2 title={view.key.kind.name()}>{ view.key.name.to_string() }</h2>
                <span class="space"></span>
                <button type="button" class="quiet" onclick={env.on(LookIntent::CloseInspector.into())} aria-label={texts.close} title={texts.close}
                    data-testid="close-inspector">{ icon(Icon::Close) }</button>
            </div>
            <div class="tabs" role="tablist">
                { tab(&env, texts.summary, at(InspectorTab::Summary), page(InspectorTab::Summary), "summary") }
                { tab(&env, texts.yaml, at(InspectorTab::Yaml), page(InspectorTab::Yaml), "yaml") }
                { tab(&env, texts.describe, at(InspectorTab::Describe), page(InspectorTab::Describe), "describe") }
                { tab(&env, texts.why_tab, at(InspectorTab::Why), page(InspectorTab::Why), "why") }
                { tab(&env, texts.events, at(InspectorTab::Events), page(InspectorTab::Events), "object-events") }
                if view.key.kind == Kind::Pod {
                    { tab(&env, texts.log, at(InspectorTab::Log), page(InspectorTab::Log), "log") }
                }
            </div>
            <div class="inspector-page" role="tabpanel" aria-label={name(texts, props.tab)} tabindex="0">{ content(&env, view, props) }</div>
        </section>
    }
}

/// The page's name, as its tab bears it.
fn name(texts: &Texts, tab: InspectorTab) -> &'static str {
    match tab {
        InspectorTab::Summary => texts.summary,
        InspectorTab::Yaml => texts.yaml,
        InspectorTab::Describe => texts.describe,
        InspectorTab::Why => texts.why_tab,
        InspectorTab::Events => texts.events,
        InspectorTab::Log => texts.log,
    }
}

fn content(env: &Env, view: &InspectorView, props: &InspectorProps) -> Html {
    if props.tab == InspectorTab::Why {
        return why::draw(env, &props.insight, props.start);
    }
    let Some(inspected) = &view.inspected else {
        return html! { <p class="empty-text">{ if view.awaited { env.texts.later().opening.to_owned() } else { (env.texts.gone)(&view.key.name) } }</p> };
    };
    match (&view.text, props.tab) {
        (Some(text), InspectorTab::Yaml) => yaml(env, view, text),
        (Some(text), _) => html! { <pre class="printed">{ text.clone() }</pre> },
        (None, InspectorTab::Events) => events::list(env, &inspected.events, props.now, false, None),
        (None, InspectorTab::Log) => log(env, view),
        (None, _) => summary::draw(env, inspected, &props.insight.conditions, props.now, props.lit.as_ref()),
    }
}

fn yaml(env: &Env, view: &InspectorView, text: &str) -> Html {
    html! {
        <>
            <div class="page-tools">
                <button type="button" class="quiet" onclick={env.on(FileIntent::Write(view.key.clone()).into())} data-testid="edit-yaml">
                    { icon(Icon::Pencil) }<span>{ env.texts.edit_yaml }</span></button>
            </div>
            <pre class="printed">{ text.to_owned() }</pre>
        </>
    }
}

fn log(env: &Env, view: &InspectorView) -> Html {
    if view.log.is_empty() {
        return html! { <p class="empty-text">{ env.texts.log_empty }</p> };
    }
    let line = |(at, line): &(SimTime, String)| {
        let time = at.rfc3339();
        html! { <div><time>{ time.get(11..19).unwrap_or_default().to_owned() }</time>{ line.clone() }</div> }
    };
    html! { <div class="log-lines" data-testid="log-lines">{ for view.log.iter().map(line) }</div> }
}
