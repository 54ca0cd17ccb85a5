//! Roles and bindings. Models pkg/apis/rbac/validation/validation.go.

use super::place::Place;
use crate::api::{Kind, Other};
use crate::apiserver::validation::names;
use crate::apiserver::validation::path::{Causes, FieldPath, GoSyntax, quote};

const GROUP: &str = "rbac.authorization.k8s.io";

/// A role of either kind. Models ValidatePolicyRule.
pub(super) fn validate_role(role: &Other, causes: &mut Causes) {
    for rule in Place::of(role, "rules").items() {
        rule.child("verbs").require("verbs must contain at least one value", causes);
        let urls = rule.child("nonResourceURLs");
        if !urls.is_unset() {
            if role.kind == Kind::Role {
                let list: Vec<&str> = urls.items().map(|url| url.text()).collect();
                causes.invalid(&urls.path, GoSyntax::strings(list), "namespaced rules cannot apply to non-resource URLs");
            }
            if ["apiGroups", "resources", "resourceNames"].iter().any(|field| !rule.child(field).is_unset()) {
                let list: Vec<&str> = urls.items().map(|url| url.text()).collect();
                causes.invalid(&urls.path, GoSyntax::strings(list), "rules cannot apply to both regular resources and non-resource URLs");
            }
            continue;
        }
        rule.child("apiGroups").require("resource rules must supply at least one api group", causes);
        rule.child("resources").require("resource rules must supply at least one resource", causes);
    }
}

/// A binding of either kind.
pub(super) fn validate_binding(binding: &Other, causes: &mut Causes) {
    let role = Place::of(binding, "roleRef");
    let kinds: &[&str] = if binding.kind == Kind::RoleBinding { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
    if role.child("apiGroup").text() != GROUP {
        causes.not_supported(&role.child("apiGroup").path, role.child("apiGroup").text(), &[GROUP]);
    }
    if !kinds.contains(&role.child("kind").text()) {
        causes.not_supported(&role.child("kind").path, role.child("kind").text(), kinds);
    }
    let name = role.child("name");
    if name.require("", causes) {
        causes.invalid_each(&name.path, name.text(), names::path_segment_rule(name.text(), names::NameUse::Whole));
    }
    for subject in Place::of(binding, "subjects").items() {
        validate_subject(&subject, binding.kind, causes);
    }
}

/// Models ValidateRoleBindingSubject.
fn validate_subject(subject: &Place<'_>, kind: Kind, causes: &mut Causes) {
    let (name, group) = (subject.child("name"), subject.child("apiGroup"));
    name.require("", causes);
    match subject.child("kind").text() {
        "ServiceAccount" => {
            if !name.is_unset() {
                causes.invalid_each(&name.path, name.text(), names::dns1123_subdomain(name.text()));
            }
            if !group.is_unset() {
                causes.not_supported(&group.path, group.text(), &[""]);
            }
            if kind == Kind::ClusterRoleBinding || subject.child("namespace").is_unset() {
                subject.child("namespace").require("", causes);
            }
        }
        "User" | "Group" => {
            if group.text() != GROUP {
                causes.not_supported(&group.path, group.text(), &[GROUP]);
            }
        }
        other => causes.not_supported(&subject.child("kind").path, other, &["ServiceAccount", "User", "Group"]),
    }
}

/// A binding stays with its role.
pub(super) fn validate_update(new: &Other, old: &Other, causes: &mut Causes) {
    let (role, was) = (Place::of(new, "roleRef"), Place::of(old, "roleRef"));
    if role.value != was.value {
        let field = |name: &str| quote(role.child(name).text());
        let value = format!("rbac.RoleRef{{APIGroup:{}, Kind:{}, Name:{}}}", field("apiGroup"), field("kind"), field("name"));
        causes.invalid(&FieldPath::new("roleRef"), GoSyntax(value), "cannot change roleRef");
    }
}
