//! Kinds whose fields are kept as JSON: what a new object's status is set to, and the finalizers of storage.
//! Models PrepareForCreate of the strategies in pkg/registry and plugin/pkg/admission/storage/storageobjectinuseprotection.

use serde_json::Value;

use crate::api::{Json, Kind, Other, default_class};
use crate::apiserver::defaulting;
use crate::base::Name;
use crate::store::View;

const CLAIM_PROTECTION: Name = Name::fixed("kubernetes.io/pvc-protection");
const VOLUME_PROTECTION: Name = Name::fixed("kubernetes.io/pv-protection");

/// Prepares a new object.
pub(super) fn prepare(object: &mut Other, view: View<'_>) {
    fill_class(object, view);
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

/// A claim that names no class gets the default one. Models plugin/pkg/admission/storage/storageclass/setdefault.
fn fill_class(object: &mut Other, view: View<'_>) {
    if object.kind != Kind::PersistentVolumeClaim || !object.leaves_class_open() {
        return;
    }
    let class = default_class(view.list(Kind::StorageClass, &Name::default())).map(|class| class.meta.name.clone());
    if let (Some(class), Some(spec)) = (class, object.fields.get_mut("spec")) {
        spec["storageClassName"] = Value::from(class.as_str());
    }
}

/// Whether these finalizers only wait until nobody uses it.
pub(in crate::apiserver) fn only_protects(finalizers: &[Name]) -> bool {
    finalizers.iter().all(|name| *name == CLAIM_PROTECTION || *name == VOLUME_PROTECTION)
}
