//! The files as a row of tabs: opened by a click, moved by dragging or with Alt and an arrow, renamed with F2 or a double click, closed with
//! their cross or Delete.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::document;
use crate::i18n::writing;
use crate::icons::{Icon, icon};
use crate::intent::FileIntent;
use crate::session::Files;
use crate::shared::{Env, Shared, use_env, use_focused};

#[derive(Properties, PartialEq)]
pub struct TabsProps {
    pub files: Shared<Files>,
}

/// The row of tabs.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let env = use_env();
    // The file that is being renamed, and the one that is being dragged.
    let renaming = use_state_eq(|| None::<String>);
    let dragged = use_mut_ref(|| None::<String>);
    let names = props.files.names();
    let row = use_node_ref();
    let shown = row.clone();
    // The open one is in sight.
    use_effect_with((props.files.name().to_owned(), names.len()), move |_| {
        let open = shown.cast::<HtmlElement>().and_then(|row| row.query_selector(".open").ok().flatten()?.dyn_into::<HtmlElement>().ok().map(|open| (row, open)));
        if let Some((row, open)) = open {
            let (start, end) = (open.offset_left() - row.offset_left(), open.offset_left() - row.offset_left() + open.offset_width());
            let seen = row.scroll_left();
            row.set_scroll_left(if start < seen { start } else { seen.max(end - row.client_width()) });
        }
    });
    let tab = |(place, name): (usize, &String)| {
        if renaming.as_ref() == Some(name) {
            let done = renaming.setter();
            return html! { <li key={name.clone()}><Rename name={name.clone()} done={Callback::from(move |()| done.set(None))} /></li> };
        }
        let open = name == props.files.name();
        let send = env.send.clone();
        let (from, to) = (dragged.clone(), dragged.clone());
        let own = name.clone();
        let ondragstart = Callback::from(move |event: DragEvent| {
            *from.borrow_mut() = Some(own.clone());
            if let Some(data) = event.data_transfer() {
                let _ = data.set_data("text/plain", &own);
            }
        });
        let over = dragged.clone();
        let ondragover = Callback::from(move |event: DragEvent| {
            if over.borrow().is_some() {
                event.prevent_default();
            }
        });
        let ondrop = Callback::from(move |event: DragEvent| {
            let Some(name) = to.borrow_mut().take() else { return };
            event.prevent_default();
            send.emit(FileIntent::Move { name, to: place }.into());
        });
        let again = renaming.setter();
        let own = name.clone();
        let ondblclick = Callback::from(move |_: MouseEvent| again.set(Some(own.clone())));
        let close = (names.len() > 1).then(|| (writing(env.texts.code).close)(name));
        html! {
            <li key={name.clone()} class={open.then_some("open")} draggable="true" {ondragstart} {ondragover} {ondrop}>
                <button type="button" class="file-tab" aria-current={open.then_some("true")} tabindex={if open { "0" } else { "-1" }} title={env.texts.tab_keys}
                    onclick={env.on(FileIntent::Open(name.clone()).into())} {ondblclick} onkeydown={on_key(&env, names, place, renaming.setter())}
                    data-testid={if open { "file-name".to_owned() } else { format!("file-{name}") }}>{ name.clone() }</button>
                if let Some(close) = close {
                    <button type="button" class="close-tab" tabindex="-1" onclick={env.on(FileIntent::Close(name.clone()).into())} aria-label={close.clone()} title={close}
                        data-testid={format!("close-{name}")}>{ icon(Icon::Close) }</button>
                }
            </li>
        }
    };
    html! { <ul class="file-tabs" ref={row} aria-label={env.texts.files}>{ for names.iter().enumerate().map(tab) }</ul> }
}

fn on_key(env: &Env, names: &[String], place: usize, renaming: UseStateSetter<Option<String>>) -> Callback<KeyboardEvent> {
    let (send, names) = (env.send.clone(), names.to_vec());
    Callback::from(move |event: KeyboardEvent| {
        let name = names[place].clone();
        let beside = match event.key().as_str() {
            "ArrowLeft" => place.checked_sub(1),
            "ArrowRight" => Some(place + 1).filter(|next| *next < names.len()),
            "F2" => {
                event.prevent_default();
                renaming.set(Some(name));
                return;
            }
            "Delete" if names.len() > 1 => {
                event.prevent_default();
                send.emit(FileIntent::Close(name).into());
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let Some(beside) = beside else { return };
        if event.alt_key() {
            send.emit(FileIntent::Move { name, to: beside }.into());
        } else {
            send.emit(FileIntent::Open(names[beside].clone()).into());
        }
        keep_focus();
    })
}

/// The open file's tab has the keyboard, once it is drawn where it belongs.
fn keep_focus() {
    let focus = || {
        if let Some(tab) = document::found(".file-tab[aria-current]") {
            let _ = tab.focus();
        }
    };
    Timeout::new(0, focus).forget();
}

#[derive(Properties, PartialEq)]
struct RenameProps {
    name: String,
    done: Callback<()>,
}

/// A field for a new name.
#[component]
fn Rename(props: &RenameProps) -> Html {
    let env = use_env();
    let node = use_focused();
    let (send, from, done) = (env.send.clone(), props.name.clone(), props.done.clone());
    let take = move |field: Option<HtmlInputElement>| {
        if let Some(field) = field {
            send.emit(FileIntent::Rename { from: from.clone(), to: field.value() }.into());
        }
        done.emit(());
    };
    let (taken, left) = (take.clone(), props.done.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        _ if event.is_composing() => {}
        "Enter" => taken(event.target_dyn_into()),
        "Escape" => left.emit(()),
        _ => {}
    });
    let onblur = Callback::from(move |event: FocusEvent| take(event.target_dyn_into()));
    let label = (writing(env.texts.code).rename)(&props.name);
    html! { <input ref={node} class="rename" value={props.name.clone()} aria-label={label} {onkeydown} {onblur} spellcheck="false" data-testid="rename" /> }
}
