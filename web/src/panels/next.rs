//! What happens next: the agenda in words.

use yew::prelude::*;

use crate::intent::LookIntent;
use crate::session::Insight;
use crate::shared::Env;
use crate::simulator::Upcoming;

/// The list.
pub fn draw(env: &Env, insight: &Insight) -> Html {
    if insight.next.is_empty() {
        return html! { <p class="empty-text">{ env.texts.later().next_empty }</p> };
    }
    let row = |upcoming: &Upcoming| {
        let left = upcoming.at.since(insight.at).millis();
        let text = (env.texts.due)(upcoming);
        let about = upcoming.about.clone().map(|key| env.on::<MouseEvent>(LookIntent::Inspect(key).into()));
        html! {
            <li>
                <time>{ format!("+{}.{:02} s", left / 1000, left % 1000 / 10) }</time>
                if let Some(go) = about {
                    <button type="button" class="link plain" onclick={go}>{ text }</button>
                } else {
                    <span>{ text }</span>
                }
            </li>
        }
    };
    html! { <ol class="next" data-testid="next">{ for insight.next.iter().map(row) }</ol> }
}
