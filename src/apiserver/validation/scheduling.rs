//! Where a pod may run: affinity, tolerations, spreading.
//! Models pkg/apis/core/validation/validation.go validateAffinity, ValidateTolerations, validateTopologySpreadConstraints.

use serde_json::Value;

use super::json::{items, number, set, text};
use super::metadata::{refuse_operator, validate_label_name, validate_label_selector};
use super::names;
use super::path::{Causes, FieldPath, NOT_POSITIVE};
use crate::api::{
    Affinity, Json, LabelSelector, NodeSelectorTerm, Operator, Requirement, Rest, TaintEffect, Toleration,
    TopologySpreadConstraint,
};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const WEIGHT: &str = "must be in the range 1-100";

/// Affinity.
pub fn validate_affinity(affinity: &Affinity, path: &FieldPath, causes: &mut Causes) {
    if let Some(node) = &affinity.node_affinity {
        let path = path.child("nodeAffinity");
        if let Some(selector) = &node.required {
            let path = path.child(REQUIRED).child("nodeSelectorTerms");
            if selector.terms.is_empty() {
                causes.required(&path, "must have at least one node selector term");
            }
            for (index, term) in selector.terms.iter().enumerate() {
                validate_term(term, &path.index(index), causes);
            }
        }
        for (index, wish) in node.preferred.iter().enumerate() {
            let path = path.child(PREFERRED).index(index);
            if !(1..=100).contains(&wish.weight) {
                causes.invalid(&path.child("weight"), wish.weight, WEIGHT);
            }
            validate_term(&wish.preference, &path.child("preference"), causes);
        }
    }
    for key in ["podAffinity", "podAntiAffinity"] {
        if let Some(terms) = affinity.rest.get(key) {
            validate_pod_affinity(terms, &path.child(key), causes);
        }
    }
}

fn validate_term(term: &NodeSelectorTerm, path: &FieldPath, causes: &mut Causes) {
    for (index, requirement) in term.match_expressions.iter().enumerate() {
        validate_expression(requirement, &path.child("matchExpressions").index(index), causes);
    }
    for (index, requirement) in term.match_fields.iter().enumerate() {
        validate_field(requirement, &path.child("matchFields").index(index), causes);
    }
}

/// Models ValidateNodeSelectorRequirement.
fn validate_expression(requirement: &Requirement, path: &FieldPath, causes: &mut Causes) {
    let values = path.child("values");
    let count = requirement.values.len();
    match requirement.operator {
        Operator::In | Operator::NotIn if count == 0 => {
            causes.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        Operator::Exists | Operator::DoesNotExist if count > 0 => {
            causes.forbidden(&values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        Operator::Gt | Operator::Lt if count != 1 => {
            causes.required(&values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        Operator::Unknown => refuse_operator(requirement, path, causes),
        _ => {}
    }
    validate_label_name(&requirement.key, &path.child("key"), causes);
    for (index, value) in requirement.values.iter().enumerate() {
        causes.invalid_each(&values.index(index), value, names::label_value(value));
    }
}

/// Models ValidateNodeFieldSelectorRequirement: `metadata.name` alone.
fn validate_field(requirement: &Requirement, path: &FieldPath, causes: &mut Causes) {
    match requirement.operator {
        Operator::In | Operator::NotIn if requirement.values.len() != 1 => {
            let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            causes.required(&path.child("values"), detail);
        }
        Operator::In | Operator::NotIn => {}
        _ => refuse_operator(requirement, path, causes),
    }
    if requirement.key != "metadata.name" {
        causes.invalid(&path.child("key"), &requirement.key, "not a valid field selector key");
        return;
    }
    for (index, value) in requirement.values.iter().enumerate() {
        causes.invalid_each(&path.child("values").index(index), value, names::dns1123_subdomain(value));
    }
}

fn validate_pod_affinity(affinity: &Value, path: &FieldPath, causes: &mut Causes) {
    for (index, term) in items(affinity, REQUIRED).iter().enumerate() {
        validate_pod_term(term, &path.child(REQUIRED).index(index), causes);
    }
    for (index, wish) in items(affinity, PREFERRED).iter().enumerate() {
        let path = path.child(PREFERRED).index(index);
        let weight = number(wish, "weight").unwrap_or_default();
        if !(1..=100).contains(&weight) {
            causes.invalid(&path.child("weight"), weight, WEIGHT);
        }
        validate_pod_term(wish.get("podAffinityTerm").unwrap_or(&Value::Null), &path.child("podAffinityTerm"), causes);
    }
}

fn validate_pod_term(term: &Value, path: &FieldPath, causes: &mut Causes) {
    for key in ["labelSelector", "namespaceSelector"] {
        if let Some(selector) = set(term, key) {
            validate_label_selector(&LabelSelector::read(selector), &path.child(key), causes);
        }
    }
    for name in items(term, "namespaces").iter().filter_map(Value::as_str) {
        causes.invalid_each(&path.child("namespace"), name, names::dns1123_label(name));
    }
    let key = text(term, "topologyKey");
    if key.is_empty() {
        causes.required(&path.child("topologyKey"), "can not be empty");
    }
    validate_label_name(key, &path.child("topologyKey"), causes);
}

/// Tolerations.
pub fn validate_tolerations(tolerations: &[Toleration], path: &FieldPath, causes: &mut Causes) {
    for (index, toleration) in tolerations.iter().enumerate() {
        let effect = toleration.effect.map_or("", |effect| effect_text(effect, &toleration.rest));
        validate_toleration(toleration, effect, &path.index(index), causes);
    }
}

/// An effect as the user wrote it: one that Kubernetes does not know is kept beside the typed one.
pub fn effect_text(effect: TaintEffect, rest: &Rest) -> &str {
    rest.get("effect").and_then(Value::as_str).unwrap_or(effect.as_str())
}

fn validate_toleration(toleration: &Toleration, effect: &str, path: &FieldPath, causes: &mut Causes) {
    let operator = path.child("operator");
    if !toleration.key.is_empty() {
        validate_label_name(&toleration.key, &path.child("key"), causes);
    } else if toleration.operator != "Exists" {
        let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        causes.invalid(&operator, &toleration.operator, detail);
    }
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        causes.invalid(&path.child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    match toleration.operator.as_str() {
        "Equal" | "" => {
            let messages = names::label_value(&toleration.value);
            if !messages.is_empty() {
                causes.invalid(&operator, &toleration.value, messages.join(";"));
            }
        }
        "Exists" if !toleration.value.is_empty() => {
            causes.invalid(&operator, &toleration.value, "value must be empty when `operator` is 'Exists'");
        }
        "Exists" => {}
        other => causes.not_supported(&operator, other, &["Equal", "Exists"]),
    }
    if !effect.is_empty() {
        validate_effect(effect, &path.child("effect"), causes);
    }
}

/// The effect of a taint or toleration.
pub fn validate_effect(effect: &str, path: &FieldPath, causes: &mut Causes) {
    if !EFFECTS.contains(&effect) {
        causes.not_supported(path, effect, &EFFECTS);
    }
}

/// Spreading over domains.
pub fn validate_spreading(
    constraints: &[TopologySpreadConstraint],
    path: &FieldPath,
    causes: &mut Causes,
) {
    let policies = ["DoNotSchedule", "ScheduleAnyway"];
    for (index, constraint) in constraints.iter().enumerate() {
        let item = path.index(index);
        if constraint.max_skew <= 0 {
            causes.invalid(&item.child("maxSkew"), constraint.max_skew, NOT_POSITIVE);
        }
        if constraint.topology_key.is_empty() {
            causes.required(&item.child("topologyKey"), "can not be empty");
        }
        let (key, policy) = (&constraint.topology_key, &constraint.when_unsatisfiable);
        if !policies.contains(&policy.as_str()) {
            causes.not_supported(&item.child("whenUnsatisfiable"), policy, &policies);
        }
        if constraints[index + 1..].iter().any(|other| other.topology_key == *key && other.when_unsatisfiable == *policy) {
            let path = item.child("{topologyKey, whenUnsatisfiable}");
            causes.duplicate(&path, format!("{{{key}, {policy}}}").as_str());
        }
        validate_min_domains(constraint, &item.child("minDomains"), causes);
        for key in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            let policy = constraint.rest.get(key).and_then(Value::as_str).unwrap_or("Honor");
            if !["Honor", "Ignore"].contains(&policy) {
                causes.not_supported(&item.child(key), policy, &["Honor", "Ignore"]);
            }
        }
        if let Some(selector) = &constraint.label_selector {
            validate_label_selector(selector, &item.child("labelSelector"), causes);
        }
    }
}

fn validate_min_domains(constraint: &TopologySpreadConstraint, path: &FieldPath, causes: &mut Causes) {
    let Some(domains) = constraint.rest.get("minDomains").and_then(Value::as_i64) else { return };
    if domains <= 0 {
        causes.invalid(path, domains, NOT_POSITIVE);
    }
    if constraint.when_unsatisfiable != "DoNotSchedule" {
        let policy = &constraint.when_unsatisfiable;
        let detail = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {policy}");
        causes.invalid(path, domains, detail);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list(causes: Causes) -> Vec<String> {
        causes.into_vec().iter().map(|cause| cause.to_string()).collect()
    }

    #[test]
    fn tolerations() {
        let table = [
            (json!({"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}), vec![]),
            (json!({"operator": "Exists"}), vec![]),
            (json!({"key": "a", "operator": "Is"}), vec![
                "t[0].operator: Unsupported value: \"Is\": supported values: \"Equal\", \"Exists\"",
            ]),
            (json!({"key": "a", "effect": "Nope"}), vec![
                "t[0].effect: Unsupported value: \"Nope\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
            ]),
            (json!({"key": "a", "operator": "Exists", "value": "x"}), vec![
                "t[0].operator: Invalid value: \"x\": value must be empty when `operator` is 'Exists'",
            ]),
            (json!({"effect": "NoSchedule", "tolerationSeconds": 5}), vec![
                "t[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
                "t[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set",
            ]),
        ];
        for (toleration, expected) in table {
            let raw = json!([toleration]);
            let mut causes = Causes::default();
            validate_tolerations(&Vec::read(&raw), &FieldPath::new("t"), &mut causes);
            assert_eq!(list(causes), expected, "{toleration}");
        }
    }

    #[test]
    fn affinity() {
        let raw = json!({
            "nodeAffinity": {
                REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [
                    {"key": "a", "operator": "Gt", "values": ["1", "2"]}, {"key": "a", "operator": "Like", "values": ["1"]}],
                    "matchFields": [{"key": "metadata.uid", "operator": "In", "values": ["x"]}]}]},
                PREFERRED: [{"weight": 0, "preference": {"matchExpressions": [{"key": "a", "operator": "In"}]}}],
            },
            "podAntiAffinity": {REQUIRED: [{"labelSelector": {"matchLabels": {"a": "b"}}}]},
        });
        let mut causes = Causes::default();
        validate_affinity(&Affinity::read(&raw), &FieldPath::new("a"), &mut causes);
        let texts = list(causes);
        let terms = format!("a.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0]");
        assert_eq!(texts[..6], [
            format!("{terms}.matchExpressions[0].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'"),
            format!("{terms}.matchExpressions[1].operator: Invalid value: \"Like\": not a valid selector operator"),
            format!("{terms}.matchFields[0].key: Invalid value: \"metadata.uid\": not a valid field selector key"),
            format!("a.nodeAffinity.{PREFERRED}[0].weight: Invalid value: 0: must be in the range 1-100"),
            format!("a.nodeAffinity.{PREFERRED}[0].preference.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"),
            format!("a.podAntiAffinity.{REQUIRED}[0].topologyKey: Required value: can not be empty"),
        ]);
        assert_eq!(texts.len(), 8, "the empty key is no label name either: {texts:#?}");
    }

    #[test]
    fn spreading() {
        let raw = json!([
            {"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
            {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchExpressions": [
                {"key": "a", "operator": "X"}]}},
            {"maxSkew": 1, "whenUnsatisfiable": "Never"},
        ]);
        let mut causes = Causes::default();
        validate_spreading(&Vec::read(&raw), &FieldPath::new("s"), &mut causes);
        assert_eq!(list(causes), [
            "s[0].maxSkew: Invalid value: 0: must be greater than 0",
            "s[0].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{zone, DoNotSchedule}\"",
            "s[1].labelSelector.matchExpressions[0].operator: Invalid value: \"X\": not a valid selector operator",
            "s[2].topologyKey: Required value: can not be empty",
            "s[2].whenUnsatisfiable: Unsupported value: \"Never\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"",
        ]);
    }
}
