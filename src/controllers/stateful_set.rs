//! The StatefulSet controller: pods with numbers and names that stay, made and removed one after the other; claims of their own; updates from
//! the highest number down.
//! Models pkg/controller/statefulset/stateful_set_control.go UpdateStatefulSet and stateful_set_utils.go. Left out: more than one
//! unavailable pod at a time.

use std::rc::Rc;

use serde_json::{Value, json};

use super::claim;
use super::pod_control::{Maker, is_available, next_available};
use crate::api::{
    ControllerRevision, EventText, EventType, Json, Kind, LabelSelector, Object, ObjectKey, ObjectMeta, Other, OwnerReference, Pod,
    PodPhase, PodSelector, PodTemplateSpec, template_hash,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{LargeMap, Name, SimTime};
use crate::store::View;

/// So many pods are made at most at a time. Upstream makes all, in batches that double, and stops at the first that is refused.
const BURST: usize = 500;

const POD_NAME: Name = Name::fixed("statefulset.kubernetes.io/pod-name");
const POD_INDEX: Name = Name::fixed("apps.kubernetes.io/pod-index");
const REVISION: Name = Name::fixed("controller-revision-hash");

/// Keeps the pods of a set. Key: the set.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, component: &'static str, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(object) = view.get(key) else { return outcome };
    let Some(set) = object.as_other().filter(|set| !set.meta.is_deleting()) else { return outcome };
    let selector: Option<LabelSelector> = Json::read(set.at(&["spec", "selector"]));
    let pods = claim::pods(view, object, &PodSelector::Selector(selector.as_ref()), &mut outcome);
    let maker = Maker::new(key.clone(), set.meta.uid, component);
    let numbered = pods.iter().filter_map(|pod| Some((ordinal(set, pod)?, pod.clone()))).collect();
    let mut sync = Sync { view, set, pods, numbered, maker, now, outcome, revisions: Vec::new() };
    let (current, update) = sync.revisions();
    sync.act(&current, &update);
    sync.report(current, &update);
    let wait = next_available(&sync.pods, sync.min_ready(), now);
    sync.outcome.requeue = wait;
    sync.outcome
}

struct Sync<'a> {
    view: View<'a>,
    set: &'a Rc<Other>,
    pods: Vec<Rc<Pod>>,
    /// Those whose names have a number, by that.
    numbered: LargeMap<i64, Rc<Pod>>,
    maker: Maker,
    now: SimTime,
    outcome: Outcome,
    /// Its revisions, each with its template.
    revisions: Vec<(Name, Value)>,
}

/// The number of a pod of a set; None if its name has none.
fn ordinal(set: &Other, pod: &Pod) -> Option<i64> {
    pod.meta.name.strip_prefix(set.meta.name.as_str())?.strip_prefix('-')?.parse().ok()
}

/// Models isRunningAndReady.
fn is_running_and_ready(pod: &Pod) -> bool {
    pod.status.phase == PodPhase::Running && pod.is_ready()
}

impl Sync<'_> {
    fn number(&self, path: &[&str], absent: i64) -> i64 {
        self.set.at(path).as_i64().unwrap_or(absent)
    }

    fn text(&self, path: &[&str]) -> &str {
        self.set.at(path).as_str().unwrap_or_default()
    }

    fn min_ready(&self) -> i32 {
        i32::try_from(self.number(&["spec", "minReadySeconds"], 0)).unwrap_or_default()
    }

    fn pod(&self, number: i64) -> Option<Rc<Pod>> {
        self.numbered.get(&number).cloned()
    }

    /// The names of the revisions that the set has and is to have; the latter is made if it is not there.
    fn revisions(&mut self) -> (Name, Name) {
        let template = PodTemplateSpec::read(self.set.at(&["spec", "template"]));
        let data = json!({"spec": {"template": self.set.at(&["spec", "template"])}});
        let mut highest = 0;
        let mut present = None;
        for object in self.view.owned_by(self.set.meta.uid) {
            let Object::ControllerRevision(revision) = object else { continue };
            self.revisions.push((revision.meta.name.clone(), revision.data.pointer("/spec/template").cloned().unwrap_or_default()));
            highest = highest.max(revision.revision);
            if revision.data == data {
                present = Some(revision.clone());
            }
        }
        let update = match present {
            Some(mut revision) => {
                let name = revision.meta.name.clone();
                if revision.revision < highest {
                    Rc::make_mut(&mut revision).revision = highest + 1;
                    self.outcome.write(Write::Update(Object::ControllerRevision(revision)));
                }
                name
            }
            None => self.make_revision(&template, data, highest + 1),
        };
        let current = Name::from(self.text(&["status", "currentRevision"]));
        (if current.is_empty() { update.clone() } else { current }, update)
    }

    fn make_revision(&mut self, template: &PodTemplateSpec, data: Value, revision: i64) -> Name {
        let hash = template_hash(template, None);
        let name = Name::from(format!("{}-{hash}", self.set.meta.name));
        let mut labels = (*template.meta.labels).clone();
        labels.insert(REVISION, hash.into());
        let meta = ObjectMeta {
            name: name.clone(),
            namespace: self.set.meta.namespace.clone(),
            labels: Rc::new(labels),
            owners: Rc::from([OwnerReference::controller(Kind::StatefulSet, &self.set.meta.name, self.set.meta.uid)]),
            ..ObjectMeta::default()
        };
        self.revisions.push((name.clone(), self.set.at(&["spec", "template"]).clone()));
        self.outcome.write(Write::Create(Object::ControllerRevision(Rc::new(ControllerRevision { meta, data, revision }))));
        name
    }

    /// Makes, removes and replaces pods; with ordered pods one at a time.
    fn act(&mut self, current: &Name, update: &Name) {
        let ordered = self.text(&["spec", "podManagementPolicy"]) != "Parallel";
        let (start, count) = (self.number(&["spec", "ordinals", "start"], 0), self.number(&["spec", "replicas"], 1));
        let partition = start + self.number(&["spec", "updateStrategy", "rollingUpdate", "partition"], 0);
        let rolling = self.text(&["spec", "updateStrategy", "type"]) == "RollingUpdate";
        self.keep_claims(start, count);
        let mut made = 0;
        for number in start..start + count {
            let settled = match self.pod(number) {
                None if made == BURST => return,
                None => {
                    made += 1;
                    let revision = if rolling && number < partition { current } else { update };
                    self.create(number, revision);
                    false
                }
                Some(pod) if pod.status.phase.is_terminal() && !pod.meta.is_deleting() => {
                    self.delete(&pod);
                    false
                }
                Some(pod) => !pod.meta.is_deleting() && is_running_and_ready(&pod) && is_available(&pod, self.min_ready(), self.now),
            };
            if !settled && ordered {
                return;
            }
        }
        let extra = |number: i64| number < start || number >= start + count;
        let extra: Vec<Rc<Pod>> = self.numbered.iter().rev().filter(|(number, _)| extra(**number)).map(|(_, pod)| pod.clone()).collect();
        for pod in &extra {
            if !pod.meta.is_deleting() {
                self.delete(pod);
            }
            if ordered {
                return;
            }
        }
        if rolling {
            self.roll(partition, start + count, update);
        }
    }

    /// The pod of the highest number that is not of the newest revision goes, once those above it are well.
    fn roll(&mut self, partition: i64, end: i64, update: &Name) {
        for number in (partition..end).rev() {
            let Some(pod) = self.pod(number) else { return };
            if pod.meta.labels.get(&REVISION) != Some(update) {
                if !pod.meta.is_deleting() {
                    self.delete(&pod);
                }
                return;
            }
            if !is_running_and_ready(&pod) || !is_available(&pod, self.min_ready(), self.now) {
                return;
            }
        }
    }

    fn delete(&mut self, pod: &Pod) {
        let mut action = self.maker.delete(pod);
        action.report = None;
        self.outcome.actions.push(action);
        self.tell("SuccessfulDelete", format!("delete Pod {} in StatefulSet {} successful", pod.meta.name, self.set.meta.name));
    }

    fn tell(&mut self, reason: &'static str, text: String) {
        let note = self.maker.note(EventType::Normal, reason, EventText::Text(text.into()));
        self.outcome.later.push(note);
    }

    fn create(&mut self, number: i64, revision: &Name) {
        let name = Name::from(format!("{}-{number}", self.set.meta.name));
        let known = self.revisions.iter().find(|(other, _)| other == revision);
        let template = PodTemplateSpec::read(known.map_or(self.set.at(&["spec", "template"]), |(_, template)| template));
        let mut pod = self.maker.pod(&template);
        pod.meta.generate_name = Name::default();
        pod.meta.name = name.clone();
        let labels = Rc::make_mut(&mut pod.meta.labels);
        labels.insert(POD_NAME, name.clone());
        labels.insert(POD_INDEX, number.to_string().into());
        labels.insert(REVISION, revision.clone());
        let spec = Rc::make_mut(&mut pod.spec);
        spec.hostname = name.clone();
        let service = self.text(&["spec", "serviceName"]);
        spec.subdomain = Name::from(service);
        for (volume, claim) in self.claims(&name) {
            spec.volumes.retain(|other| other.get("name").is_none_or(|name| *name != volume.as_str()));
            spec.volumes.push(json!({"name": volume, "persistentVolumeClaim": {"claimName": claim}}));
        }
        let mut action = self.maker.create(Object::Pod(Rc::new(pod)));
        if let Some(report) = &mut action.report {
            report.of_set = Some(Rc::new((name, self.set.meta.name.clone())));
        }
        self.outcome.actions.push(action);
    }

    /// The claims of a pod, by its volumes; those that are missing are made.
    fn claims(&mut self, pod: &Name) -> Vec<(String, String)> {
        let set = self.set.clone();
        let templates = set.at(&["spec", "volumeClaimTemplates"]).as_array().map(Vec::as_slice).unwrap_or_default();
        let mut claims = Vec::new();
        for template in templates {
            let volume = template.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let name = format!("{volume}-{pod}");
            let key = ObjectKey::new(Kind::PersistentVolumeClaim, set.meta.namespace.clone(), name.as_str());
            if self.view.get(&key).is_none() {
                let labels = set.at(&["spec", "selector", "matchLabels"]);
                let value = json!({
                    "metadata": {"name": name, "namespace": set.meta.namespace.as_str(), "labels": labels}, "spec": template["spec"],
                });
                if let Some(mut claim) = Object::from_value(Kind::PersistentVolumeClaim, &value) {
                    if self.text(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]) == "Delete" {
                        claim.meta_mut().owners = Rc::from([OwnerReference::controller(Kind::StatefulSet, &set.meta.name, set.meta.uid)]);
                    }
                    self.outcome.write(Write::Create(claim));
                    // Told before the pod is.
                    let text = format!("create Claim {name} Pod {pod} in StatefulSet {} success", set.meta.name);
                    self.outcome.notes.push(self.maker.note(EventType::Normal, "SuccessfulCreate", EventText::Text(text.into())));
                }
            }
            claims.push((volume, name));
        }
        claims
    }

    /// Whom claims belong to, and are deleted with: the set, or a pod that is one too many, as the policy says.
    /// Models updateClaimOwnerRefForSetAndPod.
    fn claim_owner(&self, pod: &Pod, start: i64, count: i64) -> Option<OwnerReference> {
        let policy = |when| self.text(&["spec", "persistentVolumeClaimRetentionPolicy", when]) == "Delete";
        let is_extra = ordinal(self.set, pod).is_none_or(|number| number < start || number >= start + count);
        match (policy("whenDeleted"), policy("whenScaled")) {
            (_, true) if is_extra => Some(OwnerReference::controller(Kind::Pod, &pod.meta.name, pod.meta.uid)),
            (true, _) => Some(OwnerReference::controller(Kind::StatefulSet, &self.set.meta.name, self.set.meta.uid)),
            _ => None,
        }
    }

    /// Gives the claims of the pods to those whom they belong to now.
    fn keep_claims(&mut self, start: i64, count: i64) {
        let set = self.set.clone();
        let templates = set.at(&["spec", "volumeClaimTemplates"]).as_array().map(Vec::as_slice).unwrap_or_default();
        for pod in self.pods.clone() {
            let owner = self.claim_owner(&pod, start, count);
            for template in templates {
                let volume = template.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
                let key = ObjectKey::new(Kind::PersistentVolumeClaim, set.meta.namespace.clone(), format!("{volume}-{}", pod.meta.name));
                let Some(claim) = self.view.get(&key) else { continue };
                let ours = |owner: &OwnerReference| owner.uid.same(set.meta.uid) || owner.uid.same(pod.meta.uid);
                let strange = claim.meta().controller().is_some_and(|owner| !ours(owner));
                let owners: Rc<[OwnerReference]> =
                    claim.meta().owners.iter().filter(|owner| !ours(owner)).cloned().chain(owner.clone()).collect();
                let same = owners.len() == claim.meta().owners.len() && owners.iter().zip(claim.meta().owners.iter()).all(|(a, b)| a.uid.same(b.uid));
                if strange || same {
                    continue;
                }
                let mut claim = claim.clone();
                claim.meta_mut().owners = owners;
                claim.meta_mut().resource_version = 0;
                self.outcome.write(Write::Update(claim));
            }
        }
    }

    fn report(&mut self, current: Name, update: &Name) {
        let live = || self.pods.iter().filter(|pod| !pod.status.phase.is_terminal());
        let of = |revision: &Name| live().filter(|pod| !pod.meta.is_deleting() && pod.meta.labels.get(&REVISION) == Some(revision)).count();
        let ready = live().filter(|pod| is_running_and_ready(pod)).count();
        let (total, updated) = (live().count(), of(update));
        let wanted = self.number(&["spec", "replicas"], 1);
        let done = i64::try_from(updated).is_ok_and(|updated| updated == wanted) && ready == total;
        let (current, holds) = if done { (update.clone(), updated) } else { let holds = of(&current); (current, holds) };
        let available = live().filter(|pod| is_available(pod, self.min_ready(), self.now)).count();
        let mut status = json!({
            "availableReplicas": available, "collisionCount": 0, "currentRevision": current.as_str(),
            "observedGeneration": self.set.meta.generation, "replicas": total, "updateRevision": update.as_str(),
        });
        for (key, count) in [("currentReplicas", holds), ("readyReplicas", ready), ("updatedReplicas", updated)] {
            if count > 0 {
                status[key] = Value::from(count);
            }
        }
        if *self.set.field("status") != status {
            let mut fresh = Other::clone(self.set);
            fresh.fields.insert("status".to_owned(), status);
            fresh.meta.resource_version = 0;
            self.outcome.write(Write::UpdateStatus(Object::Other(Rc::new(fresh))));
        }
    }
}
