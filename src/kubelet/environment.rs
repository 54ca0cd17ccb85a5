//! The environment of a container: values, `$(OTHER)`, fields of the pod, and the cluster's own Service.
//! Models pkg/kubelet/kubelet_pods.go makeEnvironmentVariables and third_party/forked/golang/expansion. Left out: variables of other
//! Services.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::configuration::{Source, all_of, value_at};
use super::fields::{field_text, resource_text};
use crate::api::{Container, Pod};
use crate::store::View;

/// What every container sees of the API server's Service.
const MASTER: [(&str, &str); 8] = [
    ("KUBERNETES_PORT", "tcp://10.96.0.1:443"),
    ("KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443"),
    ("KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1"),
    ("KUBERNETES_PORT_443_TCP_PORT", "443"),
    ("KUBERNETES_PORT_443_TCP_PROTO", "tcp"),
    ("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
    ("KUBERNETES_SERVICE_PORT", "443"),
    ("KUBERNETES_SERVICE_PORT_HTTPS", "443"),
];

/// The variables of a container. An error is what the kubelet says of one that cannot be had: `configmap "x" not found`.
pub fn environment(
    view: View<'_>,
    pod: &Pod,
    container: &Container,
    address: Ipv4Addr,
    host: Ipv4Addr,
) -> Result<Vec<(String, String)>, String> {
    let path = ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let mut all: Vec<(String, String)> = vec![own(&path), ("HOSTNAME".to_owned(), pod.meta.name.to_string())];
    all.extend(MASTER.iter().map(own));
    all.push(own(&("HOME", "/root")));
    let mut given: Vec<(String, String)> = Vec::new();
    for from in &container.env_from {
        for (name, text) in all_of(view, &pod.meta.namespace, from)? {
            given.retain(|(other, _)| *other != name);
            given.push((name, text));
        }
    }
    for variable in &container.env {
        let text = match &variable.value_from {
            Some(from) => match value_from(view, from, pod, container, (address, host))? {
                Some(text) => text,
                None => continue,
            },
            None => expand(&variable.value, &|name| given.iter().chain(&all).find(|(other, _)| other == name).map(|(_, text)| text.clone())),
        };
        given.retain(|(name, _)| *name != *variable.name);
        given.push((variable.name.to_string(), text));
    }
    all.retain(|(name, _)| !given.iter().any(|(other, _)| other == name));
    all.extend(given);
    Ok(all)
}

/// The value of a variable that comes from elsewhere; None if there is none and none is needed.
fn value_from(view: View<'_>, from: &Value, pod: &Pod, container: &Container, addresses: (Ipv4Addr, Ipv4Addr)) -> Result<Option<String>, String> {
    for (key, source) in [("configMapKeyRef", Source::ConfigMap), ("secretKeyRef", Source::Secret)] {
        if let Some(reference) = from.get(key) {
            return value_at(view, source, &pod.meta.namespace, reference);
        }
    }
    if let Some(reference) = from.get("resourceFieldRef") {
        return Ok(resource_text(view, reference, pod, Some(container)));
    }
    Ok(from.get("fieldRef").and_then(|field| field_text(field, pod, addresses.0, Some(addresses.1))))
}

/// Whether a container takes variables from ConfigMaps or Secrets.
pub(super) fn is_configured(container: &Container) -> bool {
    let keys = ["configMapKeyRef", "secretKeyRef"];
    let refers = |from: &Value| keys.iter().any(|key| from.get(key).is_some());
    !container.env_from.is_empty() || container.env.iter().any(|env| env.value_from.as_ref().is_some_and(refers))
}

/// Replaces `$(NAME)`; `$$` is a `$`, and what is not known stays.
pub(super) fn expand(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            out.push_str(&value(name).unwrap_or_else(|| format!("$({name})")));
            rest = after;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn references_are_replaced_once() {
        let value = |name: &str| (name == "A").then(|| "$(B)".to_owned());
        let table = [("x$(A)y", "x$(B)y"), ("$(C)", "$(C)"), ("$$(A)", "$(A)"), ("$(A", "$(A"), ("50$", "50$"), ("", "")];
        for (text, expected) in table {
            assert_eq!(expand(text, &value), expected, "{text}");
        }
    }
}
