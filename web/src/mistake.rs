//! What is shown when the program itself made a mistake: words, the report, and ways to go on. Nothing of the page works any more
//! then, so it is put straight into the document and its buttons are the browser's own.

use std::panic::PanicHookInfo;

use web_sys::Element;

use crate::address;
use crate::document::document;
use crate::i18n::Language;

/// From now on a panic is shown.
pub fn show_panics() {
    std::panic::set_hook(Box::new(|info| {
        let _ = show(info);
    }));
}

fn show(info: &PanicHookInfo<'_>) -> Option<()> {
    let document = document()?;
    let language = document.document_element().and_then(|root| root.get_attribute("lang"));
    let texts = language.and_then(|tag| Language::parse(&tag)).unwrap_or(Language::English).texts();
    let link = address::saved().map(|saved| address::address_of(&saved.link)).unwrap_or_default();
    let veil = document.create_element("div").ok()?;
    veil.set_class_name("veil");
    let add = |parent: &Element, tag: &str, text: &str| -> Option<Element> {
        let element = document.create_element(tag).ok()?;
        element.set_text_content(Some(text));
        parent.append_child(&element).ok()?;
        Some(element)
    };
    let sheet = add(&veil, "div", "")?;
    sheet.set_class_name("mistake");
    sheet.set_attribute("role", "alertdialog").ok()?;
    sheet.set_attribute("data-testid", "mistake").ok()?;
    add(&sheet, "h2", texts.mistake)?;
    add(&sheet, "p", texts.mistake_what)?;
    add(&sheet, "textarea", &format!("{info}\n\n{link}"))?.set_attribute("readonly", "").ok()?;
    let again = add(&sheet, "button", texts.mistake_again)?;
    again.set_attribute("onclick", "location.reload()").ok()?;
    let fresh = add(&sheet, "button", texts.mistake_fresh)?;
    let key = address::SCENARIO;
    let forget = format!("sessionStorage.removeItem('{key}');localStorage.removeItem('{key}');location.reload()");
    fresh.set_attribute("onclick", &forget).ok()?;
    for button in [again, fresh] {
        button.set_class_name("primary");
    }
    document.body()?.append_child(&veil).ok()?;
    web_sys::console::error_1(&format!("{info}").into());
    Some(())
}
