//! What could stand at the caret of the plain field: the same list that CodeMirror shows, asked for with Ctrl+Space.

use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use crate::intent::{FileIntent, Intent, Question, Topic};
use crate::session::{Answered, Files};
use crate::simulator::Suggestion;

/// The number of the field's own questions: CodeMirror counts its own from 1.
const ID: u32 = u32::MAX;
/// So many are listed.
const MOST: usize = 12;

/// Which one of the list is marked; None while there is no list.
pub type Chosen = UseStateHandle<Option<usize>>;

/// Asks what could stand at the caret.
pub fn ask(area: &HtmlTextAreaElement, send: &Callback<Intent>) {
    let at = area.selection_start().ok().flatten().unwrap_or_default() as usize;
    send.emit(FileIntent::Ask(Question { id: ID, topic: Topic::Complete, at }).into());
}

/// What fits what is written before the caret, with the place where that begins, in units of UTF-16.
fn fitting(files: &Files, caret: usize) -> (usize, Vec<&Suggestion>) {
    let answer = files.answer.as_ref().filter(|answer| answer.id == ID);
    let Some(Answered::Suggestions(from, options)) = answer.map(|answer| &answer.body) else { return (0, Vec::new()) };
    let units: Vec<u16> = files.text().encode_utf16().collect();
    let typed = String::from_utf16_lossy(units.get(*from..caret.max(*from)).unwrap_or_default());
    (*from, options.iter().filter(|option| option.label.starts_with(typed.as_str())).take(MOST).collect())
}

/// The list under the line of the caret.
pub fn draw(files: &Files, chosen: &Chosen, area: &NodeRef) -> Html {
    let (Some(at), Some(area)) = (**chosen, area.cast::<HtmlTextAreaElement>()) else { return Html::default() };
    let caret = area.selection_start().ok().flatten().unwrap_or_default() as usize;
    let (from, options) = fitting(files, caret);
    if options.is_empty() {
        return Html::default();
    }
    let units: Vec<u16> = files.text().encode_utf16().take(from).collect();
    let before = String::from_utf16_lossy(&units);
    let (row, column) = (before.split('\n').count(), before.rsplit('\n').next().unwrap_or_default().chars().count());
    let entry = |(n, option): (usize, &&Suggestion)| {
        html! { <li role="option" aria-selected={(n == at.min(options.len() - 1)).to_string()}><b>{ option.label.clone() }</b><span>{ option.detail.clone() }</span></li> }
    };
    html! {
        <ul class="offer-list" role="listbox" id="offer-list" style={format!("--row:{row};--column:{column}")} data-testid="offer-list">
            { for options.iter().enumerate().map(entry) }
        </ul>
    }
}

/// Keys while the list is there, and the one that asks for it. True if the key was its own.
pub fn on_key(event: &KeyboardEvent, area: &HtmlTextAreaElement, files: &Files, chosen: &Chosen, send: &Callback<Intent>) -> bool {
    if event.ctrl_key() && event.code() == "Space" {
        event.prevent_default();
        chosen.set(Some(0));
        ask(area, send);
        return true;
    }
    let Some(at) = **chosen else { return false };
    let caret = area.selection_start().ok().flatten().unwrap_or_default();
    let (from, options) = fitting(files, caret as usize);
    let Some(last) = options.len().checked_sub(1) else { return false };
    match event.key().as_str() {
        "ArrowDown" => chosen.set(Some(if at >= last { 0 } else { at + 1 })),
        "ArrowUp" => chosen.set(Some(if at == 0 { last } else { at.min(last) - 1 })),
        "Escape" => chosen.set(None),
        "Enter" | "Tab" => {
            let option = options[at.min(last)];
            let _ = area.set_selection_range(u32::try_from(from).unwrap_or_default(), caret);
            super::insert(event, &option.insert);
            if option.again {
                chosen.set(Some(0));
                ask(area, send);
            } else {
                chosen.set(None);
            }
        }
        _ => return false,
    }
    event.prevent_default();
    true
}
