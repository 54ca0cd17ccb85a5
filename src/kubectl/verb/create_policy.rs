//! `kubectl create quota | poddisruptionbudget | priorityclass`.
//! Models kubectl/pkg/cmd/create/create_quota.go, create_pdb.go and create_priorityclass.go.

use serde_json::{Map, Value, json};

use super::create::{name_of, send};
use super::Run;
use crate::api::{Kind, Operator, Quantity};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::selector;

pub(super) fn quota(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "quota", 1)?;
    let mut hard = Map::new();
    for pair in run.given.text("hard").unwrap_or_default().split(',').filter(|pair| !pair.is_empty()) {
        let Some((resource, amount)) = pair.split_once('=').filter(|(resource, amount)| !resource.is_empty() && !amount.is_empty()) else {
            return Err(Failure::Own(format!("Invalid argument syntax {pair}, expected <resource>=<value>")));
        };
        let amount = Quantity::parse(amount).map_err(Failure::own)?;
        hard.insert(resource.to_owned(), Value::from(amount.to_string()));
    }
    let mut spec = Map::new();
    if !hard.is_empty() {
        spec.insert("hard".to_owned(), Value::Object(hard));
    }
    let scopes = run.given.list("scopes");
    if !scopes.is_empty() {
        spec.insert("scopes".to_owned(), json!(scopes));
    }
    let metadata = json!({"creationTimestamp": null, "name": name});
    send(run, Kind::ResourceQuota, json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": spec, "status": {}}))
}

pub(super) fn disruption_budget(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "poddisruptionbudget", 1)?;
    let given = run.given;
    let text = |flag: &str| given.text(flag).filter(|text| !text.is_empty());
    let Some(labels) = text("selector") else { return Err(Failure::own("a selector must be specified")) };
    let mut spec = Map::new();
    let (field, flag, amount) = match (text("min-available"), text("max-unavailable")) {
        (None, None) => return Err(Failure::own("one of min-available or max-unavailable must be specified")),
        (Some(_), Some(_)) => return Err(Failure::own("min-available and max-unavailable cannot be both specified")),
        (Some(amount), None) => ("minAvailable", "min-available", amount),
        (None, Some(amount)) => ("maxUnavailable", "max-unavailable", amount),
    };
    let number = amount.strip_suffix('%').unwrap_or(amount);
    if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Failure::Own(format!("invalid format specified for {flag}")));
    }
    let amount = if amount.ends_with('%') { Value::from(amount) } else { Value::from(number.parse::<i32>().unwrap_or(i32::MAX)) };
    spec.insert(field.to_owned(), amount);
    spec.insert("selector".to_owned(), label_selector(labels)?);
    let value = json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"creationTimestamp": null, "name": name}, "spec": spec,
        "status": {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0},
    });
    send(run, Kind::PodDisruptionBudget, value)
}

/// `a=b,c in (d,e)` as the API writes it. Models apimachinery metav1 ParseToLabelSelector.
fn label_selector(text: &str) -> Result<Value, Failure> {
    let (mut labels, mut expressions) = (Map::new(), Vec::new());
    let unreadable = |why: String| Failure::Own(format!("couldn't parse the selector string \"{text}\": {why}"));
    for requirement in selector::parse_labels(text).map_err(unreadable)? {
        let values: Vec<&str> = requirement.values.iter().map(|value| value.as_str()).collect();
        let operator = match requirement.operator {
            Operator::In if values.len() == 1 && !text.contains('(') => {
                labels.insert(requirement.key.to_string(), Value::from(values[0]));
                continue;
            }
            Operator::In => "In",
            Operator::NotIn => "NotIn",
            Operator::Exists => "Exists",
            Operator::DoesNotExist => "DoesNotExist",
            _ => return Err(Failure::Own(format!("\"{text}\" is not a valid label selector operator"))),
        };
        let mut expression = json!({"key": requirement.key.as_str(), "operator": operator});
        if !values.is_empty() {
            expression["values"] = json!(values);
        }
        expressions.push(expression);
    }
    let mut selector = Map::new();
    if !labels.is_empty() {
        selector.insert("matchLabels".to_owned(), Value::Object(labels));
    }
    if !expressions.is_empty() {
        selector.insert("matchExpressions".to_owned(), Value::Array(expressions));
    }
    Ok(Value::Object(selector))
}

pub(super) fn priority_class(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "priorityclass", 1)?;
    let given = run.given;
    let text = |flag: &str| given.text(flag).filter(|text| !text.is_empty());
    let number = text("value").unwrap_or("0");
    let Ok(number) = number.parse::<i32>() else {
        return Err(run.refused_flag("create priorityclass", "--value", number, &crate::kubectl::flags::no_number(number)));
    };
    let policy = text("preemption-policy").unwrap_or("PreemptLowerPriority");
    let mut value = json!({
        "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"creationTimestamp": null, "name": name},
        "preemptionPolicy": policy, "value": number,
    });
    if let Some(description) = text("description") {
        value["description"] = Value::from(description);
    }
    if given.is_on("global-default") {
        value["globalDefault"] = Value::from(true);
    }
    send(run, Kind::PriorityClass, value)
}
