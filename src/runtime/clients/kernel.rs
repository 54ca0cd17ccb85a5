//! The tools that look into the kernel of their machine or pod: `ip`, `ss`, `netstat`, `ifconfig`, `route`, and on nodes `iptables-save`
//! and `conntrack`. What they print is known to whoever knows the network.

use super::{Client, Ending};
use crate::base::SimDuration;
use crate::runtime::wire::{Ask, Reply};

/// A process starts and asks in about this long.
const START: SimDuration = SimDuration::from_millis(2);

/// Runs one of them.
fn look(client: &mut Client<'_, '_>, name: &str) -> Ending {
    client.pause(START);
    let mut words = vec![name.to_owned()];
    words.extend(client.args.iter().cloned());
    let Reply::Printed { output, error, code } = client.ask(Ask::Kernel { words })? else { return Ok(1) };
    client.out.push_str(&output);
    client.err.push_str(&error);
    Ok(code)
}

pub(super) fn ip(client: &mut Client<'_, '_>) -> Ending {
    look(client, "ip")
}

pub(super) fn ss(client: &mut Client<'_, '_>) -> Ending {
    look(client, "ss")
}

pub(super) fn netstat(client: &mut Client<'_, '_>) -> Ending {
    look(client, "netstat")
}

pub(super) fn ifconfig(client: &mut Client<'_, '_>) -> Ending {
    look(client, "ifconfig")
}

pub(super) fn route(client: &mut Client<'_, '_>) -> Ending {
    look(client, "route")
}

pub(super) fn iptables_save(client: &mut Client<'_, '_>) -> Ending {
    look(client, "iptables-save")
}

pub(super) fn conntrack(client: &mut Client<'_, '_>) -> Ending {
    look(client, "conntrack")
}
