//! Nodes whose kubelet is silent: conditions become Unknown, taints follow, pods are marked not ready.
//! Models pkg/controller/nodelifecycle/node_lifecycle_controller.go. Healthy nodes are not looked at: the engine wakes this for a node
//! when its kubelet is switched.

use std::rc::Rc;

use crate::api::{
    Condition, EventText, EventType, Node, Note, Object, ObjectKey, ObjectMeta, ObjectReference, Pod, PodConditionKind, Taint, TaintEffect,
    Truth, Uid,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::{Machine, Power};
use crate::store::{View, WatchEvent, WatchKind};

/// nodeMonitorPeriod
const MONITOR_PERIOD: u64 = 5_000_000;
/// nodeMonitorGracePeriod since 1.32
const GRACE: SimDuration = SimDuration::from_seconds(50);
/// nodeStartupGracePeriod
const STARTUP_GRACE: SimDuration = SimDuration::from_seconds(60);
/// nodeEvictionRate 0.1 a second: one NoExecute taint in ten seconds.
const EVICTION_PERIOD: SimDuration = SimDuration::from_seconds(10);
/// unhealthyZoneThreshold 0.55, of at least 3 unhealthy nodes.
const UNHEALTHY_PERCENT: usize = 55;
/// In a zone of at most so many nodes a partial outage stops evictions (largeClusterSizeThreshold).
const SMALL_ZONE: usize = 50;
const COMPONENT: &str = "node-controller";
const UNREACHABLE: Name = Name::fixed("node.kubernetes.io/unreachable");
/// Put on a new node by admission.
const NOT_READY: Name = Name::fixed("node.kubernetes.io/not-ready");
const UNSCHEDULABLE: Name = Name::fixed("node.kubernetes.io/unschedulable");
const CONDITIONS: [&str; 4] = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, machine: Option<&Machine>, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(node) = view.node(&key.name) else { return outcome };
    let Some(machine) = machine else {
        without_kubelet(view, node, now, &mut outcome);
        return outcome;
    };
    let wait = until_next_tick(now);
    let ready = node.condition("Ready").map_or(Truth::Unknown, |ready| ready.status);
    if machine.kubelet == Power::On && ready == Truth::True {
        set_taints(node, Vec::new(), now, &mut outcome);
        return outcome;
    }
    outcome.requeue = Some(wait);
    if machine.kubelet == Power::On || !now.micros().is_multiple_of(MONITOR_PERIOD) {
        // Not a tick of the monitor: only a cordon shows at once.
        let present = node.spec.taints.iter().filter(|taint| taint.key == UNREACHABLE).cloned().collect();
        set_taints(node, present, now, &mut outcome);
        return outcome;
    }
    if ready == Truth::Unknown {
        set_taints(node, wanted_taints(view, node, now), now, &mut outcome);
    } else if now >= deadline(machine, now) {
        mark_unknown(view, node, now, &mut outcome);
    }
    outcome
}

/// A node that somebody made and that no kubelet ever spoke for is given up after a longer grace.
/// Models the nil condition of tryUpdateNodeHealth.
fn without_kubelet(view: View<'_>, node: &Rc<Node>, now: SimTime, outcome: &mut Outcome) {
    outcome.requeue = Some(until_next_tick(now));
    if !now.micros().is_multiple_of(MONITOR_PERIOD) || now < node.meta.creation + STARTUP_GRACE {
        return;
    }
    if node.condition("Ready").is_some() {
        set_taints(node, wanted_taints(view, node, now), now, outcome);
        return;
    }
    let mut silent = Node::clone(node);
    silent.status.conditions = CONDITIONS
        .map(|kind| Condition {
            kind: Name::fixed(kind),
            status: Truth::Unknown,
            reason: Name::fixed("NodeStatusNeverUpdated"),
            message: Name::fixed("Kubelet never posted node status."),
            heartbeat: Some(node.meta.creation),
            transition: now,
            ..Condition::default()
        })
        .into();
    silent.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Node(Rc::new(silent))));
    set_taints(node, vec![taint(UNREACHABLE, TaintEffect::NoSchedule, now)], now, outcome);
}

/// Ticks of the monitor lie on whole multiples of its period.
fn until_next_tick(now: SimTime) -> SimDuration {
    SimDuration::from_micros(MONITOR_PERIOD - now.micros() % MONITOR_PERIOD)
}

/// When a silent node is given up: the grace after the tick that saw its last heartbeat.
fn deadline(machine: &Machine, now: SimTime) -> SimTime {
    let last = machine.last_heartbeat(now);
    last + until_next_tick(last) + GRACE
}

/// Models tryUpdateNodeHealth and MarkPodsNotReady.
fn mark_unknown(view: View<'_>, node: &Rc<Node>, now: SimTime, outcome: &mut Outcome) {
    let mut silent = Node::clone(node);
    for kind in CONDITIONS {
        let Some(condition) = silent.status.conditions.iter_mut().find(|condition| condition.kind == kind) else { continue };
        *condition = Condition {
            status: Truth::Unknown,
            reason: Name::fixed("NodeStatusUnknown"),
            message: Name::fixed("Kubelet stopped posting node status."),
            transition: now,
            ..condition.clone()
        };
    }
    silent.meta.resource_version = 0;
    let name = &node.meta.name;
    outcome.notes.push(note(node_reference(node), EventType::Normal, format!("Node {name} status is now: NodeNotReady")));
    outcome.write(Write::UpdateStatus(Object::Node(Rc::new(silent))));
    // With the condition comes the taint that keeps new pods away.
    let taints = vec![taint(UNREACHABLE, TaintEffect::NoSchedule, now)];
    set_taints(node, taints, now, outcome);
    for pod in view.pods_on(name).filter(|pod| pod.is_ready()) {
        mark_pod_not_ready(pod, now, outcome);
    }
}

fn mark_pod_not_ready(pod: &Rc<Pod>, now: SimTime, outcome: &mut Outcome) {
    let key = ObjectKey::new(crate::api::Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let about = Rc::new(ObjectReference { key, uid: pod.meta.uid });
    outcome.notes.push(note(about, EventType::Warning, "Node is not ready".to_owned()));
    let mut pod = Pod::clone(pod);
    pod.status.set_condition(PodConditionKind::Ready, Truth::False, None, now);
    pod.meta = ObjectMeta { resource_version: 0, ..pod.meta };
    outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(pod))));
}

fn note(about: Rc<ObjectReference>, kind: EventType, text: String) -> Note {
    let text = EventText::Text(text.into());
    Note { about, kind, reason: "NodeNotReady", text, component: COMPONENT, host: Name::default(), container: Name::default() }
}

/// A node that is new, or gone.
pub(super) fn registered(event: &WatchEvent) -> Option<Note> {
    let node = event.object.as_node()?;
    let name = &node.meta.name;
    let (reason, text) = match event.kind {
        WatchKind::Added => ("RegisteredNode", format!("Node {name} event: Registered Node {name} in Controller")),
        WatchKind::Deleted => ("RemovingNode", format!("Node {name} event: Removing Node {name} from Controller")),
        WatchKind::Modified => return None,
    };
    Some(Note { reason, ..note(node_reference(node), EventType::Normal, text) })
}

fn node_reference(node: &Rc<Node>) -> Rc<ObjectReference> {
    Rc::new(ObjectReference { key: Object::Node(node.clone()).key(), uid: Uid::default() })
}

/// The zone of a node: its labels of region and zone. Models component-helpers/node/topology GetZoneKey.
fn zone(node: &Node) -> (Option<&Name>, Option<&Name>) {
    (node.meta.labels.get("topology.kubernetes.io/region"), node.meta.labels.get("topology.kubernetes.io/zone"))
}

/// The taints of a node that is silent: NoSchedule at once, NoExecute when the eviction rate of its zone allows it and not all nodes of all zones
/// are silent. Models handleDisruption, ComputeZoneState and setLimiterInZone.
fn wanted_taints(view: View<'_>, node: &Rc<Node>, now: SimTime) -> Vec<Taint> {
    let mut taints = vec![taint(UNREACHABLE, TaintEffect::NoSchedule, now)];
    if !view.nodes().any(|node| node.is_ready()) {
        return taints;
    }
    let own = || view.nodes().filter(|other| zone(other) == zone(node));
    let (silent, all) = own().fold((0, 0), |(silent, all), node| (silent + usize::from(!node.is_ready()), all + 1));
    // A zone that is silent as a whole is emptied at the usual rate.
    let partial = silent < all && silent > 2 && silent * 100 >= all * UNHEALTHY_PERCENT;
    let others = own().filter(|other| other.meta.name != node.meta.name);
    let latest = others.flat_map(|other| &other.spec.taints).filter(|taint| is_no_execute(taint)).filter_map(|taint| taint.time_added).max();
    // A rate of 0.01 a second in a large zone, none in a small one.
    let period = SimDuration::from_micros(EVICTION_PERIOD.micros() * if partial { 10 } else { 1 });
    let allowed = !(partial && all <= SMALL_ZONE) && latest.is_none_or(|latest| now.since(latest) >= period);
    let has = node.spec.taints.iter().any(is_no_execute);
    if has || allowed {
        taints.push(taint(UNREACHABLE, TaintEffect::NoExecute, now));
    }
    taints
}

fn is_no_execute(taint: &Taint) -> bool {
    taint.key == UNREACHABLE && taint.effect == TaintEffect::NoExecute
}

fn taint(key: Name, effect: TaintEffect, now: SimTime) -> Taint {
    Taint { key, effect, time_added: Some(now), ..Taint::default() }
}

/// Gives a node these taints of ours and keeps all others; one that is there keeps its time.
fn set_taints(node: &Rc<Node>, mut wanted: Vec<Taint>, now: SimTime, outcome: &mut Outcome) {
    if node.spec.unschedulable {
        wanted.push(taint(UNSCHEDULABLE, TaintEffect::NoSchedule, now));
    }
    let ours = |taint: &Taint| [UNREACHABLE, NOT_READY, UNSCHEDULABLE].contains(&taint.key);
    let same = |a: &Taint, b: &Taint| a.key == b.key && a.effect == b.effect;
    let kept = node.spec.taints.iter().filter(|taint| !ours(taint) || wanted.iter().any(|w| same(w, taint)));
    let mut taints: Vec<Taint> = kept.cloned().collect();
    let new: Vec<Taint> = wanted.into_iter().filter(|w| !taints.iter().any(|taint| same(taint, w))).collect();
    taints.extend(new);
    if taints == node.spec.taints {
        return;
    }
    let mut tainted = Node::clone(node);
    tainted.spec.taints = taints;
    tainted.meta.resource_version = 0;
    outcome.write(Write::Update(Object::Node(Rc::new(tainted))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use serde_json::json;

    /// Nodes by words: `a+` is a healthy node in zone a, `a-` a silent one, `a!` a silent one that got its NoExecute taint 5 s ago.
    fn evicts(words: &str) -> bool {
        let (mut store, now) = (Store::default(), SimTime::from_seconds(1000));
        for (index, word) in words.split(' ').enumerate() {
            let (zone, state) = word.split_at(1);
            let labels = json!({"topology.kubernetes.io/zone": zone});
            let mut node = Node { meta: crate::api::Json::read(&json!({"name": format!("n{index:03}"), "labels": labels})), ..Node::default() };
            let status = if state == "+" { Truth::True } else { Truth::Unknown };
            node.status.conditions.push(Condition { kind: Name::fixed("Ready"), status, ..Condition::default() });
            if state == "!" {
                node.spec.taints.push(taint(UNREACHABLE, TaintEffect::NoExecute, now - SimDuration::from_seconds(5)));
            }
            store.put(Object::Node(Rc::new(node)));
        }
        let Some(first) = store.view().nodes().next().cloned() else { return false };
        wanted_taints(store.view(), &first, now).iter().any(is_no_execute)
    }

    #[test]
    fn evictions_by_the_state_of_the_zones() {
        let large = |silent: usize, all: usize| [vec!["a-"; silent], vec!["a+"; all - silent]].concat().join(" ");
        let table = [
            ("a- a+ a+".to_owned(), true),
            ("a- a- a+".to_owned(), true),
            ("a- a- a-".to_owned(), false),
            ("a- a- a- a+".to_owned(), false),
            ("a- a- b-".to_owned(), false),
            // The whole of one zone.
            ("a- a- a- b+".to_owned(), true),
            // One in ten seconds, in each zone.
            ("a- a! a+ a+".to_owned(), false),
            ("a- b! a+ b+".to_owned(), true),
            ("a! a+ a+".to_owned(), true),
            (large(40, 60), true),
            (large(30, 50), false),
        ];
        for (nodes, expected) in table {
            assert_eq!(evicts(&nodes), expected, "{nodes}");
        }
    }
}
