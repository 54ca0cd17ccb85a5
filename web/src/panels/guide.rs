//! The line under the stage that says what to try: of a lab its words and its first command, else the first hint.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::{DockTab, FileIntent, Intent, LookIntent, TimeIntent};
use crate::session::{Hint, Labs, Look, Speed};
use crate::shared::{Env, Shared, use_env, whole_words};
use crate::simulator::Lab;

#[derive(Properties, PartialEq)]
pub struct GuideProps {
    pub look: Shared<Look>,
    pub labs: Shared<Labs>,
}

/// What to try.
#[component]
pub fn Guide(props: &GuideProps) -> Html {
    let env = use_env();
    match props.labs.played() {
        Some(lab) if props.look.guide => told(&env, lab, props.look.dock),
        None if props.labs.current.is_empty() => hint(&env, props.look.hint),
        _ => Html::default(),
    }
}

fn told(env: &Env, lab: &Lab, dock: DockTab) -> Html {
    let language = env.texts.code;
    let first = &lab.first;
    html! {
        <aside class="guide" aria-label={lab.title.tell(language).to_owned()} data-testid="guide">
            <div class="guide-words" tabindex="0">
                <b>{ lab.title.tell(language).to_owned() }</b>
                { for lab.advice.tell(language).lines().map(|line| html! { <p>{ for joined(said(line)).map(|part| word(env, part, dock)) }</p> }) }
            </div>
            if !first.is_empty() {
                <button type="button" class="first-line" onclick={run(env, first, dock)} title={env.texts.run_line} data-testid="guide-line">
                    { icon(Icon::Play) }{ whole_words(first) }</button>
            }
            { close(env, LookIntent::CloseGuide) }
        </aside>
    }
}

/// Gives a line to the terminal.
fn run(env: &Env, line: &str, dock: DockTab) -> Callback<MouseEvent> {
    let (send, line) = (env.send.clone(), line.to_owned());
    Callback::from(move |_: MouseEvent| {
        // What the line prints is seen; who follows requests sees the next one there.
        let asks = line.starts_with("request") || line.contains("curl ");
        if dock != DockTab::Traffic || !asks {
            send.emit(LookIntent::Dock(DockTab::Terminal).into());
        }
        send.emit(Intent::Line(line.clone()));
    })
}

/// A part of what a lab says to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said<'a> {
    /// Plain words.
    Words(&'a str),
    /// Plain words whose beginning belongs to what stands before: no line ends between them.
    Joined(&'a str),
    /// `×100`: how fast the clock is to play.
    Speed(&'a str),
    /// Between grave accents: a line for the terminal, or a file.
    Code(&'a str),
}

/// The parts of a line of what to try.
fn said(line: &str) -> Vec<Said<'_>> {
    let mut parts = Vec::new();
    for (n, part) in line.split('`').enumerate() {
        if n % 2 == 1 {
            parts.push(Said::Code(part));
            continue;
        }
        let mut rest = part;
        while let Some((before, after)) = rest.split_once('×') {
            let digits = after.len() - after.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
            parts.extend([Said::Words(before), Said::Speed(&after[..digits])]);
            rest = &after[digits..];
        }
        parts.push(Said::Words(rest));
    }
    parts
}

/// The parts, with a full stop or a Korean particle kept at the word that it belongs to.
fn joined(parts: Vec<Said<'_>>) -> impl Iterator<Item = Said<'_>> {
    parts.into_iter().enumerate().map(|(n, part)| match part {
        Said::Words(text) if n > 0 && !text.is_empty() && !text.starts_with(' ') => Said::Joined(text),
        part => part,
    })
}

/// What is said can be done where it stands: a speed is set, a line is given to the terminal, a file is opened.
fn word(env: &Env, part: Said<'_>, dock: DockTab) -> Html {
    match part {
        Said::Words(text) => html! { { text.to_owned() } },
        Said::Joined(text) => html! { { format!("\u{2060}{text}") } },
        Said::Speed(factor) => {
            // A power of ten: as many places as noughts.
            let place = factor.len().saturating_sub(1) as u16 * 100 + Speed::REAL.place();
            let go = env.on::<MouseEvent>(TimeIntent::SetSpeed(Speed::at(place)).into());
            html! { <button type="button" class="link" onclick={go} data-testid="guide-speed">{ format!("×{factor}") }</button> }
        }
        Said::Code(name) if name.ends_with(".yaml") => {
            let go = env.on::<MouseEvent>(FileIntent::Open(name.to_owned()).into());
            html! { <button type="button" class="link" onclick={go} data-testid="guide-file"><code>{ name.to_owned() }</code></button> }
        }
        Said::Code(line) if line.contains(' ') => {
            html! { <button type="button" class="link" onclick={run(env, line, dock)} title={env.texts.run_line} data-testid="guide-do">{ whole_words(line) }</button> }
        }
        Said::Code(text) => html! { <code>{ text.to_owned() }</code> },
    }
}

/// The first deed, then how to get past the minutes in which nothing seems to follow from it.
fn hint(env: &Env, hint: Hint) -> Html {
    let words = match hint {
        Hint::First => html! { <>{ icon(Icon::Power) }<span>{ env.texts.hint_first }</span></> },
        Hint::Wait(_) => html! {
            <>
                <span>{ env.texts.hint_wait }</span>
                <button type="button" class="quiet" onclick={env.on(TimeIntent::Jump.into())} title={env.texts.jump} data-testid="hint-jump">
                    { icon(Icon::Jump) }{ env.texts.hint_jump }</button>
            </>
        },
        Hint::Seen => html! { <span>{ env.texts.later().hint_seen }</span> },
        Hint::Over => return Html::default(),
    };
    html! {
        <div class="hint" data-testid="hint">
            { words }
            { close(env, LookIntent::DismissHint) }
        </div>
    }
}

fn close(env: &Env, intent: LookIntent) -> Html {
    html! {
        <button type="button" class="quiet" onclick={env.on(intent.into())} aria-label={env.texts.dismiss} title={env.texts.dismiss}>
            { icon(Icon::Close) }</button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_stands_out_of_the_words() {
        let line = "Run at ×100, then `kubectl get pods`; open `a.yaml`.";
        let expected = [Said::Words("Run at "), Said::Speed("100"), Said::Words(", then "), Said::Code("kubectl get pods"), Said::Words("; open "), Said::Code("a.yaml"), Said::Words(".")];
        assert_eq!(said(line), expected);
        assert_eq!(said("Wait."), [Said::Words("Wait.")]);
        let ends: Vec<Said<'_>> = joined(said("`a.yaml` and `b.yaml`.")).collect();
        assert_eq!(ends, [Said::Words(""), Said::Code("a.yaml"), Said::Words(" and "), Said::Code("b.yaml"), Said::Joined(".")]);
    }
}
