//! A value as Go writes an object without a type with `%#v`, which kubectl prints beside a JSONPath that cannot be followed.

use serde_json::Value;

use crate::base::sort_by;

/// `map[string]interface {}{"a":1}`
pub(super) fn write(value: &Value) -> String {
    let mut text = String::new();
    add(value, &mut text);
    text
}

fn add(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("interface {}(nil)"),
        Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
        Value::String(string) => text.push_str(&format!("{string:?}")),
        Value::Array(items) => {
            text.push_str("[]interface {}{");
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                add(item, text);
            }
            text.push('}');
        }
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            sort_by(&mut fields, |(a, _), (b, _)| a.cmp(b));
            text.push_str("map[string]interface {}{");
            for (at, (name, field)) in fields.into_iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                text.push_str(&format!("{name:?}:"));
                add(field, text);
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_and_maps_name_their_types() {
        // From `kubectl get po -l app=none -o jsonpath='{.items[0]}'` of kubectl 1.32.
        let list = json!({"apiVersion": "v1", "items": [], "kind": "List", "metadata": {"resourceVersion": ""}});
        let expected = r#"map[string]interface {}{"apiVersion":"v1", "items":[]interface {}{}, "kind":"List", "metadata":map[string]interface {}{"resourceVersion":""}}"#;
        assert_eq!(write(&list), expected);
        assert_eq!(write(&json!([1, true, null])), "[]interface {}{1, true, interface {}(nil)}");
    }
}
