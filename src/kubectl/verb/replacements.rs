//! `replacements` of a kustomization: a field of one object goes into fields of others. Models sigs.k8s.io/kustomize
//! api/filters/replacement/replacement.go. Left out: replacements in files of their own, encodings, values that no object has.

use serde_json::{Value, json};

use super::customize::Piece;

/// Carries them out, after all other changes.
pub(super) fn run(file: &Value, pieces: &mut [Piece]) -> Result<(), String> {
    for replacement in list(file, "replacements") {
        let source = &replacement["source"];
        let value = found(source, pieces)?;
        for target in list(replacement, "targets") {
            let select = &target["select"];
            for piece in pieces.iter_mut() {
                let is_rejected = list(target, "reject").any(|reject| fits(reject, piece));
                if !fits(select, piece) || is_rejected {
                    continue;
                }
                let mut paths: Vec<&str> = super::kustomize::texts(target, "fieldPaths").collect();
                if paths.is_empty() {
                    paths.push("metadata.name");
                }
                for path in paths {
                    put(&mut piece.value, path, &value, &target["options"])?;
                }
            }
        }
    }
    Ok(())
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

/// Whether a selector means an object: what it leaves out does not matter.
fn fits(select: &Value, piece: &Piece) -> bool {
    let version = piece.value["apiVersion"].as_str().unwrap_or_default();
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let is = |field: &str, own: &str| select.get(field).and_then(Value::as_str).is_none_or(|wanted| wanted.is_empty() || wanted == own);
    let is_named = select.get("name").and_then(Value::as_str).is_none_or(|wanted| wanted.is_empty() || piece.is_named(wanted));
    is("kind", piece.kind()) && is_named && is("namespace", piece.namespace()) && is("group", group) && is("version", version)
}

/// The value that is put into others.
fn found(source: &Value, pieces: &[Piece]) -> Result<Value, String> {
    let text = |field: &str, none: &str| source[field].as_str().filter(|text| !text.is_empty()).unwrap_or(none).to_owned();
    let id = format!("{}.{}.{}/{}.{}", text("kind", "[noKind]"), text("version", "[noVer]"), text("group", "[noGrp]"), text("name", "[noName]"), text("namespace", "[noNs]"));
    let path = text("fieldPath", "metadata.name");
    let mut meant = pieces.iter().filter(|piece| fits(source, piece));
    let Some(piece) = meant.next() else { return Err(format!("nothing selected by {id}:{path}")) };
    if meant.next().is_some() {
        return Err(format!("multiple matches for selector {id}:{path}"));
    }
    let mut values = Vec::new();
    each(&mut piece.value.clone(), &steps(&path), Missing::IsLeft, &mut |place| values.push(place.clone()));
    let value = values.into_iter().next().filter(|value| !value.is_null());
    let value = value.ok_or_else(|| format!("fieldPath `{path}` is missing for replacement source {id}"))?;
    let Some(delimiter) = source["options"]["delimiter"].as_str().filter(|text| !text.is_empty()) else { return Ok(value) };
    let at = source["options"]["index"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
    let part = value.as_str().and_then(|text| text.split(delimiter).nth(at));
    part.map(Value::from).ok_or_else(|| format!("options.index {at} is out of bounds for value {}", value.as_str().unwrap_or_default()))
}

/// What becomes of fields that are not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsLeft,
    IsMade,
}

fn put(object: &mut Value, path: &str, value: &Value, options: &Value) -> Result<(), String> {
    let missing = if options["create"] == json!(true) { Missing::IsMade } else { Missing::IsLeft };
    let delimiter = options["delimiter"].as_str().filter(|text| !text.is_empty());
    let at = options["index"].as_i64().unwrap_or(0);
    let mut count = 0;
    each(object, &steps(path), missing, &mut |place| {
        count += 1;
        let (Some(delimiter), Some(new)) = (delimiter, value.as_str()) else {
            // A text stays one.
            *place = if place.is_string() && !value.is_string() { Value::from(value.to_string()) } else { value.clone() };
            return;
        };
        let mut parts: Vec<&str> = place.as_str().unwrap_or_default().split(delimiter).collect();
        match usize::try_from(at) {
            Err(_) => parts.insert(0, new),
            Ok(at) if at >= parts.len() => parts.push(new),
            Ok(at) => parts[at] = new,
        }
        let joined = parts.join(delimiter);
        *place = Value::from(joined);
    });
    if count == 0 { Err(format!("unable to find field {path:?} in replacement target")) } else { Ok(()) }
}

/// `spec.containers.[name=c].image`: the steps, a dot behind a backslash being a letter.
fn steps(path: &str) -> Vec<String> {
    let (mut steps, mut step, mut depth) = (Vec::new(), String::new(), 0);
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => step.extend(chars.next()),
            '.' if depth == 0 => steps.push(std::mem::take(&mut step)),
            _ => {
                depth += i32::from(c == '[') - i32::from(c == ']');
                step.push(c);
            }
        }
    }
    steps.push(step);
    steps
}

/// Hands on every place that the steps lead to.
fn each(value: &mut Value, steps: &[String], missing: Missing, act: &mut dyn FnMut(&mut Value)) {
    let Some((step, rest)) = steps.split_first() else { return act(value) };
    let wanted = step.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).and_then(|inner| inner.split_once('='));
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                let is_meant = match wanted {
                    Some((key, text)) => item.get(key).and_then(Value::as_str) == Some(text),
                    None => step == "*" || step.parse() == Ok(at),
                };
                if is_meant {
                    each(item, rest, missing, act);
                }
            }
        }
        Value::Object(map) if step == "*" => map.values_mut().for_each(|inner| each(inner, rest, missing, act)),
        Value::Object(map) => {
            if missing == Missing::IsMade {
                map.entry(step.clone()).or_insert(if rest.is_empty() { Value::Null } else { json!({}) });
            }
            if let Some(inner) = map.get_mut(step) {
                each(inner, rest, missing, act);
            }
        }
        _ => {}
    }
}
