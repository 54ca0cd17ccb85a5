//! The way to open a connection, and what may become of the attempt.

use std::net::Ipv4Addr;

use crate::base::{SimDuration, SimTime};
use super::{Client, Suspended};
use crate::runtime::wire::{Ask, Reply};

/// tcp_syn_retries 6 and tcp_syn_linear_timeouts 4: a kernel gives up a connection that nobody answers after this long.
const KERNEL_PATIENCE: SimDuration = SimDuration::from_millis(134_978);

/// How an attempt to connect went.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Connected {
    /// Open: number and own address.
    Open(u32, Ipv4Addr),
    /// An error at once or soon.
    Refused,
    /// Nobody has the address.
    Unreachable,
    /// The limit was reached first.
    LimitReached,
    /// The kernel gave up.
    TimedOut,
}

/// Tries to connect, no longer than until `limit`.
pub(super) fn connect(client: &mut Client<'_, '_>, to: Ipv4Addr, port: u16, limit: Option<SimTime>) -> Result<Connected, Suspended> {
    let own = KERNEL_PATIENCE;
    let limit = limit.map_or(own, |limit| limit.since(client.at));
    Ok(match client.ask(Ask::Connect { to, port, limit: limit.min(own) })? {
        Reply::Connected { link, source } => Connected::Open(link, source),
        Reply::Silence if limit < own => Connected::LimitReached,
        Reply::Silence => Connected::TimedOut,
        Reply::HostUnreachable => Connected::Unreachable,
        _ => Connected::Refused,
    })
}
