//! What a new job gets from the server: labels that only its pods carry, and the selector for them.
//! Models pkg/registry/batch/job/strategy.go generateSelector.

use std::rc::Rc;

use crate::api::{Job, JobStatus};
use crate::base::Name;

const UID: Name = Name::fixed("batch.kubernetes.io/controller-uid");

/// Prepares a new job.
pub(super) fn prepare(job: &mut Job) {
    (job.status, job.failures) = (JobStatus::default(), Default::default());
    if job.spec.manual_selector == Some(true) {
        return;
    }
    // Labels that the job took over from its template get those that the template gets.
    let inherits = job.meta.labels.is_empty() || Rc::ptr_eq(&job.meta.labels, &job.spec.template.meta.labels);
    let (name, uid) = (job.meta.name.clone(), Name::from(job.meta.uid.to_string()));
    let template = &mut Rc::make_mut(&mut job.spec.template).meta.0;
    let labels = Rc::make_mut(&mut template.labels);
    let own = [
        (Name::fixed("job-name"), &name),
        (Name::fixed("batch.kubernetes.io/job-name"), &name),
        (Name::fixed("controller-uid"), &uid),
        (UID, &uid),
    ];
    for (key, value) in own {
        labels.entry(key).or_insert_with(|| value.clone());
    }
    if inherits {
        job.meta.labels = template.labels.clone();
    }
    job.spec.selector.get_or_insert_default().match_labels.entry(UID).or_insert(uid);
}
