//! Volumes, in their JSON form.
//! Models pkg/apis/core/v1/defaults.go SetDefaults_Volume and its neighbours.

use serde_json::{Value, json};

use super::container::{fill_json, fill_source};
use crate::api::{Json, Quantity};

const FILE_MODE: i64 = 0o644;
const TOKEN_SECONDS: i64 = 3600;

/// Fields that storage systems have besides, with their defaults.
const PLAIN_DEFAULTS: [(&str, &str, &str); 10] = [
    ("hostPath", "type", ""),
    ("iscsi", "iscsiInterface", "default"),
    ("rbd", "pool", "rbd"),
    ("rbd", "user", "admin"),
    ("rbd", "keyring", "/etc/ceph/keyring"),
    ("azureDisk", "cachingMode", "ReadWrite"),
    ("azureDisk", "kind", "Shared"),
    ("azureDisk", "fsType", "ext4"),
    ("scaleIO", "storageMode", "ThinProvisioned"),
    ("scaleIO", "fsType", "xfs"),
];

/// Fills in a volume; one without a source is an emptyDir.
pub(super) fn fill_volume(volume: &mut Value) {
    let Some(fields) = volume.as_object_mut() else { return };
    fields.retain(|_, value| !value.is_null());
    if fields.keys().all(|key| key == "name") {
        fields.insert("emptyDir".to_owned(), json!({}));
    }
    for (kind, key, value) in PLAIN_DEFAULTS {
        if let Some(source) = fields.get_mut(kind).filter(|source| source.is_object()) {
            fill_json(source, key, json!(value));
        }
    }
    for kind in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = fields.get_mut(kind).filter(|source| source.is_object()) {
            fill_json(source, "defaultMode", json!(FILE_MODE));
        }
    }
    if let Some(downward) = fields.get_mut("downwardAPI") {
        fill_files(downward);
    }
    if let Some(size) = fields.get_mut("emptyDir").and_then(|source| source.get_mut("sizeLimit")) {
        *size = Quantity::read(size).write().unwrap_or_default();
    }
    let sources = fields.get_mut("projected").and_then(|source| source.get_mut("sources"));
    for source in sources.and_then(Value::as_array_mut).into_iter().flatten() {
        fill_projection(source);
    }
    if let Some(claim) = fields.get_mut("ephemeral").and_then(|source| source.get_mut("volumeClaimTemplate")) {
        fill_claim(claim);
    }
}

fn fill_files(source: &mut Value) {
    let files = source.get_mut("items").and_then(Value::as_array_mut);
    files.into_iter().flatten().for_each(fill_source);
}

fn fill_projection(source: &mut Value) {
    if let Some(downward) = source.get_mut("downwardAPI") {
        fill_files(downward);
    }
    if let Some(token) = source.get_mut("serviceAccountToken").filter(|token| token.is_object()) {
        fill_json(token, "expirationSeconds", json!(TOKEN_SECONDS));
    }
}

fn fill_claim(template: &mut Value) {
    if let Some(spec) = template.get_mut("spec").filter(|spec| spec.is_object()) {
        fill_json(spec, "volumeMode", json!("Filesystem"));
    }
    if template.is_object() {
        let metadata = template.get("metadata").cloned().filter(Value::is_object).unwrap_or_else(|| json!({}));
        template["metadata"] = metadata;
        template["metadata"]["creationTimestamp"] = Value::Null;
    }
}
