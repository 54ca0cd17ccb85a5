//! `kubectl cordon`, `uncordon` and `taint`. Models kubectl/pkg/cmd/drain and pkg/cmd/taint.

use std::rc::Rc;

use super::{DryRun, Names, Run, Tally, Teller, whole};
use crate::api::{Kind, Node, Object, Taint, TaintEffect};
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const TAINT_FLAGS: &[Flag] = &[flag("overwrite", Takes::Truth), flag("validate", Takes::TextOr("strict"))];

pub(super) fn cordon(run: &mut Run<'_>) -> Answer {
    whole(set_unschedulable(run, "cordon", Schedulable::No))
}

pub(super) fn uncordon(run: &mut Run<'_>) -> Answer {
    whole(set_unschedulable(run, "uncordon", Schedulable::Yes))
}

/// Said where names and a selector are given.
pub(super) const BOTH_GIVEN: &str = "cannot specify both a node name and a --selector option";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Schedulable {
    Yes,
    No,
}

fn set_unschedulable(run: &mut Run<'_>, verb: &str, wanted: Schedulable) -> Result<Answer, Failure> {
    let scope = run.scope();
    if !run.given.args.is_empty() && scope.selects() {
        return Err(Failure::usage(verb, BOTH_GIVEN));
    }
    if run.given.args.is_empty() && !scope.selects() {
        return Err(Failure::usage(verb, format!("USAGE: {verb} NODE [flags]")));
    }
    let teller = Teller::of(run.given)?;
    let with_kind = |arg: &String| if arg.contains('/') { arg.clone() } else { format!("node/{arg}") };
    let mut args: Vec<String> = run.given.args.iter().map(with_kind).collect();
    if args.is_empty() {
        args.push("nodes".to_owned());
    }
    let (_, found) = run.find_args(&scope, &args, Names::Needed)?;
    // All are looked for before the first is changed.
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let mut tally = Tally::default();
    for item in &found.items {
        tally.add(set_one(run, item, wanted, &teller));
    }
    Ok(tally.answer())
}

fn node_of(item: &Item) -> Result<&Node, Failure> {
    match item {
        Item::Object(Object::Node(node)) => Ok(node),
        _ => {
            let info = item.kind().info();
            Err(Failure::Own(format!("expected resource of type node, got \"{}/{}, Resource={}\"", info.group, info.version, info.plural)))
        }
    }
}

/// Cordons a node, as `drain` begins.
pub(super) fn cordon_one(run: &mut Run<'_>, item: &Item, teller: &Teller) -> Result<String, Failure> {
    set_one(run, item, Schedulable::No, teller)
}

fn set_one(run: &mut Run<'_>, item: &Item, wanted: Schedulable, teller: &Teller) -> Result<String, Failure> {
    let mut node = node_of(item)?.clone();
    let (unschedulable, deed) = if wanted == Schedulable::No { (true, "cordoned") } else { (false, "uncordoned") };
    if node.spec.unschedulable == unschedulable {
        return teller.tell(item, &format!("already {deed}"));
    }
    if teller.dry_run == DryRun::Client {
        return teller.tell(item, deed);
    }
    node.spec.unschedulable = unschedulable;
    node.meta.resource_version = 0;
    let committed = run.write(Write::Update(Object::Node(Rc::new(node))), teller.dry_run)?;
    teller.tell_written(committed, deed)
}

/// What `taint` is to do.
#[derive(Default)]
struct Changes {
    put: Vec<Taint>,
    /// Key, and effect unless all are meant.
    remove: Vec<(Name, Option<TaintEffect>)>,
}

pub(super) fn taint(run: &mut Run<'_>) -> Answer {
    whole(taint_nodes(run))
}

fn taint_nodes(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let is_spec = |arg: &&String| arg.contains('=') || arg.ends_with('-') || arg.contains(':');
    let specs: Vec<&String> = run.given.args.iter().skip_while(|arg| !is_spec(arg)).collect();
    let resources: Vec<String> = run.given.args.iter().take_while(|arg| !is_spec(arg)).cloned().collect();
    let scope = run.scope();
    let teller = Teller::silent(run.given)?;
    let Some(word) = resources.first() else {
        return Err(Failure::own("one or more resources must be specified as <resource> <name>"));
    };
    let changes = changes(&specs)?;
    if word.contains('/') {
        return Err(Failure::Bare(format!("the server doesn't have a resource type \"{word}\"")));
    }
    if crate::kubectl::resource::kind(word.split('/').next().unwrap_or_default())? != Kind::Node {
        return Err(Failure::Own(format!("invalid resource type {word}, only node types are supported")));
    }
    if resources.len() < 2 && !word.contains('/') && !scope.selects() {
        return Err(Failure::own("at least one resource name must be specified since 'all' parameter is not set"));
    }
    let (_, found) = run.find_args(&scope, &resources, Names::Needed)?;
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        tally.add(taint_one(run, item, &changes, &teller));
    }
    Ok(tally.answer())
}

/// What a taint without a good key is told.
const NAME_PART: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
    character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/// Models kubectl/pkg/cmd/taint/utils.go parseTaints.
fn changes(specs: &[&String]) -> Result<Changes, Failure> {
    let mut changes = Changes::default();
    for spec in specs {
        let (body, removes) = spec.strip_suffix('-').map_or((spec.as_str(), false), |body| (body, true));
        let invalid = |why: &str| Failure::usage("taint", format!("invalid taint spec: {spec}, {why}"));
        let (pair, effect) = body.split_once(':').map_or((body, None), |(pair, effect)| (pair, Some(effect)));
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let wrong = |effect: &str| Failure::usage("taint", format!("invalid taint effect: {effect}, unsupported taint effect"));
        let effect = effect.map(|effect| TaintEffect::parse(effect).ok_or_else(|| wrong(effect))).transpose()?;
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(invalid(NAME_PART));
        }
        match effect {
            _ if removes => changes.remove.push((key.into(), effect)),
            None => return Err(invalid(NAME_PART)),
            Some(effect) => changes.put.push(Taint { effect, key: key.into(), value: value.into(), ..Taint::default() }),
        }
    }
    if changes.put.is_empty() && changes.remove.is_empty() {
        return Err(Failure::own("at least one taint update is required"));
    }
    for (at, new) in changes.put.iter().enumerate() {
        if changes.put[..at].iter().any(|other| other.key == new.key && other.effect == new.effect) {
            let (key, value, effect) = (&new.key, &new.value, new.effect.as_str());
            let message = format!("duplicated taints with the same key and effect: {{{key} {value} {effect} <nil>}}");
            return Err(Failure::usage("taint", message));
        }
    }
    let is_put = |key: &Name, effect: &Option<TaintEffect>| changes.put.iter().any(|put| put.key == *key && effect.is_none_or(|effect| effect == put.effect));
    let both = changes.remove.iter().filter(|(key, effect)| is_put(key, effect));
    let both: Vec<String> = both.map(|(key, effect)| format!("{key}={}", effect.map_or("", TaintEffect::as_str))).collect();
    if !both.is_empty() {
        let keys = both.join(", ");
        return Err(Failure::Own(format!("can not both modify and remove the following taint(s) in the same command: {keys}")));
    }
    Ok(changes)
}

fn taint_one(run: &mut Run<'_>, item: &Item, changes: &Changes, teller: &Teller) -> Result<String, Failure> {
    let mut node = node_of(item)?.clone();
    let same = |a: &Taint, b: &Taint| a.key == b.key && a.effect == b.effect;
    let overwrite = run.given.is_on("overwrite");
    let taken = changes.put.iter().filter(|new| node.spec.taints.iter().any(|old| same(old, new)));
    let taken: Vec<&str> = taken.map(|taint| taint.key.as_str()).collect();
    if !overwrite && !taken.is_empty() {
        let (name, keys) = (&node.meta.name, taken.join(","));
        return Err(Failure::Own(format!("node {name} already has {keys} taint(s) with same effect(s) and --overwrite is false")));
    }
    let kept = node.spec.taints.iter().filter(|old| !changes.put.iter().any(|new| same(old, new)));
    let mut taints: Vec<Taint> = changes.put.iter().chain(kept).cloned().collect();
    let added = taints.len() != node.spec.taints.len();
    for (key, effect) in &changes.remove {
        let before = taints.len();
        taints.retain(|taint| taint.key != *key || effect.is_some_and(|effect| taint.effect != effect));
        if taints.len() == before {
            let shown = effect.map_or_else(|| key.to_string(), |effect| format!("{key}:{}", effect.as_str()));
            return Err(Failure::Own(format!("taint \"{shown}\" not found")));
        }
    }
    let deed = match (added, !changes.remove.is_empty()) {
        _ if overwrite => "modified",
        (true, true) => "modified",
        (false, true) => "untainted",
        _ => "tainted",
    };
    node.spec.taints = taints;
    node.meta.resource_version = 0;
    let mut object = Object::Node(Rc::new(node));
    if teller.dry_run == DryRun::Client {
        object.meta_mut().resource_version = node_of(item)?.meta.resource_version;
        return teller.tell(&Item::Object(object), deed);
    }
    let committed = run.write(Write::Update(object), teller.dry_run)?;
    teller.tell_written(committed, deed)
}
