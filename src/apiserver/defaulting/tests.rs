//! What is filled in, by field.

use serde_json::{Value, json};

use super::*;
use crate::api::{Json, Kind, PodSpec};

fn filled(kind: Kind, value: Value) -> Value {
    let Some(mut object) = Object::from_value(kind, &value) else { panic!("not an object: {value}") };
    default(&mut object);
    let once = object.clone();
    default(&mut object);
    assert_eq!(object, once, "filling in twice changes nothing more");
    object.to_value()
}

fn pod_spec(spec: Value) -> Value {
    filled(Kind::Pod, json!({"metadata": {"name": "p"}, "spec": spec}))["spec"].clone()
}

#[test]
fn a_small_pod() {
    let spec = pod_spec(json!({"containers": [{"name": "m", "image": "luksa/kubia", "ports": [{"containerPort": 8080}]}]}));
    assert_eq!(spec, json!({
        "containers": [{"name": "m", "image": "luksa/kubia", "imagePullPolicy": "Always", "resources": {},
            "ports": [{"containerPort": 8080, "protocol": "TCP"}],
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
        "dnsPolicy": "ClusterFirst", "enableServiceLinks": true, "restartPolicy": "Always",
        "schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30,
    }));
}

#[test]
fn probes_and_hooks() {
    let container = json!({"name": "m", "image": "a:1",
        "livenessProbe": {"httpGet": {"port": 80}, "timeoutSeconds": 0}, "readinessProbe": {"grpc": {"port": 9}, "periodSeconds": 3},
        "lifecycle": {"preStop": {"httpGet": {"port": "web"}}}});
    let spec = pod_spec(json!({"containers": [container]}));
    let container = &spec["containers"][0];
    assert_eq!(container["livenessProbe"], json!({"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1,
        "timeoutSeconds": 1, "httpGet": {"path": "/", "port": 80, "scheme": "HTTP"}}));
    assert_eq!(container["readinessProbe"]["grpc"], json!({"port": 9, "service": ""}));
    assert_eq!(container["readinessProbe"]["periodSeconds"], json!(3));
    assert_eq!(container["lifecycle"]["preStop"]["httpGet"], json!({"path": "/", "port": "web", "scheme": "HTTP"}));
    assert_eq!(container["imagePullPolicy"], json!("IfNotPresent"));
}

#[test]
fn volumes_and_variables() {
    let spec = pod_spec(json!({
        "volumes": [{"name": "a"}, {"name": "b", "hostPath": {"path": "/"}}, {"name": "c", "configMap": {"name": "x"}},
            {"name": "d", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {"name": "e", "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
            {"name": "f", "emptyDir": {"sizeLimit": "1024Mi"}}],
        "containers": [{"name": "m", "image": "a", "stdin": false, "tty": true, "env": [
            {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]}],
    }));
    assert_eq!(spec["volumes"], json!([
        {"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/", "type": ""}},
        {"name": "c", "configMap": {"name": "x", "defaultMode": 420}},
        {"name": "d", "projected": {"defaultMode": 420, "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}]}},
        {"name": "e", "downwardAPI": {"defaultMode": 420, "items": [{"path": "l", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels"}}]}},
        {"name": "f", "emptyDir": {"sizeLimit": "1Gi"}},
    ]));
    let container = &spec["containers"][0];
    assert_eq!(container["env"][0]["valueFrom"]["fieldRef"]["apiVersion"], json!("v1"));
    assert_eq!(container["env"][1]["valueFrom"]["resourceFieldRef"]["divisor"], json!("0"));
    assert_eq!((container.get("stdin"), &container["tty"]), (None, &json!(true)));
}

#[test]
fn what_a_pod_has_and_a_template_has_not() {
    let spec = json!({"hostNetwork": true, "serviceAccount": "a", "containers": [{"name": "m", "image": "a:1",
        "ports": [{"containerPort": 80}], "resources": {"limits": {"cpu": "1", "memory": "1Mi"}, "requests": {"cpu": "500m"}}}]});
    let pod = pod_spec(spec.clone());
    assert_eq!(pod["containers"][0]["resources"]["requests"], json!({"cpu": "500m", "memory": "1Mi"}));
    assert_eq!(pod["containers"][0]["ports"][0]["hostPort"], json!(80));
    assert_eq!((&pod["serviceAccountName"], &pod["serviceAccount"]), (&json!("a"), &json!("a")));
    let controller = json!({"metadata": {"name": "r"}, "spec": {"template": {"metadata": {"labels": {"app": "x"}}, "spec": spec}}});
    let controller = filled(Kind::ReplicationController, controller);
    let template = &controller["spec"]["template"]["spec"];
    assert_eq!(template["containers"][0]["resources"]["requests"], json!({"cpu": "500m"}));
    assert_eq!(template["containers"][0]["ports"][0], json!({"containerPort": 80, "protocol": "TCP"}));
    assert_eq!(template.get("enableServiceLinks"), None);
    let labels = json!({"app": "x"});
    assert_eq!((&controller["spec"]["selector"], &controller["metadata"]["labels"]), (&labels, &labels));
    assert_eq!(controller["spec"]["replicas"], json!(1));
}

#[test]
fn namespaces_and_nodes() {
    let namespace = filled(Kind::Namespace, json!({"metadata": {"name": "n", "labels": {"a": "b"}}}));
    assert_eq!(namespace["metadata"]["labels"], json!({"a": "b", "kubernetes.io/metadata.name": "n"}));
    let node = filled(Kind::Node, json!({"metadata": {"name": "n"}, "spec": {"podCIDR": "10.0.0.0/24"}, "status": {"capacity": {"cpu": "2"}}}));
    assert_eq!((&node["status"]["allocatable"], &node["spec"]["podCIDRs"]), (&json!({"cpu": "2"}), &json!(["10.0.0.0/24"])));
}

#[test]
fn a_complete_spec_stays_shared() {
    let plain = json!({"containers": [{"name": "m", "image": "a", "livenessProbe": {"httpGet": {"port": 1}}, "ports": [{"containerPort": 1}]}]});
    let with_volume = json!({"containers": [{"name": "m", "image": "a"}], "volumes": [{"name": "v"}], "hostPID": true});
    for spec in [plain, with_volume] {
        let spec = Rc::new(PodSpec::read(&spec));
        let filled = default_pod_spec(&spec);
        assert!(!Rc::ptr_eq(&spec, &filled));
        assert!(Rc::ptr_eq(&filled, &default_pod_spec(&filled)));
        assert!(Rc::ptr_eq(&filled, &default_template_spec(&filled)));
    }
}
