//! Two branches beside each other at one moment: objects that only one has, and those that differ, field by field. What differs for no
//! reason of anybody's (uids, versions, the times of heartbeats) is left out.

use serde_json::Value;

use super::Simulator;
use super::tally::Tallies;
use crate::api::{Kind, Object, ObjectKey};
use crate::base::SimTime;

/// At most so many wake-ups are played to bring the other branch to the moment.
const BUDGET: u32 = 200_000;
/// At most so many objects of a kind of difference are told of.
const MOST: usize = 60;
/// At most so many fields of an object are told of.
const MOST_FIELDS: usize = 12;
/// Fields that differ between any two runs.
const NOISE: [&str; 11] = [
    "uid", "resourceVersion", "creationTimestamp", "managedFields", "lastHeartbeatTime", "lastTransitionTime", "lastUpdateTime", "lastProbeTime",
    "renewTime", "containerID", "controller-uid",
];

/// A field that is not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `spec.replicas`
    pub path: String,
    /// Its value on the branch being shown; empty if it is not there.
    pub here: String,
    /// On the other.
    pub there: String,
}

/// An object that both have, and its fields that are not the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub key: ObjectKey,
    /// The fields, in the order of the manifest; some, if there are very many.
    pub fields: Vec<Field>,
}

/// Two branches at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The other branch.
    pub with: usize,
    /// The moment to which the other was played: that of the branch being shown, unless that is too far.
    pub at: SimTime,
    /// Objects that only the branch being shown has.
    pub here: Vec<ObjectKey>,
    /// Objects that only the other has.
    pub there: Vec<ObjectKey>,
    /// Objects that differ.
    pub differing: Vec<Difference>,
    /// How many more objects there are in these lists.
    pub left_out: usize,
    /// Pods by state over time on the other branch, up to the moment.
    pub tallies: Tallies,
}

impl Simulator {
    /// The branch being shown beside another one, at the present. None if no branch has that number. The other one is played on where
    /// it has not come so far.
    pub fn compare(&self, with: usize) -> Option<Comparison> {
        let branch = self.branches.get(with)?;
        let now = self.now();
        let mut state = branch.checkpoints.before(now).clone();
        let mut played = branch.without_checkpoints();
        let mut left = BUDGET;
        while left > 0 && self.play(branch, &mut state, now) {
            let changes = state.world.take_changes();
            played.note(&changes, &state);
            left -= 1;
        }
        let at = if left > 0 { now } else { state.world.now() };
        let mut found = Comparison { with, at, ..Comparison::default() };
        let (here, there) = (self.state.world.view(), state.world.view());
        for object in here.all().filter(|object| is_told(object)) {
            let key = object.key();
            match there.get(&key) {
                None => found.here.push(key),
                Some(other) if other != object => {
                    let mut fields = Vec::new();
                    differences("", &object.to_value(), &other.to_value(), &mut fields);
                    if !fields.is_empty() {
                        found.differing.push(Difference { key, fields });
                    }
                }
                Some(_) => {}
            }
        }
        found.there = there.all().filter(|object| is_told(object)).map(Object::key).filter(|key| here.get(key).is_none()).collect();
        let all = found.here.len() + found.there.len() + found.differing.len();
        found.here.truncate(MOST);
        found.there.truncate(MOST);
        found.differing.truncate(MOST);
        found.left_out = all - found.here.len() - found.there.len() - found.differing.len();
        found.tallies = played.tallies.iter().copied().filter(|(from, _)| *from <= at).collect();
        Some(found)
    }
}

/// Leases beat and slices follow: what they say is said by nodes, Services and pods.
fn is_told(object: &Object) -> bool {
    !matches!(object.kind(), Kind::Lease | Kind::EndpointSlice)
}

/// The fields that differ below a path.
fn differences(path: &str, here: &Value, there: &Value, found: &mut Vec<Field>) {
    if here == there || found.len() >= MOST_FIELDS {
        return;
    }
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (here, there) {
        (Value::Object(one), Value::Object(other)) => {
            let only_there = other.keys().filter(|name| !one.contains_key(*name));
            for name in one.keys().chain(only_there).filter(|name| !NOISE.contains(&name.as_str())) {
                let of = |side: &serde_json::Map<String, Value>| side.get(name).cloned().unwrap_or_default();
                differences(&below(name), &of(one), &of(other), found);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for n in 0..one.len().max(other.len()) {
                let of = |side: &[Value]| side.get(n).cloned().unwrap_or_default();
                differences(&format!("{path}[{}]", item(one.get(n).or(other.get(n)), n)), &of(one), &of(other), found);
            }
        }
        _ if is_time(here) && is_time(there) => {}
        _ => found.push(Field { path: path.to_owned(), here: text(here), there: text(there) }),
    }
}

/// An item of a list: by its name or type, else by its number.
fn item(value: Option<&Value>, number: usize) -> String {
    let named = value.and_then(|value| value["name"].as_str().or(value["type"].as_str()));
    named.map_or_else(|| number.to_string(), str::to_owned)
}

/// Whether it is a time: both branches have one, it is only another.
fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() >= 20 && SimTime::parse_rfc3339(text).is_some())
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{Command, Scenario, SimDuration};
    use serde_json::json;

    fn line(simulator: &mut Simulator, line: &str) {
        assert_eq!(simulator.apply(Command::Line(line.to_owned())).exit, 0, "{line}");
    }

    fn pass(simulator: &mut Simulator, seconds: u64) {
        simulator.catch_up(simulator.now() + SimDuration::from_seconds(seconds));
    }

    /// The example with three pods on one branch and five on the other, at the same moment.
    fn two() -> Simulator {
        let mut simulator = Simulator::new(&Scenario::example());
        pass(&mut simulator, 2);
        let before = simulator.now();
        line(&mut simulator, "kubectl scale rc kubia --replicas=5");
        pass(&mut simulator, 20);
        simulator.seek(before - SimDuration::from_millis(500));
        line(&mut simulator, "kubectl label rc kubia tier=front");
        simulator.catch_up(before + SimDuration::from_seconds(20));
        simulator
    }

    #[test]
    fn fields_that_differ_are_told_by_their_paths() {
        let one = json!({"metadata": {"uid": "a", "labels": {"app": "x"}}, "spec": {"list": [{"name": "a", "image": "i"}, 1]}, "status": {"at": "2026-01-01T09:00:00Z"}});
        let other = json!({"metadata": {"uid": "b", "labels": {"app": "y"}}, "spec": {"list": [{"name": "a", "image": "j"}], "more": true}, "status": {"at": "2026-01-01T09:00:07Z"}});
        let mut found = Vec::new();
        differences("", &one, &other, &mut found);
        let told: Vec<String> = found.iter().map(|field| format!("{}: {} | {}", field.path, field.here, field.there)).collect();
        assert_eq!(told, ["metadata.labels.app: x | y", "spec.list[a].image: i | j", "spec.list[1]: 1 | ", "spec.more:  | true"]);
    }

    #[test]
    fn two_branches_differ_by_what_was_done_on_them() {
        let simulator = two();
        assert_eq!(simulator.compare(7), None);
        let Some(found) = simulator.compare(0) else { panic!("no branch") };
        assert_eq!((found.at, found.here.len(), found.there.len()), (simulator.now(), 0, 2), "{found:#?}");
        assert!(found.there.iter().all(|key| key.kind == Kind::Pod));
        let rc = found.differing.iter().find(|differing| differing.key.kind == Kind::ReplicationController);
        let fields: Vec<&str> = rc.into_iter().flat_map(|rc| &rc.fields).map(|field| field.path.as_str()).collect();
        assert!(fields.contains(&"spec.replicas") && fields.contains(&"metadata.labels.tier"), "{fields:?}");
        assert_eq!(found.tallies.last().map(|(_, tally)| tally.ready), Some(5));
        assert_eq!(simulator.compare(simulator.current_branch()).map(|same| (same.here, same.there, same.differing)), Some(Default::default()));
    }

    #[test]
    fn what_was_seen_after_the_moment_of_a_change_stays_on_a_branch_of_its_own() {
        let mut simulator = Simulator::new(&Scenario::example());
        simulator.catch_up(simulator.now() + SimDuration::from_seconds(20));
        let (moment, quiet) = (simulator.now(), simulator.now() - SimDuration::from_seconds(2));
        simulator.seek(quiet);
        simulator.apply(Command::Line("kubectl delete pods --all --wait=false".to_owned()));
        let done = simulator.now();
        assert_eq!((simulator.timeline().branches.len(), simulator.timeline().end), (1, done), "nothing had happened since");
        simulator.catch_up(moment);
        let seen = simulator.timeline();
        simulator.seek(done + SimDuration::from_millis(1));
        simulator.apply(Command::Line("kubectl scale rc kubia --replicas=5".to_owned()));
        assert_eq!((simulator.timeline().branches.len(), simulator.timeline().end), (2, done + SimDuration::from_millis(1)));
        simulator.switch_branch(0);
        assert_eq!((simulator.timeline().ready, simulator.timeline().marks), (seen.ready, seen.marks));
    }

    #[test]
    fn branches_are_kept_with_their_names_and_all_that_was_done() {
        let mut simulator = two();
        simulator.rename_branch(1, "  ");
        assert_eq!(simulator.timeline().branches[1].name, "2", "a name that is none");
        simulator.rename_branch(1, " what if ");
        simulator.rename_branch(9, "nothing");
        let middle = simulator.now() - SimDuration::from_seconds(15);
        simulator.seek(middle);
        let kept = simulator.kept_branches();
        let at = middle.since(simulator.start_time());
        let Ok(mut again) = Simulator::restore(&kept, 1, at) else { panic!("not restored") };
        assert_eq!((again.now(), again.digest(), again.kept_branches()), (simulator.now(), simulator.digest(), kept.clone()));
        let names = |simulator: &Simulator| simulator.timeline().branches.iter().map(|line| (line.name.to_string(), line.forked_at)).collect::<Vec<_>>();
        assert_eq!(names(&again), names(&simulator));
        assert_eq!(again.timeline().branches[1].name, "what if");
        for id in [0, 1] {
            again.switch_branch(id);
            simulator.switch_branch(id);
            assert_eq!((again.now(), again.digest()), (simulator.now(), simulator.digest()));
            assert_eq!((again.timeline().ready, again.timeline().marks), (simulator.timeline().ready, simulator.timeline().marks));
        }
        assert!(Simulator::restore(&kept, 2, at).is_err());
    }
}
