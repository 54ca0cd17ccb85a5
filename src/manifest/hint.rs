//! Short advice on a mistake, as data: the corrections follow it, and a page says it in its own language.
//! Left out: advice on what the API server refuses.

use serde_json::Value;

use super::schema::{self, Field, Shape, TypeId};

/// What to do about a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A field or word that is nearly the same.
    Meant(&'static str),
    /// The field belongs to the one at this path; to the document itself if empty. Its indentation is probably wrong.
    BelongsTo(String),
    /// A text is wanted: this, in quotes.
    Quote(String),
    /// A number is wanted: this, without quotes.
    Unquote(String),
    /// The number has too many digits.
    TooLarge,
    /// A number without a fraction is wanted.
    WholeNumber,
    /// A number is wanted.
    Number,
    /// `true` or `false` is wanted, without quotes.
    TrueOrFalse,
    /// A list is wanted.
    List,
    /// A list is wanted where a mapping stands: each item begins with `- `.
    Items,
    /// A list stands where none is wanted.
    NoList,
    /// A mapping is wanted.
    Mapping,
    /// The document is no mapping with `apiVersion`, `kind` and `metadata`.
    Manifest,
    /// Base64 is wanted; plain text belongs under `stringData`.
    Base64,
    /// An amount such as `500m` or `64Mi` is wanted.
    Quantity,
    /// The key stands in this line (from 1) already; the last one counts.
    Repeated(usize),
    /// Only a comment may follow `---`.
    OnlyComment,
    /// Tabs do not indent.
    Tabs,
    /// No value begins with this character.
    FirstCharacter,
    /// A `:` is missing above, or the line is indented wrongly.
    ColonAbove,
    /// The line is not indented like those that it belongs to.
    Indentation,
    /// The line needs a `:` and a value.
    ColonAndValue,
    /// A list begins in a line of its own.
    ListBelow,
    /// A closing quote is missing.
    ClosingQuote,
    /// A `,` or this closing bracket is missing.
    Closing(char),
    /// A value is missing.
    MissingValue,
    /// The version is no longer served; this one is.
    Removed(&'static str),
    /// `kubectl api-resources` lists the kinds that there are.
    Kinds,
}

/// The hint for a syntax error of go-yaml.
pub(super) fn syntax_hint(problem: &str) -> Option<Hint> {
    Some(match problem {
        "found a tab character that violates indentation" | "found a tab character where an indentation space is expected" => Hint::Tabs,
        "found character that cannot start any token" => Hint::FirstCharacter,
        "mapping values are not allowed in this context" => Hint::ColonAbove,
        "did not find expected key" | "did not find expected '-' indicator" => Hint::Indentation,
        "could not find expected ':'" => Hint::ColonAndValue,
        "block sequence entries are not allowed in this context" => Hint::ListBelow,
        "found unexpected end of stream" => Hint::ClosingQuote,
        "did not find expected ',' or ']'" => Hint::Closing(']'),
        "did not find expected ',' or '}'" => Hint::Closing('}'),
        "did not find expected node content" => Hint::MissingValue,
        _ => return None,
    })
}

/// What may have been meant by a field that its struct does not have. `types` are the structs from the top of the document
/// down to this one, each with its path.
pub(super) fn suggest_field(name: &str, types: &[(TypeId, String)]) -> Option<Hint> {
    let ((here, _), above) = types.split_last()?;
    if let Some(near) = nearest(name, schema::fields_of(*here)) {
        return Some(Hint::Meant(near));
    }
    let owner = above.iter().rev().find(|(of, _)| schema::field(*of, name).is_some());
    if let Some((_, path)) = owner {
        return Some(Hint::BelongsTo(path.clone()));
    }
    let inner = schema::fields_of(*here).iter().filter(|field| field.name != "status").find(|field| {
        let of = field.shape.inner_struct();
        of.is_some_and(|of| schema::field(of, name).is_some())
    });
    inner.map(|field| Hint::BelongsTo(field.name.to_owned()))
}

/// The name that is most like this one, if one is like enough.
pub(super) fn nearest_of<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    let (distance, near) = names.map(|other| (distance(&lower, &other.to_ascii_lowercase()), other)).min()?;
    (distance <= name.chars().count().max(3) / 3).then_some(near)
}

/// The field whose name is most like this one, if it is like enough: one letter in three may differ.
fn nearest(name: &str, fields: &[Field]) -> Option<&'static str> {
    nearest_of(name, fields.iter().map(|field| field.name))
}

/// How many letters must be put in, taken out, replaced or exchanged with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(80).collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = replaced.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

/// How to write a value so that it has the type that is wanted.
pub(super) fn suggest_value(value: &Value, wanted: &Shape) -> Option<Hint> {
    Some(match (wanted, value) {
        (Shape::String, Value::Number(_) | Value::Bool(_)) => Hint::Quote(value.to_string()),
        (Shape::Int32 | Shape::Int64, Value::String(text)) if text.parse::<i64>().is_ok() => Hint::Unquote(text.clone()),
        (Shape::Int32, Value::Number(number)) if number.as_i64().is_some() => Hint::TooLarge,
        (Shape::Int32 | Shape::Int64, Value::Number(_)) => Hint::WholeNumber,
        (Shape::Int32 | Shape::Int64, _) => Hint::Number,
        (Shape::Bool, _) => Hint::TrueOrFalse,
        (Shape::List(_), Value::Object(_)) => Hint::Items,
        (Shape::List(_), _) => Hint::List,
        (Shape::Struct(_) | Shape::Map(_), Value::Array(_)) => Hint::NoList,
        (Shape::Struct(_) | Shape::Map(_), _) => Hint::Mapping,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_field_is_recognised() {
        let pod = schema::kind("v1", "Pod").expect("a kind");
        let spec = schema::field(pod, "spec").and_then(|field| field.shape.inner_struct()).expect("a struct");
        let container = schema::shape_at(pod, &["spec", "containers"]).and_then(Shape::inner_struct).expect("a struct");
        let types = [(pod, String::new()), (spec, "spec".to_string()), (container, "spec.containers[0]".to_string())];
        let belongs = |path: &str| Some(Hint::BelongsTo(path.to_owned()));
        let rows = [
            (3, "imagePullPolcy", Some(Hint::Meant("imagePullPolicy"))),
            (3, "Image", Some(Hint::Meant("image"))),
            (3, "restartpolicy", Some(Hint::Meant("restartPolicy"))),
            (3, "nodeSelector", belongs("spec")),
            (3, "metadata", belongs("")),
            (2, "image", belongs("containers")),
            (1, "containers", belongs("spec")),
            (2, "conatiners", Some(Hint::Meant("containers"))),
            (3, "xyz", None),
        ];
        for (depth, name, hint) in rows {
            assert_eq!(suggest_field(name, &types[..depth]), hint, "{name}");
        }
    }
}
