//! `dig`: a question and all of the answer. Models bind 9.18 bin/dig/dig.c and lib/dns/masterdump.c.
//! Left out: `+trace`, transfers, several questions in one call.

use std::net::Ipv4Addr;

use super::bind::{self, Asked};
use super::resolver;
use super::{Client, Ending};
use crate::base::SimDuration;
use crate::runtime::shell::formatted;
use crate::runtime::wire::{Message, Record, RecordData, RecordKind, ResponseCode};

#[derive(Default)]
struct Options {
    name: String,
    kind: Option<RecordKind>,
    server: Option<String>,
    short: bool,
    search: bool,
    /// Sections that are not shown.
    hidden: Vec<&'static str>,
    patience: Option<(usize, SimDuration)>,
    reverse: bool,
}

const SECTIONS: [&str; 6] = ["cmd", "comments", "question", "answer", "authority", "additional"];

fn parse(args: &[String]) -> Options {
    let mut options = Options { name: ".".to_owned(), ..Options::default() };
    let mut patience = bind::PATIENCE;
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if let Some(server) = word.strip_prefix('@') {
            options.server = Some(server.to_owned());
        } else if let Some(flag) = word.strip_prefix('+') {
            let (on, name) = flag.strip_prefix("no").map_or((true, flag), |name| (false, name));
            match name.split_once('=') {
                Some(("time" | "timeout", value)) => patience.1 = SimDuration::from_seconds(value.parse::<u32>().unwrap_or(5).max(1).into()),
                Some(("tries", value)) => patience.0 = value.parse().unwrap_or(3),
                Some(("retry", value)) => patience.0 = 1 + value.parse::<usize>().unwrap_or(2).min(20),
                _ => {}
            }
            match name {
                "short" => options.short = on,
                "search" => options.search = on,
                "all" if !on => options.hidden.extend(SECTIONS.iter().filter(|name| **name != "cmd").chain(["stats"].iter())),
                "all" => options.hidden.clear(),
                name if !on => options.hidden.extend(SECTIONS.iter().chain(["stats"].iter()).filter(|known| known.starts_with(name))),
                name => options.hidden.retain(|known| !known.starts_with(name)),
            }
        } else if let Some(flag) = word.strip_prefix('-') {
            match flag {
                "t" => options.kind = words.next().and_then(|name| RecordKind::of_name(name)),
                "x" => {
                    options.reverse = true;
                    options.name = words.next().cloned().unwrap_or_default();
                }
                "p" | "b" | "k" | "q" => drop(words.next()),
                _ => {}
            }
        } else if let Some(kind) = RecordKind::of_name(word) {
            options.kind = Some(kind);
        } else if !word.eq_ignore_ascii_case("in") {
            options.name = word.clone();
        }
    }
    options.patience = Some(patience);
    options
}

/// Runs dig.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    let mut options = parse(client.args);
    if options.reverse {
        let address = options.name.parse::<Ipv4Addr>();
        options.name = address.map_or(options.name, bind::reverse);
    }
    let kind = options.kind.unwrap_or(if options.reverse { RecordKind::Ptr } else { RecordKind::A });
    let config = resolver::config(client);
    let named = options.server.clone();
    let Some(server) = bind::server(client, &config, named.as_deref())? else {
        client.complain(&format!("dig: couldn't get address for '{}': not found", named.unwrap_or_default()));
        return Ok(10);
    };
    let head = format!("\n; <<>> DiG 9.18.49-1~deb12u1-Debian <<>> {}\n", client.args.join(" "));
    let shows = |section: &str| !options.short && !options.hidden.contains(&section);
    let whole = options.name.trim_end_matches('.').to_owned();
    let names = if options.search { config.candidates(&options.name) } else { vec![whole] };
    let before = client.at;
    let mut found = None;
    for name in names {
        match bind::question(client, server, &name, kind, options.patience.unwrap_or(bind::PATIENCE))? {
            Asked::Failed(why, times) => {
                for _ in 0..times {
                    client.say(&format!(";; communications error to {server}#53: {why}"));
                }
                if shows("cmd") {
                    client.say(&format!("{head};; global options: +cmd"));
                }
                client.say(";; no servers could be reached");
                return Ok(9);
            }
            Asked::Message(message) => {
                let good = message.code == ResponseCode::NoError && !message.answers.is_empty();
                found = Some((name, message));
                if good {
                    break;
                }
            }
        }
    }
    let Some((name, message)) = found else { return Ok(10) };
    let took = client.at.since(before);
    show(client, &options, (server, &head), (&name, kind, &message), took);
    Ok(0)
}

/// Shows the sections that are wanted.
fn show(
    client: &mut Client<'_, '_>,
    options: &Options,
    (server, head): (Ipv4Addr, &str),
    (name, kind, message): (&str, RecordKind, &Message),
    took: SimDuration,
) {
    let shows = |section: &str| !options.hidden.contains(&section);
    if options.short {
        message.answers.iter().for_each(|record| client.say(&data(&record.data)));
        return;
    }
    if shows("cmd") {
        client.say(&format!("{head};; global options: +cmd"));
    }
    if shows("comments") {
        header(client, name, message);
    }
    if shows("question") {
        let dotted = if name.is_empty() { ".".to_owned() } else { format!("{name}.") };
        let titled = if shows("comments") { ";; QUESTION SECTION:\n" } else { "" };
        client.say(&format!("{titled};{dotted:24}\tIN\t{}\n", kind.as_str()));
    }
    for (title, records) in [("answer", &message.answers), ("authority", &message.authority), ("additional", &message.additional)] {
        if records.is_empty() || !shows(title) {
            continue;
        }
        if shows("comments") {
            client.say(&format!(";; {} SECTION:", title.to_ascii_uppercase()));
        }
        records.iter().for_each(|record| client.say(&line(record)));
        client.say("");
    }
    if shows("stats") {
        let when = formatted("%a %b %d %H:%M:%S UTC %Y", client.at);
        let size = 60 + 45 * (message.answers.len() + message.authority.len() + message.additional.len());
        let took = took.millis();
        client.say(&format!(";; Query time: {took} msec\n;; SERVER: {server}#53({server}) (UDP)\n;; WHEN: {when}\n;; MSG SIZE  rcvd: {size}\n"));
    }
}

/// What is drawn at random in the real one follows from the clock here.
fn header(client: &mut Client<'_, '_>, name: &str, message: &Message) {
    let drawn = client.at.micros().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    client.say(";; Got answer:");
    if name == "local" || name.ends_with(".local") {
        client.say(";; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an mDNS query is leaked to DNS");
    }
    let (answers, authority, additional) = (message.answers.len(), message.authority.len(), message.additional.len() + 1);
    client.say(&format!(";; ->>HEADER<<- opcode: QUERY, status: {}, id: {}", message.code.as_str(), drawn >> 48));
    client.say(&format!(";; flags: qr aa rd; QUERY: 1, ANSWER: {answers}, AUTHORITY: {authority}, ADDITIONAL: {additional}"));
    client.say(";; WARNING: recursion requested but not available\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232");
    client.say(&format!("; COOKIE: {drawn:016x} (echoed)"));
}

fn line(record: &Record) -> String {
    let (name, ttl, kind) = (format!("{}.", record.name), record.ttl, record.data.kind().as_str());
    match name.len() {
        0..=23 => format!("{name:24}{ttl}\tIN\t{kind}\t{}", data(&record.data)),
        24..=31 => format!("{name} {ttl}\tIN\t{kind}\t{}", data(&record.data)),
        _ => format!("{name} {ttl} IN {kind} {}", data(&record.data)),
    }
}

fn data(data: &RecordData) -> String {
    match data {
        RecordData::A(address) => address.to_string(),
        RecordData::Cname(name) | RecordData::Ptr(name) | RecordData::Ns(name) => format!("{name}."),
        RecordData::Srv { priority, weight, port, target } => format!("{priority} {weight} {port} {target}."),
        RecordData::Soa { server, mailbox, serial } => format!("{server}. {mailbox}. {serial} 7200 1800 86400 30"),
        RecordData::Txt(text) => format!("\"{text}\""),
    }
}
