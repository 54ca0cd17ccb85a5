//! `-o custom-columns=HEADING:PATH,…`. Models kubectl/pkg/cmd/get/customcolumn.go.

use serde_json::Value;

use super::jsonpath::{JsonPath, relaxed};
use super::tabwriter::TabWriter;

/// Columns that the user has named.
#[derive(Clone, Debug)]
pub(in crate::kubectl) struct Columns {
    /// Headings and paths; a path that cannot be read is told behind the headings.
    columns: Vec<(String, Result<JsonPath, String>)>,
    no_headers: bool,
}

impl Columns {
    /// Reads `NAME:.metadata.name,IP:.status.podIP`.
    pub fn parse(spec: &str, no_headers: bool) -> Result<Columns, String> {
        if spec.is_empty() {
            return Err("custom-columns format specified but no custom columns given".to_owned());
        }
        let mut columns = Vec::new();
        for part in split(spec) {
            let expected = || format!("unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>");
            let (heading, path) = part.split_once(':').ok_or_else(expected)?;
            match relaxed(path) {
                Err(why) if why.starts_with("unexpected path string") => return Err(why),
                found => columns.push((heading.to_owned(), found)),
            }
        }
        Ok(Columns { columns, no_headers })
    }

    /// The values as a table; or what is printed where one of them cannot be.
    pub fn print(&self, values: &[Value]) -> Result<String, String> {
        let mut text = String::new();
        if !self.no_headers {
            let headings: Vec<&str> = self.columns.iter().map(|(heading, _)| heading.as_str()).collect();
            text += &(headings.join("\t") + "\n");
        }
        for value in values {
            let cell = |(_, path): &(String, Result<JsonPath, String>)| path.as_ref().map_err(Clone::clone)?.find(value).map(|found| cell(&found));
            let cells: Result<Vec<String>, String> = self.columns.iter().map(cell).collect();
            let cells = cells.map_err(|why| TabWriter::table().set(&text) + "error: " + &why)?;
            text += &(cells.join("\t") + "\n");
        }
        Ok(TabWriter::table().set(&text))
    }
}

/// Cuts at commas outside brackets.
fn split(spec: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in spec.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth <= 0 => {
                parts.push(&spec[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&spec[start..]);
    parts
}

fn cell(found: &[&Value]) -> String {
    if found.is_empty() {
        return "<none>".to_owned();
    }
    found.iter().map(|value| go_value(value)).collect::<Vec<_>>().join(",")
}

/// A value as Go's `%v` prints it: `map[app:kubia]`, `[a b]`.
fn go_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(go_value).collect::<Vec<_>>().join(" ")),
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", go_value(value))).collect();
            format!("map[{}]", entries.join(" "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_set_as_kubectl_sets_them() {
        let values = [
            json!({"metadata": {"name": "kubia-2kw9h", "labels": {"app": "kubia2"}, "ownerReferences": [{"name": "kubia"}]}}),
            json!({"metadata": {"name": "bare"}, "list": ["a", "b"]}),
        ];
        let print = |spec: &str| Columns::parse(spec, false).and_then(|columns| columns.print(&values));
        assert_eq!(
            print("NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].name,APP:metadata.labels.app").as_deref(),
            Ok("NAME          OWNER    APP\nkubia-2kw9h   kubia    kubia2\nbare          <none>   <none>\n")
        );
        assert_eq!(
            print("L:.metadata.labels,X:.list").as_deref(),
            Ok("L                 X\nmap[app:kubia2]   <none>\n<none>            [a b]\n")
        );
        assert_eq!(print("N:.metadata[name]").unwrap_err(), "N\nerror: invalid array index name");
        assert_eq!(print("").unwrap_err(), "custom-columns format specified but no custom columns given");
        assert_eq!(print("NAME").unwrap_err(), "unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>");
    }
}
