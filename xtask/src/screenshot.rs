//! `cargo xtask screenshot`: a picture of the page, for the README and for looking at it.

use std::path::Path;
use std::time::Duration;

use podscape_browser_tests::{Driver, Motion, Options, Theme};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::page;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The options of this command.
pub const OPTIONS: &[&str] = &[
    "--out FILE",
    "--size WIDTHxHEIGHT",
    "--lang ko|en",
    "--theme light|dark",
    "--url-hash TEXT",
    "--wait SECONDS",
    "--script JAVASCRIPT",
    "--url ADDRESS",
];

/// How long the page may settle before the picture is taken.
const USUAL_WAIT_SECONDS: f64 = 1.5;

/// Takes the picture.
pub fn run(workspace: &Workspace, steps: &Steps, arguments: &Arguments) -> Result<(), Failure> {
    let options = read_options(arguments)?;
    let wait = arguments.value("wait")?.unwrap_or(USUAL_WAIT_SECONDS);
    let (browser, address) = page::in_browser(workspace, steps, arguments)?;
    let hash = arguments.text("url-hash").map_or(String::new(), |hash| format!("#{}", hash.trim_start_matches('#')));
    let out = workspace.root().join(arguments.text("out").unwrap_or("docs/screenshot.png"));

    let driver = Driver::start(&browser)?;
    let session = driver.session(&options)?;
    session.open(&format!("{address}{hash}"))?;
    std::thread::sleep(Duration::from_secs_f64(wait));
    if let Some(script) = arguments.text("script") {
        session.run_async(script, &[])?;
        std::thread::sleep(Duration::from_secs_f64(wait));
    }
    session.save_screenshot(Path::new(&out))?;
    steps.say(&format!("{} ({} × {})", out.display(), options.size.0, options.size.1));
    for error in session.console_errors()? {
        steps.say(&format!("error in the console: {error}"));
    }
    Ok(())
}

fn read_options(arguments: &Arguments) -> Result<Options, Failure> {
    let mut options = Options { motion: Motion::Full, ..Options::default() };
    if let Some(text) = arguments.text("size") {
        options.size = read_size(text)?;
    }
    if let Some(language) = arguments.text("lang") {
        options.language = language.to_owned();
    }
    options.theme = match arguments.text("theme") {
        None | Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        Some(other) => {
            return Err(Failure::new(format!("--theme: \"{other}\" is neither light nor dark")));
        }
    };
    Ok(options)
}

/// `1280x800` as width and height.
fn read_size(text: &str) -> Result<(u32, u32), Failure> {
    let size = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    size.filter(|(width, height)| *width > 0 && *height > 0).ok_or_else(|| Failure::new(format!("--size: \"{text}\" is not like 1280x800")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(read_size("390x844"), Ok((390, 844)));
        for wrong in ["390", "x", "0x5", "axb", "-1x5"] {
            assert!(read_size(wrong).is_err(), "{wrong}");
        }
    }
}
