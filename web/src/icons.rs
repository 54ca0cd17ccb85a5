//! Icons as inline SVG on a 16-pixel grid, drawn in the colour of the text beside them.

use yew::prelude::*;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Play,
    Pause,
    Step,
    StepBack,
    ToEnd,
    Share,
    Plus,
    Minus,
    Close,
    Power,
    Barrier,
    Sun,
    Moon,
    HalfMoon,
    Question,
    Branch,
    Warning,
    Book,
    Page,
    Pod,
    Node,
    Controller,
    Undo,
    Lens,
    Service,
    Ingress,
    Cloud,
    Pencil,
    Check,
    Jump,
    Globe,
    Screen,
    Redo,
    Table,
    Picture,
}

fn path(icon: Icon) -> &'static str {
    match icon {
        Icon::Play => "M5 3.2v9.6a.6.6 0 0 0 .92.5l7.3-4.8a.6.6 0 0 0 0-1L5.92 2.7A.6.6 0 0 0 5 3.2Z",
        Icon::Pause => "M4.5 3h2.2v10H4.5zM9.3 3h2.2v10H9.3z",
        Icon::Step => "M3.5 3.4v9.2l6.6-4.6zM11.3 3h1.8v10h-1.8z",
        Icon::StepBack => "M12.5 3.4v9.2L5.9 8zM2.9 3h1.8v10H2.9z",
        Icon::ToEnd => "M2.5 3.6v8.8L8 8zM8 3.6v8.8L13.5 8z",
        Icon::Share => "M8 10V2.5M5 5l3-3 3 3M3.5 8v5h9V8",
        Icon::Plus => "M8 3v10M3 8h10",
        Icon::Minus => "M3 8h10",
        Icon::Close => "M4 4l8 8M12 4l-8 8",
        Icon::Power => "M8 2v6M4.8 4.3a5 5 0 1 0 6.4 0",
        Icon::Barrier => "M2.5 5h11v4h-11zM4 9v4M12 9v4M5 9l3-4M9 9l3-4",
        Icon::HalfMoon => "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
        Icon::Question => "M5.8 6.1a2.3 2.3 0 1 1 3.3 2.1c-.7.4-1.1.8-1.1 1.6M8 12.2v.1",
        Icon::Book => "M3 3h4.2c.5 0 .8.4.8.8V13c0-.6-.4-1-1-1H3zM13 3H8.8c-.5 0-.8.4-.8.8V13c0-.6.4-1 1-1h4z",
        Icon::Page => "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
        Icon::Table => "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9",
        Icon::Lens => "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4M10.2 10.2l3.4 3.4",
        Icon::Jump => "M2.5 9.5c1-4.5 6.5-6 9.5-2.5M12.5 3v4.3H8.2M3 13h10",
        Icon::Redo => "M13 6.5H6.8a3.4 3.4 0 0 0 0 6.8H10M13 6.5l-3-3M13 6.5l-3 3",
        Icon::Undo => "M3 6.5h6.2a3.4 3.4 0 0 1 0 6.8H6M3 6.5l3-3M3 6.5l3 3",
        later => path_of_later(later),
    }
}

/// The icons that the start does not show. Not inlined: what calls it is needed first, these are not.
#[inline(never)]
fn path_of_later(icon: Icon) -> &'static str {
    match icon {
        Icon::Sun => "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1",
        Icon::Moon => "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6Z",
        Icon::Branch => "M5 3v10M5 10c0-3 6-2 6-5.5M11 3v1.6",
        Icon::Warning => "M8 2.5l6 10.8H2zM8 6.6v3.2M8 11.5v.1",
        Icon::Pod => "M4 3h8a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 12 13H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 3Z",
        Icon::Node => "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1",
        Icon::Controller => "M8 2.5a5.5 5.5 0 1 0 5.2 3.7M13.4 2.6v3.6H9.8",
        Icon::Picture => "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
        Icon::Service => "M8 2.5v4M8 6.5 4 10M8 6.5l4 3.5M2.5 10h3v3h-3zM10.5 10h3v3h-3zM6.5 2.5h3",
        Icon::Ingress => "M2 8h4.5l4-4H13M6.5 8l4 4H13M11.3 2.3 13 4l-1.7 1.7M11.3 10.3 13 12l-1.7 1.7",
        Icon::Cloud => "M4.6 12.5h6.8a2.7 2.7 0 0 0 .5-5.3 4 4 0 0 0-7.6-.7 3 3 0 0 0 .3 6Z",
        Icon::Pencil => "M3 13l.7-3 7-7 2.3 2.3-7 7zM9 4.7l2.3 2.3",
        Icon::Screen => "M2 3h12v8H2zM8 11v3M5 14h6",
        Icon::Globe => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c-4 3.5-4 8.5 0 12M8 2c4 3.5 4 8.5 0 12",
        Icon::Check => "M3 8.5l3.2 3.2L13 4.8",
        _ => unreachable!("BUG: an icon without lines"),
    }
}

fn is_filled(icon: Icon) -> bool {
    matches!(icon, Icon::Play | Icon::Pause | Icon::Step | Icon::StepBack | Icon::ToEnd)
}

/// Draws an icon. It says nothing to a screen reader: its button does.
pub fn icon(icon: Icon) -> Html {
    let class = if is_filled(icon) { "icon filled" } else { "icon" };
    html! {
        <svg {class} viewBox="0 0 16 16" aria-hidden="true"><path d={path(icon)} /></svg>
    }
}
