//! `kubectl create ingress`. Models kubectl/pkg/cmd/create/create_ingress.go.

use serde_json::{Map, Value, json};

use super::Run;
use super::create::{name_of, send};
use crate::api::Kind;
use crate::kubectl::answer::{Answer, Failure};

/// A rule: `foo.com/path*=service:port,tls=secret`.
#[derive(Debug, PartialEq)]
struct Rule<'a> {
    host: &'a str,
    path: &'a str,
    service: &'a str,
    port: &'a str,
}

pub(super) fn run(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "ingress", 1)?;
    let given = run.given;
    let default = given.text("default-backend").filter(|text| !text.is_empty());
    let texts = given.all("rule");
    if default.is_none() && texts.is_empty() {
        return Err(Failure::own(
            "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list \
             of rules (which catch specific paths)",
        ));
    }
    let mut rules = Vec::new();
    for text in texts {
        let rule = read(text).ok_or_else(|| {
            Failure::Own(format!("rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"))
        })?;
        rules.push(rule);
    }
    let mut metadata = json!({"creationTimestamp": null, "name": name});
    let annotations = annotations(given.all("annotation"))?;
    if !annotations.is_empty() {
        metadata["annotations"] = Value::Object(annotations);
    }
    let mut spec = json!({});
    if let Some(default) = default {
        let parts: Vec<&str> = default.split(':').collect();
        let [service, port] = parts[..] else {
            return Err(Failure::own("default-backend should be in format servicename:serviceport"));
        };
        spec["defaultBackend"] = backend(service, port);
    }
    if let Some(class) = given.text("class").filter(|class| !class.is_empty()) {
        spec["ingressClassName"] = Value::from(class);
    }
    let parts = [("rules", rules_of(&rules)), ("tls", tls_of(texts))];
    for (key, list) in parts.into_iter().filter(|(_, list)| !list.is_empty()) {
        spec[key] = Value::Array(list);
    }
    let value = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}},
    });
    send(run, Kind::Ingress, value)
}

fn annotations(texts: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut map = Map::new();
    for text in texts {
        let Some((key, value)) = text.split_once('=') else {
            return Err(Failure::Own(format!("annotation {text} is invalid and should be in format key=[value]")));
        };
        map.insert(key.to_owned(), Value::from(value));
    }
    Ok(map)
}

fn backend(service: &str, port: &str) -> Value {
    let port = match port.parse::<i32>() {
        Ok(number) => json!({"number": number}),
        Err(_) => json!({"name": port}),
    };
    json!({"service": {"name": service, "port": port}})
}

/// The part of a rule before its certificate: a host, a path that begins with a slash, and behind the last fitting `=` a service and its port.
fn read(text: &str) -> Option<Rule<'_>> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let word = |text: &str| text.find(|c| !is_word(c)).unwrap_or(text.len());
    let end = text.find(|c| !is_word(c) && c != '*' && c != '.').unwrap_or(text.len());
    let (host, rest) = text.split_at(end);
    if !rest.starts_with('/') {
        return None;
    }
    let ends: Vec<usize> = rest.match_indices('=').map(|(at, _)| at).collect();
    ends.into_iter().rev().find_map(|at| {
        let behind = &rest[at + 1..];
        let service = &behind[..word(behind)];
        let port = behind[service.len()..].strip_prefix(':')?;
        let port = &port[..word(port)];
        (!service.is_empty() && !port.is_empty()).then_some(Rule { host, path: &rest[..at], service, port })
    })
}

/// Rules of one host stand together.
fn rules_of(rules: &[Rule<'_>]) -> Vec<Value> {
    let mut hosts: Vec<(&str, Vec<Value>)> = Vec::new();
    for rule in rules {
        let (path, kind) = match rule.path.strip_suffix('*') {
            Some(path) => (path, "Prefix"),
            None => (rule.path, "Exact"),
        };
        let path = json!({"backend": backend(rule.service, rule.port), "path": path, "pathType": kind});
        match hosts.iter_mut().find(|(host, _)| *host == rule.host) {
            Some((_, paths)) => paths.push(path),
            None => hosts.push((rule.host, vec![path])),
        }
    }
    let value = |(host, paths): (&str, Vec<Value>)| match host {
        "" => json!({"http": {"paths": paths}}),
        host => json!({"host": host, "http": {"paths": paths}}),
    };
    hosts.into_iter().map(value).collect()
}

/// Hosts by the secret of their certificate, each host once.
fn tls_of(texts: &[String]) -> Vec<Value> {
    let mut list: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for text in texts {
        let parts: Vec<&str> = text.split(',').collect();
        let [_, tls] = parts[..] else { continue };
        let host = text.split('/').next().unwrap_or_default();
        let secret = tls.split('=').nth(1).unwrap_or_default();
        if seen.contains(&host) {
            continue;
        }
        seen.push(host);
        match list.iter_mut().find(|(other, _)| *other == secret) {
            Some((_, hosts)) => hosts.push(host),
            None if host.is_empty() && secret.is_empty() => {}
            None => list.push((secret, if host.is_empty() { Vec::new() } else { vec![host] })),
        }
    }
    let value = |(secret, hosts): (&str, Vec<&str>)| {
        let mut tls = json!({});
        if !hosts.is_empty() {
            tls["hosts"] = json!(hosts);
        }
        if !secret.is_empty() {
            tls["secretName"] = Value::from(secret);
        }
        tls
    };
    list.into_iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read() {
        let rule = |host, path, service, port| Some(Rule { host, path, service, port });
        let table = [
            ("foo.com/bar=svc1:8080,tls=my-cert", rule("foo.com", "/bar", "svc1", "8080")),
            ("/path=svc:port", rule("", "/path", "svc", "port")),
            ("*.foo.com/*=svc:80", rule("*.foo.com", "/*", "svc", "80")),
            ("foo.com/a=b=c:1", rule("foo.com", "/a=b", "c", "1")),
            ("foo", None),
            ("foo.com=svc:80", None),
            ("foo.com/=svc", None),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn hosts_stand_by_their_secrets() {
        let texts = ["a.com/=s:1,tls=x", "b.com/=s:1,tls=x", "c.com/=s:2,tls", "a.com/b=s:1,tls=y", "/=s:1,tls"].map(String::from);
        let expected = [json!({"hosts": ["a.com", "b.com"], "secretName": "x"}), json!({"hosts": ["c.com", ""]})];
        assert_eq!(tls_of(&texts), expected);
    }
}
