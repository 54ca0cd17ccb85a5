//! The dock under the time bar: the terminal and the cluster's events.

use yew::prelude::*;

use super::{events, tab, terminal::TerminalPanel};
use crate::intent::{DockTab, LookIntent};
use crate::session::Terminal;
use crate::shared::{Shared, use_env};
use crate::simulator::{EventRow, SimTime};

#[derive(Properties, PartialEq)]
pub struct DockProps {
    pub tab: DockTab,
    pub terminal: Shared<Terminal>,
    pub events: Shared<Vec<EventRow>>,
    /// The moment in whole seconds.
    pub now: SimTime,
    /// The line's input.
    pub focus: NodeRef,
}

/// The dock.
#[component]
pub fn Dock(props: &DockProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let go = |tab: DockTab| LookIntent::Dock(tab).into();
    html! {
        <section class="dock" aria-label={texts.terminal}>
            <div class="tabs" role="tablist">
                { tab(&env, texts.terminal, props.tab == DockTab::Terminal, go(DockTab::Terminal), "terminal") }
                { tab(&env, texts.events, props.tab == DockTab::Events, go(DockTab::Events), "events") }
            </div>
            if props.tab == DockTab::Terminal {
                <TerminalPanel terminal={props.terminal.clone()} focus={props.focus.clone()} />
            } else {
                <div class="dock-page" role="tabpanel" tabindex="0">{ events::list(&env, &props.events, props.now, true) }</div>
            }
        </section>
    }
}
