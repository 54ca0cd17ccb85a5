//! A pod's own fields as text, for variables and files. Models pkg/fieldpath and pkg/api/v1/resource ExtractResourceValueByContainerName.

use std::net::Ipv4Addr;

use serde_json::Value;

use crate::api::{Container, Labels, Pod, Quantity};
use crate::store::View;

/// What `fieldRef` leads to; None if it leads nowhere. The host's address counts where it is given.
pub(super) fn field_text(reference: &Value, pod: &Pod, address: Ipv4Addr, host: Option<Ipv4Addr>) -> Option<String> {
    let path = reference.get("fieldPath").and_then(Value::as_str).unwrap_or_default();
    let key = |text: &'static str| path.strip_prefix(text)?.strip_prefix("['")?.strip_suffix("']");
    let of = |labels: &Labels, key: &str| labels.get(key).map(|value| value.to_string()).unwrap_or_default();
    Some(match path {
        "metadata.name" => pod.meta.name.to_string(),
        "metadata.namespace" => pod.meta.namespace.to_string(),
        "metadata.uid" => pod.meta.uid.to_string(),
        "metadata.labels" => listed(&pod.meta.labels),
        "metadata.annotations" => listed(&pod.meta.annotations),
        "spec.nodeName" => pod.node_name.to_string(),
        "spec.serviceAccountName" => pod.spec.service_account_name.to_string(),
        "status.podIP" | "status.podIPs" => address.to_string(),
        "status.hostIP" | "status.hostIPs" => host?.to_string(),
        _ => match (key("metadata.labels"), key("metadata.annotations")) {
            (Some(key), _) => of(&pod.meta.labels, key),
            (_, Some(key)) => of(&pod.meta.annotations, key),
            _ => return None,
        },
    })
}

/// `app="kubia"`, one a line. Models FormatMap.
fn listed(labels: &Labels) -> String {
    labels.iter().map(|(key, value)| format!("{key}={:?}", value.as_str())).collect::<Vec<_>>().join("\n")
}

/// What `resourceFieldRef` leads to, of the container itself or of the one that it names. What is not limited may take all of the node.
pub(super) fn resource_text(view: View<'_>, reference: &Value, pod: &Pod, own: Option<&Container>) -> Option<String> {
    let text = |key: &str| reference.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut all = pod.spec.init_containers.iter().chain(&pod.spec.containers);
    let container = all.find(|container| container.name == text("containerName")).or(own)?;
    let (which, resource) = text("resource").split_once('.')?;
    let given = match which {
        "limits" => container.resources.limits.get(resource),
        _ => container.resources.requests.get(resource),
    };
    let node = view.node(&pod.node_name).filter(|_| which == "limits");
    let most = node.and_then(|node| node.status.allocatable.get(resource));
    let divisor = reference.get("divisor").map(<Quantity as crate::api::Json>::read).unwrap_or_default();
    Some(given.or(most).map_or(0, |amount| amount.divided_up(&divisor)).to_string())
}
