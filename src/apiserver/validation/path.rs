//! Paths of fields and the list of what is wrong with them, worded as Kubernetes words it.
//! Models apimachinery/pkg/util/validation/field.

use std::fmt;

use crate::api::{FieldError, FieldErrorKind};
use crate::base::Name;

/// The path of a field: `spec.containers[0].name`.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPath(String);

impl FieldPath {
    /// A path of one step.
    pub fn new(name: &str) -> FieldPath {
        FieldPath(name.to_owned())
    }

    /// `path.name`
    pub fn child(&self, name: &str) -> FieldPath {
        FieldPath(format!("{}.{name}", self.0))
    }

    /// `path[index]`
    pub fn index(&self, index: usize) -> FieldPath {
        FieldPath(format!("{}[{index}]", self.0))
    }

    /// `path[key]`
    pub fn key(&self, key: &str) -> FieldPath {
        FieldPath(format!("{}[{key}]", self.0))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value as an error prints it.
pub trait BadValue {
    /// Texts quoted, numbers plain, the rest in Go's syntax.
    fn print(&self) -> String;
}

impl BadValue for &str {
    fn print(&self) -> String {
        quote(self)
    }
}

impl BadValue for &Name {
    fn print(&self) -> String {
        quote(self)
    }
}

impl BadValue for i64 {
    fn print(&self) -> String {
        self.to_string()
    }
}

impl BadValue for i32 {
    fn print(&self) -> String {
        self.to_string()
    }
}

/// A value that is already in Go's syntax.
#[derive(Debug)]
pub struct GoSyntax(pub String);

impl BadValue for GoSyntax {
    fn print(&self) -> String {
        self.0.clone()
    }
}

impl GoSyntax {
    /// `map[string]string{"app":"kubia"}`; an absent map is `map[string]string(nil)`.
    pub fn map<'a>(entries: impl IntoIterator<Item = (&'a Name, &'a Name)>) -> GoSyntax {
        let entries: Vec<String> = entries.into_iter().map(|(k, v)| format!("{}:{}", quote(k), quote(v))).collect();
        if entries.is_empty() {
            return GoSyntax("map[string]string(nil)".to_owned());
        }
        GoSyntax(format!("map[string]string{{{}}}", entries.join(", ")))
    }

    /// `[]string{"a", "b"}`; an absent list is `[]string(nil)`.
    pub fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> GoSyntax {
        let items: Vec<String> = items.into_iter().map(quote).collect();
        if items.is_empty() {
            return GoSyntax("[]string(nil)".to_owned());
        }
        GoSyntax(format!("[]string{{{}}}", items.join(", ")))
    }
}

/// A text in quotes, as Go's `%q` writes it.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_control() || (c.is_whitespace() && c != ' ') => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What is wrong with an object, in the order in which it was found.
#[derive(Debug, Default)]
pub struct Causes(Vec<FieldError>);

impl Causes {
    /// The list.
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, path: &FieldPath, kind: FieldErrorKind, value: String, detail: impl Into<String>) {
        self.0.push(FieldError { path: path.0.clone(), kind, value, detail: detail.into() });
    }

    /// `Required value`
    pub fn required(&mut self, path: &FieldPath, detail: &str) {
        self.push(path, FieldErrorKind::Required, String::new(), detail);
    }

    /// `Invalid value: "x": detail`
    pub fn invalid(&mut self, path: &FieldPath, value: impl BadValue, detail: impl Into<String>) {
        self.push(path, FieldErrorKind::Invalid, value.print(), detail);
    }

    /// One `Invalid value` for each message.
    pub fn invalid_each(&mut self, path: &FieldPath, value: &str, messages: Vec<String>) {
        for message in messages {
            self.invalid(path, value, message);
        }
    }

    /// `Unsupported value: "x": supported values: "A", "B"`
    pub fn not_supported(&mut self, path: &FieldPath, value: &str, supported: &[&str]) {
        self.not_supported_value(path, value, supported);
    }

    /// The same of a value that is no text.
    pub fn not_supported_value(&mut self, path: &FieldPath, value: impl BadValue, supported: &[&str]) {
        let supported: Vec<String> = supported.iter().map(|text| quote(text)).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        self.push(path, FieldErrorKind::NotSupported, value.print(), detail);
    }

    /// `Duplicate value: "x"`
    pub fn duplicate(&mut self, path: &FieldPath, value: impl BadValue) {
        self.push(path, FieldErrorKind::Duplicate, value.print(), "");
    }

    /// `Duplicate value: "x": detail`
    pub fn duplicate_because(&mut self, path: &FieldPath, value: impl BadValue, detail: &str) {
        self.push(path, FieldErrorKind::Duplicate, value.print(), detail);
    }

    /// `Forbidden: detail`
    pub fn forbidden(&mut self, path: &FieldPath, detail: impl Into<String>) {
        self.push(path, FieldErrorKind::Forbidden, String::new(), detail);
    }

    /// `Not found: "x"`
    pub fn not_found(&mut self, path: &FieldPath, value: impl BadValue) {
        self.push(path, FieldErrorKind::NotFound, value.print(), "");
    }

    /// `Too long: may not be more than N bytes`
    pub fn too_long(&mut self, path: &FieldPath, limit: usize) {
        self.push(path, FieldErrorKind::TooLong, String::new(), format!("may not be more than {limit} bytes"));
    }

    /// `Too many: N: must have at most M items`
    pub fn too_many(&mut self, path: &FieldPath, count: usize, limit: usize) {
        self.push(path, FieldErrorKind::TooMany, count.to_string(), format!("must have at most {limit} items"));
    }

    /// A number that may not be negative.
    pub fn nonnegative(&mut self, path: &FieldPath, value: i64) {
        if value < 0 {
            self.invalid(path, value, NEGATIVE);
        }
    }

    /// A number within bounds.
    pub fn in_range(&mut self, path: &FieldPath, value: i64, range: std::ops::RangeInclusive<i64>) {
        if !range.contains(&value) {
            self.invalid(path, value, between(range));
        }
    }
}

/// Of a number below 0.
pub const NEGATIVE: &str = "must be greater than or equal to 0";
/// Of a number that is not above 0.
pub const NOT_POSITIVE: &str = "must be greater than 0";
/// Of a field that may not change.
pub const IMMUTABLE: &str = "field is immutable";

/// `must be between 1 and 65535, inclusive`
pub fn between(range: std::ops::RangeInclusive<i64>) -> String {
    format!("must be between {} and {}, inclusive", range.start(), range.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_values_print_as_in_go() {
        let path = FieldPath::new("spec").child("containers").index(1).child("resources").child("limits").key("cpu");
        assert_eq!(path.to_string(), "spec.containers[1].resources.limits[cpu]");
        assert_eq!(quote("a\"b\\\n\u{1}é"), "\"a\\\"b\\\\\\n\\x01é\"");
        assert_eq!(GoSyntax::map([]).print(), "map[string]string(nil)");
        let (a, b) = (Name::fixed("a"), Name::fixed("b"));
        assert_eq!(GoSyntax::map([(&a, &b), (&b, &a)]).print(), "map[string]string{\"a\":\"b\", \"b\":\"a\"}");
        assert_eq!(GoSyntax::strings(["10.0.0.1"]).print(), "[]string{\"10.0.0.1\"}");
    }

    #[test]
    fn causes_are_worded() {
        let mut causes = Causes::default();
        let path = FieldPath::new("spec").child("x");
        causes.required(&path, "");
        causes.invalid(&path, 5, between(1..=3));
        causes.not_supported(&path, "Z", &["A", "B"]);
        causes.duplicate(&path, "d");
        causes.forbidden(&path, "no");
        causes.not_found(&path, "v");
        causes.too_long(&path, 9);
        let texts: Vec<String> = causes.into_vec().iter().map(FieldError::to_string).collect();
        assert_eq!(texts, [
            "spec.x: Required value",
            "spec.x: Invalid value: 5: must be between 1 and 3, inclusive",
            "spec.x: Unsupported value: \"Z\": supported values: \"A\", \"B\"",
            "spec.x: Duplicate value: \"d\"",
            "spec.x: Forbidden: no",
            "spec.x: Not found: \"v\"",
            "spec.x: Too long: may not be more than 9 bytes",
        ]);
    }
}
