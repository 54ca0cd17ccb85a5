//! Addresses of pages, and the way to open a connection to one.

use std::net::Ipv4Addr;

use crate::base::{SimDuration, SimTime};
use super::{Client, Suspended};
use crate::runtime::wire::{Ask, Reply};

/// tcp_syn_retries 6 and tcp_syn_linear_timeouts 4: a kernel gives up a connection that nobody answers after this long.
const KERNEL_PATIENCE: SimDuration = SimDuration::from_millis(134_978);

/// `http://host:80/path?query`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Url {
    pub scheme: String,
    /// `user:password`
    pub user: Option<String>,
    pub host: String,
    pub port: u16,
    /// `/path?query`
    pub target: String,
}

/// Why a text is no URL.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum BadUrl {
    /// No host, a port that is no number.
    Format,
    /// A scheme that is not known.
    Scheme(String),
}

impl Url {
    /// Reads a URL; without a scheme it is http.
    pub fn parse(text: &str) -> Result<Url, BadUrl> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = scheme.to_ascii_lowercase();
        let default = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            "telnet" => 23,
            _ => return Err(BadUrl::Scheme(scheme)),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user.to_owned()), place));
        let (host, port) = place.split_once(':').map_or((place, ""), |(host, port)| (host, port));
        if host.is_empty() || host.contains([' ', '{', '}', '"', '<', '>']) || target.contains(' ') {
            return Err(BadUrl::Format);
        }
        let number = match port {
            "" => default,
            port => port.parse().map_err(|_| BadUrl::Format)?,
        };
        let target = target.split('#').next().unwrap_or_default();
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Ok(Url { scheme, user, host: host.to_owned(), port: number, target })
    }

    /// The Host header: the port is there if it is not the usual one.
    pub fn host_header(&self) -> String {
        let usual = if self.is_tls() { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    pub fn is_tls(&self) -> bool {
        self.scheme == "https"
    }

    /// Where a Location leads.
    pub fn join(&self, location: &str) -> Result<Url, BadUrl> {
        if location.contains("://") {
            return Url::parse(location);
        }
        let mut next = self.clone();
        next.target = match location.starts_with('/') {
            true => location.to_owned(),
            false => format!("{}/{location}", self.target.rsplit_once('/').map_or("", |(folder, _)| folder)),
        };
        Ok(next)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let url = |text| Url::parse(text).map(|url| format!("{} {} {} {}", url.scheme, url.host, url.port, url.target));
        let good = |text: &str| Ok(text.to_owned());
        let table = [
            ("http://kubia", good("http kubia 80 /")),
            ("kubia:8080/a?b=1#c", good("http kubia 8080 /a?b=1")),
            ("https://kubernetes.default?x", good("https kubernetes.default 443 /?x")),
            ("http://:", Err(BadUrl::Format)),
            ("http://a:b", Err(BadUrl::Format)),
            ("foo://a", Err(BadUrl::Scheme("foo".to_owned()))),
        ];
        for (text, expected) in table {
            assert_eq!(url(text), expected, "{text}");
        }
    }
}
