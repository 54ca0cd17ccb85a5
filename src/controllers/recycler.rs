//! The pod that empties a volume whose policy is Recycle, in the namespace `default`; what is told of the pod is told of the volume, too.
//! Models pkg/volume/util/recyclerclient/recycler_client.go and pkg/volume/{plugins,hostpath/host_path,nfs/nfs}.go. Left out: a pod of the name that
//! somebody else made.

use serde_json::{Value, json};

use super::pod_control::Maker;
use crate::api::{EventText, Json, Kind, Object, ObjectKey, Other, Pod, PodPhase, Quantity};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::Name;
use crate::store::{View, WatchEvent};

const PREFIX: &str = "recycler-for-";
const NAMESPACE: &str = "default";
const REASON: &str = "RecyclerPod";
const SCRIPT: &str = "test -e /scrub && find /scrub -mindepth 1 -delete && test -z \"$(ls -A /scrub)\" || exit 1";
/// What a pod may take for each GiB, in seconds (the flags --pv-recycler-increment-timeout-nfs, --pv-recycler-timeout-increment-hostpath).
const INCREMENT: i64 = 30;
/// And for any volume (--pv-recycler-minimum-timeout-hostpath, …-nfs).
const LEAST_HOST_PATH: i64 = 60;
const LEAST_NFS: i64 = 300;

/// The volume that a pod empties.
pub(super) fn volume_of(event: &WatchEvent) -> Option<ObjectKey> {
    let volume = event.key.name.strip_prefix(PREFIX).filter(|_| event.key.namespace == *NAMESPACE)?;
    Some(ObjectKey::new(Kind::PersistentVolume, Name::default(), volume))
}

/// Has a volume emptied; how that ended, once it has. Models RecycleVolumeByWatchingPodUntilCompletion.
pub(super) fn empty(view: View<'_>, volume: &Other, component: &'static str, outcome: &mut Outcome) -> Option<Result<(), String>> {
    let name = format!("{PREFIX}{}", volume.meta.name);
    let key = ObjectKey::new(Kind::Pod, NAMESPACE, name.as_str());
    let Some(pod) = view.pod(&key.namespace, &key.name) else {
        outcome.write(Write::Create(Object::from_value(Kind::Pod, &template(volume, &name))?));
        return None;
    };
    forward(view, volume, (pod, &key), component, outcome);
    let end = match pod.status.phase {
        _ if pod.meta.is_deleting() => return None,
        PodPhase::Succeeded => Ok(()),
        PodPhase::Failed => {
            let message = pod.status.detail.as_deref().map(|detail| detail.1.to_string()).filter(|message| !message.is_empty());
            Err(format!("Recycle failed: {}", message.as_deref().unwrap_or("pod failed, pod.Status.Message unknown")))
        }
        PodPhase::Pending | PodPhase::Running => return None,
    };
    outcome.write(Write::Delete { key, options: DeleteOptions::default() });
    Some(end)
}

/// Tells of the volume what was told of its pod, once each.
fn forward(view: View<'_>, volume: &Other, (pod, key): (&Pod, &ObjectKey), component: &'static str, outcome: &mut Outcome) {
    let about = ObjectKey::new(Kind::PersistentVolume, Name::default(), volume.meta.name.clone());
    let fresh = view.events().about(&about).filter(|event| event.note.reason == REASON && event.last >= pod.meta.creation);
    let told: Vec<String> = fresh.map(|event| event.note.message()).collect();
    let maker = Maker::new(about, volume.meta.uid, component);
    for event in view.events().about(key).filter(|event| event.note.about.uid == pod.meta.uid) {
        let text = format!("Recycler pod: {}", event.note.message());
        if !told.contains(&text) {
            outcome.notes.push(maker.note(event.note.kind, REASON, EventText::Text(text.into())));
        }
    }
}

/// Models NewPersistentVolumeRecyclerPodTemplate and CalculateTimeoutForVolume.
fn template(volume: &Other, name: &str) -> Value {
    let spec = volume.field("spec");
    let (source, least) = match &spec["nfs"] {
        Value::Null => (json!({"name": "vol", "hostPath": {"path": spec["hostPath"]["path"]}}), LEAST_HOST_PATH),
        nfs => (json!({"name": "vol", "nfs": {"server": nfs["server"], "path": nfs["path"]}}), LEAST_NFS),
    };
    let size = Quantity::read(&spec["capacity"]["storage"]).whole() >> 30;
    json!({
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "activeDeadlineSeconds": size.saturating_mul(INCREMENT).max(least),
            "containers": [{
                "name": "pv-recycler", "image": "registry.k8s.io/debian-base:v2.0.0", "command": ["/bin/sh"], "args": ["-c", SCRIPT],
                "volumeMounts": [{"name": "vol", "mountPath": "/scrub"}],
            }],
            "restartPolicy": "Never", "volumes": [source],
        },
    })
}
