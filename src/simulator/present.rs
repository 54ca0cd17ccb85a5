//! What a host reads of the present: the picture of the cluster, what its containers printed, its objects as texts.

use super::{Simulator, Tallies, clean};
use crate::api::{Kind, Labels, Object, ObjectKey, Pod, Requirement};
use crate::base::{Name, SimTime, sort_by_key};
use crate::kubectl;
use crate::manifest;
use crate::runtime::{Power, Which};
use crate::scenario;
use crate::view::{Component, Frame, Lens, Scene};

/// A label selector.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector(Vec<Requirement>);

impl Selector {
    /// Whether it fits labels.
    pub fn fits(&self, labels: &Labels) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }
}

impl Simulator {
    /// How many pods were in which state, from each moment on.
    pub fn tallies(&self) -> &Tallies {
        &self.branch().tallies
    }

    /// The picture of the present.
    pub fn frame(&self, lens: &Lens) -> Frame {
        let world = &self.state.world;
        let node_off = |node: &Name| world.machine(node).is_some_and(|machine| machine.kubelet == Power::Off);
        let component_off = |component: Component| world.component_power(component) == Power::Off;
        let sandbox = |pod: &Pod| {
            let name = (pod.meta.namespace.clone(), pod.meta.name.clone());
            world.machine(&pod.node_name)?.sandboxes.get(&name).filter(|sandbox| sandbox.pod.uid == pod.meta.uid)
        };
        let scene = Scene { view: world.view(), now: world.now(), node_off: &node_off, component_off: &component_off, faults: &world.network().faults, sandbox: &sandbox };
        Frame::of(&scene, lens)
    }

    /// What a pod's containers printed last, with the time of each line; with the container's name where there are several.
    pub fn log(&self, key: &ObjectKey, most: usize) -> Vec<(SimTime, String)> {
        let world = &self.state.world;
        let Some(pod) = world.view().get(key).and_then(|object| object.as_pod().cloned()) else { return Vec::new() };
        let containers: Vec<_> = pod.spec.all_containers().collect();
        let mut lines = Vec::new();
        for container in &containers {
            let prefix = if containers.len() > 1 { format!("[{}] ", container.name) } else { String::new() };
            let printed = world.log(&pod, &container.name, Which::Present).ok().flatten().unwrap_or_default();
            lines.extend(printed.into_iter().map(|(at, line)| (at, format!("{prefix}{line}"))));
        }
        sort_by_key(&mut lines, |(at, _)| *at);
        lines.drain(..lines.len().saturating_sub(most));
        lines
    }

    /// A selector as `-l` takes it; None if it is none, or fits everything.
    pub fn selector(text: &str) -> Option<Selector> {
        kubectl::parse_labels(text).ok().filter(|requirements| !requirements.is_empty()).map(Selector)
    }

    /// Keys of objects that a picture of the cluster does not show: all but pods, nodes and what only controllers read. At most so many.
    pub fn objects(&self, most: usize) -> Vec<ObjectKey> {
        let unseen = |key: &ObjectKey| !matches!(key.kind, Kind::Pod | Kind::Node | Kind::Lease | Kind::EndpointSlice | Kind::ControllerRevision);
        self.state.world.view().all().map(Object::key).filter(unseen).take(most).collect()
    }

    /// An object as `kubectl describe` tells it; empty if it is gone.
    pub fn describe(&self, key: &ObjectKey) -> String {
        kubectl::describe(key, self.state.world.view(), self.now()).unwrap_or_default()
    }

    /// An object as `kubectl get -o yaml` prints it; empty if it is gone.
    pub fn yaml(&self, key: &ObjectKey) -> String {
        let object = self.state.world.view().get(key);
        object.map(|object| manifest::encode(&object.to_value())).unwrap_or_default()
    }

    /// The history up to now as a scenario file.
    pub fn scenario_file(&self, title: &str) -> String {
        scenario::write_file(&self.scenario_now(), title)
    }

    /// An object as somebody would have written it; empty if it is gone.
    pub fn manifest(&self, key: &ObjectKey) -> String {
        let object = self.state.world.view().get(key);
        object.map(|object| manifest::encode(&clean::cleaned(object.to_value()))).unwrap_or_default()
    }
}
