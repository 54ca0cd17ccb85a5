//! The dock under the time bar: the terminal and the cluster's events.

use yew::prelude::*;

use super::{branches, charts, events, next, tab, terminal::TerminalPanel, traffic::Traffic};
use crate::i18n::Texts;
use crate::intent::{DockTab, LookIntent};
use crate::session::{Insight, Look, Terminal};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{BranchLine, EventRow, Frame, SimTime};
use crate::stage::Lit;

#[derive(Properties, PartialEq)]
pub struct DockProps {
    pub tab: DockTab,
    pub terminal: Shared<Terminal>,
    pub events: Shared<Vec<EventRow>>,
    pub insight: Shared<Insight>,
    pub frame: Shared<Frame>,
    pub look: Shared<Look>,
    /// All branches of the history.
    pub branches: Vec<BranchLine>,
    /// The first moment of the history.
    pub start: SimTime,
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
                { tab(&env, texts.traffic_tab, props.tab == DockTab::Traffic, go(DockTab::Traffic), "traffic") }
                { tab(&env, texts.next_tab, props.tab == DockTab::Next, go(DockTab::Next), "next") }
                { tab(&env, texts.charts_tab, props.tab == DockTab::Charts, go(DockTab::Charts), "charts") }
                if props.branches.len() > 1 || props.tab == DockTab::Branches {
                    { tab(&env, texts.branches, props.tab == DockTab::Branches, go(DockTab::Branches), "branches") }
                }
            </div>
            if props.tab == DockTab::Terminal {
                <TerminalPanel terminal={props.terminal.clone()} focus={props.focus.clone()} />
            } else {
                <div class="dock-page" role="tabpanel" aria-label={name(texts, props.tab)} tabindex="0">{ page(&env, props) }</div>
            }
        </section>
    }
}

/// The page's name, as its tab bears it.
fn name(texts: &Texts, tab: DockTab) -> &'static str {
    match tab {
        DockTab::Terminal => texts.terminal,
        DockTab::Events => texts.events,
        DockTab::Traffic => texts.traffic_tab,
        DockTab::Next => texts.next_tab,
        DockTab::Charts => texts.charts_tab,
        DockTab::Branches => texts.branches,
    }
}

fn page(env: &Env, props: &DockProps) -> Html {
    match props.tab {
        DockTab::Terminal => Html::default(),
        DockTab::Events => events::list(env, &props.events, props.now, true, Lit::pods(&props.frame, &props.look).as_ref()),
        DockTab::Traffic => html! { <Traffic insight={props.insight.clone()} frame={props.frame.clone()} look={props.look.clone()} /> },
        DockTab::Next => next::draw(env, &props.insight),
        DockTab::Branches => branches::draw(env, &props.branches, &props.insight, props.start),
        DockTab::Charts => charts::draw(env, &props.insight, &props.frame, props.start),
    }
}
