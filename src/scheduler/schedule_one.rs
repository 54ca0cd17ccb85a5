//! One pod: filter, score, choose.
//! Models pkg/scheduler/schedule_one.go and framework FitError.

use super::score::score;
use super::queue::Cause;
use super::preempt::preempt;
use super::{Cache, NodeInfo, Preemption, Reserved, Verdict, Wish, filter};
use crate::api::Pod;
use crate::base::{Name, Random, SmallMap, sort};
use crate::store::View;

/// Below this many nodes all are looked at (minFeasibleNodesToFind).
const MIN_FEASIBLE: usize = 100;
/// The smallest share looked at, in percent (minFeasibleNodesPercentageToFind).
const MIN_PERCENT: usize = 5;

/// What preemption says of a node that it cannot help with.
pub(super) const NOT_HELPFUL: &str = "Preemption is not helpful for scheduling";

/// Where a pod goes.
#[derive(Clone, Debug)]
pub enum Decision {
    /// To this node.
    Bind(Name),
    /// To this node, once its claims have their volumes there.
    Reserve(Name, Vec<Reserved>),
    /// Nowhere now.
    Unschedulable {
        /// The sentence that says why.
        message: String,
        /// What could change that.
        helped_by: Cause,
        /// The pods that are to make room for it, if that helps.
        preemption: Option<Preemption>,
    },
}

/// Decides on a pod.
pub fn schedule_one(cache: &mut Cache, view: View<'_>, pod: &Pod, random: &mut Random) -> Decision {
    if cache.is_empty() {
        let message = "no nodes available to schedule pods".to_owned();
        return Decision::Unschedulable { message, helped_by: Cause::Node, preemption: None };
    }
    let wish = Wish::of(pod, cache, view);
    if let Some(refused) = wish.volumes.as_ref().map(|rules| &rules.refused).filter(|refused| !refused.is_empty()) {
        // A plug-in that refuses the pod before it looks at nodes is not counted by node.
        let all = cache.len();
        let message = format!("0/{all} nodes are available: {refused}. preemption: 0/{all} nodes are available: {all} {NOT_HELPFUL}.");
        return Decision::Unschedulable { message, helped_by: Cause::Node, preemption: None };
    }
    let feasible = find_feasible(cache, &wish);
    if feasible.is_empty() {
        return nowhere(cache, view, pod, &wish);
    }
    let place = match feasible.as_slice() {
        [only] => *only,
        _ => {
            let scores = score(cache, &feasible, &wish);
            choose(&feasible, &scores, random)
        }
    };
    let node = &cache.at(place).node;
    let reserved = wish.volumes.as_ref().map(|rules| rules.reserve(node)).unwrap_or_default();
    let name = node.meta.name.clone();
    if reserved.is_empty() { Decision::Bind(name) } else { Decision::Reserve(name, reserved) }
}

fn nowhere(cache: &Cache, view: View<'_>, pod: &Pod, wish: &Wish<'_>) -> Decision {
    let verdicts = verdicts_of(cache, wish);
    let helpless = verdicts.values().all(|verdict| verdict.unresolvable);
    let speaks = wish.affinity.is_some() || wish.spread.is_some();
    let helped_by = match (helpless, speaks) {
        (_, true) => Cause::AnyPod,
        (true, false) => Cause::Node,
        (false, false) => Cause::Pod,
    };
    let mut message = counted(&verdicts);
    match preempt(cache, view, pod, &verdicts) {
        Ok(preemption) => Decision::Unschedulable { message, helped_by: helped_by.max(Cause::Pod), preemption: Some(preemption) },
        Err(why) => {
            message.push_str(" preemption: ");
            message.push_str(&why);
            Decision::Unschedulable { message, helped_by, preemption: None }
        }
    }
}

/// The nodes that fit, as many as are needed, beginning where the last look ended: their places, in the order of the look.
/// Models findNodesThatPassFilters, evaluateNominatedNode, numFeasibleNodesToFind.
fn find_feasible(cache: &mut Cache, wish: &Wish<'_>) -> Vec<usize> {
    if let Some(place) = wish.pod.status.nominated_node.as_deref().and_then(|name| cache.place(name))
        && filter(cache.at(place), wish).is_fit()
    {
        return vec![place];
    }
    if let Some(names) = wish.pod.spec.required_nodes() {
        let places = names.iter().filter_map(|name| cache.place(name));
        return places.filter(|place| filter(cache.at(*place), wish).is_fit()).collect();
    }
    let all = cache.len();
    let wanted = wanted(all);
    let start = cache.next_start as usize % all;
    let mut found = Vec::with_capacity(wanted);
    let mut seen = 0;
    while seen < all && found.len() < wanted {
        let place = if start + seen < all { start + seen } else { start + seen - all };
        seen += 1;
        if filter(cache.at(place), wish).is_fit() {
            found.push(place);
        }
    }
    cache.next_start = u32::try_from((start + seen) % all).unwrap_or_default();
    found
}

fn wanted(nodes: usize) -> usize {
    if nodes < MIN_FEASIBLE {
        return nodes;
    }
    let percent = (50_usize.saturating_sub(nodes / 125)).max(MIN_PERCENT);
    (nodes * percent / 100).max(MIN_FEASIBLE)
}

/// The best; among equals each with the same chance (reservoir sampling).
fn choose(places: &[usize], scores: &[i64], random: &mut Random) -> usize {
    let (mut best, mut equals) = (0, 1);
    for i in 1..places.len() {
        if scores[i] > scores[best] {
            (best, equals) = (i, 1);
        } else if scores[i] == scores[best] {
            equals += 1;
            if random.below(equals) == 0 {
                best = i;
            }
        }
    }
    places[best]
}

/// The verdict on every node, by name.
pub(super) fn verdicts_of(cache: &Cache, wish: &Wish<'_>) -> SmallMap<Name, Verdict> {
    let required = wish.pod.spec.required_nodes();
    let verdict = |info: &NodeInfo| match &required {
        Some(names) if !names.contains(&info.node.meta.name) => Verdict::elsewhere(),
        _ => filter(info, wish),
    };
    cache.nodes().map(|info| (info.node.meta.name.clone(), verdict(info))).collect()
}

/// `0/3 nodes are available: 1 node(s) had untolerated taint {…}, 2 Insufficient cpu.`
/// Models framework/types.go FitError.Error.
pub(super) fn counted(verdicts: &SmallMap<Name, Verdict>) -> String {
    let mut counts: SmallMap<&Name, usize> = SmallMap::new();
    for reason in verdicts.values().flat_map(|verdict| &verdict.reasons) {
        *counts.entry(reason).or_default() += 1;
    }
    let mut reasons: Vec<String> = counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    sort(&mut reasons);
    format!("0/{} nodes are available: {}.", verdicts.len(), reasons.join(", "))
}
