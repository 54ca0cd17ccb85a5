//! A small blocking WebDriver client for Chrome and Chromium, made for telling what a person does with the
//! page: open it, find a thing, click, type, wait until something is seen.
//!
//! The end-to-end tests in `tests/` are written with it; `cargo xtask screenshot` too.
//! Left out: other browsers, frames, several windows, alerts.

mod driver;
mod element;
pub mod keys;
mod options;
mod problem;
mod session;
mod story;
mod wire;

pub use driver::Driver;
pub use element::Element;
pub use options::{Browser, Motion, Options, Theme};
pub use problem::{Problem, Result};
pub use session::{ConsoleLine, Session};
pub use story::{page_address, story, story_with};
