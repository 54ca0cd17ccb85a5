//! What the scheduler thinks when it looks at the pod that is followed, or takes others away for it.

use super::because::Facts;
use super::Placement;
use crate::api::{ObjectKey, Pod};
use crate::engine::World;
use crate::scheduler::{Decision, explain};

impl World {
    /// What the scheduler would think of each node for a pod.
    pub fn explain(&self, pod: &Pod) -> Placement {
        Placement { at: self.now, chosen: None, nodes: explain(&self.cache, self.api.view(), pod), message: String::new() }
    }

    /// Before the scheduler decides on a pod.
    pub(in crate::engine) fn record_scheduling(&mut self, key: &ObjectKey, pod: &Pod) {
        let Some(recorder) = &self.recorder else { return };
        let placement = recorder.follows(key).then(|| self.explain(pod));
        let nodes = placement.as_ref().map(|placement| placement.nodes.as_slice()).unwrap_or_default();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let fitting = count(nodes.iter().filter(|node| node.reasons.is_empty()).count());
        let facts = Facts::Nodes { of: count(nodes.len()), fitting, pod: key.clone() };
        if let Some(recorder) = &mut self.recorder {
            recorder.saw(facts);
            if placement.is_some() {
                recorder.placement = placement;
            }
        }
    }

    /// After it has decided.
    pub(in crate::engine) fn record_decision(&mut self, key: &ObjectKey, decision: &Decision) {
        let Some(recorder) = self.recorder.as_mut().filter(|recorder| recorder.follows(key)) else { return };
        let Some(placement) = &mut recorder.placement else { return };
        match decision {
            Decision::Bind(node) | Decision::Reserve(node, _) => placement.chosen = Some(node.clone()),
            Decision::Unschedulable { message, .. } => placement.message = message.clone(),
        }
    }
}
