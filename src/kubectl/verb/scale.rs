//! `kubectl scale`. Models kubectl/pkg/cmd/scale/scale.go and pkg/scale.

use std::rc::Rc;

use super::{DryRun, Names, Run, Tally, Teller, whole};
use crate::api::{ApiError, Object, Reason};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, duration_millis, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[
    flag("replicas", Takes::Number),
    flag("current-replicas", Takes::Number),
    flag("resource-version", Takes::Text),
    flag("timeout", Takes::Duration),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let Some(replicas) = run.given.number("replicas") else { return Err(Failure::own("required flag(s) \"replicas\" not set")) };
    if replicas < 0 {
        let message = "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0";
        return Err(Failure::own(message));
    }
    let current = run.given.number("current-replicas").unwrap_or(-1);
    if current < -1 {
        return Err(Failure::own("The --current-replicas must specify an integer of -1 or greater"));
    }
    let teller = Teller::of(run.given)?;
    let scope = run.scope();
    let (_, found) = run.find(&scope, Names::Needed)?;
    if found.items.is_empty() {
        return Err(match found.failures.into_iter().next() {
            Some(Failure::Api { error, .. }) => Failure::Own(format!("no objects passed to scale {}", error.message)),
            Some(other) => other,
            None => Failure::own("no objects passed to scale"),
        });
    }
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        let scaled = scale(run, item, replicas, current, &teller);
        let failed = scaled.is_err();
        tally.add(scaled);
        // The first that cannot be scaled ends it.
        if failed {
            break;
        }
    }
    let waits = run.given.text("timeout").and_then(|text| duration_millis(text).ok()).is_some_and(|millis| millis > 0);
    if !waits || !tally.failures.is_empty() || teller.dry_run != DryRun::No {
        return Ok(tally.answer());
    }
    let mut wait = super::Wait::for_scales(found.items.iter().map(Item::key).collect(), tally.text, super::wait::limit_or_never(run));
    match wait.poll(run.view(), run.now()) {
        Some((output, exit)) => Ok(Answer { output, exit, follow: Follow::Done }),
        None => Ok(Answer::ok("").followed_by(Follow::Wait(Box::new(wait)))),
    }
}

fn scale(run: &mut Run<'_>, item: &Item, replicas: i64, current: i64, teller: &Teller) -> Result<String, Failure> {
    let scaled = if let Item::Object(object) = item { with_replicas(object, replicas) } else { None };
    let Some((mut scaled, now)) = scaled else {
        let message = "the server could not find the requested resource";
        return Err(ApiError::new(Reason::NotFound, message).into());
    };
    if current >= 0 && current != now {
        return Err(Failure::Own(format!("Expected replicas to be {current}, was {now}")));
    }
    if let Some(version) = run.given.text("resource-version").filter(|version| *version != scaled.meta().resource_version.to_string()) {
        let stored = scaled.meta().resource_version;
        return Err(Failure::Own(format!("Expected resource version to be {version}, was {stored}")));
    }
    if teller.dry_run == DryRun::Client {
        return teller.tell(item, "scaled");
    }
    // The scale subresource is not bound to the version that was read.
    scaled.meta_mut().resource_version = 0;
    let committed = run.write(Write::Update(scaled), teller.dry_run)?;
    teller.tell_written(committed, "scaled")
}

/// An object that wants so many replicas, and how many it wanted before; None for kinds that cannot be scaled.
pub(super) fn with_replicas(object: &Object, replicas: i64) -> Option<(Object, i64)> {
    let mut object = object.clone();
    let slot = match &mut object {
        Object::ReplicationController(rc) => &mut Rc::make_mut(rc).spec.replicas,
        Object::Deployment(deployment) => &mut Rc::make_mut(deployment).spec.replicas,
        Object::ReplicaSet(set) => &mut Rc::make_mut(set).spec.replicas,
        Object::Other(set) if set.kind == crate::api::Kind::StatefulSet => {
            let spec = Rc::make_mut(set).fields.get_mut("spec")?;
            let before = spec["replicas"].as_i64().unwrap_or(1);
            spec["replicas"] = replicas.into();
            return Some((object, before));
        }
        _ => return None,
    };
    let before = slot.replace(i32::try_from(replicas).unwrap_or(i32::MAX)).unwrap_or(1);
    Some((object, i64::from(before)))
}
