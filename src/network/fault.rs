//! Faults of the network between two places: what a person breaks to see what follows.
//! Left out: faults of one direction only, and of bandwidth.

use std::fmt;

use super::Place;
use crate::base::{Name, Random, SimDuration};

/// One end of a fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every place.
    Everything,
    /// A pod: namespace and name.
    Pod(Name, Name),
    /// A node and the pods on it.
    Node(Name),
    /// The client outside.
    Client,
    /// The control plane's machine.
    ControlPlane,
}

impl Scope {
    /// `pod net/kubia-1`, `node node2`, `client`, `control-plane`, `*`
    pub fn parse(text: &str) -> Option<Scope> {
        match text {
            "*" | "all" => return Some(Scope::Everything),
            "client" => return Some(Scope::Client),
            "control-plane" => return Some(Scope::ControlPlane),
            _ => {}
        }
        let (kind, name) = text.split_once([' ', '/'])?;
        match kind {
            "node" => Some(Scope::Node(name.into())),
            "pod" => name.split_once('/').map(|(namespace, name)| Scope::Pod(namespace.into(), name.into())),
            _ => None,
        }
    }

    /// Whether a place, or the node that it is on, is meant.
    fn holds(&self, place: &Place, node: Option<&Name>) -> bool {
        match self {
            Scope::Everything => true,
            Scope::Client => *place == Place::Client,
            Scope::ControlPlane => *place == Place::ControlPlane,
            Scope::Pod(namespace, name) => matches!(place, Place::Pod(a, b) if a == namespace && b == name),
            Scope::Node(name) => node == Some(name) || matches!(place, Place::Node(own) if own == name),
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Each packet takes so much longer.
    Latency(SimDuration),
    /// So many of a hundred packets are lost.
    Loss(u8),
    /// Nothing comes through.
    Partition,
}

/// A fault between two places, in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// One end.
    pub one: Scope,
    /// The other.
    pub other: Scope,
    /// What goes wrong.
    pub trouble: Trouble,
}

/// Whether a node is cut from the control plane: its kubelet then reports nothing and hears nothing.
pub fn cuts_off(faults: &[Fault], node: &Name) -> bool {
    let place = Place::Node(node.clone());
    let here = |scope: &Scope| scope.holds(&place, Some(node));
    let there = |scope: &Scope| scope.holds(&Place::ControlPlane, None);
    let between = |fault: &Fault| (here(&fault.one) && there(&fault.other)) || (here(&fault.other) && there(&fault.one));
    faults.iter().any(|fault| fault.trouble == Trouble::Partition && between(fault))
}

/// What faults do to one packet on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It takes so much longer.
    Slower(SimDuration),
    /// It is lost: why.
    Lost(Loss),
}

/// Why a packet is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing comes through.
    Cut,
    /// So many of a hundred are lost, and it was one of them.
    Chance(u8),
    /// A machine on the way has no power.
    Dark,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Cut => f.write_str("the network between the two places is cut"),
            Loss::Dark => f.write_str("the machine is switched off"),
            Loss::Chance(percent) => write!(f, "the packet is lost: {percent} of 100 are, between the two places"),
        }
    }
}

/// A sender tries a lost packet again after this time (initial RTO), then after twice the time, and so on.
const RETRY: SimDuration = SimDuration::from_seconds(1);
/// So often (net.ipv4.tcp_syn_retries).
const RETRIES: u32 = 6;

/// What faults do to a packet between two places, each once on its whole way: `met` are the places in the list of those that it met
/// before, as a node's are met again at the pods there. `retried` says that the sender tries again when it is lost.
pub fn effect(
    faults: &[Fault],
    from: (&Place, Option<&Name>),
    to: (&Place, Option<&Name>),
    met: &mut Vec<usize>,
    retried: bool,
    random: &mut Random,
) -> Effect {
    let mut slower = SimDuration::ZERO;
    for (index, fault) in faults.iter().enumerate() {
        let forth = fault.one.holds(from.0, from.1) && fault.other.holds(to.0, to.1);
        let back = fault.other.holds(from.0, from.1) && fault.one.holds(to.0, to.1);
        if !(forth || back) || met.contains(&index) {
            continue;
        }
        met.push(index);
        match fault.trouble {
            Trouble::Latency(time) => slower = slower + time,
            Trouble::Partition => return Effect::Lost(Loss::Cut),
            Trouble::Loss(percent) => {
                let mut wait = RETRY;
                let mut left = if retried { RETRIES } else { 0 };
                while random.below(100) < u64::from(percent) {
                    if left == 0 {
                        return Effect::Lost(Loss::Chance(percent));
                    }
                    left -= 1;
                    slower = slower + wait;
                    wait = wait + wait;
                }
            }
        }
    }
    Effect::Slower(slower)
}
