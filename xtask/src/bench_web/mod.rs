//! `cargo xtask bench-web`: how fast the built page is in a browser without a screen and without a GPU: what Lighthouse asks of a load,
//! frames and long tasks while much happens, frames with many packets, frames with many pods, memory, how fast the clock can go, how soon a key is answered and a word
//! completed. Prints tables; judges nothing, since a busy
//! machine is no fault of the page.

mod complete;
mod crowd;
mod figures;
mod load;
mod packets;
mod strain;

use podscape_browser_tests::{Browser, Driver, Motion, Options, Session};
use serde_json::json;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::page;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The options of this command.
pub const OPTIONS: &[&str] = &["--url ADDRESS", "--pods N,N,…"];

/// How many pods a cluster has, unless asked otherwise.
const USUAL_PODS: &str = "100,1000,10000";
/// Runs in each document before its own scripts.
const HOOKS: &str = include_str!("hooks.js");

/// Measures and prints.
pub fn run(workspace: &Workspace, steps: &Steps, arguments: &Arguments) -> Result<(), Failure> {
    let (browser, address) = page::in_browser(workspace, steps, arguments)?;
    let asked = arguments.text("pods").unwrap_or(USUAL_PODS);
    let counts: Option<Vec<u32>> = asked.split(',').map(|count| count.parse().ok()).collect();
    let counts = counts.ok_or_else(|| Failure::new(format!("--pods: \"{asked}\" is not like {USUAL_PODS}")))?;
    steps.say("load the page");
    println!("\n{}", load::measure(&browser, &address)?);
    steps.say("what keeps it busy");
    println!("\n{}", strain::measure(&browser, &address)?);
    steps.say("many packets");
    println!("\n{}", packets::measure(&browser, &address)?);
    let mut crowds = Vec::new();
    for pods in counts {
        steps.say(&format!("{pods} pods"));
        crowds.push(crowd::measure(&browser, &address, pods)?);
    }
    println!("\n{}", crowd::table(&crowds));
    for crowd in &crowds {
        println!("{}", crowd.completions());
    }
    Ok(())
}

/// Opens the page in a fresh browser, with the hooks in it.
fn open(browser: &Browser, address: &str) -> Result<(Driver, Session), Failure> {
    let driver = Driver::start(browser)?;
    let options = Options { motion: Motion::Full, size: (1440, 900), ..Options::default() };
    let session = driver.session(&options)?;
    session.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": HOOKS }))?;
    session.open(address)?;
    Ok((driver, session))
}
