//! Finished jobs with a time to live.
//! Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.

use crate::api::ObjectKey;
use crate::apiserver::{DeleteOptions, Outcome, Propagation, Write};
use crate::base::{SimDuration, SimTime};
use crate::store::View;

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(job) = view.job(&key.namespace, &key.name).filter(|job| !job.meta.is_deleting()) else { return outcome };
    let (Some(seconds), Some(finished)) = (job.spec.ttl_seconds_after_finished, job.finished()) else { return outcome };
    let expires = finished.transition + SimDuration::from_seconds(u64::try_from(seconds).unwrap_or_default());
    if expires > now {
        outcome.requeue = Some(expires.since(now));
        return outcome;
    }
    let options = DeleteOptions { propagation: Propagation::Foreground, uid: Some(job.meta.uid), ..DeleteOptions::default() };
    outcome.write(Write::Delete { key: key.clone(), options });
    outcome
}
