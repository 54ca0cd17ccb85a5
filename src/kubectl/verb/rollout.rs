//! `kubectl rollout status | history | undo | pause | resume | restart`. Models kubectl/pkg/cmd/rollout and
//! kubectl/pkg/polymorphichelpers rollback.go, objectpauser.go, objectrestarter.go.

use std::rc::Rc;

use super::{DryRun, Names, Run, Tally, Teller, object_of, whole};
use crate::api::{Deployment, Json, Kind, Object, PodTemplateSpec, TEMPLATE_HASH_LABEL, is_same_template};
use crate::apiserver::Write;
use crate::base::{Name, SimDuration, SmallMap};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, duration_millis, flag};
use crate::kubectl::item::Item;
use crate::kubectl::print::{Output, TabWriter};
use crate::kubectl::resource::Wanted;
use crate::kubectl::rollout::{self, Revision};
use crate::kubectl::describe;

pub(super) const FLAGS: &[Flag] = &[
    flag("watch", Takes::Truth).or('w'),
    flag("timeout", Takes::Duration),
    flag("revision", Takes::Number),
    flag("to-revision", Takes::Number),
];

const RESTARTED: Name = Name::fixed("kubectl.kubernetes.io/restartedAt");
/// Annotations of a deployment that an undo leaves alone.
const KEPT: [&str; 5] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let Some((word, rest)) = run.given.args.split_first() else {
        return Err(Failure::Bare(super::help::of("rollout").unwrap_or_default()));
    };
    let work: fn(&mut Run<'_>, &Item) -> Result<String, Failure> = match word.as_str() {
        "status" => return status(run, rest),
        "history" => history,
        "undo" => undo,
        "pause" => pause,
        "resume" => resume,
        "restart" => restart,
        _ => return Err(Failure::unknown_command("rollout", &run.given.args)),
    };
    if rest.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own("required resource not specified"));
    }
    if word == "history" {
        revision(run)?;
    }
    let (_, found) = run.find_args(&run.scope(), rest, Names::Optional)?;
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        tally.add(work(run, item));
    }
    Ok(tally.answer())
}

fn status(run: &mut Run<'_>, args: &[String]) -> Result<Answer, Failure> {
    if args.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own("required resource not specified"));
    }
    let revision = revision(run)?;
    let (wanted, found) = run.find_args(&run.scope(), args, Names::Optional)?;
    if found.items.is_empty() && found.failures.is_empty() && matches!(wanted, Wanted::Kinds(..)) {
        return Ok(Answer::ok(format!("No resources found in {} namespace.\n", run.scope().namespace)));
    }
    if found.items.is_empty() && !found.failures.is_empty() {
        return Ok(Answer::of(String::new(), &found.failures));
    }
    if run.given.is_off("watch") || !found.failures.is_empty() {
        let mut tally = Tally { text: String::new(), failures: found.failures };
        for item in &found.items {
            tally.add(rollout::status(&object_of(item)?, revision).map(|(text, _)| text).map_err(Failure::Own));
        }
        return Ok(tally.answer());
    }
    let millis = run.given.text("timeout").and_then(|text| duration_millis(text).ok()).filter(|millis| *millis > 0);
    let limit = millis.and_then(|millis| u64::try_from(millis).ok()).unwrap_or(7 * 86_400_000);
    let until = run.now() + SimDuration::from_millis(limit);
    let mut wait = super::Wait::for_rollouts(found.items.iter().map(Item::key).collect(), revision, until);
    match wait.poll(run.view(), run.now()) {
        Some((output, exit)) => Ok(Answer { output, exit, follow: Follow::Done }),
        None => Ok(Answer::ok(wait.drain()).followed_by(Follow::Wait(Box::new(wait)))),
    }
}

/// `--revision`; zero if none is wanted.
fn revision(run: &Run<'_>) -> Result<i64, Failure> {
    match run.given.number("revision").unwrap_or_default() {
        revision if revision < 0 => Err(Failure::Own(format!("revision must be a positive integer: {revision}"))),
        revision => Ok(revision),
    }
}

fn revisions(run: &Run<'_>, object: &Object, what: &str) -> Result<SmallMap<i64, Revision>, Failure> {
    let kind = object.kind();
    // Models polymorphichelpers' KindVisitor, which knows these.
    let visited = [Kind::DaemonSet, Kind::Deployment, Kind::Job, Kind::Pod, Kind::ReplicaSet, Kind::ReplicationController, Kind::StatefulSet, Kind::CronJob];
    if what == "rollbacker" && !visited.contains(&kind) {
        let (group, name) = (kind.info().group, kind.name());
        return Err(Failure::Own(format!("error retrieving rollbacker for {:?}, no visitor method exists for {{{group} {name}}}", kind.with_group())));
    }
    let none = || Failure::Own(format!("no {what} has been implemented for {:?}", kind.with_group()));
    rollout::history(run.view(), object).ok_or_else(none)
}

fn history(run: &mut Run<'_>, item: &Item) -> Result<String, Failure> {
    let object = object_of(item)?;
    let all = revisions(run, &object, "history viewer")?;
    let wanted = revision(run)?;
    if let Some(output) = Teller::typed(run.given)?.output {
        return revisions_as(&output, &all, wanted);
    }
    if wanted > 0 {
        let Some(revision) = all.get(&wanted) else { return Err(Failure::own("unable to find the specified revision")) };
        let text = describe::template(&revision.template);
        return Ok(format!("{} with revision #{wanted}\n{text}\n", item.slashed()));
    }
    if all.is_empty() {
        return Ok(format!("{} \nNo rollout history found.\n", item.slashed()));
    }
    let mut table = "REVISION\tCHANGE-CAUSE\n".to_owned();
    for (number, revision) in &all {
        table += &format!("{number}\t{}\n", revision.cause.as_deref().unwrap_or("<none>"));
    }
    Ok(format!("{} \n{}\n", item.slashed(), TabWriter::description().set(&table)))
}

/// The sets that keep the revisions, as they are.
fn revisions_as(output: &Output, all: &SmallMap<i64, Revision>, wanted: i64) -> Result<String, Failure> {
    if wanted > 0 && !all.contains_key(&wanted) {
        return Err(Failure::own("unable to find the specified revision"));
    }
    let mut text = String::new();
    for (_, revision) in all.iter().filter(|(number, _)| wanted == 0 || **number == wanted) {
        let Some(set) = &revision.set else {
            return Err(Failure::unsupported("-o of this kind's history", "\"kubectl get controllerrevisions -o yaml\" prints it"));
        };
        text += &output.one(&Item::Object(Object::ReplicaSet(set.clone())))?;
    }
    Ok(text)
}

fn undo(run: &mut Run<'_>, item: &Item) -> Result<String, Failure> {
    let object = object_of(item)?;
    let all = revisions(run, &object, "rollbacker")?;
    let wanted = run.given.number("to-revision").unwrap_or_default();
    let not_found = || Failure::Own(format!("unable to find specified revision {wanted} in history"));
    let revision = match wanted {
        0 => all.values().rev().nth(1).ok_or_else(|| match &object {
            Object::Deployment(_) => Failure::Own(format!("no rollout history found for deployment \"{}\"", item.name())),
            _ => Failure::own("no last revision to roll back to"),
        })?,
        wanted => all.get(&wanted).ok_or_else(not_found)?,
    };
    if matches!(&object, Object::Deployment(deployment) if deployment.spec.paused) {
        return Err(Failure::own("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"));
    }
    let teller = Teller::typed(run.given)?;
    let mut changed = object.clone();
    let mut same = false;
    let found = change_template(&mut changed, &mut |template| {
        same = is_same_template(template, &revision.template);
        *template = revision.template.clone();
        Rc::make_mut(&mut template.meta.0.labels).remove(&TEMPLATE_HASH_LABEL);
        Ok(())
    })?;
    assert!(found, "BUG: a history without a template");
    if same {
        let text = format!("skipped rollback (current template already matches revision {wanted})");
        return teller.tell(item, &text);
    }
    if teller.dry_run == DryRun::Client {
        let before = if matches!(object, Object::Deployment(_)) { "" } else { "will roll back to " };
        return teller.tell(item, &format!("{before}{}", describe::template(&revision.template)));
    }
    if let Object::Deployment(deployment) = &mut changed {
        restore_annotations(Rc::make_mut(deployment), revision);
    }
    write(run, changed, "rolled back", &teller)
}

/// A deployment's annotations of the time of a revision, those of its own aside.
fn restore_annotations(deployment: &mut Deployment, revision: &Revision) {
    let own = |key: &Name| KEPT.contains(&key.as_str());
    let kept = deployment.meta.annotations.iter().filter(|(key, _)| own(key));
    let old = revision.annotations.iter().filter(|(key, _)| !own(key));
    deployment.meta.annotations = Rc::new(kept.chain(old).map(|(key, value)| (key.clone(), value.clone())).collect());
}

fn pause(run: &mut Run<'_>, item: &Item) -> Result<String, Failure> {
    let deployment = deployment(item, "pausing is not supported")?;
    match deployment.spec.paused {
        true => Err(refused(item, "is already paused")),
        false => set_paused(run, deployment, "paused"),
    }
}

fn resume(run: &mut Run<'_>, item: &Item) -> Result<String, Failure> {
    let deployment = deployment(item, "resuming is not supported")?;
    match deployment.spec.paused {
        false => Err(refused(item, "is not paused")),
        true => set_paused(run, deployment, "resumed"),
    }
}

fn deployment(item: &Item, otherwise: &str) -> Result<Deployment, Failure> {
    match item {
        Item::Object(Object::Deployment(deployment)) => Ok((**deployment).clone()),
        _ => Err(refused(item, otherwise)),
    }
}

/// `error: deployments.apps "kubia" is already paused`
fn refused(item: &Item, why: &str) -> Failure {
    Failure::Own(format!("error: {} \"{}\" {why}", item.kind().resource(), item.name()))
}

fn set_paused(run: &mut Run<'_>, mut deployment: Deployment, deed: &str) -> Result<String, Failure> {
    deployment.spec.paused = !deployment.spec.paused;
    let teller = Teller::typed(run.given)?;
    write(run, Object::Deployment(Rc::new(deployment)), deed, &teller)
}

fn restart(run: &mut Run<'_>, item: &Item) -> Result<String, Failure> {
    let mut object = object_of(item)?;
    match &object {
        Object::Deployment(deployment) if deployment.spec.paused => {
            return Err(refused(item, "can't restart paused deployment (run rollout resume first)"));
        }
        Object::Deployment(_) | Object::DaemonSet(_) => {}
        Object::Other(other) if other.kind == Kind::StatefulSet => {}
        _ => return Err(refused(item, "restarting is not supported")),
    }
    let time = Name::from(run.now().rfc3339());
    change_template(&mut object, &mut |template| {
        Rc::make_mut(&mut template.meta.0.annotations).insert(RESTARTED, time.clone());
        Ok(())
    })?;
    let teller = Teller::typed(run.given)?;
    write(run, object, "restarted", &teller)
}

/// Changes the template of an object, also of a stateful set, which is kept as JSON; false if it has none.
pub(super) fn change_template(
    object: &mut Object,
    change: &mut dyn FnMut(&mut PodTemplateSpec) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    if let Some(template) = object.template_mut() {
        return change(template).map(|()| true);
    }
    let Object::Other(other) = object else { return Ok(false) };
    let spec = Rc::make_mut(other).fields.get_mut("spec");
    let Some(place) = spec.and_then(|spec| spec.get_mut("template")) else { return Ok(false) };
    let mut template: PodTemplateSpec = Json::read(place);
    change(&mut template)?;
    *place = template.write_item();
    Ok(true)
}

fn write(run: &mut Run<'_>, mut object: Object, deed: &str, teller: &Teller) -> Result<String, Failure> {
    if teller.dry_run == DryRun::Client {
        return teller.tell(&Item::Object(object), deed);
    }
    object.meta_mut().resource_version = 0;
    let committed = run.write(Write::Update(object), teller.dry_run)?;
    teller.tell_written(committed, deed)
}
