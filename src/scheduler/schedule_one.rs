//! One pod: filter, score, choose.
//! Models pkg/scheduler/schedule_one.go and framework FitError.

use super::score::score;
use super::queue::Cause;
use super::{Cache, NodeInfo, Verdict, Wish, filter};
use crate::api::Pod;
use crate::base::{Name, Random, SmallMap, sort};

/// Below this many nodes all are looked at (minFeasibleNodesToFind).
const MIN_FEASIBLE: usize = 100;
/// The smallest share looked at, in percent (minFeasibleNodesPercentageToFind).
const MIN_PERCENT: usize = 5;

/// Where a pod goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// To this node.
    Bind(Name),
    /// Nowhere: the sentence that says why, and what could change that.
    Unschedulable(String, Cause),
}

/// Decides on a pod.
pub fn schedule_one(cache: &mut Cache, pod: &Pod, random: &mut Random) -> Decision {
    if cache.is_empty() {
        return Decision::Unschedulable("no nodes available to schedule pods".to_owned(), Cause::Node);
    }
    let wish = Wish::of(pod);
    let feasible = find_feasible(cache, &wish);
    if feasible.is_empty() {
        let verdicts = verdicts(cache, pod);
        let helpless = verdicts.values().all(|verdict| verdict.unresolvable);
        return Decision::Unschedulable(explain(&verdicts), if helpless { Cause::Node } else { Cause::Pod });
    }
    if let [only] = feasible.as_slice() {
        return Decision::Bind(cache.at(*only).node.meta.name.clone());
    }
    let scores = score(cache, &feasible, &wish);
    Decision::Bind(choose(cache, &feasible, &scores, random))
}

/// The nodes that fit, as many as are needed, beginning where the last look ended: their places, in the order of the look.
/// Models findNodesThatPassFilters, numFeasibleNodesToFind.
fn find_feasible(cache: &mut Cache, wish: &Wish<'_>) -> Vec<usize> {
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
fn choose(cache: &Cache, places: &[usize], scores: &[i64], random: &mut Random) -> Name {
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
    cache.at(places[best]).node.meta.name.clone()
}

/// The verdict on every node, by name.
pub fn verdicts(cache: &Cache, pod: &Pod) -> SmallMap<Name, Verdict> {
    let wish = Wish::of(pod);
    let required = pod.spec.required_nodes();
    let verdict = |info: &NodeInfo| match &required {
        Some(names) if !names.contains(&info.node.meta.name) => Verdict::elsewhere(),
        _ => filter(info, &wish),
    };
    cache.nodes().map(|info| (info.node.meta.name.clone(), verdict(info))).collect()
}

/// `0/3 nodes are available: 1 node(s) had untolerated taint {…}, 2 Insufficient cpu. preemption: …`
/// Models framework/types.go FitError.Error and preemption's message.
fn explain(verdicts: &SmallMap<Name, Verdict>) -> String {
    let all = verdicts.len();
    let mut counts: SmallMap<&Name, usize> = SmallMap::new();
    for reason in verdicts.values().flat_map(|verdict| &verdict.reasons) {
        *counts.entry(reason).or_default() += 1;
    }
    let mut reasons: Vec<String> = counts.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    sort(&mut reasons);
    let helpless = verdicts.values().filter(|verdict| verdict.unresolvable).count();
    let mut preemption = Vec::new();
    if helpless > 0 {
        preemption.push(format!("{helpless} Preemption is not helpful for scheduling"));
    }
    if all > helpless {
        preemption.push(format!("{} No preemption victims found for incoming pod", all - helpless));
    }
    sort(&mut preemption);
    let list = reasons.join(", ");
    format!("0/{all} nodes are available: {list}. preemption: 0/{all} nodes are available: {}.", preemption.join(", "))
}
