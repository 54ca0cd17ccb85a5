//! How large the picture is drawn and which part of it is seen: the wheel with Control, two fingers, buttons and keys zoom, the
//! browser's own scrolling and a drag with the mouse move. Under 100 % things are set out anew for the larger ground, so that more
//! of them are seen; over it they grow where they stand.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AddEventListenerOptions, Element, HtmlElement, TouchEvent};
use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::number::whole;
use crate::shared::Env;

const LEAST: f64 = 0.25;
/// As large as tiles get; points of a crowded stage get larger.
const MOST: f64 = 4.0;
const MOST_OF_MANY: f64 = 16.0;
/// From a step of a button to the next.
const STEP: f64 = 1.25;
/// A drag is no click from so many pixels on.
const SLIP: i32 = 4;

/// Where the ground's part in sight is to be after the next drawing: a point of the picture, and where it is to be seen.
type Anchor = Option<((f64, f64), (f64, f64))>;

/// The picture's scale, and how to change it.
#[derive(Clone)]
pub struct Camera {
    /// The scale, 1 at first.
    pub zoom: f64,
    most: f64,
    set: UseStateSetter<f64>,
    anchor: Rc<RefCell<Anchor>>,
    scroller: NodeRef,
}

/// A scale within its limits, in hundredths; near 1 it is 1.
fn limited(zoom: f64, most: f64) -> f64 {
    let zoom = zoom.clamp(LEAST, most);
    if (0.97..1.03).contains(&zoom) { 1.0 } else { f64::from(whole(zoom * 100.0)) / 100.0 }
}

impl Camera {
    /// Scales so that a point of the window stays where it is; the middle where none is named.
    fn to(&self, zoom: f64, at: Option<(f64, f64)>) {
        let Some(element) = self.scroller.cast::<HtmlElement>() else { return };
        let size = (f64::from(element.client_width()), f64::from(element.client_height()));
        let seen = at.unwrap_or((size.0 / 2.0, size.1 / 2.0));
        let scroll = (f64::from(element.scroll_left()), f64::from(element.scroll_top()));
        let point = ((scroll.0 + seen.0) / self.zoom, (scroll.1 + seen.1) / self.zoom);
        *self.anchor.borrow_mut() = Some((point, seen));
        self.set.set(limited(zoom, self.most));
    }

    fn step(&self, larger: bool) -> Callback<MouseEvent> {
        let camera = self.clone();
        Callback::from(move |_| camera.to(if larger { camera.zoom * STEP } else { camera.zoom / STEP }, None))
    }

    /// The wheel with Control; a pinch on a touch pad is told as that.
    pub fn on_wheel(&self) -> Callback<WheelEvent> {
        let camera = self.clone();
        Callback::from(move |event: WheelEvent| {
            if !event.ctrl_key() {
                return;
            }
            event.prevent_default();
            let Some(element) = camera.scroller.cast::<Element>() else { return };
            let area = element.get_bounding_client_rect();
            let at = (f64::from(event.client_x()) - area.x(), f64::from(event.client_y()) - area.y());
            let slide = if event.delta_mode() == 0 { event.delta_y() } else { event.delta_y() * 30.0 };
            // A turn of a wheel is about a hundred; no single one is more than a step.
            let factor = (1.0 - slide * 0.0025).clamp(1.0 / STEP, STEP);
            let zoom = camera.zoom * factor;
            camera.to(if (zoom - camera.zoom).abs() < 0.01 { camera.zoom + 0.01_f64.copysign(-slide) } else { zoom }, Some(at));
        })
    }

    /// The buttons: smaller, the scale itself, at which a press shows all, and larger.
    pub fn tools(&self, env: &Env, fit: impl Fn() -> f64 + 'static) -> Html {
        let texts = &env.texts;
        let camera = self.clone();
        let show_all = Callback::from(move |_: MouseEvent| camera.to(fit(), Some((0.0, 0.0))));
        let title = format!("{} (0)", texts.zoom_fit);
        html! {
            <div class="zoom" role="group" aria-label={texts.zoom}>
                <button type="button" class="switch zoom-out" onclick={self.step(false)} disabled={self.zoom <= LEAST} aria-label={texts.zoom_out}
                    title={format!("{} (-)", texts.zoom_out)} data-testid="zoom-out">{ icon(Icon::Minus) }</button>
                <button type="button" class="zoom-fit" onclick={show_all} aria-label={title.clone()} {title} data-testid="zoom-fit"
                    data-percent={whole(self.zoom * 100.0).to_string()}>{ whole(self.zoom * 100.0) }{ " %" }</button>
                <button type="button" class="switch zoom-in" onclick={self.step(true)} disabled={self.zoom >= self.most} aria-label={texts.zoom_in}
                    title={format!("{} (+)", texts.zoom_in)} data-testid="zoom-in">{ icon(Icon::Plus) }</button>
            </div>
        }
    }
}

/// The camera of a scroller.
#[hook]
pub fn use_camera(scroller: &NodeRef, many: bool) -> Camera {
    let zoom = use_state_eq(|| 1.0);
    let anchor = use_mut_ref(Anchor::default);
    let camera = Camera {
        zoom: *zoom,
        most: if many { MOST_OF_MANY } else { MOST },
        set: zoom.setter(),
        anchor: anchor.clone(),
        scroller: scroller.clone(),
    };
    let latest = use_mut_ref(|| None::<Camera>);
    *latest.borrow_mut() = Some(camera.clone());
    let node = scroller.clone();
    use_effect_with(*zoom, move |zoom| {
        let Some((point, seen)) = anchor.borrow_mut().take() else { return };
        if let Some(element) = node.cast::<HtmlElement>() {
            element.set_scroll_left(whole(point.0 * zoom - seen.0));
            element.set_scroll_top(whole(point.1 * zoom - seen.1));
        }
    });
    use_effect_with(scroller.clone(), move |scroller| {
        let pinch = Rc::new(RefCell::new(None::<(f64, f64)>));
        listen(scroller, &["touchstart", "touchmove", "touchend"], move |event: Event| {
            let Ok(event) = event.dyn_into::<TouchEvent>() else { return };
            let camera = latest.borrow().clone();
            if let Some(camera) = camera {
                on_touch(&event, &camera, &mut pinch.borrow_mut());
            }
        })
    });
    camera
}

/// Two fingers: the first distance between them is the scale that was there.
fn on_touch(event: &TouchEvent, camera: &Camera, pinch: &mut Option<(f64, f64)>) {
    let touches = event.touches();
    let (2, Some(a), Some(b)) = (touches.length(), touches.get(0), touches.get(1)) else {
        *pinch = None;
        return;
    };
    event.prevent_default();
    let place = |one: i32, other: i32| (f64::from(one) + f64::from(other)) / 2.0;
    let (x, y) = (f64::from(a.client_x() - b.client_x()), f64::from(a.client_y() - b.client_y()));
    let apart = (x * x + y * y).sqrt().max(1.0);
    let (from, zoom) = *pinch.get_or_insert((apart, camera.zoom));
    let Some(area) = camera.scroller.cast::<Element>().map(|element| element.get_bounding_client_rect()) else { return };
    let middle = (place(a.client_x(), b.client_x()) - area.x(), place(a.client_y(), b.client_y()) - area.y());
    camera.to(zoom * apart / from, Some(middle));
}

/// Listens on an element, with the right to stop what the browser would do, until the answer is called.
fn listen<F: Fn(Event) + 'static>(node: &NodeRef, names: &'static [&'static str], heard: F) -> impl FnOnce() + use<F> {
    let closure = Closure::<dyn Fn(Event)>::new(heard);
    let options = AddEventListenerOptions::new();
    options.set_passive(false);
    let element = node.cast::<Element>();
    for name in names {
        if let Some(element) = &element {
            let _ = element.add_event_listener_with_callback_and_add_event_listener_options(name, closure.as_ref().unchecked_ref(), &options);
        }
    }
    move || {
        for name in names {
            if let Some(element) = &element {
                let _ = element.remove_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
            }
        }
        drop(closure);
    }
}

/// How far a scroller is scrolled.
#[hook]
pub fn use_scroll(scroller: &NodeRef) -> (f64, f64) {
    let scroll = use_state_eq(|| (0.0, 0.0));
    let set = scroll.setter();
    use_effect_with(scroller.clone(), move |node| {
        let measured = node.clone();
        listen(node, &["scroll"], move |_| {
            if let Some(element) = measured.cast::<HtmlElement>() {
                set.set((f64::from(element.scroll_left()), f64::from(element.scroll_top())));
            }
        })
    });
    *scroll
}

/// A drag: where the pointer went down, how far the scroller was scrolled, and whether it has moved.
#[derive(Clone, Copy, Default)]
pub struct Drag {
    from: Option<(i32, i32, i32, i32)>,
    moved: bool,
}

/// What moves the ground under a mouse: down, move, up.
pub fn on_drag(scroller: &NodeRef, drag: &Rc<RefCell<Drag>>) -> [Callback<PointerEvent>; 3] {
    let (node, held) = (scroller.clone(), drag.clone());
    let down = Callback::from(move |event: PointerEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let free = target.is_none_or(|target| target.closest("input, .menu, [draggable=true]").ok().flatten().is_none());
        let Some(element) = node.cast::<HtmlElement>() else { return };
        if free && event.button() == 0 && event.pointer_type() == "mouse" {
            let from = (event.client_x(), event.client_y(), element.scroll_left(), element.scroll_top());
            *held.borrow_mut() = Drag { from: Some(from), moved: false };
        }
    });
    let (node, held) = (scroller.clone(), drag.clone());
    let moved = Callback::from(move |event: PointerEvent| {
        let mut drag = held.borrow_mut();
        let Some((x, y, left, top)) = drag.from else { return };
        let Some(element) = node.cast::<HtmlElement>() else { return };
        let (by_x, by_y) = (event.client_x() - x, event.client_y() - y);
        let room = element.scroll_height() > element.client_height() || element.scroll_width() > element.client_width();
        if !drag.moved && room && by_x.abs().max(by_y.abs()) > SLIP {
            drag.moved = true;
            // What is let go then is no click on what lies there.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        if drag.moved {
            element.set_scroll_left(left - by_x);
            element.set_scroll_top(top - by_y);
        }
    });
    let held = drag.clone();
    let up = Callback::from(move |_: PointerEvent| held.borrow_mut().from = None);
    [down, moved, up]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_have_limits_and_fall_into_one() {
        for (zoom, expected) in [(0.1, LEAST), (0.98, 1.0), (1.02, 1.0), (1.25, 1.25), (99.0, MOST)] {
            assert_eq!(limited(zoom, MOST), expected);
        }
        assert_eq!(limited(1.0 * STEP / STEP, MOST), 1.0);
    }
}
