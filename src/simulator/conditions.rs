//! How an object's conditions came and went: the past again, with an eye on one object. Who asks again later is told only of what came
//! after, so that looking on costs little.

use super::Simulator;
use crate::api::{Object, ObjectKey};
use crate::base::{Name, SimTime};
use crate::view::conditions_of;

/// At most so many wake-ups are played again for one answer.
const BUDGET: u32 = 20_000;

/// The conditions of an object from a moment on: each one's type and status.
pub type ConditionsAt = (SimTime, Vec<(Name, Name)>);

impl Simulator {
    /// An object's conditions as they were at a moment and each time they changed after it, up to the present; and the moment that was
    /// reached, if that is too far. A moment before the object was made is as its making.
    pub fn condition_history(&self, key: &ObjectKey, from: SimTime) -> (Vec<ConditionsAt>, SimTime) {
        let made = self.state.world.view().get(key).map_or(self.start_time(), |object| object.meta().creation);
        let (from, now) = (from.max(made).max(self.start_time()), self.now());
        let branch = self.branch();
        let mut state = branch.checkpoints.before(from).clone();
        let (mut found, mut version, mut left) = (Vec::<ConditionsAt>::new(), None, BUDGET);
        loop {
            let object = state.world.view().get(key);
            let at = state.world.now();
            if object.map(|object| object.meta().resource_version) != version {
                version = object.map(|object| object.meta().resource_version);
                note(&mut found, at.max(from), object);
            }
            if left == 0 || !self.play(branch, &mut state, now) {
                break;
            }
            left -= 1;
        }
        let reached = if left > 0 { now } else { state.world.now() };
        (found, reached)
    }
}

fn note(found: &mut Vec<ConditionsAt>, at: SimTime, object: Option<&Object>) {
    let conditions: Vec<(Name, Name)> = object.map(conditions_of).unwrap_or_default().into_iter().map(|row| (row.kind, row.status)).collect();
    match found.last_mut() {
        Some((last, known)) if *last == at => *known = conditions,
        Some((_, known)) if *known == conditions => {}
        None if conditions.is_empty() => {}
        _ => found.push((at, conditions)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;
    use crate::simulator::{Command, Scenario, SimDuration};

    #[test]
    fn a_node_without_power_has_a_history() {
        let mut simulator = Simulator::new(&Scenario::example());
        simulator.apply(Command::NodePower { node: "node2".to_owned(), on: false });
        simulator.catch_up(simulator.now() + SimDuration::from_seconds(100));
        simulator.apply(Command::NodePower { node: "node2".to_owned(), on: true });
        let middle = simulator.now();
        simulator.catch_up(middle + SimDuration::from_seconds(20));
        let key = ObjectKey::new(Kind::Node, "", "node2");
        let ready = |history: &[ConditionsAt]| {
            let status = |conditions: &[(Name, Name)]| conditions.iter().find(|(kind, _)| kind == "Ready").map(|(_, status)| status.to_string());
            let mut all: Vec<String> = history.iter().filter_map(|(_, conditions)| status(conditions)).collect();
            all.dedup();
            all
        };
        let (whole, reached) = simulator.condition_history(&key, simulator.start_time());
        assert_eq!((ready(&whole), reached), (vec!["True".to_owned(), "Unknown".to_owned(), "True".to_owned()], simulator.now()));
        let (rest, _) = simulator.condition_history(&key, middle);
        assert_eq!(ready(&rest), ["Unknown", "True"]);
        assert_eq!(whole.last(), rest.last());
        let pod = simulator.world().view().pods(&Name::from("default")).find(|pod| pod.node_name != "node2").map(|pod| pod.meta.name.clone()).unwrap_or_default();
        let (history, _) = simulator.condition_history(&ObjectKey::new(Kind::Pod, "default", pod), simulator.start_time());
        assert_eq!(ready(&history), ["False", "True"]);
    }
}
