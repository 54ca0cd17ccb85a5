//! One picture of the cluster. Two frames of the same world, moment and lens are equal.

use super::cluster::{self, ComponentView, ControllerCard, NodeRoom};
use super::events::{self, EventRow};
use super::ingress::IngressCard;
use super::inspector::{self, Inspected};
use super::lens::Lens;
use super::pod::{PodState, PodTile};
use super::service::ServiceCard;
use super::stamp::Stamps;
use crate::api::{Kind, Object, Pod, ReplicaOwner};
use crate::base::{Name, SimTime, sort_by_key};
use crate::engine::Component;
use crate::network::Fault;
use crate::runtime::Sandbox;
use crate::store::View;

/// What a frame is taken from.
pub struct Scene<'a> {
    /// The objects.
    pub view: View<'a>,
    /// The moment.
    pub now: SimTime,
    /// Whether a node's machine is off.
    pub node_off: &'a dyn Fn(&Name) -> bool,
    /// Whether a part of the control plane is off.
    pub component_off: &'a dyn Fn(Component) -> bool,
    /// What is broken between places.
    pub faults: &'a [Fault],
    /// What a kubelet keeps of a pod.
    pub sandbox: &'a dyn Fn(&Pod) -> Option<&'a Sandbox>,
}

/// How many pods there are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub pods: u32,
    /// Ready.
    pub ready: u32,
    /// Without a node.
    pub pending: u32,
    /// Starting or running without being Ready.
    pub starting: u32,
    /// Failed, backing off or lost.
    pub failing: u32,
    /// Being deleted.
    pub terminating: u32,
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The moment.
    pub now: SimTime,
    /// Namespaces, by name.
    pub namespaces: Vec<Name>,
    /// The control plane.
    pub components: Vec<ComponentView>,
    /// Controllers, by namespace and name.
    pub controllers: Vec<ControllerCard>,
    /// Services, by namespace and name.
    pub services: Vec<ServiceCard>,
    /// Ingresses, by namespace and name.
    pub ingresses: Vec<IngressCard>,
    /// Pods without a node, oldest first.
    pub tray: Vec<PodTile>,
    /// Nodes, by name.
    pub nodes: Vec<NodeRoom>,
    /// How many pods in which state.
    pub counts: Counts,
    /// What is broken between places.
    pub faults: Vec<Fault>,
    /// The latest events, the latest first.
    pub events: Vec<EventRow>,
    /// The object that the lens selects, if it is there.
    pub inspected: Option<Inspected>,
}

impl Frame {
    /// The picture of a scene through a lens.
    pub fn of(scene: &Scene<'_>, lens: &Lens) -> Frame {
        let mut stamps = stamps(scene, lens);
        let shown = |pod: &Pod| lens.namespace.is_empty() || pod.meta.namespace == *lens.namespace;
        let controllers = owners(scene, lens).filter_map(|owner| cluster::card(owner, &mut stamps)).collect();
        let nodes = cluster::rooms(scene, &shown, &mut stamps);
        let tray = tray(scene, lens, &mut stamps);
        let components = Component::ALL.map(|component| ComponentView { component, powered: !(scene.component_off)(component) });
        Frame {
            now: scene.now,
            namespaces: scene.view.list(crate::api::Kind::Namespace, &Name::default()).map(|object| object.meta().name.clone()).collect(),
            components: components.into(),
            counts: Counts::of(tray.iter().chain(nodes.iter().flat_map(|node| &node.pods))),
            controllers,
            services: super::service::cards(scene, lens),
            ingresses: super::ingress::cards(scene, lens),
            tray,
            nodes,
            faults: scene.faults.to_vec(),
            events: events::latest(scene.view, &lens.namespace, lens.events),
            inspected: lens.selected.as_ref().and_then(|key| inspector::inspect(scene, key)),
        }
    }

    /// All pods, those without a node first.
    pub fn pods(&self) -> impl Iterator<Item = &PodTile> {
        self.tray.iter().chain(self.nodes.iter().flat_map(|node| &node.pods))
    }
}

/// The controllers in sight.
fn owners<'a>(scene: &Scene<'a>, lens: &Lens) -> impl Iterator<Item = &'a Object> + use<'a> {
    let (view, namespace) = (scene.view, lens.namespace.clone());
    let kinds = [Kind::ReplicationController, Kind::Deployment, Kind::ReplicaSet, Kind::DaemonSet, Kind::CronJob, Kind::Job].into_iter();
    // Old replica sets of a deployment that are empty would only be in the way.
    let is_past = |object: &&Object| {
        ReplicaOwner::of(object).is_some_and(|set| set.meta.controller().is_some() && set.replicas == 0 && set.status.replicas == 0)
    };
    kinds.flat_map(move |kind| view.list(kind, &namespace)).filter(move |object| !is_past(object))
}

fn stamps(scene: &Scene<'_>, lens: &Lens) -> Stamps {
    let mut stamps = Stamps::default();
    for owner in owners(scene, lens) {
        if let Some(template) = owner.template() {
            stamps.add_template(owner.meta().uid, &template.spec);
        }
    }
    for pod in scene.view.pods(&lens.namespace) {
        stamps.add_pod(pod);
    }
    stamps.settle();
    stamps
}

/// Pods without a node; also those bound to a node that is not there any more, so that none is lost from sight.
fn tray(scene: &Scene<'_>, lens: &Lens, stamps: &mut Stamps) -> Vec<PodTile> {
    let homeless = |pod: &&std::rc::Rc<Pod>| pod.node_name.is_empty() || scene.view.node(&pod.node_name).is_none();
    let mut pods: Vec<_> = scene.view.pods(&lens.namespace).filter(homeless).collect();
    sort_by_key(&mut pods, |pod| (pod.meta.creation, pod.meta.uid));
    pods.into_iter().map(|pod| PodTile::of(pod, !pod.node_name.is_empty(), scene.now, stamps)).collect()
}

impl Counts {
    fn of<'a>(pods: impl Iterator<Item = &'a PodTile>) -> Counts {
        let mut counts = Counts::default();
        for pod in pods {
            counts.pods += 1;
            match pod.state {
                PodState::Pending => counts.pending += 1,
                PodState::Starting { .. } | PodState::NotReady => counts.starting += 1,
                PodState::Ready => counts.ready += 1,
                PodState::BackOff { .. } | PodState::Failed | PodState::Lost => counts.failing += 1,
                PodState::Terminating { .. } => counts.terminating += 1,
                PodState::Completed => {}
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::api::{Condition, Kind, Node, Object, ObjectKey, ObjectMeta, OwnerReference, PodPhase, ReplicationController, Uid};
    use crate::store::Store;
    use crate::view::Readiness;

    fn world() -> Store {
        let mut store = Store::default();
        for (name, status) in [("node1", true), ("node2", false)] {
            let mut node = Node { meta: ObjectMeta::named(name), ..Node::default() };
            node.status.conditions.push(Condition { kind: "Ready".into(), status: status.into(), ..Condition::default() });
            store.put(Object::Node(Rc::new(node)));
        }
        let meta = ObjectMeta { namespace: "default".into(), uid: Uid(7), ..ObjectMeta::named("kubia") };
        let mut controller = ReplicationController { meta, ..ReplicationController::default() };
        controller.spec.template = Some(Rc::default());
        store.put(Object::ReplicationController(Rc::new(controller)));
        for (name, node, created) in [("b", "node1", 1), ("a", "node1", 2), ("waiting", "", 3), ("stray", "gone", 4)] {
            let mut pod = Pod { meta: ObjectMeta::named(name), node_name: node.into(), ..Pod::default() };
            pod.meta.namespace = "default".into();
            pod.meta.creation = SimTime::from_seconds(created);
            pod.meta.owners = [OwnerReference::controller(Kind::ReplicationController, &"kubia".into(), Uid(7))].into();
            pod.status.phase = PodPhase::Pending;
            store.put(Object::Pod(Rc::new(pod)));
        }
        store
    }

    fn frame(store: &Store, lens: &Lens) -> Frame {
        let off = |name: &Name| *name == "node2";
        Frame::of(&Scene { view: store.view(), now: SimTime::from_seconds(9), node_off: &off, component_off: &|_| false, faults: &[], sandbox: &|_| None }, lens)
    }

    fn names<'a>(pods: impl IntoIterator<Item = &'a PodTile>) -> Vec<&'a str> {
        pods.into_iter().map(|pod| pod.key.name.as_str()).collect()
    }

    #[test]
    fn every_pod_has_one_place_and_older_ones_come_first() {
        let frame = frame(&world(), &Lens::default());
        assert_eq!(names(&frame.nodes[0].pods), ["b", "a"]);
        assert_eq!(names(&frame.tray), ["waiting", "stray"]);
        assert_eq!(frame.counts, Counts { pods: 4, pending: 1, starting: 2, failing: 1, ..Counts::default() });
        assert_eq!((frame.nodes[0].powered, frame.nodes[1].powered), (true, false));
        assert_eq!(frame.nodes[1].readiness, Readiness::NotReady);
        assert_eq!(frame.pods().find(|pod| pod.key.name == "a").and_then(|pod| pod.stamp), Some(frame.controllers[0].stamp));
    }

    #[test]
    fn a_lens_narrows_to_a_namespace_and_shows_what_it_selects() {
        let pod = ObjectKey::new(Kind::Pod, "default", "a");
        let gone = ObjectKey::new(Kind::Pod, "default", "nobody");
        let other = frame(&world(), &Lens { namespace: "other".into(), selected: Some(gone), ..Lens::default() });
        assert_eq!((other.pods().count(), other.controllers.len(), other.inspected), (0, 0, None));
        let shown = frame(&world(), &Lens { selected: Some(pod.clone()), ..Lens::default() });
        assert_eq!(shown.inspected.map(|inspected| inspected.key), Some(pod));
    }
}
