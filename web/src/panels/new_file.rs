//! What a new file can begin with: nothing, a template, a file that was closed, the files of a lab, a file of this computer.

use yew::prelude::*;

use crate::brought;
use crate::i18n::writing;
use crate::intent::FileIntent;
use crate::session::labs::SHELVES;
use crate::session::{Files, Labs};
use crate::shared::{Env, Shared, use_env, use_focused};
use crate::simulator::templates;

#[derive(Properties, PartialEq)]
pub struct NewFileProps {
    pub files: Shared<Files>,
    pub labs: Shared<Labs>,
    /// Closes it.
    pub done: Callback<()>,
    /// The code of the language.
    pub code: &'static str,
}

/// What a new file can begin with.
#[component]
pub fn NewFile(props: &NewFileProps) -> Html {
    let env = use_env();
    let words = writing(env.texts.code);
    let first = use_focused();
    let done = props.done.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            done.emit(());
        }
    });
    let take = |intent: FileIntent| take(&env, &props.done, intent);
    let (brought, done) = (brought::on_choice(&env), props.done.clone());
    let chosen = Callback::from(move |event: Event| {
        brought.emit(event);
        done.emit(());
    });
    let hidden: Vec<&str> = props.files.hidden().collect();
    let template = |name: &'static str| html! { <li><button type="button" onclick={take(FileIntent::Template(name.to_owned()))} data-testid={format!("template-{name}")}>{ name }</button></li> };
    let closed = |name: &str| html! { <li><button type="button" onclick={take(FileIntent::Open(name.to_owned()))} data-testid={format!("hidden-{name}")}>{ name.to_owned() }</button></li> };
    let lab = |name: &&'static str| {
        let title = props.labs.get(name).map(|lab| lab.title.tell(props.code).to_owned())?;
        Some(html! { <li><button type="button" onclick={take(FileIntent::FromLab((*name).to_owned()))} data-testid={format!("files-of-{name}")}>{ title }</button></li> })
    };
    html! {
        <div class="new-file" role="dialog" aria-label={env.texts.add_file} {onkeydown} data-testid="new-file">
            <div class="row">
                <button ref={first} type="button" class="primary" onclick={take(FileIntent::Add)} data-testid="empty-file">{ words.empty_file }</button>
                <label class="quiet">{ words.from_disk }<input type="file" multiple=true class="unseen" accept=".yaml,.yml,.json,.txt" onchange={chosen} /></label>
            </div>
            if !hidden.is_empty() {
                <h2>{ words.closed_files }</h2>
                <ul>{ for hidden.iter().map(|name| closed(name)) }</ul>
            }
            <h2>{ words.templates }</h2>
            <ul class="templates">{ for templates().map(template) }</ul>
            <h2>{ words.from_labs }</h2>
            <ul>{ for SHELVES.iter().flat_map(|shelf| shelf.iter()).filter_map(lab) }</ul>
        </div>
    }
}

/// Does what is chosen, closes the list and gives the editor the keyboard.
fn take(env: &Env, done: &Callback<()>, intent: FileIntent) -> Callback<MouseEvent> {
    let (send, done) = (env.send.clone(), done.clone());
    Callback::from(move |_: MouseEvent| {
        send.emit(intent.clone().into());
        done.emit(());
        crate::editor::focus();
    })
}
