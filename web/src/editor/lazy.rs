//! CodeMirror, which comes as a script of its own (`web/editor`): how it is fetched, and the functions by which it is driven. What goes over to
//! it is JSON. Where the script is not there, nothing of this is called but the fetching, and the plain field stays.

use gloo_timers::callback::Timeout;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use web_sys::Element;

use crate::document::document;
use crate::i18n::{Texts, Writing, writing};
use crate::session::{Answer, Answered};
use crate::simulator::{Diagnostic, FieldDoc, Severity, Suggestion};

/// What it is called when something happens there: what, and a text about it.
pub type Hear = Closure<dyn FnMut(String, String)>;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = mount)]
    fn script_mount(host: &Element, hear: &Hear);
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = prepare)]
    fn script_prepare(host: &Element) -> bool;
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = words)]
    fn script_words(text: &str);
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = open)]
    fn script_open(name: &str, text: &str);
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = mark)]
    fn script_mark(text: &str);
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = answer)]
    fn script_answer(text: &str);
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = reveal)]
    fn script_reveal(line: u32, column: u32, length: u32);
    #[wasm_bindgen(js_namespace = podscapeEditor, js_name = close)]
    fn script_close();
}

/// Where the script is, from the page.
const SCRIPT: &str = "editor/codemirror.js";

/// Between two parts of its making, in milliseconds: a frame.
const PAUSE: u32 = 16;

/// Fetches the script, where there is one; says so when it has run or cannot be had, which does not mean that it brought an editor.
pub fn fetch(then: impl FnOnce() + 'static) {
    if !cfg!(rich_editor) {
        return;
    }
    let Some(document) = document() else { return };
    let (Ok(script), Some(body)) = (document.create_element("script"), document.body()) else { return };
    let _ = script.set_attribute("src", SCRIPT);
    // Not in the task in which the browser has run the script: that alone takes a frame.
    let ran = Closure::once_into_js(move || Timeout::new(0, then).forget());
    for end in ["load", "error"] {
        let _ = script.add_event_listener_with_callback(end, ran.unchecked_ref());
    }
    let _ = body.append_child(&script);
}

/// Whether the script has brought an editor.
pub fn is_there() -> bool {
    web_sys::window().is_some_and(|window| window.get("podscapeEditor").is_some())
}

/// Makes it ready for a place, each part in a task of its own: together they would hold up a running cluster.
pub fn prepare(host: Element, then: impl FnOnce() + 'static) {
    let wants_more = script_prepare(&host);
    let next = move || if wants_more { prepare(host, then) } else { then() };
    Timeout::new(PAUSE, next).forget();
}

/// Puts it into a place, instead of the field beside it.
pub fn mount(host: &Element, hear: &Hear) {
    script_mount(host, hear);
}

/// Ends it.
pub fn close() {
    script_close();
}

/// Tells it the words of the page.
pub fn tell_words(texts: &Texts) {
    let words = writing(texts.code);
    let phrases: Value = serde_json::from_str(words.phrases).unwrap_or_default();
    script_words(&json!({"label": texts.editor_label, "placeholder": texts.editor_empty, "phrases": phrases}).to_string());
}

/// Shows a file.
pub fn open(name: &str, text: &str) {
    script_open(name, text);
}

/// Marks what is wrong.
pub fn mark(found: &[Diagnostic], texts: &Texts) {
    let Writing { mending, hint: words, .. } = writing(texts.code);
    let of = |found: &Diagnostic| {
        let severity = if found.severity == Severity::Error { "error" } else { "warning" };
        let message = found.hint.as_ref().map_or(found.message.clone(), |hint| format!("{}\n{}", found.message, words(hint)));
        let fixes: Vec<String> = found.fixes.iter().map(|fix| mending(&fix.mending)).collect();
        json!({"severity": severity, "line": found.line, "column": found.column, "length": found.length, "message": message, "fixes": fixes})
    };
    script_mark(&Value::Array(found.iter().map(of).collect()).to_string());
}

/// Answers a question.
pub fn answer(answer: &Answer, texts: &Texts) {
    let id = answer.id;
    let body = match &answer.body {
        Answered::Suggestions(from, options) => {
            let options: Vec<Value> = options.iter().zip(0..).map(|(option, place)| suggestion(option, place)).collect();
            json!({"id": id, "from": from, "options": options})
        }
        Answered::Field(None, _) => json!({"id": id}),
        Answered::Field(Some(doc), (from, to)) => {
            let words = writing(texts.code);
            json!({"id": id, "from": from, "to": to, "title": doc.path, "facts": (words.facts)(doc), "text": fields(doc, texts)})
        }
    };
    script_answer(&body.to_string());
}

/// So many fields of a struct are named.
const NAMED: usize = 14;

/// The fields of a struct, in words; empty for what is none.
fn fields(doc: &FieldDoc, texts: &Texts) -> String {
    if doc.fields.is_empty() {
        return String::new();
    }
    let mut names = doc.fields.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if doc.fields.len() > NAMED {
        names.push_str(" …");
    }
    (writing(texts.code).fields)(&names)
}

/// The order that they have is kept among those that fit equally well.
fn suggestion(option: &Suggestion, place: i32) -> Value {
    let boost = 50 - place.min(99);
    json!({"label": option.label, "apply": option.insert, "detail": option.detail, "again": option.again, "boost": boost})
}

/// Selects a place of the text.
pub fn reveal(line: usize, column: usize, length: usize) {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    script_reveal(number(line), number(column), number(length));
}
