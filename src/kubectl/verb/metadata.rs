//! `kubectl label` and `kubectl annotate`. Models kubectl/pkg/cmd/label and pkg/cmd/annotate.

use std::rc::Rc;

use super::{local, Names, Run, Tally, Teller, object_of, whole};
use crate::api::{Json, Labels};
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::resource::Wanted;
use crate::kubectl::selector::label_value_fault;

pub(super) const FLAGS: &[Flag] = &[
    flag("overwrite", Takes::Truth),
    flag("list", Takes::Truth),
    flag("resource-version", Takes::Text),
    flag("local", Takes::Truth),
];

/// What both verbs differ in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Labels,
    Annotations,
}

/// What is to be changed.
#[derive(Default)]
struct Changes {
    put: Labels,
    remove: Vec<Name>,
}

impl Changes {
    fn made_to(&self, mut pairs: Labels) -> Labels {
        pairs.extend(self.put.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.remove.iter().for_each(|key| drop(pairs.remove(key)));
        pairs
    }
}

pub(super) fn label(run: &mut Run<'_>) -> Answer {
    whole(answer(run, What::Labels))
}

pub(super) fn annotate(run: &mut Run<'_>) -> Answer {
    whole(answer(run, What::Annotations))
}

fn answer(run: &mut Run<'_>, what: What) -> Result<Answer, Failure> {
    let (resources, pairs) = split(&run.given.args, what)?;
    let changes = what.changes(&pairs)?;
    let teller = Teller::of(run.given)?;
    let scope = run.scope();
    if scope.all && scope.labels.is_some() {
        return Err(Failure::own("cannot set --all and --selector at the same time"));
    }
    if resources.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own("one or more resources must be specified as <resource> <name> or <resource>/<name>"));
    }
    let lists = run.given.is_on("list");
    if changes.put.is_empty() && changes.remove.is_empty() && !lists {
        return Err(Failure::Own(format!("at least one {} update is required", what.word())));
    }
    let (wanted, found) = run.find_args(&scope, &resources, Names::Needed)?;
    let is_single = matches!(&wanted, Wanted::Named(named) if named.len() == 1);
    if !is_single && run.given.text("resource-version").is_some_and(|version| !version.is_empty()) {
        return Err(Failure::own("--resource-version may only be used with a single resource"));
    }
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        if lists {
            let conflicts = if run.given.is_on("overwrite") { Vec::new() } else { what.conflicts(&what.of(item), &changes.put) };
            if !conflicts.is_empty() {
                tally.failures.extend(conflicts);
                continue;
            }
            tally.text += &list(item, what, &changes.made_to(what.of(item)), found.items.len() > 1);
            continue;
        }
        match change(run, item, &changes, what, &teller) {
            Ok(text) => tally.text += &text,
            Err(failures) => tally.failures.extend(failures),
        }
    }
    Ok(tally.answer())
}

/// The arguments up to the first pair, and the pairs. Models cmdutil.GetResourcesAndPairs.
fn split(args: &[String], what: What) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_pair = |arg: &&String| arg.contains('=') && !arg.starts_with('=') || arg.len() > 1 && arg.ends_with('-');
    let (mut resources, mut pairs) = (Vec::new(), Vec::new());
    for arg in args {
        match is_pair(&arg) {
            true => pairs.push(arg.clone()),
            false if pairs.is_empty() && !arg.starts_with('=') => resources.push(arg.clone()),
            false if arg.starts_with('=') => {}
            false => return Err(Failure::Own(format!("all resources must be specified before {} changes: {arg}", what.word()))),
        }
    }
    Ok((resources, pairs))
}

impl What {
    fn word(self) -> &'static str {
        match self {
            What::Labels => "label",
            What::Annotations => "annotation",
        }
    }

    fn of(self, item: &Item) -> Labels {
        match (self, item) {
            (_, Item::Event(_)) => Labels::new(),
            (What::Labels, Item::Object(object)) => (*object.meta().labels).clone(),
            (What::Annotations, Item::Object(object)) => (*object.meta().annotations).clone(),
        }
    }

    fn changes(self, pairs: &[String]) -> Result<Changes, Failure> {
        let mut changes = Changes::default();
        for pair in pairs {
            let Some((key, value)) = pair.split_once('=') else {
                changes.remove.push(Name::from(&pair[..pair.len() - 1]));
                continue;
            };
            if self == What::Labels {
                if value.contains('=') {
                    return Err(Failure::Own(format!("invalid label spec: {pair}")));
                }
                if let Some(why) = label_value_fault(value) {
                    return Err(Failure::Own(format!("invalid label value: \"{pair}\": {why}")));
                }
            }
            changes.put.insert(key.into(), value.into());
        }
        let both: Vec<&str> = changes.remove.iter().filter(|key| changes.put.contains_key(*key)).map(Name::as_str).collect();
        if !both.is_empty() {
            return Err(Failure::Own(match self {
                What::Labels => "can not both modify and remove a label in the same command".to_owned(),
                What::Annotations => {
                    format!("can not both modify and remove the following annotation(s) in the same command: {}", both.join(", "))
                }
            }));
        }
        Ok(changes)
    }

    /// Why values that are there must stay, without `--overwrite`.
    fn conflicts(self, old: &Labels, put: &Labels) -> Vec<Failure> {
        let other = |(key, new): (&Name, &Name)| old.get(key).filter(|value| *value != new).map(|value| format!("'{key}' already has a value ({value})"));
        let taken: Vec<String> = put.iter().filter_map(other).collect();
        match self {
            _ if taken.is_empty() => Vec::new(),
            What::Labels => taken.into_iter().map(|text| Failure::Own(text + ", and --overwrite is false")).collect(),
            What::Annotations => {
                vec![Failure::Own(format!("--overwrite is false but found the following declared annotation(s): {}", taken.join("; ")))]
            }
        }
    }

    /// What kubectl says was done. It compares the lengths of the objects' JSON, so removing an absent label from an object that
    /// has none adds an empty map and counts as labeled. Models updateDataChangeMsg.
    fn deed(self, old: &Labels, new: &Labels, overwrite: bool) -> &'static str {
        if self == What::Annotations {
            return "annotated";
        }
        let shown = |labels: &Labels| Json::write(labels).map(|value| value.to_string()).unwrap_or_default();
        let (before, after) = (shown(old), if new.is_empty() { "{}".to_owned() } else { shown(new) });
        match () {
            _ if before == after => "not labeled",
            _ if !overwrite && after.len() < before.len() => "unlabeled",
            _ => "labeled",
        }
    }
}

/// The pairs of an object, one a line; under its name if it is not the only one.
fn list(item: &Item, what: What, pairs: &Labels, of_several: bool) -> String {
    if !of_several {
        return pairs.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
    }
    let group = item.kind().api_version().rsplit_once('/').map_or(String::new(), |(group, _)| group.to_owned());
    let head = format!("Listing {}s for {}.{group}/{}:\n", what.word(), item.kind().name(), item.name());
    pairs.iter().fold(head, |text, (key, value)| text + &format!(" {key}={value}\n"))
}

fn change(run: &mut Run<'_>, item: &Item, changes: &Changes, what: What, teller: &Teller) -> Result<String, Vec<Failure>> {
    let overwrite = run.given.is_on("overwrite");
    let conflicts = if overwrite { Vec::new() } else { what.conflicts(&what.of(item), &changes.put) };
    if conflicts.is_empty() { write(run, item, changes, what, teller).map_err(|failure| vec![failure]) } else { Err(conflicts) }
}

fn write(run: &mut Run<'_>, item: &Item, changes: &Changes, what: What, teller: &Teller) -> Result<String, Failure> {
    let mut object = object_of(item)?;
    let overwrite = run.given.is_on("overwrite");
    let old = what.of(item);
    let mut text = String::new();
    if what == What::Labels && !teller.dry_run.is_unsent() {
        let absent = changes.remove.iter().filter(|key| !old.contains_key(*key));
        text.extend(absent.map(|key| format!("label \"{key}\" not found.\n")));
    }
    let new = changes.made_to(old.clone());
    let deed = what.deed(&old, &new, overwrite);
    let meta = object.meta_mut();
    match what {
        What::Labels => meta.labels = Rc::new(new),
        What::Annotations => meta.annotations = Rc::new(new),
    }
    // Sent as a patch of the metadata, which holds for any version unless one is asked for.
    meta.resource_version = run.given.number("resource-version").and_then(|version| u64::try_from(version).ok()).unwrap_or_default();
    if teller.dry_run.is_unsent() {
        return Ok(text + &local::tell(run, &object_of(item)?, object, deed, teller)?);
    }
    let committed = run.write(Write::Update(object), teller.dry_run)?;
    Ok(text + &teller.tell_written(committed, deed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (Name::from(key), Name::from(value))).collect()
    }

    #[test]
    fn what_was_done_to_labels() {
        let table = [
            ("a=1", "a=1 b=2", false, "labeled"),
            ("a=1 b=2", "a=1", false, "unlabeled"),
            ("a=1", "a=1", false, "not labeled"),
            ("a=1", "", false, "unlabeled"),
            ("", "", false, "labeled"),
            ("a=1 b=2", "a=1", true, "labeled"),
        ];
        for (old, new, overwrite, deed) in table {
            assert_eq!(What::Labels.deed(&labels(old), &labels(new), overwrite), deed, "{old} to {new}");
        }
    }

    #[test]
    fn arguments_are_split_into_resources_and_pairs() {
        let read = |line: &str| {
            let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            split(&args, What::Labels).map(|(resources, pairs)| format!("{} | {}", resources.join(" "), pairs.join(" ")))
        };
        assert_eq!(read("pod lab env=prod x-").as_deref(), Ok("pod lab | env=prod x-"));
        assert_eq!(read("pod lab =x").as_deref(), Ok("pod lab | "));
        assert!(read("a=b pod").is_err());
    }
}
