//! What needs a document: the editor's marks, and words for everything.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use podscape_web::editor::Editor;
use podscape_web::i18n::Language;
use podscape_web::intent::{FileIntent, Intent};
use podscape_web::session::Files;
use podscape_web::shared::{Env, Shared};
use podscape_web::simulator::{Diagnostic, Severity};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlTextAreaElement, InputEvent, InputEventInit, KeyboardEvent, KeyboardEventInit};
use yew::platform::time::sleep;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn every_text_is_there_in_every_language() {
    for language in Language::ALL {
        for (name, text) in language.texts().plain() {
            assert!(!text.trim().is_empty(), "{name} in {}", language.code());
        }
    }
    let (english, korean) = (Language::English.texts().plain(), Language::Korean.texts().plain());
    let untranslated = |((_, a), (_, b)): &(&(&str, &str), &(&str, &str))| a == b;
    let same: Vec<&str> = english.iter().zip(&korean).filter(untranslated).map(|((name, _), _)| *name).collect();
    assert_eq!(same, ["terminal_hint", "yaml", "describe"], "Kubernetes' own words alone stay as they are");
}

/// The editor in the document, with the intents that it sent.
struct Shown {
    root: Element,
    sent: Rc<RefCell<Vec<Intent>>>,
}

#[derive(Properties, PartialEq)]
struct HolderProps {
    files: Shared<Files>,
    send: Callback<Intent>,
}

#[component]
fn Holder(props: &HolderProps) -> Html {
    let env = Env { texts: Language::English.texts(), send: props.send.clone() };
    html! {
        <ContextProvider<Env> context={env}>
            <Editor files={props.files.clone()} />
        </ContextProvider<Env>>
    }
}

async fn show(text: &str, marks: Vec<Diagnostic>) -> Shown {
    let document = web_sys::window().and_then(|window| window.document()).expect("a document");
    let root = document.create_element("div").expect("an element");
    document.body().expect("a body").append_child(&root).expect("a place");
    let sent = Rc::new(RefCell::new(Vec::new()));
    let told = sent.clone();
    let mut files = Files::of(&[("kubia.yaml".to_owned(), text.to_owned())].into_iter().collect());
    files.diagnostics = marks;
    let send = Callback::from(move |intent| told.borrow_mut().push(intent));
    yew::Renderer::<Holder>::with_root_and_props(root.clone(), HolderProps { files: Shared::new(files), send }).render();
    sleep(std::time::Duration::from_millis(20)).await;
    Shown { root, sent }
}

fn texts(root: &Element, selector: &str) -> Vec<String> {
    let found = root.query_selector_all(selector).expect("a selector");
    (0..found.length()).filter_map(|n| found.item(n)?.text_content()).collect()
}

fn area(root: &Element) -> HtmlTextAreaElement {
    root.query_selector("textarea").ok().flatten().and_then(|area| area.dyn_into().ok()).expect("the field")
}

#[wasm_bindgen_test]
async fn what_is_wrong_is_marked_in_the_text_and_beside_it() {
    let mark = Diagnostic { severity: Severity::Error, line: 2, column: 3, length: 7, message: String::new(), hint: None, fixes: Vec::new() };
    let shown = show("kind: Pod\n  replica: 3\n", vec![mark]).await;
    assert_eq!(texts(&shown.root, ".ink .mark.error"), ["replica"]);
    assert_eq!(texts(&shown.root, ".gutter .error"), ["2"]);
    assert_eq!(texts(&shown.root, ".ink").concat(), "kind: Pod\n  replica: 3\n\n");
    assert_eq!(area(&shown.root).get_attribute("aria-invalid").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn changes_are_told_and_control_enter_applies() {
    let shown = show("a: 1", Vec::new()).await;
    let area = area(&shown.root);
    area.set_value("a: 2");
    let init = InputEventInit::new();
    init.set_bubbles(true);
    let input = InputEvent::new_with_event_init_dict("input", &init).expect("an event");
    area.dispatch_event(&input).expect("a listener");
    let has = |intent: FileIntent| shown.sent.borrow().contains(&Intent::from(intent));
    assert!(has(FileIntent::Edit("a: 2".to_owned())), "{:?}", shown.sent.borrow());
    assert!(!has(FileIntent::Apply));
    let init = KeyboardEventInit::new();
    init.set_bubbles(true);
    init.set_ctrl_key(true);
    init.set_key("Enter");
    let key = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    area.dispatch_event(&key).expect("a listener");
    assert!(has(FileIntent::Apply), "{:?}", shown.sent.borrow());
    assert_eq!(texts(&shown.root, ".ink .mark"), Vec::<String>::new());
}
