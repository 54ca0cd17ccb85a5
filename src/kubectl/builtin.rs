//! What a cluster shows without anybody having made it: the priority classes and roles that the API server itself brings, the state
//! of components, the leases of nodes. They are shown, not kept: nothing here can be changed.
//! Models pkg/registry/scheduling/rest/storage_scheduling.go, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go (the four
//! roles for people; those of the system's own parts are left out), pkg/registry/core/componentstatus.

use serde_json::{Value, json};

use crate::api::{Kind, Object, ObjectKey, Uid};
use crate::base::{Name, SimTime};
use crate::engine::{Component, World};
use crate::runtime::Power;
use crate::store::View;

/// Whether some objects of a kind come from here by a look at the store alone.
pub(super) fn brings(kind: Kind) -> bool {
    matches!(kind, Kind::PriorityClass | Kind::ClusterRole | Kind::ClusterRoleBinding)
}

/// Whether all objects of a kind come from here, by a look at the world.
pub(super) fn shows(kind: Kind) -> bool {
    matches!(kind, Kind::ComponentStatus | Kind::Lease)
}

/// What kubectl says before it shows the state of components.
pub(super) const COMPONENTS_ARE_OLD: &str = "Warning: v1 ComponentStatus is deprecated in v1.19+\n";

/// The objects of a kind that every cluster has.
#[inline(never)]
pub(super) fn of(kind: Kind, view: View<'_>) -> Vec<Object> {
    let class = |name: &str, value: i64, text: &str| {
        let description = format!("Used for system critical pods that {text}.");
        (name.to_owned(), json!({"value": value, "preemptionPolicy": "PreemptLowerPriority", "description": description}))
    };
    let made = match kind {
        Kind::PriorityClass => vec![
            class("system-cluster-critical", 2_000_000_000, "must run in the cluster, but can be moved to another node if necessary"),
            class("system-node-critical", 2_000_001_000, "must not be moved from their current node"),
        ],
        Kind::ClusterRole => ROLES.iter().map(|name| ((*name).to_owned(), json!({"rules": rules(name)}))).collect(),
        Kind::ClusterRoleBinding => [("cluster-admin", "system:masters"), ("kubeadm:cluster-admins", "kubeadm:cluster-admins")].map(|(name, group)| {
            let group = json!([{"apiGroup": GROUP, "kind": "Group", "name": group}]);
            (name.to_owned(), json!({"roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "cluster-admin"}, "subjects": group}))
        }).into(),
        _ => Vec::new(),
    };
    let created = view.get(&ObjectKey::new(Kind::Namespace, Name::default(), "kube-system")).map(|object| object.meta().creation);
    made.into_iter().enumerate().filter_map(|(at, (name, value))| object(kind, "", &name, value, at, created.unwrap_or_default())).collect()
}

/// All objects of a kind that `shows` names.
#[inline(never)]
pub(super) fn seen(kind: Kind, world: &World) -> Vec<Object> {
    let start = world.view().get(&ObjectKey::new(Kind::Namespace, Name::default(), "kube-system")).map(|object| object.meta().creation);
    let start = start.unwrap_or_default();
    if kind == Kind::Lease {
        return world.view().nodes().enumerate().filter_map(|(at, node)| {
            let renewed = world.machine(&node.meta.name)?.last_heartbeat(world.now());
            let name = node.meta.name.as_str();
            let spec = json!({"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": renewed.rfc3339_micro()});
            object(kind, "kube-node-lease", name, json!({"spec": spec}), at, node.meta.creation)
        }).collect();
    }
    let state = |name: &str, port: u16, component: Option<Component>| {
        let is_on = component.is_none_or(|component| world.component_power(component) == Power::On);
        let url = format!("https://127.0.0.1:{port}/healthz");
        let message = if is_on { "ok".to_owned() } else { format!("Get \"{url}\": dial tcp 127.0.0.1:{port}: connect: connection refused") };
        (name.to_owned(), json!({"conditions": [{"message": message, "status": if is_on { "True" } else { "False" }, "type": "Healthy"}]}))
    };
    let all = [
        state("controller-manager", 10_257, Some(Component::ControllerManager)), state("etcd-0", 2379, None),
        state("scheduler", 10_259, Some(Component::Scheduler)),
    ];
    all.into_iter().enumerate().filter_map(|(at, (name, value))| object(kind, "", &name, value, at, start)).collect()
}

fn object(kind: Kind, namespace: &str, name: &str, mut value: Value, at: usize, created: SimTime) -> Option<Object> {
    value["metadata"] = json!({"name": name});
    let mut object = Object::from_value(kind, &value)?;
    let meta = object.meta_mut();
    meta.namespace = namespace.into();
    if kind != Kind::ComponentStatus {
        meta.creation = created;
        meta.resource_version = at as u64 + 100;
        meta.uid = Uid((kind as u128) << 64 | at as u128 | 1 << 120).as_printed();
    }
    Some(object)
}

const GROUP: &str = "rbac.authorization.k8s.io";
const READ: &str = "get list watch";
const WRITE: &str = "create delete deletecollection patch update";

/// The roles for people.
const ROLES: [&str; 4] = ["admin", "cluster-admin", "edit", "view"];

/// What may be read by everybody who may read: group and resources.
const VIEWED: &[(&str, &str)] = &[
    ("", "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale \
          serviceaccounts services services/status bindings events limitranges namespaces/status pods/log pods/status \
          replicationcontrollers/status resourcequotas resourcequotas/status namespaces"),
    ("discovery.k8s.io", "endpointslices"),
    ("apps", "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets \
              replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"),
    ("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
    ("batch", "cronjobs cronjobs/status jobs jobs/status"),
    ("policy", "poddisruptionbudgets poddisruptionbudgets/status"),
    ("networking.k8s.io", "ingresses ingresses/status networkpolicies"),
];
/// What may be written by those who may edit.
const EDITED: &[(&str, &str)] = &[
    ("", "pods pods/attach pods/exec pods/portforward pods/proxy configmaps events persistentvolumeclaims replicationcontrollers \
          replicationcontrollers/scale secrets serviceaccounts services services/proxy"),
    ("apps", "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs jobs"),
    ("policy", "poddisruptionbudgets"),
    ("networking.k8s.io", "ingresses networkpolicies"),
];

fn rule(group: &str, resources: &str, verbs: &str) -> Value {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    json!({"apiGroups": [group], "resources": words(resources), "verbs": words(verbs)})
}

/// The rules of a role for people.
fn rules(role: &str) -> Vec<Value> {
    let of = |table: &[(&str, &str)], verbs: &str| table.iter().map(|(group, resources)| rule(group, resources, verbs)).collect::<Vec<_>>();
    match role {
        "cluster-admin" => vec![rule("*", "*", "*"), json!({"nonResourceURLs": ["*"], "verbs": ["*"]})],
        "view" => of(VIEWED, READ),
        "edit" => {
            let mut all = vec![rule("", "secrets pods/attach pods/exec pods/portforward pods/proxy services/proxy", READ)];
            all.push(rule("", "serviceaccounts", "impersonate"));
            all.push(rule("", "pods/eviction serviceaccounts/token", "create"));
            all.push(rule("coordination.k8s.io", "leases", &format!("{WRITE} {READ}")));
            [all, of(EDITED, WRITE), rules("view")].concat()
        }
        _ => {
            let own = vec![
                rule("authorization.k8s.io", "localsubjectaccessreviews", "create"),
                rule(GROUP, "rolebindings roles", &format!("{WRITE} {READ}")),
            ];
            [own, rules("edit")].concat()
        }
    }
}
