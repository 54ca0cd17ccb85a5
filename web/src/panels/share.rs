//! Handing a scenario on: a link, a link in Markdown, a frame for another page, a picture for a lecture room, files.

use yew::prelude::*;

use crate::address;
use crate::icons::{Icon, icon};
use crate::intent::{Intent, LookIntent, ShareForm};
use crate::qr;
use crate::session::{Look, Shelf};
use crate::shared::Env;

/// The popover, while it is open.
pub fn draw(env: &Env, look: &Look, shelf: &Shelf) -> Html {
    let Some(link) = &look.link else { return Html::default() };
    let texts = &env.texts;
    let forms = [
        (ShareForm::Link, texts.later().share_link, "link"),
        (ShareForm::Code, texts.later().share_code, "code"),
        (ShareForm::Markdown, "Markdown", "markdown"),
        (ShareForm::Frame, texts.later().share_frame, "frame"),
        (ShareForm::Files, texts.later().share_files, "files"),
    ];
    let tab = |(form, name, id): (ShareForm, &'static str, &'static str)| {
        super::tab(env, name, look.share_form == form, LookIntent::ShareForm(form).into(), id)
    };
    html! {
        <div class="popover" role="dialog" aria-label={texts.share} data-testid="share-popover">
            <div class="row">
                <div class="tabs" role="tablist">{ for forms.map(tab) }</div>
                <button type="button" class="quiet" onclick={env.on(LookIntent::CloseLink.into())} aria-label={texts.close} title={texts.close}>
                    { icon(Icon::Close) }</button>
            </div>
            { form(env, look.share_form, link, shelf) }
        </div>
    }
}

fn form(env: &Env, form: ShareForm, link: &str, shelf: &Shelf) -> Html {
    let texts = &env.texts;
    match form {
        ShareForm::Link => html! {
            <>
                <p>{ texts.later().share_hint }</p>
                { field(env, address::address_of(link)) }
                if !shelf.exports.readable.is_empty() {
                    <p>{ texts.later().share_readable }</p>
                    { field_named(env, address::address_asking(&shelf.exports.readable), "readable") }
                }
            </>
        },
        ShareForm::Markdown => field(env, format!("[Podscape]({})", address::address_of(link))),
        ShareForm::Frame => {
            let source = address::frame_of(link);
            field(env, format!("<iframe src=\"{source}\" width=\"100%\" height=\"600\" loading=\"lazy\" title=\"Podscape\"></iframe>"))
        }
        ShareForm::Code => code(env, &address::address_of(link)),
        ShareForm::Files => html! {
            <ul class="downloads">
                { file(texts.later().file_scenario, "scenario.yaml", &shelf.exports.scenario) }
                { file(texts.later().file_manifests, "manifests.yaml", &shelf.exports.manifests) }
                { file(texts.later().file_script, "to-a-cluster.sh", &shelf.exports.script) }
                { for ["png", "svg"].map(|form| html! {
                    <li><button type="button" class="link" data-picture={form} data-testid={format!("picture-{form}")}>{ texts.later().file_picture }</button>
                        <code>{ format!("podscape.{form}") }</code></li>
                }) }
            </ul>
        },
    }
}

fn field(env: &Env, value: String) -> Html {
    field_named(env, value, "link")
}

/// A text to be taken away, with a button that copies it.
fn field_named(env: &Env, value: String, id: &'static str) -> Html {
    let select = Callback::from(|event: FocusEvent| {
        if let Some(field) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            field.select();
        }
    });
    let copy = env.on::<MouseEvent>(Intent::Copy(value.clone()));
    let word = env.texts.later().copy;
    html! {
        <div class="row taken">
            <input readonly=true {value} onfocus={select} aria-label={env.texts.share} data-testid={id} />
            <button type="button" class="quiet" onclick={copy} data-testid={format!("copy-{id}")}>{ word }</button>
        </div>
    }
}

fn code(env: &Env, address: &str) -> Html {
    let Ok(code) = qr::encode(address) else { return html! { <p>{ env.texts.later().code_too_long }</p> } };
    let side = code.size() + 8;
    html! {
        <svg class="code" viewBox={format!("-4 -4 {side} {side}")} role="img" aria-label={address.to_owned()} data-testid="qr" data-side={code.size().to_string()}>
            <rect x="-4" y="-4" width={side.to_string()} height={side.to_string()} fill="#fff" />
            <path d={qr::path(&code)} fill="#000" />
        </svg>
    }
}

fn file(name: &'static str, file: &'static str, text: &str) -> Html {
    let href = format!("data:text/plain;charset=utf-8,{}", escaped(text));
    html! { <li><a class="link" {href} download={file} data-testid={format!("download-{file}")}>{ name }</a><code>{ file }</code></li> }
}

/// A text as part of an address.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b',' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
