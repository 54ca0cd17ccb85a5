//! The ways that packets take, for a host that looks on: who asked whom, through which places, and how that ended. Nothing of the world
//! depends on it, and a copy of the world has nobody who looks on.
//! Left out: what programs send over a connection after its first packet; it goes where that one went.

use crate::network::{Outcome, Packet, Place, Route};

/// So many ways wait for the host; of more only the ends are counted.
const MOST: usize = 8_192;

/// The way of a packet to where it ended. Its answer, if there is one, goes the same way back.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Packets of one request (the questions for its name, its connection, what that led to) have the same number and follow each other.
    pub series: u32,
    /// The places, and the packet as it left each of them. No place follows itself.
    pub way: Box<[(Place, Packet)]>,
    /// How it ended.
    pub outcome: Outcome,
}

/// What a host has not taken yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passages {
    /// The ways, in the order in which the packets were sent.
    pub ways: Vec<Passage>,
    /// How those ended whose ways are not told: there are too many.
    pub beyond: Ends,
}

impl Passages {
    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty() && self.beyond == Ends::default()
    }
}

/// How many packets ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Were answered.
    pub answered: u32,
    /// Were refused, or had no way.
    pub refused: u32,
    /// Vanished.
    pub lost: u32,
}

impl Ends {
    /// One more.
    pub fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Delivered => &mut self.answered,
            Outcome::Refused | Outcome::NoRoute => &mut self.refused,
            Outcome::HostUnreachable | Outcome::Dropped => &mut self.lost,
        };
        *count += 1;
    }

    /// All of them.
    pub fn all(self) -> u32 {
        self.answered + self.refused + self.lost
    }
}

/// Notes the ways of packets for a host, once that has asked.
#[derive(Debug, Default)]
pub(in crate::engine) struct Onlooker {
    noted: Option<Passages>,
    series: u32,
    /// Who asked for a name last: it connects next.
    asking: Option<Place>,
}

impl Clone for Onlooker {
    fn clone(&self) -> Onlooker {
        Onlooker::default()
    }
}

impl Onlooker {
    /// What was noted since the last call; the first call begins.
    pub fn take(&mut self) -> Passages {
        self.noted.replace(Passages::default()).unwrap_or_default()
    }

    /// What is sent from here on belongs together.
    pub fn begin(&mut self) {
        self.series += 1;
        self.asking = None;
    }

    /// A program asks for a name.
    pub fn asks(&mut self, from: &Place) {
        self.begin();
        if self.noted.is_some() {
            self.asking = Some(from.clone());
        }
    }

    /// A program connects: that belongs to its question before.
    pub fn connects(&mut self, from: &Place) {
        if self.asking.take().as_ref() != Some(from) {
            self.begin();
        }
    }

    /// A packet was sent.
    pub fn note(&mut self, route: &Route) {
        let Some(noted) = &mut self.noted else { return };
        if route.hops.is_empty() {
            return;
        }
        if noted.ways.len() >= MOST {
            noted.beyond.add(route.outcome);
            return;
        }
        let back = if route.outcome == Outcome::Delivered { route.reached() } else { None };
        let mut way: Vec<(Place, Packet)> = Vec::with_capacity(route.hops.len());
        for hop in &route.hops {
            match way.last_mut() {
                Some((place, packet)) if *place == hop.place => *packet = hop.after,
                _ => way.push((hop.place.clone(), hop.after)),
            }
            if back.is_some_and(|last| std::ptr::eq(last, hop)) {
                break;
            }
        }
        noted.ways.push(Passage { series: self.series, way: way.into(), outcome: route.outcome });
    }
}
