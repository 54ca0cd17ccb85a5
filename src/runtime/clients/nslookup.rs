//! `nslookup`, that of bind and those of busybox. Models bind 9.18 bin/dig/nslookup.c and busybox networking/nslookup.c.
//! Left out: the interactive mode, `-debug`.

use std::net::Ipv4Addr;

use super::bind::{self, Asked};
use super::resolver::{self, Found, Resolver};
use super::{Client, Ending, Suspended};
use crate::base::SimDuration;
use crate::runtime::wire::{Ask, Message, Question, Record, RecordData, RecordKind, Reply, ResponseCode};

/// Runs nslookup.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    let (mut kind, mut operands) = (None, Vec::new());
    for word in client.args {
        let flag = word.strip_prefix('-').unwrap_or_default();
        let value = ["type=", "query=", "querytype=", "ty=", "q="].iter().find_map(|name| flag.strip_prefix(name));
        match value {
            Some(value) => kind = RecordKind::of_name(value),
            None if word.starts_with('-') => {}
            None => operands.push(word.clone()),
        }
    }
    let bind = client.around.kit.has_bind();
    let Some(name) = operands.first().cloned() else {
        if !bind {
            client.err.push_str("BusyBox v1.36.1 () multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n");
            return Ok(1);
        }
        return Ok(0);
    };
    let config = resolver::config(client);
    let named = operands.get(1).map(String::as_str);
    let Some(server) = bind::server(client, &config, named)? else {
        let named = named.unwrap_or_default();
        match bind {
            true => client.complain(&format!("nslookup: couldn't get address for '{named}': not found")),
            false => client.complain(&format!("nslookup: bad address '{named}'")),
        }
        return Ok(1);
    };
    let lookup = Lookup { name, server, named: named.map(str::to_owned), kind, config };
    if lookup.kind.is_none() && client.around.kit.has_old_nslookup() {
        return of_old_busybox(client, &lookup);
    }
    if bind { of_bind(client, &lookup) } else { of_busybox(client, &lookup) }
}

struct Lookup {
    name: String,
    server: Ipv4Addr,
    named: Option<String>,
    kind: Option<RecordKind>,
    config: Resolver,
}

/// CoreDNS does not recurse, which bind says of each answer.
fn of_bind(client: &mut Client<'_, '_>, lookup: &Lookup) -> Ending {
    let server = lookup.server;
    let unwilling = |client: &mut Client<'_, '_>| client.say(&format!(";; Got recursion not available from {server}"));
    if let Ok(address) = lookup.name.parse::<Ipv4Addr>() {
        let name = bind::reverse(address);
        return Ok(match bind::question(client, server, &name, RecordKind::Ptr, bind::PATIENCE)? {
            Asked::Failed(why, times) => no_server(client, server, why, times),
            Asked::Message(message) => {
                unwilling(client);
                if message.code != ResponseCode::NoError {
                    client.say(&format!("** server can't find {name}: {}\n", message.code.as_str()));
                    return Ok(1);
                }
                message.answers.iter().for_each(|record| show(client, record));
                client.say("");
                0
            }
        });
    }
    let names = lookup.config.candidates(&lookup.name);
    let kind = lookup.kind.unwrap_or(RecordKind::A);
    let head = format!("Server:\t\t{}\nAddress:\t{server}#53\n", lookup.named.as_deref().map_or_else(|| server.to_string(), str::to_owned));
    for (n, name) in names.iter().enumerate() {
        let message = match bind::question(client, server, name, kind, bind::PATIENCE)? {
            Asked::Failed(why, times) => return Ok(no_server(client, server, why, times)),
            Asked::Message(message) => message,
        };
        unwilling(client);
        let last = n + 1 == names.len();
        if (message.code != ResponseCode::NoError || message.answers.is_empty()) && !last {
            continue;
        }
        client.say(&head);
        if message.code != ResponseCode::NoError {
            client.say(&format!("** server can't find {}: {}\n", if names.len() > 1 { &lookup.name } else { name }, message.code.as_str()));
            return Ok(1);
        }
        message.answers.iter().for_each(|record| show(client, record));
        if message.answers.is_empty() {
            client.say(&format!("*** Can't find {}: No answer", lookup.name));
        }
        if lookup.kind.is_none() {
            let target = message.answers.last().map_or_else(|| name.clone(), |record| record.name.clone());
            if let Asked::Message(_) = bind::question(client, server, &target, RecordKind::Aaaa, bind::PATIENCE)? {
                unwilling(client);
            }
        }
        client.say("");
        return Ok(0);
    }
    Ok(1)
}

fn no_server(client: &mut Client<'_, '_>, server: Ipv4Addr, why: &str, times: usize) -> i32 {
    for _ in 0..times {
        client.say(&format!(";; communications error to {server}#53: {why}"));
    }
    client.say(";; no servers could be reached\n");
    1
}

fn show(client: &mut Client<'_, '_>, record: &Record) {
    let name = &record.name;
    let text = match &record.data {
        RecordData::A(address) => format!("Name:\t{name}\nAddress: {address}"),
        RecordData::Cname(target) => format!("{name}\tcanonical name = {target}."),
        RecordData::Ptr(target) => format!("{name}\tname = {target}."),
        RecordData::Srv { priority, weight, port, target } => format!("{name}\tservice = {priority} {weight} {port} {target}."),
        RecordData::Ns(target) => format!("{name}\tnameserver = {target}."),
        RecordData::Txt(text) => format!("{name}\ttext = \"{text}\""),
        RecordData::Soa { server, mailbox, serial } => format!(
            "{name}\n\torigin = {server}\n\tmail addr = {mailbox}\n\tserial = {serial}\n\trefresh = 7200\n\tretry = 1800\n\texpire = 86400\n\tminimum = 30"
        ),
    };
    client.say(&text);
}

/// busybox before 1.29: the C library looks names up, by way of the search list. Models the small one of its networking/nslookup.c.
fn of_old_busybox(client: &mut Client<'_, '_>, lookup: &Lookup) -> Ending {
    let server = lookup.server;
    client.streams = true;
    let config = Resolver { servers: vec![server], ..lookup.config.clone() };
    let known_as = name_of(client, &config, server)?;
    client.say(&format!("Server:    {server}\nAddress 1: {server}{known_as}\n"));
    let Found::Addresses(addresses, _) = resolver::resolve_by(client, &config, &lookup.name)? else {
        client.complain(&format!("nslookup: can't resolve '{}'", lookup.name));
        return Ok(1);
    };
    client.say(&format!("Name:      {}", lookup.name));
    for (n, address) in addresses.into_iter().enumerate() {
        let known_as = name_of(client, &config, address)?;
        client.say(&format!("Address {}: {address}{known_as}", n + 1));
    }
    Ok(0)
}

/// The name of an address after a space, if it has one.
fn name_of(client: &mut Client<'_, '_>, config: &Resolver, address: Ipv4Addr) -> Result<String, Suspended> {
    let messages = resolver::query(client, config, &bind::reverse(address), &[RecordKind::Ptr])?;
    let records = messages.into_iter().flatten().flat_map(|message| message.answers);
    let name = records.into_iter().find_map(|record| match record.data {
        RecordData::Ptr(target) => Some(format!(" {target}")),
        _ => None,
    });
    Ok(name.unwrap_or_default())
}

/// busybox asks for all names at once, and tells of each answer as it comes.
fn of_busybox(client: &mut Client<'_, '_>, lookup: &Lookup) -> Ending {
    let Lookup { name, server, config, .. } = lookup;
    let (names, kinds) = match (name.parse::<Ipv4Addr>(), lookup.kind) {
        (Ok(address), None) => (vec![bind::reverse(address)], vec![RecordKind::Ptr]),
        (_, Some(RecordKind::Ptr)) => (vec![name.clone()], vec![RecordKind::Ptr]),
        (_, kind) => {
            let kinds = kind.map_or(vec![RecordKind::A, RecordKind::Aaaa], |kind| vec![kind]);
            let searched = !name.contains('.') && !config.search.is_empty();
            let whole = name.trim_end_matches('.').to_owned();
            (if searched { config.search.iter().map(|domain| format!("{name}.{domain}")).collect() } else { vec![whole] }, kinds)
        }
    };
    client.say(&format!("Server:\t\t{0}\nAddress:\t{server}:53\n", lookup.named.clone().unwrap_or_else(|| server.to_string())));
    let questions: Vec<Question> =
        names.iter().flat_map(|name| kinds.iter().map(|kind| Question { name: name.to_ascii_lowercase(), kind: *kind })).collect();
    let before = client.at;
    let reply = client.ask(Ask::Names { server: *server, questions: questions.clone() })?;
    let Reply::Names(messages) = reply else {
        // Refused or not: it waits out its time, as its socket is not connected.
        client.at = before + SimDuration::from_seconds(10);
        client.say(";; connection timed out; no servers could be reached\n");
        return Ok(1);
    };
    if messages.iter().all(Option::is_none) {
        client.at = before + SimDuration::from_seconds(10);
        client.say(";; connection timed out; no servers could be reached\n");
        return Ok(1);
    }
    let mut bad = false;
    for (question, message) in questions.iter().zip(messages) {
        bad |= tell(client, &question.name, message.as_ref());
    }
    Ok(i32::from(bad))
}

/// Tells of one answer; whether it was none.
fn tell(client: &mut Client<'_, '_>, name: &str, message: Option<&Message>) -> bool {
    match message {
        None => {
            client.say(&format!("*** Can't find {name}: No response\n"));
            true
        }
        Some(message) if message.code != ResponseCode::NoError => {
            client.say(&format!("** server can't find {name}: {}\n", message.code.as_str()));
            true
        }
        Some(message) => {
            for record in &message.answers {
                let name = &record.name;
                match &record.data {
                    RecordData::Cname(target) => client.say(&format!("{name}\tcanonical name = {target}")),
                    RecordData::Ptr(target) => client.say(&format!("{name}\tname = {target}")),
                    RecordData::Srv { priority, weight, port, target } => {
                        client.say(&format!("{name}\tservice = {priority} {weight} {port} {target}"));
                    }
                    _ => show(client, record),
                }
            }
            client.say("");
            false
        }
    }
}
