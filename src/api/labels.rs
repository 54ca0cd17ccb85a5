//! Labels and the selectors over them.
//! Left out: parsing of selector text (kubectl does that).

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{Json, record, zero};
use crate::base::Name;

/// Labels or annotations.
pub type Labels = BTreeMap<Name, Name>;

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

record! {
    /// One requirement on a label.
    pub struct Requirement {
        /// The label.
        key: Name = "key",
        /// How to compare.
        operator: Operator = "operator",
        /// With what.
        values: Vec<Name> = "values",
    }

    /// Which objects are meant, by their labels.
    pub struct LabelSelector {
        /// All must hold.
        match_expressions: Vec<Requirement> = "matchExpressions",
        /// All must be equal.
        match_labels: Labels = "matchLabels",
    }
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

    /// Whether labels satisfy all of it. An empty selector matches everything.
    pub fn matches(&self, labels: &Labels) -> bool {
        let equal = self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        equal && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }
}

/// `--field-selector`: comparisons of field paths with texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldSelector {
    /// (path, equal or not, value): all must hold.
    pub terms: Vec<(Name, bool, Name)>,
}
