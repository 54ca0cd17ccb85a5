//! Packets on their ways, as they are seen: each goes from place to place in wall time, however short its way was in the cluster's, and its
//! answer comes back. Times are milliseconds of one clock, lengths those of the stage's ground.
//! What is drawn does not touch what happens: the cluster has long gone on.

use super::super::layout::Plan;
use super::super::trip;
use crate::simulator::{Ends, Frame, LargeMap, Name, Outcome, Passage, Passages, Place, Uid};

/// Not more packets than these are drawn at a time; others are only counted.
const MOST: usize = 6_000;
/// No way has more places.
const LONGEST: usize = 12;
/// So few are drawn large, with what is written on them.
pub const FEW: usize = 3;
/// From a place to the next: so few packets that each can be followed, and many.
const SLOW: f64 = 600.0;
const BRISK: f64 = 420.0;
const FOLLOWED: usize = 12;
/// Packets that were sent at once set out one after the other: so long after each other, and all of them within this time.
const APART: f64 = 40.0;
const WITHIN: f64 = 1_500.0;
/// How long the end of one that nobody answered is seen.
const LINGER: f64 = 900.0;
/// The port of name servers.
const DNS: u16 = 53;
/// How long a way stays lit.
const LIT: f64 = 1_300.0;
/// How long the counts stay when all have come to their ends.
const AFTER: f64 = 4_000.0;

/// What a packet is, as it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It goes to whom is asked.
    Request,
    /// It comes back.
    Answer,
    /// It was refused, and comes back with that.
    Refused,
    /// It vanishes.
    Lost,
}

/// A packet at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    pub x: f64,
    pub y: f64,
    pub mark: Mark,
    /// How much of it is left, 0 to 1.
    pub strength: f64,
}

/// A packet's way.
#[derive(Clone, Debug)]
struct Packet {
    way: [u16; LONGEST],
    stops: usize,
    outcome: Outcome,
    begun: f64,
    /// From a place to the next.
    hop: f64,
    /// How long the one who was asked takes, because it asks others in turn.
    wait: f64,
    /// How far to the side it goes, 0 to 1; each has its own, so that many are a stream and not a line.
    sway: f64,
    /// What is written on it when it leaves each place; nothing among many.
    words: Vec<String>,
}

/// A part of a way that is lit instead of packets that move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trail {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub mark: Mark,
    /// How many went there lately.
    pub count: u32,
    /// How much of its light is left, 0 to 1.
    pub strength: f64,
}

#[derive(Clone, Copy, Debug)]
struct Lane {
    from: u16,
    to: u16,
    mark: Mark,
    lit: f64,
    count: u32,
}

/// A place, and whether it is the cluster's name server there.
type Stop = (Place, bool);

/// Where each place of a way is on the stage: the cluster's name server has a card of its own, and the others are outside.
fn stops(passage: &Passage) -> impl Iterator<Item = Stop> {
    let asked = passage.way.first().map(|(_, packet)| packet.destination);
    passage.way.iter().map(move |(place, packet)| match place {
        Place::ControlPlane if packet.destination.port == DNS => {
            let own = asked != Some(packet.destination);
            if own { (Place::ControlPlane, true) } else { (Place::Client, false) }
        }
        _ => (place.clone(), false),
    })
}

/// How many packets are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// On their ways.
    pub flying: u32,
    /// Not yet answered in any way.
    pub asking: u32,
    /// How those ended that are past that.
    pub ended: Ends,
    /// Whether ways are lit instead of packets that move.
    pub lit: bool,
}

/// How packets are to be shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Manner {
    /// They move; the clock plays so many times as fast as life.
    Moving(f64),
    /// Their ways light up: movement could not be followed, or is not wanted.
    Lit,
}

/// All packets on their ways.
#[derive(Debug, Default)]
pub struct Fleet {
    packets: Vec<Packet>,
    lanes: Vec<Lane>,
    lane_of: LargeMap<(u16, u16, u8), usize>,
    places: Vec<Stop>,
    ids: LargeMap<Stop, u16>,
    points: Vec<(f64, f64)>,
    uids: Vec<Option<Uid>>,
    /// Whether a place is new, or all may have moved.
    moved: bool,
    done: Ends,
    launched: u32,
    /// When the last of them has come to its end.
    ends: f64,
}

fn outward(packet: &Packet) -> f64 {
    (packet.stops - 1) as f64 * packet.hop
}

/// When a packet has come to its end, and is not seen any more.
fn end(packet: &Packet) -> f64 {
    let there = outward(packet);
    packet.begun
        + match packet.outcome {
            Outcome::Delivered => 2.0 * there + packet.wait,
            Outcome::Refused => 2.0 * there + LINGER / 2.0,
            Outcome::NoRoute | Outcome::HostUnreachable | Outcome::Dropped => there + LINGER,
        }
}

/// A little slower near each place.
fn eased(part: f64) -> f64 {
    0.5 * part + 0.5 * part * part * (3.0 - 2.0 * part)
}

/// How far to the right of its straight line a part of a way goes, at its middle: there and back are two lanes.
pub fn bow(from: (f64, f64), to: (f64, f64), sway: f64) -> (f64, f64) {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = (x * x + y * y).sqrt().max(1.0);
    let out = (length * 0.1).clamp(9.0, 30.0) * (0.3 + sway);
    (-y / length * out, x / length * out)
}

impl Fleet {
    /// Whether something is on its way, or its counts are still to be read.
    pub fn is_busy(&self, at: f64) -> bool {
        self.launched > 0 && at < self.ends + AFTER
    }

    /// Whether something is drawn.
    pub fn is_moving(&self, at: f64) -> bool {
        self.launched > 0 && at < self.ends
    }

    /// Packets that were just sent set out.
    pub fn launch(&mut self, sent: Passages, manner: Manner, at: f64) {
        if !self.is_busy(at) {
            *self = Fleet::default();
        }
        self.prune(at);
        let beyond = sent.beyond;
        self.done = Ends { answered: self.done.answered + beyond.answered, refused: self.done.refused + beyond.refused, lost: self.done.lost + beyond.lost };
        self.launched += beyond.all() + u32::try_from(sent.ways.len()).unwrap_or(u32::MAX);
        self.ends = self.ends.max(at);
        match manner {
            Manner::Moving(speed) => self.set_out(&sent.ways, speed, at),
            Manner::Lit => sent.ways.iter().for_each(|passage| self.light(passage, at)),
        }
    }

    fn set_out(&mut self, sent: &[Passage], speed: f64, at: f64) {
        let pace = if self.packets.len() + sent.len() <= FOLLOWED { SLOW } else { BRISK };
        // Ten times as fast, twice as brisk.
        let hop = pace / (1.0 + (speed.clamp(1.0, 100.0) - 1.0) / 9.0).min(2.0);
        let mut heads = 0;
        let mut last = None;
        for passage in sent {
            heads += usize::from(last.replace(passage.series) != Some(passage.series));
        }
        let apart = APART.min(WITHIN / heads.max(1) as f64);
        let written = self.packets.len() + sent.len() <= FEW;
        let (mut head, mut before) = (0.0, None);
        for passage in sent {
            let follows = before.is_some_and(|(series, _)| series == passage.series);
            if !follows {
                head = if before.is_some() { head + apart } else { head };
            }
            if self.packets.len() >= MOST || passage.way.len() > LONGEST {
                self.done.add(passage.outcome);
                before = None;
                continue;
            }
            let mut packet = self.packet(passage, hop, at + head);
            if written {
                packet.words = passage.way.iter().map(|(_, packet)| packet.to_string()).collect();
            }
            if let Some((_, index)) = before.filter(|_| follows) {
                self.follow(index, &mut packet);
            }
            self.ends = self.ends.max(end(&packet));
            before = Some((passage.series, self.packets.len()));
            self.packets.push(packet);
        }
    }

    /// What belongs to a packet before: whoever was asked asks in turn, or the same one asks again.
    fn follow(&mut self, index: usize, packet: &mut Packet) {
        let before = &mut self.packets[index];
        if before.way[before.stops - 1] == packet.way[0] && before.outcome == Outcome::Delivered {
            packet.begun = before.begun + outward(before);
            before.wait = end(packet) - packet.begun;
            self.ends = self.ends.max(end(before));
        } else {
            packet.begun = end(before);
        }
    }

    fn packet(&mut self, passage: &Passage, hop: f64, begun: f64) -> Packet {
        let mut way = [0; LONGEST];
        for (id, stop) in way.iter_mut().zip(stops(passage)) {
            *id = self.id(stop);
        }
        // Without a pattern, and the same each time.
        let number = self.launched.wrapping_add(self.packets.len() as u32).wrapping_mul(0x9E37_79B1);
        let sway = f64::from((number ^ number >> 15).wrapping_mul(0x85EB_CA77) >> 16) / 65_536.0;
        Packet { way, stops: passage.way.len(), outcome: passage.outcome, begun, hop, wait: 0.0, sway, words: Vec::new() }
    }

    fn id(&mut self, stop: Stop) -> u16 {
        if let Some(id) = self.ids.get(&stop) {
            return *id;
        }
        let id = u16::try_from(self.places.len()).unwrap_or(u16::MAX);
        if id < u16::MAX {
            self.ids.insert(stop.clone(), id);
            self.places.push(stop);
            self.points.push((0.0, 0.0));
            self.uids.push(None);
            self.moved = true;
        }
        id.min(u16::MAX - 1)
    }

    fn light(&mut self, passage: &Passage, at: f64) {
        let ids: Vec<u16> = stops(passage).map(|stop| self.id(stop)).collect();
        let last = ids.len().saturating_sub(2);
        let back = match passage.outcome {
            Outcome::Delivered => Some(Mark::Answer),
            Outcome::Refused => Some(Mark::Refused),
            Outcome::NoRoute | Outcome::HostUnreachable | Outcome::Dropped => None,
        };
        for (n, leg) in ids.windows(2).enumerate() {
            let mark = if back.is_none() && n == last { Mark::Lost } else { Mark::Request };
            self.light_lane((leg[0], leg[1]), mark, at);
            if let Some(mark) = back {
                self.light_lane((leg[1], leg[0]), mark, at);
            }
        }
        self.done.add(passage.outcome);
        self.ends = self.ends.max(at + LIT);
    }

    fn light_lane(&mut self, (from, to): (u16, u16), mark: Mark, at: f64) {
        let next = self.lanes.len();
        let lane = *self.lane_of.get_or_insert_with((from, to, mark as u8), || next);
        if lane == next {
            self.lanes.push(Lane { from, to, mark, lit: at, count: 0 });
        }
        let lane = &mut self.lanes[lane];
        lane.count = if at - lane.lit > LIT { 1 } else { lane.count + 1 };
        lane.lit = at;
    }

    /// Those that have come to their ends are only counted from here on.
    pub fn prune(&mut self, at: f64) {
        let done = &mut self.done;
        self.packets.retain(|packet| {
            let flies = at < end(packet);
            if !flies {
                done.add(packet.outcome);
            }
            flies
        });
    }

    /// Everything may stand elsewhere.
    pub fn move_ground(&mut self) {
        self.moved = true;
    }

    /// Finds where the places are, if they may have moved. What is gone stays where it was.
    pub fn settle(&mut self, frame: &Frame, plan: &Plan) {
        if !std::mem::take(&mut self.moved) {
            return;
        }
        let unknown = |uid: &Option<Uid>| uid.is_none_or(|uid| plan.pods.get(&uid).is_none());
        let pods = self.places.iter().zip(&self.uids).any(|((place, _), uid)| matches!(place, Place::Pod(..)) && unknown(uid));
        let mut by_name: LargeMap<(&Name, &Name), Uid> = LargeMap::new();
        if pods {
            for pod in frame.pods() {
                by_name.insert((&pod.key.namespace, &pod.key.name), pod.uid);
            }
        }
        for (((place, is_dns), uid), point) in self.places.iter().zip(&mut self.uids).zip(&mut self.points) {
            match place {
                Place::Pod(namespace, name) => {
                    if unknown(uid) {
                        *uid = by_name.get(&(namespace, name)).copied();
                    }
                    match uid.and_then(|uid| plan.pods.get(&uid)) {
                        Some(spot) => *point = spot.middle(),
                        None if *point == (0.0, 0.0) => *point = trip::place(frame, plan, &Place::ControlPlane),
                        None => {}
                    }
                }
                _ => {
                    let dns = plan.dns.filter(|_| *is_dns).map(|at| (at.x + at.w / 2.0, at.bottom()));
                    *point = dns.unwrap_or_else(|| trip::place(frame, plan, place));
                }
            }
        }
    }

    /// Puts all that are seen at a moment into lists that are used again.
    pub fn look(&self, at: f64, seen: &mut Vec<Seen>) {
        seen.clear();
        seen.extend(self.packets.iter().filter_map(|packet| self.seen(packet, at)));
    }

    /// What is written on the few that are on their ways, and where they are.
    pub fn words(&self, at: f64) -> impl Iterator<Item = (Seen, &str)> {
        self.packets.iter().filter(|packet| !packet.words.is_empty()).filter_map(move |packet| {
            let seen = self.seen(packet, at)?;
            let leg = ((at - packet.begun) / packet.hop) as usize;
            Some((seen, packet.words[leg.min(packet.stops - 1)].as_str())).filter(|_| seen.mark == Mark::Request)
        })
    }

    /// The ways that are lit.
    pub fn trails(&self, at: f64) -> impl Iterator<Item = Trail> {
        self.lanes.iter().filter(move |lane| at < lane.lit + LIT).map(move |lane| {
            let [from, to] = [lane.from, lane.to].map(|id| self.points[usize::from(id)]);
            Trail { from, to, mark: lane.mark, count: lane.count, strength: 1.0 - (at - lane.lit).max(0.0) / LIT }
        })
    }

    fn seen(&self, packet: &Packet, at: f64) -> Option<Seen> {
        let time = at - packet.begun;
        let (there, last) = (outward(packet), packet.stops - 1);
        let stop = |n: usize| self.points[usize::from(packet.way[n.min(last)])];
        if time < 0.0 {
            return None;
        }
        if time < there {
            let leg = (time / packet.hop) as usize;
            return Some(between(stop(leg), stop(leg + 1), time / packet.hop - leg as f64, packet.sway, Mark::Request));
        }
        let (mark, back) = match packet.outcome {
            Outcome::Delivered => (Mark::Answer, time - there - packet.wait),
            Outcome::Refused => (Mark::Refused, time - there),
            Outcome::NoRoute | Outcome::HostUnreachable | Outcome::Dropped => {
                let left = 1.0 - (time - there) / LINGER;
                let (x, y) = stop(last);
                let mark = if packet.outcome == Outcome::NoRoute { Mark::Refused } else { Mark::Lost };
                let (aside, down) = ((packet.sway - 0.5) * 26.0, (1.0 - left) * (8.0 + 14.0 * packet.sway));
                return (left > 0.0).then_some(Seen { x: x + aside, y: y + down, mark, strength: left });
            }
        };
        if back < 0.0 {
            return Some(between(stop(last), stop(last), 0.0, packet.sway, Mark::Request));
        }
        if back < there {
            let leg = (back / packet.hop) as usize;
            return Some(between(stop(last - leg), stop(last - leg - 1), back / packet.hop - leg as f64, packet.sway, mark));
        }
        (at < end(packet)).then(|| between(stop(0), stop(0), 0.0, packet.sway, mark))
    }

    /// How many are where.
    pub fn counts(&self, at: f64) -> Counts {
        let mut counts = Counts { flying: 0, asking: 0, ended: self.done, lit: self.trails(at).next().is_some() };
        for packet in &self.packets {
            let time = at - packet.begun;
            counts.flying += u32::from(time >= 0.0 && at < end(packet));
            if time < outward(packet) + packet.wait { counts.asking += 1 } else { counts.ended.add(packet.outcome) }
        }
        counts
    }
}

/// On the way between two places.
fn between(from: (f64, f64), to: (f64, f64), part: f64, sway: f64, mark: Mark) -> Seen {
    let along = eased(part);
    let out = bow(from, to, sway);
    let side = 4.0 * along * (1.0 - along);
    // At a place they are a small crowd.
    let scatter = ((sway - 0.5) * 9.0, ((sway * 7.0).fract() - 0.5) * 9.0);
    let at = |from: f64, to: f64, out: f64, scatter: f64| from + (to - from) * along + out * side + scatter;
    Seen { x: at(from.0, to.0, out.0, scatter.0), y: at(from.1, to.1, out.1, scatter.1), mark, strength: 1.0 }
}

#[cfg(test)]
mod tests;
