//! `ping` as busybox has it. Models busybox networking/ping.c.
//! Left out: IPv6, `-s`, records of the route.

use std::net::Ipv4Addr;

use super::resolver::{self, Found};
use crate::base::{SimDuration, SimTime};
use super::{Client, Ending};
use crate::runtime::wire::{Ask, Reply};

/// It waits so long for the last echo if none came before (MAXWAIT), in seconds.
const LAST_WAIT: u64 = 10;
/// Whoever pings without end is given up after so many.
const ENDLESS: u64 = 3600;

#[derive(Default)]
struct Tally {
    sent: u64,
    /// Round trips in µs.
    times: Vec<u64>,
}

struct Options {
    count: u64,
    deadline: Option<SimDuration>,
    wait: u64,
    interval: SimDuration,
    quiet: bool,
    host: Option<String>,
}

/// Reads the command line; an option that is not known is an error.
fn parse(args: &[String]) -> Result<Options, String> {
    let interval = SimDuration::from_seconds(1);
    let mut options = Options { count: 0, deadline: None, wait: LAST_WAIT, interval, quiet: false, host: None };
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-') else {
            options.host = Some(word.clone());
            continue;
        };
        let (letter, attached) = letters.split_at(letters.len().min(1));
        match letter {
            "q" => options.quiet = true,
            "4" | "n" => {}
            "c" | "w" | "W" | "i" | "s" | "t" | "I" => {
                let value = if attached.is_empty() { words.next().map_or("", String::as_str) } else { attached };
                let number: u64 = value.split('.').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default().min(1 << 20);
                match letter {
                    "c" => options.count = number,
                    "w" => options.deadline = Some(SimDuration::from_seconds(number)),
                    "W" => options.wait = number,
                    "i" => options.interval = SimDuration::from_seconds(number.max(1)),
                    _ => {}
                }
            }
            _ => return Err(letters.to_owned()),
        }
    }
    Ok(options)
}

/// Runs ping.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    client.streams = true;
    let options = match parse(client.args) {
        Ok(options) => options,
        Err(letters) => {
            client.complain(&format!("ping: unrecognized option: {letters}"));
            return Ok(1);
        }
    };
    let Some(host) = options.host.clone() else {
        client.complain("BusyBox v1.36.1 () multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n\nSend ICMP ECHO_REQUESTs to HOST");
        return Ok(1);
    };
    let Found::Addresses(addresses, _) = resolver::resolve(client, &host)? else {
        client.complain(&format!("ping: bad address '{host}'"));
        return Ok(1);
    };
    let to = addresses[0];
    client.say(&format!("PING {host} ({to}): 56 data bytes"));
    let start = client.at;
    let mut tally = Tally::default();
    loop {
        let sent = client.at;
        let reply = client.ask(Ask::Echo { to })?;
        tally.sent += 1;
        match reply {
            Reply::Delivered => echoed(client, to, sent, &options, &mut tally),
            Reply::NoRoute => {
                client.complain("ping: sendto: Network is unreachable");
                return Ok(1);
            }
            _ => client.at = sent,
        }
        if options.count > 0 && tally.sent >= options.count {
            if tally.times.len() as u64 != tally.sent {
                let last = if tally.times.is_empty() { options.wait } else { 1 };
                client.pause(SimDuration::from_seconds(last));
            }
            break;
        }
        client.at = client.at.max(sent + options.interval);
        if tally.sent >= ENDLESS || options.deadline.is_some_and(|time| client.at >= start + time) {
            break;
        }
    }
    Ok(statistics(client, &host, &tally))
}

/// An echo has come. Each machine on the way takes one of its time to live.
fn echoed(client: &mut Client<'_, '_>, to: Ipv4Addr, sent: SimTime, options: &Options, tally: &mut Tally) {
    let time = client.at.since(sent).micros();
    tally.times.push(time);
    if options.quiet {
        return;
    }
    let lives = match resolver::own_address(client) {
        Some(own) if own.octets()[..3] == to.octets()[..3] || to.is_loopback() => 64,
        Some(own) if own.octets()[..2] == to.octets()[..2] => 62,
        _ => 63,
    };
    let number = tally.sent - 1;
    client.say(&format!("64 bytes from {to}: seq={number} ttl={lives} time={}.{:03} ms", time / 1000, time % 1000));
}

fn statistics(client: &mut Client<'_, '_>, host: &str, tally: &Tally) -> i32 {
    let (sent, received) = (tally.sent, tally.times.len() as u64);
    let loss = (sent - received) * 100 / sent.max(1);
    client.say(&format!("\n--- {host} ping statistics ---\n{sent} packets transmitted, {received} packets received, {loss}% packet loss"));
    let (Some(least), Some(most)) = (tally.times.iter().min(), tally.times.iter().max()) else { return 1 };
    let average = tally.times.iter().sum::<u64>() / received;
    let shown = |time: u64| format!("{}.{:03}", time / 1000, time % 1000);
    client.say(&format!("round-trip min/avg/max = {}/{}/{} ms", shown(*least), shown(average), shown(*most)));
    0
}
