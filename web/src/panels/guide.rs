//! The line under the stage that says what to try: of a lab its words and its first command, else the first hint.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::{DockTab, Intent, LookIntent, TimeIntent};
use crate::session::{Hint, Labs, Look};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::Lab;

#[derive(Properties, PartialEq)]
pub struct GuideProps {
    pub look: Shared<Look>,
    pub labs: Shared<Labs>,
}

/// What to try.
#[component]
pub fn Guide(props: &GuideProps) -> Html {
    let env = use_env();
    match props.labs.played() {
        Some(lab) if props.look.guide => told(&env, lab, props.look.dock),
        None if props.labs.current.is_empty() => hint(&env, props.look.hint),
        _ => Html::default(),
    }
}

fn told(env: &Env, lab: &Lab, dock: DockTab) -> Html {
    let language = env.texts.code;
    let first = &lab.first;
    let (send, line) = (env.send.clone(), first.clone());
    let run = Callback::from(move |_: MouseEvent| {
        // What the line prints is seen; who follows requests sees the next one there.
        if dock != DockTab::Traffic || !line.starts_with("request") {
            send.emit(LookIntent::Dock(DockTab::Terminal).into());
        }
        send.emit(Intent::Line(line.clone()));
    });
    html! {
        <aside class="guide" aria-label={lab.title.tell(language).to_owned()} data-testid="guide">
            <div class="guide-words" tabindex="0">
                <b>{ lab.title.tell(language).to_owned() }</b>
                { for lab.advice.tell(language).lines().map(|line| html! { <p>{ line.to_owned() }</p> }) }
            </div>
            if !first.is_empty() {
                <button type="button" class="first-line" onclick={run} title={env.texts.run_line} data-testid="guide-line">
                    { icon(Icon::Play) }<code>{ first.clone() }</code></button>
            }
            { close(env, LookIntent::CloseGuide) }
        </aside>
    }
}

/// The first deed, then how to get past the minutes in which nothing seems to follow from it.
fn hint(env: &Env, hint: Hint) -> Html {
    let words = match hint {
        Hint::First => html! { <>{ icon(Icon::Power) }<span>{ env.texts.hint_first }</span></> },
        Hint::Wait(_) => html! {
            <>
                <span>{ env.texts.hint_wait }</span>
                <button type="button" class="quiet" onclick={env.on(TimeIntent::Jump.into())} title={env.texts.jump} data-testid="hint-jump">
                    { icon(Icon::Jump) }{ env.texts.hint_jump }</button>
            </>
        },
        Hint::Over => return Html::default(),
    };
    html! {
        <div class="hint" data-testid="hint">
            { words }
            { close(env, LookIntent::DismissHint) }
        </div>
    }
}

fn close(env: &Env, intent: LookIntent) -> Html {
    html! {
        <button type="button" class="quiet" onclick={env.on(intent.into())} aria-label={env.texts.dismiss} title={env.texts.dismiss}>
            { icon(Icon::Close) }</button>
    }
}
