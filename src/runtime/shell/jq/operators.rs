//! What operators make of two values.

use std::rc::Rc;

use super::run::{MOST_BYTES, Stop};
use super::value::{Value, compared, put};

/// What an operator makes of two values. Models builtin.c binop_plus and its neighbours.
pub(super) fn computed(sign: &str, a: &Value, b: &Value) -> Result<Value, Stop> {
    let refused = |deed: &str| Err(Stop::from(format!("{} ({}) and {} ({}) cannot be {deed}", a.kind(), a.cut(), b.kind(), b.cut())));
    let order = || compared(a, b);
    Ok(match (sign, a, b) {
        ("==", ..) => Value::from(order().is_eq()),
        ("!=", ..) => Value::from(order().is_ne()),
        ("<", ..) => Value::from(order().is_lt()),
        ("<=", ..) => Value::from(order().is_le()),
        (">", ..) => Value::from(order().is_gt()),
        (">=", ..) => Value::from(order().is_ge()),
        ("+", Value::Null, other) | ("+", other, Value::Null) => other.clone(),
        ("+", Value::Number(a), Value::Number(b)) => Value::Number(a + b),
        ("+", Value::Text(a), Value::Text(b)) if a.len() + b.len() < MOST_BYTES => Value::from(format!("{a}{b}")),
        ("+", Value::List(a), Value::List(b)) if a.len() + b.len() < MOST_BYTES / 8 => Value::from(a.iter().chain(b.iter()).cloned().collect::<Vec<_>>()),
        ("+", Value::Object(a), Value::Object(b)) => {
            let mut fields = Vec::clone(a);
            b.iter().for_each(|(key, value)| put(&mut fields, key.clone(), value.clone()));
            Value::Object(Rc::new(fields))
        }
        ("+", ..) => return refused("added"),
        ("-", Value::Number(a), Value::Number(b)) => Value::Number(a - b),
        ("-", Value::List(a), Value::List(b)) => Value::from(a.iter().filter(|item| !b.contains(item)).cloned().collect::<Vec<_>>()),
        ("-", ..) => return refused("subtracted"),
        ("*", Value::Number(a), Value::Number(b)) => Value::Number(a * b),
        ("*", Value::Text(text), Value::Number(times)) | ("*", Value::Number(times), Value::Text(text)) => match times {
            times if *times <= 0.0 => Value::Null,
            times if text.len() as f64 * times < MOST_BYTES as f64 => Value::from(text.repeat((times.ceil() as usize).max(1))),
            _ => return refused("multiplied"),
        },
        ("*", Value::Object(_), Value::Object(_)) => merged(a, b),
        ("*", ..) => return refused("multiplied"),
        ("/", Value::Number(_), Value::Number(b)) if *b == 0.0 => return refused("divided because the divisor is zero"),
        ("/", Value::Number(a), Value::Number(b)) => Value::Number(a / b),
        ("/", Value::Text(a), Value::Text(b)) => super::calls::split(a, b),
        ("/", ..) => return refused("divided"),
        ("%", Value::Number(_), Value::Number(b)) if *b as i64 == 0 => return refused("divided because the divisor is zero"),
        ("%", Value::Number(a), Value::Number(b)) => Value::Number((*a as i64).wrapping_rem((*b as i64).wrapping_abs().max(1)) as f64),
        _ => return refused("divided"),
    })
}

/// `*` of two objects: what both have is put together.
fn merged(a: &Value, b: &Value) -> Value {
    let (Value::Object(into), Value::Object(from)) = (a, b) else { return b.clone() };
    let mut fields = Vec::clone(into);
    for (key, value) in from.iter() {
        let value = a.get(key).map_or_else(|| value.clone(), |old| merged(old, value));
        put(&mut fields, key.clone(), value);
    }
    Value::Object(Rc::new(fields))
}
