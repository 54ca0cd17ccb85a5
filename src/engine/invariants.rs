//! What must hold at every moment; a world that breaks one of these has a bug.

use super::World;
use crate::base::{Name, sort};

/// The broken invariants, as sentences.
pub fn check(world: &World) -> Vec<String> {
    let view = world.view();
    let mut broken = Vec::new();
    let mut say = |holds: bool, text: String| {
        if !holds {
            broken.push(text);
        }
    };
    for pod in view.pods(&Name::default()) {
        let name = &pod.meta.name;
        say(view.namespace(&pod.meta.namespace).is_some(), format!("pod {name} is in no namespace"));
        say(pod.meta.creation <= world.now(), format!("pod {name} is from the future"));
        say(pod.meta.owners.iter().filter(|owner| owner.controller == Some(true)).count() <= 1, format!("pod {name} has two controllers"));
        let has_status = pod.status.containers.is_empty() || pod.status.containers.len() == pod.spec.containers.len();
        say(has_status, format!("pod {name} has statuses of other containers than its spec's"));
    }
    for node in world.machines.values() {
        let info = world.cache.node(&node.name).map_or(0, |info| info.pods as usize);
        let bound = view.pods_on(&node.name).filter(|pod| !pod.status.phase.is_terminal()).count();
        say(info == bound || view.node(&node.name).is_none(), format!("the scheduler counts {info} pods on {} that has {bound}", node.name));
        let own = node.sandboxes.values().filter(|sandbox| sandbox.stopped.is_none()).map(|sandbox| sandbox.address).filter(|address| *address != node.address);
        let mut addresses: Vec<_> = own.collect();
        let count = addresses.len();
        sort(&mut addresses);
        addresses.dedup();
        say(addresses.len() == count, format!("two pods of {} share an address", node.name));
    }
    say(world.agenda.next_at().is_none_or(|at| at > world.now() || world.now() == at), "the agenda is late".to_owned());
    broken
}
