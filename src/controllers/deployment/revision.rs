//! Which replica set is the present template's, and the numbers of all of them.
//! Models pkg/controller/deployment/sync.go getNewReplicaSet and util/deployment_util.go SetNewReplicaSetAnnotations.

use std::rc::Rc;

use super::{RECREATE, Set, Sync, scale};
use crate::api::{
    Deployment, EventText, EventType, Kind, LabelSelector, ObjectKey, ObjectMeta, OwnerReference, PodTemplateSpec, ReplicaSet,
    ReplicaSetSpec, TEMPLATE_HASH_LABEL, Truth, is_same_template, template_hash,
};
use crate::base::Name;

const REVISION: Name = Name::fixed("deployment.kubernetes.io/revision");
const HISTORY: Name = Name::fixed("deployment.kubernetes.io/revision-history");
/// Annotations of the deployment that its replica sets do not get.
const OWN: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
];

/// A set's number; 0 without one.
pub(super) fn number(meta: &ObjectMeta) -> i64 {
    meta.annotations.get(&REVISION).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The oldest set of the deployment's template.
/// Models FindNewReplicaSet.
pub(super) fn find_new(deployment: &Deployment, sets: &[Set]) -> Option<usize> {
    let same = |at: &usize| is_same_template(&deployment.spec.template, &sets[*at].now.spec.template);
    (0..sets.len()).filter(same).min_by_key(|at| (sets[*at].now.meta.creation, sets[*at].now.meta.name.clone()))
}

impl Sync<'_> {
    /// The number that the new set gets: above those of all others.
    fn next_revision(&self) -> i64 {
        self.old().map(|at| number(&self.sets[at].now.meta)).max().unwrap_or_default() + 1
    }

    /// Keeps the new set's annotations, if there is a new set, and the deployment's number.
    pub(super) fn sync_revision(&mut self) {
        let Some(new) = self.new else { return };
        let revision = self.next_revision();
        let set = &mut self.sets[new].now;
        let before = set.clone();
        annotate(&self.meta, &mut set.meta, revision);
        set.spec.min_ready_seconds = self.deployment.spec.min_ready_seconds;
        if *set != before {
            // The deployment follows once the set is stored.
            return;
        }
        let name = set.meta.name.clone();
        set_number(&mut self.meta, number(&self.sets[new].now.meta));
        if self.has_deadline() && self.status.condition("Progressing").is_none() {
            self.say("Progressing", Truth::True, "FoundNewReplicaSet", format!("Found new replica set \"{name}\""));
        }
    }

    /// The place of the new set, which is made if it is not there.
    pub(super) fn ensure_new(&mut self) -> usize {
        if let Some(new) = self.new {
            return new;
        }
        let revision = self.next_revision();
        let mut set = self.new_set();
        annotate(&self.meta, &mut set.meta, revision);
        let wanted = match self.deployment.spec.strategy.kind.as_str() {
            RECREATE => self.deployment.replicas(),
            _ => self.room(0),
        };
        set.spec.replicas = Some(wanted);
        scale::mark(self.deployment, &mut set.meta);
        let name = set.meta.name.clone();
        if wanted > 0 {
            let text = format!("Scaled up replica set {name} from 0 to {wanted}");
            self.outcome.notes.push(self.maker.note(EventType::Normal, "ScalingReplicaSet", EventText::Text(text.into())));
        }
        set_number(&mut self.meta, revision);
        if self.has_deadline() {
            self.say("Progressing", Truth::True, "NewReplicaSetCreated", format!("Created new replica set \"{name}\""));
        }
        self.sets.push(Set { now: set, stored: None });
        self.new = Some(self.sets.len() - 1);
        self.sets.len() - 1
    }

    fn new_set(&mut self) -> ReplicaSet {
        let deployment = self.deployment;
        let (hash, name) = loop {
            let hash = Name::from(template_hash(&deployment.spec.template, self.status.collision_count));
            let name = Name::from(format!("{}-{hash}", deployment.meta.name));
            if self.view.get(&ObjectKey::new(Kind::ReplicaSet, deployment.meta.namespace.clone(), name.clone())).is_none() {
                break (hash, name);
            }
            self.status.collision_count = Some(self.status.collision_count.unwrap_or_default() + 1);
        };
        let mut template = PodTemplateSpec::clone(&deployment.spec.template);
        Rc::make_mut(&mut template.meta.0.labels).insert(TEMPLATE_HASH_LABEL, hash.clone());
        let mut selector: LabelSelector = deployment.spec.selector.as_deref().cloned().unwrap_or_default();
        selector.match_labels.insert(TEMPLATE_HASH_LABEL, hash);
        let meta = ObjectMeta {
            name,
            namespace: deployment.meta.namespace.clone(),
            labels: template.meta.labels.clone(),
            owners: Rc::from([OwnerReference::controller(Kind::Deployment, &deployment.meta.name, deployment.meta.uid)]),
            ..ObjectMeta::default()
        };
        let spec = ReplicaSetSpec {
            min_ready_seconds: deployment.spec.min_ready_seconds,
            replicas: Some(0),
            selector: Some(Rc::new(selector)),
            template: Rc::new(template),
            ..ReplicaSetSpec::default()
        };
        ReplicaSet { meta, spec, ..ReplicaSet::default() }
    }
}

/// Copies the deployment's annotations to a set and raises its number, keeping the numbers that it had.
fn annotate(deployment: &ObjectMeta, set: &mut ObjectMeta, revision: i64) {
    let mut annotations = (*set.annotations).clone();
    let copied = deployment.annotations.iter().filter(|(key, _)| !OWN.contains(&key.as_str()));
    annotations.extend(copied.map(|(key, value)| (key.clone(), value.clone())));
    let old = number(set);
    if old < revision {
        if old > 0 {
            let history = annotations.get(&HISTORY).map_or_else(|| old.to_string(), |past| format!("{past},{old}"));
            annotations.insert(HISTORY, history.into());
        }
        annotations.insert(REVISION, revision.to_string().into());
    }
    if annotations != *set.annotations {
        set.annotations = Rc::new(annotations);
    }
}

fn set_number(meta: &mut ObjectMeta, revision: i64) {
    let text = Name::from(revision.to_string());
    if meta.annotations.get(&REVISION) != Some(&text) {
        Rc::make_mut(&mut meta.annotations).insert(REVISION, text);
    }
}
