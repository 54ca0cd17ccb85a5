//! A browser to test in: Chromium or Chrome with its driver, and letters for Korean.

use std::path::PathBuf;

use podscape_browser_tests::Browser;

use super::{Toolbox, packages};
use crate::failure::Failure;
use crate::steps::Steps;

/// Names and usual places of the driver; the variable `CHROMEDRIVER` comes first.
const DRIVERS: &[&str] = &[
    "chromedriver",
    "chromium.chromedriver",
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
    "/opt/homebrew/bin/chromedriver",
    "/usr/local/bin/chromedriver",
];
/// Names and usual places of the browser; the variable `CHROME` comes first.
const BROWSERS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];
/// What Debian calls them, with a font that has Hangul.
const PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-noto-cjk"];

/// Finds a browser with its driver, or installs them.
pub fn set_up(steps: &Steps, toolbox: &Toolbox) -> Result<Browser, Failure> {
    let found = find(toolbox);
    if let Some(browser) = &found
        && has_hangul(toolbox)
    {
        steps.say(&format!("browser driver: {}", browser.driver.display()));
        return Ok(found.expect("BUG: just seen"));
    }
    let installed = packages::install(steps, toolbox, PACKAGES);
    match (find(toolbox), installed) {
        (Some(browser), Ok(())) => Ok(browser),
        (Some(browser), Err(failure)) => {
            steps.say(&format!("{failure}\n           without a Korean font, pictures may show boxes"));
            Ok(browser)
        }
        (None, installed) => {
            let reason = installed.err().map_or(String::new(), |failure| format!("{failure}\n"));
            Err(Failure::new(format!(
                "{reason}No Chrome or Chromium with its driver was found. By hand: install both in the same \
                 version (macOS: `brew install --cask chromedriver`), or name them in the variables CHROME and \
                 CHROMEDRIVER"
            )))
        }
    }
}

fn find(toolbox: &Toolbox) -> Option<Browser> {
    Some(Browser { driver: choose(toolbox, "CHROMEDRIVER", DRIVERS)?, program: choose(toolbox, "CHROME", BROWSERS)? })
}

fn choose(toolbox: &Toolbox, variable: &str, candidates: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    named.or_else(|| candidates.iter().find_map(|candidate| toolbox.find(candidate)))
}

/// Whether some font has Hangul. Only Linux can be without, and only where fontconfig can be asked.
fn has_hangul(toolbox: &Toolbox) -> bool {
    toolbox.ask("fc-list", &[":lang=ko", "family"]).is_none_or(|families| !families.is_empty())
}
