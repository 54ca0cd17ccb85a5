//! `kubectl port-forward`: ports of the client's own address that lead into pods. What comes there is handed by the API server and the
//! kubelet to the pod's own 127.0.0.1, past Services and network policies.
//! Left out: UDP, which Kubernetes does not forward either; what a broken forward does to connections that are open.

use std::net::Ipv4Addr;

use super::World;
use super::programs::place_of;
use crate::api::{Pod, Uid};
use crate::base::SmallMap;
use crate::network::Place;
use crate::runtime::PodName;

/// The first port that is taken where the user leaves the choice (`:8080`).
const FIRST_FREE: u16 = 36_000;

/// Ports that lead into pods.
pub(super) type Forwards = SmallMap<u16, Forward>;

/// Where such a port leads.
#[derive(Clone, Debug)]
pub(super) struct Forward {
    pod: PodName,
    uid: Uid,
    port: u16,
    /// Connections that nobody has been told of yet.
    handled: u32,
}

impl World {
    /// Opens a port of the client that leads to a port of a pod; 0 takes any that is free. The port, or None if it is taken.
    pub fn open_forward(&mut self, pod: &Pod, local: u16, port: u16) -> Option<u16> {
        let forwards = &mut self.programs.forwards;
        let free = |forwards: &Forwards| (FIRST_FREE..).find(|free| !forwards.contains_key(free));
        let local = if local == 0 { free(forwards)? } else { local };
        if forwards.contains_key(&local) {
            return None;
        }
        let (_, name) = place_of(pod);
        forwards.insert(local, Forward { pod: name, uid: pod.meta.uid, port, handled: 0 });
        Some(local)
    }

    /// Closes all such ports. False if none was open.
    pub fn close_forwards(&mut self) -> bool {
        let any = self.has_forwards();
        self.programs.forwards = Forwards::new();
        any
    }

    /// Whether such a port is open.
    pub fn has_forwards(&self) -> bool {
        !self.programs.forwards.is_empty()
    }

    /// The ports that took connections since the last call, once for each.
    pub fn take_handled(&mut self) -> Vec<u16> {
        let mut ports = Vec::new();
        let open: Vec<u16> = self.programs.forwards.keys().copied().collect();
        for port in open {
            let Some(forward) = self.programs.forwards.get_mut(&port) else { continue };
            ports.extend((0..std::mem::take(&mut forward.handled)).map(|_| port));
        }
        ports
    }

    /// Where a connection really begins and leads: through a forwarded port, or as it stands. None if nothing listens: the client
    /// itself serves nothing.
    pub(super) fn forwarded(&mut self, from: &Place, to: Ipv4Addr, port: u16) -> Option<(Place, u16)> {
        if *from != Place::Client || !to.is_loopback() {
            return Some((from.clone(), port));
        }
        let forward = self.programs.forwards.get_mut(&port)?;
        forward.handled += 1;
        let Forward { pod: (namespace, name), uid, port, .. } = forward.clone();
        let is_there = self.view().pod(&namespace, &name).is_some_and(|pod| pod.meta.uid == uid);
        is_there.then_some((Place::Pod(namespace, name), port))
    }
}
