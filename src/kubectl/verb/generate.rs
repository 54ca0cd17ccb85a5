//! Config maps and secrets that a kustomization makes of texts and files, and the hashes behind their names.
//! Models sigs.k8s.io/kustomize api/kv, api/internal/generators and api/hasher.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::create_config::hash_of;
use super::customize::{Piece, merge_texts, within};
use super::kustomize::{Folder, named, texts};

/// Adds what the file generates.
pub(super) fn run(folder: Folder<'_>, file: &Value, pieces: &mut Vec<Piece>) -> Result<(), String> {
    let common = file.get("generatorOptions").cloned().unwrap_or_default();
    for (field, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
        for wanted in file.get(field).and_then(Value::as_array).into_iter().flatten() {
            let piece = generated(folder, kind, wanted, &common)?;
            let same = pieces.iter_mut().find(|other| other.id() == piece.id());
            match (wanted["behavior"].as_str().unwrap_or("create"), same) {
                ("merge", Some(other)) => {
                    merge_texts(&mut other.value, &["data"], &piece.value["data"]);
                }
                ("replace", Some(other)) => {
                    if let Some(data) = within(&mut other.value, &["data"]) {
                        *data = piece.value["data"].clone();
                    }
                }
                ("create", None) => pieces.push(piece),
                ("create", Some(_)) => {
                    return Err(format!("merging from generator: id {0} exists; behavior must be merge or replace", describe(&piece)));
                }
                (behavior, _) => return Err(format!("merging from generator: id {} does not exist; cannot {behavior}", describe(&piece))),
            }
        }
    }
    Ok(())
}

fn describe(piece: &Piece) -> String {
    format!("resid.ResId{{{}}}", piece.id())
}

fn generated(folder: Folder<'_>, kind: &str, wanted: &Value, common: &Value) -> Result<Piece, String> {
    let mut data = Map::new();
    let mut put = |key: &str, text: &str| {
        let value = if kind == "Secret" { STANDARD.encode(text) } else { text.to_owned() };
        data.insert(key.to_owned(), Value::from(value));
    };
    let failed = |what: &str, names: &str, why: &str| format!("loading KV pairs: {what} sources: [{names}]: {why}");
    let all: Vec<&str> = texts(wanted, "files").collect();
    for source in &all {
        let (key, path) = source.split_once('=').unwrap_or((source.rsplit('/').next().unwrap_or(source), source));
        put(key, folder.read(path).map_err(|why| failed("file", &all.join(" "), &why))?);
    }
    let all: Vec<&str> = texts(wanted, "envs").chain(wanted["env"].as_str()).collect();
    for source in &all {
        let text = folder.read(source).map_err(|why| failed("env source file", &all.join(" "), &why))?;
        for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            put(key, value);
        }
    }
    let all: Vec<&str> = texts(wanted, "literals").collect();
    for source in &all {
        let Some((key, value)) = source.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(failed("literal", &all.join(" "), &format!("invalid literal source {source}, expected key=value")));
        };
        let unquoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
        put(key, unquoted('"').or_else(|| unquoted('\'')).unwrap_or(value));
    }
    let name = wanted["name"].as_str().unwrap_or_default();
    let mut value = named(kind, name);
    if let Some(namespace) = wanted["namespace"].as_str() {
        value["metadata"]["namespace"] = Value::from(namespace);
    }
    if !data.is_empty() {
        value["data"] = Value::Object(data);
    }
    if kind == "Secret" {
        value["type"] = wanted.get("type").cloned().unwrap_or_else(|| json!("Opaque"));
    }
    let own = wanted.get("options").cloned().unwrap_or_default();
    for options in [common, &own] {
        merge_texts(&mut value, &["metadata", "labels"], &options["labels"]);
        merge_texts(&mut value, &["metadata", "annotations"], &options["annotations"]);
        if options["immutable"] == json!(true) {
            value["immutable"] = json!(true);
        }
    }
    let plain = [common, &own].iter().any(|options| options["disableNameSuffixHash"] == json!(true));
    let mut piece = Piece::new(value);
    piece.wants_hash = !plain;
    Ok(piece)
}

/// Puts the hash of its content behind the name of each generated object.
pub(super) fn put_hashes(pieces: &mut [Piece]) {
    for piece in pieces.iter_mut().filter(|piece| piece.wants_hash) {
        let value = &piece.value;
        let mut content = json!({"data": value.get("data").cloned().unwrap_or_else(|| json!({})), "kind": piece.kind(), "name": ""});
        if piece.kind() == "Secret" {
            content["type"] = value["type"].clone();
        }
        let name = format!("{}-{}", piece.name(), hash_of(&content));
        piece.rename(&name);
    }
}
