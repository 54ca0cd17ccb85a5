//! DaemonSet: one pod on each node that its pods may run on. The scheduler binds them, held to their node by an affinity.
//! Models pkg/controller/daemon/daemon_controller.go. Left out: hash collisions.

mod history;
mod node;
mod update;

use std::rc::Rc;

use super::claim;
use super::pod_control::{self, Maker};
use crate::api::{DaemonSet, DaemonSetStatus, Kind, Labels, Object, ObjectKey, Pod, PodSelector, PodSpec, PodTemplateSpec};
use crate::apiserver::{Action, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime, SmallMap, sort_by_key};
use crate::store::View;

pub(super) use node::{Fate, daemon_spec};

const COMPONENT: &str = "daemonset-controller";
/// How long after a sync that made pods the set is looked at again, should none of them have come.
const RETRY: SimDuration = SimDuration::from_seconds(15);
/// The label that tells the template of a pod.
const REVISION_LABEL: Name = Name::fixed("controller-revision-hash");
/// The older label that does so.
const GENERATION_LABEL: Name = Name::fixed("pod-template-generation");
const GENERATION: &str = "deprecated.daemonset.template.generation";

/// The pods of each node: those bound to it, and those meant for it.
type PodsByNode = SmallMap<Name, Vec<Rc<Pod>>>;

/// What a sync works with.
struct Sync<'a> {
    view: View<'a>,
    set: &'a DaemonSet,
    /// The spec of its pods, with the tolerations of daemons.
    spec: Rc<PodSpec>,
    hash: Name,
    maker: Maker,
    pods: PodsByNode,
    /// Pods that count no more, though they are still there.
    leaving: Vec<Rc<Pod>>,
    now: SimTime,
}

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(object) = view.get(key) else { return outcome };
    let Object::DaemonSet(set) = object else { return outcome };
    if set.meta.is_deleting() {
        return outcome;
    }
    let hash = history::present(view, set, &mut outcome);
    let selector = PodSelector::Selector(set.spec.selector.as_deref());
    let mut pods = PodsByNode::new();
    let mut leaving = Vec::new();
    for pod in claim::pods(view, object, &selector, &mut outcome) {
        // One that has ended and is being deleted makes room for the next already (getNodesToDaemonPods, includeDeletedTerminal).
        if pod.meta.is_deleting() && pod.status.phase.is_terminal() {
            leaving.push(pod);
            continue;
        }
        pods.entry(node::target(&pod)).or_default().push(pod);
    }
    pods.values_mut().for_each(|pods| sort_by_key(pods, |pod| (pod.node_name.is_empty(), pod.meta.creation, pod.meta.name.clone())));
    let maker = Maker::new(key.clone(), set.meta.uid, COMPONENT);
    let sync = Sync { view, set, spec: daemon_spec(&set.spec.template.spec), hash, maker, pods, leaving, now };
    let mut actions = sync.manage(&mut outcome);
    if actions.is_empty() && set.spec.update_strategy.kind == "RollingUpdate" {
        actions = sync.update();
    }
    let makes = actions.iter().any(|action| matches!(action.write, Write::Create(_)));
    outcome.actions.extend(actions);
    history::clean(&sync, &mut outcome);
    let status = sync.status();
    if makes {
        // The next sync sees the new pods and reports them; or this one was refused and is tried again.
        outcome.requeue = outcome.requeue.into_iter().chain([RETRY]).min();
    } else if status != set.status {
        let meta = crate::api::ObjectMeta { resource_version: 0, ..set.meta.clone() };
        outcome.write(Write::UpdateStatus(Object::DaemonSet(Rc::new(DaemonSet { meta, spec: set.spec.clone(), status }))));
    }
    let all: Vec<Rc<Pod>> = sync.pods.values().flatten().cloned().collect();
    let available = pod_control::next_available(&all, set.spec.min_ready_seconds, now);
    outcome.requeue = outcome.requeue.into_iter().chain(available).min();
    outcome
}

impl Sync<'_> {
    fn fate(&self, node: &crate::api::Node) -> Fate {
        Fate::of(&self.spec, node)
    }

    /// Pods for nodes that need one, and the end of those that should not be.
    /// Models manage, podsShouldBeOnNode.
    fn manage(&self, outcome: &mut Outcome) -> Vec<Action> {
        let mut actions = Vec::new();
        let labels = self.pod_labels();
        for node in self.view.nodes() {
            let pods = self.pods.get(&node.meta.name).map(Vec::as_slice).unwrap_or_default();
            match self.fate(node) {
                Fate::Wanted if pods.is_empty() => actions.push(self.create(&node.meta.name, &labels)),
                Fate::Wanted | Fate::Borne => actions.extend(self.superfluous(&node.meta.name, pods, outcome)),
                Fate::Refused => actions.extend(pods.iter().filter(|pod| !pod.meta.is_deleting()).map(|pod| self.maker.delete(pod))),
            }
        }
        for (node, pods) in &self.pods {
            if self.view.node(node).is_none() {
                let waiting = pods.iter().filter(|pod| pod.node_name.is_empty() && !pod.meta.is_deleting());
                actions.extend(waiting.map(|pod| self.maker.delete(pod)));
            }
        }
        actions
    }

    /// Pods that have ended, which make room for a new one, and all running ones but the oldest.
    fn superfluous(&self, node: &Name, pods: &[Rc<Pod>], outcome: &mut Outcome) -> Vec<Action> {
        let mut actions = Vec::new();
        let alive = pods.iter().filter(|pod| !pod.meta.is_deleting());
        let (ended, running): (Vec<&Rc<Pod>>, Vec<&Rc<Pod>>) = alive.partition(|pod| pod.status.phase.is_terminal());
        for pod in ended {
            if let Some(left) = self.back_off(node, pod) {
                outcome.requeue = outcome.requeue.into_iter().chain([left]).min();
                continue;
            }
            outcome.notes.push(node::ended(pod, node, &self.maker));
            actions.push(self.maker.delete(pod));
        }
        let may_surge = update::surge(self.set) > 0;
        if may_surge {
            actions.extend(self.surplus(&running));
        } else {
            actions.extend(running.iter().skip(1).map(|pod| self.maker.delete(pod)));
        }
        actions
    }

    /// How long a pod that failed on a node is left there: 1 s, and twice as long each time, up to 15 minutes.
    /// Models failedPodsBackoff. Its memory are the events.
    fn back_off(&self, node: &Name, pod: &Pod) -> Option<SimDuration> {
        let of_node = format!(" on node {node}, will try to kill it");
        let key = ObjectKey::new(Kind::DaemonSet, self.set.meta.namespace.clone(), self.set.meta.name.clone());
        let events = self.view.events().about(&key);
        let failures: Vec<_> = events.filter(|event| event.note.reason == node::FAILED && event.message().ends_with(&of_node)).collect();
        let last = failures.iter().map(|event| event.last).max()?;
        let times = u32::try_from(failures.len()).unwrap_or(u32::MAX);
        let wait = SimDuration::from_seconds(1_u64.checked_shl(times.min(10)).unwrap_or(900).min(900) / 2);
        let until = last.max(pod.meta.creation) + wait.max(SimDuration::from_seconds(1));
        (until > self.now).then(|| until.since(self.now))
    }

    /// The labels of new pods: the template's, its hash and its number.
    /// Models util.CreatePodTemplate.
    fn pod_labels(&self) -> Rc<Labels> {
        let mut labels = (*self.set.spec.template.meta.labels).clone();
        labels.insert(REVISION_LABEL, self.hash.clone());
        if let Some(generation) = self.set.meta.annotations.get(GENERATION) {
            labels.insert(GENERATION_LABEL, generation.clone());
        }
        Rc::new(labels)
    }

    fn create(&self, node: &Name, labels: &Rc<Labels>) -> Action {
        let mut pod = self.maker.pod(&PodTemplateSpec::clone(&self.set.spec.template));
        pod.meta.labels = labels.clone();
        pod.spec = node::bound_to(&self.spec, node);
        self.maker.create(Object::Pod(Rc::new(pod)))
    }

    fn is_updated(&self, pod: &Pod) -> bool {
        pod.meta.labels.get(&REVISION_LABEL) == Some(&self.hash)
    }

    fn is_available(&self, pod: &Pod) -> bool {
        pod_control::is_available(pod, self.set.spec.min_ready_seconds, self.now)
    }

    /// Models updateDaemonSetStatus.
    fn status(&self) -> DaemonSetStatus {
        let mut status = DaemonSetStatus {
            observed_generation: self.set.meta.generation,
            collision_count: self.set.status.collision_count,
            conditions: self.set.status.conditions.clone(),
            ..DaemonSetStatus::default()
        };
        for node in self.view.nodes() {
            let oldest = self.pods.get(&node.meta.name).and_then(|pods| pods.first());
            if self.fate(node) != Fate::Wanted {
                status.number_misscheduled += i32::from(oldest.is_some());
                continue;
            }
            status.desired_number_scheduled += 1;
            let Some(pod) = oldest else { continue };
            status.current_number_scheduled += 1;
            status.number_ready += i32::from(pod.is_ready());
            status.number_available += i32::from(self.is_available(pod));
            status.updated_number_scheduled += i32::from(self.is_updated(pod));
        }
        status.number_unavailable = status.desired_number_scheduled - status.number_available;
        status
    }
}
