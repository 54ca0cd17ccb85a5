//! Volumes, claims and their classes. Models ValidatePersistentVolume, ValidatePersistentVolumeClaim in
//! pkg/apis/core/validation/validation.go and pkg/apis/storage/validation. Left out: what each kind of storage demands, but for the common ones.

use super::place::Place;
use crate::api::{Kind, Other, Quantity};
use crate::apiserver::validation::names;
use crate::apiserver::validation::path::{Causes, FieldPath, GoSyntax, IMMUTABLE};

const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const POLICIES: [&str; 3] = ["Delete", "Recycle", "Retain"];
const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];
/// The fields of a volume that say where its data are.
const SOURCES: [&str; 22] = [
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi", "cinder",
    "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
];
const CLAIM_FROZEN: &str = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

fn validate_modes(spec: &Place<'_>, missing: &str, causes: &mut Causes) {
    let modes = spec.child("accessModes");
    modes.require(missing, causes);
    for mode in modes.items() {
        if !MODES.contains(&mode.text()) {
            causes.not_supported(&modes.path, mode.text(), &MODES);
        }
    }
}

fn validate_class(spec: &Place<'_>, causes: &mut Causes) {
    let class = spec.child("storageClassName");
    if !class.is_unset() {
        causes.invalid_each(&class.path, class.text(), names::dns1123_subdomain(class.text()));
    }
    spec.child("volumeMode").one_of(&VOLUME_MODES, causes);
}

fn validate_positive(amount: &Quantity, path: &FieldPath, causes: &mut Causes) {
    if amount.milli() <= 0 {
        causes.invalid(path, amount.to_string().as_str(), "must be greater than zero");
    }
}

/// A volume. Models ValidatePersistentVolumeSpec.
pub(super) fn validate_volume(volume: &Other, causes: &mut Causes) {
    let spec = Place::of(volume, "spec");
    validate_modes(&spec, "", causes);
    let capacity = spec.child("capacity");
    if capacity.require("", causes) && (capacity.value.get("storage").is_none() || capacity.entries().count() > 1) {
        let go = capacity.entries().map(|(name, _)| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        causes.not_supported_value(&capacity.path, GoSyntax(go), &["storage"]);
    }
    for (_, amount) in capacity.entries() {
        validate_positive(&amount.quantity(), &amount.path, causes);
    }
    spec.child("persistentVolumeReclaimPolicy").one_of(&POLICIES, causes);
    let given: Vec<Place<'_>> = SOURCES.iter().map(|name| spec.child(name)).filter(|source| !source.value.is_null()).collect();
    if given.is_empty() {
        causes.required(&spec.path, "must specify a volume type");
    }
    for source in given.iter().skip(1) {
        causes.forbidden(&source.path, "may not specify more than one volume type");
    }
    if let Some(source) = given.first() {
        validate_source(source, &spec, causes);
    }
    validate_class(&spec, causes);
}

fn validate_source(source: &Place<'_>, spec: &Place<'_>, causes: &mut Causes) {
    let needed: &[&str] = match source.path.to_string().as_str() {
        "spec.hostPath" => &["path"],
        "spec.local" => &["path"],
        "spec.nfs" => &["server", "path"],
        "spec.csi" => &["driver", "volumeHandle"],
        "spec.gcePersistentDisk" => &["pdName"],
        "spec.awsElasticBlockStore" => &["volumeID"],
        _ => &[],
    };
    for field in needed {
        source.child(field).require("", causes);
    }
    if source.path.to_string() == "spec.local" && spec.child("nodeAffinity").is_unset() {
        causes.required(&spec.child("nodeAffinity").path, "Local volume requires node affinity");
    }
}

/// A claim. Models ValidatePersistentVolumeClaimSpec.
pub(super) fn validate_claim(claim: &Other, causes: &mut Causes) {
    let spec = Place::of(claim, "spec");
    validate_modes(&spec, "at least 1 access mode is required", causes);
    let resources = spec.child("resources");
    match resources.child("requests").value.get("storage") {
        None => causes.required(&resources.path.key("storage"), ""),
        Some(_) => {
            let amount = resources.child("requests").child("storage").quantity();
            validate_positive(&amount, &resources.path.child("requests").key("storage"), causes);
        }
    }
    validate_class(&spec, causes);
}

/// A class.
pub(super) fn validate_storage_class(class: &Other, causes: &mut Causes) {
    Place::of(class, "provisioner").require("", causes);
    Place::of(class, "reclaimPolicy").one_of(&["Delete", "Retain"], causes);
    Place::of(class, "volumeBindingMode").one_of(&["Immediate", "WaitForFirstConsumer"], causes);
}

/// What of these may not change.
pub(super) fn validate_update(new: &Other, old: &Other, causes: &mut Causes) {
    match new.kind {
        Kind::PersistentVolume => {
            let source = |object: &Other| SOURCES.iter().map(|name| object.at(&["spec", name]).clone()).collect::<Vec<_>>();
            if source(new) != source(old) {
                causes.forbidden(&FieldPath::new("spec").child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation");
            }
        }
        Kind::PersistentVolumeClaim => {
            let fixed = |object: &Other| {
                let mut spec = object.field("spec").clone();
                for field in ["resources", "volumeAttributesClassName"].into_iter().filter(|_| old.is_bound_claim()) {
                    spec.as_object_mut().and_then(|map| map.remove(field));
                }
                // The one who binds a claim sets its volume.
                if old.at(&["spec", "volumeName"]).is_null() {
                    spec.as_object_mut().and_then(|map| map.remove("volumeName"));
                }
                spec
            };
            if fixed(new) != fixed(old) {
                causes.forbidden(&FieldPath::new("spec"), CLAIM_FROZEN);
            }
        }
        _ => {
            for field in ["parameters", "provisioner", "reclaimPolicy"] {
                if new.field(field) != old.field(field) {
                    causes.forbidden(&FieldPath::new(field), format!("updates to {field} are forbidden."));
                }
            }
            let field = "volumeBindingMode";
            if new.field(field) != old.field(field) {
                causes.invalid(&FieldPath::new(field), new.field(field).as_str().unwrap_or_default(), IMMUTABLE);
            }
        }
    }
}
