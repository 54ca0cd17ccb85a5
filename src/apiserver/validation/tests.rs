//! Whole objects and all that is wrong with them, in order.

use serde_json::{Value, json};

use super::*;
use crate::api::Kind;
use crate::apiserver::defaulting;

/// What is wrong with an object once it has been defaulted.
fn texts(kind: Kind, value: Value) -> Vec<String> {
    let Some(mut object) = Object::from_value(kind, &value) else { panic!("not an object: {value}") };
    defaulting::default(&mut object);
    validate_create(&object).iter().map(|cause| cause.to_string()).collect()
}

fn pod(spec: Value) -> Value {
    json!({"metadata": {"name": "p", "namespace": "default"}, "spec": spec})
}

fn with_container(fields: Value) -> Value {
    let mut container = json!({"name": "main", "image": "luksa/kubia"});
    for (key, value) in fields.as_object().into_iter().flatten() {
        container[key] = value.clone();
    }
    pod(json!({"containers": [container]}))
}

#[test]
fn several_causes_come_in_order() {
    let value = json!({"metadata": {"name": "P1", "namespace": "default"}, "spec": {"restartPolicy": "Sometimes",
        "containers": [{"name": "Main", "ports": [{"containerPort": 99999}]}]}});
    let causes = texts(Kind::Pod, value);
    let starts = [
        "metadata.name: Invalid value: \"P1\": a lowercase RFC 1123 subdomain",
        "spec.containers[0].name: Invalid value: \"Main\": a lowercase RFC 1123 label",
        "spec.containers[0].image: Required value",
        "spec.containers[0].ports[0].containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive",
        "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"",
    ];
    assert_eq!(causes.len(), starts.len(), "{causes:#?}");
    for (cause, start) in causes.iter().zip(starts) {
        assert!(cause.starts_with(start), "{cause}");
    }
}

#[test]
fn containers() {
    let table = [
        (json!({}), vec![]),
        (json!({"image": " luksa/kubia"}), vec![
            "spec.containers[0].image: Invalid value: \" luksa/kubia\": must not have leading or trailing whitespace",
        ]),
        (json!({"imagePullPolicy": "Maybe"}), vec![
            "spec.containers[0].imagePullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"",
        ]),
        (json!({"volumeMounts": [{"name": "v", "mountPath": "/v"}]}), vec![
            "spec.containers[0].volumeMounts[0].name: Not found: \"v\"",
        ]),
        (json!({"ports": [{"containerPort": 80, "hostPort": 90}, {"containerPort": 81, "hostPort": 90}]}), vec![
            "spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//90\"",
        ]),
        (json!({"ports": [{"name": "a", "containerPort": 80}, {"name": "a", "containerPort": 81}]}), vec![
            "spec.containers[0].ports[1].name: Duplicate value: \"a\"",
        ]),
        (json!({"ports": [{"containerPort": 80, "protocol": "HTTP"}]}), vec![
            "spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
        ]),
        (json!({"restartPolicy": "Always"}), vec![
            "spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers",
        ]),
        (json!({"terminationMessagePolicy": "X"}), vec![
            "spec.containers[0].terminationMessagePolicy: Unsupported value: \"X\": supported values: \"File\", \"FallbackToLogsOnError\"",
        ]),
    ];
    for (fields, expected) in table {
        assert_eq!(texts(Kind::Pod, with_container(fields.clone())), expected, "{fields}");
    }
}

#[test]
fn init_containers() {
    let init = json!([
        {"name": "main", "image": "a"}, {"name": "x", "image": "a", "restartPolicy": "Never"},
        {"name": "y", "image": "a", "livenessProbe": {"exec": {"command": ["a"]}}},
        {"name": "z", "image": "a", "restartPolicy": "Always", "livenessProbe": {"exec": {"command": ["a"]}}},
    ]);
    let spec = json!({"containers": [{"name": "main", "image": "b"}], "initContainers": init});
    assert_eq!(texts(Kind::Pod, pod(spec)), [
        "spec.initContainers[0].name: Duplicate value: \"main\"",
        "spec.initContainers[1].restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
        "spec.initContainers[2].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always",
    ]);
}

#[test]
fn pods() {
    let containers = json!([{"name": "main", "image": "luksa/kubia"}]);
    let table = [
        (json!({}), vec!["spec.containers: Required value"]),
        (json!({"containers": containers, "hostname": "a.b"}), vec![
            "spec.hostname: Invalid value: \"a.b\": must not contain dots",
        ]),
        (json!({"containers": containers, "activeDeadlineSeconds": 0}), vec![
            "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
        ]),
        (json!({"containers": containers, "dnsPolicy": "None"}), vec![
            "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
        ]),
        (json!({"containers": containers, "dnsPolicy": "Mine"}), vec![
            "spec.dnsPolicy: Unsupported value: \"Mine\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", \"None\"",
        ]),
        (json!({"containers": containers, "tolerations": [{"key": "a", "effect": "Evict"}]}), vec![
            "spec.tolerations[0].effect: Unsupported value: \"Evict\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
        ]),
        (json!({"containers": containers, "hostAliases": [{"ip": "1.2.3", "hostnames": ["a"]}]}), vec![
            "spec.hostAliases[0].ip: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ]),
        (json!({"containers": [{"name": "m", "image": "i", "ports": [{"containerPort": 80, "hostPort": 90}]}], "hostNetwork": true}), vec![
            "spec.containers[0].ports[0].hostPort: Invalid value: 90: must match `containerPort` when `hostNetwork` is true",
        ]),
        (json!({"containers": containers, "terminationGracePeriodSeconds": -1}), vec![]),
    ];
    for (spec, expected) in table {
        assert_eq!(texts(Kind::Pod, pod(spec.clone())), expected, "{spec}");
    }
}

fn controller(spec: Value) -> Value {
    json!({"metadata": {"name": "r", "namespace": "default"}, "spec": spec})
}

#[test]
fn replication_controllers() {
    let template = |policy: &str| {
        let spec = json!({"containers": [{"name": "m", "image": " i"}], "restartPolicy": policy});
        json!({"metadata": {"labels": {"app": "kubia"}}, "spec": spec})
    };
    let table = [
        (json!({"template": template("Always")}), vec![]),
        (json!({"selector": {"app": "a"}}), vec!["spec.template: Required value"]),
        (json!({"selector": {"app": "x"}, "template": template("Always")}), vec![
            "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"kubia\"}: `selector` does not match template `labels`",
        ]),
        (json!({"replicas": -1, "minReadySeconds": -2, "template": template("Never")}), vec![
            "spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0",
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
        ]),
        (json!({"template": {"spec": {"containers": [{"name": "m", "image": "i"}]}}}), vec!["spec.selector: Required value"]),
    ];
    for (spec, expected) in table {
        assert_eq!(texts(Kind::ReplicationController, controller(spec.clone())), expected, "{spec}");
    }
}

#[test]
fn namespaces_and_nodes() {
    assert_eq!(texts(Kind::Namespace, json!({"metadata": {"name": "a.b"}})), [
        "metadata.name: Invalid value: \"a.b\": must not contain dots",
    ]);
    let taint = |effect: &str| json!({"key": "a", "effect": effect});
    let node = json!({"metadata": {"name": "n"}, "spec": {"podCIDRs": ["10.0.0.0/33"],
        "taints": [taint("NoSchedule"), taint("NoSchedule"), taint("Evict"), taint("")]}, "status": {"capacity": {"cpu": "-1"}}});
    assert_eq!(texts(Kind::Node, node), [
        "metadata.taints[1]: Duplicate value: core.Taint{Key:\"a\", Value:\"\", Effect:\"NoSchedule\", TimeAdded:<nil>}: taints must be unique by key and effect pair",
        "metadata.taints[2].effect: Unsupported value: \"Evict\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
        "metadata.taints[3].effect: Required value",
        "status.capacity.cpu: Invalid value: \"-1\": must be greater than or equal to 0",
        "status.allocatable.cpu: Invalid value: \"-1\": must be greater than or equal to 0",
        "spec.podCIDRs[0]: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
    ]);
}

/// The causes of a change, without the diff.
fn update_texts(kind: Kind, old: &Value, new: &Value) -> Vec<String> {
    let read = |value: &Value| {
        let Some(mut object) = Object::from_value(kind, value) else { panic!("not an object: {value}") };
        defaulting::default(&mut object);
        object
    };
    let causes = validate_update(&read(new), &read(old));
    causes.iter().map(|cause| cause.to_string().lines().next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn what_of_a_pod_may_change() {
    let old = pod(json!({"containers": [{"name": "m", "image": "a"}], "activeDeadlineSeconds": 50,
        "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}]}));
    let mut allowed = old.clone();
    allowed["metadata"]["labels"] = json!({"a": "b"});
    allowed["spec"]["containers"][0]["image"] = json!("b");
    allowed["spec"]["activeDeadlineSeconds"] = json!(40);
    allowed["spec"]["tolerations"] = json!([{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 6},
        {"key": "b", "operator": "Exists"}]);
    assert_eq!(update_texts(Kind::Pod, &old, &allowed), [""; 0]);

    let refusal = "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,\
        `spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),\
        `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
    let table = [
        ("/spec/containers/0/name", json!("x"), refusal),
        ("/spec/activeDeadlineSeconds", json!(60), "spec.activeDeadlineSeconds: Invalid value: 60: must be less than or equal to previous value"),
        ("/spec/activeDeadlineSeconds", Value::Null, "spec.activeDeadlineSeconds: Invalid value: \"null\": must not update from a positive integer to nil value"),
        ("/spec/tolerations", json!([]), "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"),
        ("/spec/containers", json!([]), "spec.containers: Required value"),
    ];
    for (place, value, expected) in table {
        let mut new = old.clone();
        let Some(field) = new.pointer_mut(place) else { panic!("no {place}") };
        *field = value;
        assert_eq!(update_texts(Kind::Pod, &old, &new).first().map(String::as_str), Some(expected), "{place}");
    }
    let mut new = old.clone();
    new["spec"]["containers"][0]["resources"] = json!({"requests": {"cpu": "1"}});
    assert_eq!(update_texts(Kind::Pod, &old, &new), ["metadata: Invalid value: \"BestEffort\": Pod QoS is immutable", refusal]);
}

#[test]
fn what_of_a_controller_may_change() {
    let old = controller(json!({"replicas": 1, "selector": {"app": "a"}, "template": {"metadata": {"labels": {"app": "a"}},
        "spec": {"containers": [{"name": "m", "image": "i"}]}}}));
    let mut both = old.clone();
    both["spec"]["selector"]["app"] = json!("b");
    assert_eq!(update_texts(Kind::ReplicationController, &old, &both), [
        "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"a\"}: `selector` does not match template `labels`",
    ]);
    both["spec"]["template"]["metadata"]["labels"]["app"] = json!("b");
    assert_eq!(update_texts(Kind::ReplicationController, &old, &both), [""; 0]);
}
