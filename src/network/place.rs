//! Where packets begin and end, and what is written on them. Left out: IPv6.

use std::fmt;
use std::net::Ipv4Addr;

use crate::base::Name;

/// Who sends or receives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A process in a pod's network: namespace and name.
    Pod(Name, Name),
    /// A process on a node.
    Node(Name),
    /// A machine outside the cluster, which reaches the nodes' network only.
    Client,
    /// The machine of the control plane: the API server, the cluster's DNS; also the nodes' gateway.
    ControlPlane,
    /// The load balancer of the cloud, by its address.
    LoadBalancer(Ipv4Addr),
    /// Any other address.
    Outside(Ipv4Addr),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Pod(namespace, name) => {
                f.write_str("pod ")?;
                f.write_str(namespace)?;
                f.write_str("/")?;
                f.write_str(name)
            }
            Place::Node(name) => {
                f.write_str("node ")?;
                f.write_str(name)
            }
            Place::Client => f.write_str("client"),
            Place::ControlPlane => f.write_str("control plane"),
            Place::LoadBalancer(address) => write!(f, "load balancer {address}"),
            Place::Outside(address) => write!(f, "host {address}"),
        }
    }
}

/// What carries a packet's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
    /// SCTP
    Sctp,
    /// ICMP: `ping`
    Icmp,
}

impl Protocol {
    /// As the API writes it: `TCP`.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Sctp => "SCTP",
            Protocol::Icmp => "ICMP",
        }
    }

    /// As iptables writes it: `tcp`.
    pub fn lower(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
            Protocol::Icmp => "icmp",
        }
    }

    /// Of the API's word; TCP where there is none.
    pub fn of(word: &str) -> Protocol {
        match word {
            "UDP" => Protocol::Udp,
            "SCTP" => Protocol::Sctp,
            _ => Protocol::Tcp,
        }
    }
}

/// An address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The address.
    pub ip: Ipv4Addr,
    /// The port; 0 where there is none, as with ICMP.
    pub port: u16,
}

impl Address {
    /// Of its parts.
    pub fn new(ip: Ipv4Addr, port: u16) -> Address {
        Address { ip, port }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.port == 0 { write!(f, "{}", self.ip) } else { write!(f, "{}:{}", self.ip, self.port) }
    }
}

/// What is written on a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What carries its content.
    pub protocol: Protocol,
    /// Whom it says it is from.
    pub source: Address,
    /// Where it is to go.
    pub destination: Address,
}

impl Packet {
    /// The packet that answers it.
    pub fn answer(self) -> Packet {
        Packet { source: self.destination, destination: self.source, ..self }
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.source, self.destination)
    }
}
