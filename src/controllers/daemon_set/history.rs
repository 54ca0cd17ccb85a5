//! The revisions of a DaemonSet: one for each template that it had, numbered; the present one has the highest number.
//! Models pkg/controller/daemon/update.go constructHistory, snapshot, cleanupHistory.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{REVISION_LABEL, Sync};
use crate::api::{ControllerRevision, DaemonSet, Json, Kind, Object, ObjectMeta, OwnerReference, Uid, template_hash};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SmallSet, sort_by_key};
use crate::store::View;

/// The revisions that a set owns.
fn revisions(view: View<'_>, owner: Uid) -> Vec<Rc<ControllerRevision>> {
    let of = |object: &Object| if let Object::ControllerRevision(revision) = object { Some(revision.clone()) } else { None };
    view.owned_by(owner).filter_map(of).collect()
}

/// The patch that gives a set its present template back.
fn snapshot(set: &DaemonSet) -> Value {
    let mut template = set.spec.template.write().unwrap_or_default();
    template["$patch"] = Value::from("replace");
    json!({"spec": {"template": template}})
}

/// The hash of the present template. Its revision is made if it is missing, and gets the highest number if an older template is back.
pub(super) fn present(view: View<'_>, set: &DaemonSet, outcome: &mut Outcome) -> Name {
    let (all, data) = (revisions(view, set.meta.uid), snapshot(set));
    let (mut present, old): (Vec<_>, Vec<_>) = all.into_iter().partition(|revision| revision.data == data);
    let next = old.iter().map(|revision| revision.revision).max().unwrap_or_default() + 1;
    sort_by_key(&mut present, |revision| revision.revision);
    let Some(mut found) = present.pop() else {
        let hash = Name::from(template_hash(&set.spec.template, set.status.collision_count));
        outcome.write(Write::Create(Object::ControllerRevision(Rc::new(revision(set, &hash, data, next)))));
        return hash;
    };
    let hash = found.meta.labels.get(&REVISION_LABEL).cloned().unwrap_or_default();
    if found.revision < next {
        Rc::make_mut(&mut found).revision = next;
        outcome.write(Write::Update(Object::ControllerRevision(found)));
    }
    hash
}

fn revision(set: &DaemonSet, hash: &Name, data: Value, revision: i64) -> ControllerRevision {
    let mut labels = (*set.spec.template.meta.labels).clone();
    labels.insert(REVISION_LABEL, hash.clone());
    let meta = ObjectMeta {
        name: format!("{}-{hash}", set.meta.name).into(),
        namespace: set.meta.namespace.clone(),
        labels: Rc::new(labels),
        annotations: set.meta.annotations.clone(),
        owners: Rc::from([OwnerReference::controller(Kind::DaemonSet, &set.meta.name, set.meta.uid)]),
        ..ObjectMeta::default()
    };
    ControllerRevision { meta, data, revision }
}

/// Deletes the oldest revisions above the limit that no pod has.
pub(super) fn clean(sync: &Sync<'_>, outcome: &mut Outcome) {
    let limit = usize::try_from(sync.set.spec.revision_history_limit.unwrap_or(10)).unwrap_or_default();
    let hash_of = |meta: &ObjectMeta| meta.labels.get(&REVISION_LABEL).cloned().unwrap_or_default();
    let mut old = revisions(sync.view, sync.set.meta.uid);
    old.retain(|revision| hash_of(&revision.meta) != sync.hash);
    if old.len() <= limit {
        return;
    }
    let live: SmallSet<Name> = sync.pods.values().flatten().chain(&sync.leaving).map(|pod| hash_of(&pod.meta)).collect();
    sort_by_key(&mut old, |revision| revision.revision);
    let count = old.len() - limit;
    for revision in old.iter().filter(|revision| !live.contains(&hash_of(&revision.meta))).take(count) {
        let key = Object::ControllerRevision(revision.clone()).key();
        let options = DeleteOptions { uid: Some(revision.meta.uid), ..DeleteOptions::default() };
        outcome.write(Write::Delete { key, options });
    }
}
