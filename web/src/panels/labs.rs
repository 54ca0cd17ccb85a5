//! The menu of labs: scenarios to open, on shelves, each with what to try and a link of its own.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::{LabIntent, LookIntent, ShelfIntent};
use crate::session::labs::SHELVES;
use crate::session::{BEFORE, Labs, Look, Saved, Shelf};
use crate::shared::{Env, Shared, use_env, use_focused};

#[derive(Properties, PartialEq)]
pub struct LabMenuProps {
    pub look: Shared<Look>,
    pub labs: Shared<Labs>,
    pub shelf: Shared<Shelf>,
}

/// The menu, as a dialog.
#[component]
pub fn LabMenu(props: &LabMenuProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let node = use_focused();
    let close = env.on::<MouseEvent>(LookIntent::Labs(false).into());
    let names = [texts.later().shelf_probes, texts.later().shelf_replicas, texts.later().shelf_jobs, texts.later().shelf_services];
    html! {
        <div class="veil" onclick={close.clone()}>
            <div class="lab-menu" role="dialog" aria-modal="true" aria-label={texts.labs_title} tabindex="-1" ref={node} onclick={super::stay()}
                data-testid="lab-menu">
                <div class="pane-head"><h2>{ texts.labs_title }</h2><span class="space"></span>
                    <button type="button" class="quiet" onclick={close} aria-label={texts.close} title={texts.close}>{ icon(Icon::Close) }</button>
                </div>
                { mine(&env, &props.shelf) }
                { for SHELVES.into_iter().zip(names).map(|(shelf, name)| self::shelf(&env, &props.labs, name, shelf)) }
            </div>
        </div>
    }
}

/// The scenarios kept under names, the field that keeps this one, and the button that opens a file.
fn mine(env: &Env, shelf: &Shelf) -> Html {
    let texts = &env.texts;
    let send = env.send.clone();
    let keep = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        let form = event.target_dyn_into::<web_sys::Element>();
        let field = form.and_then(|form| form.query_selector("input").ok().flatten());
        if let Some(field) = field.and_then(|field| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(field).ok()) {
            send.emit(ShelfIntent::Keep(field.value()).into());
            field.set_value("");
        }
    });
    let kept = |(name, saved): (&String, &Saved)| {
        if name == BEFORE {
            let said = format!("{} · {}", texts.later().kept_before, saved.open);
            return html! {
                <span class="kept" key={said.clone()}>
                    <button type="button" onclick={env.on(ShelfIntent::Open(name.clone()).into())} data-testid="kept-before">{ icon(Icon::Undo) }{ said }</button>
                </span>
            };
        }
        html! {
            <span class="kept" key={name.clone()}>
                <button type="button" onclick={env.on(ShelfIntent::Open(name.clone()).into())} data-testid={format!("kept-{name}")}>{ name.clone() }</button>
                <button type="button" class="quiet" onclick={env.on(ShelfIntent::Remove(name.clone()).into())} aria-label={(texts.throw_away)(name)}
                    title={(texts.throw_away)(name)}>{ icon(Icon::Close) }</button>
            </span>
        }
    };
    html! {
        <section class="lab-shelf mine" aria-label={texts.later().shelf_mine}>
            <h3>{ texts.later().shelf_mine }</h3>
            <div class="row">
                { for shelf.kept.iter().map(kept) }
                <form class="row" onsubmit={keep}>
                    <input placeholder={texts.later().keep_name} aria-label={texts.later().keep_name} maxlength="60" data-testid="keep-name" />
                    <button type="submit" class="quiet" data-testid="keep">{ icon(Icon::Plus) }<span>{ texts.later().keep }</span></button>
                </form>
                <label class="quiet file-button">{ icon(Icon::Page) }<span>{ texts.later().open_file }</span>
                    <input class="unseen" type="file" accept=".yaml,.yml,.json,.txt" onchange={crate::brought::on_choice(env)} data-testid="open-file" /></label>
            </div>
        </section>
    }
}

fn shelf(env: &Env, labs: &Labs, name: &'static str, shelf: &[&'static str]) -> Html {
    html! {
        <section class="lab-shelf" aria-label={name}>
            <h3>{ name }</h3>
            <div class="lab-grid">{ for shelf.iter().map(|name| entry(env, labs, name)) }</div>
        </section>
    }
}

/// A lab as a link: a plain click opens it here, any other does what the browser does with links.
fn entry(env: &Env, labs: &Labs, name: &'static str) -> Html {
    let send = env.send.clone();
    let open = Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            send.emit(LabIntent::Open(name.to_owned()).into());
        }
    });
    let language = env.texts.code;
    let Some(lab) = labs.get(name) else {
        return html! { <span class="lab waiting" key={name}>{ name }</span> };
    };
    html! {
        <a class="lab" href={format!("?lab={name}")} onclick={open} key={name} aria-current={(labs.current == name).then_some("true")}
            data-testid={format!("lab-{name}")}>
            <b>{ lab.title.tell(language).to_owned() }</b>
            <span>{ lab.advice.tell(language).replace('\n', " ").replace('`', "") }</span>
        </a>
    }
}
