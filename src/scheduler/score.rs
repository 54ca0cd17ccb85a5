//! Which of the nodes that fit is best. Integers alone.
//! Models pkg/scheduler/framework/plugins: tainttoleration, nodeaffinity, noderesources (least_allocated,
//! balanced_allocation), podtopologyspread with its default constraints. Weights: apis/config/v1/default_plugins.go.
//! Left out: imagelocality (no image of the catalogue is above its threshold of 23 MB on some nodes alone).

use std::rc::Rc;

use super::{NodeInfo, Wish};
use super::cache::Resources;
use super::filter::{matches_term, tolerates};
use crate::api::{Pod, TaintEffect};

const MAX: i64 = 100;
const WEIGHT_TAINT: i64 = 3;
const WEIGHT_AFFINITY: i64 = 2;
const WEIGHT_SPREAD: i64 = 2;

/// The scores of nodes, in their order.
pub(super) fn score(nodes: &[&Rc<NodeInfo>], wish: &Wish<'_>) -> Vec<i64> {
    let pod = wish.pod;
    let taints = normalized(nodes.iter().map(|info| intolerable(info, pod)).collect(), Best::Lowest);
    let affinity = normalized(nodes.iter().map(|info| preferred(info, pod)).collect(), Best::Highest);
    let spread = spread(nodes, wish);
    let each = nodes.iter().enumerate().map(|(i, info)| {
        let resources = least_allocated(info, wish.counted) + balanced(info, wish.requested);
        WEIGHT_TAINT * taints[i] + WEIGHT_AFFINITY * affinity[i] + WEIGHT_SPREAD * spread[i] + resources
    });
    each.collect()
}

#[derive(Clone, Copy)]
enum Best {
    Highest,
    Lowest,
}

/// Models framework/plugins/helper DefaultNormalizeScore.
fn normalized(raw: Vec<i64>, best: Best) -> Vec<i64> {
    let max = raw.iter().copied().max().unwrap_or_default();
    let scaled = raw.into_iter().map(|score| if max == 0 { 0 } else { score * MAX / max });
    match best {
        Best::Highest => scaled.collect(),
        Best::Lowest => scaled.map(|score| MAX - score).collect(),
    }
}

fn intolerable(info: &NodeInfo, pod: &Pod) -> i64 {
    if info.is_open {
        return 0;
    }
    let wished = info.node.spec.taints.iter().filter(|taint| taint.effect == TaintEffect::PreferNoSchedule);
    wished.filter(|taint| !tolerates(pod, taint)).count() as i64
}

fn preferred(info: &NodeInfo, pod: &Pod) -> i64 {
    let affinity = pod.spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let terms = affinity.map(|affinity| affinity.preferred.as_slice()).unwrap_or_default();
    terms.iter().filter(|term| matches_term(&info.node, &term.preference)).map(|term| i64::from(term.weight)).sum()
}

/// The share of CPU and memory left free, as a mean.
fn least_allocated(info: &NodeInfo, own: Resources) -> i64 {
    let free = |allocatable: i64, taken: i64| if allocatable == 0 || taken > allocatable { 0 } else { (allocatable - taken) * MAX / allocatable };
    let cpu = free(info.allocatable.cpu, info.counted.cpu + own.cpu);
    let memory = free(info.allocatable.memory, info.counted.memory + own.memory);
    (cpu + memory) / 2
}

/// How evenly CPU and memory are used: 100 less half the difference of their shares. Pods without requests are not scored by it.
fn balanced(info: &NodeInfo, own: Resources) -> i64 {
    if own == Resources::default() {
        return 0;
    }
    let share = |allocatable: i64, taken: i64| if allocatable == 0 { 1000 } else { (taken * 1000 / allocatable).min(1000) };
    let cpu = share(info.allocatable.cpu, info.requested.cpu + own.cpu);
    let memory = share(info.allocatable.memory, info.requested.memory + own.memory);
    (1000 - (cpu - memory).abs() / 2) / 10
}

/// Few pods of the same controller are best (its default constraint: hostname, maxSkew 3, ScheduleAnyway).
/// Upstream counts pods that match the controller's selector; those it owns are the same but for adopted ones.
fn spread(nodes: &[&Rc<NodeInfo>], wish: &Wish<'_>) -> Vec<i64> {
    let Some(owner) = wish.owner else { return vec![0; nodes.len()] };
    let counts: Vec<i64> = nodes.iter().map(|info| i64::from(info.by_owner.get(&owner).copied().unwrap_or_default())).collect();
    let max = counts.iter().copied().max().unwrap_or_default();
    let min = counts.iter().copied().min().unwrap_or_default();
    // maxSkew - 1 is added to each count, and the sum inverted: podtopologyspread/scoring.go NormalizeScore.
    let skew = 2;
    counts.into_iter().map(|count| if max == 0 { MAX } else { MAX * (max + min + skew - count) / (max + skew) }).collect()
}
