//! What the page does when a key that no field took is pressed.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::keys::KeyAction;
use super::{App, Msg};
use crate::document::{focused, found};
use crate::intent::{DockTab, LookIntent, NarrowTab, TimeIntent};

impl App {
    /// Does what a key asks for; whether that changes what is drawn.
    pub(super) fn key(&mut self, ctx: &Context<App>, action: KeyAction) -> bool {
        let look = self.session.model().look.clone();
        let stays = matches!(action, KeyAction::Escape | KeyAction::Palette | KeyAction::Labs | KeyAction::Help);
        if !stays && (look.labs || look.palette || look.help) {
            // What lies behind an open dialog is not for the keys.
            return false;
        }
        let intent = match action {
            KeyAction::Time(intent) => intent.into(),
            KeyAction::Faster(faster) => {
                let speed = self.session.model().speed.detent(faster);
                TimeIntent::SetSpeed(speed).into()
            }
            KeyAction::Lens => {
                if let Some(field) = found(".lens input") {
                    let _ = field.focus();
                }
                return false;
            }
            KeyAction::Press(selector) => {
                if let Some(button) = found(selector) {
                    button.click();
                }
                return false;
            }
            KeyAction::Details | KeyAction::Why => {
                mark_focused();
                let asked = if action == KeyAction::Why { LookIntent::AskWhy } else { LookIntent::Details };
                // After the mark, which comes as a message.
                ctx.link().send_message(Msg::Do(asked.into()));
                return false;
            }
            KeyAction::Palette => LookIntent::Palette(!look.palette).into(),
            KeyAction::Labs => LookIntent::Labs(!look.labs).into(),
            KeyAction::Help => LookIntent::Help(!look.help).into(),
            KeyAction::Escape if look.help => LookIntent::Help(false).into(),
            KeyAction::Escape if look.palette => LookIntent::Palette(false).into(),
            KeyAction::Escape if look.labs => LookIntent::Labs(false).into(),
            KeyAction::Escape if look.link.is_some() => LookIntent::CloseLink.into(),
            KeyAction::Escape if look.menu => LookIntent::CloseMenu.into(),
            KeyAction::Escape if look.inspecting.is_some() => LookIntent::CloseInspector.into(),
            KeyAction::Escape => LookIntent::Deselect.into(),
            KeyAction::Terminal => {
                focus_soon(self.line.clone());
                LookIntent::Dock(DockTab::Terminal).into()
            }
            KeyAction::Editor => {
                Timeout::new(0, crate::editor::focus).forget();
                LookIntent::Narrow(NarrowTab::Files).into()
            }
        };
        self.perform(ctx, intent);
        if self.session.is_playing() {
            self.pace.ask();
        }
        true
    }
}

fn focus_soon(node: NodeRef) {
    let focus = move || {
        if let Some(element) = node.cast::<HtmlElement>() {
            let _ = element.focus();
        }
    };
    Timeout::new(0, focus).forget();
}

/// What has the focus on the stage is marked, as a press on it does.
fn mark_focused() {
    let stop = focused().filter(|element| element.has_attribute("data-stop"));
    if let Some(element) = stop.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}
