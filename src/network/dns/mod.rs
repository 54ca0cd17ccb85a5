//! The cluster's name server: what CoreDNS answers with kubeadm's Corefile (kubernetes with `pods insecure` and `ttl 30`, forward, cache 30 for
//! names outside the cluster, loadbalance). Models coredns plugin/kubernetes kubernetes.go Records, reverse.go, plugin/loadbalance.
//! Left out: zone transfers, IPv6, stub domains, the size of messages.

mod zone;

use std::net::Ipv4Addr;

use super::ingress;
use crate::base::{Random, SimDuration, SimTime, SmallMap};
use crate::runtime::{Message, Question, Record, RecordData, RecordKind, ResponseCode};
use crate::store::View;

/// Records live so many seconds (kubernetes `ttl`, cache).
const TTL: u32 = 30;
/// A chain of other names is followed so far.
const MAX_CHAIN: usize = 8;
/// The one name outside the cluster that a stand-in for the world's servers knows.
const OUTSIDE: (&str, Ipv4Addr) = ("api.somecompany.com", super::CLIENT);

/// A name server and what it remembers.
#[derive(Clone, Debug)]
pub struct NameServer {
    /// When what it tells last changed, in seconds.
    pub serial: u64,
    /// When it asked for a name outside the cluster.
    asked: SmallMap<String, SimTime>,
    random: Random,
}

impl NameServer {
    /// One that has just begun.
    pub fn new(seed: u64, now: SimTime) -> NameServer {
        NameServer { serial: now.seconds(), asked: SmallMap::new(), random: Random::stream(seed, "names") }
    }

    /// Answers a question.
    pub fn answer(&mut self, view: View<'_>, question: &Question, now: SimTime) -> Message {
        let mut message = Message { code: ResponseCode::NoError, answers: Vec::new(), authority: Vec::new(), additional: Vec::new() };
        let mut name = question.name.clone();
        for _ in 0..MAX_CHAIN {
            let found = match zone::relative(&name) {
                Some(labels) => zone::lookup(view, &labels, &name, question.kind),
                None if name.ends_with(".in-addr.arpa") => zone::reverse(view, &name, question.kind),
                None => self.outside(view, &name, question.kind, now),
            };
            message.code = found.code;
            message.additional.extend(found.additional);
            let next = match (&found.records[..], question.kind) {
                ([Record { data: RecordData::Cname(target), .. }], kind) if kind != RecordKind::Cname => Some(target.clone()),
                _ => None,
            };
            let none = found.records.is_empty();
            message.answers.extend(found.records);
            match next {
                Some(target) => name = target,
                None => {
                    if none && message.answers.is_empty() && !found.outside {
                        message.authority.push(self.start_of_authority());
                    }
                    break;
                }
            }
        }
        // Another name lives no longer than what it leads to.
        let shortest = message.answers.iter().map(|record| record.ttl).min().unwrap_or(TTL);
        message.answers.iter_mut().for_each(|record| record.ttl = shortest);
        self.shuffle(&mut message.answers);
        self.shuffle(&mut message.additional);
        message
    }

    fn start_of_authority(&self) -> Record {
        let data = RecordData::Soa { server: "ns.dns.cluster.local".to_owned(), mailbox: "hostmaster.cluster.local".to_owned(), serial: self.serial };
        Record { name: "cluster.local".to_owned(), ttl: TTL, data }
    }

    /// A name that is not the cluster's: what the servers of the world say, which is kept for half a minute.
    /// Whoever owns the host of an ingress has set it up to lead to the ingress's addresses.
    fn outside(&mut self, view: View<'_>, name: &str, kind: RecordKind, now: SimTime) -> zone::Found {
        let addresses = if name == OUTSIDE.0 { Vec::new() } else { ingress::addresses_of(view, name) };
        if name != OUTSIDE.0 && addresses.is_empty() {
            return zone::Found { outside: true, ..zone::Found::missing() };
        }
        if name != OUTSIDE.0 {
            let record = |ip: Ipv4Addr| Record { name: name.to_owned(), ttl: TTL, data: RecordData::A(ip) };
            let records = if kind == RecordKind::A { addresses.into_iter().map(record).collect() } else { Vec::new() };
            return zone::Found { records, outside: true, ..zone::Found::nothing() };
        }
        let lives = SimDuration::from_seconds(TTL.into());
        self.asked.retain(|_, asked| *asked + lives > now);
        let asked = *self.asked.entry(name.to_owned()).or_insert(now);
        let age = u32::try_from(now.since(asked).seconds()).unwrap_or(TTL);
        let records = match kind {
            RecordKind::A => vec![Record { name: name.to_owned(), ttl: TTL - age.min(TTL), data: RecordData::A(OUTSIDE.1) }],
            _ => Vec::new(),
        };
        zone::Found { records, outside: true, ..zone::Found::nothing() }
    }

    /// Puts the addresses into any order; other records stay where they are. Models plugin/loadbalance roundRobinShuffle.
    fn shuffle(&mut self, records: &mut [Record]) {
        let first = records.iter().position(|record| matches!(record.data, RecordData::A(_))).unwrap_or(records.len());
        let records = &mut records[first..];
        for end in (1..records.len()).rev() {
            let other = usize::try_from(self.random.below(end as u64 + 1)).unwrap_or_default();
            records.swap(end, other);
        }
    }
}
