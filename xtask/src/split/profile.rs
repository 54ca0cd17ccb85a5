//! Runs a page with an instrumented module and tells what of it its start reaches.
//!
//! The start is what happens until the example cluster is shown and has run for a moment, for a person at a
//! desk and for one with a telephone, in both languages and both colour schemes.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use podscape_browser_tests::{Browser, Driver, Motion, Options, Session, Theme};

use super::places::REACHED;
use crate::failure::Failure;
use crate::static_server;

/// A script that keeps the module's exports in reach.
pub const KEEP_EXPORTS: &str = "addEventListener('TrunkApplicationStarted', event => window.observed = event.detail.wasm);";
/// How long the cluster runs under observation.
const WATCH: Duration = Duration::from_secs(4);
/// How long the page gets to follow a change of its window or colours.
const SETTLE: Duration = Duration::from_millis(800);

/// The numbers of the places that were reached in the page in `folder`.
pub fn observe(browser: &Browser, folder: &Path) -> Result<BTreeSet<usize>, Failure> {
    let address = static_server::start(folder)?;
    let driver = Driver::start(browser)?;
    let phone = Options { theme: Theme::Dark, language: "ko".to_owned(), ..Options::phone() };
    let mut ran = BTreeSet::new();
    for options in [Options::default(), phone] {
        let session = driver.session(&options)?;
        session.open(&address)?;
        session.until("the page starts", |session| Ok(session.run("return Boolean(window.observed)", &[])? == true))?;
        sleep(WATCH);
        session.resize((options.size.0 + 300, 700))?;
        session.prefer(other(options.theme), Motion::Reduced)?;
        sleep(SETTLE);
        ran.extend(read(&session)?);
        let errors = session.console_errors()?;
        if !errors.is_empty() {
            return Err(Failure::new(format!("the observed page: {}", errors.join("; "))));
        }
    }
    Ok(ran)
}

fn other(theme: Theme) -> Theme {
    match theme {
        Theme::Light => Theme::Dark,
        Theme::Dark => Theme::Light,
    }
}

/// The places that have noted that they were reached.
fn read(session: &Session) -> Result<BTreeSet<usize>, Failure> {
    let script = format!(
        "return Object.entries(window.observed)
           .filter(([name, global]) => name.startsWith('{REACHED}') && global.value)
           .map(([name]) => Number(name.slice({})));",
        REACHED.len()
    );
    let answer = session.run(&script, &[])?;
    let numbers: BTreeSet<usize> = answer.as_array().into_iter().flatten().filter_map(|number| usize::try_from(number.as_u64()?).ok()).collect();
    if numbers.is_empty() {
        return Err(Failure::new("no place has noted that it was reached"));
    }
    Ok(numbers)
}
