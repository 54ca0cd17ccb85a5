//! Files from outside: chosen, or dropped onto the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, FileList, HtmlInputElement};
use yew::prelude::*;

use crate::intent::{FileIntent, Intent};
use crate::shared::Env;

/// Longer files are none of ours.
const LONGEST: f64 = 4_000_000.0;

/// Reads files and hands them on.
fn read(files: Option<FileList>, send: &Callback<Intent>) {
    let Some(files) = files else { return };
    for file in (0..files.length()).filter_map(|n| files.item(n)).filter(|file| file.size() <= LONGEST) {
        let send = send.clone();
        spawn_local(async move {
            let name = file.name();
            if let Some(text) = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
                send.emit(FileIntent::Brought { name, text }.into());
            }
        });
    }
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
