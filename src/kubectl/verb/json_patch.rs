//! JSON patches (RFC 6902), for `kubectl patch --type=json`.

use serde_json::Value;

/// Carries out the operations of a patch. An error is one of the server's, in no particular words.
pub(super) fn apply(target: &mut Value, patch: &Value) -> Result<(), String> {
    let operations = patch.as_array().ok_or("a JSON patch is a list of operations")?;
    operations.iter().try_for_each(|operation| one(target, operation))
}

fn one(target: &mut Value, operation: &Value) -> Result<(), String> {
    let text = |key: &str| operation.get(key).and_then(Value::as_str).ok_or_else(|| format!("an operation lacks {key}"));
    let (op, path) = (text("op")?, steps(text("path")?)?);
    let value = || operation.get("value").cloned().ok_or_else(|| "an operation lacks a value".to_owned());
    match op {
        "add" => add(target, &path, value()?),
        "remove" => remove(target, &path).map(drop).map_err(|why| format!("error in remove for path: '{}': {why}", text("path").unwrap_or_default())),
        "replace" => put(target, &path, value()?).map_err(|why| format!("{why}: {}: missing value", text("path").unwrap_or_default())),
        "test" => {
            let wanted = value()?;
            let found = find(target, &path).cloned().unwrap_or(Value::Null);
            if found == wanted { Ok(()) } else { Err("testing value failed".to_owned()) }
        }
        "move" => {
            let moved = remove(target, &steps(text("from")?)?)?;
            add(target, &path, moved)
        }
        "copy" => {
            let copied = find(target, &steps(text("from")?)?).cloned().ok_or("copy operation does not apply")?;
            add(target, &path, copied)
        }
        other => Err(format!("Unexpected kind: {other}")),
    }
}

/// The steps of a JSON pointer (RFC 6901).
fn steps(pointer: &str) -> Result<Vec<String>, String> {
    match pointer.strip_prefix('/') {
        None if pointer.is_empty() => Ok(Vec::new()),
        None => Err(format!("{pointer} is no JSON pointer")),
        Some(rest) => Ok(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect()),
    }
}

fn find<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Object(map) => map.get_mut(step),
        Value::Array(items) => index(step, items.len()).and_then(|at| items.get_mut(at)),
        _ => None,
    })
}

/// A list's index; negative ones count from the end.
fn index(step: &str, length: usize) -> Option<usize> {
    match step.strip_prefix('-') {
        Some(back) => length.checked_sub(back.parse().ok()?),
        None => step.parse().ok(),
    }
}

fn add(target: &mut Value, path: &[String], value: Value) -> Result<(), String> {
    let Some((last, parent)) = path.split_last() else {
        *target = value;
        return Ok(());
    };
    match find(target, parent) {
        Some(Value::Object(map)) => drop(map.insert(last.clone(), value)),
        Some(Value::Array(items)) if last == "-" => items.push(value),
        Some(Value::Array(items)) => {
            let at = index(last, items.len()).filter(|at| *at <= items.len());
            items.insert(at.ok_or("add operation does not apply: index out of bounds")?, value);
        }
        _ => return Err("add operation does not apply: doc is missing path".to_owned()),
    }
    Ok(())
}

fn remove(target: &mut Value, path: &[String]) -> Result<Value, String> {
    let missing = || "remove operation does not apply: doc is missing path".to_owned();
    let (last, parent) = path.split_last().ok_or_else(missing)?;
    match find(target, parent) {
        Some(Value::Object(map)) => map.remove(last).ok_or_else(|| format!("Unable to remove nonexistent key: {last}: missing value")),
        Some(Value::Array(items)) => {
            let at = index(last, items.len()).filter(|at| *at < items.len());
            Ok(items.remove(at.ok_or_else(missing)?))
        }
        _ => Err(missing()),
    }
}

fn put(target: &mut Value, path: &[String], value: Value) -> Result<(), String> {
    let place = find(target, path).ok_or("replace operation does not apply: doc is missing key")?;
    *place = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_are_carried_out() {
        let table = [
            (json!([{"op": "replace", "path": "/a", "value": 2}]), Some(json!({"a": 2, "l": [1, 2]}))),
            (json!([{"op": "add", "path": "/l/-", "value": 3}]), Some(json!({"a": 1, "l": [1, 2, 3]}))),
            (json!([{"op": "add", "path": "/l/0", "value": 0}]), Some(json!({"a": 1, "l": [0, 1, 2]}))),
            (json!([{"op": "remove", "path": "/l/0"}]), Some(json!({"a": 1, "l": [2]}))),
            (json!([{"op": "move", "from": "/a", "path": "/b~1c"}]), Some(json!({"b/c": 1, "l": [1, 2]}))),
            (json!([{"op": "copy", "from": "/a", "path": "/c"}]), Some(json!({"a": 1, "c": 1, "l": [1, 2]}))),
            (json!([{"op": "test", "path": "/a", "value": 1}]), Some(json!({"a": 1, "l": [1, 2]}))),
            (json!([{"op": "test", "path": "/a", "value": 2}]), None),
            (json!([{"op": "replace", "path": "/x", "value": 2}]), None),
            (json!([{"op": "add", "path": "/l/9", "value": 0}]), None),
            (json!([{"op": "remove", "path": "/x/y"}]), None),
            (json!([{"op": "remove", "path": ""}]), None),
            (json!({}), None),
        ];
        for (patch, expected) in table {
            let mut value = json!({"a": 1, "l": [1, 2]});
            let result = apply(&mut value, &patch);
            assert_eq!(result.ok().map(|()| value), expected, "{patch}");
        }
    }
}
