//! `kubectl apply --prune`: deletes what was applied once and is not among the files any more. Models kubectl/pkg/cmd/apply/prune.go
//! and kubectl/pkg/util/prune. Left out: apply sets.

use super::create::LAST_APPLIED;
use super::{DryRun, Run, Tally, Teller};
use crate::api::{Kind, ObjectKey};
use crate::apiserver::{DeleteOptions, Propagation, Write};
use crate::base::{Name, SmallSet};
use crate::kubectl::answer::Failure;
use crate::kubectl::item::{self, Item};

/// The kinds that are looked at, in their order, unless `--prune-allowlist` names others. Models prune.go GetRESTMappings.
const KINDS: [Kind; 16] = [
    Kind::ConfigMap,
    Kind::Endpoints,
    Kind::PersistentVolumeClaim,
    Kind::Pod,
    Kind::ReplicationController,
    Kind::Secret,
    Kind::Service,
    Kind::Job,
    Kind::CronJob,
    Kind::Ingress,
    Kind::DaemonSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::Namespace,
    Kind::PersistentVolume,
];

/// Deletes what is not among `applied`, in the namespaces of those.
pub(super) fn prune(run: &mut Run<'_>, applied: &[ObjectKey], cascade: Propagation, teller: &Teller, tally: &mut Tally) -> Result<(), Failure> {
    let kinds = kinds(run)?;
    let mut namespaces: SmallSet<Name> = SmallSet::new();
    for key in applied.iter().filter(|key| !key.namespace.is_empty()) {
        namespaces.insert(key.namespace.clone());
    }
    // With -n, only that namespace is looked at, and nothing of the whole cluster.
    let cluster_wide = run.given.text("namespace").is_none();
    let filter = run.scope().filter_labels()?;
    let mut doomed = Vec::new();
    for namespace in &namespaces {
        for kind in kinds.iter().filter(|kind| kind.info().namespaced) {
            doomed.extend(item::list(run.view(), *kind, namespace));
        }
    }
    for kind in kinds.iter().filter(|kind| !kind.info().namespaced && cluster_wide) {
        doomed.extend(item::list(run.view(), *kind, &Name::default()));
    }
    for item in doomed {
        let Item::Object(object) = &item else { continue };
        let was_applied = object.meta().annotations.contains_key(LAST_APPLIED);
        if !was_applied || applied.contains(&item.key()) || object.meta().is_deleting() || !filter.fits_labels(&object.meta().labels) {
            continue;
        }
        if teller.dry_run != DryRun::Client {
            let options = DeleteOptions { grace_seconds: run.given.number("grace-period").filter(|seconds| *seconds >= 0), propagation: cascade, uid: None };
            if let Err(failure) = run.write(Write::Delete { key: item.key(), options }, teller.dry_run) {
                tally.failures.push(failure);
                continue;
            }
        }
        tally.text += &format!("{} pruned{}\n", item.slashed(), teller.dry_run.suffix());
    }
    Ok(())
}

/// The kinds to look at: `--prune-allowlist=GROUP/VERSION/KIND`, the core group being `core`.
fn kinds(run: &Run<'_>) -> Result<Vec<Kind>, Failure> {
    let named = run.given.list("prune-allowlist");
    if named.is_empty() {
        return Ok(KINDS.to_vec());
    }
    let read = |text: &&str| {
        let parts: Vec<&str> = text.split('/').collect();
        let [group, version, name] = parts.as_slice() else {
            let form = "please follow <group/version/kind>";
            return Err(Failure::Own(format!("invalid GroupVersionKind format: {text}, {form}")));
        };
        let version = if matches!(*group, "core" | "") { (*version).to_owned() } else { format!("{group}/{version}") };
        let found = Kind::all().find(|kind| kind.is_served(&version) && kind.name() == *name);
        found.ok_or_else(|| Failure::Own(format!("no matches for kind \"{name}\" in version \"{version}\"")))
    };
    named.iter().map(read).collect()
}
