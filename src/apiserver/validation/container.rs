//! Containers and init containers.
//! Models pkg/apis/core/validation/validation.go validateContainers, validateInitContainers, validateContainerCommon.
//! Left out: resize policies, windows options.

use serde_json::Value;

use super::path::{Causes, FieldPath};
use super::pod::PodFrame;
use super::probe::{ProbeUse, validate_lifecycle, validate_probe};
use super::{env, mount, names, resources, security};
use crate::api::{Container, ContainerPort, Pod};
use crate::base::{Name, SmallMap, SmallSet};

/// The volumes that mounts may name, with their JSON.
pub type Volumes<'a> = SmallMap<&'a str, &'a Value>;

/// The containers that a change adds to a pod for debugging. Models ValidatePodEphemeralContainersUpdate and validateEphemeralContainers,
/// as far as what is added.
pub fn validate_added(new: &Pod, old: &Pod, causes: &mut Causes) {
    let path = FieldPath::new("spec").child("ephemeralContainers");
    for (index, container) in new.spec.ephemeral_containers.iter().enumerate().skip(old.spec.ephemeral_containers.len()) {
        let path = path.index(index);
        validate_name_and_image(container, &path, causes);
        let own = || new.spec.init_containers.iter().chain(&new.spec.containers);
        let earlier = new.spec.ephemeral_containers.iter().take(index);
        if own().chain(earlier).any(|known| known.name == container.name) {
            causes.duplicate(&path.child("name"), &container.name);
        }
        let target = container.rest.get("targetContainerName").and_then(Value::as_str).unwrap_or_default();
        if !target.is_empty() && !own().any(|known| known.name == *target) {
            causes.not_found(&path.child("targetContainerName"), target);
        }
    }
}

/// The containers of a pod; at least one.
pub fn validate_containers(frame: &PodFrame, volumes: &Volumes, path: &FieldPath, causes: &mut Causes) {
    let containers = &frame.spec.containers;
    if containers.is_empty() {
        causes.required(path, "");
        return;
    }
    let mut seen = SmallSet::new();
    for (index, container) in containers.iter().enumerate() {
        let path = path.index(index);
        validate_common(container, frame, volumes, &path, causes);
        if !seen.insert(&container.name) {
            causes.duplicate(&path.child("name"), &container.name);
        }
        validate_hooks_and_probes(container, frame, &path, causes);
        if !container.restart_policy.is_empty() {
            causes.forbidden(&path.child("restartPolicy"), "may not be set for non-init containers");
        }
    }
    validate_host_ports(containers.iter().enumerate(), path, causes);
}

/// The init containers of a pod; their names differ from the containers' too.
pub fn validate_init_containers(frame: &PodFrame, volumes: &Volumes, path: &FieldPath, causes: &mut Causes) {
    let mut seen: SmallSet<&Name> = frame.spec.containers.iter().map(|container| &container.name).collect();
    for (index, container) in frame.spec.init_containers.iter().enumerate() {
        let item = path.index(index);
        validate_common(container, frame, volumes, &item, causes);
        let restarts = container.restart_policy == "Always";
        if !restarts && !container.restart_policy.is_empty() {
            causes.not_supported(&item.child("restartPolicy"), &container.restart_policy, &["Always"]);
        }
        if seen.contains(&container.name) {
            causes.duplicate(&item.child("name"), &container.name);
        } else if !container.name.is_empty() {
            seen.insert(&container.name);
        }
        // The index is lost here in Kubernetes too: it checks each init container as a list of one.
        validate_host_ports([(0, container)], path, causes);
        if restarts {
            validate_hooks_and_probes(container, frame, &item, causes);
        } else {
            refuse_hooks_and_probes(container, &item, causes);
        }
    }
}

fn validate_name_and_image(container: &Container, path: &FieldPath, causes: &mut Causes) {
    if container.name.is_empty() {
        causes.required(&path.child("name"), "");
    } else {
        causes.invalid_each(&path.child("name"), &container.name, names::dns1123_label(&container.name));
    }
    if container.image.is_empty() {
        causes.required(&path.child("image"), "");
    }
}

fn validate_common(container: &Container, frame: &PodFrame, volumes: &Volumes, path: &FieldPath, causes: &mut Causes) {
    validate_name_and_image(container, path, causes);
    let policy = &container.termination_message_policy;
    one_of(policy, &["File", "FallbackToLogsOnError"], &path.child("terminationMessagePolicy"), causes);
    validate_ports(&container.ports, &path.child("ports"), causes);
    env::validate_env(&container.env, &path.child("env"), causes);
    env::validate_env_from(&container.env_from, &path.child("envFrom"), causes);
    mount::validate_mounts(container, volumes, &path.child("volumeMounts"), causes);
    mount::validate_devices(container, volumes, &path.child("volumeDevices"), causes);
    let policies = ["Always", "IfNotPresent", "Never"];
    one_of(&container.image_pull_policy, &policies, &path.child("imagePullPolicy"), causes);
    resources::validate_requirements(&container.resources, frame.claims(), &path.child("resources"), causes);
    if let Some(context) = &container.security_context {
        security::validate_container_context(context, &path.child("securityContext"), causes);
    }
}

/// A text that must be one of a few.
pub fn one_of(text: &str, supported: &[&str], path: &FieldPath, causes: &mut Causes) {
    if text.is_empty() {
        causes.required(path, "");
    } else if !supported.contains(&text) {
        causes.not_supported(path, text, supported);
    }
}

fn validate_ports(ports: &[ContainerPort], path: &FieldPath, causes: &mut Causes) {
    let mut seen = SmallSet::new();
    for (index, port) in ports.iter().enumerate() {
        let path = path.index(index);
        if !port.name.is_empty() {
            let messages = names::port_name(&port.name);
            if messages.is_empty() && !seen.insert(&port.name) {
                causes.duplicate(&path.child("name"), &port.name);
            }
            causes.invalid_each(&path.child("name"), &port.name, messages);
        }
        if port.container_port == 0 {
            causes.required(&path.child("containerPort"), "");
        } else {
            causes.in_range(&path.child("containerPort"), i64::from(port.container_port), 1..=65535);
        }
        if port.host_port != 0 {
            causes.in_range(&path.child("hostPort"), i64::from(port.host_port), 1..=65535);
        }
        one_of(&port.protocol, &["SCTP", "TCP", "UDP"], &path.child("protocol"), causes);
    }
}

/// Models checkHostPortConflicts.
fn validate_host_ports<'a>(
    containers: impl IntoIterator<Item = (usize, &'a Container)>,
    path: &FieldPath,
    causes: &mut Causes,
) {
    let mut seen = SmallSet::new();
    for (index, container) in containers {
        for (place, port) in container.ports.iter().enumerate().filter(|(_, port)| port.host_port != 0) {
            let key = format!("{}/{}/{}", port.protocol, port.host_ip, port.host_port);
            let path = path.index(index).child("ports").index(place).child("hostPort");
            if seen.contains(&key) {
                causes.duplicate(&path, key.as_str());
            } else {
                seen.insert(key);
            }
        }
    }
}

fn validate_hooks_and_probes(container: &Container, frame: &PodFrame, path: &FieldPath, causes: &mut Causes) {
    if let Some(lifecycle) = &container.lifecycle {
        let grace = frame.spec.termination_grace_period_seconds;
        validate_lifecycle(lifecycle, grace, &path.child("lifecycle"), causes);
    }
    let probes = [
        ("livenessProbe", &container.liveness_probe, ProbeUse::Liveness),
        ("readinessProbe", &container.readiness_probe, ProbeUse::Readiness),
        ("startupProbe", &container.startup_probe, ProbeUse::Startup),
    ];
    for (name, probe, used) in probes {
        if let Some(probe) = probe {
            validate_probe(probe, used, &path.child(name), causes);
        }
    }
}

fn refuse_hooks_and_probes(container: &Container, path: &FieldPath, causes: &mut Causes) {
    let fields = [
        ("lifecycle", container.lifecycle.is_some()),
        ("livenessProbe", container.liveness_probe.is_some()),
        ("readinessProbe", container.readiness_probe.is_some()),
        ("startupProbe", container.startup_probe.is_some()),
    ];
    for (name, _) in fields.into_iter().filter(|(_, set)| *set) {
        causes.forbidden(&path.child(name), "may not be set for init containers without restartPolicy=Always");
    }
}

/// What holds for the containers of a pod but not of a template.
/// Models validateContainerOnlyForPod.
pub fn validate_for_pod(containers: &[Container], path: &FieldPath, causes: &mut Causes) {
    for (index, container) in containers.iter().enumerate() {
        if container.image.trim().len() != container.image.len() {
            let path = path.index(index).child("image");
            causes.invalid(&path, &container.image, "must not have leading or trailing whitespace");
        }
    }
}
