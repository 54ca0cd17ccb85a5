//! Pods of an old template are replaced node by node.
//! Models pkg/controller/daemon/update.go rollingUpdate, updatedDesiredNodeCounts, findUpdatedPodsOnNode.

use std::rc::Rc;

use super::{Fate, Sync};
use crate::api::{DaemonSet, IntOrString, Pod, RollingUpdate, Rounding};
use crate::apiserver::Action;
use crate::base::Name;

/// How many nodes may have a new pod beside the old one; more than 0 means that none has to be unavailable.
pub(super) fn surge(set: &DaemonSet) -> i32 {
    pace(set, |pace| pace.max_surge.as_ref(), i32::MAX)
}

fn pace(set: &DaemonSet, field: fn(&RollingUpdate) -> Option<&IntOrString>, total: i32) -> i32 {
    let rolling = set.spec.update_strategy.rolling_update.as_ref().filter(|_| set.spec.update_strategy.kind == "RollingUpdate");
    rolling.and_then(field).map_or(0, |value| value.scaled(total, Rounding::Up))
}

/// The new and the old pod of a node that are not on their way out; None if there are two of either.
fn pair<'a>(sync: &Sync<'_>, pods: &'a [Rc<Pod>]) -> Option<(Option<&'a Rc<Pod>>, Option<&'a Rc<Pod>>)> {
    let (new, old): (Vec<_>, Vec<_>) = pods.iter().filter(|pod| !pod.meta.is_deleting()).partition(|pod| sync.is_updated(pod));
    (new.len() <= 1 && old.len() <= 1).then(|| (new.first().copied(), old.first().copied()))
}

impl Sync<'_> {
    /// The next steps of a rolling update.
    pub(super) fn update(&self) -> Vec<Action> {
        let desired = self.view.nodes().filter(|node| self.fate(node) == Fate::Wanted).count();
        let desired = i32::try_from(desired).unwrap_or(i32::MAX);
        let surge = pace(self.set, |pace| pace.max_surge.as_ref(), desired);
        let unavailable = pace(self.set, |pace| pace.max_unavailable.as_ref(), desired);
        match surge {
            0 => self.replace(unavailable.max(1)),
            _ => self.surge(surge),
        }
    }

    /// Deletes old pods, as many as may be unavailable; old ones that are unavailable anyway first.
    fn replace(&self, max_unavailable: i32) -> Vec<Action> {
        let (mut unavailable, mut broken, mut candidates) = (0, Vec::new(), Vec::new());
        for pods in self.pods.values() {
            match pair(self, pods) {
                Some((Some(new), None)) => unavailable += i32::from(!self.is_available(new)),
                Some((None, Some(old))) if !self.is_available(old) => {
                    broken.push(old);
                    unavailable += 1;
                }
                Some((None, Some(old))) => candidates.push(old),
                _ => unavailable += 1,
            }
        }
        let left = usize::try_from(max_unavailable - unavailable).unwrap_or_default();
        broken.into_iter().chain(candidates.into_iter().take(left)).map(|pod| self.maker.delete(pod)).collect()
    }

    /// Puts new pods beside old ones, and deletes the old ones where the new one is available.
    fn surge(&self, max_surge: i32) -> Vec<Action> {
        let (mut surging, mut replaced, mut candidates, mut actions) = (0, Vec::new(), Vec::new(), Vec::new());
        for (node, pods) in &self.pods {
            match pair(self, pods) {
                Some((None, Some(old))) if !self.is_available(old) => replaced.push(node),
                Some((None, Some(_))) => candidates.push(node),
                Some((Some(new), Some(old))) if self.is_available(new) => actions.push(self.maker.delete(old)),
                Some((Some(_), Some(_))) | None => surging += 1,
                Some((_, None)) => {}
            }
        }
        let left = usize::try_from(max_surge - surging).unwrap_or_default();
        let wanted = |node: &&&Name| self.view.node(node).is_some_and(|node| self.fate(node) == Fate::Wanted);
        let nodes: Vec<&Name> = replaced.into_iter().chain(candidates.into_iter().take(left)).filter(|node| wanted(&node)).collect();
        let labels = self.pod_labels();
        actions.extend(nodes.into_iter().map(|node| self.create(node, &labels)));
        actions
    }

    /// Of the running pods of a node, those that surging does not explain: all but the oldest new and the oldest old one, and the old one once the
    /// new one is available. Models podsShouldBeOnNode.
    pub(super) fn surplus(&self, running: &[&Rc<Pod>]) -> Vec<Action> {
        let (new, old): (Vec<&&Rc<Pod>>, Vec<&&Rc<Pod>>) = running.iter().partition(|pod| self.is_updated(pod));
        let mut gone: Vec<&&Rc<Pod>> = new.iter().skip(1).chain(old.iter().skip(1)).copied().collect();
        if let (Some(new), Some(old)) = (new.first(), old.first())
            && self.is_available(new)
        {
            gone.push(old);
        }
        gone.into_iter().map(|pod| self.maker.delete(pod)).collect()
    }
}
