//! What the tools of bind share: how they look a name up, query by query, and `host`.
//! Models bind 9.18 bin/dig/dighost.c, bin/dig/host.c.
//! Left out: zones, `-v`, IPv6 servers.

use std::net::Ipv4Addr;

use super::resolver::{self, Resolver};
use super::{Client, Ending, Suspended};
use crate::base::SimDuration;
use crate::runtime::wire::{Ask, Message, Question, Record, RecordData, RecordKind, Reply, ResponseCode};

/// What came of a question to one server.
pub(super) enum Asked {
    /// Its answer.
    Message(Message),
    /// It could not be had: the text of the error, for each attempt.
    Failed(&'static str, usize),
}

/// Asks one server one question, several times if nothing comes.
pub(super) fn question(
    client: &mut Client<'_, '_>,
    server: Ipv4Addr,
    name: &str,
    kind: RecordKind,
    (attempts, wait): (usize, SimDuration),
) -> Result<Asked, Suspended> {
    let mut why = "timed out";
    for _ in 0..attempts {
        let before = client.at;
        let questions = vec![Question { name: name.to_ascii_lowercase(), kind }];
        match client.ask(Ask::Names { server, questions })? {
            Reply::Names(mut messages) => {
                if let Some(message) = messages.pop().flatten() {
                    return Ok(Asked::Message(message));
                }
                why = "timed out";
            }
            Reply::Refused => {
                why = "connection refused";
                continue;
            }
            Reply::NoRoute => {
                why = "network unreachable";
                continue;
            }
            _ => why = "timed out",
        }
        client.at = before + wait;
    }
    Ok(Asked::Failed(why, attempts))
}

/// The attempts of bind's tools, and how long each waits.
pub(super) const PATIENCE: (usize, SimDuration) = (3, SimDuration::from_seconds(5));

/// `75.84.104.10.in-addr.arpa`
pub(super) fn reverse(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("{d}.{c}.{b}.{a}.in-addr.arpa")
}

/// The server to ask: one that is named, or the first that is configured.
pub(super) fn server(client: &mut Client<'_, '_>, config: &Resolver, named: Option<&str>) -> Result<Option<Ipv4Addr>, Suspended> {
    let Some(named) = named else { return Ok(Some(config.servers.first().copied().unwrap_or(Ipv4Addr::LOCALHOST))) };
    Ok(match resolver::resolve(client, named)? {
        resolver::Found::Addresses(addresses, _) => addresses.first().copied(),
        resolver::Found::Missing | resolver::Found::NoAnswer => None,
    })
}

/// Runs host.
pub(super) fn host(client: &mut Client<'_, '_>) -> Ending {
    let (mut kind, mut operands) = (None, Vec::new());
    let mut words = client.args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-t" => kind = words.next().and_then(|name| RecordKind::of_name(name)),
            "-a" => kind = Some(RecordKind::Any),
            "-W" | "-R" | "-N" | "-c" => drop(words.next()),
            flag if flag.starts_with('-') => {}
            word => operands.push(word.to_owned()),
        }
    }
    let Some(name) = operands.first().cloned() else {
        client.err.push_str("Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n");
        return Ok(1);
    };
    let config = resolver::config(client);
    let named = operands.get(1).cloned();
    let Some(server) = server(client, &config, named.as_deref())? else {
        let named = named.unwrap_or_default();
        client.complain(&format!("host: couldn't get address for '{named}': not found"));
        return Ok(1);
    };
    if let Some(named) = named {
        client.say(&format!("Using domain server:\nName: {named}\nAddress: {server}#53\nAliases: \n"));
    }
    let (names, kinds) = match (name.parse::<Ipv4Addr>(), kind) {
        (Ok(address), None) => (vec![reverse(address)], vec![RecordKind::Ptr]),
        (_, Some(kind)) => (config.candidates(&name), vec![kind]),
        (_, None) => (config.candidates(&name), vec![RecordKind::A, RecordKind::Aaaa, RecordKind::Mx]),
    };
    let last = names.len() - 1;
    for (n, candidate) in names.iter().enumerate() {
        match question(client, server, candidate, kinds[0], (2, SimDuration::from_seconds(5)))? {
            Asked::Failed(why, times) => {
                for _ in 0..times {
                    client.say(&format!(";; communications error to {server}#53: {why}"));
                }
                client.say(";; no servers could be reached");
                return Ok(1);
            }
            Asked::Message(message) if message.code == ResponseCode::NoError && (!message.answers.is_empty() || n == last) => {
                show(client, candidate, kinds[0], &message, kinds.len() == 1);
                let target = message.answers.last().map_or_else(|| candidate.clone(), |record| record.name.clone());
                for kind in &kinds[1..] {
                    if let Asked::Message(message) = question(client, server, &target, *kind, PATIENCE)? {
                        show(client, &target, *kind, &message, false);
                    }
                }
                return Ok(0);
            }
            Asked::Message(message) if n == last => {
                let shown = if names.len() > 1 { &name } else { candidate };
                client.say(&format!("Host {shown} not found: {}({})", message.code.number(), message.code.as_str()));
                return Ok(1);
            }
            Asked::Message(_) => {}
        }
    }
    Ok(1)
}

fn show(client: &mut Client<'_, '_>, name: &str, kind: RecordKind, message: &Message, alone: bool) {
    if message.answers.is_empty() && alone {
        client.say(&format!("{name} has no {} record", kind.as_str()));
    }
    for Record { name, data, .. } in &message.answers {
        let text = match data {
            RecordData::A(address) => format!("has address {address}"),
            RecordData::Cname(target) => format!("is an alias for {target}."),
            RecordData::Ptr(target) => format!("domain name pointer {target}."),
            RecordData::Srv { priority, weight, port, target } => format!("has SRV record {priority} {weight} {port} {target}."),
            RecordData::Ns(target) => format!("name server {target}."),
            RecordData::Txt(text) => format!("descriptive text \"{text}\""),
            RecordData::Soa { server, mailbox, serial } => format!("has SOA record {server}. {mailbox}. {serial} 7200 1800 86400 30"),
        };
        client.say(&format!("{name} {text}"));
    }
}
