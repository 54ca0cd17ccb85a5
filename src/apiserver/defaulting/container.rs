//! Containers, their ports, variables, probes and hooks.
//! Models pkg/apis/core/v1/defaults.go SetDefaults_Container, SetDefaults_Probe, SetDefaults_HTTPGetAction.

use serde_json::{Value, json};

use super::pod_spec::{drop_zeros, fill};
use crate::api::{Container, HttpGetAction, IntOrString, Probe};
use crate::base::Name;

/// Fields that the server does not print when they are false or empty.
const PLAIN: [&str; 4] = ["stdin", "stdinOnce", "tty", "workingDir"];
const PLAIN_OF_MOUNT: [&str; 2] = ["subPath", "subPathExpr"];

/// Fills in a container.
pub(super) fn fill_container(container: &mut Container) {
    if container.image_pull_policy.is_empty() {
        let policy = if has_latest_tag(&container.image) { "Always" } else { "IfNotPresent" };
        container.image_pull_policy = Name::fixed(policy);
    }
    fill(&mut container.termination_message_path, "/dev/termination-log");
    fill(&mut container.termination_message_policy, "File");
    for port in &mut container.ports {
        fill(&mut port.protocol, "TCP");
    }
    for source in container.env.iter_mut().filter_map(|variable| variable.value_from.as_mut()) {
        fill_source(source);
    }
    let probes = [&mut container.liveness_probe, &mut container.readiness_probe, &mut container.startup_probe];
    probes.into_iter().flatten().for_each(fill_probe);
    if let Some(lifecycle) = &mut container.lifecycle {
        for hook in [&mut lifecycle.post_start, &mut lifecycle.pre_stop].into_iter().flatten() {
            hook.http_get.iter_mut().for_each(fill_http_get);
        }
    }
    drop_zeros(&mut container.rest, &PLAIN);
    for mount in &mut container.volume_mounts {
        drop_zeros(&mut mount.rest, &PLAIN_OF_MOUNT);
    }
}

/// Whether an image is pulled again each time: it has the tag `latest`, or neither tag nor digest. An image name that makes no sense has no
/// tag at all.
/// Models pkg/util/parsers ParseImageName.
fn has_latest_tag(image: &str) -> bool {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    is_repository(repository) && tag.is_none_or(is_tag) && (tag == Some("latest") || tag.is_none() && digest.is_none())
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128 && tag.bytes().next().is_some_and(word) && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

/// `host:port/path/name`: the host may have capitals and a port, the rest may not.
fn is_repository(text: &str) -> bool {
    let is_host = |host: &str| host.contains(['.', ':']) || host == "localhost" || host.bytes().any(|b| b.is_ascii_uppercase());
    let path = match text.split_once('/') {
        Some((host, path)) if is_host(host) => {
            let name = host.split_once(':').map_or(host, |(name, _)| name);
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)) {
                return false;
            }
            path
        }
        _ => text,
    };
    let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    path.split('/').all(|part| {
        let bytes = part.as_bytes();
        let edges = bytes.first().is_some_and(edge) && bytes.last().is_some_and(edge);
        edges && bytes.iter().all(|byte| edge(byte) || b"._-".contains(byte))
    })
}

/// References to fields know their version; a divisor is printed even if it is unset.
pub(super) fn fill_source(source: &mut Value) {
    if let Some(field) = source.get_mut("fieldRef").filter(|field| field.is_object()) {
        fill_json(field, "apiVersion", json!("v1"));
    }
    if let Some(resource) = source.get_mut("resourceFieldRef").filter(|resource| resource.is_object()) {
        fill_json(resource, "divisor", json!("0"));
    }
}

/// Sets a field of a JSON object that is not there, null or empty.
pub(super) fn fill_json(object: &mut Value, key: &str, value: Value) {
    let open = object.get(key).is_none_or(|old| old.is_null() || old.as_str() == Some(""));
    if open {
        object[key] = value;
    }
}

fn fill_probe(probe: &mut Probe) {
    let numbers = [
        (&mut probe.timeout_seconds, 1),
        (&mut probe.period_seconds, 10),
        (&mut probe.success_threshold, 1),
        (&mut probe.failure_threshold, 3),
    ];
    for (slot, value) in numbers {
        if *slot == 0 {
            *slot = value;
        }
    }
    probe.http_get.iter_mut().for_each(fill_http_get);
    if let Some(grpc) = &mut probe.grpc {
        grpc.service.get_or_insert_with(Name::default);
    }
}

fn fill_http_get(http: &mut HttpGetAction) {
    fill(&mut http.path, "/");
    fill(&mut http.scheme, "HTTP");
    // A port given as text that is empty reads as the number 0.
    if matches!(&http.port, IntOrString::Text(text) if text.is_empty()) {
        http.port = IntOrString::Int(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_decides_the_pull_policy() {
        let table = [
            ("luksa/kubia", true), ("luksa/kubia:latest", true), ("luksa/kubia:v1", false), ("localhost:5000/a", true),
            ("localhost:5000/a:1", false), ("a@sha256:00", false), ("a:latest@sha256:00", true), ("luksa/kubia:a:b", false),
            ("Luksa/Kubia", false), ("", false), ("a b", false), ("gcr.io/x/y", true),
        ];
        for (image, latest) in table {
            assert_eq!(has_latest_tag(image), latest, "{image}");
        }
    }
}
