//! Ingresses and their classes at length. Models describe.go describeIngressV1, describeIngressClassV1.

use serde_json::Value;

use super::lines::Lines;
use super::{Scene, events};
use crate::api::{ApiError, Ingress, IngressBackend, IngressClass, IngressServiceBackend, Kind, ObjectKey};
use crate::base::Name;
use crate::kubectl::print::{ingress_addresses, ready_endpoints};

pub(super) fn describe(ingress: &Ingress, scene: &Scene<'_>, lines: &mut Lines) {
    let (meta, spec) = (&ingress.meta, &ingress.spec);
    lines.field(0, "Name", &meta.name);
    lines.labels("Labels", meta.labels.iter());
    lines.field(0, "Namespace", &meta.namespace);
    lines.field(0, "Address", ingress_addresses(ingress));
    lines.field(0, "Ingress Class", spec.ingress_class_name.as_deref().unwrap_or("<none>"));
    let default = spec.default_backend.as_ref().map_or("<default>".to_owned(), |backend| leads_to(backend, &meta.namespace, scene));
    lines.field(0, "Default backend", &default);
    if !spec.tls.is_empty() {
        lines.line(0, "TLS:");
    }
    for tls in &spec.tls {
        let hosts = tls.hosts.iter().map(Name::as_str).collect::<Vec<_>>().join(",");
        match tls.secret_name.as_str() {
            "" => lines.line(1, format!("SNI routes {hosts}")),
            secret => lines.line(1, format!("{secret} terminates {hosts}")),
        }
    }
    lines.line(0, "Rules:");
    lines.line(1, "Host\tPath\tBackends");
    lines.line(1, "----\t----\t--------");
    let mut empty = true;
    for rule in &spec.rules {
        let Some(http) = &rule.http else { continue };
        empty = false;
        lines.line(1, format!("{}\t", if rule.host.is_empty() { "*" } else { &rule.host }));
        for path in &http.paths {
            lines.line(2, format!("\t{} \t{}", path.path, leads_to(&path.backend, &meta.namespace, scene)));
        }
    }
    if empty {
        lines.line(1, format!("*\t*\t{default}"));
    }
    lines.annotations("Annotations", &meta.annotations);
    let key = ObjectKey::new(Kind::Ingress, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

/// `s1:80 (10.0.0.1:8080)`. Models describeBackendV1.
fn leads_to(backend: &IngressBackend, namespace: &Name, scene: &Scene<'_>) -> String {
    let Some(named) = &backend.service else {
        let resource = backend.resource.as_ref().unwrap_or(&Value::Null);
        let text = |key: &str| resource.get(key).and_then(Value::as_str);
        let group = text("apiGroup").unwrap_or("<none>");
        return format!("APIGroup: {group}, Kind: {}, Name: {}", text("kind").unwrap_or_default(), text("name").unwrap_or_default());
    };
    let head = title(named);
    let view = scene.context.view;
    let Some(service) = view.service(namespace, &named.name) else {
        return format!("{head} (<error: {}>)", ApiError::not_found(Kind::Service, &named.name));
    };
    let wanted = &named.port;
    let fits = |port: &&crate::api::ServicePort| {
        (wanted.number != 0 && wanted.number == port.port) || (!wanted.name.is_empty() && wanted.name == port.name)
    };
    let port = service.spec.ports.iter().rev().find(fits).map(|port| port.name.as_str()).unwrap_or_default();
    let slices = view.slices_of(namespace, &named.name).map(AsRef::as_ref);
    format!("{head} ({})", ready_endpoints(slices, port))
}

fn title(named: &IngressServiceBackend) -> String {
    match named.port.number {
        0 => format!("{}:{}", named.name, named.port.name),
        number => format!("{}:{number}", named.name),
    }
}

pub(super) fn describe_class(class: &IngressClass, scene: &Scene<'_>, lines: &mut Lines) {
    lines.field(0, "Name", &class.meta.name);
    lines.labels("Labels", class.meta.labels.iter());
    lines.annotations("Annotations", &class.meta.annotations);
    lines.field(0, "Controller", &class.spec.controller);
    if let Some(parameters) = &class.spec.parameters {
        lines.line(0, "Parameters:");
        if let Some(group) = &parameters.api_group {
            lines.field(1, "APIGroup", group);
        }
        lines.field(1, "Kind", &parameters.kind);
        lines.field(1, "Name", &parameters.name);
    }
    let key = ObjectKey::new(Kind::IngressClass, Name::default(), class.meta.name.clone());
    events::about(&key, class.meta.uid, scene, lines);
}
