//! What listens at a place, as `ss` and `netstat` print it. Left out: open connections; a node's come and go too fast to be told.

use std::fmt::Write;

use super::{containers, listener};
use crate::base::SimTime;
use crate::engine::World;
use crate::network::{Place, Protocol};

/// A listening socket: its address (`*` for all) and port.
type Listening = (&'static str, u16);

impl World {
    /// What `ss` or `netstat` prints of listening sockets; without `-l` or `-a` there are none.
    pub(super) fn sockets(&mut self, place: &Place, tool: &str, args: &[String], at: SimTime) -> String {
        let has = |letter: char| args.iter().any(|arg| arg.starts_with('-') && !arg.starts_with("--") && arg.contains(letter));
        let any_protocol = !has('t') && !has('u');
        let listed = has('l') || has('a') || args.iter().any(|arg| arg == "--listening" || arg == "--all");
        let all = if listed && (has('t') || any_protocol) { self.listening(place, at) } else { Vec::new() };
        if tool == "ss" { ss(&all) } else { netstat(&all, has('a')) }
    }

    fn listening(&mut self, place: &Place, at: SimTime) -> Vec<Listening> {
        match place {
            Place::Pod(namespace, name) => {
                let Some(pod) = self.view().pod(namespace, name) else { return Vec::new() };
                if pod.spec.host_network {
                    let node = Place::Node(pod.node_name.clone());
                    return self.listening(&node, at);
                }
                let Some(sandbox) = self.machine(&pod.node_name).and_then(|machine| machine.sandboxes.get(&(namespace.clone(), name.clone()))) else {
                    return Vec::new();
                };
                (1..=u16::MAX).filter(|port| listener(pod, sandbox, Protocol::Tcp, *port).is_some()).map(|port| ("*", port)).collect()
            }
            Place::Node(node) => {
                let mut all = vec![("127.0.0.1", 10_248), ("127.0.0.1", 10_249), ("*", 22), ("*", 10_250), ("*", 10_256)];
                let known = self.network.plane.known_on(node, at);
                all.extend(known.iter().map(|rules| ("*", rules.health_check_port)).filter(|(_, port)| *port != 0));
                for sandbox in self.machine(node).into_iter().flat_map(|machine| machine.sandboxes.iter()) {
                    let ((namespace, name), sandbox) = sandbox;
                    let Some(pod) = self.view().pod(namespace, name).filter(|pod| pod.spec.host_network) else { continue };
                    let declared = containers(pod).flat_map(|container| &container.ports).filter_map(|port| u16::try_from(port.container_port).ok());
                    all.extend(declared.filter(|port| listener(pod, sandbox, Protocol::Tcp, *port).is_some()).map(|port| ("*", port)));
                }
                crate::base::sort(&mut all);
                all.dedup();
                all
            }
            Place::Client => vec![("*", 80)],
            _ => Vec::new(),
        }
    }
}

/// Models iproute2's ss, its columns as wide as they need to be.
fn ss(all: &[Listening]) -> String {
    let width = all.iter().map(|(address, _)| address.len()).max().unwrap_or_default().max("Local Address".len());
    let mut text = format!("State  Recv-Q Send-Q {:>width$}:Port  Peer Address:PortProcess\n", "Local Address");
    for (address, port) in all {
        let peer = if *address == "*" { "*" } else { "0.0.0.0" };
        let _ = writeln!(text, "LISTEN 0      4096   {address:>width$}:{port:<5} {peer:>12}:*          ");
    }
    text
}

/// Models busybox networking/netstat.c.
fn netstat(all: &[Listening], also_open: bool) -> String {
    let which = if also_open { "servers and established" } else { "only servers" };
    let mut text = format!("Active Internet connections ({which})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n");
    for (address, port) in all {
        let (own, other) = if *address == "*" { (format!(":::{port}"), ":::*") } else { (format!("{address}:{port}"), "0.0.0.0:*") };
        let _ = writeln!(text, "tcp        0      0 {own:<23} {other:<23} LISTEN      ");
    }
    text
}
