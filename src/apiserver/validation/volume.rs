//! Volumes of a pod, read from their JSON.
//! Models pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource.
//! Left out: the inner fields of storage systems that nothing here acts on.

use serde_json::Value;

use super::container::Volumes;
use super::env::{ContainerName, FILE_FIELDS, validate_field_ref, validate_resource_ref};
use super::json::{items, number, set, text};
use super::mount::{validate_file_path, validate_no_backsteps};
use super::names;
use super::path::{Causes, FieldPath};
use crate::api::{Json, Quantity};
use crate::base::SmallSet;

const HOST_PATH_TYPES: [&str; 8] =
    ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";
const MAX_MODE: i64 = 0o777;
const TOKEN_MIN_SECONDS: i64 = 600;
const TOKEN_MAX_SECONDS: i64 = 1 << 32;

/// Every kind of volume, in the order in which Kubernetes looks for it, with the fields that may not be empty.
const SOURCES: [(&str, &[&str]); 30] = [
    ("emptyDir", &[]),
    ("hostPath", &["path"]),
    ("gitRepo", &["repository"]),
    ("gcePersistentDisk", &["pdName"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("secret", &["secretName"]),
    ("nfs", &["server", "path"]),
    ("iscsi", &["targetPortal", "iqn"]),
    ("glusterfs", &["endpoints", "path"]),
    ("flocker", &[]),
    ("persistentVolumeClaim", &["claimName"]),
    ("rbd", &["image"]),
    ("cinder", &["volumeID"]),
    ("cephfs", &[]),
    ("quobyte", &[]),
    ("downwardAPI", &[]),
    ("fc", &[]),
    ("flexVolume", &["driver"]),
    ("configMap", &["name"]),
    ("azureFile", &["secretName", "shareName"]),
    ("vsphereVolume", &["volumePath"]),
    ("photonPersistentDisk", &["pdID"]),
    ("portworxVolume", &["volumeID"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("storageos", &[]),
    ("projected", &[]),
    ("scaleIO", &["gateway", "system", "volumeName"]),
    ("csi", &["driver"]),
    ("ephemeral", &["volumeClaimTemplate"]),
    ("image", &["reference"]),
];

/// The volumes of a pod. Returns those without fault, which alone may be mounted.
pub fn validate_volumes<'a>(volumes: &'a [Value], path: &FieldPath, causes: &mut Causes) -> Volumes<'a> {
    let mut known = Volumes::new();
    for (index, volume) in volumes.iter().enumerate() {
        let before = causes.len();
        let (item, name) = (path.index(index), text(volume, "name"));
        validate_source(volume, &item, causes);
        let name_path = item.child("name");
        if name.is_empty() {
            causes.required(&name_path, "");
        } else {
            causes.invalid_each(&name_path, name, names::dns1123_label(name));
        }
        if known.contains_key(name) {
            causes.duplicate(&name_path, name);
        }
        if causes.len() == before {
            known.insert(name, volume);
        }
    }
    known
}

fn validate_source(volume: &Value, path: &FieldPath, causes: &mut Causes) {
    let mut found = false;
    for (kind, required) in SOURCES {
        let Some(source) = set(volume, kind) else { continue };
        let path = path.child(kind);
        if std::mem::replace(&mut found, true) {
            causes.forbidden(&path, "may not specify more than 1 volume type");
            continue;
        }
        // Kubernetes calls the parts of a gcePersistentDisk by another name.
        let path = if kind == "gcePersistentDisk" { FieldPath::new(&renamed(&path)) } else { path };
        let before = causes.len();
        for key in required {
            if set(source, key).is_none_or(|value| value.as_str() == Some("")) {
                causes.required(&path.child(key), "");
            }
        }
        if causes.len() == before {
            validate_details(kind, source, &path, causes);
        }
    }
    if !found {
        causes.required(path, "must specify a volume type");
    }
}

fn renamed(path: &FieldPath) -> String {
    path.to_string().replace("gcePersistentDisk", "persistentDisk")
}

fn validate_details(kind: &str, source: &Value, path: &FieldPath, causes: &mut Causes) {
    match kind {
        "emptyDir" => {
            let size = set(source, "sizeLimit").map(Quantity::read);
            if size.is_some_and(|size| size.milli() < 0) {
                causes.forbidden(&path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
            }
        }
        "hostPath" => {
            validate_no_backsteps(text(source, "path"), &path.child("path"), causes);
            let host_type = text(source, "type");
            if !HOST_PATH_TYPES.contains(&host_type) {
                causes.not_supported(&path.child("type"), host_type, &HOST_PATH_TYPES);
            }
        }
        "nfs" if !text(source, "path").starts_with('/') => {
            causes.invalid(&path.child("path"), text(source, "path"), "must be an absolute path");
        }
        "secret" | "configMap" => {
            validate_mode(source, "defaultMode", path, causes);
            validate_keys(source, path, causes);
        }
        "downwardAPI" => {
            validate_mode(source, "defaultMode", path, causes);
            for file in items(source, "items") {
                validate_downward_file(file, path, causes);
            }
        }
        "projected" => {
            validate_mode(source, "defaultMode", path, causes);
            validate_projections(source, path, causes);
        }
        _ => {}
    }
}

fn validate_mode(source: &Value, key: &str, path: &FieldPath, causes: &mut Causes) {
    if let Some(mode) = number(source, key).filter(|mode| !(0..=MAX_MODE).contains(mode)) {
        causes.invalid(&path.child(key), mode, MODE);
    }
}

/// The `items` of a ConfigMap or Secret.
/// Models validateKeyToPath.
fn validate_keys(source: &Value, path: &FieldPath, causes: &mut Causes) {
    for (index, item) in items(source, "items").iter().enumerate() {
        let path = path.child("items").index(index);
        if text(item, "key").is_empty() {
            causes.required(&path.child("key"), "");
        }
        if text(item, "path").is_empty() {
            causes.required(&path.child("path"), "");
        }
        validate_file_path(text(item, "path"), &path.child("path"), causes);
        validate_mode(item, "mode", &path, causes);
    }
}

/// Reported under the volume, not under the item, as in Kubernetes.
fn validate_downward_file(file: &Value, path: &FieldPath, causes: &mut Causes) {
    let place = text(file, "path");
    if place.is_empty() {
        causes.required(&path.child("path"), "");
    }
    validate_file_path(place, &path.child("path"), causes);
    match (set(file, "fieldRef"), set(file, "resourceFieldRef")) {
        (Some(field), resource) => {
            validate_field_ref(field, &FILE_FIELDS, &path.child("fieldRef"), causes);
            if resource.is_some() {
                causes.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            }
        }
        (None, Some(resource)) => {
            validate_resource_ref(resource, ContainerName::Needed, &path.child("resourceFieldRef"), causes);
        }
        (None, None) => causes.required(path, "one of fieldRef and resourceFieldRef is required"),
    }
    validate_mode(file, "mode", path, causes);
}

fn validate_projections(source: &Value, path: &FieldPath, causes: &mut Causes) {
    let mut paths = SmallSet::new();
    for (index, source) in items(source, "sources").iter().enumerate() {
        let item = path.child("sources").index(index);
        let mut count = 0;
        for kind in ["secret", "configMap"] {
            let Some(part) = set(source, kind) else { continue };
            count += 1;
            if text(part, "name").is_empty() {
                causes.required(&item.child(kind).child("name"), "");
            }
            validate_keys(part, &item.child(kind), causes);
            for key in items(part, "items") {
                validate_unique(text(key, "path"), text(part, "name"), &mut paths, path, causes);
            }
        }
        if let Some(part) = set(source, "downwardAPI") {
            count += 1;
            for file in items(part, "items") {
                validate_downward_file(file, &item.child("downwardAPI"), causes);
                validate_unique(text(file, "path"), text(file, "path"), &mut paths, path, causes);
            }
        }
        if let Some(token) = set(source, "serviceAccountToken") {
            count += 1;
            validate_token(token, &item.child("serviceAccountToken"), path, causes);
        }
        if count > 1 {
            causes.forbidden(&item, "may not specify more than 1 volume type per source");
        }
    }
}

fn validate_unique<'a>(place: &'a str, value: &str, paths: &mut SmallSet<&'a str>, path: &FieldPath, causes: &mut Causes) {
    if !place.is_empty() && !paths.insert(place) {
        causes.invalid(path, value, "conflicting duplicate paths");
    }
}

fn validate_token(token: &Value, path: &FieldPath, volume: &FieldPath, causes: &mut Causes) {
    let seconds = number(token, "expirationSeconds").unwrap_or(3600);
    let expiration = path.child("expirationSeconds");
    if seconds < TOKEN_MIN_SECONDS {
        causes.invalid(&expiration, seconds, "may not specify a duration less than 10 minutes");
    }
    if seconds > TOKEN_MAX_SECONDS {
        causes.invalid(&expiration, seconds, "may not specify a duration larger than 2^32 seconds");
    }
    let place = text(token, "path");
    if place.is_empty() {
        causes.required(&volume.child("path"), "");
    } else {
        validate_file_path(place, &volume.child("path"), causes);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(volumes: Value) -> Vec<String> {
        let mut causes = Causes::default();
        let volumes = volumes.as_array().cloned().unwrap_or_default();
        validate_volumes(&volumes, &FieldPath::new("v"), &mut causes);
        causes.into_vec().iter().map(|cause| cause.to_string()).collect()
    }

    #[test]
    fn sources_and_names() {
        let table = [
            (json!([{"name": "a", "emptyDir": {}}, {"name": "b", "configMap": {"name": "c", "defaultMode": 420}}]), vec![]),
            (json!([{"name": "a", "emptyDir": {}}, {"name": "a", "emptyDir": {}}]), vec!["v[1].name: Duplicate value: \"a\""]),
            (json!([{"name": "a", "emptyDir": {}, "hostPath": {"path": "/"}}]), vec![
                "v[0].hostPath: Forbidden: may not specify more than 1 volume type",
            ]),
            (json!([{"name": "a"}]), vec!["v[0]: Required value: must specify a volume type"]),
            (json!([{"emptyDir": {}}]), vec!["v[0].name: Required value"]),
            (json!([{"name": "a", "hostPath": {"path": "/a/../b", "type": "X"}}]), vec![
                "v[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
                "v[0].hostPath.type: Unsupported value: \"X\": supported values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"",
            ]),
            (json!([{"name": "a", "configMap": {}}]), vec!["v[0].configMap.name: Required value"]),
            (json!([{"name": "a", "secret": {"secretName": "s", "defaultMode": 512, "items": [{"key": "k", "path": "/x"}]}}]), vec![
                "v[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive",
                "v[0].secret.items[0].path: Invalid value: \"/x\": must be a relative path",
            ]),
            (json!([{"name": "a", "gcePersistentDisk": {}}]), vec!["v[0].persistentDisk.pdName: Required value"]),
            (json!([{"name": "a", "downwardAPI": {"items": [{"path": "..x"}]}}]), vec![
                "v[0].downwardAPI.path: Invalid value: \"..x\": must not start with '..'",
                "v[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
            ]),
            (json!([{"name": "a", "projected": {"sources": [
                {"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}},
                {"secret": {"name": "s", "items": [{"key": "k", "path": "p"}]}, "serviceAccountToken": {"path": "t", "expirationSeconds": 5}},
            ]}}]), vec![
                "v[0].projected: Invalid value: \"s\": conflicting duplicate paths",
                "v[0].projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes",
                "v[0].projected.sources[1]: Forbidden: may not specify more than 1 volume type per source",
            ]),
        ];
        for (volumes, expected) in table {
            assert_eq!(texts(volumes.clone()), expected, "{volumes}");
        }
    }
}
