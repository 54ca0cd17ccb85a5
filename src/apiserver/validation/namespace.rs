//! Namespaces.
//! Models pkg/apis/core/validation/validation.go ValidateNamespace.

use super::metadata::{Scope, validate_meta, validate_standard_finalizer};
use super::names;
use super::path::{Causes, FieldPath};
use crate::api::Namespace;

/// A new namespace. Of a changed one only the metadata is checked.
pub fn validate_create(namespace: &Namespace, causes: &mut Causes) {
    validate_meta(&namespace.meta, Scope::Cluster, names::label_rule, causes);
    let path = FieldPath::new("spec").child("finalizers");
    for name in &namespace.spec.finalizers {
        causes.invalid_each(&path, name, names::qualified_name(name));
        validate_standard_finalizer(name, &path, causes);
    }
}
