//! core/v1 Namespace.

use super::ObjectMeta;
use super::json::record;
use crate::base::Name;

/// A namespace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Namespace {
    /// Metadata.
    pub meta: ObjectMeta,
    /// Spec.
    pub spec: NamespaceSpec,
    /// Status.
    pub status: NamespaceStatus,
}

record! {
    /// What keeps the namespace.
    pub struct NamespaceSpec {
        /// `kubernetes`: cleared when its content is gone.
        finalizers: Vec<Name> = "finalizers",
    }

    /// Whether it lives.
    pub struct NamespaceStatus {
        /// `Active` or `Terminating`.
        phase: Name = "phase",
    }
}
