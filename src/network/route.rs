//! The way of a request, hop by hop: what each place did with its packet, by which rule, and why. Hops hold what happened as data;
//! their words are made when they are read.

use std::fmt::{self, Write};
use std::net::Ipv4Addr;
use std::rc::Rc;

use super::ingress::Routing;
use super::{Loss, Packet, Place, PortRules, Reach};
use crate::base::{Name, SimDuration};

/// How a packet ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something took it.
    Delivered,
    /// It was refused at once: nothing listens, or a rule rejects.
    Refused,
    /// The sender has no way there: told at once.
    NoRoute,
    /// Nobody has that address where it should be: told after some seconds.
    HostUnreachable,
    /// It vanished: the sender waits as long as it likes.
    Dropped,
}

/// By which door a packet came to a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The Service's own address.
    ClusterIp,
    /// A port of the node.
    NodePort,
    /// One of its externalIPs.
    ExternalIp,
    /// The load balancer's address.
    LoadBalancer,
}

/// How an endpoint was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is the only one.
    Only,
    /// By chance: the rule of this number (from 0) of so many matched.
    Random {
        /// Its number.
        index: u32,
        /// Of so many.
        of: u32,
    },
    /// The client was there before.
    Affinity {
        /// When, before now.
        ago: SimDuration,
        /// The client is sent there again for so long after each visit.
        seconds: u32,
    },
    /// The connection is known to the node's connection table.
    Tracked,
}

/// Why the sender's address was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masquerade {
    /// It was not.
    Kept(Kept),
    /// The pod was sent back to itself.
    Hairpin,
    /// The Service's own address was asked from outside the pods' network.
    OffCluster,
    /// It came from outside through the node, and the answer has to come back the same way.
    External,
    /// A process of the node asked by an outer door of a Service with policy Local.
    LocalProcess,
    /// The cluster replaces it always (`--masquerade-all`).
    Always,
}

/// Why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The sender is in the pods' network.
    FromPod,
    /// externalTrafficPolicy is Local, and the endpoint is on this node.
    PolicyLocal,
    /// A pod asked by an outer door of a Service with policy Local: it is taken for traffic of the inside.
    PodAtOuterDoor,
}

/// What a node did for a Service.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation {
    /// The Service's port.
    pub rules: Rc<PortRules>,
    /// How the packet came to it.
    pub door: Door,
    /// Whether only endpoints of the node were asked.
    pub reach: Reach,
    /// The zone that its hints kept it in; empty if they did not count.
    pub zone: Name,
    /// How the endpoint was chosen.
    pub choice: Choice,
    /// What became of the sender's address.
    pub masquerade: Masquerade,
}

/// Why a packet went no further.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The Service has no endpoints: a rule rejects.
    NoEndpoints(Rc<PortRules>),
    /// None of its endpoints is on the node, which a Local policy asks for: a rule drops.
    NoLocalEndpoints(Rc<PortRules>, Door),
    /// The load balancer's address is closed for this sender.
    SourceRange(Rc<PortRules>),
    /// Nothing listens on the port.
    NoListener,
    /// The sender has no way to that network.
    NoRoute,
    /// It is an address for Services, and no rule is for this port of it.
    UnknownServiceAddress,
    /// ICMP to a Service: rules are for its ports only.
    PingOfService,
    /// Nobody has the address.
    NobodyThere,
    /// A network policy forbids it: its namespace and name, and what it says.
    Policy(Rc<Verdict>),
    /// The answer would not come by the node that rewrote the packet.
    PastTranslator,
    /// A fault of the network.
    Fault(Loss),
    /// The load balancer has no node to send to.
    NoHealthyNode,
}

/// What network policies say of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may be.
    pub allowed: bool,
    /// Whether the sender's policies say so, which its own node enforces.
    pub by_sender: bool,
    /// The policies that select the pod and say so: `default/a, b`.
    pub policies: Name,
    /// The pod that they select.
    pub pod: Name,
    /// The number of the rule that allows it, from 1.
    pub rule: Option<u32>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.by_sender { "egress" } else { "ingress" };
        write!(f, "NetworkPolicy {} selects pod {}: ", self.policies, self.pod)?;
        match self.rule {
            Some(rule) => write!(f, "its {way} rule {rule} allows this"),
            None => write!(f, "none of its {way} rules allows this"),
        }
    }
}

/// What a place did with a packet.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Sent it.
    Sent,
    /// Sent a request on, as an Ingress says.
    Routed(Rc<Routing>),
    /// A load balancer chose a node for it, of so many.
    Balanced {
        /// The node.
        node: Name,
        /// So many were healthy.
        of: u32,
    },
    /// The rules of kube-proxy rewrote it.
    Translated(Box<Translation>),
    /// Passed it on.
    Forwarded {
        /// Whether the place's kube-proxy knows nothing of it yet, though the Service is there.
        behind: bool,
    },
    /// It leaves the cluster under the node's address.
    LeftCluster,
    /// Took it. What network policies say, if there are any for it.
    Received(Option<Rc<Verdict>>),
    /// Undid on the answer what it had done.
    Restored,
    /// The answer came.
    Answered,
    /// That was its end.
    Ended(End),
}

/// A place on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// Where.
    pub place: Place,
    /// The packet as it came.
    pub before: Packet,
    /// The packet as it left.
    pub after: Packet,
    /// What was done.
    pub step: Step,
    /// From here to the next place, or from the place before in the case of the last.
    pub latency: SimDuration,
}

/// The way of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// In the order of time.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub outcome: Outcome,
    /// From the first packet to the answer, or to the notice that there is none; zero if the sender is told nothing.
    pub took: SimDuration,
}

impl Route {
    /// The address that the one who was reached takes for the sender's.
    pub fn seen_source(&self) -> Option<Ipv4Addr> {
        let received = self.hops.iter().find(|hop| matches!(hop.step, Step::Received(_)))?;
        Some(received.before.source.ip)
    }

    /// Who was reached, and the packet as it arrived.
    pub fn reached(&self) -> Option<&Hop> {
        self.hops.iter().find(|hop| matches!(hop.step, Step::Received(_) | Step::Ended(End::NoListener)))
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, hop) in (1_u32..).zip(&self.hops) {
            writeln!(f, "{number:2}  {}: {}", hop.place, hop.action())?;
            if hop.before == hop.after {
                writeln!(f, "      packet   {}", hop.before)?;
            } else {
                writeln!(f, "      before   {}", hop.before)?;
                writeln!(f, "      after    {}", hop.after)?;
            }
            for (title, text) in [("rule     ", hop.rule()), ("not taken", hop.not_taken()), ("because  ", hop.reason())] {
                if !text.is_empty() {
                    writeln!(f, "      {title}{}{text}", if title == "not taken" { " " } else { "" })?;
                }
            }
        }
        let took = Milliseconds(self.took);
        match self.outcome {
            Outcome::Delivered => writeln!(f, "    answered after {took}"),
            Outcome::Refused => writeln!(f, "    refused after {took}"),
            Outcome::NoRoute => writeln!(f, "    no route, told after {took}"),
            Outcome::HostUnreachable => writeln!(f, "    host unreachable, told after {took}"),
            Outcome::Dropped => writeln!(f, "    no answer: the sender waits for its own limit"),
        }
    }
}

/// `0.415 ms`
struct Milliseconds(SimDuration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.micros();
        write!(f, "{}.{:03} ms", micros / 1000, micros % 1000)
    }
}

impl Hop {
    /// What was done: `DNAT`, `forwarded`.
    pub fn action(&self) -> String {
        let text = match &self.step {
            Step::Sent => "sends",
            Step::Routed(_) => "routes by host and path",
            Step::Balanced { .. } => "chooses a node",
            Step::Translated(translation) => match translation.masquerade {
                Masquerade::Kept(_) => "DNAT",
                _ => "DNAT and SNAT",
            },
            Step::Forwarded { .. } => "forwards",
            Step::LeftCluster => "SNAT: leaves the cluster under the node's address",
            Step::Received(_) => "receives",
            Step::Restored => "undoes the translation of the answer",
            Step::Answered => "has the answer",
            Step::Ended(end) => match end {
                End::NoEndpoints(_) | End::NoListener => "refuses",
                End::NoRoute => "has no route",
                End::NobodyThere => "finds nobody there",
                _ => "drops",
            },
        };
        text.to_owned()
    }

    /// The rule that was taken; empty if none was.
    pub fn rule(&self) -> String {
        match &self.step {
            Step::Routed(routing) => routing.to_string(),
            Step::Translated(translation) => translation.rule(),
            Step::Ended(End::NoEndpoints(rules)) => format!("\"{} has no endpoints\" -j REJECT --reject-with icmp-port-unreachable", rules.title()),
            Step::Ended(End::NoLocalEndpoints(rules, _)) => format!("\"{} has no local endpoints\" -j DROP", rules.title()),
            Step::Ended(End::Policy(verdict)) => verdict.to_string(),
            Step::Received(Some(verdict)) => verdict.to_string(),
            _ => String::new(),
        }
    }

    /// The rules that were passed over; empty if none was.
    pub fn not_taken(&self) -> String {
        let Step::Translated(translation) = &self.step else { return String::new() };
        let Choice::Random { index, of } = translation.choice else { return String::new() };
        let mut text = String::new();
        let rules = &translation.rules;
        let reach = if translation.reach == Reach::Local { "local " } else { "" };
        let _ = write!(text, "{} of the {of} {reach}endpoints of {}", of - 1, rules.title());
        if !translation.zone.is_empty() {
            let _ = write!(text, " for zone {}", translation.zone);
        }
        if index > 0 {
            let _ = write!(text, "; the chance of the {index} before was 1/{of}");
            if index > 1 {
                let _ = write!(text, " to 1/{}", of - index + 1);
            }
        }
        text
    }

    /// Why; empty where nothing is to be explained.
    pub fn reason(&self) -> String {
        match &self.step {
            Step::Balanced { of, .. } => format!("one of {of} nodes whose health check passes, by chance; the packet itself is left as it is"),
            Step::Routed(routing) if !routing.by_cluster_ip => "ingress-nginx knows the Service's endpoints and sends to one of them itself".to_owned(),
            Step::Translated(translation) => translation.reason().to_owned(),
            Step::Forwarded { behind: true } => "this node's kube-proxy has no rules for the Service yet".to_owned(),
            Step::LeftCluster => "outside, nobody knows the way to a pod's address".to_owned(),
            Step::Ended(end) => end.reason(),
            Step::Restored => "the connection table holds the original addresses".to_owned(),
            Step::Sent | Step::Routed(_) | Step::Forwarded { .. } | Step::Received(_) | Step::Answered => String::new(),
        }
    }
}

impl Translation {
    fn rule(&self) -> String {
        let door = match self.door {
            Door::ClusterIp => "cluster IP",
            Door::NodePort => "node port",
            Door::ExternalIp => "external IP",
            Door::LoadBalancer => "loadbalancer IP",
        };
        let mut text = format!("\"{} {door}\"", self.rules.title());
        let _ = match self.choice {
            Choice::Only => write!(text, ", its only endpoint"),
            Choice::Random { index, of } if index + 1 == of => write!(text, ", endpoint {} of {of}: the last takes the rest", index + 1),
            Choice::Random { index, of } => write!(text, ", endpoint {} of {of}: --probability 1/{}", index + 1, of - index),
            Choice::Affinity { ago, seconds } => {
                write!(text, ", session affinity ClientIP: it was there {} s ago, and stays for {seconds} s", ago.seconds())
            }
            Choice::Tracked => write!(text, ", the connection is known: conntrack"),
        };
        text
    }

    fn reason(&self) -> &'static str {
        match self.masquerade {
            Masquerade::Kept(Kept::FromPod) => "the sender is a pod: its address is kept",
            Masquerade::Kept(Kept::PolicyLocal) => "externalTrafficPolicy Local: the endpoint is on this node, the sender's address is kept",
            Masquerade::Kept(Kept::PodAtOuterDoor) => {
                "externalTrafficPolicy Local, but a pod of the cluster asks on its own node: all endpoints serve it, its address is kept"
            }
            Masquerade::Hairpin => "the pod was sent back to itself: with its own address the answer would not come back this way",
            Masquerade::OffCluster => "the sender is not in the pods' network: the answer has to come back through this node",
            Masquerade::External => "externalTrafficPolicy Cluster: the answer has to come back through this node, so the sender's address is lost",
            Masquerade::LocalProcess => "a process of this node asks: all endpoints serve it, under the node's address",
            Masquerade::Always => "kube-proxy runs with --masquerade-all",
        }
    }
}

impl End {
    fn reason(&self) -> String {
        match self {
            End::NoEndpoints(_) => "no endpoint of the Service is ready".to_owned(),
            End::NoLocalEndpoints(_, Door::ClusterIp) => "internalTrafficPolicy Local, and no endpoint is on this node".to_owned(),
            End::NoLocalEndpoints(..) => "externalTrafficPolicy Local, and no endpoint is on this node".to_owned(),
            End::SourceRange(_) => "loadBalancerSourceRanges does not name the sender".to_owned(),
            End::NoListener => "nothing listens on this port".to_owned(),
            End::NoRoute => "it has no way to the cluster's inner networks".to_owned(),
            End::UnknownServiceAddress => {
                "the address is on no interface; kube-proxy has rules for the ports of Services only, and none is for this one".to_owned()
            }
            End::PingOfService => {
                "the address is on no interface: kube-proxy translates TCP, UDP and SCTP to the Service's ports, ICMP has no port and nobody answers".to_owned()
            }
            End::NobodyThere => "no pod has this address".to_owned(),
            End::Policy(_) => "a NetworkPolicy selects the pod, and none of its rules allows this".to_owned(),
            End::PastTranslator => {
                "the answer goes straight to the sender, past the node that rewrote the packet: nobody there knows it".to_owned()
            }
            End::Fault(loss) => loss.to_string(),
            End::NoHealthyNode => "no node passes the load balancer's health check".to_owned(),
        }
    }
}
