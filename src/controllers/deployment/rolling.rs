//! A rolling update: the new set grows as far as the surge allows, old sets shrink as far as enough pods stay available.
//! Models pkg/controller/deployment/rolling.go and util NewRSNewReplicas.

use super::Sync;

impl Sync<'_> {
    /// Models rolloutRolling.
    pub(super) fn roll(&mut self) {
        let new = self.ensure_new();
        let (wanted, present) = (self.deployment.replicas(), self.sets[new].wanted());
        let next = if present > wanted { wanted } else { self.room(present) };
        if next != present {
            return self.scale(new, next);
        }
        self.shrink_old(new);
    }

    /// How many pods the new set may want, which wants `present` of them.
    pub(super) fn room(&self, present: i32) -> i32 {
        let wanted = self.deployment.replicas();
        let (surge, _) = self.deployment.pace();
        let left = wanted.saturating_add(surge) - self.sum(|set| set.replicas());
        if left <= 0 { present } else { present + left.min(wanted - present) }
    }

    /// Models reconcileOldReplicaSets.
    fn shrink_old(&mut self, new: usize) {
        let old: Vec<usize> = self.old_by_age().into_iter().filter(|at| self.sets[*at].is_active()).collect();
        if old.is_empty() {
            return;
        }
        let (_, max_unavailable) = self.deployment.pace();
        let min_available = self.deployment.replicas() - max_unavailable;
        let unavailable_new = self.sets[new].wanted() - self.sets[new].now.status.available_replicas;
        let mut most = self.sum(|set| set.replicas()) - min_available - unavailable_new;
        if most <= 0 {
            return;
        }
        // Pods that are not available go first, for they are missed by nobody.
        for at in &old {
            let set = &self.sets[*at];
            let broken = (set.wanted() - set.now.status.available_replicas).min(most);
            if broken > 0 {
                most -= broken;
                self.scale(*at, self.sets[*at].wanted() - broken);
            }
        }
        let mut spare = self.sum(|set| set.status.available_replicas) - min_available;
        for at in old {
            let fewer = self.sets[at].wanted().min(spare);
            if fewer > 0 {
                spare -= fewer;
                self.scale(at, self.sets[at].wanted() - fewer);
            }
        }
    }
}
