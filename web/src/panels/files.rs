//! The left pane: the file, its editor, what is wrong with it, and the button that applies it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::editor::Editor;
use crate::icons::{Icon, icon};
use crate::intent::FileIntent;
use crate::session::Files;
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Diagnostic, Severity};

#[derive(Properties, PartialEq)]
pub struct FilesProps {
    pub files: Shared<Files>,
    pub focus: NodeRef,
}

/// The left pane.
#[component]
pub fn FilesPane(props: &FilesProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let files = &props.files;
    let send = env.send.clone();
    let on_change = Callback::from(move |text| send.emit(FileIntent::Edit(text).into()));
    let on_apply = env.on(FileIntent::Apply.into());
    html! {
        <section class="files" aria-label={texts.files}>
            <div class="pane-head">
                { names(&env, files) }
                <button type="button" class="quiet" onclick={env.on(FileIntent::Add.into())} aria-label={texts.add_file} title={texts.add_file}
                    data-testid="add-file">{ icon(Icon::Plus) }</button>
                <span class="space"></span>
                <button type="button" class="primary" onclick={env.on(FileIntent::Apply.into())} title={texts.apply_title} data-testid="apply">
                    { texts.apply }</button>
            </div>
            <Editor text={files.text().to_owned()} {on_change} marks={files.diagnostics.clone()} reveal={files.reveal} {on_apply}
                focus={props.focus.clone()} />
            { diagnostics(&env, &files.diagnostics, &props.focus) }
            { update(&env, files) }
        </section>
    }
}

fn names(env: &Env, files: &Files) -> Html {
    let names = files.names();
    if names.len() < 2 {
        return html! { <span class="file-name" data-testid="file-name">{ files.name().to_owned() }</span> };
    }
    let send = env.send.clone();
    let choose = Callback::from(move |event: Event| {
        let element = event.target_dyn_into::<web_sys::Element>();
        let option = element.and_then(|element| element.query_selector("option:checked").ok().flatten());
        if let Some(name) = option.and_then(|option| option.get_attribute("value")) {
            send.emit(FileIntent::Open(name).into());
        }
    });
    let option = |name: String| {
        let selected = name == files.name();
        html! { <option value={name.clone()} {selected}>{ name }</option> }
    };
    html! {
        <select class="file-name" onchange={choose} aria-label={env.texts.file_title} data-testid="file-name">{ for names.into_iter().map(option) }</select>
    }
}

fn diagnostics(env: &Env, found: &[Diagnostic], area: &NodeRef) -> Html {
    let item = |diagnostic: &Diagnostic| {
        let class = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let (area, at) = (area.clone(), diagnostic.clone());
        let go = Callback::from(move |_: MouseEvent| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                mark_in(&area, &at);
            }
        });
        html! {
            <li>
                <button type="button" class={classes!("diagnostic", class)} onclick={go} data-testid="diagnostic"
                    data-line={diagnostic.line.to_string()} data-column={diagnostic.column.to_string()}>
                    { icon(Icon::Warning) }
                    <span class="place">{ format!("{}:{}", diagnostic.line, diagnostic.column) }</span>
                    <span class="message">{ diagnostic.message.clone() }</span>
                </button>
            </li>
        }
    };
    html! {
        <div class="status" role="status">
            <ul id="diagnostics" class="diagnostics" aria-label={(env.texts.marks_found)(found.len())}>{ for found.iter().map(item) }</ul>
        </div>
    }
}

/// Offers to make gone API versions new.
fn update(env: &Env, files: &Files) -> Html {
    if files.update.is_none() {
        return Html::default();
    }
    html! {
        <button type="button" class="update" onclick={env.on(FileIntent::Update.into())} data-testid="update">{ env.texts.update_file }</button>
    }
}

/// Puts the caret over what is wrong.
fn mark_in(area: &HtmlTextAreaElement, at: &Diagnostic) {
    let text = area.value();
    let before: usize = text.split('\n').take(at.line.saturating_sub(1)).map(|line| line.encode_utf16().count() + 1).sum();
    let line = text.split('\n').nth(at.line.saturating_sub(1)).unwrap_or_default();
    let units = |letters: usize| line.chars().take(letters).map(char::len_utf16).sum::<usize>();
    let place = |letters: usize| u32::try_from(before + units(letters)).unwrap_or(0);
    if let Some(element) = area.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
    let start = at.column.saturating_sub(1);
    let _ = area.set_selection_range(place(start), place(start + at.length));
}
