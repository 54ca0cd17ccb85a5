//! Addresses of pages, as curl, wget and whoever sends a request read them.
//! Left out: the escapes of a path, addresses of IPv6.

use std::net::Ipv4Addr;

use super::HttpRequest;

/// How an address is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
    /// `telnet`
    Telnet,
}

impl Scheme {
    /// As it stands before `://`.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
            Scheme::Telnet => "telnet",
        }
    }

    /// The port of an address that names none.
    fn port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
            Scheme::Telnet => 23,
        }
    }
}

/// `http://host:80/path?query`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// What stands before `://`.
    pub scheme: Scheme,
    /// `user:password`
    pub user: Option<String>,
    /// A name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Path and query: `/path?query`.
    pub target: String,
}

/// Why a text is no URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadUrl {
    /// No host, a port that is no number.
    Format,
    /// A scheme that is not known.
    Scheme(String),
}

impl Url {
    /// Reads a URL; without a scheme it is http.
    pub fn parse(text: &str) -> Result<Url, BadUrl> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            "telnet" => Scheme::Telnet,
            other => return Err(BadUrl::Scheme(other.to_owned())),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user.to_owned()), place));
        let (host, port) = place.split_once(':').unwrap_or((place, ""));
        if host.is_empty() || host.contains([' ', '{', '}', '"', '<', '>']) || target.contains(' ') {
            return Err(BadUrl::Format);
        }
        let port = match port {
            "" => scheme.port(),
            port => port.parse().map_err(|_| BadUrl::Format)?,
        };
        let target = target.split('#').next().unwrap_or_default();
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Ok(Url { scheme, user, host: host.to_owned(), port, target })
    }

    /// Of an address that nothing more is known of.
    pub fn of_address(ip: Ipv4Addr, port: u16) -> Url {
        Url { scheme: Scheme::Http, user: None, host: ip.to_string(), port, target: "/".to_owned() }
    }

    /// Of what a client that names a host sends to a port.
    pub fn of_request(host: &str, port: u16, request: &HttpRequest) -> Url {
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host).to_owned();
        let scheme = if request.tls { Scheme::Https } else { Scheme::Http };
        Url { scheme, user: None, host, port, target: request.target.clone() }
    }

    /// The Host header: the port is there if it is not the usual one.
    pub fn host_header(&self) -> String {
        let usual = if self.is_tls() { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// Whether it is spoken to behind TLS.
    pub fn is_tls(&self) -> bool {
        self.scheme == Scheme::Https
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        let url = |text| Url::parse(text).map(|url| format!("{} {} {} {}", url.scheme.name(), url.host, url.port, url.target));
        let good = |text: &str| Ok(text.to_owned());
        let table = [
            ("http://kubia", good("http kubia 80 /")),
            ("HTTP://kubia", good("http kubia 80 /")),
            ("https://10.96.0.1?x", good("https 10.96.0.1 443 /?x")),
            ("jane:secret@kubia:81", good("http kubia 81 /")),
            ("http://kubia:http", Err(BadUrl::Format)),
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
