//! `kubectl port-forward` and `kubectl proxy`: ports of the client's own address that lead into pods, or to the API. What comes to the first is handed by
//! the API server and the kubelet to the pod's own 127.0.0.1, past Services and network policies.
//! Left out: UDP, which Kubernetes does not forward either; what a broken forward does to connections that are open.

use std::net::Ipv4Addr;

use super::{HttpExchange, World};
use super::programs::place_of;
use crate::api::{Pod, Uid};
use crate::base::{SimDuration, SimTime, SmallMap};
use crate::network::{CONTROL_PLANE, Place};
use crate::runtime::{HttpRequest, PodName};

/// The first port that is taken where the user leaves the choice (`:8080`).
const FIRST_FREE: u16 = 36_000;

/// Who answers what comes to the API through such a port, with the rights of the user.
pub type Responder = fn(&mut World, &HttpRequest, SimTime) -> HttpExchange;

/// Ports that lead into pods, or to the API.
pub(super) type Forwards = SmallMap<u16, Forward>;

/// Where such a port leads.
#[derive(Clone, Debug)]
pub(super) enum Forward {
    /// Into a pod.
    Pod {
        pod: PodName,
        uid: Uid,
        port: u16,
        /// Connections that nobody has been told of yet.
        handled: u32,
    },
    /// To the API.
    Api(Responder),
}

/// Where what comes to the API through such a port ends.
const API: u16 = 6443;

/// Where a connection really begins and leads.
pub(super) struct Way {
    pub from: Place,
    pub to: Ipv4Addr,
    pub port: u16,
    /// The address that it came from before somebody handed it on to the API.
    pub source: Option<Ipv4Addr>,
}

/// The port that is asked for, or any that is free for 0. None if it is taken.
fn vacant(forwards: &Forwards, local: u16) -> Option<u16> {
    let local = if local == 0 { (FIRST_FREE..).find(|free| !forwards.contains_key(free))? } else { local };
    (!forwards.contains_key(&local)).then_some(local)
}

impl World {
    /// Opens a port of the client that leads to a port of a pod; 0 takes any that is free. The port, or None if it is taken.
    pub fn open_forward(&mut self, pod: &Pod, local: u16, port: u16) -> Option<u16> {
        let forwards = &mut self.programs.forwards;
        let local = vacant(forwards, local)?;
        let (_, name) = place_of(pod);
        forwards.insert(local, Forward::Pod { pod: name, uid: pod.meta.uid, port, handled: 0 });
        Some(local)
    }

    /// Opens a port of the client that leads to the API; 0 takes any that is free. The port, or None if it is taken.
    pub fn open_proxy(&mut self, local: u16, responder: Responder) -> Option<u16> {
        let forwards = &mut self.programs.forwards;
        let local = vacant(forwards, local)?;
        forwards.insert(local, Forward::Api(responder));
        Some(local)
    }

    /// Answers what came to the API through such a port.
    pub(super) fn proxied(&mut self, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let responder = self.programs.forwards.values().find_map(|forward| if let Forward::Api(responder) = forward { Some(*responder) } else { None });
        match responder {
            Some(responder) => responder(self, request, at),
            None => HttpExchange { response: None, took: SimDuration::ZERO, onward: Vec::new() },
        }
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
            let Some(Forward::Pod { handled, .. }) = self.programs.forwards.get_mut(&port) else { continue };
            ports.extend((0..std::mem::take(handled)).map(|_| port));
        }
        ports
    }

    /// Where a connection really begins and leads: through a forwarded port, or as it stands. None if nothing listens: the client
    /// itself serves nothing.
    pub(super) fn forwarded(&mut self, from: &Place, to: Ipv4Addr, port: u16) -> Option<Way> {
        if *from != Place::Client || !to.is_loopback() {
            return Some(Way { from: from.clone(), to, port, source: None });
        }
        let (name, uid, port) = match self.programs.forwards.get_mut(&port)? {
            Forward::Api(_) => return Some(Way { from: Place::Client, to: CONTROL_PLANE, port: API, source: Some(to) }),
            Forward::Pod { pod, uid, port, handled } => {
                *handled += 1;
                (pod.clone(), *uid, *port)
            }
        };
        let (namespace, name) = name;
        let is_there = self.view().pod(&namespace, &name).is_some_and(|pod| pod.meta.uid == uid);
        is_there.then_some(Way { from: Place::Pod(namespace, name), to, port, source: None })
    }
}
