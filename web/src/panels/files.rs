//! The left pane: the files as tabs, the editor of the open one, what is wrong with it and how that is mended, what applying it changes.

use yew::prelude::*;

use super::{changes, new_file, tabs};
use crate::editor::{Editor, reveal};
use crate::i18n::writing;
use crate::icons::{Icon, icon};
use crate::intent::FileIntent;
use crate::session::{Files, Labs};
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Diagnostic, Severity};

#[derive(Properties, PartialEq)]
pub struct FilesProps {
    pub files: Shared<Files>,
    pub labs: Shared<Labs>,
    /// The code of the language.
    pub code: &'static str,
}

/// The left pane.
#[component]
pub fn FilesPane(props: &FilesProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let files = &props.files;
    let choosing = use_state_eq(|| false);
    let (opened, send) = (choosing.clone(), env.send.clone());
    let choose = Callback::from(move |_: MouseEvent| {
        if !*opened {
            send.emit(FileIntent::Labs.into());
        }
        opened.set(!*opened);
    });
    let done = Callback::from({
        let choosing = choosing.clone();
        move |()| choosing.set(false)
    });
    html! {
        <section class="files" aria-label={texts.files}>
            <div class="pane-head">
                <tabs::Tabs files={files.clone()} />
                <button type="button" class="quiet" onclick={choose} aria-label={texts.add_file} title={texts.add_file} aria-expanded={choosing.to_string()}
                    data-testid="add-file">{ icon(Icon::Plus) }</button>
                <span class="space"></span>
                <button type="button" class="primary" onclick={env.on(FileIntent::Apply.into())} title={texts.apply_title} data-testid="apply">
                    { texts.apply }</button>
            </div>
            if *choosing {
                <new_file::NewFile files={files.clone()} labs={props.labs.clone()} {done} code={props.code} />
            }
            <Editor files={files.clone()} />
            { field(&env, files) }
            { diagnostics(&env, &files.diagnostics) }
            { offers(&env, files) }
            { changes::draw(&env, files) }
        </section>
    }
}

/// The field at the caret, and how the keyboard gets out.
fn field(env: &Env, files: &Files) -> Html {
    let doc = files.field.as_ref().map(|doc| {
        let facts = (writing(env.texts.code).facts)(doc);
        html! { <span class="field-doc" title={facts.clone()} data-testid="field"><b>{ doc.path.clone() }</b>{ " " }{ facts }</span> }
    });
    html! {
        <div class="field-line">{ doc.unwrap_or_default() }<span id="editor-leave" class="leave">{ env.texts.editor_leave }</span></div>
    }
}

fn diagnostics(env: &Env, found: &[Diagnostic]) -> Html {
    let item = |(place, diagnostic): (usize, &Diagnostic)| {
        let class = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let at = diagnostic.clone();
        let go = Callback::from(move |_: MouseEvent| reveal(&at));
        html! {
            <li>
                <button type="button" class={classes!("diagnostic", class)} onclick={go} data-testid="diagnostic"
                    data-line={diagnostic.line.to_string()} data-column={diagnostic.column.to_string()}>
                    { icon(Icon::Warning) }
                    <span class="place">{ format!("{}:{}", diagnostic.line, diagnostic.column) }</span>
                    <span class="message">
                        { diagnostic.message.clone() }
                        if let Some(hint) = &diagnostic.hint {
                            <small data-testid="advice">{ (writing(env.texts.code).hint)(hint) }</small>
                        }
                    </span>
                </button>
                { fixes(env, place, diagnostic) }
            </li>
        }
    };
    html! {
        <div class="diagnostics" role="status">
            <ul id="diagnostics" aria-label={(env.texts.marks_found)(found.len())}>
                { for found.iter().enumerate().map(|(place, found)| item((place, found))) }
            </ul>
        </div>
    }
}

/// The corrections of a mark, as buttons.
fn fixes(env: &Env, mark: usize, found: &Diagnostic) -> Html {
    if found.fixes.is_empty() {
        return Html::default();
    }
    let words = writing(env.texts.code);
    let button = |(fix, offered): (usize, &crate::simulator::Fix)| {
        let intent = FileIntent::Fix { mark, fix };
        html! {
            <button type="button" onclick={env.on(intent.into())} data-testid="fix">{ icon(Icon::Pencil) }{ (words.mending)(&offered.mending) }</button>
        }
    };
    html! { <div class="mend" role="group" aria-label={words.fixes}>{ for found.fixes.iter().enumerate().map(button) }</div> }
}

/// What else can be made of the text: newer API versions, a manifest without what a cluster wrote.
fn offers(env: &Env, files: &Files) -> Html {
    html! {
        <>
            if files.update {
                <button type="button" class="update" onclick={env.on(FileIntent::Update.into())} data-testid="update">{ env.texts.update_file }</button>
            }
            if files.clean {
                <button type="button" class="update" onclick={env.on(FileIntent::Clean.into())} data-testid="clean">{ writing(env.texts.code).clean }</button>
            }
        </>
    }
}
