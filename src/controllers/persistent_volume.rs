//! Volumes and claims find each other: a claim gets the smallest free volume that will do, and keeps it. Where there is none, the stand-in for the
//! provisioner of its class makes one. What pods use stays until they are gone.
//! Models pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim, findBestMatchForClaim, bind, provisionClaim,
//! reclaimVolume, and pkg/controller/volume/{pvcprotection,pvprotection}. Left out: copies of other claims, provisioners that fail.

use std::rc::Rc;

use serde_json::{Value, json};

use super::pod_control::Maker;
use super::recycler;
use crate::api::{EventText, EventType, Json, Kind, Object, ObjectKey, Other, Pod, Quantity, SELECTED_NODE, claims_of, default_class};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::View;

const BY_CONTROLLER: Name = Name::fixed("pv.kubernetes.io/bound-by-controller");
const COMPLETED: Name = Name::fixed("pv.kubernetes.io/bind-completed");
const PROVISIONED_BY: Name = Name::fixed("pv.kubernetes.io/provisioned-by");
const PROVISIONER: [Name; 2] = [Name::fixed("volume.beta.kubernetes.io/storage-provisioner"), Name::fixed("volume.kubernetes.io/storage-provisioner")];
const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";
const VOLUME_PROTECTION: &str = "kubernetes.io/pv-protection";
const NOTHING_FITS: Name = Name::fixed("no persistent volumes available for this claim and no storage class is set");
const WAITS: Name = Name::fixed("waiting for first consumer to be created before binding");
/// Directories of nodes are deleted below this one alone.
const DELETABLE: &str = concat!("/tmp", "/");
const WAITS_TO_GROW: Name = Name::fixed("waiting for an external controller to expand this PVC");
/// What the events of the stand-in come from.
const STAND_IN: &str = "volume-provisioner";
/// All claims are looked at again (PVClaimBinderSyncPeriod).
pub(super) const SYNC_PERIOD: SimDuration = SimDuration::from_seconds(15);
/// So long a new volume takes.
const MAKING: SimDuration = SimDuration::from_millis(900);

/// Looks at a claim or a volume. Key: one of those.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, component: &'static str, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    match view.get(key).and_then(Object::as_other) {
        Some(claim) if claim.kind == Kind::PersistentVolumeClaim => sync_claim(view, claim, (component, now), &mut outcome),
        Some(volume) => sync_volume(view, volume, (component, now), &mut outcome),
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

fn sync_claim(view: View<'_>, claim: &Rc<Other>, (component, now): (&'static str, SimTime), outcome: &mut Outcome) {
    if claim.meta.is_deleting() {
        if !users(view, claim).any(|pod| !pod.status.phase.is_terminal()) {
            outcome.write(Write::Update(without_finalizer(claim, CLAIM_PROTECTION)));
        }
        return;
    }
    if claim.meta.annotations.contains_key(&COMPLETED) {
        return sync_bound(view, claim, (component, now), outcome);
    }
    let class = ObjectKey::new(Kind::StorageClass, Name::default(), claim.storage_class());
    let class = view.get(&class).and_then(Object::as_other);
    let delayed = class.is_some_and(|class| class.waits_for_consumer());
    let all = view.list(Kind::PersistentVolume, &Name::default()).filter_map(Object::as_other);
    let fitting = all.filter(|volume| volume.volume_suits(claim) && (!delayed || !volume.at(&["spec", "claimRef"]).is_null()));
    if let Some(volume) = fitting.min_by_key(|volume| volume.capacity()) {
        return bind(volume, claim, now, outcome);
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

/// A claim that has had a volume keeps it, gets it back if it was let go, or is lost. Models syncBoundClaim.
fn sync_bound(view: View<'_>, claim: &Rc<Other>, (component, now): (&'static str, SimTime), outcome: &mut Outcome) {
    let key = volume_of(claim);
    let volume = view.get(&key).and_then(Object::as_other);
    let (reason, why) = match volume {
        None if key.name.is_empty() => ("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"),
        None => ("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!"),
        Some(volume) if volume.at(&["spec", "claimRef"]).is_null() => {
            // It may ask for more by now.
            outcome.requeue = Some(MAKING);
            return bind(volume, claim, now, outcome);
        }
        Some(volume) if text(volume, &["spec", "claimRef", "uid"]) == claim.meta.uid.to_string() => return grow(view, claim, component, outcome),
        Some(_) => ("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly"),
    };
    if text(claim, &["status", "phase"]) != "Lost" {
        let mut lost = Other::clone(claim);
        lost.meta.resource_version = 0;
        lost.fields.insert("status".to_owned(), json!({"phase": "Lost"}));
        outcome.write(Write::UpdateStatus(Object::Other(Rc::new(lost))));
        tell(claim, component, EventType::Warning, reason, Name::fixed(why), outcome);
    }
}

/// The volume that a claim names.
pub(super) fn volume_of(claim: &Other) -> ObjectKey {
    ObjectKey::new(Kind::PersistentVolume, Name::default(), text(claim, &["spec", "volumeName"]))
}

/// The claim that a volume names; None if it names none.
pub(super) fn claim_of(volume: &Other) -> Option<ObjectKey> {
    let field = |name: &str| text(volume, &["spec", "claimRef", name]);
    (!field("name").is_empty()).then(|| ObjectKey::new(Kind::PersistentVolumeClaim, field("namespace"), field("name")))
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
    } else if view.get(&ObjectKey::new(Kind::PersistentVolume, Name::default(), name.as_str())).is_none()
        && let Some(volume) = Object::from_value(Kind::PersistentVolume, &new_volume(&name, claim, class, provisioner))
    {
        outcome.write(Write::Create(volume));
        tell(claim, STAND_IN, EventType::Normal, "ProvisioningSucceeded", format!("Successfully provisioned volume {name}").into(), outcome);
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

fn bind(volume: &Rc<Other>, claim: &Rc<Other>, now: SimTime, outcome: &mut Outcome) {
    let mut bound = Other::clone(volume);
    let mut status = bound.field("status").clone();
    status["phase"] = Value::from("Bound");
    status["lastPhaseTransitionTime"] = now.write().unwrap_or_default();
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

/// A claim that asks for more than its volume holds gets it from the stand-in that made the volume, a moment later.
/// Models pkg/controller/volume/expand/expand_controller.go and the external resizer.
fn grow(view: View<'_>, claim: &Rc<Other>, component: &'static str, outcome: &mut Outcome) {
    let wanted = claim.at(&["spec", "resources", "requests", "storage"]);
    let amount = |value: &Value| Quantity::read(value).milli();
    if amount(wanted) <= amount(claim.at(&["status", "capacity", "storage"])) {
        return;
    }
    let key = volume_of(claim);
    let volume = view.get(&key).and_then(Object::as_other).filter(|volume| volume.meta.annotations.contains_key(&PROVISIONED_BY));
    let Some(volume) = volume else { return };
    let mut status = claim.field("status").clone();
    let mut larger = Other::clone(claim);
    if status["conditions"].is_null() {
        tell(claim, component, EventType::Normal, "ExternalExpanding", WAITS_TO_GROW, outcome);
        let text = format!("External resizer is resizing volume {}", key.name);
        tell(claim, STAND_IN, EventType::Normal, "Resizing", text.into(), outcome);
        status["conditions"] = json!([{"type": "Resizing", "status": "True", "lastProbeTime": null}]);
        outcome.requeue = Some(MAKING);
    } else {
        let mut grown = Other::clone(volume);
        if let Some(spec) = grown.fields.get_mut("spec") {
            spec["capacity"]["storage"] = wanted.clone();
        }
        grown.meta.resource_version = 0;
        outcome.write(Write::Update(Object::Other(Rc::new(grown))));
        tell(claim, STAND_IN, EventType::Normal, "VolumeResizeSuccessful", Name::fixed("Resize volume succeeded"), outcome);
        status["capacity"]["storage"] = wanted.clone();
        drop(status.as_object_mut().map(|status| status.remove("conditions")));
    }
    larger.meta.resource_version = 0;
    larger.fields.insert("status".to_owned(), status);
    outcome.write(Write::UpdateStatus(Object::Other(Rc::new(larger))));
}

fn without_finalizer(object: &Other, finalizer: &str) -> Object {
    let mut changed = object.clone();
    changed.meta.finalizers.retain(|name| *name != finalizer);
    changed.meta.resource_version = 0;
    Object::Other(Rc::new(changed))
}

/// A new volume is free; one whose claim is gone is let go, and reclaimed. Models syncVolume.
fn sync_volume(view: View<'_>, volume: &Rc<Other>, (component, now): (&'static str, SimTime), outcome: &mut Outcome) {
    let reference = volume.at(&["spec", "claimRef"]);
    let phase = text(volume, &["status", "phase"]);
    let field = |name: &str| reference[name].as_str().unwrap_or_default();
    let key = ObjectKey::new(Kind::PersistentVolumeClaim, field("namespace"), field("name"));
    let next = match () {
        // One that waits for a claim of a name is free until that one has it.
        () if reference.is_null() || field("uid").is_empty() => "Available",
        () if view.get(&key).is_some_and(|claim| claim.meta().uid.to_string() == field("uid")) => return,
        () => "Released",
    };
    if next == "Released" && matches!(phase, "Bound" | "Released") && !volume.meta.is_deleting() {
        return reclaim(view, volume, phase, (component, now), outcome);
    }
    if next != phase && matches!(phase, "Bound" | "Released" | "Pending" | "") {
        outcome.write(Write::UpdateStatus(in_phase(volume, next, "", now)));
    }
    if volume.meta.is_deleting() {
        outcome.write(Write::Update(without_finalizer(volume, VOLUME_PROTECTION)));
    }
}

/// What becomes of a volume whose claim is gone. Models reclaimVolume, recycleVolumeOperation and deleteVolumeOperation.
fn reclaim(view: View<'_>, volume: &Rc<Other>, phase: &str, (component, now): (&'static str, SimTime), outcome: &mut Outcome) {
    if phase != "Released" {
        outcome.write(Write::UpdateStatus(in_phase(volume, "Released", "", now)));
    }
    let mut fail = |reason: &'static str, why: String| {
        outcome.write(Write::UpdateStatus(in_phase(volume, "Failed", &why, now)));
        tell(volume, component, EventType::Warning, reason, why.into(), outcome);
    };
    match text(volume, &["spec", "persistentVolumeReclaimPolicy"]) {
        "Delete" => {
            if let Some(why) = undeletable(volume) {
                return fail("VolumeFailedDelete", why);
            }
            let key = ObjectKey::new(Kind::PersistentVolume, Name::default(), volume.meta.name.clone());
            outcome.write(Write::Delete { key, options: DeleteOptions { uid: Some(volume.meta.uid), ..DeleteOptions::default() } });
        }
        "Recycle" if volume.at(&["spec", "hostPath"]).is_null() && volume.at(&["spec", "nfs"]).is_null() => {
            fail("VolumeFailedRecycle", "No recycler plugin found for the volume!".to_owned());
        }
        "Recycle" => match recycler::empty(view, volume, component, outcome) {
            None => {}
            Some(Ok(())) => {
                tell(volume, component, EventType::Normal, "VolumeRecycled", Name::fixed("Volume recycled"), outcome);
                unbind(volume, now, outcome);
            }
            Some(Err(why)) => {
                outcome.write(Write::UpdateStatus(in_phase(volume, "Failed", &why, now)));
                tell(volume, component, EventType::Warning, "VolumeFailedRecycle", why.into(), outcome);
            }
        },
        _ => {}
    }
}

/// Why a volume cannot be deleted; None if it can. What a provisioner made, it deletes.
/// Models findDeletablePlugin and pkg/volume/hostpath/host_path.go Delete.
fn undeletable(volume: &Other) -> Option<String> {
    if volume.meta.annotations.contains_key(&PROVISIONED_BY) || !volume.at(&["spec", "csi"]).is_null() {
        return None;
    }
    match volume.at(&["spec", "hostPath", "path"]).as_str() {
        Some(path) if path.split_once(DELETABLE).is_some_and(|(_, below)| !below.is_empty()) => None,
        Some(path) => Some(format!("host_path deleter only supports {DELETABLE}.+ but received provided {path}")),
        None => Some(format!("error getting deleter volume plugin for volume \"{}\": no deletable volume plugin matched", volume.meta.name)),
    }
}

/// Frees a volume: of its claim nothing stays, unless a person named that.
/// Models unbindVolume.
fn unbind(volume: &Rc<Other>, now: SimTime, outcome: &mut Outcome) {
    let mut free = Other::clone(volume);
    let by_controller = Rc::make_mut(&mut free.meta.annotations).remove(&BY_CONTROLLER).is_some();
    if let Some(spec) = free.fields.get_mut("spec").and_then(Value::as_object_mut) {
        match spec.get_mut("claimRef").and_then(Value::as_object_mut) {
            Some(reference) if !by_controller => drop((reference.remove("uid"), reference.remove("resourceVersion"))),
            _ => drop(spec.remove("claimRef")),
        }
    }
    free.meta.resource_version = 0;
    outcome.write(Write::Update(Object::Other(Rc::new(free.clone()))));
    outcome.write(Write::UpdateStatus(in_phase(&free, "Available", "", now)));
}

/// A volume in another phase, and why it is in that.
fn in_phase(volume: &Other, phase: &str, message: &str, now: SimTime) -> Object {
    let mut fresh = volume.clone();
    fresh.meta.resource_version = 0;
    let mut status = fresh.field("status").clone();
    status["phase"] = Value::from(phase);
    status["lastPhaseTransitionTime"] = now.write().unwrap_or_default();
    if let Some(status) = status.as_object_mut() {
        match message {
            "" => drop(status.remove("message")),
            why => drop(status.insert("message".to_owned(), Value::from(why))),
        }
    }
    fresh.fields.insert("status".to_owned(), status);
    Object::Other(Rc::new(fresh))
}
