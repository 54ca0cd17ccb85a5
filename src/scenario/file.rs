//! Scenario files: YAML that reads like a talk. Files, then steps, each at a time or after a pause.
//!
//! ```yaml
//! title: A pod is deleted
//! nodes: [node1, node2, node3]      # three, if left out
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

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Command, Entry, Scenario};
use crate::base::{SimDuration, SimTime};
use crate::engine::Component;

/// A scenario file that cannot be read: the place is part of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError(pub String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    #[serde(default)]
    #[allow(dead_code, reason = "for the reader of the file")]
    title: String,
    seed: Option<u64>,
    start: Option<String>,
    nodes: Option<Vec<String>>,
    namespace: Option<String>,
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
    if let Some(namespace) = file.namespace {
        scenario.base.namespaces.push(namespace.clone());
        scenario.namespace = namespace;
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
    Ok(scenario)
}

fn time_of(step: &Step, now: SimDuration) -> Option<SimDuration> {
    let micros = |seconds: f64| (seconds.is_finite() && (0.0..=3.2e7).contains(&seconds)).then(|| SimDuration::from_micros((seconds * 1e6) as u64));
    match (step.at, step.after) {
        (Some(at), None) => micros(at).filter(|at| *at >= now),
        (None, Some(after)) => micros(after).map(|after| now + after),
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
    fn mistakes_are_named_with_their_place() {
        let table = [
            ("steps:\n- runs: x\n", "unknown field `runs`"),
            ("steps:\n- run: a\n  node: b\n", "steps[0]: a step is one of"),
            ("steps:\n- at: 5\n  run: a\n- at: 4\n  run: b\n", "steps[1]: its time"),
            ("start: yesterday\n", "start: \"yesterday\""),
            ("steps:\n- component: etcd\n  power: off\n", "steps[0]: there is no component etcd"),
            ("title: [", "line 1"),
        ];
        for (text, part) in table {
            let Err(FileError(message)) = parse_file(text) else { panic!("accepted: {text}") };
            assert!(message.contains(part), "{message}");
        }
    }
}
