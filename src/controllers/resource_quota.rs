//! The status of quotas: what is used in their namespace, counted anew when something there goes.
//! Models pkg/controller/resourcequota/resource_quota_controller.go.

use std::rc::Rc;

use crate::api::{Kind, Object, ObjectKey, Other, Quantity, ResourceList};
use crate::apiserver::quota;
use crate::apiserver::{Outcome, Write};
use crate::store::View;

/// Counts what a quota limits. Key: a quota.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(known) = view.get(key).and_then(Object::as_other) else { return outcome };
    let hard = quota::amounts(known, "spec", "hard");
    let mut used: ResourceList = hard.keys().map(|name| (name.clone(), Quantity::of(0))).collect();
    for kind in Kind::all().filter(|kind| kind.info().namespaced && *kind != Kind::Event && is_limited(*kind, &hard)) {
        for object in view.list(kind, &key.namespace).filter(|object| quota::counts(known, object)) {
            for (name, amount) in quota::limited(known, &quota::usage(object)) {
                let sum = used[&name].plus(&amount);
                used.insert(name, sum);
            }
        }
    }
    let same = quota::amounts(known, "status", "hard") == hard && quota::amounts(known, "status", "used") == used;
    if !same {
        let mut fresh = Other::clone(known);
        let status = serde_json::json!({"hard": quota::to_value(&hard), "used": quota::to_value(&used)});
        fresh.fields.insert("status".to_owned(), status);
        fresh.meta.resource_version = 0;
        outcome.write(Write::UpdateStatus(Object::Other(Rc::new(fresh))));
    }
    outcome
}

/// Whether a quota with these limits may count objects of a kind.
fn is_limited(kind: Kind, hard: &ResourceList) -> bool {
    let counted = format!("count/{}", kind.resource());
    let plural = kind.info().plural;
    let of_pods = |name: &str| matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("limits.") || name.starts_with("requests.");
    hard.keys().any(|name| {
        **name == *counted || name.starts_with(plural) || kind == Kind::Pod && of_pods(name) || kind == Kind::PersistentVolumeClaim && name.contains("storage")
    })
}
