//! Where paths lead to in a value: getting, setting, taking away. Models jq's jv_aux.c.

use std::rc::Rc;

use super::run::Stop;
use super::value::{Value, compared, put};

/// No list is filled up beyond this.
const LONGEST: usize = 100_000;

/// No path that is written to is longer.
const DEEPEST: usize = 250;

/// What is in a value at a key.
pub(super) fn at(value: &Value, key: &Value) -> Result<Value, Stop> {
    match (value, key) {
        (Value::Object(_), Value::Text(key)) => Ok(value.get(key).cloned().unwrap_or(Value::Null)),
        (Value::List(list), Value::Number(number)) => {
            let place = if *number < 0.0 { number.floor() + list.len() as f64 } else { number.floor() };
            Ok(if place < 0.0 { Value::Null } else { list.get(place as usize).cloned().unwrap_or(Value::Null) })
        }
        (Value::Null, Value::Text(_) | Value::Number(_) | Value::Null | Value::Object(_)) => Ok(Value::Null),
        (Value::List(list), Value::Object(_)) => {
            let (from, to) = range(key, list.len())?;
            Ok(Value::from(list[from..to].to_vec()))
        }
        (Value::Text(text), Value::Object(_)) => {
            let letters: Vec<char> = text.chars().collect();
            let (from, to) = range(key, letters.len())?;
            Ok(Value::from(letters[from..to].iter().collect::<String>()))
        }
        (Value::List(list), Value::List(wanted)) => {
            let fits = |at: &usize| !wanted.is_empty() && list[*at..].starts_with(wanted);
            Ok(Value::from((0..list.len()).filter(fits).map(Value::from).collect::<Vec<_>>()))
        }
        (value, Value::Text(key)) => Err(Stop::from(format!("Cannot index {} with string \"{key}\"", value.kind()))),
        (value, key) => Err(Stop::from(format!("Cannot index {} with {}", value.kind(), key.kind()))),
    }
}

/// The beginning and the end of a slice.
fn range(key: &Value, length: usize) -> Result<(usize, usize), Stop> {
    let end = |name: &str, otherwise: usize| match key.get(name) {
        None | Some(Value::Null) => Ok(otherwise),
        Some(Value::Number(number)) => {
            let place = if *number < 0.0 { number + length as f64 } else { *number };
            let place = if name == "end" { place.ceil() } else { place.floor() };
            Ok((place.max(0.0) as usize).min(length))
        }
        Some(_) => Err(Stop::from("Start and end indices of an array slice must be numbers".to_owned())),
    };
    let from = end("start", 0)?;
    Ok((from, end("end", length)?.max(from)))
}

/// What a path leads to.
pub(super) fn get(value: &Value, path: &[Value]) -> Result<Value, Stop> {
    let mut found = value.clone();
    for key in path {
        found = at(&found, key)?;
    }
    Ok(found)
}

/// A value with another one put where a path leads to.
pub(super) fn set(value: Value, path: &[Value], new: Value) -> Result<Value, Stop> {
    if path.len() > DEEPEST {
        return Err(Stop::from("the path is too long".to_owned()));
    }
    let Some((key, rest)) = path.split_first() else { return Ok(new) };
    let inner = set(at(&value, key)?, rest, new)?;
    put_at(value, key, inner)
}

fn put_at(value: Value, key: &Value, new: Value) -> Result<Value, Stop> {
    match (value, key) {
        (Value::Null, Value::Text(key)) => Ok(Value::Object(Rc::new(vec![(key.clone(), new)]))),
        (Value::Object(mut fields), Value::Text(key)) => {
            put(Rc::make_mut(&mut fields), key.clone(), new);
            Ok(Value::Object(fields))
        }
        (value @ (Value::Null | Value::List(_)), Value::Number(number)) => {
            let mut list = value.list().map(<[Value]>::to_vec).unwrap_or_default();
            let place = if *number < 0.0 { number + list.len() as f64 } else { *number };
            if place < 0.0 {
                return Err(Stop::from("Out of bounds negative array index".to_owned()));
            }
            let place = place as usize;
            if place > LONGEST {
                return Err(Stop::from("Array index too large".to_owned()));
            }
            if place >= list.len() {
                list.resize(place + 1, Value::Null);
            }
            list[place] = new;
            Ok(Value::from(list))
        }
        (value @ (Value::Null | Value::List(_)), Value::Object(_)) => {
            let mut list = value.list().map(<[Value]>::to_vec).unwrap_or_default();
            let (from, to) = range(key, list.len())?;
            let Value::List(new) = new else { return Err(Stop::from("A slice of an array can only be assigned another array".to_owned())) };
            list.splice(from..to, new.iter().cloned());
            Ok(Value::from(list))
        }
        (value, Value::Text(key)) => Err(Stop::from(format!("Cannot index {} with \"{key}\"", value.kind()))),
        (value, key) => Err(Stop::from(format!("Cannot index {} with {}", value.kind(), key.kind()))),
    }
}

/// A value without what paths lead to; the last first, so that places stay where they are.
pub(super) fn without(value: Value, mut gone: Vec<Rc<Vec<Value>>>) -> Result<Value, Stop> {
    crate::base::sort_by(&mut gone, |a, b| compared(&Value::List(b.clone()), &Value::List(a.clone())));
    let mut value = value;
    for path in gone {
        value = without_one(value, &path)?;
    }
    Ok(value)
}

fn without_one(value: Value, path: &[Value]) -> Result<Value, Stop> {
    let Some((key, rest)) = path.split_first() else { return Ok(Value::Null) };
    if matches!(value, Value::Null) {
        return Ok(value);
    }
    if !rest.is_empty() {
        let inner = at(&value, key)?;
        return match inner {
            Value::Null => Ok(value),
            inner => put_at(value, key, without_one(inner, rest)?),
        };
    }
    match (value, key) {
        (Value::Object(mut fields), Value::Text(key)) => {
            Rc::make_mut(&mut fields).retain(|(known, _)| known != key);
            Ok(Value::Object(fields))
        }
        (Value::List(mut list), Value::Number(number)) => {
            let place = if *number < 0.0 { number + list.len() as f64 } else { *number };
            if place >= 0.0 && (place as usize) < list.len() {
                Rc::make_mut(&mut list).remove(place as usize);
            }
            Ok(Value::List(list))
        }
        (Value::List(mut list), Value::Object(_)) => {
            let (from, to) = range(key, list.len())?;
            Rc::make_mut(&mut list).drain(from..to);
            Ok(Value::List(list))
        }
        (value, key) => Err(Stop::from(format!("Cannot delete field at {} index of {}", if key.text().is_some() { "object" } else { "array" }, value.kind()))),
    }
}
