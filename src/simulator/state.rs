//! The cluster and the terminal's session: all that a command can change, and what a checkpoint holds.

use crate::kubectl::{self, Answer, Session};
use crate::runtime::Power;
use crate::scenario::{Command, Scenario};

use crate::engine::World;

/// A moment.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub world: World,
    pub session: Session,
    /// How many entries of the journal have been carried out.
    pub applied: usize,
}

impl State {
    /// The beginning of a scenario.
    pub fn new(scenario: &Scenario) -> State {
        let world = World::new(&scenario.base);
        State { world, session: Session::new(&scenario.namespace), applied: 0 }
    }

    /// Whether a command may change anything, so that the journal has to hold it.
    pub fn is_journalled(command: &Command) -> bool {
        match command {
            Command::Line(line) => kubectl::parse(line).is_ok_and(|invocation| invocation.changes_cluster()),
            Command::File { .. } | Command::NodePower { .. } | Command::ComponentPower { .. } => true,
        }
    }

    /// Carries a command out.
    pub fn perform(&mut self, command: &Command) -> Answer {
        let power = |on: bool| if on { Power::On } else { Power::Off };
        match command {
            Command::Line(line) => match kubectl::parse(line) {
                Ok(invocation) => invocation.run(&mut self.session, &mut self.world),
                Err(refused) => refused,
            },
            Command::File { name, text } => {
                self.session.files.insert(name.clone(), text.clone());
                Answer::default()
            }
            Command::NodePower { node, on } => match self.world.set_node_power(node, power(*on)) {
                Ok(()) => Answer::default(),
                Err(why) => Answer { output: format!("{why}\n"), exit: 1, ..Answer::default() },
            },
            Command::ComponentPower { component, on } => {
                self.world.set_component_power(*component, power(*on));
                Answer::default()
            }
        }
    }
}
