//! Kinds whose fields are kept as JSON: what a new object's status is set to, and the finalizers of storage.
//! Models PrepareForCreate of the strategies in pkg/registry and plugin/pkg/admission/storage/storageobjectinuseprotection.

use crate::api::{Json, Kind, Other};
use crate::apiserver::defaulting;
use crate::base::Name;

const CLAIM_PROTECTION: Name = Name::fixed("kubernetes.io/pvc-protection");
const VOLUME_PROTECTION: Name = Name::fixed("kubernetes.io/pv-protection");

/// Prepares a new object.
pub(super) fn prepare(object: &mut Other) {
    let mut status = match object.kind {
        Kind::CustomResourceDefinition => defaulting::definition_status(&object.fields),
        kind => defaulting::first_status(kind),
    };
    if object.kind == Kind::PersistentVolume {
        status["lastPhaseTransitionTime"] = object.meta.creation.write().unwrap_or_default();
    }
    if !status.is_null() {
        object.fields.insert("status".to_owned(), status);
    } else if object.kind != Kind::Lease {
        object.fields.remove("status");
    }
    let finalizer = match object.kind {
        Kind::PersistentVolumeClaim => CLAIM_PROTECTION,
        Kind::PersistentVolume => VOLUME_PROTECTION,
        _ => return,
    };
    if !object.meta.finalizers.contains(&finalizer) {
        object.meta.finalizers.push(finalizer);
    }
}

/// Whether these finalizers only wait for what nobody uses here.
pub(in crate::apiserver) fn only_protects(finalizers: &[Name]) -> bool {
    finalizers.iter().all(|name| *name == CLAIM_PROTECTION || *name == VOLUME_PROTECTION)
}
