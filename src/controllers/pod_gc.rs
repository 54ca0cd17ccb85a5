//! Pods bound to a node that is gone.
//! Models pkg/controller/podgc/gc_controller.go gcOrphaned. Left out: terminated pods above 12500, the out-of-service taint.

use std::rc::Rc;

use crate::api::{Kind, Object, ObjectKey, Pod, PodConditionKind, PodPhase, Truth};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::View;

/// gcCheckPeriod
const PERIOD: u64 = 20_000_000;
/// quarantineTime: a node is given this long to come back.
const QUARANTINE: SimDuration = SimDuration::from_seconds(40);

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    if view.node(&key.name).is_some() || view.count_on(&key.name) == 0 {
        return outcome;
    }
    // Woken off the tick when the node went: the quarantine begins at the next tick, and its end is a tick too.
    if !now.micros().is_multiple_of(PERIOD) {
        let to_tick = SimDuration::from_micros(PERIOD - now.micros() % PERIOD);
        outcome.requeue = Some(to_tick + QUARANTINE);
        return outcome;
    }
    for pod in view.pods_on(&key.name) {
        collect(pod, now, &mut outcome);
    }
    outcome
}

fn collect(pod: &Rc<Pod>, now: SimTime, outcome: &mut Outcome) {
    if !pod.status.phase.is_terminal() {
        let mut failed = Pod::clone(pod);
        failed.status.phase = PodPhase::Failed;
        let detail = (Name::fixed("DeletionByPodGC"), Name::fixed("PodGC: node no longer exists"));
        failed.status.set_condition(PodConditionKind::DisruptionTarget, Truth::True, Some(Rc::new(detail)), now);
        failed.meta.resource_version = 0;
        outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(failed))));
    }
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let options = DeleteOptions { grace_seconds: Some(0), uid: Some(pod.meta.uid), ..DeleteOptions::default() };
    outcome.write(Write::Delete { key, options });
}
