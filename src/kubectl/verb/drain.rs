//! `kubectl drain`: cordons a node and evicts its pods. Models kubectl/pkg/cmd/drain/drain.go and pkg/drain/filters.go.
//! Left out: pages of pods; pods of several nodes are evicted together.

use super::node::{BOTH_GIVEN, cordon_one};
use super::draining::Draining;
use super::{DryRun, Names, Run, Teller, whole};
use crate::api::{ObjectKey, Pod, Uid};
use crate::apiserver::{DeleteOptions, Write};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[
    flag("ignore-daemonsets", Takes::Truth),
    flag("force", Takes::Truth),
    flag("delete-emptydir-data", Takes::Truth),
    flag("grace-period", Takes::Number),
    flag("timeout", Takes::Duration),
    flag("pod-selector", Takes::Text),
    flag("disable-eviction", Takes::Truth),
    flag("chunk-size", Takes::Number),
    flag("skip-wait-for-delete-timeout", Takes::Number).only("0", "drain waits for every pod; --timeout limits it"),
];

/// What is to be done with a pod, and what is said about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Evict,
    EvictWith(&'static str),
    SkipWith(&'static str),
    Skip,
    Refuse(&'static str),
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let teller = Teller::of(run.given)?;
    let scope = run.scope();
    if !run.given.args.is_empty() && scope.selects() {
        return Err(Failure::usage("drain", BOTH_GIVEN));
    }
    if crate::kubectl::selector::parse_labels(run.given.text("pod-selector").unwrap_or_default()).is_err() {
        return Err(Failure::own("--pod-selector=<pod_selector> must be a valid label selector"));
    }
    if run.given.args.is_empty() && !scope.selects() {
        return Err(Failure::usage("drain", "USAGE: drain NODE [flags]"));
    }
    let mut args = vec!["nodes".to_owned()];
    args.extend(run.given.args.iter().map(|arg| bare(arg)));
    let (_, found) = run.find_args(&scope, &args, Names::Needed)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let (mut text, mut refused, mut gone) = (String::new(), Vec::new(), Vec::new());
    let mut finished = Vec::new();
    for item in &found.items {
        text += &cordon_one(run, item, &teller)?;
    }
    for item in &found.items {
        match evict_all(run, item, &teller, &mut gone) {
            Ok(told) if teller.dry_run != DryRun::No => text += &format!("{told}node/{} drained{}\n", item.name(), teller.dry_run.suffix()),
            Ok(told) => {
                text += &told;
                finished.push(item.name().to_string());
            }
            Err((told, reasons)) => {
                let list = if reasons.len() == 1 { reasons.concat() } else { format!("[{}]", reasons.join(", ")) };
                text += &told;
                text += &format!("error: unable to drain node \"{}\" due to error: {list}, continuing command...\n", item.name());
                refused.push((item.name(), reasons));
            }
        }
    }
    if !refused.is_empty() {
        text += "There are pending nodes to be drained:\n";
        refused.iter().for_each(|(node, _)| text += &format!(" {node}\n"));
        let failures: Vec<Failure> = refused.into_iter().flat_map(|(_, reasons)| reasons).map(Failure::Bare).collect();
        return Ok(Answer::of(text, &failures));
    }
    if gone.is_empty() {
        finished.iter().for_each(|node| text += &format!("node/{node} drained{}\n", teller.dry_run.suffix()));
        return Ok(Answer::ok(text));
    }
    let until = super::wait::limit_or_never(run);
    let grace = run.given.number("grace-period").filter(|seconds| *seconds >= 0);
    let client = (!run.given.is_on("disable-eviction")).then(|| run.world.evict(gone.clone(), grace, until));
    let limit = run.given.text("timeout").unwrap_or_default().to_owned();
    let mut draining = Draining::new(finished, gone, client, (until, limit));
    match draining.poll(run.world) {
        (more, Some(exit)) => Ok(Answer { output: text + &more, exit, follow: Follow::Done }),
        (more, None) => Ok(Answer::ok(text + &more).followed_by(Follow::Drain(Box::new(draining)))),
    }
}

/// The name of a node that was given as `nodes/NAME`. Models resource.Builder.ResourceNames.
fn bare(arg: &str) -> String {
    match arg.split_once('/') {
        Some(("node" | "nodes" | "no", name)) => name.to_owned(),
        _ => arg.to_owned(),
    }
}

/// Evicts the pods of a node, or says why that must not be.
fn evict_all(
    run: &mut Run<'_>,
    node: &Item,
    teller: &Teller,
    gone: &mut Vec<(ObjectKey, Uid)>,
) -> Result<String, (String, Vec<String>)> {
    let selector = run.given.text("pod-selector").unwrap_or_default();
    let selector = crate::kubectl::selector::parse_labels(selector).map_err(|why| (String::new(), vec![why]))?;
    let pods: Vec<_> = run.view().pods_on(&node.name()).cloned().collect();
    let pods = pods.into_iter().filter(|pod| selector.iter().all(|requirement| requirement.matches(&pod.meta.labels)));
    let judged: Vec<_> = pods.map(|pod| (verdict(run, &pod), pod)).collect();
    let reasons = said(judged.iter().filter_map(|(verdict, pod)| match verdict {
        Verdict::Refuse(why) => Some((*why, pod.as_ref())),
        _ => None,
    }));
    if !reasons.is_empty() {
        return Err((String::new(), reasons));
    }
    let warnings = said(judged.iter().filter_map(|(verdict, pod)| match verdict {
        Verdict::EvictWith(why) | Verdict::SkipWith(why) => Some((*why, pod.as_ref())),
        _ => None,
    }));
    let mut text = if warnings.is_empty() { String::new() } else { format!("Warning: {}\n", warnings.join("; ")) };
    for (_, pod) in judged.iter().filter(|(verdict, _)| matches!(verdict, Verdict::Evict | Verdict::EvictWith(_))) {
        let key = crate::api::Object::Pod(pod.clone()).key();
        if teller.dry_run != DryRun::No {
            text += &format!("evicting pod {}/{}{}\n", key.namespace, key.name, teller.dry_run.suffix());
            continue;
        }
        if run.given.is_on("disable-eviction") {
            text += &format!("deleting pod {}/{}\n", key.namespace, key.name);
            let grace_seconds = run.given.number("grace-period").filter(|seconds| *seconds >= 0);
            let options = DeleteOptions { grace_seconds, uid: Some(pod.meta.uid), ..DeleteOptions::default() };
            let deleted = run.write(Write::Delete { key: key.clone(), options }, DryRun::No);
            deleted.map_err(|_| (text.clone(), vec![format!("error when deleting pods/\"{}\" -n \"{}\"", key.name, key.namespace)]))?;
        }
        gone.push((key, pod.meta.uid));
    }
    Ok(text)
}

/// Models filters.go: the order of the filters, the last of which has the say.
fn verdict(run: &Run<'_>, pod: &Pod) -> Verdict {
    let given = run.given;
    let owner = pod.meta.controller();
    if pod.meta.annotations.contains_key("kubernetes.io/config.mirror") {
        return Verdict::Skip;
    }
    if pod.status.phase.is_terminal() {
        return Verdict::Evict;
    }
    if owner.is_some_and(|owner| owner.kind == "DaemonSet") {
        return match given.is_on("ignore-daemonsets") {
            true => Verdict::SkipWith("ignoring DaemonSet-managed Pods"),
            false => Verdict::Refuse("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"),
        };
    }
    let local = pod.spec.volumes.iter().any(|volume| volume.get("emptyDir").is_some());
    if local && !given.is_on("delete-emptydir-data") {
        return Verdict::Refuse("cannot delete Pods with local storage (use --delete-emptydir-data to override)");
    }
    match owner {
        None if given.is_on("force") => Verdict::EvictWith("deleting Pods that declare no controller"),
        None => Verdict::Refuse("cannot delete cannot delete Pods that declare no controller (use --force to override)"),
        Some(_) => Verdict::Evict,
    }
}

/// Each sentence with the pods that it is about.
fn said<'a>(judged: impl Iterator<Item = (&'static str, &'a Pod)>) -> Vec<String> {
    let mut sentences: Vec<(&str, Vec<String>)> = Vec::new();
    for (why, pod) in judged {
        let name = format!("{}/{}", pod.meta.namespace, pod.meta.name);
        match sentences.iter_mut().find(|(sentence, _)| *sentence == why) {
            Some((_, names)) => names.push(name),
            None => sentences.push((why, vec![name])),
        }
    }
    sentences.into_iter().map(|(why, names)| format!("{why}: {}", names.join(", "))).collect()
}
