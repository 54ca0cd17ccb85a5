//! The time between the requests of one command: each is sent when the one before has been answered. A server that shares its machine with
//! containers being started answers later. Left out: that of `kubectl apply`, so that what was read a moment ago can be applied.

use super::DryRun;
use crate::api::Kind;
use crate::base::SimDuration;
use crate::engine::World;

/// From one request to the next: eleven objects that were applied, a GET and a POST each, took 302 ms.
const REQUEST: SimDuration = SimDuration::from_millis(14);
/// Before a pod so much later for each pod that is being started: nineteen pods, created one after the other, took three seconds, a pod and
/// ten other objects a tenth of that.
const SHARE: SimDuration = SimDuration::from_millis(20);
/// No longer is waited for the requests of one command, however many they are.
const LONGEST: SimDuration = SimDuration::from_seconds(5);

/// The requests of a command.
#[derive(Debug)]
pub(super) struct Requests {
    is_first: bool,
    left: SimDuration,
}

impl Requests {
    /// What is only tried takes no time.
    pub fn new(dry_run: DryRun) -> Requests {
        let left = if dry_run == DryRun::No { LONGEST } else { SimDuration::ZERO };
        Requests { is_first: true, left }
    }

    /// Waits until the next request can be sent; the first one at once.
    pub fn next(&mut self, world: &mut World) {
        self.wait(REQUEST, world);
    }

    /// The same before the creation of an object of this kind.
    pub fn next_creation(&mut self, kind: Kind, world: &mut World) {
        let shared = if kind == Kind::Pod { SHARE.micros() * world.starting_pods() } else { 0 };
        self.wait(REQUEST + SimDuration::from_micros(shared), world);
    }

    fn wait(&mut self, time: SimDuration, world: &mut World) {
        if std::mem::take(&mut self.is_first) || self.left == SimDuration::ZERO {
            return;
        }
        let time = time.min(self.left);
        self.left = SimDuration::from_micros(self.left.micros() - time.micros());
        world.pass(time);
    }
}
