//! Jobs in `kubectl get`. Models pkg/printers/internalversion/printers.go printJob.
//! Left out: the word for SuccessCriteriaMet, which servers of 1.32 have not.

use super::replicas::containers;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::{Job, Object, PodSelector};
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("STATUS", Always),
        ("COMPLETIONS", Always),
        ("DURATION", Always),
        ("AGE", Always),
        ("CONTAINERS", Wide),
        ("IMAGES", Wide),
        ("SELECTOR", Wide),
    ],
    cells,
    fields: &[("status.successful", "0")],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Job(job)) = item else { unreachable!("BUG: a job's row of something else") };
    let (names, images) = containers(&job.spec.template.spec);
    vec![
        job.meta.name.to_string(),
        status(job).to_owned(),
        completions(job),
        duration(job, context),
        context.age(job.meta.creation),
        names,
        images,
        PodSelector::Selector(job.spec.selector.as_ref()).to_string(),
    ]
}

fn status(job: &Job) -> &'static str {
    let holds = |kind| job.status.holds(kind).is_some();
    match () {
        () if holds("Complete") => "Complete",
        () if holds("Failed") => "Failed",
        () if job.meta.is_deleting() => "Terminating",
        () if holds("Suspended") => "Suspended",
        () if holds("FailureTarget") => "FailureTarget",
        () => "Running",
    }
}

/// `2/5`, or `0/1 of 3` for a work queue.
fn completions(job: &Job) -> String {
    let succeeded = job.status.succeeded;
    match (job.spec.completions, job.spec.parallelism.unwrap_or_default()) {
        (Some(completions), _) => format!("{succeeded}/{completions}"),
        (None, parallelism) if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    }
}

/// From the start to the completion, or until now: a job that failed never completed.
fn duration(job: &Job, context: &Context<'_>) -> String {
    match (job.status.start_time, job.status.completion_time) {
        (None, _) => String::new(),
        (Some(start), None) => context.now.age_of(start).human(),
        (Some(start), Some(end)) => end.age_of(start).human(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::ApiServer;
    use crate::base::SimTime;
    use serde_json::{Value, json};

    fn row(job: Value) -> Vec<String> {
        let Some(object) = Object::from_value(crate::api::Kind::Job, &job) else { panic!("no job") };
        let server = ApiServer::new(1);
        let now = SimTime::parse_rfc3339("2026-01-01T01:00:00Z").unwrap_or_default();
        cells(&Item::Object(object), &Context { view: server.view(), now })[1..4].to_vec()
    }

    #[test]
    fn rows_are_as_the_server_prints_them() {
        let condition = |kind: &str| json!({"spec": {}, "status": {"conditions": [{"type": kind, "status": "True"}]}});
        let table = [
            (json!({"spec": {"completions": 2}, "status": {"succeeded": 1}}), ["Running", "1/2", ""]),
            (json!({}), ["Running", "0/1", ""]),
            (json!({"spec": {"parallelism": 3}}), ["Running", "0/1 of 3", ""]),
            (json!({"status": {"startTime": "2026-01-01T01:01:00Z", "completionTime": "2026-01-01T01:31:00Z"}}), ["Running", "0/1", "30m"]),
            (json!({"status": {"startTime": "2026-01-01T00:40:00Z"}}), ["Running", "0/1", "20m"]),
            (condition("Complete"), ["Complete", "0/1", ""]),
            (condition("Failed"), ["Failed", "0/1", ""]),
            (condition("Suspended"), ["Suspended", "0/1", ""]),
            (condition("FailureTarget"), ["FailureTarget", "0/1", ""]),
            (json!({"metadata": {"deletionTimestamp": "2026-01-01T00:40:00Z"}}), ["Terminating", "0/1", ""]),
            (json!({"spec": {"completions": 2}, "status": {"succeeded": 2, "startTime": "2026-01-01T00:40:00Z"}}), ["Running", "2/2", "20m"]),
        ];
        for (job, expected) in table {
            assert_eq!(row(job.clone()), expected, "{job}");
        }
    }
}
