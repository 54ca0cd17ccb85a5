//! `cargo xtask schema`: writes the tables of API types that the core checks manifests against, from the OpenAPI document of a
//! real API server (`kubernetes/schema-1.32.json` in the folder that `PODSCAPE_REFERENCE` names).
//!
//! The tables hold every kind that a manifest can name, and what these kinds are made of. Left out: the List kinds,
//! descriptions, list types for server-side apply.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::arguments::Arguments;
use crate::failure::{Failure, at};
use crate::steps::Steps;
use crate::workspace::Workspace;

/// No options.
pub const OPTIONS: &[&str] = &[];

/// Where the core finds the tables: of the types that the page's first cluster is made of, and of the rest.
const TABLES: [&str; 2] = ["src/manifest/schema-1.32-first.txt", "src/manifest/schema-1.32.txt"];

/// What the page's first cluster is made of. No other type has one of these names.
const FIRST: &[&str] = &[
    "Container",
    "ContainerPort",
    "ObjectMeta",
    "PodSpec",
    "PodTemplateSpec",
    "ReplicationController",
    "ReplicationControllerSpec",
    "ReplicationControllerStatus",
];

/// Go's names for string and map types, which the OpenAPI document does not hold.
const GO_TYPES: &str = include_str!("go_types.txt");

const HEAD: &str = "\
# The types of the Kubernetes 1.32 API that a manifest can hold, written by `cargo xtask schema`.
#
# `@apiVersion` begins the types of an API group, a line without indentation begins a type (`*`: a kind), an indented line is
# a field: its name (`!`: required), its type, how a strategic merge patch treats it. Types: `[]T` is a list, `{}T` a map, a name
# in capitals another type of this table (of the same group if it has one of this name). What follows a colon is the name
# that Go has for this type, or for the items of the list.
";

const FIRST_HEAD: &str = "# As schema-1.32.txt.\n";

/// Writes the table.
pub fn run(workspace: &Workspace, _: &Steps, _: &Arguments) -> Result<(), Failure> {
    let Some(source) = reference() else {
        return Err(Failure::new("set PODSCAPE_REFERENCE to the folder with kubernetes/schema-1.32.json"));
    };
    for (table, text) in TABLES.iter().zip(generate_from(&source)?) {
        let table = workspace.root().join(table);
        fs::write(&table, &text).map_err(at(&table))?;
        println!("{}: {} lines, {} bytes", table.display(), text.lines().count(), text.len());
    }
    Ok(())
}

/// The OpenAPI document, if `PODSCAPE_REFERENCE` is set.
fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("PODSCAPE_REFERENCE").filter(|folder| !folder.is_empty())?;
    Some(Path::new(&folder).join("kubernetes/schema-1.32.json"))
}

fn generate_from(source: &Path) -> Result<[String; 2], Failure> {
    let text = fs::read_to_string(source).map_err(at(source))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| Failure::new(error.to_string()))?;
    generate(&document, GO_TYPES)
}

/// The tables for the definitions of an OpenAPI document.
fn generate(document: &Value, go_types: &str) -> Result<[String; 2], Failure> {
    let definitions = document.as_object().ok_or_else(|| Failure::new("the OpenAPI document is no object"))?;
    let schema = Schema {
        definitions,
        versions: api_versions(definitions),
        go_types: go_types.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect(),
    };
    let mut tables = [BTreeMap::new(), BTreeMap::new()];
    for id in schema.reachable() {
        let table = usize::from(!FIRST.contains(&split_id(id).1));
        let version = schema.version(id).to_string();
        let section: &mut String = tables[table].entry(version).or_default();
        section.push_str(&schema.type_lines(id)?);
    }
    let mut heads = [FIRST_HEAD, HEAD].into_iter();
    Ok(tables.map(|sections| {
        let head = heads.next().unwrap_or_default();
        // The first is part of what the page loads first, and of the program: no more in it than it needs.
        let mut text = head.to_string();
        for (version, lines) in sections {
            text.push_str(&format!("@{version}\n{lines}"));
        }
        text
    }))
}

type Definitions = serde_json::Map<String, Value>;

struct Schema<'a> {
    definitions: &'a Definitions,
    /// Go package (`core.v1`) to API version (`v1`).
    versions: BTreeMap<String, String>,
    go_types: BTreeMap<&'a str, &'a str>,
}

/// `io.k8s.api.core.v1.Pod` to `core.v1` and `Pod`.
fn split_id(id: &str) -> (String, &str) {
    let mut parts = id.rsplitn(4, '.');
    let name = parts.next().unwrap_or(id);
    let version = parts.next().unwrap_or("");
    let group = parts.next().unwrap_or("");
    (format!("{group}.{version}"), name)
}

/// Which group, version and kind a definition stands for, if it is a kind that a manifest can name.
fn manifest_kind(definition: &Value) -> Option<&Value> {
    let [kind] = definition.get("x-kubernetes-group-version-kind")?.as_array()?.as_slice() else {
        return None;
    };
    let is_list = definition["properties"].get("items").is_some();
    let has_metadata = definition["properties"].get("metadata").is_some();
    (has_metadata && !is_list).then_some(kind)
}

fn api_versions(definitions: &Definitions) -> BTreeMap<String, String> {
    let mut versions = BTreeMap::from([("meta.v1".to_string(), "meta/v1".to_string())]);
    for (id, definition) in definitions {
        let Some(kind) = manifest_kind(definition) else {
            continue;
        };
        let text = |key: &str| kind[key].as_str().unwrap_or("");
        let version = match text("group") {
            "" => text("version").to_string(),
            group => format!("{group}/{}", text("version")),
        };
        versions.insert(split_id(id).0, version);
    }
    versions
}

impl<'a> Schema<'a> {
    fn version(&self, id: &str) -> &str {
        self.versions.get(&split_id(id).0).map_or("", String::as_str)
    }

    fn fields(&self, id: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.definitions[id].get("properties").and_then(Value::as_object).into_iter().flatten()
    }

    /// All kinds and what they are made of, in the order of their names.
    fn reachable(&self) -> BTreeSet<&'a str> {
        let kinds = self.definitions.iter().filter(|(_, definition)| manifest_kind(definition).is_some());
        let mut waiting: Vec<&'a str> = kinds.map(|(id, _)| id.as_str()).collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if primitive(id).is_none() && reached.insert(id) {
                waiting.extend(self.fields(id).filter_map(|(_, field)| referenced(field)));
            }
        }
        reached
    }

    fn type_lines(&self, id: &str) -> Result<String, Failure> {
        let definition = &self.definitions[id];
        let required: Vec<&str> = definition.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let (package, name) = split_id(id);
        let mut lines = format!("{name}{}\n", if manifest_kind(definition).is_some() { " *" } else { "" });
        for (field_name, field) in self.fields(id) {
            let mark = if required.contains(&field_name.as_str()) { "!" } else { "" };
            let kind = self.type_text(id, field).map_err(|failure| failure.while_doing(&format!("{id}.{field_name}")))?;
            let go_type = self.go_types.get(format!("{package}.{name}.{field_name}").as_str());
            let go_type = go_type.map_or(String::new(), |go_type| format!(":{go_type}"));
            lines.push_str(&format!(" {field_name}{mark} {kind}{go_type}{}\n", merge_text(field)));
        }
        Ok(lines)
    }

    fn type_text(&self, from: &str, field: &Value) -> Result<String, Failure> {
        if let Some(id) = referenced_directly(field) {
            if let Some(primitive) = primitive(id) {
                return Ok(primitive.to_string());
            }
            self.check_reference(from, id)?;
            return Ok(split_id(id).1.to_string());
        }
        let text = |key: &str| field.get(key).and_then(Value::as_str).unwrap_or("");
        Ok(match (text("type"), text("format")) {
            ("string", "byte") => "bytes".to_string(),
            ("string", "") => "string".to_string(),
            ("integer", format @ ("int32" | "int64")) => format.to_string(),
            ("boolean", _) => "bool".to_string(),
            ("array", _) => format!("[]{}", self.type_text(from, &field["items"])?),
            ("object", _) => format!("{{}}{}", self.type_text(from, &field["additionalProperties"])?),
            (kind, format) => {
                return Err(Failure::new(format!("no name for type {kind:?}, format {format:?}")));
            }
        })
    }

    /// A reference is written as a bare name: that must lead to the right type.
    fn check_reference(&self, from: &str, to: &str) -> Result<(), Failure> {
        let (package, name) = split_id(to);
        let reachable = self.reachable();
        let same_name: Vec<&&str> = reachable.iter().filter(|id| split_id(id).1 == name).collect();
        let is_clear = same_name.len() == 1 || package == split_id(from).0;
        if is_clear { Ok(()) } else { Err(Failure::new(format!("{name} could be any of {same_name:?}"))) }
    }
}

/// Types that are no structs to the reader of a manifest.
fn primitive(id: &str) -> Option<&'static str> {
    Some(match id.strip_prefix("io.k8s.apimachinery.pkg.")? {
        "api.resource.Quantity" => "quantity",
        "util.intstr.IntOrString" => "int-or-string",
        "apis.meta.v1.Time" => "time",
        "apis.meta.v1.MicroTime" => "microtime",
        "apis.meta.v1.FieldsV1" | "runtime.RawExtension" => "any",
        _ => return None,
    })
}

fn referenced_directly(field: &Value) -> Option<&str> {
    field.get("$ref")?.as_str()?.rsplit('/').next()
}

fn referenced(field: &Value) -> Option<&str> {
    let inner = || field.get("items").or_else(|| field.get("additionalProperties")).and_then(referenced);
    referenced_directly(field).or_else(inner)
}

fn merge_text(field: &Value) -> String {
    let text = |key: &str| field.get(key).and_then(Value::as_str).unwrap_or("");
    let strategy = text("x-kubernetes-patch-strategy");
    if strategy.is_empty() {
        return String::new();
    }
    match text("x-kubernetes-patch-merge-key") {
        "" => format!(" {strategy}"),
        key => format!(" {strategy}={key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_becomes_lines() {
        let document = serde_json::json!({
            "io.k8s.api.core.v1.Thing": {
                "properties": {
                    "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
                    "parts": {"type": "array", "items": {"$ref": "#/definitions/io.k8s.api.core.v1.Part"},
                        "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}
                },
                "required": ["parts"],
                "x-kubernetes-group-version-kind": [{"group": "", "kind": "Thing", "version": "v1"}]
            },
            "io.k8s.api.core.v1.Part": {"properties": {
                "name": {"type": "string"},
                "mode": {"type": "string"},
                "size": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"}
            }},
            "io.k8s.api.core.v1.Unused": {"properties": {}}
        });
        let [_, text] = generate(&document, "# names\ncore.v1.Part.mode v1.PartMode\n").expect("a table");
        let lines: Vec<&str> = text.lines().skip_while(|line| line.starts_with('#')).collect();
        let expected = [
            "@v1",
            "Part",
            " mode string:v1.PartMode",
            " name string",
            " size quantity",
            "Thing *",
            " metadata {}string",
            " parts! []Part merge=name",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_committed_tables_are_the_generated_ones() {
        let Some(source) = reference() else {
            return println!("skipped: PODSCAPE_REFERENCE is not set");
        };
        let generated = generate_from(&source).expect("tables");
        for (table, generated) in TABLES.iter().zip(generated) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(table);
            let committed = fs::read_to_string(&path).expect("the committed table can be read");
            assert!(committed == generated, "{table} is out of date: run `cargo xtask schema`");
        }
    }
}
