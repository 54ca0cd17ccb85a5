//! Scenario files: YAML that reads like a talk. Files, then steps, each at a time or after a pause.
//!
//! ```yaml
//! title: A pod is deleted
//! nodes: [node1, node2, node3]      # three, if left out
//! cloud: true                      # it makes load balancers; false, if left out
//! files:
//!   kubia-rc.yaml: |
//!     apiVersion: v1
//!     …
//! steps:
//! - run: kubectl create -f kubia-rc.yaml
//! - after: 5                        # seconds; or `at: 5`, since the start
//!   run: kubectl get pods
//! - node: node2
//!   power: off
//! ```
//!
//! A lab is a scenario to open and play with; it also says `show` (the moment to begin at, in seconds), what to `try`, and a
//! `first` command. Its texts may be given by language: `title: {en: …, ko: …}`. What is looked at when it opens: `select: service/kubia`
//! (marked), `inspect: pod/web` (its details are open), `tab: traffic` (the panel below; which there are, the host knows).

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;

use super::{Command, Entry, Scenario};
use crate::api::{Kind, ObjectKey};
use crate::base::{SimDuration, SimTime};
use crate::engine::Component;
use crate::runtime::OwnImage;

/// A scenario file that cannot be read: the place is part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError(pub String);

/// A text, in one language for all or in each by its code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Told {
    /// In one language.
    Once(String),
    /// By language: `en`, `ko`.
    Each(BTreeMap<String, String>),
}

impl Default for Told {
    fn default() -> Told {
        Told::Once(String::new())
    }
}

impl Told {
    /// The text in a language; in any, if it is not told in that one.
    pub fn tell(&self, language: &str) -> &str {
        match self {
            Told::Once(text) => text,
            Told::Each(texts) => texts.get(language).or_else(|| texts.values().next()).map_or("", String::as_str),
        }
    }
}

/// A scenario with words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lab {
    /// What it is about.
    pub title: Told,
    /// What to try.
    pub advice: Told,
    /// A command to begin with; empty if there is none.
    pub first: String,
    /// What is marked when it opens.
    pub marked: Option<ObjectKey>,
    /// Whose details are open.
    pub inspected: Option<ObjectKey>,
    /// The panel that is open, by its name; empty for the usual one.
    pub tab: String,
    /// The scenario.
    pub scenario: Scenario,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    #[serde(default)]
    title: Told,
    #[serde(default, rename = "try")]
    advice: Told,
    #[serde(default)]
    first: String,
    select: Option<String>,
    inspect: Option<String>,
    #[serde(default)]
    tab: String,
    show: Option<f64>,
    seed: Option<u64>,
    start: Option<String>,
    nodes: Option<Vec<String>>,
    namespace: Option<String>,
    #[serde(default)]
    images: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    cloud: bool,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: Option<f64>,
    after: Option<f64>,
    run: Option<String>,
    file: Option<String>,
    text: Option<String>,
    node: Option<String>,
    component: Option<String>,
    power: Option<serde_yaml::Value>,
}

/// Reads a scenario file.
pub fn parse_file(text: &str) -> Result<Scenario, FileError> {
    parse_lab(text).map(|lab| lab.scenario)
}

/// Whether somebody meant a text to be a scenario, even if it cannot be read: what it holds goes by a scenario's words, and by none of a
/// manifest's.
pub fn is_meant(text: &str) -> bool {
    const WORDS: [&str; 15] = [
        "title", "try", "first", "select", "inspect", "tab", "show", "seed", "start", "nodes", "namespace", "images", "cloud", "files", "steps",
    ];
    let inside = |line: &&str| !line.starts_with([' ', '\t', '#', '-']);
    let keys = text.lines().filter(inside).filter_map(|line| Some(line.split_once(':')?.0.trim_matches(['"', '\''])));
    let mut own = 0;
    for key in keys {
        match key {
            "apiVersion" | "kind" => return false,
            "steps" => own += 2,
            _ => own += usize::from(WORDS.contains(&key)),
        }
    }
    own > 1
}

/// Reads a scenario file with its words.
pub fn parse_lab(text: &str) -> Result<Lab, FileError> {
    let says_nothing = |line: &str| line.is_empty() || line.starts_with('#') || matches!(line, "---" | "{}" | "null");
    if text.lines().all(|line| says_nothing(line.trim())) {
        // Else any empty file would be an empty cluster.
        return Err(FileError("there is nothing in it".to_owned()));
    }
    let file: ScenarioFile = serde_yaml::from_str(text).map_err(|error| FileError(error.to_string()))?;
    let mut scenario = Scenario::empty();
    if let Some(seed) = file.seed {
        scenario.base.seed = seed;
    }
    if let Some(start) = &file.start {
        let time = SimTime::parse_rfc3339(start).filter(|time| time.seconds() > 86_400);
        scenario.base.start = time.ok_or_else(|| FileError(format!("start: \"{start}\" is no time like 2026-01-01T09:00:00Z")))?;
    }
    if let Some(nodes) = file.nodes {
        scenario.base.nodes = nodes;
    }
    scenario.base.cloud = file.cloud;
    if let Some(namespace) = file.namespace {
        scenario.base.namespaces.push(namespace.clone());
        scenario.namespace = namespace;
    }
    for (name, image) in &file.images {
        scenario.base.images.push(Rc::new(OwnImage::read(name, image).map_err(FileError)?));
    }
    for (name, text) in file.files {
        scenario.journal.push(Entry { at: SimDuration::ZERO, command: Command::File { name, text } });
    }
    let mut now = SimDuration::ZERO;
    for (index, step) in file.steps.into_iter().enumerate() {
        let wrong = |what: &str| FileError(format!("steps[{index}]: {what}"));
        now = time_of(&step, now).ok_or_else(|| wrong("its time is before the step above, or no number of seconds"))?;
        let command = command_of(step).map_err(|what| wrong(&what))?;
        scenario.journal.push(Entry { at: now, command });
    }
    scenario.at = now;
    if let Some(show) = file.show {
        let wrong = || FileError("show: it is before the last step, or no number of seconds".to_owned());
        scenario.at = duration(show).filter(|at| *at >= now).ok_or_else(wrong)?;
    }
    let key = |text: &Option<String>| match text {
        Some(text) => key_of(text, &scenario.namespace).map(Some).ok_or_else(|| FileError(format!("\"{text}\" is no kind and name like pod/web"))),
        None => Ok(None),
    };
    Ok(Lab { title: file.title, advice: file.advice, first: file.first, marked: key(&file.select)?, inspected: key(&file.inspect)?, tab: file.tab, scenario })
}

/// `service/kubia`
fn key_of(text: &str, namespace: &str) -> Option<ObjectKey> {
    let (word, name) = text.split_once('/')?;
    let kind = Kind::of_word(word)?;
    Some(ObjectKey::new(kind, if kind.info().namespaced { namespace } else { "" }, name))
}

fn duration(seconds: f64) -> Option<SimDuration> {
    let fits = seconds.is_finite() && (0.0..=3.2e7).contains(&seconds);
    fits.then(|| SimDuration::from_micros((seconds * 1e6).round() as u64))
}

fn time_of(step: &Step, now: SimDuration) -> Option<SimDuration> {
    match (step.at, step.after) {
        (Some(at), None) => duration(at).filter(|at| *at >= now),
        (None, Some(after)) => duration(after).map(|after| now + after),
        (None, None) => Some(now),
        (Some(_), Some(_)) => None,
    }
}

fn command_of(step: Step) -> Result<Command, String> {
    // `off` alone is a boolean in YAML 1.1 and a word in YAML 1.2.
    let on = match step.power.as_ref().map(|power| (power.as_bool(), power.as_str())) {
        Some((Some(on), _)) => Some(on),
        Some((_, Some("on"))) => Some(true),
        Some((_, Some("off"))) => Some(false),
        Some(_) => return Err("power is `on` or `off`".to_owned()),
        None => None,
    };
    match (step.run, step.file, step.text, step.node, step.component, on) {
        (Some(line), None, None, None, None, None) => Ok(Command::Line(line)),
        (None, Some(name), Some(text), None, None, None) => Ok(Command::File { name, text }),
        (None, None, None, Some(node), None, Some(on)) => Ok(Command::NodePower { node, on }),
        (None, None, None, None, Some(name), Some(on)) => {
            let component = Component::of_name(&name).ok_or_else(|| format!("there is no component {name}"))?;
            Ok(Command::ComponentPower { component, on })
        }
        _ => Err("a step is one of: run; file and text; node and power; component and power".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_as_its_journal() {
        let text = "files: {a.yaml: 'x: 1'}\nsteps:\n- run: kubectl get pods\n- after: 1.5\n  node: node2\n  power: off\n- at: 3\n  component: kube-scheduler\n  power: on\n";
        let Ok(scenario) = parse_file(text) else { panic!("refused") };
        let times: Vec<u64> = scenario.journal.iter().map(|entry| entry.at.millis()).collect();
        assert_eq!(times, [0, 0, 1500, 3000]);
        assert_eq!(scenario.journal[2].command, Command::NodePower { node: "node2".to_owned(), on: false });
    }

    #[test]
    fn a_lab_is_told_in_its_languages_and_shown_at_its_moment() {
        let text = "title: {en: A pod, ko: 파드}\ntry: Wait.\nfirst: kubectl get pods\nshow: 2.5\nsteps:\n- at: 1\n  run: kubectl get pods\n";
        let Ok(lab) = parse_lab(text) else { panic!("refused") };
        assert_eq!((lab.title.tell("ko"), lab.title.tell("fr"), lab.advice.tell("ko")), ("파드", "A pod", "Wait."));
        assert_eq!((lab.first.as_str(), lab.scenario.at.millis()), ("kubectl get pods", 2_500));
        assert_eq!((lab.marked, lab.inspected, lab.tab.as_str()), (None, None, ""));
    }

    #[test]
    fn a_lab_says_what_is_looked_at() {
        let Ok(lab) = parse_lab("select: svc/kubia\ninspect: node/node1\ntab: traffic\n") else { panic!("refused") };
        assert_eq!((lab.marked, lab.tab.as_str()), (Some(ObjectKey::new(Kind::Service, "default", "kubia")), "traffic"));
        assert_eq!(lab.inspected, Some(ObjectKey::new(Kind::Node, "", "node1")));
    }

    #[test]
    fn a_file_without_anything_is_no_scenario() {
        for text in ["", "\n", "# a thought\n", "---\n# a\n\n", "{}\n"] {
            assert!(parse_lab(text).is_err(), "{text:?}");
        }
        assert!(parse_lab("# a\nseed: 7\n").is_ok());
    }

    #[test]
    fn what_is_meant_as_a_scenario_is_told_from_manifests_and_notes() {
        let meant = ["steps:\n- runs: x\n", "title: a\nnodes: [\n", "\"title\": a\nshow: never\n"];
        let others = ["apiVersion: v1\nkind: Pod\nsteps: []\n", "title: a\n", "", "web:\n  steps: 1\n  files: 2\n", "{\"kind\": \"Pod\"}"];
        assert!(meant.iter().all(|text| is_meant(text) && parse_lab(text).is_err()) && !others.iter().any(|text| is_meant(text)));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let table = [
            ("steps:\n- runs: x\n", "unknown field `runs`"),
            ("steps:\n- run: a\n  node: b\n", "steps[0]: a step is one of"),
            ("steps:\n- at: 5\n  run: a\n- at: 4\n  run: b\n", "steps[1]: its time"),
            ("start: yesterday\n", "start: \"yesterday\""),
            ("steps:\n- component: etcd\n  power: off\n", "steps[0]: there is no component etcd"),
            ("title: [", "while parsing a flow node"),
            ("select: web\n", "\"web\" is no kind and name"),
            ("show: 2\nsteps:\n- at: 3\n  run: a\n", "show: it is before"),
        ];
        for (text, part) in table {
            let Err(FileError(message)) = parse_file(text) else { panic!("accepted: {text}") };
            assert!(message.contains(part), "{message}");
        }
    }
}
