//! Kinds whose fields are kept as JSON: what Go leaves out goes, amounts take their canonical form, what was left open is filled
//! in. Left out: which false flags and empty texts Go leaves out, but for those of the kinds named here.

mod table;

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::default_template_spec;
use crate::api::{Json, Kind, Other, PodTemplateSpec, Quantity};
use crate::manifest::schema::{self, Shape, TypeId};
use table::{DEFAULTS, FIRST_STATUS, WEBHOOK_DEFAULTS};

/// Fills in an object.
pub(super) fn default(object: &mut Other) {
    let kind = object.kind;
    // Controllers write these; they hold nothing that the tables would have to be read for.
    let is_plain = matches!(kind, Kind::ConfigMap | Kind::ServiceAccount);
    // What controllers write there is written as it is to be printed.
    let status = object.fields.remove("status");
    let mut value = Value::Object(std::mem::take(&mut object.fields));
    if !is_plain
        && !matches!(kind, Kind::Secret | Kind::Lease)
        && let Some(of) = schema::kind(&kind.api_version(), kind.name())
    {
        tidy(&mut value, of);
    }
    drop_empty(&mut value);
    own_rules(object, &mut value);
    if !is_plain {
        fill_from_tables(kind, &mut value);
    }
    if let Value::Object(map) = value {
        object.fields = map;
        object.fields.extend(status.map(|status| ("status".to_owned(), status)));
    }
}

/// Fills in what the tables say.
fn fill_from_tables(kind: Kind, value: &mut Value) {
    for (_, path, default) in DEFAULTS.iter().filter(|(of, ..)| *of == kind) {
        fill(value, path, default);
    }
    if matches!(kind, Kind::MutatingWebhookConfiguration | Kind::ValidatingWebhookConfiguration) {
        WEBHOOK_DEFAULTS.iter().for_each(|(path, default)| fill(value, path, default));
    }
}

/// The status that a new object begins with; null for kinds that have none, or whose users write it.
pub(in crate::apiserver) fn first_status(kind: Kind) -> Value {
    // These have none, and are made in every cluster.
    if matches!(kind, Kind::ConfigMap | Kind::ServiceAccount) {
        return Value::Null;
    }
    FIRST_STATUS.iter().find(|(of, _)| *of == kind).map(|(_, text)| parse(text)).unwrap_or_default()
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| unreachable!("BUG: a default that is no JSON: {text}"))
}

/// Sets what a path leads to, if that is not there yet and its parent is.
fn fill(value: &mut Value, path: &str, default: &str) {
    let Some((step, rest)) = path.split_once('.') else {
        if let Some(map) = value.as_object_mut().filter(|map| map.get(path).is_none_or(Value::is_null)) {
            map.insert(path.to_owned(), parse(default));
        }
        return;
    };
    match step.strip_suffix("[]") {
        None => {
            if let Some(inner) = value.get_mut(step) {
                fill(inner, rest, default);
            }
        }
        Some(list) => {
            let items = value.get_mut(list).and_then(Value::as_array_mut);
            items.into_iter().flatten().for_each(|item| fill(item, rest, default));
        }
    }
}

/// Drops nulls and empty lists and maps at the top; deeper ones belong to [`tidy`].
fn drop_empty(value: &mut Value) {
    let Some(map) = value.as_object_mut() else { return };
    map.retain(|key, value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty() || key == "spec",
        _ => true,
    });
}

/// Leaves out what Go leaves out, writes amounts in their canonical form.
fn tidy(value: &mut Value, of: TypeId) {
    let Some(map) = value.as_object_mut() else { return };
    let mut gone: Vec<String> = Vec::new();
    for (key, value) in map.iter_mut() {
        let Some(field) = schema::field(of, key) else { continue };
        tidy_shape(value, &field.shape);
        if !field.required && is_left_out(value, &field.shape) {
            gone.push(key.clone());
        }
    }
    gone.iter().for_each(|key| drop(map.remove(key)));
}

/// The metadata of an object within an object: it has no creation time, and says so.
fn tidy_metadata(value: &mut Value, of: TypeId) {
    let is_object = matches!(schema::type_name(of), "PodTemplateSpec" | "PersistentVolumeClaim" | "PersistentVolumeClaimTemplate");
    let Some(map) = value.as_object_mut().filter(|_| is_object) else { return };
    if let Some(meta) = map.entry("metadata").or_insert_with(|| json!({})).as_object_mut() {
        meta.insert("creationTimestamp".to_owned(), Value::Null);
    }
}

fn is_left_out(value: &Value, shape: &Shape) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty() && matches!(shape, Shape::Map(_)),
        _ => false,
    }
}

fn tidy_shape(value: &mut Value, shape: &Shape) {
    match shape {
        Shape::Quantity if !value.is_null() => *value = Quantity::read(value).write().unwrap_or_default(),
        Shape::Struct(of) => {
            tidy(value, *of);
            tidy_metadata(value, *of);
        }
        Shape::List(item) => value.as_array_mut().into_iter().flatten().for_each(|value| tidy_shape(value, item)),
        Shape::Map(item) => value.as_object_mut().into_iter().flatten().for_each(|(_, value)| tidy_shape(value, item)),
        _ => {}
    }
}

/// What no table says.
fn own_rules(object: &Other, value: &mut Value) {
    match object.kind {
        Kind::Secret => take_string_data(value),
        Kind::LimitRange => fill_limits(value),
        Kind::StatefulSet => {
            fill_template(value.pointer_mut("/spec/template"));
            let strategy = value.pointer("/spec/updateStrategy/type").and_then(Value::as_str).unwrap_or("RollingUpdate");
            if strategy == "RollingUpdate" {
                fill(value, "spec.updateStrategy", "{}");
                fill(value, "spec.updateStrategy.rollingUpdate", "{}");
                fill(value, "spec.updateStrategy.rollingUpdate.partition", "0");
            }
        }
        Kind::PodTemplate => {
            fill(value, "template", "{}");
            fill_template(value.get_mut("template"));
        }
        Kind::RoleBinding | Kind::ClusterRoleBinding => {
            let subjects = value.get_mut("subjects").and_then(Value::as_array_mut);
            subjects.into_iter().flatten().for_each(fill_subject);
        }
        Kind::PriorityClass if value["globalDefault"] == false => drop(value.as_object_mut().and_then(|map| map.remove("globalDefault"))),
        Kind::CustomResourceDefinition => fill_names(value),
        _ => {}
    }
}

/// Models pkg/apis/core/v1 Convert_v1_Secret_To_core_Secret: what is plain goes among the data.
fn take_string_data(value: &mut Value) {
    let Some(Value::Object(plain)) = value.as_object_mut().and_then(|map| map.remove("stringData")) else { return };
    if plain.is_empty() {
        return;
    }
    fill(value, "data", "{}");
    for (key, text) in plain {
        value["data"][key] = Value::from(BASE64.encode(text.as_str().unwrap_or_default()));
    }
}

/// Models pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem: what a container is given follows from what it may have.
fn fill_limits(value: &mut Value) {
    let limits = value.pointer_mut("/spec/limits").and_then(Value::as_array_mut);
    for limit in limits.into_iter().flatten().filter(|limit| limit["type"] == "Container") {
        for (to, from) in [("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min")] {
            let source = limit.get(from).and_then(Value::as_object).cloned().unwrap_or_default();
            let mut target = limit.get(to).and_then(Value::as_object).cloned().unwrap_or_default();
            for (resource, amount) in source {
                target.entry(resource).or_insert(amount);
            }
            if !target.is_empty() {
                limit[to] = Value::Object(target);
            }
        }
    }
}

/// Fills in a template of pods as those of typed kinds.
fn fill_template(template: Option<&mut Value>) {
    let Some(value) = template else { return };
    let mut template = PodTemplateSpec::read(value);
    template.spec = default_template_spec(&template.spec);
    if let Some(filled) = Rc::new(template).write() {
        *value = filled;
    }
}

/// Models pkg/apis/rbac/v1/defaults.go SetDefaults_Subject.
fn fill_subject(subject: &mut Value) {
    if matches!(subject["kind"].as_str(), Some("User" | "Group")) {
        fill(subject, "apiGroup", "\"rbac.authorization.k8s.io\"");
    }
}

/// Models apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go.
fn fill_names(value: &mut Value) {
    let Some(names) = value.pointer_mut("/spec/names").and_then(Value::as_object_mut) else { return };
    let kind = names.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut put = |key: &str, text: String| {
        names.entry(key).or_insert(Value::from(text));
    };
    put("singular", kind.to_ascii_lowercase());
    put("listKind", kind + "List");
}

/// The status that a new definition begins with: the versions it is stored in are known at once.
pub(in crate::apiserver) fn definition_status(fields: &Map<String, Value>) -> Value {
    let versions = fields.get("spec").and_then(|spec| spec.get("versions")).and_then(Value::as_array);
    let stored = versions.into_iter().flatten().filter(|version| version["storage"] == true).map(|version| version["name"].clone());
    json!({"acceptedNames": {"kind": "", "plural": ""}, "conditions": null, "storedVersions": stored.collect::<Vec<_>>()})
}
