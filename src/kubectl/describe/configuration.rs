//! ConfigMaps, Secrets, service accounts, quotas, limit ranges. Models describe.go ConfigMapDescriber, SecretDescriber,
//! ServiceAccountDescriber, ResourceQuotaDescriber, LimitRangeDescriber.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};

use super::lines::Lines;
use super::{Scene, other};
use crate::api::{Kind, Object, ObjectKey, Other, Quantity};
use crate::base::{Name, sort};

fn map<'a>(object: &'a Other, field: &str) -> Vec<(&'a String, &'a Value)> {
    object.field(field).as_object().into_iter().flatten().collect()
}

fn bytes(value: &Value) -> usize {
    BASE64.decode(value.as_str().unwrap_or_default()).map_or(0, |bytes| bytes.len())
}

pub(super) fn config_map(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    other::head(object, lines);
    lines.line(0, "\nData\n====");
    for (key, value) in map(object, "data") {
        lines.line(0, format!("{key}:\n----\n{}\n", value.as_str().unwrap_or_default()));
    }
    lines.line(0, "\nBinaryData\n====");
    for (key, value) in map(object, "binaryData") {
        lines.line(0, format!("{key}: {} bytes", bytes(value)));
    }
    lines.line(0, "");
    other::events(object, scene, lines);
}

/// The type of secrets that hold a token.
const TOKEN: &str = "kubernetes.io/service-account-token";
const ACCOUNT: Name = Name::fixed("kubernetes.io/service-account.name");
const ACCOUNT_UID: Name = Name::fixed("kubernetes.io/service-account.uid");

pub(super) fn secret(object: &Other, lines: &mut Lines) {
    other::head(object, lines);
    let kind = object.field("type").as_str().unwrap_or_default();
    lines.line(0, format!("\nType:\t{kind}\n\nData\n===="));
    for (key, value) in map(object, "data") {
        if key == "token" && kind == TOKEN {
            let token = BASE64.decode(value.as_str().unwrap_or_default()).unwrap_or_default();
            lines.line(0, format!("{key}:\t{}", String::from_utf8_lossy(&token)));
        } else {
            lines.line(0, format!("{key}:\t{} bytes", bytes(value)));
        }
    }
}

pub(super) fn service_account(object: &Other, scene: &Scene<'_>, lines: &mut Lines) {
    other::head(object, lines);
    let names = |field: &str| {
        let items = object.field(field).as_array().into_iter().flatten();
        let shown = |item: &Value| {
            let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
            let key = ObjectKey::new(Kind::Secret, object.meta.namespace.clone(), name);
            if scene.context.view.get(&key).is_some() { name.to_owned() } else { format!("{name} (not found)") }
        };
        items.map(shown).collect::<Vec<String>>()
    };
    lines.column("Image pull secrets", names("imagePullSecrets"));
    lines.column("Mountable secrets", names("secrets"));
    let uid = object.meta.uid.to_string();
    let is_its = |secret: &&Other| {
        let says = |key: &Name, value: &str| secret.meta.annotations.get(key).is_some_and(|found| *found == *value);
        *secret.field("type") == TOKEN && says(&ACCOUNT, &object.meta.name) && says(&ACCOUNT_UID, &uid)
    };
    let secrets = scene.context.view.list(Kind::Secret, &object.meta.namespace).filter_map(Object::as_other).map(|secret| &**secret);
    lines.column("Tokens", secrets.filter(is_its).map(|secret| secret.meta.name.to_string()).collect());
    other::events(object, scene, lines);
}

/// What a scope of a quota means.
const SCOPES: [(&str, &str); 4] = [
    ("Terminating", "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system."),
    ("NotTerminating", "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate."),
    ("BestEffort", "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service."),
    ("NotBestEffort", "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service."),
];

pub(super) fn quota(object: &Other, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Namespace", &object.meta.namespace);
    scopes(object, (0, " * "), lines);
    used(object, (0, "----"), lines);
}

/// What a quota is about, at a level, with such a mark before what each scope means.
pub(super) fn scopes(object: &Other, (level, mark): (usize, &str), lines: &mut Lines) {
    let mut scopes: Vec<&str> = object.at(&["spec", "scopes"]).as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if scopes.is_empty() {
        return;
    }
    sort(&mut scopes);
    lines.field(level, "Scopes", scopes.join(", "));
    for scope in scopes {
        if let Some((_, text)) = SCOPES.iter().find(|(known, _)| *known == scope) {
            lines.line(level, format!("{mark}{text}"));
        }
    }
}

/// What is used of a quota, at a level, with such a line under the columns.
pub(super) fn used(object: &Other, (level, under): (usize, &str), lines: &mut Lines) {
    lines.line(level, "Resource\tUsed\tHard");
    lines.line(level, format!("--------\t{under}\t{under}"));
    let (hard, used) = (object.at(&["status", "hard"]), object.at(&["status", "used"]));
    let mut names: Vec<&String> = hard.as_object().into_iter().flat_map(Map::keys).collect();
    sort(&mut names);
    for name in names {
        lines.line(level, format!("{name}\t{}\t{}", amount(used.get(name), "0"), amount(hard.get(name), "0")));
    }
}

fn amount(value: Option<&Value>, absent: &str) -> String {
    let text = value.and_then(Value::as_str).and_then(|text| Quantity::parse(text).ok());
    text.map_or_else(|| absent.to_owned(), |quantity| quantity.to_string())
}

pub(super) fn limits(object: &Other, lines: &mut Lines) {
    lines.field(0, "Name", &object.meta.name);
    lines.field(0, "Namespace", &object.meta.namespace);
    limit_columns("", lines);
    limit_rows(object, "", lines);
}

/// The columns of limits, each line after a prefix.
pub(super) fn limit_columns(prefix: &str, lines: &mut Lines) {
    lines.line(0, format!("{prefix}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"));
    lines.line(0, format!("{prefix}----\t--------\t---\t---\t---------------\t-------------\t-----------------------"));
}

/// The limits of a range, each line after a prefix.
pub(super) fn limit_rows(object: &Other, prefix: &str, lines: &mut Lines) {
    const COLUMNS: [&str; 5] = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"];
    for limit in object.at(&["spec", "limits"]).as_array().into_iter().flatten() {
        let mut names: Vec<&String> = COLUMNS.iter().filter_map(|column| limit.get(column)?.as_object()).flat_map(Map::keys).collect();
        sort(&mut names);
        names.dedup();
        for name in names {
            let cells: Vec<String> = COLUMNS.iter().map(|column| amount(limit.get(column).and_then(|map| map.get(name)), "-")).collect();
            lines.line(0, format!("{prefix}{}\t{name}\t{}", limit["type"].as_str().unwrap_or_default(), cells.join("\t")));
        }
    }
}
