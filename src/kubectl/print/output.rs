//! What `-o` asks for. Models cli-runtime/pkg/genericclioptions and pkg/printers.

use serde::Serialize;
use serde_json::Value;

use super::columns::Columns;
use super::{go_order, go_syntax};
use super::go_template::GoTemplate;
use super::jsonpath::JsonPath;
use crate::base::SmallMap;
use crate::kubectl::answer::Failure;
use crate::kubectl::item::Item;
use crate::manifest;

/// A form of output other than a table.
#[derive(Clone, Debug)]
pub(in crate::kubectl) enum Output {
    Yaml,
    Json,
    /// JSON with the fields in the order of Go's structs: of what kubectl holds in its own types.
    TypedJson,
    Name,
    Path(JsonPath),
    Columns(Columns),
    Template(GoTemplate),
    /// All that a path finds, as a list in JSON.
    Found(JsonPath),
}

const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
    jsonpath-file,name,template,templatefile,wide,yaml";
/// What the verbs that write understand.
const PLAIN_FORMATS: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml";

impl Output {
    /// What `-o` says to `get`; None for tables (no `-o` at all, or `wide`).
    pub fn of_get(text: &str, no_headers: bool, files: &SmallMap<String, String>) -> Result<Option<Output>, Failure> {
        if matches!(text, "" | "wide") {
            return Ok(None);
        }
        let inline = from_file(text, files)?;
        let text = inline.as_deref().unwrap_or(text);
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
        // Capitals do not count in these.
        let plain = [("yaml", Output::Yaml), ("json", Output::Json), ("name", Output::Name)];
        if let Some((_, output)) = plain.into_iter().find(|(name, _)| template.is_none() && format.eq_ignore_ascii_case(name)) {
            return Ok(output);
        }
        match (format, template) {
            ("jsonpath", template) => {
                let template = template.filter(|template| !template.is_empty());
                let template = template.ok_or_else(|| Failure::own("template format specified but no template given"))?;
                let path = JsonPath::parse(template);
                path.map(Output::Path).map_err(|why| Failure::Own(format!("error parsing jsonpath {template}, {why}")))
            }
            ("jsonpath-as-json", template) => {
                let template = template.filter(|template| !template.is_empty());
                let template = template.ok_or_else(|| Failure::own("template format specified but no template given"))?;
                let path = JsonPath::parse(template);
                path.map(Output::Found).map_err(|why| Failure::Own(format!("error parsing jsonpath {template}, {why}")))
            }
            ("go-template" | "template", template) => {
                let template = template.filter(|template| !template.is_empty());
                let template = template.ok_or_else(|| Failure::own("template format specified but no template given"))?;
                let parsed = GoTemplate::parse(template);
                parsed.map(Output::Template).map_err(|why| Failure::Own(format!("error parsing template {template}, template: output:1: {why}")))
            }
            ("go-template-file" | "templatefile" | "jsonpath-file" | "custom-columns-file", _) => {
                Err(Failure::unsupported(&format!("-o {format} here"), "give the template itself: -o jsonpath=…"))
            }
            _ => Err(Failure::Own(format!(
                "unable to match a printer suitable for the output format \"{text}\", allowed formats are: {formats}"
            ))),
        }
    }

    /// The same for what kubectl holds in its own types.
    pub fn typed(self) -> Output {
        if matches!(self, Output::Json) { Output::TypedJson } else { self }
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
            Output::Columns(columns) => columns.print(&items.iter().map(Item::to_value).collect::<Vec<_>>()).map_err(Failure::Bare),
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
            Output::TypedJson => Ok(escape_html(&go_order::write(value, "    ")) + "\n"),
            Output::Name => Ok(String::new()),
            Output::Template(template) => template.print(value).map_err(|why| {
                Failure::Own(format!("error executing template \"output\": template: output:1: {why}"))
            }),
            Output::Found(path) => {
                let found = path.find(value).map_err(Failure::Own)?;
                Ok(pretty_json(&Value::Array(found.into_iter().cloned().collect())))
            }
            Output::Columns(columns) => columns.print(std::slice::from_ref(value)).map_err(Failure::Bare),
            Output::Path(path) => path.print(value).map_err(|why| {
                let given = path.text();
                let what = format!("error executing jsonpath {}: Error executing template: {why}", Value::from(given));
                let more = format!("\ttemplate was:\n\t\t{given}\n\tobject given to jsonpath engine was:\n\t\t{}", go_syntax::write(value));
                Failure::Own(format!("{what}. Printing more information for debugging the template:\n{more}\n\n\n"))
            }),
        }
    }
}

/// `-o jsonpath-file=NAME` with the file's text in the place of its name; None for what names no file.
fn from_file(text: &str, files: &SmallMap<String, String>) -> Result<Option<String>, Failure> {
    let Some((format, name)) = text.split_once('=') else { return Ok(None) };
    let inline = match format {
        "jsonpath-file" => "jsonpath",
        "go-template-file" | "templatefile" => "go-template",
        "custom-columns-file" => "custom-columns",
        _ => return Ok(None),
    };
    let Some(file) = files.get(name.strip_prefix("./").unwrap_or(name)) else {
        let why = format!("open {name}: no such file or directory");
        return Err(Failure::Own(if inline == "custom-columns" { format!("error reading template {name}, {why}") } else { format!("error reading --template {name}, {why}\n") }));
    };
    if inline != "custom-columns" {
        return Ok(Some(format!("{inline}={file}")));
    }
    // The first line holds the headings, the second the paths.
    let mut lines = file.lines();
    let (headings, paths) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let columns: Vec<String> = headings.split_whitespace().zip(paths.split_whitespace()).map(|(a, b)| format!("{a}:{b}")).collect();
    Ok(Some(format!("custom-columns={}", columns.join(","))))
}

/// JSON as `-o json` prints it: keys sorted, four spaces, a line break at the end.
fn pretty_json(value: &Value) -> String {
    let indent = b"    ";
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter));
    assert!(written.is_ok(), "BUG: a JSON value that cannot be written");
    escape_html(&String::from_utf8_lossy(&bytes)) + "\n"
}

/// What `version -o json` prints: two spaces, the fields in the order of Go's structs.
pub(in crate::kubectl) fn narrow_json(value: &Value) -> String {
    escape_html(&go_order::write(value, "  ")) + "\n"
}


/// What the API server sends: one line, the fields in the order of Go's structs.
pub(in crate::kubectl) fn sent_json(value: &Value) -> String {
    escape_html(&go_order::write_narrow(value)) + "\n"
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
