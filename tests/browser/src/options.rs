//! How a browser is started and what it claims about its person.

use std::path::PathBuf;

use serde_json::{Value, json};

/// Flags for a browser without a screen, without root and without traffic of its own.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The browser and its driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// The driver's program.
    pub driver: PathBuf,
    /// The browser's program.
    pub program: PathBuf,
}

/// What `prefers-color-scheme` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// A light page is preferred.
    Light,
    /// A dark page is preferred.
    Dark,
}

/// What `prefers-reduced-motion` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// No preference.
    Full,
    /// Less motion is preferred.
    Reduced,
}

/// A person at a screen: what the page can ask the browser about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The size of the page's area in CSS pixels: width, height.
    pub size: (u32, u32),
    /// The colour preference.
    pub theme: Theme,
    /// The motion preference.
    pub motion: Motion,
    /// `navigator.language`.
    pub language: String,
}

impl Default for Options {
    /// A desktop: 1280 × 800, light, full motion, English.
    fn default() -> Self {
        Self {
            size: (1280, 800),
            theme: Theme::Light,
            motion: Motion::Full,
            language: "en".to_owned(),
        }
    }
}

impl Options {
    /// A telephone: 390 × 844.
    pub fn phone() -> Self {
        Self {
            size: (390, 844),
            ..Self::default()
        }
    }
}

/// The body that asks for a session. Each session has a profile of its own, which the driver removes.
pub(crate) fn new_session(browser: &Browser, options: &Options) -> Value {
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--lang={}", options.language));
    flags.push(format!(
        "--window-size={},{}",
        options.size.0, options.size.1
    ));
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            "binary": browser.program,
            "args": flags,
            "prefs": { "intl.accept_languages": options.language },
        },
    } } })
}

/// The parameters of the DevTools method `Emulation.setEmulatedMedia`.
pub(crate) fn emulated_media(theme: Theme, motion: Motion) -> Value {
    let theme = match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let motion = match motion {
        Motion::Full => "no-preference",
        Motion::Reduced => "reduce",
    };
    json!({ "features": [
        { "name": "prefers-color-scheme", "value": theme },
        { "name": "prefers-reduced-motion", "value": motion },
    ] })
}
