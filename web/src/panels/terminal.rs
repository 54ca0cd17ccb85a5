//! The terminal: what was typed, what came back, and the line. Text that can be selected, zoomed and read aloud; arrow keys go
//! through what was typed, Tab completes.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, HtmlInputElement};
use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::{Intent, LookIntent};
use crate::session::{Entry, Origin, Terminal, found_before};
use crate::shared::{Env, Shared, use_env};

#[derive(Properties, PartialEq)]
pub struct TerminalProps {
    pub terminal: Shared<Terminal>,
    pub focus: NodeRef,
}

/// The terminal.
#[component]
pub fn TerminalPanel(props: &TerminalProps) -> Html {
    let env = use_env();
    let log = use_node_ref();
    let recalled = use_mut_ref(Recalled::default);
    let terminal = props.terminal.clone();
    use_effect_with((terminal.clone(), log.clone()), |(_, log)| {
        if let Some(log) = log.cast::<Element>() {
            log.set_scroll_top(log.scroll_height());
        }
    });
    let on_key = {
        let (env, typed) = (env.clone(), terminal.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            if !event.is_composing() {
                press(&env, &event, &input, &typed, &mut recalled.borrow_mut());
            }
        })
    };
    let field = props.focus.clone();
    use_effect_with((terminal.offer.clone(), field.clone()), |(offer, field)| {
        if let (Some(offer), Some(input)) = (offer, field.cast::<HtmlInputElement>()) {
            input.set_value(&offer.line);
        }
    });
    let focus_line = Callback::from(move |event: MouseEvent| {
        // Who has just marked text to copy keeps it; a button has its own work.
        let button = event.target_dyn_into::<Element>().is_some_and(|target| matches!(target.closest("button"), Ok(Some(_))));
        let marked = web_sys::window().and_then(|window| window.get_selection().ok().flatten()).is_some_and(|marked| !marked.is_collapsed());
        if let (Some(input), false) = (field.cast::<HtmlInputElement>(), marked || button) {
            let _ = input.focus();
        }
    });
    html! {
        <div class="terminal" role="tabpanel" aria-label={env.texts.terminal} onclick={focus_line}>
            <div class="log" role="log" aria-live="polite" ref={log} tabindex="0" data-testid="terminal-log">
                if terminal.entries.is_empty() {
                    { beginning(&env, &terminal.first) }
                }
                { for terminal.entries.iter().map(|line| entry(&env, line)) }
                if !terminal.pending.is_empty() {
                    { pending(&terminal.pending) }
                }
            </div>
            if let Some(offer) = terminal.offer.as_ref().filter(|offer| offer.words.len() > 1) {
                <p class="offer">{ offer.words.join("  ") }</p>
            }
            { prompt(&env, props, on_key) }
        </div>
    }
}

/// A line's end in the field, which holds but one line.
const LINE_END: &str = "⏎";

/// Puts a text where the caret stands.
fn insert(input: &HtmlInputElement, text: &str) {
    let (from, to) = (input.selection_start().ok().flatten(), input.selection_end().ok().flatten());
    if let (Some(from), Some(to)) = (from, to) {
        let _ = input.set_range_text_with_start_and_end_and_selection_mode(text, from, to, web_sys::SelectionMode::End);
    }
}

/// What is pasted with line ends is typed line by line; what comes after the last one stays in the field.
fn on_paste(env: &Env) -> Callback<Event> {
    let send = env.send.clone();
    Callback::from(move |event: Event| {
        let text = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data).and_then(|data| data.get_data("text").ok()).unwrap_or_default().replace("\r\n", "\n");
        let Some(input) = event.target_dyn_into::<HtmlInputElement>().filter(|_| text.contains('\n')) else { return };
        event.prevent_default();
        insert(&input, &text.replace('\n', LINE_END));
        let all = input.value();
        let mut lines: Vec<String> = all.split(LINE_END).map(str::to_owned).collect();
        input.set_value(&lines.pop().unwrap_or_default());
        send.emit(Intent::Pasted(lines));
    })
}

/// What was typed before of something that goes on over several lines.
fn pending(text: &str) -> Html {
    let line = |(n, line): (usize, &str)| html! { <div class="typed"><span aria-hidden="true">{ if n == 0 { "$ " } else { "> " } }</span>{ line.to_owned() }</div> };
    html! { <div class="entry" data-testid="pending">{ for text.split('\n').enumerate().map(line) }</div> }
}

fn prompt(env: &Env, props: &TerminalProps, on_key: Callback<KeyboardEvent>) -> Html {
    let texts = &env.texts;
    let more = (!props.terminal.pending.is_empty()).then_some(">");
    let prompt = props.terminal.prompt.as_deref().or(more);
    let busy = props.terminal.running.is_some();
    let waits = busy && prompt.is_none();
    html! {
        <div class="prompt">
            <label for="line" aria-hidden="true">{ prompt.unwrap_or("$").to_owned() }</label>
            <input id="line" ref={props.focus.clone()} onkeydown={on_key} onpaste={on_paste(env)} autocomplete="off" autocapitalize="off" spellcheck="false"
                aria-label={texts.terminal_label} readonly={waits}
                placeholder={match (waits, prompt) { (true, _) => texts.prompt_busy, (_, Some(_)) => "", _ => texts.terminal_hint }}
                data-testid="line" />
            if busy {
                <button type="button" class="quiet" onclick={env.on(Intent::Interrupt)} aria-label={texts.interrupt} title={texts.interrupt}
                    data-testid="interrupt">{ icon(Icon::Close) }</button>
            }
        </div>
    }
}

fn beginning(env: &Env, first: &[String]) -> Html {
    let line = |line: &String| {
        html! { <button type="button" class="first-line" onclick={env.on(Intent::Line(line.clone()))}><code>{ line.clone() }</code></button> }
    };
    html! { <div class="beginning"><p>{ env.texts.try_these }</p>{ for first.iter().map(line) }</div> }
}

fn entry(env: &Env, entry: &Entry) -> Html {
    let class = classes!("entry", entry.failed.then_some("failed"), (entry.origin == Origin::Button).then_some("from-button"));
    let is_remark = entry.line.starts_with('#');
    html! {
        <div {class} key={entry.number}>
            <div class="typed"><span aria-hidden="true">{ if is_remark { "" } else { "$ " } }</span>{ entry.line.clone() }</div>
            if !entry.output.is_empty() {
                <pre>{ entry.output.clone() }</pre>
            }
            if let Some(about) = &entry.about {
                <button type="button" class="link why-link" onclick={env.on(LookIntent::Why(about.clone()).into())} data-testid="why-refused">
                    { format!("{} {}/{}", env.texts.why_tab, about.kind.info().singular, about.name) }</button>
            }
        </div>
    }
}

fn press(
    env: &Env,
    event: &KeyboardEvent,
    input: &HtmlInputElement,
    terminal: &Terminal,
    recalled: &mut Recalled,
) {
    if !(event.ctrl_key() && event.key() == "r") && event.key() != "Control" {
        recalled.search = None;
    }
    match event.key().as_str() {
        "Enter" if terminal.prompt.is_some() => {
            env.send.emit(Intent::Type(input.value()));
            input.set_value("");
        }
        "d" if event.ctrl_key() && terminal.prompt.is_some() => {
            event.prevent_default();
            env.send.emit(Intent::TypeEnd);
        }
        "r" if event.ctrl_key() && terminal.running.is_none() => {
            event.prevent_default();
            search(input, terminal, recalled);
        }
        "Enter" if event.shift_key() && terminal.running.is_none() => {
            event.prevent_default();
            insert(input, LINE_END);
        }
        "Enter" if terminal.running.is_none() => {
            env.send.emit(Intent::Typed(input.value().replace(LINE_END, "\n")));
            input.set_value("");
            *recalled = Recalled::default();
        }
        "ArrowUp" | "ArrowDown" => {
            event.prevent_default();
            recalled.at = recall(terminal.typed.len(), recalled.at, event.key() == "ArrowUp");
            let line = recalled.at.and_then(|n| terminal.typed.get(n)).map(|line| line.replace('\n', LINE_END));
            input.set_value(&line.unwrap_or_default());
        }
        "Tab" if !event.shift_key() && !input.value().is_empty() => {
            event.prevent_default();
            env.send.emit(Intent::Complete(input.value()));
        }
        "l" if event.ctrl_key() => {
            event.prevent_default();
            env.send.emit(Intent::ClearTerminal);
        }
        "c" if event.ctrl_key() && input.selection_start() == input.selection_end() => env.send.emit(Intent::Interrupt),
        "Escape" => drop(input.blur()),
        _ => {}
    }
}

/// Which of the lines that were typed is shown again.
#[derive(Default)]
struct Recalled {
    at: Option<usize>,
    /// What Ctrl+R looks for.
    search: Option<String>,
}

/// Ctrl+R: the latest line that holds what was typed; once more, the one before it.
fn search(input: &HtmlInputElement, terminal: &Terminal, recalled: &mut Recalled) {
    let again = recalled.search.is_some();
    let text = recalled.search.get_or_insert_with(|| input.value()).clone();
    let before = recalled.at.filter(|_| again).unwrap_or(terminal.typed.len());
    let Some(at) = found_before(&terminal.typed, before, &text) else { return };
    recalled.at = Some(at);
    input.set_value(&terminal.typed[at].replace('\n', LINE_END));
}

/// Where the arrow keys lead in a list of so many lines; None is the empty line after the last.
fn recall(count: usize, at: Option<usize>, back: bool) -> Option<usize> {
    match (at, back) {
        (None, true) => count.checked_sub(1),
        (Some(n), true) => Some(n.saturating_sub(1)),
        (Some(n), false) if n + 1 < count => Some(n + 1),
        (_, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_go_through_what_was_typed() {
        assert_eq!(recall(0, None, true), None);
        assert_eq!(recall(3, None, true), Some(2));
        assert_eq!(recall(3, Some(0), true), Some(0));
        assert_eq!(recall(3, Some(2), false), None);
        assert_eq!(recall(3, Some(1), false), Some(2));
    }
}
