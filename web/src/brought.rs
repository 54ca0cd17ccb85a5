//! Files from outside: chosen, or dropped onto the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File, FileList, HtmlInputElement, TextDecoder};
use yew::prelude::*;

use crate::intent::{FileIntent, Intent};
use crate::shared::Env;

/// Longer files are none of ours.
const LONGEST: f64 = 4_000_000.0;

/// Reads files and hands them on.
fn read(files: Option<FileList>, send: &Callback<Intent>) {
    let Some(files) = files else { return };
    for file in (0..files.length()).filter_map(|n| files.item(n)) {
        let send = send.clone();
        spawn_local(async move {
            let text = if file.size() <= LONGEST { text_of(&file).await } else { None };
            send.emit(FileIntent::Brought { name: file.name(), text }.into());
        });
    }
}

/// The text of a file; None if it is none. Besides UTF-8 it may be UTF-16, as PowerShell writes what a command printed.
async fn text_of(file: &File) -> Option<String> {
    let is_text = |text: &String| !text.contains(['\0', '\u{fffd}']);
    let text = JsFuture::from(file.text()).await.ok()?.as_string()?;
    if is_text(&text) {
        return Some(text);
    }
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    let decoder = TextDecoder::new_with_label("utf-16le").ok().filter(|_| text.starts_with("\u{fffd}\u{fffd}"))?;
    decoder.decode_with_buffer_source(bytes.unchecked_ref()).ok().filter(is_text)
}

/// For a field that chooses files.
pub fn on_choice(env: &Env) -> Callback<Event> {
    let send = env.send.clone();
    Callback::from(move |event: Event| {
        if let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            read(field.files(), &send);
            field.set_value("");
        }
    })
}

/// For a place onto which files are dropped.
pub fn on_drop(send: &Callback<Intent>) -> Callback<DragEvent> {
    let send = send.clone();
    Callback::from(move |event: DragEvent| {
        let files = event.data_transfer().and_then(|data| data.files());
        if files.as_ref().is_some_and(|files| files.length() > 0) {
            event.prevent_default();
            read(files, &send);
        }
    })
}

/// What is dragged over the page may be dropped there.
pub fn on_drag() -> Callback<DragEvent> {
    Callback::from(|event: DragEvent| {
        let types = event.data_transfer().map(|data| data.types());
        if types.is_some_and(|types| types.iter().any(|kind| kind.as_string().as_deref() == Some("Files"))) {
            event.prevent_default();
        }
    })
}
