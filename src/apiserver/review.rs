//! Reviews: objects that ask something and are answered, and never stored. There is one user here, who may do everything.
//! Models pkg/registry/authorization and pkg/registry/authentication. Left out: roles of others.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{ApiServer, Committed};
use crate::api::{Kind, Object, Other};
use crate::base::SimTime;

impl ApiServer {
    /// The answer to a review.
    pub(super) fn review(&self, asked: &Rc<Other>) -> Committed {
        let mut answered = Other::clone(asked);
        answered.meta.creation = SimTime::default();
        let status = status(asked.kind);
        if !status.is_null() {
            answered.fields.insert("status".to_owned(), status);
        }
        Committed::unchanged(Object::Other(Rc::new(answered)))
    }
}

fn status(kind: Kind) -> Value {
    match kind {
        Kind::SelfSubjectAccessReview => json!({"allowed": true}),
        Kind::SubjectAccessReview | Kind::LocalSubjectAccessReview => json!({"allowed": false}),
        Kind::SelfSubjectRulesReview => json!({
            "incomplete": false,
            "nonResourceRules": [{"nonResourceURLs": ["*"], "verbs": ["*"]}],
            "resourceRules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
        }),
        Kind::SelfSubjectReview => {
            json!({"userInfo": {"groups": ["kubeadm:cluster-admins", "system:authenticated"], "username": "kubernetes-admin"}})
        }
        Kind::TokenReview => json!({"error": "invalid bearer token", "user": {}}),
        _ => Value::Null,
    }
}
