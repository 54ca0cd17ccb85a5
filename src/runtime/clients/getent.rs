//! `getent hosts`, `getent ahosts`: what the C library's lookup says. Models glibc nss/getent.c.
//! Left out: databases other than hosts, IPv6.

use super::resolver::{self, Found};
use super::{Client, Ending};

/// Runs getent.
pub(super) fn run(client: &mut Client<'_, '_>) -> Ending {
    let Some(database) = client.args.first().cloned() else {
        client.complain("Usage: getent [OPTION...] database [key ...]");
        return Ok(1);
    };
    if !matches!(database.as_str(), "hosts" | "ahosts" | "ahostsv4") {
        if database == "passwd" {
            client.say("root:x:0:0:root:/root:/bin/bash");
            return Ok(0);
        }
        client.complain(&format!("Unknown database: {database}"));
        return Ok(1);
    }
    let names: Vec<String> = client.args.iter().skip(1).cloned().collect();
    if names.is_empty() {
        let hosts = client.around.disk.read("/etc/hosts").unwrap_or_default();
        for line in hosts.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())) {
            let mut words = line.split_whitespace();
            let address = words.next().unwrap_or_default();
            let rest: Vec<&str> = words.collect();
            client.say(&format!("{address:15} {}", rest.join(" ")));
        }
        return Ok(0);
    }
    let mut code = 0;
    for name in names {
        match resolver::resolve(client, &name)? {
            Found::Addresses(addresses, full) => {
                for (n, address) in addresses.iter().enumerate() {
                    if database == "hosts" {
                        client.say(&format!("{address:<15} {full}"));
                        continue;
                    }
                    let shown = if n == 0 { full.as_str() } else { "" };
                    for (kind, shown) in [("STREAM", shown), ("DGRAM", ""), ("RAW", "")] {
                        client.say(format!("{address:<15} {kind:6} {shown}").trim_end());
                    }
                }
            }
            Found::Missing | Found::NoAnswer => code = 2,
        }
    }
    Ok(code)
}
