//! Pods that want to be near others, or far from them.
//! Models pkg/scheduler/framework/plugins/interpodaffinity (filtering.go, scoring.go).

use super::filter::Verdict;
use super::terms::{Direction, Term, preferred, required};
use super::{Cache, Removed};
use crate::api::{Node, Pod};
use crate::base::{Name, SmallMap};
use crate::store::View;

/// HardPodAffinityWeight
const HARD_WEIGHT: i64 = 1;

/// How many pods (or how much weight) a label of nodes with a value has.
type Counts = SmallMap<(Name, Name), i64>;

/// What the terms of a pod, and those of the pods that are there, come to.
#[derive(Clone, Debug, Default)]
pub struct AffinityRules {
    own: Vec<Term>,
    away: Vec<Term>,
    /// Pods that all of its own terms speak of.
    near: Counts,
    /// Pods that it keeps away from.
    far: Counts,
    /// Pods that keep away from it.
    kept: Counts,
    /// Whether it would satisfy its own terms.
    is_first: bool,
    /// The weight of wishes, its own and those of the others.
    wishes: Counts,
}

fn add(counts: &mut Counts, node: &Node, key: &Name, amount: i64) {
    if let Some(value) = node.meta.labels.get(key) {
        *counts.entry((key.clone(), value.clone())).or_default() += amount;
    }
}

impl AffinityRules {
    /// Of a pod that is to be placed, as if some pods were gone.
    pub fn of(pod: &Pod, cache: &Cache, view: View<'_>, removed: &Removed) -> AffinityRules {
        let mut rules = AffinityRules { own: required(pod, Direction::Towards), away: required(pod, Direction::Away), ..AffinityRules::default() };
        rules.is_first = rules.own.iter().all(|term| term.matches(pod, view));
        let (wished, unwished) = (preferred(pod, Direction::Towards), preferred(pod, Direction::Away));
        if !rules.own.is_empty() || !rules.away.is_empty() || !wished.is_empty() || !unwished.is_empty() {
            for info in cache.nodes() {
                let node = &info.node;
                for other in view.pods_on(&node.meta.name).filter(|other| !other.status.phase.is_terminal() && !removed.contains(other)) {
                    rules.count(node, other, view);
                    for (term, sign) in wished.iter().map(|term| (term, 1)).chain(unwished.iter().map(|term| (term, -1))) {
                        if term.matches(other, view) {
                            add(&mut rules.wishes, node, &term.key, sign * term.weight);
                        }
                    }
                }
            }
        }
        for (namespace, name) in cache.affine() {
            if let Some(other) = view.pod(namespace, name).filter(|other| !removed.contains(other))
                && let Some(info) = cache.node(&other.node_name)
            {
                rules.heed(&info.node, other, pod, view);
            }
        }
        rules.make_way(pod, cache, view);
        rules
    }

    /// Pods of no lower priority that nodes wait for keep it away as if they were there: else it would take the place that was freed for them.
    /// Models RunFilterPluginsWithNominatedPods.
    fn make_way(&mut self, pod: &Pod, cache: &Cache, view: View<'_>) {
        let above = |other: &&(Name, std::rc::Rc<Pod>)| other.1.meta.uid != pod.meta.uid && other.1.spec.priority >= pod.spec.priority;
        for (node, other) in cache.nominated().filter(above) {
            let Some(info) = cache.node(node) else { continue };
            for term in self.away.iter().filter(|term| term.matches(other, view)) {
                add(&mut self.far, &info.node, &term.key, 1);
            }
            for term in required(other, Direction::Away).iter().filter(|term| term.matches(pod, view)) {
                add(&mut self.kept, &info.node, &term.key, 1);
            }
        }
    }

    /// What the pod's own requirements say of one that is there.
    fn count(&mut self, node: &Node, other: &Pod, view: View<'_>) {
        if !self.own.is_empty() && self.own.iter().all(|term| term.matches(other, view)) {
            for term in &self.own {
                add(&mut self.near, node, &term.key, 1);
            }
        }
        for term in self.away.iter().filter(|term| term.matches(other, view)) {
            add(&mut self.far, node, &term.key, 1);
        }
    }

    /// What one that is there says of the pod.
    fn heed(&mut self, node: &Node, other: &Pod, pod: &Pod, view: View<'_>) {
        for term in required(other, Direction::Away).iter().filter(|term| term.matches(pod, view)) {
            add(&mut self.kept, node, &term.key, 1);
        }
        for term in required(other, Direction::Towards).iter().filter(|term| term.matches(pod, view)) {
            add(&mut self.wishes, node, &term.key, HARD_WEIGHT);
        }
        for (direction, sign) in [(Direction::Towards, 1), (Direction::Away, -1)] {
            for term in preferred(other, direction).iter().filter(|term| term.matches(pod, view)) {
                add(&mut self.wishes, node, &term.key, sign * term.weight);
            }
        }
    }

    /// The verdict on a node. Models Filter.
    pub(super) fn verdict(&self, node: &Node) -> Verdict {
        let value = |term: &Term| node.meta.labels.get(&term.key).map(|value| (term.key.clone(), value.clone()));
        let has = |counts: &Counts, term: &Term| value(term).and_then(|place| counts.get(&place).copied()).unwrap_or_default() > 0;
        let labelled = self.own.iter().all(|term| value(term).is_some());
        let near = self.own.iter().all(|term| has(&self.near, term));
        if !(labelled && (near || self.near.is_empty() && self.is_first)) {
            return Verdict::never(Name::fixed("node(s) didn't match pod affinity rules"));
        }
        if self.away.iter().any(|term| has(&self.far, term)) {
            return Verdict::now(Name::fixed("node(s) didn't match pod anti-affinity rules"));
        }
        let kept = self.kept.iter().any(|((key, value), count)| *count > 0 && node.meta.labels.get(key) == Some(value));
        if kept { Verdict::now(Name::fixed("node(s) didn't satisfy existing pods anti-affinity rules")) } else { Verdict::fits() }
    }

    /// The scores of nodes, 0 to 100; None if nobody wishes anything. Models Score and NormalizeScore.
    pub(super) fn scores(&self, nodes: &[&Node]) -> Option<Vec<i64>> {
        if self.wishes.is_empty() {
            return None;
        }
        let raw = |node: &&Node| -> i64 {
            let near = self.wishes.iter().filter(|((key, value), _)| node.meta.labels.get(key) == Some(value));
            near.map(|(_, weight)| *weight).sum()
        };
        let raw: Vec<i64> = nodes.iter().map(raw).collect();
        let (min, max) = (raw.iter().copied().min()?, raw.iter().copied().max()?);
        Some(raw.into_iter().map(|score| if max > min { 100 * (score - min) / (max - min) } else { 0 }).collect())
    }
}
