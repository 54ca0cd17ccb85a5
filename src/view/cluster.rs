//! Nodes as rooms, controllers as cards, the control plane as a strip.

use std::rc::Rc;

use super::condition;
use super::frame::Scene;
use super::pod::PodTile;
use super::stamp::Stamps;
use crate::engine::Component;
use crate::api::{Job, LabelSelector, Labels, Node, Object, ObjectKey, Pod, Quantity, ReplicaOwner, Truth, Uid};
use crate::base::{Name, sort_by, sort_by_key};

/// How much of something is asked for, of how much; in thousandths of a CPU or a byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The sum of the pods' requests.
    pub requested: i64,
    /// What pods may ask for.
    pub allocatable: i64,
}

impl Share {
    /// Its thousandths, at most 1000.
    pub fn thousandths(self) -> u16 {
        if self.allocatable <= 0 {
            return 0;
        }
        let part = i128::from(self.requested.max(0)) * 1000 / i128::from(self.allocatable);
        u16::try_from(part.min(1000)).unwrap_or(1000)
    }
}

/// Whether a node is ready, as its Ready condition says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// True.
    Ready,
    /// False: it says so itself.
    NotReady,
    /// Unknown: it does not answer.
    Silent,
}

/// A node and what runs there.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRoom {
    /// Its name.
    pub name: Name,
    /// Its address.
    pub address: Name,
    /// The STATUS that kubectl prints.
    pub word: Name,
    /// Whether it is ready.
    pub readiness: Readiness,
    /// Whether it takes no new pods.
    pub cordoned: bool,
    /// Whether the machine is on.
    pub powered: bool,
    /// CPU asked for.
    pub cpu: Share,
    /// Memory asked for.
    pub memory: Share,
    /// Its labels.
    pub labels: Rc<Labels>,
    /// Its pods, oldest first.
    pub pods: Vec<PodTile>,
}

/// A controller that makes pods.
#[derive(Clone, Debug, PartialEq)]
pub struct ControllerCard {
    /// Its key.
    pub key: ObjectKey,
    /// Its uid.
    pub uid: Uid,
    /// How many pods it wants.
    pub desired: i32,
    /// How many there are.
    pub current: i32,
    /// How many of them are ready.
    pub ready: i32,
    /// The labels of the pods that count.
    pub selector: Rc<Labels>,
    /// What its selector asks for beside: `app in (a,b), !canary`; mostly empty.
    pub asks: Name,
    /// The stamp of its template.
    pub stamp: u8,
    /// The image of its template's first container.
    pub image: Name,
    /// Whether `kubectl scale` changes how many pods it wants.
    pub scalable: bool,
    /// Whether it is being deleted.
    pub deleting: bool,
}

/// The state of a part of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentView {
    /// Which.
    pub component: Component,
    /// Whether it runs.
    pub powered: bool,
}

/// All nodes with their pods, as people count them: node2 before node10. `shown` says which pods.
pub(super) fn rooms(scene: &Scene<'_>, shown: &dyn Fn(&Pod) -> bool, stamps: &mut Stamps) -> Vec<NodeRoom> {
    let mut nodes: Vec<_> = scene.view.nodes().collect();
    // Names of one length come so already.
    if nodes.windows(2).any(|pair| pair[0].meta.name.len() != pair[1].meta.name.len()) {
        sort_by(&mut nodes, |a, b| counted(&a.meta.name).cmp(&counted(&b.meta.name)));
    }
    nodes.into_iter().map(|node| room(scene, node, shown, stamps)).collect()
}

/// A name by what stands before its number, the number's length, and all of it.
fn counted(name: &str) -> (&str, usize, &str) {
    (name.trim_end_matches(|letter: char| letter.is_ascii_digit()), name.len(), name)
}

fn room(scene: &Scene<'_>, node: &Node, shown: &dyn Fn(&Pod) -> bool, stamps: &mut Stamps) -> NodeRoom {
    let name = &node.meta.name;
    let readiness = readiness(node);
    let lost = readiness == Readiness::Silent;
    let (mut cpu, mut memory) = (Quantity::default(), Quantity::default());
    let mut pods: Vec<&Rc<Pod>> = Vec::new();
    for pod in scene.view.pods_on(name) {
        if !pod.status.phase.is_terminal() {
            cpu = cpu.plus(&pod.spec.requested("cpu"));
            memory = memory.plus(&pod.spec.requested("memory"));
        }
        if shown(pod) {
            pods.push(pod);
        }
    }
    sort_by_key(&mut pods, |pod| (pod.meta.creation, pod.meta.uid));
    NodeRoom {
        name: name.clone(),
        address: node.internal_ip(),
        word: word(node, readiness),
        readiness,
        cordoned: node.spec.unschedulable,
        powered: !(scene.node_off)(name),
        cpu: share(node, "cpu", &cpu),
        memory: share(node, "memory", &memory),
        labels: node.meta.labels.clone(),
        pods: pods.into_iter().map(|pod| tile(scene, pod, lost, stamps)).collect(),
    }
}

fn tile(scene: &Scene<'_>, pod: &Pod, lost: bool, stamps: &mut Stamps) -> PodTile {
    let mut tile = PodTile::of(pod, lost, scene.now, stamps);
    let probed = pod.spec.containers.iter().any(|container| container.liveness_probe.is_some() || container.readiness_probe.is_some() || container.startup_probe.is_some());
    if probed && let Some(sandbox) = (scene.sandbox)(pod) {
        (tile.nicks, tile.probes) = (condition::nicks(sandbox), condition::ticks(sandbox));
    }
    tile
}

/// Whether a node is ready, as its condition says.
pub(super) fn readiness(node: &Node) -> Readiness {
    match node.condition("Ready").map(|condition| condition.status) {
        Some(Truth::True) => Readiness::Ready,
        Some(Truth::False) => Readiness::NotReady,
        _ => Readiness::Silent,
    }
}

/// Models pkg/printers/internalversion printNode.
fn word(node: &Node, readiness: Readiness) -> Name {
    let ready = if readiness == Readiness::Ready { "Ready" } else { "NotReady" };
    match node.spec.unschedulable {
        true => format!("{ready},SchedulingDisabled").into(),
        false => Name::fixed(ready),
    }
}

fn share(node: &Node, resource: &str, requested: &Quantity) -> Share {
    Share { requested: requested.milli(), allocatable: node.status.allocatable.get(resource).map_or(0, Quantity::milli) }
}

/// A controller as a card; None if an object is none.
pub(super) fn card(object: &Object, stamps: &mut Stamps) -> Option<ControllerCard> {
    let (meta, template) = (object.meta(), object.template()?);
    let (desired, current, ready) = match object {
        Object::DaemonSet(set) => {
            let status = &set.status;
            (status.desired_number_scheduled, status.current_number_scheduled, status.number_ready)
        }
        Object::Job(job) => (wanted_by(job), job.status.active, job.status.ready.unwrap_or_default()),
        Object::CronJob(cron) => {
            let active = i32::try_from(cron.status.active.len()).unwrap_or(i32::MAX);
            (active, active, active)
        }
        Object::Deployment(deployment) => {
            let status = &deployment.status;
            (deployment.replicas(), status.replicas, status.ready_replicas)
        }
        _ => {
            let owner = ReplicaOwner::of(object)?;
            (owner.replicas, owner.status.replicas, owner.status.ready_replicas)
        }
    };
    let selector = match object {
        Object::ReplicaSet(set) => set.spec.selector.as_deref(),
        Object::Deployment(deployment) => deployment.spec.selector.as_deref(),
        Object::DaemonSet(set) => set.spec.selector.as_deref(),
        Object::Job(job) => job.spec.selector.as_ref(),
        _ => None,
    };
    Some(ControllerCard {
        key: object.key(),
        uid: meta.uid,
        desired,
        current,
        ready,
        selector: Rc::new(selector.map(|selector| selector.match_labels.clone()).unwrap_or_else(|| plain_selector(object))),
        asks: selector.map(expressions).unwrap_or_default(),
        stamp: stamps.of(meta.uid, &template.spec),
        image: template.spec.containers.first().map(|container| container.image.clone()).unwrap_or_default(),
        scalable: !matches!(object, Object::DaemonSet(_) | Object::Job(_) | Object::CronJob(_)),
        deleting: meta.is_deleting(),
    })
}

/// How many pods a job wants at a time: none once it has ended or while it rests.
fn wanted_by(job: &Job) -> i32 {
    let most = job.spec.parallelism();
    let left = job.spec.completions.map_or(most, |completions| completions - job.status.succeeded);
    if job.finished().is_some() || job.is_suspended() { 0 } else { left.clamp(0, most.max(0)) }
}

/// The selector of a controller that knows only labels.
fn plain_selector(object: &Object) -> Labels {
    if let Object::ReplicationController(rc) = object { Labels::clone(&rc.spec.selector) } else { Labels::default() }
}

/// A selector's operators, as kubectl prints them.
fn expressions(selector: &LabelSelector) -> Name {
    let mut text = String::new();
    for requirement in &selector.match_expressions {
        text.push_str(if text.is_empty() { "" } else { ", " });
        text.push_str(&requirement.to_string());
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_come_as_people_count_them() {
        let mut names = ["worker-10", "node10", "node2", "control-plane", "worker-2", "node1", "7", "10"];
        sort_by(&mut names, |a, b| counted(a).cmp(&counted(b)));
        assert_eq!(names, ["7", "10", "control-plane", "node1", "node2", "node10", "worker-2", "worker-10"]);
    }
}
