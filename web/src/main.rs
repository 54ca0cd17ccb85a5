//! The page.
use yew::prelude::*;

#[component]
fn App() -> Html {
    html! { <h1>{ "Podscape" }</h1> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
