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

use yew::prelude::*;

use crate::intent::Intent;
use crate::shared::Env;

/// Keeps a click inside a sheet from closing it.
pub fn stay() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| event.stop_propagation())
}

/// A tab of a list of tabs.
pub fn tab(env: &Env, name: &'static str, chosen: bool, intent: Intent, id: &'static str) -> Html {
    html! {
        <button type="button" role="tab" aria-selected={chosen.to_string()} class="tab" onclick={env.on(intent)}
            data-testid={format!("tab-{id}")}>{ name }</button>
    }
}
