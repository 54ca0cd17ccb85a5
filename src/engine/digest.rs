//! One number for all of a world: two worlds with the same digest have the same objects, events, agenda and random streams.
//! It is taken of texts, so that it does not depend on the width of a pointer.

use std::fmt::{self, Write};

use super::World;
use crate::base::{FNV_OFFSET, fnv64};

/// FNV-1a over what is written to it.
struct Hasher(u64);

impl fmt::Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = fnv64(self.0, text);
        Ok(())
    }
}

impl World {
    /// The digest.
    pub fn digest(&self) -> u64 {
        let mut hasher = Hasher(FNV_OFFSET);
        let view = self.view();
        let mut put = |text: fmt::Arguments<'_>| {
            // Writing to a hasher cannot fail.
            let _ = hasher.write_fmt(text);
        };
        put(format_args!("{:?} {}", self.now, view.revision()));
        for object in view.all() {
            put(format_args!("{object:?}"));
        }
        for event in view.events().all() {
            put(format_args!("{event:?}"));
        }
        for machine in self.machines.values() {
            put(format_args!("{machine:?}"));
        }
        for (at, wakeup) in self.agenda.iter() {
            put(format_args!("{at:?}{wakeup:?}"));
        }
        put(format_args!("{:?}{:?}{:?}{:?}", self.queue, self.off, self.missed, self.failing));
        let streams = [self.scheduling.state(), self.latency.state(), self.kubelets.state(), self.network.random.state()];
        put(format_args!("{streams:?}{:?}", self.api.random_states()));
        hasher.0
    }
}
