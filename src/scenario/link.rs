//! A scenario as the text of a link: `1.` and the base64url form of compressed JSON. The number names the form and its
//! dictionary. Nothing in a link is trusted: lengths are bounded before anything is allocated, and what does not fit is refused.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use serde_json::{Value, json};

use super::dictionary::DICTIONARY_1;
use super::{Command, Entry, Scenario};
use crate::base::{SimDuration, SimTime};
use crate::engine::{BaseCluster, Component};
use crate::runtime::OwnImage;

/// Longer links are refused unread.
pub const MAX_LINK: usize = 200_000;
/// What a link may grow to.
const MAX_INFLATED: usize = 1 << 20;
const MAX_ENTRIES: usize = 10_000;
const MAX_NODES: usize = 5_000;
/// A year: nobody has shown a later moment.
const MAX_AT: u64 = 366 * 24 * 3600 * 1_000_000;
const FORM: &str = "1.";

/// Why a link cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Not what was copied: cut off, changed, or no link of ours.
    Damaged,
    /// Too long, or holds too much.
    TooLong,
    /// Made by a version that this one does not know.
    Foreign {
        /// Its number.
        version: String,
    },
}

/// The text of a scenario's link, without the `#`.
pub fn to_link(scenario: &Scenario) -> String {
    let json = to_json(scenario).to_string();
    format!("{FORM}{}", URL_SAFE_NO_PAD.encode(deflate(json.as_bytes())))
}

/// The scenario of a link's text, with or without the `#`.
pub fn from_link(text: &str) -> Result<Scenario, LinkError> {
    let text = text.trim().trim_start_matches('#');
    if text.len() > MAX_LINK {
        return Err(LinkError::TooLong);
    }
    let Some(payload) = text.strip_prefix(FORM) else {
        let version: String = text.split('.').next().unwrap_or_default().chars().take(8).collect();
        let number = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) && text.contains('.');
        return Err(if number { LinkError::Foreign { version } } else { LinkError::Damaged });
    };
    let packed = URL_SAFE_NO_PAD.decode(payload).map_err(|_| LinkError::Damaged)?;
    let json = inflate(&packed)?;
    let value: Value = serde_json::from_slice(&json).map_err(|_| LinkError::Damaged)?;
    of_json(&value)
}

/// The dictionary as it stands in JSON: with line breaks and quotes escaped.
fn dictionary() -> Vec<u8> {
    Value::from(DICTIONARY_1).to_string().into_bytes()
}

/// Compresses after the dictionary, whose own output is thrown away.
fn deflate(data: &[u8]) -> Vec<u8> {
    let dictionary = dictionary();
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(10, -15, 0));
    let mut out = vec![0; dictionary.len() * 2 + data.len() * 2 + 4096];
    let (status, ..) = compress(&mut compressor, &dictionary, &mut out, TDEFLFlush::Sync);
    assert!(status == TDEFLStatus::Okay, "BUG: the dictionary does not compress");
    let (status, _, written) = compress(&mut compressor, data, &mut out, TDEFLFlush::Finish);
    assert!(status == TDEFLStatus::Done, "BUG: no room for a compressed link");
    out.truncate(written);
    out
}

fn inflate(packed: &[u8]) -> Result<Vec<u8>, LinkError> {
    let dictionary = dictionary();
    let mut out = vec![0; dictionary.len() + MAX_INFLATED];
    out[..dictionary.len()].copy_from_slice(&dictionary);
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), packed, &mut out, dictionary.len(), flags);
    match status {
        TINFLStatus::Done if read == packed.len() => {
            out.truncate(dictionary.len() + written);
            Ok(out.split_off(dictionary.len()))
        }
        TINFLStatus::HasMoreOutput => Err(LinkError::TooLong),
        _ => Err(LinkError::Damaged),
    }
}

fn to_json(scenario: &Scenario) -> Value {
    let base = &scenario.base;
    let mut before = 0;
    let journal: Vec<Value> = scenario
        .journal
        .iter()
        .map(|entry| {
            let wait = entry.at.micros() - before;
            before = entry.at.micros();
            match &entry.command {
                Command::Line(line) => json!([wait, "l", line]),
                Command::File { name, text } => json!([wait, "f", name, text]),
                Command::NodePower { node, on } => json!([wait, "n", node, on]),
                Command::ComponentPower { component, on } => json!([wait, "c", component.name(), on]),
            }
        })
        .collect();
    let mut value = json!({"e": env!("CARGO_PKG_VERSION"), "j": journal, "a": scenario.at.micros()});
    // What is usual is left out: most links are short.
    let usual = Scenario::empty();
    let mut put = |key: &str, differs: bool, given: Value| {
        if differs {
            value[key] = given;
        }
    };
    put("s", base.seed != usual.base.seed, json!(base.seed));
    put("t", base.start != usual.base.start, json!(base.start.seconds()));
    put("n", base.nodes != usual.base.nodes, json!(base.nodes));
    let images = base.images.iter().map(|image| json!([image.name.as_str(), image.source])).collect();
    put("i", !base.images.is_empty(), Value::Array(images));
    put("m", base.namespaces != usual.base.namespaces, json!(base.namespaces));
    put("c", scenario.namespace != usual.namespace, json!(scenario.namespace));
    put("b", base.cloud, json!(true));
    value
}

fn of_json(value: &Value) -> Result<Scenario, LinkError> {
    let mut scenario = Scenario::empty();
    let usual = BaseCluster::clone(&scenario.base);
    let number = |key: &str, usual: u64| value.get(key).map_or(Ok(usual), |v| v.as_u64().ok_or(LinkError::Damaged));
    scenario.base.seed = number("s", usual.seed)?;
    let start = number("t", usual.start.seconds())?;
    scenario.at = SimDuration::from_micros(number("a", 0)?);
    if !(86_400..=4_102_444_800).contains(&start) || scenario.at.micros() > MAX_AT {
        return Err(LinkError::Damaged);
    }
    scenario.base.start = SimTime::from_seconds(start);
    scenario.base.nodes = names(value.get("n"), usual.nodes)?;
    scenario.base.namespaces = names(value.get("m"), usual.namespaces)?;
    for image in value.get("i").and_then(Value::as_array).into_iter().flatten() {
        let name = image.get(0).and_then(Value::as_str).ok_or(LinkError::Damaged)?;
        let image = OwnImage::read(name, image.get(1).unwrap_or(&Value::Null)).map_err(|_| LinkError::Damaged)?;
        scenario.base.images.push(Rc::new(image));
    }
    scenario.base.cloud = value.get("b") == Some(&Value::Bool(true));
    if let Some(namespace) = value.get("c") {
        scenario.namespace = a_name(namespace)?;
    }
    let entries = value.get("j").and_then(Value::as_array).ok_or(LinkError::Damaged)?;
    if entries.len() > MAX_ENTRIES {
        return Err(LinkError::TooLong);
    }
    let mut at = 0_u64;
    for entry in entries {
        let wait = entry.get(0).and_then(Value::as_u64).ok_or(LinkError::Damaged)?;
        at = at.checked_add(wait).filter(|at| *at <= MAX_AT).ok_or(LinkError::Damaged)?;
        scenario.journal.push(Entry { at: SimDuration::from_micros(at), command: command(entry).ok_or(LinkError::Damaged)? });
    }
    Ok(scenario)
}

fn command(entry: &Value) -> Option<Command> {
    let text = |index: usize| entry.get(index).and_then(Value::as_str).map(str::to_owned);
    let on = || entry.get(3).and_then(Value::as_bool);
    Some(match text(1)?.as_str() {
        "l" => Command::Line(text(2)?),
        "f" => Command::File { name: text(2)?, text: text(3)? },
        "n" => Command::NodePower { node: text(2)?, on: on()? },
        "c" => Command::ComponentPower { component: Component::of_name(&text(2)?)?, on: on()? },
        _ => return None,
    })
}

fn names(value: Option<&Value>, usual: Vec<String>) -> Result<Vec<String>, LinkError> {
    let Some(value) = value else { return Ok(usual) };
    let list = value.as_array().ok_or(LinkError::Damaged)?;
    if list.len() > MAX_NODES {
        return Err(LinkError::TooLong);
    }
    let mut names = Vec::new();
    for name in list {
        let name = a_name(name)?;
        if names.contains(&name) {
            return Err(LinkError::Damaged);
        }
        names.push(name);
    }
    Ok(names)
}

/// A name that the base cluster can be built with.
fn a_name(value: &Value) -> Result<String, LinkError> {
    let text = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let good = text.len() <= 63 && text.chars().all(fits) && ends(text.chars().next()) && ends(text.chars().next_back());
    if good { Ok(text.to_owned()) } else { Err(LinkError::Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Scenario {
        let mut scenario = Scenario::example();
        scenario.base.nodes = vec!["a".to_owned(), "b-1".to_owned()];
        scenario.base.seed = 42;
        scenario.namespace = "lab".to_owned();
        scenario.base.namespaces = vec!["lab".to_owned()];
        let image = OwnImage::read("example.com/shop", &json!({"ports": [80], "exits": {"after": 5, "code": 1}}));
        scenario.base.images.extend(image.map(Rc::new));
        let after = |seconds, command| Entry { at: SimDuration::from_seconds(seconds), command };
        scenario.journal.push(after(9, Command::NodePower { node: "a".to_owned(), on: false }));
        scenario.journal.push(after(12, Command::ComponentPower { component: Component::Scheduler, on: false }));
        scenario
    }

    #[test]
    fn a_link_gives_the_scenario_back() {
        for scenario in [Scenario::empty(), Scenario::example(), full()] {
            assert_eq!(from_link(&to_link(&scenario)), Ok(scenario.clone()));
            assert_eq!(from_link(&format!("#{}", to_link(&scenario))), Ok(scenario));
        }
    }

    #[test]
    fn the_example_is_short() {
        let length = to_link(&Scenario::example()).len();
        assert!(length < 150, "{length}");
    }

    #[test]
    fn what_is_no_link_of_ours_is_refused() {
        let link = to_link(&full());
        let foreign = |version: &str| Err(LinkError::Foreign { version: version.to_owned() });
        assert_eq!(from_link("2.abc"), foreign("2"));
        assert_eq!(from_link(""), Err(LinkError::Damaged));
        assert_eq!(from_link("section-2"), Err(LinkError::Damaged));
        assert_eq!(from_link(&"1.".repeat(MAX_LINK)), Err(LinkError::TooLong));
        let bomb = format!("1.{}", URL_SAFE_NO_PAD.encode(deflate(&vec![b'a'; 2 * MAX_INFLATED])));
        assert_eq!(from_link(&bomb), Err(LinkError::TooLong));
        for cut in 2..link.len() {
            assert!(from_link(&link[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_changed_letter_never_panics() {
        let link = to_link(&full());
        for at in 0..link.len() {
            for letter in ["A", "z", "-", "%", "가"] {
                let changed = format!("{}{letter}{}", &link[..at], &link[at + 1..]);
                let _ = from_link(&changed);
            }
        }
    }
}
