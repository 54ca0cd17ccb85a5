//! What a template finds in a value and how that is printed. Models client-go/util/jsonpath/jsonpath.go, with missing keys
//! allowed, as `kubectl get` has it.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Comparison, Operand, Piece, Step};

/// What the parts print of a value; `$` stands for `root`.
pub(super) fn print(pieces: &[Piece], value: &Value, root: &Value) -> Result<String, String> {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Path(path) => {
                let found = walk(path, vec![value], root)?;
                out.push_str(&found.into_iter().map(text_of).collect::<Vec<_>>().join(" "));
            }
            Piece::Range(path, inner) => {
                for found in walk(path, vec![value], root)? {
                    out.push_str(&print(inner, found, root)?);
                }
            }
        }
    }
    Ok(out)
}

/// A value in a text: strings bare, lists and maps as JSON.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        other => crate::kubectl::print::go_json(other),
    }
}

/// The values at the end of a path.
pub(super) fn walk<'a>(path: &[Step], mut values: Vec<&'a Value>, root: &'a Value) -> Result<Vec<&'a Value>, String> {
    for step in path {
        let mut found = Vec::new();
        match step {
            Step::Root => found.push(root),
            Step::Wrong(why) => return Err(why.clone()),
            Step::Union(paths) => {
                for path in paths {
                    found.extend(walk(path, values.clone(), root)?);
                }
            }
            step => {
                for value in &values {
                    one_step(step, value, root, &mut found)?;
                }
            }
        }
        values = found;
    }
    Ok(values)
}

fn one_step<'a>(step: &Step, value: &'a Value, root: &'a Value, found: &mut Vec<&'a Value>) -> Result<(), String> {
    match step {
        Step::Root | Step::Wrong(_) | Step::Union(_) => unreachable!("BUG: handled for all values at once"),
        Step::Field(name) => found.extend(field(value, name)),
        Step::All => found.extend(children(value)),
        Step::Descend => descend(value, found),
        Step::Index(_) | Step::Slice { .. } => match value {
            Value::Array(items) => found.extend(sliced(step, items)?),
            Value::Null => {}
            other => return Err(format!("{} is not array or slice", go_type(other))),
        },
        Step::Filter { left, operator, right } => {
            let items = match value {
                Value::Array(items) => items,
                Value::Null => return Ok(()),
                other => return Err(format!("{} is not array or slice and cannot be filtered", text_of(other))),
            };
            for item in items {
                if holds(left, *operator, right, item, root)? {
                    found.push(item);
                }
            }
        }
    }
    Ok(())
}

/// The type that Go gives a value.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "interface {}",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// A field, or what a name with dots leads to if there is no such field.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    if let Some(found) = value.as_object()?.get(name) {
        return Some(found);
    }
    name.split('.').try_fold(value, |value, part| value.as_object()?.get(part)).filter(|_| name.contains('.'))
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

/// A value and all below it.
fn descend<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(value);
    children(value).into_iter().for_each(|child| descend(child, found));
}

/// The items that an index or a slice takes.
fn sliced<'a>(step: &Step, items: &'a [Value]) -> Result<Vec<&'a Value>, String> {
    let length = items.len() as i64;
    let counted = |number: i64| if number < 0 { number.saturating_add(length) } else { number };
    let out_of_bounds = |at: i64| Err(format!("array index out of bounds: index {at}, length {length}"));
    let (from, to, step) = match *step {
        Step::Index(at) => (counted(at), counted(at).saturating_add(1), 1),
        Step::Slice { from, to, step } => (counted(from.unwrap_or(0)), to.map_or(length, counted), step),
        _ => unreachable!("BUG: no slice"),
    };
    if from == to {
        return Ok(Vec::new());
    }
    if from < 0 || from >= length {
        return out_of_bounds(from);
    }
    if to < 0 || to > length {
        return out_of_bounds(to - 1);
    }
    if from > to {
        return Err(format!("starting index {from} is greater than ending index {to}"));
    }
    if step <= 0 {
        return Err("step must be > 0".to_owned());
    }
    Ok(items[from as usize..to as usize].iter().step_by(step as usize).collect())
}

fn holds(left: &Operand, operator: Comparison, right: &Operand, item: &Value, root: &Value) -> Result<bool, String> {
    let (left, right) = (operand(left, item, root)?, operand(right, item, root)?);
    let Some(left) = left else { return Ok(false) };
    if operator == Comparison::Exists {
        return Ok(true);
    }
    let Some(right) = right else { return Ok(false) };
    let order = compare(&left, &right);
    Ok(match operator {
        Comparison::Exists => true,
        Comparison::Equal => order == Some(Ordering::Equal) || left == right,
        Comparison::Differs => order != Some(Ordering::Equal) && left != right,
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

fn operand(operand: &Operand, item: &Value, root: &Value) -> Result<Option<Value>, String> {
    match operand {
        Operand::Value(value) => Ok(Some(value.clone())),
        Operand::Path(path) => Ok(walk(path, vec![item], root)?.first().map(|value| (*value).clone())),
    }
}

/// Numbers by value, texts by their letters; None for values of different types.
pub(in crate::kubectl) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
