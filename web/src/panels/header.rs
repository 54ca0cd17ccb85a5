//! The head of the page: its name, new and example, the branch shown, share, language, colours, keys.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::{BranchIntent, Intent, LookIntent, Theme, TimeIntent};
use crate::session::{Look, Shelf};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::BranchLine;

use super::branches::name_of;
use super::share;

#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    pub look: Shared<Look>,
    pub branches: Vec<BranchLine>,
    pub shelf: Shared<Shelf>,
}

/// The head of the page.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    html! {
        <header class="header">
            <h1 class="brand" title={texts.tagline}>{ logo() }<span>{ "Podscape" }</span></h1>
            <button type="button" class="quiet" onclick={env.on(Intent::New)} title={texts.new_title} data-testid="new">
                { icon(Icon::Page) }<span>{ texts.new }</span></button>
            <button type="button" class="quiet" onclick={env.on(LookIntent::Labs(true).into())} title={texts.labs_title} aria-haspopup="dialog"
                data-testid="labs">{ icon(Icon::Book) }<span>{ texts.labs }</span></button>
            <button type="button" class="quiet" onclick={env.on(TimeIntent::Undo.into())} aria-label={texts.undo} title={format!("{} (Ctrl+Z)", texts.undo)}
                data-testid="undo">{ icon(Icon::Undo) }</button>
            <button type="button" class="quiet" onclick={env.on(TimeIntent::Redo.into())} aria-label={texts.redo} title={format!("{} (Ctrl+Y)", texts.redo)}
                data-testid="redo">{ icon(Icon::Redo) }</button>
            { branches(&env, &props.branches) }
            <span class="space"></span>
            <button type="button" class="quiet" onclick={env.on(LookIntent::Palette(true).into())} aria-label={texts.palette}
                title={format!("{} (Ctrl+K)", texts.palette)} data-testid="palette-open">{ icon(Icon::Lens) }</button>
            { table_switch(&env, props.look.table) }
            <div class="share">
                <button type="button" class="quiet" onclick={env.on(Intent::Share)} title={texts.share_title} data-testid="share">
                    { icon(Icon::Share) }<span>{ texts.share }</span></button>
                { share::draw(&env, &props.look, &props.shelf) }
            </div>
            { language(&env, &props.look) }
            { theme(&env, props.look.theme) }
            <button type="button" class="quiet" onclick={env.on(LookIntent::Help(true).into())} title={texts.help_title}
                aria-label={texts.help_title} data-testid="help">{ icon(Icon::Question) }</button>
        </header>
    }
}

fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
            <rect x="2" y="2" width="9" height="9" rx="2.6" class="a" />
            <rect x="13" y="2" width="9" height="9" rx="2.6" class="b" />
            <rect x="2" y="13" width="9" height="9" rx="2.6" class="b" />
            <rect x="13" y="13" width="9" height="9" rx="2.6" class="c" />
        </svg>
    }
}

fn branches(env: &Env, branches: &[BranchLine]) -> Html {
    if branches.len() < 2 {
        return Html::default();
    }
    let texts = &env.texts;
    let send = env.send.clone();
    let choose = Callback::from(move |event: Event| {
        let select = event.target_dyn_into::<web_sys::Element>().and_then(|element| chosen(&element));
        if let Some(id) = select {
            send.emit(TimeIntent::SwitchBranch(id).into());
        }
    });
    let option = |branch: &BranchLine| {
        html! { <option value={branch.id.to_string()} selected={branch.current}>{ name_of(env, branch) }</option> }
    };
    // Beside the one shown: that which was shown before, or the first.
    let other = branches.iter().rev().find(|branch| !branch.current).map(|branch| branch.id);
    html! {
        <div class="branches">
            <button type="button" class="quiet" onclick={env.on(BranchIntent::Compare(other).into())} aria-label={texts.compare_title} title={texts.compare_title}
                data-testid="compare-open">{ icon(Icon::Branch) }</button>
            <select onchange={choose} aria-label={texts.branches} data-testid="branches">{ for branches.iter().map(option) }</select>
        </div>
    }
}

/// The value of a select element, without the type for it.
fn chosen(select: &web_sys::Element) -> Option<usize> {
    let value = select.query_selector("option:checked").ok()??.get_attribute("value")?;
    value.parse().ok()
}

fn language(env: &Env, look: &Look) -> Html {
    let other = look.language.other();
    html! {
        <button type="button" class="quiet" onclick={env.on(LookIntent::Language(other).into())} title={env.texts.language_title}
            lang={other.code()} data-testid="language"><span>{ other.texts().language_name }</span></button>
    }
}

fn theme(env: &Env, theme: Theme) -> Html {
    let (next, sign, name) = match theme {
        Theme::System => (Theme::Light, Icon::HalfMoon, env.texts.theme_system),
        Theme::Light => (Theme::Dark, Icon::Sun, env.texts.theme_light),
        Theme::Dark => (Theme::Projector, Icon::Moon, env.texts.theme_dark),
        Theme::Projector => (Theme::System, Icon::Screen, env.texts.theme_projector),
    };
    let title = format!("{}: {name}", env.texts.theme_title);
    html! {
        <button type="button" class="quiet" onclick={env.on(LookIntent::Theme(next).into())} aria-label={title.clone()} {title}
            data-testid="theme">{ icon(sign) }</button>
    }
}

/// Between the picture and the table.
fn table_switch(env: &Env, table: bool) -> Html {
    let (name, sign) = if table { (env.texts.as_picture, Icon::Picture) } else { (env.texts.as_table, Icon::Table) };
    html! {
        <button type="button" class="quiet" onclick={env.on(LookIntent::Table(!table).into())} aria-label={name} title={name}
            data-testid="table">{ icon(sign) }</button>
    }
}
