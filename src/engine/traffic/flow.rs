//! Requests that a person has sent: one, many at once, or one after the other at a steady rate; who answered them, and on which way.
//! Left out: requests that overlap; each is over at the moment that it is sent, whatever time it says it took.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::{Connection, Lookup};
use crate::base::{Name, SimDuration, SimTime, SmallMap};
use crate::engine::{Wakeup, World};
use crate::network::{Outcome, Place, Route};
use crate::runtime::{HttpRequest, HttpResponse, Url};

/// So many of a flow's latest requests are kept with their ways.
const KEPT: usize = 100;
/// So many flows are kept.
const FLOWS: usize = 20;
/// A name's questions were asked this long before the request at the most.
const JUST_NOW: SimDuration = SimDuration::from_seconds(1);
/// A client goes on to a name's next address after so long without an answer, and gives up after the last.
const PATIENCE: SimDuration = SimDuration::from_seconds(5);
/// Not more requests at once than this.
const AT_ONCE: u32 = 10_000;

/// A request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// From 1.
    pub number: u32,
    /// When it was sent.
    pub at: SimTime,
    /// Who answered, as the last of those that were asked; None if nobody did.
    pub by: Option<Place>,
    /// The sender's address as the one who answered saw it.
    pub seen: Option<Ipv4Addr>,
    /// The status of the answer; 0 without.
    pub status: u16,
    /// Its first line, or why there is none.
    pub text: Name,
    /// How long it took.
    pub took: SimDuration,
    /// Its ways: to the one who was asked, and from there on.
    pub routes: Rc<[Route]>,
    /// The questions for the name that were asked before.
    pub lookups: Rc<[Rc<Lookup>]>,
}

impl Visit {
    /// One of which nothing is known yet.
    fn sent(at: SimTime) -> Visit {
        let (routes, lookups) = (Rc::from([]), Rc::from([]));
        Visit { number: 0, at, by: None, seen: None, status: 0, text: Name::default(), took: SimDuration::ZERO, routes, lookups }
    }

    /// It has come to somebody over a connection, and back.
    fn arrive(&mut self, connection: &Connection, onward: Vec<Route>, response: Option<&HttpResponse>) {
        let routes: Vec<Route> = std::iter::once(connection.route.clone()).chain(onward).collect();
        let last = routes.iter().rev().find(|route| route.outcome == Outcome::Delivered);
        self.seen = last.and_then(Route::seen_source);
        self.by = last.and_then(Route::reached).map(|hop| hop.place.clone());
        match response {
            Some(response) => (self.status, self.text) = (response.status, Name::from(response.body.lines().next().unwrap_or_default())),
            None => (self.by, self.text) = (None, Name::fixed("closed without an answer")),
        }
        self.routes = routes.into();
    }
}

/// What a client is told that asked over a connection.
pub(in crate::engine) struct Told<'a> {
    /// None if the connection was closed without an answer.
    pub response: Option<&'a HttpResponse>,
    /// The ways of what the one who was asked had to ask in turn.
    pub onward: Vec<Route>,
    /// From the request to the end of the answer.
    pub took: SimDuration,
}

/// Requests that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Its number.
    pub id: u32,
    /// Who sends.
    pub from: Place,
    /// What is asked for.
    pub url: Url,
    /// How many.
    pub count: u32,
    /// One after the other after so long; all at once if zero.
    pub every: SimDuration,
    /// Whether the connection is kept and cookies are brought back, as browsers do.
    pub keep_alive: bool,
    /// The Host header, if it is not that of what is asked for.
    pub host: Option<String>,
    /// So many were sent.
    pub sent: u32,
    /// The latest.
    pub visits: Vec<Rc<Visit>>,
    /// How many each answered; failures under their reason.
    pub tally: SmallMap<Name, u32>,
    connection: Option<Rc<Connection>>,
    /// What was set last, for the Cookie header; empty without.
    cookies: String,
}

impl Flow {
    /// One request to come.
    pub fn new(from: Place, url: Url) -> Flow {
        Flow {
            id: 0,
            from,
            url,
            count: 1,
            every: SimDuration::ZERO,
            keep_alive: false,
            host: None,
            sent: 0,
            visits: Vec::new(),
            tally: SmallMap::new(),
            connection: None,
            cookies: String::new(),
        }
    }

    /// Counts who answered.
    fn count_answer(&mut self, visit: &Visit) {
        let who = visit.by.as_ref().map_or_else(|| visit.text.clone(), |place| Name::from(place.to_string()));
        *self.tally.entry(who).or_default() += 1;
    }

    /// Whether all has been sent.
    pub fn is_over(&self) -> bool {
        self.sent >= self.count
    }

    /// The results as a table, and how many each answered.
    pub fn table(&self) -> String {
        let mut rows = vec![["#", "ANSWERED BY", "SEES", "STATUS", "HOPS", "TIME"].map(str::to_owned)];
        for visit in &self.visits {
            let micros = visit.took.micros();
            rows.push([
                visit.number.to_string(),
                visit.by.as_ref().map_or_else(|| visit.text.to_string(), Place::to_string),
                visit.seen.map_or_else(|| "-".to_owned(), |ip| ip.to_string()),
                if visit.status == 0 { "-".to_owned() } else { visit.status.to_string() },
                visit.routes.iter().map(|route| route.hops.len()).sum::<usize>().to_string(),
                format!("{}.{:03} ms", micros / 1000, micros % 1000),
            ]);
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..6).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width + 3 - cell.chars().count()));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        for (who, count) in &self.tally {
            text.push_str(&format!("{count:7} {who}\n"));
        }
        text
    }
}

impl World {
    /// The flows, the oldest first.
    pub fn flows(&self) -> &[Rc<Flow>] {
        &self.flows
    }

    /// A flow by its number.
    pub fn flow(&self, id: u32) -> Option<&Rc<Flow>> {
        self.flows.iter().find(|flow| flow.id == id)
    }

    /// Begins a flow; its first request is sent at once. Gives its number.
    pub fn start_flow(&mut self, wanted: Flow) -> u32 {
        let id = self.flows.last().map_or(1, |flow| flow.id + 1);
        let count = if wanted.every == SimDuration::ZERO { wanted.count.min(AT_ONCE) } else { wanted.count };
        let flow = Flow { id, count: count.max(1), ..wanted };
        self.keep_flow(flow);
        self.send_of_flow(id);
        id
    }

    fn keep_flow(&mut self, flow: Flow) {
        if self.flows.len() >= FLOWS {
            let over = self.flows.iter().position(|flow| flow.is_over());
            self.flows.remove(over.unwrap_or_default());
        }
        self.flows.push(Rc::new(flow));
    }

    /// Keeps a request that a command sent by itself; without what it was told it was not connected.
    pub(in crate::engine) fn keep_visit(&mut self, from: &Place, url: Url, connection: &Connection, told: Option<Told<'_>>, at: SimTime) {
        let is_its = |lookup: &&Rc<Lookup>| lookup.from == *from && lookup.at + JUST_NOW >= at && lookup.name.starts_with(url.host.trim_end_matches('.'));
        let lookups: Vec<Rc<Lookup>> = self.lookups.iter().filter(is_its).cloned().collect();
        let mut visit = Visit { number: 1, lookups: lookups.into(), took: connection.took, ..Visit::sent(at) };
        match told {
            Some(told) => {
                visit.took = visit.took + told.took;
                visit.arrive(connection, told.onward, told.response);
            }
            None => (visit.text, visit.routes) = (failure(connection.outcome), Rc::from([connection.route.clone()])),
        }
        let id = self.flows.last().map_or(1, |flow| flow.id + 1);
        let mut flow = Flow { id, sent: 1, ..Flow::new(from.clone(), url) };
        flow.count_answer(&visit);
        flow.visits.push(Rc::new(visit));
        self.keep_flow(flow);
    }

    /// Sends a flow's next request, or all that are left if they go at once.
    pub(in crate::engine) fn send_of_flow(&mut self, id: u32) {
        while let Some(flow) = self.flow(id).filter(|flow| !flow.is_over()).cloned() {
            let mut cookies = flow.cookies.clone();
            let (visit, connection) = self.visit(&flow, &mut cookies);
            let Some(kept) = self.flows.iter_mut().find(|flow| flow.id == id) else { return };
            let kept = Rc::make_mut(kept);
            kept.sent += 1;
            if flow.keep_alive {
                (kept.connection, kept.cookies) = (connection, cookies);
            }
            kept.count_answer(&visit);
            if kept.visits.len() >= KEPT {
                kept.visits.remove(0);
            }
            kept.visits.push(Rc::new(visit));
            if flow.every != SimDuration::ZERO {
                if !kept.is_over() {
                    let at = self.now + flow.every;
                    self.agenda.put(at, Wakeup::Traffic(id));
                }
                return;
            }
        }
    }

    /// One request, which brings the cookies and gets those that are set.
    fn visit(&mut self, flow: &Flow, cookies: &mut String) -> (Visit, Option<Rc<Connection>>) {
        let at = self.now;
        self.onlooker.begin();
        let mut visit = Visit { number: flow.sent + 1, ..Visit::sent(at) };
        let connection = match flow.connection.clone().filter(|connection| self.still_there(connection)) {
            Some(connection) => self.over_again(connection),
            None => {
                let resolved = self.resolve(&flow.from, &flow.url.host, at);
                (visit.took, visit.lookups) = (resolved.took, resolved.lookups.into());
                let Some(connection) = self.connect_to_any(flow, &resolved.addresses, &mut visit) else {
                    visit.text = Name::from(format!("could not resolve {}", flow.url.host));
                    return (visit, None);
                };
                Rc::new(connection)
            }
        };
        if connection.outcome != Outcome::Delivered {
            visit.text = failure(connection.outcome);
            visit.routes = Rc::from([connection.route.clone()]);
            return (visit, None);
        }
        let host = flow.host.clone().unwrap_or_else(|| flow.url.host_header());
        let mut request = HttpRequest { tls: flow.url.is_tls(), ..HttpRequest::get(&flow.url.target, &host) };
        if !cookies.is_empty() {
            request.headers.push(("Cookie".to_owned(), cookies.clone()));
        }
        let exchange = self.http(&connection, &request, at + visit.took);
        visit.took = visit.took + exchange.took;
        if !flow.keep_alive {
            self.close(&connection, at + visit.took);
        }
        if let Some(set) = exchange.response.as_ref().and_then(|response| response.header("Set-Cookie")) {
            *cookies = set.split(';').next().unwrap_or_default().to_owned();
        }
        visit.arrive(&connection, exchange.onward, exchange.response.as_ref());
        (visit, Some(connection))
    }

    /// The next request over a connection that is kept goes where its first packet went.
    fn over_again(&mut self, connection: Rc<Connection>) -> Rc<Connection> {
        self.onlooker.note(&connection.route);
        connection
    }

    /// Whether the other end of a kept connection still runs.
    fn still_there(&self, connection: &Connection) -> bool {
        connection.reached.as_ref().is_some_and(|(place, port)| self.takes(place, *port))
    }

    /// Tries the addresses of a name one after the other, as browsers and curl do. None if there is none.
    fn connect_to_any(&mut self, flow: &Flow, addresses: &[Ipv4Addr], visit: &mut Visit) -> Option<Connection> {
        let mut last = None;
        for ip in addresses {
            let connection = self.connect(&flow.from, *ip, flow.url.port, visit.at + visit.took);
            visit.took = visit.took + if connection.outcome == Outcome::Dropped { PATIENCE } else { connection.took };
            let done = connection.outcome == Outcome::Delivered;
            last = Some(connection);
            if done {
                break;
            }
        }
        last
    }
}

/// Why a connection was not made.
fn failure(outcome: Outcome) -> Name {
    Name::fixed(match outcome {
        Outcome::Refused => "refused",
        Outcome::NoRoute => "no route",
        Outcome::HostUnreachable => "host unreachable",
        _ => "timed out",
    })
}
