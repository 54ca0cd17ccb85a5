//! A scenario as a file of the kind that [`super::parse_file`] reads.

use serde_json::{Map, Value, json};

use super::{Command, Scenario};
use crate::base::SimDuration;
use crate::manifest;

/// The file's text: what is usual is left out.
pub fn write_file(scenario: &Scenario, title: &str) -> String {
    let (base, usual) = (&scenario.base, Scenario::empty());
    let mut file = Map::new();
    let mut put = |key: &str, differs: bool, value: Value| {
        if differs {
            file.insert(key.to_owned(), value);
        }
    };
    put("title", !title.is_empty(), json!(title));
    put("seed", base.seed != usual.base.seed, json!(base.seed));
    put("start", base.start != usual.base.start, json!(base.start.rfc3339()));
    put("nodes", base.nodes != usual.base.nodes, json!(base.nodes));
    put("cloud", base.cloud, json!(true));
    put("namespace", scenario.namespace != usual.namespace, json!(scenario.namespace));
    let images: Map<String, Value> = base.images.iter().map(|image| (image.name.to_string(), image.source.clone())).collect();
    put("images", !images.is_empty(), Value::Object(images));
    let mut files = Map::new();
    let mut steps = Vec::new();
    for entry in &scenario.journal {
        match &entry.command {
            Command::File { name, text } if steps.is_empty() && entry.at == SimDuration::ZERO => {
                files.insert(name.clone(), json!(text));
            }
            command => steps.push(step(entry.at, command)),
        }
    }
    put("files", !files.is_empty(), Value::Object(files));
    put("steps", !steps.is_empty(), Value::Array(steps));
    put("show", true, seconds(scenario.at));
    manifest::encode(&Value::Object(file))
}

fn seconds(at: SimDuration) -> Value {
    match at.micros() % 1_000_000 {
        0 => json!(at.seconds()),
        _ => json!(at.micros() as f64 / 1e6),
    }
}

fn step(at: SimDuration, command: &Command) -> Value {
    let power = |on: bool| if on { "on" } else { "off" };
    match command {
        Command::Line(line) => json!({"at": seconds(at), "run": line}),
        Command::File { name, text } => json!({"at": seconds(at), "file": name, "text": text}),
        Command::NodePower { node, on } => json!({"at": seconds(at), "node": node, "power": power(*on)}),
        Command::ComponentPower { component, on } => json!({"at": seconds(at), "component": component.name(), "power": power(*on)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Entry, parse_file};

    #[test]
    fn a_written_file_reads_back_as_the_same_scenario() {
        let mut scenario = Scenario::example();
        scenario.base.nodes = vec!["a".to_owned(), "b".to_owned()];
        scenario.base.cloud = true;
        scenario.at = SimDuration::from_micros(12_345_678);
        let node = Command::NodePower { node: "a".to_owned(), on: false };
        scenario.journal.push(Entry { at: SimDuration::from_micros(9_000_001), command: node });
        let text = write_file(&scenario, "A: title");
        assert_eq!(parse_file(&text), Ok(scenario), "{text}");
    }
}
