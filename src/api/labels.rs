//! Labels and the selectors over them.
//! Left out: parsing of selector text (kubectl does that).

use std::fmt;

use serde_json::{Map, Value};

use super::Rest;
use super::json::{Json, zero};
use crate::base::{Name, SmallMap, sort, sort_by};

/// Labels or annotations.
pub type Labels = SmallMap<Name, Name>;

/// How a requirement compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operator {
    /// None that Kubernetes knows: refused by validation, matches nothing.
    #[default]
    Unknown,
    /// The value is one of.
    In,
    /// The key is absent or its value none of.
    NotIn,
    /// The key is there.
    Exists,
    /// The key is not there.
    DoesNotExist,
    /// Greater than a number (node affinity).
    Gt,
    /// Less than a number (node affinity).
    Lt,
}

const OPERATORS: [(Operator, &str); 7] = [
    (Operator::Unknown, ""),
    (Operator::In, "In"),
    (Operator::NotIn, "NotIn"),
    (Operator::Exists, "Exists"),
    (Operator::DoesNotExist, "DoesNotExist"),
    (Operator::Gt, "Gt"),
    (Operator::Lt, "Lt"),
];

impl Operator {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        OPERATORS[self as usize].1
    }

    /// By its name.
    pub fn parse(text: &str) -> Option<Operator> {
        OPERATORS[1..].iter().find(|(_, name)| *name == text).map(|(operator, _)| *operator)
    }
}

impl Json for Operator {
    fn read(value: &Value) -> Operator {
        value.as_str().and_then(Operator::parse).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
    fn loses(value: &Value) -> bool {
        value.as_str().is_some_and(|text| !text.is_empty() && Operator::parse(text).is_none())
    }
}

zero! { Operator => Value::from("") }

/// One requirement on a label.
#[derive(Clone, Debug, Default)]
pub struct Requirement {
    /// The label.
    pub key: Name,
    /// How to compare.
    pub operator: Operator,
    /// With what.
    pub values: Vec<Name>,
    /// Whether an empty list of values was written out: refusals tell it from none.
    pub is_blank: bool,
    /// Fields without effect here, kept to be printed back.
    pub rest: Rest,
}

/// Which objects are meant, by their labels.
#[derive(Clone, Debug, Default)]
pub struct LabelSelector {
    /// All must hold.
    pub match_expressions: Vec<Requirement>,
    /// All must be equal.
    pub match_labels: Labels,
    /// Whether an empty map of labels was written out: refusals tell it from none.
    pub is_blank: bool,
    /// Fields without effect here, kept to be printed back.
    pub rest: Rest,
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Requirement) -> bool {
        let same = (&self.key, self.operator) == (&other.key, other.operator);
        same && self.values == other.values && self.rest == other.rest
    }
}

impl PartialEq for LabelSelector {
    fn eq(&self, other: &LabelSelector) -> bool {
        let same = self.match_labels == other.match_labels && self.match_expressions == other.match_expressions;
        same && self.rest == other.rest
    }
}

impl Json for Requirement {
    fn read(value: &Value) -> Requirement {
        let mut out = Requirement::default();
        for (key, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            match key.as_str() {
                "key" => out.key = Json::read(value),
                "operator" => {
                    out.operator = Json::read(value);
                    if Operator::loses(value) {
                        out.rest.insert(key, value);
                    }
                }
                "values" => {
                    out.values = Json::read(value);
                    out.is_blank = out.values.is_empty();
                }
                other => out.rest.insert(other, value),
            }
        }
        out
    }

    fn write(&self) -> Option<Value> {
        let mut map = self.rest.to_map();
        let fields = [("key", self.key.write()), ("operator", self.operator.write()), ("values", self.values.write())];
        for (key, value) in fields.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            map.entry(key).or_insert(value);
        }
        Some(Value::Object(map))
    }
}

impl Json for LabelSelector {
    fn read(value: &Value) -> LabelSelector {
        let mut out = LabelSelector::default();
        for (key, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            match key.as_str() {
                "matchExpressions" => out.match_expressions = Json::read(value),
                "matchLabels" => {
                    out.match_labels = Json::read(value);
                    out.is_blank = out.match_labels.is_empty();
                }
                other => out.rest.insert(other, value),
            }
        }
        out
    }

    fn write(&self) -> Option<Value> {
        let mut map = self.rest.to_map();
        let fields = [("matchExpressions", self.match_expressions.write()), ("matchLabels", self.match_labels.write())];
        map.extend(fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Some(Value::Object(map))
    }
}

zero! {
    Requirement => Value::Object(Map::new()),
    LabelSelector => Value::Object(Map::new()),
}

impl Requirement {
    /// A requirement.
    pub fn new(key: impl Into<Name>, operator: Operator, values: impl IntoIterator<Item = Name>) -> Requirement {
        Requirement { key: key.into(), operator, values: values.into_iter().collect(), ..Requirement::default() }
    }

    /// Whether labels satisfy it.
    /// Models apimachinery/pkg/labels Requirement.Matches.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let number = |text: &Name| text.parse::<i64>().ok();
        let compare = |fits: fn(i64, i64) -> bool| match (value.and_then(number), self.values.first().and_then(number)) {
            (Some(have), Some(bound)) => fits(have, bound),
            _ => false,
        };
        match self.operator {
            Operator::Unknown => false,
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Gt => compare(|have, bound| have > bound),
            Operator::Lt => compare(|have, bound| have < bound),
        }
    }
}

impl LabelSelector {
    /// The selector that wants these labels.
    pub fn of_labels(labels: &Labels) -> LabelSelector {
        LabelSelector { match_labels: labels.clone(), ..LabelSelector::default() }
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether labels satisfy all of it. An empty selector matches everything.
    pub fn matches(&self, labels: &Labels) -> bool {
        let equal = self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        equal && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }
}

impl fmt::Display for Requirement {
    /// `env in (a,b)`, `env notin (a)`, `env`, `!env`. Models apimachinery/pkg/labels Requirement.String.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut values: Vec<&str> = self.values.iter().map(Name::as_str).collect();
        sort(&mut values);
        let (key, values) = (&self.key, values.join(","));
        match self.operator {
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::Gt => write!(f, "{key}>{values}"),
            Operator::Lt => write!(f, "{key}<{values}"),
            Operator::Unknown => write!(f, "{key}"),
        }
    }
}

impl fmt::Display for LabelSelector {
    /// All requirements in the order of their keys; `<none>` if there is none. Models metav1.FormatLabelSelector.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let equal = self.match_labels.iter().map(|(key, value)| (key, format!("{key}={value}")));
        let mut parts: Vec<_> = equal.chain(self.match_expressions.iter().map(|one| (&one.key, one.to_string()))).collect();
        sort_by(&mut parts, |(a, _), (b, _)| a.cmp(b));
        if parts.is_empty() {
            return f.write_str("<none>");
        }
        f.write_str(&parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(","))
    }
}

/// `--field-selector`: comparisons of field paths with texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldSelector {
    /// (path, equal or not, value): all must hold.
    pub terms: Vec<(Name, bool, Name)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_printed_by_their_keys() {
        let one = |key: &str, operator, values: &[&str]| Requirement::new(key, operator, values.iter().map(|value| Name::from(*value)));
        use Operator::{DoesNotExist, Exists, Gt, In, Lt, NotIn};
        let table = [
            (vec![one("x", In, &["def", "abc"]), one("y", NotIn, &["jkl"]), one("z", Exists, &[])], "x in (abc,def),y notin (jkl),z"),
            (vec![one("x", NotIn, &["abc", "def"]), one("z", DoesNotExist, &[])], "x notin (abc,def),!z"),
            (vec![one("x", NotIn, &["abc"]), one("y", In, &["jkl", "mno"]), one("z", NotIn, &[""])], "x notin (abc),y in (jkl,mno),z notin ()"),
            (vec![one("z", Exists, &[]), one("y", Lt, &["8"]), one("x", Gt, &["2"])], "x>2,y<8,z"),
            (vec![one("app", In, &["kubia"])], "app in (kubia)"),
            (vec![], "<none>"),
        ];
        for (match_expressions, expected) in table {
            assert_eq!(LabelSelector { match_expressions, ..LabelSelector::default() }.to_string(), expected);
        }
        let labels = Labels::from([(Name::from("app"), Name::from("kubia"))]);
        assert_eq!(LabelSelector::of_labels(&labels).to_string(), "app=kubia");
    }
}
