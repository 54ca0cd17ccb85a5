//! Where pods go, and the words for why they do not: tables over small clusters.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{Cache, Decision, explain, schedule_one};
use crate::api::{Json, Node, Object, Pod};
use crate::base::{Name, Random, SmallMap};
use crate::store::Store;

struct Cluster {
    store: Store,
    cache: Cache,
}

impl Cluster {
    fn new() -> Cluster {
        Cluster { store: Store::default(), cache: Cache::default() }
    }

    fn put(&mut self, object: Object) {
        let event = self.store.put(object);
        self.cache.on_change(&event);
    }

    /// A node with 2 CPUs, in a zone.
    fn node(&mut self, name: &str, zone: &str, spec: Value) {
        let labels = json!({"kubernetes.io/hostname": name, "zone": zone});
        let mut node = Node { meta: Json::read(&json!({"name": name, "labels": labels})), spec: Json::read(&spec), ..Node::default() };
        let amounts: SmallMap<Name, crate::api::Quantity> = Json::read(&json!({"cpu": "2", "memory": "4Gi", "pods": "3"}));
        node.status.allocatable = amounts;
        self.put(Object::Node(Rc::new(node)));
    }

    /// A pod on a node.
    fn bound(&mut self, name: &str, node: &str, spec: Value) {
        let mut pod = pod(name, spec);
        pod.node_name = node.into();
        self.put(Object::Pod(Rc::new(pod)));
    }

    /// Where a pod goes: a node, or the sentence.
    fn place(&mut self, spec: Value) -> String {
        let wanted = pod("new", spec);
        match schedule_one(&mut self.cache, self.store.view(), &wanted, &mut Random::stream(1, "test")) {
            Decision::Bind(node) | Decision::Reserve(node, _) => node.to_string(),
            Decision::Unschedulable { message, preemption, .. } => match preemption {
                Some(preemption) => {
                    let victims: Vec<&str> = preemption.victims.iter().map(|pod| pod.meta.name.as_str()).collect();
                    format!("{message} preempts {} on {}", victims.join(" "), preemption.node)
                }
                None => message,
            },
        }
    }
}

/// A pod with the label app=NAME up to its first dash.
fn pod(name: &str, spec: Value) -> Pod {
    let app = name.split('-').next().unwrap_or_default();
    let mut pod = Pod { meta: Json::read(&json!({"name": name, "namespace": "default", "labels": {"app": app}, "uid": ""})), ..Pod::default() };
    pod.meta.uid = crate::api::Uid(name.bytes().fold(7, |uid, byte| uid * 131 + u128::from(byte)));
    pod.spec = Rc::new(Json::read(&spec));
    pod
}

fn three() -> Cluster {
    let mut cluster = Cluster::new();
    for (name, zone) in [("n1", "a"), ("n2", "a"), ("n3", "b")] {
        cluster.node(name, zone, json!({}));
    }
    cluster
}

fn asks(cpu: &str) -> Value {
    json!({"containers": [{"name": "c", "resources": {"requests": {"cpu": cpu}}}]})
}

fn with(mut spec: Value, key: &str, value: Value) -> Value {
    spec[key] = value;
    spec
}

/// A rule about pods with app=NAME, by a label of nodes.
fn rule(group: &str, app: &str, key: &str) -> Value {
    json!({group: {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": key}]}})
}

const HOST: &str = "kubernetes.io/hostname";
const HELPLESS: &str = "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
const NO_VICTIMS: &str = "preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.";

#[test]
fn refusals_are_counted_and_sorted() {
    assert_eq!(Cluster::new().place(asks("1")), "no nodes available to schedule pods");
    let mut cluster = three();
    let table = [
        (with(asks("1"), "nodeSelector", json!({"gpu": "yes"})), "3 node(s) didn't match Pod's node affinity/selector.", HELPLESS),
        (asks("9"), "3 Insufficient cpu.", NO_VICTIMS),
        (json!({"containers": [{"name": "c", "resources": {"requests": {"nvidia.com/gpu": "1"}}}]}), "3 Insufficient nvidia.com/gpu.", NO_VICTIMS),
        (with(asks("1"), "affinity", rule("podAffinity", "db", HOST)), "3 node(s) didn't match pod affinity rules.", HELPLESS),
    ];
    for (spec, why, preemption) in table {
        assert_eq!(cluster.place(spec), format!("0/3 nodes are available: {why} {preemption}"));
    }
    let mut cluster = Cluster::new();
    cluster.node("n1", "a", json!({"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}));
    cluster.node("n2", "a", json!({"unschedulable": true}));
    cluster.node("n3", "b", json!({}));
    for n in 0..3 {
        cluster.bound(&format!("x-{n}"), "n3", json!({"containers": [{"name": "c", "ports": [{"hostPort": 80, "protocol": "TCP"}]}]}));
    }
    let port = json!({"containers": [{"name": "c", "ports": [{"hostPort": 80, "protocol": "TCP"}]}]});
    let mixed = "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.";
    let said = |reason: &str| format!("0/3 nodes are available: {reason}. {mixed}");
    assert_eq!(cluster.place(asks("1")), said("1 Too many pods, 1 node(s) had untolerated taint {k: v}, 1 node(s) were unschedulable"));
    assert_eq!(
        cluster.place(port),
        said("1 node(s) didn't have free ports for the requested pod ports, 1 node(s) had untolerated taint {k: v}, 1 node(s) were unschedulable")
    );
}

#[test]
fn pods_near_and_far_from_others() {
    let mut cluster = three();
    cluster.bound("db-1", "n3", asks("100m"));
    assert_eq!(cluster.place(with(asks("1"), "affinity", rule("podAffinity", "db", HOST))), "n3");
    // Of its own kind the first may go anywhere.
    assert!(cluster.place(with(asks("1"), "affinity", rule("podAffinity", "new", HOST))).starts_with('n'));
    let away = with(asks("1"), "affinity", rule("podAntiAffinity", "db", "zone"));
    assert!(["n1", "n2"].contains(&cluster.place(away).as_str()));
    cluster.bound("lone-1", "n1", with(asks("100m"), "affinity", rule("podAntiAffinity", "new", "zone")));
    assert_eq!(cluster.place(asks("1")), "n3", "one that is there keeps it away from its zone");
    cluster.bound("lone-2", "n3", with(asks("100m"), "affinity", rule("podAntiAffinity", "new", "zone")));
    let message = format!("0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules. {NO_VICTIMS}");
    assert_eq!(cluster.place(asks("1")), message);
    let wish = json!({"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 100, "podAffinityTerm": {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": HOST}}]}});
    let mut cluster = three();
    cluster.bound("db-1", "n2", asks("100m"));
    assert_eq!(cluster.place(with(asks("100m"), "affinity", wish)), "n2");
}

#[test]
fn pods_spread_over_domains() {
    let constraint = |when: &str, key: &str| json!([{"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": when, "labelSelector": {"matchLabels": {"app": "new"}}}]);
    let mut cluster = three();
    cluster.bound("new-1", "n1", asks("100m"));
    cluster.bound("new-2", "n3", asks("100m"));
    cluster.bound("new-3", "n3", asks("100m"));
    let hard = |key: &str| with(asks("100m"), "topologySpreadConstraints", constraint("DoNotSchedule", key));
    assert_eq!(cluster.place(hard(HOST)), "n2", "it has none");
    assert!(["n1", "n2"].contains(&cluster.place(hard("zone")).as_str()), "zone b has two");
    let missing = "3 node(s) didn't match pod topology spread constraints (missing required label)";
    assert_eq!(cluster.place(hard("rack")), format!("0/3 nodes are available: {missing}. {HELPLESS}"));
    assert_eq!(cluster.place(with(asks("100m"), "topologySpreadConstraints", constraint("ScheduleAnyway", HOST))), "n2");
}

#[test]
fn the_least_important_make_room() {
    let important = |cpu: &str, priority: i32| with(asks(cpu), "priority", json!(priority));
    let mut cluster = three();
    for (name, node, priority) in [("a-1", "n1", 5), ("b-1", "n2", 3), ("c-1", "n3", 3), ("d-1", "n3", 3)] {
        cluster.bound(name, node, important(if node == "n3" { "900m" } else { "1800m" }, priority));
    }
    let full = "0/3 nodes are available: 3 Insufficient cpu.";
    // The lowest priority, and of equals the fewest.
    assert_eq!(cluster.place(important("1", 9)), format!("{full} preempts b-1 on n2"));
    assert_eq!(cluster.place(important("1", 3)), format!("{full} {NO_VICTIMS}"));
    let never = with(important("1", 9), "preemptionPolicy", json!("Never"));
    assert_eq!(cluster.place(never), format!("{full} preemption: not eligible due to preemptionPolicy=Never."));
}

#[test]
fn budgets_spare_pods_that_are_no_more_important() {
    let important = |cpu: &str, priority: i32| with(asks(cpu), "priority", json!(priority));
    let mut cluster = three();
    for (name, node, priority) in [("a-1", "n1", 2), ("b-1", "n2", 1), ("c-1", "n3", 5)] {
        cluster.bound(name, node, important("1800m", priority));
    }
    let full = "0/3 nodes are available: 3 Insufficient cpu.";
    assert_eq!(cluster.place(important("1", 9)), format!("{full} preempts b-1 on n2"));
    let budget = |allowed: i64| {
        let value = json!({"metadata": {"name": "b", "namespace": "default"}, "spec": {"selector": {"matchLabels": {"app": "b"}}},
            "status": {"disruptionsAllowed": allowed}});
        Object::from_value(crate::api::Kind::PodDisruptionBudget, &value).expect("a budget")
    };
    cluster.put(budget(0));
    assert_eq!(cluster.place(important("1", 9)), format!("{full} preempts a-1 on n1"), "its budget keeps b-1");
    cluster.put(budget(1));
    assert_eq!(cluster.place(important("1", 9)), format!("{full} preempts b-1 on n2"));
}

#[test]
fn nodes_that_hold_the_image_are_better() {
    let spec = json!({"containers": [{"name": "c", "image": "big"}]});
    let scores = |cluster: &Cluster| -> Vec<i64> {
        let wanted = pod("new", spec.clone());
        let all = explain(&cluster.cache, cluster.store.view(), &wanted);
        all.iter().map(|node| node.scores.iter().find(|score| score.plugin == "ImageLocality").map_or(-1, |score| score.score)).collect()
    };
    let mut cluster = three();
    assert_eq!(scores(&cluster), [-1, -1, -1], "no node holds it");
    // 600 MiB on one node of three count as 200: 100 * (200 - 23) / (1000 - 23).
    cluster.cache.note_images("n2", [("big".into(), 600 << 20)].into_iter());
    assert_eq!(scores(&cluster), [0, 18, 0]);
    assert_eq!(cluster.place(spec.clone()), "n2");
    cluster.cache.note_images("n1", [("big".into(), 600 << 20)].into_iter());
    assert_eq!(scores(&cluster), [38, 38, 0]);
    cluster.cache.note_images("n3", [("big".into(), 600 << 20)].into_iter());
    assert_eq!(scores(&cluster), [-1, -1, -1], "all hold it");
}

#[test]
fn every_node_is_explained() {
    let mut cluster = three();
    cluster.bound("x-1", "n1", asks("2"));
    let verdicts = explain(&cluster.cache, cluster.store.view(), &pod("new", asks("500m")));
    let told: Vec<(&str, usize, bool)> = verdicts.iter().map(|node| (node.node.as_str(), node.reasons.len(), node.preemptable)).collect();
    assert_eq!(told, [("n1", 1, true), ("n2", 0, false), ("n3", 0, false)]);
    assert!(verdicts[1].total > 0 && verdicts[1].total == verdicts[2].total && verdicts[0].scores.is_empty());
}
