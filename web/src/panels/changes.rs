//! What applying the open file would change, object by object, with the fields that become otherwise.

use yew::prelude::*;

use crate::i18n::{Writing, writing};
use crate::icons::{Icon, icon};
use crate::intent::FileIntent;
use crate::session::Files;
use crate::shared::Env;
use crate::simulator::{Change, Effect, FieldChange};

/// So many fields of an object are listed.
const LISTED: usize = 40;

/// The heading, and what is below it when it is open.
pub fn draw(env: &Env, files: &Files) -> Html {
    let shown = files.shows_changes;
    html! {
        <div class="changes">
            <button type="button" class="changes-head" onclick={env.on(FileIntent::Changes(!shown).into())} aria-expanded={shown.to_string()}
                title={env.texts.changes_title} data-testid="changes">{ icon(if shown { Icon::Minus } else { Icon::Plus }) }<span>{ env.texts.changes }</span></button>
            if shown {
                { list(env, files) }
            }
        </div>
    }
}

fn list(env: &Env, files: &Files) -> Html {
    let words = writing(env.texts.code);
    if files.changes.is_empty() {
        let why = if files.diagnostics.is_empty() { words.changes_none } else { words.changes_wrong };
        return html! { <p class="none" data-testid="changes-none">{ why }</p> };
    }
    let count = |wanted: &Effect| files.changes.iter().filter(|change| change.effect == *wanted).count();
    let counted = (words.counted)(count(&Effect::Created), count(&Effect::Configured), count(&Effect::Unchanged));
    html! {
        <div class="changes-list" tabindex="0" role="region" aria-label={env.texts.changes} data-testid="changes-list">
            <p class="counted">{ counted }</p>
            <ul>{ for files.changes.iter().map(|change| one(words, change)) }</ul>
        </div>
    }
}

fn one(words: &Writing, change: &Change) -> Html {
    let (class, sign) = match change.effect {
        Effect::Created => ("created", "+"),
        Effect::Configured => ("configured", "~"),
        Effect::Unchanged => ("unchanged", "="),
        Effect::Refused(_) => ("refused", "!"),
    };
    let namespace = if change.key.namespace.is_empty() { String::new() } else { format!(" · {}", change.key.namespace) };
    let refusal = if let Effect::Refused(text) = &change.effect { text.clone() } else { String::new() };
    html! {
        <li class={class} data-testid={format!("change-{}", change.key.name)} data-effect={class}>
            <p><b aria-hidden="true">{ sign }</b><span class="effect">{ (words.effect)(&change.effect) }</span>
                <span class="what">{ format!("{} {}", change.key.kind.name(), change.key.name) }<small>{ namespace }</small></span></p>
            if !refusal.is_empty() {
                <pre>{ refusal }</pre>
            }
            if change.effect == Effect::Configured {
                <dl>{ for change.fields.iter().take(LISTED).map(field) }</dl>
            }
        </li>
    }
}

fn field(change: &FieldChange) -> Html {
    html! {
        <div data-testid="field-change">
            <dt>{ change.path.clone() }</dt>
            <dd>
                if let Some(before) = &change.before {
                    <del>{ before.clone() }</del>
                }
                { " → " }
                if let Some(after) = &change.after {
                    <ins>{ after.clone() }</ins>
                }
            </dd>
        </div>
    }
}
