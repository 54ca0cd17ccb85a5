//! The sheet of keys.

use yew::prelude::*;

use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::shared::{use_env, use_focused};

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    /// Stands for all of the cluster at this moment.
    pub digest: u64,
}

/// The sheet of keys, as a dialog.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let env = use_env();
    let texts = &env.texts;
    let node = use_focused();
    let keys = [
        ("Ctrl K", texts.palette),
        ("Space", texts.key_play),
        (".", texts.key_step),
        (",", texts.key_back),
        ("Shift .  Shift ,", texts.key_second),
        ("j", texts.jump),
        ("[  ]", texts.key_speed),
        ("Ctrl Z  Ctrl Y", texts.undo),
        ("/", texts.key_terminal),
        ("e", texts.key_editor),
        ("f", texts.lens_title),
        ("l", texts.labs_title),
        ("Ctrl Enter", texts.key_apply),
        ("← → ↑ ↓", texts.key_arrows),
        ("Shift ← → ↑ ↓", texts.key_pan),
        ("+  -  0", texts.key_zoom),
        ("Enter  m", texts.key_menu),
        ("i", texts.key_details),
        ("Tab  ↑ ↓  Ctrl C  Ctrl L", texts.key_line),
        ("←  →  Home  End", texts.key_track),
        ("Esc", texts.key_escape),
        ("?", texts.key_help),
    ];
    let close = env.on::<MouseEvent>(LookIntent::Help(false).into());
    let stay = Callback::from(|event: MouseEvent| event.stop_propagation());
    html! {
        <div class="veil" onclick={close.clone()}>
            <div class="sheet-of-keys" role="dialog" aria-modal="true" aria-label={texts.keys_title} tabindex="-1" ref={node} onclick={stay}
                data-testid="keys">
                <div class="pane-head"><h2>{ texts.keys_title }</h2><span class="space"></span>
                    <button type="button" class="quiet" onclick={close} aria-label={texts.close} title={texts.close}>{ icon(Icon::Close) }</button>
                </div>
                <dl>{ for keys.map(|(key, what)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></> }) }</dl>
                <p class="digest">{ texts.digest }{ ": " }<code data-testid="digest">{ format!("{:016x}", props.digest) }</code></p>
            </div>
        </div>
    }
}
