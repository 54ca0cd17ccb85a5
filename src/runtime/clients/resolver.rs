//! How programs turn names into addresses: `/etc/hosts`, then the search list of `/etc/resolv.conf`, one name after the other.
//! Models glibc's res_search and getaddrinfo, and musl's name_from_dns_search.
//! Left out: caches (there are none in these libraries), `rotate` and other options.

use std::net::Ipv4Addr;

use crate::base::SimDuration;
use super::{Client, Suspended};
use crate::runtime::wire::{Ask, Message, Question, RecordKind, Reply, ResponseCode};

/// RES_TIMEOUT
const TIMEOUT: u64 = 5;
/// RES_DFLRETRY
const ATTEMPTS: usize = 2;

/// What `/etc/resolv.conf` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolver {
    /// The name servers, in the order in which they are asked.
    pub servers: Vec<Ipv4Addr>,
    /// The search list.
    pub search: Vec<String>,
    /// A name with so many dots is tried as it is first.
    pub ndots: usize,
    /// A server is waited for so long.
    pub timeout: SimDuration,
    /// And asked so often.
    pub attempts: usize,
}

/// What came of a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// Its addresses, the nearest first, and the full name that has them.
    Addresses(Vec<Ipv4Addr>, String),
    /// There is no such name.
    Missing,
    /// No server said anything.
    NoAnswer,
}

impl Resolver {
    /// Of the text of `/etc/resolv.conf`.
    pub fn parse(text: &str) -> Resolver {
        let timeout = SimDuration::from_seconds(TIMEOUT);
        let mut config = Resolver { servers: Vec::new(), search: Vec::new(), ndots: 1, timeout, attempts: ATTEMPTS };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => config.servers.extend(words.next().and_then(|word| word.parse::<Ipv4Addr>().ok())),
                Some("search" | "domain") => config.search = words.map(str::to_owned).collect(),
                Some("options") => words.filter_map(|word| word.split_once(':')).for_each(|(key, value)| config.set(key, value)),
                _ => {}
            }
        }
        config
    }

    fn set(&mut self, key: &str, value: &str) {
        let number = value.parse::<u64>().unwrap_or_default().min(30);
        match key {
            "ndots" => self.ndots = usize::try_from(number.min(15)).unwrap_or_default(),
            "timeout" => self.timeout = SimDuration::from_seconds(number.max(1)),
            "attempts" => self.attempts = usize::try_from(number.min(5)).unwrap_or_default(),
            _ => {}
        }
    }

    /// The names to try for a name, in their order.
    pub fn candidates(&self, name: &str) -> Vec<String> {
        if let Some(whole) = name.strip_suffix('.') {
            return vec![whole.to_owned()];
        }
        let mut names: Vec<String> = self.search.iter().map(|domain| format!("{name}.{}", domain.trim_end_matches('.'))).collect();
        let dots = name.matches('.').count();
        if dots >= self.ndots {
            names.insert(0, name.to_owned());
        } else {
            names.push(name.to_owned());
        }
        names
    }
}

/// Reads the resolver's configuration.
pub(super) fn config(client: &mut Client<'_, '_>) -> Resolver {
    Resolver::parse(&client.around.disk.read("/etc/resolv.conf").unwrap_or_default())
}

/// The addresses of a name in `/etc/hosts`.
pub(super) fn from_hosts(client: &mut Client<'_, '_>, name: &str) -> Vec<Ipv4Addr> {
    let hosts = client.around.disk.read("/etc/hosts").unwrap_or_default();
    let of_line = |line: &str| {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let address = words.next()?.parse::<Ipv4Addr>().ok()?;
        words.any(|word| word.eq_ignore_ascii_case(name)).then_some(address)
    };
    hosts.lines().filter_map(of_line).collect()
}

/// The own address: that of the last line of `/etc/hosts`.
pub(super) fn own_address(client: &mut Client<'_, '_>) -> Option<Ipv4Addr> {
    let hosts = client.around.disk.read("/etc/hosts").unwrap_or_default();
    let host = client.around.host.to_owned();
    let mine = hosts.lines().rev().find(|line| line.split_whitespace().skip(1).any(|word| word == host));
    mine.and_then(|line| line.split_whitespace().next()?.parse().ok())
}

/// Asks one server questions of one name; tries again after each time-out. None if nothing came.
pub(super) fn query(client: &mut Client<'_, '_>, config: &Resolver, name: &str, kinds: &[RecordKind]) -> Result<Option<Vec<Message>>, Suspended> {
    let glibc = client.around.kit.has_glibc();
    // musl sends again within its one time-out.
    let (attempts, wait) = match glibc {
        true => (config.attempts, config.timeout),
        false => (config.attempts, SimDuration::from_micros(config.timeout.micros() / config.attempts.max(1) as u64)),
    };
    for _ in 0..attempts {
        for server in config.servers.iter().take(3) {
            let questions = kinds.iter().map(|kind| Question { name: name.to_ascii_lowercase(), kind: *kind }).collect();
            let before = client.at;
            match client.ask(Ask::Names { server: *server, questions })? {
                Reply::Names(messages) if messages.iter().all(Option::is_some) => return Ok(Some(messages.into_iter().flatten().collect())),
                // A socket that is not connected does not learn of a refusal.
                Reply::Refused | Reply::NoRoute if glibc => {}
                _ => client.pause(SimDuration::from_micros(wait.micros().saturating_sub(client.at.since(before).micros()))),
            }
        }
    }
    Ok(None)
}

/// The addresses of a name, or of a text that is an address.
pub(super) fn resolve(client: &mut Client<'_, '_>, name: &str) -> Result<Found, Suspended> {
    let config = config(client);
    resolve_by(client, &config, name)
}

/// The same with this configuration.
pub(super) fn resolve_by(client: &mut Client<'_, '_>, config: &Resolver, name: &str) -> Result<Found, Suspended> {
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        return Ok(Found::Addresses(vec![address], name.to_owned()));
    }
    let known = from_hosts(client, name);
    if !known.is_empty() {
        return Ok(Found::Addresses(known, name.to_owned()));
    }
    if name.is_empty() || name.starts_with('.') || name.contains("..") || name.len() > 253 {
        return Ok(Found::Missing);
    }
    from_servers(client, config, name)
}

/// The addresses that the servers know of a name, by way of the search list.
fn from_servers(client: &mut Client<'_, '_>, config: &Resolver, name: &str) -> Result<Found, Suspended> {
    for candidate in config.candidates(name) {
        let Some(messages) = query(client, config, &candidate, &[RecordKind::A, RecordKind::Aaaa])? else { return Ok(Found::NoAnswer) };
        let mut addresses: Vec<Ipv4Addr> = messages.iter().flat_map(Message::addresses).collect();
        if !addresses.is_empty() {
            let own = own_address(client);
            nearest_first(&mut addresses, own);
            return Ok(Found::Addresses(addresses, candidate));
        }
        if messages.iter().any(|message| message.code == ResponseCode::ServFail) && !client.around.kit.has_glibc() {
            return Ok(Found::NoAnswer);
        }
    }
    Ok(Found::Missing)
}

/// Sorts by the length of the part that is the same as of the own address. Models RFC 6724, rule 9, as getaddrinfo follows it.
pub(super) fn nearest_first(addresses: &mut [Ipv4Addr], own: Option<Ipv4Addr>) {
    let Some(own) = own.map(u32::from) else { return };
    crate::base::sort_by_key(addresses, |address| (u32::from(*address) ^ own).checked_ilog2().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_list_goes_first_for_names_with_few_dots() {
        let search = ["net.svc.cluster.local", "svc.cluster.local", "cluster.local"].map(str::to_owned).to_vec();
        let config = Resolver { servers: Vec::new(), search, ndots: 5, timeout: SimDuration::from_seconds(5), attempts: 2 };
        let table: [(&str, &[&str]); 3] = [
            ("kubia", &["kubia.net.svc.cluster.local", "kubia.svc.cluster.local", "kubia.cluster.local", "kubia"]),
            ("a.b.c.d.e.f", &["a.b.c.d.e.f", "a.b.c.d.e.f.net.svc.cluster.local", "a.b.c.d.e.f.svc.cluster.local", "a.b.c.d.e.f.cluster.local"]),
            ("kubia.net.", &["kubia.net"]),
        ];
        for (name, expected) in table {
            assert_eq!(config.candidates(name), expected, "{name}");
        }
    }

    #[test]
    fn the_nearest_address_goes_first() {
        let mut addresses = [[10, 244, 3, 159], [10, 244, 1, 173], [10, 244, 2, 181]].map(Ipv4Addr::from);
        nearest_first(&mut addresses, Some(Ipv4Addr::new(10, 244, 1, 174)));
        assert_eq!(addresses[0], Ipv4Addr::new(10, 244, 1, 173));
    }
}
