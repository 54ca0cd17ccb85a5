//! Security settings, as far as their values have bounds.
//! Models pkg/apis/core/validation/validation.go validatePodSpecSecurityContext, ValidateSecurityContext.
//! Left out: sysctls, SELinux, AppArmor, windows options, user namespaces.

use serde_json::Value;

use super::json::{items, number, set, text};
use super::path::{Causes, FieldPath, GoSyntax};

const MAX_ID: i64 = i32::MAX as i64;
const SECCOMP_TYPES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

/// The settings of a pod.
pub fn validate_pod_context(context: &Value, path: &FieldPath, causes: &mut Causes) {
    for key in ["fsGroup", "runAsUser", "runAsGroup"] {
        validate_id(context, key, path, causes);
    }
    for (index, group) in items(context, "supplementalGroups").iter().enumerate() {
        let group = group.as_i64().unwrap_or_default();
        causes.in_range(&path.child("supplementalGroups").index(index), group, 0..=MAX_ID);
    }
    let policy = text(context, "fsGroupChangePolicy");
    if !["", "Always", "OnRootMismatch"].contains(&policy) {
        causes.not_supported(&path.child("fsGroupChangePolicy"), policy, &["Always", "OnRootMismatch"]);
    }
    validate_seccomp(context, path, causes);
}

/// The settings of a container.
pub fn validate_container_context(context: &Value, path: &FieldPath, causes: &mut Causes) {
    for key in ["runAsUser", "runAsGroup"] {
        validate_id(context, key, path, causes);
    }
    let profile = text(context, "procMount");
    if !["", "Default", "Unmasked"].contains(&profile) {
        causes.not_supported(&path.child("procMount"), profile, &["Default", "Unmasked"]);
    }
    validate_seccomp(context, path, causes);
    if context.get("allowPrivilegeEscalation") != Some(&Value::Bool(false)) {
        return;
    }
    let mut refuse = |what: &str| {
        let why = format!("cannot set `allowPrivilegeEscalation` to false and {what}");
        causes.invalid(path, GoSyntax("core.SecurityContext{…}".to_owned()), why);
    };
    if context.get("privileged") == Some(&Value::Bool(true)) {
        refuse("`privileged` to true");
    }
    let added = context.get("capabilities").map(|capabilities| items(capabilities, "add")).unwrap_or_default();
    if added.iter().any(|capability| capability == "CAP_SYS_ADMIN") {
        refuse("`capabilities.Add` CAP_SYS_ADMIN");
    }
}

fn validate_id(context: &Value, key: &str, path: &FieldPath, causes: &mut Causes) {
    if let Some(id) = number(context, key) {
        causes.in_range(&path.child(key), id, 0..=MAX_ID);
    }
}

fn validate_seccomp(context: &Value, path: &FieldPath, causes: &mut Causes) {
    let Some(profile) = set(context, "seccompProfile") else { return };
    let path = path.child("seccompProfile");
    match text(profile, "type") {
        "" => causes.required(&path.child("type"), "type is required when seccompProfile is set"),
        "Localhost" if set(profile, "localhostProfile").is_none() => {
            causes.required(&path.child("localhostProfile"), "must be set when seccomp type is Localhost");
        }
        other if !SECCOMP_TYPES.contains(&other) => causes.not_supported(&path.child("type"), other, &SECCOMP_TYPES),
        _ => {}
    }
}
