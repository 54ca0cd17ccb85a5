//! What a kustomization changes in its objects, in kustomize's order, and the names by which they call each other.
//! Models sigs.k8s.io/kustomize api/internal/builtins and api/internal/konfig/builtinpluginconsts. Left out: labels in affinity terms,
//! fields that `labels[].fields` names.

use serde_json::{Map, Value, json};

use super::kustomize::{Folder, is_namespaced, objects, texts};
use super::{json_patch, patch};
use crate::api::Kind;
use crate::base::{Dialect, Regex};
use crate::manifest;

/// An object on its way through a kustomization.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub value: Value,
    /// The name that it was written with, by which others call it.
    original: String,
    pub wants_hash: bool,
}

impl Piece {
    pub fn new(value: Value) -> Piece {
        let original = value["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        Piece { value, original, wants_hash: false }
    }

    pub fn kind(&self) -> &str {
        self.value["kind"].as_str().unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        self.value["metadata"]["name"].as_str().unwrap_or_default()
    }

    pub fn namespace(&self) -> &str {
        self.value["metadata"]["namespace"].as_str().unwrap_or_default()
    }

    /// As kustomize's messages name it: `Namespace.v1.[noGrp]/x.[noNs]`.
    pub fn id(&self) -> String {
        id(&self.value)
    }

    pub fn rename(&mut self, name: &str) {
        if let Some(own) = within(&mut self.value, &["metadata", "name"]) {
            *own = Value::from(name);
        }
    }

    pub fn is_named(&self, name: &str) -> bool {
        self.original == name || self.name() == name
    }
}

fn id(value: &Value) -> String {
    let text = |place: &str| value.pointer(place).and_then(Value::as_str).unwrap_or_default();
    let (group, version) = text("/apiVersion").split_once('/').unwrap_or(("[noGrp]", text("/apiVersion")));
    let namespace = Some(text("/metadata/namespace")).filter(|text| !text.is_empty()).unwrap_or("[noNs]");
    format!("{}.{version}.{group}/{}.{namespace}", text("/kind"), text("/metadata/name"))
}

/// What stands in a map under these names, one in the other; maps that are not there are made. None if something else is in the way.
pub(super) fn within<'a>(value: &'a mut Value, names: &[&str]) -> Option<&'a mut Value> {
    let mut place = value;
    for name in names {
        if place.is_null() {
            *place = json!({});
        }
        place = place.as_object_mut()?.entry(*name).or_insert(Value::Null);
    }
    Some(place)
}

/// Puts texts into a map of an object, which is made if there is none.
pub(super) fn merge_texts(value: &mut Value, names: &[&str], texts: &Value) {
    let Some(texts) = texts.as_object().filter(|texts| !texts.is_empty()) else { return };
    let Some(map) = within(value, names) else { return };
    if map.is_null() {
        *map = json!({});
    }
    let Some(map) = map.as_object_mut() else { return };
    for (key, text) in texts {
        let text = if text.is_string() { text.clone() } else { Value::from(text.to_string()) };
        map.insert(key.clone(), text);
    }
}

/// Carries out what the file says.
pub(super) fn run(folder: Folder<'_>, file: &Value, pieces: &mut Vec<Piece>) -> Result<(), String> {
    patches(folder, file, pieces)?;
    let text = |field: &str| file.get(field).and_then(Value::as_str).unwrap_or_default();
    let list = |field: &str| file.get(field).and_then(Value::as_array).into_iter().flatten();
    for piece in pieces.iter_mut() {
        put_namespace(piece, text("namespace"));
        if !matches!(piece.kind(), "Namespace" | "CustomResourceDefinition" | "APIService") {
            let name = format!("{}{}{}", text("namePrefix"), piece.name(), text("nameSuffix"));
            piece.rename(&name);
        }
        for labels in list("labels") {
            put_labels(piece, &labels["pairs"], labels["includeSelectors"] == json!(true), labels["includeTemplates"] == json!(true));
        }
        if let Some(labels) = file.get("commonLabels") {
            put_labels(piece, labels, true, true);
        }
        if let Some(notes) = file.get("commonAnnotations") {
            merge_texts(&mut piece.value, &["metadata", "annotations"], notes);
            for template in templates(&mut piece.value) {
                merge_texts(template, &["metadata", "annotations"], notes);
            }
        }
        for wanted in list("replicas") {
            let is_named = wanted["name"].as_str().is_some_and(|name| piece.is_named(name));
            if is_named && matches!(piece.kind(), "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet") {
                if let Some(replicas) = within(&mut piece.value, &["spec", "replicas"]) {
                    *replicas = wanted["count"].clone();
                }
            }
        }
        for image in list("images") {
            each_map(&mut piece.value, &mut |key, map| {
                if matches!(key, "containers" | "initContainers") && let Some(found) = map.get("image").and_then(Value::as_str) {
                    let changed = changed_image(found, image);
                    map.insert("image".to_owned(), Value::from(changed));
                }
            });
        }
    }
    Ok(())
}

fn put_namespace(piece: &mut Piece, namespace: &str) {
    if namespace.is_empty() {
        return;
    }
    let kind = piece.kind().to_owned();
    if kind == "Namespace" {
        piece.rename(namespace);
    } else if is_namespaced(&kind) && let Some(own) = within(&mut piece.value, &["metadata", "namespace"]) {
        *own = Value::from(namespace);
    }
    if matches!(kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
        for subject in piece.value.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten().filter(|one| one["kind"] == "ServiceAccount") {
            subject["namespace"] = Value::from(namespace);
        }
    }
}

/// The pod templates of an object.
fn templates(value: &mut Value) -> Vec<&mut Value> {
    let place = match value["kind"].as_str().unwrap_or_default() {
        "CronJob" => "/spec/jobTemplate/spec/template",
        "Deployment" | "ReplicaSet" | "ReplicationController" | "DaemonSet" | "StatefulSet" | "Job" => "/spec/template",
        _ => return Vec::new(),
    };
    value.pointer_mut(place).into_iter().collect()
}

fn put_labels(piece: &mut Piece, labels: &Value, selectors: bool, in_templates: bool) {
    let value = &mut piece.value;
    merge_texts(value, &["metadata", "labels"], labels);
    if selectors || in_templates {
        for template in templates(value) {
            merge_texts(template, &["metadata", "labels"], labels);
        }
    }
    if !selectors {
        return;
    }
    let has = |value: &Value, place: &str| value.pointer(place).is_some();
    match value["kind"].as_str().unwrap_or_default() {
        "Service" | "ReplicationController" => merge_texts(value, &["spec", "selector"], labels),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => {
            merge_texts(value, &["spec", "selector", "matchLabels"], labels);
            for claim in value.pointer_mut("/spec/volumeClaimTemplates").and_then(Value::as_array_mut).into_iter().flatten() {
                merge_texts(claim, &["metadata", "labels"], labels);
            }
        }
        "Job" | "PodDisruptionBudget" if has(value, "/spec/selector/matchLabels") => merge_texts(value, &["spec", "selector", "matchLabels"], labels),
        "NetworkPolicy" if has(value, "/spec/podSelector/matchLabels") => merge_texts(value, &["spec", "podSelector", "matchLabels"], labels),
        _ => {}
    }
}

/// An image as an entry of `images` changes it, if it is the one.
fn changed_image(found: &str, image: &Value) -> String {
    let (rest, digest) = found.split_once('@').map_or((found, ""), |(rest, digest)| (rest, digest));
    // A colon before a slash belongs to a port.
    let slash = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = rest[slash..].split_once(':').map_or((rest, ""), |(last, tag)| (&rest[..slash + last.len()], tag));
    if image["name"].as_str() != Some(name) {
        return found.to_owned();
    }
    let text = |field: &str| image[field].as_str().map(str::to_owned).or_else(|| image.get(field).filter(|value| value.is_number()).map(Value::to_string));
    let mut changed = text("newName").filter(|name| !name.is_empty()).unwrap_or_else(|| name.to_owned());
    let (tag, digest) = match (text("newTag"), text("digest")) {
        (None, None) => (tag.to_owned(), digest.to_owned()),
        (tag, digest) => (tag.unwrap_or_default(), digest.unwrap_or_default()),
    };
    for (sign, part) in [(":", tag), ("@", digest)] {
        if !part.is_empty() {
            changed = changed + sign + &part;
        }
    }
    changed
}

/// Goes through all maps in a value, each with the key that it, or the list around it, stands at.
fn each_map(value: &mut Value, see: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    fn walk(key: &str, value: &mut Value, see: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
        match value {
            Value::Object(map) => {
                see(key, map);
                map.iter_mut().for_each(|(key, inner)| walk(key, inner, see));
            }
            Value::Array(items) => items.iter_mut().for_each(|inner| walk(key, inner, see)),
            _ => {}
        }
    }
    walk("", value, see);
}

/// Which objects a text in a field calls by name: where the map stands, its field, the kind. Models konfig/builtinpluginconsts/namereference.go.
const REFERENCES: [(&str, &str, &str); 17] = [
    ("configMap", "name", "ConfigMap"), ("configMapRef", "name", "ConfigMap"), ("configMapKeyRef", "name", "ConfigMap"),
    ("secret", "secretName", "Secret"), ("secret", "name", "Secret"), ("secretRef", "name", "Secret"), ("secretKeyRef", "name", "Secret"),
    ("imagePullSecrets", "name", "Secret"), ("secrets", "name", "Secret"), ("tls", "secretName", "Secret"), ("service", "name", "Service"),
    ("spec", "serviceName", "Service"), ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    ("spec", "serviceAccountName", "ServiceAccount"), ("spec", "volumeName", "PersistentVolume"), ("spec", "priorityClassName", "PriorityClass"),
    ("spec", "storageClassName", "StorageClass"),
];

/// Gives each name by which an object calls another one the form that the other has now.
pub(super) fn mend_names(pieces: &mut [Piece]) {
    let known: Vec<(String, String, String, String)> =
        pieces.iter().map(|piece| (piece.kind().to_owned(), piece.original.clone(), piece.namespace().to_owned(), piece.name().to_owned())).collect();
    for piece in pieces {
        let namespace = piece.namespace().to_owned();
        let mend = |kind: &str, field: &str, map: &mut Map<String, Value>| {
            let Some(name) = map.get(field).and_then(Value::as_str) else { return };
            let fits = |one: &&(String, String, String, String)| one.0 == kind && one.1 == name && (one.2 == namespace || one.2.is_empty() || namespace.is_empty());
            if let Some((.., new)) = known.iter().find(fits) {
                map.insert(field.to_owned(), Value::from(new.as_str()));
            }
        };
        each_map(&mut piece.value, &mut |key, map| {
            for (_, field, kind) in REFERENCES.iter().filter(|(place, ..)| *place == key) {
                mend(kind, field, map);
            }
            if matches!(key, "scaleTargetRef" | "roleRef" | "subjects") && let Some(kind) = map.get("kind").and_then(Value::as_str).map(str::to_owned) {
                mend(&kind, "name", map);
            }
        });
    }
}

/// All patches of a file.
fn patches(folder: Folder<'_>, file: &Value, pieces: &mut Vec<Piece>) -> Result<(), String> {
    let none = Value::Null;
    for given in texts(file, "patchesStrategicMerge") {
        let text = if given.contains('\n') { given } else { folder.read(given)? };
        strategic(text, &none, pieces)?;
    }
    for field in ["patches", "patchesJson6902"] {
        for wanted in file.get(field).and_then(Value::as_array).into_iter().flatten() {
            let target = &wanted["target"];
            let text = match (wanted["patch"].as_str(), wanted["path"].as_str()) {
                (Some(text), _) => text,
                (None, Some(path)) => folder.read(path).map_err(|why| {
                    let why = format!("failed to get the patch file from path({path}): {why}");
                    format!("trouble configuring builtin PatchTransformer with config: `\npath: {path}\n`: {why}")
                })?,
                (None, None) => return Err("trouble configuring builtin PatchTransformer with config: `\n{}\n`: must specify one of patch and path in\n".to_owned()),
            };
            let decoded = manifest::decode(text);
            match decoded.readable().first().map(|document| &document.value) {
                Some(steps @ Value::Array(_)) => {
                    for piece in pieces.iter_mut().filter(|piece| !target.is_null() && is_meant(piece, target)) {
                        json_patch::apply(&mut piece.value, steps)?;
                    }
                }
                _ => strategic(text, target, pieces)?,
            }
        }
    }
    Ok(())
}

/// Strategic merge patches, each for the object that it names, or for all that are meant.
fn strategic(text: &str, target: &Value, pieces: &mut Vec<Piece>) -> Result<(), String> {
    for patch in objects(text)? {
        let name = patch["metadata"]["name"].as_str().unwrap_or_default();
        let kind = patch["kind"].as_str().unwrap_or_default();
        let fits = |piece: &Piece| if target.is_null() { piece.kind() == kind && piece.is_named(name) } else { is_meant(piece, target) };
        if target.is_null() && !pieces.iter().any(fits) {
            let id = id(&patch);
            return Err(format!(
                "no resource matches strategic merge patch \"{id}\": no matches for Id {id}; failed to find unique target for patch {id}"
            ));
        }
        if patch["$patch"] == "delete" {
            pieces.retain(|piece| !fits(piece));
            continue;
        }
        for piece in pieces.iter_mut().filter(|piece| fits(piece)) {
            let mut change = patch.clone();
            // The name and the kind stay.
            if let Some(map) = change.as_object_mut() {
                map.remove("kind");
                map.remove("apiVersion");
                if let Some(meta) = map.get_mut("metadata").and_then(Value::as_object_mut) {
                    meta.remove("name");
                    meta.remove("namespace");
                }
            }
            match Kind::all().find(|known| known.name() == piece.kind()) {
                Some(kind) => patch::merge_strategically(kind, &mut piece.value, &change).map_err(|why| why.message().to_owned())?,
                None => manifest::json_merge(&mut piece.value, &change),
            }
        }
    }
    Ok(())
}

/// Whether a target means an object: expressions for the whole of kind and name, and labels.
fn is_meant(piece: &Piece, target: &Value) -> bool {
    let is = |field: &str, text: &str| {
        let Some(wanted) = target[field].as_str().filter(|wanted| !wanted.is_empty()) else { return true };
        Regex::parse(&format!("^({wanted})$"), Dialect::Extended, false).is_none_or(|wanted| wanted.is_in(text))
    };
    let api_version = piece.value["apiVersion"].as_str().unwrap_or_default();
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let has_label = |pair: &str| match pair.split_once('=') {
        Some((key, value)) => piece.value["metadata"]["labels"][key.trim()].as_str() == Some(value.trim_start_matches('=').trim()),
        None => piece.value["metadata"]["labels"].get(pair.trim()).is_some(),
    };
    let labels = target["labelSelector"].as_str().unwrap_or_default();
    is("kind", piece.kind()) && (is("name", &piece.original) || is("name", piece.name())) && is("namespace", piece.namespace()) && is("group", group) && is("version", version)
        && labels.split(',').filter(|pair| !pair.is_empty()).all(has_label)
}
