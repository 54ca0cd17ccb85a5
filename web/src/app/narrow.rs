//! The page where it is too narrow for all of its parts: one of them at a time, chosen by a row of tabs.

use yew::prelude::*;

use crate::document::found;
use crate::intent::{DockTab, LookIntent, NarrowTab};
use crate::panels::tab;
use crate::session::Model;
use crate::shared::Env;

/// The class of the page by which a narrow one shows what is chosen.
pub fn narrow_class(tab: NarrowTab) -> &'static str {
    match tab {
        NarrowTab::Files => "narrow-files",
        NarrowTab::Dock(_) => "narrow-dock",
        NarrowTab::Inspector => "narrow-inspector",
    }
}

/// Scrolls the row of a narrow page's tabs so far that the chosen one is in sight.
pub fn show_narrow_tab() {
    let Some(chosen) = found(".narrow-tabs [aria-selected=true]") else { return };
    let Some(row) = chosen.parent_element() else { return };
    row.set_scroll_left(chosen.offset_left() + chosen.offset_width() / 2 - row.client_width() / 2);
}

/// The tabs of a narrow page; a wide one hides them.
pub fn narrow_tabs(env: &Env, model: &Model) -> Html {
    let texts = &env.texts;
    let at = |tab: NarrowTab| model.look.narrow == tab;
    let go = |tab: NarrowTab| LookIntent::Narrow(tab).into();
    let dock = |tab: DockTab| NarrowTab::Dock(tab);
    html! {
        <nav class="narrow-tabs"><div class="tabs" role="tablist">
            { tab(env, texts.files, at(NarrowTab::Files), go(NarrowTab::Files), "narrow-files") }
            { tab(env, texts.terminal, at(dock(DockTab::Terminal)), go(dock(DockTab::Terminal)), "narrow-terminal") }
            { tab(env, texts.events, at(dock(DockTab::Events)), go(dock(DockTab::Events)), "narrow-events") }
            { tab(env, texts.traffic_tab, at(dock(DockTab::Traffic)), go(dock(DockTab::Traffic)), "narrow-traffic") }
            { tab(env, texts.next_tab, at(dock(DockTab::Next)), go(dock(DockTab::Next)), "narrow-next") }
            { tab(env, texts.charts_tab, at(dock(DockTab::Charts)), go(dock(DockTab::Charts)), "narrow-charts") }
            if model.timeline.branches.len() > 1 {
                { tab(env, texts.branches, at(dock(DockTab::Branches)), go(dock(DockTab::Branches)), "narrow-branches") }
            }
            { tab(env, texts.inspector, at(NarrowTab::Inspector), go(NarrowTab::Inspector), "narrow-inspector") }
        </div></nav>
    }
}
