//! Follows one object through a replay.

use super::because::{Facts, because};
use super::{Before, Placement, Reason, What, Who, what};
use crate::api::{Kind, ObjectKey};
use crate::base::{LargeMap, Name, SimTime, SmallMap};
use crate::engine::Wakeup;
use crate::store::{View, WatchEvent};

/// So many changes are named that made somebody look.
const MOST: usize = 3;

/// The changes that woke somebody, and whether it has looked since.
#[derive(Clone, Debug, Default)]
struct Woken {
    by: Vec<Before>,
    looked: bool,
}

/// A recorder.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Recorder {
    target: ObjectKey,
    /// Who acts now, what it saw, and what made it look.
    who: Who,
    facts: Facts,
    after: Vec<Before>,
    woken: LargeMap<Wakeup, Woken>,
    /// The latest switch of each node's kubelet.
    switches: SmallMap<Name, Before>,
    /// What happened to the object, the oldest first.
    pub reasons: Vec<Reason>,
    /// What the scheduler thought when it last looked at it.
    pub placement: Option<Placement>,
}

impl Recorder {
    pub fn new(target: ObjectKey) -> Recorder {
        Recorder {
            target,
            who: Who::You { line: String::new() },
            facts: Facts::None,
            after: Vec::new(),
            woken: LargeMap::new(),
            switches: SmallMap::new(),
            reasons: Vec::new(),
            placement: None,
        }
    }

    /// Whether it follows an object.
    pub fn follows(&self, key: &ObjectKey) -> bool {
        self.target == *key
    }

    /// The user acts.
    pub fn begin_command(&mut self, line: String) {
        self.resume(Who::You { line });
    }

    /// Who acts now.
    pub fn actor(&self) -> Who {
        self.who.clone()
    }

    /// One who acted before goes on.
    pub fn resume(&mut self, who: Who) {
        (self.who, self.facts) = (who, Facts::None);
        self.after.clear();
    }

    /// Somebody looks.
    pub fn begin(&mut self, wakeup: &Wakeup, view: View<'_>) {
        self.who = match wakeup {
            Wakeup::Controller(controller, key) => Who::Controller { name: controller.name(key.kind), key: key.clone() },
            Wakeup::Scheduler => Who::Scheduler,
            Wakeup::Pod(node, _) | Wakeup::Node(node) | Wakeup::Images(node) | Wakeup::Schedulable(node) => Who::Kubelet { node: node.clone() },
            Wakeup::Traffic(_) | Wakeup::Tool(_) => Who::You { line: "request".to_owned() },
            Wakeup::Eviction(_) => Who::You { line: "kubectl drain".to_owned() },
            Wakeup::Ingresses => Who::Controller { name: "nginx-ingress-controller", key: ObjectKey::new(Kind::Ingress, Name::default(), Name::default()) },
        };
        self.facts = Facts::of(wakeup, view);
        self.after = match self.woken.get_mut(wakeup) {
            Some(woken) => {
                woken.looked = true;
                woken.by.clone()
            }
            None => Vec::new(),
        };
        let node = match wakeup {
            Wakeup::Controller(_, key) if key.kind == Kind::Node => Some(&key.name),
            Wakeup::Node(node) => Some(node),
            _ => None,
        };
        if let Some(switch) = node.and_then(|node| self.switches.get(node)) {
            self.after.insert(0, switch.clone());
            self.after.truncate(MOST);
        }
    }

    /// What the one that looks has seen.
    pub fn saw(&mut self, facts: Facts) {
        self.facts = facts;
    }

    /// A node's kubelet was switched.
    pub fn switched(&mut self, node: ObjectKey, what: What, at: SimTime) {
        let before = Before { at, key: node.clone(), what: what.clone(), who: self.who.clone() };
        self.switches.insert(node.name.clone(), before);
        if self.follows(&node) {
            self.reasons.push(Reason { at, what, who: self.who.clone(), because: super::Because::YouAsked, after: Vec::new() });
        }
    }

    /// A change wakes somebody.
    pub fn wakes(&mut self, event: &WatchEvent, wakeup: Wakeup, at: SimTime) {
        let Some(what) = what::of(event).into_iter().next() else { return };
        let woken = self.woken.get_or_insert_with(wakeup, Woken::default);
        if woken.looked {
            *woken = Woken::default();
        }
        woken.by.retain(|before| before.key != event.key || what == What::Status);
        if what == What::Status && !woken.by.is_empty() {
            return;
        }
        woken.by.insert(0, Before { at, key: event.key.clone(), what, who: self.who.clone() });
        woken.by.truncate(MOST);
    }

    /// A change was made.
    pub fn on_change(&mut self, event: &WatchEvent, view: View<'_>, at: SimTime) {
        if !self.follows(&event.key) {
            return;
        }
        for what in what::of(event).into_iter().filter(|what| *what != What::Status) {
            let because = because(&what, &self.who, &self.facts, event, view, at);
            // The status that a kubelet writes last is not told twice.
            if self.reasons.last().is_some_and(|last| last.at == at && last.what == what) {
                continue;
            }
            self.reasons.push(Reason { at, what, who: self.who.clone(), because, after: self.after.clone() });
        }
    }
}
