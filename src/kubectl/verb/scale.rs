//! `kubectl scale`. Models kubectl/pkg/cmd/scale/scale.go and pkg/scale.

use std::rc::Rc;

use super::{DryRun, Names, Run, Tally, Teller, whole};
use crate::api::{ApiError, Object, Reason, ReplicationController};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[
    flag("replicas", Takes::Number),
    flag("current-replicas", Takes::Number),
    flag("resource-version", Takes::Text),
    flag("timeout", Takes::Duration).not("scale returns at once; look with \"kubectl get\""),
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
        tally.add(scale(run, item, replicas, current, &teller));
    }
    Ok(tally.answer())
}

fn scale(run: &mut Run<'_>, item: &Item, replicas: i64, current: i64, teller: &Teller) -> Result<String, Failure> {
    let Item::Object(Object::ReplicationController(rc)) = item else {
        let message = "the server could not find the requested resource";
        return Err(ApiError::new(Reason::NotFound, message).into());
    };
    let now = i64::from(rc.replicas());
    if current >= 0 && current != now {
        return Err(Failure::Own(format!("Expected replicas to be {current}, was {now}")));
    }
    if let Some(version) = run.given.text("resource-version").filter(|version| *version != rc.meta.resource_version.to_string()) {
        let stored = rc.meta.resource_version;
        return Err(Failure::Own(format!("Expected resource version to be {version}, was {stored}")));
    }
    if teller.dry_run == DryRun::Client {
        return teller.tell(item, "scaled");
    }
    let mut scaled: ReplicationController = (**rc).clone();
    scaled.spec.replicas = Some(i32::try_from(replicas).unwrap_or(i32::MAX));
    // The scale subresource is not bound to the version that was read.
    scaled.meta.resource_version = 0;
    let committed = run.write(Write::Update(Object::ReplicationController(Rc::new(scaled))), teller.dry_run)?;
    teller.tell_written(committed, "scaled")
}
