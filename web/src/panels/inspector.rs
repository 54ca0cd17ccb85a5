//! The right pane: one object, as facts, as YAML, as `kubectl describe` shows it, and its events.

use yew::prelude::*;

use super::{events, tab};
use crate::icons::{Icon, icon};
use crate::intent::{InspectorTab, LookIntent};
use crate::session::InspectorView;
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Inspected, Kind, Row, SimTime};

#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    pub inspector: Shared<Option<InspectorView>>,
    pub tab: InspectorTab,
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
                { tab(&env, texts.events, at(InspectorTab::Events), page(InspectorTab::Events), "object-events") }
            </div>
            <div class="inspector-page" role="tabpanel" tabindex="0">{ content(&env, view, props) }</div>
        </section>
    }
}

fn content(env: &Env, view: &InspectorView, props: &InspectorProps) -> Html {
    let Some(inspected) = &view.inspected else {
        return html! { <p class="empty-text">{ (env.texts.gone)(&view.key.name) }</p> };
    };
    match (&view.text, props.tab) {
        (Some(text), _) => html! { <pre class="printed">{ text.clone() }</pre> },
        (None, InspectorTab::Events) => events::list(env, &inspected.events, props.now, false),
        (None, _) => facts(env, inspected),
    }
}

fn facts(env: &Env, inspected: &Inspected) -> Html {
    let row = |row: &Row| {
        html! { <><dt>{ (env.texts.field)(row.field) }</dt><dd>{ row.value.clone() }</dd></> }
    };
    html! { <dl class="facts">{ for inspected.rows.iter().map(row) }</dl> }
}
