//! All of a cluster at one moment. Cloning it makes a checkpoint: tables of shared objects.

use std::rc::Rc;

use super::carry_out::{Failing, collecting};
use super::why::{Placement, Reason, Recorder, What};
use super::programs::Programs;
use super::tools::Tools;
use super::traffic::Onlooker;
use super::{Agenda, BaseCluster, Eviction, Flow, Lookup, Wakeup};
use crate::api::{ApiError, Kind, Node, Object, ObjectKey, Pod};
use crate::apiserver::{ApiServer, Committed, Write};
use crate::base::{LargeMap, LargeSet, Name, Random, SimDuration, SimTime, SmallSet, TokenBucket};
use crate::controllers::{self, Controller};
use crate::kubelet;
use crate::network::Network;
use crate::runtime::{Machine, PodName, Power};
use crate::scheduler;
use crate::store::{Change, View, WatchEvent, WatchKind};

/// A part of the control plane that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// kube-scheduler
    Scheduler,
    /// kube-controller-manager
    ControllerManager,
}

impl Component {
    /// All of them.
    pub const ALL: [Component; 2] = [Component::Scheduler, Component::ControllerManager];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Component::Scheduler => "kube-scheduler",
            Component::ControllerManager => "kube-controller-manager",
        }
    }

    /// By its name.
    pub fn of_name(name: &str) -> Option<Component> {
        match name {
            "kube-scheduler" => Some(Component::Scheduler),
            "kube-controller-manager" => Some(Component::ControllerManager),
            _ => None,
        }
    }
}

/// A cluster.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) api: ApiServer,
    pub(super) now: SimTime,
    pub(super) agenda: Agenda,
    pub(super) machines: LargeMap<Name, Rc<Machine>>,
    pub(super) cache: scheduler::Cache,
    pub(super) queue: scheduler::Queue,
    pub(super) scheduling: Random,
    pub(super) latency: Random,
    pub(super) kubelets: Random,
    /// Components that are off.
    pub(super) off: SmallSet<Component>,
    /// Wake-ups of a controller manager that is off: it finds them when it starts.
    pub(super) missed: LargeSet<(Controller, ObjectKey)>,
    /// The network between all places.
    pub(super) network: Network,
    /// Pods of ingress controllers.
    pub(super) ingress_controllers: SmallSet<PodName>,
    /// Requests that were sent by hand.
    pub(super) flows: Vec<Rc<Flow>>,
    /// The latest questions to name servers.
    pub(super) lookups: Vec<Rc<Lookup>>,
    /// Clients that evict pods.
    pub(super) evictions: Vec<Rc<Eviction>>,
    /// Controllers that could not do what they wanted, and try again.
    pub(super) failing: LargeMap<(Controller, ObjectKey), Failing>,
    /// What the garbage collector may ask of the server.
    pub(super) collecting: TokenBucket,
    /// What programs have open, and the name server.
    pub(super) programs: Programs,
    /// Commands of machines.
    pub(super) tools: Tools,
    /// The variables that tell containers of Services.
    pub(super) services: kubelet::ServiceVariables,
    /// Changes that the host has not taken yet.
    pub(super) changes: Vec<Change>,
    /// Follows an object, where somebody asks why.
    pub(super) recorder: Option<Box<Recorder>>,
    /// Follows packets, where somebody looks on.
    pub(super) onlooker: Onlooker,
}

impl World {
    /// A settled base cluster at its start time.
    pub fn new(base: &BaseCluster) -> World {
        let mut world = World {
            api: ApiServer::new(base.seed),
            now: base.start,
            agenda: Agenda::default(),
            machines: LargeMap::new(),
            cache: scheduler::Cache::default(),
            queue: scheduler::Queue::default(),
            scheduling: Random::stream(base.seed, "scheduler"),
            latency: Random::stream(base.seed, "latency"),
            kubelets: Random::stream(base.seed, "kubelets"),
            off: SmallSet::new(),
            missed: LargeSet::default(),
            network: Network::new(base.seed),
            ingress_controllers: SmallSet::new(),
            flows: Vec::new(),
            lookups: Vec::new(),
            evictions: Vec::new(),
            failing: LargeMap::new(),
            collecting: collecting(base.start),
            programs: Programs::new(base.seed, base.start),
            tools: Tools::default(),
            services: kubelet::ServiceVariables::default(),
            changes: Vec::new(),
            recorder: None,
            onlooker: Onlooker::default(),
        };
        base.build(&mut world);
        world.changes.clear();
        world
    }

    /// The present.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// What is stored.
    pub fn view(&self) -> View<'_> {
        self.api.view()
    }

    /// What is to come.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// A node's machine.
    pub fn machine(&self, node: &str) -> Option<&Machine> {
        self.machines.get(node).map(Rc::as_ref)
    }

    /// Whether a component runs.
    pub fn component_power(&self, component: Component) -> Power {
        if self.off.contains(&component) { Power::Off } else { Power::On }
    }

    /// A write by the user. Whoever it concerns wakes a little later.
    pub fn request(&mut self, write: Write) -> Result<Committed, ApiError> {
        let now = self.now;
        let result = self.api.submit(write, now);
        self.spread_changes();
        result
    }

    /// What a write by the user would answer.
    pub fn dry_run(&self, write: Write) -> Result<Committed, ApiError> {
        self.api.dry_run(write, self.now)
    }

    /// The changes since the last call, in their order.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Takes the next wake-up that is due by `until` and lets it happen. False if there is none; the clock then stands at `until`.
    pub fn step(&mut self, until: SimTime) -> bool {
        let Some((at, wakeup)) = self.agenda.pop(until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(at);
        if let Some(recorder) = &mut self.recorder {
            recorder.begin(&wakeup, self.api.view());
        }
        self.wake(wakeup);
        true
    }

    /// How many pods are being started, on all machines.
    pub fn starting_pods(&self) -> u64 {
        self.machines.values().map(|machine| machine.starting(self.now)).sum()
    }

    /// Lets time pass between two requests of one command: what is due by then happens. The command goes on later than it began, so that
    /// its later requests meet what its first ones brought about.
    pub fn pass(&mut self, time: SimDuration) {
        let actor = self.recorder.as_ref().map(|recorder| recorder.actor());
        let until = self.now + time;
        while self.step(until) {}
        if let (Some(recorder), Some(actor)) = (&mut self.recorder, actor) {
            recorder.resume(actor);
        }
    }

    /// From now on, records what happens to an object and why.
    pub fn follow(&mut self, key: &ObjectKey) {
        self.recorder = Some(Box::new(Recorder::new(key.clone())));
    }

    /// Says that what follows is done by the user, by which line.
    pub fn begin_command(&mut self, line: &str) {
        if let Some(recorder) = &mut self.recorder {
            recorder.begin_command(line.to_owned());
        }
    }

    /// What was recorded, the oldest first, and where the scheduler sent the pod; ends the recording.
    pub fn recorded(&mut self) -> (Vec<Reason>, Option<Placement>) {
        self.recorder.take().map(|recorder| (recorder.reasons, recorder.placement)).unwrap_or_default()
    }

    /// Switches a machine: without power nothing of it answers, and its containers have to be started again when it is back. A machine that is
    /// not there joins when it is switched on. An error says that there is no such machine, or that its name cannot be.
    pub fn set_node_power(&mut self, node: &str, power: Power) -> Result<(), String> {
        self.set_kubelet_power(node, power)?;
        let now = self.now;
        if power == Power::On {
            self.network.dark.remove(node);
        } else if !self.network.dark.contains_key(node) {
            self.network.dark.insert(node.into(), now);
            for sandbox in self.machines.get_mut(node).into_iter().flat_map(|machine| Rc::make_mut(machine).sandboxes.values_mut()) {
                sandbox.lose_power(now);
            }
        }
        Ok(())
    }

    /// Switches a node's kubelet alone: when it stops, its containers go on.
    pub fn set_kubelet_power(&mut self, node: &str, power: Power) -> Result<(), String> {
        self.switch_kubelet(node, power, if power == Power::On { What::SwitchedOn } else { What::SwitchedOff })
    }

    /// Cuts a node from the control plane, or joins it again: its kubelet is then as one that stands still, or goes on.
    pub fn set_node_link(&mut self, node: &str, link: Power) -> Result<(), String> {
        self.switch_kubelet(node, link, if link == Power::On { What::Rejoined } else { What::CutOff })
    }

    fn switch_kubelet(&mut self, node: &str, power: Power, what: What) -> Result<(), String> {
        let now = self.now;
        let Some(machine) = self.machines.get_mut(node) else {
            return if power == Power::On { self.join(node) } else { Err(format!("nodes \"{node}\" not found")) };
        };
        if machine.kubelet == power {
            return Ok(());
        }
        let machine = Rc::make_mut(machine);
        (machine.kubelet, machine.switched) = (power, now);
        let name = machine.name.clone();
        let restarts = what == What::SwitchedOn;
        if let Some(recorder) = &mut self.recorder {
            recorder.switched(ObjectKey::new(Kind::Node, Name::default(), name.clone()), what, now);
        }
        if restarts {
            self.start_kubelet(&name);
        }
        self.wake_controller(Controller::NodeLifecycle, ObjectKey::new(Kind::Node, Name::default(), name.clone()), SimDuration::from_millis(1));
        if power == Power::On {
            self.register(&name);
            self.agenda.put(now + SimDuration::from_millis(900), Wakeup::Node(name.clone()));
            self.wake_all_pods(&name, SimDuration::from_millis(1500));
        }
        Ok(())
    }

    /// A kubelet that starts says so, and remembers nothing of what it has said before.
    pub(super) fn start_kubelet(&mut self, name: &Name) {
        let Some(machine) = self.machines.get_mut(name) else { return };
        Rc::make_mut(machine).unschedulable = false;
        for note in kubelet::start_notes(machine) {
            self.api.record(note, self.now);
        }
        let looks = machine.next_look(self.now);
        self.agenda.put(looks, Wakeup::Schedulable(name.clone()));
    }

    fn wake_all_pods(&mut self, node: &Name, after: SimDuration) {
        let bound = self.view().pods_on(node).map(|pod| (pod.meta.namespace.clone(), pod.meta.name.clone()));
        let held = self.machines.get(node).into_iter().flat_map(|machine| machine.sandboxes.keys().cloned());
        let all: SmallSet<PodName> = bound.chain(held).collect();
        let at = self.now + after;
        for pod in all {
            self.agenda.put(at, Wakeup::Pod(node.clone(), pod));
        }
    }

    /// Switches a component of the control plane.
    pub fn set_component_power(&mut self, component: Component, power: Power) {
        if power == Power::Off {
            self.off.insert(component);
            return;
        }
        if !self.off.remove(&component) {
            return;
        }
        // A component that starts lists everything first.
        let start_up = SimDuration::from_millis(2000);
        match component {
            Component::Scheduler => self.agenda.put(self.now + start_up, Wakeup::Scheduler),
            Component::ControllerManager => {
                for (controller, key) in std::mem::take(&mut self.missed).iter() {
                    self.wake_controller(*controller, key.clone(), start_up);
                }
            }
        }
    }

    pub(super) fn wake_controller(&mut self, controller: Controller, key: ObjectKey, after: SimDuration) {
        let jitter = SimDuration::from_micros(self.latency.below(3000));
        self.agenda.put(self.now + after + jitter, Wakeup::Controller(controller, key));
    }

    /// Wakes everyone whom the latest changes concern.
    pub(super) fn spread_changes(&mut self) {
        for change in self.api.take_changes() {
            if let Change::Object(event) = &change {
                self.spread(event);
            }
            self.changes.push(change);
        }
    }

    fn spread(&mut self, event: &WatchEvent) {
        if let Some(recorder) = &mut self.recorder {
            recorder.on_change(event, self.api.view(), self.now);
        }
        for (controller, key, after) in controllers::triggers(event, self.api.view()) {
            if let Some(recorder) = &mut self.recorder {
                recorder.wakes(event, Wakeup::Controller(controller, key.clone()), self.now);
            }
            self.wake_controller(controller, key, after);
        }
        for note in controllers::notes(event, self.api.view()) {
            self.api.record(note, self.now);
        }
        self.cache.on_change(event);
        if event.key.kind == Kind::Node && event.kind == WatchKind::Added {
            self.cache.count_again(&event.key.name, self.api.view().pods_on(&event.key.name));
        }
        self.network.plane.on_change(event, self.now);
        self.note_names(event);
        match &event.object {
            Object::Pod(pod) => {
                self.note_controller(pod, event.old.as_ref().and_then(Object::as_pod), event.kind == WatchKind::Deleted);
                self.spread_pod(event, pod);
            }
            Object::Ingress(ingress) if event.kind != WatchKind::Deleted => {
                let old = event.old.as_ref().and_then(|old| if let Object::Ingress(old) = old { Some(old) } else { None });
                self.note_ingress(ingress, old.is_none_or(|old| old.spec != ingress.spec || old.meta.annotations != ingress.meta.annotations));
            }
            Object::Node(node) => self.spread_node(event, node),
            Object::Namespace(_)
            | Object::ReplicationController(_)
            | Object::ReplicaSet(_)
            | Object::Deployment(_)
            | Object::DaemonSet(_)
            | Object::ControllerRevision(_)
            | Object::Job(_)
            | Object::CronJob(_)
            | Object::Service(_)
            | Object::Endpoints(_)
            | Object::EndpointSlice(_)
            | Object::Ingress(_)
            | Object::IngressClass(_)
            | Object::NetworkPolicy(_) => {}
            Object::Other(other) => {
                if matches!(other.kind, Kind::ConfigMap | Kind::Secret) {
                    self.spread_configuration(event);
                }
                if matches!(other.kind, Kind::PersistentVolumeClaim | Kind::PersistentVolume | Kind::StorageClass) {
                    self.wake_scheduler_for_parked(scheduler::Cause::Node);
                }
            }
        }
    }

    /// The scheduler hears of room, and the node's kubelet sees when it next looks whether new pods may come.
    fn spread_node(&mut self, event: &WatchEvent, node: &Rc<Node>) {
        let same = |old: &Rc<Node>| {
            old.spec == node.spec && old.meta.labels == node.meta.labels && old.status.allocatable == node.status.allocatable
        };
        if !event.old.as_ref().and_then(Object::as_node).is_some_and(same) {
            self.wake_scheduler_for_parked(scheduler::Cause::Node);
        }
        if let Some(machine) = self.machines.get(&event.key.name).filter(|machine| machine.unschedulable != node.spec.unschedulable) {
            self.agenda.put(machine.next_look(self.now), Wakeup::Schedulable(event.key.name.clone()));
        }
    }

    /// Services and their endpoints are what name server and kubelets tell of.
    fn note_names(&mut self, event: &WatchEvent) {
        match &event.object {
            Object::Service(service) => self.services.forget(&service.meta.namespace),
            Object::EndpointSlice(_) => {}
            _ => return,
        }
        self.programs.names.serial = self.now.seconds();
    }

    /// The kubelets bring the files of a pod's volumes up to date when they next look at the whole pod of themselves.
    fn spread_configuration(&mut self, event: &WatchEvent) {
        let view = self.api.view();
        let pods = view.pods(&event.key.namespace).filter(|pod| !pod.node_name.is_empty() && kubelet::mounts(pod, event.key.kind, &event.key.name));
        let pods: Vec<_> = pods.map(|pod| (pod.node_name.clone(), (pod.meta.namespace.clone(), pod.meta.name.clone()))).collect();
        for (node, name) in pods {
            if let Some(sandbox) = self.machines.get_mut(&node).and_then(|machine| Rc::make_mut(machine).sandboxes.get_mut(&name)) {
                // The kubelet's own watch brings the change within a second.
                let at = kubelet::next_resync(sandbox, self.now + SimDuration::from_seconds(1));
                sandbox.refresh_at = Some(at);
                self.agenda.put(at, Wakeup::Pod(node, name));
            }
        }
    }

    fn spread_pod(&mut self, event: &WatchEvent, pod: &Pod) {
        let name: PodName = (pod.meta.namespace.clone(), pod.meta.name.clone());
        let gone = event.kind == WatchKind::Deleted;
        if pod.node_name.is_empty() {
            let priority = pod.spec.priority.unwrap_or_default();
            let gated = |pod: &Pod| pod.spec.rest.get("schedulingGates").is_some();
            match event.kind {
                WatchKind::Deleted => self.queue.remove(&name),
                _ if gated(pod) || !scheduler::is_responsible(pod) => return,
                WatchKind::Modified if event.old.as_ref().and_then(Object::as_pod).is_some_and(|old| gated(old)) => self.queue.add(name, priority, self.now),
                WatchKind::Added => self.queue.add(name, priority, self.now),
                // The scheduler's own note of why a pod waits is no reason to try it again.
                WatchKind::Modified if same_wish(event, pod) => return,
                WatchKind::Modified => self.queue.update(&name, self.now),
            }
            self.wake_scheduler();
            return;
        }
        let old = event.old.as_ref().and_then(Object::as_pod);
        let bound = old.is_none_or(|old| old.node_name.is_empty());
        if bound {
            self.queue.remove(&name);
        }
        let relabelled = old.is_none_or(|old| !Rc::ptr_eq(&old.meta.labels, &pod.meta.labels) && old.meta.labels != pod.meta.labels);
        if self.queue.waits_for_pods() && (bound || relabelled) {
            self.wake_scheduler_for_parked(scheduler::Cause::AnyPod);
        }
        let deletion = old.is_some_and(|old| old.meta.deletion != pod.meta.deletion);
        let other_conditions = old.is_some_and(|old| old.status.other_conditions != pod.status.other_conditions);
        let respecified = other_conditions || old.is_some_and(|old| !Rc::ptr_eq(&old.spec, &pod.spec));
        // Volumes may show the pod's labels and annotations.
        let same = |old: &Rc<Pod>| Rc::ptr_eq(&old.meta.labels, &pod.meta.labels) && Rc::ptr_eq(&old.meta.annotations, &pod.meta.annotations);
        let relabeled = !pod.spec.volumes.is_empty() && old.is_some_and(|old| !same(old));
        if bound || gone || deletion || respecified || relabeled {
            let after = SimDuration::from_micros(4000 + self.latency.below(4000));
            if let Some(recorder) = &mut self.recorder {
                recorder.wakes(event, Wakeup::Pod(pod.node_name.clone(), name.clone()), self.now);
            }
            let at = self.now + after;
            // The kubelet looks at the whole pod then, its volumes too.
            let sandbox = self.machines.get_mut(&pod.node_name).filter(|_| relabeled).and_then(|machine| Rc::make_mut(machine).sandboxes.get_mut(&name));
            if let Some(sandbox) = sandbox {
                sandbox.refresh_at = Some(at);
            }
            self.agenda.put(at, Wakeup::Pod(pod.node_name.clone(), name));
        }
        if gone || old.is_some_and(|old| !old.status.phase.is_terminal() && pod.status.phase.is_terminal()) {
            self.wake_scheduler_for_parked(scheduler::Cause::Pod);
        }
    }

    fn wake_scheduler_for_parked(&mut self, cause: scheduler::Cause) {
        self.queue.move_parked(cause, self.now);
        self.wake_scheduler();
    }

    /// The scheduler's informer is a few milliseconds behind.
    pub(super) fn wake_scheduler(&mut self) {
        if let Some(at) = self.queue.next_at() {
            let after = SimDuration::from_micros(2000 + self.latency.below(2000));
            self.agenda.put(at.max(self.now + after), Wakeup::Scheduler);
        }
    }
}

/// Whether a change of a pod left alone what the scheduler asks about.
fn same_wish(event: &WatchEvent, pod: &Pod) -> bool {
    let old = event.old.as_ref().and_then(Object::as_pod);
    old.is_some_and(|old| Rc::ptr_eq(&old.spec, &pod.spec) && old.meta.labels == pod.meta.labels)
}
