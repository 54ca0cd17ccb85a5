//! The cluster as a table: what the picture shows, in words, for whoever reads rather than looks, and for more pods than can be
//! told apart. At most a few hundred rows at a time; the search narrows them.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::lit::Lit;
use crate::intent::LookIntent;
use crate::shared::{Env, Shared, use_env};
use crate::simulator::{Field, Frame, ObjectKey, PodTile};

/// At most so many rows.
const MOST_ROWS: usize = 300;

/// The table's data.
#[derive(Properties, PartialEq)]
pub struct TableProps {
    /// The cluster.
    pub frame: Shared<Frame>,
    /// What is marked.
    pub selected: Option<ObjectKey>,
    /// What lights up.
    pub lit: Option<Lit>,
    /// The selector typed into the lens.
    pub lens: String,
}

fn fits(pod: &PodTile, words: &[String]) -> bool {
    let text = format!("{} {} {} {}", pod.key.namespace, pod.key.name, pod.node, pod.word).to_ascii_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// The table.
#[component]
pub fn PodTable(props: &TableProps) -> Html {
    let env = use_env();
    let search = use_state_eq(String::new);
    let texts = &env.texts;
    let set = search.setter();
    let on_input = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            set.set(field.value());
        }
    });
    let words: Vec<String> = search.to_ascii_lowercase().split_whitespace().map(str::to_owned).collect();
    let all: Vec<&PodTile> = props.frame.pods().filter(|pod| fits(pod, &words)).collect();
    let shown = all.len().min(MOST_ROWS);
    html! {
        <div class="pod-table">
            <div class="row">
                { super::plane::lens(&env, &props.lens) }
                <input type="search" value={(*search).clone()} oninput={on_input} placeholder={texts.later().filter} aria-label={texts.later().filter} data-testid="filter" />
                <span role="status">{ (texts.shown_of)(shown, all.len()) }</span>
            </div>
            <table data-testid="pod-table">
                <thead><tr>
                    <th scope="col">{ texts.pod }</th><th scope="col">{ texts.later().namespace }</th><th scope="col">{ texts.node }</th>
                    <th scope="col">{ texts.later().status }</th><th scope="col">{ (texts.field)(Field::Ready) }</th>
                    <th scope="col">{ (texts.field)(Field::Restarts) }</th>
                </tr></thead>
                <tbody>{ for all.into_iter().take(MOST_ROWS).map(|pod| row(&env, pod, props.selected.as_ref() == Some(&pod.key), props.lit.as_ref().map(|lit| lit.shows(pod)))) }</tbody>
            </table>
        </div>
    }
}

fn row(env: &Env, pod: &PodTile, selected: bool, lit: Option<bool>) -> Html {
    let inspect = env.on(LookIntent::Inspect(pod.key.clone()).into());
    html! {
        <tr key={pod.uid.to_string()} class={classes!(selected.then_some("selected"), lit.map(|lit| if lit { "lit" } else { "dim" }))}>
            <td><button type="button" class="link" onclick={inspect}>{ pod.key.name.to_string() }</button></td>
            <td>{ pod.key.namespace.to_string() }</td>
            <td>{ pod.node.to_string() }</td>
            <td><i class={classes!("dot", super::state_class(pod.state))} aria-hidden="true"></i>{ pod.word.to_string() }<span class="said">{ (env.texts.pod_state)(pod.state) }</span></td>
            <td>{ format!("{}/{}", pod.ready.0, pod.ready.1) }</td>
            <td>{ pod.restarts }</td>
        </tr>
    }
}
