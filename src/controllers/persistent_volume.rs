//! Volumes and claims find each other: a claim gets the smallest free volume that will do, and keeps it. Where there is none, the stand-in for the
//! provisioner of its class makes one. What pods use stays until they are gone.
//! Models pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim, findBestMatchForClaim, bind, provisionClaim, and
//! pkg/controller/volume/{pvcprotection,pvprotection}. Left out: recycling, growing, copies of other claims, provisioners that fail.

use std::rc::Rc;

use serde_json::{Value, json};

use super::pod_control::Maker;
use crate::api::{EventText, EventType, Kind, Object, ObjectKey, Other, Pod, SELECTED_NODE, claims_of, default_class};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration};
use crate::store::View;

const BY_CONTROLLER: Name = Name::fixed("pv.kubernetes.io/bound-by-controller");
const COMPLETED: Name = Name::fixed("pv.kubernetes.io/bind-completed");
const PROVISIONED_BY: Name = Name::fixed("pv.kubernetes.io/provisioned-by");
const PROVISIONER: [Name; 2] = [Name::fixed("volume.beta.kubernetes.io/storage-provisioner"), Name::fixed("volume.kubernetes.io/storage-provisioner")];
const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION: &str = "kubernetes.io/pv-protection";
const NOTHING_FITS: Name = Name::fixed("no persistent volumes available for this claim and no storage class is set");
const WAITS: Name = Name::fixed("waiting for first consumer to be created before binding");
/// What the events of the stand-in come from.
const STAND_IN: &str = "volume-provisioner";
/// All claims that wait are looked at again (PVClaimBinderSyncPeriod).
const SYNC_PERIOD: SimDuration = SimDuration::from_seconds(15);
/// So long a new volume takes.
const MAKING: SimDuration = SimDuration::from_millis(900);

/// Looks at a claim or a volume. Key: one of those.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, component: &'static str) -> Outcome {
    let mut outcome = Outcome::default();
    match view.get(key).and_then(Object::as_other) {
        Some(claim) if claim.kind == Kind::PersistentVolumeClaim => sync_claim(view, claim, component, &mut outcome),
        Some(volume) => sync_volume(view, volume, &mut outcome),
        None => {}
    }
    outcome
}

/// The pods that use a claim.
fn users<'a>(view: View<'a>, claim: &'a Other) -> impl Iterator<Item = &'a Rc<Pod>> {
    view.pods(&claim.meta.namespace).filter(|pod| claims_of(pod).any(|(_, name)| *claim.meta.name == *name))
}

fn text<'a>(object: &'a Other, path: &[&str]) -> &'a str {
    object.at(path).as_str().unwrap_or_default()
}

/// An event about a claim.
fn tell(claim: &Other, component: &'static str, kind: EventType, reason: &'static str, text: Name, outcome: &mut Outcome) {
    let key = ObjectKey::new(claim.kind, claim.meta.namespace.clone(), claim.meta.name.clone());
    outcome.notes.push(Maker::new(key, claim.meta.uid, component).note(kind, reason, EventText::Text(text)));
}

fn sync_claim(view: View<'_>, claim: &Rc<Other>, component: &'static str, outcome: &mut Outcome) {
    if claim.meta.is_deleting() {
        if !users(view, claim).any(|pod| !pod.status.phase.is_terminal()) {
            outcome.write(Write::Update(without_finalizer(claim, CLAIM_PROTECTION)));
        }
        return;
    }
    if text(claim, &["status", "phase"]) == "Bound" {
        return;
    }
    let class = ObjectKey::new(Kind::StorageClass, Name::default(), claim.storage_class());
    let class = view.get(&class).and_then(Object::as_other);
    let delayed = class.is_some_and(|class| class.waits_for_consumer());
    let all = view.list(Kind::PersistentVolume, &Name::default()).filter_map(Object::as_other);
    let fitting = all.filter(|volume| volume.volume_suits(claim) && (!delayed || !volume.at(&["spec", "claimRef"]).is_null()));
    if let Some(volume) = fitting.min_by_key(|volume| volume.capacity()) {
        return bind(volume, claim, outcome);
    }
    outcome.requeue = Some(SYNC_PERIOD);
    if delayed && !claim.meta.annotations.contains_key(&SELECTED_NODE) {
        let waiting: Vec<&str> = users(view, claim).filter(|pod| pod.node_name.is_empty()).map(|pod| pod.meta.name.as_str()).collect();
        return match waiting.as_slice() {
            [] => tell(claim, component, EventType::Normal, "WaitForFirstConsumer", WAITS, outcome),
            [pod] => tell(claim, component, EventType::Normal, "WaitForPodScheduled", format!("waiting for pod {pod} to be scheduled").into(), outcome),
            pods => {
                let text = format!("waiting for pods {} to be scheduled", pods.join(","));
                tell(claim, component, EventType::Normal, "WaitForPodScheduled", text.into(), outcome);
            }
        };
    }
    let default = default_class(view.list(Kind::StorageClass, &Name::default())).filter(|_| claim.leaves_class_open());
    match (class, default) {
        (Some(class), _) => provision(view, claim, class, component, outcome),
        // A class that became the default one later. Models assignDefaultStorageClass.
        (None, Some(default)) => {
            let mut changed = Other::clone(claim);
            if let Some(spec) = changed.fields.get_mut("spec") {
                spec["storageClassName"] = Value::from(default.meta.name.as_str());
            }
            changed.meta.resource_version = 0;
            outcome.write(Write::Update(Object::Other(Rc::new(changed))));
        }
        (None, None) if claim.storage_class().is_empty() => tell(claim, component, EventType::Normal, "FailedBinding", NOTHING_FITS, outcome),
        (None, None) => {
            let why = format!("storageclass.storage.k8s.io \"{}\" not found", claim.storage_class());
            tell(claim, component, EventType::Warning, "ProvisioningFailed", why.into(), outcome);
        }
    }
}

/// The provisioner of a class is asked; its stand-in answers a moment later. Models provisionClaimOperationExternal.
fn provision(view: View<'_>, claim: &Rc<Other>, class: &Rc<Other>, component: &'static str, outcome: &mut Outcome) {
    let provisioner = class.field("provisioner").as_str().unwrap_or_default();
    if provisioner == "kubernetes.io/no-provisioner" {
        let why = format!("no volume plugin matched name: {provisioner}");
        return tell(claim, component, EventType::Warning, "ProvisioningFailed", why.into(), outcome);
    }
    let name = format!("pvc-{}", claim.meta.uid);
    if claim.meta.annotations.get(&PROVISIONER[0]).is_none_or(|known| *known != *provisioner) {
        let mut asked = Other::clone(claim);
        let annotations = Rc::make_mut(&mut asked.meta.annotations);
        PROVISIONER.iter().for_each(|mark| drop(annotations.insert(mark.clone(), provisioner.into())));
        asked.meta.resource_version = 0;
        outcome.write(Write::Update(Object::Other(Rc::new(asked))));
        let waits = format!(
            "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If \
             volume creation is delayed, please verify that the provisioner is running and correctly registered."
        );
        tell(claim, component, EventType::Normal, "ExternalProvisioning", waits.into(), outcome);
        let of = format!("External provisioner is provisioning volume for claim \"{}/{}\"", claim.meta.namespace, claim.meta.name);
        tell(claim, STAND_IN, EventType::Normal, "Provisioning", of.into(), outcome);
        outcome.requeue = Some(MAKING);
    } else if view.get(&ObjectKey::new(Kind::PersistentVolume, Name::default(), name.as_str())).is_none() {
        if let Some(volume) = Object::from_value(Kind::PersistentVolume, &new_volume(&name, claim, class, provisioner)) {
            outcome.write(Write::Create(volume));
            tell(claim, STAND_IN, EventType::Normal, "ProvisioningSucceeded", format!("Successfully provisioned volume {name}").into(), outcome);
        }
    }
}

/// The volume that the stand-in makes: a directory, on the node that was chosen if one was.
fn new_volume(name: &str, claim: &Other, class: &Other, provisioner: &str) -> Value {
    let spec = claim.field("spec");
    let mut volume = json!({
        "metadata": {"name": name, "annotations": {PROVISIONED_BY.as_str(): provisioner}},
        "spec": {
            "accessModes": spec["accessModes"], "capacity": {"storage": spec["resources"]["requests"]["storage"]}, "claimRef": reference(claim),
            "hostPath": {"path": format!("/var/lib/volumes/{}/{}", claim.meta.namespace, claim.meta.name), "type": ""},
            "persistentVolumeReclaimPolicy": class.field("reclaimPolicy"), "storageClassName": class.meta.name.as_str(), "volumeMode": spec["volumeMode"],
        },
    });
    if let Some(node) = claim.meta.annotations.get(&SELECTED_NODE) {
        let there = json!({"key": "kubernetes.io/hostname", "operator": "In", "values": [node.as_str()]});
        volume["spec"]["nodeAffinity"] = json!({"required": {"nodeSelectorTerms": [{"matchExpressions": [there]}]}});
    }
    volume
}

fn reference(claim: &Other) -> Value {
    json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": claim.meta.name.as_str(), "namespace": claim.meta.namespace.as_str(),
        "resourceVersion": claim.meta.resource_version.to_string(), "uid": claim.meta.uid.to_string(),
    })
}

fn annotate(object: &mut Other, keys: &[Name]) {
    let annotations = Rc::make_mut(&mut object.meta.annotations);
    keys.iter().for_each(|key| drop(annotations.insert(key.clone(), Name::fixed("yes"))));
}

/// Writes an object's spec, then its status.
fn write(mut object: Other, status: Value, outcome: &mut Outcome) {
    object.meta.resource_version = 0;
    outcome.write(Write::Update(Object::Other(Rc::new(object.clone()))));
    object.fields.insert("status".to_owned(), status);
    outcome.write(Write::UpdateStatus(Object::Other(Rc::new(object))));
}

fn bind(volume: &Rc<Other>, claim: &Rc<Other>, outcome: &mut Outcome) {
    let mut bound = Other::clone(volume);
    let mut status = bound.field("status").clone();
    status["phase"] = Value::from("Bound");
    if bound.at(&["spec", "claimRef", "uid"]).is_null() {
        annotate(&mut bound, &[BY_CONTROLLER]);
        if let Some(spec) = bound.fields.get_mut("spec") {
            spec["claimRef"] = reference(claim);
        }
    }
    write(bound, status, outcome);
    let mut owner = Other::clone(claim);
    annotate(&mut owner, &[COMPLETED, BY_CONTROLLER]);
    if let Some(spec) = owner.fields.get_mut("spec") {
        spec["volumeName"] = Value::from(volume.meta.name.as_str());
    }
    let spec = volume.field("spec");
    let status = json!({"accessModes": spec["accessModes"], "capacity": spec["capacity"], "phase": "Bound"});
    write(owner, status, outcome);
}

fn without_finalizer(object: &Other, finalizer: &str) -> Object {
    let mut changed = object.clone();
    changed.meta.finalizers.retain(|name| *name != finalizer);
    changed.meta.resource_version = 0;
    Object::Other(Rc::new(changed))
}

/// A new volume is free; one whose claim is gone is let go, or goes as well.
fn sync_volume(view: View<'_>, volume: &Rc<Other>, outcome: &mut Outcome) {
    let reference = volume.at(&["spec", "claimRef"]);
    let phase = text(volume, &["status", "phase"]);
    let next = if reference.is_null() {
        "Available"
    } else {
        let field = |name: &str| reference[name].as_str().unwrap_or_default();
        let key = ObjectKey::new(Kind::PersistentVolumeClaim, field("namespace"), field("name"));
        let there = view.get(&key).is_some_and(|claim| claim.meta().uid.to_string() == field("uid"));
        match (there, phase) {
            (false, "Bound") if text(volume, &["spec", "persistentVolumeReclaimPolicy"]) == "Delete" => {
                let key = ObjectKey::new(Kind::PersistentVolume, Name::default(), volume.meta.name.clone());
                outcome.write(Write::UpdateStatus(in_phase(volume, "Released")));
                outcome.write(Write::Delete { key, options: DeleteOptions { uid: Some(volume.meta.uid), ..DeleteOptions::default() } });
                return;
            }
            (false, "Bound") => "Released",
            _ => return,
        }
    };
    if next != phase {
        outcome.write(Write::UpdateStatus(in_phase(volume, next)));
    }
    if volume.meta.is_deleting() {
        outcome.write(Write::Update(without_finalizer(volume, VOLUME_PROTECTION)));
    }
}

fn in_phase(volume: &Other, phase: &str) -> Object {
    let mut fresh = volume.clone();
    fresh.meta.resource_version = 0;
    let mut status = fresh.field("status").clone();
    status["phase"] = Value::from(phase);
    fresh.fields.insert("status".to_owned(), status);
    Object::Other(Rc::new(fresh))
}
