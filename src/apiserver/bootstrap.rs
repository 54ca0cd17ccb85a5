//! What a cluster has without anybody having made it: the priority classes and roles that the API server itself brings. They are
//! shown, not kept: nothing here can be changed.
//! Models pkg/registry/scheduling/rest/storage_scheduling.go and plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go: the four
//! roles for people. Left out: those of the system's own parts.

use serde_json::{Value, json};

use crate::api::{Kind, Object, ObjectKey, Uid};
use crate::base::{Name, sort_by_cached_key};
use crate::store::View;

/// The priority classes that every cluster has: name, value, and which pods they are used for.
pub(super) const PRIORITY_CLASSES: [(&str, i64, &str); 2] = [
    ("system-cluster-critical", 2_000_000_000, "must run in the cluster, but can be moved to another node if necessary"),
    ("system-node-critical", 2_000_001_000, "must not be moved from their current node"),
];

/// Whether some objects of a kind come from here by a look at the store alone.
pub fn brings(kind: Kind) -> bool {
    matches!(kind, Kind::PriorityClass | Kind::ClusterRole | Kind::ClusterRoleBinding)
}

/// The objects of a kind that every cluster has.
#[inline(never)]
fn brought(kind: Kind, view: View<'_>) -> Vec<Object> {
    let class = |(name, value, text): (&str, i64, &str)| {
        let description = format!("Used for system critical pods that {text}.");
        (name.to_owned(), json!({"value": value, "preemptionPolicy": "PreemptLowerPriority", "description": description}))
    };
    let made = match kind {
        Kind::PriorityClass => PRIORITY_CLASSES.map(class).into(),
        Kind::ClusterRole => ROLES.iter().map(|name| ((*name).to_owned(), json!({"rules": rules(name)}))).collect(),
        Kind::ClusterRoleBinding => [("cluster-admin", "system:masters"), ("kubeadm:cluster-admins", "kubeadm:cluster-admins")].map(|(name, group)| {
            let group = json!([{"apiGroup": GROUP, "kind": "Group", "name": group}]);
            (name.to_owned(), json!({"roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "cluster-admin"}, "subjects": group}))
        }).into(),
        _ => Vec::new(),
    };
    let system = view.get(&ObjectKey::new(Kind::Namespace, Name::default(), "kube-system"));
    let created = system.map(|object| object.meta().creation).unwrap_or_default();
    let made_by_server = |(at, (name, value)): (usize, (String, Value))| {
        let mut object = standing(kind, &name, value, at)?;
        object.meta_mut().creation = created;
        Some(object)
    };
    made.into_iter().enumerate().filter_map(made_by_server).collect()
}

/// All objects of a kind that `brings` names, those that somebody made among them, by their names. What somebody made stands in
/// place of what is brought under its name.
#[inline(never)]
pub fn list(view: View<'_>, kind: Kind) -> Vec<Object> {
    let mut all: Vec<Object> = view.list(kind, &Name::default()).cloned().collect();
    let more: Vec<Object> = brought(kind, view).into_iter().filter(|object| all.iter().all(|there| there.key() != object.key())).collect();
    all.extend(more);
    sort_by_cached_key(&mut all, |object| object.meta().name.clone());
    all
}

/// An object that is shown and not kept, the `at`-th of its kind: its identity is the same in every run.
pub fn standing(kind: Kind, name: &str, mut value: Value, at: usize) -> Option<Object> {
    value["metadata"] = json!({"name": name});
    let mut object = Object::from_value(kind, &value)?;
    let meta = object.meta_mut();
    meta.resource_version = at as u64 + 100;
    meta.uid = Uid((kind as u128) << 64 | at as u128 | 1 << 120).as_printed();
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
