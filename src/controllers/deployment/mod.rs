//! Deployment: replica sets, one for each template, of which the newest grows while the others shrink.
//! Models pkg/controller/deployment. Left out: failures of replica sets to make pods.

mod progress;
mod revision;
mod rolling;
mod scale;

use std::rc::Rc;

use super::claim;
use super::pod_control::Maker;
use crate::api::{
    Deployment, DeploymentStatus, EventText, EventType, Object, ObjectKey, ObjectMeta, PodPhase, PodSelector, ReplicaSet,
};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{SimDuration, SimTime, sort_by, sort_by_key};
use crate::store::View;

const COMPONENT: &str = "deployment-controller";
const RECREATE: &str = "Recreate";

/// A replica set as this sync leaves it.
struct Set {
    now: ReplicaSet,
    /// As it is stored; None if this sync makes it.
    stored: Option<Rc<ReplicaSet>>,
}

impl Set {
    fn wanted(&self) -> i32 {
        self.now.replicas()
    }

    fn is_active(&self) -> bool {
        self.wanted() > 0
    }
}

/// A sync of one deployment.
struct Sync<'a> {
    view: View<'a>,
    deployment: &'a Deployment,
    /// Its annotations and conditions change as the sync goes.
    meta: ObjectMeta,
    status: DeploymentStatus,
    /// All its replica sets, by name.
    sets: Vec<Set>,
    /// The place of the set of the present template.
    new: Option<usize>,
    maker: Maker,
    now: SimTime,
    outcome: Outcome,
}

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(object) = view.get(key) else { return outcome };
    let Object::Deployment(deployment) = object else { return outcome };
    let selector = PodSelector::Selector(deployment.spec.selector.as_deref());
    let claimed = claim::replica_sets(view, object, &selector, &mut outcome);
    let sets: Vec<Set> = claimed.into_iter().map(|set| Set { now: (*set).clone(), stored: Some(set) }).collect();
    let new = revision::find_new(deployment, &sets);
    let maker = Maker::new(key.clone(), deployment.meta.uid, COMPONENT);
    let (meta, status) = (deployment.meta.clone(), deployment.status.clone());
    let mut sync = Sync { view, deployment, meta, status, sets, new, maker, now, outcome };
    sync.run();
    sync.finish()
}

impl Sync<'_> {
    /// Models syncDeployment.
    fn run(&mut self) {
        if self.deployment.meta.is_deleting() {
            return self.report_counts();
        }
        self.note_pause();
        self.sync_revision();
        if self.deployment.spec.paused || self.is_scaled() {
            self.scale_all();
            if self.deployment.spec.paused {
                self.clean_up();
            }
            return self.report_counts();
        }
        match self.deployment.spec.strategy.kind.as_str() {
            RECREATE => self.recreate(),
            _ => self.roll(),
        }
        if progress::is_complete(self.deployment, &self.deployment.status) {
            self.clean_up();
        }
        self.report_progress();
    }

    /// All old sets go to 0 and all their pods end before the new one comes.
    /// Models rolloutRecreate.
    fn recreate(&mut self) {
        let active: Vec<usize> = self.old().filter(|at| self.sets[*at].is_active()).collect();
        if !active.is_empty() {
            active.into_iter().for_each(|at| self.scale(at, 0));
            return;
        }
        if self.has_old_pods() {
            return;
        }
        let new = self.ensure_new();
        self.scale(new, self.deployment.replicas());
    }

    /// Models oldPodsRunning.
    fn has_old_pods(&self) -> bool {
        let ended = |phase| matches!(phase, PodPhase::Failed | PodPhase::Succeeded);
        self.old().any(|at| {
            let set = &self.sets[at].now;
            set.status.replicas > 0 || self.view.pods_owned_by(set.meta.uid).any(|pod| !ended(pod.status.phase))
        })
    }

    /// The places of all sets but the new one.
    fn old(&self) -> impl Iterator<Item = usize> + use<> {
        let new = self.new;
        (0..self.sets.len()).filter(move |at| Some(*at) != new)
    }

    /// The places of the old sets, oldest first.
    fn old_by_age(&self) -> Vec<usize> {
        let mut old: Vec<usize> = self.old().collect();
        sort_by(&mut old, |a, b| {
            let age = |at: usize| (self.sets[at].now.meta.creation, &self.sets[at].now.meta.name);
            age(*a).cmp(&age(*b))
        });
        old
    }

    fn sum(&self, of: impl Fn(&ReplicaSet) -> i32) -> i32 {
        self.sets.iter().map(|set| of(&set.now)).fold(0, i32::saturating_add)
    }

    /// Gives a set another number of pods, and tells.
    /// Models scaleReplicaSet.
    fn scale(&mut self, at: usize, wanted: i32) {
        let before = self.sets[at].wanted();
        if before == wanted {
            return;
        }
        self.resize(at, wanted);
        let direction = if before < wanted { "up" } else { "down" };
        let name = &self.sets[at].now.meta.name;
        let text = format!("Scaled {direction} replica set {name} from {before} to {wanted}");
        self.outcome.notes.push(self.maker.note(EventType::Normal, "ScalingReplicaSet", EventText::Text(text.into())));
    }

    fn resize(&mut self, at: usize, wanted: i32) {
        let set = &mut self.sets[at].now;
        set.spec.replicas = Some(wanted);
        scale::mark(self.deployment, &mut set.meta);
    }

    /// Deletes the oldest empty sets above the limit.
    /// Models cleanupDeployment.
    fn clean_up(&mut self) {
        let Some(limit) = self.deployment.spec.revision_history_limit.filter(|limit| *limit != i32::MAX) else { return };
        let mut old: Vec<usize> = self.old().filter(|at| !self.sets[*at].now.meta.is_deleting()).collect();
        let surplus = old.len().saturating_sub(usize::try_from(limit).unwrap_or_default());
        sort_by_key(&mut old, |at| revision::number(&self.sets[*at].now.meta));
        for at in old.into_iter().take(surplus) {
            let set = &self.sets[at].now;
            if set.status.replicas != 0 || set.replicas() != 0 || set.meta.generation > set.status.observed_generation {
                continue;
            }
            let key = Object::ReplicaSet(Rc::new(set.clone())).key();
            let options = DeleteOptions { uid: Some(set.meta.uid), ..DeleteOptions::default() };
            self.outcome.write(Write::Delete { key, options });
        }
    }

    /// The writes of all that changed.
    fn finish(mut self) -> Outcome {
        for set in self.sets {
            let Set { mut now, stored } = set;
            match stored {
                None => self.outcome.write(Write::Create(Object::ReplicaSet(Rc::new(now)))),
                Some(stored) if *stored != now => {
                    now.meta.resource_version = 0;
                    self.outcome.write(Write::Update(Object::ReplicaSet(Rc::new(now))));
                }
                Some(_) => {}
            }
        }
        let Deployment { meta, spec, status } = self.deployment.clone();
        if self.meta != meta || self.status != status {
            let meta = ObjectMeta { resource_version: 0, ..self.meta };
            let changed = Deployment { meta, spec, status: self.status };
            self.outcome.write(Write::UpdateStatus(Object::Deployment(Rc::new(changed))));
        }
        self.outcome
    }

    fn wake_after(&mut self, wait: SimDuration) {
        self.outcome.requeue = self.outcome.requeue.into_iter().chain([wait]).min();
    }
}
