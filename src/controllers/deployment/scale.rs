//! What happens when the number of replicas changes: sets that are in the middle of a rollout share it in proportion.
//! Models pkg/controller/deployment/sync.go scale, isScalingEvent and util GetReplicaSetProportion.

use std::cmp::Reverse;
use std::rc::Rc;

use super::Sync;
use crate::api::{Deployment, ObjectMeta};
use crate::base::{Name, sort_by_key};

const DESIRED: Name = Name::fixed("deployment.kubernetes.io/desired-replicas");
const MAX: Name = Name::fixed("deployment.kubernetes.io/max-replicas");

/// Notes on a set how many pods its deployment wants.
/// Models SetReplicasAnnotations.
pub(super) fn mark(deployment: &Deployment, set: &mut ObjectMeta) {
    let wanted = deployment.replicas();
    let most = wanted.saturating_add(deployment.pace().0);
    for (key, number) in [(DESIRED, wanted), (MAX, most)] {
        let text = Name::from(number.to_string());
        if set.annotations.get(&key) != Some(&text) {
            Rc::make_mut(&mut set.annotations).insert(key, text);
        }
    }
}

fn noted(set: &ObjectMeta, key: &Name) -> Option<i32> {
    set.annotations.get(key)?.parse().ok()
}

impl Sync<'_> {
    /// Whether the number of replicas has changed since the sets were last looked at.
    pub(super) fn is_scaled(&self) -> bool {
        let wanted = self.deployment.replicas();
        self.sets.iter().filter(|set| set.is_active()).any(|set| noted(&set.now.meta, &DESIRED).is_some_and(|noted| noted != wanted))
    }

    /// Models scale.
    pub(super) fn scale_all(&mut self) {
        let active: Vec<usize> = (0..self.sets.len()).filter(|at| self.sets[*at].is_active()).collect();
        let wanted = self.deployment.replicas();
        let latest = || self.new.or_else(|| self.old_by_age().pop());
        let single = match active.as_slice() {
            [] => latest(),
            [only] => Some(*only),
            _ => None,
        };
        if let Some(at) = single {
            return self.scale(at, wanted);
        }
        if active.is_empty() {
            return;
        }
        if self.is_saturated() {
            let new = self.new;
            active.into_iter().filter(|at| Some(*at) != new).for_each(|at| self.scale(at, 0));
        } else if self.deployment.spec.strategy.kind == "RollingUpdate" {
            self.share(active);
        }
    }

    /// Whether the new set has all the pods that are wanted.
    fn is_saturated(&self) -> bool {
        let wanted = self.deployment.replicas();
        self.new.map(|new| &self.sets[new].now).is_some_and(|set| {
            set.replicas() == wanted && noted(&set.meta, &DESIRED) == Some(wanted) && set.status.available_replicas == wanted
        })
    }

    /// Shares the difference among the active sets, largest first; what rounding leaves goes to the first.
    fn share(&mut self, mut active: Vec<usize>) {
        let wanted = self.deployment.replicas();
        let (surge, _) = self.deployment.pace();
        let allowed = if wanted > 0 { wanted.saturating_add(surge) } else { 0 };
        let all: i32 = active.iter().map(|at| self.sets[*at].wanted()).sum();
        let add = allowed - all;
        let size = |at: &usize| Reverse(self.sets[*at].wanted());
        let age = |at: &usize| self.sets[*at].now.meta.creation;
        match add > 0 {
            true => sort_by_key(&mut active, |at| (size(at), Reverse(age(at)))),
            false => sort_by_key(&mut active, |at| (size(at), age(at))),
        }
        let mut added = 0;
        let mut sizes: Vec<i32> = Vec::new();
        for at in &active {
            let part = self.proportion(*at, allowed, add, added);
            added += part;
            sizes.push(self.sets[*at].wanted() + part);
        }
        if let Some(first) = sizes.first_mut() {
            *first = (*first + add - added).max(0);
        }
        for (at, size) in active.into_iter().zip(sizes) {
            self.scale(at, size);
            self.resize(at, size);
        }
    }

    /// Models GetReplicaSetProportion, getReplicaSetFraction.
    fn proportion(&self, at: usize, most: i32, add: i32, added: i32) -> i32 {
        let set = &self.sets[at];
        if set.wanted() == 0 || add == 0 || add == added {
            return 0;
        }
        let fraction = match self.deployment.replicas() {
            0 => -set.wanted(),
            _ => {
                let before = noted(&set.now.meta, &MAX).filter(|noted| *noted != 0).unwrap_or(self.status.replicas).max(1);
                let (size, before) = (i64::from(set.wanted()) * i64::from(most), i64::from(before));
                // Rounded, a half away from zero.
                i32::try_from((2 * size + before) / (2 * before)).unwrap_or(i32::MAX) - set.wanted()
            }
        };
        if add > 0 { fraction.min(add - added) } else { fraction.max(add - added) }
    }
}
