//! The spec of a pod or a template. A template keeps open what depends on the pod: host ports, requests, service links.
//! Models pkg/apis/core/v1/defaults.go SetDefaults_PodSpec, SetDefaults_Pod and pkg/apis/core/v1/conversion.go.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::{container, volume};
use crate::api::{Container, ContainerPort, PodSpec, Probe, Rest, TaintEffect};
use crate::base::Name;

const GRACE_SECONDS: i64 = 30;
/// Fields that the server does not print when they are false.
const FLAGS: [&str; 2] = ["hostIPC", "hostPID"];

/// The spec of a pod, filled in; the same one if nothing was missing.
pub fn default_pod_spec(spec: &Rc<PodSpec>) -> Rc<PodSpec> {
    if is_template_complete(spec) && is_pod_complete(spec) {
        return spec.clone();
    }
    let mut filled = (**spec).clone();
    fill_template(&mut filled);
    fill_pod(&mut filled);
    shared(filled, spec)
}

/// The spec of a template, filled in; the same one if nothing was missing.
pub fn default_template_spec(spec: &Rc<PodSpec>) -> Rc<PodSpec> {
    if is_template_complete(spec) {
        return spec.clone();
    }
    let mut filled = (**spec).clone();
    fill_template(&mut filled);
    shared(filled, spec)
}

fn shared(filled: PodSpec, old: &Rc<PodSpec>) -> Rc<PodSpec> {
    if filled == **old { old.clone() } else { Rc::new(filled) }
}

/// Sets a text that is empty.
pub(super) fn fill(slot: &mut Name, value: &'static str) {
    if slot.is_empty() {
        *slot = Name::fixed(value);
    }
}

/// Drops what Go's `omitempty` leaves out: false flags, empty texts, lists that are empty.
pub(super) fn drop_zeros(rest: &mut Rest, plain: &[&str]) {
    let is_zero = |key: &str, value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Bool(false) => plain.contains(&key),
        Value::String(text) => text.is_empty() && plain.contains(&key),
        _ => false,
    };
    let zeros: Vec<String> = rest.keys().filter(|key| rest.get(key).is_some_and(|value| is_zero(key, value))).map(str::to_owned).collect();
    for key in zeros {
        rest.replace(&key, None);
    }
}

/// What pods and templates share.
fn fill_template(spec: &mut PodSpec) {
    fill(&mut spec.dns_policy, "ClusterFirst");
    fill(&mut spec.restart_policy, "Always");
    fill(&mut spec.scheduler_name, "default-scheduler");
    spec.security_context.get_or_insert_with(|| Value::Object(Map::new()));
    spec.termination_grace_period_seconds.get_or_insert(GRACE_SECONDS);
    // The account has two names; the newer one wins, and both are printed.
    if spec.service_account_name.is_empty() {
        spec.service_account_name = spec.service_account.clone();
    }
    spec.service_account = spec.service_account_name.clone();
    for toleration in &mut spec.tolerations {
        if toleration.effect == Some(TaintEffect::Unknown) && toleration.rest.get("effect").is_none() {
            toleration.effect = None;
        }
    }
    drop_zeros(&mut spec.rest, &FLAGS);
    spec.volumes.iter_mut().for_each(volume::fill_volume);
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers).chain(&mut spec.ephemeral_containers) {
        container::fill_container(container);
    }
}

/// What a pod has besides: requests that follow limits, host ports of pods on the node's network, service links.
fn fill_pod(spec: &mut PodSpec) {
    spec.enable_service_links.get_or_insert(true);
    let host_network = spec.host_network;
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        let resources = &mut container.resources;
        for (name, limit) in &resources.limits {
            resources.requests.entry(name.clone()).or_insert(*limit);
        }
        for port in container.ports.iter_mut().filter(|port| host_network && port.host_port == 0) {
            port.host_port = port.container_port;
        }
    }
}

/// Whether [`fill_template`] would surely change nothing. Says no when in doubt: then a copy is made and compared.
fn is_template_complete(spec: &PodSpec) -> bool {
    let texts = [&spec.dns_policy, &spec.restart_policy, &spec.scheduler_name];
    texts.iter().all(|text| !text.is_empty())
        && spec.security_context.is_some()
        && spec.termination_grace_period_seconds.is_some()
        && spec.service_account == spec.service_account_name
        && spec.volumes.is_empty()
        && spec.rest.keys().next().is_none()
        && spec.tolerations.iter().all(|toleration| toleration.effect != Some(TaintEffect::Unknown))
        && spec.all_containers().all(is_container_complete)
}

fn is_container_complete(container: &Container) -> bool {
    let texts = [&container.image_pull_policy, &container.termination_message_path, &container.termination_message_policy];
    let probes = [&container.liveness_probe, &container.readiness_probe, &container.startup_probe];
    texts.iter().all(|text| !text.is_empty())
        && container.ports.iter().all(|port: &ContainerPort| !port.protocol.is_empty())
        && container.env.iter().all(|variable| variable.value_from.is_none())
        && container.lifecycle.is_none()
        && container.rest.keys().next().is_none()
        && container.volume_mounts.iter().all(|mount| mount.rest.keys().next().is_none())
        && probes.iter().all(|probe| probe.as_ref().is_none_or(is_probe_complete))
}

fn is_probe_complete(probe: &Probe) -> bool {
    let numbers = [probe.timeout_seconds, probe.period_seconds, probe.success_threshold, probe.failure_threshold];
    numbers.iter().all(|number| *number != 0)
        && probe.http_get.as_ref().is_none_or(|http| !http.path.is_empty() && !http.scheme.is_empty())
        && probe.grpc.as_ref().is_none_or(|grpc| grpc.service.is_some())
}

fn is_pod_complete(spec: &PodSpec) -> bool {
    let requested = |container: &Container| {
        container.resources.limits.keys().all(|name| container.resources.requests.contains_key(name))
    };
    let on_host = |container: &Container| container.ports.iter().all(|port| port.host_port != 0);
    spec.enable_service_links.is_some()
        && spec.containers.iter().chain(&spec.init_containers).all(|container| {
            requested(container) && (!spec.host_network || on_host(container))
        })
}
