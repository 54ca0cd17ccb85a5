//! Names turned into addresses over the network: each question to a name server is a datagram with a way of its own, and is kept for whoever
//! looks on. Models glibc's res_search for requests that no program sends.
//! Left out: TCP to name servers.

use std::fmt;
use std::net::Ipv4Addr;
use std::rc::Rc;

use crate::base::{Name, SimDuration, SimTime};
use crate::engine::World;
use crate::network::ingress::addresses_of;
use crate::network::{CLIENT, CONTROL_PLANE, Outcome, Place, Route};
use crate::runtime::{Message, Question, Record, RecordData, RecordKind, Resolver, ResponseCode, cluster_resolver};

/// A name server takes about this long for an answer.
const THINKING: SimDuration = SimDuration::from_micros(250);
/// So many questions are kept, the latest.
const KEPT: usize = 100;
/// Answers of the world's name servers live so many seconds.
const WORLD_TTL: u32 = 30;
/// The port of name servers.
const PORT: u16 = 53;
/// The name of the machine outside.
const OUTSIDE: &str = "api.somecompany.com";

/// A question to a name server and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// When it was sent.
    pub at: SimTime,
    /// Who asked.
    pub from: Place,
    /// The server's address as it was asked: `10.96.0.10`.
    pub server: Ipv4Addr,
    /// The name that was asked for.
    pub name: Name,
    /// What was asked of it.
    pub kind: RecordKind,
    /// The answer in short: addresses, `NXDOMAIN`, `no such record`; why there is none.
    pub answer: Name,
    /// How long it took; zero without an answer.
    pub took: SimDuration,
    /// The way of the question.
    pub route: Route,
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.took.micros();
        write!(f, "{} asks {} for {} {}: {}", self.from, self.server, self.name, self.kind.as_str(), self.answer)?;
        if micros == 0 { Ok(()) } else { write!(f, " ({}.{:03} ms)", micros / 1000, micros % 1000) }
    }
}

/// The addresses of a name, the questions that led to them, and how long that took.
pub(super) struct Resolved {
    pub addresses: Vec<Ipv4Addr>,
    pub lookups: Vec<Rc<Lookup>>,
    pub took: SimDuration,
}

impl World {
    /// The latest questions to name servers, the oldest first.
    pub fn lookups(&self) -> &[Rc<Lookup>] {
        &self.lookups
    }

    /// Sends one question to a server: its answer, or how the packet ended; and how long it took.
    pub(in crate::engine) fn look_up(&mut self, from: &Place, server: Ipv4Addr, question: &Question, at: SimTime) -> (Result<Message, Outcome>, SimDuration) {
        let delivery = self.datagram(from, server, PORT, at);
        let is_server = matches!(&delivery.reached, Some((Place::ControlPlane | Place::Pod(..), PORT)));
        let answered = match delivery.outcome {
            Outcome::Delivered if is_server => Ok(self.name_server_answer(question, at)),
            outcome => Err(outcome),
        };
        let took = match answered {
            Ok(_) => delivery.took + THINKING,
            Err(_) => delivery.took,
        };
        let answer = match &answered {
            Ok(message) => told(message),
            Err(Outcome::Refused) => Name::fixed("refused"),
            Err(Outcome::NoRoute) => Name::fixed("no route"),
            Err(_) => Name::fixed("no answer"),
        };
        if self.lookups.len() >= KEPT {
            self.lookups.remove(0);
        }
        let (name, kind) = (Name::from(question.name.as_str()), question.kind);
        self.lookups.push(Rc::new(Lookup { at, from: from.clone(), server, name, kind, answer, took, route: delivery.route }));
        (answered, took)
    }

    /// What the name server answers: what it knows, else what the servers of the world say of the hosts of ingresses.
    fn name_server_answer(&mut self, question: &Question, at: SimTime) -> Message {
        let mut message = self.programs.names.answer(self.api.view(), question, at);
        if message.code == ResponseCode::NxDomain && message.authority.is_empty() {
            let found = self.names_outside(&question.name);
            if !found.is_empty() {
                message.code = ResponseCode::NoError;
                let kept = found.into_iter().filter(|_| question.kind == RecordKind::A);
                message.answers.extend(kept.map(|ip| Record { name: question.name.clone(), ttl: WORLD_TTL, data: RecordData::A(ip) }));
            }
        }
        message
    }

    /// What the name servers outside the cluster answer: the hosts of ingresses lead to the addresses of these, another one first each
    /// time, as whoever owns such a name would set it up.
    fn names_outside(&mut self, host: &str) -> Vec<Ipv4Addr> {
        if host == OUTSIDE {
            return vec![CLIENT];
        }
        let mut found = addresses_of(self.view(), host);
        if !found.is_empty() {
            let first = self.network.random.below(found.len() as u64) as usize;
            found.rotate_left(first);
        }
        found
    }

    /// Whom a place asks for names, and how.
    fn resolver_of(&self, place: &Place) -> Resolver {
        let Place::Pod(namespace, name) = place else { return Resolver::parse(&format!("nameserver {CONTROL_PLANE}\n")) };
        let node = self.view().pod(namespace, name).map(|pod| pod.node_name.clone());
        let sandbox = node.and_then(|node| self.machine(&node)?.sandboxes.get(&(namespace.clone(), name.clone())));
        let own = sandbox.and_then(|sandbox| sandbox.naming.as_ref()?.resolver.as_deref());
        own.map_or_else(|| Resolver::parse(&cluster_resolver(namespace)), Resolver::parse)
    }

    /// The addresses behind a name, query by query as the C library of a place goes through its search list.
    pub(super) fn resolve(&mut self, from: &Place, host: &str, at: SimTime) -> Resolved {
        let mut resolved = Resolved { addresses: Vec::new(), lookups: Vec::new(), took: SimDuration::ZERO };
        if host == "localhost" {
            resolved.addresses.push(Ipv4Addr::LOCALHOST);
            return resolved;
        }
        if let Ok(ip) = host.parse() {
            resolved.addresses.push(ip);
            return resolved;
        }
        let resolver = self.resolver_of(from);
        for name in resolver.candidates(&host.to_ascii_lowercase()) {
            let answered = self.ask_servers(from, &resolver, &name, at, &mut resolved);
            if !answered || !resolved.addresses.is_empty() {
                break;
            }
        }
        resolved
    }

    /// Asks the servers for both kinds of addresses of one name, again after each time-out. False if none said anything.
    fn ask_servers(&mut self, from: &Place, resolver: &Resolver, name: &str, at: SimTime, resolved: &mut Resolved) -> bool {
        for _ in 0..resolver.attempts {
            for server in &resolver.servers {
                let (mut answered, mut longest) = (true, SimDuration::ZERO);
                for kind in [RecordKind::A, RecordKind::Aaaa] {
                    let question = Question { name: name.to_owned(), kind };
                    let (answer, took) = self.look_up(from, *server, &question, at + resolved.took);
                    resolved.lookups.extend(self.lookups.last().cloned());
                    longest = longest.max(took);
                    answered &= answer.is_ok();
                    resolved.addresses.extend(answer.iter().flat_map(Message::addresses));
                }
                if answered {
                    resolved.took = resolved.took + longest;
                    return true;
                }
                resolved.took = resolved.took + resolver.timeout;
            }
        }
        false
    }
}

/// An answer in short.
fn told(message: &Message) -> Name {
    let mut all: Vec<String> = message.addresses().map(|ip| ip.to_string()).collect();
    let alias = |record: &Record| if let RecordData::Cname(target) = &record.data { Some(format!("alias of {target}")) } else { None };
    let aliases: Vec<String> = message.answers.iter().filter_map(alias).collect();
    all.splice(..0, aliases);
    match (message.code, all.is_empty()) {
        (ResponseCode::NoError, false) => Name::from(all.join(", ")),
        (ResponseCode::NoError, true) if message.answers.is_empty() => Name::fixed("no such record"),
        (ResponseCode::NoError, true) => Name::from(format!("{} records", message.answers.len())),
        (code, _) => Name::fixed(code.as_str()),
    }
}
