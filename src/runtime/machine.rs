//! A machine: its addresses, its images, its pods, and the rhythm of its kubelet. Whether the kubelet runs is the machine's
//! matter, for when it stops the containers go on.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::{Files, Image, OwnImage, Sandbox};
use crate::base::{Name, SimDuration, SimTime, SmallMap, SmallSet};

/// Namespace and name of a pod.
pub type PodName = (Name, Name);

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Power {
    /// On.
    On,
    /// Off.
    Off,
}

/// The kubelet renews its lease (nodeLeaseDurationSeconds 40 × 0.25) and looks at its node (nodeStatusUpdateFrequency) this often.
const HEARTBEAT: u64 = 10_000_000;
/// The kubelet asks the runtime what changed this often: genericPlegRelistPeriod after it had its last answer.
const RELIST: u64 = 1_030_000;

/// A machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The name of its node.
    pub name: Name,
    /// Its address.
    pub address: Ipv4Addr,
    /// Whether its kubelet runs.
    pub kubelet: Power,
    /// When that last changed.
    pub switched: SimTime,
    /// Whether its kubelet has said last that its node takes no new pods.
    pub unschedulable: bool,
    /// Images that it holds.
    pub images: SmallSet<Name>,
    /// Images that the scenario defines.
    pub own_images: Rc<[Rc<OwnImage>]>,
    /// Directories that outlive pods, by their paths or the names of their volumes.
    pub kept: SmallMap<String, Files>,
    /// When the pull that is under way ends: one at a time (serializeImagePulls).
    pub pulls_until: SimTime,
    /// Its pods.
    pub sandboxes: SmallMap<PodName, Sandbox>,
    /// First address of its pods' range, a /24.
    pod_network: u32,
    /// The host part given last.
    last_host: u32,
    /// Shift of its periodic work against the full second, in µs.
    phase: u64,
}

impl Machine {
    /// A machine whose kubelet runs since `since`. `phase` shifts its periodic work.
    pub fn new(name: Name, address: Ipv4Addr, pod_network: Ipv4Addr, phase: u64, since: SimTime) -> Machine {
        Machine {
            name,
            address,
            kubelet: Power::On,
            switched: since,
            unschedulable: false,
            images: SmallSet::new(),
            own_images: Rc::from([]),
            kept: SmallMap::new(),
            pulls_until: SimTime::default(),
            sandboxes: SmallMap::new(),
            pod_network: u32::from(pod_network),
            last_host: 1,
            phase: phase % HEARTBEAT,
        }
    }

    /// The first address of its pods' range.
    pub fn pod_network(&self) -> u32 {
        self.pod_network
    }

    /// The image of this reference, if the scenario defines it.
    pub fn own_image(&self, reference: &str) -> Option<&Rc<OwnImage>> {
        self.own_images.iter().find(|image| image.is_meant(reference))
    }

    /// Bytes of an image.
    pub fn image_size(&self, reference: &str) -> u64 {
        Image::find(reference).size
    }

    /// When the kubelet next asks the runtime what changed: strictly after `now`.
    pub fn next_relist(&self, now: SimTime) -> SimTime {
        next_tick(now, RELIST, self.phase % RELIST)
    }

    /// When the kubelet next looks at its node: strictly after `now`.
    pub fn next_look(&self, now: SimTime) -> SimTime {
        next_tick(now, HEARTBEAT, self.phase)
    }

    /// How many of its pods are being started: they share the machine.
    pub fn starting(&self, now: SimTime) -> u64 {
        self.sandboxes.values().map(|sandbox| u64::from(sandbox.ready_at > now || sandbox.is_starting())).sum()
    }

    /// When the lease was last renewed as of `now`.
    pub fn last_heartbeat(&self, now: SimTime) -> SimTime {
        let until = if self.kubelet == Power::On { now } else { self.switched };
        let tick = self.next_look(until) - SimDuration::from_micros(HEARTBEAT);
        if self.kubelet == Power::On { tick.max(self.switched) } else { tick }
    }

    /// An address for a new pod: the next free one after the one given last, as the host-local plugin does. A pod that has ended needs none.
    /// None if the range is used up.
    pub fn allocate_address(&mut self) -> Option<Ipv4Addr> {
        let used: SmallSet<u32> = self.sandboxes.values().filter(|sandbox| sandbox.stopped.is_none()).map(|sandbox| u32::from(sandbox.address)).collect();
        for step in 0..253 {
            let host = 2 + (self.last_host - 1 + step) % 253;
            let address = self.pod_network + host;
            if !used.contains(&address) {
                self.last_host = host;
                return Some(Ipv4Addr::from(address));
            }
        }
        None
    }
}

fn next_tick(now: SimTime, period: u64, phase: u64) -> SimTime {
    let since = now.micros().saturating_sub(phase);
    SimTime::from_micros((since / period + 1) * period + phase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine::new("node1".into(), Ipv4Addr::new(192, 168, 64, 11), Ipv4Addr::new(10, 244, 1, 0), 300_000, SimTime::from_seconds(100))
    }

    #[test]
    fn relists_come_about_each_second_and_strictly_later() {
        let machine = machine();
        let at = |micros| machine.next_relist(SimTime::from_micros(micros)).micros();
        assert_eq!(at(103_300_000), 104_330_000);
        assert_eq!(at(104_330_000), 105_360_000);
        assert_eq!(at(104_330_001), 105_360_000);
    }

    #[test]
    fn a_stopped_kubelet_renews_nothing() {
        let mut machine = machine();
        assert_eq!(machine.last_heartbeat(SimTime::from_seconds(125)).micros(), 120_300_000);
        machine.kubelet = Power::Off;
        machine.switched = SimTime::from_seconds(131);
        assert_eq!(machine.last_heartbeat(SimTime::from_seconds(500)).micros(), 130_300_000);
    }

    #[test]
    fn addresses_are_given_in_turn() {
        let mut machine = machine();
        let given: Vec<String> = (0..3).filter_map(|_| machine.allocate_address()).map(|ip| ip.to_string()).collect();
        assert_eq!(given, ["10.244.1.2", "10.244.1.3", "10.244.1.4"]);
    }
}
