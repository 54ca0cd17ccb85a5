//! The environment of a container: values, `$(OTHER)`, fields of the pod, and what Services there were.
//! Models pkg/kubelet/kubelet_pods.go makeEnvironmentVariables and third_party/forked/golang/expansion.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::configuration::{Source, all_of, value_at};
use super::fields::{field_text, resource_text};
use crate::api::{Container, Pod};
use crate::runtime::{Instance, Machine, Sandbox};
use crate::store::View;

/// The variables of a container: `services` are those of Services, `addresses` those of the pod and its node. An error is what the
/// kubelet says of a variable that cannot be had: `configmap "x" not found`.
pub fn environment(
    view: View<'_>,
    pod: &Pod,
    container: &Container,
    (host_name, services): (&str, &[(String, String)]),
    addresses: (Ipv4Addr, Ipv4Addr),
) -> Result<Vec<(String, String)>, String> {
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let own = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut given: Vec<(String, String)> = Vec::new();
    for from in &container.env_from {
        for (name, text) in all_of(view, &pod.meta.namespace, from)? {
            given.retain(|(other, _)| *other != name);
            given.push((name, text));
        }
    }
    for variable in &container.env {
        let text = match &variable.value_from {
            Some(from) => match value_from(view, from, pod, container, addresses)? {
                Some(text) => text,
                None => continue,
            },
            None => expand(&variable.value, &|name| given.iter().chain(services).find(|(other, _)| other == name).map(|(_, text)| text.clone())),
        };
        given.retain(|(name, _)| *name != *variable.name);
        given.push((variable.name.to_string(), text));
    }
    let mut all = vec![own("PATH", path), own("HOSTNAME", host_name)];
    all.extend(services.iter().cloned());
    all.push(own("HOME", "/root"));
    all.retain(|(name, _)| !given.iter().any(|(other, _)| other == name));
    // The image's and the runtime's own go first and last.
    let at = all.iter().position(|(name, _)| name != "PATH" && name != "HOSTNAME").unwrap_or(all.len());
    all.splice(at..at, given);
    Ok(all)
}

/// The variables of a container that runs, as it was started with them.
pub fn variables(view: View<'_>, pod: &Pod, container: &Container, sandbox: &Sandbox, index: usize, machine: &Machine) -> Vec<(String, String)> {
    let instance = sandbox.instances.get(index);
    if let Some(kept) = instance.and_then(Instance::kept_variables) {
        return kept;
    }
    let services = instance.and_then(|instance| instance.services.as_ref()).map_or(&[] as &[_], |services| services.as_slice());
    environment(view, pod, container, (sandbox.host_name(), services), (sandbox.address, machine.address)).unwrap_or_default()
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
