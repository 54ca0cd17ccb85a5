//! A node's memory of connections: its connection table, and who was where by session affinity. Models what conntrack and the `recent`
//! match of iptables keep. The table holds the latest connections only; old ones are forgotten early.

use std::fmt::Write;
use std::net::Ipv4Addr;

use super::{Address, Packet, Protocol};
use crate::base::{SimDuration, SimTime, SmallMap};

/// So many connections are kept.
const KEPT: usize = 128;
/// A closed TCP connection stays for so long (nf_conntrack_tcp_timeout_time_wait).
const TIME_WAIT: SimDuration = SimDuration::from_seconds(120);
/// A UDP flow stays for so long (nf_conntrack_udp_timeout).
const UDP: SimDuration = SimDuration::from_seconds(30);
/// An open TCP connection stays for five days (nf_conntrack_tcp_timeout_established).
const ESTABLISHED: SimDuration = SimDuration::from_seconds(432_000);

/// A connection that a node translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// The packet as it came to the node.
    pub original: Packet,
    /// The packet as it left.
    pub translated: Packet,
    /// When it was last used.
    pub at: SimTime,
    /// Whether it is still open.
    pub open: bool,
}

impl Tracked {
    fn until(&self) -> SimTime {
        self.at
            + match (self.original.protocol, self.open) {
                (Protocol::Tcp, true) => ESTABLISHED,
                (Protocol::Tcp, false) => TIME_WAIT,
                _ => UDP,
            }
    }
}

/// A node's memory.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// A ring; the next is written at `next`.
    tracked: Vec<Tracked>,
    next: usize,
    /// By the Service's door (as a number) and the client: the endpoint, and when it was last there.
    recent: SmallMap<(Address, Ipv4Addr), (Address, SimTime)>,
}

impl Tables {
    /// The flow that a packet belongs to: the same ports on both sides. The first packet of a TCP connection belongs to none.
    pub fn find(&self, packet: &Packet, at: SimTime) -> Option<&Tracked> {
        if packet.protocol == Protocol::Tcp {
            return None;
        }
        self.tracked.iter().find(|known| known.original == *packet && known.until() > at)
    }

    /// Remembers a connection.
    pub fn remember(&mut self, tracked: Tracked) {
        if self.tracked.len() < KEPT {
            self.tracked.push(tracked);
            return;
        }
        self.tracked[self.next] = tracked;
        self.next = (self.next + 1) % KEPT;
    }

    /// A connection ends.
    pub fn close(&mut self, original: &Packet, at: SimTime) {
        if let Some(known) = self.tracked.iter_mut().find(|known| known.original == *original && known.open) {
            (known.open, known.at) = (false, at);
        }
    }

    /// Where a client was by session affinity, and when.
    pub fn affinity(&self, door: Address, client: Ipv4Addr) -> Option<(Address, SimTime)> {
        self.recent.get(&(door, client)).copied()
    }

    /// A client was sent to an endpoint.
    pub fn visited(&mut self, door: Address, client: Ipv4Addr, endpoint: Address, at: SimTime) {
        self.recent.insert((door, client), (endpoint, at));
    }

    /// What `conntrack -L` prints, of those that `wanted` holds for.
    pub fn list(&self, at: SimTime, wanted: impl Fn(&Tracked) -> bool) -> (String, usize) {
        let mut text = String::new();
        let mut count = 0;
        for known in self.tracked.iter().filter(|known| known.until() > at && wanted(known)) {
            count += 1;
            let (protocol, number) = match known.original.protocol {
                Protocol::Tcp => ("tcp", 6),
                Protocol::Udp => ("udp", 17),
                Protocol::Sctp => ("sctp", 132),
                Protocol::Icmp => ("icmp", 1),
            };
            let state = match (known.original.protocol, known.open) {
                (Protocol::Tcp, true) => "ESTABLISHED ",
                (Protocol::Tcp, false) => "TIME_WAIT ",
                _ => "",
            };
            let left = known.until().since(at).seconds();
            let _ = write!(text, "{protocol:<8} {number} {left} {state}");
            for packet in [known.original, known.translated.answer()] {
                let (from, to) = (packet.source, packet.destination);
                let _ = write!(text, "src={} dst={} sport={} dport={} ", from.ip, to.ip, from.port, to.port);
            }
            text.push_str("[ASSURED] mark=0 use=1\n");
        }
        (text, count)
    }
}
