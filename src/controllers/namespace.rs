//! A namespace that is being deleted: its content first, then itself.
//! Models pkg/controller/namespace/deletion/namespaced_resources_deleter.go and status_condition_utils.go.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::api::{Json, Kind, Namespace, Object, ObjectKey};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime, SmallMap};
use crate::store::View;

/// As long as something is left it looks again: half of finalizerEstimateSeconds, and one.
const AGAIN: SimDuration = SimDuration::from_seconds(8);

/// What is in the way of a deletion: kinds (`configmaps.`, `deployments.apps`) and finalizers, each with how many objects.
#[derive(Default)]
struct Left {
    kinds: SmallMap<String, usize>,
    finalizers: SmallMap<Name, usize>,
}

/// Deletes what is in a namespace, then lets it go. Key: the namespace.
pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(namespace) = view.namespace(&key.name).filter(|namespace| namespace.meta.is_deleting()) else { return outcome };
    let (mut left, mut going) = (0, Left::default());
    for kind in Kind::all().filter(|kind| kind.info().namespaced && *kind != Kind::Event) {
        for object in view.list(kind, &key.name) {
            left += 1;
            if !object.meta().is_deleting() {
                let options = DeleteOptions { uid: Some(object.meta().uid), ..DeleteOptions::default() };
                outcome.write(Write::Delete { key: object.key(), options });
                continue;
            }
            *going.kinds.entry(format!("{}.{}", kind.info().plural, kind.info().group)).or_default() += 1;
            for finalizer in &object.meta().finalizers {
                *going.finalizers.entry(finalizer.clone()).or_default() += 1;
            }
        }
    }
    if left == 0 {
        let mut empty = Namespace::clone(namespace);
        empty.spec.finalizers.clear();
        empty.meta.resource_version = 0;
        outcome.write(Write::Update(Object::Namespace(Rc::new(empty))));
    }
    if left > 0 {
        outcome.requeue = Some(AGAIN);
    }
    if going.kinds.values().next().is_some() {
        tell(namespace, &going, now, &mut outcome);
    }
    outcome
}

/// The conditions of a namespace whose content is not gone yet.
fn tell(namespace: &Rc<Namespace>, left: &Left, now: SimTime, outcome: &mut Outcome) {
    let kinds: Vec<String> = left.kinds.iter().map(|(kind, count)| format!("{kind} has {count} resource instances")).collect();
    let finalizers: Vec<String> = left.finalizers.iter().map(|(name, count)| format!("{name} in {count} resource instances")).collect();
    let known = namespace.status.rest.get("conditions").and_then(Value::as_array);
    let condition = |kind: &str, (truth, reason): (&str, &str), message: String| {
        let old = known.and_then(|all| all.iter().find(|old| old["type"] == kind && old["status"] == truth));
        let since = old.map(|old| old["lastTransitionTime"].clone()).or_else(|| now.write());
        json!({"lastTransitionTime": since, "message": message, "reason": reason, "status": truth, "type": kind})
    };
    let remain = if finalizers.is_empty() { ("False", "ContentHasNoFinalizers") } else { ("True", "SomeFinalizersRemain") };
    let waits = match finalizers.is_empty() {
        true => "All content-preserving finalizers finished".to_owned(),
        false => format!("Some content in the namespace has finalizers remaining: {}", finalizers.join(", ")),
    };
    let conditions = json!([
        condition("NamespaceDeletionDiscoveryFailure", ("False", "ResourcesDiscovered"), "All resources successfully discovered".to_owned()),
        condition("NamespaceDeletionGroupVersionParsingFailure", ("False", "ParsedGroupVersions"), "All legacy kube types successfully parsed".to_owned()),
        condition("NamespaceDeletionContentFailure", ("False", "ContentDeleted"), "All content successfully deleted, may be waiting on finalization".to_owned()),
        condition("NamespaceContentRemaining", ("True", "SomeResourcesRemain"), format!("Some resources are remaining: {}", kinds.join(", "))),
        condition("NamespaceFinalizersRemaining", remain, waits),
    ]);
    let mut told = Namespace::clone(namespace);
    told.status.rest.insert("conditions", &conditions);
    told.meta.resource_version = 0;
    outcome.write(Write::UpdateStatus(Object::Namespace(Rc::new(told))));
}
