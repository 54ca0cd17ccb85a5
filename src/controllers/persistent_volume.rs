//! Volumes and claims find each other: a claim gets the smallest free volume that will do, and keeps it.
//! Models pkg/controller/volume/persistentvolume/pv_controller.go syncUnboundClaim, findBestMatchForClaim, bind. Left out: provisioning, selectors,
//! binding that waits for a pod, recycling.

use std::rc::Rc;

use serde_json::{Value, json};

use super::pod_control::Maker;
use crate::api::{EventText, EventType, Json, Kind, Object, ObjectKey, Other, Quantity};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::Name;
use crate::store::View;

const BY_CONTROLLER: Name = Name::fixed("pv.kubernetes.io/bound-by-controller");
const COMPLETED: Name = Name::fixed("pv.kubernetes.io/bind-completed");
const NOTHING_FITS: Name = Name::fixed("no persistent volumes available for this claim and no storage class is set");

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

fn text<'a>(object: &'a Other, path: &[&str]) -> &'a str {
    object.at(path).as_str().unwrap_or_default()
}

fn size(value: &Value) -> i64 {
    Quantity::read(value).milli()
}

fn sync_claim(view: View<'_>, claim: &Rc<Other>, component: &'static str, outcome: &mut Outcome) {
    if text(claim, &["status", "phase"]) == "Bound" || claim.meta.is_deleting() {
        return;
    }
    let asked = text(claim, &["spec", "volumeName"]);
    let all = view.list(Kind::PersistentVolume, &Name::default()).filter_map(Object::as_other);
    let fitting = all.filter(|volume| (asked.is_empty() || *volume.meta.name == *asked) && fits(volume, claim));
    match fitting.min_by_key(|volume| size(volume.at(&["spec", "capacity", "storage"]))) {
        Some(volume) => bind(volume, claim, outcome),
        None if text(claim, &["spec", "storageClassName"]).is_empty() => {
            let key = ObjectKey::new(claim.kind, claim.meta.namespace.clone(), claim.meta.name.clone());
            let maker = Maker::new(key, claim.meta.uid, component);
            outcome.notes.push(maker.note(EventType::Normal, "FailedBinding", EventText::Text(NOTHING_FITS)));
        }
        None => {}
    }
}

/// Whether a volume is free for a claim and will do.
fn fits(volume: &Other, claim: &Other) -> bool {
    let reference = volume.at(&["spec", "claimRef"]);
    let meant = |field: &str, own: &Name| reference[field].as_str().is_some_and(|text| text == own.as_str());
    let free = reference.is_null() || meant("name", &claim.meta.name) && meant("namespace", &claim.meta.namespace) && reference["uid"].is_null();
    let has = |mode: &Value| volume.at(&["spec", "accessModes"]).as_array().is_some_and(|modes| modes.contains(mode));
    free && !volume.meta.is_deleting()
        && text(volume, &["spec", "storageClassName"]) == text(claim, &["spec", "storageClassName"])
        && text(volume, &["spec", "volumeMode"]) == text(claim, &["spec", "volumeMode"])
        && size(volume.at(&["spec", "capacity", "storage"])) >= size(claim.at(&["spec", "resources", "requests", "storage"]))
        && claim.at(&["spec", "accessModes"]).as_array().is_some_and(|modes| modes.iter().all(has))
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
    annotate(&mut bound, &[BY_CONTROLLER]);
    let mut status = bound.field("status").clone();
    status["phase"] = Value::from("Bound");
    if let Some(spec) = bound.fields.get_mut("spec") {
        spec["claimRef"] = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": claim.meta.name.as_str(), "namespace": claim.meta.namespace.as_str(),
            "resourceVersion": claim.meta.resource_version.to_string(), "uid": claim.meta.uid.to_string(),
        });
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
                outcome.write(Write::Delete { key, options: DeleteOptions { uid: Some(volume.meta.uid), ..DeleteOptions::default() } });
                return;
            }
            (false, "Bound") => "Released",
            _ => return,
        }
    };
    if next != phase {
        let mut fresh = Other::clone(volume);
        fresh.meta.resource_version = 0;
        let mut status = fresh.field("status").clone();
        status["phase"] = Value::from(next);
        fresh.fields.insert("status".to_owned(), status);
        outcome.write(Write::UpdateStatus(Object::Other(Rc::new(fresh))));
    }
}
