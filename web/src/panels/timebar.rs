//! The time bar: play, step, speed, the clock, and the track that leads to any moment of the history.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::track::{self, Span};
use crate::icons::{Icon, icon};
use crate::intent::TimeIntent;
use crate::number::decimal;
use crate::session::Speed;
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{MarkKind, SimDuration, SimTime, Timeline};

#[derive(Properties, PartialEq)]
pub struct TimeBarProps {
    /// Marks, ready pods and branches; its own end and moment are left out.
    pub timeline: Shared<Timeline>,
    pub now: SimTime,
    pub end: SimTime,
    pub playing: bool,
    /// Whether what was opened is still played to its moment.
    pub opening: bool,
    pub speed: Speed,
}

/// The time bar.
#[component]
pub fn TimeBar(props: &TimeBarProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let timeline = &*props.timeline;
    let span = Span::of(timeline.start, props.end.max(props.now));
    let past = props.now < span.end;
    let (play, sign) = if props.playing { (texts.pause, Icon::Pause) } else { (texts.play, Icon::Play) };
    let elapsed = track::clock(props.now.since(timeline.start).micros());
    html! {
        <section class={classes!("timebar", past.then_some("past"))} aria-label={texts.history} aria-busy={props.opening.then_some("true")} data-testid="timebar">
            <div class="buttons">
                { button(&env, TimeIntent::StepBack, texts.step_back, ",", Icon::StepBack, "step-back") }
                <button type="button" class="play" onclick={env.on(TimeIntent::TogglePlay.into())} aria-label={play} title={format!("{play} (Space)")}
                    data-testid="play" data-playing={props.playing.to_string()}>{ icon(sign) }</button>
                { button(&env, TimeIntent::Step, texts.step, ".", Icon::Step, "step") }
                { button(&env, TimeIntent::Jump, texts.jump, "j", Icon::Jump, "jump") }
            </div>
            { speed(&env, props.speed) }
            <output class="clock" aria-label={texts.clock} data-testid="clock" data-micros={props.now.since(timeline.start).micros().to_string()}>
                { elapsed }
                if past {
                    <span class="past-word">{ if props.opening { texts.later().opening } else { texts.in_the_past } }</span>
                }
            </output>
            { slider(&env, timeline, &span, props.now) }
            <button type="button" class="quiet to-end" onclick={env.on(TimeIntent::ToEnd.into())} disabled={!past} aria-label={texts.to_end}
                title={texts.to_end} data-testid="to-end">{ icon(Icon::ToEnd) }</button>
        </section>
    }
}

fn button(env: &Env, intent: TimeIntent, name: &str, key: &str, sign: Icon, id: &'static str) -> Html {
    html! {
        <button type="button" class="quiet" onclick={env.on(intent.into())} aria-label={name.to_owned()} title={format!("{name} ({key})")}
            data-testid={id}>{ icon(sign) }</button>
    }
}

fn value(event: &InputEvent) -> Option<f64> {
    Some(event.target_dyn_into::<HtmlInputElement>()?.value_as_number()).filter(|number| number.is_finite())
}

fn speed(env: &Env, speed: Speed) -> Html {
    let send = env.send.clone();
    let change = Callback::from(move |event: InputEvent| {
        if let Some(place) = value(&event) {
            send.emit(TimeIntent::SetSpeed(Speed::at(place as u16)).into());
        }
    });
    let label = speed.label();
    html! {
        <label class="speed" title={(env.texts.speed_is)(&label)}>
            <input type="range" min="0" max={Speed::MAX_PLACE.to_string()} step="1" value={speed.place().to_string()} oninput={change}
                aria-label={env.texts.speed} aria-valuetext={label.clone()} data-testid="speed" />
            <span class="speed-scale" aria-hidden="true">{ for ["0.1", "1", "10", "100", "1k"].into_iter().zip(0..).map(|(word, n)| detent(env, word, n)) }</span>
            <span class="speed-label" data-testid="speed-label">{ label }</span>
        </label>
    }
}

/// A power of ten under the slider: a press goes there. Keys have the slider itself.
fn detent(env: &Env, word: &'static str, n: u16) -> Html {
    let send = env.send.clone();
    let go = Callback::from(move |event: MouseEvent| {
        // A press on the slider's label would go to the slider.
        event.prevent_default();
        send.emit(TimeIntent::SetSpeed(Speed::at(n * 100)).into());
    });
    html! { <span class="detent" style={format!("--n:{n}")} onclick={go} data-testid={format!("detent-{word}")}>{ word }</span> }
}

fn slider(env: &Env, timeline: &Timeline, span: &Span, now: SimTime) -> Html {
    let percent = |at: SimTime| format!("{}%", decimal(span.place(at) * 100.0, 3));
    let length = track::clock(span.length * 1_000_000);
    html! {
        <div class="track" style={format!("--at:{};--end:{}", percent(now), percent(span.end))}>
            <svg class="area" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true"><path d={track::area(timeline, span)} /></svg>
            <span class="line" aria-hidden="true"></span>
            { for track::marks(timeline, span, env.texts.restarts).into_iter().map(|(place, at, kind, text)| mark(env, place, at, kind, text)) }
            { for forks(timeline, span) }
            { range(env, timeline, span, now) }
            <span class="length" aria-hidden="true">{ length.trim_end_matches(".0").to_owned() }</span>
        </div>
    }
}

/// A mark: a press goes there. Keys go from mark to mark by the slider.
fn mark(env: &Env, place: u32, at: SimTime, kind: MarkKind, text: String) -> Html {
    let class = match kind {
        MarkKind::Command => "flag",
        MarkKind::Failure => "failure",
        MarkKind::Restart => "again",
        MarkKind::Scaling => "scaling",
    };
    html! {
        <button type="button" class={classes!("mark-at", class)} tabindex="-1" aria-hidden="true" onclick={env.on(TimeIntent::Seek(at).into())}
            style={format!("--place:{}", decimal(f64::from(place) / 1000.0, 3))} title={text}></button>
    }
}

/// Where branches leave the one that is shown, and where it left its own.
fn forks(timeline: &Timeline, span: &Span) -> Vec<Html> {
    let places = timeline.branches.iter().filter_map(|branch| branch.forked_at.map(|at| (at, branch.current)));
    let draw = |(at, current): (SimTime, bool)| {
        let class = classes!("fork", current.then_some("current"));
        let style = format!("--place:{}", span.place(at));
        html! { <span {class} {style}>{ icon(Icon::Branch) }</span> }
    };
    places.map(draw).collect()
}

/// The slider itself, in milliseconds. Arrow keys go by a second, with Shift by ten; the page keys from mark to mark.
fn range(env: &Env, timeline: &Timeline, span: &Span, now: SimTime) -> Html {
    let Span { start, end, length } = *span;
    let since = now.since(start);
    let send = env.send.clone();
    let change = Callback::from(move |event: InputEvent| {
        if let Some(millis) = value(&event) {
            send.emit(TimeIntent::Seek((start + SimDuration::from_millis(millis as u64)).min(end)).into());
        }
    });
    let hold = |held: bool| env.on::<PointerEvent>(TimeIntent::Hold(held).into());
    let send = env.send.clone();
    let [before, after] = [false, true].map(|forward| track::neighbour(timeline, now, forward));
    let on_key = Callback::from(move |event: KeyboardEvent| {
        let step = SimDuration::from_seconds(if event.shift_key() { 10 } else { 1 });
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => (now - step).max(start),
            "ArrowRight" | "ArrowUp" => (now + step).min(end),
            "PageUp" => before.unwrap_or(start),
            "PageDown" => after.unwrap_or(end),
            "Home" => start,
            "End" => end,
            _ => return,
        };
        event.prevent_default();
        send.emit(TimeIntent::Seek(to).into());
    });
    let said = [track::clock(since.micros()), track::marked(timeline, now, env.texts.restarts)];
    html! {
        <input type="range" min="0" max={(length * 1000).to_string()} step="1" value={since.millis().to_string()} oninput={change}
            onkeydown={on_key} onpointerdown={hold(true)} onpointerup={hold(false)} onpointercancel={hold(false)}
            aria-label={env.texts.history} aria-valuetext={said.join(" ")} data-testid="history" />
    }
}
