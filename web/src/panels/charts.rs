//! Charts: pods by state over time, restarts, how pods spread over nodes.

use yew::prelude::*;

use crate::number::decimal;
use crate::session::Insight;
use crate::shared::Env;
use crate::simulator::{Frame, Load, SimTime, Tallies, Tally};

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 100.0;

/// A layer of the stacked area: its class, its words and its count.
type Layer = (&'static str, fn(&Tally) -> i64);

const LAYERS: [Layer; 5] = [
    ("ready", |tally| tally.ready),
    ("starting", |tally| tally.starting),
    ("waiting", |tally| tally.pending),
    ("terminating", |tally| tally.terminating),
    ("ended", |tally| tally.ended),
];

/// The charts side by side.
pub fn draw(env: &Env, insight: &Insight, frame: &Frame, start: SimTime) -> Html {
    let texts = &env.texts;
    let tallies = &insight.tallies;
    let most = most(tallies);
    if most == 0 {
        return html! { <p class="empty-text">{ texts.later().chart_empty }</p> };
    }
    let restarted = tallies.last().map(|(_, tally)| tally.restarts).unwrap_or_default();
    html! {
        <div class="charts" data-testid="charts">
            { pods(env, tallies, start, most, texts.later().chart_pods.to_owned()) }
            <figure><figcaption>{ texts.later().chart_restarts }<span class="most" data-testid="chart-restarts">{ restarted }</span></figcaption>
                <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true"><path class={classes!("line", (restarted == 0).then_some("level"))} d={restarts(tallies, start)} /></svg>
            </figure>
            <figure class="spread"><figcaption>{ texts.later().chart_spread }</figcaption>{ spread(frame) }</figure>
            if !insight.loads.is_empty() {
                <figure class="loads wide"><figcaption>{ texts.later().chart_requests }</figcaption><ul data-testid="loads">{ for insight.loads.iter().map(|load| line(env, load, &insight.loads)) }</ul></figure>
            }
        </div>
    }
}

/// A pod's requests: a column for each second, those it answered, and errors.
fn line(env: &Env, load: &Load, all: &[Load]) -> Html {
    let most = all.iter().flat_map(|load| &load.rate).copied().max().unwrap_or(1).max(1);
    let name = if load.by.is_empty() { env.texts.later().chart_nobody.to_owned() } else { load.by.to_string() };
    let (well, badly) = load.answered;
    let column = |(n, count): (usize, &u32)| {
        let height = f64::from(*count) / f64::from(most) * 20.0;
        html! { <rect x={(n * 5).to_string()} y={decimal(20.0 - height, 1).to_string()} width="4" height={decimal(height, 1).to_string()} /> }
    };
    html! {
        <li><span>{ name }</span>
            <svg viewBox="0 0 200 20" preserveAspectRatio="none" role="img" aria-label={(env.texts.requests_said)(well, badly)}>
                { for load.rate.iter().enumerate().filter(|(_, count)| **count > 0).map(column) }</svg>
            <b>{ well }</b>
            <b class={classes!((badly > 0).then_some("bad"))}>{ badly }</b></li>
    }
}

/// The most pods that there were at any time.
pub fn most(tallies: &Tallies) -> i64 {
    tallies.iter().map(|(_, tally)| all(tally)).max().unwrap_or_default()
}

/// Pods by state over time, under a title; `most` is as high as the picture.
pub fn pods(env: &Env, tallies: &Tallies, start: SimTime, most: i64, title: String) -> Html {
    let texts = &env.texts;
    let names = [texts.ready, texts.later().starting, texts.later().waiting, texts.later().terminating, texts.later().ended];
    let last = tallies.last().map(|(_, tally)| *tally).unwrap_or_default();
    let legend = LAYERS.iter().zip(names).map(|((class, count), name)| {
        html! { <span class={*class}><i></i>{ name }{ " " }<b>{ count(&last) }</b></span> }
    });
    let (ready, there) = (u32::try_from(last.ready).unwrap_or_default(), u32::try_from(all(&last)).unwrap_or_default());
    html! {
        <figure class="wide"><figcaption>{ title }<span class="most">{ most }</span></figcaption>
            <svg viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label={(texts.pods_summary)(ready, there)}>
                { for layers(tallies, start, most).into_iter().zip(LAYERS).map(|(path, (class, _))| html! { <path {class} d={path} /> }) }
            </svg>
            <div class="legend">{ for legend }</div>
        </figure>
    }
}

fn all(tally: &Tally) -> i64 {
    LAYERS.iter().map(|(_, count)| count(tally)).sum()
}

fn scale(tallies: &Tallies, start: SimTime) -> impl Fn(SimTime) -> f64 {
    let end = tallies.last().map_or(1, |(at, _)| at.since(start).micros()).max(1) as f64;
    move |at: SimTime| at.since(start).micros() as f64 / end * WIDTH
}

/// The areas, each on top of those before.
fn layers(tallies: &Tallies, start: SimTime, most: i64) -> Vec<String> {
    let x = scale(tallies, start);
    let y = |count: i64| HEIGHT - HEIGHT * count as f64 / most.max(1) as f64;
    let edge = |upto: usize| -> Vec<(f64, f64)> {
        let sum = |tally: &Tally| LAYERS[..upto].iter().map(|(_, count)| count(tally)).sum::<i64>();
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (at, tally) in tallies {
            let (x, y) = (x(*at), y(sum(tally)));
            // A step: the old height up to here, the new one from here.
            if let Some((_, before)) = points.last().copied() {
                points.push((x, before));
            }
            points.push((x, y));
        }
        points
    };
    let path = |layer: usize| {
        let (low, high) = (edge(layer), edge(layer + 1));
        let mut text = String::from("M");
        for (x, y) in high.iter().chain(low.iter().rev()) {
            text.push_str(&format!("{} {}L", decimal(*x, 1), decimal(*y, 1)));
        }
        text.pop();
        text.push('Z');
        text
    };
    (0..LAYERS.len()).map(path).collect()
}

fn restarts(tallies: &Tallies, start: SimTime) -> String {
    let most = tallies.last().map_or(0, |(_, tally)| tally.restarts).max(1) as f64;
    let x = scale(tallies, start);
    let mut path = format!("M0 {HEIGHT}");
    for (at, tally) in tallies {
        path.push_str(&format!("H{}V{}", decimal(x(*at), 1), decimal(HEIGHT - (HEIGHT - 4.0) * tally.restarts as f64 / most, 1)));
    }
    path
}

fn spread(frame: &Frame) -> Html {
    let most = frame.nodes.iter().map(|node| node.pods.len()).max().unwrap_or_default().max(1);
    let bar = |node: &crate::simulator::NodeRoom| {
        let ready = node.pods.iter().filter(|pod| pod.state == crate::simulator::PodState::Ready).count();
        let width = |count: usize| format!("width:{}%", count * 100 / most);
        html! {
            <li><span>{ node.name.to_string() }</span>
                <span class="bar"><i class="all" style={width(node.pods.len())}></i><i class="ready" style={width(ready)}></i></span>
                <b>{ node.pods.len() }</b></li>
        }
    };
    html! { <ul>{ for frame.nodes.iter().take(24).map(bar) }</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_stand_on_each_other_in_steps() {
        let at = |second: u64| SimTime::from_seconds(100 + second);
        let tally = |ready, starting| Tally { ready, starting, ..Tally::default() };
        let tallies = vec![(at(0), tally(0, 2)), (at(5), tally(1, 1)), (at(10), tally(1, 1))];
        let paths = layers(&tallies, at(0), 2);
        assert_eq!(paths[0], "M0.0 100.0L300.0 100.0L300.0 50.0L600.0 50.0L600.0 50.0L600.0 100.0L600.0 100.0L300.0 100.0L300.0 100.0L0.0 100.0Z");
        assert!(paths[1].starts_with("M0.0 0.0L300.0 0.0L300.0 0.0L600.0 0.0"));
    }
}
