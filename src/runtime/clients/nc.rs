//! `nc` and `telnet` as busybox has them, as far as trying a port goes. Models busybox networking/nc.c, networking/telnet.c.
//! Left out: talking over the connection, but for one HTTP request that is piped in; listening is a server of the shell's.

use super::resolver::{self, Found};
use super::connecting::{Connected, connect};
use crate::base::{Name, SimDuration};
use super::{Client, Ending, Suspended};
use crate::runtime::wire::{Ask, HttpRequest, Reply};

#[derive(Default)]
struct Options {
    scan: bool,
    verbose: bool,
    udp: bool,
    wait: Option<SimDuration>,
    operands: Vec<String>,
}

fn parse(args: &[String]) -> Options {
    let mut options = Options::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            options.operands.push(word.clone());
            continue;
        };
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            match letter {
                'z' => options.scan = true,
                'v' => options.verbose = true,
                'u' => options.udp = true,
                'w' | 'i' | 'p' | 's' => {
                    let value = if rest.as_str().is_empty() { words.next().map_or("", String::as_str) } else { rest.as_str() };
                    if letter == 'w' {
                        options.wait = value.parse::<u32>().ok().map(|seconds| SimDuration::from_seconds(seconds.into()));
                    }
                    break;
                }
                _ => {}
            }
        }
    }
    options
}

/// Runs nc.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    let Options { scan, verbose, udp, wait, operands } = parse(client.args);
    let (Some(host), Some(port)) = (operands.first(), operands.get(1).and_then(|port| port.split('-').next()?.parse::<u16>().ok())) else {
        client.complain("BusyBox v1.36.1 () multi-call binary.\n\nUsage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]");
        return Ok(1);
    };
    let Found::Addresses(addresses, _) = resolver::resolve(client, host)? else {
        client.complain(&format!("nc: bad address '{host}'"));
        return Ok(1);
    };
    let to = addresses[0];
    let shown = format!("{host} ({to}:{port})");
    if udp {
        client.ask(Ask::Datagram { to, port })?;
        if verbose {
            client.complain(&format!("{shown} open"));
        }
        return Ok(0);
    }
    let limit = wait.map(|wait| client.at + wait);
    match connect(client, to, port, limit)? {
        Connected::Open(link, _) => {
            if verbose {
                client.complain(&format!("{shown} open"));
            }
            if !scan {
                talk(client, link, host)?;
            }
            client.ask(Ask::Close { link })?;
            Ok(0)
        }
        how => {
            let why = reason(&how);
            let line = match how {
                Connected::LimitReached => "nc: timed out".to_owned(),
                _ if verbose => format!("nc: {shown}: {why}"),
                _ if scan => return Ok(1),
                _ => format!("nc: can't connect to remote host ({to}): {why}"),
            };
            client.complain(&line);
            Ok(1)
        }
    }
}

pub(super) fn reason(how: &Connected) -> &'static str {
    match how {
        Connected::TimedOut | Connected::LimitReached => "Connection timed out",
        Connected::Unreachable => "No route to host",
        Connected::Refused | Connected::Open(..) => "Connection refused",
    }
}

/// Sends what was piped in, if it is a request, and prints the answer.
pub(super) fn talk(client: &mut Client<'_, '_>, link: u32, host: &str) -> Result<(), Suspended> {
    let input = client.input.to_owned();
    let mut words = input.lines().next().unwrap_or_default().split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(()) };
    let request = HttpRequest { method: Name::from(method), target: target.to_owned(), host: host.to_owned(), ..HttpRequest::default() };
    client.ask(Ask::Send { link, request })?;
    loop {
        match client.ask(Ask::Receive { link, limit: SimDuration::from_seconds(3600) })? {
            Reply::NotYet => {}
            Reply::Response(response) => {
                let head = super::curl_report::head(&response, "\r\n", "");
                client.out.push_str(&head);
                client.out.push_str(&response.body);
                return Ok(());
            }
            _ => return Ok(()),
        }
    }
}

/// Runs telnet: its input is at its end, so it leaves as soon as it is in.
pub(super) fn telnet(client: &mut Client<'_, '_>) -> Ending {
    let operands: Vec<String> = client.args.iter().filter(|arg| !arg.starts_with('-')).cloned().collect();
    let (Some(host), port) = (operands.first(), operands.get(1).map_or(Some(23), |port| port.parse().ok())) else {
        client.complain("BusyBox v1.36.1 () multi-call binary.\n\nUsage: telnet [-a] [-l USER] HOST [PORT]");
        return Ok(1);
    };
    let Some(port) = port else {
        client.complain(&format!("telnet: bad port '{}'", operands[1]));
        return Ok(1);
    };
    let Found::Addresses(addresses, _) = resolver::resolve(client, host)? else {
        client.complain(&format!("telnet: bad address '{host}'"));
        return Ok(1);
    };
    let to = addresses[0];
    match connect(client, to, port, None)? {
        Connected::Open(link, _) => {
            client.ask(Ask::Close { link })?;
            client.say(&format!("Connected to {host}\n\nEntering character mode\nEscape character is '^]'.\n"));
            client.complain("Connection closed by foreign host");
            Ok(1)
        }
        how => {
            client.complain(&format!("telnet: can't connect to remote host ({to}): {}", reason(&how)));
            Ok(1)
        }
    }
}
