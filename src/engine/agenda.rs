//! Wake-ups in the order of their times; among equal times in the order in which they were put down. One entry a wake-up: the earliest
//! wins.

use super::Wakeup;
use crate::base::{LargeMap, SimTime};

/// The agenda.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    entries: LargeMap<(SimTime, u64), Wakeup>,
    when: LargeMap<Wakeup, (SimTime, u64)>,
    sequence: u64,
}

impl Agenda {
    /// Puts a wake-up down, unless it is down for that time or an earlier one.
    pub fn put(&mut self, at: SimTime, wakeup: Wakeup) {
        if let Some(known) = self.when.get(&wakeup).copied() {
            if known.0 <= at {
                return;
            }
            self.entries.remove(&known);
        }
        self.sequence += 1;
        let key = (at, self.sequence);
        self.when.insert(wakeup.clone(), key);
        self.entries.insert(key, wakeup);
    }

    /// Takes the earliest that is due by `until`.
    pub fn pop(&mut self, until: SimTime) -> Option<(SimTime, Wakeup)> {
        self.next_at().filter(|at| *at <= until)?;
        let ((at, _), wakeup) = self.entries.pop_first()?;
        self.when.remove(&wakeup);
        Some((at, wakeup))
    }

    /// When the next is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.entries.first_key_value().map(|((at, _), _)| *at)
    }

    /// All that is to come, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &Wakeup)> {
        self.entries.iter().map(|((at, _), wakeup)| (*at, wakeup))
    }

    /// How many wake-ups are down.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_wins_and_equals_keep_their_order() {
        let (mut agenda, at) = (Agenda::default(), SimTime::from_seconds);
        let node = |name: &str| Wakeup::Node(name.into());
        agenda.put(at(5), node("late"));
        agenda.put(at(3), Wakeup::Scheduler);
        agenda.put(at(3), node("b"));
        agenda.put(at(2), node("late"));
        agenda.put(at(9), Wakeup::Scheduler);
        let order: Vec<_> = std::iter::from_fn(|| agenda.pop(at(10))).collect();
        assert_eq!(order, [(at(2), node("late")), (at(3), Wakeup::Scheduler), (at(3), node("b"))]);
    }
}
