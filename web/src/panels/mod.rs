//! The panels around the stage. Each draws what it is given and sends intents.

mod branches;
mod changes;
mod charts;
mod dock;
mod events;
mod files;
mod guide;
mod header;
mod help;
mod inspector;
mod labs;
mod new_file;
mod next;
mod notice;
mod palette;
mod share;
mod summary;
mod tabs;
mod terminal;
mod timebar;
mod track;
mod traffic;
mod why;

pub use dock::Dock;
pub use files::FilesPane;
pub use guide::Guide;
pub use header::Header;
pub use help::Help;
pub use inspector::Inspector;
pub use labs::LabMenu;
pub use notice::NoticeBar;
pub use palette::Palette;
pub use timebar::TimeBar;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::intent::Intent;
use crate::shared::Env;

/// Keeps a click inside a sheet from closing it.
pub fn stay() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| event.stop_propagation())
}

/// A tab of a list of tabs. Only the chosen one is in the order of Tab: arrows go on from it, as the pattern "Tabs" of WAI-ARIA has it.
pub fn tab(env: &Env, name: &'static str, chosen: bool, intent: Intent, id: &'static str) -> Html {
    html! {
        <button type="button" role="tab" aria-selected={chosen.to_string()} tabindex={if chosen { "0" } else { "-1" }} class="tab"
            onclick={env.on(intent)} onkeydown={Callback::from(go_along)} data-testid={format!("tab-{id}")}>{ name }</button>
    }
}

/// Arrows, Home and End go along a list of tabs and around its ends; what is reached is chosen.
fn go_along(event: KeyboardEvent) {
    let Some(tab) = event.target_dyn_into::<HtmlElement>() else { return };
    let Some(list) = tab.parent_element() else { return };
    let to = match event.key().as_str() {
        "ArrowRight" => tab.next_element_sibling().or_else(|| list.first_element_child()),
        "ArrowLeft" => tab.previous_element_sibling().or_else(|| list.last_element_child()),
        "Home" => list.first_element_child(),
        "End" => list.last_element_child(),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(to) = to.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = to.focus();
        to.click();
    }
}
