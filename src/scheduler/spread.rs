//! Spreading over domains of nodes, as a pod's own constraints ask for it.
//! Models pkg/scheduler/framework/plugins/podtopologyspread (common.go, filtering.go, scoring.go). Logarithms are integers, in thousandths.

use serde_json::Value;

use super::filter::Verdict;
use super::{Cache, Removed};
use crate::api::{LabelSelector, Node, Operator, Pod, Requirement, TaintEffect, TopologySpreadConstraint};
use crate::base::{Name, SmallMap, SmallSet};
use crate::store::View;

const HOSTNAME: &str = "kubernetes.io/hostname";

#[derive(Clone, Debug)]
struct Constraint {
    key: Name,
    selector: Option<LabelSelector>,
    max_skew: i64,
    min_domains: usize,
    honors_affinity: bool,
    honors_taints: bool,
    /// How many of the pods meant a domain has.
    counts: SmallMap<Name, i64>,
}

impl Constraint {
    fn read(from: &TopologySpreadConstraint, pod: &Pod) -> Constraint {
        let mut selector = from.label_selector.clone();
        for key in from.rest.get("matchLabelKeys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if let (Some(selector), Some(own)) = (&mut selector, pod.meta.labels.get(key)) {
                selector.match_expressions.push(Requirement::new(key, Operator::In, [own.clone()]));
            }
        }
        let policy = |key: &str, default: &str| from.rest.get(key).and_then(Value::as_str).unwrap_or(default) == "Honor";
        Constraint {
            key: from.topology_key.clone(),
            selector,
            max_skew: i64::from(from.max_skew),
            min_domains: from.rest.get("minDomains").and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()).unwrap_or(1),
            honors_affinity: policy("nodeAffinityPolicy", "Honor"),
            honors_taints: policy("nodeTaintsPolicy", "Ignore"),
            counts: SmallMap::new(),
        }
    }

    fn matches(&self, pod: &Pod) -> bool {
        self.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels))
    }

    /// Whether a node counts for it.
    fn includes(&self, node: &Node, pod: &Pod) -> bool {
        let repels = |taint: &crate::api::Taint| taint.effect != TaintEffect::PreferNoSchedule && !pod.spec.tolerates(taint);
        (!self.honors_affinity || pod.spec.selects(node)) && (!self.honors_taints || !node.spec.taints.iter().any(repels))
    }

    fn on(&self, node: &Node, pod: &Pod, view: View<'_>, removed: &Removed) -> i64 {
        let there = view.pods_on(&node.meta.name).filter(|other| {
            !other.status.phase.is_terminal() && !other.meta.is_deleting() && other.meta.namespace == pod.meta.namespace && !removed.contains(other)
        });
        i64::try_from(there.filter(|other| self.matches(other)).count()).unwrap_or_default()
    }
}

/// What the constraints of a pod come to.
#[derive(Clone, Debug, Default)]
pub struct SpreadRules {
    hard: Vec<Constraint>,
    soft: Vec<Constraint>,
    /// Whether the pod itself counts, for each hard one.
    own: Vec<i64>,
}

impl SpreadRules {
    /// Of a pod that is to be placed, as if some pods were gone.
    pub fn of(pod: &Pod, cache: &Cache, view: View<'_>, removed: &Removed) -> SpreadRules {
        let mut rules = SpreadRules::default();
        for stated in &pod.spec.topology_spread_constraints {
            let constraint = Constraint::read(stated, pod);
            if stated.when_unsatisfiable == "ScheduleAnyway" { rules.soft.push(constraint) } else { rules.hard.push(constraint) }
        }
        rules.own = rules.hard.iter().map(|constraint| i64::from(constraint.matches(pod))).collect();
        for group in [&mut rules.hard, &mut rules.soft] {
            let keys: Vec<Name> = group.iter().map(|constraint| constraint.key.clone()).collect();
            for node in cache.nodes().map(|info| &info.node) {
                if !keys.iter().all(|key| node.meta.labels.get(key).is_some()) {
                    continue;
                }
                for constraint in group.iter_mut().filter(|constraint| constraint.includes(node, pod)) {
                    let count = constraint.on(node, pod, view, removed);
                    let value = node.meta.labels.get(&constraint.key).cloned().unwrap_or_default();
                    *constraint.counts.entry(value).or_default() += count;
                }
            }
        }
        rules
    }

    /// The verdict on a node. Models Filter.
    pub(super) fn verdict(&self, node: &Node) -> Verdict {
        for (constraint, own) in self.hard.iter().zip(&self.own) {
            let Some(value) = node.meta.labels.get(&constraint.key) else {
                return Verdict::never(Name::fixed("node(s) didn't match pod topology spread constraints (missing required label)"));
            };
            let least = if constraint.counts.len() < constraint.min_domains { 0 } else { constraint.counts.values().copied().min().unwrap_or_default() };
            let count = constraint.counts.get(value).copied().unwrap_or_default();
            if count + own - least > constraint.max_skew {
                return Verdict::now(Name::fixed("node(s) didn't match pod topology spread constraints"));
            }
        }
        Verdict::fits()
    }

    /// The scores of nodes, 0 to 100; None if the pod has no wishes of this kind. Models PreScore, Score and NormalizeScore.
    pub(super) fn scores(&self, nodes: &[&Node]) -> Option<Vec<i64>> {
        if self.soft.is_empty() {
            return None;
        }
        let labelled = |node: &Node| self.soft.iter().all(|constraint| node.meta.labels.get(&constraint.key).is_some());
        let domains = |constraint: &Constraint| {
            let known = nodes.iter().filter(|node| labelled(node));
            let values: SmallSet<&Name> = known.clone().filter_map(|node| node.meta.labels.get(&constraint.key)).collect();
            if constraint.key == HOSTNAME { known.count() } else { values.len() }
        };
        let weights: Vec<i64> = self.soft.iter().map(|constraint| logarithm(domains(constraint) as u64 + 2)).collect();
        let raw = |node: &&Node| {
            let parts = self.soft.iter().zip(&weights).map(|(constraint, weight)| {
                let count = node.meta.labels.get(&constraint.key).and_then(|value| constraint.counts.get(value)).copied().unwrap_or_default();
                count * weight + (constraint.max_skew - 1) * 1000
            });
            labelled(node).then(|| (parts.sum::<i64>() + 500) / 1000)
        };
        let raw: Vec<Option<i64>> = nodes.iter().map(raw).collect();
        let (min, max) = (raw.iter().flatten().copied().min().unwrap_or_default(), raw.iter().flatten().copied().max().unwrap_or_default());
        let normal = |score: i64| if max == 0 { 100 } else { 100 * (max + min - score) / max };
        Some(raw.into_iter().map(|score| score.map_or(0, normal)).collect())
    }
}

/// The natural logarithm in thousandths: the binary one by repeated squaring, times ln 2.
fn logarithm(of: u64) -> i64 {
    let whole = 63 - of.max(1).leading_zeros() as u64;
    // 1 ≤ mantissa < 2 with 30 binary places.
    let mut mantissa = (of.max(1) << 30) >> whole;
    let mut bits = whole << 16;
    for place in (0..16).rev() {
        mantissa = (mantissa * mantissa) >> 30;
        if mantissa >> 31 != 0 {
            mantissa >>= 1;
            bits |= 1 << place;
        }
    }
    ((bits * 693_147) >> 16) as i64 / 1000
}

#[cfg(test)]
mod tests {
    use super::logarithm;

    #[test]
    fn logarithms_are_right_to_the_thousandth() {
        for (of, expected) in [(1, 0), (2, 693), (3, 1098), (5, 1609), (10, 2302), (100, 4605), (5002, 8517)] {
            assert!((logarithm(of) - expected).abs() <= 1, "{of}: {}", logarithm(of));
        }
    }
}
