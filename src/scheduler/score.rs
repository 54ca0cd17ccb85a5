//! Which of the nodes that fit is best. Integers alone.
//! Models pkg/scheduler/framework/plugins: tainttoleration, nodeaffinity, noderesources (least_allocated,
//! balanced_allocation), podtopologyspread with its default constraint for hosts, interpodaffinity, imagelocality. Weights:
//! apis/config/v1/default_plugins.go.

use std::rc::Rc;

use super::{Cache, NodeInfo, Wish};
use super::cache::Resources;
use crate::api::{Pod, TaintEffect, Uid};
use crate::base::Name;

const MAX: i64 = 100;
const WEIGHT_TAINT: i64 = 3;
const WEIGHT_AFFINITY: i64 = 2;
const WEIGHT_SPREAD: i64 = 2;
const WEIGHT_PODS: i64 = 2;
/// Images that come to no more than this are not counted (minThreshold).
const MIN_IMAGE: i64 = 23 * 1024 * 1024;
/// No more than this is counted of a container's image (maxContainerThreshold).
const MAX_IMAGE: i64 = 1000 * 1024 * 1024;

/// What one plugin says of nodes: its name, its weight, and its scores from 0 to 100 in the order of the nodes.
pub(super) struct Part {
    /// `NodeResourcesFit`
    pub plugin: &'static str,
    /// How much it counts.
    pub weight: i64,
    /// Of each node.
    pub scores: Vec<i64>,
}

fn part(plugin: &'static str, weight: i64, scores: Vec<i64>) -> Part {
    Part { plugin, weight, scores }
}

/// The scores of nodes by plugin. A plugin that says the same of all nodes is left out: it decides nothing.
pub(super) fn parts(cache: &Cache, places: &[usize], wish: &Wish<'_>) -> Vec<Part> {
    let nodes: Vec<&Rc<NodeInfo>> = places.iter().map(|place| cache.at(*place)).collect();
    let mut parts = vec![part("NodeResourcesFit", 1, nodes.iter().map(|info| info.least_allocated(wish.counted)).collect())];
    if wish.requested != Resources::default() {
        parts.push(part("NodeResourcesBalancedAllocation", 1, nodes.iter().map(|info| balanced(info, wish.requested)).collect()));
    }
    if nodes.iter().any(|info| !info.is_open) {
        let repelled = nodes.iter().map(|info| intolerable(info, wish.pod)).collect();
        parts.push(part("TaintToleration", WEIGHT_TAINT, normalized(repelled, Best::Lowest)));
    }
    if wish.is_choosy {
        let scores = normalized(nodes.iter().map(|info| preferred(info, wish.pod)).collect(), Best::Highest);
        parts.push(part("NodeAffinity", WEIGHT_AFFINITY, scores));
    }
    let plain = || nodes.iter().map(|info| &*info.node).collect::<Vec<_>>();
    let spread = match (&wish.spread, wish.owner) {
        (Some(rules), _) => rules.scores(&plain()),
        (None, Some(owner)) => Some(spread(cache, places, owner)),
        (None, None) => None,
    };
    parts.extend(spread.map(|scores| part("PodTopologySpread", WEIGHT_SPREAD, scores)));
    let near = wish.affinity.as_ref().and_then(|rules| rules.scores(&plain()));
    parts.extend(near.map(|scores| part("InterPodAffinity", WEIGHT_PODS, scores)));
    parts.extend(locality(cache, &nodes, wish.pod).map(|scores| part("ImageLocality", 1, scores)));
    parts
}

/// The sums of all plugins' scores, in the order of the nodes.
pub(super) fn score(cache: &Cache, places: &[usize], wish: &Wish<'_>) -> Vec<i64> {
    let mut sums = vec![0; places.len()];
    for part in parts(cache, places, wish) {
        for (sum, score) in sums.iter_mut().zip(part.scores) {
            *sum += part.weight * score;
        }
    }
    sums
}

/// How much of a pod's images nodes hold; None if all hold the same. An image counts for less the fewer nodes hold it.
/// Models imagelocality/image_locality.go.
fn locality(cache: &Cache, nodes: &[&Rc<NodeInfo>], pod: &Pod) -> Option<Vec<i64>> {
    let all = i64::try_from(cache.len()).unwrap_or(i64::MAX);
    let containers = || pod.spec.init_containers.iter().chain(&pod.spec.containers);
    let mut worth: Vec<(&Name, i64)> = Vec::new();
    for container in containers() {
        let Some((size, holders)) = cache.image(&container.image) else { continue };
        worth.push((&container.image, i64::try_from(size).unwrap_or_default() * i64::from(holders) / all));
    }
    let most = MAX_IMAGE * i64::try_from(containers().count()).unwrap_or(1);
    let score = |info: &&Rc<NodeInfo>| {
        let sum: i64 = worth.iter().filter(|(image, _)| info.images.contains(*image)).map(|(_, worth)| worth).sum();
        MAX * (sum.clamp(MIN_IMAGE, most) - MIN_IMAGE) / (most - MIN_IMAGE)
    };
    let scores: Vec<i64> = if worth.is_empty() { return None } else { nodes.iter().map(score).collect() };
    scores.windows(2).any(|pair| pair[0] != pair[1]).then_some(scores)
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
    let wished = info.node.spec.taints.iter().filter(|taint| taint.effect == TaintEffect::PreferNoSchedule);
    wished.filter(|taint| !pod.spec.tolerates(taint)).count() as i64
}

fn preferred(info: &NodeInfo, pod: &Pod) -> i64 {
    let affinity = pod.spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let terms = affinity.map(|affinity| affinity.preferred.as_slice()).unwrap_or_default();
    terms.iter().filter(|term| term.preference.matches(&info.node)).map(|term| i64::from(term.weight)).sum()
}

/// How evenly CPU and memory are used: 100 less half the difference of their shares. Pods without requests are not scored by it.
fn balanced(info: &NodeInfo, own: Resources) -> i64 {
    let share = |allocatable: i64, taken: i64| if allocatable == 0 { 1000 } else { (taken.saturating_mul(1000) / allocatable).min(1000) };
    let cpu = share(info.allocatable.cpu, info.requested.cpu + own.cpu);
    let memory = share(info.allocatable.memory, info.requested.memory + own.memory);
    (1000 - (cpu - memory).abs() / 2) / 10
}

/// Few pods of the same controller are best (its default constraint: hostname, maxSkew 3, ScheduleAnyway).
/// Upstream counts pods that match the controller's selector; those it owns are the same but for adopted ones.
fn spread(cache: &Cache, places: &[usize], owner: Uid) -> Vec<i64> {
    let counts = counts(cache, places, owner);
    let max = counts.iter().copied().max().unwrap_or_default();
    if max == 0 {
        return vec![0; places.len()];
    }
    let min = counts.iter().copied().min().unwrap_or_default();
    // maxSkew - 1 is added to each count, and the sum inverted: podtopologyspread/scoring.go NormalizeScore.
    let skew = 2;
    let by_count: Vec<i64> = (0..=max).map(|count| MAX * (max + min + skew - count) / (max + skew)).collect();
    counts.into_iter().map(|count| by_count[usize::try_from(count).unwrap_or_default()]).collect()
}

/// How many pods of a controller are on each of these nodes. The places ascend, but for one turn from the last node to the first.
fn counts(cache: &Cache, places: &[usize], owner: Uid) -> Vec<i64> {
    let mut counts = vec![0; places.len()];
    let turn = places.windows(2).position(|pair| pair[0] > pair[1]).map_or(places.len(), |before| before + 1);
    for (offset, run) in [(0, &places[..turn]), (turn, &places[turn..])] {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        for (place, count) in cache.owned(owner, *first..last + 1) {
            if let Ok(index) = run.binary_search(&place) {
                counts[offset + index] = i64::from(count);
            }
        }
    }
    counts
}
