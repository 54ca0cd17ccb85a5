//! A pod's tile: its state by shape, fill and hue, and the stamp of the template it was made from.

use std::f64::consts::TAU;

use yew::prelude::*;

use crate::number::decimal;
use crate::simulator::PodState;

/// Side of the drawing.
const SIDE: f64 = 28.0;

/// The word for a state in the style sheet.
pub fn state_class(state: PodState) -> &'static str {
    match state {
        PodState::Pending => "pending",
        PodState::Starting { .. } => "starting",
        PodState::NotReady => "not-ready",
        PodState::Ready => "ready",
        PodState::BackOff { .. } => "back-off",
        PodState::Terminating { .. } => "terminating",
        PodState::Completed => "completed",
        PodState::Failed => "failed",
        PodState::Lost => "lost",
    }
}

/// The tile, with a nick for each probe failure that does not count yet.
pub fn tile(state: PodState, stamp: Option<u8>, nicks: u8) -> Html {
    html! {
        <svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
            <rect class="body" x="1.5" y="1.5" width="25" height="25" rx="6.5" />
            { inside(state) }
            { for (0..nicks).map(|n| html! { <path class="nick" d={format!("M{} 0h5l-2.5 5.5z", decimal(3.5 + 8.0 * f64::from(n), 1))} /> }) }
            if !matches!(state, PodState::Completed | PodState::Failed) {
                { stamp.map(|stamp| stamp_glyph(stamp, SIDE / 2.0, SIDE / 2.0, 5.0)).unwrap_or_default() }
            }
        </svg>
    }
}

fn inside(state: PodState) -> Html {
    match state {
        PodState::Starting { progress } => {
            let height = 21.0 * f64::from(progress) / 1000.0;
            let y = 24.5 - height;
            html! { <rect class="fill" x="3.5" y={decimal(y, 1).to_string()} width="21" height={decimal(height, 1).to_string()} rx="4" /> }
        }
        PodState::NotReady => html! { <rect class="hollow" x="6.5" y="6.5" width="15" height="15" rx="3.5" /> },
        PodState::BackOff { left } => html! { <path class="hand" d={clock(left)} /> },
        PodState::Completed => html! { <path class="sign" d="M8 14.5l4.2 4.2L20.5 10" /> },
        PodState::Failed => html! { <path class="sign" d="M9 9l10 10M19 9L9 19" /> },
        PodState::Pending | PodState::Ready | PodState::Terminating { .. } | PodState::Lost => Html::default(),
    }
}

/// A clock's face: the arc that is left, from twelve o'clock, and the hand at its end.
fn clock(left: u16) -> String {
    let angle = TAU * f64::from(left.min(999)) / 1000.0;
    let (x, y) = (14.0 + 9.0 * sine(angle), 14.0 - 9.0 * cosine(angle));
    let large = u8::from(left > 500);
    format!("M14 5A9 9 0 {large} 1 {} {}", decimal(x, 1), decimal(y, 1))
}

/// A sine to four decimals, from none up to two turns: a drawing needs no more, and the exact one takes six kilobytes.
fn sine(angle: f64) -> f64 {
    let half = TAU / 2.0;
    let x = (angle + half) % TAU - half;
    let x = if x.abs() > half / 2.0 { half.copysign(x) - x } else { x };
    let square = x * x;
    x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0))))
}

fn cosine(angle: f64) -> f64 {
    sine(angle + TAU / 4.0)
}

/// The stamp that is a ring.
pub const OPEN: u8 = 5;

/// A stamp: one of twelve glyphs around a centre.
pub fn stamp_glyph(stamp: u8, x: f64, y: f64, r: f64) -> Html {
    let class = if stamp == OPEN { "stamp open" } else { "stamp" };
    html! { <path {class} d={stamp_path(stamp, x, y, r)} /> }
}

/// The same as a path.
pub fn stamp_path(stamp: u8, x: f64, y: f64, r: f64) -> String {
    match stamp {
        0 => circle(x, y, r * 0.86),
        OPEN => circle(x, y, r * 0.72),
        1 => polygon(&corners(3, x, y + r * 0.2, r * 1.1, 0.0)),
        2 => polygon(&corners(4, x, y, r * 1.05, TAU / 8.0)),
        3 => polygon(&corners(4, x, y, r * 1.1, 0.0)),
        4 => polygon(&star(5, x, y, r * 1.2)),
        6 => {
            let (a, b) = (r * 0.34, r);
            polygon(&[(-a, -b), (a, -b), (a, -a), (b, -a), (b, a), (a, a), (a, b), (-a, b), (-a, a), (-b, a), (-b, -a), (-a, -a)]
                .map(|(dx, dy)| (x + dx, y + dy)))
        }
        7 => polygon(&corners(3, x, y - r * 0.2, r * 1.1, TAU / 2.0)),
        8 => polygon(&corners(6, x, y, r, 0.0)),
        9 => polygon(&[(-r, -r * 0.36), (r, -r * 0.36), (r, r * 0.36), (-r, r * 0.36)].map(|(dx, dy)| (x + dx, y + dy))),
        10 => polygon(&star(4, x, y, r * 1.25)),
        _ => polygon(&corners(5, x, y, r, 0.0)),
    }
}

fn circle(x: f64, y: f64, r: f64) -> String {
    let [left, y, r, across] = [x - r, y, r, 2.0 * r].map(|value| decimal(value, 2));
    format!("M{left} {y}a{r} {r} 0 1 1 {across} 0a{r} {r} 0 1 1 -{across} 0")
}

fn corners(count: u8, x: f64, y: f64, r: f64, turn: f64) -> Vec<(f64, f64)> {
    let at = |n| turn + TAU * f64::from(n) / f64::from(count);
    (0..count).map(|n| (x + r * sine(at(n)), y - r * cosine(at(n)))).collect()
}

fn star(points: u8, x: f64, y: f64, r: f64) -> Vec<(f64, f64)> {
    let (outer, inner) = (corners(points, x, y, r, 0.0), corners(points, x, y, r * 0.45, TAU / f64::from(points) / 2.0));
    outer.into_iter().zip(inner).flat_map(|(a, b)| [a, b]).collect()
}

fn polygon(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{} {}", decimal(*x, 2), decimal(*y, 2))).collect();
    format!("M{}Z", points.join("L"))
}

/// The hatch of terminating pods, defined once for the page.
pub fn definitions() -> Html {
    html! {
        <svg class="definitions" aria-hidden="true" width="0" height="0">
            <defs>
                <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-ground" width="5" height="5" />
                    <rect class="hatch-line" width="2" height="5" />
                </pattern>
            </defs>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sine_is_good_enough_to_draw() {
        for step in 0..200 {
            let angle = 2.0 * TAU * f64::from(step) / 200.0;
            assert!((sine(angle) - angle.sin()).abs() < 1e-4 && (cosine(angle) - angle.cos()).abs() < 1e-4, "{angle}");
        }
    }

    #[test]
    fn the_clock_hand_goes_round_from_full_to_nothing() {
        assert!(clock(1000).contains(" 1 1 "));
        assert!(clock(250).starts_with("M14 5A9 9 0 0 1 23.0 14.0"));
        assert!(clock(0).ends_with("14.0 5.0"));
    }
}
