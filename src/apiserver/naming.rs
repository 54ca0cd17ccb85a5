//! Names made from a prefix.
//! Models apiserver/pkg/storage/names/generate.go.

use super::ApiServer;
use crate::api::{ApiError, Object, ObjectKey, Reason};
use crate::base::{Name, SAFE_LETTERS, safe_letter};

const SUFFIX_LENGTH: usize = 5;
/// 63 less the suffix.
const MAX_PREFIX: usize = 58;
/// pkg/registry generic store: maxNameGenerationCreateAttempts
const ATTEMPTS: usize = 8;

impl ApiServer {
    pub(super) fn generate_name(&mut self, object: &Object) -> Result<Name, ApiError> {
        let (kind, meta) = (object.kind(), object.meta());
        let prefix: String = meta.generate_name.chars().take(MAX_PREFIX).collect();
        for _ in 0..ATTEMPTS {
            let name = Name::from(format!("{prefix}{}", self.suffix()));
            if self.store.view().get(&ObjectKey::new(kind, meta.namespace.clone(), name.clone())).is_none() {
                return Ok(name);
            }
        }
        let message = format!("{} \"{prefix}\" already exists, the server was not able to generate a unique name for the object", kind.resource());
        Err(ApiError::new(Reason::AlreadyExists, message))
    }

    fn suffix(&mut self) -> String {
        (0..SUFFIX_LENGTH).map(|_| safe_letter(self.names.below(SAFE_LETTERS))).collect()
    }
}
