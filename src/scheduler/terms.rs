//! What a pod says of other pods: terms of its affinity and anti-affinity.
//! Models pkg/scheduler/framework/types.go AffinityTerm and getAffinityTerms.

use serde_json::Value;

use crate::api::{Json, LabelSelector, Operator, Pod, Requirement};
use crate::base::Name;
use crate::store::View;

/// Towards pods, or away from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// podAffinity
    Towards,
    /// podAntiAffinity
    Away,
}

/// A term: pods, and the label of nodes by whose value it is near or far.
#[derive(Clone, Debug)]
pub(super) struct Term {
    selector: Option<LabelSelector>,
    namespaces: Vec<Name>,
    namespace_selector: Option<LabelSelector>,
    /// topologyKey
    pub key: Name,
    /// 1 to 100 for a wish; 0 for a requirement.
    pub weight: i64,
}

impl Term {
    fn read(value: &Value, owner: &Pod, weight: i64) -> Term {
        let selector = |key: &str| value.get(key).filter(|value| !value.is_null()).map(<LabelSelector as Json>::read);
        let names = |key: &str| -> Vec<Name> { value.get(key).map(Json::read).unwrap_or_default() };
        let mut namespaces = names("namespaces");
        let namespace_selector = selector("namespaceSelector");
        if namespaces.is_empty() && namespace_selector.is_none() {
            namespaces.push(owner.meta.namespace.clone());
        }
        let mut term = Term {
            selector: selector("labelSelector"),
            namespaces,
            namespace_selector,
            key: value.get("topologyKey").map(Json::read).unwrap_or_default(),
            weight,
        };
        for (list, operator) in [("matchLabelKeys", Operator::In), ("mismatchLabelKeys", Operator::NotIn)] {
            for key in names(list) {
                let own = owner.meta.labels.get(&key).cloned();
                if let (Some(selector), Some(own)) = (&mut term.selector, own) {
                    selector.match_expressions.push(Requirement::new(key, operator, [own]));
                }
            }
        }
        term
    }

    /// Whether it speaks of a pod. No selector speaks of none, an empty one of all.
    pub fn matches(&self, pod: &Pod, view: View<'_>) -> bool {
        let namespace = &pod.meta.namespace;
        let by_labels = |selector: &LabelSelector| {
            selector.is_empty() || view.namespace(namespace).is_some_and(|namespace| selector.matches(&namespace.meta.labels))
        };
        let there = self.namespaces.contains(namespace) || self.namespace_selector.as_ref().is_some_and(by_labels);
        there && self.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels))
    }
}

fn group(pod: &Pod, direction: Direction) -> Option<&Value> {
    let key = match direction {
        Direction::Towards => "podAffinity",
        Direction::Away => "podAntiAffinity",
    };
    pod.spec.affinity.as_ref()?.rest.get(key)
}

fn list<'a>(group: Option<&'a Value>, key: &str) -> impl Iterator<Item = &'a Value> {
    group.and_then(|group| group.get(key)).and_then(Value::as_array).into_iter().flatten()
}

/// The terms that must hold.
pub(super) fn required(pod: &Pod, direction: Direction) -> Vec<Term> {
    let terms = list(group(pod, direction), "requiredDuringSchedulingIgnoredDuringExecution");
    terms.map(|term| Term::read(term, pod, 0)).collect()
}

/// The terms that are wished for.
pub(super) fn preferred(pod: &Pod, direction: Direction) -> Vec<Term> {
    let wishes = list(group(pod, direction), "preferredDuringSchedulingIgnoredDuringExecution");
    let read = |wish: &Value| {
        let weight = wish.get("weight").and_then(Value::as_i64).unwrap_or_default();
        Some(Term::read(wish.get("podAffinityTerm")?, pod, weight))
    };
    wishes.filter_map(read).collect()
}

/// Whether a pod says anything of other pods.
pub(super) fn speaks_of_pods(pod: &Pod) -> bool {
    group(pod, Direction::Towards).is_some() || group(pod, Direction::Away).is_some()
}
