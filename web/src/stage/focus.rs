//! Keys on the stage: arrows go to the nearest thing in that direction, `m` opens what can be done, `i` the details.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::intent::LookIntent;
use crate::session::Look;
use crate::shared::{Env, Shared};

/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// How far a thing is in a direction; None if it is not in that direction. Sideways counts double, so that rows hold together.
pub fn distance(direction: Direction, from: (f64, f64), to: (f64, f64)) -> Option<f64> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (along, across) = match direction {
        Direction::Left => (-dx, dy),
        Direction::Right => (dx, dy),
        Direction::Up => (-dy, dx),
        Direction::Down => (dy, dx),
    };
    (along > 1.0).then_some(along + 2.0 * across.abs())
}

fn centre(element: &Element) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (rect.x() + rect.width() / 2.0, rect.y() + rect.height() / 2.0)
}

fn stops(within: &Element) -> Vec<HtmlElement> {
    let found = within.query_selector_all("[data-stop]:not(:disabled)").ok();
    let all = found.iter().flat_map(|list| (0..list.length()).filter_map(|n| list.item(n)));
    all.filter_map(|node| node.dyn_into::<HtmlElement>().ok()).collect()
}

fn go(event: &KeyboardEvent, direction: Direction) {
    let Some(stage) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(from) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let here = centre(&from);
    let far = |element: &HtmlElement| distance(direction, here, centre(element));
    let nearest = stops(&stage).into_iter().filter_map(|element| Some((far(&element)?, element)));
    if let Some((_, element)) = nearest.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
        event.prevent_default();
        let _ = element.focus();
    }
}

/// The stage's keys.
pub fn on_key(env: &Env, look: &Shared<Look>) -> Callback<KeyboardEvent> {
    let (send, look) = (env.send.clone(), look.clone());
    Callback::from(move |event: KeyboardEvent| {
        let in_menu = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if in_menu.is_some_and(|element| element.closest(".menu").ok().flatten().is_some()) {
            return;
        }
        match event.key().as_str() {
            "ArrowLeft" => go(&event, Direction::Left),
            "ArrowRight" => go(&event, Direction::Right),
            "ArrowUp" => go(&event, Direction::Up),
            "ArrowDown" => go(&event, Direction::Down),
            "ContextMenu" | "m" => press(&event),
            "F10" if event.shift_key() => press(&event),
            "i" => {
                if let Some(key) = look.selected.clone() {
                    send.emit(LookIntent::Inspect(key).into());
                }
            }
            _ => {}
        }
    })
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
        let from = (100.0, 100.0);
        assert_eq!(distance(Direction::Right, from, (90.0, 100.0)), None);
        let straight = distance(Direction::Right, from, (180.0, 100.0));
        let aslant = distance(Direction::Right, from, (140.0, 140.0));
        assert!(straight.is_some() && straight < aslant);
        assert!(distance(Direction::Up, from, (100.0, 40.0)).is_some());
        assert_eq!(distance(Direction::Down, from, (100.0, 40.0)), None);
    }
}
