//! Recorded events as a table.

use yew::prelude::*;

use crate::i18n::age_words;
use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::shared::Env;
use crate::simulator::{EventRow, SimTime};
use crate::stage::LitPods;

/// Events, with their objects or, where all are about one, without. `lit`: the pods whose events light up.
pub fn list(env: &Env, events: &[EventRow], now: SimTime, with_objects: bool, lit: Option<&LitPods>) -> Html {
    let texts = &env.texts;
    if events.is_empty() {
        return html! { <p class="empty-text">{ texts.later().events_empty }</p> };
    }
    html! {
        <table class="events" data-testid="events">
            <thead><tr>
                <th scope="col">{ texts.later().event_age }</th><th scope="col">{ texts.later().event_reason }</th>
                if with_objects {
                    <th scope="col">{ texts.later().event_object }</th>
                }
                <th scope="col">{ texts.later().event_message }</th>
            </tr></thead>
            <tbody>{ for events.iter().map(|event| row(env, event, now, with_objects, lit)) }</tbody>
        </table>
    }
}

fn row(env: &Env, event: &EventRow, now: SimTime, with_objects: bool, lit: Option<&LitPods>) -> Html {
    let age = age_words(&env.texts, &now.age_of(event.last).human());
    let times = (event.count > 1).then(|| format!(" ×{}", event.count));
    html! {
        <tr key={event.sequence} class={classes!(event.warning.then_some("warning"), lit.and_then(|lit| lit.class(&event.about)))}>
            <td class="age">{ age }{ times }</td>
            <td class="reason">
                if event.warning {
                    { icon(Icon::Warning) }<span class="unseen">{ "Warning " }</span>
                }
                { event.reason }
            </td>
            if with_objects {
                <td class="object"><button type="button" class="link" onclick={env.on(LookIntent::Inspect(event.about.clone()).into())}>
                    { format!("{}/{}", event.about.kind.info().singular, event.about.name) }</button></td>
            }
            <td class="message">{ event.message.clone() }{ " " }<button type="button" class="link why-link"
                onclick={env.on(LookIntent::Why(event.about.clone()).into())} aria-label={format!("{} {}", env.texts.why_tab, event.about.name)}
                data-testid={format!("why-{}", event.about.name)}>{ env.texts.why_tab }</button></td>
        </tr>
    }
}
