//! `cargo xtask test`: every test there is. Native first, then in wasm in a browser, then the built page as a
//! person uses it. One suite's failure does not stop the others.

use std::process::Command;

use podscape_browser_tests::Browser;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::setup::{self, Toolbox};
use crate::steps::{Steps, Task};
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{page, static_server};

/// The options of this command.
pub const OPTIONS: &[&str] = &[];

/// Tested natively, and once more in wasm in a browser.
const WASM_PACKAGE: &str = "podscape-web";
/// Needs the built page.
const BROWSER_PACKAGE: &str = "podscape-browser-tests";

/// Sets up what is missing, runs all suites, prints the sum as the last line.
pub fn run(workspace: &Workspace, steps: &Steps, _: &Arguments) -> Result<(), Failure> {
    let toolbox = setup::for_page(workspace, steps)?;
    let browser = setup::browser::set_up(steps, &toolbox)?;
    let mut tally = Tally::default();

    let mut native = cargo_test(workspace, &toolbox);
    native.args(["--workspace", "--exclude", BROWSER_PACKAGE]);
    tally.add(suite(steps, "native tests", &mut native)?);

    let mut client = cargo_test(workspace, &toolbox);
    client.args(["--package", BROWSER_PACKAGE, "--lib"]);
    tally.add(suite(steps, "tests of the browser client", &mut client)?);

    let mut wasm = cargo_test(workspace, &toolbox);
    wasm.args(["--package", WASM_PACKAGE, "--target", "wasm32-unknown-unknown"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("PODSCAPE_DIGESTS", native_digests(workspace, steps, &toolbox)?)
        .env("CHROMEDRIVER", &browser.driver);
    tally.add(suite(steps, "tests in wasm, in a browser", &mut wasm)?);

    match page::build(workspace, steps, &toolbox) {
        Ok(folder) => {
            let mut stories = page_stories(workspace, &toolbox, &browser, &static_server::start(&folder)?);
            if let Some(script) = setup::axe::set_up(workspace, steps, &toolbox) {
                stories.env("PODSCAPE_AXE", script);
            }
            tally.add(suite(steps, "the built page in a browser", &mut stories)?);
        }
        Err(failure) => {
            steps.say(&failure.to_string());
            tally.suite_broke();
        }
    }
    steps.say("all suites have run");
    println!("{tally}");
    if tally.failed() == 0 { Ok(()) } else { Err(Failure::told()) }
}

/// Links of the project's scenarios, each with the digest of its history as played natively; the tests in wasm open them and
/// compare.
fn native_digests(workspace: &Workspace, steps: &Steps, toolbox: &Toolbox) -> Result<String, Failure> {
    let mut command = toolbox.command(workspace, "cargo");
    command.args(["run", "--quiet", "--package", "podscape", "--", "digest"]);
    let folder = workspace.root().join("tests/scenarios");
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect();
    files.sort();
    command.args(files);
    let finished = steps.run(Task::shown("digests of the scenarios, natively", &mut command))?;
    let lines: Vec<String> = finished.lines.into_iter().filter(|line| line.starts_with("1.")).collect();
    Ok(lines.join(";"))
}

/// The end-to-end tests against the page at `address`.
fn page_stories(workspace: &Workspace, toolbox: &Toolbox, browser: &Browser, address: &str) -> Command {
    let mut command = cargo_test(workspace, toolbox);
    command
        .args(["--package", BROWSER_PACKAGE, "--test", "*"])
        .env("PODSCAPE_PAGE", address)
        .env("PODSCAPE_PICTURES", workspace.target().join("pictures"))
        .env("CHROMEDRIVER", &browser.driver)
        .env("CHROME", &browser.program)
        // One browser at a time: a story waits for seconds, not for its turn at the processor.
        .env("RUST_TEST_THREADS", "1");
    command
}

fn cargo_test(workspace: &Workspace, toolbox: &Toolbox) -> Command {
    let mut command = toolbox.command(workspace, "cargo");
    command.args(["test", "--no-fail-fast"]);
    command
}

/// Runs one suite and counts. A suite that fails without a failed test counts as one.
fn suite(steps: &Steps, what: &str, command: &mut Command) -> Result<Tally, Failure> {
    let finished = steps.run(Task::shown(what, command))?;
    let mut tally = Tally::default();
    for line in &finished.lines {
        tally.read(line);
    }
    if !finished.success && tally.failed() == 0 {
        tally.suite_broke();
    }
    steps.say(&format!("{what}: {tally}"));
    Ok(tally)
}
