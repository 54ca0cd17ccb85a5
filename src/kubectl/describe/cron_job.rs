//! A cron job at length. Models describe.go describeCronJob.

use std::fmt::Display;

use super::lines::Lines;
use super::{Scene, container, events, time, truth};
use crate::api::{CronJob, Kind, ObjectKey, PodSelector};

pub(super) fn describe(cron: &CronJob, scene: &Scene<'_>, lines: &mut Lines) {
    let (meta, spec, job) = (&cron.meta, &cron.spec, &cron.spec.job_template.spec);
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    lines.field(0, "Schedule", &spec.schedule);
    lines.field(0, "Concurrency Policy", &spec.concurrency_policy);
    lines.field(0, "Suspend", truth(cron.is_suspended()));
    lines.field(0, "Successful Job History Limit", or_unset(spec.successful_jobs_history_limit));
    lines.field(0, "Failed Job History Limit", or_unset(spec.failed_jobs_history_limit));
    let deadline = spec.starting_deadline_seconds.map(|seconds| format!("{seconds}s"));
    lines.field(0, "Starting Deadline Seconds", or_unset(deadline));
    let selector = job.selector.as_ref().map(|selector| PodSelector::Selector(Some(selector)));
    lines.field(0, "Selector", or_unset(selector));
    lines.field(0, "Parallelism", or_unset(job.parallelism));
    lines.field(0, "Completions", or_unset(job.completions));
    if let Some(seconds) = job.active_deadline_seconds {
        lines.field(0, "Active Deadline Seconds", format!("{seconds}s"));
    }
    container::template(Some(&job.template), lines);
    lines.field(0, "Last Schedule Time", or_unset(cron.status.last_schedule_time.map(time)));
    let active: Vec<&str> = cron.status.active.iter().map(|job| job.name.as_str()).collect();
    lines.field(0, "Active Jobs", crate::kubectl::print::or_none(&active.join(", ")));
    let key = ObjectKey::new(Kind::CronJob, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

fn or_unset(value: Option<impl Display>) -> String {
    value.map_or_else(|| "<unset>".to_owned(), |value| value.to_string())
}
