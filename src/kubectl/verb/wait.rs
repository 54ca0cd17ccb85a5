//! `kubectl wait`: until a condition holds, a field has a value, or an object is gone. Models kubectl/pkg/cmd/wait.

use serde_json::Value;

use super::{Names, Run, whole};
use crate::api::{ObjectKey, Uid};
use crate::base::{SimDuration, SimTime};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, duration_millis, flag};
use crate::kubectl::item::{self, Item};
use crate::kubectl::print::{JsonPath, Output, relaxed};
use crate::kubectl::resource::Wanted;
use crate::kubectl::rollout;
use crate::store::View;

pub(super) const FLAGS: &[Flag] = &[
    flag("for", Takes::Text),
    flag("timeout", Takes::Duration),
    flag("local", Takes::Truth).not("what a file says does not change while one waits"),
];

/// A wait that goes on: ask it after every change of the cluster.
#[derive(Clone, Debug)]
pub struct Wait {
    goal: Goal,
    /// Objects to wait for, in the order in which they are told.
    pending: Vec<(ObjectKey, Option<Uid>)>,
    told: String,
    /// What is told of each.
    deed: &'static str,
    /// What `-o` asks for in the place of that.
    output: Option<Output>,
    until: SimTime,
    /// `--timeout=0`: nothing is waited for.
    looks_once: bool,
}

/// What is waited for.
#[derive(Clone, Debug)]
enum Goal {
    Condition { kind: String, status: String },
    Gone,
    There,
    Field { path: JsonPath, value: Option<String> },
    /// As many run as are wanted.
    Scaled,
    /// A rollout is over: the revision that must be the running one (0: any), and the version of the object that was told last.
    RolledOut { revision: i64, told: u64 },
}

impl Wait {
    /// The end of a deletion, which says nothing more.
    pub(super) fn until_gone(gone: Vec<(ObjectKey, Uid)>, until: SimTime) -> Wait {
        let pending = gone.into_iter().map(|(key, uid)| (key, Some(uid))).collect();
        Wait { goal: Goal::Gone, pending, told: String::new(), deed: "", output: None, until, looks_once: false }
    }

    /// A wait for the ends of rollouts, one after the other.
    pub(super) fn for_rollouts(keys: Vec<ObjectKey>, revision: i64, until: SimTime) -> Wait {
        let (goal, pending) = (Goal::RolledOut { revision, told: 0 }, keys.into_iter().map(|key| (key, None)).collect());
        Wait { goal, pending, told: String::new(), deed: "", output: None, until, looks_once: false }
    }

    /// A wait until as many run as are wanted; `told` is printed then. Models kubectl/pkg/scale WaitForScaleHasDesiredReplicas.
    pub(super) fn for_scales(keys: Vec<ObjectKey>, told: String, until: SimTime) -> Wait {
        let pending = keys.into_iter().map(|key| (key, None)).collect();
        Wait { goal: Goal::Scaled, pending, told, deed: "", output: None, until, looks_once: false }
    }

    /// Tells each change of a rollout. Models kubectl/pkg/cmd/rollout/rollout_status.go.
    fn poll_rollout(&mut self, view: View<'_>, now: SimTime) -> Option<(String, i32)> {
        let Goal::RolledOut { revision, told } = &mut self.goal else { return None };
        let end = |text: String, failure: Failure| {
            let answer = Answer::of(text, &[failure]);
            Some((answer.output, answer.exit))
        };
        while let Some((key, _)) = self.pending.first() {
            let Some(object) = view.get(key) else {
                return end(std::mem::take(&mut self.told), Failure::own("object has been deleted"));
            };
            let version = object.meta().resource_version;
            if std::mem::replace(told, version) == version {
                break;
            }
            match rollout::status(object, *revision) {
                Ok((text, done)) => {
                    self.told += &text;
                    if !done {
                        break;
                    }
                    self.pending.remove(0);
                    *told = 0;
                }
                Err(why) => return end(std::mem::take(&mut self.told), Failure::Own(why)),
            }
        }
        if self.pending.is_empty() {
            return Some((std::mem::take(&mut self.told), 0));
        }
        (now >= self.until).then(|| end(std::mem::take(&mut self.told), Failure::own("timed out waiting for the condition")))?
    }

    /// What it has printed before it is over. A scaling alone is told at its end.
    pub fn drain(&mut self) -> String {
        if matches!(self.goal, Goal::Scaled) { String::new() } else { std::mem::take(&mut self.told) }
    }

    /// When it gives up.
    pub fn until(&self) -> SimTime {
        self.until
    }

    /// What it printed since the last [`Wait::drain`] and its exit status once it is over; None while it goes on.
    pub fn poll(&mut self, view: View<'_>, now: SimTime) -> Option<(String, i32)> {
        if matches!(self.goal, Goal::RolledOut { .. }) {
            return self.poll_rollout(view, now);
        }
        while let Some((key, uid)) = self.pending.first() {
            if let Some(why) = item::find(view, key).and_then(|found| self.goal.fault(&found)) {
                let answer = Answer::of(std::mem::take(&mut self.told), &[why]);
                return Some((answer.output, answer.exit));
            }
            let found = item::find(view, key).filter(|found| match (found, uid) {
                (Item::Object(object), Some(uid)) if matches!(self.goal, Goal::Gone) => object.meta().uid.same(*uid),
                _ => true,
            });
            if !self.goal.holds(found.as_ref()) {
                return (now >= self.until).then(|| self.time_out());
            }
            let (kind, name) = (key.kind.qualified(), &key.name);
            self.told += &match &self.output {
                Some(output) => found.and_then(|item| output.one(&item).ok()).unwrap_or_default(),
                None if self.deed.is_empty() => String::new(),
                None => format!("{kind}/{name} {}\n", self.deed),
            };
            self.pending.remove(0);
        }
        Some((std::mem::take(&mut self.told), 0))
    }

    fn time_out(&mut self) -> (String, i32) {
        // Nothing is known of what is not there yet.
        if matches!(self.goal, Goal::Scaled) {
            let answer = Answer::failed(Failure::own("timed out waiting for the condition"));
            return (answer.output, answer.exit);
        }
        if matches!(self.goal, Goal::There) {
            let answer = Answer::failed(Failure::own("timed out waiting for the condition"));
            return (std::mem::take(&mut self.told) + &answer.output, answer.exit);
        }
        let why = if self.looks_once { "condition not met for" } else { "timed out waiting for the condition on" };
        let failure = |(key, _): &(ObjectKey, Option<Uid>)| Failure::Own(format!("{why} {}/{}", key.kind.info().plural, key.name));
        let failures: Vec<Failure> = self.pending.iter().map(failure).collect();
        let answer = Answer::of(std::mem::take(&mut self.told), &failures);
        (answer.output, answer.exit)
    }
}

impl Goal {
    /// Models wait.go conditionFuncFor.
    fn parse(text: &str) -> Result<Goal, Failure> {
        let lower = text.to_ascii_lowercase();
        if lower == "delete" {
            return Ok(Goal::Gone);
        }
        if lower == "create" {
            return Ok(Goal::There);
        }
        if let Some(condition) = text.strip_prefix("condition=") {
            let (kind, status) = condition.split_once('=').unwrap_or((condition, "true"));
            return Ok(Goal::Condition { kind: kind.to_owned(), status: status.to_owned() });
        }
        if let Some(expression) = text.strip_prefix("jsonpath=") {
            // The value follows the brace that closes the path.
            let (path, value) = match expression.rfind('}') {
                Some(end) => (&expression[..=end], expression[end + 1..].strip_prefix('=')),
                None => expression.split_once('=').map_or((expression, None), |(path, value)| (path, Some(value))),
            };
            if value == Some("") {
                let like = "like --for=jsonpath='{.status.readyReplicas}'=3";
                return Err(Failure::Own(format!("jsonpath wait has to have a value after equal sign, {like}")));
            }
            let path = relaxed(path).map_err(Failure::Own)?;
            return Ok(Goal::Field { path, value: value.map(str::to_owned) });
        }
        Err(Failure::Own(format!("unrecognized condition: \"{text}\"")))
    }

    /// What cannot be compared with a value. Models wait.go compareResults.
    fn fault(&self, item: &Item) -> Option<Failure> {
        let Goal::Field { path, value: Some(_) } = self else { return None };
        let object = item.to_value();
        match path.find(&object).unwrap_or_default().as_slice() {
            [one] if one.is_object() || one.is_array() => Some(Failure::own("jsonpath leads to a nested object or list which is not supported")),
            [] | [_] => None,
            _ => Some(Failure::own("given jsonpath expression matches more than one value")),
        }
    }

    fn holds(&self, found: Option<&Item>) -> bool {
        match (self, found) {
            (Goal::Gone, found) => found.is_none(),
            (_, None) => false,
            (Goal::There, Some(_)) => true,
            (Goal::RolledOut { .. }, Some(_)) => false,
            (Goal::Scaled, Some(item)) => {
                let value = item.to_value();
                let number = |place: &str| value.pointer(place).and_then(Value::as_i64).unwrap_or_default();
                number("/spec/replicas") == number("/status/replicas") && number("/status/observedGeneration") >= number("/metadata/generation")
            }
            (Goal::Condition { kind, status }, Some(item)) => {
                let value = item.to_value();
                let conditions = value.get("status").and_then(|status| status.get("conditions")).and_then(Value::as_array);
                let text = |condition: &Value, key: &str| condition.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                conditions.into_iter().flatten().any(|condition| {
                    text(condition, "type").eq_ignore_ascii_case(kind) && text(condition, "status").eq_ignore_ascii_case(status)
                })
            }
            (Goal::Field { path, value }, Some(item)) => {
                let object = item.to_value();
                let found = path.find(&object).unwrap_or_default();
                match (found.as_slice(), value) {
                    ([], _) => false,
                    (_, None) => true,
                    ([one], Some(value)) => match one {
                        Value::String(text) => text == value,
                        other => other.to_string() == *value,
                    },
                    _ => false,
                }
            }
        }
    }
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let goal = match run.given.text("for") {
        Some(text) if !text.is_empty() => Goal::parse(text)?,
        _ => return Err(Failure::own("unrecognized condition: \"\"")),
    };
    let output = Output::of_write(Some(&super::get::template(run.given)))?;
    let scope = run.scope();
    let (wanted, found) = run.find(&scope, Names::Needed)?;
    let mut failures = found.failures;
    let mut pending: Vec<(ObjectKey, Option<Uid>)> = Vec::new();
    match (&goal, &wanted) {
        (Goal::Gone | Goal::There, Wanted::Named(named)) => {
            // What is not there is gone already, or is waited for.
            failures.retain(|failure| !failure.is_not_found() || matches!(goal, Goal::There) && run.given.text("filename").is_some());
            pending.extend(named.iter().map(|(kind, name)| (scope.key(*kind, name), None)));
            for (key, uid) in &mut pending {
                *uid = run.view().get(key).map(|object| object.meta().uid);
            }
        }
        _ => pending.extend(found.items.iter().map(|item| (item.key(), None))),
    }
    if !failures.is_empty() {
        return Ok(Answer::of(String::new(), &failures));
    }
    if pending.is_empty() {
        return match goal {
            Goal::Gone => Ok(Answer::ok("")),
            _ => Err(Failure::own("no matching resources found")),
        };
    }
    if matches!(goal, Goal::Gone) {
        pending.retain(|(_, uid)| uid.is_some());
    }
    let until = run.now() + time_limit(run);
    let looks_once = until == run.now();
    let mut wait = Wait { goal, pending, told: String::new(), deed: "condition met", output, until, looks_once };
    match wait.poll(run.view(), run.now()) {
        Some((output, exit)) => Ok(Answer { output, exit, follow: Follow::Done }),
        None => Ok(Answer::ok(wait.drain()).followed_by(Follow::Wait(Box::new(wait)))),
    }
}

/// The end of a time limit that there need not be.
pub(super) fn limit_or_never(run: &Run<'_>) -> SimTime {
    let millis = run.given.text("timeout").and_then(|text| duration_millis(text).ok()).filter(|millis| *millis > 0);
    let millis = millis.and_then(|millis| u64::try_from(millis).ok()).unwrap_or(7 * 86_400_000);
    run.now() + SimDuration::from_millis(millis.min(7 * 86_400_000))
}

/// 30 s unless said otherwise; a week for a negative time.
fn time_limit(run: &Run<'_>) -> SimDuration {
    let millis = run.given.text("timeout").and_then(|text| duration_millis(text).ok()).unwrap_or(30_000);
    match u64::try_from(millis) {
        Ok(millis) => SimDuration::from_millis(millis.min(7 * 86_400_000)),
        Err(_) => SimDuration::from_seconds(7 * 86_400),
    }
}
