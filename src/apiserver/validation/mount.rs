//! Mounts of volumes into containers, and block devices.
//! Models pkg/apis/core/validation/validation.go ValidateVolumeMounts, ValidateVolumeDevices.

use serde_json::Value;

use super::container::Volumes;
use super::json::{set, text};
use super::path::{Causes, FieldPath};
use crate::api::{Container, VolumeMount};
use crate::base::SmallSet;

const PROPAGATIONS: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];

fn devices(container: &Container) -> &[Value] {
    container.rest.get("volumeDevices").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The mounts of a container.
pub fn validate_mounts(container: &Container, volumes: &Volumes, path: &FieldPath, causes: &mut Causes) {
    let devices = devices(container);
    let mut seen = SmallSet::new();
    for (index, mount) in container.volume_mounts.iter().enumerate() {
        let item = path.index(index);
        if mount.name.is_empty() {
            causes.required(&item.child("name"), "");
        }
        if !volumes.contains_key(&*mount.name) {
            causes.not_found(&item.child("name"), &mount.name);
        }
        if mount.mount_path.is_empty() {
            causes.required(&item.child("mountPath"), "");
        }
        if !seen.insert(&mount.mount_path) {
            causes.invalid(&item.child("mountPath"), &mount.mount_path, "must be unique");
        }
        if devices.iter().any(|device| text(device, "name") == &*mount.name) {
            causes.invalid(&item.child("name"), &mount.name, "must not already exist in volumeDevices");
        }
        if devices.iter().any(|device| text(device, "devicePath") == &*mount.mount_path) {
            let detail = "must not already exist as a path in volumeDevices";
            causes.invalid(&item.child("mountPath"), &mount.mount_path, detail);
        }
        // Kubernetes reports these under the list, not under the mount.
        validate_sub_paths(mount, path, &item, causes);
        validate_modes(mount, container, path, causes);
    }
}

fn rest<'a>(mount: &'a VolumeMount, key: &str) -> &'a str {
    mount.rest.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn validate_sub_paths(mount: &VolumeMount, list: &FieldPath, item: &FieldPath, causes: &mut Causes) {
    let (plain, expression) = (rest(mount, "subPath"), rest(mount, "subPathExpr"));
    if !plain.is_empty() {
        validate_local_path(plain, &list.child("subPath"), causes);
    }
    if expression.is_empty() {
        return;
    }
    if !plain.is_empty() {
        causes.invalid(&item.child("subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
    }
    validate_local_path(expression, &list.child("subPathExpr"), causes);
}

fn validate_modes(mount: &VolumeMount, container: &Container, list: &FieldPath, causes: &mut Causes) {
    let propagation = rest(mount, "mountPropagation");
    let path = list.child("mountPropagation");
    if !propagation.is_empty() && !PROPAGATIONS.contains(&propagation) {
        causes.not_supported(&path, propagation, &PROPAGATIONS);
    }
    let privileged = container.security_context.as_ref().and_then(|context| context.get("privileged"));
    if propagation == "Bidirectional" && privileged != Some(&Value::Bool(true)) {
        causes.forbidden(&path, "Bidirectional mount propagation is available only to privileged containers");
    }
    let path = list.child("recursiveReadOnly");
    match rest(mount, "recursiveReadOnly") {
        "" | "Disabled" => {}
        "Enabled" | "IfPossible" => {
            if !mount.read_only {
                causes.forbidden(&path, "may only be specified when readOnly is true");
            }
            if !["", "None"].contains(&propagation) {
                causes.forbidden(&path, "may only be specified when mountPropagation is None or not specified");
            }
        }
        other => causes.not_supported(&path, other, &["Disabled", "Enabled", "IfPossible"]),
    }
}

/// A relative path that does not leave its directory.
/// Models validateLocalDescendingPath.
fn validate_local_path(text: &str, path: &FieldPath, causes: &mut Causes) {
    if text.starts_with('/') {
        causes.invalid(path, text, "must be a relative path");
    }
    validate_no_backsteps(text, path, causes);
}

/// A path without `..`.
pub fn validate_no_backsteps(text: &str, path: &FieldPath, causes: &mut Causes) {
    if text.split('/').any(|part| part == "..") {
        causes.invalid(path, text, "must not contain '..'");
    }
}

/// Models ValidateLocalNonReservedPath.
pub fn validate_file_path(text: &str, path: &FieldPath, causes: &mut Causes) {
    validate_local_path(text, path, causes);
    if text.starts_with("..") && !text.starts_with("../") {
        causes.invalid(path, text, "must not start with '..'");
    }
}

/// The block devices of a container.
pub fn validate_devices(container: &Container, volumes: &Volumes, path: &FieldPath, causes: &mut Causes) {
    for (index, device) in devices(container).iter().enumerate() {
        let item = path.index(index);
        let (name, place) = (text(device, "name"), text(device, "devicePath"));
        if name.is_empty() {
            causes.required(&item.child("name"), "");
        }
        let Some(volume) = volumes.get(name) else {
            causes.not_found(&item.child("name"), name);
            continue;
        };
        if set(volume, "persistentVolumeClaim").is_none() && set(volume, "ephemeral").is_none() {
            let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
            causes.invalid(&item.child("name"), name, detail);
        }
        if place.is_empty() {
            causes.required(&item.child("devicePath"), "");
        }
    }
}
