//! Requests that a person has sent, each with its way hop by hop.

use std::rc::Rc;

use crate::api::{Kind, ObjectKey};
use crate::base::{Name, SimDuration, SimTime, sort_by_key};
use crate::engine::{Flow, Lookup, Visit};
use crate::network::{CONTROL_PLANE, Hop, Outcome, Place, Route, Step};
use crate::runtime::RecordKind;

/// A request and its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// The number of its series, and its own in that.
    pub id: (u32, u32),
    /// When it was sent.
    pub at: SimTime,
    /// Who sent it.
    pub from: Place,
    /// What was asked for.
    pub url: String,
    /// Who answered; None if nobody did.
    pub by: Option<Place>,
    /// The status of the answer; 0 without.
    pub status: u16,
    /// Its first line, or why there is none.
    pub text: Name,
    /// How long it took.
    pub took: SimDuration,
    /// The questions for its name, in their order.
    pub lookups: Vec<LookupRow>,
    /// Its way: the name server's answers, then the places that it came by, there and back.
    pub hops: Vec<HopRow>,
}

/// A question to a name server.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupRow {
    /// When it was sent.
    pub at: SimTime,
    /// Who asked.
    pub from: Place,
    /// `web.default.svc.cluster.local A`
    pub question: String,
    /// `10.96.3.4`, `NXDOMAIN`, `no answer`
    pub answer: Name,
    /// How long it took.
    pub took: SimDuration,
    /// Its way.
    pub hops: Vec<HopRow>,
}

/// What of the cluster's own a hop goes by, besides its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Via {
    /// Nothing.
    Nothing,
    /// Its name server.
    Dns,
    /// Not the cluster's name server, but one of the world outside.
    OuterDns,
    /// An Ingress: a pod of its controller read it.
    Ingress(ObjectKey),
}

/// A place on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct HopRow {
    /// Where.
    pub place: Place,
    /// What it goes by.
    pub via: Via,
    /// What was done there, as data: for who says it in other words.
    pub step: Step,
    /// `10.0.0.1:4000 → 10.0.0.2:80`, as the packet came; of a name server, the question and its answer.
    pub before: String,
    /// As it left.
    pub after: String,
    /// What was done.
    pub action: String,
    /// The rule that was taken; empty if none was.
    pub rule: String,
    /// The rules that were passed over; empty if none was.
    pub not_taken: String,
    /// Why; empty where nothing is to be explained.
    pub reason: String,
    /// Whether its way ended badly here.
    pub bad: bool,
}

/// How many of a series each answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// By who answered, or why nobody did.
    pub by: Vec<(Name, u32)>,
    /// How many were sent.
    pub sent: u32,
}

/// The latest requests, the latest first.
pub fn trips(flows: &[Rc<Flow>], most: usize) -> Vec<Trip> {
    let all = flows.iter().rev().flat_map(|flow| flow.visits.iter().rev().map(move |visit| trip(flow, visit)));
    all.take(most).collect()
}

/// Who answered the requests of the latest series.
pub fn answers(flows: &[Rc<Flow>]) -> Answers {
    let Some(flow) = flows.last() else { return Answers::default() };
    Answers { by: flow.tally.iter().map(|(who, count)| (who.clone(), *count)).collect(), sent: flow.sent }
}

/// What a pod has done for those who sent requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// The pod; empty for nobody.
    pub by: Name,
    /// How many requests of the latest it answered well, and how many with an error.
    pub answered: (u32, u32),
    /// How many came to it in each of the latest parts of time, the oldest first.
    pub rate: Vec<u32>,
}

/// What each pod has done in so many parts of time of this length before a moment, by name. Of long series the latest requests count.
pub fn loads(flows: &[Rc<Flow>], now: SimTime, parts: usize, length: SimDuration) -> Vec<Load> {
    let mut found: Vec<Load> = Vec::new();
    for visit in flows.iter().flat_map(|flow| &flow.visits) {
        let ago = now.since(visit.at).micros() / length.micros().max(1);
        let Some(part) = usize::try_from(ago).ok().and_then(|ago| parts.checked_sub(ago + 1)) else { continue };
        let by = match &visit.by {
            Some(Place::Pod(_, name)) => name.clone(),
            Some(other) => other.to_string().into(),
            None => Name::default(),
        };
        let place = match found.iter().position(|load| load.by == by) {
            Some(place) => place,
            None => {
                found.push(Load { by, answered: (0, 0), rate: vec![0; parts] });
                found.len() - 1
            }
        };
        let load = &mut found[place];
        load.rate[part] += 1;
        if (100..400).contains(&visit.status) { load.answered.0 += 1 } else { load.answered.1 += 1 }
    }
    sort_by_key(&mut found, |load| load.by.clone());
    found
}

/// The latest questions to name servers, the latest first: also those of programs in containers and on machines.
pub fn lookups(asked: &[Rc<Lookup>], most: usize) -> Vec<LookupRow> {
    asked.iter().rev().take(most).map(|lookup| lookup_row(lookup)).collect()
}

fn lookup_row(lookup: &Lookup) -> LookupRow {
    LookupRow {
        at: lookup.at,
        from: lookup.from.clone(),
        question: format!("{} {}", lookup.name, lookup.kind.as_str()),
        answer: lookup.answer.clone(),
        took: lookup.took,
        hops: rows(&lookup.route).collect(),
    }
}

fn rows(route: &Route) -> impl Iterator<Item = HopRow> + '_ {
    let last = route.hops.len().saturating_sub(1);
    let bad = route.outcome != Outcome::Delivered;
    route.hops.iter().enumerate().map(move |(n, hop)| row(hop, bad && n == last))
}

/// A question and its answer as one hop: its own way is told in [`LookupRow`]. Machines ask the gateway, which asks the world's servers.
fn answered(lookup: &Lookup) -> HopRow {
    let told = format!("{} {} → {}", lookup.name, lookup.kind.as_str(), lookup.answer);
    HopRow {
        place: lookup.route.reached().map_or(Place::ControlPlane, |hop| hop.place.clone()),
        via: if lookup.server == CONTROL_PLANE { Via::OuterDns } else { Via::Dns },
        step: Step::Received(None),
        before: told.clone(),
        after: told,
        action: String::from("answers"),
        rule: String::new(),
        not_taken: String::new(),
        reason: String::new(),
        bad: lookup.route.outcome != Outcome::Delivered,
    }
}

/// The ways of a request as one: what the one who was asked had to ask in turn comes before its own answer.
fn way(routes: &[Route]) -> Vec<HopRow> {
    let Some((first, onward)) = routes.split_first() else { return Vec::new() };
    let mut hops: Vec<HopRow> = rows(first).collect();
    let reached = hops.iter().position(|hop| matches!(hop.step, Step::Received(_))).map_or(hops.len(), |at| at + 1);
    let back = hops.split_off(reached);
    hops.extend(onward.iter().flat_map(rows));
    hops.extend(back);
    hops
}

fn trip(flow: &Flow, visit: &Visit) -> Trip {
    let url = &flow.url;
    Trip {
        id: (flow.id, visit.number),
        at: visit.at,
        from: flow.from.clone(),
        url: format!("{}://{}:{}{}", url.scheme.name(), url.host, url.port, url.target),
        by: visit.by.clone(),
        status: visit.status,
        text: visit.text.clone(),
        took: visit.took,
        lookups: visit.lookups.iter().map(|lookup| lookup_row(lookup)).collect(),
        hops: visit.lookups.iter().filter(|lookup| lookup.kind == RecordKind::A).map(|lookup| answered(lookup)).chain(way(&visit.routes)).collect(),
    }
}

fn via(step: &Step) -> Via {
    let Step::Routed(routing) = step else { return Via::Nothing };
    let (namespace, name) = routing.ingress.clone();
    Via::Ingress(ObjectKey { kind: Kind::Ingress, namespace, name })
}

fn row(hop: &Hop, bad: bool) -> HopRow {
    HopRow {
        place: hop.place.clone(),
        via: via(&hop.step),
        step: hop.step.clone(),
        before: hop.before.to_string(),
        after: hop.after.to_string(),
        action: hop.action(),
        rule: hop.rule(),
        not_taken: hop.not_taken(),
        reason: hop.reason(),
        bad,
    }
}
