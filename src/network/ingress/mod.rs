//! Where an ingress controller sends a request: by host, then by path, then by what annotations say. Models networking/v1 and
//! ingress-nginx: internal/ingress/controller/{controller,template/template,location}.go.
//!
//! Left out: authentication, rate limits, mirrors, snippets; annotations that only tune nginx have no effect.

mod location;
mod routing;
mod sticky;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::rc::Rc;

use self::location::{Location, find};
use self::sticky::cookie;
pub use self::routing::{By, Routing};
pub use self::sticky::Sticky;
pub(crate) use self::sticky::endpoint_of;
use super::plane::{contains, network};
use crate::api::{Ingress, IngressBackend, IngressClass, ServiceBackendPort};
use crate::base::{Name, Random, sort, sort_by_key};
use crate::store::View;

/// The name that IngressClasses give this controller (--controller-class).
pub const CONTROLLER: &str = "k8s.io/ingress-nginx";
const PREFIX: &str = "nginx.ingress.kubernetes.io/";

/// A request, as the controller sees it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The Host header.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Whether it came through TLS.
    pub tls: bool,
    /// Who asks.
    pub client: Ipv4Addr,
    /// How long its body is, in bytes.
    pub length: usize,
    /// A header's value, by its name.
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Backend {
    /// The ingress that says so: its namespace and name.
    pub ingress: (Name, Name),
    /// The Service, in the ingress's namespace.
    pub service: Name,
    /// Its port.
    pub port: ServiceBackendPort,
    /// Path and query, rewritten.
    pub target: String,
    /// Through the Service's address, not straight to a pod (service-upstream).
    pub by_cluster_ip: bool,
    /// The Host header that the Service gets.
    pub host: String,
    /// The cookie by which a client stays with a pod, if the ingress wants one.
    pub sticky: Option<Sticky>,
    /// By what it was chosen.
    pub by: By,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made for a request and taken apart at once")]
pub enum Decision {
    /// It goes to a Service.
    Backend(Backend),
    /// The client is told to ask elsewhere.
    Redirect {
        /// 301, 302 or 308.
        status: u16,
        /// Where.
        location: String,
    },
    /// The client may not (403).
    Denied,
    /// Its body is longer than the ingress lets through (413).
    TooLarge,
    /// No rule is for it (404).
    NotFound,
}

/// An annotation of ingress-nginx.
fn annotation<'a>(ingress: &'a Ingress, name: &str) -> Option<&'a str> {
    let key = Name::from(format!("{PREFIX}{name}"));
    ingress.meta.annotations.get(&key).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn is_on(ingress: &Ingress, name: &str) -> bool {
    annotation(ingress, name) == Some("true")
}

/// The ingresses that a controller serves, the oldest first. Models internal/ingress/controller/ingressclass and store.
pub fn served<'a>(
    all: impl Iterator<Item = &'a Rc<Ingress>>,
    classes: &[Rc<IngressClass>],
    controller: &str,
    class: &str,
    without_class: bool,
) -> Vec<Rc<Ingress>> {
    let own = |name: &Name| classes.iter().any(|class| class.meta.name == *name && class.spec.controller == *controller);
    let key = Name::fixed("kubernetes.io/ingress.class");
    let is_served = |ingress: &&Rc<Ingress>| match (ingress.meta.annotations.get(&key), &ingress.spec.ingress_class_name) {
        (Some(named), _) => *named == *class,
        (None, Some(named)) => own(named),
        (None, None) => without_class,
    };
    let mut found: Vec<Rc<Ingress>> = all.filter(is_served).cloned().collect();
    sort_by_key(&mut found, |ingress| (ingress.meta.creation, ingress.meta.namespace.clone(), ingress.meta.name.clone()));
    found
}

/// How well a rule's host fits: exactly, as the one label that `*` stands for, or because it names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Any,
    Wildcard,
    Exact,
}

fn fit(rule: &str, host: &str) -> Option<Fit> {
    if rule.is_empty() {
        return Some(Fit::Any);
    }
    if rule.eq_ignore_ascii_case(host) {
        return Some(Fit::Exact);
    }
    let suffix = rule.strip_prefix("*.")?;
    let (label, rest) = host.split_once('.')?;
    (!label.is_empty() && rest.eq_ignore_ascii_case(suffix)).then_some(Fit::Wildcard)
}

/// The addresses of all ingresses that name a host, in order.
pub fn addresses_of(view: View<'_>, host: &str) -> Vec<Ipv4Addr> {
    let names = |ingress: &&Rc<Ingress>| ingress.spec.rules.iter().any(|rule| fit(&rule.host, host) >= Some(Fit::Wildcard));
    let ingresses = view.ingresses(&Name::default()).filter(names);
    let all = ingresses.flat_map(|ingress| ingress.status.load_balancer.ingress.iter().filter_map(|one| one.ip.parse().ok()));
    let mut all: Vec<Ipv4Addr> = all.collect();
    sort(&mut all);
    all.dedup();
    all
}

/// The host without its port.
fn bare(host: &str) -> &str {
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(host, _)| host)
}

/// All ways through the server of a host, and its name as the rules write it.
fn server<'a>(ingresses: &'a [Rc<Ingress>], host: &str) -> (Vec<Location<'a>>, Option<(&'a Ingress, &'a IngressBackend)>) {
    let mut best: Option<(Fit, &Name)> = None;
    for rule in ingresses.iter().flat_map(|ingress| &ingress.spec.rules) {
        if let Some(fit) = fit(&rule.host, host).filter(|fit| best.is_none_or(|(best, _)| *fit > best)) {
            best = Some((fit, &rule.host));
        }
    }
    let alias = |ingress: &Ingress| annotation(ingress, "server-alias").is_some_and(|all| all.split(',').any(|alias| alias.trim() == host));
    let mut locations = Vec::new();
    let mut fallback = None;
    for ingress in ingresses.iter().filter(|ingress| !is_on(ingress, "canary")) {
        for rule in &ingress.spec.rules {
            let is_it = best.is_some_and(|(_, name)| rule.host == *name) || alias(ingress);
            if !is_it {
                continue;
            }
            let paths = rule.http.iter().flat_map(|http| &http.paths);
            locations.extend(paths.map(|path| Location::of(ingress, path)));
            fallback = fallback.or(ingress.spec.default_backend.as_ref().map(|backend| (&**ingress, backend)));
        }
        // An ingress without rules is for all hosts that nobody else names.
        if ingress.spec.rules.is_empty() && best.is_none_or(|(fit, _)| fit == Fit::Any) {
            fallback = fallback.or(ingress.spec.default_backend.as_ref().map(|backend| (&**ingress, backend)));
        }
    }
    (locations, fallback)
}

/// What becomes of a request.
pub fn decide(ingresses: &[Rc<Ingress>], asked: &Asked<'_>, random: &mut Random) -> Decision {
    let host = bare(asked.host);
    let (locations, fallback) = server(ingresses, host);
    let path = asked.target.split('?').next().unwrap_or_default();
    let (ingress, backend, own_path, target, by) = match find(&locations, path) {
        Some(found) => {
            let location = &locations[found.index];
            let own_path = location.cookie_path(&found);
            (location.ingress, location.backend, own_path, location.rewritten(asked.target, &found), location.by(&found))
        }
        None => match fallback {
            Some((ingress, backend)) => (ingress, backend, "/", asked.target.to_owned(), By::Default),
            None => return Decision::NotFound,
        },
    };
    if let Some(answer) = own_answer(ingress, asked, host, path) {
        return answer;
    }
    let Some(service) = &backend.service else { return Decision::NotFound };
    let mut chosen = Backend {
        ingress: (ingress.meta.namespace.clone(), ingress.meta.name.clone()),
        service: service.name.clone(),
        port: service.port.clone(),
        target,
        by_cluster_ip: is_on(ingress, "service-upstream"),
        host: annotation(ingress, "upstream-vhost").unwrap_or(asked.host).to_owned(),
        sticky: Sticky::of(ingress, own_path, asked.tls),
        by,
    };
    canary(ingresses, asked, host, path, random, &mut chosen);
    Decision::Backend(chosen)
}

/// How long a body may be, in bytes; None for any length. Models proxy-body-size, which is 1m unless said otherwise, and 0 for no limit.
fn body_limit(ingress: &Ingress) -> Option<usize> {
    let text = annotation(ingress, "proxy-body-size").unwrap_or("1m");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].bytes().next().map(|unit| unit.to_ascii_lowercase()) {
        Some(b'k') => 1 << 10,
        Some(b'm') => 1 << 20,
        Some(b'g') => 1 << 30,
        _ => 1,
    };
    let limit = digits.parse::<usize>().map_or(1 << 20, |size| size.saturating_mul(unit));
    (limit != 0).then_some(limit)
}

/// What the controller answers by itself.
fn own_answer(ingress: &Ingress, asked: &Asked<'_>, host: &str, path: &str) -> Option<Decision> {
    let scheme = if asked.tls { "https" } else { "http" };
    let redirect = |status, location| Some(Decision::Redirect { status, location });
    if body_limit(ingress).is_some_and(|limit| asked.length > limit) {
        return Some(Decision::TooLarge);
    }
    if let Some(ranges) = annotation(ingress, "whitelist-source-range").or(annotation(ingress, "allowlist-source-range"))
        && !ranges.split(',').filter_map(|range| network(range.trim())).any(|range| contains(range, asked.client))
    {
        return Some(Decision::Denied);
    }
    let has_tls = ingress.spec.tls.iter().any(|tls| tls.hosts.is_empty() || tls.hosts.iter().any(|name| fit(name, host) >= Some(Fit::Wildcard)));
    let wanted = has_tls && annotation(ingress, "ssl-redirect") != Some("false");
    if !asked.tls && (wanted || is_on(ingress, "force-ssl-redirect")) {
        return redirect(308, format!("https://{host}{}", asked.target));
    }
    if let Some(root) = annotation(ingress, "app-root").filter(|_| path == "/") {
        return redirect(302, format!("{scheme}://{}{root}", asked.host));
    }
    if let Some(to) = annotation(ingress, "permanent-redirect") {
        let code = annotation(ingress, "permanent-redirect-code").and_then(|code| code.parse().ok());
        return redirect(code.unwrap_or(301), to.to_owned());
    }
    if let Some(to) = annotation(ingress, "temporal-redirect") {
        return redirect(302, to.to_owned());
    }
    None
}

/// A canary of the same host and path takes its share. Models rootfs/etc/nginx/lua/balancer.lua route_to_alternative_balancer.
fn canary(ingresses: &[Rc<Ingress>], asked: &Asked<'_>, host: &str, path: &str, random: &mut Random, chosen: &mut Backend) {
    for ingress in ingresses.iter().filter(|ingress| is_on(ingress, "canary")) {
        let rules = ingress.spec.rules.iter().filter(|rule| fit(&rule.host, host).is_some());
        let locations: Vec<Location<'_>> =
            rules.flat_map(|rule| rule.http.iter().flat_map(|http| &http.paths)).map(|path| Location::of(ingress, path)).collect();
        let Some(service) = find(&locations, path).and_then(|found| locations[found.index].backend.service.as_ref()) else { continue };
        let by_header = annotation(ingress, "canary-by-header").and_then(|name| (asked.header)(name)).map(|value| {
            match (annotation(ingress, "canary-by-header-value"), value.as_str()) {
                (Some(wanted), value) => (wanted == value).then_some(true),
                (None, "always") => Some(true),
                (None, "never") => Some(false),
                _ => None,
            }
        });
        let by_cookie = || {
            let cookies = (asked.header)("cookie")?;
            match cookie(&cookies, annotation(ingress, "canary-by-cookie")?)? {
                "always" => Some(true),
                "never" => Some(false),
                _ => None,
            }
        };
        let weight = || annotation(ingress, "canary-weight").and_then(|weight| weight.parse::<u64>().ok()).unwrap_or(0);
        let takes = by_header.flatten().or_else(by_cookie).unwrap_or_else(|| random.below(100) < weight());
        if takes {
            chosen.service = service.name.clone();
            chosen.port = service.port.clone();
            chosen.by = By::Canary((ingress.meta.namespace.clone(), ingress.meta.name.clone()));
            return;
        }
    }
}

/// The secret with the certificate of a host: its namespace and name; None for the controller's own, which nobody trusts.
pub fn certificate(ingresses: &[Rc<Ingress>], host: &str) -> Option<(Name, Name)> {
    let host = bare(host);
    let all = || ingresses.iter().flat_map(|ingress| ingress.spec.tls.iter().map(move |tls| (ingress, tls)));
    let by = |wanted: Fit| all().find(|(_, tls)| tls.hosts.iter().any(|name| fit(name, host) == Some(wanted)));
    let (ingress, tls) = by(Fit::Exact).or_else(|| by(Fit::Wildcard))?;
    Some((ingress.meta.namespace.clone(), tls.secret_name.clone()))
}
