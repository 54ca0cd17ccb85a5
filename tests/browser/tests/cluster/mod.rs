//! What the stories read off the page and do to it, by the hooks that the page offers.
#![allow(dead_code)]

use podscape_browser_tests::{Result, Session, keys};
use serde_json::{Value, json};

/// The selector of a hook.
pub fn hook(name: &str) -> String {
    format!("[data-testid=\"{name}\"]")
}

/// What moves on the stage: pods, and nodes when the stage gets another width.
const MOVING: [&str; 4] = ["pod-", "node-", "power-", "cordon-"];

/// Waits until something has come to where it goes: on its way a click would meet what it passes.
fn at_rest(page: &Session, name: &str) -> Result<()> {
    let script = "const place = document.querySelector(arguments[0])?.getBoundingClientRect(); return place ? `${place.x},${place.y}` : null;";
    let place = |page: &Session| page.run(script, &[json!(hook(name))]);
    page.until(&format!("{name} at rest"), |page| {
        let before = place(page)?;
        std::thread::sleep(std::time::Duration::from_millis(80));
        Ok(!before.is_null() && before == place(page)?)
    })
}

/// Clicks what bears a hook, as soon as it lets itself be clicked: things move.
pub fn click(page: &Session, name: &str) -> Result<()> {
    if MOVING.iter().any(|prefix| name.starts_with(prefix)) {
        at_rest(page, name)?;
    }
    page.until(&format!("a click on {name}"), |page| {
        page.find(&hook(name))?.click()?;
        Ok(true)
    })
}

/// An attribute of what bears a hook.
pub fn attribute(page: &Session, name: &str, attribute: &str) -> Result<String> {
    Ok(page.find(&hook(name))?.attribute(attribute)?.unwrap_or_default())
}

/// The attributes of all pods on the stage, by the pods' names in order.
fn of_pods(page: &Session, attribute: &str) -> Result<Vec<(String, String)>> {
    let script = "return [...document.querySelectorAll('.pod:not(.gone)')].map(pod => [pod.dataset.testid.slice(4), pod.getAttribute(arguments[0])]);";
    let rows = page.run(script, &[json!(attribute)])?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut pods: Vec<_> = rows.as_array().into_iter().flatten().map(|row| (text(&row[0]), text(&row[1]))).collect();
    pods.sort();
    Ok(pods)
}

/// The names of all pods on the stage.
pub fn pods(page: &Session) -> Result<Vec<String>> {
    Ok(of_pods(page, "data-state")?.into_iter().map(|(name, _)| name).collect())
}

/// How each pod is drawn.
pub fn states(page: &Session) -> Result<Vec<(String, String)>> {
    of_pods(page, "data-state")
}

/// The stamp of each pod.
pub fn stamps(page: &Session) -> Result<Vec<(String, String)>> {
    of_pods(page, "data-stamp")
}

/// The node of each pod.
pub fn places(page: &Session) -> Result<Vec<(String, String)>> {
    of_pods(page, "data-node")
}

/// Waits until so many pods are ready and no other pod is there.
pub fn all_ready(page: &Session, count: usize) -> Result<()> {
    page.until(&format!("{count} ready pods"), |page| {
        let states = states(page)?;
        Ok(states.len() == count && states.iter().all(|(_, state)| state == "ready"))
    })
}

/// Waits until a pod is drawn so.
pub fn in_state(page: &Session, pod: &str, state: &str) -> Result<()> {
    page.until(&format!("{pod} {state}"), |page| Ok(attribute(page, &format!("pod-{pod}"), "data-state")? == state))
}

/// Waits until what was opened has been played to its moment.
pub fn opened(page: &Session) -> Result<()> {
    page.until("what was opened", |page| Ok(page.count("[data-testid=timebar]:not([aria-busy])")? == 1))
}

/// Microseconds since the start, as the clock shows them, once what was opened is there.
pub fn clock(page: &Session) -> Result<u64> {
    opened(page)?;
    Ok(attribute(page, "clock", "data-micros")?.parse().unwrap_or_default())
}

/// Whether the clock plays.
pub fn plays(page: &Session) -> Result<bool> {
    Ok(attribute(page, "play", "data-playing")? == "true")
}

/// Stops or starts the clock, if it is not as wished.
pub fn play(page: &Session, wish: bool) -> Result<()> {
    if plays(page)? != wish {
        click(page, "play")?;
    }
    page.until("the clock's button", |page| Ok(plays(page)? == wish))
}

/// Moves a slider to a value.
pub fn slide(page: &Session, name: &str, value: u64) -> Result<()> {
    let script = "const slider = document.querySelector(arguments[0]);
        slider.value = arguments[1];
        slider.dispatchEvent(new Event('input', { bubbles: true }));";
    page.run(script, &[json!(hook(name)), json!(value)]).map(drop)
}

/// Sets the speed to a power of ten: 0 is ×0.1, 4 is ×1000.
pub fn speed(page: &Session, detent: u64) -> Result<()> {
    slide(page, "speed", detent * 100)
}

/// Types a line into the terminal.
pub fn type_line(page: &Session, line: &str) -> Result<()> {
    if page.count(&hook("line"))? == 0 {
        // A lab about requests opens on these.
        click(page, "tab-terminal")?;
    }
    page.find(&hook("line"))?.type_keys(&format!("{line}\n"))
}

/// What the last line in the terminal printed, once it has printed something.
pub fn printed(page: &Session) -> Result<String> {
    let script = "return [...document.querySelectorAll('[data-testid=terminal-log] .entry')].at(-1)?.querySelector('pre')?.textContent ?? '';";
    page.until("a printed answer", |page| Ok(page.run(script, &[])?.as_str().is_some_and(|text| !text.is_empty())))?;
    Ok(page.run(script, &[])?.as_str().unwrap_or_default().to_owned())
}

/// Puts a text into the editor as a person's paste would.
pub fn write_file(page: &Session, text: &str) -> Result<()> {
    let script = "const area = document.querySelector('[data-testid=editor]');
        area.value = arguments[0];
        area.dispatchEvent(new Event('input', { bubbles: true }));";
    page.run(script, &[json!(text)]).map(drop)
}

/// Goes to the editor and waits until the rich one has come.
pub fn rich_editor(page: &Session) -> Result<()> {
    page.run("document.querySelector('#editor').focus()", &[])?;
    page.until("the rich editor", |page| Ok(page.count(".cm-content")? == 1))
}

/// The text in the editor.
pub fn file(page: &Session) -> Result<String> {
    Ok(page.find(&hook("editor"))?.property("value")?.as_str().unwrap_or_default().to_owned())
}

/// The part of the shared link after `#`, from the clipboard.
pub fn share(page: &Session) -> Result<String> {
    click(page, "share")?;
    page.until("a link in the clipboard", |page| Ok(page.clipboard()?.contains("#1.")))?;
    let link = page.clipboard()?;
    press(page, keys::ESCAPE)?;
    Ok(link.split_once('#').map(|(_, link)| link.to_owned()).unwrap_or_default())
}

/// The part of a link that is the scenario: behind it may stand whose details are open.
pub fn scenario_of(link: &str) -> &str {
    link.split('&').next().unwrap_or_default()
}

/// The digest of the moment, from the sheet of keys, once what was opened is there.
pub fn digest(page: &Session) -> Result<String> {
    opened(page)?;
    click(page, "help")?;
    let digest = page.find(&hook("digest"))?.text()?;
    press(page, keys::ESCAPE)?;
    page.until("the sheet closed", |page| Ok(page.count(&hook("keys"))? == 0))?;
    Ok(digest)
}

/// Presses a key that is not a letter.
pub fn press(page: &Session, key: char) -> Result<()> {
    page.keys(&key.to_string())
}

/// Puts a text into a field, as typing does.
pub fn write_field(page: &Session, name: &str, text: &str) -> Result<()> {
    let script = "const field = document.querySelector(arguments[0]);
        field.value = arguments[1];
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.run(script, &[json!(hook(name)), json!(text)]).map(drop)
}

/// Lets the clock run for so many seconds, or some more.
pub fn pass(page: &Session, seconds: u64) -> Result<()> {
    let until = clock(page)? + seconds * 1_000_000;
    speed(page, if seconds > 100 { 3 } else { 2 })?;
    play(page, true)?;
    page.until(&format!("{seconds} s to pass"), |page| Ok(clock(page)? >= until))?;
    play(page, false)
}
