//! Requests and limits.
//! Models pkg/apis/core/validation/validation.go ValidateResourceRequirements, validateContainerResourceName.

use serde_json::Value;

use super::json::text;
use super::names;
use super::path::{Causes, FieldPath, GoSyntax, NEGATIVE};
use crate::api::{Quantity, ResourceRequirements};
use crate::base::{Name, SmallMap, SmallSet};

const FOR_CONTAINERS: [&str; 3] = ["cpu", "ephemeral-storage", "memory"];
/// Names without a domain that mean something somewhere (quotas, nodes), though not in a container.
const STANDARD: [&str; 20] = [
    "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu",
    "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets",
    "configmaps", "persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers",
];

fn is_huge_pages(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Models IsNativeResource.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Models IsExtendedResourceName.
fn is_extended(name: &str) -> bool {
    !is_native(name) && !name.starts_with("requests.") && names::qualified_name(&format!("requests.{name}")).is_empty()
}

/// Native resources may be promised more often than they are there; others may not.
fn may_overcommit(name: &str) -> bool {
    is_native(name) && !is_huge_pages(name)
}

/// Requests and limits of a container; `claims` are the names that the pod's resource claims have.
pub fn validate_requirements(
    requirements: &ResourceRequirements,
    claims: SmallSet<&str>,
    path: &FieldPath,
    causes: &mut Causes,
) {
    let (limits, requests) = (&requirements.limits, &requirements.requests);
    for (name, quantity) in limits {
        validate_one(name, quantity, &path.child("limits"), path, causes);
    }
    for (name, quantity) in requests {
        validate_one(name, quantity, &path.child("requests"), path, causes);
        validate_within_limit(name, quantity, limits.get(name), path, causes);
    }
    let named = |test: fn(&str) -> bool| limits.keys().chain(requests.keys()).any(|name| test(name));
    if named(is_huge_pages) && !named(|name| ["cpu", "memory"].contains(&name)) {
        causes.forbidden(path, "HugePages require cpu or memory");
    }
    validate_claims(requirements, &claims, &path.child("claims"), causes);
}

fn validate_one(name: &Name, quantity: &Quantity, list: &FieldPath, all: &FieldPath, causes: &mut Causes) {
    let path = list.key(name);
    validate_container_resource_name(name, &path, causes);
    validate_quantity(name, quantity, &path, causes);
    if is_huge_pages(name) && !is_multiple_of_page(name, quantity) {
        let detail = format!("{quantity} is not positive integer multiple of {name}");
        causes.invalid(all, quantity.to_string().as_str(), detail);
    }
}

fn is_multiple_of_page(name: &str, quantity: &Quantity) -> bool {
    let page = name.strip_prefix("hugepages-").and_then(|page| Quantity::parse(page).ok()).map_or(0, |page| page.milli());
    page > 0 && quantity.milli() % page == 0
}

fn validate_within_limit(name: &Name, request: &Quantity, limit: Option<&Quantity>, path: &FieldPath, causes: &mut Causes) {
    let Some(limit) = limit else {
        if !may_overcommit(name) {
            causes.required(&path.child("limits"), "Limit must be set for non overcommitable resources");
        }
        return;
    };
    let (path, value) = (path.child("requests"), request.to_string());
    if request.milli() != limit.milli() && !may_overcommit(name) {
        causes.invalid(&path, value.as_str(), format!("must be equal to {name} limit of {limit}"));
    } else if request.milli() > limit.milli() {
        causes.invalid(&path, value.as_str(), format!("must be less than or equal to {name} limit of {limit}"));
    }
}

fn validate_container_resource_name(name: &Name, path: &FieldPath, causes: &mut Causes) {
    let messages = names::qualified_name(name);
    let plain = !name.contains('/');
    if messages.is_empty() && plain && !STANDARD.contains(&name.as_str()) && !is_huge_pages(name) {
        causes.invalid(path, name, "must be a standard resource type or fully qualified");
    }
    causes.invalid_each(path, name, messages);
    if plain && !FOR_CONTAINERS.contains(&name.as_str()) && !is_huge_pages(name) {
        causes.invalid(path, name, "must be a standard resource for containers");
    } else if !plain && !is_native(name) && !is_extended(name) {
        causes.invalid(path, name, "doesn't follow extended resource name standard");
    }
}

/// A quantity of a resource.
/// Models ValidateResourceQuantityValue.
pub fn validate_quantity(name: &str, quantity: &Quantity, path: &FieldPath, causes: &mut Causes) {
    if quantity.milli() < 0 {
        causes.invalid(path, quantity.to_string().as_str(), NEGATIVE);
    }
    let counted = ["pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps"].contains(&name);
    if (counted || is_extended(name)) && quantity.milli() % 1000 != 0 {
        let amount = format!("resource.int64Amount{{value:{}, scale:-3}}", quantity.milli());
        let decimal = "resource.infDecAmount{Dec:(*inf.Dec)(nil)}";
        let value = format!("resource.Quantity{{i:{amount}, d:{decimal}, s:\"{quantity}\", Format:\"DecimalSI\"}}");
        causes.invalid(path, GoSyntax(value), "must be an integer");
    }
}

/// Quantities of a node.
pub fn validate_quantities(quantities: &SmallMap<Name, Quantity>, path: &FieldPath, causes: &mut Causes) {
    for (name, quantity) in quantities {
        validate_quantity(name, quantity, &path.child(name), causes);
    }
}

fn validate_claims(requirements: &ResourceRequirements, known: &SmallSet<&str>, path: &FieldPath, causes: &mut Causes) {
    let claims = requirements.rest.get("claims").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut seen = SmallSet::new();
    for (index, claim) in claims.iter().enumerate() {
        let (name, path) = (text(claim, "name"), path.index(index));
        if name.is_empty() {
            causes.required(&path, "");
            continue;
        }
        if !seen.insert(name) {
            causes.duplicate(&path, name);
        }
        if !known.contains(name) {
            causes.not_found(&path, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Json;

    fn texts(requirements: Value) -> Vec<String> {
        let mut causes = Causes::default();
        validate_requirements(&Json::read(&requirements), SmallSet::new(), &FieldPath::new("r"), &mut causes);
        causes.into_vec().iter().map(|cause| cause.to_string()).collect()
    }

    #[test]
    fn requests_and_limits() {
        let table = [
            (json!({"requests": {"cpu": "1"}, "limits": {"cpu": 1, "memory": "1Gi"}}), vec![]),
            (json!({"requests": {"cpu": 2}, "limits": {"cpu": 1}}), vec![
                "r.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
            ]),
            (json!({"limits": {"cpu": "-1"}}), vec![
                "r.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0",
            ]),
            (json!({"limits": {"gpu": "1"}}), vec![
                "r.limits[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully qualified",
                "r.limits[gpu]: Invalid value: \"gpu\": must be a standard resource for containers",
            ]),
            (json!({"limits": {"pods": "1"}}), vec![
                "r.limits[pods]: Invalid value: \"pods\": must be a standard resource for containers",
            ]),
            (json!({"requests": {"nvidia.com/gpu": "1"}}), vec![
                "r.limits: Required value: Limit must be set for non overcommitable resources",
            ]),
            (json!({"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "2"}}), vec![
                "r.requests: Invalid value: \"1\": must be equal to nvidia.com/gpu limit of 2",
            ]),
            (json!({"limits": {"hugepages-2Mi": "4Mi"}}), vec!["r: Forbidden: HugePages require cpu or memory"]),
            (json!({"limits": {"hugepages-2Mi": "3Mi", "cpu": 1}}), vec![
                "r: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of hugepages-2Mi",
            ]),
        ];
        for (requirements, expected) in table {
            assert_eq!(texts(requirements.clone()), expected, "{requirements}");
        }
    }
}
