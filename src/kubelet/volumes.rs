//! The volumes of a pod that the kubelet fills: ConfigMaps, Secrets, the pod's own fields, and several of these in one. They are
//! filled before the sandbox is made, and again at each look at the pod.
//! Models pkg/volume/configmap, secret, downwardapi, projected and the retries of pkg/kubelet/volumemanager. Left out: file modes, storage.

use std::rc::Rc;

use serde_json::Value;

use super::configuration::{Source, data, is_optional};
use super::fields::{field_text, resource_text};
use super::sync_pod::Context;
use crate::api::{Container, EventText, EventType, Kind, ObjectReference, Pod, VolumeMount};
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::{Entry, Files, Sandbox};
use crate::store::View;

/// The first retry of a volume that could not be mounted comes after this, each further one after twice the time before.
/// Models pkg/util/goroutinemap/exponentialbackoff.
const FIRST_RETRY: SimDuration = SimDuration::from_millis(500);
/// And after this at most.
const LAST_RETRY: SimDuration = SimDuration::from_millis(122_000);
/// The kinds of volumes that are filled here.
const FILLED: [&str; 4] = ["configMap", "secret", "downwardAPI", "projected"];

/// A file of a volume: its path below the volume, its text.
type File = (String, Rc<str>);

/// Whether a pod has volumes to be filled.
pub(super) fn has_any(pod: &Pod) -> bool {
    pod.spec.volumes.iter().any(is_filled)
}

/// Whether a volume of this name is filled here.
pub(super) fn is_filled_by_kubelet(pod: &Pod, name: &str) -> bool {
    pod.spec.volumes.iter().any(|volume| volume.get("name").is_some_and(|other| other == name) && is_filled(volume))
}

fn is_filled(volume: &Value) -> bool {
    FILLED.iter().any(|kind| volume.get(kind).is_some())
}

/// Whether a pod has files from a ConfigMap or a Secret of this name.
pub fn mounts(pod: &Pod, kind: Kind, name: &Name) -> bool {
    let (own, field) = if kind == Kind::Secret { ("secret", "secretName") } else { ("configMap", "name") };
    let is = |source: Option<&Value>, field: &str| source.and_then(|source| source.get(field)).is_some_and(|found| found == name.as_str());
    pod.spec.volumes.iter().any(|volume| {
        let sources = volume.get("projected").and_then(|projected| projected.get("sources")).and_then(Value::as_array);
        is(volume.get(own), field) || sources.into_iter().flatten().any(|source| is(source.get(own), "name"))
    })
}

/// Mounts the volumes of a new pod. False if one cannot be had yet: it is tried again then, and an event says why.
pub(super) fn mount(pod: &Pod, reference: &Rc<ObjectReference>, sandbox: &mut Sandbox, context: &mut Context) -> bool {
    match fill(pod, sandbox, context.view, |_| true) {
        Ok(()) => {
            sandbox.mount_tries = 0;
            true
        }
        Err((volume, why)) => {
            let text = format!("MountVolume.SetUp failed for volume \"{volume}\" : {why}");
            context.note(reference, EventType::Warning, "FailedMount", &Name::default(), EventText::Text(text.into()));
            let delay = FIRST_RETRY.micros() << sandbox.mount_tries.min(10);
            sandbox.mount_tries = sandbox.mount_tries.saturating_add(1);
            sandbox.ready_at = context.now + SimDuration::from_micros(delay.min(LAST_RETRY.micros()));
            false
        }
    }
}

/// Brings the files of mounted volumes up to date when the whole pod is looked at; between that only those that tell of the pod itself,
/// for a change of it makes the kubelet look at once. What is gone meanwhile leaves the files as they are.
pub(super) fn refresh(pod: &Pod, sandbox: &mut Sandbox, is_whole: bool, view: View<'_>) {
    if is_whole {
        sandbox.refresh_at = None;
    }
    if has_any(pod) {
        let _ = fill(pod, sandbox, view, |volume| is_whole || volume.get("downwardAPI").is_some());
    }
}

/// When the kubelet next looks at a whole pod of itself: between 60 and 90 s after the last look, for each pod at an interval of its own.
/// Models syncFrequency of pkg/kubelet/kubelet.go and workerResyncIntervalJitterFactor of pkg/kubelet/pod_workers.go.
pub fn next_resync(sandbox: &Sandbox, now: SimTime) -> SimTime {
    let own = u64::try_from(sandbox.pod.uid.0 % 30_000).unwrap_or_default();
    let period = (60_000 + own) * 1000;
    SimTime::from_micros(sandbox.synced.micros() + (now.since(sandbox.synced).micros() / period + 1) * period)
}

/// Where a container can only read: what is mounted so, all that the kubelet fills, and the root if that is asked for.
pub(super) fn read_only(pod: &Pod, container: &Container) -> Vec<String> {
    let sealed = |mount: &&VolumeMount| mount.read_only || is_filled_by_kubelet(pod, &mount.name);
    let mut paths: Vec<String> = container.volume_mounts.iter().filter(sealed).map(|mount| mount.mount_path.trim_end_matches('/').to_owned()).collect();
    let is_root = container.security_context.as_ref().and_then(|context| context.get("readOnlyRootFilesystem")).and_then(Value::as_bool);
    if is_root == Some(true) {
        paths.push(String::new());
    }
    paths
}

fn fill(pod: &Pod, sandbox: &mut Sandbox, view: View<'_>, wanted: impl Fn(&Value) -> bool) -> Result<(), (String, String)> {
    for volume in pod.spec.volumes.iter().filter(|volume| is_filled(volume) && wanted(volume)) {
        let name = volume.get("name").and_then(Value::as_str).unwrap_or_default();
        let scene = Scene { view, pod, sandbox };
        let files = scene.files(volume).map_err(|why| (name.to_owned(), why))?;
        put(sandbox.volumes.get_or_insert_default(), name, &files);
    }
    Ok(())
}

/// Replaces what a volume holds.
fn put(all: &mut Files, volume: &str, files: &[File]) {
    let below = format!("/{volume}/");
    let fresh = |path: &str| files.iter().any(|(file, _)| path[below.len()..] == **file || file.starts_with(&format!("{}/", &path[below.len()..])));
    let stale: Vec<String> = all.keys().filter(|path| path.starts_with(&below) && !fresh(path)).cloned().collect();
    for path in stale {
        all.remove(&path);
    }
    for (path, text) in files {
        all.insert(format!("{below}{path}"), Entry::File(text.clone()));
    }
}

/// What the contents of volumes follow from.
struct Scene<'a> {
    view: View<'a>,
    pod: &'a Pod,
    sandbox: &'a Sandbox,
}

impl Scene<'_> {
    fn files(&self, volume: &Value) -> Result<Vec<File>, String> {
        let mut files = Vec::new();
        if let Some(source) = volume.get("configMap") {
            files = self.of_object(Source::ConfigMap, source, "name")?;
        } else if let Some(source) = volume.get("secret") {
            files = self.of_object(Source::Secret, source, "secretName")?;
        } else if let Some(source) = volume.get("downwardAPI") {
            files = self.of_pod(source)?;
        } else if let Some(sources) = volume.get("projected").and_then(|projected| projected.get("sources")).and_then(Value::as_array) {
            for source in sources {
                files.extend(self.projection(source)?);
            }
        }
        Ok(files)
    }

    fn projection(&self, source: &Value) -> Result<Vec<File>, String> {
        if let Some(source) = source.get("configMap") {
            return self.of_object(Source::ConfigMap, source, "name");
        }
        if let Some(source) = source.get("secret") {
            return self.of_object(Source::Secret, source, "name");
        }
        if let Some(source) = source.get("downwardAPI") {
            return self.of_pod(source);
        }
        let token = source.get("serviceAccountToken").and_then(|token| token.get("path")).and_then(Value::as_str);
        Ok(token.map(|path| (path.to_owned(), Rc::from(TOKEN))).into_iter().collect())
    }

    /// All keys, or those that `items` names.
    fn of_object(&self, source: Source, reference: &Value, name_field: &str) -> Result<Vec<File>, String> {
        let name = reference.get(name_field).and_then(Value::as_str).unwrap_or_default();
        let data = match data(self.view, source, &self.pod.meta.namespace, name) {
            Ok(data) => data,
            Err(_) if is_optional(reference) => return Ok(Vec::new()),
            Err(why) => return Err(why),
        };
        let Some(items) = reference.get("items").and_then(Value::as_array) else { return Ok(data) };
        let mut files = Vec::new();
        for item in items {
            let text = |field: &str| item.get(field).and_then(Value::as_str).unwrap_or_default();
            let key = text("key");
            match data.iter().find(|(other, _)| other == key) {
                Some((_, contents)) => files.push((text("path").to_owned(), contents.clone())),
                None if is_optional(reference) => {}
                None => {
                    let what = if source == Source::Secret { "secret" } else { "config" };
                    return Err(format!("references non-existent {what} key: {key}"));
                }
            }
        }
        Ok(files)
    }

    fn of_pod(&self, source: &Value) -> Result<Vec<File>, String> {
        let mut files = Vec::new();
        for item in source.get("items").and_then(Value::as_array).into_iter().flatten() {
            let path = item.get("path").and_then(Value::as_str).unwrap_or_default();
            let text = match (item.get("fieldRef"), item.get("resourceFieldRef")) {
                (Some(field), _) => field_text(field, self.pod, self.sandbox.address, None),
                (_, Some(field)) => resource_text(self.view, field, self.pod, None),
                _ => None,
            };
            files.push((path.to_owned(), Rc::from(text.unwrap_or_default())));
        }
        Ok(files)
    }
}

/// What stands for the token of a service account.
pub(super) const TOKEN: &str = "a-token-that-nobody-checks";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_volume_no_longer_holds_goes() {
        let mut all = Files::new();
        all.insert("/other/a".to_owned(), Entry::Directory);
        let file = |name: &str| (name.to_owned(), Rc::from("x"));
        put(&mut all, "config", &[file("a"), file("sub/b")]);
        put(&mut all, "config", &[file("sub/b"), file("c")]);
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(names, ["/config/c", "/config/sub/b", "/other/a"]);
    }
}
