//! What every component is given, and a pointer that compares by identity, so that what did not change is not drawn again.

use std::ops::Deref;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::document;
use crate::i18n::Texts;
use crate::intent::Intent;

/// Shared data that is equal only to itself.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Shared<T> {
        Shared(Rc::new(value))
    }
}

impl<T: PartialEq> Shared<T> {
    /// Takes a new value; keeps its identity if the value is the same.
    pub fn set(&mut self, value: T) {
        if *self.0 != value {
            self.0 = Rc::new(value);
        }
    }
}

impl<T: PartialEq + Clone> Shared<T> {
    /// Takes a copy of a value if it is another.
    pub fn update(&mut self, value: &T) {
        if *self.0 != *value {
            self.0 = Rc::new(value.clone());
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Shared<T> {
        Shared(self.0.clone())
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Shared<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// The words of the chosen language and the way to send an intent.
#[derive(Clone, PartialEq)]
pub struct Env {
    /// Words.
    pub texts: Texts,
    /// Where intents go.
    pub send: Callback<Intent>,
}

impl Env {
    /// A callback that sends an intent whatever the event.
    pub fn on<E: 'static>(&self, intent: Intent) -> Callback<E> {
        let send = self.send.clone();
        Callback::from(move |_: E| send.emit(intent.clone()))
    }
}

/// The environment of a component.
#[hook]
pub fn use_env() -> Env {
    use_context::<Env>().expect("BUG: a component outside of the page")
}

/// A place in the page that has the keyboard from the moment it is drawn: what a dialog begins with. When it goes, the keyboard goes back to
/// where it was, for who goes by keys; after a pointer the space bar belongs to the clock.
#[hook]
pub fn use_focused() -> NodeRef {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let by_keys = |element: &Element| element.matches(":focus-visible").unwrap_or_default();
        let before = document::focused().filter(by_keys).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        let place = node.cast::<HtmlElement>();
        if let Some(element) = &place {
            let _ = element.focus();
        }
        let around = place.and_then(|place| place.closest("[role=dialog]").ok().flatten());
        move || {
            // Who has gone elsewhere meanwhile stays there.
            let is_lost = |now: Element| now.tag_name() == "BODY" || around.is_some_and(|around| around.contains(Some(&now)));
            if let Some(before) = before.filter(|_| document::focused().is_none_or(is_lost)) {
                let _ = before.focus();
            }
        }
    });
    node
}

/// A line that is broken between its words only.
pub fn whole_words(line: &str) -> Html {
    let word = |(n, word): (usize, &str)| html! { <>{ if n > 0 { " " } else { "" } }<span>{ word.to_owned() }</span></> };
    html! { <code class="line">{ for line.split(' ').enumerate().map(word) }</code> }
}
