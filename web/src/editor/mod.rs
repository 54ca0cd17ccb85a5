//! The editor of the open file. It begins as a textarea over a painted copy of itself, which works everywhere, with every input method and
//! screen reader; when somebody goes to it, CodeMirror takes its place, if that can be had. Both bear the id `editor`.

mod indent;
mod lazy;
mod offer;
pub mod paint;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde_json::Value;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlDocument, HtmlElement, HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use self::paint::Piece;
use crate::document::document;
use crate::intent::{FileIntent, Intent, Question, Topic};
use crate::session::Files;
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Diagnostic, Severity};

/// How long after the start CodeMirror is fetched though nobody has gone to the editor, in milliseconds.
const IDLE: u32 = 12_000;

/// A longer text is not painted: each word would be an element of the page.
const PAINTED: usize = 100_000;
/// A longer text is not put into the field where CodeMirror can be had.
const LAID_OUT: usize = 300_000;

/// What the editor is given.
#[derive(Properties, PartialEq)]
pub struct EditorProps {
    /// The files; the open one is shown.
    pub files: Shared<Files>,
}

/// Which of the two editors is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The field, until CodeMirror comes.
    Field,
    /// The field, for good.
    Alone,
    /// CodeMirror.
    Rich,
}

/// What brings CodeMirror.
#[derive(Default)]
struct Bringing {
    asked: bool,
    /// It has come while an input method was at work: it waits.
    waits: bool,
    /// Whether an input method is at work in the field.
    composing: bool,
    /// Whether something was done in the field since it has the keyboard.
    editing: bool,
    /// What it calls.
    hear: Option<lazy::Hear>,
}

/// The editor.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let env = use_env();
    let stage = use_state_eq(|| Stage::Field);
    let (host, scroller) = (use_node_ref(), use_node_ref());
    let bringing = use_mut_ref(Bringing::default);
    let (chosen, area) = (use_state_eq(|| None::<usize>), use_node_ref());
    let bring = bringer(&env, &host, &bringing, &stage);
    let idle = bring.clone();
    use_effect_with((), move |()| {
        let timer = Timeout::new(IDLE, move || idle.emit(()));
        move || drop(timer)
    });
    use_told(&env, &props.files, *stage);
    let awaits = awaits(&props.files, *stage);
    use_effect_with(awaits, {
        let bring = bring.clone();
        move |awaits| if *awaits { bring.emit(()) }
    });
    let rich = *stage == Stage::Rich;
    use_effect_with((props.files.reveal, scroller.clone()), {
        let first = props.files.diagnostics.first().cloned();
        move |(reveal, scroller)| match (first, scroller.cast::<Element>()) {
            (Some(first), _) if *reveal > 0 && rich => lazy::reveal(first.line, first.column, first.length),
            (Some(first), Some(scroller)) if *reveal > 0 => show_line(&scroller, first.line),
            _ => {}
        }
    });
    html! {
        <div class={classes!("editor", rich.then_some("rich"))} ref={scroller}>
            <div class="rich-host" ref={host} hidden={!rich}></div>
            if awaits {
                { space(&env) }
            } else if !rich {
                { field(&env, props, bring, &bringing, &stage, (&chosen, &area)) }
            }
        </div>
    }
}

/// Whether a text waits for CodeMirror, which draws what is in sight only: a browser lays out all the lines of a field, for seconds if they are
/// hundreds of thousands.
fn awaits(files: &Files, stage: Stage) -> bool {
    cfg!(rich_editor) && stage == Stage::Field && files.text().len() > LAID_OUT
}

/// Where a text will stand that waits for CodeMirror. What is written in the meantime is nobody's.
#[inline(never)]
fn space(env: &Env) -> Html {
    html! {
        <div class="sheet">
            <textarea id="editor" readonly=true aria-busy="true" aria-label={env.texts.editor_label} placeholder={env.texts.later().opening} data-testid="editor" />
        </div>
    }
}

/// Tells CodeMirror what is new, once it is there.
#[hook]
fn use_told(env: &Env, files: &Shared<Files>, stage: Stage) {
    let texts = env.texts;
    let rich = stage == Stage::Rich;
    use_effect_with((stage, env.texts), move |(_, texts)| if rich { lazy::tell_words(texts) });
    use_effect_with((stage, files.name().to_owned(), files.text().to_owned()), move |(_, name, text)| if rich { lazy::open(name, text) });
    use_effect_with((stage, files.name().to_owned(), files.diagnostics.clone(), env.texts), move |(_, _, found, texts)| {
        if rich {
            lazy::mark(found, texts);
        }
    });
    use_effect_with((stage, files.answer.clone()), move |(_, answer)| {
        if let (true, Some(answer)) = (rich, answer) {
            lazy::answer(answer, &texts);
        }
    });
    use_effect_with(stage, move |_| move || if rich { lazy::close() });
}

/// Brings CodeMirror, the first time it is called.
fn bringer(env: &Env, host: &NodeRef, bringing: &Rc<RefCell<Bringing>>, stage: &UseStateHandle<Stage>) -> Callback<()> {
    let (texts, send, host, bringing, stage) = (env.texts, env.send.clone(), host.clone(), bringing.clone(), stage.clone());
    Callback::from(move |()| {
        if std::mem::replace(&mut bringing.borrow_mut().asked, true) {
            return;
        }
        bringing.borrow_mut().hear = Some(hearing(send.clone()));
        let (host, bringing, stage) = (host.clone(), bringing.clone(), stage.clone());
        lazy::fetch(move || {
            let Some(element) = host.cast::<Element>().filter(|_| lazy::is_there()) else { return stage.set(Stage::Alone) };
            lazy::tell_words(&texts);
            lazy::prepare(element, move || {
                if bringing.borrow().composing {
                    bringing.borrow_mut().waits = true;
                } else if let Some(host) = host.cast::<Element>() {
                    take_over(&host, &bringing, &stage);
                }
            });
        });
    })
}

/// CodeMirror takes the field's place.
fn take_over(host: &Element, bringing: &Rc<RefCell<Bringing>>, stage: &UseStateHandle<Stage>) {
    if let Some(hear) = &bringing.borrow().hear {
        lazy::mount(host, hear);
        stage.set(Stage::Rich);
    }
}

/// What is done with what CodeMirror says.
fn hearing(send: Callback<Intent>) -> lazy::Hear {
    Closure::new(move |what: String, text: String| {
        let value = || serde_json::from_str::<Value>(&text).unwrap_or_default();
        let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
        let ask = |topic: Topic| {
            let value = value();
            let id = u32::try_from(number(&value, "id")).unwrap_or_default();
            FileIntent::Ask(Question { id, topic, at: number(&value, "at") })
        };
        let intent = match what.as_str() {
            "apply" => FileIntent::Apply,
            "complete" => ask(Topic::Complete),
            "hover" => ask(Topic::Field),
            "caret" => FileIntent::Ask(Question { id: 0, topic: Topic::Caret, at: text.parse().unwrap_or_default() }),
            "fix" => FileIntent::Fix { mark: number(&value(), "mark"), fix: number(&value(), "fix") },
            _ => FileIntent::Edit(text),
        };
        send.emit(intent.into());
    })
}

/// The field with its painted copy.
fn field(
    env: &Env,
    props: &EditorProps,
    bring: Callback<()>,
    bringing: &Rc<RefCell<Bringing>>,
    stage: &UseStateHandle<Stage>,
    (chosen, node): (&offer::Chosen, &NodeRef),
) -> Html {
    let files = &props.files;
    let (send, heard, offered) = (env.send.clone(), bringing.clone(), chosen.is_some());
    let oninput = Callback::from(move |event: InputEvent| {
        heard.borrow_mut().composing = event.is_composing();
        if let Some(area) = area_of(&event) {
            send.emit(FileIntent::Edit(area.value()).into());
            if offered {
                offer::ask(&area, &send);
            }
        }
    });
    // Tab goes through the page until something is done in the field; from then on it indents. Escape lets go.
    let (came, clicked) = (bringing.clone(), bringing.clone());
    let wanted = bring.clone();
    let onfocus = Callback::from(move |_: FocusEvent| {
        came.borrow_mut().editing = false;
        wanted.emit(());
    });
    let onpointerenter = Callback::from(move |_: PointerEvent| bring.emit(()));
    let send = env.send.clone();
    let caret = move |event: &Event| {
        let Some(at) = area_of(event).and_then(|area| area.selection_start().ok().flatten()) else { return };
        send.emit(FileIntent::Ask(Question { id: 0, topic: Topic::Caret, at: at as usize }).into());
    };
    let moved = caret.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        clicked.borrow_mut().editing = true;
        caret(&event);
    });
    let (typing, stage) = (bringing.clone(), stage.clone());
    let onkeyup = Callback::from(move |event: KeyboardEvent| {
        moved(&event);
        when_composed(&event, &typing, &stage);
    });
    let wrong = (!files.diagnostics.is_empty()).then_some("true");
    html! {
        <>
            { gutter(files) }
            <div class="sheet">
                { ink(files) }
                <textarea id="editor" ref={node.clone()} value={files.text().to_owned()} {oninput} onkeydown={on_key(env, files, bringing, chosen)} {onfocus} {onclick} {onkeyup} {onpointerenter}
                    wrap="off"
                    spellcheck="false" autocapitalize="off" autocomplete="off" aria-label={env.texts.editor_label} aria-invalid={wrong}
                    aria-describedby="diagnostics editor-leave" placeholder={env.texts.editor_empty} data-testid="editor" />
                { offer::draw(files, chosen, node) }
            </div>
        </>
    }
}

/// The numbers of the lines. Those of a long text bear no marks.
fn gutter(files: &Files) -> Html {
    let lines = 1..=files.text().split('\n').count();
    if files.text().len() > PAINTED {
        let numbers: Vec<String> = lines.map(|n| n.to_string()).collect();
        return html! { <pre class="gutter" aria-hidden="true"><span>{ numbers.join("\n") }</span></pre> };
    }
    html! { <div class="gutter" aria-hidden="true">{ for lines.map(|n| html! { <span class={gutter_class(n, &files.diagnostics)}>{ n }</span> }) }</div> }
}

/// What is seen of the field: its text, painted unless it is long.
fn ink(files: &Files) -> Html {
    if files.text().len() > PAINTED {
        return html! { <pre class="ink" aria-hidden="true">{ files.text().to_owned() }</pre> };
    }
    html! { <pre class="ink" aria-hidden="true">{ for paint::paint(files.text(), &files.diagnostics).iter().map(|line| painted(line)) }</pre> }
}

/// CodeMirror, if it waits, takes over when the input method is at rest.
fn when_composed(event: &KeyboardEvent, typing: &Rc<RefCell<Bringing>>, stage: &UseStateHandle<Stage>) {
    typing.borrow_mut().composing = event.is_composing();
    let host = event.target_dyn_into::<Element>().and_then(|area| area.closest(".editor").ok().flatten());
    let host = host.and_then(|editor| editor.query_selector(".rich-host").ok().flatten());
    let waits = typing.borrow().waits && !event.is_composing();
    if let (Some(host), true) = (host, waits) {
        take_over(&host, typing, stage);
    }
}

/// Gives the editor the keyboard.
pub fn focus() {
    let element = document().and_then(|document| document.get_element_by_id("editor")?.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Goes to what is wrong.
pub fn reveal(found: &Diagnostic) {
    let Some(element) = document().and_then(|document| document.get_element_by_id("editor")) else { return };
    match element.dyn_ref::<HtmlTextAreaElement>() {
        Some(area) => mark_in(area, found),
        None => lazy::reveal(found.line, found.column, found.length),
    }
}

/// Puts the caret over what is wrong.
fn mark_in(area: &HtmlTextAreaElement, at: &Diagnostic) {
    let text = area.value();
    let before: usize = text.split('\n').take(at.line.saturating_sub(1)).map(|line| line.encode_utf16().count() + 1).sum();
    let line = text.split('\n').nth(at.line.saturating_sub(1)).unwrap_or_default();
    let units = |letters: usize| line.chars().take(letters).map(char::len_utf16).sum::<usize>();
    let place = |letters: usize| u32::try_from(before + units(letters)).unwrap_or(0);
    let _ = area.focus();
    let start = at.column.saturating_sub(1);
    let _ = area.set_selection_range(place(start), place(start + at.length));
}

fn area_of(event: &Event) -> Option<HtmlTextAreaElement> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn on_key(env: &Env, files: &Shared<Files>, bringing: &Rc<RefCell<Bringing>>, chosen: &offer::Chosen) -> Callback<KeyboardEvent> {
    let (apply, editing) = (env.on::<()>(FileIntent::Apply.into()), bringing.clone());
    let (send, files, chosen) = (env.send.clone(), files.clone(), chosen.clone());
    Callback::from(move |event: KeyboardEvent| {
        let Some(area) = area_of(&event) else { return };
        if event.is_composing() {
            return;
        }
        if offer::on_key(&event, &area, &files, &chosen, &send) {
            return;
        }
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "Enter" if command => {
                event.prevent_default();
                apply.emit(());
            }
            "Enter" if !event.shift_key() && !event.alt_key() => {
                let caret = area.selection_start().ok().flatten().unwrap_or_default();
                insert(&event, &format!("\n{}", indent::after_line(&area.value(), caret as usize)));
            }
            "Tab" if editing.borrow().editing && !event.shift_key() && !command => insert(&event, "  "),
            "Escape" => drop(area.blur()),
            _ => {}
        }
        if !matches!(event.key().as_str(), "Tab" | "Shift") {
            editing.borrow_mut().editing = true;
        }
    })
}

/// Types a text in place of the key, so that undo knows of it.
fn insert(event: &KeyboardEvent, text: &str) {
    let Some(document) = document().and_then(|document| document.dyn_into::<HtmlDocument>().ok()) else { return };
    if document.exec_command_with_show_ui_and_value("insertText", false, text).is_ok_and(|done| done) {
        event.prevent_default();
    }
}

fn show_line(scroller: &Element, line: usize) {
    let Ok(Some(element)) = scroller.query_selector(&format!(".ink .line:nth-child({line})")) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn gutter_class(line: usize, marks: &[Diagnostic]) -> Option<&'static str> {
    let here = marks.iter().filter(|mark| mark.line == line);
    here.map(|mark| mark.severity).min_by_key(|severity| *severity != Severity::Error).map(severity_class)
}

fn painted(line: &[Piece]) -> Html {
    let piece = |piece: &Piece| {
        let class = classes!(piece.class, piece.mark.map(|severity| classes!("mark", severity_class(severity))));
        html! { <span {class}>{ piece.text.clone() }</span> }
    };
    html! { <span class="line">{ for line.iter().map(piece) }{ "\n" }</span> }
}
