//! What the scheduler thinks of each node for a pod: for people who ask why.

use super::schedule_one::verdicts_of;
use super::score::parts;
use super::{Cache, Wish};
use crate::api::Pod;
use crate::base::Name;
use crate::store::View;

/// What one plugin says of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PluginScore {
    /// `NodeResourcesFit`
    pub plugin: &'static str,
    /// 0 to 100
    pub score: i64,
    /// How much it counts.
    pub weight: i64,
}

/// What the scheduler thinks of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeVerdict {
    /// The node.
    pub node: Name,
    /// Why it does not fit; empty if it does.
    pub reasons: Vec<Name>,
    /// Whether it could fit if other pods went.
    pub preemptable: bool,
    /// What the plugins say, where it fits. A plugin that says the same of all nodes is left out.
    pub scores: Vec<PluginScore>,
    /// The sum of the scores times their weights.
    pub total: i64,
}

/// The verdict on every node, by name, as if the pod had no node yet.
pub fn explain(cache: &Cache, view: View<'_>, pod: &Pod) -> Vec<NodeVerdict> {
    let wish = Wish::of(pod, cache, view);
    let verdicts = verdicts_of(cache, &wish);
    let places: Vec<usize> = verdicts.iter().filter(|(_, verdict)| verdict.is_fit()).filter_map(|(name, _)| cache.place(name)).collect();
    let parts = if places.is_empty() { Vec::new() } else { parts(cache, &places, &wish) };
    let explained = verdicts.iter().map(|(name, verdict)| {
        let place = cache.place(name).and_then(|place| places.iter().position(|other| *other == place));
        let score = |at: usize| parts.iter().map(move |part| PluginScore { plugin: part.plugin, score: part.scores[at], weight: part.weight });
        let scores: Vec<PluginScore> = place.into_iter().flat_map(score).collect();
        NodeVerdict {
            node: name.clone(),
            reasons: verdict.reasons.clone(),
            preemptable: !verdict.is_fit() && !verdict.unresolvable,
            total: scores.iter().map(|score| score.score * score.weight).sum(),
            scores,
        }
    });
    explained.collect()
}
