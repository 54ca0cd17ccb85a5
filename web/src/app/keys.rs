//! Keys of the whole page: those that no field and no button takes. They go by their place on the keyboard, so that an input
//! method does not swallow them.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::intent::TimeIntent;

/// What a key asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyAction {
    /// Of the clock.
    Time(TimeIntent),
    /// Faster or slower.
    Faster(bool),
    /// To the terminal.
    Terminal,
    /// To the editor.
    Editor,
    /// The palette.
    Palette,
    /// The menu of labs.
    Labs,
    /// Details of what has the focus or is marked.
    Details,
    /// Why it is as it is.
    Why,
    /// The selector lens.
    Lens,
    /// A button of the page, by its selector.
    Press(&'static str),
    /// The sheet of keys.
    Help,
    /// Close, let go.
    Escape,
}

/// What holds the focus.
fn takes_text(element: &Element) -> bool {
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => element.get_attribute("type").is_none_or(|kind| kind != "range"),
        _ => element.has_attribute("contenteditable"),
    }
}

/// What a key asks for; None if it belongs to a field or to nobody.
pub fn action(event: &KeyboardEvent) -> Option<KeyAction> {
    if event.is_composing() || event.alt_key() || event.default_prevented() {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_text = target.as_ref().is_some_and(takes_text);
    if event.ctrl_key() || event.meta_key() {
        let action = with_control(event, in_text)?;
        event.prevent_default();
        return Some(action);
    }
    if in_text {
        return None;
    }
    let is_button = target.is_some_and(|element| element.tag_name() == "BUTTON");
    let action = match (event.code().as_str(), event.key().as_str()) {
        ("Space", _) if !is_button => KeyAction::Time(TimeIntent::TogglePlay),
        (_, "?") => KeyAction::Help,
        ("Slash", _) if event.shift_key() => KeyAction::Help,
        ("Slash", _) => KeyAction::Terminal,
        ("Period", _) if event.shift_key() => KeyAction::Time(TimeIntent::Second(true)),
        ("Comma", _) if event.shift_key() => KeyAction::Time(TimeIntent::Second(false)),
        ("Period", _) => KeyAction::Time(TimeIntent::Step),
        ("Comma", _) => KeyAction::Time(TimeIntent::StepBack),
        ("BracketLeft", _) => KeyAction::Faster(false),
        ("BracketRight", _) => KeyAction::Faster(true),
        ("KeyJ", _) => KeyAction::Time(TimeIntent::Jump),
        ("KeyF", _) => KeyAction::Lens,
        ("KeyI", _) => KeyAction::Details,
        ("KeyW", _) => KeyAction::Why,
        ("KeyL", _) => KeyAction::Labs,
        ("KeyE", _) => KeyAction::Editor,
        ("Equal" | "NumpadAdd", _) => KeyAction::Press(".zoom-in"),
        ("Minus" | "NumpadSubtract", _) => KeyAction::Press(".zoom-out"),
        ("Digit0" | "Numpad0", _) => KeyAction::Press(".zoom-fit"),
        ("Escape", _) => KeyAction::Escape,
        _ => return None,
    };
    event.prevent_default();
    Some(action)
}

/// Keys with Control or Command.
fn with_control(event: &KeyboardEvent, in_text: bool) -> Option<KeyAction> {
    match event.code().as_str() {
        "KeyK" => Some(KeyAction::Palette),
        "KeyZ" if in_text => None,
        "KeyZ" if event.shift_key() => Some(KeyAction::Time(TimeIntent::Redo)),
        "KeyZ" => Some(KeyAction::Time(TimeIntent::Undo)),
        "KeyY" if !in_text => Some(KeyAction::Time(TimeIntent::Redo)),
        _ => None,
    }
}
