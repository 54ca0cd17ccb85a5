//! Images that a scenario defines: when the program listens, what it answers where and after what time, which requests fail, how much memory
//! it takes as time goes on, when it ends by itself, and whether it ignores SIGTERM.
//!
//! ```yaml
//! example.com/shop:
//!   starts-after: 5             # seconds until it listens
//!   jitter: 20                  # percent more at most
//!   ports: [8080]               # those that the container declares, if left out
//!   answers: {/: "hello from HOST", /health: {status: 503, body: no, takes: 0.2}}
//!   takes: 0.05                 # seconds for an answer
//!   fails-from: 6               # or `fails-each: 5`
//!   memory: [[0, 20Mi], [60, 200Mi]]
//!   exits: {after: 30, code: 1}
//!   ignores-sigterm: true
//!   prints: starting
//! ```

use serde_json::Value;

use super::image::Fails;
use super::wire::{HttpRequest, HttpResponse};
use crate::api::Quantity;
use crate::base::{Name, SimDuration};

const FIELDS: [&str; 11] =
    ["starts-after", "jitter", "ports", "answers", "takes", "fails-from", "fails-each", "memory", "exits", "ignores-sigterm", "prints"];
/// Not more entries than this in a list.
const MOST: usize = 64;

/// What it answers at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    /// A path, and what begins with it and `/`.
    path: Name,
    status: u16,
    body: Name,
    takes: Option<SimDuration>,
}

/// An image that a scenario defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnImage {
    /// Its reference, with a tag if only that one is so.
    pub name: Name,
    /// As it was written.
    pub source: Value,
    /// From the start of a container until it listens.
    pub starts_after: SimDuration,
    /// So many percent more at most.
    pub jitter: u64,
    /// Where it listens; on the ports that the container declares if there are none here.
    pub ports: Vec<i32>,
    pages: Vec<Page>,
    takes: SimDuration,
    /// Which requests end in 500.
    pub fails: Fails,
    /// From when on it takes how many bytes.
    memory: Vec<(SimDuration, i64)>,
    /// When it ends by itself, and with which code.
    pub exits: Option<(SimDuration, i32)>,
    /// Whether SIGTERM does nothing to it.
    pub ignores_sigterm: bool,
    /// What it prints when it starts.
    pub prints: Name,
}

fn seconds(value: &Value) -> Option<SimDuration> {
    let number = value.as_f64().filter(|number| (0.0..=1e7).contains(number))?;
    Some(SimDuration::from_micros((number * 1e6) as u64))
}

fn page(path: &str, value: &Value) -> Option<Page> {
    let plain = |body: &str| Page { path: path.into(), status: 200, body: body.into(), takes: None };
    if let Some(body) = value.as_str() {
        return Some(plain(body));
    }
    let map = value.as_object()?;
    let body = map.get("body").map_or(Some(""), Value::as_str)?;
    let status = map.get("status").map_or(Some(200), Value::as_u64).filter(|status| (100..600).contains(status))?;
    let takes = match map.get("takes") {
        Some(value) => Some(seconds(value)?),
        None => None,
    };
    Some(Page { status: u16::try_from(status).unwrap_or(200), takes, ..plain(body) })
}

fn memory(value: &Value) -> Option<(SimDuration, i64)> {
    let amount = match value.get(1)? {
        Value::String(text) => Quantity::parse(text).ok()?.whole(),
        other => other.as_i64()?,
    };
    Some((seconds(value.get(0)?)?, amount))
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array().filter(|list| list.len() <= MOST)?.iter().map(read).collect()
}

impl OwnImage {
    /// Reads one. An error is the field that cannot be read.
    pub fn read(name: &str, source: &Value) -> Result<OwnImage, String> {
        let map = source.as_object().ok_or_else(|| format!("images: {name}: it is no map"))?;
        if let Some(unknown) = map.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            return Err(format!("images: {name}: unknown field \"{unknown}\""));
        }
        let mut image = OwnImage {
            name: name.into(),
            source: source.clone(),
            starts_after: SimDuration::ZERO,
            jitter: 0,
            ports: Vec::new(),
            pages: Vec::new(),
            takes: SimDuration::from_millis(1),
            fails: Fails::Never,
            memory: Vec::new(),
            exits: None,
            ignores_sigterm: false,
            prints: Name::default(),
        };
        for (key, value) in map {
            image.set(key, value).ok_or_else(|| format!("images: {name}: {key}: cannot be read"))?;
        }
        Ok(image)
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<()> {
        let count = || value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
        match key {
            "starts-after" => self.starts_after = seconds(value)?,
            "takes" => self.takes = seconds(value)?,
            "jitter" => self.jitter = value.as_u64().filter(|percent| *percent <= 1000)?,
            "ports" => self.ports = list(value, |port| port.as_i64().and_then(|port| i32::try_from(port).ok()))?,
            "answers" => {
                let answers = value.as_object().filter(|answers| answers.len() <= MOST)?;
                self.pages = answers.iter().map(|(path, value)| page(path, value)).collect::<Option<_>>()?;
            }
            "fails-from" => self.fails = Fails::From(count()?),
            "fails-each" => self.fails = Fails::Each(count()?),
            "memory" => self.memory = list(value, memory)?,
            "exits" => {
                let code = value.get("code").map_or(Some(0), Value::as_i64)?;
                self.exits = Some((seconds(value.get("after")?)?, i32::try_from(code & 0xFF).ok()?));
            }
            "ignores-sigterm" => self.ignores_sigterm = value.as_bool()?,
            _ => self.prints = Name::from(value.as_str()?),
        }
        Some(())
    }

    /// Whether a reference means it.
    pub fn is_meant(&self, reference: &str) -> bool {
        let bare = |text: &str| text.strip_prefix("docker.io/").unwrap_or(text).to_owned();
        let (name, reference) = (bare(&self.name), bare(reference));
        name == reference || reference.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with([':', '@']))
    }

    /// When its memory passes a limit, if it does.
    pub fn exceeds(&self, limit: i64) -> Option<SimDuration> {
        self.memory.iter().filter(|(_, bytes)| *bytes > limit).map(|(at, _)| *at).min()
    }

    /// What it answers: the page of the longest path that fits, and the time it takes.
    pub(super) fn answer(&self, request: &HttpRequest, host: &str) -> (HttpResponse, SimDuration) {
        let path = request.path();
        let fits = |page: &&Page| {
            let rest = path.strip_prefix(page.path.trim_end_matches('/'));
            *page.path == *path || rest.is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
        };
        let Some(page) = self.pages.iter().filter(fits).max_by_key(|page| page.path.len()) else {
            let response = if self.pages.is_empty() { HttpResponse::new(200, format!("You've hit {host}\n")) } else { HttpResponse::new(404, "not found\n") };
            return (response, self.takes);
        };
        (HttpResponse::new(page.status, page.body.replace("HOST", host)), page.takes.unwrap_or(self.takes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_read_and_mistakes_named() {
        let good = json!({"starts-after": 5, "jitter": 20, "ports": [8080], "answers": {"/": "hi HOST", "/a": {"status": 503}},
            "fails-each": 5, "memory": [[0, "20Mi"], [60, 209_715_200]], "exits": {"after": 30.5, "code": 3}, "ignores-sigterm": true, "prints": "go"});
        let Ok(image) = OwnImage::read("example.com/shop", &good) else { panic!("it is not read") };
        assert_eq!((image.starts_after.seconds(), image.jitter, image.fails, image.ignores_sigterm), (5, 20, Fails::Each(5), true));
        assert_eq!(image.exits, Some((SimDuration::from_millis(30_500), 3)));
        let limit = |mebibytes: i64| image.exceeds(mebibytes << 20).map(SimDuration::seconds);
        assert_eq!((limit(10), limit(100), limit(200)), (Some(0), Some(60), None));
        let answer = |path: &str| image.answer(&HttpRequest::get(path, "x"), "p").0.status;
        assert_eq!((answer("/"), answer("/b"), answer("/a"), answer("/a/b")), (200, 200, 503, 503));
        for (wrong, field) in [(json!({"port": 1}), "\"port\""), (json!({"jitter": -1}), "jitter"), (json!({"exits": {}}), "exits"), (json!([]), "no map")] {
            assert!(OwnImage::read("x", &wrong).is_err_and(|why| why.contains(field)), "{wrong}");
        }
    }

    #[test]
    fn references_mean_it_with_any_tag() {
        let Ok(image) = OwnImage::read("shop/app", &json!({})) else { panic!("it is not read") };
        let table = [("shop/app", true), ("docker.io/shop/app:v1", true), ("shop/app@sha256:0", true), ("shop/apple", false), ("shop", false)];
        for (reference, meant) in table {
            assert_eq!(image.is_meant(reference), meant, "{reference}");
        }
    }
}
