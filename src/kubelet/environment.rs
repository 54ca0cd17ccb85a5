//! The environment of a container: values, `$(OTHER)`, fields of the pod, and the cluster's own Service.
//! Models pkg/kubelet/kubelet_pods.go makeEnvironmentVariables and third_party/forked/golang/expansion. Left out: variables of other
//! Services, resourceFieldRef.

use std::net::Ipv4Addr;

use serde_json::Value;

use crate::api::{Container, Pod};

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
pub fn environment(pod: &Pod, container: &Container, address: Ipv4Addr, host: Ipv4Addr) -> Result<Vec<(String, String)>, String> {
    let path = ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let mut all: Vec<(String, String)> = vec![own(&path), ("HOSTNAME".to_owned(), pod.meta.name.to_string())];
    all.extend(MASTER.iter().map(own));
    all.push(own(&("HOME", "/root")));
    for source in &container.env_from {
        missing_source(source)?;
    }
    let mut given: Vec<(String, String)> = Vec::new();
    for variable in &container.env {
        let text = match &variable.value_from {
            Some(from) => match value_from(from, pod, address, host)? {
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

/// There are no ConfigMaps and Secrets here, so what refers to one waits for it, unless it is optional.
fn missing(what: &str, reference: &Value) -> Result<(), String> {
    let optional = reference.get("optional").and_then(Value::as_bool) == Some(true);
    let name = reference.get("name").and_then(Value::as_str).unwrap_or_default();
    if optional { Ok(()) } else { Err(format!("{what} \"{name}\" not found")) }
}

fn missing_source(source: &Value) -> Result<(), String> {
    for (key, what) in [("configMapRef", "configmap"), ("secretRef", "secret")] {
        source.get(key).map_or(Ok(()), |reference| missing(what, reference))?;
    }
    Ok(())
}

fn value_from(from: &Value, pod: &Pod, address: Ipv4Addr, host: Ipv4Addr) -> Result<Option<String>, String> {
    for (key, what) in [("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")] {
        if let Some(reference) = from.get(key) {
            return missing(what, reference).map(|()| None);
        }
    }
    let path = from.get("fieldRef").and_then(|field| field.get("fieldPath")).and_then(Value::as_str).unwrap_or_default();
    let key = |text: &'static str| path.strip_prefix(text)?.strip_prefix("['")?.strip_suffix("']");
    let of = |labels: &crate::api::Labels, key: &str| labels.get(key).map(|value| value.to_string()).unwrap_or_default();
    Ok(Some(match path {
        "metadata.name" => pod.meta.name.to_string(),
        "metadata.namespace" => pod.meta.namespace.to_string(),
        "metadata.uid" => pod.meta.uid.to_string(),
        "spec.nodeName" => pod.node_name.to_string(),
        "spec.serviceAccountName" => pod.spec.service_account_name.to_string(),
        "status.podIP" | "status.podIPs" => address.to_string(),
        "status.hostIP" | "status.hostIPs" => host.to_string(),
        _ => match (key("metadata.labels"), key("metadata.annotations")) {
            (Some(key), _) => of(&pod.meta.labels, key),
            (_, Some(key)) => of(&pod.meta.annotations, key),
            _ => return Ok(None),
        },
    }))
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
