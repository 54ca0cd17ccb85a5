//! The only place that reads and writes the URL and the browser's storage.
//!
//! A link is the part after `#`. Once opened it is taken out of the address, and the scenario lives in the storage of the tab
//! (a reload finds it) and of the browser (a later visit finds it).

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Storage, Window};

use crate::i18n::Language;
use crate::session::{Saved, Settings};
use crate::simulator::SmallMap;

/// The key of the saved scenario.
pub const SCENARIO: &str = "podscape.scenario";
const SETTINGS: &str = "podscape.settings";
const SHELF: &str = "podscape.shelf";

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

/// The parts after `?`, where they ask for something to be opened; they are taken out, so that a reload goes on instead of beginning again.
pub fn take_asked() -> Option<Vec<(String, String)>> {
    let window = window()?;
    let location = window.location();
    let search = location.search().ok()?;
    let asked = Some(parts(search.strip_prefix('?')?)).filter(|parts| parts.iter().any(|(key, _)| ["lab", "cmd", "new"].contains(&key.as_str())))?;
    let history = window.history().ok()?;
    // A frame stays one.
    let embed = if is_embedded() { "?embed" } else { "" };
    let bare = format!("{}{embed}{}", location.pathname().ok()?, location.hash().unwrap_or_default());
    history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&bare)).ok()?;
    Some(asked)
}

/// The parts of a query by name, decoded.
pub fn parts(query: &str) -> Vec<(String, String)> {
    let part = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key.to_owned(), decoded(value))
    };
    query.split('&').map(part).collect()
}

/// A part of a query as text: `+` is a space, `%EA%B0%80` is 가.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (byte, used) = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => ((high * 16 + low) as u8, 2),
            (b'+', ..) => (b' ', 0),
            (byte, ..) => (*byte, 0),
        };
        bytes.push(byte);
        rest = &after[used..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The whole address that opens a link.
pub fn address_of(link: &str) -> String {
    let location = window().map(|window| window.location());
    let part = |read: fn(&web_sys::Location) -> Option<String>| location.as_ref().and_then(read).unwrap_or_default();
    let (origin, path) = (part(|location| location.origin().ok()), part(|location| location.pathname().ok()));
    format!("{origin}{path}#{link}")
}

/// The whole address that asks for something after `?`.
pub fn address_asking(query: &str) -> String {
    address_of("").replacen('#', "?", 1) + query
}

fn kept(storage: Option<Storage>) -> Option<String> {
    storage?.get_item(SCENARIO).ok()?
}

/// What was saved: in this tab, else in this browser.
pub fn saved() -> Option<Saved> {
    if let Some(saved) = kept(tab_storage()).and_then(|text| Saved::parse(&text)) {
        return Some(saved);
    }
    let text = kept(browser_storage())?;
    // So that it is seen when another tab saves: see [`save_leaving`].
    if let Some(tab) = tab_storage() {
        let _ = tab.set_item(SCENARIO, &text);
    }
    Saved::parse(&text)
}

/// Saves when the page is left. If another tab has saved since somebody did anything here, the browser keeps what that one has.
pub fn save_leaving(saved: &Saved) {
    let Some(tab) = tab_storage().filter(|_| kept(tab_storage()) != kept(browser_storage())) else {
        save(saved);
        return;
    };
    let _ = tab.set_item(SCENARIO, &saved.to_text());
}

/// Saves; a full or forbidden storage is no reason to stop. Where it is full, what was printed is left out. False if a later visit will not
/// find what was saved.
pub fn save(saved: &Saved) -> bool {
    let keep = |storage: Option<Storage>, text: &str| storage.is_some_and(|storage| storage.set_item(SCENARIO, text).is_ok());
    let text = saved.to_text();
    let done = [tab_storage(), browser_storage()].map(|storage| keep(storage, &text));
    if done == [true; 2] {
        return true;
    }
    let text = Saved { terminal: Vec::new(), ..saved.clone() }.to_text();
    let [_, in_browser] = [tab_storage(), browser_storage()].map(|storage| keep(storage, &text));
    in_browser
}

/// The scenarios kept under names.
pub fn shelf() -> SmallMap<String, Saved> {
    let text = browser_storage().and_then(|storage| storage.get_item(SHELF).ok()?).unwrap_or_default();
    let Ok(serde_json::Value::Object(kept)) = serde_json::from_str(&text) else { return SmallMap::new() };
    kept.iter().filter_map(|(name, saved)| Some((name.clone(), Saved::parse(saved.as_str()?)?))).collect()
}

/// Saves them. False if a later visit will not find them.
pub fn save_shelf(kept: &SmallMap<String, Saved>) -> bool {
    let map: serde_json::Map<String, serde_json::Value> = kept.iter().map(|(name, saved)| (name.clone(), saved.to_text().into())).collect();
    browser_storage().is_some_and(|storage| storage.set_item(SHELF, &serde_json::Value::Object(map).to_string()).is_ok())
}

/// Whether the page stands in a frame of another one (`?embed`).
pub fn is_embedded() -> bool {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    search.trim_start_matches('?').split('&').any(|part| part == "embed")
}

/// The address that shows a link in a frame.
pub fn frame_of(link: &str) -> String {
    address_of(link).replacen('#', "?embed#", 1)
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

/// Fetches a file that belongs to the page; None if it does not come.
pub async fn fetch(path: &str) -> Option<String> {
    let answer = JsFuture::from(window()?.fetch_with_str(path)).await.ok()?;
    let answer = answer.dyn_into::<Response>().ok().filter(Response::ok)?;
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_address_are_read() {
        let table = [
            ("x=1", vec![("x", "1")]),
            ("embed", vec![("embed", "")]),
            ("lab=rc&cmd=kubectl+scale%20rc+kubia+--replicas%3D5", vec![("lab", "rc"), ("cmd", "kubectl scale rc kubia --replicas=5")]),
            ("cmd=%EA%B0%80%", vec![("cmd", "가%")]),
        ];
        for (query, expected) in table {
            let found = parts(query);
            let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!(found, expected, "{query}");
        }
    }
}
