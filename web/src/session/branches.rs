//! The branches of the history: their names, and one beside that which is shown.

use super::{Effect, Saved, Session};
use crate::intent::{BranchIntent, DockTab, NarrowTab};
use crate::simulator::{LinkError, SimDuration, Simulator};

impl Session {
    pub(super) fn handle_branch(&mut self, intent: BranchIntent) -> Vec<Effect> {
        match intent {
            BranchIntent::Rename { id, name } => {
                self.simulator.rename_branch(id, &name);
                vec![Effect::Save]
            }
            BranchIntent::Compare(with) => {
                self.look.compare = with;
                self.look.dock = DockTab::Branches;
                self.look.narrow = NarrowTab::Dock(DockTab::Branches);
                Vec::new()
            }
        }
    }

    /// What a link to the present cannot hold: the other branches, and what comes after the present.
    pub(super) fn save_branches(&self, saved: &mut Saved) {
        let simulator = &self.simulator;
        let kept = simulator.kept_branches();
        if kept.len() > 1 || simulator.now() < simulator.end_of_history() {
            (saved.branches, saved.branch) = (kept, simulator.current_branch());
            saved.at = simulator.aim().since(simulator.start_time()).micros();
        }
    }
}

/// The simulator as it was saved.
pub(super) fn simulator_of(saved: &Saved) -> Result<Simulator, LinkError> {
    if saved.branches.is_empty() {
        return Simulator::from_link(&saved.link);
    }
    let at = SimDuration::from_micros(saved.at);
    Simulator::restore(&saved.branches, saved.branch, at).or_else(|_| Simulator::from_link(&saved.link))
}
