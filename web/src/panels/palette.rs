//! The palette: everything that can be done, found by typing a part of its name. What matches nothing is run as a line.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::intent::{DockTab, FileIntent, Intent, LabIntent, LookIntent, Theme, TimeIntent};
use crate::session::labs::SHELVES;
use crate::session::{Insight, Labs, Look};
use crate::shared::{Env, Shared, use_env, use_focused};
use crate::simulator::{Frame, Kind, ObjectKey};

/// At most so many are shown.
const MOST: usize = 32;

#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    pub look: Shared<Look>,
    pub labs: Shared<Labs>,
    pub frame: Shared<Frame>,
    pub insight: Shared<Insight>,
    /// Whether the history has branches.
    pub branched: bool,
}

/// Something that can be done: its words, a note, and what it does.
type Item = (String, String, Intent);

fn deeds(env: &Env, props: &PaletteProps) -> Vec<Item> {
    let (texts, look) = (&env.texts, &props.look);
    let plain = |name: &str, key: &str, intent: Intent| (name.to_owned(), key.to_owned(), intent);
    let mut deeds = vec![
        plain(texts.play, "Space", TimeIntent::TogglePlay.into()),
        plain(texts.step, ".", TimeIntent::Step.into()),
        plain(texts.step_back, ",", TimeIntent::StepBack.into()),
        plain(texts.jump, "j", TimeIntent::Jump.into()),
        plain(texts.undo, "Ctrl+Z", TimeIntent::Undo.into()),
        plain(texts.redo, "Ctrl+Y", TimeIntent::Redo.into()),
        plain(texts.to_end, "", TimeIntent::ToEnd.into()),
        plain(texts.apply_title, "", FileIntent::Apply.into()),
        plain(texts.add_file, "", FileIntent::Add.into()),
        plain(texts.labs_title, "l", LookIntent::Labs(true).into()),
        plain(texts.share, "", Intent::Share),
        plain(texts.new_title, "", Intent::New),
        plain(texts.as_table, "", LookIntent::Table(!look.table).into()),
        plain(texts.theme_system, "", LookIntent::Theme(Theme::System).into()),
        plain(texts.theme_light, "", LookIntent::Theme(Theme::Light).into()),
        plain(texts.theme_dark, "", LookIntent::Theme(Theme::Dark).into()),
        plain(texts.theme_projector, "", LookIntent::Theme(Theme::Projector).into()),
        plain(texts.language_title, "", LookIntent::Language(look.language.other()).into()),
        plain(texts.terminal, "/", LookIntent::Dock(DockTab::Terminal).into()),
        plain(texts.events, "", LookIntent::Dock(DockTab::Events).into()),
        plain(texts.traffic_tab, "", LookIntent::Dock(DockTab::Traffic).into()),
        plain(texts.next_tab, "", LookIntent::Dock(DockTab::Next).into()),
        plain(texts.charts_tab, "", LookIntent::Dock(DockTab::Charts).into()),
        plain(texts.help_title, "?", LookIntent::Help(true).into()),
    ];
    if props.branched {
        deeds.push(plain(texts.compare_title, "", LookIntent::Dock(DockTab::Branches).into()));
    }
    deeds
}

fn things(env: &Env, props: &PaletteProps) -> Vec<Item> {
    let (texts, frame) = (&env.texts, &props.frame);
    let look_at = |key: &ObjectKey| (key.name.to_string(), key.kind.name().to_owned(), LookIntent::Inspect(key.clone()).into());
    let labs = SHELVES.iter().flat_map(|shelf| shelf.iter()).filter_map(|name| {
        let title = props.labs.get(name)?.title.tell(texts.code).to_owned();
        Some((title, texts.labs.to_owned(), LabIntent::Open((*name).to_owned()).into()))
    });
    let nodes = frame.nodes.iter().map(|room| {
        let name = room.name.to_string();
        ((texts.power_of)(&name, !room.powered), String::new(), Intent::NodePower { node: name, on: !room.powered })
    });
    let rooms = frame.nodes.iter().map(|room| look_at(&ObjectKey::new(Kind::Node, "", room.name.clone())));
    labs.chain(nodes).chain(props.insight.objects.iter().map(look_at)).chain(rooms).chain(frame.pods().map(|pod| look_at(&pod.key))).collect()
}

/// What matches: all words of the query are in the words or the note.
fn found(env: &Env, props: &PaletteProps, query: &str) -> Vec<Item> {
    let words: Vec<String> = query.to_ascii_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |item: &Item| {
        let text = format!("{} {}", item.0, item.1).to_ascii_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut found: Vec<Item> = deeds(env, props).into_iter().chain(things(env, props)).filter(fits).take(MOST).collect();
    if !query.trim().is_empty() {
        found.push((query.trim().to_owned(), env.texts.run_line.to_owned(), Intent::Line(query.trim().to_owned())));
    }
    found
}

/// The palette.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let env = use_env();
    let field = use_focused();
    let query = use_state_eq(String::new);
    let at = use_state_eq(|| 0_usize);
    let items = found(&env, props, &query);
    let chosen = (*at).min(items.len().saturating_sub(1));
    let (set, reset) = (query.setter(), at.setter());
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            set.set(field.value());
            reset.set(0);
        }
    });
    let close: Intent = LookIntent::Palette(false).into();
    let (send, count, step) = (env.send.clone(), items.len(), at.setter());
    let intent = items.get(chosen).map(|item| item.2.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => step.set((chosen + 1) % count.max(1)),
            "ArrowUp" => step.set((chosen + count.max(1) - 1) % count.max(1)),
            "Escape" => send.emit(LookIntent::Palette(false).into()),
            "Enter" if !event.is_composing() => {
                send.emit(LookIntent::Palette(false).into());
                if let Some(intent) = &intent {
                    send.emit(intent.clone());
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    });
    let entry = |(n, (name, note, intent)): (usize, &Item)| {
        let (send, intent) = (env.send.clone(), intent.clone());
        let go = Callback::from(move |_: MouseEvent| {
            send.emit(LookIntent::Palette(false).into());
            send.emit(intent.clone());
        });
        html! {
            <li id={format!("palette-{n}")} role="option" aria-selected={(n == chosen).to_string()} onclick={go}>
                <span>{ name.clone() }</span><kbd>{ note.clone() }</kbd></li>
        }
    };
    html! {
        <div class="veil top" onclick={env.on::<MouseEvent>(close)}>
            <div class="palette" role="dialog" aria-modal="true" aria-label={env.texts.palette} onclick={super::stay()} data-testid="palette">
                <input ref={field} role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={format!("palette-{chosen}")}
                    placeholder={env.texts.later().palette_hint} aria-label={env.texts.palette} {oninput} {onkeydown} data-testid="palette-field" />
                <ul id="palette-list" role="listbox">{ for items.iter().enumerate().map(entry) }</ul>
            </div>
        </div>
    }
}
