//! A YAML tree to a JSON value: aliases, merge keys, keys that are no strings, repeated keys. Models yaml.v2 decode.go (how far
//! aliases may expand, when `<<` wins) and sigs.k8s.io/yaml `convertToJSONableObject`.

use serde_json::{Map, Number, Value};

use super::number::{go_general_short, go_json};
use super::span::Span;
use super::yaml::resolve::{Resolved, resolve};
use super::yaml::{Content, NodeId, Scalar, Tree};
use crate::base::SmallMap;

/// How deep a value may nest once its aliases are expanded.
const MAX_DEPTH: usize = 200;

const LONG_TAG: &str = "tag:yaml.org,2002:";

/// A key that stands twice in the same mapping. The later value counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repeated {
    pub key: String,
    pub first: Span,
    pub second: Span,
}

/// Why a tree has no JSON form: the message as kubectl prints it, and where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unconvertible {
    pub message: String,
    pub span: Span,
}

/// The JSON value of a tree, and the keys that were given more than once.
///
/// # Errors
/// What YAML can say and JSON cannot (infinity, a list as a key), a wrong tag, an alias inside of its own value, or aliases
/// that expand to a value out of all proportion.
pub(super) fn to_json(tree: &Tree, root: NodeId) -> Result<(Value, Vec<Repeated>), Unconvertible> {
    let mut converter = Converter::new(tree);
    let value = converter.value(root)?;
    Ok((value, converter.repeated))
}

struct Converter<'a> {
    tree: &'a Tree,
    repeated: Vec<Repeated>,
    open_aliases: Vec<NodeId>,
    decoded: u32,
    decoded_in_aliases: u32,
    depth: usize,
}

type Converted<T> = Result<T, Unconvertible>;

impl<'a> Converter<'a> {
    fn new(tree: &'a Tree) -> Converter<'a> {
        Converter { tree, repeated: Vec::new(), open_aliases: Vec::new(), decoded: 0, decoded_in_aliases: 0, depth: 0 }
    }

    fn fail<T>(&self, message: impl Into<String>, at: NodeId) -> Converted<T> {
        Err(Unconvertible { message: message.into(), span: self.tree.nodes[at].span })
    }

    /// Count one more decoded node. Models `(*decoder).unmarshal`: up to 400,000 nodes 99 % may come from aliases, falling to
    /// 10 % at 4,000,000.
    fn count(&mut self, id: NodeId) -> Converted<()> {
        self.decoded += 1;
        self.decoded_in_aliases += u32::from(!self.open_aliases.is_empty());
        let allowed = match self.decoded {
            ..=400_000 => 0.99,
            4_000_000.. => 0.10,
            decoded => 0.99 - 0.89 * (f64::from(decoded - 400_000) / 3_600_000.0),
        };
        let share = f64::from(self.decoded_in_aliases) / f64::from(self.decoded);
        if self.decoded_in_aliases > 100 && self.decoded > 1000 && share > allowed {
            return self.fail("yaml: document contains excessive aliasing", id);
        }
        if self.depth > MAX_DEPTH {
            return self.fail(format!("yaml: exceeded max depth of {MAX_DEPTH}"), id);
        }
        Ok(())
    }

    fn value(&mut self, id: NodeId) -> Converted<Value> {
        self.depth += 1;
        self.count(id)?;
        let tree = self.tree;
        let value = match &tree.nodes[id].content {
            Content::Scalar(scalar) => self.scalar(scalar, id)?,
            Content::Literal(value) => value.clone(),
            Content::Sequence(items) => {
                Value::Array(items.iter().map(|item| self.value(*item)).collect::<Converted<Vec<Value>>>()?)
            }
            Content::Mapping(entries) => {
                let mut map = Map::new();
                self.mapping(entries, &mut map)?;
                Value::Object(map)
            }
            Content::Alias { anchor, target } => {
                self.open(id, anchor)?;
                let value = self.value(*target)?;
                self.open_aliases.pop();
                value
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn open(&mut self, alias: NodeId, anchor: &str) -> Converted<()> {
        if self.open_aliases.contains(&alias) {
            return self.fail(format!("yaml: anchor '{anchor}' value contains itself"), alias);
        }
        self.open_aliases.push(alias);
        Ok(())
    }

    fn scalar(&self, scalar: &Scalar, id: NodeId) -> Converted<Value> {
        let text = scalar.text.as_str();
        Ok(match self.meaning(scalar, id)? {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => Value::Bool(value),
            Resolved::Int(value) => Value::from(value),
            Resolved::Uint(value) => Value::from(value),
            Resolved::Float(value) => match json_number(value) {
                Some(number) => Value::Number(number),
                None => return self.fail(format!("json: unsupported value: {}", unwritable(value)), id),
            },
            Resolved::Timestamp => Value::from(text),
            Resolved::String if scalar.tag == format!("{LONG_TAG}binary") => match decode_base64(text) {
                Some(text) => Value::from(text),
                None => return self.fail("yaml: !!binary value contains invalid base64 data", id),
            },
            Resolved::String => Value::from(text),
        })
    }

    /// What a scalar is, from its tag or else from its text. Models resolve.go `resolve`.
    fn meaning(&self, scalar: &Scalar, id: NodeId) -> Converted<Resolved> {
        let tag = match scalar.tag.strip_prefix(LONG_TAG) {
            None if scalar.tag.is_empty() && scalar.plain => return Ok(resolve(&scalar.text)),
            None | Some("str") => return Ok(Resolved::String),
            Some(tag @ ("bool" | "int" | "float" | "null" | "timestamp")) => tag,
            Some(_) => return Ok(Resolved::String),
        };
        let found = match resolve(&scalar.text) {
            Resolved::Timestamp if tag != "timestamp" => Resolved::String,
            found => found,
        };
        let name = match &found {
            Resolved::Null => "null",
            Resolved::Bool(_) => "bool",
            Resolved::Int(_) | Resolved::Uint(_) => "int",
            Resolved::Float(_) => "float",
            Resolved::Timestamp => "timestamp",
            Resolved::String => "str",
        };
        match found {
            Resolved::Int(value) if tag == "float" => Ok(Resolved::Float(value as f64)),
            found if name == tag => Ok(found),
            _ => self.fail(format!("yaml: cannot decode !!{name} `{}` as a !!{tag}", scalar.text), id),
        }
    }

    fn mapping(&mut self, entries: &[(NodeId, NodeId)], map: &mut Map<String, Value>) -> Converted<()> {
        let mut seen: SmallMap<String, Span> = SmallMap::new();
        for (key_id, value_id) in entries {
            if self.tree.is_merge_key(*key_id) {
                self.merge(*value_id, map)?;
                continue;
            }
            let span = self.tree.nodes[*key_id].span;
            let key = self.key(*key_id, *value_id)?;
            let value = self.value(*value_id)?;
            let first = seen.insert(key.clone(), span);
            if let (Some(first), true) = (first, self.open_aliases.is_empty()) {
                self.repeated.push(Repeated { key: key.clone(), first, second: span });
            }
            map.insert(key, value);
        }
        Ok(())
    }

    /// `<<: *other`: what it brings replaces keys before it and is replaced by keys after it.
    fn merge(&mut self, id: NodeId, map: &mut Map<String, Value>) -> Converted<()> {
        let tree = self.tree;
        match &tree.nodes[id].content {
            // Of several mappings the first has the last word.
            Content::Sequence(items) => items.iter().rev().try_for_each(|item| self.merge_one(*item, map)),
            _ => self.merge_one(id, map),
        }
    }

    fn merge_one(&mut self, id: NodeId, map: &mut Map<String, Value>) -> Converted<()> {
        self.depth += 1;
        self.count(id)?;
        let tree = self.tree;
        match &tree.nodes[id].content {
            Content::Mapping(entries) => self.mapping(entries, map)?,
            Content::Alias { anchor, target } if matches!(tree.nodes[*target].content, Content::Mapping(_)) => {
                self.open(id, anchor)?;
                self.merge_one(*target, map)?;
                self.open_aliases.pop();
            }
            _ => return self.fail("yaml: map merge requires map or sequence of maps as the value", id),
        }
        self.depth -= 1;
        Ok(())
    }

    /// A key as a string. Models sigs.k8s.io/yaml: numbers and booleans become text, collections and null are refused.
    fn key(&mut self, id: NodeId, value_id: NodeId) -> Converted<String> {
        let tree = self.tree;
        let scalar = match &tree.nodes[tree.target(id)].content {
            Content::Scalar(scalar) => scalar,
            _ => {
                let key = self.value(id)?;
                return self.fail(format!("yaml: invalid map key: {}", go_syntax(&key)), id);
            }
        };
        self.count(id)?;
        let (kind, shown) = match self.meaning(scalar, id)? {
            Resolved::Bool(value) => return Ok(value.to_string()),
            Resolved::Int(value) => return Ok(value.to_string()),
            Resolved::Float(value) if value.is_finite() => return Ok(go_general_short(value)),
            Resolved::Float(value) => return Ok(unwritable(value).to_ascii_lowercase().replace("inf", ".inf").replace('+', "")),
            Resolved::Timestamp | Resolved::String => return Ok(scalar.text.clone()),
            Resolved::Null => ("%!s(<nil>)".to_string(), "<nil>".to_string()),
            Resolved::Uint(value) => ("uint64".to_string(), format!("{value:#x}")),
        };
        let value = match self.value(value_id)? {
            Value::Null => "<nil>".to_string(),
            value => go_syntax(&value),
        };
        self.fail(format!("unsupported map key of type: {kind}, key: {shown}, value: {value}"), id)
    }
}

/// A finite float as a JSON number. Go writes 1000.0 as `1000`, which is then read as an integer.
fn json_number(value: f64) -> Option<Number> {
    match go_json(value).parse::<i64>() {
        Ok(integer) => Some(Number::from(integer)),
        Err(_) => Number::from_f64(value),
    }
}

/// Infinity and not-a-number in Go's words.
fn unwritable(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

/// A value in Go's `%#v` notation, which go-yaml uses to show a key that cannot be one.
fn go_syntax(value: &Value) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null => "interface {}(nil)".to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Array(items) => format!("[]interface {{}}{{{}}}", list(items.iter().map(go_syntax).collect())),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key:?}:{}", go_syntax(value))).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", list(entries))
        }
        other => other.to_string(),
    }
}

fn decode_base64(text: &str) -> Option<String> {
    use base64::Engine;
    let clean: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(clean).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
