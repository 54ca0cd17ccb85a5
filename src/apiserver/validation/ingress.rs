//! Ingresses and their classes.
//! Models pkg/apis/networking/validation/validation.go ValidateIngressCreate, ValidateIngressUpdate, ValidateIngressClass.

use std::net::IpAddr;

use serde_json::Value;

use super::json::text;
use super::metadata::{Scope, validate_meta, validate_meta_update};
use super::names::{self, NameUse};
use super::path::{Causes, FieldPath, GoSyntax, IMMUTABLE};
use crate::api::{HttpIngressPath, Ingress, IngressBackend, IngressClass, IngressRule, IngressSpec};
use crate::base::Name;

const PATH_TYPES: [&str; 3] = ["Exact", "ImplementationSpecific", "Prefix"];
/// What the path of a rule may not hold, or end in.
const BAD_SEQUENCES: [&str; 5] = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_ENDS: [&str; 2] = ["/..", "/."];
/// The annotation that named a class before there was a field.
pub const OLD_CLASS: Name = Name::fixed("kubernetes.io/ingress.class");
const MAX_CONTROLLER: usize = 250;

/// A new ingress.
pub fn validate_create(ingress: &Ingress, causes: &mut Causes) {
    validate(ingress, causes);
    let (old, class) = (ingress.meta.annotations.get(&OLD_CLASS), &ingress.spec.ingress_class_name);
    if let (Some(old), Some(class)) = (old, class)
        && old != class
    {
        let path = FieldPath::new("annotations").child(&OLD_CLASS);
        causes.invalid(&path, old, "must match `ingressClassName` when both are specified");
    }
}

/// A changed ingress.
pub fn validate_update(new: &Ingress, old: &Ingress, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate(new, causes);
}

fn validate(ingress: &Ingress, causes: &mut Causes) {
    validate_meta(&ingress.meta, Scope::Namespaced, names::subdomain_rule, causes);
    let (spec, path) = (&ingress.spec, FieldPath::new("spec"));
    if spec.rules.is_empty() && spec.default_backend.is_none() {
        let value = GoSyntax("[]networking.IngressRule(nil)".to_owned());
        causes.invalid(&path, value, "either `defaultBackend` or `rules` must be specified");
    }
    if let Some(backend) = &spec.default_backend {
        validate_backend(backend, &path.child("defaultBackend"), causes);
    }
    validate_rules(&spec.rules, &path.child("rules"), causes);
    validate_tls(spec, &path.child("tls"), causes);
    if let Some(class) = &spec.ingress_class_name {
        causes.invalid_each(&path.child("ingressClassName"), class, names::subdomain_rule(class, NameUse::Whole));
    }
}

fn validate_tls(spec: &IngressSpec, path: &FieldPath, causes: &mut Causes) {
    for (at, tls) in spec.tls.iter().enumerate() {
        let path = path.index(at);
        for (at, host) in tls.hosts.iter().enumerate() {
            causes.invalid_each(&path.child("hosts").index(at), host, host_problems(host));
        }
        if !tls.secret_name.is_empty() {
            let messages = names::subdomain_rule(&tls.secret_name, NameUse::Whole);
            causes.invalid_each(&path.child("secretName"), &tls.secret_name, messages);
        }
    }
}

fn host_problems(host: &str) -> Vec<String> {
    if host.contains('*') { names::wildcard_dns1123_subdomain(host) } else { names::dns1123_subdomain(host) }
}

fn validate_rules(rules: &[IngressRule], path: &FieldPath, causes: &mut Causes) {
    for (at, rule) in rules.iter().enumerate() {
        let host = path.index(at).child("host");
        if rule.host.parse::<IpAddr>().is_ok() {
            causes.invalid(&host, &rule.host, "must be a DNS name, not an IP address");
        }
        if !rule.host.is_empty() {
            causes.invalid_each(&host, &rule.host, host_problems(&rule.host));
        }
        let Some(http) = &rule.http else { continue };
        // Whichever rule it is, the server speaks of the first.
        let path = path.index(0).child("http").child("paths");
        if http.paths.is_empty() {
            causes.required(&path, "");
        }
        for (at, http_path) in http.paths.iter().enumerate() {
            validate_path(http_path, &path.index(at), causes);
        }
    }
}

fn validate_path(rule: &HttpIngressPath, path: &FieldPath, causes: &mut Causes) {
    let Some(kind) = &rule.path_type else {
        causes.required(&path.child("pathType"), "pathType must be specified");
        return;
    };
    let place = path.child("path");
    let absolute = rule.path.starts_with('/');
    match kind.as_str() {
        "Exact" | "Prefix" => {
            if !absolute {
                causes.invalid(&place, &rule.path, "must be an absolute path");
            }
            for bad in BAD_SEQUENCES.into_iter().filter(|bad| rule.path.contains(bad)) {
                causes.invalid(&place, &rule.path, format!("must not contain '{bad}'"));
            }
            for bad in BAD_ENDS.into_iter().filter(|bad| rule.path.ends_with(bad)) {
                causes.invalid(&place, &rule.path, format!("cannot end with '{bad}'"));
            }
        }
        "ImplementationSpecific" if rule.path.is_empty() || absolute => {}
        "ImplementationSpecific" => causes.invalid(&place, &rule.path, "must be an absolute path"),
        other => causes.not_supported(&path.child("pathType"), other, &PATH_TYPES),
    }
    validate_backend(&rule.backend, &path.child("backend"), causes);
}

fn validate_backend(backend: &IngressBackend, path: &FieldPath, causes: &mut Causes) {
    let service = match (&backend.resource, &backend.service) {
        (Some(_), Some(_)) => return causes.invalid(path, "", "cannot set both resource and service backends"),
        (Some(resource), None) => return validate_resource(resource, &path.child("resource"), causes),
        (None, None) => return causes.invalid(path, "", "resource or service backend is required"),
        (None, Some(service)) => service,
    };
    let place = path.child("service");
    match service.name.as_str() {
        "" => causes.required(&place.child("name"), ""),
        name => causes.invalid_each(&place.child("name"), name, names::dns1035_rule(name, NameUse::Whole)),
    }
    let port = &service.port;
    match (port.name.as_str(), port.number) {
        ("", 0) => causes.required(path, "port name or number is required"),
        ("", number) => {
            for message in names::port_number(i64::from(number)) {
                causes.invalid(&place.child("port").child("number"), number, message);
            }
        }
        (name, 0) => causes.invalid_each(&place.child("port").child("name"), name, names::port_name(name)),
        _ => causes.invalid(path, "", "cannot set both port name & port number"),
    }
}

fn validate_resource(resource: &Value, path: &FieldPath, causes: &mut Causes) {
    let (group, kind, name) = (text(resource, "apiGroup"), text(resource, "kind"), text(resource, "name"));
    if !group.is_empty() {
        causes.invalid_each(&path.child("apiGroup"), group, names::dns1123_subdomain(group));
    }
    if kind.is_empty() {
        causes.required(&path.child("kind"), "kind is required");
    }
    if name.is_empty() {
        causes.required(&path.child("name"), "name is required");
    }
}

/// A new class.
pub fn validate_class_create(class: &IngressClass, causes: &mut Causes) {
    validate_meta(&class.meta, Scope::Cluster, names::subdomain_rule, causes);
    let path = FieldPath::new("spec");
    let place = path.child("controller");
    let controller = &class.spec.controller;
    if controller.len() > MAX_CONTROLLER {
        causes.too_long(&place, MAX_CONTROLLER);
    }
    match controller.split_once('/') {
        _ if controller.is_empty() => causes.required(&place, ""),
        Some((host, rest)) if !host.is_empty() && !rest.is_empty() => {
            causes.invalid_each(&place, host, names::dns1123_subdomain(host));
        }
        _ => causes.invalid(&place, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")"),
    }
    let Some(parameters) = &class.spec.parameters else { return };
    let path = path.child("parameters");
    if parameters.kind.is_empty() {
        causes.required(&path.child("kind"), "kind is required");
    }
    if parameters.name.is_empty() {
        causes.required(&path.child("name"), "name is required");
    }
    match (parameters.scope.as_deref().unwrap_or_default(), &parameters.namespace) {
        ("Cluster", Some(_)) => causes.forbidden(&path.child("namespace"), "`parameters.scope` is set to 'Cluster'"),
        ("Namespace", None) => causes.required(&path.child("namespace"), "`parameters.scope` is set to 'Namespace'"),
        ("Cluster" | "Namespace", _) => {}
        (scope, _) => causes.not_supported(&path.child("scope"), scope, &["Cluster", "Namespace"]),
    }
}

/// A changed class: its controller stays.
pub fn validate_class_update(new: &IngressClass, old: &IngressClass, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate_class_create(new, causes);
    if new.spec.controller != old.spec.controller {
        causes.invalid(&FieldPath::new("spec").child("controller"), &new.spec.controller, IMMUTABLE);
    }
}
