//! What the server refuses of kinds without types of their own. The texts are those of Kubernetes' validation.

use serde_json::{Value, json};

use super::*;
use crate::api::{FieldError, Object};
use crate::apiserver::defaulting;

fn read(kind: Kind, fields: &Value) -> Object {
    let mut value = fields.clone();
    if value["metadata"].is_null() {
        value["metadata"] = if kind.info().namespaced { json!({"name": "a", "namespace": "default"}) } else { json!({"name": "a"}) };
    }
    let Some(mut object) = Object::from_value(kind, &value) else { panic!("no object: {value}") };
    defaulting::default(&mut object);
    object
}

fn other(object: &Object) -> &Other {
    object.as_other().unwrap_or_else(|| panic!("a kind with a type of its own"))
}

fn texts(check: impl FnOnce(&mut Causes)) -> Vec<String> {
    let mut causes = Causes::default();
    check(&mut causes);
    causes.into_vec().iter().map(FieldError::to_string).collect()
}

fn check(table: Vec<(Kind, Value, Vec<&str>)>) {
    for (kind, fields, expected) in table {
        let object = read(kind, &fields);
        assert_eq!(texts(|causes| validate_create(other(&object), causes)), expected, "{kind:?} {fields}");
    }
}

#[test]
fn configuration_and_storage() {
    let key = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
    let bad_key = format!("data[a b]: Invalid value: \"a b\": {key}");
    check(vec![
        (Kind::ConfigMap, json!({"data": {"a.b_c": "1"}}), vec![]),
        (Kind::ConfigMap, json!({"data": {"a b": "1"}}), vec![&bad_key]),
        (Kind::ConfigMap, json!({"data": {"a": "1"}, "binaryData": {"a": ""}}), vec![
            "data[a]: Invalid value: \"a\": duplicate of key present in binaryData",
            "binaryData[a]: Invalid value: \"a\": duplicate of key present in data",
        ]),
        (Kind::Secret, json!({"type": "kubernetes.io/tls", "stringData": {"tls.crt": "x"}}), vec!["data[tls.key]: Required value"]),
        (Kind::Secret, json!({"type": "kubernetes.io/basic-auth"}), vec!["data[username]: Required value", "data[password]: Required value"]),
        (Kind::Secret, json!({"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "{"}}), vec![
            "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": unexpected end of JSON input",
        ]),
        (Kind::Secret, json!({"type": "kubernetes.io/service-account-token"}), vec![
            "metadata.annotations[kubernetes.io/service-account.name]: Required value",
        ]),
        (Kind::PersistentVolumeClaim, json!({}), vec![
            "spec.accessModes: Required value: at least 1 access mode is required",
            "spec.resources[storage]: Required value",
        ]),
        (Kind::PersistentVolume, json!({"spec": {"accessModes": ["Once"], "capacity": {"storage": "0"}}}), vec![
            "spec.accessModes: Unsupported value: \"Once\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"",
            "spec.capacity[storage]: Invalid value: \"0\": must be greater than zero",
            "spec: Required value: must specify a volume type",
        ]),
        (Kind::StorageClass, json!({}), vec!["provisioner: Required value"]),
    ]);
}

#[test]
fn access_limits_and_workloads() {
    check(vec![
        (Kind::Role, json!({"rules": [{"verbs": []}]}), vec![
            "rules[0].verbs: Required value: verbs must contain at least one value",
            "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
            "rules[0].resources: Required value: resource rules must supply at least one resource",
        ]),
        (Kind::RoleBinding, json!({"roleRef": {"kind": "Rule"}, "subjects": [{"kind": "User"}]}), vec![
            "roleRef.kind: Unsupported value: \"Rule\": supported values: \"Role\", \"ClusterRole\"",
            "roleRef.name: Required value",
            "subjects[0].name: Required value",
        ]),
        (Kind::ResourceQuota, json!({"spec": {"hard": {"pods": -1, "cars": 1, "count/jobs.batch": 2}}}), vec![
            "spec.hard[cars]: Invalid value: \"cars\": must be a standard resource for quota",
            "spec.hard[pods]: Invalid value: \"-1\": must be greater than or equal to 0",
        ]),
        (Kind::LimitRange, json!({"spec": {"limits": [{"type": "Container", "min": {"cpu": 2}, "max": {"cpu": 1}, "default": {"cpu": 1}, "defaultRequest": {"cpu": 1}}]}}), vec![
            "spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1",
            "spec.limits[0].defaultRequest[cpu]: Invalid value: \"1\": min value 2 is greater than default request value 1",
            "spec.limits[0].default[cpu]: Invalid value: \"1\": min value 2 is greater than default value 1",
        ]),
        (Kind::PriorityClass, json!({"value": 2_000_000_000}), vec!["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"]),
        (Kind::CertificateSigningRequest, json!({"spec": {"request": "LS0t", "expirationSeconds": 60, "usages": ["signing", "all"]}}), vec![
            "spec.request: Invalid value: []byte{0x2d, 0x2d, 0x2d}: PEM block type must be CERTIFICATE REQUEST",
            "spec.usages[1]: Unsupported value: \"all\": supported values: \"any\", \"cert sign\", \"client auth\", \"code signing\", \"content commitment\", \"crl sign\", \"data encipherment\", \"decipher only\", \"digital signature\", \"email protection\", \"encipher only\", \"ipsec end system\", \"ipsec tunnel\", \"ipsec user\", \"key agreement\", \"key encipherment\", \"microsoft sgc\", \"netscape sgc\", \"ocsp signing\", \"s/mime\", \"server auth\", \"signing\", \"timestamping\"",
            "spec.signerName: Required value",
            "spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)",
        ]),
        (Kind::HorizontalPodAutoscaler, json!({"spec": {"minReplicas": 3, "maxReplicas": 1, "scaleTargetRef": {"kind": "Deployment"}}}), vec![
            "spec.maxReplicas: Invalid value: 1: must be greater than or equal to `minReplicas`",
            "spec.scaleTargetRef.name: Required value",
        ]),
        (Kind::StatefulSet, json!({"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "a"}]}}}}), vec![
            "spec.selector: Required value",
            "spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`",
        ]),
        (Kind::CustomResourceDefinition, json!({"spec": {"group": "b.c", "scope": "Cluster", "names": {"plural": "as", "kind": "A"}, "versions": [{"name": "v1", "storage": true}]}}), vec![
            "metadata.name: Invalid value: \"a\": must be spec.names.plural+\".\"+spec.group",
            "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required",
        ]),
    ]);
}

#[test]
fn changed_objects() {
    let frozen = "field is immutable when `immutable` is set";
    let immutable = [format!("immutable: Forbidden: {frozen}"), format!("data: Forbidden: {frozen}")];
    let role = |name: &str| json!({"roleRef": {"kind": "Role", "name": name}});
    let table: Vec<(Kind, Value, Value, Vec<&str>)> = vec![
        (Kind::ConfigMap, json!({"immutable": true, "data": {"a": "1"}}), json!({"data": {"a": "2"}}), immutable.iter().map(String::as_str).collect()),
        (Kind::Secret, json!({"type": "x/y"}), json!({"type": "x/z"}), vec!["type: Invalid value: \"x/z\": field is immutable"]),
        (Kind::RoleBinding, role("a"), role("b"), vec![
            "roleRef: Invalid value: rbac.RoleRef{APIGroup:\"rbac.authorization.k8s.io\", Kind:\"Role\", Name:\"b\"}: cannot change roleRef",
        ]),
        (Kind::StorageClass, json!({"provisioner": "a"}), json!({"provisioner": "b"}), vec!["provisioner: Forbidden: updates to provisioner are forbidden."]),
        (Kind::PriorityClass, json!({"value": 1}), json!({"value": 2}), vec!["value: Forbidden: may not be changed in an update."]),
    ];
    for (kind, old, new, expected) in table {
        let (old, new) = (read(kind, &old), read(kind, &new));
        assert_eq!(texts(|causes| validate_update(other(&new), other(&old), causes)), expected, "{kind:?}");
    }
}
