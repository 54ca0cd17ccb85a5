//! What is said once: at the head of the page.

use yew::prelude::*;

use crate::i18n::{Texts, age_words, writing};
use crate::icons::{Icon, icon};
use crate::intent::{FileIntent, Intent, LookIntent, TimeIntent};
use crate::session::{Look, Notice};
use crate::shared::{Shared, use_env};

#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    pub look: Shared<Look>,
}

fn words(texts: &Texts, notice: &Notice) -> String {
    match notice {
        Notice::Copied => texts.later().copied.to_owned(),
        Notice::CopyByHand => texts.later().copy_by_hand.to_owned(),
        Notice::BadLink(error) => (texts.bad_link)(error),
        Notice::Opened => texts.later().opened.to_owned(),
        Notice::Fresh => texts.later().fresh.to_owned(),
        Notice::Forked { name } => (texts.forked)(name),
        Notice::Refused => texts.later().refused.to_owned(),
        Notice::Kept(name) => (texts.kept)(name),
        Notice::Imported => texts.later().imported.to_owned(),
        Notice::Undone => texts.later().undone.to_owned(),
        Notice::LabOpened => texts.later().lab_opened.to_owned(),
        Notice::NoLab => texts.later().no_lab.to_owned(),
        Notice::NothingMore => texts.later().nothing_more.to_owned(),
        Notice::FarAhead { after, first } => {
            let first = first.as_ref().map(|(reason, about)| format!("{reason} {}/{}", about.kind.info().singular, about.name));
            (texts.far_ahead)(&age_words(texts, &after.human()), &first.unwrap_or_default())
        }
        Notice::Unreadable(name) => (writing(texts.code).unreadable)(name),
        Notice::BadScenario(name, error) => (writing(texts.code).bad_scenario)(name, error),
        Notice::Unsaved => texts.later().unsaved.to_owned(),
        Notice::Closed(name) => (writing(texts.code).closed)(name),
    }
}

/// What is being said.
#[component]
pub fn NoticeBar(props: &NoticeProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let inner = props.look.notice.as_ref().map(|notice| {
        let bad = matches!(notice, Notice::BadLink(_) | Notice::Refused | Notice::CopyByHand | Notice::NoLab | Notice::Unreadable(_) | Notice::BadScenario(..) | Notice::Unsaved);
        let brings = matches!(notice, Notice::Fresh | Notice::Opened | Notice::LabOpened);
        html! {
            <div class={classes!("notice", bad.then_some("bad"))} data-testid="notice">
                if bad {
                    { icon(Icon::Warning) }
                }
                <span>{ words(texts, notice) }</span>
                if brings {
                    <button type="button" class="quiet" onclick={env.on(Intent::BringBack)} data-testid="bring-back">
                        { icon(Icon::Undo) }<span>{ texts.later().bring_back }</span></button>
                }
                if matches!(notice, Notice::FarAhead { .. }) {
                    <button type="button" class="quiet" onclick={env.on(TimeIntent::JumpFar.into())} data-testid="jump-far">
                        { icon(Icon::Jump) }<span>{ texts.hint_jump }</span></button>
                }
                if matches!(notice, Notice::Closed(_)) {
                    <button type="button" class="quiet" onclick={env.on(FileIntent::Reopen.into())} data-testid="reopen">
                        { icon(Icon::Undo) }<span>{ texts.undo }</span></button>
                }
                <button type="button" class="quiet" onclick={env.on(LookIntent::DismissNotice.into())} aria-label={texts.dismiss}
                    title={texts.dismiss}>{ icon(Icon::Close) }</button>
            </div>
        }
    });
    html! { <div class="notices" role="status" aria-live="polite">{ inner.unwrap_or_default() }</div> }
}
