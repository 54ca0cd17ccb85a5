//! What `-o` asks for. Models cli-runtime/pkg/genericclioptions and pkg/printers.
//! Left out: Go templates and templates from files.

use serde::Serialize;
use serde_json::Value;

use super::columns::Columns;
use super::jsonpath::JsonPath;
use crate::kubectl::answer::Failure;
use crate::kubectl::item::Item;
use crate::manifest;

/// A form of output other than a table.
#[derive(Clone, Debug)]
pub(in crate::kubectl) enum Output {
    Yaml,
    Json,
    Name,
    Path(JsonPath),
    Columns(Columns),
}

const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
    jsonpath-file,name,template,templatefile,wide,yaml";
/// What the verbs that write understand.
const PLAIN_FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml";

impl Output {
    /// What `-o` says to `get`; None for tables (no `-o` at all, or `wide`).
    pub fn of_get(text: &str, no_headers: bool) -> Result<Option<Output>, Failure> {
        if matches!(text, "" | "wide") {
            return Ok(None);
        }
        if let Some(spec) = text.strip_prefix("custom-columns") {
            let spec = spec.strip_prefix('=').unwrap_or_default();
            return Columns::parse(spec, no_headers).map(Output::Columns).map(Some).map_err(Failure::Own);
        }
        Output::parse(text, FORMATS).map(Some)
    }

    /// What `-o` says to a verb that writes; None without `-o`.
    pub fn of_write(text: Option<&str>) -> Result<Option<Output>, Failure> {
        match text {
            None | Some("") => Ok(None),
            Some(text) => Output::parse(text, PLAIN_FORMATS).map(Some),
        }
    }

    fn parse(text: &str, formats: &str) -> Result<Output, Failure> {
        let (format, template) = text.split_once('=').map_or((text, None), |(format, rest)| (format, Some(rest)));
        match (format, template) {
            ("yaml", None) => Ok(Output::Yaml),
            ("json", None) => Ok(Output::Json),
            ("name", None) => Ok(Output::Name),
            ("jsonpath", template) => {
                let template = template.filter(|template| !template.is_empty());
                let template = template.ok_or_else(|| Failure::own("template format specified but no template given"))?;
                let path = JsonPath::parse(template);
                path.map(Output::Path).map_err(|why| Failure::Own(format!("error parsing jsonpath {template}, {why}")))
            }
            ("go-template" | "go-template-file" | "template" | "templatefile" | "jsonpath-file" | "jsonpath-as-json"
            | "custom-columns-file", _) => {
                Err(Failure::unsupported(&format!("-o {format}"), "use -o jsonpath=… or -o custom-columns=…"))
            }
            _ => Err(Failure::Own(format!(
                "unable to match a printer suitable for the output format \"{text}\", allowed formats are: {formats}"
            ))),
        }
    }

    /// One item.
    pub fn one(&self, item: &Item) -> Result<String, Failure> {
        match self {
            Output::Name => Ok(item.slashed() + "\n"),
            _ => self.value(&item.to_value()),
        }
    }

    /// Several items, as a List.
    pub fn several(&self, items: &[Item]) -> Result<String, Failure> {
        match self {
            Output::Name => Ok(items.iter().map(|item| item.slashed() + "\n").collect()),
            Output::Columns(columns) => columns.print(&items.iter().map(Item::to_value).collect::<Vec<_>>()).map_err(Failure::Own),
            _ => self.value(&serde_json::json!({
                "apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""},
                "items": items.iter().map(Item::to_value).collect::<Vec<_>>(),
            })),
        }
    }

    /// A value. Its name must be printed by whoever knows its kind.
    pub fn value(&self, value: &Value) -> Result<String, Failure> {
        match self {
            Output::Yaml => Ok(manifest::encode(value)),
            Output::Json => Ok(pretty_json(value)),
            Output::Name => Ok(String::new()),
            Output::Columns(columns) => columns.print(std::slice::from_ref(value)).map_err(Failure::Own),
            Output::Path(path) => path.print(value).map_err(|why| {
                Failure::Own(format!("error executing jsonpath: Error executing template: {why}. Printing more information for debugging the template:\n"))
            }),
        }
    }
}

/// JSON as `-o json` prints it: keys sorted, four spaces, a line break at the end.
fn pretty_json(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter));
    assert!(written.is_ok(), "BUG: a JSON value that cannot be written");
    escape_html(&String::from_utf8_lossy(&bytes)) + "\n"
}

/// JSON in one line, as Go's encoding/json writes it.
pub(in crate::kubectl) fn go_json(value: &Value) -> String {
    escape_html(&value.to_string())
}

/// Go escapes what could end a script in a page.
fn escape_html(json: &str) -> String {
    if !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return json.to_owned();
    }
    let escape = |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    json.chars().map(|c| if escape(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}
