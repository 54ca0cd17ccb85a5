//! ConfigMaps and Secrets. Models ValidateConfigMap, ValidateSecret and their updates in pkg/apis/core/validation/validation.go.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::place::Place;
use crate::api::{Kind, Other};
use crate::apiserver::validation::names::config_map_key;
use crate::apiserver::validation::path::{Causes, FieldPath, IMMUTABLE};

/// All that a ConfigMap or a Secret may hold, in bytes.
const MOST: usize = 1024 * 1024;
const ACCOUNT: &str = "kubernetes.io/service-account.name";
const REDACTED: &str = "<secret contents redacted>";
const FROZEN: &str = "field is immutable when `immutable` is set";

/// A new object or a changed one.
pub(super) fn validate(object: &Other, causes: &mut Causes) {
    let (data, binary) = (Place::of(object, "data"), Place::of(object, "binaryData"));
    let mut size = 0;
    for (key, place) in data.entries() {
        causes.invalid_each(&place.path, key, config_map_key(key));
        if binary.value.get(key).is_some() {
            causes.invalid(&place.path, key, "duplicate of key present in binaryData");
        }
        size += if object.kind == Kind::Secret { place.text().len() / 4 * 3 } else { place.text().len() };
    }
    for (key, place) in binary.entries() {
        causes.invalid_each(&place.path, key, config_map_key(key));
        if data.value.get(key).is_some() {
            causes.invalid(&place.path, key, "duplicate of key present in data");
        }
        size += place.text().len() / 4 * 3;
    }
    if size > MOST {
        // A ConfigMap's limit is on all that it holds.
        let path = if object.kind == Kind::Secret { data.path.clone() } else { FieldPath::new("") };
        causes.too_long(&path, MOST);
    }
    if object.kind == Kind::Secret {
        validate_type(object, &data, causes);
    }
}

fn validate_type(secret: &Other, data: &Place<'_>, causes: &mut Causes) {
    let has = |key: &str| data.value.get(key).is_some();
    let mut need = |key: &str| {
        if !has(key) {
            causes.required(&data.path.key(key), "");
        }
    };
    match secret.field("type").as_str().unwrap_or_default() {
        "kubernetes.io/service-account-token" if secret.meta.annotations.get(ACCOUNT).is_none_or(|name| name.is_empty()) => {
            causes.required(&FieldPath::new("metadata").child("annotations").key(ACCOUNT), "");
        }
        "kubernetes.io/dockercfg" => validate_json(data, ".dockercfg", causes),
        "kubernetes.io/dockerconfigjson" => validate_json(data, ".dockerconfigjson", causes),
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            need("username");
            need("password");
        }
        "kubernetes.io/ssh-auth" if data.value.get("ssh-privatekey").is_none_or(|text| text == "") => {
            causes.required(&data.path.key("ssh-privatekey"), "");
        }
        "kubernetes.io/tls" => {
            need("tls.crt");
            need("tls.key");
        }
        _ => {}
    }
}

fn validate_json(data: &Place<'_>, key: &str, causes: &mut Causes) {
    let path = data.path.key(key);
    let Some(text) = data.value.get(key).and_then(Value::as_str) else {
        causes.required(&path, "");
        return;
    };
    let bytes = BASE64.decode(text).unwrap_or_default();
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace()).map(|byte| char::from(*byte));
    match (serde_json::from_slice::<Value>(&bytes), first) {
        (Ok(Value::Object(_)), _) => {}
        (_, None) => causes.invalid(&path, REDACTED, "unexpected end of JSON input"),
        (_, Some('{')) => causes.invalid(&path, REDACTED, "unexpected end of JSON input"),
        (_, Some(other)) => causes.invalid(&path, REDACTED, format!("invalid character '{other}' looking for beginning of value")),
    }
}

/// What may not change.
pub(super) fn validate_update(new: &Other, old: &Other, causes: &mut Causes) {
    if new.kind == Kind::Secret && new.field("type") != old.field("type") {
        causes.invalid(&FieldPath::new("type"), new.field("type").as_str().unwrap_or_default(), IMMUTABLE);
    }
    if *old.field("immutable") == true {
        if *new.field("immutable") != true {
            causes.forbidden(&FieldPath::new("immutable"), FROZEN);
        }
        for field in ["data", "binaryData"] {
            if new.field(field) != old.field(field) {
                causes.forbidden(&FieldPath::new(field), FROZEN);
            }
        }
    }
}
