//! The cookie by which a client stays with a pod. Models rootfs/etc/nginx/lua/balancer/{sticky,sticky_balanced}.lua: the cookie holds a key,
//! and the key leads to a pod for as long as that is ready.
//!
//! Left out: the mode `persistent`, which moves nobody when pods come; how many of nginx's points each pod has on its ring.

use std::net::Ipv4Addr;

use super::{annotation, is_on};
use crate::api::{Ingress, ServiceBackendPort};
use crate::base::{Name, Random, SimTime, fnv32, fnv64};
use crate::runtime::http_date;

/// What an ingress says of its cookie.
#[derive(Clone, Debug, PartialEq)]
pub struct Sticky {
    name: String,
    path: String,
    max_age: Option<String>,
    expires: Option<u64>,
    domain: Option<String>,
    same_site: Option<String>,
    secure: bool,
    /// Whether a client whose pod does not answer gets another (session-cookie-change-on-failure).
    pub changes_on_failure: bool,
}

/// A cookie's value in a Cookie header.
pub(super) fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='))
}

/// What the cookie says of the Service that it is for, so that no other takes it for its own.
fn backend_key(namespace: &str, service: &str, port: &ServiceBackendPort) -> String {
    let port = if port.name.is_empty() { port.number.to_string() } else { port.name.to_string() };
    let name = format!("{namespace}-{service}-{port}");
    let first = fnv64(0xCBF2_9CE4_8422_2325, &name);
    format!("{first:016x}{:016x}", fnv64(first, &name))
}

impl Sticky {
    pub(super) fn of(ingress: &Ingress, path: &str, tls: bool) -> Option<Sticky> {
        if annotation(ingress, "affinity") != Some("cookie") {
            return None;
        }
        let own = |name: &str| annotation(ingress, name).map(str::to_owned);
        Some(Sticky {
            name: own("session-cookie-name").unwrap_or_else(|| "INGRESSCOOKIE".to_owned()),
            path: own("session-cookie-path").unwrap_or_else(|| path.to_owned()),
            max_age: own("session-cookie-max-age"),
            expires: own("session-cookie-expires").and_then(|seconds| seconds.parse().ok()),
            domain: own("session-cookie-domain"),
            same_site: own("session-cookie-samesite"),
            secure: annotation(ingress, "session-cookie-secure").map_or(tls, |value| value == "true"),
            changes_on_failure: is_on(ingress, "session-cookie-change-on-failure"),
        })
    }

    /// The key that a client brings back, from its Cookie header, if it is one for this Service.
    pub fn key<'a>(&self, cookies: &'a str, namespace: &str, service: &str, port: &ServiceBackendPort) -> Option<&'a str> {
        let (key, backend) = cookie(cookies, &self.name)?.rsplit_once('|')?;
        (backend == backend_key(namespace, service, port)).then_some(key)
    }

    /// A new key.
    pub fn new_key(random: &mut Random, at: SimTime) -> String {
        let millis = at.micros() / 1000;
        format!("{}.{:03}.{}.{}", millis / 1000, millis % 1000, 30 + random.below(8), 1 + random.below(999_999))
    }

    /// The value of the Set-Cookie header. Models lua-resty-cookie's bake.
    pub fn set(&self, key: &str, namespace: &Name, service: &Name, port: &ServiceBackendPort, at: SimTime) -> String {
        let mut text = format!("{}={key}|{}", self.name, backend_key(namespace, service, port));
        let mut add = |name: &str, value: &str| {
            text.push_str("; ");
            text.push_str(name);
            text.push_str(value);
        };
        if let Some(seconds) = self.expires {
            add("Expires=", &cookie_time(SimTime::from_micros(at.micros() + seconds.saturating_mul(1_000_000))));
        }
        for (name, value) in [("Max-Age=", &self.max_age), ("Domain=", &self.domain)] {
            if let Some(value) = value {
                add(name, value);
            }
        }
        add("Path=", &self.path);
        if self.secure {
            add("Secure", "");
        }
        add("HttpOnly", "");
        if let Some(value) = &self.same_site {
            add("SameSite=", value);
        }
        text
    }
}

/// `Sun, 22-Nov-26 16:46:42 GMT`. Models nginx's ngx_http_cookie_time.
fn cookie_time(at: SimTime) -> String {
    let date = http_date(at);
    let mut words = date.split(' ');
    let mut next = || words.next().unwrap_or_default();
    let (weekday, day, month, year, time) = (next(), next(), next(), next(), next());
    format!("{weekday} {day}-{month}-{} {time} GMT", year.get(2..).unwrap_or_default())
}

/// The endpoint that a key leads to: the others' coming and going moves few keys, as on a ring.
pub(crate) fn endpoint_of(key: &str, endpoints: &[(Ipv4Addr, u16)]) -> Option<usize> {
    let weight = |(ip, port): &(Ipv4Addr, u16)| fnv32(key.bytes().chain(ip.octets()).chain(port.to_be_bytes()).chain(key.bytes()));
    (0..endpoints.len()).max_by_key(|index| weight(&endpoints[*index]))
}
