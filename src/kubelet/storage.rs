//! What outlives a pod: directories of its machine, and the volumes that its claims are bound to. A pod finds there what the last one left.
//! Left out: pods that share such a directory at the same time do not see each other's writes until one of them ends; storage that follows a pod
//! to another node.

use serde_json::Value;

use crate::api::{Kind, Object, ObjectKey, Pod, claims_of};
use crate::base::Name;
use crate::runtime::{Files, Machine, Sandbox};
use crate::store::View;

fn text<'a>(value: Option<&'a Value>, field: &str) -> Option<&'a str> {
    value?.get(field)?.as_str()
}

/// The volumes of a pod that last, each with its place on the machine.
fn places(pod: &Pod, view: View<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for volume in pod.spec.volumes.iter() {
        if let Some((name, path)) = volume.get("name").and_then(Value::as_str).zip(text(volume.get("hostPath"), "path")) {
            found.push((name.to_owned(), path.to_owned()));
        }
    }
    for (name, claim) in claims_of(pod) {
        let claim = view.get(&ObjectKey::new(Kind::PersistentVolumeClaim, pod.meta.namespace.clone(), claim)).and_then(Object::as_other);
        let Some(volume) = claim.and_then(|claim| claim.at(&["spec", "volumeName"]).as_str()) else { continue };
        let Some(volume) = view.get(&ObjectKey::new(Kind::PersistentVolume, Name::default(), volume)).and_then(Object::as_other) else { continue };
        let spec = volume.field("spec");
        let path = text(spec.get("hostPath"), "path").or_else(|| text(spec.get("local"), "path"));
        found.push((name.to_owned(), path.map_or_else(|| format!("volume {}", volume.meta.name), str::to_owned)));
    }
    found
}

/// What was left there.
pub(super) fn load(pod: &Pod, sandbox: &mut Sandbox, machine: &Machine, view: View<'_>) {
    if pod.spec.volumes.is_empty() {
        return;
    }
    for (volume, place) in places(pod, view) {
        let Some(files) = machine.kept.get(&place) else { continue };
        let all = sandbox.volumes.get_or_insert_default();
        all.extend(files.iter().map(|(path, entry)| (format!("/{volume}{path}"), entry.clone())));
    }
}

/// Keeps what is there now.
pub(super) fn save(pod: &Pod, sandbox: &Sandbox, machine: &mut Machine, view: View<'_>) {
    let Some(all) = sandbox.volumes.as_deref().filter(|_| !pod.spec.volumes.is_empty()) else { return };
    for (volume, place) in places(pod, view) {
        let below = |path: &String| Some(path.strip_prefix('/')?.strip_prefix(volume.as_str())?.to_owned()).filter(|rest| rest.starts_with('/'));
        let files: Files = all.iter().filter_map(|(path, entry)| Some((below(path)?, entry.clone()))).collect();
        if machine.kept.get(&place) != Some(&files) {
            machine.kept.insert(place, files);
        }
    }
}
