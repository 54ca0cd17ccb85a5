//! What a wake-up does: asks the one it is for, carries out what that decides, and says when to wake it again.

use std::rc::Rc;

use super::{Component, Wakeup, World};
use crate::api::{EventText, EventType, Kind, Note, Object, ObjectKey, ObjectReference, Pod, PodConditionKind, SELECTED_NODE, Truth};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime, TokenBucket};
use crate::controllers::{self, Controller, Failure, Look};
use crate::kubelet;
use crate::runtime::PodName;
use crate::scheduler::{Decision, Preemption, Reserved, schedule_one};

/// Between two pods the scheduler takes about this long (it places some hundreds a second).
const SCHEDULING_TIME: SimDuration = SimDuration::from_micros(1200);
/// A controller that failed tries again after this time, and after twice as long each time (DefaultTypedControllerRateLimiter).
const FIRST_RETRY: SimDuration = SimDuration::from_millis(5);
/// After no longer than this.
const LAST_RETRY: SimDuration = SimDuration::from_seconds(1000);

/// A controller that could not do what it wanted.
#[derive(Clone, Debug)]
pub(super) struct Failing {
    times: u32,
    why: Failure,
}

/// A healthy kubelet writes its node's status this often (nodeStatusReportFrequency).
const NODE_REPORT: SimDuration = SimDuration::from_seconds(300);

/// Images that are new are in the node's status after about this long (imageCachePeriod, and the next report).
const IMAGE_REPORT: SimDuration = SimDuration::from_seconds(30);

/// The garbage collector's client: twice 20 requests a second, 30 at once, and two requests, a GET and a DELETE, for each object.
/// Models cmd/kube-controller-manager/app/core.go newGarbageCollectorController.
pub(super) fn collecting(now: SimTime) -> TokenBucket {
    TokenBucket::full(15, SimDuration::from_millis(50), now)
}

impl World {
    pub(super) fn wake(&mut self, wakeup: Wakeup) {
        match wakeup {
            Wakeup::Controller(controller, key) => self.wake_a_controller(controller, key),
            Wakeup::Scheduler => self.wake_the_scheduler(),
            Wakeup::Pod(node, pod) => self.wake_a_kubelet(node, pod),
            Wakeup::Node(node) => self.report_a_node(node),
            Wakeup::Schedulable(node) => self.look_at_a_node(&node),
            Wakeup::Traffic(flow) => self.send_of_flow(flow),
            Wakeup::Tool(number) => self.wake_a_tool(number),
            Wakeup::Ingresses => self.write_ingress_addresses(),
            Wakeup::Eviction(id) => self.try_evictions(id),
            Wakeup::Images(node) => {
                if let Some(machine) = self.machines.get(&node) {
                    self.cache.note_images(&node, machine.images.iter().map(|image| (image.clone(), machine.image_size(image))));
                }
            }
        }
    }

    fn wake_a_controller(&mut self, controller: Controller, key: ObjectKey) {
        if self.off.contains(&Component::ControllerManager) && controller.is_managed() {
            self.missed.insert((controller, key));
            return;
        }
        let machine = if key.kind == Kind::Node { self.machines.get(&key.name).cloned() } else { None };
        let name = (controller, key);
        let failed = self.failing.get(&name).map(|failing| failing.why.clone());
        let look = Look { machine: machine.as_deref(), failed: failed.as_ref(), now: self.now };
        let mut outcome = controllers::reconcile(controller, self.api.view(), &name.1, look);
        let limited = if controller == Controller::GarbageCollector { self.limit_collection(&mut outcome) } else { None };
        let requeue = limited.or(outcome.requeue);
        let failure = self.carry_out(outcome);
        let retry = self.note_failure(&name, failure);
        if let Some(after) = retry.into_iter().chain(requeue).min() {
            self.agenda.put(self.now + after.max(SimDuration::from_micros(1)), Wakeup::Controller(name.0, name.1));
        }
    }

    /// Keeps of what the garbage collector wants as much as it may ask for now; after how long it goes on if there is more.
    fn limit_collection(&mut self, outcome: &mut Outcome) -> Option<SimDuration> {
        let allowed = outcome.actions.iter().take_while(|_| self.collecting.take(self.now)).count();
        let more = allowed < outcome.actions.len();
        outcome.actions.truncate(allowed);
        more.then(|| self.collecting.wait(self.now))
    }

    /// Remembers that a controller failed, and says after how long it tries again; forgets it once it has succeeded.
    fn note_failure(&mut self, name: &(Controller, ObjectKey), failure: Option<Failure>) -> Option<SimDuration> {
        let Some(why) = failure else {
            if !self.failing.is_empty() {
                self.failing.remove(name);
            }
            return None;
        };
        let failing = self.failing.get_or_insert_with(name.clone(), || Failing { times: 0, why: why.clone() });
        failing.why = why;
        let wait = SimDuration::from_micros((FIRST_RETRY.micros() << failing.times.min(20)).min(LAST_RETRY.micros()));
        failing.times += 1;
        Some(wait)
    }

    /// Records the events, then submits the writes; a write that is refused is reported, or dropped: whoever wanted it wakes again when
    /// what it refused for changes.
    /// Of new pods there is first one, then two, then four: what is refused once is not asked for hundreds of times. Gives the first reported
    /// failure. Models slowStartBatch of pkg/controller/replicaset/replica_set.go.
    fn carry_out(&mut self, outcome: Outcome) -> Option<Failure> {
        for note in outcome.notes {
            self.api.record(note, self.now);
        }
        let mut failure = None;
        let (mut batch, mut made, mut refused) = (1_u32, 0, false);
        for action in outcome.actions {
            let counts = action.report.is_some() && matches!(action.write, Write::Create(_));
            if counts && made == batch {
                (batch, made) = (2 * batch, 0);
                if refused {
                    continue;
                }
            }
            if counts && refused && made == 0 {
                continue;
            }
            made += u32::from(counts);
            let result = self.api.submit(action.write, self.now);
            refused |= counts && result.is_err();
            if let Some(report) = action.report {
                if let Err(error) = &result {
                    failure.get_or_insert_with(|| (report.failure.0, Name::from(error.to_string())));
                }
                let note = report.note(result.as_ref().map(|committed| &committed.object));
                self.api.record(note, self.now);
            }
        }
        for note in outcome.later {
            self.api.record(note, self.now);
        }
        self.spread_changes();
        failure
    }

    fn wake_a_kubelet(&mut self, node: Name, pod: PodName) {
        let Some(machine) = self.machines.get_mut(&node) else { return };
        let images = machine.images.len();
        let sync = kubelet::sync_pod(self.api.view(), Rc::make_mut(machine), (&mut self.kubelets, &mut self.services), &pod, self.now);
        if machine.images.len() != images {
            self.agenda.put(self.now + IMAGE_REPORT, Wakeup::Images(node.clone()));
        }
        self.carry_out(sync.outcome);
        self.answer_programs(&node, &pod);
        if let Some(at) = sync.next {
            self.agenda.put(at, Wakeup::Pod(node, pod));
        }
    }

    fn report_a_node(&mut self, node: Name) {
        let Some(machine) = self.machines.get(&node).cloned() else { return };
        let outcome = kubelet::report_node(self.api.view(), &machine, self.now);
        self.carry_out(outcome);
        self.agenda.put(self.now + NODE_REPORT, Wakeup::Node(node));
    }

    fn look_at_a_node(&mut self, node: &Name) {
        let Some(machine) = self.machines.get_mut(node) else { return };
        let note = kubelet::say_schedulable(self.api.view(), Rc::make_mut(machine));
        self.carry_out(Outcome { notes: note.into_iter().collect(), ..Outcome::default() });
    }

    fn wake_the_scheduler(&mut self) {
        if self.off.contains(&Component::Scheduler) {
            return;
        }
        self.queue.flush(self.now);
        if let Some(name) = self.queue.pop(self.now) {
            let pod = self.view().pod(&name.0, &name.1).filter(|pod| pod.node_name.is_empty() && !pod.meta.is_deleting()).cloned();
            if let Some(pod) = pod {
                self.schedule(&name, &pod);
            }
        }
        if let Some(at) = self.queue.next_at() {
            self.agenda.put(at.max(self.now + SCHEDULING_TIME), Wakeup::Scheduler);
        }
    }

    fn schedule(&mut self, name: &PodName, pod: &Rc<Pod>) {
        let key = ObjectKey::new(Kind::Pod, name.0.clone(), name.1.clone());
        let about = Rc::new(ObjectReference { key, uid: pod.meta.uid });
        self.record_scheduling(&about.key, pod);
        let decision = schedule_one(&mut self.cache, self.api.view(), pod, &mut self.scheduling);
        self.record_decision(&about.key, &decision);
        match decision {
            Decision::Bind(node) => {
                let mut outcome = Outcome::default();
                outcome.write(Write::Bind { namespace: name.0.clone(), pod: name.1.clone(), uid: pod.meta.uid, node: node.clone() });
                outcome.notes.push(scheduler_note(about, EventType::Normal, "Scheduled", EventText::Assigned { node }));
                self.carry_out(outcome);
            }
            Decision::Reserve(node, claims) => {
                self.queue.hold(name.clone(), pod.spec.priority.unwrap_or_default(), self.now);
                self.carry_out(reserve(&node, claims));
            }
            Decision::Unschedulable { message, helped_by, preemption } => {
                self.queue.park(name.clone(), pod.spec.priority.unwrap_or_default(), helped_by, self.now);
                self.carry_out(unscheduled(pod, about, message.into(), preemption, self.now));
            }
        }
    }
}

/// Claims are given the volumes that are there for them; for others a new volume is asked for on the node.
/// Models pkg/scheduler/framework/plugins/volumebinding/binder.go bindAPIUpdate.
fn reserve(node: &Name, claims: Vec<Reserved>) -> Outcome {
    let mut outcome = Outcome::default();
    for (claim, volume) in claims {
        let mut changed = volume.as_deref().unwrap_or(&claim).clone();
        match (volume, changed.fields.get_mut("spec")) {
            (Some(_), Some(spec)) => {
                spec["claimRef"] = serde_json::json!({
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": claim.meta.name.as_str(), "namespace": claim.meta.namespace.as_str(),
                    "resourceVersion": claim.meta.resource_version.to_string(), "uid": claim.meta.uid.to_string(),
                });
            }
            _ => drop(Rc::make_mut(&mut changed.meta.annotations).insert(SELECTED_NODE, node.clone())),
        }
        changed.meta.resource_version = 0;
        outcome.write(Write::Update(Object::Other(Rc::new(changed))));
    }
    outcome
}

/// What is written of a pod that found no node: first those who make room for it go, then it is told of, then the pod says so.
/// Models pkg/scheduler/schedule_one.go handleSchedulingFailure and framework/preemption prepareCandidate.
fn unscheduled(pod: &Rc<Pod>, about: Rc<ObjectReference>, message: Name, preemption: Option<Preemption>, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let mut waiting = Pod::clone(pod);
    for victim in preemption.iter().flat_map(|preemption| &preemption.victims).filter(|victim| !victim.meta.is_deleting()) {
        evict(victim, pod, &mut outcome, now);
    }
    if let Some(preemption) = preemption {
        waiting.status.nominated_node = Some(Rc::new(preemption.node));
    }
    outcome.notes.push(scheduler_note(about, EventType::Warning, "FailedScheduling", EventText::Text(message.clone())));
    let detail = Rc::new((Name::fixed("Unschedulable"), message));
    waiting.status.set_condition(PodConditionKind::PodScheduled, Truth::False, Some(detail), now);
    waiting.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(waiting))));
    outcome
}

fn evict(victim: &Rc<Pod>, preemptor: &Pod, outcome: &mut Outcome, now: SimTime) {
    let key = ObjectKey::new(Kind::Pod, victim.meta.namespace.clone(), victim.meta.name.clone());
    let mut marked = Pod::clone(victim);
    let why = Name::fixed("default-scheduler: preempting to accommodate a higher priority pod");
    let detail = Rc::new((Name::fixed("PreemptionByScheduler"), why));
    marked.status.set_condition(PodConditionKind::DisruptionTarget, Truth::True, Some(detail), now);
    marked.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(marked))));
    let options = DeleteOptions { uid: Some(victim.meta.uid), ..DeleteOptions::default() };
    outcome.write(Write::Delete { key: key.clone(), options });
    let text = EventText::Text(format!("Preempted by pod {} on node {}", preemptor.meta.uid, victim.node_name).into());
    let about = Rc::new(ObjectReference { key, uid: victim.meta.uid });
    outcome.notes.push(scheduler_note(about, EventType::Normal, "Preempted", text));
}

fn scheduler_note(about: Rc<ObjectReference>, kind: EventType, reason: &'static str, text: EventText) -> Note {
    Note { about, kind, reason, text, component: "default-scheduler", host: Name::default(), container: Name::default() }
}
