//! The document that the page stands in, for what is not drawn: what has the keyboard, what is pressed or found by a selector.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

/// The document; None where there is none, as in a worker.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The first element that a selector fits.
pub fn found(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// What has the keyboard.
pub fn focused() -> Option<Element> {
    document()?.active_element()
}
