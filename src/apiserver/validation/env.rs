//! The environment of a container, and the references to fields that it shares with downward API volumes.
//! Models pkg/apis/core/validation/validation.go ValidateEnv, ValidateEnvFrom, validateObjectFieldSelector.

use serde_json::Value;

use super::json::{set, text};
use super::names;
use super::path::{Causes, FieldPath};
use crate::api::{EnvVar, Quantity};

/// Fields of a pod that a variable may show.
const ENV_FIELDS: [&str; 9] = [
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
    "status.hostIPs", "status.podIP", "status.podIPs",
];
/// Fields of a pod that a file may show.
pub const FILE_FIELDS: [&str; 5] = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
/// Fields that exist but that a variable may not show.
const OTHER_FIELDS: [&str; 4] = ["spec.restartPolicy", "spec.schedulerName", "status.phase", "spec.host"];
const RESOURCE_FIELDS: [&str; 6] = [
    "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
];
const BYTE_DIVISORS: [&str; 13] = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/// Variables.
pub fn validate_env(variables: &[EnvVar], path: &FieldPath, causes: &mut Causes) {
    for (index, variable) in variables.iter().enumerate() {
        let path = path.index(index);
        if variable.name.is_empty() {
            causes.required(&path.child("name"), "");
        } else {
            causes.invalid_each(&path.child("name"), &variable.name, names::env_var_name(&variable.name));
        }
        if let Some(source) = &variable.value_from {
            validate_value_from(source, !variable.value.is_empty(), &path.child("valueFrom"), causes);
        }
    }
}

fn validate_value_from(source: &Value, has_value: bool, path: &FieldPath, causes: &mut Causes) {
    let mut count = 0;
    if let Some(field) = set(source, "fieldRef") {
        count += 1;
        validate_field_ref(field, &ENV_FIELDS, &path.child("fieldRef"), causes);
    }
    if let Some(resource) = set(source, "resourceFieldRef") {
        count += 1;
        validate_resource_ref(resource, ContainerName::Implied, &path.child("resourceFieldRef"), causes);
    }
    for key in ["configMapKeyRef", "secretKeyRef"] {
        if let Some(selector) = set(source, key) {
            count += 1;
            validate_key_ref(selector, &path.child(key), causes);
        }
    }
    if count == 0 {
        let detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
        causes.invalid(path, "", detail);
    } else if has_value {
        causes.invalid(path, "", "may not be specified when `value` is not empty");
    } else if count > 1 {
        causes.invalid(path, "", "may not have more than one field specified at a time");
    }
}

/// A reference to a field of the pod.
pub fn validate_field_ref(field: &Value, allowed: &[&str], path: &FieldPath, causes: &mut Causes) {
    let (version, name) = (text(field, "apiVersion"), text(field, "fieldPath"));
    for (key, value) in [("apiVersion", version), ("fieldPath", name)] {
        if value.is_empty() {
            causes.required(&path.child(key), "");
            return;
        }
    }
    if let Some(problem) = conversion_problem(version, name) {
        causes.invalid(&path.child("fieldPath"), name, format!("error converting fieldPath: {problem}"));
        return;
    }
    if let Some((map, key)) = subscript(name) {
        let key = if map == "metadata.annotations" { key.to_ascii_lowercase() } else { key.to_owned() };
        causes.invalid_each(path, &key, names::qualified_name(&key));
        return;
    }
    let name = if name == "spec.host" { "spec.nodeName" } else { name };
    if !allowed.contains(&name) {
        causes.not_supported(&path.child("fieldPath"), name, allowed);
    }
}

/// Models pkg/apis/core/pods/helpers.go ConvertDownwardAPIFieldLabel.
fn conversion_problem(version: &str, name: &str) -> Option<String> {
    if version != "v1" {
        return Some(format!("unsupported pod version: {version}"));
    }
    if let Some((map, _)) = subscript(name) {
        let known = ["metadata.annotations", "metadata.labels"].contains(&map);
        return (!known).then(|| format!("field label does not support subscript: {name}"));
    }
    let known = [&ENV_FIELDS[..], &FILE_FIELDS, &OTHER_FIELDS].iter().any(|fields| fields.contains(&name));
    (!known).then(|| format!("field label not supported: {name}"))
}

/// `metadata.labels['app']` in its two parts.
fn subscript(name: &str) -> Option<(&str, &str)> {
    let (map, key) = name.strip_suffix("']")?.split_once("['")?;
    (!map.is_empty()).then_some((map, key))
}

/// Whether a reference to a container's resources must name the container.
#[derive(Clone, Copy, PartialEq)]
pub enum ContainerName {
    /// It is the one whose variable this is.
    Implied,
    /// A volume belongs to no container.
    Needed,
}

/// A reference to a container's resources.
pub fn validate_resource_ref(field: &Value, container: ContainerName, path: &FieldPath, causes: &mut Causes) {
    let resource = text(field, "resource");
    if container == ContainerName::Needed && text(field, "containerName").is_empty() {
        causes.required(&path.child("containerName"), "");
    } else if resource.is_empty() {
        causes.required(&path.child("resource"), "");
    } else if !RESOURCE_FIELDS.contains(&resource) && huge_pages(resource).is_none() {
        causes.not_supported(&path.child("resource"), resource, &RESOURCE_FIELDS);
    }
    validate_divisor(field, resource, path, causes);
}

fn huge_pages(resource: &str) -> Option<&str> {
    resource.strip_prefix("requests.hugepages-").or_else(|| resource.strip_prefix("limits.hugepages-"))
}

fn validate_divisor(field: &Value, resource: &str, path: &FieldPath, causes: &mut Causes) {
    let Some(divisor) = field.get("divisor") else { return };
    let divisor: Quantity = crate::api::Json::read(divisor);
    let printed = divisor.to_string();
    if divisor.milli() == 0 {
        return;
    }
    let bytes = match resource.split_once('.') {
        Some((_, "cpu")) if !["1m", "1"].contains(&printed.as_str()) => {
            let detail = "only divisor's values 1m and 1 are supported with the cpu resource";
            return causes.invalid(&path.child("divisor"), resource, detail);
        }
        Some((_, "memory")) => "memory",
        Some((_, "ephemeral-storage")) => "local ephemeral storage",
        Some(_) if huge_pages(resource).is_some() => "hugepages",
        _ => return,
    };
    if !BYTE_DIVISORS.contains(&printed.as_str()) {
        let list = BYTE_DIVISORS.join(", ");
        let detail = format!("only divisor's values {list} are supported with the {bytes} resource");
        causes.invalid(&path.child("divisor"), resource, detail);
    }
}

fn validate_key_ref(selector: &Value, path: &FieldPath, causes: &mut Causes) {
    let (name, key) = (text(selector, "name"), text(selector, "key"));
    causes.invalid_each(&path.child("name"), name, names::dns1123_subdomain(name));
    if key.is_empty() {
        causes.required(&path.child("key"), "");
    } else {
        causes.invalid_each(&path.child("key"), key, names::config_map_key(key));
    }
}

/// Whole ConfigMaps and Secrets.
pub fn validate_env_from(sources: &[Value], path: &FieldPath, causes: &mut Causes) {
    for (index, source) in sources.iter().enumerate() {
        let item = path.index(index);
        let prefix = text(source, "prefix");
        if !prefix.is_empty() {
            causes.invalid_each(&item.child("prefix"), prefix, names::env_var_name(prefix));
        }
        let mut count = 0;
        for key in ["configMapRef", "secretRef"] {
            let Some(reference) = set(source, key) else { continue };
            count += 1;
            let (name, path) = (text(reference, "name"), item.child(key).child("name"));
            if name.is_empty() {
                causes.required(&path, "");
            } else {
                // A dash may end the name: Kubernetes checks it as a prefix here.
                causes.invalid_each(&path, name, names::subdomain_rule(name, names::NameUse::Prefix));
            }
        }
        match count {
            0 => causes.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => causes.invalid(path, "", "may not have more than one field specified at a time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Json;

    fn texts(variable: Value) -> Vec<String> {
        let mut causes = Causes::default();
        validate_env(&[EnvVar::read(&variable)], &FieldPath::new("env"), &mut causes);
        causes.into_vec().iter().map(|cause| cause.to_string()).collect()
    }

    #[test]
    fn variables() {
        let field = |path: &str| json!({"fieldRef": {"apiVersion": "v1", "fieldPath": path}});
        let table = [
            (json!({"name": "1 A", "value": "x"}), vec![]),
            (json!({"value": "x"}), vec!["env[0].name: Required value"]),
            (json!({"name": "A=B"}), vec![
                "env[0].name: Invalid value: \"A=B\": a valid environment variable name must consist only of printable ASCII characters other than '='",
            ]),
            (json!({"name": "A", "valueFrom": {}}), vec![
                "env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
            ]),
            (json!({"name": "A", "value": "x", "valueFrom": field("metadata.name")}), vec![
                "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty",
            ]),
            (json!({"name": "A", "valueFrom": field("metadata.labels['app']")}), vec![]),
            (json!({"name": "A", "valueFrom": field("spec.foo")}), vec![
                "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.foo\": error converting fieldPath: field label not supported: spec.foo",
            ]),
            (json!({"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1"}}}), vec![
                "env[0].valueFrom.fieldRef.fieldPath: Required value",
            ]),
            (json!({"name": "A", "valueFrom": {"configMapKeyRef": {"name": "c", "key": ""}}}), vec![
                "env[0].valueFrom.configMapKeyRef.key: Required value",
            ]),
            (json!({"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}), vec![]),
            (json!({"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "3"}}}), vec![
                "env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.memory\": only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource",
            ]),
        ];
        for (variable, expected) in table {
            assert_eq!(texts(variable.clone()), expected, "{variable}");
        }
        let wrong = texts(json!({"name": "A", "valueFrom": field("status.phase")}));
        assert!(wrong[0].starts_with("env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\": supported values: \"metadata.name\","));
    }

    #[test]
    fn whole_maps() {
        let mut causes = Causes::default();
        let sources = [json!({"configMapRef": {"name": "c"}}), json!({"prefix": "="}), json!({"secretRef": {}})];
        validate_env_from(&sources, &FieldPath::new("envFrom"), &mut causes);
        let paths: Vec<String> = causes.into_vec().iter().map(|cause| cause.path.clone()).collect();
        assert_eq!(paths, ["envFrom[1].prefix", "envFrom", "envFrom[2].secretRef.name"]);
    }
}
