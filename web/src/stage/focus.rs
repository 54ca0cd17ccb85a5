//! Keys on the stage: arrows go to the nearest thing in that direction, `m` opens what can be done.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;


/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// A thing's place: left, top, right, bottom.
pub type Area = [f64; 4];

/// What a thing beside the row or column costs, so that rows and columns hold together.
const ASIDE: f64 = 2_000.0;

/// How far a thing is in a direction; None if it is not in that direction.
pub fn distance(direction: Direction, from: Area, to: Area) -> Option<f64> {
    let centre = |area: Area, side: usize| (area[side] + area[side + 2]) / 2.0;
    let (side, sign) = match direction {
        Direction::Left => (0, -1.0),
        Direction::Right => (0, 1.0),
        Direction::Up => (1, -1.0),
        Direction::Down => (1, 1.0),
    };
    let other = 1 - side;
    let along = (centre(to, side) - centre(from, side)) * sign;
    let across = (centre(to, other) - centre(from, other)).abs();
    let in_line = from[other] < to[other + 2] && to[other] < from[other + 2];
    (along > 1.0).then_some(along + if in_line { 0.0 } else { ASIDE + 2.0 * across })
}

fn area(element: &Element) -> Area {
    let rect = element.get_bounding_client_rect();
    [rect.left(), rect.top(), rect.right(), rect.bottom()]
}

fn stops(within: &Element) -> Vec<HtmlElement> {
    let found = within.query_selector_all("[data-stop]:not(:disabled)").ok();
    let all = found.iter().flat_map(|list| (0..list.length()).filter_map(|n| list.item(n)));
    all.filter_map(|node| node.dyn_into::<HtmlElement>().ok()).collect()
}

fn go(event: &KeyboardEvent, direction: Direction) {
    let Some(stage) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(from) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    if from.class_list().contains("scroller") {
        return;
    }
    let here = area(&from);
    let far = |element: &HtmlElement| distance(direction, here, area(element));
    let nearest = stops(&stage).into_iter().filter_map(|element| Some((far(&element)?, element)));
    if let Some((_, element)) = nearest.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
        event.prevent_default();
        let _ = element.focus();
    }
}

/// The stage's keys.
pub fn on_key() -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        let in_menu = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if in_menu.is_some_and(|element| element.closest(".menu").ok().flatten().is_some()) {
            return;
        }
        // The scroller's own arrows move the ground, and with Shift everybody's.
        if event.shift_key() && shift(&event) {
            return;
        }
        match event.key().as_str() {
            "ArrowLeft" => go(&event, Direction::Left),
            "ArrowRight" => go(&event, Direction::Right),
            "ArrowUp" => go(&event, Direction::Up),
            "ArrowDown" => go(&event, Direction::Down),
            "ContextMenu" | "m" => press(&event),
            "F10" if event.shift_key() => press(&event),
            _ => {}
        }
    })
}

/// Moves the ground by a part of the window. False if the key is no arrow.
fn shift(event: &KeyboardEvent) -> bool {
    const BY: f64 = 120.0;
    let (x, y) = match event.key().as_str() {
        "ArrowLeft" => (-BY, 0.0),
        "ArrowRight" => (BY, 0.0),
        "ArrowUp" => (0.0, -BY),
        "ArrowDown" => (0.0, BY),
        _ => return false,
    };
    let stage = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(scroller) = stage.and_then(|stage| stage.query_selector(".scroller").ok().flatten()) {
        event.prevent_default();
        scroller.scroll_by_with_x_and_y(x, y);
    }
    true
}

fn press(event: &KeyboardEvent) {
    event.prevent_default();
    if let Some(element) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_prefer_what_is_straight_ahead() {
        let pod = |x: f64, y: f64| [x, y, x + 50.0, y + 50.0];
        let (from, beside) = (pod(100.0, 100.0), pod(400.0, 110.0));
        let head: Area = [80.0, 20.0, 300.0, 60.0];
        let right = |to| distance(Direction::Right, from, to);
        assert!(right(beside).is_some() && right(beside) < right(head));
        assert_eq!(right(pod(60.0, 100.0)), None);
        assert!(distance(Direction::Up, from, head) < distance(Direction::Up, from, pod(300.0, 0.0)));
        assert_eq!(distance(Direction::Down, from, head), None);
    }
}
