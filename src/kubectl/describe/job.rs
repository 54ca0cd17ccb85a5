//! A job at length. Models describe.go describeJob.

use super::lines::Lines;
use super::{Scene, container, events, time};
use crate::api::{Job, Kind, ObjectKey, PodSelector};

pub(super) fn describe(job: &Job, scene: &Scene<'_>, lines: &mut Lines) {
    let (meta, spec, status) = (&job.meta, &job.spec, &job.status);
    lines.field(0, "Name", &meta.name);
    lines.field(0, "Namespace", &meta.namespace);
    lines.field(0, "Selector", PodSelector::Selector(spec.selector.as_ref()));
    lines.labels("Labels", meta.labels.iter());
    lines.annotations("Annotations", &meta.annotations);
    if let Some(owner) = meta.controller() {
        lines.field(0, "Controlled By", format!("{}/{}", owner.kind, owner.name));
    }
    lines.field(0, "Parallelism", spec.parallelism());
    lines.field(0, "Completions", spec.completions.map_or_else(|| "<unset>".to_owned(), |number| number.to_string()));
    if !spec.completion_mode.is_empty() {
        lines.field(0, "Completion Mode", &spec.completion_mode);
    }
    if let Some(suspend) = spec.suspend {
        lines.field(0, "Suspend", suspend);
    }
    if let Some(limit) = spec.backoff_limit {
        lines.field(0, "Backoff Limit", limit);
    }
    if let Some(seconds) = spec.ttl_seconds_after_finished {
        lines.field(0, "TTL Seconds After Finished", seconds);
    }
    if let Some(start) = status.start_time {
        lines.field(0, "Start Time", time(start));
    }
    if let Some(end) = status.completion_time {
        lines.field(0, "Completed At", time(end));
    }
    if let (Some(start), Some(end)) = (status.start_time, status.completion_time) {
        lines.field(0, "Duration", end.age_of(start).human());
    }
    if let Some(seconds) = spec.active_deadline_seconds {
        lines.field(0, "Active Deadline Seconds", format!("{seconds}s"));
    }
    pods_statuses(job, lines);
    if spec.is_indexed() {
        lines.field(0, "Completed Indexes", crate::kubectl::print::or_none(&status.completed_indexes));
    }
    container::template(Some(&spec.template), lines);
    let key = ObjectKey::new(Kind::Job, meta.namespace.clone(), meta.name.clone());
    events::about(&key, meta.uid, scene, lines);
}

fn pods_statuses(job: &Job, lines: &mut Lines) {
    let status = &job.status;
    let ended = format!("{} Succeeded / {} Failed", status.succeeded, status.failed);
    let active = status.active;
    lines.field(0, "Pods Statuses", match status.ready {
        Some(ready) => format!("{active} Active ({ready} Ready) / {ended}"),
        None => format!("{active} Active / {ended}"),
    });
}
