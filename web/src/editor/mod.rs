//! The editor. To the rest of the page it is six things: a text, a change, marks, a mark to be shown, an apply key and a focus.
//! Here it is a textarea over a painted copy of itself, which works everywhere, with every input method and screen reader.

mod indent;
pub mod paint;

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDocument, HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use self::paint::Piece;
use crate::shared::use_env;
use crate::simulator::{Diagnostic, Severity};

/// The editor's six things.
#[derive(Properties, PartialEq)]
pub struct EditorProps {
    /// The text.
    pub text: AttrValue,
    /// Is told each change.
    pub on_change: Callback<String>,
    /// What is to be marked.
    pub marks: Vec<Diagnostic>,
    /// Each time this changes, the first mark is scrolled to.
    pub reveal: u32,
    /// Ctrl+Enter.
    pub on_apply: Callback<()>,
    /// The element that takes the focus.
    pub focus: NodeRef,
}

/// The editor.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let env = use_env();
    let scroller = use_node_ref();
    let first = props.marks.first().map(|mark| mark.line);
    let shown = scroller.clone();
    use_effect_with((props.reveal, shown), move |(reveal, shown)| {
        if let (Some(line), Some(scroller), true) = (first, shown.cast::<Element>(), *reveal > 0) {
            show_line(&scroller, line);
        }
    });
    let change = props.on_change.clone();
    let on_input = Callback::from(move |event: InputEvent| {
        if let Some(area) = area_of(&event) {
            change.emit(area.value());
        }
    });
    // Tab goes through the page until something is done in the field; from then on it indents. Escape lets go.
    let editing = use_mut_ref(|| false);
    let (came, clicked) = (editing.clone(), editing.clone());
    let on_focus = Callback::from(move |_: FocusEvent| *came.borrow_mut() = false);
    let on_click = Callback::from(move |_: MouseEvent| *clicked.borrow_mut() = true);
    let lines = paint::paint(&props.text, &props.marks);
    let wrong = (!props.marks.is_empty()).then_some("true");
    html! {
        <div class="editor" ref={scroller}>
            <div class="gutter" aria-hidden="true">
                { for (1..=lines.len()).map(|n| html! { <span class={gutter_class(n, &props.marks)}>{ n }</span> }) }
            </div>
            <div class="sheet">
                <pre class="ink" aria-hidden="true">{ for lines.iter().map(|line| painted(line)) }</pre>
                <textarea ref={props.focus.clone()} value={props.text.clone()} oninput={on_input} onkeydown={on_key(props, editing)} onfocus={on_focus} onclick={on_click} wrap="off"
                    spellcheck="false" autocapitalize="off" autocomplete="off" aria-label={env.texts.editor_label} aria-invalid={wrong}
                    aria-describedby="diagnostics" placeholder={env.texts.editor_empty} data-testid="editor" />
            </div>
        </div>
    }
}

fn area_of(event: &Event) -> Option<HtmlTextAreaElement> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn on_key(props: &EditorProps, editing: Rc<RefCell<bool>>) -> Callback<KeyboardEvent> {
    let apply = props.on_apply.clone();
    Callback::from(move |event: KeyboardEvent| {
        let Some(area) = area_of(&event) else { return };
        if event.is_composing() {
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
            "Tab" if *editing.borrow() && !event.shift_key() && !command => insert(&event, "  "),
            "Escape" => drop(area.blur()),
            _ => {}
        }
        if !matches!(event.key().as_str(), "Tab" | "Shift") {
            *editing.borrow_mut() = true;
        }
    })
}

/// Types a text in place of the key, so that undo knows of it.
fn insert(event: &KeyboardEvent, text: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(document) = document.and_then(|document| document.dyn_into::<HtmlDocument>().ok()) else { return };
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
