//! The sheet of keys, with the way to the licences.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::shared::{use_env, use_focused};

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    /// Stands for all of the cluster at this moment.
    pub digest: u64,
}

/// The licences of what the page is made of; where it was built without them, those of the texts that it shows.
const LICENCES: &str = if cfg!(licences) { "licences/index.html" } else { "NOTICE" };

/// The sheet of keys, as a dialog.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let node = use_focused();
    let keys = [
        ("Ctrl K", texts.palette),
        ("Space", texts.later().key_play),
        (".", texts.later().key_step),
        (",", texts.later().key_back),
        ("Shift .  Shift ,", texts.later().key_second),
        ("j", texts.jump),
        ("[  ]", texts.later().key_speed),
        ("Ctrl Z  Ctrl Y", texts.undo),
        ("/", texts.later().key_terminal),
        ("e", texts.later().key_editor),
        ("f", texts.lens_title),
        ("l", texts.labs_title),
        ("Ctrl Enter", texts.later().key_apply),
        ("←  →  ↑  ↓", texts.later().key_arrows),
        ("Shift ←  →  ↑  ↓", texts.later().key_pan),
        ("+  -  0", texts.later().key_zoom),
        ("Enter  m", texts.later().key_menu),
        ("i", texts.later().key_details),
        ("w", texts.later().key_why),
        ("Tab  ↑  ↓  Ctrl C  Ctrl L", texts.later().key_line),
        ("←  →  Home  End", texts.later().key_track),
        ("Esc", texts.later().key_escape),
        ("?", texts.later().key_help),
    ];
    let close = env.on::<MouseEvent>(LookIntent::Help(false).into());
    let stay = Callback::from(|event: MouseEvent| event.stop_propagation());
    html! {
        <div class="veil" onclick={close.clone()}>
            <div class="sheet-of-keys" role="dialog" aria-modal="true" aria-label={texts.later().keys_title} tabindex="-1" ref={node} onclick={stay}
                data-testid="keys">
                <div class="pane-head"><h2>{ texts.later().keys_title }</h2><span class="space"></span>
                    <button type="button" class="quiet" onclick={close} aria-label={texts.close} title={texts.close}>{ icon(Icon::Close) }</button>
                </div>
                <dl>{ for keys.map(|(key, what)| html! { <><dt>{ for key.split("  ").map(|key| html! { <kbd>{ key }</kbd> }) }</dt><dd>{ what }</dd></> }) }</dl>
                <p class="digest">{ texts.later().digest }{ ": " }<code data-testid="digest">{ format!("{:016x}", props.digest) }</code></p>
                <p class="digest"><a class="link" href={LICENCES} target="_blank" rel="noopener" data-testid="licences">{ texts.later().licences }</a></p>
            </div>
        </div>
    }
}
