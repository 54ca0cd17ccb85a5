//! What is refused and what is filled in.

use serde_json::{Value, json};

use super::*;
use crate::apiserver::defaulting;
use crate::store::Store;

fn store() -> Store {
    let mut store = Store::default();
    for (name, phase) in [("default", "Active"), ("kube-system", "Active"), ("old", "Terminating")] {
        let mut namespace = Namespace { meta: ObjectMeta::named(name), ..Namespace::default() };
        namespace.status.phase = phase.into();
        store.put(Object::Namespace(Rc::new(namespace)));
    }
    store
}

fn admit(kind: Kind, value: &Value) -> Result<Object, String> {
    let Some(mut object) = Object::from_value(kind, value) else { panic!("not an object: {value}") };
    defaulting::default(&mut object);
    match admit_create(&mut object, store().view()) {
        Ok(()) => Ok(object),
        Err(error) => Err(error.message),
    }
}

fn pod(namespace: &str, fields: Value) -> Value {
    let mut spec = json!({"containers": [{"name": "m", "image": "a"}]});
    for (key, value) in fields.as_object().into_iter().flatten() {
        spec[key] = value.clone();
    }
    json!({"metadata": {"name": "p1", "namespace": namespace}, "spec": spec})
}

#[test]
fn refusals() {
    let table = [
        (pod("nosuch", json!({})), "namespaces \"nosuch\" not found"),
        (pod("old", json!({})), "pods \"p1\" is forbidden: unable to create new content in namespace old because it is being terminated"),
        (pod("default", json!({"serviceAccountName": "nosuch"})), "pods \"p1\" is forbidden: error looking up service account default/nosuch: serviceaccount \"nosuch\" not found"),
        (pod("default", json!({"priorityClassName": "nosuch"})), "pods \"p1\" is forbidden: no PriorityClass with name nosuch was found"),
        (pod("default", json!({"priority": 5})), "pods \"p1\" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name"),
    ];
    for (value, message) in table {
        assert_eq!(admit(Kind::Pod, &value), Err(message.to_owned()));
    }
    let mut generated = pod("old", json!({}));
    generated["metadata"]["generateName"] = json!("kubia-");
    let message = admit(Kind::Pod, &generated).err().unwrap_or_default();
    assert!(message.starts_with("pods \"kubia-\" is forbidden: "), "{message}");
    assert!(admit(Kind::Pod, &pod("kube-system", json!({"serviceAccountName": "coredns"}))).is_ok());
}

#[test]
fn a_pod_is_completed() {
    let Ok(Object::Pod(pod)) = admit(Kind::Pod, &pod("default", json!({}))) else { panic!("refused") };
    assert!(pod.mounts_token);
    let spec = pod.spec_value();
    let wait = |key: &str| json!({"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": 300});
    assert_eq!(spec["tolerations"], json!([wait("node.kubernetes.io/not-ready"), wait("node.kubernetes.io/unreachable")]));
    let fields = ["serviceAccount", "serviceAccountName", "priority", "preemptionPolicy", "enableServiceLinks"].map(|key| &spec[key]);
    assert_eq!(fields, [&json!("default"), &json!("default"), &json!(0), &json!("PreemptLowerPriority"), &json!(true)]);
    assert!(Rc::ptr_eq(&admit_spec(&pod.spec), &pod.spec), "nothing more to add");
}

#[test]
fn own_settings_stay() {
    let value = pod("default", json!({"terminationGracePeriodSeconds": -1, "automountServiceAccountToken": false,
        "priorityClassName": "system-node-critical", "tolerations": [{"operator": "Exists"}]}));
    let Ok(Object::Pod(pod)) = admit(Kind::Pod, &value) else { panic!("refused") };
    assert_eq!((pod.mounts_token, pod.spec.grace_seconds(), pod.spec.priority), (false, 1, Some(2_000_001_000)));
    assert_eq!(pod.spec.tolerations.len(), 1);
}

#[test]
fn namespaces_nodes_controllers() {
    let Ok(namespace) = admit(Kind::Namespace, &json!({"metadata": {"name": "n"}})) else { panic!("refused") };
    let namespace = namespace.to_value();
    assert_eq!((&namespace["spec"], &namespace["status"]), (&json!({"finalizers": ["kubernetes"]}), &json!({"phase": "Active"})));
    let Ok(Object::Node(node)) = admit(Kind::Node, &json!({"metadata": {"name": "n"}})) else { panic!("refused") };
    assert_eq!(node.spec.taints.iter().map(|taint| taint.key.as_str()).collect::<Vec<_>>(), ["node.kubernetes.io/not-ready"]);
    let controller = json!({"metadata": {"name": "r", "namespace": "default"}, "status": {"replicas": 7}});
    let Ok(Object::ReplicationController(controller)) = admit(Kind::ReplicationController, &controller) else { panic!("refused") };
    assert_eq!((controller.meta.generation, controller.status.replicas), (1, 0));
}

#[test]
fn a_change_keeps_what_the_server_gave() {
    let value = pod("default", json!({}));
    let Ok(old) = admit(Kind::Pod, &value) else { panic!("refused") };
    let Some(mut new) = Object::from_value(Kind::Pod, &value) else { panic!("no pod") };
    defaulting::default(&mut new);
    admit_update(&mut new, &old);
    let (Object::Pod(new), Object::Pod(old)) = (new, old) else { panic!("no pods") };
    assert_eq!((new.spec.priority, new.spec.tolerations.len()), (Some(0), 2));
    assert_eq!((new.spec.preemption_policy.as_str(), new.spec.service_account_name.as_str()), ("PreemptLowerPriority", ""));
    assert_eq!(new.spec.tolerations, old.spec.tolerations);

    let namespace = |fields: Value| Object::from_value(Kind::Namespace, &json!({"metadata": {"name": "n"}, "spec": fields}));
    let (Some(mut new), Some(old)) = (namespace(json!({})), namespace(json!({"finalizers": ["kubernetes"]}))) else { panic!() };
    admit_update(&mut new, &old);
    assert_eq!(new, old);
}

#[test]
fn some_namespaces_stay_and_the_classes_of_the_system() {
    let delete = |name: &str| admit_delete(&ObjectKey::new(Kind::Namespace, "", name)).map_err(|error| error.message);
    assert_eq!(delete("default"), Err("namespaces \"default\" is forbidden: this namespace may not be deleted".to_owned()));
    assert_eq!(delete("mine"), Ok(()));
    let delete = |name: &str| admit_delete(&ObjectKey::new(Kind::PriorityClass, "", name)).map_err(|error| error.message);
    let why = "priorityclasses.scheduling.k8s.io \"system-node-critical\" is forbidden: this is a system priority class and cannot be deleted";
    assert_eq!(delete("system-node-critical"), Err(why.to_owned()));
    assert_eq!(delete("high"), Ok(()));
}
