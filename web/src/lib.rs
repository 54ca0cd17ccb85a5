//! The page. Intents go in at [`session`], the only part that changes anything; plain data comes out and is drawn.
//!
//! - [`session`] owns the simulator and everything the user has chosen; it knows no browser.
//! - [`pace`] is the only wall clock; [`address`] the only place that reads or writes the URL and the browser's storage.
//! - `panels`, `stage` and `editor` draw what they are given and send intents.

pub mod address;
mod app;
mod brought;
mod document;
pub mod editor;
pub mod i18n;
mod icons;
pub mod intent;
mod mistake;
mod number;
pub mod pace;
mod panels;
pub mod qr;
pub mod session;
pub mod shared;
pub mod stage;
pub mod units;

pub use podscape::simulator;

/// Puts the page into the document.
pub fn start() {
    mistake::show_panics();
    app::mount();
}
