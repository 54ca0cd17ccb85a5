//! Kinds whose fields are kept as JSON: their metadata, and what the server refuses of each.
//! Models the packages pkg/apis/*/validation.

use super::metadata::{Scope, validate_meta, validate_meta_update};
use super::names::{self, NameRule};
use super::path::Causes;
use crate::api::{Kind, Other};

/// A new object.
pub fn validate_create(object: &Other, causes: &mut Causes) {
    let scope = if object.kind.info().namespaced { Scope::Namespaced } else { Scope::Cluster };
    validate_meta(&object.meta, scope, name_rule(object.kind), causes);
}

/// A changed object.
pub fn validate_update(new: &Other, old: &Other, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
}

/// What a kind's names must look like.
fn name_rule(kind: Kind) -> NameRule {
    match kind {
        Kind::Role | Kind::ClusterRole | Kind::RoleBinding | Kind::ClusterRoleBinding => names::path_segment_rule,
        Kind::Service => names::dns1035_rule,
        _ => names::subdomain_rule,
    }
}
