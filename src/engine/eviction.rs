//! A client that evicts pods, as `kubectl drain` does: those that a disruption budget keeps are tried again.
//! Models kubectl/pkg/drain/drain.go evictPods. Left out: time-outs of single requests.

use std::rc::Rc;

use super::{Wakeup, World};
use crate::api::{ApiError, ObjectKey, Reason, Uid};
use crate::apiserver::{DeleteOptions, Write};
use crate::base::{SimDuration, SimTime};

/// A refused eviction is tried again after this.
const PAUSE: SimDuration = SimDuration::from_seconds(5);

/// What such a client does.
#[derive(Clone, Debug)]
pub struct Eviction {
    /// The pods that are still to be evicted.
    pub left: Vec<(ObjectKey, Uid)>,
    /// What it has printed.
    pub told: String,
    /// Why it gave up, as the server words it.
    pub failed: Option<(ObjectKey, ApiError)>,
    grace_seconds: Option<i64>,
    until: SimTime,
}

impl World {
    /// Begins to evict pods, and goes on until all are, but no longer than `until`: its number.
    pub fn evict(&mut self, pods: Vec<(ObjectKey, Uid)>, grace_seconds: Option<i64>, until: SimTime) -> u32 {
        let id = u32::try_from(self.evictions.len()).unwrap_or(u32::MAX);
        self.evictions.push(Rc::new(Eviction { left: pods, told: String::new(), failed: None, grace_seconds, until }));
        self.try_evictions(id);
        id
    }

    /// A client that evicts, by its number.
    pub fn eviction(&self, id: u32) -> Option<&Eviction> {
        usize::try_from(id).ok().and_then(|id| self.evictions.get(id)).map(Rc::as_ref)
    }

    /// Tries all that are left.
    pub(super) fn try_evictions(&mut self, id: u32) {
        let Some(mut eviction) = self.eviction(id).cloned() else { return };
        for (key, uid) in std::mem::take(&mut eviction.left) {
            eviction.told += &format!("evicting pod {}/{}\n", key.namespace, key.name);
            let options = DeleteOptions { grace_seconds: eviction.grace_seconds, uid: Some(uid), ..DeleteOptions::default() };
            match self.request(Write::Evict { key: key.clone(), options }) {
                Ok(_) => {}
                Err(error) if error.reason == Reason::NotFound => {}
                Err(error) if error.reason == Reason::TooManyRequests => {
                    let (name, namespace, why) = (&key.name, &key.namespace, &error.message);
                    eviction.told += &format!("error when evicting pods/\"{name}\" -n \"{namespace}\" (will retry after 5s): {why}\n");
                    eviction.left.push((key, uid));
                }
                Err(error) => eviction.failed = Some((key, error)),
            }
        }
        let next = self.now + PAUSE;
        if !eviction.left.is_empty() && eviction.failed.is_none() && next < eviction.until {
            self.agenda.put(next, Wakeup::Eviction(id));
        }
        if let Some(known) = usize::try_from(id).ok().and_then(|id| self.evictions.get_mut(id)) {
            *known = Rc::new(eviction);
        }
    }
}
