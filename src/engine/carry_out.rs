//! What a wake-up does: asks the one it is for, carries out what that decides, and says when to wake it again.

use std::rc::Rc;

use super::{Component, Wakeup, World};
use crate::api::{EventText, EventType, Kind, Note, Object, ObjectKey, ObjectReference, Pod, PodConditionKind, Truth};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimDuration};
use crate::controllers::{self, Controller};
use crate::kubelet;
use crate::runtime::PodName;
use crate::scheduler::{Decision, schedule_one};

/// Between two pods the scheduler takes about this long (it places some hundreds a second).
const SCHEDULING_TIME: SimDuration = SimDuration::from_micros(1200);
/// A healthy kubelet writes its node's status this often (nodeStatusReportFrequency).
const NODE_REPORT: SimDuration = SimDuration::from_seconds(300);

impl World {
    pub(super) fn wake(&mut self, wakeup: Wakeup) {
        match wakeup {
            Wakeup::Controller(controller, key) => self.wake_a_controller(controller, key),
            Wakeup::Scheduler => self.wake_the_scheduler(),
            Wakeup::Pod(node, pod) => self.wake_a_kubelet(node, pod),
            Wakeup::Node(node) => self.report_a_node(node),
        }
    }

    fn wake_a_controller(&mut self, controller: Controller, key: ObjectKey) {
        if self.off.contains(&Component::ControllerManager) {
            self.missed.insert((controller, key));
            return;
        }
        let machine = if key.kind == Kind::Node { self.machines.get(&key.name).cloned() } else { None };
        let outcome = controllers::reconcile(controller, self.api.view(), &key, machine.as_deref(), self.now);
        let requeue = outcome.requeue;
        self.carry_out(outcome);
        if let Some(after) = requeue {
            self.agenda.put(self.now + after.max(SimDuration::from_micros(1)), Wakeup::Controller(controller, key));
        }
    }

    /// Records the events, then submits the writes; a write that is refused is reported, or dropped: whoever wanted it wakes again when
    /// what it refused for changes.
    fn carry_out(&mut self, outcome: Outcome) {
        for note in outcome.notes {
            self.api.record(note, self.now);
        }
        for action in outcome.actions {
            let result = self.api.submit(action.write, self.now);
            if let Some(report) = action.report {
                let note = report.note(result.as_ref().map(|committed| &committed.object));
                self.api.record(note, self.now);
            }
        }
        for note in outcome.later {
            self.api.record(note, self.now);
        }
        self.spread_changes();
    }

    fn wake_a_kubelet(&mut self, node: Name, pod: PodName) {
        let Some(machine) = self.machines.get_mut(&node) else { return };
        let sync = kubelet::sync_pod(self.api.view(), Rc::make_mut(machine), &mut self.kubelets, &pod, self.now);
        self.carry_out(sync.outcome);
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
        match schedule_one(&mut self.cache, pod, &mut self.scheduling) {
            Decision::Bind(node) => {
                let mut outcome = Outcome::default();
                outcome.write(Write::Bind { namespace: name.0.clone(), pod: name.1.clone(), uid: pod.meta.uid, node: node.clone() });
                outcome.notes.push(scheduler_note(about, EventType::Normal, "Scheduled", EventText::Assigned { node }));
                self.carry_out(outcome);
            }
            Decision::Unschedulable(why, helped_by) => {
                self.queue.park(name.clone(), pod.spec.priority.unwrap_or_default(), helped_by, self.now);
                let message = Name::from(why);
                let mut outcome = Outcome::default();
                outcome.notes.push(scheduler_note(about, EventType::Warning, "FailedScheduling", EventText::Text(message.clone())));
                let mut waiting = Pod::clone(pod);
                let detail = Rc::new((Name::fixed("Unschedulable"), message));
                waiting.status.set_condition(PodConditionKind::PodScheduled, Truth::False, Some(detail), self.now);
                waiting.meta.resource_version = 0;
                outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(waiting))));
                self.carry_out(outcome);
            }
        }
    }
}

fn scheduler_note(about: Rc<ObjectReference>, kind: EventType, reason: &'static str, text: EventText) -> Note {
    Note { about, kind, reason, text, component: "default-scheduler", host: Name::default(), container: Name::default() }
}
