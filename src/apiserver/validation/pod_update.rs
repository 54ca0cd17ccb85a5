//! What of a pod may change: images, deadlines, tolerations (more of them), a few things of gated pods.
//! Models pkg/apis/core/validation/validation.go ValidatePodUpdate.
//! Left out: node affinity and node selector of gated pods, resize.

use std::rc::Rc;

use super::metadata::validate_meta_update;
use super::path::{Causes, FieldPath};
use super::pod::validate_pod;
use super::scheduling::validate_tolerations;
use crate::api::{Container, Pod, PodSpec, Toleration};

/// What the refusal of all other changes lists.
const UPDATABLE: &str = "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,\
    `spec.tolerations` (only additions to existing tolerations),\
    `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
const MAX_SECONDS: i64 = i32::MAX as i64;

/// A changed pod.
pub fn validate_update(new: &Pod, old: &Pod, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    if Rc::ptr_eq(&new.spec, &old.spec) && same_beside_spec(new, old) {
        return;
    }
    validate_pod(new, causes);
    let path = FieldPath::new("spec");
    let lists = [
        ("containers", &new.spec.containers, &old.spec.containers),
        ("initContainers", &new.spec.init_containers, &old.spec.init_containers),
    ];
    for (key, new, old) in lists {
        if !validate_containers(new, old, &path.child(key), causes) {
            return;
        }
    }
    if !validate_deadline(&new.spec, &old.spec, &path.child("activeDeadlineSeconds"), causes) {
        return;
    }
    validate_added_tolerations(&new.spec.tolerations, &old.spec.tolerations, &path.child("tolerations"), causes);
    if new.spec == old.spec && same_beside_spec(new, old) {
        return;
    }
    if new.qos_class() != old.qos_class() {
        causes.invalid(&FieldPath::new("metadata"), old.qos_class(), "Pod QoS is immutable");
    }
    let mut munged = new.clone();
    munged.spec = Rc::new(with_mutable_fields_of(&new.spec, &old.spec));
    if munged.spec != old.spec || !same_beside_spec(new, old) {
        let diff = super::diff::diff(old, &munged);
        causes.forbidden(&path, format!("pod updates may not change fields other than {UPDATABLE}\n{diff}"));
    }
}

fn same_beside_spec(new: &Pod, old: &Pod) -> bool {
    new.node_name == old.node_name && new.mounts_token == old.mounts_token
}

/// Models ValidateContainerUpdates; false if nothing more is to be looked at.
fn validate_containers(new: &[Container], old: &[Container], path: &FieldPath, causes: &mut Causes) -> bool {
    if new.len() != old.len() {
        causes.forbidden(path, "pod updates may not add or remove containers");
        return false;
    }
    for (index, container) in new.iter().enumerate() {
        let path = path.index(index).child("image");
        if container.image.is_empty() {
            causes.required(&path, "");
        }
        if container.image.trim().len() != container.image.len() {
            causes.invalid(&path, &container.image, "must not have leading or trailing whitespace");
        }
    }
    true
}

/// The deadline may be set, and then only come nearer; false if nothing more is to be looked at.
fn validate_deadline(new: &PodSpec, old: &PodSpec, path: &FieldPath, causes: &mut Causes) -> bool {
    match (new.active_deadline_seconds, old.active_deadline_seconds) {
        (Some(new), _) if !(0..=MAX_SECONDS).contains(&new) => {
            causes.in_range(path, new, 0..=MAX_SECONDS);
            false
        }
        (Some(new), Some(old)) if old < new => {
            causes.invalid(path, new, "must be less than or equal to previous value");
            false
        }
        (None, Some(_)) => {
            causes.invalid(path, "null", "must not update from a positive integer to nil value");
            true
        }
        _ => true,
    }
}

/// Models validateOnlyAddedTolerations.
fn validate_added_tolerations(new: &[Toleration], old: &[Toleration], path: &FieldPath, causes: &mut Causes) {
    let kept = |old: &Toleration| {
        new.iter().any(|new| {
            let mut old = old.clone();
            old.toleration_seconds = new.toleration_seconds;
            old == *new
        })
    };
    if old.iter().all(kept) {
        validate_tolerations(new, path, causes);
    } else {
        causes.forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
    }
}

/// The new spec with all that may change put back to what it was: what then differs is refused.
fn with_mutable_fields_of(new: &PodSpec, old: &PodSpec) -> PodSpec {
    let mut munged = new.clone();
    let pairs = munged.containers.iter_mut().zip(&old.containers);
    for (new, old) in pairs.chain(munged.init_containers.iter_mut().zip(&old.init_containers)) {
        new.image = old.image.clone();
    }
    munged.active_deadline_seconds = old.active_deadline_seconds;
    munged.tolerations.clone_from(&old.tolerations);
    let grace = (old.termination_grace_period_seconds, munged.termination_grace_period_seconds);
    if let (Some(..0), Some(1)) = grace {
        munged.termination_grace_period_seconds = old.termination_grace_period_seconds;
    }
    munged.rest.replace("schedulingGates", old.rest.get("schedulingGates"));
    munged
}
