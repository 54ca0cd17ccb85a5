//! Help for an editor, from the text and from the cluster: what could stand at the caret, what a field is, what applying would change,
//! texts to begin with.

use super::state::State;
use super::Simulator;
use crate::api::{Kind, Object};
use crate::base::{Name, SmallSet};
use crate::kubectl::{self, Session};
use crate::manifest;
use crate::manifest::assist::{Suggestion, Suggestions, Wanted};

pub use crate::kubectl::{Change, Effect, FieldChange};
pub use crate::manifest::assist::{Edit, FieldDoc, Fix, Mending, apply_edits};

/// The texts to begin with, each under its name.
const TEMPLATES: &str = include_str!("templates.txt");
/// What a name stands behind there.
const HEADING: &str = "### ";
/// Longer texts are not tried out while somebody writes.
const LONGEST: usize = 200_000;

/// The names of the texts to begin with: each kind that is simulated, some in several forms.
pub fn templates() -> impl Iterator<Item = &'static str> {
    TEMPLATES.split(HEADING).skip(1).filter_map(|piece| piece.lines().next())
}

/// A text to begin with.
pub fn template(name: &str) -> Option<&'static str> {
    let piece = TEMPLATES.split(HEADING).skip(1).find(|piece| piece.lines().next() == Some(name))?;
    piece.split_once('\n').map(|(_, text)| text)
}

/// What is known of the field at an offset of a text, in bytes.
pub fn describe_field(text: &str, offset: usize) -> Option<FieldDoc> {
    manifest::assist::describe(text, offset)
}

impl Simulator {
    /// What could stand at an offset of a text, in bytes, with the names that the cluster knows.
    pub fn suggest(&self, text: &str, offset: usize) -> Suggestions {
        let mut found = manifest::assist::complete(text, offset);
        let written = std::mem::take(&mut found.namespace);
        let namespace = if written.is_empty() { self.state.session.namespace.to_string() } else { written };
        let Some(wanted) = found.wanted.take() else { return found };
        let is_key = matches!(wanted, Wanted::LabelKeys(_));
        for (name, detail) in self.known(&wanted, &namespace) {
            let insert = if is_key { format!("{name}: ") } else { quoted(&name) };
            found.options.push(Suggestion { label: name, insert, detail, again: is_key });
        }
        found
    }

    /// What the cluster has of what is wanted, each with a word about it.
    fn known(&self, wanted: &Wanted, namespace: &str) -> Vec<(String, String)> {
        let view = self.state.world.view();
        let of_kind = |name: &str| -> Vec<&Object> {
            let Some(kind) = Kind::all().find(|kind| kind.name() == name) else { return Vec::new() };
            let place = if kind.info().namespaced { namespace } else { "" };
            view.list(kind, &Name::from(place)).collect()
        };
        let mut found: SmallSet<String> = SmallSet::new();
        let detail = match wanted {
            Wanted::Names(kind) => {
                found.extend(of_kind(kind).iter().map(|object| object.meta().name.to_string()));
                kind.clone()
            }
            Wanted::DataKeys(kind, name) => {
                let object = of_kind(kind).into_iter().find(|object| object.meta().name.as_str() == name);
                let data = object.map(|object| object.to_value()["data"].take());
                found.extend(data.iter().filter_map(|data| data.as_object()).flat_map(|data| data.keys().cloned()));
                format!("{kind} {name}")
            }
            Wanted::LabelKeys(kind) => {
                found.extend(of_kind(kind).iter().flat_map(|object| object.meta().labels.keys().map(|key| key.to_string())));
                (*kind).to_owned()
            }
            Wanted::LabelValues(kind, key) => {
                found.extend(of_kind(kind).iter().filter_map(|object| object.meta().labels.get(key.as_str())).map(|value| value.to_string()));
                (*kind).to_owned()
            }
            Wanted::Images => {
                found.extend(crate::runtime::image_names().map(str::to_owned));
                let containers = of_kind("Pod").into_iter().filter_map(Object::as_pod).flat_map(|pod| &pod.spec.containers);
                found.extend(containers.map(|container| container.image.to_string()));
                String::new()
            }
        };
        found.into_iter().filter(|name| !name.is_empty()).map(|name| (name, detail.clone())).collect()
    }

    /// What applying a text would change, object by object; nothing is changed. Too long a text is not tried.
    pub fn preview(&self, text: &str) -> Vec<Change> {
        if text.len() > LONGEST || text.trim().is_empty() {
            return Vec::new();
        }
        let State { world, session, .. } = &self.state;
        let (mut world, mut session): (_, Session) = (world.clone(), session.clone());
        kubectl::preview(text, &mut session, &mut world)
    }
}

/// A value in quotes where YAML would take it for something else.
fn quoted(text: &str) -> String {
    manifest::encode(&serde_json::Value::from(text)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SimDuration;
    use crate::scenario::Scenario;

    fn labels(simulator: &Simulator, text: &str) -> Vec<String> {
        let offset = text.find('|').expect("a caret");
        simulator.suggest(&text.replacen('|', "", 1), offset).options.into_iter().map(|option| option.insert).collect()
    }

    #[test]
    fn names_come_from_the_cluster() {
        let mut simulator = Simulator::new(&Scenario::example());
        let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {a.txt: x, level: '1'}\n";
        assert_eq!(simulator.apply_file("c.yaml", config).exit, 0);
        let env = "kind: Pod\nspec:\n  containers:\n  - env:\n    - valueFrom:\n        configMapKeyRef:\n";
        assert!(labels(&simulator, &format!("{env}          name: |")).contains(&"conf".to_owned()));
        assert_eq!(labels(&simulator, &format!("{env}          name: conf\n          key: |")), ["a.txt", "level"]);
        assert_eq!(labels(&simulator, "kind: Service\nspec:\n  selector:\n    app: |"), ["kubia"]);
        assert!(labels(&simulator, "kind: Service\nspec:\n  selector:\n    |").contains(&"app: ".to_owned()));
        assert!(labels(&simulator, "kind: Pod\nspec:\n  nodeName: |").contains(&"node1".to_owned()));
        assert!(labels(&simulator, "kind: Pod\nspec:\n  containers:\n  - image: |").contains(&"luksa/kubia".to_owned()));
    }

    #[test]
    fn every_simulated_kind_has_a_template_that_can_be_applied() {
        let mut kinds = Vec::new();
        for name in templates() {
            let text = template(name).expect("a text");
            let mut simulator = Simulator::new(&Scenario::empty());
            assert_eq!(simulator.check(text), [], "{name}");
            let receipt = simulator.apply_file("new.yaml", text);
            assert_eq!(receipt.exit, 0, "{name}: {}", receipt.output);
            let first = text.lines().filter_map(|line| line.strip_prefix("kind: "));
            kinds.extend(first.map(str::to_owned));
        }
        let made = ["ControllerRevision", "Event"];
        for kind in Kind::all().filter(|kind| kind.is_simulated() && !made.contains(&kind.name())) {
            assert!(kinds.iter().any(|name| name == kind.name()), "no template for {}", kind.name());
        }
    }

    #[test]
    fn a_preview_tells_what_apply_does_then() {
        let mut simulator = Simulator::new(&Scenario::example());
        let now = simulator.now() + SimDuration::from_seconds(30);
        simulator.catch_up(now);
        let rc = simulator.files().get("kubia-rc.yaml").expect("the example's file").clone();
        let text = format!("{}---\n{}---\n{}", rc.replace("replicas: 3", "replicas: 5"), template("Namespace").unwrap_or_default(), "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: my-namespace}\nspec: {ports: [{port: 80}]}\n");
        let digest = simulator.digest();
        let told = |changes: &[Change]| -> Vec<String> { changes.iter().map(|change| format!("{} {:?}", change.key.name, change.effect)).collect() };
        let changes = simulator.preview(&text);
        assert_eq!(told(&changes), ["kubia Configured", "my-namespace Created", "s Created"]);
        let line = &changes[0].fields;
        assert_eq!(line.len(), 1, "{line:?}");
        assert_eq!((line[0].path.as_str(), line[0].before.as_deref(), line[0].after.as_deref()), ("spec.replicas", Some("3"), Some("5")));
        assert_eq!(simulator.digest(), digest);
        assert_eq!(simulator.apply_file("kubia-rc.yaml", &text).exit, 0);
        assert_eq!(told(&simulator.preview(&text)), ["kubia Unchanged", "my-namespace Unchanged", "s Unchanged"]);
        let refused = simulator.preview("apiVersion: v1\nkind: Pod\nmetadata: {name: A_B}\nspec: {containers: [{name: a, image: b}]}\n");
        assert!(matches!(&refused[0].effect, Effect::Refused(text) if text.contains("metadata.name: Invalid value: \"A_B\"")), "{refused:?}");
    }

    #[test]
    fn corrections_come_with_what_is_wrong() {
        let simulator = Simulator::new(&Scenario::empty());
        let text = template("Deployment").unwrap_or_default();
        let mend = |text: &str| {
            let found = simulator.check(text);
            let fix = found.iter().find_map(|diagnostic| diagnostic.fixes.first());
            let Some(fix) = fix else { panic!("no correction: {found:?}") };
            apply_edits(text, &fix.edits)
        };
        let wrong = [
            text.replace("matchLabels:\n      app: my-app", "matchLabels:\n      app: mine"),
            text.replace("  selector:\n    matchLabels:\n      app: my-app\n", ""),
            text.replace("apps/v1", "extensions/v1beta1"),
            text.replace("replicas: 3", "replcias: 3"),
            text.replace("        image:", "       image:"),
        ];
        for text in wrong {
            let mended = mend(&text);
            assert_eq!(simulator.check(&mended), [], "{text}\n{mended}");
        }
    }
}
