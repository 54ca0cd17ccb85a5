//! Listens to the window for as long as the page lives.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Event;
use yew::prelude::*;

fn listen(name: &str, heard: impl Fn(Event) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let closure = Closure::<dyn Fn(Event)>::new(heard);
    let _ = window.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    // The page lives as long as the window.
    closure.forget();
}

/// Keys that were not stopped on their way.
pub fn to_keys(tell: Callback<KeyboardEvent>) {
    listen("keydown", move |event| {
        if let Ok(event) = event.dyn_into::<KeyboardEvent>() {
            tell.emit(event);
        }
    });
}

/// A link pasted into the address of the open page.
pub fn to_address(tell: Callback<()>) {
    listen("hashchange", move |_| tell.emit(()));
}

/// The page is left or put into the background: nothing may come after.
pub fn to_leaving(tell: Callback<()>) {
    let leaving = tell.clone();
    listen("pagehide", move |_| leaving.emit(()));
    listen("beforeunload", move |_| tell.emit(()));
}
