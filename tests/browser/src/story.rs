//! A test is a story: somebody opens the page and does things. No story may leave an error in the console.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;

use crate::driver::Driver;
use crate::options::{Browser, Options};
use crate::problem::{Problem, Result};
use crate::session::Session;

/// The built page's address, from the variable `PODSCAPE_PAGE`; `None` where there is no page to test.
pub fn page_address() -> Option<String> {
    std::env::var("PODSCAPE_PAGE")
        .ok()
        .filter(|address| !address.is_empty())
}

/// Plays a story at a desktop. `name` names the picture that is left behind when it fails.
pub fn story(name: &str, steps: impl FnOnce(&Session) -> Result<()>) -> Result<()> {
    story_with(name, &Options::default(), "", steps)
}

/// Plays a story with these options. `place` is what follows the page's address, such as `#…`.
pub fn story_with(
    name: &str,
    options: &Options,
    place: &str,
    steps: impl FnOnce(&Session) -> Result<()>,
) -> Result<()> {
    let Some(address) = page_address() else {
        println!("skipped: PODSCAPE_PAGE does not name a page; `cargo xtask test` does");
        return Ok(());
    };
    let driver = Driver::start(&browser()?)?;
    let session = driver.session(options)?;
    let play = || {
        session.open(&format!("{address}{place}"))?;
        steps(&session)?;
        let errors = session.console_errors()?;
        if errors.is_empty() {
            return Ok(());
        }
        Err(Problem::new(format!("errors in the console: {errors:#?}")))
    };
    // An assertion in a step panics: evidence first, then on with it.
    let outcome = catch_unwind(AssertUnwindSafe(play));
    if !matches!(outcome, Ok(Ok(()))) {
        leave_evidence(name, &session);
    }
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// The browser that the variables `CHROMEDRIVER` and `CHROME` name.
fn browser() -> Result<Browser> {
    let variable = |name: &str| {
        let value = std::env::var_os(name).map(PathBuf::from);
        value.ok_or_else(|| {
            Problem::new(format!(
                "{name} must name a program; `cargo xtask test` sets it"
            ))
        })
    };
    Ok(Browser {
        driver: variable("CHROMEDRIVER")?,
        program: variable("CHROME")?,
    })
}

/// Prints the console and saves a picture, for whoever looks why a story failed.
fn leave_evidence(name: &str, session: &Session) {
    for line in session.console().unwrap_or_default() {
        println!("console {}: {}", line.level, line.message);
    }
    let folder =
        std::env::var_os("PODSCAPE_PICTURES").map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("{name}.png"));
    if session.save_screenshot(&path).is_ok() {
        println!("picture: {}", path.display());
    }
}
