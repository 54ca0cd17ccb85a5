//! What programs ask the network is answered here, and commands are sent into containers and followed. A program's question is answered as
//! soon as the clock is there; only what the user has just sent may run a little ahead, so that a quick command has its answer at once.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::traffic::{Connection, Told};
use super::forward::{Forwards, Way};
use super::{Wakeup, World};
use crate::api::Pod;
use crate::base::{Name, SimDuration, SimTime, SmallMap};
use crate::network::{Outcome, Place, Route, dns};
use crate::runtime::{Answer, Ask, HttpRequest, HttpResponse, Message, PodName, Question, Reply, Sandbox, Url};

/// An answer that takes longer is looked after this often.
const POLL: SimDuration = SimDuration::from_millis(250);
/// So many connections are remembered; the oldest is forgotten first.
const MAX_LINKS: usize = 1024;
/// Programs ask one after the other; not more is answered at one moment.
const MAX_ANSWERS: usize = 10_000;

/// The open connections of programs, and the name server.
#[derive(Clone, Debug)]
pub struct Programs {
    links: SmallMap<u32, Link>,
    pub(super) forwards: Forwards,
    last: u32,
    /// The attempt at a connection that failed last.
    missed: Option<Connection>,
    /// The cluster's name server.
    pub names: dns::NameServer,
}

impl Programs {
    /// None yet.
    pub fn new(seed: u64, now: SimTime) -> Programs {
        Programs { links: SmallMap::new(), forwards: Forwards::new(), last: 0, missed: None, names: dns::NameServer::new(seed, now) }
    }
}

/// An open connection of a program.
#[derive(Clone, Debug)]
struct Link {
    connection: Connection,
    /// What will have come by when.
    coming: Option<(Option<HttpResponse>, SimTime)>,
    /// The ways of what the one who was asked had to ask in turn.
    onward: Vec<Route>,
    /// The container that serves it.
    server: Option<Server>,
}

/// A container that serves a connection.
#[derive(Clone, Debug, PartialEq)]
struct Server {
    node: Name,
    pod: PodName,
    index: usize,
    id: u64,
}

fn answer(reply: Reply, took: SimDuration) -> Answer {
    Answer { reply, took }
}

impl World {
    /// Answers what the programs of a pod ask up to now, and lets them go on.
    pub(super) fn answer_programs(&mut self, node: &Name, name: &PodName) {
        let sandbox = |world: &World| Some(world.machines.get(node)?.sandboxes.get(name)?.processes_due());
        let Some(Some(_)) = sandbox(self) else { return };
        let mut answered = false;
        for _ in 0..MAX_ANSWERS {
            let found = self.machines.get(node).and_then(|machine| machine.sandboxes.get(name)).and_then(Sandbox::question);
            let Some((asker, ask, at)) = found.filter(|(_, _, at)| *at <= self.now) else { break };
            let place = Place::Pod(name.0.clone(), name.1.clone());
            let answer = self.ask(&place, &ask, at);
            if asker.is_sent() {
                self.heed(&place, &ask, at);
            }
            let now = self.now;
            let Some(sandbox) = self.sandbox_mut(node, name) else { break };
            sandbox.answer(asker, answer);
            sandbox.advance(now);
            answered = true;
        }
        let due = sandbox(self).flatten();
        // Something may have ended by that.
        let soon = answered.then_some(self.now);
        if let Some(at) = due.into_iter().chain(soon).min() {
            self.agenda.put(at.max(self.now + SimDuration::from_micros(1)), Wakeup::Pod(node.clone(), name.clone()));
        }
    }

    pub(super) fn sandbox_mut(&mut self, node: &Name, name: &PodName) -> Option<&mut Sandbox> {
        Rc::make_mut(self.machines.get_mut(node)?).sandboxes.get_mut(name)
    }

    /// Answers one question of a program at a place.
    pub(super) fn ask(&mut self, from: &Place, ask: &Ask, at: SimTime) -> Answer {
        match ask {
            Ask::Names { server, questions } => self.ask_names(from, *server, questions, at),
            Ask::Connect { to, port, limit } => self.ask_connect(from, (*to, *port), *limit, at),
            Ask::Handshake { link, host } => self.ask_handshake(*link, host, at),
            Ask::Send { link, request } => self.ask_send(*link, request, at),
            Ask::Receive { link, limit } => self.ask_receive(*link, *limit, at),
            Ask::Close { link } => {
                if let Some(link) = self.programs.links.remove(link) {
                    self.close(&link.connection, at);
                }
                answer(Reply::Delivered, SimDuration::ZERO)
            }
            Ask::Kernel { words } => answer(self.look_into_kernel(from, words, at), SimDuration::ZERO),
            Ask::Echo { to } => {
                self.onlooker.begin();
                let delivery = self.ping(from, *to, at);
                answer(reply_of(delivery.outcome), delivery.took)
            }
            Ask::Datagram { to, port } => {
                self.onlooker.begin();
                let delivery = self.datagram(from, *to, *port, at);
                answer(reply_of(delivery.outcome), delivery.took)
            }
        }
    }

    /// What a command of a person has just asked: its request is kept with its way, as those of `request` are.
    pub(super) fn heed(&mut self, from: &Place, ask: &Ask, at: SimTime) {
        match ask {
            Ask::Connect { .. } => {
                if let Some(missed) = self.programs.missed.take() {
                    let url = Url::of_address(missed.destination.ip, missed.destination.port);
                    self.keep_visit(from, url, &missed, None, at);
                }
            }
            Ask::Send { link, request } => {
                let Some(link) = self.programs.links.get(link).cloned() else { return };
                let Some((response, ready)) = link.coming else { return };
                let host = &request.host;
                let url = Url::of_request(host, link.connection.destination.port, request);
                let told = Told { response: response.as_ref(), onward: link.onward, took: ready.since(at) };
                self.keep_visit(from, url, &link.connection, Some(told), at);
            }
            _ => {}
        }
    }

    fn ask_names(&mut self, from: &Place, server: Ipv4Addr, questions: &[Question], at: SimTime) -> Answer {
        self.onlooker.asks(from);
        let (mut messages, mut longest, mut other): (Vec<Option<Message>>, _, _) = (Vec::new(), SimDuration::ZERO, None);
        for question in questions {
            let (answered, took) = self.look_up(from, server, question, at);
            longest = longest.max(took);
            other = other.or(answered.as_ref().err().map(|outcome| reply_of(*outcome)));
            messages.push(answered.ok());
        }
        match other {
            Some(reply) if messages.iter().all(Option::is_none) => answer(if reply == Reply::Delivered { Reply::Silence } else { reply }, longest),
            _ => answer(Reply::Names(messages), longest),
        }
    }

    fn ask_connect(&mut self, from: &Place, (to, port): (Ipv4Addr, u16), limit: SimDuration, at: SimTime) -> Answer {
        let Some(Way { from, to, port, source }) = self.forwarded(from, to, port) else { return answer(Reply::Refused, SimDuration::ZERO) };
        self.onlooker.connects(&from);
        let mut connection = self.connect(&from, to, port, at);
        connection.source.ip = source.unwrap_or(connection.source.ip);
        let took = connection.took;
        if connection.outcome == Outcome::Dropped || took > limit {
            self.programs.missed = Some(connection);
            return answer(Reply::Silence, limit);
        }
        if connection.outcome != Outcome::Delivered {
            let reply = reply_of(connection.outcome);
            self.programs.missed = Some(connection);
            return answer(reply, took);
        }
        let source = connection.source.ip;
        let server = self.server_of(&connection);
        let programs = &mut self.programs;
        programs.last += 1;
        if programs.links.len() >= MAX_LINKS {
            programs.links.pop_first();
        }
        programs.links.insert(programs.last, Link { connection, coming: None, onward: Vec::new(), server });
        answer(Reply::Connected { link: programs.last, source }, took)
    }

    /// The container that serves a connection, if one does.
    fn server_of(&self, connection: &Connection) -> Option<Server> {
        let (Place::Pod(namespace, name), port) = connection.reached.clone()? else { return None };
        let pod = self.view().pod(&namespace, &name)?;
        let name = (namespace, name);
        let sandbox = self.machines.get(&pod.node_name)?.sandboxes.get(&name)?;
        let mut all = super::exec::all(pod).zip(&sandbox.instances).enumerate();
        let (index, (_, instance)) = all.find(|(_, (container, instance))| instance.listens(container, i32::from(port)))?;
        Some(Server { node: pod.node_name.clone(), pod: name, index, id: instance.id })
    }

    fn serves_still(&self, server: &Server) -> bool {
        let sandbox = self.machines.get(&server.node).and_then(|machine| machine.sandboxes.get(&server.pod));
        let instance = sandbox.and_then(|sandbox| sandbox.instances.get(server.index));
        instance.is_some_and(|instance| instance.id == server.id && instance.is_running())
    }

    fn ask_handshake(&mut self, number: u32, host: &str, at: SimTime) -> Answer {
        let Some(link) = self.programs.links.get(&number) else { return answer(Reply::Closed, SimDuration::ZERO) };
        let (way, reached) = (link.connection.took, link.connection.reached.clone());
        let shown = reached.and_then(|(place, port)| self.certificate_at(&place, port, host, at));
        answer(shown.map_or(Reply::Closed, |certificate| Reply::Certificate(Box::new(certificate))), way)
    }

    fn ask_send(&mut self, number: u32, request: &HttpRequest, at: SimTime) -> Answer {
        let Some(link) = self.programs.links.get(&number) else { return answer(Reply::Closed, SimDuration::ZERO) };
        let alive = link.server.as_ref().is_none_or(|server| self.serves_still(server));
        let connection = link.connection.clone();
        let (coming, onward) = match alive {
            true => {
                let exchange = self.http(&connection, request, at);
                ((exchange.response, at + exchange.took), exchange.onward)
            }
            false => ((None, at), Vec::new()),
        };
        if let Some(link) = self.programs.links.get_mut(&number) {
            (link.coming, link.onward) = (Some(coming), onward);
        }
        answer(Reply::Delivered, SimDuration::ZERO)
    }

    fn ask_receive(&mut self, number: u32, limit: SimDuration, at: SimTime) -> Answer {
        let Some(link) = self.programs.links.get(&number) else { return answer(Reply::Closed, SimDuration::ZERO) };
        let Some((response, ready)) = link.coming.clone() else { return answer(Reply::Closed, SimDuration::ZERO) };
        let left = ready.since(at);
        let broken = left > SimDuration::ZERO && link.server.as_ref().is_some_and(|server| !self.serves_still(server));
        if broken {
            let half = response.map(|response| HttpResponse { body: first_line(&response.body), cut_off: true, closes: true, ..response });
            return answer(half.map_or(Reply::Closed, Reply::Response), SimDuration::ZERO);
        }
        if left > POLL || left > limit {
            return answer(Reply::NotYet, left.min(limit).min(POLL));
        }
        let closes = response.as_ref().is_none_or(|response| response.closes);
        let link = if closes { self.programs.links.remove(&number) } else { None };
        if let Some(link) = link {
            self.close(&link.connection, at);
        }
        answer(response.map_or(Reply::Closed, Reply::Response), left)
    }
}

/// A server that takes long has sent its first line by then.
fn first_line(body: &str) -> String {
    body.split_inclusive('\n').next().unwrap_or_default().to_owned()
}

fn reply_of(outcome: Outcome) -> Reply {
    match outcome {
        Outcome::Delivered => Reply::Delivered,
        Outcome::Refused => Reply::Refused,
        Outcome::NoRoute => Reply::NoRoute,
        Outcome::HostUnreachable => Reply::HostUnreachable,
        Outcome::Dropped => Reply::Silence,
    }
}

/// The node and the name of a pod.
pub(super) fn place_of(pod: &Pod) -> (Name, PodName) {
    (pod.node_name.clone(), (pod.meta.namespace.clone(), pod.meta.name.clone()))
}
