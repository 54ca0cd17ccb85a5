//! The paths of a host: which of them a request takes, and what its path becomes. Models the locations that ingress-nginx writes:
//! plain ones, or regular expressions for all paths of a host once one of them asks for it.

use super::{By, annotation, is_on};
use crate::api::{HttpIngressPath, Ingress, IngressBackend};
use crate::base::{Dialect, Groups, Regex, sort_by};

/// A path of a host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Location<'a> {
    pub ingress: &'a Ingress,
    pub backend: &'a IngressBackend,
    path: &'a str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Specific,
    Prefix,
    Exact,
}

/// A location that takes a request.
#[derive(Debug)]
pub(super) struct Found {
    pub index: usize,
    groups: Groups,
    by_expression: bool,
}

impl<'a> Location<'a> {
    pub fn of(ingress: &'a Ingress, path: &'a HttpIngressPath) -> Location<'a> {
        let kind = match path.path_type.as_ref().map(|kind| kind.as_str()) {
            Some("Exact") => Kind::Exact,
            Some("Prefix") => Kind::Prefix,
            _ => Kind::Specific,
        };
        Location { ingress, backend: &path.backend, path: if path.path.is_empty() { "/" } else { &path.path }, kind }
    }

    fn rewrite_target(&self) -> Option<&'a str> {
        annotation(self.ingress, "rewrite-target").filter(|target| *target != self.path)
    }

    /// Whether it makes all paths of its host expressions.
    fn asks_for_expressions(&self) -> bool {
        self.rewrite_target().is_some() || is_on(self.ingress, "use-regex")
    }

    fn takes(&self, path: &str) -> bool {
        match self.kind {
            Kind::Exact => path == self.path,
            Kind::Specific => path.starts_with(self.path),
            Kind::Prefix => {
                let own = self.path.trim_end_matches('/');
                path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }

    /// The path that the Service is asked for.
    pub fn rewritten(&self, target: &str, found: &Found) -> String {
        let Some(to) = self.rewrite_target() else { return target.to_owned() };
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let mut new = String::new();
        let mut rest = to.chars().peekable();
        while let Some(c) = rest.next() {
            let group = rest.peek().and_then(|digit| digit.to_digit(10)).filter(|_| c == '$');
            match group {
                Some(number) => {
                    rest.next();
                    if let Some(Some((from, to))) = found.groups.get(number as usize) {
                        new.push_str(&path[*from..*to]);
                    }
                }
                None => new.push(c),
            }
        }
        if !new.starts_with('/') {
            new.insert(0, '/');
        }
        if let Some(query) = query {
            new.push('?');
            new.push_str(query);
        }
        new
    }

    /// Where a cookie is for: the path, unless that is an expression.
    pub fn cookie_path(&self, found: &Found) -> &'a str {
        if found.by_expression { "/" } else { self.path }
    }

    /// How it was found.
    pub fn by(&self, found: &Found) -> By {
        let kind = match (found.by_expression, self.kind) {
            (true, _) => "regular expression",
            (_, Kind::Exact) => "Exact",
            (_, Kind::Prefix) => "Prefix",
            (_, Kind::Specific) => "ImplementationSpecific",
        };
        By::Path(self.path.into(), kind)
    }
}

/// The location that takes a path: the longest of those that fit, an exact one first.
pub(super) fn find(locations: &[Location<'_>], path: &str) -> Option<Found> {
    if locations.iter().any(Location::asks_for_expressions) {
        return by_expression(locations, path);
    }
    let mut best: Option<(bool, usize, Kind, usize)> = None;
    for (index, location) in locations.iter().enumerate().filter(|(_, location)| location.takes(path)) {
        let length = location.path.trim_end_matches('/').len();
        let rank = (location.kind == Kind::Exact, length, location.kind);
        // Of two that are alike, the older ingress has it.
        if best.is_none_or(|(exact, length, kind, _)| rank > (exact, length, kind)) {
            best = Some((rank.0, rank.1, rank.2, index));
        }
    }
    best.map(|(.., index)| Found { index, groups: Groups::new(), by_expression: false })
}

/// The first of the expressions that matches, the longest first.
fn by_expression(locations: &[Location<'_>], path: &str) -> Option<Found> {
    let mut order: Vec<usize> = (0..locations.len()).collect();
    sort_by(&mut order, |a, b| {
        let (a, b) = (locations[*a].path, locations[*b].path);
        b.len().cmp(&a.len()).then_with(|| b.cmp(a))
    });
    order.into_iter().find_map(|index| {
        let groups = Regex::parse(&format!("^{}", locations[index].path), Dialect::Perl, true)?.find(path, 0)?;
        Some(Found { index, groups, by_expression: true })
    })
}
