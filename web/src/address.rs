//! The only place that reads and writes the URL and the browser's storage.
//!
//! A link is the part after `#`. Once opened it is taken out of the address, and the scenario lives in the storage of the tab
//! (a reload finds it) and of the browser (a later visit finds it).

use web_sys::{Storage, Window};

use crate::i18n::Language;
use crate::session::{Saved, Settings};

/// The key of the saved scenario.
pub const SCENARIO: &str = "podscape.scenario";
const SETTINGS: &str = "podscape.settings";

fn window() -> Option<Window> {
    web_sys::window()
}

fn tab_storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn browser_storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// The link in the address, without `#`; it is taken out.
pub fn take_link() -> Option<String> {
    let window = window()?;
    let location = window.location();
    let link = location.hash().ok()?.strip_prefix('#')?.to_owned();
    if link.is_empty() {
        return None;
    }
    let bare = format!("{}{}", location.pathname().ok()?, location.search().unwrap_or_default());
    let history = window.history().ok()?;
    history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&bare)).ok()?;
    Some(link)
}

/// The whole address that opens a link.
pub fn address_of(link: &str) -> String {
    let location = window().map(|window| window.location());
    let part = |read: fn(&web_sys::Location) -> Option<String>| location.as_ref().and_then(read).unwrap_or_default();
    let (origin, path) = (part(|location| location.origin().ok()), part(|location| location.pathname().ok()));
    format!("{origin}{path}#{link}")
}

/// What was saved: in this tab, else in this browser.
pub fn saved() -> Option<Saved> {
    let read = |storage: Option<Storage>| Saved::parse(&storage?.get_item(SCENARIO).ok()??);
    read(tab_storage()).or_else(|| read(browser_storage()))
}

/// Saves; a full or forbidden storage is no reason to stop.
pub fn save(saved: &Saved) {
    let text = saved.to_text();
    for storage in [tab_storage(), browser_storage()].into_iter().flatten() {
        let _ = storage.set_item(SCENARIO, &text);
    }
}

/// The settings; of a first visit the language is the browser's, if the page speaks it.
pub fn settings() -> Settings {
    let languages = window().map(|window| window.navigator().language().unwrap_or_default());
    let language = languages.and_then(|tag| Language::parse(&tag)).unwrap_or(Language::English);
    let text = browser_storage().and_then(|storage| storage.get_item(SETTINGS).ok()?);
    text.map_or(Settings::first(language), |text| Settings::parse(&text, language))
}

/// Saves the settings.
pub fn save_settings(settings: &Settings) {
    if let Some(storage) = browser_storage() {
        let _ = storage.set_item(SETTINGS, &settings.to_text());
    }
}
