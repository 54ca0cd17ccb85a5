//! The journal: texts as typed, with their times.

use crate::base::{SimDuration, SimTime};
use crate::engine::{BaseCluster, Component};

/// Something that the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Typed a line into the terminal.
    Line(String),
    /// Saved a file.
    File {
        /// Its flat name.
        name: String,
        /// Its text.
        text: String,
    },
    /// Switched a node's kubelet.
    NodePower {
        /// The node.
        node: String,
        /// On, not off.
        on: bool,
    },
    /// Switched a component of the control plane.
    ComponentPower {
        /// Which.
        component: Component,
        /// On, not off.
        on: bool,
    },
}

/// A command and when it was given, since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When. Entries of one time keep their order.
    pub at: SimDuration,
    /// What.
    pub command: Command,
}

/// A history's ground state, and the moment to show of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The cluster it begins with.
    pub base: BaseCluster,
    /// The namespace of kubectl's context.
    pub namespace: String,
    /// What the user did.
    pub journal: Vec<Entry>,
    /// The moment to show, since the start.
    pub at: SimDuration,
}

/// Where clocks start that nobody set: Thursday, 1 January 2026, 09:00 UTC.
const START: SimTime = SimTime::from_seconds(1_767_258_000);
/// The seed that nobody chose.
const SEED: u64 = 1;

/// The book's first ReplicationController.
const KUBIA: &str = "\
apiVersion: v1
kind: ReplicationController
metadata:
  name: kubia
spec:
  replicas: 3
  selector:
    app: kubia
  template:
    metadata:
      labels:
        app: kubia
    spec:
      containers:
      - name: kubia
        image: luksa/kubia
        ports:
        - containerPort: 8080
";

impl Scenario {
    /// Three nodes and nothing else.
    pub fn empty() -> Scenario {
        let base = BaseCluster::of_three(SEED, START);
        Scenario { base, namespace: "default".to_owned(), journal: Vec::new(), at: SimDuration::ZERO }
    }

    /// The file that was applied last, which the scenario is about.
    pub fn applied(&self) -> Option<&str> {
        self.journal.iter().rev().find_map(|entry| match &entry.command {
            Command::Line(line) => line.strip_prefix("kubectl apply -f ").or_else(|| line.strip_prefix("kubectl create -f ")),
            _ => None,
        })
    }

    /// Three nodes and a ReplicationController whose pods are running.
    pub fn example() -> Scenario {
        let file = Command::File { name: "kubia-rc.yaml".to_owned(), text: KUBIA.to_owned() };
        let line = Command::Line("kubectl apply -f kubia-rc.yaml".to_owned());
        let entry = |command| Entry { at: SimDuration::from_seconds(1), command };
        Scenario { journal: vec![entry(file), entry(line)], at: SimDuration::from_seconds(8), ..Scenario::empty() }
    }
}
