//! JSONPath in kubectl's dialect: text with expressions in braces, `{range}` and `{end}`, filters, unions, slices.
//! Models client-go/util/jsonpath. Left out: `&&` and `||` in filters, which kubectl has not either.

mod evaluate;
mod parse;

pub(in crate::kubectl) use evaluate::compare;

use serde_json::Value;

/// A template that has been read.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kubectl) struct JsonPath {
    text: String,
    pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// Printed as it is.
    Text(String),
    /// `{.a.b}`
    Path(Path),
    /// `{range .items[*]} … {end}`
    Range(Path, Vec<Piece>),
}

type Path = Vec<Step>;

/// Longer templates are refused, so that none exhausts the stack.
const LONGEST: usize = 2_000;

/// One step from values to values.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// `$`
    Root,
    /// `.name`, `['name']`
    Field(String),
    /// `*`, `[*]`
    All,
    /// `..`
    Descend,
    /// `[from:to:step]`
    Slice { from: Option<i64>, to: Option<i64>, step: i64 },
    /// `[n]`
    Index(i64),
    /// `[a,b]`
    Union(Vec<Path>),
    /// Refused when it is carried out, in these words.
    Wrong(String),
    /// `[?(@.a=="b")]`
    Filter { left: Operand, operator: Comparison, right: Operand },
}

/// A side of a filter.
#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Path(Path),
    Value(Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Exists,
    Equal,
    Differs,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl JsonPath {
    /// Reads a template. Errors are kubectl's sentences.
    pub fn parse(template: &str) -> Result<JsonPath, String> {
        if template.len() > LONGEST {
            return Err("the template is too long".to_owned());
        }
        parse::template(template).map(|pieces| JsonPath { text: template.to_owned(), pieces })
    }

    /// The template as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it prints of a value. An absent field prints nothing; an index out of bounds is an error.
    pub fn print(&self, value: &Value) -> Result<String, String> {
        evaluate::print(&self.pieces, value, value)
    }

    /// The values that its first expression finds; none if it has none.
    pub fn find<'a>(&self, value: &'a Value) -> Result<Vec<&'a Value>, String> {
        let path = self.pieces.iter().find_map(|piece| if let Piece::Path(path) = piece { Some(path) } else { None });
        path.map_or(Ok(Vec::new()), |path| evaluate::walk(path, vec![value], value))
    }
}

/// A path as users write it in `--sort-by` and custom columns: with or without braces and the leading dot.
/// Models kubectl/pkg/cmd/get/customcolumn.go RelaxedJSONPathExpression.
pub(in crate::kubectl) fn relaxed(path: &str) -> Result<JsonPath, String> {
    if path.is_empty() {
        return JsonPath::parse("");
    }
    let inner = path.strip_prefix('{').map_or(path, |rest| rest.strip_suffix('}').unwrap_or(rest));
    let wrong = inner.contains(['{', '}']) || path.starts_with('{') != path.ends_with('}');
    if wrong {
        let expected = "expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";
        return Err(format!("unexpected path string, {expected}"));
    }
    let dot = if inner.starts_with(['.', '[', '$']) { "" } else { "." };
    JsonPath::parse(&format!("{{{dot}{inner}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Value {
        json!({"kind": "List", "n": 3, "yes": true, "items": [
            {"metadata": {"name": "a", "labels": {"app": "kubia", "x.y/z": "q"}}, "status": {"phase": "Running", "restarts": 0,
                "conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}]}},
            {"metadata": {"name": "b"}, "status": {"phase": "Pending", "restarts": 7,
                "conditions": [{"type": "Ready", "status": "False"}]}},
        ]})
    }

    #[test]
    fn templates_print_as_kubectl_prints_them() {
        let table = [
            ("{.kind}", "List"),
            ("kind is {.kind}.", "kind is List."),
            ("{.items[*].metadata.name}", "a b"),
            ("{.items[0].metadata.labels}", r#"{"app":"kubia","x.y/z":"q"}"#),
            (r"{.items[0].metadata.labels.x\.y/z}", "q"),
            ("{.items[0].metadata.labels['x.y/z']}", "q"),
            ("{.items[-1].metadata.name}", "b"),
            ("{.items[-1:].metadata.name}", "b"),
            ("{.items[0:2].metadata.name}", "a b"),
            ("{.items[0,1].metadata.name}", "a b"),
            ("{.items[0]['metadata.name','status.phase']}", "a Running"),
            ("{.nosuch}", ""),
            ("{.items[*].metadata.nosuch}", ""),
            (r#"{range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}"#, "a\tRunning\nb\tPending\n"),
            (r#"{range .items[*]}{range .status.conditions[*]}{.type}={.status} {end}{"\n"}{end}"#, "Ready=True Other=False \nReady=False \n"),
            (r#"{.items[?(@.status.phase=="Running")].metadata.name}"#, "a"),
            (r#"{.items[?(@.status.phase != 'Running')].metadata.name}"#, "b"),
            ("{.items[?(@.status.restarts>5)].metadata.name}", "b"),
            ("{.items[?(@.metadata.labels)].metadata.name}", "a"),
            (r#"{.items[0].status.conditions[?(@.type=="Ready")].status}"#, "True"),
            // The genuine client 1.32.4 takes it for the first.
            ("{.items[].metadata.name}", "a"),
            ("{..type}", "Ready Other Ready"),
            ("{$.kind} {@.kind}", "List List"),
            ("{.n} {.yes}", "3 true"),
            ("{.kind}{'-'}{.n}", "List-3"),
            (".kind", ".kind"),
            // A dot alone is the field without a name.
            ("{.}{.items.[0].kind}{range .items[*]}{.}{end}", ""),
            ("{true}{1}{-1.5}", "true1-1.5"),
            (r#"{.kind "x"}"#, "x"),
            ("{.items[*]['metadata.name']}", "a b"),
        ];
        for (template, text) in table {
            let printed = JsonPath::parse(template).and_then(|path| path.print(&sample()));
            assert_eq!(printed.as_deref(), Ok(text), "{template}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        let table = [
            ("{.items[9]}", "array index out of bounds: index 9, length 2"),
            ("{.kind", "unclosed action"),
            ("{.items[0}", "unterminated array"),
            ("{.items[x]}", "invalid array index x"),
            ("{foo}", "unrecognized identifier foo"),
            ("{.kind[0]}", "string is not array or slice"),
            ("{.kind", "unclosed action"),
            (r#"{.items[0]["kind"]}"#, "invalid array index \"kind\""),
            (r#"{.items[?(@.kind=~"a.*")]}"#, "unrecognized character in action: U+007E '~'"),
            (r#"{.items[?(@.kind == "a" && @.n == 1)]}"#, "unrecognized character in action: U+0026 '&'"),
            (r#"{.items[?(@.kind="a")]}"#, "unrecognized filter operator ="),
            (r#"{.items[?(@.kind in ("a"))]}"#, "unclosed array expect ]"),
            ("{.items[*].status.conditions[?(!@.type)]}", "unrecognized character in action: U+0021 '!'"),
            ("{end}", "not in range, nothing to end"),
            ("{#}", "unrecognized character in action: U+0023 '#'"),
        ];
        for (template, error) in table {
            let printed = JsonPath::parse(template).and_then(|path| path.print(&sample()));
            assert_eq!(printed, Err(error.to_owned()), "{template}");
        }
    }

    #[test]
    fn paths_may_be_written_in_short() {
        for path in ["kind", ".kind", "{.kind}", "{kind}"] {
            let found = relaxed(path).and_then(|path| path.print(&sample()));
            assert_eq!(found.as_deref(), Ok("List"), "{path}");
        }
        assert!(relaxed("{.kind").is_err());
    }
}
