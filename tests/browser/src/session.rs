//! One open browser with one page in it.

use std::cell::RefCell;
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use crate::element::Element;
use crate::options::{Motion, Theme, emulated_media};
use crate::problem::{Problem, Result};
use crate::wire::Wire;

/// How long a wait lasts before it is a problem.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often a condition is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(40);

/// The elements that match a selector and are named so: by `aria-label`, else by their text.
const NAMED: &str = "const [selector, name] = arguments;
return [...document.querySelectorAll(selector)].find(element =>
  (element.getAttribute('aria-label') ?? element.innerText ?? '').trim() === name) ?? null;";

/// A browser; it is closed when this is dropped.
#[derive(Debug)]
pub struct Session {
    wire: Wire,
    console: RefCell<Vec<ConsoleLine>>,
}

/// A line in the browser's console: a message of the page, an uncaught error, a failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// The text, with its place in front.
    pub message: String,
}

impl Session {
    pub(crate) fn new(wire: Wire) -> Self {
        Self {
            wire,
            console: RefCell::default(),
        }
    }

    /// Opens an address and waits until the document has loaded.
    pub fn open(&self, address: &str) -> Result<()> {
        self.wire.post("url", &json!({ "url": address })).map(drop)
    }

    /// The address that the address bar shows.
    pub fn address(&self) -> Result<String> {
        Ok(text_of(&self.wire.get("url")?))
    }

    /// Loads the page again.
    pub fn reload(&self) -> Result<()> {
        self.wire.command("refresh").map(drop)
    }

    /// Goes back in the history.
    pub fn back(&self) -> Result<()> {
        self.wire.command("back").map(drop)
    }

    /// The title of the document.
    pub fn title(&self) -> Result<String> {
        Ok(text_of(&self.wire.get("title")?))
    }

    /// Waits for the first element that matches a CSS selector.
    pub fn find(&self, selector: &str) -> Result<Element> {
        self.wait_for(selector, || Ok(self.all(selector)?.into_iter().next()))
    }

    /// All elements that match a CSS selector now.
    pub fn all(&self, selector: &str) -> Result<Vec<Element>> {
        let found = self.wire.post(
            "elements",
            &json!({ "using": "css selector", "value": selector }),
        )?;
        let references = found.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(references
            .iter()
            .filter_map(|reference| Element::from_json(&self.wire, reference))
            .collect())
    }

    /// How many elements match a CSS selector now.
    pub fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.all(selector)?.len())
    }

    /// Waits for the element that matches a CSS selector and is named so (by `aria-label`, else by its text).
    pub fn named(&self, selector: &str, name: &str) -> Result<Element> {
        self.wait_for(&format!("{selector} \"{name}\""), || {
            let found = self.run(NAMED, &[json!(selector), json!(name)])?;
            Ok(Element::from_json(&self.wire, &found))
        })
    }

    /// Clicks the button (or link, or tab) that is named so.
    pub fn press(&self, name: &str) -> Result<()> {
        self.named(
            "button, a[href], [role=button], [role=tab], [role=menuitem], summary",
            name,
        )?
        .click()
    }

    /// Clicks the first element that matches a CSS selector, once it is there.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.find(selector)?.click()
    }

    /// Types into whatever has the focus. See [`crate::keys`] for keys that are not letters.
    pub fn keys(&self, keys: &str) -> Result<()> {
        let type_keys = || {
            let found = self.wire.get("element/active")?;
            let Some(element) = Element::from_json(&self.wire, &found) else {
                return Err(Problem::new("nothing has the focus"));
            };
            element.type_keys(keys)
        };
        // What has the focus may be replaced between the question and the keys, by what takes its place and its focus.
        match type_keys() {
            Err(problem) if ["stale element", "not interactable"].iter().any(|why| problem.to_string().contains(why)) => type_keys(),
            done => done,
        }
    }

    /// The visible text of the whole page.
    pub fn text(&self) -> Result<String> {
        Ok(text_of(&self.run("return document.body.innerText;", &[])?))
    }

    /// Waits until the visible text of the first element that matches contains `part`.
    pub fn see(&self, selector: &str, part: &str) -> Result<()> {
        let last = RefCell::new(String::from("nothing"));
        let seen = self.until(&format!("\"{part}\" in {selector}"), |session| {
            let Some(element) = session.all(selector)?.into_iter().next() else {
                return Ok(false);
            };
            let text = element.text()?;
            let seen = text.contains(part);
            last.replace(text);
            Ok(seen)
        });
        seen.map_err(|problem| Problem::new(format!("{problem}; last seen: {}", last.borrow())))
    }

    /// Waits until `condition` holds. A step that fails meanwhile (an element was just replaced) is tried
    /// again.
    pub fn until(&self, what: &str, condition: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        self.wait_for(what, || Ok(condition(self)?.then_some(())))
    }

    /// Runs JavaScript (the body of a function, with `arguments`) and gives back what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.wire.post(
            "execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Like [`Self::run`], but waits for the promise that the script returns.
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let body = format!(
            "const done = arguments[arguments.length - 1];
             Promise.resolve((async function() {{ {script} }}).apply(null, arguments)).then(
               value => done({{ kept: value ?? null }}), error => done({{ broken: String(error) }}));"
        );
        let mut answer = self.wire.post(
            "execute/async",
            &json!({ "script": body, "args": arguments }),
        )?;
        match answer["broken"].as_str() {
            Some(error) => Err(Problem::new(error)),
            None => Ok(answer["kept"].take()),
        }
    }

    /// Calls a method of the DevTools protocol.
    pub fn devtools(&self, method: &str, parameters: &Value) -> Result<Value> {
        self.wire.post(
            "goog/cdp/execute",
            &json!({ "cmd": method, "params": parameters }),
        )
    }

    /// Makes the page's area this wide and high, in CSS pixels.
    pub fn resize(&self, (width, height): (u32, u32)) -> Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)
            .map(drop)
    }

    /// Sets what the person prefers.
    pub fn prefer(&self, theme: Theme, motion: Motion) -> Result<()> {
        self.devtools("Emulation.setEmulatedMedia", &emulated_media(theme, motion))
            .map(drop)
    }

    /// Cuts the page off the network, or connects it again.
    pub fn set_offline(&self, offline: bool) -> Result<()> {
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.enable", &json!({}))?;
        self.devtools("Network.emulateNetworkConditions", &conditions)
            .map(drop)
    }

    /// What the clipboard holds. The page may read it from then on.
    pub fn clipboard(&self) -> Result<String> {
        let permissions =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.devtools("Browser.grantPermissions", &permissions)?;
        Ok(text_of(&self.run_async(
            "return navigator.clipboard.readText();",
            &[],
        )?))
    }

    /// Everything in the console so far.
    pub fn console(&self) -> Result<Vec<ConsoleLine>> {
        let fresh = self.wire.post("se/log", &json!({ "type": "browser" }))?;
        let mut lines = self.console.borrow_mut();
        for line in fresh.as_array().map(Vec::as_slice).unwrap_or_default() {
            lines.push(ConsoleLine {
                level: text_of(&line["level"]),
                message: text_of(&line["message"]),
            });
        }
        Ok(lines.clone())
    }

    /// The errors in the console so far.
    pub fn console_errors(&self) -> Result<Vec<String>> {
        let lines = self.console()?;
        Ok(lines
            .into_iter()
            .filter(|line| line.level == "SEVERE")
            .map(|line| line.message)
            .collect())
    }

    /// A picture of the page's area, as PNG.
    pub fn screenshot(&self) -> Result<Vec<u8>> {
        let encoded = text_of(&self.wire.get("screenshot")?);
        let decoded = base64::engine::general_purpose::STANDARD.decode(encoded);
        decoded.map_err(|error| Problem::new(format!("the picture is broken: {error}")))
    }

    /// Writes a picture of the page's area into a file; makes its folder.
    pub fn save_screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(path, self.screenshot()?)?)
    }

    /// Looks again and again until `attempt` finds something.
    fn wait_for<T>(&self, what: &str, attempt: impl Fn() -> Result<Option<T>>) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            let outcome = attempt();
            if let Ok(Some(found)) = outcome {
                return Ok(found);
            }
            if Instant::now() >= end {
                let reason = outcome
                    .err()
                    .map_or(String::new(), |problem| format!(" ({problem})"));
                return Err(Problem::new(format!(
                    "waited {} s for {what}{reason}",
                    PATIENCE.as_secs()
                )));
            }
            std::thread::sleep(GLANCE);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.wire.delete();
    }
}

/// A JSON string's text; empty for anything else.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
