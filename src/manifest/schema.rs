//! The types of the Kubernetes 1.32 API: their fields, which are required, what Go calls them, how a strategic merge patch
//! treats them. `schema-1.32-first.txt` and `schema-1.32.txt` hold facts of a real API server; `cargo xtask schema` writes them.
//! `schema-rest-1.32.txt` holds the groups that are not among those, written by hand. The first has what the page's first
//! cluster is made of, and is read when the first manifest is checked; the others when a type of theirs is asked for.
//!
//! Left out: the List kinds, defaults, descriptions.

use std::sync::OnceLock;
use crate::base::SmallMap;

const FIRST: &str = include_str!("schema-1.32-first.txt");
const REST: &str = concat!(include_str!("schema-1.32.txt"), include_str!("schema-rest-1.32.txt"));

/// A type of the tables, by its name; if several groups have one of this name, that of this group is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeId {
    name: &'static str,
    api_version: &'static str,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    String,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A boolean.
    Bool,
    /// Bytes, written as base64.
    Bytes,
    /// An amount such as `500m` or `64Mi`; a number will do.
    Quantity,
    /// A number or a string (`8080`, `http`, `25%`).
    IntOrString,
    /// A time in seconds.
    Time,
    /// A time in microseconds.
    MicroTime,
    /// Anything.
    Any,
    /// A struct.
    Struct(TypeId),
    /// A list.
    List(Box<Shape>),
    /// A map with strings as keys.
    Map(Box<Shape>),
}

/// How a strategic merge patch treats a list or a struct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merge {
    /// A list is merged with the list in the patch; otherwise the patch's list replaces it.
    pub merges: bool,
    /// The whole value is replaced by the patch's.
    pub replaces: bool,
    /// Fields that the patch does not keep (`$retainKeys`) are dropped, as between the members of a union.
    pub retains_keys: bool,
    /// The field that identifies an item of a merged list; a merged list without one is a set.
    pub key: Option<&'static str>,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in JSON and YAML.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether the API calls it required.
    pub required: bool,
    /// How a patch treats it.
    pub merge: Merge,
    /// Go's name for its type, or for the type of its items, where it is not the plain one (`v1.RestartPolicy`).
    go_type: Option<&'static str>,
}

struct Type {
    name: &'static str,
    api_version: &'static str,
    is_kind: bool,
    fields: Vec<Field>,
}

/// A table.
struct Table {
    types: Vec<Type>,
    /// The types of each name.
    named: SmallMap<&'static str, Vec<usize>>,
}

impl Table {
    fn find(&self, id: TypeId) -> Option<&Type> {
        let named = self.named.get(&id.name)?;
        let own = named.iter().find(|at| self.types[**at].api_version == id.api_version);
        Some(&self.types[*own.unwrap_or(&named[0])])
    }
}

impl Type {
    fn id(&self) -> TypeId {
        TypeId { name: self.name, api_version: self.api_version }
    }
}

fn first() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(FIRST))
}

fn rest() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(REST))
}

fn type_of(id: TypeId) -> &'static Type {
    first().find(id).or_else(|| rest().find(id)).unwrap_or_else(|| panic!("BUG: no type {} in the schema", id.name))
}

/// The type of a kind that a manifest can name.
pub fn kind(api_version: &str, kind: &str) -> Option<TypeId> {
    let find = |table: &'static Table| {
        let at = table.named.get(&kind)?.iter().find(|at| table.types[**at].api_version == api_version)?;
        Some(&table.types[*at]).filter(|of| of.is_kind).map(Type::id)
    };
    find(first()).or_else(|| find(rest()))
}

/// All kinds that a manifest can name: API version and kind.
pub fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    let kinds = first().types.iter().chain(&rest().types).filter(|of| of.is_kind);
    kinds.map(|of| (of.api_version, of.name))
}

/// The type of `metadata`.
pub fn object_meta() -> TypeId {
    TypeId { name: "ObjectMeta", api_version: "meta/v1" }
}

/// The name of a type (`PodSpec`).
pub fn type_name(id: TypeId) -> &'static str {
    type_of(id).name
}

/// The API version that a type belongs to (`discovery.k8s.io/v1`).
pub fn type_version(id: TypeId) -> &'static str {
    type_of(id).api_version
}

/// The fields of a type, in the order of their names.
pub fn fields_of(id: TypeId) -> &'static [Field] {
    &type_of(id).fields
}

/// A field of a type.
pub fn field(id: TypeId, name: &str) -> Option<&'static Field> {
    let fields = fields_of(id);
    fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|at| &fields[at])
}

/// What a path leads to from a type, with the names of fields as steps; lists and maps are passed through.
#[cfg(test)]
pub(super) fn shape_at(id: TypeId, path: &[&str]) -> Option<&'static Shape> {
    let (first, rest) = path.split_first()?;
    let shape = &field(id, first)?.shape;
    if rest.is_empty() {
        return Some(shape);
    }
    shape_at(shape.inner_struct()?, rest)
}

impl Shape {
    /// The struct in it, or in its items.
    pub fn inner_struct(&self) -> Option<TypeId> {
        match self {
            Shape::Struct(id) => Some(*id),
            Shape::List(item) | Shape::Map(item) => item.inner_struct(),
            _ => None,
        }
    }

    /// The name of the type in Go.
    fn go_name(&self, named: Option<&str>) -> String {
        match self {
            Shape::List(item) => format!("[]{}", item.go_name(named)),
            // Only the lists of resources have a name for the map and not for its values.
            Shape::Map(item) if **item == Shape::Quantity && named.is_some() => named.unwrap_or("").to_string(),
            Shape::Map(item) => format!("map[string]{}", item.go_name(named)),
            Shape::String => named.unwrap_or("string").to_string(),
            Shape::Int32 => "int32".to_string(),
            Shape::Int64 => "int64".to_string(),
            Shape::Bool => "bool".to_string(),
            Shape::Bytes => "[]uint8".to_string(),
            Shape::Quantity => "resource.Quantity".to_string(),
            Shape::IntOrString => "intstr.IntOrString".to_string(),
            Shape::Time => "v1.Time".to_string(),
            Shape::MicroTime => "v1.MicroTime".to_string(),
            Shape::Any => "runtime.RawExtension".to_string(),
            Shape::Struct(id) => {
                let package = type_of(*id).api_version.rsplit('/').next().unwrap_or("");
                format!("{package}.{}", type_of(*id).name)
            }
        }
    }
}

impl Field {
    /// A field that is in no table.
    pub(super) fn plain(name: &'static str, shape: Shape) -> Field {
        Field { name, shape, required: false, merge: Merge::default(), go_type: None }
    }

    /// Go's name for its type, or for the type of its items, where it is not the plain one.
    pub(super) fn go_type(&self) -> Option<&'static str> {
        self.go_type
    }

    /// The name in Go of the type of this field, or of what lies in it (`[]v1.Container`, `v1.Container`).
    pub(super) fn go_name(&self, shape: &Shape) -> String {
        shape.go_name(self.go_type)
    }
}

fn read(table: &'static str) -> Table {
    let mut read = Table { types: Vec::new(), named: SmallMap::new() };
    let mut api_version = "";
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some(version) = line.strip_prefix('@') {
            api_version = version;
        } else if let Some(field) = line.strip_prefix(' ') {
            let of = read.types.last_mut().expect("BUG: a field before the first type");
            of.fields.push(read_field(field, api_version));
        } else {
            let name = line.strip_suffix(" *").unwrap_or(line);
            read.named.entry(name).or_default().push(read.types.len());
            read.types.push(Type { name, api_version, is_kind: name.len() < line.len(), fields: Vec::new() });
        }
    }
    read
}

/// `name! type:go_type strategy=key`
fn read_field(line: &'static str, api_version: &'static str) -> Field {
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap_or("");
    let (name, shape, strategy) = (word(), word(), word());
    let (shape, go_type) = shape.split_once(':').map_or((shape, None), |(shape, go_type)| (shape, Some(go_type)));
    let (strategies, key) = strategy.split_once('=').map_or((strategy, None), |(strategy, key)| (strategy, Some(key)));
    let has = |strategy: &str| strategies.split(',').any(|word| word == strategy);
    Field {
        name: name.strip_suffix('!').unwrap_or(name),
        shape: read_shape(shape, api_version),
        required: name.ends_with('!'),
        merge: Merge { merges: has("merge"), replaces: has("replace"), retains_keys: has("retainKeys"), key },
        go_type,
    }
}

fn read_shape(text: &'static str, api_version: &'static str) -> Shape {
    if let Some(item) = text.strip_prefix("[]") {
        return Shape::List(Box::new(read_shape(item, api_version)));
    }
    if let Some(item) = text.strip_prefix("{}") {
        return Shape::Map(Box::new(read_shape(item, api_version)));
    }
    match text {
        "string" => Shape::String,
        "int32" => Shape::Int32,
        "int64" => Shape::Int64,
        "bool" => Shape::Bool,
        "bytes" => Shape::Bytes,
        "quantity" => Shape::Quantity,
        "int-or-string" => Shape::IntOrString,
        "time" => Shape::Time,
        "microtime" => Shape::MicroTime,
        "any" => Shape::Any,
        name => Shape::Struct(TypeId { name, api_version }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_knows_the_kinds_and_their_fields() {
        let pod = kind("v1", "Pod").expect("a kind");
        assert_eq!(kind("apps/v1", "Pod"), None);
        assert_eq!(kind("v1", "PodSpec"), None);
        let spec = field(pod, "spec").and_then(|field| field.shape.inner_struct()).expect("a struct");
        assert_eq!(type_name(spec), "PodSpec");
        assert_eq!(field(spec, "containers").and_then(|field| field.merge.key), Some("name"));
        assert_eq!(field(spec, "nodeSelector").and_then(|field| field.merge.key), None);
        let volumes = field(spec, "volumes").expect("a field");
        assert!(volumes.merge.merges && volumes.merge.retains_keys && !volumes.required);
        assert!(field(spec, "containers").is_some_and(|field| field.required));
        let ports = shape_at(pod, &["spec", "containers", "ports"]).expect("a list");
        assert_eq!(ports.go_name(None), "[]v1.ContainerPort");
    }

    #[test]
    fn names_that_two_groups_share_lead_to_the_own_group() {
        let rows = [
            ("discovery.k8s.io/v1", "EndpointSlice", "ports", "appProtocol"),
            ("v1", "Endpoints", "subsets", "addresses"),
        ];
        for (api_version, name, field_name, inner) in rows {
            let id = kind(api_version, name).expect("a kind");
            assert!(shape_at(id, &[field_name, inner]).is_some(), "{name}.{field_name}.{inner}");
        }
    }

    #[test]
    fn fields_stand_in_order() {
        for of in first().types.iter().chain(&rest().types) {
            assert!(of.fields.is_sorted_by(|a, b| a.name < b.name), "{}", of.name);
        }
        assert!(kinds().count() > 40);
    }

    #[test]
    fn each_type_is_in_one_table_and_found_there() {
        for of in &first().types {
            assert!(!rest().named.contains_key(&of.name), "{}: another of this name would be hidden", of.name);
        }
        for of in first().types.iter().chain(&rest().types) {
            assert_eq!(type_of(of.id()).id(), of.id());
            for inner in of.fields.iter().filter_map(|field| field.shape.inner_struct()) {
                type_of(inner);
            }
        }
    }
}
